//! One line from first entry to archive: the decision as recorded, decided anew, how it stands, and what may be done with it.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_desk::{
    Correction, LineOnRecord, LineWrite, OrderRequest, Release, line_id, line_on_record, same_person, thousandths, tpp,
};
use tollgate_model::{Date, hex};
use tollgate_records::PARTY_COLUMNS;

use super::super::access::{Caller, Right};
use super::super::orders::{
    Corrected, cancel_line, correct_shipment, day, record_order, release_line, ship_line, unavailable, unusable,
};
use super::super::problem::Problem;
use super::basis::{Judged, basis, duties};
use super::decide::{Subject, TriedLine, decision, under_others};
use super::form::whole_number;
use super::kept::SentForm;
use super::{Refused, View, form_key, line_address, moment, plain_text};
use crate::board::{FileLine, LineEvent};
use crate::ledger_lines::{refresh, status_of};
use crate::today;

/// The facts of a line that the page shows, in this order.
const FACTS: [&str; 18] = [
    "date",
    "activity",
    "item",
    "quantity",
    "destination",
    "exporter",
    "purchaser",
    "intermediate_consignee",
    "ultimate_consignee",
    "end_user",
    "freight_forwarder",
    "lpp_operator",
    "origin",
    "end_use",
    "authorization",
    "unit_price_usd",
    "hs_code",
    "description",
];
/// What the ledger holds of a line.
struct Recorded {
    order: OrderRequest,
    decision: Value,
    held: Vec<String>,
    status: &'static str,
    revision: u32,
    left_milli_tpp: Option<i64>,
    is_open: bool,
    may_be_amended: bool,
    is_released: bool,
    actors: Vec<String>,
    record: Value,
    /// Shipments by the id of their record, each with what counts of it now.
    shipments: Vec<(LineEvent, i64)>,
}

async fn recorded(view: &View, id: &str, events: &[LineEvent]) -> Result<Option<Recorded>, Problem> {
    let (id, events) = (id.to_owned(), events.to_vec());
    let found = view.app().with_ledger(move |ledger| {
        let found = match line_on_record(ledger, &id) {
            Ok(found) => found,
            Err(tollgate_desk::DeskError::UnknownOrder) => return Ok(None),
            Err(error) => return Err(Problem::from(error)),
        };
        let status = status_of(ledger, &id)?;
        let shipped = events.into_iter().filter(|event| event.act == "shipped" && event.refused.is_none());
        let shipments: Vec<(LineEvent, i64)> = shipped
            .filter_map(|event| {
                let posting = ledger.state().posting(&event.id)?;
                Some((LineEvent { day: Some(posting.day.to_string()), ..event }, posting.amount_milli_tpp))
            })
            .collect();
        on_page(found, status, shipments).map(Some)
    });
    found.await?
}

fn on_page(found: LineOnRecord, status: &'static str, shipments: Vec<(LineEvent, i64)>) -> Result<Recorded, Problem> {
    let LineOnRecord { line, left, released } = found;
    let body = line.record.parse().map_err(|what| unavailable(&what))?;
    let decision =
        serde_json::from_str(line.decision.decision.get()).map_err(|error| unavailable(&error.to_string()))?;
    let record = json!({ "seq": body.seq, "at": moment(body.at_ms), "actor": body.actor, "hash": hex(&line.record.hash), "origin": body.origin });
    Ok(Recorded {
        order: line.decision.order,
        decision,
        held: line.decision.held,
        status,
        revision: line.revision,
        left_milli_tpp: left.as_ref().map(|(_, left)| left.left_milli_tpp),
        may_be_amended: left.as_ref().is_none_or(|(_, left)| left.open && !left.has_postings),
        is_open: left.is_some_and(|(_, left)| left.open),
        is_released: released.is_some(),
        actors: line.actors,
        record,
        shipments,
    })
}

fn event_json(event: &LineEvent) -> Value {
    json!({
        "at": moment(event.at_ms), "by": event.actor, "act": event.act, "tpp": event.amount_milli_tpp.map(tpp), "day": event.day,
        "text": event.text, "refused": event.refused, "seq": event.seq, "expires": event.expires_at_ms.map(moment),
    })
}

/// The facts of a line by name, as they were given; what was not understood as it was written.
fn facts(order: &Value, filed: Option<&FileLine>) -> Vec<Value> {
    let unread = |name: &str| filed.and_then(|filed| filed.line.unread.iter().find(|cell| cell.column == name));
    let one = |name: &&str| {
        let value = order.get(*name).cloned().unwrap_or(Value::Null);
        let cell = unread(name);
        let is_shown = cell.is_some() || !(value.is_null() || value == json!(""));
        is_shown.then(|| {
            json!({ "name": name, "value": cell.map_or(value, |cell| json!(cell.value)), "not_understood": cell.map(|cell| cell.what.clone()),
                "is_party": PARTY_COLUMNS.contains(name), "is_country": matches!(*name, "destination" | "origin") })
        })
    };
    FACTS.iter().filter_map(one).collect()
}

