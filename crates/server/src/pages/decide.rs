//! One order, decided as it is typed.

use std::sync::Arc;

use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};
use tollgate_decide::{Detail, FileCounts, decision_record};
use tollgate_desk::{Before, LineRecord, OrderRequest, check, line_id, propose_within, tpp_used};
use tollgate_law::Policy;
use tollgate_law::facts::{ACTIVITIES, CLAIMS, END_USES};
use tollgate_ledger::{AccountKey, AnyLog, Ledger};
use tollgate_report::pages::countries;

use super::super::access::{Caller, Right};
use super::super::orders::{amend_order, record_order, unavailable, unusable};
use super::super::problem::Problem;
use super::basis::{Judged, basis, duties};
use super::form::{Entries, Fields, NEEDED, OPTIONAL, amended, amended_line, field_of, fill, gather_fields, request};
use super::{Refused, View, encoded, form_key, line_address, moment};
use crate::App;
use crate::board::FileLine;
use crate::{now, today};

/// A line to be decided, and what it is decided on beside what the ledger holds.
#[derive(Clone)]
pub(super) enum Subject {
    /// As somebody gave it.
    Request(Box<OrderRequest>),
    /// As it stands on record: what it set aside itself counts as free, and so does what went of it, in milli-TPP.
    Recorded(Box<OrderRequest>, i64),
    /// As a file has it, on what the file had counted before it.
    Filed(Box<FileLine>),
}

/// A decision with why it would be held.
pub(super) struct TriedLine {
    pub(super) decision: Value,
    pub(super) held: Vec<String>,
}

/// The line of an order as it stands on record.
fn on_record(ledger: &mut Ledger<AnyLog>, order: &OrderRequest) -> Result<LineRecord, Problem> {
    let id = line_id(&order.order_id, order.line.unwrap_or(1));
    Ok(tollgate_desk::line_on_record(ledger, &id)?.line)
}

/// Decides by the service's own policy: as it would be recorded.
fn under_house_policy(
    app: &App,
    ledger: &mut Ledger<AnyLog>,
    subject: &Subject,
    time: i64,
) -> Result<TriedLine, Problem> {
    let (request, before, earlier);
    match subject {
        Subject::Filed(filed) if !filed.line.is_read() => return alone(app, ledger, subject, None),
        Subject::Filed(filed) => {
            let line = filed.line.line().ok_or_else(|| unavailable("a line of the file cannot be read back"))?;
            request = OrderRequest::of(&line);
            before = Before { file: Some(&filed.counts), ..Before::default() };
        }
        Subject::Request(order) => (request, before) = ((**order).clone(), Before::default()),
        Subject::Recorded(order, shipped) => {
            request = (**order).clone();
            earlier = on_record(ledger, &request)?;
            before = Before { earlier: Some(&earlier), shipped_milli_tpp: *shipped, file: None };
        }
    }
    check(&request)?;
    let trial = tollgate_desk::Order { key: String::new(), order: request, hold: false };
    let decided = propose_within(&app.desk, ledger, &trial, before, time)?;
    let decision = serde_json::from_str(decided.decision.get()).map_err(|error| unavailable(&error.to_string()))?;
    Ok(TriedLine { decision, held: decided.held })
}

/// Decides by another policy, or a line with cells that are not understood; nothing of it could be recorded.
fn alone(
    app: &App,
    ledger: &mut Ledger<AnyLog>,
    subject: &Subject,
    policy: Option<&Arc<Policy>>,
) -> Result<TriedLine, Problem> {
    let none = FileCounts::default();
    let (line, counts) = match subject {
        Subject::Filed(filed) => (filed.line.line(), Some(&filed.counts)),
        Subject::Request(order) | Subject::Recorded(order, _) => {
            (Some(order.line().map_err(|(what, mend)| unusable(&what, mend))?), None)
        }
    };
    let line = line.ok_or_else(|| unavailable("a line of the file cannot be read back"))?;
    let earlier = match subject {
        Subject::Recorded(order, shipped_milli_tpp) => Some((on_record(ledger, order)?, *shipped_milli_tpp)),
        Subject::Request(_) | Subject::Filed(_) => None,
    };
    let before = earlier.as_ref().map_or_else(Before::default, |(earlier, shipped_milli_tpp)| Before {
        earlier: Some(earlier),
        shipped_milli_tpp: *shipped_milli_tpp,
        file: None,
    });
    let mut place = app.desk.decider(ledger)?;
    let tables = Arc::clone(&place.tables);
    let mut other = policy.map(|policy| place.decider.with_policy(Arc::clone(policy)));
    let decider = other.as_mut().unwrap_or(&mut place.decider);
    let policy = Arc::clone(&decider.policy);
    if line.unread.is_empty() {
        decider.check_item(line.item).map_err(|error| unusable(&error.what, &error.mend))?;
    }
    // Another policy has other accounts: what the file counted under this one is no matter of theirs.
    let counts = counts.filter(|_| other_is_none(&policy, app)).unwrap_or(&none);
    let used = |key: &AccountKey| tpp_used(ledger, key, line.date, before);
    let decided = match counts == &none {
        true => decider.decide_on(&line, &used),
        false => decider.decide_within(&line, counts, &used),
    };
    let decided = decided.map_err(|error| unusable(&error.what, &error.mend))?;
    let record = decision_record(&line, &decided, &policy, &tables, Detail::Whole);
    let decision = serde_json::to_value(record).map_err(|error| unavailable(&error.to_string()))?;
    Ok(TriedLine { decision, held: Vec::new() })
}

