//! The one form of a decision: what is written fits its schema, comes back as it was, and is the same from every door.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop, helpers included")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tollgate_ledger::{Entry, Ledger, SqliteLog};
use tollgate_records::DecisionRecord;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The lines of `decisions.jsonl` for the bundled example.
fn decisions() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("decisions.jsonl");
    decide(&out);
    std::fs::read_to_string(out).unwrap().lines().map(str::to_owned).collect()
}

/// Decides the bundled example into a file.
fn decide(out: &Path) {
    let done = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(["decide", "--orders", "examples/orders/orders.csv", "--parties", "examples/orders/parties.csv"])
        .args(["--ownership", "examples/orders/ownership.csv", "--items", "examples/orders/items.csv"])
        .args(["--lists", "examples/orders/list.csv", "--policy", "diffusion", "--out"])
        .arg(out)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Holds a value to the parts of JSON schema that `decision.schema.json` uses; any other part fails.
fn check(schema: &Value, value: &Value, place: &str) {
    for (key, rule) in schema.as_object().unwrap() {
        match key.as_str() {
            "$schema" | "title" | "description" => {}
            "type" => {
                let kinds: Vec<&str> = rule.as_array().map_or_else(
                    || vec![rule.as_str().unwrap()],
                    |kinds| kinds.iter().map(|kind| kind.as_str().unwrap()).collect(),
                );
                assert!(kinds.iter().any(|kind| is(kind, value)), "{place}: {value} is none of {kinds:?}");
            }
            "enum" => assert!(rule.as_array().unwrap().contains(value), "{place}: {value} is none of {rule}"),
            "format" => drop(value.as_str().unwrap().parse::<tollgate_model::Date>().unwrap()),
            "minimum" => assert!(value.as_i64() >= rule.as_i64(), "{place}: {value}"),
            "maximum" => assert!(value.as_i64() <= rule.as_i64(), "{place}: {value}"),
            "minItems" => assert!(value.as_array().unwrap().len() as u64 >= rule.as_u64().unwrap(), "{place}"),
            "maxItems" => assert!(value.as_array().unwrap().len() as u64 <= rule.as_u64().unwrap(), "{place}"),
            "items" => {
                for (at, item) in value.as_array().unwrap().iter().enumerate() {
                    check(rule, item, &format!("{place}[{at}]"));
                }
            }
            "required" => {
                for name in rule.as_array().unwrap() {
                    assert!(value.get(name.as_str().unwrap()).is_some(), "{place}: {name} is missing");
                }
            }
            "properties" => {
                for (name, rule) in rule.as_object().unwrap() {
                    if let Some(member) = value.get(name) {
                        check(rule, member, &format!("{place}.{name}"));
                    }
                }
            }
            "additionalProperties" => {
                let known = schema.get("properties").and_then(Value::as_object);
                for (name, member) in value.as_object().unwrap() {
                    match (known.is_some_and(|known| known.contains_key(name)), rule) {
                        (true, _) => {}
                        (false, Value::Bool(false)) => panic!("{place}: {name} is not in the schema"),
                        (false, rule) => check(rule, member, &format!("{place}.{name}")),
                    }
                }
            }
            other => panic!("{place}: the test knows no `{other}`"),
        }
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no kind `{other}`"),
    }
}

#[test]
fn every_decision_fits_the_schema_and_comes_back_as_it_was() {
    let schema: Value =
        serde_json::from_str(&std::fs::read_to_string(root().join("docs/decision.schema.json")).unwrap()).unwrap();
    let lines = decisions();
    assert!(lines.len() > 100);
    for line in &lines {
        let value: Value = serde_json::from_str(line).unwrap();
        check(&schema, &value, value["order_id"].as_str().unwrap());
        let record: DecisionRecord = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), *line);
    }
}

#[test]
fn a_line_is_explained_in_the_form_in_which_it_is_recorded() {
    let line = decisions().into_iter().find(|line| line.contains("\"PO-074\"")).unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(["explain", "--orders", "examples/orders/orders.csv", "--parties", "examples/orders/parties.csv"])
        .args(["--ownership", "examples/orders/ownership.csv", "--items", "examples/orders/items.csv"])
        .args(["--lists", "examples/orders/list.csv", "--policy", "diffusion", "--order", "PO-074", "--format", "json"])
        .current_dir(root())
        .output()
        .unwrap();
    let explained: Vec<DecisionRecord> = serde_json::from_slice(&done.stdout).unwrap();
    assert!(explained.contains(&serde_json::from_str(&line).unwrap()));
}

