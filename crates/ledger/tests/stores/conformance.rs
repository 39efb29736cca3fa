//! What every store must do, on every store: in memory, SQLite, and the real PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop, helpers included"
)]

use crate::cluster::Cluster;
use serde_json::value::RawValue;
use tollgate_ledger::{
    AccountKey, Applied, Command, Entry, Ledger, LedgerError, Log, LogError, MemoryLog, Period, PostgresLog, Record,
    SqliteLog, Status, Verifier,
};
use tollgate_model::Date;

fn day() -> Date {
    "2026-05-01".parse().unwrap()
}

fn key(holder: &str) -> AccountKey {
    AccountKey { rule: "lpp".into(), holder: holder.into(), country: None, period: Period::Year(2026) }
}

fn entry(command: Command) -> Entry {
    Entry::Command { actor: "tester".into(), command }
}

fn limit(id: &str, holder: &str, amount: i64) -> Entry {
    let from = "2026-01-01".parse().unwrap();
    entry(Command::Limit {
        id: id.into(),
        account: key(holder),
        from,
        amount_milli_tpp: Some(amount),
        provision: "740.29".into(),
    })
}

fn reserve(id: &str, holder: &str, amount: i64) -> Entry {
    let accounts = vec![key(holder)];
    entry(Command::Reserve { id: id.into(), accounts, amount_milli_tpp: amount, day: day(), expires_at_ms: i64::MAX })
}

fn post(id: &str, reservation: &str, amount: i64) -> Entry {
    entry(Command::Post {
        id: id.into(),
        reservation: reservation.into(),
        amount_milli_tpp: Some(amount),
        day: day(),
        last: true,
    })
}

fn note(id: &str, kind: &str, data: &str) -> Entry {
    let data = RawValue::from_string(data.into()).unwrap();
    Entry::Note { kind: kind.into(), actor: "tester".into(), id: id.into(), data }
}

fn statuses(applied: &[Applied]) -> Vec<(Status, bool)> {
    applied.iter().map(|applied| (applied.status, applied.replayed)).collect()
}

fn amounts<L: Log>(ledger: &Ledger<L>, holder: &str) -> (i64, i64) {
    let view = ledger.state().account(&key(holder), day()).unwrap();
    (view.posted_milli_tpp, view.reserved_milli_tpp)
}

fn records<L: Log>(ledger: &mut Ledger<L>) -> Vec<Record> {
    let mut records = Vec::new();
    ledger.page(0, u32::MAX, &mut |record| records.push(record.clone())).unwrap();
    records
}

