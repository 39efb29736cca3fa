//! The one form of a decision: what is written fits its schema, comes back as it was, and is the same from every door.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop, helpers included")]

use std::collections::BTreeSet;
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

/// Decides the orders of `tests/golden`; the text of the file that comes of it.
fn decide_golden(name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join(name);
    let done = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(["decide", "--orders", "orders.csv", "--parties", "parties.csv", "--ownership", "ownership.csv"])
        .args(["--items", "items.csv", "--lists", "list.csv", "--clearances", "clearances.csv"])
        .args(["--licenses", "licenses.csv", "--policy", "diffusion", "--out"])
        .arg(&out)
        .current_dir(golden())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::read_to_string(out).unwrap()
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

#[test]
fn what_is_written_is_what_was_written_before() {
    for name in ["decisions.jsonl", "decisions.csv"] {
        let expected = std::fs::read_to_string(golden().join(name)).unwrap();
        let written = decide_golden(name);
        for (at, (line, wanted)) in written.lines().zip(expected.lines()).enumerate() {
            assert_eq!(line, wanted, "line {} of {name}: tests/golden/README.md says how to make it anew", at + 1);
        }
        assert!(written == expected, "{name} has other lines than tests/golden/{name}");
    }
}

/// Notes the places in a value that are filled in: neither null nor empty.
fn note_filled(value: &Value, place: &str, filled: &mut BTreeSet<String>) {
    let is_empty = value.is_null()
        || value.as_array().is_some_and(Vec::is_empty)
        || value.as_object().is_some_and(serde_json::Map::is_empty)
        || value.as_str().is_some_and(str::is_empty);
    if is_empty {
        return;
    }
    filled.insert(place.to_owned());
    for item in value.as_array().into_iter().flatten() {
        note_filled(item, &format!("{place}[]"), filled);
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        note_filled(member, &format!("{place}.{name}"), filled);
    }
}

/// Every member of a schema, by its place.
fn members(schema: &Value, place: &str, all: &mut BTreeSet<String>) {
    if schema["items"].is_object() {
        members(&schema["items"], &format!("{place}[]"), all);
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        all.insert(format!("{place}.{name}"));
        members(member, &format!("{place}.{name}"), all);
    }
}

#[test]
fn the_golden_decisions_show_every_field_of_the_schema() {
    let schema: Value = serde_json::from_str(tollgate_records::DECISION_SCHEMA).unwrap();
    let (mut filled, mut all) = (BTreeSet::new(), BTreeSet::new());
    members(&schema, "", &mut all);
    for line in std::fs::read_to_string(golden().join("decisions.jsonl")).unwrap().lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        check(&schema, &value, "golden");
        note_filled(&value, "", &mut filled);
        let record: DecisionRecord = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), line);
    }
    let never: Vec<&String> = all.difference(&filled).collect();
    assert!(never.is_empty(), "no golden decision fills in {never:?}");
    // In words that stand for facts, too: every outcome occurs.
    let text = std::fs::read_to_string(golden().join("decisions.csv")).unwrap();
    for outcome in tollgate_model::Outcome::ALL {
        assert!(text.contains(&format!(",{outcome},")), "no golden decision is {outcome}");
    }
}

