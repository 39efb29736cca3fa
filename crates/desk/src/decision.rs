//! What is on record of a line: the decision, what it set aside, and how it stands.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use tollgate_ledger::{AccountKey, Applied, Command, Entry, Ledger, Log, Record, Status};
use tollgate_model::{Date, hex};
use utoipa::ToSchema;
use utoipa::openapi::schema::RefBuilder;
use utoipa::openapi::{RefOr, Schema};

use super::error::DeskError;
use super::order::OrderRequest;

/// How long a reservation holds, in milliseconds: thirty days.
pub(crate) const HOLD: i64 = 30 * 86_400_000;

/// What a decision's record holds: what was asked, what came of it, and what the ledger was asked to do.
#[derive(Clone, Serialize, Deserialize)]
pub struct Decision {
    /// With which key it was asked.
    pub idempotency_key: String,
    /// SHA-256 of the order as it was asked.
    pub request: String,
    /// The order as it was asked.
    pub order: OrderRequest,
    /// In words once: it is recorded and answered as it stands.
    pub decision: Box<RawValue>,
    /// Why nothing may ship before a second person releases it; empty where it is not held.
    #[serde(default)]
    pub held: Vec<String>,
    /// Limits that the ledger did not know yet.
    pub limits: Vec<Command>,
    /// What sets the line's TPP aside, or gives up what was set aside before.
    pub reserve: Option<Command>,
}

/// How a line of an order stands on record.
pub struct LineRecord {
    /// The last decision.
    pub decision: Decision,
    /// Its record in the log.
    pub record: Record,
    /// 1, and one more with each amendment.
    pub revision: u32,
    /// Decisions on record for the line; those whose reservation was refused count too.
    pub decided: u32,
    /// Who entered the line or amended it.
    pub actors: Vec<String>,
}

impl LineRecord {
    /// The id of its reservation, where it has one.
    pub fn reservation(&self) -> Option<&str> {
        match self.decision.reserve.as_ref()? {
            Command::Reserve { id, .. } | Command::Amend { id, .. } => Some(id),
            _ => None,
        }
    }

    /// Whether its reservation stands in an account.
    pub(crate) fn is_charged_to(&self, key: &AccountKey) -> bool {
        match &self.decision.reserve {
            Some(Command::Reserve { accounts, .. } | Command::Amend { accounts, .. }) => accounts.contains(key),
            _ => false,
        }
    }
}

/// What is set aside for a line.
#[derive(Serialize, ToSchema)]
pub struct Reserved {
    /// Its name in the audit log.
    pub id: String,
    /// Exact, as a decimal number.
    pub tpp: String,
    /// The accounts that it is set aside in.
    pub accounts: Vec<Value>,
    /// Milliseconds since 1970-01-01 UTC.
    pub expires_at: i64,
}

/// The name by which the description of the service has the form of a decision.
pub const DECISION_COMPONENT: &str = "DecisionRecord";

/// Where the description of the service has the form of a decision.
pub fn decision_reference() -> RefOr<Schema> {
    let reference = RefBuilder::new().ref_location_from_schema_name(DECISION_COMPONENT);
    RefOr::Ref(reference.description(Some("In the form of a line of decisions.jsonl.")).build())
}

/// A decision, and what was set aside by it.
#[derive(Serialize, ToSchema)]
pub struct Answer {
    /// In the form of a line of decisions.jsonl.
    #[schema(schema_with = decision_reference)]
    pub decision: Box<RawValue>,
    /// Nothing where nothing is counted, or nothing recorded.
    pub reservation: Option<Reserved>,
    /// Why nothing may ship before a second person releases it.
    pub held: Vec<String>,
}

/// The id of a line's reservation.
pub fn line_id(order: &str, line: i64) -> String {
    format!("{order}:{line}")
}

/// The id of one of a line's decisions, and of what it reserves.
pub(crate) fn revision_id(line: &str, revision: u32) -> String {
    if revision == 1 { line.to_owned() } else { format!("{line}:r{revision}") }
}

/// The id of the record that releases a line's revision.
pub fn release_id(line: &str, revision: u32) -> String {
    format!("release:{}", revision_id(line, revision))
}

/// SHA-256 of a text, in hexadecimal.
pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// How a line stands: its last decision but for those whose reservation was refused.
pub(crate) fn current_line(ledger: &mut Ledger<impl Log>, line: &str) -> Result<Option<LineRecord>, DeskError> {
    let mut found: Option<LineRecord> = None;
    let mut actors = Vec::new();
    for revision in 1.. {
        let note = format!("decision:{}", revision_id(line, revision));
        let Some((decision, record)) = recorded_decision(ledger, &note)? else { break };
        let body = record.parse().map_err(|what| unavailable(&what))?;
        actors.push(body.actor.into_owned());
        let standing = LineRecord { decision, record, revision, decided: revision, actors: Vec::new() };
        let stands = standing.reservation().is_none_or(|id| ledger.state().reservation(id).is_some());
        match &mut found {
            Some(earlier) if !stands => earlier.decided = revision,
            _ => found = Some(standing),
        }
    }
    Ok(found.map(|found| LineRecord { actors, ..found }))
}

