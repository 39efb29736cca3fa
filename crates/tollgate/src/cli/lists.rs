use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;
use tollgate_screening::{Entry, List, read_lists};

use super::arguments::{ListsCommand, TextFormat};
use super::{Failure, print};

/// Bad rows and changed entries that are named; of more only the number is told.
const SHOWN: usize = 20;

pub(crate) fn lists(command: &ListsCommand) -> Result<(), Failure> {
    match command {
        ListsCommand::Status { files, format } => status(&read(files)?, *format),
        ListsCommand::Diff { earlier, later, format } => {
            let (before, after) = (read(std::slice::from_ref(earlier))?, read(std::slice::from_ref(later))?);
            diff((earlier, &before), (later, &after), *format)
        }
    }
}

fn read(files: &[PathBuf]) -> Result<Vec<List>, Failure> {
    let mut read = Vec::new();
    for path in files {
        let bytes = std::fs::read(path).map_err(|error| {
            Failure::Unusable(format!("{}: cannot be read: {error}\n  mend: check the path", path.display()))
        })?;
        read.push((path.display().to_string(), bytes));
    }
    read_lists(&read).map_err(|error| Failure::Unusable(error.to_string()))
}

fn by_list(list: &List) -> BTreeMap<&str, (usize, usize)> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for entry in &list.entries {
        let count = counts.entry(&entry.list).or_default();
        *count = (count.0 + 1, count.1 + entry.names.len());
    }
    counts
}

fn status(lists: &[List], format: TextFormat) -> Result<(), Failure> {
    if format == TextFormat::Json {
        let files = lists.iter().map(|list| {
            let counts = by_list(list).into_iter();
            let counts = counts.map(|(name, (entries, names))| json!({ "list": name, "entries": entries, "names": names }));
            let bad = list.bad.iter().map(|bad| json!({ "line": bad.line, "what": bad.what }));
            json!({ "file": list.file, "version": list.digest, "lists": counts.collect::<Vec<_>>(), "bad_rows": bad.collect::<Vec<_>>() })
        });
        return print(&format!("{:#}\n", serde_json::Value::from(files.collect::<Vec<_>>())));
    }
    let mut out = String::new();
    for list in lists {
        let _ = writeln!(out, "{}  version {}", list.file, list.digest);
        for (name, (entries, names)) in by_list(list) {
            let _ = writeln!(out, "  {entries:>7} entries {names:>7} names  {name}");
        }
        if !list.bad.is_empty() {
            let _ = writeln!(out, "  {} rows could not be read and are kept out:", list.bad.len());
        }
        for bad in list.bad.iter().take(SHOWN) {
            let _ = writeln!(out, "    line {}: {}", bad.line, bad.what);
        }
    }
    print(&out)
}

/// Entries by list and id.
fn entries(lists: &[List]) -> BTreeMap<(&str, &str), &Entry> {
    let all = lists.iter().flat_map(|list| &list.entries);
    all.map(|entry| ((entry.list.as_str(), entry.id.as_str()), entry)).collect()
}

fn names(entry: &Entry) -> BTreeSet<&str> {
    entry.names.iter().map(|name| name.text.as_str()).collect()
}

fn diff(
    (earlier, before): (&Path, &[List]),
    (later, after): (&Path, &[List]),
    format: TextFormat,
) -> Result<(), Failure> {
    let (old, new) = (entries(before), entries(after));
    let main = |entry: &Entry| entry.names.first().map_or(String::new(), |name| name.text.clone());
    let came: Vec<&Entry> = new.iter().filter(|(key, _)| !old.contains_key(*key)).map(|(_, entry)| *entry).collect();
    let went: Vec<&Entry> = old.iter().filter(|(key, _)| !new.contains_key(*key)).map(|(_, entry)| *entry).collect();
    let renamed: Vec<&Entry> = new
        .iter()
        .filter(|(key, entry)| old.get(*key).is_some_and(|before| names(before) != names(entry)))
        .map(|(_, entry)| *entry)
        .collect();
    if format == TextFormat::Json {
        let show = |entries: &[&Entry]| -> Vec<serde_json::Value> {
            entries.iter().map(|entry| json!({ "list": entry.list, "entry": entry.id, "name": main(entry) })).collect()
        };
        return print(&format!(
            "{:#}\n",
            json!({ "earlier": earlier.display().to_string(), "later": later.display().to_string(),
                "came": show(&came), "went": show(&went), "renamed": show(&renamed) })
        ));
    }
    let mut out = format!("{} to {}\n", earlier.display(), later.display());
    for (what, entries) in [("came", &came), ("went", &went), ("changed names", &renamed)] {
        let _ = writeln!(out, "{} {what}", entries.len());
        for entry in entries.iter().take(SHOWN) {
            let _ = writeln!(out, "  {} [{}, entry {}]", main(entry), entry.list, entry.id);
        }
        if entries.len() > SHOWN {
            let _ = writeln!(out, "  and {} more (--format json names all)", entries.len() - SHOWN);
        }
    }
    print(&out)
}
