//! Which crate may use which, how large a crate may be, and what the pure ones may not touch.

use std::collections::{BTreeMap, BTreeSet};

use crate::dependencies::declared;
use crate::known::{Counts, hold};
use crate::source::{crates, files, root, sources};

/// The rooms of ARCHITECTURE.md, "Layers": a crate may use those named, and what these may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("strict-toml", &["model"]),
    ("law", &["strict-toml"]),
    ("engine", &["law"]),
    ("records", &["model"]),
    ("intake", &["law", "records"]),
    ("screening", &["model"]),
    ("lists", &["strict-toml", "screening", "records"]),
    ("decide", &["engine", "records", "screening"]),
    ("papers", &["decide"]),
    ("replay", &["decide"]),
    ("ledger", &["model"]),
    ("desk", &["decide", "ledger"]),
    ("detect", &["decide", "replay"]),
    ("lab", &["strict-toml"]),
    ("world", &["lab", "decide"]),
    // A study's report draws the figures that the lab gives; rows of another type for each would be the same list twice.
    ("report", &["model", "records", "lab"]),
    // The lab's page asks the law for each arm of a study as `simulate` does: by the answers that `world` keeps.
    // A question in one line is understood by intake's grammar, on the page as in the command.
    ("server", &["desk", "detect", "report", "lists", "world", "papers", "intake"]),
    ("tollgate", &["server", "world", "intake", "papers"]),
];

/// No crate may hold a larger part of the Rust lines, in percent.
const LARGEST_PERCENT: usize = 15;

fn allowed() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, direct) in LAYERS {
        let mut reach: BTreeSet<&str> = direct.iter().copied().collect();
        // Whatever a room uses stands above it in the table.
        for room in *direct {
            let below = all.get(room).unwrap();
            reach.extend(below);
        }
        all.insert(name, reach);
    }
    all
}

#[test]
fn edges_between_crates_point_down_only() {
    let allowed = allowed();
    let mut edges = Counts::new();
    for name in crates() {
        let below = allowed.get(name.as_str());
        let below = below.unwrap_or_else(|| panic!("{name} is missing in LAYERS (ARCHITECTURE.md, \"Layers\")"));
        for dependency in declared(&format!("crates/{name}/Cargo.toml")) {
            if let Some(other) = dependency.package.strip_prefix("tollgate-")
                && !below.contains(other)
            {
                edges.insert(format!("{name} -> {other}"), 1);
            }
        }
    }
    hold("edge", "a crate uses one that stands beside or above it: see ARCHITECTURE.md, \"Layers\"", &edges);
}

#[test]
fn no_crate_holds_everything() {
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for source in sources() {
        *lines.entry(source.package).or_insert(0) += source.text.lines().count();
    }
    let all: usize = lines.values().sum();
    let mut large = Counts::new();
    for (name, lines) in &lines {
        let percent = lines * 100 / all.max(1);
        println!("{name}: {lines} lines, {percent} percent");
        if percent > LARGEST_PERCENT {
            large.insert(name.clone(), percent);
        }
    }
    hold("large crate", "a crate holds more than 15 percent of the lines (the count is its percentage)", &large);
}

#[test]
fn pure_crates_touch_nothing_outside() {
    let mut paths = Vec::new();
    for folder in
        ["crates/model/src", "crates/law/src", "crates/engine/src", "crates/screening/src", "crates/ledger/src/state"]
    {
        paths.extend(files(&root().join(folder), ".rs"));
    }
    paths.extend(["account", "command", "record", "verify"].map(|name| {
        let file = root().join(format!("crates/ledger/src/{name}.rs"));
        if file.is_file() { file } else { root().join(format!("crates/ledger/src/{name}/mod.rs")) }
    }));
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        for banned in ["std::fs", "std::net", "std::env", "std::time", "std::thread", "async fn", "f64", "f32"] {
            assert!(!text.contains(banned), "{}: {banned}", path.display());
        }
    }
}
