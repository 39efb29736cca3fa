//! What commands on files put on record, where they are asked to.

use std::io::Write as _;
use std::path::Path;

use clap::Args;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tollgate_ledger::{Entry, Ledger, Opening, SnapshotFolder, Status};
use tollgate_model::hex;

use super::Failure;
use tollgate_ledger::{AnyLog, open_log};
use tollgate_server::{new_secret, now};

/// Where to put it.
#[derive(Args)]
pub(crate) struct Record {
    /// Also put on record in this ledger what was done: sqlite:FILE, or postgres://user@host/database
    #[arg(long, value_name = "URL")]
    pub(crate) record: Option<String>,
}

/// Opens a ledger; with `create`, an empty one where there is none.
pub(crate) fn open(address: &str, create: bool) -> Result<Ledger<AnyLog>, Failure> {
    let log = open_log(address, create).map_err(Failure::Unusable)?;
    Ledger::open(log).map_err(|error| Failure::Unusable(error.to_string()))
}

/// Opens a ledger, and begins it where it has no record yet.
pub(crate) fn open_or_create(address: &str) -> Result<Ledger<AnyLog>, Failure> {
    begin_if_new(open(address, true)?)
}

/// Begins a ledger that has no record yet: the first one is like that of no other ledger.
fn begin_if_new(mut ledger: Ledger<AnyLog>) -> Result<Ledger<AnyLog>, Failure> {
    if ledger.head().seq == 0 {
        let secret = new_secret().map_err(Failure::Unusable)?;
        let id: String = secret.chars().take(32).collect();
        record_note(&mut ledger, "genesis", "genesis", &json!({ "ledger": id }))?;
    }
    Ok(ledger)
}

/// Opens the ledger of a service, from its latest snapshot on; one that was begun, or with `create` a new one where there is none.
pub(crate) fn open_to_serve(
    address: &str,
    create: bool,
    snapshots: &SnapshotFolder,
) -> Result<Ledger<AnyLog>, Failure> {
    let mend = "check --database and the folder you are in; give --create to begin a new ledger";
    let log = open_log(address, create).map_err(|what| {
        Failure::Unusable(what.replace("mend: check the path of --database", &format!("mend: {mend}")))
    })?;
    let opened = Ledger::open_from(log, snapshots).map_err(|error| Failure::Unusable(error.to_string()))?;
    let (ledger, Opening::Whole { doubts } | Opening::Snapshot { doubts, .. }) = opened;
    for doubt in doubts {
        // Where standard error cannot be written, nobody reads it.
        let _unheard = writeln!(
            std::io::stderr(),
            "warning: a snapshot of the ledger is not used, and more of the log is read: {doubt}"
        );
    }
    match ledger.head().seq {
        0 if create => begin_if_new(ledger),
        0 => Err(Failure::Unusable(format!(
            "the ledger of --database has no records: it was never begun\n  mend: {mend}"
        ))),
        _ => Ok(ledger),
    }
}

/// Puts a record into a ledger.
pub(crate) fn record_note(ledger: &mut Ledger<AnyLog>, kind: &str, id: &str, data: &Value) -> Result<(), Failure> {
    let data = RawValue::from_string(data.to_string()).map_err(|error| Failure::Unusable(error.to_string()))?;
    let note = Entry::Note { kind: kind.to_owned(), actor: "shell".to_owned(), id: id.to_owned(), data };
    let applied = ledger.record(now(), &[note]).map_err(|error| Failure::Unusable(error.to_string()))?;
    match applied.first().map(|applied| applied.status) {
        Some(Status::Done) => Ok(()),
        _ => Err(Failure::Unusable(format!("{id} stands in the log already\n  mend: try again"))),
    }
}

/// SHA-256 of a file, in hexadecimal.
pub(crate) fn digest(path: &Path) -> Result<String, Failure> {
    let failed = |error: std::io::Error| Failure::Unusable(format!("{}: cannot be read: {error}", path.display()));
    let mut file = std::fs::File::open(path).map_err(failed)?;
    let mut hash = Hashed(Sha256::new());
    std::io::copy(&mut file, &mut hash).map_err(failed)?;
    Ok(hex(&hash.0.finalize()))
}

/// Hashes what is written to it.
struct Hashed(Sha256);

impl std::io::Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Record {
    /// Opens the ledger before anything is done, so that what cannot be recorded is not done.
    pub(crate) fn open(&self) -> Result<Option<Ledger<AnyLog>>, Failure> {
        self.record.as_deref().map(|address| open(address, true)).transpose()
    }
}

/// What a run over files was, beside its files.
pub(crate) struct RunNote<'a> {
    /// The command.
    pub(crate) command: &'a str,
    /// The policy's name.
    pub(crate) policy: &'a str,
    /// The digest of the law.
    pub(crate) law: &'a str,
    /// What was assumed by the user's choice, a sentence each.
    pub(crate) assumptions: &'a [String],
}

/// Puts a run over files on record: what it was made from, and the digests of what it made.
pub(crate) fn run_done(
    ledger: Option<Ledger<AnyLog>>,
    done: &RunNote<'_>,
    inputs: &[&Path],
    outputs: &[&Path],
) -> Result<(), Failure> {
    let Some(mut ledger) = ledger else { return Ok(()) };
    let digests = |files: &[&Path]| -> Result<Vec<Value>, Failure> {
        files.iter().map(|path| Ok(json!({ "file": path.display().to_string(), "sha256": digest(path)? }))).collect()
    };
    let mut data = json!({
        "command": done.command, "policy": done.policy, "law": done.law, "program": env!("CARGO_PKG_VERSION"),
        "inputs": digests(inputs)?, "outputs": digests(outputs)?,
    });
    if !done.assumptions.is_empty()
        && let Some(members) = data.as_object_mut()
    {
        members.insert("assumptions".to_owned(), json!(done.assumptions));
    }
    record_note(&mut ledger, "run", &format!("run:{}:{}", now(), std::process::id()), &data)
}
