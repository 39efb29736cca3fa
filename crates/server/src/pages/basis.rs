//! What a verdict rests on, and whether it is green: a line that may go while something is open is amber.

use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_decide::{Claim, claim_of, end_use_of};
use tollgate_law::facts::END_USES;
use tollgate_model::Date;

use super::{View, text_of};
use crate::today;

/// Outcomes with which a line may go.
const MAY_GO: [&str; 2] = ["no_license_required", "license_exception"];

fn is_filled(decision: &Value, member: &str) -> bool {
    decision.get(member).and_then(Value::as_array).is_some_and(|all| !all.is_empty())
}

/// A decision that is shown, and what is known beside it.
pub(super) struct Judged<'a> {
    /// As a decision record has it; `null` where there is none.
    pub(super) decision: &'a Value,
    /// Why a second person must release it.
    pub(super) held: &'a [String],
    /// The authorization that the order claims, as it was written.
    pub(super) claim: Option<&'a str>,
    /// The end use that the order declares, as it was written.
    pub(super) end_use: Option<&'a str>,
}

/// What of the place and the day of a line asks for a look.
#[derive(Clone, Copy, Default)]
struct Around {
    has_lists: bool,
    /// Whether a party of the line has no row in the parties table.
    has_strangers: bool,
    /// Whether the ultimate consignee is known to stand in another country than the destination.
    is_elsewhere: bool,
    /// Whether the day lies so far ahead that the law may be another by then.
    is_far_ahead: bool,
}

/// Days ahead beyond which the law of a day may still change.
const FORESEEN: i32 = 180;

/// Whether an authorization is claimed that is not shown to hold, though it is not shown to fail either.
fn is_claim_open(decision: &Value, claim: Option<&str>) -> bool {
    let is_claimed = claim.is_some_and(|claim| !matches!(claim_of(Some(claim)), Claim::None));
    is_claimed && decision.get("claimed_ok").and_then(Value::as_bool).is_none()
}

/// Whether no end use is declared: nothing said is not more than `other`.
fn is_blank(end_use: Option<&str>) -> bool {
    end_use.is_none_or(|text| text.trim().is_empty())
}

/// Whether a declared end use asks somebody to look: it is not settled what it is, it is military, or it says no more than `other`.
fn asks_for_a_look(end_use: Option<&str>) -> bool {
    let Some(text) = end_use.map(str::trim).filter(|text| !text.is_empty()) else { return false };
    let said = end_use_of(text);
    let word = said.word.and_then(|place| END_USES.get(place)).copied();
    said.open.is_some() || said.military || matches!(word, None | Some("other"))
}

