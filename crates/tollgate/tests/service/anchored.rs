//! Checkpoints as the service signs them.

use std::time::Duration;

use serde_json::{Value, json};
use tollgate_ledger::{Entry, Ledger, SqliteLog};

use crate::harness::{SERVE, Service, folder, order, token, tollgate};

const VERIFY: [&str; 8] = ["audit", "verify", "--checkpoint", "signed", "--log-key", "log.key.pub", "--format", "json"];

/// Whether all records are signed.
fn is_signed(folder: &std::path::Path) -> bool {
    let (status, text) = tollgate(folder, &VERIFY);
    let said: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    status == 0 && said["signed"]["size"] == said["records"]
}

#[test]
fn checkpoints_are_signed_on_a_schedule_and_a_log_that_was_written_anew_is_not_served() {
    let folder = folder("anchored");
    let officer = token(&folder, "officer");
    assert_eq!(tollgate(&folder, &["audit", "key", "--name", "example.com/ledger", "--out", "log.key"]).0, 0);
    let signing = ["--checkpoints", "signed", "--checkpoint-key", "log.key", "--checkpoint-period", "1"];
    let service = Service::start_with(&folder, &signing);
    for id in ["PO-1", "PO-2"] {
        let (status, answer) =
            service.post("/v1/orders", &officer, id, &json!({ "order": order(id, 10), "reserve": true }));
        assert_eq!(status, 201, "{answer}");
    }
    for _ in 0..150 {
        if is_signed(&folder) {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(is_signed(&folder), "{:?}", tollgate(&folder, &VERIFY));
    drop(service);

    // Who has the file takes the last records out and writes as many others in their place.
    let path = folder.join("tollgate.sqlite");
    rusqlite::Connection::open(&path).unwrap().execute("DELETE FROM record WHERE seq > 3", []).unwrap();
    let mut ledger = Ledger::open(SqliteLog::open(&path).unwrap()).unwrap();
    let time = ledger.head().at_ms;
    for number in 0..40 {
        let data = serde_json::value::RawValue::from_string("{}".to_owned()).unwrap();
        let note = Entry::Note { kind: "run".into(), actor: "officer".into(), id: format!("x{number}"), data };
        ledger.record(time, &[note]).unwrap();
    }
    drop(ledger);
    let _not_written_yet = std::fs::remove_file(folder.join("tollgate-jobs/last-seen.json"));
    assert_eq!(tollgate(&folder, &["audit", "verify"]).0, 0, "its chain holds");
    let (status, text) = tollgate(&folder, &VERIFY);
    assert!(status == 2 && text.contains("rewritten from record 4 on"), "{text}");
    let (status, text) = tollgate(&folder, &[&SERVE[..], &signing].concat());
    assert!(status == 2 && text.contains("up to which a checkpoint was signed"), "{text}");
    assert_eq!(
        Ledger::open(SqliteLog::open(&path).unwrap()).unwrap().head().seq,
        43,
        "nothing was written on top of it"
    );
}
