//! What an office does with the ledger: decide and reserve, amend, hold, release, ship, correct, rebase, findings.
//!
//! Each act is a plan made on the state of the ledger (the entries that are to be recorded) and a conclusion drawn from what the ledger made of them,
//! so that a server can record many plans with one flush, and a test or a command can do both at once ([`Desk::reserve`]).
//! Always true here: a line is decided on what is posted and reserved at that moment, the same request given again leads to the same
//! entries, and nothing ships that waits for a second person. Deliberately not here: HTTP, a clock (times are arguments), threads.

mod amend;
mod decider_state;
mod decision;
mod error;
mod held;
mod order;
mod proposal;
mod question;
mod rebase;
mod release;
mod reserve;
mod scope;
mod ship;

pub use amend::plan_amendment;
pub use decider_state::{DeciderState, Desk, Finding, FindingKind};
pub use decision::{
    Answer, Decision, LineRecord, Reserved, limit_command, line_id, note, raw, recorded_decision, release_id, reserved,
    sha256, thousandths, tpp,
};
pub use decision::{DECISION_COMPONENT, decision_reference};
pub use error::DeskError;
pub use held::{HeldLine, HeldQueue};
pub use order::OrderRequest;
pub use proposal::{
    Conclusion, ConclusionPlan, Proposal, ProposalOnRecord, ProposalState, ProposedEntry, open_proposals,
    plan_conclusion, plan_proposal, proposal,
};
pub use question::decide_question;
pub use rebase::{LimitChange, limit_changes};
pub use release::{Release, ReleasePlan, plan_release};
pub use reserve::{Before, Order, Plan, check, plan_reservation, propose, propose_within, tpp_used};
pub use scope::{person_of, same_person, scoped_id, scoped_or_earlier_id};
pub use ship::{
    Correction, CorrectionPlan, LineOnRecord, LineWrite, ReservationCommand, ReservedLine, line_on_record,
    plan_cancellation, plan_correction, plan_shipment, reserved_line,
};
