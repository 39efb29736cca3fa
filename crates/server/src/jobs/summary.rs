//! What a page shows of a job's results: a short row for each line, read once.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;

use super::results_file::page;
use super::{Jobs, Progress};
use crate::access::Caller;

/// Summaries that are held in memory, at the most.
const HELD: usize = 8;

/// A result in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct UploadRow {
    pub(crate) row: u64,
    pub(crate) order_id: String,
    pub(crate) line: i64,
    /// The outcome, or `refused`.
    pub(crate) outcome: String,
    pub(crate) authorization: Option<String>,
    pub(crate) review: Option<String>,
    pub(crate) tpp: Option<i64>,
    /// The rule that decides, or what is wrong.
    pub(crate) reason: String,
    /// The paragraph of the rule.
    pub(crate) cite: String,
    /// Columns that would settle it, or that are not understood.
    pub(crate) missing: Vec<String>,
    /// Whether the claimed authorization does not hold.
    pub(crate) claim_fails: bool,
    /// Whether a second person would have to release it.
    pub(crate) held: bool,
    /// Where its result begins in the file of results.
    #[serde(skip)]
    pub(crate) place: u64,
}

/// All results of a job in short, so far.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    pub(crate) rows: Vec<UploadRow>,
    next: u64,
}

/// A job as a list of uploads shows it.
#[derive(Serialize)]
pub(crate) struct Upload {
    pub(crate) by: String,
    pub(crate) reserve: bool,
    pub(crate) progress: Progress,
}

