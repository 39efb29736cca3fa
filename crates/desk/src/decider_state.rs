//! Where orders are decided, with all that any server recorded of list matches.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tollgate_law::Policy;
use tollgate_model::Clearance;
use tollgate_screening::BadStake;
use utoipa::ToSchema;

use tollgate_decide::{Decider, Tables};
use tollgate_ledger::{Ledger, Log};

use super::decision::unavailable;
use super::error::DeskError;

/// What decides orders, and the tables that it decides by.
pub struct DeciderState {
    /// Decides lines one by one.
    pub decider: Decider,
    /// The tables with all findings so far.
    pub tables: Arc<Tables>,
    /// The tables as they were read.
    read: Arc<Tables>,
    /// Findings that are taken up.
    seen: usize,
}

/// What somebody found about a match of a party with a list's entry: the data of a record of kind `screening`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// The party's id.
    pub party: String,
    /// The list, as the match names it.
    pub list: String,
    /// The list's entry.
    pub entry: String,
    /// What the party turned out to be.
    pub finding: FindingKind,
    /// Why, in a sentence or two.
    pub reason: String,
    /// Who found it.
    pub by: String,
    /// The last day on which it holds.
    pub until: Option<String>,
    /// What party and entry were like.
    pub fingerprint: String,
}

/// What a party turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Another party than the listed one.
    Cleared,
    /// The listed party.
    Confirmed,
}

impl Finding {
    fn clearance(self) -> Clearance {
        Clearance {
            party_id: self.party,
            list: self.list,
            entry: self.entry,
            confirmed: self.finding == FindingKind::Confirmed,
            by: self.by,
            why: self.reason,
            // A day that cannot be read would clear for ever: it clears for no day.
            until: self.until.map(|until| until.parse().unwrap_or(tollgate_model::Date::MIN)),
            fingerprint: Some(self.fingerprint),
        }
    }
}

impl DeciderState {
    /// Nothing is found yet.
    fn new(policy: &Arc<Policy>, tables: Arc<Tables>) -> DeciderState {
        let decider = Decider::new(Arc::clone(policy), Arc::clone(&tables));
        DeciderState { decider, read: Arc::clone(&tables), tables, seen: 0 }
    }

    /// Takes up the findings that came since; `all` are the data of all records of kind `screening`.
    fn take(&mut self, policy: &Arc<Policy>, all: &[String]) -> Result<(), DeskError> {
        if all.len() <= self.seen {
            return Ok(());
        }
        // What a later version wrote and this one cannot read may confirm a match: nothing is decided without it.
        let findings = all.iter().map(|text| serde_json::from_str::<Finding>(text));
        let findings: Result<Vec<Finding>, _> = findings.collect();
        let findings = findings.map_err(|error| unavailable(&format!(
            "a finding about a list match cannot be read: {error}\n  mend: use the version of Tollgate that recorded it, or a later one"
        )))?;
        let findings: Vec<Clearance> = findings.into_iter().map(Finding::clearance).collect();
        let tables = self.read.with_findings(&findings).map_err(|error: BadStake| unavailable(&error.to_string()))?;
        self.tables = Arc::new(tables);
        self.decider = Decider::new(Arc::clone(policy), Arc::clone(&self.tables));
        self.seen = all.len();
        Ok(())
    }
}

/// The policy of an office, and what decides by it.
pub struct Desk {
    /// By what orders are decided.
    pub policy: Arc<Policy>,
    state: Mutex<DeciderState>,
}

impl Desk {
    /// A desk over tables, with no findings yet.
    pub fn new(policy: Arc<Policy>, tables: Arc<Tables>) -> Desk {
        Desk { state: Mutex::new(DeciderState::new(&policy, tables)), policy }
    }

    /// The decider, with all that the ledger has of list matches.
    pub fn decider<L: Log>(&self, ledger: &Ledger<L>) -> Result<MutexGuard<'_, DeciderState>, DeskError> {
        let mut state = self.latest();
        state.take(&self.policy, ledger.findings())?;
        Ok(state)
    }

    /// The decider as it was used last, whatever was found since.
    pub fn latest(&self) -> MutexGuard<'_, DeciderState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
