//! `POST /v1/orders`: decided for trial, or for good.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tollgate_desk::{Answer, DeskError, Order, OrderRequest, check, line_id, plan_reservation, propose};
use tollgate_ledger::Status;
use utoipa::ToSchema;

use super::super::Shared;
use super::super::access::{Caller, Right};
use super::super::problem::{Problem, Refusals};
use super::{bad_json, idempotency_key};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecideRequest {
    order: OrderRequest,
    /// Whether the decision is recorded and what it charges is set aside; else nothing is recorded.
    #[serde(default)]
    reserve: bool,
    /// Whether a second person must release the line before anything ships.
    #[serde(default)]
    hold: bool,
}

/// Decides a line of an order; with `reserve`, records the decision and sets its TPP aside.
#[utoipa::path(
    post, path = "/v1/orders", tag = "orders", request_body = DecideRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "needed with `reserve`: a word for this write, the same when it is repeated", pattern = "^[!-~]{1,64}$")),
    responses(
        (status = 200, description = "decided for trial, or said again", body = Answer),
        (status = 201, description = "decided and recorded", body = Answer),
        Refusals,
    ),
)]
pub(crate) async fn decide(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    request: Result<Json<DecideRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<Answer>), Problem> {
    let Json(DecideRequest { order, reserve, hold }) = request.map_err(|error| bad_json(&error))?;
    caller.may(if reserve { Right::Record } else { Right::Try })?;
    if !reserve {
        return try_order(&app, order).await.map(|answer| (StatusCode::OK, Json(answer)));
    }
    let order = Order { key: idempotency_key(&headers)?, order, hold };
    let (answer, replayed) = record_order(&app, &caller.name, order).await?;
    Ok((if replayed { StatusCode::OK } else { StatusCode::CREATED }, Json(answer)))
}

/// Decides a line; nothing is recorded.
pub(crate) async fn try_order(app: &Shared, order: OrderRequest) -> Result<Answer, Problem> {
    check(&order)?;
    let desk = Arc::clone(&app.desk);
    let time = app.time()?;
    let trial = Order { key: String::new(), order, hold: false };
    let decision = app.with_ledger(move |ledger| propose(&desk, ledger, &trial, None, time)).await??;
    Ok(Answer { decision: decision.decision, reservation: None, held: decision.held })
}

/// Tries of an order that another request of the same line came before: the next one finds what that one recorded.
pub(super) const TRIES: u32 = 3;

/// Decides a line, records that, and sets its TPP aside. Said again it is done once; the answer then is the same, and `true`.
pub(crate) async fn record_order(app: &Shared, actor: &str, order: Order) -> Result<(Answer, bool), Problem> {
    let line = line_id(&order.order.order_id, order.order.line.unwrap_or(1));
    for _ in 0..TRIES {
        let (desk, name, request) = (Arc::clone(&app.desk), actor.to_owned(), order.clone());
        let time = app.time()?;
        let plan = app.with_ledger(move |ledger| plan_reservation(&desk, ledger, &name, &request, time));
        let mut plan = plan.await??;
        let applied = app.record(std::mem::take(&mut plan.entries)).await?;
        let repeated = plan.repeated;
        match plan.conclude(&applied) {
            // Another request for the line came in between: what it recorded is the answer, or the reason of the refusal.
            Err(DeskError::Refused(Status::IdTaken)) => {}
            result => return Ok((result?, repeated)),
        }
    }
    Err(DeskError::AlreadyDecided(line).into())
}
