//! Four eyes: a line that is held ships once a second person has released it.

use serde_json::json;
use tollgate_ledger::{Applied, Entry, Ledger, Log, Status};

use super::decision::{note, release_id, unavailable};
use super::error::DeskError;
use super::scope::same_person;
use super::ship::{ReservedLine, reserved_line};

/// The longest reason, in bytes.
const REASON: usize = 256;

/// Who releases a line, and why.
#[derive(Clone, Debug)]
pub struct Release {
    /// The person.
    pub person: String,
    /// The word for this write.
    pub key: String,
    /// Why, for those who read the log.
    pub reason: String,
}

/// The release of a line, to be recorded.
pub struct ReleasePlan {
    /// The id of the line's reservation.
    pub reservation: String,
    /// The record.
    pub entry: Entry,
}

impl ReleasePlan {
    /// The id of the reservation that may ship now, given what the ledger made of the record.
    pub fn conclude(self, applied: &[Applied]) -> Result<String, DeskError> {
        match applied.first().map(|applied| applied.status) {
            Some(Status::Done) => Ok(self.reservation),
            Some(_) => Err(DeskError::ReleasedAlready),
            None => Err(unavailable("the ledger gave no answer")),
        }
    }
}

/// Lets a held line ship; whoever entered or amended it may not.
pub fn plan_release(ledger: &mut Ledger<impl Log>, line: &str, release: &Release) -> Result<ReleasePlan, DeskError> {
    let ReservedLine { line: standing, reservation, .. } = reserved_line(ledger, line)?;
    if standing.decision.held.is_empty() {
        return Err(DeskError::NotHeld);
    }
    if standing.actors.iter().any(|actor| same_person(actor, &release.person)) {
        return Err(DeskError::FourEyes);
    }
    if release.reason.trim().is_empty() || release.reason.len() > REASON {
        return Err(DeskError::unusable("`reason` is empty or longer than 256 bytes", "say why in a sentence"));
    }
    let data = json!({ "key": release.key, "reason": release.reason, "held": standing.decision.held });
    let entry = note("release", &release.person, &release_id(line, standing.revision), &data)?;
    Ok(ReleasePlan { reservation, entry })
}
