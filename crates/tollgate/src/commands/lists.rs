//! `tollgate lists`: what stands in screening lists, and what came and went between two versions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tollgate_records::{OrderReader, read_parties};
use tollgate_screening::{BadRow, Entry, List, Query, Scratch, Screener};

use super::list_store::{import, update};
use super::{Failure, print};
use crate::commands::inputs::TextFormat;
use crate::commands::list_store::{ImportArguments, UpdateArguments};
use clap::Subcommand;
use tollgate_decide::roles;
use tollgate_lists::{BUILT_IN, read_list_files};
use tollgate_model::{Stop, never};

#[derive(Subcommand)]
#[command(after_help = "Examples:
  tollgate lists status csl.csv dpl.txt
  tollgate lists diff csl-2025.csv csl-2026.csv
  tollgate lists diff old.csv new.csv --parties parties.csv --orders orders.csv
  tollgate lists update --into lists && tollgate screen --lists lists --name \"Huawei Tecnologies\"
  tollgate lists import --into lists --name own our-own-list.csv")]
pub(crate) enum ListsCommand {
    /// Fetches lists into a folder; a version that is damaged, empty, no list or much smaller than the last is refused, and the last good one stays.
    Update(UpdateArguments),
    /// Takes list files from a disk into such a folder, by the same checks.
    Import(ImportArguments),
    /// The addresses that `update` fetches from where no --config is given, in the form of one.
    Sources,
    /// What files hold: lists, entries, names, rows that cannot be read, and the digest that is their version.
    Status {
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// How it is printed
        #[arg(long, default_value = "text")]
        format: TextFormat,
    },
    /// Which entries came, went or changed their names between two versions of a list.
    Diff {
        /// The earlier version
        earlier: PathBuf,
        /// The later version
        later: PathBuf,
        /// Parties to hold against what came or changed
        #[arg(long, value_name = "FILE")]
        parties: Option<PathBuf>,
        /// Past orders of these parties, to name those that the change touches
        #[arg(long, value_name = "FILE", requires = "parties")]
        orders: Option<PathBuf>,
        /// The score from which a match counts, in basis points
        #[arg(long, value_name = "POINTS", default_value_t = tollgate_screening::THRESHOLD)]
        threshold: u32,
        /// How it is printed
        #[arg(long, default_value = "text")]
        format: TextFormat,
    },
}

/// Bad rows and changed entries that are named at most; of more only the number is printed.
const SHOWN: usize = 20;

pub(crate) fn lists(command: &ListsCommand, stop: &Stop) -> Result<(), Failure> {
    match command {
        ListsCommand::Update(arguments) => update(arguments, stop),
        ListsCommand::Import(arguments) => import(arguments),
        ListsCommand::Sources => print(BUILT_IN),
        ListsCommand::Status { files, format } => status(&read_list_files(files)?, *format),
        ListsCommand::Diff { earlier, later, parties, orders, threshold, format } => {
            let read = |file: &PathBuf| read_list_files(std::slice::from_ref(file));
            let (before, after) = (read(earlier)?, read(later)?);
            let change = Change::between(&before, &after);
            let touched = match parties {
                Some(parties) => affected_parties(&change, parties, orders.as_deref(), *threshold)?,
                None => Vec::new(),
            };
            print(&match format {
                TextFormat::Json => json(earlier, later, &change, &touched),
                TextFormat::Text => text(earlier, later, &change, &touched, parties.is_some()),
            })
        }
    }
}

/// How many entries and names each list of a file has.
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
            let counts =
                counts.map(|(name, (entries, names))| json!({ "list": name, "entries": entries, "names": names }));
            let rows = |rows: &[BadRow]| -> Vec<Value> {
                rows.iter().map(|row| json!({ "line": row.line, "what": row.what })).collect()
            };
            json!({
                "file": list.file,
                "version": list.digest,
                "lists": counts.collect::<Vec<_>>(),
                "bad_rows": rows(&list.bad),
                "guessed_rows": rows(&list.guessed),
                "unused": list.unused,
            })
        });
        return print(&format!("{:#}\n", Value::from(files.collect::<Vec<_>>())));
    }
    let mut out = String::new();
    for list in lists {
        let _ = writeln!(out, "{}  version {}", list.file, list.digest);
        for (name, (entries, names)) in by_list(list) {
            let _ = writeln!(out, "  {entries:>7} entries {names:>7} names  {name}");
        }
        let kinds = [
            (&list.bad, "could not be read and are kept out"),
            (&list.guessed, "are not in order and were read as they most likely were meant"),
        ];
        for (rows, what) in kinds.into_iter().filter(|(rows, _)| !rows.is_empty()) {
            let _ = writeln!(out, "  {} rows {what}:", rows.len());
            for row in rows.iter().take(SHOWN) {
                let _ = writeln!(out, "    line {}: {}", row.line, row.what);
            }
        }
        if !list.unused.is_empty() {
            let _ = writeln!(out, "  not used: {}", list.unused.join(", "));
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

/// Entries that are new, that are gone, and that have other names than before.
struct Change<'a> {
    came: Vec<&'a Entry>,
    went: Vec<&'a Entry>,
    renamed: Vec<&'a Entry>,
}

impl<'a> Change<'a> {
    fn between(before: &'a [List], after: &'a [List]) -> Change<'a> {
        let (old, new) = (entries(before), entries(after));
        let lacking = |from: &BTreeMap<(&'a str, &'a str), &'a Entry>, of: &BTreeMap<(&'a str, &'a str), &'a Entry>| {
            of.iter().filter(|(key, _)| !from.contains_key(*key)).map(|(_, entry)| *entry).collect()
        };
        let changed =
            |(key, entry): &(&(&str, &str), &&Entry)| old.get(*key).is_some_and(|before| names(before) != names(entry));
        let renamed = new.iter().filter(changed).map(|(_, entry)| *entry).collect();
        Change { came: lacking(&old, &new), went: lacking(&new, &old), renamed }
    }

    fn parts(&self) -> [(&'static str, &[&'a Entry]); 3] {
        [("came", &self.came), ("went", &self.went), ("changed names", &self.renamed)]
    }
}

