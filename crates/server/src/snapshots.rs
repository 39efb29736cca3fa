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
    fn open(&self) -> Result<(Ledger<AnyLog>, Opening), String> {
        let log = open_log_to_read(&self.address)?;
        Ledger::open_from(log, &self.folder).map_err(|error| error.to_string())
    }

    /// Looks at the log as it is, beside the ledger: what is recorded meanwhile does not wait for it. From the last snapshot on; where that turns out not
    /// to be as it was written, nothing that was seen counts, and it is looked anew at what the whole log comes to.
    pub(super) fn look<T>(&self, mut look: impl FnMut(&mut Ledger<AnyLog>) -> T) -> Result<T, String> {
        let (mut ledger, _) = self.open()?;
        let seen = look(&mut ledger);
        if ledger.check().is_ok() {
            return Ok(seen);
        }
        ledger.catch_up().map_err(|error| error.to_string())?;
        let seen = look(&mut ledger);
        ledger.check().map(|()| seen).map_err(|error| error.to_string())
    }

    /// Writes a snapshot of the log as it is.
    fn write(&self) -> Result<SnapshotMark, String> {
        self.look(|ledger| ledger.write_snapshot(&self.folder))?.map_err(|error| error.to_string())
    }

    /// The log as it is, from the snapshot that was written up to a record; nothing where that is not used. Whoever goes on from it checks it.
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

#[cfg(test)]
mod tests {
    use tollgate_ledger::{AccountKey, Command, Entry, Period, open_log};

    use super::*;

    /// A page of a snapshot that was torn reads like what is not there: whoever looks beside the ledger must not take that for an answer, and the next
    /// snapshot must not rest on it.
    #[test]
    fn a_torn_page_is_no_answer_to_who_looks_beside_the_ledger() {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}", folder.path().join("ledger.sqlite").display());
        let snapshots = Snapshots::new(folder.path(), &address);
        let mut ledger = Ledger::open(open_log(&address, true).unwrap()).unwrap();
        let command = |command: Command| Entry::Command { actor: "tester".to_owned(), command };
        let (rule, holder) = ("lpp".to_owned(), "holder".to_owned());
        let account = AccountKey { rule, holder, country: None, period: Period::Year(2026) };
        let day = "2026-03-01".parse().unwrap();
        let limit = Command::Limit {
            id: "limit".to_owned(),
            account: account.clone(),
            from: day,
            amount_milli_tpp: Some(1_000_000),
            provision: "740.29".to_owned(),
        };
        let reserve = |number: i64| Command::Reserve {
            id: format!("r{number}"),
            accounts: vec![account.clone()],
            amount_milli_tpp: 10,
            day,
            expires_at_ms: 5_000,
        };
        let entries: Vec<Entry> = std::iter::once(limit).chain((0..400).map(reserve)).map(command).collect();
        ledger.record(1, &entries).unwrap();
        let mark = snapshots.write().unwrap();
        let data = serde_json::value::RawValue::from_string("{}".to_owned()).unwrap();
        let (kind, actor) = (SnapshotMark::KIND.to_owned(), "clock".to_owned());
        ledger.record(2, &[Entry::Note { kind, actor, id: mark.id(), data }]).unwrap();

        let file = folder.path().join(format!("snapshots/snapshot-{:020}", mark.seq));
        let whole = std::fs::read(&file).unwrap();
        let mut torn = whole.clone();
        // What is read at the start stands behind the pages, and stays.
        torn.iter_mut().take(3 * 4_096).for_each(|byte| *byte = 0);
        std::fs::write(&file, torn).unwrap();
        assert!(snapshots.resumed(mark.seq).unwrap().is_some(), "the torn page was noticed at the start");
        let mut looks = 0;
        let known = snapshots.look(|ledger| {
            looks += 1;
            (0..400).filter(|number| ledger.state().reservation(&format!("r{number}")).is_some()).count()
        });
        assert_eq!((known, looks), (Ok(400), 2));
        // The next snapshot is written from the whole log.
        let again = snapshots.write().unwrap();
        assert_eq!(again.seq, mark.seq + 1);
    }
}
