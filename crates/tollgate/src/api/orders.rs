//! Orders: decided, reserved, shipped, canceled.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tollgate_ledger::{AccountKey, Applied, Command, Entry, Ledger, Record, Status};
use tollgate_model::{Date, Outcome, Tpp, hex};

use super::access::Right;
use super::problem::Problem;
use super::request::OrderRequest;
use super::{App, Shared};
use crate::service::{AnyLog, now};

/// How long a reservation holds, in milliseconds: thirty days.
const HOLD: i64 = 30 * 86_400_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    order: OrderRequest,
    /// Whether the decision is recorded and what it charges is set aside; else nothing is recorded.
    #[serde(default)]
    reserve: bool,
}

/// What a decision's record holds: what was asked, what came of it, and what the ledger was asked to do.
#[derive(Serialize, Deserialize)]
struct Decision {
    idempotency_key: String,
    /// SHA-256 of the order as it was asked.
    request: String,
    order: OrderRequest,
    decision: Value,
    /// Limits that the ledger did not know yet.
    limits: Vec<Command>,
    reserve: Option<Command>,
}

pub(super) async fn decide(
    State(app): State<Shared>,
    headers: HeaderMap,
    asked: Result<Json<Asked>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(Asked { order, reserve }) = asked.map_err(|error| bad_json(&error))?;
    let actor = app.admit(&headers, if reserve { Right::Record } else { Right::Try }).await?;
    order.line().map_err(|(what, mend)| unusable(&what, mend))?;
    let id = line_id(&order.order_id, order.line.unwrap_or(1));
    let note_id = format!("decision:{id}");
    let key = if reserve { idempotency_key(&headers)? } else { String::new() };
    let request = hex(&Sha256::digest(serde_json::to_vec(&order).unwrap_or_default()));
    let (desk, lookup, asked) = (app.clone(), note_id.clone(), (key.clone(), request.clone()));
    let known_or_new = move |ledger: &mut Ledger<AnyLog>| match reserve.then(|| noted(ledger, &lookup)).transpose()? {
        Some(Some((decision, _))) => Ok((decision, true)),
        _ => made(&desk, ledger, order, asked).map(|decision| (decision, false)),
    };
    let (decision, replayed) = app.with_ledger(known_or_new).await??;
    if !reserve {
        return Ok(Json(json!({ "decision": decision.decision, "reservation": null })).into_response());
    }
    if decision.idempotency_key != key || decision.request != request {
        let mend = "read it with GET, or give the new order another id";
        let what = format!("line {id} was decided already, by another request");
        return Err(Problem::new(StatusCode::CONFLICT, "already_decided", what, mend));
    }
    let applied = app.record(entries(&actor, &note_id, &decision)?).await?;
    // Another request for the same line may have come in between.
    if applied.get(decision.limits.len()).is_none_or(|note| note.status != Status::Done) {
        return Err(refused(Status::IdTaken));
    }
    let reservation = reservation(decision.reserve.as_ref(), &applied)?;
    let status = if replayed { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(json!({ "decision": decision.decision, "reservation": reservation }))).into_response())
}

/// A decision that is on record, and its record.
fn noted(ledger: &mut Ledger<AnyLog>, id: &str) -> Result<Option<(Decision, Record)>, Problem> {
    let Some(record) = ledger.noted(id).map_err(|error| unavailable(&error.to_string()))? else { return Ok(None) };
    let body = record.parse().map_err(|what| unavailable(&what))?;
    let decision = serde_json::from_str(body.data.get()).map_err(|error| unavailable(&error.to_string()))?;
    Ok(Some((decision, record)))
}

/// What a decision's record asks the ledger to do: the same commands however often the request is said.
fn entries(actor: &str, note_id: &str, decision: &Decision) -> Result<Vec<Entry>, Problem> {
    let command = |command: &Command| Entry::Command { actor: actor.to_owned(), command: command.clone() };
    let data = serde_json::to_string(decision).and_then(RawValue::from_string);
    let data = data.map_err(|error| unavailable(&error.to_string()))?;
    let note = Entry::Note { kind: "decision".to_owned(), actor: actor.to_owned(), id: note_id.to_owned(), data };
    Ok(decision.limits.iter().map(command).chain([note]).chain(decision.reserve.iter().map(command)).collect())
}

