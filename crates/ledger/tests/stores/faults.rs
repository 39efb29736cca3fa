//! What happens while a log cannot be reached, went back, was changed or moved: nothing is read off a ledger that is not sure of it, and nothing is
//! recorded on top of a hole.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]
#![expect(clippy::disallowed_methods, reason = "it is measured how long a caller waits")]

use std::cell::RefCell;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::rc::Rc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use serde_json::value::RawValue;
use tollgate_ledger::{
    AccountKey, Command, Entry, Ledger, LedgerError, Log, LogError, MemoryLog, Period, PostgresLog, Record, Sink,
    SqliteLog, Status, Writer,
};

use crate::cluster::Cluster;

fn key() -> AccountKey {
    AccountKey { rule: "lpp".into(), holder: "a".into(), country: None, period: Period::Year(2026) }
}

fn entry(command: Command) -> Entry {
    Entry::Command { actor: "tester".into(), command }
}

fn limit() -> Entry {
    let from = "2026-01-01".parse().unwrap();
    entry(Command::Limit {
        id: "l1".into(),
        account: key(),
        from,
        amount_milli_tpp: Some(100),
        provision: "740.29".into(),
    })
}

fn reserve(id: &str, amount: i64) -> Entry {
    let day = "2026-05-01".parse().unwrap();
    let accounts = vec![key()];
    entry(Command::Reserve { id: id.into(), accounts, amount_milli_tpp: amount, day, expires_at_ms: i64::MAX })
}

fn note(id: &str, data: &str) -> Entry {
    let data = RawValue::from_string(data.into()).unwrap();
    Entry::Note { kind: "decision".into(), actor: "tester".into(), id: id.into(), data }
}

fn reserved<L: Log>(ledger: &Ledger<L>) -> i64 {
    ledger.state().account(&key(), "2026-05-01".parse().unwrap()).map_or(-1, |view| view.reserved_milli_tpp)
}

/// A log in memory that fails where it is told to, and counts what is read of it.
#[derive(Clone, Default)]
struct Faulty {
    log: MemoryLog,
    faults: Rc<RefCell<Faults>>,
}

#[derive(Default)]
struct Faults {
    read: bool,
    commit: bool,
    records_read: u64,
}

impl Faulty {
    fn fail(&self, fails: bool) -> Result<(), LogError> {
        if fails { Err(LogError::Unavailable("injected".into())) } else { Ok(()) }
    }
}

impl Log for Faulty {
    fn lock(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        self.read(after, sink)
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), LogError> {
        self.fail(self.faults.borrow().commit)?;
        self.log.commit(records)
    }

    fn release(&mut self) {}

    fn read(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        self.page(after, u32::MAX, sink)
    }

    fn page(&mut self, after: u64, most: u32, sink: Sink<'_>) -> Result<(), LogError> {
        self.fail(self.faults.borrow().read)?;
        let faults = Rc::clone(&self.faults);
        self.log.page(after, most, &mut |record| {
            faults.borrow_mut().records_read += 1;
            sink(record)
        })
    }

    fn store_value(&mut self, name: &str, value: &str) -> Result<(), LogError> {
        self.log.store_value(name, value)
    }

    fn stored_value(&mut self, name: &str) -> Result<Option<String>, LogError> {
        self.log.stored_value(name)
    }
}

#[test]
fn a_ledger_that_cannot_reach_its_log_says_so_and_shows_nothing_else() {
    let log = Faulty::default();
    let mut ledger = Ledger::open(log.clone()).unwrap();
    ledger.record(1, &[limit(), reserve("r1", 60)]).unwrap();
    log.faults.borrow_mut().read = true;
    assert!(ledger.record(2, &[reserve("r2", 10)]).is_err());
    for _ in 0..2 {
        assert!(ledger.catch_up().is_err() && ledger.check().is_err());
        assert_eq!(
            reserved(&ledger),
            60,
            "what was known is not thrown away, and neither is it shown: check() says so"
        );
    }
    log.faults.borrow_mut().read = false;
    ledger.catch_up().unwrap();
    assert!(ledger.check().is_ok());
    assert_eq!(reserved(&ledger), 60);
    assert_eq!(ledger.record(3, &[reserve("r2", 10)]).unwrap().first().unwrap().status, Status::Done);
}

