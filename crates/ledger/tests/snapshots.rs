//! Snapshots: a start from one comes to what the whole log comes to, and one that is doubtful is not used.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop, helpers included")]

use std::path::{Path, PathBuf};

use serde_json::value::RawValue;
use tollgate_ledger::{
    AccountKey, Command, Entry, Ledger, LedgerError, LogError, MemoryLog, Opening, Period, SnapshotFolder, SnapshotMark,
};

fn key(holder: u64) -> AccountKey {
    AccountKey { rule: "lpp".into(), holder: format!("holder-{holder}"), country: None, period: Period::Year(2026) }
}

fn note(kind: &str, id: &str, data: &str) -> Entry {
    let data = RawValue::from_string(data.to_owned()).unwrap();
    Entry::Note { kind: kind.into(), actor: "tester".into(), id: id.into(), data }
}

fn command(command: Command) -> Entry {
    Entry::Command { actor: "tester".into(), command }
}

/// Commands and notes of every kind, refused ones among them, numbered from `from` on.
fn work(ledger: &mut Ledger<MemoryLog>, from: u64, count: u64) {
    for number in from..from + count {
        let (holder, id) = (number % 5, |what: &str| format!("{what}{number}"));
        let day = "2026-03-01".parse().unwrap();
        let reserve =
            |id: String, accounts| Command::Reserve { id, accounts, amount_milli_tpp: 40, day, expires_at_ms: 5_000 };
        let entries = match number % 8 {
            0 => vec![command(Command::Limit {
                id: id("l"),
                account: key(holder),
                from: "2026-01-01".parse().unwrap(),
                amount_milli_tpp: (number % 16 != 0).then_some(1_000),
                provision: "740.29".into(),
            })],
            1 => vec![
                note("access", &id("a"), "{\"x\":1}"),
                note("screening", &id("s"), "{}"),
                note("origin", &id("o"), "{}"),
            ],
            2 => vec![note("proposal", &id("p"), "{}"), note("run", &id("n"), "{\"text\":\"Zürich\"}")],
            3 => vec![command(Command::Adjust {
                id: id("j"),
                account: key(holder),
                amount_milli_tpp: 7,
                day,
                reason: "counted before".into(),
            })],
            4 => vec![command(Command::Group {
                id: id("g"),
                holder: format!("holder-{}", 10 + number),
                into: "holder-1".into(),
                from: day,
                reason: "one group".into(),
            })],
            5 => vec![
                note("conclusion", &format!("concluded:p{}", number - 3), "{}"),
                command(Command::Expire { id: id("e"), at_ms: None }),
            ],
            _ => {
                let post = Command::Post {
                    id: id("post"),
                    reservation: id("r"),
                    amount_milli_tpp: Some(15),
                    day,
                    last: number % 3 == 0,
                };
                let correct = Command::Correct {
                    id: id("c"),
                    posting: id("post"),
                    amount_milli_tpp: 20,
                    day,
                    reason: "weighed".into(),
                    only_adds: number % 2 == 0,
                };
                vec![
                    // More accounts than a slot of a snapshot has room for, and fewer.
                    command(reserve(id("r"), (0..=number % 3).map(|step| key((holder + step) % 5)).collect())),
                    command(post),
                    command(correct),
                ]
            }
        };
        ledger.record(1_000 + i64::try_from(number).unwrap(), &entries).unwrap();
    }
}

/// A log with a snapshot in a folder, which is on record unless it is not to be, and records after it.
fn begun(folder: &Path, on_record: bool) -> (MemoryLog, SnapshotFolder, SnapshotMark) {
    let (log, snapshots) = (MemoryLog::default(), SnapshotFolder::new(folder));
    let mut ledger = Ledger::open(log.clone()).unwrap();
    work(&mut ledger, 0, 160);
    let mark = ledger.write_snapshot(&snapshots).unwrap();
    if on_record {
        ledger.record(1_200, &[note(SnapshotMark::KIND, &mark.id(), "{}")]).unwrap();
    }
    work(&mut ledger, 160, 40);
    (log, snapshots, mark)
}

/// The digest of all that a ledger knows.
fn digest(ledger: &Ledger<MemoryLog>) -> String {
    let folder = tempfile::tempdir().unwrap();
    ledger.write_snapshot(&SnapshotFolder::new(folder.path())).unwrap().sha256
}