fn reservation(reserve: Option<&Command>, applied: &[Applied]) -> Result<Value, Problem> {
    let Some(Command::Reserve { id, accounts, amount, expires_at, .. }) = reserve else { return Ok(Value::Null) };
    match applied.last().map(|applied| applied.status) {
        Some(Status::Done) => {
            Ok(json!({ "id": id, "tpp": tpp(*amount), "accounts": accounts, "expires_at": expires_at }))
        }
        Some(status) => Err(refused(status)),
        None => Err(unavailable("the ledger gave no answer")),
    }
}

/// Decides a line on top of what the ledger holds.
fn made(
    app: &App,
    ledger: &Ledger<AnyLog>,
    order: OrderRequest,
    (idempotency_key, request): (String, String),
) -> Result<Decision, Problem> {
    let line = order.line().map_err(|(what, mend)| unusable(&what, mend))?;
    let state = ledger.state();
    let used = |key: &AccountKey| {
        let view = state.account(key, line.date);
        Tpp::from_thousandths(view.map_or(0, |view| view.posted + view.reserved))
    };
    let mut decider = app.decider();
    let decided = decider.decide_on(&line, &used).map_err(|error| unusable(&error.what, &error.mend))?;
    let outcome = decided.determination().label.outcome;
    let amount = decided.line.tpp.map_or(0, Tpp::thousandths);
    if amount > tollgate_ledger::LARGEST {
        return Err(unusable("the line comes to more TPP than can be counted", "check the quantity and the item"));
    }
    let decision = crate::cli::decision_json(&line, &decided, &app.policy, &app.tables);
    let charges = decider.charges();
    drop(decider);
    let mut limits = Vec::new();
    for (key, limit) in &charges {
        let limit = limit.map(Tpp::thousandths);
        let known = state.account(key, line.date).filter(|view| !view.provision.is_empty());
        if known.is_none_or(|view| view.limit != limit) {
            limits.push(limit_command(key, line.date, limit, &app.policy.name));
        }
    }
    let goes = matches!(outcome, Outcome::NoLicenseRequired | Outcome::LicenseException);
    let accounts: Vec<AccountKey> = charges.into_iter().map(|(key, _)| key).collect();
    let reserve = (goes && amount > 0 && !accounts.is_empty()).then(|| Command::Reserve {
        id: line_id(line.order_id, line.line),
        accounts,
        amount,
        day: line.date,
        expires_at: now() + HOLD,
    });
    Ok(Decision { idempotency_key, request, order, decision, limits, reserve })
}