#[test]
fn a_record_of_an_earlier_version_is_read() {
    let earlier = r#"{"order_id":"PO-1","line":1,"date":"2025-06-02","policy":"diffusion","eccn":"3A090.a","outcome":"license_exception","authorization":"LPP","review_policy":null,"strictest":"license_exception","mildest":"license_exception","certificate":"81d0:20241:03:03","tpp":158240,"missing":[],"claimed_ok":true,"obligations":[{"cite":"15 CFR 740.29(g)","text":"Certify.","deadline":"before shipment"}],"trace":[{"cite":"15 CFR 774","rule":"It is 3A090.a.","result":"true","facts":{"item.tpp":15824,"item.performance_density":"19.44","military":false,"end_use":null,"line.share":5.92}}],"readings":[],"unsure":[],"red_flags":[],"ownership":[],"hits":[]}"#;
    let record: DecisionRecord = serde_json::from_str(earlier).unwrap();
    assert_eq!((record.authorization.as_deref(), record.item.as_str()), (Some("LPP"), ""));
    let written: Value = serde_json::to_value(&record).unwrap();
    let before: Value = serde_json::from_str(earlier).unwrap();
    for (name, value) in before.as_object().unwrap() {
        assert_eq!(written.get(name), Some(value), "{name}");
    }
}

/// Runs `audit recheck` over lines in a file; its exit status and what it prints.
fn recheck(lines: &[String]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("decisions.jsonl");
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    audit(&["recheck", "--file", file.to_str().unwrap()])
}

fn audit(arguments: &[&str]) -> (Option<i32>, String) {
    let done =
        Command::new(env!("CARGO_BIN_EXE_tollgate")).arg("audit").args(arguments).current_dir(root()).output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    (done.status.code(), text)
}

