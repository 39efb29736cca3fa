//! The steps of docs/runbook.md, taken one by one on a service. Those about checkpoints and keys stand in `tests/audit.rs`, those about PostgreSQL in
//! `stores.rs` and in the ledger's own tests.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use tollgate_ledger::{Entry, Ledger, SqliteLog};

use crate::harness::{SERVE, Service, folder, order, token, tollgate};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const SEEN: &str = "tollgate-jobs/last-seen.json";

fn reserve(service: &Service, token: &str, id: &str) -> u16 {
    service.post("/v1/orders", token, id, &json!({ "order": order(id, 10), "reserve": true })).0
}

/// What the ledger's file consists of is taken away.
fn remove_ledger(folder: &Path) {
    for ending in ["", "-wal", "-shm"] {
        let _not_there = std::fs::remove_file(folder.join(format!("tollgate.sqlite{ending}")));
    }
}

/// Records of a program that ran before, at a time.
fn record(folder: &Path, time_ms: i64, count: usize) {
    let mut ledger = Ledger::open(SqliteLog::open(&folder.join("tollgate.sqlite")).unwrap()).unwrap();
    for from in (0..count).step_by(5_000) {
        let note = |number: usize| {
            let data = serde_json::value::RawValue::from_string("{}".to_owned()).unwrap();
            Entry::Note { kind: "run".into(), actor: "shell".into(), id: format!("run-{number}"), data }
        };
        let entries: Vec<Entry> = (from..count.min(from + 5_000)).map(note).collect();
        ledger.record(time_ms, &entries).unwrap();
    }
}

#[test]
fn a_backup_is_restored_and_what_came_after_it_is_told() {
    let folder = folder("restored");
    let officer = token(&folder, "officer");
    let service = Service::start(&folder);
    assert_eq!(reserve(&service, &officer, "PO-1"), 201);
    let (status, text) = tollgate(&folder, &["backup", "--database", "sqlite:tollgate.sqlite", "--out", "copy.sqlite"]);
    assert_eq!(status, 0, "{text}");
    assert_eq!(reserve(&service, &officer, "PO-2"), 201);
    // Up to where the log was seen is written down every two seconds.
    std::thread::sleep(Duration::from_secs(5));
    drop(service);
    let restore = ["restore", "--from", "copy.sqlite", "--database", "sqlite:tollgate.sqlite"];
    assert_ne!(tollgate(&folder, &restore).0, 0, "a ledger that is there is never written over");
    remove_ledger(&folder);
    assert_eq!(tollgate(&folder, &restore).0, 0);
    let (status, text) = tollgate(&folder, &SERVE);
    assert!(status == 2 && text.contains("went back") && text.contains("last-seen.json"), "{text}");
    std::fs::rename(folder.join(SEEN), folder.join("seen-before.json")).unwrap();
    let service = Service::start(&folder);
    assert_eq!(service.lpp(&officer).1, "158240");
    assert_eq!(service.ask("GET", "/v1/orders/PO-2/lines/1", &officer, None, "").0, 404);
    assert_eq!(reserve(&service, &officer, "PO-2"), 201, "it is decided anew");
}

#[test]
fn a_clock_far_from_the_last_record_is_confirmed_once() {
    let folder = folder("clock");
    let day_ms = 86_400_000;
    record(&folder, chrono::Utc::now().timestamp_millis() - 60 * day_ms, 1);
    let (status, text) = tollgate(&folder, &SERVE);
    assert!(status == 2 && text.contains("--accept-clock"), "{text}");
    drop(Service::start_with(&folder, &["--accept-clock"]));
    let service = Service::start(&folder);
    assert_eq!(service.ask("GET", "/readyz", "", None, "").0, 200);
    drop(service);
    // A clock that had been ahead: time goes on from an earlier one.
    remove_ledger(&folder);
    let _none = std::fs::remove_file(folder.join(SEEN));
    record(&folder, chrono::Utc::now().timestamp_millis() + 400 * day_ms, 1);
    assert_eq!(tollgate(&folder, &SERVE).0, 2);
    drop(Service::start_with(&folder, &["--accept-clock"]));
    let service = Service::start(&folder);
    let officer = token(&folder, "officer");
    assert_eq!(reserve(&service, &officer, "PO-1"), 201);
    let (_, made) = service.ask("GET", "/v1/orders/PO-1/lines/1", &officer, None, "");
    let at = made["record"]["at"].as_i64().unwrap();
    assert!((at - chrono::Utc::now().timestamp_millis()).abs() < day_ms, "{made}");
}

