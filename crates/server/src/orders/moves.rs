//! What is done with a line that was decided: shipped, canceled, released, corrected, read.

use std::sync::{Arc, PoisonError};

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tollgate_desk::decision_reference;
use tollgate_desk::{
    Correction, HeldLine, LineOnRecord, LineWrite, OrderRequest, Proposal, ProposedEntry, Release, ReservationCommand,
    line_id, line_on_record, plan_cancellation, plan_correction, plan_release, plan_shipment, thousandths, tpp,
};
use tollgate_ledger::Status;
use tollgate_model::{Date, hex};
use utoipa::ToSchema;

use super::super::Shared;
use super::super::access::{Caller, Right};
use super::super::problem::{Problem, Refusals};
use super::super::proposals::{Proposed, proposal_id, propose};
use super::{LineAddress, WriteKey, bad_json, day, idempotency_key, refused, unavailable};

/// What is left of a reservation.
#[derive(Serialize, ToSchema)]
pub(crate) struct Left {
    /// Its name in the audit log.
    reservation: String,
    /// Exact, as a decimal number.
    left_tpp: String,
    /// Whether more can ship.
    open: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShipRequest {
    /// The day on which it went.
    #[schema(format = Date)]
    date: String,
    /// TPP that went; all that is left where absent.
    #[schema(minimum = 1)]
    tpp: Option<i64>,
    /// Whether no more is to come; so it is where `tpp` is absent.
    #[serde(default)]
    last: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReasonRequest {
    /// Why, for those who read the log.
    #[schema(min_length = 1, max_length = 256)]
    reason: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectRequest {
    /// The Idempotency-Key with which the shipment was recorded.
    shipment: String,
    /// Who recorded it, as the audit log names who did; needed only where several people used the same key.
    by: Option<String>,
    /// TPP that really went; 0 where nothing did.
    #[schema(minimum = 0)]
    tpp: i64,
    /// The day on which it really went.
    #[schema(format = Date)]
    date: String,
    /// Why, for those who read the log.
    #[schema(min_length = 1, max_length = 256)]
    reason: String,
}

/// A line as it stands on record.
#[derive(Serialize, ToSchema)]
pub(crate) struct OnRecord {
    order: OrderRequest,
    /// As it was made, in the form of a line of decisions.jsonl.
    #[schema(schema_with = decision_reference)]
    decision: Box<RawValue>,
    /// 1, and one more with each amendment.
    revision: u32,
    reservation: Option<Left>,
    /// Why nothing may ship before a second person releases it.
    held: Vec<String>,
    /// Who released it and why, where that was done.
    released: Option<Value>,
    /// Its record in the audit log: `seq`, `at`, `actor`, `hash`.
    #[schema(value_type = Object)]
    record: Value,
}

/// Has the ledger do what was planned; returns what is left of the reservation.
async fn apply(app: &Shared, actor: &str, plan: ReservationCommand) -> Result<Left, Problem> {
    app.command(actor, plan.command).await?;
    left(app, plan.reservation).await
}

async fn left(app: &Shared, reservation: String) -> Result<Left, Problem> {
    let id = reservation.clone();
    let left = app.with_ledger(move |ledger| ledger.state().reservation(&id)).await?;
    let left = left.ok_or_else(|| refused(Status::UnknownReservation))?;
    Ok(Left { reservation, left_tpp: tpp(left.left_milli_tpp), open: left.open })
}

/// Counts a shipment of what was set aside.
#[utoipa::path(
    post, path = "/v1/orders/{order}/lines/{line}/ship", tag = "orders", request_body = ShipRequest,
    params(LineAddress, WriteKey),
    responses((status = 200, description = "counted", body = Left), Refusals),
)]
pub(crate) async fn ship(
    State(app): State<Shared>,
    caller: Caller,
    Path(LineAddress { order, line }): Path<LineAddress>,
    headers: HeaderMap,
    request: Result<Json<ShipRequest>, JsonRejection>,
) -> Result<Json<Left>, Problem> {
    caller.may(Right::Record)?;
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    let day = day("date", &request.date)?;
    let amount = request.tpp.map(thousandths).transpose()?;
    let (write, last) =
        (LineWrite { order, line, key: idempotency_key(&headers)?, actor: caller.name.clone() }, request.last);
    ship_line(&app, write, amount, day, last).await.map(Json)
}

/// Counts a shipment of what was set aside, in milli-TPP; all that is left where no amount is given.
pub(crate) async fn ship_line(
    app: &Shared,
    write: LineWrite,
    amount_milli_tpp: Option<i64>,
    day: Date,
    last: bool,
) -> Result<Left, Problem> {
    let actor = write.actor.clone();
    let plan = app.with_ledger(move |ledger| plan_shipment(ledger, &write, amount_milli_tpp, day, last)).await??;
    apply(app, &actor, plan).await
}

/// Gives up what is left of what was set aside.
#[utoipa::path(
    post, path = "/v1/orders/{order}/lines/{line}/cancel", tag = "orders", request_body = ReasonRequest,
    params(LineAddress, WriteKey),
    responses((status = 200, description = "given up", body = Left), Refusals),
)]
pub(crate) async fn cancel(
    State(app): State<Shared>,
    caller: Caller,
    Path(LineAddress { order, line }): Path<LineAddress>,
    headers: HeaderMap,
    request: Result<Json<ReasonRequest>, JsonRejection>,
) -> Result<Json<Left>, Problem> {
    caller.may(Right::Record)?;
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    let write = LineWrite { order, line, key: idempotency_key(&headers)?, actor: caller.name.clone() };
    cancel_line(&app, write, request.reason).await.map(Json)
}

