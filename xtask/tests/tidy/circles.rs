//! No circle of files within a crate: what a file names by `crate::…` or `super::…` must not lead back to it.
//!
//! A file and those that contain it (`mod.rs`, `lib.rs`) are no circle: what a child takes from its parent is not counted.

use std::collections::{BTreeMap, BTreeSet};

use crate::known::{Counts, hold};
use crate::source::{Source, crates, sources};

type Path = Vec<String>;

/// The module that a file is, from the crate on.
fn module(source: &Source) -> Path {
    let inner = source.path.split_once("/src/").map_or("", |(_, inner)| inner).trim_end_matches(".rs");
    let mut path: Path = inner.split('/').map(str::to_owned).collect();
    if path.last().is_some_and(|name| name == "mod" || (path.len() == 1 && (name == "lib" || name == "main"))) {
        path.pop();
    }
    path
}

/// The paths that begin at the start of `text` (behind `crate::`), with `{…}` spread out; what follows the last name is left.
fn spread(text: &str, prefix: &Path, found: &mut Vec<Path>) -> usize {
    let mut path = prefix.clone();
    let mut place = 0;
    loop {
        let rest = text.get(place..).unwrap_or("");
        place += rest.len() - rest.trim_start().len();
        let rest = rest.trim_start();
        if rest.starts_with('{') {
            place += 1;
            while let Some(inner) = text.get(place..) {
                place += inner.len()
                    - inner.trim_start_matches(|letter: char| letter.is_whitespace() || letter == ',').len();
                let inner = text.get(place..).unwrap_or("");
                if inner.is_empty() || inner.starts_with('}') {
                    return place + 1;
                }
                let step = spread(inner, &path, found);
                // ` as name` and whatever else is not understood, up to the next of the list.
                place += step;
                let after = text.get(place..).unwrap_or("");
                place += after.find([',', '}']).unwrap_or(after.len());
            }
            return place;
        }
        let length = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
        if length == 0 {
            break;
        }
        path.push(rest.get(..length).unwrap_or("").to_owned());
        place += length;
        if rest.get(length..).is_some_and(|after| after.starts_with("::")) {
            place += 2;
        } else {
            break;
        }
    }
    found.push(path);
    place
}

/// Every path that a file names from the crate on.
fn named(source: &Source, from: &Path) -> Vec<Path> {
    let mut found = Vec::new();
    for (place, _) in source.bare.match_indices("crate::") {
        spread(source.bare.get(place + 7..).unwrap_or(""), &Path::new(), &mut found);
    }
    for (place, _) in source.bare.match_indices("super::") {
        // Of `super::super::x` only the first is a beginning.
        if source.bare.get(..place).is_some_and(|before| before.ends_with("super::")) {
            continue;
        }
        let mut base = from.clone();
        let mut rest = source.bare.get(place..).unwrap_or("");
        while let Some(after) = rest.strip_prefix("super::") {
            base.pop();
            rest = after;
        }
        spread(rest, &base, &mut found);
    }
    found
}

/// The files of a crate, each with those that it uses.
fn uses(files: &[&Source]) -> BTreeMap<Path, BTreeSet<Path>> {
    let modules: BTreeSet<Path> = files.iter().map(|source| module(source)).collect();
    let mut edges: BTreeMap<Path, BTreeSet<Path>> = BTreeMap::new();
    for source in files {
        let from = module(source);
        for mut path in named(source, &from) {
            while !modules.contains(&path) && path.pop().is_some() {}
            if !from.starts_with(&path) && !path.starts_with(&from) {
                edges.entry(from.clone()).or_default().insert(path);
            }
        }
    }
    edges
}

fn reach(edges: &BTreeMap<Path, BTreeSet<Path>>, from: &Path) -> BTreeSet<Path> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from.clone()];
    while let Some(path) = open.pop() {
        for next in edges.get(&path).into_iter().flatten() {
            if seen.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    seen
}

#[test]
fn no_circles_of_files_within_a_crate() {
    let sources = sources();
    let mut counts = Counts::new();
    for package in crates() {
        let files: Vec<&Source> = sources.iter().filter(|source| source.package == package).collect();
        let edges = uses(&files);
        let reached: BTreeMap<&Path, BTreeSet<Path>> = edges.keys().map(|path| (path, reach(&edges, path))).collect();
        let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
        for (path, below) in &reached {
            let back =
                |other: &&&Path| below.contains(**other) && reached.get(**other).is_some_and(|set| set.contains(*path));
            let circle: Vec<String> = reached.keys().filter(back).map(|path| path.join("::")).collect();
            if circle.len() > 1 {
                circles.insert(circle);
            }
        }
        for circle in &circles {
            println!("{package}: {}", circle.join(", "));
        }
        if !circles.is_empty() {
            counts.insert(package, circles.iter().map(Vec::len).sum());
        }
    }
    hold("files in circles", "files of a crate use each other in a circle (printed above)", &counts);
}

#[test]
fn groups_of_names_are_spread_out() {
    let mut found = Vec::new();
    spread("a::{b::C, d::{self, E as F}, g}; x", &Path::new(), &mut found);
    let found: Vec<String> = found.iter().map(|path| path.join("::")).collect();
    assert_eq!(found, ["a::b::C", "a::d::self", "a::d::E", "a::g"]);
}
