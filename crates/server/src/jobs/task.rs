//! What a job was asked to do.

use serde::{Deserialize, Serialize};
use tollgate_desk::same_person;

use crate::access::{Caller, Credential, Right};

/// What a job was asked to do, kept beside its file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Task {
    /// Who uploaded it, as the log has it.
    pub(super) actor: String,
    /// The name of its file.
    pub(super) file: String,
    /// Whether its lines are recorded.
    pub(super) reserve: bool,
    /// SHA-256 of the file, in hexadecimal; absent in jobs of before 2026-11-28.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sha256: Option<String>,
    /// By what the actor proved who it is; absent in jobs of before 2026-11-28.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) credential: Option<Credential>,
}

impl Task {
    /// The right that it takes.
    pub(super) fn right(&self) -> Right {
        if self.reserve { Right::Record } else { Right::Try }
    }

    /// Whether it is the same one said again.
    pub(super) fn is_same(&self, other: &Task) -> bool {
        (&self.actor, &self.file, self.reserve, &self.sha256)
            == (&other.actor, &other.file, other.reserve, &other.sha256)
    }

    /// Who may see it: its own person, auditors, and, where it is recorded like any order, everybody who reads.
    pub(super) fn is_seen_by(&self, caller: &Caller) -> bool {
        self.reserve || same_person(&self.actor, &caller.name) || caller.has(Right::Log)
    }
}
