use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tollgate_law::facts;
use tollgate_ledger::{AccountKey, Command, Ledger};
use tollgate_model::{Date, OrderLine, Outcome, Tpp};
use utoipa::ToSchema;

use super::super::access::{Caller, Right};
use super::super::problem::{Problem, Refusals};
use super::super::request::OrderRequest;
use super::super::{App, Shared, sha256};
use super::{
    Answer, Decision, HOLD, Standing, bad_json, entries, idempotency_key, limit_command, line_id, raw, reserved,
    revision_id, standing, unusable,
};
use crate::now;
use tollgate_decide::{Decided, Tables, roles};
use tollgate_ledger::AnyLog;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecideRequest)]
pub(crate) struct Asked {
    order: OrderRequest,
    /// Whether the decision is recorded and what it charges is set aside; else nothing is recorded.
    #[serde(default)]
    reserve: bool,
    /// Whether a second person must release the line before anything ships.
    #[serde(default)]
    hold: bool,
}

/// An order that is to be decided for good.
#[derive(Clone)]
pub(crate) struct Order {
    pub(crate) key: String,
    pub(crate) order: OrderRequest,
    pub(crate) hold: bool,
}

impl Order {
    /// SHA-256 of what is asked.
    pub(super) fn digest(&self) -> String {
        let asked = serde_json::to_string(&(&self.order, self.hold)).unwrap_or_default();
        sha256(&asked)
    }
}

/// Decides a line of an order; with `reserve`, records the decision and sets its TPP aside.
#[utoipa::path(
    post, path = "/v1/orders", tag = "orders", request_body = Asked,
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
    asked: Result<Json<Asked>, JsonRejection>,
) -> Result<(StatusCode, Json<Answer>), Problem> {
    let Json(Asked { order, reserve, hold }) = asked.map_err(|error| bad_json(&error))?;
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
    let desk = Arc::clone(app);
    let trial = Order { key: String::new(), order, hold: false };
    let decision = app.with_ledger(move |ledger| made(&desk, ledger, &trial, None)).await??;
    Ok(Answer { decision: decision.decision, reservation: None, held: decision.held })
}

/// Decides a line, records that, and sets its TPP aside. Said again it is done once; the answer then is the same, and `true`.
pub(crate) async fn record_order(app: &Shared, actor: &str, order: Order) -> Result<(Answer, bool), Problem> {
    check(&order.order)?;
    let id = line_id(&order.order.order_id, order.order.line.unwrap_or(1));
    let note_id = format!("decision:{id}");
    let (desk, lookup) = (Arc::clone(app), note_id.clone());
    let (key, digest) = (order.key.clone(), order.digest());
    let known_or_new = move |ledger: &mut Ledger<AnyLog>| match super::noted(ledger, &lookup)? {
        Some((decision, _)) => Ok((decision, true)),
        None => made(&desk, ledger, &order, None).map(|decision| (decision, false)),
    };
    let (decision, replayed) = app.with_ledger(known_or_new).await??;
    if decision.idempotency_key != key || decision.request != digest {
        let mend = "read it with GET, amend it, or give the new order another id";
        let what = format!("line {id} was decided already, by another request");
        return Err(Problem::new(StatusCode::CONFLICT, "already_decided", what, mend));
    }
    let applied = app.record(entries(actor, &note_id, &decision)?).await?;
    let reservation = reserved(&decision, &applied)?;
    Ok((Answer { decision: decision.decision, reservation, held: decision.held }, replayed))
}

/// Says what is wrong with an order before anything else is done.
pub(super) fn check(order: &OrderRequest) -> Result<(), Problem> {
    order.line().map(|_| ()).map_err(|(what, mend)| unusable(&what, mend))
}