/// What a ledger says of all that [`work`] did.
fn all_read(ledger: &mut Ledger<MemoryLog>) -> Vec<String> {
    let mut read = Vec::new();
    for number in 0..210 {
        for what in ["l", "a", "s", "o", "p", "n", "j", "g", "e", "r", "post", "c"] {
            let id = format!("{what}{number}");
            let state = ledger.state();
            let known = (state.knows(&id), state.reservation(&id), state.posting(&id));
            let note = ledger.note_record(&id).map(|note| note.map(|record| record.seq)).ok();
            read.push(format!("{id}: {known:?} {note:?} {}", ledger.has_note(&id)));
        }
    }
    read
}

fn only_file(folder: &Path) -> PathBuf {
    std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path()
}

/// That the snapshot is not used, for a reason, and that nothing is lost by it.
fn refused(log: &MemoryLog, snapshots: &SnapshotFolder, reason: &str) {
    let (ledger, opening) = Ledger::open_from(log.clone(), snapshots).unwrap();
    let Opening::Whole { doubts } = opening else { panic!("a snapshot was used: {reason}") };
    assert!(doubts.iter().any(|doubt| doubt.contains(reason)), "{reason}: {doubts:?}");
    assert_eq!(digest(&ledger), digest(&Ledger::open(log.clone()).unwrap()));
}

#[test]
fn a_start_from_a_snapshot_comes_to_what_the_whole_log_comes_to() {
    let folder = tempfile::tempdir().unwrap();
    let (log, snapshots, mark) = begun(folder.path(), true);
    let (mut resumed, opening) = Ledger::open_from(log.clone(), &snapshots).unwrap();
    assert_eq!(opening, Opening::Snapshot { seq: mark.seq, doubts: Vec::new() });
    let whole = Ledger::open(log.clone()).unwrap();
    assert_eq!((resumed.head(), digest(&resumed)), (whole.head(), digest(&whole)));
    // And it goes on alike: what was said before is done once, and what lapses lapses.
    work(&mut resumed, 150, 70);
    let again = Ledger::open(log).unwrap();
    assert_eq!((resumed.head(), digest(&resumed)), (again.head(), digest(&again)));
    assert!(resumed.note_record("n2").unwrap().is_some());
}

#[test]
fn a_doubtful_snapshot_is_dropped_and_the_whole_log_read() {
    let folder = tempfile::tempdir().unwrap();
    let (log, snapshots, mark) = begun(folder.path(), true);
    let path = only_file(folder.path());
    let bytes = std::fs::read(&path).unwrap();
    let expected = all_read(&mut Ledger::open(log.clone()).unwrap());
    let (mut at_start, mut when_read) = (0, 0);
    for place in (0..bytes.len()).step_by(bytes.len() / 200 + 1).chain([bytes.len() - 1]) {
        let mut changed = bytes.clone();
        *changed.get_mut(place).unwrap() ^= 0x55;
        std::fs::write(&path, changed).unwrap();
        let (mut ledger, opening) = Ledger::open_from(log.clone(), &snapshots).unwrap();
        let mut read = all_read(&mut ledger);
        match opening {
            Opening::Whole { .. } => at_start += 1,
            // What was changed is noticed when it is read, and nothing that was read counts then: the log is read anew.
            Opening::Snapshot { .. } if ledger.check().is_err() => {
                when_read += 1;
                assert!(matches!(ledger.check(), Err(LedgerError::Log(LogError::Unavailable(_)))));
                ledger.catch_up().unwrap();
                read = all_read(&mut ledger);
            }
            Opening::Snapshot { .. } => {}
        }
        assert!(ledger.check().is_ok() && read == expected, "byte {place}");
    }
    assert!(at_start > 0 && when_read > 0, "{at_start} {when_read}");
    // A write notices it as well, and does not stand on it.
    let mut changed = bytes.clone();
    changed.iter_mut().take(4_096).for_each(|byte| *byte ^= 0x55);
    std::fs::write(&path, changed).unwrap();
    let (mut ledger, _) = Ledger::open_from(log.clone(), &snapshots).unwrap();
    work(&mut ledger, 0, 200);
    assert_eq!((ledger.head(), digest(&ledger)), {
        let whole = Ledger::open(log.clone()).unwrap();
        (whole.head(), digest(&whole))
    });
    for length in [0, 5, 31, 200, bytes.len() - 1] {
        std::fs::write(&path, bytes.get(..length).unwrap()).unwrap();
        refused(&log, &snapshots, "snapshot-");
    }
    // Whole in itself, and yet not what the log says: another log's, and one that no record makes good.
    std::fs::write(&path, &bytes).unwrap();
    let other = MemoryLog::default();
    let mut ledger = Ledger::open(other.clone()).unwrap();
    ledger.record(1, &[note("genesis", "genesis", "{}")]).unwrap();
    work(&mut ledger, 0, 200);
    refused(&other, &snapshots, "is of another log");
    let elsewhere = tempfile::tempdir().unwrap();
    let (unmarked, unmarked_snapshots, _) = begun(elsewhere.path(), false);
    refused(&unmarked, &unmarked_snapshots, "no record of the log has its digest");
    // A log that was written anew from within what the snapshot covers.
    let rewritten = MemoryLog::default();
    rewritten.records().extend(log.records().iter().take(usize::try_from(mark.seq - 2).unwrap()).cloned());
    work(&mut Ledger::open(rewritten.clone()).unwrap(), 400, 60);
    refused(&rewritten, &snapshots, "is gone or has another hash");
    let shorter = MemoryLog::default();
    shorter.records().extend(log.records().iter().take(9).cloned());
    refused(&shorter, &snapshots, "is gone");
}

