//! What is put right in the accounts by hand: shipments before Tollgate, and who is found to be one group.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use tollgate_ledger::{AccountKey, AccountKind, Command};
use utoipa::ToSchema;

use super::Shared;
use super::access::{Caller, Right};
use super::orders::{WriteKey, bad_json, day, idempotency_key, unusable};
use super::problem::{Problem, Refusals};
use super::proposals::{Proposed, proposal_id, propose};
use tollgate_desk::{Proposal, ProposedEntry, limit_command, scoped_id, scoped_or_earlier_id, thousandths};

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

/// Adds to an account what no reservation led to; what is taken off it is done once another person confirms it.
#[utoipa::path(
    post, path = "/v1/allocations/adjustments", tag = "allocations", request_body = AdjustRequest, params(WriteKey),
    responses(
        (status = 204, description = "counted"),
        (status = 202, description = "it takes off what counts: done once another person confirms it", body = Proposed),
        Refusals,
    ),
)]
pub(super) async fn adjust(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    request: Result<Json<AdjustRequest>, JsonRejection>,
) -> Result<Response, Problem> {
    caller.may(Right::Record)?;
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    let key = idempotency_key(&headers)?;
    let period =
        request.period.parse().map_err(|what: tollgate_model::BadPeriod| unusable(&what.to_string(), "write it so"))?;
    let account = AccountKey { rule: request.rule, holder: request.holder, country: request.country, period };
    let (amount, day) = (thousandths(request.tpp)?, day("date", &request.date)?);
    let id = own_id(&app, "adjust", &caller, &key).await?;
    // An installed base may be told before anything was sent.
    let unknown = account.kind() == Some(AccountKind::Uveu) && {
        let key = account.clone();
        app.with_ledger(move |ledger| ledger.state().account(&key, day).is_none()).await?
    };
    let limit = unknown.then(|| limit_command(&account, day, None, &app.desk.policy.name));
    let what = format!(
        "take {} TPP off {} of {}: {}",
        request.tpp.unsigned_abs(),
        account.rule,
        account.holder,
        request.reason
    );
    let command = Command::Adjust { id, account, amount_milli_tpp: amount, day, reason: request.reason };
    let commands = limit.into_iter().chain([command]);
    if amount < 0 {
        let entries = commands.map(ProposedEntry::Command).collect();
        let proposal = Proposal { what, beneficiary: None, entries };
        let id = proposal_id("adjust", &caller, &[&key]);
        return Ok(propose(&app, &caller, id, proposal).await?.into_response());
    }
    for command in commands {
        app.command(&caller.name, command).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The id of a caller's write of a kind.
async fn own_id(app: &Shared, kind: &'static str, caller: &Caller, key: &str) -> Result<String, Problem> {
    let (scoped, earlier) = (scoped_id(kind, &caller.name, &[key]), format!("{kind}:{key}"));
    app.with_ledger(move |ledger| scoped_or_earlier_id(ledger, earlier, scoped)).await
}

/// Counts a holder as another one from a day on, once another person confirms it: they have been found to be one group. Where their past now stands over a limit, a breach says so.
#[utoipa::path(
    post, path = "/v1/allocations/groups", tag = "allocations", request_body = GroupRequest, params(WriteKey),
    responses((status = 202, description = "done once another person confirms it", body = Proposed), Refusals),
)]
pub(super) async fn group(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    request: Result<Json<GroupRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<Proposed>), Problem> {
    caller.may(Right::Record)?;
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    let key = idempotency_key(&headers)?;
    let from = day("from", &request.from)?;
    let id = own_id(&app, "group", &caller, &key).await?;
    let what = format!("count {} as {} from {from} on: {}", request.holder, request.into, request.reason);
    let command = Command::Group { id, holder: request.holder, into: request.into, from, reason: request.reason };
    let proposal = Proposal { what, beneficiary: None, entries: vec![ProposedEntry::Command(command)] };
    propose(&app, &caller, proposal_id("group", &caller, &[&key]), proposal).await
}