/// Whether two decisions come to the same.
fn is_same(one: &Value, other: &Value) -> bool {
    ["outcome", "authorization", "review_policy"].iter().all(|member| one.get(member) == other.get(member))
}

/// What the reader may do with the line.
fn acts(caller: &Caller, recorded: Option<&Recorded>, filed: Option<&FileLine>) -> Value {
    let may = caller.has(Right::Record);
    let waits = |line: &Recorded| line.is_open && !line.held.is_empty() && !line.is_released;
    let another = |line: &Recorded| !line.actors.iter().any(|actor| same_person(actor, &caller.name));
    json!({
        "release": may && recorded.is_some_and(|line| waits(line) && another(line)),
        "ship": may && recorded.is_some_and(|line| line.is_open && !waits(line)),
        "amend": may && recorded.is_some_and(|line| line.may_be_amended),
        "cancel": may && recorded.is_some_and(|line| line.is_open),
        "correct": may && recorded.is_some_and(|line| !line.shipments.is_empty()),
        "reserve": may && recorded.is_none() && filed.is_some_and(|filed| filed.line.is_read()),
        "own_line": recorded.is_some_and(|line| waits(line) && !another(line)),
    })
}

#[derive(Default, Deserialize)]
pub(super) struct LineQuery {
    /// What was done before the page was shown.
    #[serde(default)]
    done: String,
}

/// What was done, as strings name it.
const DONE: [&str; 8] = ["reserve", "release", "ship", "correct", "cancel", "proposed", "decided", "amend"];

pub(super) async fn one(
    view: View,
    Path((order, line)): Path<(String, String)>,
    Query(done): Query<LineQuery>,
) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Read)?;
    let Some(line) = line_number(&line) else { return Err(view.nothing()) };
    page(view, &caller, (order, line), &done.done, None).await
}

async fn page(
    view: View,
    caller: &Caller,
    (order, line): (String, i64),
    done: &str,
    wrong: Option<Problem>,
) -> Result<Response, Refused> {
    match context(&view, caller, &order, line, done).await {
        Ok(Some(mut context)) => {
            if let Some(members) = context.as_object_mut() {
                let wrong = wrong.map(|problem| json!({ "detail": problem.detail, "mend": problem.mend }));
                members.insert("wrong".to_owned(), json!(wrong));
            }
            Ok(view.render("order.html", "order", context))
        }
        Ok(None) => match order_alike(&view, &order) {
            Ok(Some(alike)) => Ok(Redirect::to(&line_address(&alike, line)).into_response()),
            Ok(None) => Err(view.nothing()),
            Err(problem) => Err(view.failed(&problem)),
        },
        Err(problem) => Err(view.failed(&problem)),
    }
}

/// The id of the one order that an id means which none has: in another letter case or width.
pub(super) fn order_alike(view: &View, order: &str) -> Result<Option<String>, Problem> {
    let Some(board) = &view.app().shown.board else { return Ok(None) };
    let alike = board.order_alike(&plain_text(order)).map_err(|what| unavailable(&what))?;
    Ok(alike.filter(|alike| alike != order))
}

/// The number of a line in an address, in digits of any width.
fn line_number(text: &str) -> Option<i64> {
    whole_number(&plain_text(text)).filter(|line| *line > 0)
}

/// A decision as a block of the page.
fn block(view: &View, shown: &TriedLine, request: &Value) -> Value {
    let stated = |column: &str| request.get(column).and_then(Value::as_str);
    let (claim, end_use) = (stated("authorization"), stated("end_use"));
    let basis = basis(view, &Judged { decision: &shown.decision, held: &shown.held, claim, end_use });
    json!({ "decision": shown.decision, "basis": basis, "duties": duties(&shown.decision) })
}

/// A line as it stands, with its first decision.
struct LineFound {
    events: Vec<LineEvent>,
    filed: Option<FileLine>,
    found: Option<Recorded>,
    first: TriedLine,
    /// The order as it was given.
    request: Value,
}

