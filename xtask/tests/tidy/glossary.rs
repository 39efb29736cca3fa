//! One concept, one name: docs/glossary.md and the names of types.

use std::collections::{BTreeMap, BTreeSet};

use crate::known::{Counts, hold};
use crate::source::{Source, crates, root, sources};

/// The public and private types that a file defines outside of functions.
fn types(source: &Source) -> Vec<String> {
    let mut names = Vec::new();
    for line in source.bare.lines() {
        let indent = line.len() - line.trim_start().len();
        let mut words =
            line.split_whitespace().skip_while(|word| word.starts_with("pub") || word.starts_with("super)"));
        let Some(kind) = words.next() else { continue };
        if indent == 0 && matches!(kind, "struct" | "enum" | "trait" | "union" | "type") {
            let name = words.next().unwrap_or("").split(['<', '(', '{', ';', ':', '=']).next().unwrap_or("");
            names.push(name.to_owned());
        }
    }
    names
}

fn defined() -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources() {
        for name in types(&source) {
            all.entry(name).or_default().push(source.package.clone());
        }
    }
    all
}

#[test]
fn types_of_the_glossary_exist() {
    let text = std::fs::read_to_string(root().join("docs/glossary.md")).unwrap();
    let defined = defined();
    let mut missing = Vec::new();
    let mut words = BTreeSet::new();
    for row in text.lines().filter(|line| line.starts_with('|')).skip(2) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (Some(word), Some(types)) = (cells.get(1), cells.get(2)) else { continue };
        if *word == "word" || word.starts_with("--") {
            continue;
        }
        assert!(words.insert((*word).to_owned()), "docs/glossary.md has two rows for {word}");
        for path in types.split('`').skip(1).step_by(2) {
            let (package, name) = path.split_once("::").unwrap_or(("", path));
            let exists =
                defined.get(name).is_some_and(|packages| packages.iter().any(|it| it.replace('-', "_") == package));
            if !exists {
                missing.push(path.to_owned());
            }
        }
    }
    assert!(missing.is_empty(), "docs/glossary.md names types that do not exist: {}", missing.join(", "));
}

#[test]
fn a_type_name_stands_for_one_type() {
    let defined = defined();
    let mut doubles = Counts::new();
    for package in crates() {
        for (name, packages) in &defined {
            let count = packages.iter().filter(|other| **other == package).count();
            if count > 1 {
                doubles.insert(format!("{package} {name}"), count);
            }
        }
    }
    let shared: Vec<&str> =
        defined.iter().filter(|(_, packages)| packages.len() > 1).map(|(name, _)| name.as_str()).collect();
    println!("{} type names stand for more than one type: {}", shared.len(), shared.join(", "));
    hold("type name twice in a crate", "a name stands for two types in one crate (docs/glossary.md)", &doubles);
}
