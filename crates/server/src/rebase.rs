//! A policy that was changed midway: the accounts get the limits that it gives them from a day on.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tollgate_ledger::{AccountKey, Command, Entry, Ledger, Period};
use tollgate_model::{Date, Tpp};
use utoipa::ToSchema;

use super::access::{Caller, Right};
use super::orders::{Decision, WriteKey, bad_json, day, idempotency_key, limit_command, tpp, unavailable};
use super::problem::{Problem, Refusals};
use super::request::OrderRequest;
use super::{App, Shared, note};
use tollgate_ledger::AnyLog;

/// Records that are read together.
const PAGE: usize = 10_000;

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
    asked: Result<Json<RebaseRequest>, JsonRejection>,
) -> Result<Json<Vec<Change>>, Problem> {
    caller.may(Right::Record)?;
    let Json(asked) = asked.map_err(|error| bad_json(&error))?;
    let from = day("from", &asked.from)?;
    let key = idempotency_key(&headers)?;
    let desk = Arc::clone(&app);
    let changes = app.with_ledger(move |ledger| changes(&desk, ledger, from)).await??;
    let told = |(command, old): &(Command, Option<i64>), breach: Option<Value>| {
        let Command::Limit { account, from, amount, .. } = command else { return None };
        Some(Change {
            account: account.clone(),
            from: from.to_string(),
            old_limit_tpp: old.map(tpp),
            new_limit_tpp: amount.map(tpp),
            breach,
        })
    };
    if asked.trial || changes.is_empty() {
        return Ok(Json(changes.iter().filter_map(|change| told(change, None)).collect()));
    }
    let data = serde_json::json!({ "policy": app.policy.name, "law": app.policy.digest, "from": from.to_string(), "limits": changes.len() });
    let mut entries = vec![note("policy", &caller.name, &format!("rebase:{key}"), &data)?];
    let command = |command: &Command| Entry::Command { actor: caller.name.clone(), command: command.clone() };
    entries.extend(changes.iter().map(|(limit, _)| command(limit)));
    let applied = app.record(entries).await?;
    let breach = |place: usize| {
        let found = applied.get(place + 1)?.breaches.first()?.breach.as_ref()?;
        Some(
            serde_json::json!({ "day": found.day.to_string(), "used_tpp": tpp(found.used), "limit_tpp": tpp(found.limit) }),
        )
    };
    Ok(Json(changes.iter().enumerate().filter_map(|(place, change)| told(change, breach(place))).collect()))
}

/// The limits that differ, each with the one that stands; what an account is limited to is read off the last order that was charged to it.
fn changes(app: &App, ledger: &mut Ledger<AnyLog>, from: Date) -> Result<Vec<(Command, Option<i64>)>, Problem> {
    let orders = last_orders(ledger)?;
    let mut changes = Vec::new();
    for (key, order) in orders {
        let Some(begin) = first_day(key.period, from) else { continue };
        let mut line = order.line().map_err(|(what, _)| unavailable(&what))?;
        // A limit that was set for a later day would come back on it.
        let later = ledger.state().limit_days(&key).filter(|day| *day > begin);
        let days: Vec<Date> = std::iter::once(begin).chain(later).collect();
        for day in days {
            line.date = day;
            let found = app.desk(ledger)?.decider.limits_for(&line).map_err(|error| unavailable(&error.what))?;
            let own = found.into_iter().find(|(own, _)| *own == key);
            let limit = own.and_then(|(_, limit)| limit).map(Tpp::thousandths);
            let Some(view) = ledger.state().account(&key, day) else { continue };
            if view.limit != limit {
                changes.push((limit_command(&key, day, limit, &app.policy.name), view.limit));
            }
        }
    }
    Ok(changes)
}

/// The first day of a period that a new limit touches; nothing where the period is over.
fn first_day(period: Period, from: Date) -> Option<Date> {
    let year = match period {
        Period::All => return Some(from),
        Period::Year(year) | Period::Quarter(year, _) => year,
    };
    if period.contains(from) {
        return Some(from);
    }
    let quarter = if let Period::Quarter(_, quarter) = period { quarter } else { 1 };
    Date::from_ymd(year, quarter.saturating_sub(1) * 3 + 1, 1).filter(|begin| *begin > from)
}

fn last_orders(ledger: &mut Ledger<AnyLog>) -> Result<BTreeMap<AccountKey, OrderRequest>, Problem> {
    let mut last = BTreeMap::new();
    let (mut after, end) = (0, ledger.head().seq);
    while after < end {
        let page = ledger.page(after, PAGE, &mut |record| {
            after = record.seq;
            let Ok(body) = record.parse() else { return };
            if body.kind != "decision" {
                return;
            }
            let Ok(decision) = serde_json::from_str::<Decision>(body.data.get()) else { return };
            if let Some(Command::Reserve { accounts, .. } | Command::Amend { accounts, .. }) = decision.reserve {
                last.extend(accounts.into_iter().map(|key| (key, decision.order.clone())));
            }
        });
        page.map_err(|error| unavailable(&error.to_string()))?;
    }
    // What is counted without a ceiling on purpose has no limit to change.
    last.retain(|key, _| key.rule != "license" && key.rule != "uveu");
    Ok(last)
}