#[test]
fn a_commit_that_fails_costs_its_batch_and_no_more() {
    let log = Faulty::default();
    let mut ledger = Ledger::open(log.clone()).unwrap();
    ledger.record(1, &[limit(), reserve("r0", 1)]).unwrap();
    for number in 0..500 {
        ledger.record(1, &[note(&format!("n{number}"), "{}")]).unwrap();
    }
    log.faults.borrow_mut().commit = true;
    let before = log.faults.borrow().records_read;
    assert!(ledger.record(2, &[reserve("r1", 60), note("n", "1")]).is_err());
    assert_eq!(reserved(&ledger), 1);
    assert!(!ledger.has_note("n"));
    log.faults.borrow_mut().commit = false;
    let done = ledger.record(2, &[reserve("r1", 61), note("n", "2")]).unwrap();
    assert!(done.iter().all(|applied| applied.status == Status::Done && !applied.replayed), "nothing of it was kept");
    assert_eq!(reserved(&ledger), 62);
    let read = log.faults.borrow().records_read - before;
    assert!(read < 20, "{read} records were read again");
    assert_eq!(reserved(&Ledger::open(log.clone()).unwrap()), 62);
}

/// However long the log is, to look at one record reads that record and the one before it.
#[test]
fn a_look_at_one_record_reads_two() {
    let log = Faulty::default();
    let mut ledger = Ledger::open(log.clone()).unwrap();
    let notes: Vec<Entry> = (0..30_000).map(|number| note(&format!("n{number}"), "{}")).collect();
    ledger.record(1, &notes).unwrap();
    let before = log.faults.borrow().records_read;
    for id in ["n0", "n1", "n17", "n29999"] {
        assert!(ledger.note_record(id).unwrap().is_some());
    }
    assert!(ledger.note_record("nothing").unwrap().is_none());
    let read = log.faults.borrow().records_read - before;
    assert!(read <= 8, "{read} records were read");
}

#[test]
fn a_log_that_went_back_or_was_forked_or_is_another_one_stops_the_ledger() {
    let filled = || {
        let log = MemoryLog::default();
        let mut ledger = Ledger::open(log.clone()).unwrap();
        ledger.record(1, &[limit()]).unwrap();
        for number in 0..4 {
            ledger.record(2, &[reserve(&format!("r{number}"), 10)]).unwrap();
        }
        (log, ledger)
    };
    let shorter = |log: &MemoryLog| log.records().truncate(2);
    let gone = |log: &MemoryLog| log.records().clear();
    // Another server went on from the shorter log.
    let forked = |log: &MemoryLog| {
        log.records().truncate(2);
        let mut other = Ledger::open(log.clone()).unwrap();
        for number in 0..5 {
            other.record(3, &[reserve(&format!("x{number}"), 1)]).unwrap();
        }
    };
    let another = |log: &MemoryLog| {
        let other = MemoryLog::default();
        let mut ledger = Ledger::open(other.clone()).unwrap();
        (0..9).for_each(|number| drop(ledger.record(1, &[note(&format!("n{number}"), "{}")]).unwrap()));
        *log.records() = other.records().clone();
    };
    let changes: [&dyn Fn(&MemoryLog); 4] = [&shorter, &gone, &forked, &another];
    for change in changes {
        let (log, mut ledger) = filled();
        change(&log);
        let length = log.records().len();
        let error = ledger.record(5, &[reserve("late", 1)]).unwrap_err();
        assert!(matches!(error, LedgerError::Diverged(_)) && error.to_string().contains("mend"), "{error}");
        assert_eq!(log.records().len(), length, "nothing was written on top of the hole");
        assert_eq!((ledger.catch_up().unwrap_err(), ledger.check().unwrap_err()), (error.clone(), error));
        // A look finds it as well as a write.
        let (log, mut ledger) = filled();
        change(&log);
        assert!(matches!(ledger.catch_up(), Err(LedgerError::Diverged(_))));
    }
}

