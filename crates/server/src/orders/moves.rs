use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tollgate_ledger::{Command, Ledger, Status};
use tollgate_model::hex;
use utoipa::ToSchema;

use super::super::access::{Caller, Right};
use super::super::problem::{Problem, Refusals};
use super::super::request::OrderRequest;
use super::super::{Shared, note};
use super::decide::standing_of;
use super::{
    LineAddress, Standing, WriteKey, bad_json, day, idempotency_key, line_id, refused, thousandths, tpp, unavailable,
    unusable,
};
use tollgate_ledger::AnyLog;

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
    #[schema(value_type = Object)]
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

/// How a line stands, with the id of its reservation.
async fn reserved_line(app: &Shared, line: String) -> Result<(Standing, String, bool), Problem> {
    let (standing, released) = app
        .with_ledger(move |ledger| {
            let standing = standing_of(ledger, &line)?;
            let released = ledger.has_note(&release_id(&line, standing.revision));
            Ok::<_, Problem>((standing, released))
        })
        .await??;
    let id = standing.reservation().ok_or_else(|| refused(Status::UnknownReservation))?.to_owned();
    Ok((standing, id, released))
}

pub(super) fn release_id(line: &str, revision: u32) -> String {
    format!("release:{}", super::revision_id(line, revision))
}

async fn left(app: &Shared, reservation: String) -> Result<Left, Problem> {
    let id = reservation.clone();
    let left = app.with_ledger(move |ledger| ledger.state().reservation(&id)).await?;
    let left = left.ok_or_else(|| refused(Status::UnknownReservation))?;
    Ok(Left { reservation, left_tpp: tpp(left.left), open: left.open })
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
    asked: Result<Json<ShipRequest>, JsonRejection>,
) -> Result<Json<Left>, Problem> {
    caller.may(Right::Record)?;
    let Json(asked) = asked.map_err(|error| bad_json(&error))?;
    let day = day("date", &asked.date)?;
    let amount = asked.tpp.map(thousandths).transpose()?;
    if amount.is_some_and(|amount| amount <= 0) {
        return Err(unusable("`tpp` is not in range", "give whole TPP of 1 or more"));
    }
    let key = idempotency_key(&headers)?;
    let (standing, reservation, released) = reserved_line(&app, line_id(&order, line)).await?;
    if !standing.decision.held.is_empty() && !released {
        let what = format!("the line is held: {}", standing.decision.held.join("; "));
        let mend = "somebody else than who entered it must look at it, and release it with POST …/release";
        return Err(Problem::new(StatusCode::CONFLICT, "held", what, mend));
    }
    let last = asked.last || amount.is_none();
    let id = format!("ship:{reservation}:{key}");
    app.command(&caller.name, Command::Post { id, reservation: reservation.clone(), amount, day, last }).await?;
    left(&app, reservation).await.map(Json)
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
    asked: Result<Json<ReasonRequest>, JsonRejection>,
) -> Result<Json<Left>, Problem> {
    caller.may(Right::Record)?;
    let Json(asked) = asked.map_err(|error| bad_json(&error))?;
    let key = idempotency_key(&headers)?;
    let (_, reservation, _) = reserved_line(&app, line_id(&order, line)).await?;
    let id = format!("cancel:{reservation}:{key}");
    app.command(&caller.name, Command::Void { id, reservation: reservation.clone(), reason: asked.reason }).await?;
    left(&app, reservation).await.map(Json)
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
    asked: Result<Json<ReasonRequest>, JsonRejection>,
) -> Result<Json<Left>, Problem> {
    caller.may(Right::Record)?;
    let Json(asked) = asked.map_err(|error| bad_json(&error))?;
    let key = idempotency_key(&headers)?;
    let reservation = release_line(&app, &caller.name, &line_id(&order, line), (&key, &asked.reason)).await?;
    left(&app, reservation).await.map(Json)
}

