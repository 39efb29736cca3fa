//! Logs of earlier versions verify and come to the same accounts: `logs/v1.jsonl` is an export of records of every command as they were written on
//! 2026-11-28, `logs/v1.state.json` what they came to then. Neither file is ever made anew.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use serde_json::{Value, json};
use tollgate_ledger::{Ledger, Log as _, MemoryLog, Record, Verifier};

/// The records of an export; each body is the bytes between `"record":` and the last brace of its line.
fn records(export: &str) -> Vec<Record> {
    let record = |(line, seq): (&str, u64)| {
        let (hash, body) = line.strip_prefix(r#"{"hash":""#).unwrap().split_once(r#"","record":"#).unwrap();
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(hash.get(place * 2..place * 2 + 2).unwrap(), 16).unwrap();
        }
        Record { seq, hash: bytes, body: body.strip_suffix('}').unwrap().as_bytes().to_vec() }
    };
    export.lines().zip(1..).map(record).collect()
}

#[test]
fn a_log_of_the_first_version_verifies_and_comes_to_the_same_accounts() {
    let export = include_str!("logs/v1.jsonl");
    let records = records(export);
    let mut verifier = Verifier::default();
    let mut again = Vec::new();
    for record in &records {
        verifier.next(record).unwrap();
        record.write_line(&mut again).unwrap();
    }
    assert_eq!(String::from_utf8(again).unwrap(), export);
    for command in ["limit", "reserve", "amend", "post", "void", "adjust", "correct", "group", "expire"] {
        assert!(export.contains(&format!(r#""command":{{"{command}""#)), "no {command} in the log");
    }

    let mut log = MemoryLog::default();
    log.commit(&records).unwrap();
    let ledger = Ledger::open(log).unwrap();
    let state = ledger.state();
    let day = "2026-12-31".parse().unwrap();
    let accounts: Vec<Value> =
        state.accounts(day, 0, &|_| true).map(|(_, view)| serde_json::to_value(view).unwrap()).collect();
    let reservation = |id: &str| {
        let view = state.reservation(id);
        let value =
            view.map(|view| json!({ "left": view.left_milli_tpp, "open": view.open, "begun": view.has_postings }));
        (id.to_owned(), value.unwrap_or(Value::Null))
    };
    let ids = ["order-1/1", "order-2/1", "order-2/2", "order-3/1", "order-5/1", "order-6/1"];
    let reservations: serde_json::Map<String, Value> = ids.into_iter().map(reservation).collect();
    let expected: Value = serde_json::from_str(include_str!("logs/v1.state.json")).unwrap();
    assert_eq!(json!({ "accounts": accounts, "reservations": reservations }), expected);
}
