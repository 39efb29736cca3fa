//! What goes, what is given up, and what was said wrong of either.

use tollgate_ledger::{Command, Ledger, Log, Record, ReservationView, Status};
use tollgate_model::Date;

use super::decision::{LineRecord, line_id, release_id, standing_line, unavailable};
use super::error::DeskError;

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
    let standing = standing_line(ledger, line)?;
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
    let standing = standing_line(ledger, line)?;
    let left = standing.reservation().and_then(|id| Some((id.to_owned(), ledger.state().reservation(id)?)));
    let released = ledger.noted(&release_id(line, standing.revision));
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
    let id = format!("ship:{reservation}:{}", write.key);
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
    let id = format!("cancel:{reservation}:{}", write.key);
    let command = Command::Void { id, reservation: reservation.clone(), reason };
    Ok(ReservationCommand { reservation, command })
}

/// What really went, in place of what was said of a shipment.
#[derive(Clone, Debug)]
pub struct Correction {
    /// The word with which the shipment was recorded.
    pub shipment: String,
    /// What really went, in thousandths of a TPP.
    pub amount_milli_tpp: i64,
    /// The day on which it really went.
    pub day: Date,
    /// Why, for those who read the log.
    pub reason: String,
}

/// Puts right what was said of a shipment. It counts even over a limit: a breach then says so.
pub fn plan_correction(
    ledger: &mut Ledger<impl Log>,
    write: &LineWrite,
    correction: Correction,
) -> Result<ReservationCommand, DeskError> {
    let reservation = reserved_line(ledger, &line_id(&write.order, write.line))?.reservation;
    let id = format!("correct:{reservation}:{}", write.key);
    let posting = format!("ship:{reservation}:{}", correction.shipment);
    let Correction { amount_milli_tpp: amount, day, reason, .. } = correction;
    Ok(ReservationCommand {
        reservation,
        command: Command::Correct { id, posting, amount_milli_tpp: amount, day, reason },
    })
}