#[test]
fn the_one_before_stands_in_for_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let (log, snapshots, mark) = begun(folder.path(), true);
    let mut ledger = Ledger::open(log.clone()).unwrap();
    for round in 0..3 {
        let later = ledger.write_snapshot(&snapshots).unwrap();
        if round == 2 {
            std::fs::write(folder.path().join(format!("snapshot-{:020}", later.seq)), "torn").unwrap();
            break;
        }
        ledger.record(1_300, &[note(SnapshotMark::KIND, &later.id(), "{}")]).unwrap();
    }
    let (_, opening) = Ledger::open_from(log, &snapshots).unwrap();
    let Opening::Snapshot { seq, doubts } = opening else { panic!("no snapshot was used") };
    assert!(seq > mark.seq && doubts.len() == 1, "{seq} {doubts:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// What is in memory begins anew from a snapshot, and nothing else changes by it.
#[test]
fn a_ledger_goes_on_from_a_snapshot_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (log, snapshots, _) = begun(folder.path(), true);
    let mut ledger = Ledger::open(log.clone()).unwrap();
    let before = (ledger.head(), digest(&ledger), all_read(&mut ledger));
    let (other, _) = Ledger::open_from(log.clone(), &snapshots).unwrap();
    assert!(ledger.adopt(other).unwrap());
    assert_eq!((ledger.head(), digest(&ledger), all_read(&mut ledger)), before);
    // Batches that fail on top of it are taken back, and what is written on top of it is what is written on top of the whole.
    work(&mut ledger, 150, 90);
    let mark = ledger.write_snapshot(&snapshots).unwrap();
    ledger.record(2_000, &[note(SnapshotMark::KIND, &mark.id(), "{}")]).unwrap();
    let (again, opening) = Ledger::open_from(log.clone(), &snapshots).unwrap();
    assert_eq!(opening, Opening::Snapshot { seq: mark.seq, doubts: Vec::new() });
    assert_eq!(digest(&again), digest(&Ledger::open(log).unwrap()));
    // Another log's is not taken.
    let elsewhere = tempfile::tempdir().unwrap();
    let stranger = MemoryLog::default();
    Ledger::open(stranger.clone()).unwrap().record(1, &[note("genesis", "genesis", "{}")]).unwrap();
    let (other, _) = Ledger::open_from(stranger, &SnapshotFolder::new(elsewhere.path())).unwrap();
    let head = ledger.head();
    assert!(!ledger.adopt(other).unwrap());
    assert_eq!(ledger.head(), head);
}

#[test]
fn a_log_by_later_rules_is_refused_with_a_word() {
    let log = MemoryLog::default();
    let mut ledger = Ledger::open(log.clone()).unwrap();
    ledger.record(1, &[note("machine", "machine:1", "{\"version\":1}")]).unwrap();
    assert!(Ledger::open(log.clone()).is_ok());
    ledger.record(1, &[note("machine", "machine:2", "{\"version\":2}")]).unwrap();
    let error = Ledger::open(log).unwrap_err();
    assert_eq!(error, LedgerError::Newer { seq: 2, version: 2, known: 1 });
    assert!(error.to_string().contains("mend: use the version that wrote it"), "{error}");
}
