//! The ledger's lines on the board, and how each stands.

use tollgate_desk::{DeskError, line_on_record};
use tollgate_ledger::AnyLog;
use tollgate_ledger::Ledger;

use super::Shared;
use super::board::{BoardRow, LEDGER, heard};
use super::orders::unavailable;
use super::problem::Problem;

/// How a line of the file stands: the ledger knows nothing of it.
const IN_FILE: &str = "file";

/// Takes up on the board what was recorded since.
pub(crate) async fn refresh(app: &Shared) -> Result<(), Problem> {
    let Some(board) = &app.shown.board else { return Ok(()) };
    loop {
        let after = board.heard_until();
        let found = app.with_ledger(move |ledger| heard(ledger, after)).await?;
        let (heard, last, is_all) = found.map_err(|what| unavailable(&what))?;
        board.take_up(&heard, after, last).map_err(|what| unavailable(&what))?;
        if is_all {
            return Ok(());
        }
    }
}

/// How a line of the ledger stands: `recorded`, `held`, `reserved`, `part_shipped`, `shipped` or `given_up`.
pub(crate) fn status_of(ledger: &mut Ledger<AnyLog>, line_id: &str) -> Result<&'static str, DeskError> {
    let found = line_on_record(ledger, line_id)?;
    let waits = !found.line.decision.held.is_empty() && found.released.is_none();
    Ok(match found.left {
        None => "recorded",
        Some((_, left)) if left.open && waits => "held",
        Some((_, left)) if left.open && left.has_postings => "part_shipped",
        Some((_, left)) if left.open => "reserved",
        Some((_, left)) if left.has_postings => "shipped",
        Some(_) => "given_up",
    })
}

/// How each of some lines stands, in their order.
pub(crate) async fn statuses(app: &Shared, rows: &[BoardRow]) -> Result<Vec<&'static str>, Problem> {
    let ids: Vec<Option<String>> = rows.iter().map(|row| (row.source == LEDGER).then(|| row.line_id())).collect();
    let found = app.with_ledger(move |ledger| {
        let one = |id: Option<String>| id.map_or(Ok(IN_FILE), |id| status_of(ledger, &id));
        ids.into_iter().map(one).collect::<Result<Vec<_>, DeskError>>()
    });
    Ok(found.await??)
}
