//! The audit log as an auditor meets it: verified by the program, exported, and verified again by forty lines of Python.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::path::{Path, PathBuf};
use std::process::Command;

use tollgate_ledger::{AccountKey, Command as Order, Entry, Ledger, Period, SqliteLog};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("tollgate-audit-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A ledger with three records, of 2026-01-01, 2026-01-02 and 2026-01-03.
fn fill(folder: &Path) {
    let mut ledger = Ledger::open(SqliteLog::open(&folder.join("l.sqlite")).unwrap()).unwrap();
    for day in 1..=3_i64 {
        let holder = "Zürich \"Rechenhaus\"\n華".to_owned();
        let account = AccountKey { rule: "lpp".into(), holder, country: None, period: Period::Year(2026) };
        let from = "2026-01-01".parse().unwrap();
        let command = Order::Limit {
            id: format!("l{day}"),
            account,
            from,
            amount_milli_tpp: Some(day),
            provision: "740.29".into(),
        };
        let time = 1_767_225_600_000 + (day - 1) * 86_400_000;
        ledger.record(time, &[Entry::Command { actor: "auditor's test".into(), command }]).unwrap();
    }
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> (i32, String) {
    let done = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    let text = [done.stdout, done.stderr].concat();
    (done.status.code().unwrap(), String::from_utf8(text).unwrap())
}

fn tollgate(folder: &Path, arguments: &[&str]) -> (i32, String) {
    run(folder, env!("CARGO_BIN_EXE_tollgate"), arguments)
}

fn python(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/verify_audit_log.py");
    run(folder, "python3", &[&[script.to_str().unwrap()], arguments].concat())
}

#[test]
fn the_chain_is_verified_here_and_by_another_program() {
    let folder = folder("chain");
    fill(&folder);
    let verify = ["audit", "verify", "--database", "sqlite:l.sqlite"];
    let (status, text) = tollgate(&folder, &[&verify[..], &["--format", "json"]].concat());
    let verified: serde_json::Value = serde_json::from_str(&text).unwrap();
    let head = verified["head"].as_str().unwrap();
    assert_eq!((status, verified["records"].as_u64()), (0, Some(3)));
    assert_eq!(tollgate(&folder, &[&verify[..], &["--expect", head]].concat()).0, 0);

    assert_eq!(
        tollgate(&folder, &["audit", "export", "--database", "sqlite:l.sqlite", "--out", "all.jsonl"]),
        (0, String::new())
    );
    let (status, text) = python(&folder, &["all.jsonl", head]);
    assert!(status == 0 && text.starts_with("3 records, an unbroken chain") && text.contains(head), "{text}");
    let whole = std::fs::read_to_string(folder.join("all.jsonl")).unwrap();
    for (changed, message) in [
        (whole.replacen("\"amount\":2", "\"amount\":1", 1), "record 2"),
        (whole.lines().filter(|line| !line.contains("\"l2\"")).map(|line| format!("{line}\n")).collect(), "record 2"),
        (whole.lines().take(2).map(|line| format!("{line}\n")).collect(), "cut off the end"),
    ] {
        std::fs::write(folder.join("changed.jsonl"), changed).unwrap();
        let (status, text) = python(&folder, &["changed.jsonl", head]);
        assert!(status == 1 && text.contains(message), "{text}");
    }
}

#[test]
fn a_changed_log_is_refused_and_days_are_chosen() {
    let folder = folder("changed");
    fill(&folder);
    let export = ["audit", "export", "--database", "sqlite:l.sqlite", "--from", "2026-01-02", "--to", "2026-01-02"];
    assert_eq!(tollgate(&folder, &[&export[..], &["--out", "day.jsonl"]].concat()).0, 0);
    let day = std::fs::read_to_string(folder.join("day.jsonl")).unwrap();
    assert!(day.lines().count() == 1 && day.contains("\"l2\""), "{day}");
    assert_eq!(tollgate(&folder, &[&export[..], &["--out", "day.parquet"]].concat()).0, 0);
    assert!(std::fs::read(folder.join("day.parquet")).unwrap().ends_with(b"PAR1"));
    let (status, text) = tollgate(&folder, &[&export[..], &["--out", "day.txt"]].concat());
    assert!(status == 2 && text.contains("mend"), "{text}");

    let (status, text) = tollgate(&folder, &["backup", "--database", "sqlite:l.sqlite", "--out", "copy.sqlite"]);
    assert!(status == 0 && text.starts_with("3 records, verified"), "{text}");
    assert_eq!(tollgate(&folder, &["audit", "verify", "--database", "sqlite:copy.sqlite"]).0, 0);
    let again = tollgate(&folder, &["backup", "--database", "sqlite:l.sqlite", "--out", "copy.sqlite"]);
    assert!(again.0 == 2 && again.1.contains("is there already"), "{}", again.1);

    let restore = |from: &str, to: &str| tollgate(&folder, &["restore", "--from", from, "--database", to]);
    assert!(restore("copy.sqlite", "sqlite:l.sqlite").1.contains("is there already"));
    let (status, text) = restore("copy.sqlite", "sqlite:again.sqlite");
    assert!(status == 0 && text.starts_with("3 records, verified"), "{text}");
    assert_eq!(tollgate(&folder, &["audit", "verify", "--database", "sqlite:again.sqlite"]).0, 0);

    let change = "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), '\"amount\":2', '\"amount\":9') AS BLOB)";
    rusqlite::Connection::open(folder.join("l.sqlite")).unwrap().execute_batch(change).unwrap();
    for command in ["verify", "export"] {
        let more: &[&str] = if command == "export" { &["--out", "after.jsonl"] } else { &[] };
        let (status, text) = tollgate(&folder, &[&["audit", command, "--database", "sqlite:l.sqlite"], more].concat());
        assert!(status == 2 && text.contains("record 2"), "{text}");
    }
    assert!(!folder.join("after.jsonl").exists());
    let (status, text) = tollgate(&folder, &["restore", "--from", "l.sqlite", "--database", "sqlite:bad.sqlite"]);
    assert!(status == 2 && text.contains("record 2") && !folder.join("bad.sqlite").exists(), "{text}");
    let (status, text) = tollgate(&folder, &["audit", "verify", "--database", "sqlite:none.sqlite"]);
    assert!(status == 2 && text.contains("no such file") && !folder.join("none.sqlite").exists(), "{text}");
    let (status, text) = tollgate(&folder, &["audit", "verify", "--database", "mysql://secret@host/x"]);
    assert!(status == 2 && text.contains("sqlite:FILE") && !text.contains("secret"), "{text}");
}

/// A decision as the service recorded it before decisions had a certificate.
const BEFORE_CERTIFICATES: &str = r#"{"order":{"order_id":"PO-1"},"decision":{"order_id":"PO-1","line":1,"date":"2025-06-02","policy":"diffusion","eccn":"4A090.a","outcome":"license_exception","authorization":"LPP","review_policy":null,"tpp":158240,"missing":[],"claimed_ok":true,"obligations":[],"trace":[{"cite":"15 CFR 740.29(a)","rule":"LPP covers it.","result":"true","facts":{}}]},"held":[],"commands":[]}"#;

#[test]
fn a_log_from_before_certificates_verifies_is_exported_and_never_passes_for_checked() {
    let folder = folder("early");
    let mut ledger = Ledger::open(SqliteLog::open(&folder.join("l.sqlite")).unwrap()).unwrap();
    let data = serde_json::value::RawValue::from_string(BEFORE_CERTIFICATES.to_owned()).unwrap();
    let note = Entry::Note { kind: "decision".into(), actor: "shell".into(), id: "PO-1:1".into(), data };
    ledger.record(1_767_225_600_000, &[note]).unwrap();
    drop(ledger);
    let (status, text) = tollgate(&folder, &["audit", "verify", "--database", "sqlite:l.sqlite"]);
    assert!(status == 0 && text.contains("1 records, an unbroken chain"), "{text}");
    let export = ["audit", "export", "--database", "sqlite:l.sqlite", "--out", "all.jsonl"];
    assert_eq!(tollgate(&folder, &export), (0, String::new()));
    let exported = std::fs::read_to_string(folder.join("all.jsonl")).unwrap();
    assert!(exported.contains(BEFORE_CERTIFICATES), "{exported}");
    assert_eq!(python(&folder, &["all.jsonl"]).0, 0);
    for words in [
        &["audit", "recheck", "--database", "sqlite:l.sqlite"][..],
        &["audit", "recheck", "--file", "all.jsonl"],
        &["decide", "--recheck", "all.jsonl"],
    ] {
        let (status, text) = tollgate(&folder, words);
        let message = "1 were not checked: they have no certificate";
        assert!(status == 1 && text.contains(message) && text.starts_with("0 decisions follow"), "{words:?}: {text}");
    }
    let allowed = ["audit", "recheck", "--file", "all.jsonl", "--allow-unchecked"];
    assert_eq!(tollgate(&folder, &allowed).0, 0);
}

#[test]
fn commands_on_files_are_put_on_record_where_asked() {
    let folder = folder("runs");
    std::fs::write(
        folder.join("orders.csv"),
        "order_id,date,ultimate_consignee,destination,item,quantity\nPO-1,2025-06-02,x,SG,L4,2\n",
    )
    .unwrap();
    std::fs::write(folder.join("own.csv"), "name,country\nStraits Computer,SG\n").unwrap();
    let run = |words: &[&str]| {
        let (status, text) = tollgate(&folder, words);
        assert_eq!(status, 0, "{words:?}: {text}");
    };
    run(&["decide", "--orders", "orders.csv", "--out", "d.jsonl", "--record", "sqlite:l.sqlite"]);
    run(&["check", "--orders", "orders.csv", "--out", "out", "--record", "sqlite:l.sqlite"]);
    run(&["lists", "import", "--into", "lists", "--name", "own", "own.csv", "--record", "sqlite:l.sqlite"]);
    run(&["audit", "export", "--database", "sqlite:l.sqlite", "--out", "log.jsonl"]);
    let log = std::fs::read_to_string(folder.join("log.jsonl")).unwrap();
    let records: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |record: usize, member: &str| records[record]["record"][member].clone();
    assert_eq!(records.len(), 3, "{log}");
    let made = &of(0, "data")["outputs"][0];
    let (_, digest) = run_digest(&folder, "d.jsonl");
    assert_eq!((of(0, "kind").as_str(), made["sha256"].as_str()), (Some("run"), Some(digest.as_str())), "{log}");
    assert_eq!((of(1, "data")["command"].as_str(), of(2, "kind").as_str()), (Some("check"), Some("list")), "{log}");
    // What cannot be recorded is not done.
    let (status, text) =
        tollgate(&folder, &["decide", "--orders", "orders.csv", "--out", "no.jsonl", "--record", "mysql:x"]);
    assert!(status == 2 && !folder.join("no.jsonl").exists(), "{text}");
}

fn run_digest(folder: &Path, file: &str) -> (i32, String) {
    let (status, text) = run(folder, "sha256sum", &[file]);
    (status, text.split(' ').next().unwrap().to_owned())
}
