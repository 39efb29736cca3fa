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

/// The audit command on the ledger of a folder.
fn audit(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let database: &[&str] = if arguments.first() == Some(&"key") || arguments.first() == Some(&"witness") {
        &[]
    } else {
        &["--database", "sqlite:l.sqlite"]
    };
    tollgate(folder, &[&["audit"], arguments, database].concat())
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let (status, text) = audit(folder, arguments);
    assert_eq!(status, 0, "{arguments:?}: {text}");
    text
}

/// Adds so many records to the ledger of a folder.
fn add(folder: &Path, file: &str, count: u64, what: &str) {
    let mut ledger = Ledger::open(SqliteLog::open(&folder.join(file)).unwrap()).unwrap();
    for _ in 0..count {
        let data = serde_json::value::RawValue::from_string(format!("{{\"what\":\"{what}\"}}")).unwrap();
        let id = format!("n{}", ledger.head().seq);
        let note = Entry::Note { kind: "run".into(), actor: "tester".into(), id, data };
        ledger.record(1_767_225_600_000 + 86_400_000 * 3, &[note]).unwrap();
    }
}

/// An insider takes the records from a number on out of the file and writes others in their place, with a chain made anew.
fn rewrite(folder: &Path, from: u64, count: u64) {
    let connection = rusqlite::Connection::open(folder.join("l.sqlite")).unwrap();
    connection.execute("DELETE FROM record WHERE seq >= ?1", [i64::try_from(from).unwrap()]).unwrap();
    drop(connection);
    add(folder, "l.sqlite", count, "as somebody wants it");
}

const VERIFY: [&str; 4] = ["--checkpoint", "signed", "--log-key", "log.key.pub"];

#[test]
fn an_insider_who_rewrites_the_log_is_found_out_by_what_was_signed() {
    let folder = folder("insider");
    fill(&folder);
    add(&folder, "l.sqlite", 600, "as it was");
    done(&folder, &["key", "--name", "example.com/ledger", "--out", "log.key"]);
    assert_eq!(audit(&folder, &["key", "--name", "example.com/ledger", "--out", "log.key"]).0, 2, "written over");
    std::fs::create_dir(folder.join("signed")).unwrap();
    done(&folder, &["checkpoint", "--key", "log.key", "--out", "signed"]);
    done(&folder, &["checkpoint", "--key", "log.key", "--out", "alone.checkpoint"]);
    add(&folder, "l.sqlite", 10, "later");
    done(&folder, &["checkpoint", "--key", "log.key", "--out", "signed"]);
    let said = done(&folder, &[&["verify"], &VERIFY[..]].concat());
    assert!(said.contains("Up to record 613 it is as example.com/ledger signed it (2 checkpoints)"), "{said}");
    let said = done(&folder, &[&["verify", "--format", "json"], &VERIFY[..]].concat());
    assert_eq!(serde_json::from_str::<serde_json::Value>(&said).unwrap()["signed"]["size"], 613);
    let (status, said) = audit(&folder, &["verify", "--checkpoint", "signed"]);
    assert!(status == 2 && said.contains("--log-key"), "{said}");

    rewrite(&folder, 402, 400);
    assert!(done(&folder, &["verify"]).contains("801 records, an unbroken chain"));
    let (status, said) = audit(&folder, &[&["verify"], &VERIFY[..]].concat());
    assert!(status == 2 && said.contains("rewritten from record 402 on"), "{said}");
    let (status, said) = audit(&folder, &["verify", "--checkpoint", "alone.checkpoint", "--log-key", "log.key.pub"]);
    assert!(status == 2 && said.contains("was rewritten"), "{said}");
    // Nobody signs what does not go on from what was signed.
    for out in ["signed", "alone.checkpoint"] {
        let (status, said) = audit(&folder, &["checkpoint", "--key", "log.key", "--out", out]);
        assert!(status == 2 && said.contains("rewritten"), "{said}");
    }
    let (status, said) =
        audit(&folder, &["export", "--out", "x.jsonl", "--checkpoint", "signed", "--log-key", "log.key.pub"]);
    assert!(status == 2 && said.contains("rewritten") && !folder.join("x.jsonl").exists(), "{said}");

    rewrite(&folder, 402, 0);
    let (status, said) = audit(&folder, &[&["verify"], &VERIFY[..]].concat());
    assert!(status == 2 && said.contains("went back") && said.contains("402"), "{said}");
}

