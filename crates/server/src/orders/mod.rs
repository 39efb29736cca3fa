//! Orders: decided, reserved, held and released, amended, shipped, canceled.

mod amend;
mod decide;
mod held;
mod moves;

use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use tollgate_ledger::{AccountKey, Applied, Command, Entry, Ledger, Record, Status};
use tollgate_model::Date;
use utoipa::{IntoParams, ToSchema};

pub(super) use amend::{__path_amend, amend};
pub(super) use decide::{__path_decide, Order, decide, record_order, try_order};
pub(super) use held::{Held, Waiting, held};
pub(super) use moves::{
    __path_cancel, __path_correct, __path_read, __path_release, __path_ship, cancel, correct, read, release,
    release_line, ship,
};

use super::problem::Problem;
use super::request::OrderRequest;
use tollgate_ledger::AnyLog;

/// How long a reservation holds, in milliseconds: thirty days.
const HOLD: i64 = 30 * 86_400_000;

/// What a decision's record holds: what was asked, what came of it, and what the ledger was asked to do.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Decision {
    idempotency_key: String,
    /// SHA-256 of the order as it was asked.
    request: String,
    pub(super) order: OrderRequest,
    /// In words once: it is recorded and answered as it stands.
    decision: Box<RawValue>,
    /// Why nothing may ship before a second person releases it; empty where it is not held.
    #[serde(default)]
    held: Vec<String>,
    /// Limits that the ledger did not know yet.
    limits: Vec<Command>,
    /// What sets the line's TPP aside, or gives up what was set aside before.
    pub(super) reserve: Option<Command>,
}

/// How a line of an order stands on record.
struct Standing {
    decision: Decision,
    record: Record,
    /// 1, and one more with each amendment.
    revision: u32,
    /// Decisions on record for the line; those whose reservation was refused count too.
    decided: u32,
    /// Who entered the line or amended it.
    actors: Vec<String>,
}

impl Standing {
    /// The id of its reservation, where it has one.
    fn reservation(&self) -> Option<&str> {
        match self.decision.reserve.as_ref()? {
            Command::Reserve { id, .. } | Command::Amend { id, .. } => Some(id),
            _ => None,
        }
    }
}

/// Which line of which order.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct LineAddress {
    /// The order's id.
    order: String,
    /// The line's number.
    line: i64,
}

/// What a write is known by.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header that is read by hand")]
pub(super) struct WriteKey {
    /// A word for this write, new for each and the same when it is repeated.
    #[param(rename = "Idempotency-Key", pattern = "^[!-~]{1,64}$")]
    idempotency_key: String,
}

/// What is set aside for a line.
#[derive(Serialize, ToSchema)]
pub(super) struct Reserved {
    /// Its name in the audit log.
    id: String,
    /// Exact, as a decimal number.
    tpp: String,
    /// The accounts that it is set aside in.
    accounts: Vec<Value>,
    /// Milliseconds since 1970-01-01 UTC.
    expires_at: i64,
}

/// A decision, and what was set aside by it.
#[derive(Serialize, ToSchema)]
pub(super) struct Answer {
    /// In the form of a line of decisions.jsonl.
    #[schema(value_type = Object)]
    decision: Box<RawValue>,
    /// Nothing where nothing is counted, or nothing recorded.
    reservation: Option<Reserved>,
    /// Why nothing may ship before a second person releases it.
    pub(super) held: Vec<String>,
}

/// The id of a line's reservation.
pub(super) fn line_id(order: &str, line: i64) -> String {
    format!("{order}:{line}")
}

/// The id of one of a line's decisions, and of what it reserves.
fn revision_id(line: &str, revision: u32) -> String {
    if revision == 1 { line.to_owned() } else { format!("{line}:r{revision}") }
}

/// How a line stands: its last decision but for those whose reservation was refused.
fn standing(ledger: &mut Ledger<AnyLog>, line: &str) -> Result<Option<Standing>, Problem> {
    let mut found: Option<Standing> = None;
    let mut actors = Vec::new();
    for revision in 1.. {
        let note = format!("decision:{}", revision_id(line, revision));
        let Some((decision, record)) = noted(ledger, &note)? else { break };
        let body = record.parse().map_err(|what| unavailable(&what))?;
        actors.push(body.actor.into_owned());
        let standing = Standing { decision, record, revision, decided: revision, actors: Vec::new() };
        let stands = standing.reservation().is_none_or(|id| ledger.state().reservation(id).is_some());
        match &mut found {
            Some(earlier) if !stands => earlier.decided = revision,
            _ => found = Some(standing),
        }
    }
    Ok(found.map(|found| Standing { actors, ..found }))
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
    let note = super::note("decision", actor, note_id, decision)?;
    Ok(decision.limits.iter().map(command).chain([note]).chain(decision.reserve.iter().map(command)).collect())
}