/// Releases a line for somebody, and answers its reservation.
pub(crate) async fn release_line(
    app: &Shared,
    person: &str,
    id: &str,
    (key, reason): (&str, &str),
) -> Result<String, Problem> {
    let (standing, reservation, _) = reserved_line(app, id.to_owned()).await?;
    if standing.decision.held.is_empty() {
        let mend = "ship it: nothing stands in the way";
        return Err(Problem::new(StatusCode::CONFLICT, "not_held", "the line is not held", mend));
    }
    if standing.actors.iter().any(|actor| actor == person) {
        let mend = "ask another officer to look at it";
        let what = "whoever entered a line cannot release it";
        return Err(Problem::new(StatusCode::FORBIDDEN, "four_eyes", what, mend));
    }
    if reason.trim().is_empty() || reason.len() > 256 {
        return Err(unusable("`reason` is empty or longer than 256 bytes", "say why in a sentence"));
    }
    let data = json!({ "key": key, "reason": reason, "held": standing.decision.held });
    let id = release_id(id, standing.revision);
    match app.record(vec![note("release", person, &id, &data)?]).await?.first().map(|applied| applied.status) {
        Some(Status::Done) => Ok(reservation),
        Some(_) => {
            let mend = "ship it: nothing stands in the way";
            Err(Problem::new(StatusCode::CONFLICT, "released_already", "somebody released the line already", mend))
        }
        None => Err(unavailable("the ledger gave no answer")),
    }
}

/// Puts right what was said of a shipment. It counts even over a limit: a breach then says so.
#[utoipa::path(
    post, path = "/v1/orders/{order}/lines/{line}/correct", tag = "orders", request_body = CorrectRequest,
    params(LineAddress, WriteKey),
    responses((status = 200, description = "put right", body = Left), Refusals),
)]
pub(crate) async fn correct(
    State(app): State<Shared>,
    caller: Caller,
    Path(LineAddress { order, line }): Path<LineAddress>,
    headers: HeaderMap,
    asked: Result<Json<CorrectRequest>, JsonRejection>,
) -> Result<Json<Left>, Problem> {
    caller.may(Right::Record)?;
    let Json(asked) = asked.map_err(|error| bad_json(&error))?;
    let (day, amount) = (day("date", &asked.date)?, thousandths(asked.tpp)?);
    let key = idempotency_key(&headers)?;
    let (_, reservation, _) = reserved_line(&app, line_id(&order, line)).await?;
    let (id, posting) = (format!("correct:{reservation}:{key}"), format!("ship:{reservation}:{}", asked.shipment));
    app.command(&caller.name, Command::Correct { id, posting, amount, day, reason: asked.reason }).await?;
    left(&app, reservation).await.map(Json)
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
    let look = move |ledger: &mut Ledger<AnyLog>| {
        let standing = standing_of(ledger, &line)?;
        let left = standing.reservation().and_then(|id| Some((id.to_owned(), ledger.state().reservation(id)?)));
        let released = ledger.noted(&release_id(&line, standing.revision));
        Ok::<_, Problem>((standing, left, released.map_err(|error| unavailable(&error.to_string()))?))
    };
    let (standing, left, released) = app.with_ledger(look).await??;
    let body = standing.record.parse().map_err(|what| unavailable(&what))?;
    let released = released.as_ref().and_then(|record| record.parse().ok());
    let released = released.map(|body| {
        let data: Value = serde_json::from_str(body.data.get()).unwrap_or_default();
        json!({ "by": body.actor, "at": body.at, "reason": data.get("reason") })
    });
    let record = json!({ "seq": body.seq, "at": body.at, "actor": body.actor, "hash": hex(&standing.record.hash) });
    Ok(Json(OnRecord {
        order: standing.decision.order.clone(),
        decision: standing.decision.decision.clone(),
        revision: standing.revision,
        reservation: left.map(|(id, left)| Left { reservation: id, left_tpp: tpp(left.left), open: left.open }),
        held: standing.decision.held.clone(),
        released,
        record,
    }))
}