#[test]
fn a_record_that_was_changed_under_the_ledger_is_not_taken_for_what_was_written() {
    let log = MemoryLog::default();
    let mut ledger = Ledger::open(log.clone()).unwrap();
    ledger.record(1, &[note("n1", r#"{"held":["x"]}"#), note("n2", r#"{"held":["y"]}"#), note("n3", "{}")]).unwrap();
    let read = ledger.note_record("n2").unwrap().unwrap();
    assert!(String::from_utf8(read.body).unwrap().contains(r#""held":["y"]"#));
    let second = |change: &dyn Fn(&mut Record)| log.records().get_mut(1).into_iter().for_each(change);
    second(&|record| record.body = String::from_utf8(record.body.clone()).unwrap().replace("\"y\"", "").into_bytes());
    assert!(matches!(ledger.note_record("n2"), Err(LedgerError::Corrupt { seq: 2, .. })));
    assert!(ledger.record(2, &[note("n4", "{}")]).is_err(), "a log that was changed is not gone on from");
}

#[test]
fn who_looks_while_the_log_is_away_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let mut ledger = Ledger::open(SqliteLog::open(&path).unwrap()).unwrap();
    ledger.record(1, &[limit(), reserve("r1", 60)]).unwrap();
    let writer = Writer::start(ledger, 64, || Ok(1));
    let look = || {
        let (give, take) = channel();
        writer.look(move |known| give.send(known.map(|known| reserved(known))).unwrap()).unwrap();
        take.recv_timeout(Duration::from_secs(60)).unwrap()
    };
    assert_eq!(look(), Ok(60));
    std::fs::rename(&path, folder.path().join("moved.sqlite")).unwrap();
    let (give, take) = channel();
    writer.record(vec![reserve("r2", 1)], move |result| give.send(result).unwrap()).unwrap();
    let refused = take.recv_timeout(Duration::from_secs(60)).unwrap().unwrap_err();
    assert!(matches!(&refused, LedgerError::Log(LogError::Unusable(what)) if what.contains("moved")), "{refused}");
    assert_eq!(look(), Err(refused));
    assert!(writer.is_alive());
}

#[test]
fn another_process_that_writes_for_long_delays_nobody_for_long() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let mut ledger = Ledger::open(SqliteLog::open(&path).unwrap()).unwrap();
    ledger.record(1, &[limit()]).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = Instant::now();
    let error = ledger.record(1, &[reserve("r1", 1)]).unwrap_err();
    assert!(matches!(error, LedgerError::Log(LogError::Busy(_))), "{error}");
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(ledger.record(1, &[reserve("r1", 1)]).unwrap().first().unwrap().status, Status::Done);
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn nobody_but_its_owner_reads_a_ledger_and_it_is_read_where_nothing_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    std::fs::write(&path, "").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let mut ledger = Ledger::open(SqliteLog::open(&path).unwrap()).unwrap();
    ledger.record(1, &[limit(), reserve("r1", 60)]).unwrap();
    let copy = folder.path().join("copy.sqlite");
    SqliteLog::open(&path).unwrap().back_up(&copy).unwrap();
    for file in [&path, &copy, &folder.path().join("ledger.sqlite-wal")] {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    drop(ledger);
    let reads = |path: &Path| {
        let mut count = 0;
        let read = SqliteLog::open_to_read(path).and_then(|mut log| {
            log.read(0, &mut |_| {
                count += 1;
                std::ops::ControlFlow::Continue(())
            })
        });
        read.map(|()| count)
    };
    let shut = tempfile::tempdir().unwrap();
    let there = shut.path().join("ledger #1?.sqlite");
    std::fs::copy(&path, &there).unwrap();
    std::fs::set_permissions(&there, std::fs::Permissions::from_mode(0o400)).unwrap();
    std::fs::set_permissions(shut.path(), std::fs::Permissions::from_mode(0o500)).unwrap();
    assert_eq!((reads(&path), reads(&there)), (Ok(2), Ok(2)));
    std::fs::set_permissions(shut.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
}

/// Whoever waits for the lock is told so in time, and goes on once it is free; whoever stops inside a transaction is shut out after a while.
#[test]
fn postgresql_that_is_locked_or_lets_nobody_write_is_waited_for_and_gone_on_with() {
    let cluster = Cluster::start();
    let url = cluster.database("faults");
    let mut ledger = Ledger::open(PostgresLog::open(&url).unwrap()).unwrap();
    ledger.record(1, &[limit(), reserve("r1", 60)]).unwrap();
    let mut other = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    other.batch_execute("BEGIN; SELECT pg_advisory_xact_lock(1880189566)").unwrap();
    let start = Instant::now();
    let error = ledger.record(2, &[reserve("r2", 10)]).unwrap_err();
    assert!(matches!(error, LedgerError::Log(LogError::Busy(_))), "{error}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert!(ledger.check().is_err());
    other.batch_execute("ROLLBACK").unwrap();
    assert_eq!(ledger.record(3, &[reserve("r2", 10)]).unwrap().first().unwrap().status, Status::Done);
    ledger.catch_up().unwrap();
    assert_eq!(reserved(&ledger), 70);
    let mut seconds = |name: &str| -> String { other.query_one(&format!("SHOW {name}"), &[]).unwrap().get(0) };
    assert_eq!(seconds("idle_in_transaction_session_timeout"), "0", "the other one's connection is its own");

    // The last records are gone, as after a failover to a copy that was behind.
    other.batch_execute("DELETE FROM tollgate_record WHERE seq > 2").unwrap();
    let error = ledger.record(4, &[reserve("r3", 1)]).unwrap_err();
    assert!(matches!(error, LedgerError::Diverged(_)), "{error}");
    let left: i64 = other.query_one("SELECT count(*) FROM tollgate_record", &[]).unwrap().get(0);
    assert_eq!(left, 2);
}

/// A database that stands still is waited for so long and no longer, and gone on with once it moves again.
#[test]
fn a_database_that_hangs_is_given_up_in_time() {
    let cluster = Cluster::start();
    let mut ledger = Ledger::open(PostgresLog::open(&cluster.database("hanging")).unwrap()).unwrap();
    ledger.record(1, &[limit(), reserve("r1", 60)]).unwrap();
    let frozen = cluster.freeze();
    let start = Instant::now();
    let error = ledger.catch_up().unwrap_err();
    assert!(matches!(error, LedgerError::Log(LogError::Unavailable(_) | LogError::Busy(_))), "{error}");
    assert!(ledger.check().is_err() && start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    drop(frozen);
    assert_eq!(ledger.record(2, &[reserve("r2", 10)]).unwrap().first().unwrap().status, Status::Done);
    assert_eq!(reserved(&ledger), 70);
}

/// Once the tables are there, a role that may read and add is enough.
#[test]
fn a_role_that_may_only_add_is_enough_on_postgresql() {
    let cluster = Cluster::start();
    let url = cluster.database("append");
    drop(PostgresLog::open(&url).unwrap());
    let mut owner = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    owner
        .batch_execute(
            "CREATE ROLE appender LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT SELECT ON tollgate_schema TO appender; \
             GRANT SELECT, INSERT ON tollgate_record, tollgate_kept TO appender",
        )
        .unwrap();
    let limited = url.replace("user=tollgate", "user=appender");
    let mut ledger = Ledger::open(PostgresLog::open(&limited).unwrap()).unwrap();
    ledger.record(1, &[limit(), reserve("r1", 60)]).unwrap();
    ledger.store_value("password:1", "hash").unwrap();
    ledger.store_value("password:1", "hash").unwrap();
    assert_eq!(ledger.stored_value("password:1").unwrap().as_deref(), Some("hash"));
    assert!(ledger.store_value("password:1", "another").is_err(), "what is kept cannot be changed by this role");
    let mut client = postgres::Client::connect(&limited, postgres::NoTls).unwrap();
    for forbidden in ["UPDATE tollgate_record SET body = ''", "DELETE FROM tollgate_record", "DROP TABLE tollgate_kept"]
    {
        assert!(client.batch_execute(forbidden).is_err(), "{forbidden}");
    }
    assert_eq!(ledger.record(2, &[reserve("r2", 1)]).unwrap().first().unwrap().status, Status::Done);
}