fn other_is_none(policy: &Policy, app: &App) -> bool {
    policy.name == app.desk.policy.name
}

/// The decision of a line as an object: under the service's policy as it would be recorded, or under another one alone.
pub(super) async fn decision(view: &View, subject: Subject, policy: &str) -> Result<TriedLine, Problem> {
    let app = Arc::clone(&view.app);
    let is_house_policy = policy.is_empty() || policy == app.desk.policy.name;
    let other = if is_house_policy { None } else { Some(view.policy_named(policy)?) };
    let time = app.time()?;
    let looked = Arc::clone(&app);
    let decided = app.with_ledger(move |ledger| match &other {
        None => under_house_policy(&looked, ledger, &subject, time),
        Some(policy) => alone(&looked, ledger, &subject, Some(policy)),
    });
    decided.await?
}

/// What other policies say of the same line on the same day.
pub(super) async fn under_others(view: &View, subject: &Subject, policy: &str) -> Vec<Value> {
    let mut others = Vec::new();
    for name in view.policies().into_iter().filter(|name| *name != policy) {
        let outcome = match decision(view, subject.clone(), name).await {
            Ok(TriedLine { decision, .. }) => {
                let member = |key: &str| decision.get(key).cloned().unwrap_or(Value::Null);
                json!({ "policy": name, "outcome": member("outcome"), "authorization": member("authorization"), "review_policy": member("review_policy") })
            }
            Err(problem) => json!({ "policy": name, "outcome": null, "detail": problem.detail }),
        };
        others.push(outcome);
    }
    others
}

pub(super) async fn form(view: View, Query(entries): Query<Entries>) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Try)?;
    let (fields, problem) = gather_fields(entries);
    page(&view, &caller, fields, problem).await
}

/// What a filled form comes to: what is decided, why it would be held, and what other policies say.
struct Answered {
    shown: TriedLine,
    others: Vec<Value>,
}

/// The request of a form, and the line that it is decided as: a new one, or one on record that is amended.
async fn subject(view: &View, fields: &Fields) -> Result<Subject, Problem> {
    match amended_line(fields)? {
        None => Ok(Subject::Request(Box::new(request(fields)?))),
        Some((order, line)) => Ok(Subject::Recorded(Box::new(amended(view, fields, (&order, line)).await?), 0)),
    }
}

async fn answered(view: &View, fields: &Fields, policy: &str) -> Result<Answered, Problem> {
    let subject = subject(view, fields).await?;
    let shown = decision(view, subject.clone(), policy).await?;
    let others = under_others(view, &subject, policy).await;
    Ok(Answered { shown, others })
}