/// A decision that is on record, and its record.
pub fn recorded_decision(ledger: &mut Ledger<impl Log>, id: &str) -> Result<Option<(Decision, Record)>, DeskError> {
    let Some(record) = ledger.note_record(id).map_err(|error| unavailable(&error.to_string()))? else {
        return Ok(None);
    };
    let body = record.parse().map_err(|what| unavailable(&what))?;
    let decision = serde_json::from_str(body.data.get()).map_err(|error| unavailable(&error.to_string()))?;
    Ok(Some((decision, record)))
}

/// What a record of a decision holds; `None` for records of other kinds. An error says what cannot be read.
pub(crate) fn decision_in<T: DeserializeOwned>(record: &Record) -> Result<Option<T>, String> {
    let body = record.parse()?;
    if body.kind != "decision" {
        return Ok(None);
    }
    serde_json::from_str(body.data.get()).map(Some).map_err(|error| format!("record {}: {error}", record.seq))
}

/// What a decision's record asks the ledger to do: the same commands however often the request is said.
pub(crate) fn entries(actor: &str, note_id: &str, decision: &Decision) -> Result<Vec<Entry>, DeskError> {
    let command = |command: &Command| Entry::Command { actor: actor.to_owned(), command: command.clone() };
    let note = note("decision", actor, note_id, decision)?;
    Ok(decision.limits.iter().map(command).chain([note]).chain(decision.reserve.iter().map(command)).collect())
}

/// What the ledger made of a decision, given what it made of its entries.
pub fn reserved(decision: &Decision, applied: &[Applied]) -> Result<Option<Reserved>, DeskError> {
    // Another request for the same line may have come in between.
    if applied.get(decision.limits.len()).is_none_or(|note| note.status != Status::Done) {
        return Err(DeskError::Refused(Status::IdTaken));
    }
    let Some(command) = &decision.reserve else { return Ok(None) };
    match applied.last().map(|applied| applied.status) {
        Some(Status::Done) => Ok(match command {
            Command::Reserve { id, accounts, amount_milli_tpp: amount, expires_at_ms: expires_at, .. }
            | Command::Amend { id, accounts, amount_milli_tpp: amount, expires_at_ms: expires_at, .. } => {
                Some(Reserved {
                    id: id.clone(),
                    tpp: tpp(*amount),
                    accounts: accounts.iter().filter_map(|key| serde_json::to_value(key).ok()).collect(),
                    expires_at: *expires_at,
                })
            }
            _ => None,
        }),
        Some(status) => Err(DeskError::Refused(status)),
        None => Err(unavailable("the ledger gave no answer")),
    }
}

/// The ledger cannot be used now, and why.
pub(crate) fn unavailable(what: &str) -> DeskError {
    DeskError::Unavailable(what.to_owned())
}

/// A record beside the ledger's commands.
pub fn note(kind: &str, actor: &str, id: &str, data: &impl Serialize) -> Result<Entry, DeskError> {
    Ok(Entry::Note { kind: kind.to_owned(), actor: actor.to_owned(), id: id.to_owned(), data: raw(data)? })
}

/// Thousandths of a TPP as TPP, exactly.
pub fn tpp(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:03}", thousandths.unsigned_abs() / 1_000, thousandths.unsigned_abs() % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Whole TPP as thousandths; unusable where it is more than could ever be shipped.
pub fn thousandths(tpp: i64) -> Result<i64, DeskError> {
    let largest = tollgate_ledger::MAX_AMOUNT_MILLI_TPP;
    let amount = tpp.checked_mul(1_000).filter(|amount| (-largest..=largest).contains(amount));
    amount.ok_or_else(|| {
        DeskError::unusable("`tpp` is not in range", "give whole TPP, no more than could ever be shipped")
    })
}

/// A limit that the ledger is to know: one id for one fact, so that two servers that find the same limit say the same.
pub fn limit_command(key: &AccountKey, from: Date, amount: Option<i64>, policy: &str) -> Command {
    let country = key.country.as_deref().unwrap_or("");
    let said = amount.map_or("none".to_owned(), |amount| amount.to_string());
    let text = format!("{}|{}|{country}|{}|{from}|{said}", key.rule, key.holder, key.period);
    let id = format!("limit:{}", sha256(&text));
    Command::Limit {
        id,
        account: key.clone(),
        from,
        amount_milli_tpp: amount,
        provision: format!("{policy}: {} on {from}", key.rule),
    }
}

/// JSON for a record.
pub fn raw(data: &impl Serialize) -> Result<Box<RawValue>, DeskError> {
    let data = serde_json::to_string(data).and_then(RawValue::from_string);
    data.map_err(|error| unavailable(&error.to_string()))
}

/// The line as it stands, or that there is none.
pub(crate) fn existing_line(ledger: &mut Ledger<impl Log>, line: &str) -> Result<LineRecord, DeskError> {
    current_line(ledger, line)?.ok_or(DeskError::UnknownOrder)
}