fn limit_command(key: &AccountKey, from: Date, amount: Option<i64>, policy: &str) -> Command {
    let country = key.country.as_deref().unwrap_or("");
    let said = amount.map_or("none".to_owned(), |amount| amount.to_string());
    // One id for one fact: two servers that find the same limit say the same.
    let text = format!("{}|{}|{country}|{}|{from}|{said}", key.rule, key.holder, key.period);
    let id = format!("limit:{}", hex(&Sha256::digest(text)));
    Command::Limit { id, account: key.clone(), from, amount, provision: format!("{policy}: {} on {from}", key.rule) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shipped {
    /// The day on which it went.
    date: String,
    /// TPP that went; all that is left where absent.
    tpp: Option<i64>,
    /// Whether no more is to come; so it is where `tpp` is absent.
    #[serde(default)]
    last: bool,
}

pub(super) async fn ship(
    State(app): State<Shared>,
    Path((order, line)): Path<(String, i64)>,
    headers: HeaderMap,
    shipped: Result<Json<Shipped>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let actor = app.admit(&headers, Right::Record).await?;
    let Json(shipped) = shipped.map_err(|error| bad_json(&error))?;
    let day: Date = shipped.date.parse().map_err(|_| unusable("`date` is no day", "write it as YYYY-MM-DD"))?;
    let reservation = line_id(&order, line);
    let id = format!("ship:{reservation}:{}", idempotency_key(&headers)?);
    let amount = shipped.tpp.map(|tpp| tpp.checked_mul(1_000).filter(|amount| *amount > 0));
    let amount = match amount {
        Some(None) => return Err(unusable("`tpp` is not in range", "give whole TPP of 1 or more")),
        given => given.flatten(),
    };
    let last = shipped.last || amount.is_none();
    let command = Command::Post { id, reservation: reservation.clone(), amount, day, last };
    app.command(&actor, command).await?;
    let (left, open) = app.left(&reservation).await?;
    Ok(Json(json!({ "reservation": reservation, "left_tpp": tpp(left), "open": open })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Canceled {
    reason: String,
}

pub(super) async fn cancel(
    State(app): State<Shared>,
    Path((order, line)): Path<(String, i64)>,
    headers: HeaderMap,
    canceled: Result<Json<Canceled>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let actor = app.admit(&headers, Right::Record).await?;
    let Json(canceled) = canceled.map_err(|error| bad_json(&error))?;
    let reservation = line_id(&order, line);
    let id = format!("cancel:{reservation}:{}", idempotency_key(&headers)?);
    let command = Command::Void { id, reservation: reservation.clone(), reason: canceled.reason };
    app.command(&actor, command).await?;
    Ok(Json(json!({ "reservation": reservation, "left_tpp": "0", "open": false })))
}

pub(super) async fn read(
    State(app): State<Shared>,
    Path((order, line)): Path<(String, i64)>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    app.admit(&headers, Right::Read).await?;
    let id = line_id(&order, line);
    let note = format!("decision:{id}");
    let (known, left) = app.with_ledger(move |ledger| (noted(ledger, &note), ledger.state().reservation(&id))).await?;
    let (decision, record) = known?.ok_or_else(|| {
        let mend = "check the id and the line; a decision that reserves nothing is not recorded";
        Problem::new(StatusCode::NOT_FOUND, "unknown_order", "no decision is on record for this line", mend)
    })?;
    let body = record.parse().map_err(|what| unavailable(&what))?;
    let reservation = left.map(|(left, open)| json!({ "left_tpp": tpp(left), "open": open }));
    Ok(Json(json!({
        "order": decision.order, "decision": decision.decision, "reservation": reservation,
        "record": { "seq": body.seq, "at": body.at, "actor": body.actor, "hash": hex(&record.hash) },
    })))
}

/// The id of a line's reservation.
fn line_id(order: &str, line: i64) -> String {
    format!("{order}:{line}")
}

/// Thousandths of a TPP as TPP, exactly.
pub(super) fn tpp(thousandths: i64) -> String {
    let text = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::trim);
    let fits = |key: &&str| (1..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    key.filter(fits).map(str::to_owned).ok_or_else(|| {
        let mend = "send `Idempotency-Key` with a new word for each write (1 to 64 printable characters), and the same one when you repeat it";
        Problem::new(StatusCode::BAD_REQUEST, "no_idempotency_key", "the request has no usable Idempotency-Key", mend)
    })
}

fn bad_json(error: &JsonRejection) -> Problem {
    let mend = "send JSON of the form that docs/service.md describes, with Content-Type: application/json";
    Problem::new(error.status(), "bad_request", error.body_text(), mend)
}

fn unusable(what: &str, mend: &str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unusable", what, mend)
}

pub(super) fn unavailable(what: &str) -> Problem {
    let mend = "ask again with the same Idempotency-Key: what was done is not done twice";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", what, mend)
}

/// A status of the ledger as an answer.
pub(super) fn refused(status: Status) -> Problem {
    let (code, mend) = match status {
        Status::OverLimit => (StatusCode::CONFLICT, "wait until something is free, or apply for a license"),
        Status::UnknownReservation | Status::UnknownPosting => (StatusCode::NOT_FOUND, "check the order's id and line"),
        Status::ReservationClosed => {
            (StatusCode::CONFLICT, "it was shipped, canceled, or has lapsed: decide a new order")
        }
        Status::MoreThanReserved => (StatusCode::UNPROCESSABLE_ENTITY, "ship no more than is left"),
        Status::OtherPeriod => (StatusCode::UNPROCESSABLE_ENTITY, "cancel, and decide it anew for the other year"),
        Status::IdTaken => (StatusCode::CONFLICT, "use a new Idempotency-Key for another request"),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, "see docs/audit-log.md for what this status means"),
    };
    Problem::new(code, status.as_str(), format!("the ledger refuses: {}", status.as_str().replace('_', " ")), mend)
}