/// What the ledger made of a decision, given what it made of its entries.
fn reserved(decision: &Decision, applied: &[Applied]) -> Result<Option<Reserved>, Problem> {
    // Another request for the same line may have come in between.
    if applied.get(decision.limits.len()).is_none_or(|note| note.status != Status::Done) {
        return Err(refused(Status::IdTaken));
    }
    let Some(command) = &decision.reserve else { return Ok(None) };
    match applied.last().map(|applied| applied.status) {
        Some(Status::Done) => Ok(match command {
            Command::Reserve { id, accounts, amount, expires_at, .. }
            | Command::Amend { id, accounts, amount, expires_at, .. } => Some(Reserved {
                id: id.clone(),
                tpp: tpp(*amount),
                accounts: accounts.iter().filter_map(|key| serde_json::to_value(key).ok()).collect(),
                expires_at: *expires_at,
            }),
            _ => None,
        }),
        Some(status) => Err(refused(status)),
        None => Err(unavailable("the ledger gave no answer")),
    }
}

fn unknown_order() -> Problem {
    let mend = "check the id and the line; a decision for trial is not recorded";
    Problem::new(StatusCode::NOT_FOUND, "unknown_order", "no decision is on record for this line", mend)
}

/// Thousandths of a TPP as TPP, exactly.
pub(super) fn tpp(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:03}", thousandths.unsigned_abs() / 1_000, thousandths.unsigned_abs() % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Whole TPP as thousandths.
pub(super) fn thousandths(tpp: i64) -> Result<i64, Problem> {
    let largest = tollgate_ledger::LARGEST;
    let amount = tpp.checked_mul(1_000).filter(|amount| (-largest..=largest).contains(amount));
    amount.ok_or_else(|| unusable("`tpp` is not in range", "give whole TPP, no more than could ever be shipped"))
}

pub(super) fn day(member: &str, text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| unusable(&format!("`{member}` is no day"), "write it as YYYY-MM-DD"))
}

pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).map(str::trim);
    let fits = |key: &&str| (1..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    key.filter(fits).map(str::to_owned).ok_or_else(|| {
        let mend = "send `Idempotency-Key` with a new word for each write (1 to 64 printable characters), and the same one when you repeat it";
        Problem::new(StatusCode::BAD_REQUEST, "no_idempotency_key", "the request has no usable Idempotency-Key", mend)
    })
}

pub(super) fn bad_json(error: &JsonRejection) -> Problem {
    let mend = "send JSON of the form that docs/openapi.json describes, with Content-Type: application/json";
    Problem::new(error.status(), "bad_request", error.body_text(), mend)
}

pub(super) fn unusable(what: &str, mend: &str) -> Problem {
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
            (StatusCode::CONFLICT, "it was shipped, canceled, or has lapsed: decide a new order for what is to come")
        }
        Status::MoreThanReserved => (StatusCode::UNPROCESSABLE_ENTITY, "ship no more than is left"),
        Status::OtherPeriod => (StatusCode::UNPROCESSABLE_ENTITY, "cancel, and decide it anew for the other year"),
        Status::IdTaken => (StatusCode::CONFLICT, "use a new Idempotency-Key for another request"),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, "see docs/audit-log.md for what this status means"),
    };
    Problem::new(code, status.as_str(), format!("the ledger refuses: {}", status.as_str().replace('_', " ")), mend)
}

/// A limit that the ledger is to know: one id for one fact, so that two servers that find the same limit say the same.
pub(super) fn limit_command(key: &AccountKey, from: Date, amount: Option<i64>, policy: &str) -> Command {
    let country = key.country.as_deref().unwrap_or("");
    let said = amount.map_or("none".to_owned(), |amount| amount.to_string());
    let text = format!("{}|{}|{country}|{}|{from}|{said}", key.rule, key.holder, key.period);
    let id = format!("limit:{}", super::sha256(&text));
    Command::Limit { id, account: key.clone(), from, amount, provision: format!("{policy}: {} on {from}", key.rule) }
}

/// JSON for a record.
pub(super) fn raw(data: &impl Serialize) -> Result<Box<RawValue>, Problem> {
    let data = serde_json::to_string(data).and_then(RawValue::from_string);
    data.map_err(|error| unavailable(&error.to_string()))
}