#[test]
fn a_record_is_proven_to_whoever_has_the_key_and_a_witness_sees_that_the_log_grows() {
    let folder = folder("proofs");
    fill(&folder);
    let key = done(&folder, &["key", "--name", "example.com/ledger", "--out", "log.key"]);
    done(&folder, &["key", "--witness", "--name", "example.org/witness", "--out", "witness.key"]);
    done(&folder, &["checkpoint", "--key", "log.key", "--out", "first"]);
    let by_witness = ["witness", "--log-key", "log.key.pub", "--key", "witness.key", "--state", "state"];
    let witness = |more: &[&str]| audit(&folder, &[&by_witness[..], more].concat());
    assert_eq!(witness(&["--checkpoint", "first", "--out", "first.signed"]).0, 0);
    add(&folder, "l.sqlite", 20, "later");
    done(&folder, &["checkpoint", "--key", "log.key", "--out", "second"]);
    let (status, said) = witness(&["--checkpoint", "second"]);
    assert!(status == 2 && said.contains("--since"), "{said}");
    let prove = ["prove", "--log-key", key.lines().next().unwrap(), "--checkpoint", "second"];
    done(&folder, &[&prove[..], &["--since", "first", "--out", "growth"]].concat());
    assert_eq!(witness(&["--checkpoint", "second", "--proof", "growth", "--out", "second.signed"]).0, 0);
    let (status, said) = witness(&["--checkpoint", "first"]);
    assert!(status == 2 && said.contains("went back"), "{said}");
    let verify = ["verify", "--log-key", "log.key.pub", "--witness-key", "witness.key.pub", "--checkpoint"];
    done(&folder, &[&verify[..], &["second.signed"]].concat());
    let (status, said) = audit(&folder, &[&verify[..], &["second"]].concat());
    assert!(status == 2 && said.contains("not signed by example.org/witness"), "{said}");

    done(&folder, &[&prove[..], &["--record", "2", "--out", "record.tlog-proof"]].concat());
    let said = done(&folder, &["verify", "--proof", "record.tlog-proof", "--log-key", "log.key.pub"]);
    assert!(said.contains("\"l2\"") && said.contains("is record 2 of the 23"), "{said}");
    let proof = std::fs::read_to_string(folder.join("record.tlog-proof")).unwrap();
    std::fs::write(folder.join("moved"), proof.replace("index 1", "index 2")).unwrap();
    assert_eq!(audit(&folder, &["verify", "--proof", "moved", "--log-key", "log.key.pub"]).0, 2);
    assert_eq!(audit(&folder, &[&prove[..], &["--record", "24", "--out", "none"]].concat()).0, 2);
}

