//! Evasion looked for as an analyst does it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

mod worlds;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use worlds::{WORLD, make_world, root, tollgate};

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("tollgate-detect-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", text(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn lines(path: &Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_typology_finds_what_it_must_and_nothing_that_it_must_not() {
    let done = tollgate(&root(), &["typology", "test", "typologies"]);
    assert!(done.status.success(), "{}", text(&done));
    assert!(text(&done).contains("typologies find what they must"), "{}", text(&done));
}

#[test]
fn published_cases_are_flagged_by_what_gave_them_away_and_honest_twins_are_not() {
    let runs = json(&tollgate(
        &root(),
        &["typology", "reenact", "--format", "json", "examples/cases", "examples/cases/twins"],
    ));
    let runs = runs.as_array().unwrap();
    assert!(runs.len() >= 25, "{}", runs.len());
    for run in runs {
        let set =
            |key: &str| -> BTreeSet<&str> { run[key].as_array().unwrap().iter().filter_map(Value::as_str).collect() };
        let (patterns, expected, case) = (set("patterns"), set("expected"), &run["case"]);
        assert!(expected.is_subset(&patterns), "{case}: expected {expected:?}, found {patterns:?}");
        assert_eq!(run["miscalled"], false, "{case}: uncontrolled goods are called 3A090");
        if run["negative"] == true {
            assert!(patterns.is_subset(&expected), "{case} is lawful: {patterns:?}");
        }
    }
    let early: Vec<i64> = runs.iter().filter_map(|run| run["months_before"].as_i64()).collect();
    assert!(early.len() >= 10 && early.iter().filter(|months| **months > 0).count() * 2 > early.len(), "{early:?}");
}

/// A world that nothing was fitted to.
fn world(at: &Path) {
    make_world(at, 77, 1_500, 6);
}

#[test]
fn planted_schemes_are_found_and_honest_trade_is_left_alone() {
    let at = folder("world");
    world(&at);
    let measured = json(&tollgate(&at, &["typology", "measure", "world", "--format", "json"]));
    // By case, as an officer works: several alerts on one scheme are one case.
    let number = |key: &str| measured["by_case"][key].as_f64().unwrap();
    assert!(number("recall") >= 0.9 && number("precision") >= 0.9, "{measured:#}");
    assert!(number("brier") <= 0.12 && measured["brier"].as_f64().unwrap() <= 0.12, "{measured:#}");
    // The same alerts on every run, best first, in the contract's form.
    for out in ["one.jsonl", "two.jsonl"] {
        let done = tollgate(&at, &[&["detect", "--out", out], &WORLD[..]].concat());
        assert!(done.status.success(), "{}", text(&done));
    }
    assert!(std::fs::read(at.join("one.jsonl")).unwrap() == std::fs::read(at.join("two.jsonl")).unwrap());
    let alerts = lines(&at.join("one.jsonl"));
    assert!(alerts.len() > 30);
    let scores: Vec<f64> = alerts.iter().map(|alert| alert["score"].as_f64().unwrap()).collect();
    assert!(scores.windows(2).all(|pair| pair[0] >= pair[1]) && scores.iter().all(|score| (0.0..=1.0).contains(score)));
    let ids: BTreeSet<&str> = alerts.iter().map(|alert| alert["alert_id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), alerts.len());
    for alert in &alerts {
        for key in ["typology", "pattern", "subjects", "orders", "tpp", "first", "last", "why", "evidence", "case"] {
            assert!(!alert[key].is_null(), "{key} is missing in {alert}");
        }
        assert!(alert["first"].as_str() <= alert["last"].as_str());
    }
}

#[test]
fn what_lacks_its_data_is_skipped_and_said_to_be() {
    let at = folder("skips");
    let orders = root().join("examples/cases/c12-tampa-real-estate-front/orders.csv");
    let done = tollgate(&at, &["detect", "--orders", orders.to_str().unwrap(), "--out", "alerts.jsonl"]);
    let said = text(&done);
    assert!(done.status.success(), "{said}");
    for part in ["not run: T45", "nothing in serials", "not run: T22", "nothing in payments"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_wrong_query_is_told_with_file_line_and_mend() {
    let at = folder("wrong");
    let own = at.join("own");
    std::fs::create_dir_all(&own).unwrap();
    let about = "id = \"A1\"\nfamily = \"payment\"\ntitle = \"t\"\nlooks_for = \"l\"\ndefeated_by = \"d\"\nneeds = [\"orders\"]\nsources = [\"s\"]\nfalse_positives = [\"f\"]\n[evidence]\ncap = 2.0\n";
    std::fs::write(own.join("typology.toml"), about).unwrap();
    let orders = root().join("examples/cases/c12-tampa-real-estate-front/orders.csv");
    let run = |query: &str| {
        std::fs::write(own.join("query.sql"), query).unwrap();
        let words = ["detect", "--orders", orders.to_str().unwrap(), "--typologies", "own", "--out", "alerts.jsonl"];
        tollgate(&at, &words)
    };
    // What is no query is refused before anything runs; one that fails is named, and what the others found would stand.
    for (query, status, part) in [
        ("SELECT pattern\nFROM lines\nWHERE tpp >> ORDER\n", 2, "query.sql:3"),
        ("SELECT 'A1' AS pattern,\n  nonsense AS key\nFROM lines\n", 1, "query.sql:2"),
        ("SELECT 'A1' AS pattern FROM lines\n", 1, "return exactly the columns"),
    ] {
        let done = run(query);
        let said = text(&done);
        assert!(done.status.code() == Some(status) && said.contains(part) && said.contains("mend:"), "{query}: {said}");
        assert_eq!(at.join("alerts.jsonl").exists(), status == 1, "nothing is half-written");
    }
}

#[test]
fn a_draft_is_held_against_the_live_version_as_of_each_day() {
    let at = folder("backtest");
    let draft = at.join("draft");
    std::fs::create_dir_all(&draft).unwrap();
    for name in ["typology.toml", "query.sql"] {
        std::fs::copy(root().join("typologies/foreign-payer").join(name), draft.join(name)).unwrap();
    }
    let case = root().join("examples/cases/c11-california-exporter");
    let file = |name: &str| case.join(name).to_str().unwrap().to_owned();
    let [orders, parties, payments] = ["orders.csv", "parties.csv", "payments.csv"].map(file);
    let words = |from: &str, to: &str| {
        let own =
            ["typology", "backtest", "draft", "--against", "foreign-payer", "--orders", &orders, "--parties", &parties];
        let rest = ["--payments", &payments, "--from", from, "--to", to, "--every", "60", "--format", "json"];
        json(&tollgate(&at, &[own.as_slice(), &rest].concat()))
    };
    let same = words("2022-12-01", "2025-07-31");
    let alerts = same["alerts"].as_array().unwrap();
    assert!(!alerts.is_empty(), "{same}");
    for alert in alerts {
        assert_eq!(alert["draft"], alert["live"], "the same query finds the same, on the same day");
        assert!(alert["live"]["from"].as_str().unwrap() > "2022-12-01", "not before anything was known: {alert}");
    }
    let before = words("2022-01-01", "2022-06-01");
    assert_eq!(before["alerts"], Value::Array(Vec::new()), "nothing had happened yet");
    // A draft that asks for more finds less, and the report says what is dropped.
    let query = std::fs::read_to_string(draft.join("query.sql")).unwrap();
    std::fs::write(draft.join("query.sql"), format!("SELECT * FROM ({query}) AS own WHERE own.llr > 99")).unwrap();
    let stricter = words("2022-12-01", "2025-07-31");
    assert!(
        stricter["alerts"].as_array().unwrap().iter().all(|alert| alert["draft"].is_null() && !alert["live"].is_null())
    );
}

#[test]
fn a_replay_tells_exactly_what_two_decisions_tell() {
    let at = folder("replay");
    let example = |name: &str| root().join("examples/orders").join(name).to_str().unwrap().to_owned();
    let [orders, parties, items] = ["orders.csv", "parties.csv", "items.csv"].map(example);
    let inputs = ["--orders", &orders, "--parties", &parties, "--items", &items];
    let mut decided = Vec::new();
    for policy in ["diffusion", "ear"] {
        let out = format!("{policy}.jsonl");
        let done = tollgate(&at, &[&["decide", "--policy", policy, "--out", &out], &inputs[..]].concat());
        assert!(done.status.success(), "{}", text(&done));
        let key = |line: &Value| (line["order_id"].to_string(), line["line"].to_string());
        let what = |line: &Value| ["outcome", "review_policy", "authorization"].map(|name| line[name].to_string());
        let all: BTreeMap<_, _> = lines(&at.join(out)).iter().map(|line| (key(line), what(line))).collect();
        decided.push(all);
    }
    let words = ["replay", "--policy", "diffusion", "--against", "ear", "--out", "replayed", "--format", "json"];
    let summary = json(&tollgate(&at, &[&words, &inputs[..]].concat()));
    let free = |what: &[String; 3]| what[0].contains("no_license") || what[0].contains("exception");
    let refused = |what: &[String; 3]| what[1].contains("denial");
    let unknown = |what: &[String; 3]| what[0].contains("needs_information");
    let mut expected: BTreeMap<&str, u64> = BTreeMap::new();
    for (key, before) in &decided[0] {
        let after = &decided[1][key];
        let rank = |own: &[String; 3]| {
            if free(own) {
                0
            } else if refused(own) {
                2
            } else {
                1
            }
        };
        let change = match (unknown(before), unknown(after)) {
            (true, true) => continue,
            (false, true) => "newly_unsettled",
            (true, false) => "newly_settled",
            _ => match (rank(before), rank(after)) {
                (0, 0) if before != after => "other_authorization",
                (one, other) if one == other => continue,
                (_, 2) => "newly_refused",
                (_, 0) => "newly_free",
                (0, 1) => "newly_reviewed",
                _ => "newly_grantable",
            },
        };
        *expected.entry(change).or_default() += 1;
    }
    let changes = summary["changes"].as_object().unwrap();
    let found: BTreeMap<&str, u64> =
        changes.iter().map(|(name, sum)| (name.as_str(), sum["lines"].as_u64().unwrap())).collect();
    assert_eq!(found, expected);
    assert!(expected.values().sum::<u64>() > 10, "the example tells the policies apart: {expected:?}");
    assert_eq!(lines(&at.join("replayed/diff.jsonl")).len() as u64, expected.values().sum::<u64>());
    let page = std::fs::read_to_string(at.join("replayed/report.html")).unwrap();
    assert!(page.contains("What would have been decided otherwise") && page.contains("By country"));
}

#[test]
fn a_folder_of_parquet_files_is_one_table_and_a_truncated_one_is_named() {
    let at = folder("parts");
    world(&at);
    let parts = at.join("parts");
    std::fs::create_dir_all(&parts).unwrap();
    std::fs::copy(at.join("world/orders.parquet"), parts.join("part-0.parquet")).unwrap();
    let run = |out: &str, orders: &str| {
        tollgate(
            &at,
            &["decide", "--orders", orders, "--parties", "world/parties.csv", "--policy", "diffusion", "--out", out],
        )
    };
    assert!(run("one.csv", "world/orders.parquet").status.success() && run("parts.csv", "parts").status.success());
    assert!(std::fs::read(at.join("one.csv")).unwrap() == std::fs::read(at.join("parts.csv")).unwrap());
    let whole = std::fs::read(parts.join("part-0.parquet")).unwrap();
    std::fs::write(parts.join("part-1.parquet"), &whole[..whole.len() / 2]).unwrap();
    let done = run("none.csv", "parts");
    let said = text(&done);
    assert!(done.status.code() == Some(2) && said.contains("part-1.parquet") && said.contains("mend:"), "{said}");
    assert!(!at.join("none.csv").exists());
}

/// The lines of the example until a day, and the whole of it.
fn parts_of(at: &Path, name: &str, column: usize, until: &str) {
    let text = std::fs::read_to_string(root().join("examples/cases/c11-california-exporter").join(name)).unwrap();
    let early = |line: &&str| line.split(',').nth(column).is_none_or(|day| day < until);
    let mut rows = text.lines();
    let head = rows.next().unwrap();
    let kept: Vec<&str> = std::iter::once(head).chain(rows.filter(early)).collect();
    std::fs::write(at.join(format!("early-{name}")), kept.join("\n") + "\n").unwrap();
    std::fs::write(at.join(name), text).unwrap();
}

#[test]
fn a_run_since_an_earlier_one_tells_what_a_whole_run_tells() {
    let at = folder("since");
    world(&at);
    let detect = |more: &[&str]| {
        let done = tollgate(&at, &[&["detect"], &WORLD[..], more].concat());
        assert!(done.status.success(), "{}", text(&done));
        text(&done)
    };
    let bytes = |name: &str| std::fs::read(at.join(name)).unwrap();
    // What was known half-way: no later visits, and then all of them; the orders stay, and are not asked again.
    let visits = std::fs::read_to_string(at.join("world/inspections.csv")).unwrap();
    let half: Vec<&str> = visits.lines().take(1 + visits.lines().count() / 2).collect();
    std::fs::write(at.join("world/inspections.csv"), half.join("\n") + "\n").unwrap();
    let first = detect(&["--since", "left", "--out", "first.jsonl"]);
    assert!(first.contains("is kept for the next run"), "{first}");
    std::fs::write(at.join("world/inspections.csv"), &visits).unwrap();
    let second = detect(&["--since", "left", "--out", "second.jsonl"]);
    detect(&["--out", "whole.jsonl"]);
    assert!(bytes("second.jsonl") == bytes("whole.jsonl"), "{second}");
    assert!(bytes("first.jsonl") != bytes("second.jsonl"), "the visits tell something");
    let known = |said: &str| -> usize {
        let line = said.lines().find(|line| line.contains("were not asked again")).unwrap();
        line.split(' ').next().unwrap().parse().unwrap()
    };
    assert!((35..50).contains(&known(&second)) && second.contains("alerts are new"), "{second}");
    let third = detect(&["--since", "left", "--out", "third.jsonl"]);
    assert!(bytes("third.jsonl") == bytes("whole.jsonl") && known(&third) > known(&second), "{third}");
    assert!(third.contains("\n0 alerts are new or rest on more than before, 0 are gone"), "{third}");
    // What cannot be read is told, and a folder that another program wrote is not trusted.
    std::fs::write(at.join("left/found.json"), "{").unwrap();
    let done = tollgate(&at, &[&["detect"], &WORLD[..], &["--since", "left", "--out", "no.jsonl"]].concat());
    assert!(done.status.code() == Some(2) && text(&done).contains("found.json") && !at.join("no.jsonl").exists());
}

#[test]
fn appended_orders_and_payments_are_told_as_by_a_whole_run() {
    let at = folder("appended");
    let column = |name: &str, wanted: &str| {
        let text = std::fs::read_to_string(root().join("examples/cases/c11-california-exporter").join(name)).unwrap();
        text.lines().next().unwrap().split(',').position(|own| own == wanted).unwrap()
    };
    for name in ["orders.csv", "payments.csv"] {
        parts_of(&at, name, column(name, "date"), "2025-01-01");
    }
    let parties = root().join("examples/cases/c11-california-exporter/parties.csv");
    let detect = |orders: &str, payments: &str, more: &[&str]| {
        let own = ["detect", "--orders", orders, "--payments", payments, "--parties", parties.to_str().unwrap()];
        let done = tollgate(&at, &[&own[..], more].concat());
        assert!(done.status.success(), "{}", text(&done));
        text(&done)
    };
    detect("early-orders.csv", "early-payments.csv", &["--since", "left", "--out", "early.jsonl"]);
    let said = detect("orders.csv", "payments.csv", &["--since", "left", "--out", "second.jsonl"]);
    detect("orders.csv", "payments.csv", &["--out", "whole.jsonl"]);
    assert!(
        std::fs::read(at.join("second.jsonl")).unwrap() == std::fs::read(at.join("whole.jsonl")).unwrap(),
        "{said}"
    );
    assert!(std::fs::read(at.join("early.jsonl")).unwrap() != std::fs::read(at.join("whole.jsonl")).unwrap(), "{said}");
}
