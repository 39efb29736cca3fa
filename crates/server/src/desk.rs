use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tollgate_law::Policy;
use tollgate_model::Clearance;
use tollgate_screening::BadStake;
use utoipa::ToSchema;

use tollgate_decide::{Decider, Tables};

/// What decides orders, and the tables that it decides by.
pub(super) struct Desk {
    pub(super) decider: Decider,
    pub(super) tables: Arc<Tables>,
    /// The tables as they were read.
    read: Arc<Tables>,
    /// Findings that are taken up.
    seen: usize,
}

/// What somebody found about a match of a party with a list's entry: the data of a record of kind `screening`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Finding {
    pub(super) party: String,
    pub(super) list: String,
    pub(super) entry: String,
    pub(super) finding: FindingKind,
    pub(super) reason: String,
    pub(super) by: String,
    /// The last day on which it holds.
    pub(super) until: Option<String>,
    /// What party and entry were like.
    pub(super) fingerprint: String,
}

/// What a party turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum FindingKind {
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

impl Desk {
    pub(super) fn new(policy: &Arc<Policy>, tables: Arc<Tables>) -> Desk {
        let decider = Decider::new(Arc::clone(policy), Arc::clone(&tables));
        Desk { decider, read: Arc::clone(&tables), tables, seen: 0 }
    }

    /// Takes up the findings that came since; `all` are the data of all records of kind `screening`.
    pub(super) fn take(&mut self, policy: &Arc<Policy>, all: &[String]) -> Result<(), BadStake> {
        if all.len() <= self.seen {
            return Ok(());
        }
        // What a later version wrote and this one cannot read clears nobody here.
        let findings = all.iter().filter_map(|text| serde_json::from_str::<Finding>(text).ok());
        let findings: Vec<Clearance> = findings.map(Finding::clearance).collect();
        self.tables = Arc::new(self.read.with_findings(&findings)?);
        self.decider = Decider::new(Arc::clone(policy), Arc::clone(&self.tables));
        self.seen = all.len();
        Ok(())
    }
}