/// A party that matches what came or changed, and its orders.
struct AffectedParty {
    party: String,
    entry: String,
    points: u32,
    orders: BTreeSet<String>,
}

/// The parties that match an entry that came or changed its names, with their orders, in order of id.
fn affected_parties(
    change: &Change<'_>,
    parties: &Path,
    orders: Option<&Path>,
    threshold: u32,
) -> Result<Vec<AffectedParty>, Failure> {
    let parties = read_parties(parties)?;
    let entries = change.came.iter().chain(&change.renamed).map(|entry| (*entry).clone()).collect();
    let screener = Screener::new(vec![List { entries, ..List::default() }]);
    let mut touched: BTreeMap<String, AffectedParty> = BTreeMap::new();
    let mut scratch = Scratch::default();
    for (id, party) in &parties {
        let names = party.names();
        let query = Query::from_party(party, &names);
        if let Some(hit) = screener.screen(query, threshold, 1, &mut scratch).first() {
            let entry = match screener.entries.get(hit.entry) {
                Some(entry) => format!("{} [{}, entry {}]", hit.name, entry.list, entry.id),
                None => {
                    never!("a match names entry {}, which the screener does not have", hit.entry);
                    hit.name.clone()
                }
            };
            let found = AffectedParty { party: id.clone(), entry, points: hit.points, orders: BTreeSet::new() };
            touched.insert(id.clone(), found);
        }
    }
    if let Some(path) = orders {
        let mut reader = OrderReader::open(path)?;
        while let Some(batch) = reader.next_batch() {
            for line in batch?.lines() {
                for (_, party) in roles(&line) {
                    if let Some(found) = touched.get_mut(party) {
                        found.orders.insert(line.order_id.to_owned());
                    }
                }
            }
        }
    }
    Ok(touched.into_values().collect())
}

fn json(earlier: &Path, later: &Path, change: &Change<'_>, touched: &[AffectedParty]) -> String {
    let show = |entries: &[&Entry]| -> Vec<serde_json::Value> {
        entries.iter().map(|entry| json!({ "list": entry.list, "entry": entry.id, "name": entry.title() })).collect()
    };
    let touched = touched.iter().map(
        |found| json!({ "party": found.party, "entry": found.entry, "score": found.points, "orders": found.orders }),
    );
    let object = json!({
        "earlier": earlier.display().to_string(), "later": later.display().to_string(), "came": show(&change.came),
        "went": show(&change.went), "renamed": show(&change.renamed), "touched": touched.collect::<Vec<_>>(),
    });
    format!("{object:#}\n")
}

fn text(earlier: &Path, later: &Path, change: &Change<'_>, touched: &[AffectedParty], has_parties: bool) -> String {
    let mut out = format!("{} to {}\n", earlier.display(), later.display());
    for (what, entries) in change.parts() {
        let _ = writeln!(out, "{} {what}", entries.len());
        for entry in entries.iter().take(SHOWN) {
            let _ = writeln!(out, "  {} [{}, entry {}]", entry.title(), entry.list, entry.id);
        }
        if entries.len() > SHOWN {
            let _ = writeln!(out, "  and {} more (--format json names all)", entries.len() - SHOWN);
        }
    }
    if has_parties {
        let _ = writeln!(
            out,
            "{} matching what came or changed",
            if touched.len() == 1 { "1 party".to_owned() } else { format!("{} parties", touched.len()) }
        );
    }
    for found in touched {
        let orders: Vec<&str> = found.orders.iter().map(String::as_str).collect();
        let orders = if orders.is_empty() { String::new() } else { format!("; orders {}", orders.join(", ")) };
        let _ = writeln!(out, "  {}: {} of 10000, {}{orders}", found.party, found.points, found.entry);
    }
    out
}
