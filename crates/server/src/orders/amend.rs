use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tollgate_ledger::{Ledger, Status};
use utoipa::ToSchema;

use super::super::Shared;
use super::super::access::{Caller, Right};
use super::super::problem::{Problem, Refusals};
use super::super::request::OrderRequest;
use super::decide::{Order, check, made, standing_of};
use super::{
    Answer, Decision, LineAddress, WriteKey, bad_json, entries, idempotency_key, line_id, noted, refused, reserved,
    revision_id, unusable,
};
use tollgate_ledger::AnyLog;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AmendRequest {
    /// The whole line as it is to be; its id and line must be those of the address.
    order: OrderRequest,
    /// Whether a second person must release the line before anything ships.
    #[serde(default)]
    hold: bool,
}

/// Decides a line anew and puts what it sets aside in the place of what was set aside before: both at once, or neither.
#[utoipa::path(
    post, path = "/v1/orders/{order}/lines/{line}/amend", tag = "orders", request_body = AmendRequest,
    params(LineAddress, WriteKey),
    responses(
        (status = 200, description = "said again", body = Answer),
        (status = 201, description = "amended and recorded", body = Answer),
        Refusals,
    ),
)]
pub(crate) async fn amend(
    State(app): State<Shared>,
    caller: Caller,
    Path(LineAddress { order, line }): Path<LineAddress>,
    headers: HeaderMap,
    asked: Result<Json<AmendRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<Answer>), Problem> {
    caller.may(Right::Record)?;
    let Json(asked) = asked.map_err(|error| bad_json(&error))?;
    check(&asked.order)?;
    if asked.order.order_id != order || asked.order.line.unwrap_or(1) != line {
        return Err(unusable("`order` names another line than the address", "give both the same order_id and line"));
    }
    let asked = Order { key: idempotency_key(&headers)?, order: asked.order, hold: asked.hold };
    let (desk, id) = (Arc::clone(&app), line_id(&order, line));
    let work = move |ledger: &mut Ledger<AnyLog>| {
        let standing = standing_of(ledger, &id)?;
        if let Some((decision, note)) = said_before(ledger, &id, standing.decided, &asked)? {
            return Ok((decision, note, true));
        }
        // Of what has gone, or was given up, nothing can be amended.
        let closed = standing.reservation().and_then(|id| ledger.state().reservation(id));
        if closed.is_some_and(|left| !left.open || left.begun) {
            return Err(refused(Status::ReservationClosed));
        }
        let decision = made(&desk, ledger, &asked, Some(&standing))?;
        Ok((decision, format!("decision:{}", revision_id(&id, standing.decided + 1)), false))
    };
    let (decision, note, replayed) = app.with_ledger(work).await??;
    let applied = app.record(entries(&caller.name, &note, &decision)?).await?;
    let reservation = reserved(&decision, &applied)?;
    let answer = Answer { decision: decision.decision, reservation, held: decision.held };
    Ok((if replayed { StatusCode::OK } else { StatusCode::CREATED }, Json(answer)))
}

/// The decision that the same request led to before.
fn said_before(
    ledger: &mut Ledger<AnyLog>,
    line: &str,
    decided: u32,
    asked: &Order,
) -> Result<Option<(Decision, String)>, Problem> {
    for revision in 2..=decided {
        let note = format!("decision:{}", revision_id(line, revision));
        let known = noted(ledger, &note)?.filter(|(decision, _)| decision.idempotency_key == asked.key);
        match known {
            Some((decision, _)) if decision.request == asked.digest() => return Ok(Some((decision, note))),
            Some(_) => return Err(refused(Status::IdTaken)),
            None => {}
        }
    }
    Ok(None)
}