#[test]
fn an_export_carries_what_another_program_checks_it_by() {
    let folder = folder("exported");
    fill(&folder);
    add(&folder, "l.sqlite", 20, "later");
    done(&folder, &["key", "--name", "example.com/ledger", "--out", "log.key"]);
    done(&folder, &["checkpoint", "--key", "log.key", "--out", "signed"]);
    add(&folder, "l.sqlite", 2, "after it");
    let signed = ["--checkpoint", "signed", "--log-key", "log.key.pub"];
    let said = done(&folder, &[&["export", "--out", "all.jsonl"], &signed[..]].concat());
    assert!(said.contains("2 records came after the checkpoint"), "{said}");
    done(
        &folder,
        &[&["export", "--from", "2026-01-02", "--to", "2026-01-02", "--out", "day.jsonl"], &signed[..]].concat(),
    );
    assert_eq!(audit(&folder, &[&["export", "--out", "all.parquet"], &signed[..]].concat()).0, 2);
    let has_library = run(&folder, "python3", &["-c", "import cryptography"]).0 == 0;
    let check = |file: &str, proof: &str| python(&folder, &[file, "--proof", proof, "--key", "log.key.pub"]);
    for (file, count) in [("all", 23), ("day", 1)] {
        let (status, said) = check(&format!("{file}.jsonl"), &format!("{file}.jsonl.proof"));
        let expected = match has_library {
            true => format!("{count} records, an unbroken chain; they stand in the log of 23 records that was signed"),
            false => "the signature of the checkpoint was not checked".to_owned(),
        };
        assert!(said.contains(&expected) && (status == 0) == has_library, "{said}");
    }
    // Where the library is missing, nothing passes for checked.
    let hidden = "import sys; sys.modules['cryptography'] = None; sys.argv = sys.argv[1:]; import runpy; runpy.run_path(sys.argv[0], run_name='__main__')";
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/verify_audit_log.py");
    let words =
        ["-c", hidden, script.to_str().unwrap(), "all.jsonl", "--proof", "all.jsonl.proof", "--key", "log.key.pub"];
    let (status, said) = run(&folder, "python3", &words);
    assert!(status == 1 && said.contains("was not checked") && !said.contains("unbroken"), "{said}");

    // Another's log, whole and with a chain of its own, under the same proof.
    let text = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    assert_eq!(check("day.jsonl", "all.jsonl.proof").0, 1);
    let cut: String = text("all.jsonl").lines().take(22).map(|line| format!("{line}\n")).collect();
    std::fs::write(folder.join("cut.jsonl"), cut).unwrap();
    assert!(check("cut.jsonl", "all.jsonl.proof").1.contains("do not stand in the log"));
    rewrite(&folder, 3, 21);
    done(&folder, &["export", "--out", "other.jsonl"]);
    let (status, said) = check("other.jsonl", "all.jsonl.proof");
    assert!(status == 1 && said.contains("do not stand in the log"), "{said}");
    if has_library {
        let forged = text("all.jsonl.proof").replacen("ledger\\n23\\n", "ledger\\n22\\n", 1);
        std::fs::write(folder.join("forged.proof"), forged).unwrap();
        assert!(check("all.jsonl", "forged.proof").1.contains("does not hold"));
    }
}

#[test]
fn a_key_that_was_lost_leaves_good_what_it_signed() {
    let folder = folder("lost");
    fill(&folder);
    for (number, name) in ["example.com/ledger", "example.com/ledger-2"].into_iter().enumerate() {
        let (key, signed) = (format!("{number}.key"), format!("signed-{number}"));
        done(&folder, &["key", "--name", name, "--out", &key]);
        std::fs::create_dir(folder.join(&signed)).unwrap();
        done(&folder, &["checkpoint", "--key", &key, "--out", &signed]);
        add(&folder, "l.sqlite", 4, "later");
    }
    for (number, size) in [("0", 3), ("1", 7)] {
        let (signed, key) = (format!("signed-{number}"), format!("{number}.key.pub"));
        let said = done(&folder, &["verify", "--checkpoint", &signed, "--log-key", &key]);
        assert!(said.contains(&format!("Up to record {size} it is")), "{said}");
    }
    let (status, said) = audit(&folder, &["verify", "--checkpoint", "signed-0", "--log-key", "1.key.pub"]);
    assert!(status == 2 && said.contains("not signed by"), "{said}");
}

/// What stands between backticks in a text and begins as a command.
fn commands(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2).filter(|quoted| !quoted.contains('\n'));
    let begun = quoted.filter_map(|quoted| match quoted.split_once(' ') {
        Some(("tollgate", rest)) => Some(rest.to_owned()),
        Some(("serve", _)) => Some(quoted.to_owned()),
        _ => None,
    });
    begun.collect()
}

#[test]
fn every_command_of_the_runbook_exists() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let mut count = 0;
    for page in ["runbook.md", "threat-model.md", "audit-log.md"] {
        let text = std::fs::read_to_string(docs.join(page)).unwrap();
        for command in commands(&text) {
            let words: Vec<&str> = command.split_whitespace().collect();
            let is_name = |word: &&&str| word.bytes().all(|byte| byte.is_ascii_lowercase());
            let mut path: Vec<&str> = words.iter().take_while(is_name).copied().collect();
            path.push("--help");
            let (status, help) = tollgate(&docs, &path);
            assert_eq!(status, 0, "{page}: {command}");
            for flag in words.iter().filter(|word| word.starts_with("--")) {
                assert!(
                    help.contains(&format!("{flag} ")) || help.contains(&format!("{flag}\n")),
                    "{page}: {command}: {flag}"
                );
            }
            count += 1;
        }
    }
    assert!(count > 15, "{count} commands");
}