/// Gives up what is left of what was set aside.
pub(crate) async fn cancel_line(app: &Shared, write: LineWrite, reason: String) -> Result<Left, Problem> {
    let actor = write.actor.clone();
    let plan = app.with_ledger(move |ledger| plan_cancellation(ledger, &write, reason)).await??;
    apply(app, &actor, plan).await
}

/// Lets a held line ship. Whoever entered or amended it may not: four eyes.
#[utoipa::path(
    post, path = "/v1/orders/{order}/lines/{line}/release", tag = "orders", request_body = ReasonRequest,
    params(LineAddress, WriteKey),
    responses((status = 200, description = "released", body = Left), Refusals),
)]
pub(crate) async fn release(
    State(app): State<Shared>,
    caller: Caller,
    Path(LineAddress { order, line }): Path<LineAddress>,
    headers: HeaderMap,
    request: Result<Json<ReasonRequest>, JsonRejection>,
) -> Result<Json<Left>, Problem> {
    caller.may(Right::Record)?;
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    let release = Release { person: caller.name.clone(), key: idempotency_key(&headers)?, reason: request.reason };
    let reservation = release_line(&app, &line_id(&order, line), release).await?;
    left(&app, reservation).await.map(Json)
}

/// Releases a line; returns the id of its reservation.
pub(crate) async fn release_line(app: &Shared, line: &str, release: Release) -> Result<String, Problem> {
    let line = line.to_owned();
    let plan = app.with_ledger(move |ledger| plan_release(ledger, &line, &release)).await??;
    let applied = app.record(vec![plan.entry.clone()]).await?;
    Ok(plan.conclude(&applied)?)
}

/// Puts right what was said of a shipment. It counts even over a limit: a breach then says so. What takes off an account is done once another person
/// confirms it.
#[utoipa::path(
    post, path = "/v1/orders/{order}/lines/{line}/correct", tag = "orders", request_body = CorrectRequest,
    params(LineAddress, WriteKey),
    responses(
        (status = 200, description = "put right", body = Left),
        (status = 202, description = "it takes off what counts: done once another person confirms it", body = Proposed),
        Refusals,
    ),
)]
pub(crate) async fn correct(
    State(app): State<Shared>,
    caller: Caller,
    Path(LineAddress { order, line }): Path<LineAddress>,
    headers: HeaderMap,
    request: Result<Json<CorrectRequest>, JsonRejection>,
) -> Result<Response, Problem> {
    caller.may(Right::Record)?;
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    let (day, amount) = (day("date", &request.date)?, thousandths(request.tpp)?);
    let write = LineWrite { order, line, key: idempotency_key(&headers)?, actor: caller.name.clone() };
    let correction = correction_of(&request, amount, day);
    match correct_shipment(&app, &caller, write, correction).await? {
        Corrected::Done(left) => Ok(Json(left).into_response()),
        Corrected::Proposed(proposed) => Ok(proposed.into_response()),
    }
}