#[test]
fn recorded_decisions_follow_and_one_that_was_changed_is_named() {
    let lines = decisions();
    let (status, text) = recheck(&lines);
    assert_eq!(status, Some(0), "{text}");
    assert_eq!(text, format!("{} decisions follow from their certificates\n", lines.len()));
    // As an insider would who rewrites the chain as well: the record says that it may go.
    let at = lines.iter().position(|line| line.contains("\"presumption_of_denial\"")).unwrap();
    let mut changed: Value = serde_json::from_str(&lines[at]).unwrap();
    changed["outcome"] = "no_license_required".into();
    changed["review_policy"] = Value::Null;
    let mut rewritten = lines.clone();
    rewritten[at] = changed.to_string();
    let (status, text) = recheck(&rewritten);
    assert_eq!(status, Some(1), "{text}");
    let order = changed["order_id"].as_str().unwrap();
    assert!(text.contains(&format!("1 do NOT follow; the first: order {order}, line")), "{text}");
    assert!(
        text.contains("it says no_license_required, but license_required (presumption_of_denial) follows"),
        "{text}"
    );
    // A member that was taken away is a change too.
    let mut lacking: Value = serde_json::from_str(&lines[at]).unwrap();
    lacking.as_object_mut().unwrap().remove("strictest");
    assert_eq!(recheck(&[lacking.to_string()]).0, Some(1));
    // The same in an export of the audit log.
    let record = serde_json::json!({ "hash": "00", "record": { "kind": "decision", "data": { "decision": changed } } });
    let (status, text) =
        recheck(&[record.to_string(), r#"{"hash":"01","record":{"kind":"policy","data":{}}}"#.to_owned()]);
    assert_eq!(status, Some(1), "{text}");
}

#[test]
fn a_certificate_that_no_order_makes_is_found_and_other_law_is_said() {
    let lines = decisions();
    let parts = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let certificate = value["certificate"].as_str().unwrap().to_owned();
        (value, certificate.split(':').map(str::to_owned).collect::<Vec<_>>())
    };
    let with = |mut value: Value, parts: &[String]| {
        value["certificate"] = parts.join(":").into();
        value.to_string()
    };
    let (value, mut certificate) = parts(&lines[0]);
    certificate[0] = "0000000000000000".to_owned();
    let (status, text) = recheck(&[with(value, &certificate)]);
    assert_eq!((status, text.contains("were made under other law")), (Some(1), true), "{text}");
    let (value, mut certificate) = parts(&lines[0]);
    certificate[1] = (certificate[1].parse::<i32>().unwrap() + 1).to_string();
    let (status, text) = recheck(&[with(value, &certificate)]);
    assert_eq!((status, text.contains("of another day")), (Some(1), true), "{text}");
    let (value, mut certificate) = parts(&lines[0]);
    // Every atom holds at once: no country is in every group and outside of it.
    certificate[2] = "f".repeat(certificate[2].len());
    certificate[3] = certificate[2].clone();
    let (status, text) = recheck(&[with(value, &certificate)]);
    assert_eq!((status, text.contains("no facts of an order")), (Some(1), true), "{text}");
    assert_eq!(recheck(&["lobsters".to_owned()]).0, Some(2));
    assert_eq!(recheck(&[r#"{"order_id":"PO-1"}"#.to_owned()]).0, Some(2));
}

#[test]
fn what_is_said_beside_the_outcome_must_follow_too() {
    let lines = decisions();
    let open = lines.iter().find(|line| line.contains("\"needs_information\"") && !line.contains("\"missing\":[]"));
    let open: Value = serde_json::from_str(open.unwrap()).unwrap();
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut value = open.clone();
        change(&mut value);
        recheck(&[value.to_string()])
    };
    assert_eq!(changed(&|_| {}).0, Some(0));
    for (change, says) in [
        (&(|value: &mut Value| value["missing"] = Value::Array(Vec::new())) as &dyn Fn(&mut Value), "as missing"),
        (&|value: &mut Value| value["missing"][0] = "value_usd".into(), "as missing"),
        (&|value: &mut Value| value["eccn"] = "4A090.a".into(), "it says ECCN 4A090.a"),
        (&|value: &mut Value| value["eccn"] = "lobsters".into(), "it says ECCN lobsters"),
        (
            &|value: &mut Value| {
                value["readings"] = serde_json::json!([{ "reading": "x", "taken": "", "otherwise": "" }])
            },
            "readings",
        ),
        (&|value: &mut Value| value["trace"][0]["cite"] = "15 CFR 999".into(), "argument"),
        (&|value: &mut Value| drop(value["trace"].as_array_mut().unwrap().pop()), "argument"),
        (&|value: &mut Value| drop(value.as_object_mut().unwrap().remove("trace")), "argument was taken away"),
        (&|value: &mut Value| drop(value.as_object_mut().unwrap().remove("missing")), "as missing"),
    ] {
        let (status, text) = changed(change);
        assert_eq!((status, text.contains(says)), (Some(1), true), "{says}: {text}");
    }
    let (status, text) = recheck(&[]);
    assert_eq!((status, text.contains("cannot be read") || text.contains("EOF")), (Some(2), true), "{text}");
    let records = [r#"{"hash":"01","record":{"kind":"policy","data":{}}}"#.to_owned()];
    let (status, text) = recheck(&records);
    assert_eq!((status, text.contains("not one recorded decision")), (Some(2), true), "{text}");
}

#[test]
fn tables_of_decisions_are_checked_too() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["decisions.csv", "decisions.parquet"] {
        let out = folder.path().join(name);
        decide(&out);
        let (status, text) = audit(&["recheck", "--file", out.to_str().unwrap()]);
        assert_eq!(status, Some(0), "{name}: {text}");
        assert_eq!(text, format!("{} decisions follow from their certificates\n", decisions().len()), "{name}");
    }
    let csv = folder.path().join("decisions.csv");
    let text = std::fs::read_to_string(&csv).unwrap();
    std::fs::write(&csv, text.replacen(",license_required,,presumption_of_denial,", ",no_license_required,,,", 1))
        .unwrap();
    let (status, text) = audit(&["recheck", "--file", csv.to_str().unwrap()]);
    assert_eq!((status, text.contains("1 do NOT follow")), (Some(1), true), "{text}");
}

#[test]
fn a_ledger_whose_chain_was_made_anew_verifies_and_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let lines = decisions();
    let at = lines.iter().position(|line| line.contains("\"presumption_of_denial\"")).unwrap();
    let mut changed: Value = serde_json::from_str(&lines[at]).unwrap();
    changed["outcome"] = "no_license_required".into();
    changed["review_policy"] = Value::Null;
    for (name, line, follows) in [("honest", lines[at].clone(), 0), ("rewritten", changed.to_string(), 1)] {
        let path = folder.path().join(format!("{name}.sqlite"));
        let mut ledger = Ledger::open(SqliteLog::open(&path).unwrap()).unwrap();
        let entries: Vec<Entry> =
            lines.iter().take(3).chain([&line]).zip(0..).map(|(line, number)| note(number, line)).collect();
        ledger.record(1_767_225_600_000, &entries).unwrap();
        drop(ledger);
        let address = format!("sqlite:{}", path.display());
        let (status, text) = audit(&["verify", "--database", &address]);
        assert_eq!((status, text.contains("an unbroken chain")), (Some(0), true), "{text}");
        let (status, text) = audit(&["recheck", "--database", &address]);
        assert_eq!(status, Some(follows), "{name}: {text}");
    }
}

/// The record of a decision.
fn note(number: usize, decision: &str) -> Entry {
    let data = format!("{{\"decision\":{decision}}}");
    Entry::Note {
        kind: "decision".into(),
        actor: "test".into(),
        id: format!("decision:{number}"),
        data: serde_json::value::RawValue::from_string(data).unwrap(),
    }
}
