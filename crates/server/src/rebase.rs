//! A policy that was changed midway: the accounts get the limits that it gives them from a day on.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tollgate_desk::{LimitChange, limit_changes, scoped_id, tpp};
use tollgate_ledger::{AccountKey, Command, Entry, Record, Status};
use tollgate_model::Date;
use utoipa::ToSchema;

use super::access::{Caller, Right};
use super::orders::{WriteKey, bad_json, day, idempotency_key, refused, unavailable};
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

/// The limits that change. The whole log is read for it, beside the ledger: what is recorded does not wait for it.
async fn changes_beside(app: &Shared, from: Date) -> Result<Vec<LimitChange>, Problem> {
    let service = Arc::clone(app);
    let look = move || service.snapshots.look(|ledger| limit_changes(&service.desk, ledger, from));
    let changes = tokio::task::spawn_blocking(look).await.map_err(|error| unavailable(&error.to_string()))?;
    Ok(changes.map_err(|what| unavailable(&what))??)
}

/// Whether a record says that limits hold from a day on.
fn is_from(record: &Record, from: &str) -> bool {
    let said = record.parse().ok().and_then(|body| serde_json::from_str::<Value>(body.data.get()).ok());
    said.is_some_and(|said| said.get("from").and_then(Value::as_str) == Some(from))
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
    let id = scoped_id("rebase", &caller.name, &[&key]);
    let known = id.clone();
    let said = app.with_ledger(move |ledger| ledger.note_record(&known)).await?;
    let said = said.map_err(|error| unavailable(&error.to_string()))?;
    // The same word for another day would change limits without a record that says why.
    if !request.trial && said.is_some_and(|record| !is_from(&record, &request.from)) {
        return Err(refused(Status::IdTaken));
    }
    let changes = changes_beside(&app, from).await?;
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
    let mut entries = vec![note("policy", &caller.name, &id, &data)?];
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
