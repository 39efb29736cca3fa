//! What is put right in the accounts by hand: shipments before Tollgate, and who is found to be one group.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tollgate_ledger::{AccountKey, Command};
use utoipa::ToSchema;

use super::Shared;
use super::access::{Caller, Right};
use super::orders::{WriteKey, bad_json, day, idempotency_key, unusable};
use super::problem::{Problem, Refusals};
use tollgate_desk::{limit_command, thousandths};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AdjustRequest {
    /// The name that the law's file gives the account, such as `lpp`.
    rule: String,
    /// The party, or the country where the account is a country's.
    holder: String,
    /// The country, where a party has an account for each.
    country: Option<String>,
    /// `all`, a year such as 2026, or a quarter such as 2026Q3.
    #[schema(pattern = "^(all|[0-9]{4}(Q[1-4])?)$")]
    period: String,
    /// Whole TPP, negative to take off.
    tpp: i64,
    /// The day on which it counts.
    #[schema(format = Date)]
    date: String,
    /// Why, for those who read the log.
    #[schema(min_length = 1, max_length = 256)]
    reason: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupRequest {
    /// Who.
    holder: String,
    /// Whose accounts count from now on.
    into: String,
    /// The day from which they count as one.
    #[schema(format = Date)]
    from: String,
    /// Why, for those who read the log.
    #[schema(min_length = 1, max_length = 256)]
    reason: String,
}

/// Adds to an account, or takes off it, what no reservation led to.
#[utoipa::path(
    post, path = "/v1/allocations/adjustments", tag = "allocations", request_body = AdjustRequest, params(WriteKey),
    responses((status = 204, description = "counted"), Refusals),
)]
pub(super) async fn adjust(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    asked: Result<Json<AdjustRequest>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    caller.may(Right::Record)?;
    let Json(asked) = asked.map_err(|error| bad_json(&error))?;
    let id = format!("adjust:{}", idempotency_key(&headers)?);
    let period =
        asked.period.parse().map_err(|what: tollgate_model::BadPeriod| unusable(&what.to_string(), "write it so"))?;
    let account = AccountKey { rule: asked.rule, holder: asked.holder, country: asked.country, period };
    let (amount, day) = (thousandths(asked.tpp)?, day("date", &asked.date)?);
    // An installed base may be told before anything was sent.
    let unknown = account.rule == "uveu" && {
        let key = account.clone();
        app.with_ledger(move |ledger| ledger.state().account(&key, day).is_none()).await?
    };
    if unknown {
        app.command(&caller.name, limit_command(&account, day, None, &app.desk.policy.name)).await?;
    }
    app.command(&caller.name, Command::Adjust { id, account, amount_milli_tpp: amount, day, reason: asked.reason })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Counts a holder as another one from a day on: they have been found to be one group. Where their past now stands over a limit, a breach says so.
#[utoipa::path(
    post, path = "/v1/allocations/groups", tag = "allocations", request_body = GroupRequest, params(WriteKey),
    responses((status = 204, description = "counted as one"), Refusals),
)]
pub(super) async fn group(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    asked: Result<Json<GroupRequest>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    caller.may(Right::Record)?;
    let Json(asked) = asked.map_err(|error| bad_json(&error))?;
    let id = format!("group:{}", idempotency_key(&headers)?);
    let from = day("from", &asked.from)?;
    let command = Command::Group { id, holder: asked.holder, into: asked.into, from, reason: asked.reason };
    app.command(&caller.name, command).await?;
    Ok(StatusCode::NO_CONTENT)
}