async fn page(view: &View, caller: &Caller, mut fields: Fields, problem: Option<Problem>) -> Result<Response, Refused> {
    let policy = fields.remove("policy").unwrap_or_else(|| view.app().desk.policy.name.clone());
    let mut wrong = problem;
    let amends = match amended_line(&fields) {
        Ok(amends) => amends,
        Err(problem) => return Err(view.broken(&problem.detail)),
    };
    if wrong.is_none()
        && let Some((order, line)) = &amends
    {
        wrong = fill(view, &mut fields, (order, *line)).await.err();
    }
    let is_complete = NEEDED.iter().all(|name| fields.get(*name).is_some_and(|value| !value.trim().is_empty()));
    fields.entry("date".to_owned()).or_insert_with(|| today().to_string());
    let mut found = None;
    if is_complete && wrong.is_none() {
        match answered(view, &fields, &policy).await {
            Ok(answered) => found = Some(answered),
            Err(problem) => wrong = Some(problem),
        }
    }
    for name in NEEDED.iter().chain(&OPTIONAL) {
        fields.entry((*name).to_owned()).or_default();
    }
    let app = view.app();
    let is_house_policy = policy == app.desk.policy.name;
    let names: Vec<&str> = app.desk.policy.law.catalog.items().iter().map(|item| item.item.as_str()).collect();
    let (decided, held, others) = found
        .map_or((Value::Null, Vec::new(), Vec::new()), |found| (found.shown.decision, found.shown.held, found.others));
    let filled = |name: &str| fields.get(name).map(String::as_str);
    let (claim, end_use) = (filled("authorization"), filled("end_use"));
    let context = json!({
        "order": fields, "policy": policy, "policies": view.policies(), "items": names,
        "amends": amends.map(|(order, line)| json!({ "order": order, "line": line })),
        "optional": OPTIONAL.iter().filter(|name| **name != "order_id").collect::<Vec<_>>(),
        "countries": countries(view.language), "end_uses": END_USES, "activities": ACTIVITIES,
        "claims": CLAIMS.iter().filter(|claim| !matches!(**claim, "none" | "license")).collect::<Vec<_>>(),
        "basis": basis(view, &Judged { decision: &decided, held: &held, claim, end_use }), "duties": duties(&decided), "decision": decided, "others": others, "at": moment(now()),
        "problem": wrong.map(|problem| json!({ "field": field_of(&problem.detail), "detail": problem.detail, "mend": problem.mend })),
        "may_record": caller.has(Right::Record) && is_house_policy && !decided.is_null(), "may_upload": true, "key": form_key(),
    });
    let template = if view.part { "decision.html" } else { "decide.html" };
    Ok(view.render(template, "nav.decide", context))
}

/// The address of the form as it is filled: where somebody whose session ended goes on after logging in.
fn form_address(fields: &Fields) -> String {
    let shown = fields.iter().filter(|(name, text)| !matches!(name.as_str(), "key" | "hold") && !text.is_empty());
    let shown: Vec<String> = shown.map(|(name, text)| format!("{}={}", encoded(name), encoded(text))).collect();
    format!("/decide?{}", shown.join("&"))
}

/// Records what was decided, or amends what is on record; the page of the line says what came of it.
pub(super) async fn reserve(view: View, Form(entries): Form<Entries>) -> Result<Response, Refused> {
    let (mut fields, problem) = gather_fields(entries);
    let Some(csrf) = fields.remove("csrf") else {
        return Err(view.refuse(StatusCode::FORBIDDEN, "problem.csrf"));
    };
    let view = view.back_at(|| form_address(&fields));
    let (view, caller) = view.proved(Right::Record, &csrf)?;
    if problem.is_some() {
        return page(&view, &caller, fields, problem).await;
    }
    let key: String = fields.get("key").into_iter().flat_map(|key| key.chars()).take(64).collect();
    fields.remove("key");
    let hold = fields.remove("hold").is_some();
    fields.remove("policy");
    match recorded(&view, &caller, &fields, key, hold).await {
        Ok(to) => Ok(Redirect::to(&to).into_response()),
        Err(problem) => page(&view, &caller, fields, Some(problem)).await,
    }
}

/// Records the line of a form; the address of its page.
async fn recorded(view: &View, caller: &Caller, fields: &Fields, key: String, hold: bool) -> Result<String, Problem> {
    if key.len() < 8 {
        return Err(unusable("the form carries no key", "load the page again"));
    }
    if let Some((order, line)) = amended_line(fields)? {
        let request = amended(view, fields, (&order, line)).await?;
        amend_order(&view.app, &caller.name, tollgate_desk::Order { key, order: request, hold }).await?;
        return Ok(format!("{}?done=amend", line_address(&order, line)));
    }
    if fields.get("order_id").is_none_or(|order| order.trim().is_empty()) {
        return Err(unusable("`order_id` is required", "give the number by which the order is found again"));
    }
    let order = request(fields)?;
    let (id, line) = (order.order_id.clone(), order.line.unwrap_or(1));
    record_order(&view.app, &caller.name, tollgate_desk::Order { key, order, hold }).await?;
    Ok(format!("{}?done=reserve", line_address(&id, line)))
}