/// Everything that a store must do; `open` gives a new handle on the same log.
fn conforms<L: Log>(open: &dyn Fn() -> L) {
    let mut first = Ledger::open(open()).unwrap();
    let origin = note("o1", "origin", r#"{"law":"aa","program":"bb"}"#);
    let batch = [origin, limit("l1", "a", 100), reserve("r1", "a", 60), reserve("r2", "a", 41), post("p1", "r1", 50)];
    let done = statuses(&first.record(1_000, &batch).unwrap());
    let over = (Status::OverLimit, false);
    assert_eq!(
        done,
        [(Status::Done, false), (Status::Done, false), (Status::Done, false), over, (Status::Done, false)]
    );
    assert_eq!(amounts(&first, "a"), (50, 0));

    // Said again, here or elsewhere: the same answers, and nothing new on record.
    let mut second = Ledger::open(open()).unwrap();
    for ledger in [&mut first, &mut second] {
        let again = statuses(&ledger.record(2_000, &batch).unwrap());
        assert_eq!(again, done.iter().map(|(status, _)| (*status, true)).collect::<Vec<_>>());
    }
    assert_eq!(records(&mut second).len(), 5);

    // Two ledgers on one log see each other before they decide.
    assert_eq!(first.record(3_000, &[reserve("r3", "a", 30)]).unwrap()[0].status, Status::Done);
    assert_eq!(second.record(3_000, &[reserve("r4", "a", 21)]).unwrap()[0].status, Status::OverLimit);
    assert_eq!(second.record(3_000, &[reserve("r4b", "a", 20)]).unwrap()[0].status, Status::Done);
    first.catch_up().unwrap();
    assert_eq!((amounts(&first, "a"), amounts(&second, "a")), ((50, 50), (50, 50)));

    // Notes stand in the same chain; a used id is refused and not recorded.
    let shown = note("n1", "screening", r#"{"party":"a"}"#);
    assert_eq!(
        statuses(&first.record(4_000, &[shown.clone(), shown]).unwrap()),
        [(Status::Done, false), (Status::Done, true)]
    );
    assert_eq!(first.record(4_000, &[note("n1", "screening", "{}")]).unwrap()[0].status, Status::IdTaken);

    let all = records(&mut first);
    assert_eq!(all.len(), 9);
    let mut verifier = Verifier::default();
    all.iter().for_each(|record| verifier.next(record).unwrap());
    assert_eq!((verifier.verified().records, verifier.verified().head), (9, first.head().hash));
    let bodies: Vec<_> = all.iter().map(|record| record.parse().unwrap()).collect();
    assert_eq!(bodies.iter().map(|body| body.origin).collect::<Vec<_>>(), [0, 1, 1, 1, 1, 1, 1, 1, 1]);
    assert_eq!(bodies[8].kind, "screening");
    assert!(bodies.windows(2).all(|pair| pair[0].at_ms <= pair[1].at_ms));

    // What stands beside the log is seen by all and is in no record.
    first.store_value("secret", "one").unwrap();
    first.store_value("secret", "two").unwrap();
    assert_eq!(
        (second.stored_value("secret").unwrap().as_deref(), second.stored_value("nothing").unwrap()),
        (Some("two"), None)
    );
    assert_eq!(records(&mut second).len(), 9);

    // A clock that jumps back does not take the records with it.
    first.record(10, &[note("n2", "list", "null")]).unwrap();
    assert_eq!(first.head().at_ms, 4_000);
}

#[test]
fn memory_conforms() {
    let log = MemoryLog::default();
    conforms(&|| log.clone());
}

#[test]
fn sqlite_conforms() {
    let folder = tempfile::tempdir().unwrap();
    conforms(&|| SqliteLog::open(&folder.path().join("ledger.sqlite")).unwrap());
}

#[test]
fn postgresql_conforms() {
    let cluster = Cluster::start();
    let url = cluster.database("conformance");
    conforms(&|| PostgresLog::open(&url).unwrap());

    // The database goes away as by a power cut, and comes back: what was answered is there, and the same batch may be given again.
    let mut ledger = Ledger::open(PostgresLog::open(&url).unwrap()).unwrap();
    ledger.record(5_000, &[limit("l9", "z", 10), reserve("r9", "z", 10)]).unwrap();
    cluster.kill();
    let batch = [post("p9", "r9", 10)];
    let gone = ledger.record(5_000, &batch).unwrap_err();
    assert!(matches!(gone, LedgerError::Log(LogError::Unavailable(_))), "{gone}");
    cluster.resume();
    assert_eq!(statuses(&ledger.record(5_000, &batch).unwrap()), [(Status::Done, false)]);
    assert_eq!(amounts(&ledger, "z"), (10, 0));

    // A connection that the server ends in the middle is made anew.
    let mut other = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = 'conformance'";
    other.batch_execute(end).unwrap();
    assert_eq!(statuses(&ledger.record(6_000, &[reserve("r10", "z", 1)]).unwrap()), [(Status::OverLimit, false)]);

    other.batch_execute("INSERT INTO tollgate_schema VALUES (99)").unwrap();
    let newer = PostgresLog::open(&url).unwrap_err();
    assert!(matches!(newer, LogError::Unusable(_)) && newer.to_string().contains("newer Tollgate"), "{newer}");
}

/// What the first version of the schema held is read, and goes on, under this one.
#[test]
fn a_file_of_an_earlier_schema_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let memory = MemoryLog::default();
    Ledger::open(memory.clone()).unwrap().record(1, &[limit("l1", "a", 100), reserve("r1", "a", 60)]).unwrap();
    let first = rusqlite::Connection::open(&path).unwrap();
    first.execute_batch("CREATE TABLE record (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL, body BLOB NOT NULL) STRICT; PRAGMA user_version = 1").unwrap();
    for record in memory.records().iter() {
        let insert = "INSERT INTO record VALUES (?1, ?2, ?3)";
        first.execute(insert, rusqlite::params![i64::try_from(record.seq).unwrap(), record.hash, record.body]).unwrap();
    }
    drop(first);
    let mut ledger = Ledger::open(SqliteLog::open(&path).unwrap()).unwrap();
    assert_eq!(amounts(&ledger, "a"), (0, 60));
    ledger.store_value("secret", "one").unwrap();
    assert_eq!(statuses(&ledger.record(2, &[post("p1", "r1", 60)]).unwrap()), [(Status::Done, false)]);

    let cluster = Cluster::start();
    let url = cluster.database("migration");
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    client.batch_execute("CREATE TABLE tollgate_schema (version integer NOT NULL); INSERT INTO tollgate_schema VALUES (1); CREATE TABLE tollgate_record (seq bigint PRIMARY KEY, hash bytea NOT NULL, body bytea NOT NULL)").unwrap();
    for record in memory.records().iter() {
        let hash = record.hash.as_slice();
        client
            .execute(
                "INSERT INTO tollgate_record VALUES ($1, $2, $3)",
                &[&i64::try_from(record.seq).unwrap(), &hash, &record.body],
            )
            .unwrap();
    }
    let mut ledger = Ledger::open(PostgresLog::open(&url).unwrap()).unwrap();
    assert_eq!(amounts(&ledger, "a"), (0, 60));
    ledger.store_value("secret", "one").unwrap();
    assert_eq!(statuses(&ledger.record(2, &[post("p1", "r1", 60)]).unwrap()), [(Status::Done, false)]);
}

#[test]
fn files_that_are_no_log_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    std::fs::write(&path, "this is no database, but long enough to have a header that says so, one might think")
        .unwrap();
    let error = SqliteLog::open(&path).unwrap_err();
    assert!(matches!(error, LogError::Unusable(_)) && error.to_string().contains("ledger.sqlite"), "{error}");
    std::fs::remove_file(&path).unwrap();
    drop(SqliteLog::open(&path).unwrap());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let newer = SqliteLog::open(&path).unwrap_err();
    assert!(newer.to_string().contains("newer Tollgate") && newer.to_string().contains("mend"), "{newer}");
    assert!(SqliteLog::open(&folder.path().join("no/such/folder.sqlite")).is_err());
}

