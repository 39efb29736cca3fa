//! Habits that are being given up: silent defaults, numbers of the law in code, words that say nothing.

use crate::known::{Counts, hold};
use crate::source::{files, identifiers, root, shown, sources};

#[test]
fn failures_are_not_swallowed() {
    let mut defaults = Counts::new();
    let mut conversions = Counts::new();
    for source in sources() {
        let silent = identifiers(&source.bare).filter(|word| *word == "unwrap_or_default").count();
        *defaults.entry(source.package.clone()).or_insert(0) += silent;
        let after = source.bare.split("try_from(").skip(1);
        let silent = after.filter(|rest| behind_call(rest).trim_start().starts_with(".unwrap_or(")).count();
        *conversions.entry(source.package).or_insert(0) += silent;
    }
    hold(
        "unwrap_or_default",
        "a failure becomes a default without a word: say `never!` or hand the failure on",
        &defaults,
    );
    hold("try_from(..).unwrap_or", "a number that does not fit becomes another: say `never!` or refuse", &conversions);
}

/// What follows the bracket that closes the call whose arguments the text begins with.
fn behind_call(rest: &str) -> &str {
    let mut depth = 1_usize;
    for (place, letter) in rest.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return rest.get(place + 1..).unwrap_or("");
        }
    }
    ""
}

/// Whether a text literal begins here that is a day of this century.
fn is_day(text: &str) -> bool {
    let mut form = "\"20dd-dd-dd\"".chars();
    let mut letters = text.chars();
    form.all(|wanted| letters.next().is_some_and(|it| if wanted == 'd' { it.is_ascii_digit() } else { it == wanted }))
}

#[test]
fn the_law_is_data() {
    let mut counts = Counts::new();
    for source in sources().iter().filter(|source| source.package != "law") {
        let limits = ["\"SUPP5A\"", "26_900_000", "26900000", "15_824", "15824"];
        let limits: usize = limits.iter().map(|limit| source.code.matches(limit).count()).sum();
        let days = source.code.match_indices("\"20").filter(|(place, _)| source.code.get(*place..).is_some_and(is_day));
        let count = limits + days.count();
        if count > 0 {
            counts.insert(source.path.clone(), count);
        }
    }
    hold(
        "law in code",
        "a limit, a list of countries or a day stands in Rust: ask the law for it by name and day",
        &counts,
    );
}

#[test]
fn names_say_what_they_name() {
    let mut counts = Counts::new();
    for source in sources() {
        for word in identifiers(&source.bare).filter(|word| matches!(*word, "own" | "told" | "asked")) {
            *counts.entry(format!("{} {word}", source.package)).or_insert(0) += 1;
        }
    }
    hold("name that says nothing", "`own`, `told` and `asked` are not names: say what it is", &counts);
}

#[test]
fn words_of_salesmen_are_not_ours() {
    let banned = ["customer", "customers", "product", "products", "blacklist", "blacklists", "blacklisted"];
    let mut counts = Counts::new();
    let mut paths = Vec::new();
    for folder in ["crates", "docs", "examples", "typologies", "scenarios", "bench", "xtask/src", "python"] {
        for ending in [".rs", ".md", ".html", ".toml", ".py"] {
            paths.extend(files(&root().join(folder), ending));
        }
    }
    paths.extend(["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    // What `intake` and end uses are read from is in the words of those who wrote it, and the titles of paragraphs are the law's.
    let of_others = [
        "crates/intake/data/",
        "crates/intake/tests/",
        "crates/records/data/side_headers.toml",
        "crates/intake/src/ask/tests.rs",
        "crates/decide/src/end_use_words.rs",
        "crates/decide/src/rental.rs",
        "docs/coverage.md",
    ];
    for path in paths.into_iter().filter(|path| !of_others.iter().any(|folder| shown(path).starts_with(folder))) {
        let text = std::fs::read_to_string(&path).unwrap().to_lowercase();
        let count = identifiers(&text).filter(|word| banned.contains(word)).count();
        if count > 0 {
            counts.insert(shown(&path), count);
        }
    }
    hold("banned word", "say consignee, buyer, goods, list", &counts);
}
