//! Snapshots of what follows from the log, so that the next start need not read the whole of it.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tollgate_ledger::{AnyLog, Ledger, Opening, SnapshotFolder, SnapshotMark, open_log_to_read};

use super::{Shared, note};

/// A snapshot is written where so many records came since the last.
const RECORDS: u64 = 100_000;
/// So often it is looked whether one is due.
const LOOKED: Duration = Duration::from_secs(30);

/// Where snapshots are kept, and of which log.
#[derive(Clone)]
pub struct Snapshots {
    folder: SnapshotFolder,
    /// The address of the ledger's database.
    address: String,
}

impl Snapshots {
    /// The snapshots in the folder of the jobs, of the log at an address.
    pub fn new(jobs: &Path, address: &str) -> Snapshots {
        Snapshots { folder: Snapshots::folder(jobs), address: address.to_owned() }
    }

    /// The folder of the snapshots in the folder of the jobs.
    pub fn folder(jobs: &Path) -> SnapshotFolder {
        SnapshotFolder::new(&jobs.join("snapshots"))
    }

    /// Follows the log beside the ledger, from the last snapshot on.
    pub(super) fn open(&self) -> Result<(Ledger<AnyLog>, Opening), String> {
        let log = open_log_to_read(&self.address)?;
        Ledger::open_from(log, &self.folder).map_err(|error| error.to_string())
    }

    /// Writes a snapshot of the log as it is: what is recorded meanwhile does not wait for it.
    fn write(&self) -> Result<SnapshotMark, String> {
        let (ledger, _) = self.open()?;
        ledger.write_snapshot(&self.folder).map_err(|error| error.to_string())
    }

    /// The log as it is, from the snapshot that was written up to a record; nothing where that is not used.
    fn resumed(&self, seq: u64) -> Result<Option<Ledger<AnyLog>>, String> {
        let (ledger, opening) = self.open()?;
        Ok(matches!(opening, Opening::Snapshot { seq: used, .. } if used == seq).then_some(ledger))
    }
}

/// Writes a snapshot where one is due, time after time, and puts its digest on record, without which it is not used.
pub(super) async fn write_on_schedule(app: Shared) {
    loop {
        match write_if_due(&app).await {
            Ok(()) => {}
            Err(what) => tracing::warn!("no snapshot was written: {what}"),
        }
        tokio::time::sleep(LOOKED).await;
    }
}

async fn write_if_due(app: &Shared) -> Result<(), String> {
    // A ledger that cannot be read is told of by whoever needs it.
    let Ok(head) = app.with_ledger(|ledger| ledger.head().seq).await else { return Ok(()) };
    let snapshots = app.snapshots.clone();
    let last = snapshots.folder.last().map_err(|error| error.to_string())?;
    if head.saturating_sub(last) < RECORDS {
        return Ok(());
    }
    let written = tokio::task::spawn_blocking(move || snapshots.write());
    let mark = written.await.map_err(|error| error.to_string())??;
    let data = json!({ "seq": mark.seq, "sha256": mark.sha256 });
    let entry = note(SnapshotMark::KIND, "clock", &mark.id(), &data).map_err(|problem| problem.detail)?;
    app.record(vec![entry]).await.map_err(|problem| problem.detail)?;
    // What is in memory begins anew from there, so that it does not grow with the log.
    let (snapshots, seq) = (app.snapshots.clone(), mark.seq);
    let resumed = tokio::task::spawn_blocking(move || snapshots.resumed(seq));
    let Some(resumed) = resumed.await.map_err(|error| error.to_string())?? else { return Ok(()) };
    let adopted = app.with_ledger(move |ledger| ledger.adopt(resumed)).await.map_err(|problem| problem.detail)?;
    adopted.map(|_| ()).map_err(|error| error.to_string())
}
