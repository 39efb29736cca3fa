//! `docs/coverage.md` is `law/coverage.toml`, and says of every provision that is modeled that it is.

use std::fmt::Write as _;
use std::path::Path;

use tollgate_law::Law;

/// The table that people read, one row a paragraph, as the file says it.
fn page(law: &Law) -> String {
    let count = |status: &str| law.coverage.iter().filter(|row| row.status == status).count();
    let mut text = format!(
        "# What is modeled, partly, and not\n\n\
         This page is made from `law/coverage.toml`, which says what its words mean; a test holds the two equal.\n\
         Of {} provisions {} are modeled, {} partly, and {} not.\n\
         Certainty: P primary text read, Q quoted, D derived, S secondary sources, M memory, A assumption.\n\n\
         | provision | about | status | since | certainty | what is unsure, and what is left out |\n|---|---|---|---|---|---|\n",
        law.coverage.len(),
        count("modeled"),
        count("partly"),
        count("not_modeled"),
    );
    for row in &law.coverage {
        let since = row.since.map_or(String::new(), |day| day.to_string());
        let remarks: Vec<&str> = [row.unsure.as_deref(), row.note.as_deref()].into_iter().flatten().collect();
        let status = row.status.replace('_', " ");
        let _ = writeln!(
            text,
            "| {} | {} | {status} | {since} | {} | {} |",
            row.citation,
            row.title,
            row.certainty,
            remarks.join(" ")
        );
    }
    text
}

#[test]
#[expect(clippy::disallowed_methods, reason = "TOLLGATE_LOCK asks for the page to be written")]
fn the_page_is_the_file() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/coverage.md");
    let page = page(&Law::embedded().unwrap());
    if std::env::var("TOLLGATE_LOCK").is_ok() {
        std::fs::write(&path, page).unwrap();
        return;
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stands == page, "docs/coverage.md is not what law/coverage.toml says: run `cargo xtask lock`");
}

#[test]
fn every_provision_stands_in_the_coverage() {
    let law = Law::embedded().unwrap();
    // The entries of the Commerce Control List stand by their numbers.
    let of_sections = |citation: &str| citation.starts_with("15 CFR 7") && !citation.starts_with("15 CFR 774");
    for provision in law.provisions.iter().filter(|provision| of_sections(&provision.citation)) {
        let numbers = provision.citation.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
        let mut numbers = numbers.map(|number| number.trim_matches('.')).filter(|number| number.len() > 2);
        let stands = numbers.any(|number| law.coverage.iter().any(|row| row.citation.contains(number)));
        assert!(stands, "{} ({}) has no row in law/coverage.toml", provision.path, provision.citation);
    }
}