#[test]
fn csv_has_the_columns_of_the_list_and_its_cells() {
    let csv = decide_golden("decisions.csv");
    let header: Vec<&str> = tollgate_records::DECISION_COLUMNS.iter().map(|column| column.name).collect();
    assert_eq!(csv.lines().next(), Some(header.join(",").as_str()));
    for (line, row) in decide_golden("decisions.jsonl").lines().zip(csv.lines().skip(1)) {
        let record: DecisionRecord = serde_json::from_str(line).unwrap();
        let cells = tollgate_records::DECISION_COLUMNS.iter().map(|column| {
            let cell = (column.cell)(&record);
            tollgate_records::formula_safe(&cell.csv()).into_owned()
        });
        assert_eq!(row, cells.collect::<Vec<_>>().join(","));
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
    assert_eq!((status, text.contains("were decided under another law")), (Some(1), true), "{text}");
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

/// Runs `decide --recheck` over a file; its exit status and what it prints.
fn decide_recheck(file: &Path, more: &[&str]) -> (Option<i32>, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .args(["decide", "--recheck"])
        .arg(file)
        .args(more)
        .current_dir(root())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    (done.status.code(), text)
}

#[test]
fn decide_rechecks_a_file_as_audit_does() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("decisions.jsonl");
    let golden = std::fs::read_to_string(golden().join("decisions.jsonl")).unwrap();
    std::fs::write(&file, &golden).unwrap();
    let (status, text) = decide_recheck(&file, &[]);
    assert_eq!(status, Some(0), "{text}");
    assert_eq!(text, format!("{} decisions follow from their certificates\n", golden.lines().count()));
    let forged = golden.replacen("\"outcome\":\"license_required\"", "\"outcome\":\"license_exception\"", 1);
    assert_ne!(forged, golden);
    std::fs::write(&file, forged).unwrap();
    let (status, text) = decide_recheck(&file, &[]);
    assert_eq!((status, text.contains("1 do NOT follow; the first: order G-")), (Some(1), true), "{text}");
    // It decides nothing: nothing else goes with it, and without it orders and an output are needed.
    assert_eq!(decide_recheck(&file, &["--out", "decisions.csv"]).0, Some(2));
    let bare = Command::new(env!("CARGO_BIN_EXE_tollgate")).arg("decide").output().unwrap();
    let text = String::from_utf8_lossy(&bare.stderr).into_owned();
    assert_eq!(
        (bare.status.code(), text.contains("--orders"), text.contains("--out")),
        (Some(2), true, true),
        "{text}"
    );
}

/// A policy on the base of `diffusion` with another limit of exception LPP from a day on.
fn lowered(from: &str) -> String {
    format!(
        "title = \"Lowered\"\nbase = \"diffusion\"\n[[amend]]\nprovision = \"740/740.29-lpp\"\nfrom = {from}\nsource = \"anthropic.2025-04\"\nwhy = \"Tried.\"\n[amend.parameters.limit]\nvalue = 1_000_000\nunit = \"TPP\"\n"
    )
}

#[test]
fn old_decisions_follow_after_the_law_gained_a_version_and_are_said_where_their_law_changed() {
    let folder = tempfile::tempdir().unwrap();
    let (policy, file) = (folder.path().join("lowered.toml"), folder.path().join("decisions.jsonl"));
    // The orders of golden are of 2022 to 2025-06-09, those of June under the version of 2025-01-15.
    std::fs::write(&policy, lowered("2025-05-15")).unwrap();
    let decide = |out: &Path| {
        let done = Command::new(env!("CARGO_BIN_EXE_tollgate"))
            .args(["decide", "--orders", "orders.csv", "--parties", "parties.csv", "--items", "items.csv", "--policy"])
            .arg(&policy)
            .arg("--out")
            .arg(out)
            .current_dir(golden())
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    decide(&file);
    let lines = std::fs::read_to_string(&file).unwrap().lines().count();
    let recheck = || {
        audit(&["recheck", "--file", file.to_str().unwrap(), "--policy", policy.to_str().unwrap(), "--format", "json"])
    };
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let (status, text) = recheck();
    assert_eq!((status, json(&text)["follow"].as_u64()), (Some(0), Some(lines as u64)), "{text}");
    // The law gains a version of a later day: what was decided before it still follows.
    let gained = lowered("2025-05-15")
        + "[[amend]]\nprovision = \"740/740.29-lpp\"\nfrom = 2025-09-01\nsource = \"anthropic.2025-04\"\nwhy = \"Tried again.\"\n[amend.parameters.limit]\nvalue = 900_000\nunit = \"TPP\"\n";
    std::fs::write(&policy, gained).unwrap();
    let (status, text) = recheck();
    assert_eq!((status, json(&text)["follow"].as_u64()), (Some(0), Some(lines as u64)), "{text}");
    // It gains one that reaches back: what was decided under the other version is said to be, and never passes for checked.
    let back = lowered("2025-05-15")
        + "[[amend]]\nprovision = \"740/740.29-lpp\"\nfrom = 2025-06-01\nsource = \"anthropic.2025-04\"\nwhy = \"Tried again.\"\n[amend.parameters.limit]\nvalue = 900_000\nunit = \"TPP\"\n";
    std::fs::write(&policy, back).unwrap();
    let (status, text) = recheck();
    let tally = json(&text);
    assert_eq!((status, tally["wrong"].as_u64(), &tally["first_wrong"]), (Some(1), Some(0), &Value::Null), "{text}");
    let first = tally["first_other_law"].as_str().unwrap();
    assert!(first.starts_with("order G-5, line 1, of 2025-06-02: it needs law "), "{text}");
    let unchecked: u64 = tally["not_checked"].as_object().unwrap().values().filter_map(Value::as_u64).sum();
    assert_eq!(tally["follow"].as_u64(), Some(lines as u64 - unchecked), "{text}");
    assert_eq!(unchecked, 6, "{text}");
    let mend = tally["not_checked"].as_object().unwrap().keys().next().unwrap();
    assert!(mend.contains("the version and the policy file that decided them"), "{text}");
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
