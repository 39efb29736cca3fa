//! `tollgate lists update` and `import`: lists into a folder, each version checked before it is used.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::json;
use tollgate_ledger::Ledger;
use tollgate_model::Date;

use super::recorded::record_note;
use super::{Failure, print, short_digest};
use crate::commands::inputs::set_name;
use crate::commands::recorded::Record;
use clap::Args;
use std::path::PathBuf;
use tollgate_ledger::AnyLog;
use tollgate_lists::{BUILT_IN, Change, FetchError, Fetched, Fetcher, Incoming, ListStore, Sources};
use tollgate_model::Stop;
use tollgate_server::{now, today};

#[derive(Args)]
pub(crate) struct UpdateArguments {
    /// The folder of lists; --lists takes it as it is
    #[arg(long, value_name = "DIR")]
    pub(crate) into: PathBuf,
    /// Addresses of your own (see `tollgate lists sources`)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Only these sets
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Take a version that lacks lists or has less than four fifths of the last one's entries
    #[arg(long)]
    pub(crate) accept_shrunk: bool,
    #[command(flatten)]
    pub(crate) record: Record,
}

#[derive(Args)]
pub(crate) struct ImportArguments {
    /// The folder of lists; --lists takes it as it is
    #[arg(long, value_name = "DIR")]
    pub(crate) into: PathBuf,
    /// What the set is called
    #[arg(long, value_name = "NAME", value_parser = set_name)]
    pub(crate) name: String,
    /// Its files; those of OFAC together
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Take a version that lacks lists or has less than four fifths of the last one's entries
    #[arg(long)]
    pub(crate) accept_shrunk: bool,
    #[command(flatten)]
    pub(crate) record: Record,
}

/// Fetches every set; one that fails keeps its last good version and does not hold up the others.
pub(crate) fn update(arguments: &UpdateArguments, stop: &Stop) -> Result<(), Failure> {
    let sources = match &arguments.config {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
            Sources::read(&path.display().to_string(), &text)
        }
        None => Sources::read("the built-in sources", BUILT_IN),
    }?;
    if let Some(unknown) = arguments.only.iter().find(|name| !sources.0.contains_key(*name)) {
        let known: Vec<&str> = sources.0.keys().map(String::as_str).collect();
        return Err(Failure::Unusable(format!("no set is called `{unknown}`\n  mend: choose of {}", known.join(", "))));
    }
    let mut ledger = arguments.record.open()?;
    let mut store = ListStore::open(&arguments.into)?;
    let fetcher = Fetcher::new(stop);
    let mut failures = Vec::new();
    for (set, addresses) in &sources.0 {
        if !arguments.only.is_empty() && !arguments.only.contains(set) {
            continue;
        }
        match update_set(&mut store, &fetcher, set, addresses, arguments.accept_shrunk) {
            Ok(change) => {
                record_change(ledger.as_mut(), set, &change)?;
                print(&change_text(set, &change))?;
            }
            Err(Failure::Unusable(text)) => failures.push(text),
            Err(other) => return Err(other),
        }
    }
    match failures.is_empty() {
        true => Ok(()),
        false => Err(Failure::Unusable(failures.join("\nerror: "))),
    }
}

fn update_set(
    store: &mut ListStore,
    fetcher: &Fetcher,
    set: &str,
    addresses: &[String],
    accept_shrunk: bool,
) -> Result<Change, Failure> {
    let mut files = Vec::new();
    let mut unchanged = 0;
    for address in addresses {
        let name = file_name(address);
        let known = store.validators(set, address).cloned();
        let failed = |error: FetchError| match error {
            FetchError::Stopped => Failure::Stopped,
            error => Failure::Unusable(format!(
                "{set}: {error}\n  mend: check the network and the address, or import a file with `tollgate lists import`\n  the last good version stays in use"
            )),
        };
        let (bytes, validators) = match fetcher.fetch(address, known.as_ref()).map_err(failed)? {
            Fetched::New(bytes, validators) => (bytes, validators),
            Fetched::Unchanged => {
                let Some(validators) = known else {
                    let what = format!("{set}: {address} says that nothing has changed, and no version is here");
                    let mend = "fetch it by hand and take it in with `tollgate lists import`";
                    return Err(Failure::Unusable(format!("{what}\n  mend: {mend}")));
                };
                unchanged += 1;
                (store.current(set, &name)?, validators)
            }
        };
        files.push(Incoming { name, bytes, source: address.clone(), validators });
    }
    match unchanged == addresses.len() {
        true => Ok(Change::Same),
        false => Ok(store.take(set, &files, today(), accept_shrunk)?),
    }
}

/// The last part of an address's path.
fn file_name(address: &str) -> String {
    let path = address.split_once(['?', '#']).map_or(address, |(path, _)| path);
    let last = path.rsplit_once('/').map_or(path, |(_, last)| last);
    let plain: String = last.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')).collect();
    if plain.trim_matches('.').is_empty() { "list".to_owned() } else { plain }
}

/// Takes files from a disk into the store.
pub(crate) fn import(arguments: &ImportArguments) -> Result<(), Failure> {
    let today: Date = today();
    let mut files = Vec::new();
    for path in &arguments.files {
        let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
        let name = path.file_name().map_or("list".to_owned(), |name| name.to_string_lossy().into_owned());
        files.push(Incoming { name, bytes, source: path.display().to_string(), validators: Default::default() });
    }
    let mut ledger = arguments.record.open()?;
    let mut store = ListStore::open(&arguments.into)?;
    let change = store.take(&arguments.name, &files, today, arguments.accept_shrunk)?;
    record_change(ledger.as_mut(), &arguments.name, &change)?;
    print(&change_text(&arguments.name, &change))
}

/// Puts a new version of a set on record.
fn record_change(ledger: Option<&mut Ledger<AnyLog>>, set: &str, change: &Change) -> Result<(), Failure> {
    let (Some(ledger), Change::New { digest, entries, bad_rows, .. }) = (ledger, change) else { return Ok(()) };
    let data = json!({ "set": set, "sha256": digest, "entries": entries, "bad_rows": bad_rows });
    record_note(ledger, "list", &format!("list:{set}:{digest}:{}", now()), &data)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Unusable(format!(
        "{}: cannot be read: {error}\n  mend: check the path and that you may read it",
        path.display()
    ))
}

fn change_text(set: &str, change: &Change) -> String {
    match change {
        Change::Same => format!("{set}: unchanged\n"),
        Change::New { digest, before, entries, bad_rows } => {
            let mut out = format!("{set}: {entries} entries");
            if let Some(before) = before {
                let _ = write!(out, " (before: {before})");
            }
            if *bad_rows > 0 {
                let _ = write!(out, ", {bad_rows} rows not readable and kept out");
            }
            let _ = writeln!(out, ", version {}", short_digest(digest));
            out
        }
    }
}
