//! A ledger in PostgreSQL that is dumped and restored: the steps of docs/runbook.md.

use tollgate_ledger::{Entry, Ledger, LedgerError, PostgresLog};

use crate::cluster::Cluster;

fn add(ledger: &mut Ledger<PostgresLog>, id: &str) {
    let data = serde_json::value::RawValue::from_string("{\"text\":\"Zürich\"}".to_owned()).unwrap();
    let note = Entry::Note { kind: "run".into(), actor: "tester".into(), id: id.into(), data };
    ledger.record(1, &[note]).unwrap();
}

/// The address of the database leads to another copy of it.
#[test]
fn a_failover_to_a_copy_that_was_behind_stops_the_ledger_and_one_to_a_whole_copy_does_not() {
    let cluster = Cluster::start();
    let mut ledger = Ledger::open(PostgresLog::open(&cluster.database("serving")).unwrap()).unwrap();
    (0..5).for_each(|number| add(&mut ledger, &format!("n{number}")));
    cluster.restored("serving", "whole");
    cluster.rename("serving", "behind");
    cluster.rename("whole", "serving");
    (5..8).for_each(|number| add(&mut ledger, &format!("n{number}")));
    assert_eq!((cluster.count("serving"), cluster.count("behind")), (8, 5));
    cluster.rename("serving", "ahead");
    cluster.rename("behind", "serving");
    let data = serde_json::value::RawValue::from_string("{}".to_owned()).unwrap();
    let late = Entry::Note { kind: "run".into(), actor: "tester".into(), id: "late".into(), data };
    let error = ledger.record(1, &[late]).unwrap_err();
    assert!(matches!(error, LedgerError::Diverged(_)), "{error}");
    assert_eq!(cluster.count("serving"), 5, "nothing was written on top of the hole");
}

#[test]
fn a_dump_that_is_restored_is_the_same_ledger_and_goes_on() {
    let cluster = Cluster::start();
    let mut source = Ledger::open(PostgresLog::open(&cluster.database("source")).unwrap()).unwrap();
    source.store_value("password", "argon2id").unwrap();
    (0..20).for_each(|number| add(&mut source, &format!("n{number}")));
    let target = cluster.restored("source", "target");
    let mut restored = Ledger::open(PostgresLog::open(&target).unwrap()).unwrap();
    assert_eq!(restored.head(), source.head());
    assert_eq!(restored.stored_value("password").unwrap().as_deref(), Some("argon2id"));
    add(&mut restored, "n19");
    assert_eq!(restored.head(), source.head(), "what was said before was recorded again");
    add(&mut restored, "later");
    assert_eq!(restored.head().seq, 21);
}
