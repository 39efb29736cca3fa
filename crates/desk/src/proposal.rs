//! Acts that one person alone may not do: they are proposed, and done once another person confirms them.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tollgate_ledger::{Applied, Command, Entry, Ledger, Log, Status};
use utoipa::ToSchema;

use super::decision::{note, unavailable};
use super::error::DeskError;
use super::scope::same_person;

/// The longest reason, in bytes.
const REASON: usize = 256;

/// One record that follows once a proposal is confirmed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposedEntry {
    /// A command to the accounts.
    Command(Command),
    /// Another record.
    Note {
        /// Its kind.
        kind: String,
        /// Its id.
        id: String,
        /// Its data.
        data: Box<RawValue>,
    },
}

/// The data of a record of kind `proposal`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proposal {
    /// What is proposed, in a sentence for who is to confirm it.
    pub what: String,
    /// Whom it gives something, who cannot confirm it either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beneficiary: Option<String>,
    /// What is recorded once it is confirmed, in the name of who proposed it.
    pub entries: Vec<ProposedEntry>,
}

/// Where a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    /// It waits for another person.
    Proposed,
    /// Another person confirmed it: it is done.
    Confirmed,
    /// Another person rejected it, or its own withdrew it: it is not done.
    Rejected,
}

/// The data of a record of kind `conclusion`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conclusion {
    /// Whether the proposal was confirmed; else it was rejected.
    pub confirmed: bool,
    /// Why, for those who read the log.
    pub reason: String,
}

/// A proposal as it stands.
#[derive(Clone, Debug)]
pub struct ProposalOnRecord {
    /// Its id.
    pub id: String,
    /// Who proposed it, as the log has it.
    pub by: String,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at_ms: i64,
    /// What.
    pub proposal: Proposal,
    /// Where it is.
    pub state: ProposalState,
}

impl ProposalOnRecord {
    /// Whether it is about who may do what.
    pub fn is_of_access(&self) -> bool {
        let of_access = |entry: &ProposedEntry| matches!(entry, ProposedEntry::Note { kind, .. } if kind == "access");
        self.proposal.entries.iter().any(of_access)
    }

    /// What is recorded for it: the same however often it is asked for.
    pub fn entries(&self) -> Vec<Entry> {
        let entry = |entry: &ProposedEntry| match entry.clone() {
            ProposedEntry::Command(command) => Entry::Command { actor: self.by.clone(), command },
            ProposedEntry::Note { kind, id, data } => Entry::Note { kind, actor: self.by.clone(), id, data },
        };
        self.proposal.entries.iter().map(entry).collect()
    }
}

/// The id of the record that concludes a proposal.
fn conclusion_id(proposal: &str) -> String {
    format!("concluded:{proposal}")
}

/// A proposal that is on record; nothing where there is none of the id.
pub fn proposal(ledger: &mut Ledger<impl Log>, id: &str) -> Result<Option<ProposalOnRecord>, DeskError> {
    let failed = |error: tollgate_ledger::LedgerError| unavailable(&error.to_string());
    let wrong = |error: serde_json::Error| unavailable(&error.to_string());
    let Some(record) = ledger.note_record(id).map_err(failed)? else { return Ok(None) };
    let body = record.parse().map_err(|what| unavailable(&what))?;
    if body.kind != "proposal" {
        return Ok(None);
    }
    let state = match ledger.note_record(&conclusion_id(id)).map_err(failed)? {
        None => ProposalState::Proposed,
        Some(record) => {
            let body = record.parse().map_err(|what| unavailable(&what))?;
            let conclusion: Conclusion = serde_json::from_str(body.data.get()).map_err(wrong)?;
            if conclusion.confirmed { ProposalState::Confirmed } else { ProposalState::Rejected }
        }
    };
    let proposal = serde_json::from_str(body.data.get()).map_err(wrong)?;
    Ok(Some(ProposalOnRecord { id: id.to_owned(), by: body.actor.into_owned(), at_ms: body.at_ms, proposal, state }))
}

/// The proposals that wait for another person, in the order in which they were made.
pub fn open_proposals(ledger: &mut Ledger<impl Log>, most: usize) -> Result<Vec<ProposalOnRecord>, DeskError> {
    let ids: Vec<String> = ledger.open_proposals().iter().take(most).cloned().collect();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(proposal(ledger, &id)?);
    }
    Ok(found)
}

/// The record of a proposal.
pub fn plan_proposal(actor: &str, id: &str, proposal: &Proposal) -> Result<Entry, DeskError> {
    note("proposal", actor, id, proposal)
}

/// What is recorded where somebody concludes a proposal: first that it is concluded, then, once that is on record, what follows.
#[derive(Clone, Debug)]
pub struct ConclusionPlan {
    /// That it is concluded: no two people can do it in two ways.
    pub conclusion: Entry,
    /// What follows once the conclusion is on record.
    pub entries: Vec<Entry>,
}

impl ConclusionPlan {
    /// Whether what follows may be recorded, given what the ledger made of the conclusion.
    pub fn check(&self, applied: &[Applied]) -> Result<(), DeskError> {
        match applied.first().map(|applied| applied.status) {
            Some(Status::Done) => Ok(()),
            Some(_) => Err(DeskError::ConcludedAlready),
            None => Err(unavailable("the ledger gave no answer")),
        }
    }
}

/// Confirms or rejects a proposal. Who proposed it, or gets something by it, cannot confirm it; who proposed it may reject it.
pub fn plan_conclusion(
    ledger: &mut Ledger<impl Log>,
    actor: &str,
    id: &str,
    conclusion: &Conclusion,
) -> Result<ConclusionPlan, DeskError> {
    let found = proposal(ledger, id)?.ok_or(DeskError::UnknownProposal)?;
    let beneficiary = found.proposal.beneficiary.as_deref();
    let involved = same_person(&found.by, actor) || beneficiary.is_some_and(|person| same_person(person, actor));
    if conclusion.confirmed && involved {
        return Err(DeskError::FourEyes);
    }
    if conclusion.reason.trim().is_empty() || conclusion.reason.len() > REASON {
        return Err(DeskError::unusable("`reason` is empty or longer than 256 bytes", "say why in a sentence"));
    }
    let entries = if conclusion.confirmed { found.entries() } else { Vec::new() };
    Ok(ConclusionPlan { conclusion: note("conclusion", actor, &conclusion_id(id), conclusion)?, entries })
}
