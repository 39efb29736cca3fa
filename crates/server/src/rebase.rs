//! A policy that was changed midway: the accounts get the limits that it gives them from a day on.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tollgate_desk::{LimitChange, limit_changes, scoped_id, tpp};
use tollgate_ledger::{AccountKey, Command, Entry};
use utoipa::ToSchema;

use super::access::{Caller, Right};
use super::orders::{WriteKey, bad_json, day, idempotency_key};
use super::problem::{Problem, Refusals};
use super::{Shared, note};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RebaseRequest {
    /// The day from which the limits of the policy that the service runs under hold.
    #[schema(format = Date)]
    from: String,
    /// Whether what would change is only told.
    #[serde(default)]
    trial: bool,
}

/// A limit that changes.
#[derive(Serialize, ToSchema)]
pub(super) struct Change {
    /// The account.
    #[schema(value_type = Object)]
    account: AccountKey,
    #[schema(format = Date)]
    from: String,
    /// Exact, as a decimal number; nothing where there was no ceiling.
    old_limit_tpp: Option<String>,
    new_limit_tpp: Option<String>,
    /// Where the past stands over a limit since: the first such day and what had been posted by then.
    #[schema(value_type = Option<Object>)]
    breach: Option<Value>,
}

/// Gives every account the limit that the policy has for it from a day on. What was lawfully posted stays.
#[utoipa::path(
    post, path = "/v1/allocations/rebase", tag = "allocations", request_body = RebaseRequest, params(WriteKey),
    responses((status = 200, description = "the limits that change, none where all stand as the policy has them", body = Vec<Change>), Refusals),
)]
pub(super) async fn rebase(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    request: Result<Json<RebaseRequest>, JsonRejection>,
) -> Result<Json<Vec<Change>>, Problem> {
    caller.may(Right::Record)?;
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    let from = day("from", &request.from)?;
    let key = idempotency_key(&headers)?;
    let desk = Arc::clone(&app.desk);
    let changes = app.with_ledger(move |ledger| limit_changes(&desk, ledger, from)).await??;
    let described = |change: &LimitChange, breach: Option<Value>| {
        let Command::Limit { account, from, amount_milli_tpp: amount, .. } = &change.command else { return None };
        Some(Change {
            account: account.clone(),
            from: from.to_string(),
            old_limit_tpp: change.old_limit_milli_tpp.map(tpp),
            new_limit_tpp: amount.map(tpp),
            breach,
        })
    };
    if request.trial || changes.is_empty() {
        return Ok(Json(changes.iter().filter_map(|change| described(change, None)).collect()));
    }
    let data = serde_json::json!({ "policy": app.desk.policy.name, "law": app.desk.policy.digest, "from": from.to_string(), "limits": changes.len() });
    let mut entries = vec![note("policy", &caller.name, &scoped_id("rebase", &caller.name, &[&key]), &data)?];
    let command = |command: &Command| Entry::Command { actor: caller.name.clone(), command: command.clone() };
    entries.extend(changes.iter().map(|change| command(&change.command)));
    let applied = app.record(entries).await?;
    let breach = |place: usize| {
        let found = applied.get(place + 1)?.breaches.first()?.breach.as_ref()?;
        Some(
            serde_json::json!({ "day": found.day.to_string(), "used_tpp": tpp(found.used_milli_tpp), "limit_tpp": tpp(found.limit_milli_tpp) }),
        )
    };
    Ok(Json(changes.iter().enumerate().filter_map(|(place, change)| described(change, breach(place))).collect()))
}