/// Decides a line on top of what the ledger holds; what an earlier decision of the line set aside counts as free.
pub(super) fn made(
    app: &App,
    ledger: &Ledger<AnyLog>,
    asked: &Order,
    earlier: Option<&Standing>,
) -> Result<Decision, Problem> {
    let line = asked.order.line().map_err(|(what, mend)| unusable(&what, mend))?;
    let state = ledger.state();
    let freed = |key: &AccountKey| {
        earlier.and_then(Standing::reservation).map_or(0, |id| state.reserved_in(id, key, line.date))
    };
    let used = |key: &AccountKey| {
        let held = state.account(key, line.date).map_or(0, |view| view.posted + view.reserved);
        Tpp::from_thousandths((held - freed(key)).max(0))
    };
    let mut desk = app.desk(ledger)?;
    let tables = Arc::clone(&desk.tables);
    let decider = &mut desk.decider;
    let decided = decider.decide_on(&line, &used).map_err(|error| unusable(&error.what, &error.mend))?;
    let outcome = decided.determination().label.outcome;
    let amount = decided.line.tpp.map_or(0, Tpp::thousandths);
    if amount > tollgate_ledger::LARGEST {
        return Err(unusable("the line comes to more TPP than can be counted", "check the quantity and the item"));
    }
    let decision = raw(&tollgate_decide::decision_json(&line, &decided, &app.policy, &tables))?;
    let license = license(&line).filter(|_| outcome == Outcome::LicenseRequired);
    let goes = license.is_some() || matches!(outcome, Outcome::NoLicenseRequired | Outcome::LicenseException);
    let held = if goes { reasons_to_hold(&tables, &line, &decided, license, asked.hold) } else { Vec::new() };
    let exception = decided.exception().map(|exception| exception.id.clone());
    let mut charges = decider.charges();
    drop(desk);
    charges.extend(counted_besides(&line, license, exception.as_deref()).map(|key| (key, None)));
    let known = |key: &AccountKey, date: Date| state.account(key, date).filter(|view| !view.provision.is_empty());
    let limits = charges.iter().map(|(key, limit)| (key, limit.map(Tpp::thousandths)));
    let limits = limits.filter(|(key, limit)| known(key, line.date).is_none_or(|view| view.limit != *limit));
    let limits: Vec<Command> =
        limits.map(|(key, limit)| limit_command(key, line.date, limit, &app.policy.name)).collect();
    let accounts: Vec<AccountKey> = charges.into_iter().map(|(key, _)| key).collect();
    let counted = goes && amount > 0 && !accounts.is_empty();
    let reserve = command(&line, earlier, counted.then_some((accounts, amount)));
    Ok(Decision {
        idempotency_key: asked.key.clone(),
        request: asked.digest(),
        order: asked.order.clone(),
        decision,
        held,
        limits,
        reserve,
    })
}

/// What the ledger is asked to do for a decision: set aside, put in the place of what was set aside before, or give that up.
fn command(
    line: &OrderLine<'_>,
    earlier: Option<&Standing>,
    charge: Option<(Vec<AccountKey>, i64)>,
) -> Option<Command> {
    let id = revision_id(&line_id(line.order_id, line.line), earlier.map_or(1, |earlier| earlier.decided + 1));
    let (day, expires_at) = (line.date, now() + HOLD);
    match (earlier.and_then(Standing::reservation).map(str::to_owned), charge) {
        (None, None) => None,
        (None, Some((accounts, amount))) => Some(Command::Reserve { id, accounts, amount, day, expires_at }),
        (Some(reservation), Some((accounts, amount))) => {
            Some(Command::Amend { id, reservation, accounts, amount, day, expires_at })
        }
        (Some(reservation), None) => {
            Some(Command::Void { id: format!("void:{id}"), reservation, reason: "amended".to_owned() })
        }
    }
}

/// The number of the license that the line claims.
fn license<'a>(line: &OrderLine<'a>) -> Option<&'a str> {
    line.authorization.filter(|claim| !facts::CLAIMS.contains(claim) && !claim.is_empty())
}

/// Accounts that are counted without a ceiling beside those of the law's files: what has gone under a license, and the installed base of a
/// universal validated end-user by country, of which the ratios are taken on the reporting dates.
fn counted_besides<'a>(
    line: &'a OrderLine<'_>,
    license: Option<&'a str>,
    exception: Option<&'a str>,
) -> impl Iterator<Item = AccountKey> {
    let key = |rule: &str, holder: &str, country: Option<String>| AccountKey {
        rule: rule.to_owned(),
        holder: holder.to_owned(),
        country,
        period: tollgate_ledger::Period::All,
    };
    let licensed = license.map(|number| key("license", number, None));
    let base = exception.filter(|id| *id == "UVEU");
    licensed.into_iter().chain(base.map(|_| key("uveu", line.ultimate_consignee, Some(line.destination.to_string()))))
}

/// Why somebody else must look at a line that may go before it does.
fn reasons_to_hold(
    tables: &Tables,
    line: &OrderLine<'_>,
    decided: &Decided<'_>,
    license: Option<&str>,
    asked: bool,
) -> Vec<String> {
    let mut reasons = Vec::new();
    if asked {
        reasons.push("whoever entered it asked for a second look".to_owned());
    }
    if let Some(license) = license {
        reasons.push(format!("goes under license {license}: compare it with what was granted"));
    }
    if decided.claimed_ok == Some(false) {
        reasons.push("the claimed authorization does not hold".to_owned());
    }
    reasons.extend(decided.red_flags().map(|rule| format!("{} ({})", rule.step.rule, rule.step.cite)));
    for (role, party) in roles(line) {
        for hit in tables.screened.hits(party).iter().filter(|hit| hit.stands(line.date)) {
            reasons.push(format!("{role} {party} matches `{}` on {}", hit.name, hit.list));
        }
    }
    reasons
}

/// The line as it stands, or that there is none.
pub(super) fn standing_of(ledger: &mut Ledger<AnyLog>, line: &str) -> Result<Standing, Problem> {
    standing(ledger, line)?.ok_or_else(super::unknown_order)
}
