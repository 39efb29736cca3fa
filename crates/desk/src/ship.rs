//! What goes, what is given up, and what was said wrong of either.

use tollgate_ledger::{Command, Ledger, Log, PostingView, Record, ReservationView, Status};
use tollgate_model::Date;

use super::decision::{LineRecord, existing_line, line_id, release_id, unavailable};
use super::error::DeskError;
use super::scope::{scoped_id, scoped_or_earlier_id};

/// A line with what was set aside for it.
pub struct ReservedLine {
    /// The line as it stands.
    pub line: LineRecord,
    /// The id of its reservation.
    pub reservation: String,
    /// Whether a second person released it.
    pub released: bool,
}

/// A line that has a reservation; `line` is its id.
pub fn reserved_line(ledger: &mut Ledger<impl Log>, line: &str) -> Result<ReservedLine, DeskError> {
    let standing = existing_line(ledger, line)?;
    let released = ledger.has_note(&release_id(line, standing.revision));
    let reservation = standing.reservation().ok_or(DeskError::Refused(Status::UnknownReservation))?.to_owned();
    Ok(ReservedLine { line: standing, reservation, released })
}

/// A line as it stands, with what is left of its reservation and who released it.
pub struct LineOnRecord {
    /// The line.
    pub line: LineRecord,
    /// Its reservation, by id, where it has one.
    pub left: Option<(String, ReservationView)>,
    /// The record of its release, where there is one.
    pub released: Option<Record>,
}

/// All that is on record of a line; `line` is its id.
pub fn line_on_record(ledger: &mut Ledger<impl Log>, line: &str) -> Result<LineOnRecord, DeskError> {
    let standing = existing_line(ledger, line)?;
    let left = standing.reservation().and_then(|id| Some((id.to_owned(), ledger.state().reservation(id)?)));
    let released = ledger.note_record(&release_id(line, standing.revision));
    Ok(LineOnRecord { line: standing, left, released: released.map_err(|error| unavailable(&error.to_string()))? })
}

/// A line of an order, and the word for a write on it.
#[derive(Clone, Debug)]
pub struct LineWrite {
    /// The order's id.
    pub order: String,
    /// The number of the line.
    pub line: i64,
    /// The word for this write.
    pub key: String,
    /// Who asks for it, as the log has it.
    pub actor: String,
}

/// The id of a write on a line's reservation.
fn own_id(ledger: &Ledger<impl Log>, kind: &str, write: &LineWrite, reservation: &str) -> String {
    let scoped = scoped_id(kind, &write.actor, &[reservation, &write.key]);
    scoped_or_earlier_id(ledger, format!("{kind}:{reservation}:{}", write.key), scoped)
}

/// A command on a line's reservation.
#[derive(Clone, Debug)]
pub struct ReservationCommand {
    /// The id of the reservation.
    pub reservation: String,
    /// What the ledger is to do.
    pub command: Command,
}

/// Counts a shipment of what was set aside: `amount_milli_tpp` of it, or all that is left.
pub fn plan_shipment(
    ledger: &mut Ledger<impl Log>,
    write: &LineWrite,
    amount_milli_tpp: Option<i64>,
    day: Date,
    last: bool,
) -> Result<ReservationCommand, DeskError> {
    if amount_milli_tpp.is_some_and(|amount| amount <= 0) {
        return Err(DeskError::unusable("`tpp` is not in range", "give whole TPP of 1 or more"));
    }
    let found = reserved_line(ledger, &line_id(&write.order, write.line))?;
    if !found.line.decision.held.is_empty() && !found.released {
        return Err(DeskError::Held(found.line.decision.held));
    }
    let reservation = found.reservation;
    let id = own_id(ledger, "ship", write, &reservation);
    let last = last || amount_milli_tpp.is_none();
    let command = Command::Post { id, reservation: reservation.clone(), amount_milli_tpp, day, last };
    Ok(ReservationCommand { reservation, command })
}

