//! The papers of three orders of the bundled example, file by file, as they stand in `papers/` beside this test: one goes under an exception, one
//! needs a license, of one facts are missing.
//!
//! After a change that is meant: run the program with the arguments of [`CASES`] into that folder, keep the texts, and look at the difference.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest, Sha256};
use tollgate_model::hex;

/// The folder of the papers as they were, the policy, the order.
const CASES: [(&str, &str, &str); 3] =
    [("exception", "diffusion", "PO-068"), ("license", "ear", "PO-042"), ("missing", "ear", "PO-007")];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs `tollgate papers` on the bundled example.
fn papers(policy: &str, order: &str, out: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command.current_dir(root().join("examples/orders")).args(["papers", "--orders", "orders.csv"]);
    command.args(["--parties", "parties.csv", "--ownership", "ownership.csv", "--items", "items.csv"]);
    command.args(["--policy", policy, "--order", order, "--out"]).arg(out).args(more);
    command.output().unwrap()
}

/// The texts of a folder of papers, by file.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let texts = files.filter(|path| path.extension().is_some_and(|ending| ending == "txt"));
    texts
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect()
}

/// A text without the certificate of the decision, which changes with the law.
fn without_certificate(text: &str) -> String {
    let line = |line: &str| match line.trim().matches(':').count() {
        4 if !line.contains(": ") => "        CERTIFICATE".to_owned(),
        _ => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn papers_are_as_they_were() {
    let above = tempfile::tempdir().unwrap();
    for (case, policy, order) in CASES {
        let out = above.path().join(case);
        let done = papers(policy, order, &out, &[]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let expected = texts(&root().join("crates/tollgate/tests/papers").join(case));
        let made = texts(&out);
        assert_eq!(made.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{case}");
        for (file, text) in &made {
            assert_eq!(without_certificate(text), without_certificate(&expected[file]), "{case}/{file}");
        }
    }
}

#[test]
fn every_file_stands_in_the_manifest_with_its_digest() {
    let above = tempfile::tempdir().unwrap();
    let out = above.path().join("papers");
    assert!(papers("diffusion", "PO-068", &out, &[]).status.success());
    let manifest = fs::read_to_string(out.join("manifest.csv")).unwrap();
    for entry in fs::read_dir(&out).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let row = format!("paper,{name},{}\n", hex(&Sha256::digest(fs::read(&path).unwrap())));
        assert!(name == "manifest.csv" || manifest.contains(&row), "{name}");
    }
    for input in ["orders.csv", "parties.csv", "ownership.csv", "items.csv"] {
        let digest = hex(&Sha256::digest(fs::read(root().join("examples/orders").join(input)).unwrap()));
        assert!(manifest.contains(&format!("input,{input},{digest}\n")), "{input}");
    }
    let decisions = fs::read_to_string(out.join("decisions.json")).unwrap();
    let decisions: serde_json::Value = serde_json::from_str(&decisions).unwrap();
    assert_eq!(decisions[0]["order_id"], "PO-068");
}

#[test]
fn no_paper_says_that_an_order_may_go_where_the_decision_does_not() {
    let above = tempfile::tempdir().unwrap();
    for (case, policy, order) in CASES.into_iter().skip(1) {
        let out = above.path().join(case);
        assert!(papers(policy, order, &out, &[]).status.success());
        for (file, text) in texts(&out) {
            assert!(text.contains("HOLD: nothing of this order leaves"), "{case}/{file}");
            assert!(!text.to_lowercase().contains("may go"), "{case}/{file}");
        }
        assert!(!out.join("aes.txt").exists() && !out.join("destination-control.txt").exists());
    }
}

#[test]
fn what_cannot_be_used_is_said_and_nothing_is_written() {
    let above = tempfile::tempdir().unwrap();
    let out = above.path().join("papers");
    let said = |done: Output| {
        assert_eq!(done.status.code(), Some(2));
        String::from_utf8_lossy(&done.stderr).into_owned()
    };
    assert!(said(papers("ear", "PO-999", &out, &[])).contains("has no order `PO-999`"));
    let templates = above.path().join("templates");
    fs::create_dir(&templates).unwrap();
    fs::write(templates.join("records.txt"), "+++\ntitle = \"T\"\ncites = []\ndated = \"2026-01-01\"\nsource = \"s\"\nwhen = \"true\"\nwhy = \"w\"\n+++\n{{ order.nmae }}\n").unwrap();
    let folder = templates.to_string_lossy().into_owned();
    let wrong = said(papers("ear", "PO-007", &out, &["--templates", &folder]));
    assert!(wrong.contains("records.txt:9") && wrong.contains("order.nmae"), "{wrong}");
    assert!(!out.exists());
    fs::create_dir(&out).unwrap();
    fs::write(out.join("letter.doc"), "x").unwrap();
    assert!(said(papers("ear", "PO-007", &out, &[])).contains("holds other files"));
}