async fn looked_up(view: &View, order: &str, line: i64) -> Result<Option<LineFound>, Problem> {
    refresh(&view.app).await?;
    let id = line_id(order, line);
    let board = view.app().shown.board.as_ref();
    let wrong = |what: String| unavailable(&what);
    let unreadable = |error: serde_json::Error| unavailable(&error.to_string());
    let events = board.map_or_else(|| Ok(Vec::new()), |board| board.events(&id)).map_err(wrong)?;
    let filed = board.map(|board| board.file_line(order, line)).transpose().map_err(wrong)?.flatten();
    let found = recorded(view, &id, &events).await?;
    let in_file = |filed: &FileLine| {
        let record = board.ok_or_else(|| unavailable("no orders are loaded"))?.recorded(filed).map_err(wrong)?;
        serde_json::to_value(record).map_err(unreadable)
    };
    let (first, request) = match (&found, &filed) {
        (Some(found), _) => (
            TriedLine { decision: found.decision.clone(), held: found.held.clone() },
            serde_json::to_value(&found.order).map_err(unreadable)?,
        ),
        (None, Some(filed)) => (
            TriedLine { decision: in_file(filed)?, held: Vec::new() },
            serde_json::to_value(&filed.line).map_err(unreadable)?,
        ),
        (None, None) => return Ok(None),
    };
    Ok(Some(LineFound { events, filed, found, first, request }))
}

/// A line for print: its facts, how it stands, its first decision and its record; `None` where there is no such line.
pub(super) async fn line_for_print(view: &View, order: &str, line: i64) -> Result<Option<Value>, Problem> {
    let Some(LineFound { filed, found, first, request, .. }) = looked_up(view, order, line).await? else {
        return Ok(None);
    };
    Ok(Some(json!({
        "order_id": order, "line": line, "facts": facts(&request, filed.as_ref().filter(|_| found.is_none())),
        "names": names(view, &request).await?, "status": found.as_ref().map_or("file", |found| found.status),
        "block": block(view, &first, &request), "record": found.as_ref().map(|found| &found.record),
        "revision": found.as_ref().map(|found| found.revision),
    })))
}

async fn context(view: &View, caller: &Caller, order: &str, line: i64, done: &str) -> Result<Option<Value>, Problem> {
    let Some(LineFound { events, filed, found, first, request }) = looked_up(view, order, line).await? else {
        return Ok(None);
    };
    let subject = match (&found, &filed) {
        (Some(found), _) => {
            let shipped = found.shipments.iter().map(|(_, amount)| amount).sum();
            Subject::Recorded(Box::new(found.order.clone()), shipped)
        }
        (None, Some(filed)) => Subject::Filed(Box::new(filed.clone())),
        (None, None) => return Ok(None),
    };
    let anew = match decision(view, subject.clone(), "").await {
        Ok(shown) => {
            let same = is_same(&first.decision, &shown.decision);
            json!({ "block": block(view, &shown, &request), "same": same, "problem": null })
        }
        Err(problem) => {
            json!({ "block": null, "same": false, "problem": { "detail": problem.detail, "mend": problem.mend } })
        }
    };
    let others = under_others(view, &subject, &view.app().desk.policy.name).await;
    let shipments = found.as_ref().map(|found| {
        found
            .shipments
            .iter()
            .map(|(event, amount)| json!({ "id": event.id, "day": event.day, "tpp": tpp(*amount), "by": event.actor }))
            .collect::<Vec<_>>()
    });
    Ok(Some(json!({
        "order_id": order, "line": line, "facts": facts(&request, filed.as_ref().filter(|_| found.is_none())), "names": names(view, &request).await?,
        "source": if found.is_some() { "ledger" } else { "file" }, "status": found.as_ref().map_or("file", |found| found.status),
        "recorded": block(view, &first, &request), "record": found.as_ref().map(|found| &found.record), "revision": found.as_ref().map(|found| found.revision),
        "left": found.as_ref().and_then(|found| found.left_milli_tpp).map(tpp), "anew": anew, "others": others,
        "events": events.iter().map(event_json).collect::<Vec<_>>(), "shipments": shipments, "acts": acts(caller, found.as_ref(), filed.as_ref()),
        "key": form_key(), "today": planned_day(&request),
        "done": DONE.iter().find(|known| **known == done), "is_also_in_file": found.is_some() && filed.is_some(),
    })))
}

/// The day on which the line is most likely to have gone: the order's, where that is not to come; today else.
fn planned_day(order: &Value) -> String {
    let planned = order.get("date").and_then(Value::as_str).and_then(|text| text.parse::<Date>().ok());
    planned.filter(|day| *day <= today()).unwrap_or_else(today).to_string()
}

/// The names of the parties of a line, by id.
async fn names(view: &View, order: &Value) -> Result<Value, Problem> {
    let ids: Vec<String> =
        PARTY_COLUMNS.iter().filter_map(|name| order.get(*name).and_then(Value::as_str).map(str::to_owned)).collect();
    super::named::names(view, ids).await
}

#[derive(Deserialize)]
pub(super) struct ActForm {
    csrf: String,
    key: String,
    /// `release`, `ship`, `correct`, `cancel` or `reserve`.
    act: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    tpp: String,
    /// The id of the shipment that is corrected.
    #[serde(default)]
    shipment: String,
    /// Whether no more is to come.
    last: Option<String>,
    /// Whether a second person is to release it.
    hold: Option<String>,
}

