//! Files and functions stay small, and every file says what it holds.

use crate::known::{Counts, hold};
use crate::source::{Source, files, root, shown, sources, strip};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 70;

#[test]
fn files_stay_small() {
    let mut long = Counts::new();
    let paths = files(&root().join("crates"), ".rs").into_iter();
    for path in paths.chain(files(&root().join("xtask"), ".rs")) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        if lines > FILE_LINES {
            long.insert(shown(&path), lines);
        }
    }
    hold("long file", "a file has more than 500 lines (the count)", &long);
}

/// The functions that are too long, by `path name`, with their lines.
fn long_functions(source: &Source, long: &mut Counts) {
    let mut start: Option<(usize, usize, String)> = None;
    for (number, line) in source.bare.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let word = line.trim();
        if start.is_none() {
            let head = word.split('(').next().unwrap_or("");
            let name = head.split_once("fn ").filter(|(before, _)| {
                before.split_whitespace().all(|word| matches!(word, "pub" | "const" | "async" | "extern"))
            });
            let visible = word.strip_prefix("pub(").and_then(|rest| rest.split_once(") fn "));
            let name = name.or(visible).map(|(_, name)| name.split(['(', '<']).next().unwrap_or(name).to_owned());
            if let Some(name) = name.filter(|_| !word.ends_with('}') && !word.ends_with(';')) {
                start = Some((number, indent, name));
            }
        } else if let Some((from, at, name)) = &start
            && indent == *at
            && word == "}"
        {
            let lines = number - from + 1;
            if lines > FUNCTION_LINES {
                long.insert(format!("{} {name}", source.path), lines);
            }
            start = None;
        }
    }
}

#[test]
fn functions_stay_small() {
    let mut long = Counts::new();
    for source in sources() {
        long_functions(&source, &mut long);
    }
    for path in files(&root().join("xtask"), ".rs") {
        let text = std::fs::read_to_string(&path).unwrap();
        let (code, bare) = strip(&text);
        long_functions(&Source { path: shown(&path), package: "xtask".to_owned(), text, code, bare }, &mut long);
    }
    hold("long function", "a function has more than 70 lines (the count)", &long);
}

#[test]
fn every_file_says_what_it_holds() {
    let mut silent = Counts::new();
    for source in sources() {
        if !source.text.lines().any(|line| line.starts_with("//!")) {
            *silent.entry(source.package).or_insert(0) += 1;
        }
    }
    hold("file without //!", "a module does not say what it holds (the count is of files)", &silent);
}