/// What came of a correction.
pub(crate) enum Corrected {
    /// It counts.
    Done(Left),
    /// It takes off what counts: done once another person confirms it.
    Proposed((StatusCode, Json<Proposed>)),
}

/// Puts right what was said of a shipment, or proposes it where it takes off what counts.
pub(crate) async fn correct_shipment(
    app: &Shared,
    caller: &Caller,
    write: LineWrite,
    correction: Correction,
) -> Result<Corrected, Problem> {
    let (order, line) = (write.order.clone(), write.line.to_string());
    let what = format!(
        "correct the shipment `{}` of {order}, line {line}, to {} TPP on {}: {}",
        correction.shipment,
        tpp(correction.amount_milli_tpp),
        correction.day,
        correction.reason
    );
    let id = proposal_id("correct", caller, &[&order, &line, &write.key]);
    let actors = app.gate.directory().actors();
    let plan = app.with_ledger(move |ledger| plan_correction(ledger, &write, correction, &actors)).await??;
    if !plan.takes_off {
        return Ok(Corrected::Done(apply(app, &caller.name, plan.command).await?));
    }
    let entries = vec![ProposedEntry::Command(plan.command.command)];
    let proposal = Proposal { what, beneficiary: None, entries };
    Ok(Corrected::Proposed(propose(app, caller, id, proposal).await?))
}

fn correction_of(request: &CorrectRequest, amount_milli_tpp: i64, day: Date) -> Correction {
    let (shipment, by, reason) = (request.shipment.clone(), request.by.clone(), request.reason.clone());
    Correction { shipment, by, posting: None, amount_milli_tpp, day, reason }
}

/// A line as it stands, with the decision as it was made.
#[utoipa::path(
    get, path = "/v1/orders/{order}/lines/{line}", tag = "orders",
    params(LineAddress),
    responses((status = 200, description = "the line", body = OnRecord), Refusals),
)]
pub(crate) async fn read(
    State(app): State<Shared>,
    caller: Caller,
    Path(LineAddress { order, line }): Path<LineAddress>,
) -> Result<Json<OnRecord>, Problem> {
    caller.may(Right::Read)?;
    let line = line_id(&order, line);
    let LineOnRecord { line: standing, left, released } =
        app.with_ledger(move |ledger| line_on_record(ledger, &line)).await??;
    let body = standing.record.parse().map_err(|what| unavailable(&what))?;
    let released = released.as_ref().and_then(|record| record.parse().ok());
    let released = released.map(|body| {
        let data: Value = serde_json::from_str(body.data.get()).unwrap_or(Value::Null);
        json!({ "by": body.actor, "at": body.at_ms, "reason": data.get("reason") })
    });
    let record = json!({ "seq": body.seq, "at": body.at_ms, "actor": body.actor, "hash": hex(&standing.record.hash) });
    Ok(Json(OnRecord {
        order: standing.decision.order.clone(),
        decision: standing.decision.decision.clone(),
        revision: standing.revision,
        reservation: left.map(|(id, left)| Left {
            reservation: id,
            left_tpp: tpp(left.left_milli_tpp),
            open: left.open,
        }),
        held: standing.decision.held.clone(),
        released,
        record,
    }))
}

/// So many of the lines that wait for a second person, the latest first.
pub(crate) async fn held(app: &Shared, most: usize) -> Result<Vec<HeldLine>, Problem> {
    loop {
        let service = Arc::clone(app);
        let found = app.with_ledger(move |ledger| {
            let mut queue = service.held.lock().unwrap_or_else(PoisonError::into_inner);
            if queue.read_on(ledger)? { queue.held_lines(ledger, most).map(Some) } else { Ok(None) }
        });
        if let Some(held) = found.await?? {
            return Ok(held);
        }
    }
}
