//! Up to where a service has seen its log, kept beside the log: a log that went back while nobody looked is found out at the next start.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tollgate_ledger::{AnyLog, Hash, Ledger};
use tollgate_model::hex;

use super::Shared;

/// The file, in the folder of the jobs.
const FILE: &str = "last-seen.json";
/// So often it is written where records came.
const PERIOD: Duration = Duration::from_secs(2);

/// A record that was seen, and the first one of its log, which no other log has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct LastSeen {
    first: String,
    seq: u64,
    hash: String,
}

/// The hash of the record of a number.
fn hash_of(ledger: &mut Ledger<AnyLog>, seq: u64) -> Result<Option<Hash>, String> {
    let mut found = None;
    let Some(before) = seq.checked_sub(1) else { return Ok(None) };
    let paged = ledger.page(before, 1, &mut |record| found = (record.seq == seq).then_some(record.hash));
    paged.map(|()| found).map_err(|error| error.to_string())
}

/// Whether the ledger's log still holds what a service saw of it last; `Err` says what became of it. `folder` is that of the jobs.
pub fn check_last_seen(folder: &Path, ledger: &mut Ledger<AnyLog>) -> Result<(), String> {
    let path = folder.join(FILE);
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(format!("{}: cannot be read: {error}\n  mend: see that you may read it", path.display()));
        }
    };
    let file = path.display();
    let mend = format!(
        "find out what became of the records (docs/runbook.md); to go on from this log all the same, move {file} away"
    );
    let seen: LastSeen = serde_json::from_slice(&text)
        .map_err(|error| format!("{file}: does not say up to where the log was seen: {error}\n  mend: {mend}"))?;
    let first = hash_of(ledger, 1)?.map(|hash| hex(&hash));
    if first.as_ref() != Some(&seen.first) {
        return Err(format!("{file}: this service followed another log than this one\n  mend: {mend}"));
    }
    match hash_of(ledger, seen.seq)? {
        Some(hash) if hex(&hash) == seen.hash => Ok(()),
        Some(_) => Err(format!(
            "record {} has another hash than this service saw: the log was forked or rewritten\n  mend: {mend}",
            seen.seq
        )),
        None => {
            Err(format!("record {} was seen by this service and is gone: the log went back\n  mend: {mend}", seen.seq))
        }
    }
}

/// Writes down, as records come, up to where the log was seen.
pub(super) async fn write_down(app: Shared) {
    let mut written = 0;
    loop {
        tokio::time::sleep(PERIOD).await;
        let seen = app.with_ledger(|ledger| {
            let head = ledger.head();
            hash_of(ledger, 1)
                .map(|first| first.map(|first| LastSeen { first: hex(&first), seq: head.seq, hash: hex(&head.hash) }))
        });
        if let Ok(Ok(Some(seen))) = seen.await
            && seen.seq != written
        {
            written = seen.seq;
            if let Err(error) = write(app.jobs.folder(), &seen) {
                tracing::warn!("up to where the log was seen cannot be written down: {error}");
            }
        }
    }
}

fn write(folder: &Path, seen: &LastSeen) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec(seen)?)?;
    file.persist(folder.join(FILE)).map(|_| ()).map_err(|error| error.error)
}