/// The keys of what is open although the line may go, and the color of the verdict: `go`, `ask` or `stop`.
fn judged(Judged { decision, held, claim, end_use }: &Judged<'_>, around: Around) -> (Vec<&'static str>, &'static str) {
    let outcome = text_of(decision, "outcome");
    let hits = decision.get("hits").and_then(Value::as_array);
    let is_open = |hit: &Value| hit.get("cleared").and_then(Value::as_bool) != Some(true);
    let all = [
        ("claim", decision.get("claimed_ok").and_then(Value::as_bool) == Some(false)),
        ("claim_unsettled", is_claim_open(decision, *claim)),
        ("lists", !around.has_lists),
        ("hits", hits.is_some_and(|hits| hits.iter().any(is_open))),
        ("strangers", around.has_strangers),
        ("places", around.is_elsewhere),
        ("ahead", around.is_far_ahead),
        ("end_use", asks_for_a_look(*end_use)),
        ("end_use_none", is_blank(*end_use)),
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

/// Whether the ultimate consignee of a decision is known to stand in another country than its destination.
fn is_elsewhere(view: &View, decision: &Value) -> bool {
    let Some(consignee) = decision.pointer("/parties/ultimate_consignee").and_then(Value::as_str) else { return false };
    let tables = Arc::clone(&view.app().desk.latest().tables);
    let country = tables.parties.get(consignee).and_then(|party| party.country);
    country.is_some_and(|country| country.code() != text_of(decision, "destination"))
}

/// Whether a party of a decision has no row in the parties table: it was screened by its name, and nobody knows who owns it.
fn has_strangers(view: &View, decision: &Value) -> bool {
    let tables = Arc::clone(&view.app().desk.latest().tables);
    let mut ids = decision.get("parties").and_then(Value::as_object).into_iter().flatten();
    ids.any(|(_, id)| id.as_str().is_none_or(|id| !tables.parties.contains_key(id)))
}

/// What the page shows beside a decision: its color, what is open, the lists with their age, the policy.
pub(super) fn basis(view: &View, shown: &Judged<'_>) -> Value {
    let decision = shown.decision;
    if decision.is_null() {
        return Value::Null;
    }
    let app = view.app();
    let day = decision.get("date").and_then(Value::as_str).and_then(|date| date.parse::<Date>().ok());
    let around = Around {
        has_lists: !app.screener.versions.is_empty(),
        has_strangers: has_strangers(view, decision),
        is_elsewhere: is_elsewhere(view, decision),
        is_far_ahead: day.is_some_and(|day| day > today().plus_days(FORESEEN)),
    };
    let (open, tone) = judged(shown, around);
    let age = |date: Date| today().epoch_days() - date.epoch_days();
    let lists = app.screener.versions.iter().map(|list| {
        json!({ "file": list.file, "entries": list.entries, "date": list.date.map(|date| date.to_string()), "age": list.date.map(age),
            "bad": list.bad })
    });
    json!({
        "tone": tone, "open": open, "held": shown.held, "lists": lists.collect::<Vec<_>>(),
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
        let verdict = |decision: &Value, held: &[String], claim, around| {
            judged(&Judged { decision, held, claim, end_use: Some("data_center") }, around)
        };
        let screened = Around { has_lists: true, ..Around::default() };
        let fine = json!({ "outcome": "license_exception", "claimed_ok": true, "hits": [{ "cleared": true }] });
        assert_eq!(verdict(&fine, &[], Some("AIA"), screened), (vec![], "go"));
        assert_eq!(verdict(&fine, &[], None, Around::default()), (vec!["lists"], "ask"));
        assert_eq!(verdict(&fine, &["a second look".to_owned()], None, screened), (vec!["held"], "ask"));
        let around = Around { has_strangers: true, is_elsewhere: true, is_far_ahead: true, ..screened };
        assert_eq!(verdict(&fine, &[], None, around), (vec!["strangers", "places", "ahead"], "ask"));
        let open = json!({ "outcome": "no_license_required", "claimed_ok": false, "hits": [{ "cleared": false }], "red_flags": [{}] });
        assert_eq!(verdict(&open, &[], None, screened), (vec!["claim", "hits", "flags"], "ask"));
        assert_eq!(verdict(&json!({ "outcome": "license_required" }), &[], None, screened).1, "stop");
        assert_eq!(verdict(&json!({ "outcome": "needs_information" }), &[], None, screened).1, "ask");
    }

    #[test]
    fn a_claim_that_is_neither_shown_to_hold_nor_to_fail_is_open() {
        let decision = json!({ "outcome": "license_exception", "claimed_ok": null });
        for (claim, is_open) in [(None, false), (Some("n/a"), false), (Some("D1234567"), true), (Some("foo"), true)] {
            assert_eq!(is_claim_open(&decision, claim), is_open, "{claim:?}");
        }
        assert!(!is_claim_open(&json!({ "claimed_ok": true }), Some("AIA")));
    }

    #[test]
    fn an_end_use_that_is_military_or_says_nothing_is_never_green() {
        for text in [
            "military",
            "model training for the PLA",
            "other",
            "???",
            "weapons",
            "Rechenzentrum für die Armee",
            "data center, resale",
        ] {
            assert!(asks_for_a_look(Some(text)), "{text}");
        }
        for text in [None, Some(""), Some("data_center"), Some("training"), Some("データセンター")] {
            assert!(!asks_for_a_look(text), "{text:?}");
        }
        // Who leaves it blank says less than who writes `other`.
        let fine = json!({ "outcome": "license_exception", "claimed_ok": true });
        let screened = Around { has_lists: true, ..Around::default() };
        for end_use in [None, Some(""), Some("  ")] {
            let shown = Judged { decision: &fine, held: &[], claim: None, end_use };
            assert_eq!(judged(&shown, screened), (vec!["end_use_none"], "ask"), "{end_use:?}");
        }
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
