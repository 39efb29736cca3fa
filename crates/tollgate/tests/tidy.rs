//! Tidiness as a test: the layers, the size of files and functions, titles of pages.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("strict-toml", &["model"]),
    ("law", &["model", "strict-toml"]),
    ("engine", &["model", "law"]),
    ("records", &["model"]),
    ("screening", &["model"]),
    ("ledger", &["model"]),
    ("lab", &["model", "strict-toml", "law", "engine"]),
    ("analysis", &["model", "records", "screening", "strict-toml"]),
    ("web", &[]),
    (
        "tollgate",
        &["model", "strict-toml", "law", "engine", "records", "screening", "ledger", "lab", "analysis", "web"],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            files(&path, ending, found);
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
}

#[test]
fn edges_between_crates_point_down_only() {
    let mut folders: Vec<String> = std::fs::read_dir(root().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    let mut known: Vec<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(folders, known, "a crate is missing from LAYERS (ARCHITECTURE.md, \"Layers\")");
    for (name, allowed) in LAYERS {
        let manifest = std::fs::read_to_string(root().join(format!("crates/{name}/Cargo.toml"))).unwrap();
        let edges = manifest
            .lines()
            .filter_map(|line| line.strip_prefix("tollgate-"))
            .filter_map(|line| line.split(['.', ' ']).next());
        for edge in edges {
            assert!(allowed.contains(&edge), "{name} may not depend on {edge}: see ARCHITECTURE.md, \"Layers\"");
        }
    }
}

#[test]
fn files_and_functions_stay_small() {
    let mut sources = Vec::new();
    for folder in ["crates", "xtask"] {
        files(&root().join(folder), ".rs", &mut sources);
    }
    let mut wrong = String::new();
    for path in sources.iter().filter(|path| !path.to_string_lossy().contains("/tests/")) {
        let text = std::fs::read_to_string(path).unwrap();
        let lines = text.lines().count();
        if lines > 800 {
            let _ = writeln!(wrong, "{}: {lines} lines", path.display());
        }
        let mut start: Option<(usize, usize, String)> = None;
        for (number, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let word = line.trim_start();
            if start.is_none()
                && ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn "].iter().any(|head| word.starts_with(head))
                && !word.ends_with('}')
                && !word.ends_with(';')
            {
                start = Some((number, indent, word.to_owned()));
            } else if let Some((from, at, name)) = &start
                && indent == *at
                && word == "}"
            {
                if number - from > 80 {
                    let _ = writeln!(wrong, "{}:{}: {} lines: {name}", path.display(), from + 1, number - from);
                }
                start = None;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn pure_crates_touch_nothing_outside() {
    let mut sources = Vec::new();
    let ledger = "crates/ledger/src";
    for folder in
        ["crates/model/src", "crates/law/src", "crates/engine/src", "crates/screening/src", "crates/ledger/src/state"]
    {
        files(&root().join(folder), ".rs", &mut sources);
    }
    sources.extend(["account.rs", "command.rs", "record.rs", "verify.rs"].map(|name| root().join(ledger).join(name)));
    for path in sources {
        let text = std::fs::read_to_string(&path).unwrap();
        for banned in ["std::fs", "std::net", "std::env", "std::time", "std::thread", "async fn", "f64", "f32"] {
            assert!(!text.contains(banned), "{}: {banned}", path.display());
        }
    }
}

#[test]
fn every_page_has_one_title() {
    let mut pages = Vec::new();
    for folder in ["docs", "examples"] {
        files(&root().join(folder), ".md", &mut pages);
    }
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        pages.push(root().join(name));
    }
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        let mut fenced = false;
        let titles = text.lines().filter(|line| {
            fenced ^= line.starts_with("```");
            !fenced && line.starts_with("# ")
        });
        assert_eq!(titles.count(), 1, "{}", page.display());
    }
}
