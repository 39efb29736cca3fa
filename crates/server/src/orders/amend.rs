//! `POST …/amend`: a line decided anew.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tollgate_desk::{Answer, DeskError, Order, OrderRequest, check, plan_amendment};
use tollgate_ledger::Status;
use utoipa::ToSchema;

use super::super::Shared;
use super::super::access::{Caller, Right};
use super::super::problem::{Problem, Refusals};
use super::decide::TRIES;
use super::{LineAddress, WriteKey, bad_json, idempotency_key, unusable};

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
    request: Result<Json<AmendRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<Answer>), Problem> {
    caller.may(Right::Record)?;
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    check(&request.order)?;
    if request.order.order_id != order || request.order.line.unwrap_or(1) != line {
        return Err(unusable("`order` names another line than the address", "give both the same order_id and line"));
    }
    let request = Order { key: idempotency_key(&headers)?, order: request.order, hold: request.hold };
    let (answer, repeated) = amend_order(&app, &caller.name, request).await?;
    Ok((if repeated { StatusCode::OK } else { StatusCode::CREATED }, Json(answer)))
}

/// Decides a line on record anew and puts what it sets aside in the place of what was set aside before. Said again it is done once; the answer then
/// is the same, and `true`.
pub(crate) async fn amend_order(app: &Shared, actor: &str, request: Order) -> Result<(Answer, bool), Problem> {
    check(&request.order)?;
    for _ in 0..TRIES {
        let (desk, name, order) = (Arc::clone(&app.desk), actor.to_owned(), request.clone());
        let time = app.time()?;
        let plan = app.with_ledger(move |ledger| plan_amendment(&desk, ledger, &name, &order, time));
        let mut plan = plan.await??;
        let applied = app.record(std::mem::take(&mut plan.entries)).await?;
        let repeated = plan.repeated;
        match plan.conclude(&applied) {
            // Another amendment came in between: this one is made on top of it, or was made by the same request.
            Err(DeskError::Refused(Status::IdTaken)) => {}
            result => return Ok((result?, repeated)),
        }
    }
    Err(unusable("the line was amended by others all the while", "read it, and amend it as it stands now"))
}