impl ActForm {
    /// Milli-TPP; `None` where the field is empty.
    fn amount(&self) -> Result<Option<i64>, Problem> {
        let text = self.tpp.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let whole = whole_number(text)
            .ok_or_else(|| unusable("the TPP are no whole number", "write whole TPP, such as 316480 or 316,480"))?;
        Ok(Some(thousandths(whole)?))
    }

    fn reason(&self) -> Result<String, Problem> {
        match self.reason.trim() {
            "" => Err(unusable("no reason is given", "say why in a sentence")),
            reason if reason.len() > 256 => Err(unusable("the reason is longer than 256 bytes", "say it shorter")),
            reason => Ok(reason.to_owned()),
        }
    }
}

/// Does something with a line, and shows how it stands then.
pub(super) async fn act(
    view: View,
    Path((order, line)): Path<(String, String)>,
    sent: SentForm<ActForm>,
) -> Result<Response, Refused> {
    let Some(line) = line_number(&line) else { return Err(view.nothing()) };
    let (view, form) = view.keeping(sent, |_| line_address(&order, line));
    let (view, caller) = view.proved(Right::Record, &form.csrf)?;
    match acted(&view, &caller, &order, line, form).await {
        Ok(done) => Ok(Redirect::to(&format!("{}?done={done}", line_address(&order, line))).into_response()),
        Err(problem) => page(view, &caller, (order, line), "", Some(problem)).await,
    }
}

async fn acted(view: &View, caller: &Caller, order: &str, line: i64, form: ActForm) -> Result<&'static str, Problem> {
    let key: String = form.key.chars().take(64).collect();
    if key.len() < 8 {
        return Err(unusable("the form carries no key", "load the page again"));
    }
    let app = &view.app;
    let write = LineWrite { order: order.to_owned(), line, key: key.clone(), actor: caller.name.clone() };
    match form.act.as_str() {
        "release" => {
            let release = Release { person: caller.name.clone(), key, reason: form.reason()? };
            release_line(app, &line_id(order, line), release).await.map(|_| "release")
        }
        "ship" => {
            let (amount, day) = (form.amount()?, day("date", &form.date)?);
            ship_line(app, write, amount, day, form.last.is_some()).await.map(|_| "ship")
        }
        "cancel" => cancel_line(app, write, form.reason()?).await.map(|_| "cancel"),
        "correct" => correct(view, caller, write, &form).await,
        "reserve" => {
            let board = app.shown.board.as_ref().ok_or_else(|| unavailable("no orders are loaded"))?;
            let filed = board.file_line(order, line).map_err(|what| unavailable(&what))?;
            let filed = filed.filter(|filed| filed.line.is_read());
            let filed = filed.ok_or_else(|| {
                unusable("the line is in no file, or not all of it is understood", "enter it on the page Decide")
            })?;
            let read = filed.line.line().ok_or_else(|| unavailable("a line of the file cannot be read back"))?;
            let order = tollgate_desk::Order { key, order: OrderRequest::of(&read), hold: form.hold.is_some() };
            record_order(app, &caller.name, order).await.map(|_| "reserve")
        }
        _ => Err(unusable("there is no such act", "load the page again")),
    }
}

/// Corrects a shipment of the line, and of no other.
async fn correct(view: &View, caller: &Caller, write: LineWrite, form: &ActForm) -> Result<&'static str, Problem> {
    refresh(&view.app).await?;
    let board = view.app().shown.board.as_ref().ok_or_else(|| unavailable("the log is not looked at"))?;
    let events = board.events(&line_id(&write.order, write.line)).map_err(|what| unavailable(&what))?;
    let is_meant = |event: &&LineEvent| event.act == "shipped" && event.refused.is_none() && event.id == form.shipment;
    let shipment = events.iter().find(is_meant);
    let shipment = shipment.ok_or_else(|| unusable("the line has no such shipment", "choose one of the list"))?;
    let amount = form
        .amount()?
        .ok_or_else(|| unusable("the TPP that went are not given", "write them; 0 where nothing went"))?;
    let correction = Correction {
        shipment: shipment.day.clone().unwrap_or_else(|| shipment.id.clone()),
        by: None,
        posting: Some(shipment.id.clone()),
        amount_milli_tpp: amount,
        day: day("date", &form.date)?,
        reason: form.reason()?,
    };
    match correct_shipment(&view.app, caller, write, correction).await? {
        Corrected::Done(_) => Ok("correct"),
        Corrected::Proposed(_) => Ok("proposed"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{encoded, line_address};

    #[test]
    fn a_line_has_an_address_whatever_its_id() {
        assert_eq!(line_address("PO/2 & 3", 4), format!("/orders/{}/4", encoded("PO/2 & 3")));
    }
}