#[test]
fn a_log_that_was_touched_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.sqlite");
    let mut ledger = Ledger::open(SqliteLog::open(&path).unwrap()).unwrap();
    ledger
        .record(1, &[limit("l1", "a", 100), reserve("r1", "a", 60), reserve("r2", "a", 10), reserve("r3", "a", 10)])
        .unwrap();
    drop(ledger);
    let changes = [
        (
            "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), '\"amount\":60', '\"amount\":10') AS BLOB) WHERE seq = 2",
            2,
        ),
        ("DELETE FROM record WHERE seq = 3", 3),
        ("UPDATE record SET seq = seq + 10 WHERE seq = 4", 4),
        ("UPDATE record SET hash = zeroblob(32) WHERE seq = 1", 1),
    ];
    for (number, (change, seq)) in changes.into_iter().enumerate() {
        let copy = folder.path().join(format!("{number}.sqlite"));
        SqliteLog::open(&path).unwrap().back_up(&copy).unwrap();
        rusqlite::Connection::open(&copy).unwrap().execute_batch(change).unwrap();
        let error = Ledger::open(SqliteLog::open(&copy).unwrap()).unwrap_err();
        assert!(matches!(error, LedgerError::Corrupt { .. }), "{change}: {error}");
        let mut verifier = Verifier::default();
        let mut bad = None;
        let mut log = SqliteLog::open(&copy).unwrap();
        log.read(0, &mut |record| {
            bad = bad.take().or(verifier.next(&record).err());
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(bad.unwrap().seq, seq, "{change}");
    }
    assert!(Ledger::open(SqliteLog::open(&path).unwrap()).is_ok());
}