impl Upload {
    /// The job's id.
    pub(crate) fn id(&self) -> &str {
        &self.progress.id
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let all = value.and_then(Value::as_array);
    all.map_or_else(Vec::new, |all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Why it came out so, with its paragraph: what the summary says first of a line that may go; of others the step of the argument that decides, the
/// last that holds of those that the summary cites, or the last that holds.
fn decisive(decision: &Value) -> (String, String) {
    let text = |value: &Value, member: &str| value.get(member).and_then(Value::as_str).unwrap_or("").to_owned();
    let summary = text(decision, "summary");
    let may_go = matches!(text(decision, "outcome").as_str(), "no_license_required" | "license_exception");
    if let Some(first) = summary.split("; ").next().filter(|first| may_go && !first.is_empty()) {
        return (format!("{}.", first.trim_end_matches('.')), String::new());
    }
    let steps: &[Value] = decision.get("trace").and_then(Value::as_array).map_or(&[], Vec::as_slice);
    let holds = |step: &&Value| step.get("result").and_then(Value::as_str) == Some("true");
    let named = steps.iter().filter(holds).find(|step| summary.contains(&text(step, "cite")));
    let open = steps.iter().find(|step| step.get("result").and_then(Value::as_str) == Some("unknown"));
    let outcome = text(decision, "outcome");
    let step = match outcome.as_str() {
        "needs_information" => named.or(open),
        _ => named.or_else(|| steps.iter().rev().find(holds)),
    };
    step.map_or((summary, String::new()), |step| (text(step, "rule"), text(step, "cite")))
}

/// Stands where a result does not say what it must: neither an order nor an outcome.
fn unsaid() -> String {
    "?".to_owned()
}

fn short(result: &Value, place: u64) -> UploadRow {
    let text = |value: &Value, member: &str| value.get(member).and_then(Value::as_str).map(str::to_owned);
    let row = UploadRow {
        row: result.get("row").and_then(Value::as_u64).unwrap_or(0),
        order_id: text(result, "order_id").unwrap_or_else(unsaid),
        line: result.get("line").and_then(Value::as_i64).unwrap_or(1),
        place,
        ..UploadRow::default()
    };
    if let Some(problem) = result.get("problem") {
        let reason = text(problem, "detail").unwrap_or_else(unsaid);
        return UploadRow { outcome: "refused".to_owned(), reason, missing: texts(problem.get("missing")), ..row };
    }
    let Some(decision) = result.pointer("/answer/decision") else { return row };
    let (reason, cite) = decisive(decision);
    UploadRow {
        outcome: text(decision, "outcome").unwrap_or_else(unsaid),
        authorization: text(decision, "authorization"),
        review: text(decision, "review_policy"),
        tpp: decision.get("tpp").and_then(Value::as_i64),
        reason,
        cite,
        missing: texts(decision.get("missing")),
        claim_fails: decision.get("claimed_ok").and_then(Value::as_bool) == Some(false),
        held: !texts(result.pointer("/answer/held")).is_empty(),
        ..row
    }
}

impl Summary {
    /// Takes up the results that came since.
    fn read_on(&mut self, results: &Path) {
        loop {
            let (found, places) = page(results, self.next);
            let Some(next) = places.last().copied() else { return };
            let begins = std::iter::once(self.next).chain(places.iter().copied());
            self.rows.extend(found.iter().zip(begins).map(|(result, place)| short(result, place)));
            self.next = next;
        }
    }
}

impl Jobs {
    /// The jobs that a caller may see, in the order of their ids.
    pub(crate) fn uploads(&self, caller: &Caller) -> Vec<Upload> {
        let known = self.known();
        let seen = known.values().filter(|job| job.task.is_seen_by(caller));
        seen.map(|job| Upload {
            by: job.task.actor.clone(),
            reserve: job.task.reserve,
            progress: job.progress.borrow().clone(),
        })
        .collect()
    }

    /// The results of a job in short, so far.
    pub(crate) fn summary(&self, id: &str) -> Arc<Mutex<Summary>> {
        let summary = {
            let mut summaries = self.summaries.lock().unwrap_or_else(PoisonError::into_inner);
            if summaries.len() >= HELD && !summaries.contains_key(id) {
                summaries.clear();
            }
            Arc::clone(summaries.entry(id.to_owned()).or_default())
        };
        summary.lock().unwrap_or_else(PoisonError::into_inner).read_on(&self.folder.join(id).join("results.jsonl"));
        summary
    }

    /// The whole result that begins at a place.
    pub(crate) fn result_at(&self, id: &str, place: u64) -> Option<Value> {
        let (results, _) = page(&self.folder.join(id).join("results.jsonl"), place);
        results.into_iter().next()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_result_in_short_has_its_reason_and_paragraph() {
        let step = |cite: &str, rule: &str, result: &str| json!({ "cite": cite, "rule": rule, "result": result });
        let decision = json!({
            "outcome": "license_required", "review_policy": "presumption_of_denial", "tpp": 5, "claimed_ok": false, "summary": "It may not go, because of 744.11(a); …",
            "trace": [step("742.6", "a chip", "true"), step("744.11(a)", "a listed party", "true"), step("740.29", "LPP", "false")],
        });
        let row = short(
            &json!({ "row": 3, "order_id": "A", "line": 1, "answer": { "decision": decision, "held": ["x"] } }),
            7,
        );
        assert_eq!(
            (row.reason.as_str(), row.cite.as_str(), row.claim_fails, row.held, row.place),
            ("a listed party", "744.11(a)", true, true, 7)
        );
        let summary = "It may go: 8 x L4 to DE, no license is required (NLR); checked were …; not checked were ….";
        let decision =
            json!({ "outcome": "no_license_required", "summary": summary, "trace": [step("3A090", "a chip", "true")] });
        let row = short(&json!({ "row": 5, "order_id": "C", "line": 1, "answer": { "decision": decision } }), 0);
        assert_eq!(
            (row.reason.as_str(), row.cite.as_str()),
            ("It may go: 8 x L4 to DE, no license is required (NLR).", "")
        );
        let refused = short(
            &json!({ "row": 4, "order_id": "B", "line": 1, "problem": { "detail": "no day", "missing": ["date"] } }),
            0,
        );
        assert_eq!((refused.outcome.as_str(), refused.missing), ("refused", vec!["date".to_owned()]));
    }
}
