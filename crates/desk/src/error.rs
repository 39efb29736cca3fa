//! Why the desk refuses, and how each refusal is mended.

use tollgate_ledger::Status;
use tollgate_model::{Diagnostic, Place};

/// Why the desk does not do what it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeskError {
    /// The request cannot be used.
    Unusable {
        /// What is wrong.
        what: String,
        /// How to mend it.
        mend: String,
    },
    /// The ledger cannot be read or written now.
    Unavailable(String),
    /// The ledger refuses.
    Refused(Status),
    /// No decision is on record for the line.
    UnknownOrder,
    /// The line, by id, was decided already, by another request.
    AlreadyDecided(String),
    /// The line waits for a second person, for these reasons.
    Held(Vec<String>),
    /// The line does not wait for a second person.
    NotHeld,
    /// Whoever entered a line cannot release it.
    FourEyes,
    /// Somebody released the line already.
    ReleasedAlready,
    /// A part of the line has shipped.
    ShippedInPart,
    /// No proposal has the id.
    UnknownProposal,
    /// Somebody else concluded the proposal already, in another way or with another reason.
    ConcludedAlready,
}

impl DeskError {
    /// A request that cannot be used.
    pub fn unusable(what: impl Into<String>, mend: impl Into<String>) -> DeskError {
        DeskError::Unusable { what: what.into(), mend: mend.into() }
    }

    /// The same as a diagnostic: its code stays the same, for programs.
    pub fn diagnostic(&self) -> Diagnostic {
        let (code, what, mend): (&'static str, String, &str) = match self {
            DeskError::Unusable { what, mend } => ("unusable", what.clone(), mend),
            DeskError::Unavailable(what) => (
                "unavailable",
                what.clone(),
                "ask again with the same Idempotency-Key: what was done is not done twice",
            ),
            DeskError::Refused(status) => (
                status.as_str(),
                match status {
                    Status::IdTaken => "you used this Idempotency-Key for another request of this kind".to_owned(),
                    _ => format!("the ledger refuses: {}", status.as_str().replace('_', " ")),
                },
                refusal_mend(*status),
            ),
            DeskError::UnknownOrder => (
                "unknown_order",
                "no decision is on record for this line".to_owned(),
                "check the id and the line; a decision for trial is not recorded",
            ),
            DeskError::AlreadyDecided(line) => (
                "already_decided",
                format!("line {line} was decided already, by another request"),
                "read what is on record, amend it, or give the new order another id",
            ),
            DeskError::Held(reasons) => (
                "held",
                format!("the line is held: {}", reasons.join("; ")),
                "somebody else than who entered it must look at it, and release it with POST …/release",
            ),
            DeskError::NotHeld => ("not_held", "the line is not held".to_owned(), "ship it: nothing stands in the way"),
            DeskError::FourEyes => (
                "four_eyes",
                "whoever entered a line cannot release it, nor can who proposed an act confirm it".to_owned(),
                "ask another person to look at it",
            ),
            DeskError::ReleasedAlready => (
                "released_already",
                "somebody released the line already".to_owned(),
                "ship it: nothing stands in the way",
            ),
            DeskError::ShippedInPart => (
                Status::ReservationClosed.as_str(),
                "a part of the line has shipped: it cannot be amended any more".to_owned(),
                "ship what is left, or cancel it; what is to come beside it is a new order or line",
            ),
            DeskError::UnknownProposal => (
                "unknown_proposal",
                "there is no such proposal".to_owned(),
                "read GET /v1/proposals for those that wait",
            ),
            DeskError::ConcludedAlready => (
                "concluded_already",
                "the proposal was confirmed or rejected already".to_owned(),
                "read GET /v1/proposals for those that wait",
            ),
        };
        Diagnostic::new(code, Place::default(), what, mend)
    }
}

fn refusal_mend(status: Status) -> &'static str {
    match status {
        Status::OverLimit => "wait until something is free, or apply for a license",
        Status::UnknownReservation | Status::UnknownPosting => "check the order's id and line",
        Status::ReservationClosed => "it was shipped, canceled, or has lapsed: decide a new order for what is to come",
        Status::MoreThanReserved => "ship no more than is left",
        Status::OtherPeriod => "cancel, and decide it anew for the other year",
        Status::TakesOff => {
            "it was corrected meanwhile, and this would take off what counts now: ask anew with a new Idempotency-Key, and another person confirms it"
        }
        Status::IdTaken => "use a new Idempotency-Key for another request",
        _ => "see docs/audit-log.md for what this status means",
    }
}

impl std::fmt::Display for DeskError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.diagnostic())
    }
}

impl std::error::Error for DeskError {}