#[test]
fn a_lock_is_forgotten_by_a_new_start_and_a_second_person_is_made_from_the_shell() {
    let folder = folder("persons-of-the-shell");
    let root = token(&folder, "administrator");
    let mut child = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(["user", "add", "--name", "bob", "--role", "administrator"])
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"the sentence of bob\n").unwrap();
    assert!(child.wait().unwrap().success());
    let log_in = |service: &Service, password: &str| {
        let body = json!({ "name": "bob", "password": password }).to_string();
        service.send("POST", "/v1/session", &[JSON], &body)
    };
    let service = Service::start(&folder);
    (0..5).for_each(|_| drop(log_in(&service, "another sentence, and wrong")));
    assert_eq!(log_in(&service, "the sentence of bob").0, 429);
    drop(service);
    let service = Service::start(&folder);
    let (status, session, cookie) = log_in(&service, "the sentence of bob");
    assert_eq!(status, 200, "{session}");
    // What an administrator proposes, the second person confirms.
    let eve = json!({ "name": "eve", "role": "officer", "password": "the sentence of eve" });
    let (status, proposed) = service.post("/v1/users", &root, "u1", &eve);
    assert_eq!(status, 202, "{proposed}");
    let path = format!("/v1/proposals/{}/confirm", proposed["proposal"].as_str().unwrap());
    let (cookie, csrf) = (cookie.split(';').next().unwrap(), session["csrf"].as_str().unwrap());
    let headers = [JSON, ("Cookie", cookie), ("X-CSRF-Token", csrf), ("Idempotency-Key", "c1")];
    let (status, confirmed, _) = service.send("POST", &path, &headers, &json!({ "reason": "met her" }).to_string());
    assert_eq!(status, 200, "{confirmed}");
    // Taken away from the shell, it holds at once.
    assert_eq!(tollgate(&folder, &["user", "remove", "--name", "bob"]).0, 0);
    assert_eq!(service.send("GET", "/v1/session", &[("Cookie", cookie)], "").0, 401);
    assert_eq!(tollgate(&folder, &["token", "revoke", "--name", "administrator"]).0, 0);
    assert_eq!(service.ask("GET", "/v1/policy", &root, None, "").0, 401);
}

/// A long log is started from its snapshot; one that is changed, or taken away, changes no answer.
#[test]
fn a_service_starts_from_its_snapshot_and_without_it() {
    let folder = folder("long-log");
    let officer = token(&folder, "officer");
    record(&folder, chrono::Utc::now().timestamp_millis(), 100_001);
    let service = Service::start(&folder);
    assert_eq!(reserve(&service, &officer, "PO-1"), 201);
    let snapshots = folder.join("tollgate-jobs/snapshots");
    let written = || {
        let files = std::fs::read_dir(&snapshots).into_iter().flatten().flatten();
        files.map(|file| file.path()).find(|path| path.to_string_lossy().contains("/snapshot-"))
    };
    let file = (0..1_200).find_map(|_| {
        std::thread::sleep(Duration::from_millis(100));
        written()
    });
    let file = file.expect("a snapshot is written");
    // Its digest is on record, and the service goes on from it.
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(reserve(&service, &officer, "PO-2"), 201);
    drop(service);
    let bytes = std::fs::read(&file).unwrap();
    let changed = |place: usize| {
        let mut changed = bytes.clone();
        changed[place] ^= 0x20;
        changed
    };
    for changed in [None, Some(changed(100)), Some(changed(bytes.len() / 2))] {
        if let Some(changed) = changed {
            std::fs::write(&file, changed).unwrap();
        }
        let service = Service::start(&folder);
        assert_eq!(service.lpp(&officer).1, (2 * 158_240).to_string());
        // Whoever asks at the moment in which it is noticed is told to ask again.
        let again = (0..10).map(|_| reserve(&service, &officer, "PO-1")).find(|status| *status != 503);
        assert_eq!(again, Some(200), "said again it is done once");
    }
    std::fs::remove_dir_all(&snapshots).unwrap();
    let service = Service::start(&folder);
    assert_eq!(service.lpp(&officer).1, (2 * 158_240).to_string());
    drop(service);
    assert_eq!(tollgate(&folder, &["audit", "verify"]).0, 0);
}
