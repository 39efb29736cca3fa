//! What a verdict rests on, and whether it is green: a line that may go while something is open is amber.

use serde_json::{Value, json};
use tollgate_model::Date;

use super::{View, text_of};
use crate::today;

/// Outcomes with which a line may go.
const MAY_GO: [&str; 2] = ["no_license_required", "license_exception"];

fn is_filled(decision: &Value, member: &str) -> bool {
    decision.get(member).and_then(Value::as_array).is_some_and(|all| !all.is_empty())
}

/// The keys of what is open although the line may go, and the color of the verdict: `go`, `ask` or `stop`.
fn judged(decision: &Value, held: &[String], has_lists: bool) -> (Vec<&'static str>, &'static str) {
    let outcome = text_of(decision, "outcome");
    let hits = decision.get("hits").and_then(Value::as_array);
    let is_open = |hit: &Value| hit.get("cleared").and_then(Value::as_bool) != Some(true);
    let all = [
        ("claim", decision.get("claimed_ok").and_then(Value::as_bool) == Some(false)),
        ("lists", !has_lists),
        ("hits", hits.is_some_and(|hits| hits.iter().any(is_open))),
        ("flags", is_filled(decision, "red_flags")),
        ("readings", is_filled(decision, "readings")),
        ("held", !held.is_empty()),
    ];
    let open: Vec<&str> = all.into_iter().filter(|(_, is_so)| *is_so).map(|(key, _)| key).collect();
    let tone = match (MAY_GO.contains(&outcome), outcome, open.is_empty()) {
        (true, _, true) => "go",
        (_, "license_required", _) => "stop",
        _ => "ask",
    };
    (open, tone)
}

/// What the page shows beside a decision: its color, what is open, the lists with their age, the policy.
pub(super) fn basis(view: &View, decision: &Value, held: &[String]) -> Value {
    if decision.is_null() {
        return Value::Null;
    }
    let app = view.app();
    let (open, tone) = judged(decision, held, !app.screener.versions.is_empty());
    let age = |date: Date| today().epoch_days() - date.epoch_days();
    let lists = app.screener.versions.iter().map(|list| {
        json!({ "file": list.file, "entries": list.entries, "date": list.date.map(|date| date.to_string()), "age": list.date.map(age),
            "bad": list.bad })
    });
    json!({
        "tone": tone, "open": open, "held": held, "lists": lists.collect::<Vec<_>>(),
        "may_go": MAY_GO.contains(&text_of(decision, "outcome")),
    })
}

/// The day until which something must be done, where its deadline counts from the order's day: `within 30 days of the export`, `five years`,
/// `60 days before`, `before the export`. `None` where the deadline hangs on something else.
pub(super) fn due(deadline: &str, date: Date) -> Option<Date> {
    let words: Vec<&str> = deadline.split_whitespace().collect();
    match words.as_slice() {
        ["within", days, "days", "of", "the", "export" | "shipment", ..] => Some(date.plus_days(days.parse().ok()?)),
        ["at", "least", days, "calendar", "days", "before", ..] | [days, "days", "before"] => {
            Some(date.plus_days(-days.parse::<i32>().ok()?))
        }
        ["with", "each", "shipment"] | ["before", "shipment" | "use"] | ["before", "the", "export" | "export,", ..] => {
            Some(date)
        }
        ["five", "years"] => {
            let text = date.to_string();
            let (year, rest) = text.split_once('-')?;
            let year: i32 = year.parse().ok()?;
            // 29 February has no fifth anniversary: the day after is the last.
            format!("{:04}-{rest}", year + 5).parse().ok().or_else(|| format!("{:04}-03-01", year + 5).parse().ok())
        }
        _ => None,
    }
}

/// What must be done, each with the day until which, where that can be told.
pub(super) fn duties(decision: &Value) -> Vec<Value> {
    let date: Option<Date> = decision.get("date").and_then(Value::as_str).and_then(|date| date.parse().ok());
    let date = date.filter(|date| *date != Date::MAX);
    let all = decision.get("obligations").and_then(Value::as_array).into_iter().flatten();
    all.cloned()
        .map(|mut duty| {
            let deadline = text_of(&duty, "deadline").to_owned();
            if let Some(members) = duty.as_object_mut() {
                let due = date.and_then(|date| due(&deadline, date));
                members.insert("due".to_owned(), json!(due.map(|due| due.to_string())));
            }
            duty
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn green_is_earned() {
        let fine = json!({ "outcome": "license_exception", "claimed_ok": true, "hits": [{ "cleared": true }] });
        assert_eq!(judged(&fine, &[], true), (vec![], "go"));
        assert_eq!(judged(&fine, &[], false), (vec!["lists"], "ask"));
        assert_eq!(judged(&fine, &["a second look".to_owned()], true), (vec!["held"], "ask"));
        let open = json!({ "outcome": "no_license_required", "claimed_ok": false, "hits": [{ "cleared": false }], "red_flags": [{}] });
        assert_eq!(judged(&open, &[], true), (vec!["claim", "hits", "flags"], "ask"));
        assert_eq!(judged(&json!({ "outcome": "license_required" }), &[], true).1, "stop");
        assert_eq!(judged(&json!({ "outcome": "needs_information" }), &[], true).1, "ask");
    }

    #[test]
    fn a_duty_is_due_on_a_day_where_its_deadline_names_one() {
        let date = "2024-02-29".parse().unwrap();
        let on = |deadline: &str| due(deadline, date).map(|due| due.to_string());
        assert_eq!(on("within 30 days of the export or reexport").as_deref(), Some("2024-03-30"));
        assert_eq!(on("five years").as_deref(), Some("2029-03-01"));
        assert_eq!(on("at least 25 calendar days before the export or reexport").as_deref(), Some("2024-02-04"));
        assert_eq!(on("before use").as_deref(), Some("2024-02-29"));
        for hangs in
            ["one year from issue", "as soon as it receives the final shipment", "30 days before the license is issued"]
        {
            assert_eq!(on(hangs), None, "{hangs}");
        }
    }
}
