//! A line decided anew, in the place of what was decided before.

use tollgate_ledger::{Ledger, Log, Status};

use super::decider_state::Desk;
use super::decision::{Decision, entries, existing_line, line_id, recorded_decision, revision_id};
use super::error::DeskError;
use super::reserve::{Order, Plan, check, propose};

/// Decides a line anew and puts what it sets aside in the place of what was set aside before: both at once, or neither.
pub fn plan_amendment(
    desk: &Desk,
    ledger: &mut Ledger<impl Log>,
    actor: &str,
    request: &Order,
    now_ms: i64,
) -> Result<Plan, DeskError> {
    check(&request.order)?;
    let id = line_id(&request.order.order_id, request.order.line.unwrap_or(1));
    let earlier = existing_line(ledger, &id)?;
    if let Some((decision, note)) = earlier_decision(ledger, &id, actor, earlier.decided, request)? {
        return Ok(Plan { entries: entries(actor, &note, &decision)?, decision, repeated: true });
    }
    // Of what has gone, or was given up, nothing can be amended.
    let closed = earlier.reservation().and_then(|id| ledger.state().reservation(id));
    match closed {
        Some(left) if left.open && left.has_postings => return Err(DeskError::ShippedInPart),
        Some(left) if !left.open => return Err(DeskError::Refused(Status::ReservationClosed)),
        _ => {}
    }
    let decision = propose(desk, ledger, request, Some(&earlier), now_ms)?;
    let note = format!("decision:{}", revision_id(&id, earlier.decided + 1));
    Ok(Plan { entries: entries(actor, &note, &decision)?, decision, repeated: false })
}

/// The decision that the same request of the same caller led to before; `line` is its id.
fn earlier_decision(
    ledger: &mut Ledger<impl Log>,
    line: &str,
    actor: &str,
    decided: u32,
    request: &Order,
) -> Result<Option<(Decision, String)>, DeskError> {
    for revision in 2..=decided {
        let note = format!("decision:{}", revision_id(line, revision));
        let known = recorded_decision(ledger, &note)?.filter(|(decision, record)| {
            decision.idempotency_key == request.key && record.parse().is_ok_and(|body| body.actor == actor)
        });
        match known {
            Some((decision, _)) if decision.request == request.digest() => return Ok(Some((decision, note))),
            Some(_) => return Err(DeskError::Refused(Status::IdTaken)),
            None => {}
        }
    }
    Ok(None)
}