/// Gives up what is left of what was set aside.
pub fn plan_cancellation(
    ledger: &mut Ledger<impl Log>,
    write: &LineWrite,
    reason: String,
) -> Result<ReservationCommand, DeskError> {
    let reservation = reserved_line(ledger, &line_id(&write.order, write.line))?.reservation;
    let id = own_id(ledger, "cancel", write, &reservation);
    let command = Command::Void { id, reservation: reservation.clone(), reason };
    Ok(ReservationCommand { reservation, command })
}

/// What really went, in place of what was said of a shipment.
#[derive(Clone, Debug)]
pub struct Correction {
    /// The word with which the shipment was recorded.
    pub shipment: String,
    /// Who recorded it, as the log has it, where that is said.
    pub by: Option<String>,
    /// The shipment's record, by the id that the log has of it; where it is given, `shipment` and `by` are not looked at.
    pub posting: Option<String>,
    /// What really went, in thousandths of a TPP.
    pub amount_milli_tpp: i64,
    /// The day on which it really went.
    pub day: Date,
    /// Why, for those who read the log.
    pub reason: String,
}

/// A correction, and whether one person alone may make it.
#[derive(Clone, Debug)]
pub struct CorrectionPlan {
    /// What the ledger is to do.
    pub command: ReservationCommand,
    /// Whether it takes something off an account: another person must confirm it then.
    pub takes_off: bool,
}

/// Puts right what was said of a shipment. It counts even over a limit: a breach then says so. `actors` are all who ever could record a shipment.
pub fn plan_correction(
    ledger: &mut Ledger<impl Log>,
    write: &LineWrite,
    correction: Correction,
    actors: &[String],
) -> Result<CorrectionPlan, DeskError> {
    let reservation = reserved_line(ledger, &line_id(&write.order, write.line))?.reservation;
    let id = own_id(ledger, "correct", write, &reservation);
    let (posting, posted) = shipment(ledger, &reservation, &correction, &write.actor, actors)?;
    let Correction { amount_milli_tpp: amount, day, reason, .. } = correction;
    // Of a shipment that is not on record nothing is taken off: the ledger says so. It also refuses what takes something off by then, since another
    // correction may come in between.
    let stays = posted.is_none_or(|posted| {
        amount >= posted.amount_milli_tpp && posted.periods.iter().all(|period| period.contains(day))
    });
    let command = Command::Correct { id, posting, amount_milli_tpp: amount, day, reason, only_adds: stays };
    Ok(CorrectionPlan { command: ReservationCommand { reservation, command }, takes_off: !stays })
}

/// The id of the shipment of a reservation that a correction means, and how it stands; of one that was never recorded, the id that it would have.
fn shipment(
    ledger: &Ledger<impl Log>,
    reservation: &str,
    correction: &Correction,
    actor: &str,
    actors: &[String],
) -> Result<(String, Option<PostingView>), DeskError> {
    if let Some(posting) = &correction.posting {
        // The id begins with the reservation in the log of before 2026-11-28, and is a digest of it since: the caller looked it up by the line.
        return Ok((posting.clone(), ledger.state().posting(posting)));
    }
    let key = correction.shipment.as_str();
    let of = |actor: &str| scoped_id("ship", actor, &[reservation, key]);
    let mut ids: Vec<String> = match &correction.by {
        Some(by) => vec![of(by)],
        // Shipments of before 2026-11-28 are known by their line and word alone.
        None => {
            std::iter::once(format!("ship:{reservation}:{key}")).chain(actors.iter().map(|actor| of(actor))).collect()
        }
    };
    ids.sort();
    ids.dedup();
    let known = |id: String| ledger.state().posting(&id).map(|posting| (id, posting));
    let mut found: Vec<_> = ids.into_iter().filter_map(known).collect();
    match (found.pop(), found.pop()) {
        (Some((id, posting)), None) => Ok((id, Some(posting))),
        (None, _) => Ok((of(correction.by.as_deref().unwrap_or(actor)), None)),
        (Some(_), Some(_)) => Err(DeskError::unusable(
            "several people recorded a shipment of this line with the same Idempotency-Key",
            "say in `by` whose is meant, as the audit log names who recorded it",
        )),
    }
}
