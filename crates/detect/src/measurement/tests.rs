//! Measurements over worlds whose truth is known.

use crate::entity::Circumstances;
use std::convert::Infallible;

use tollgate_model::Date;

use super::*;
use crate::alerts::{Alert, Alerts};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn alert(subject: &str, order: &str, score: f64) -> Alert {
    let date = day("2024-05-01");
    Alert {
        alert_id: format!("A{subject}"),
        typology: "payment".to_owned(),
        pattern: "T1".to_owned(),
        subjects: vec![subject.to_owned()],
        orders: vec![order.to_owned()],
        score,
        tpp: 0,
        first: date,
        last: date,
        why: String::new(),
        evidence: Vec::new(),
        circumstances: Circumstances::default(),
        circumstances_nats: 0.0,
        case: String::new(),
        families: Vec::new(),
        hours: 6.0,
    }
}

#[test]
fn twins_and_schemes_of_which_nothing_went_are_none_and_a_scheme_without_a_kind_is_told() {
    let text = r#"{"scheme": 1, "typology": "payment", "parties": ["p"], "orders": ["o"]}
{"scheme": null, "typology": "payment", "parties": ["q"], "orders": ["x"]}
{"scheme": 2, "kind": "payment", "guilty_parties": ["r"], "guilty_orders": []}"#;
    let truth = GroundTruth::parse(text).unwrap();
    assert_eq!(truth.schemes.len(), 1);
    assert_eq!(truth.schemes_of(&alert("p", "o", 0.9)), [0]);
    assert!(truth.schemes_of(&alert("q", "o", 0.9)).is_empty());
    let error = GroundTruth::parse(r#"{"scheme": 1, "orders": ["o"]}"#).unwrap_err();
    assert_eq!(error.to_string(), "line 1: a scheme has neither `typology` nor `kind`");
}

#[test]
fn alerts_beyond_the_budget_find_nothing() {
    let line = |party: &str, order: &str| {
        format!(r#"{{"scheme": 1, "typology": "payment", "parties": ["{party}"], "orders": ["{order}"]}}"#)
    };
    let truth = GroundTruth::parse(&[line("p", "o"), line("q", "x")].join("\n")).unwrap();
    let ranked = Alerts {
        alerts: vec![alert("honest", "y", 0.9), alert("p", "o", 0.8), alert("q", "x", 0.7)],
        cases: Vec::new(),
    };
    let mut measurement = Measurement::default();
    measurement.add(&ranked, &truth, 1.0);
    assert_eq!((measurement.recall(), measurement.precision(), measurement.worst_recall()), (0.5, 0.5, 0.5));
    assert_eq!((measurement.within_budget, measurement.alerts, measurement.scores.len()), (2, 3, 3));
    assert_eq!(measurement.false_alerts.get("T1"), Some(&1));
}

#[test]
fn a_backtest_looks_at_both_ends_once() {
    let (from, to) = (day("2024-01-01"), day("2024-03-01"));
    let days = days_between(from, to, 30);
    assert_eq!(days, [from, day("2024-01-31"), to]);
    assert_eq!(days_between(from, from, 30), [from]);
}

#[test]
fn the_first_day_is_found_by_halves() {
    let days = days_between(day("2024-01-01"), day("2024-02-01"), 1);
    let first = first_flagged_day(&days, |day| Ok::<bool, Infallible>(day >= "2024-01-17".parse().unwrap()));
    assert_eq!(first.unwrap(), Some(day("2024-01-17")));
    assert_eq!(first_flagged_day(&[], |_| Ok::<bool, Infallible>(true)).unwrap(), None);
}

#[test]
fn a_case_without_a_kind_or_with_a_wrong_day_is_told() {
    assert!(CaseFile::parse("case.toml", "title = \"t\"").is_err());
    assert!(CaseFile::parse("case.toml", "title = \"t\"\nkind = \"evasion\"\ncaught_on = \"2024-13-01\"").is_err());
    let case = CaseFile::parse("case.toml", "title = \"t\"\nkind = \"evasion\"\ncaught_on = \"2024-12-01\"").unwrap();
    let run = CaseRun { flagged: Some(day("2024-06-01")), case, ..CaseRun::default() };
    assert_eq!(run.months_before(), Some(6));
    let summary = CaseSummary::of(&[run]);
    assert_eq!((summary.evasions, summary.flagged, summary.median_months), (1, 1, Some(6)));
}
