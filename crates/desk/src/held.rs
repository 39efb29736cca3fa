//! Lines that wait for a second person.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use tollgate_ledger::{Ledger, Log};
use tollgate_model::never;

use super::decision::{Decision, current_line, decision_in, line_id, release_id, unavailable};
use super::error::DeskError;
use super::order::OrderRequest;

/// What the queue needs of a decision's record.
#[derive(Deserialize)]
struct HeldDecision {
    order: HeldOrder,
    #[serde(default)]
    held: Vec<String>,
}

#[derive(Deserialize)]
struct HeldOrder {
    order_id: String,
    line: Option<i64>,
}

/// Records that are read before the ledger is let go for others.
const AT_A_TIME: u32 = 20_000;

/// A line that waits for a second person.
pub struct HeldLine {
    /// The order's id.
    pub order: String,
    /// The number of the line.
    pub line: i64,
    /// Who entered it or amended it last.
    pub by: String,
    /// Why it is held.
    pub why: Vec<String>,
    /// The order as it was asked.
    pub request: OrderRequest,
    /// The decision as it was made, in the form of a line of decisions.jsonl.
    pub decision: Box<RawValue>,
}

/// What the records that were read so far hold for a second person.
#[derive(Default)]
pub struct HeldQueue {
    after: u64,
    /// By id: the number of the record, the order and the line.
    lines: BTreeMap<String, (u64, String, i64)>,
}

impl HeldQueue {
    /// Reads the next records; returns whether all of the log was read.
    pub fn read_on(&mut self, ledger: &mut Ledger<impl Log>) -> Result<bool, DeskError> {
        let mut unreadable: Option<String> = None;
        let paged = ledger.page(self.after, AT_A_TIME, &mut |record| {
            // It is read again until it can be: a line that waits is never passed over.
            if unreadable.is_some() {
                return;
            }
            let decision = match decision_in::<HeldDecision>(record) {
                Ok(decision) => decision,
                Err(what) => {
                    unreadable = Some(what);
                    return;
                }
            };
            self.after = record.seq;
            let Some(decision) = decision else { return };
            if !decision.held.is_empty() {
                let (order, line) = (decision.order.order_id, decision.order.line.unwrap_or(1));
                self.lines.insert(line_id(&order, line), (record.seq, order, line));
            }
        });
        paged.map_err(|error| unavailable(&error.to_string()))?;
        if let Some(what) = unreadable {
            return Err(unavailable(&what));
        }
        Ok(self.after >= ledger.head().seq)
    }

    /// So many of those that can still be released, the latest first; what needs no release any more is forgotten.
    pub fn held_lines(&mut self, ledger: &mut Ledger<impl Log>, most: usize) -> Result<Vec<HeldLine>, DeskError> {
        let mut latest: Vec<_> = self.lines.iter().map(|(id, place)| (place.clone(), id.clone())).collect();
        latest.sort_by(|a, b| b.cmp(a));
        let mut held = Vec::new();
        for ((_, order, number), id) in latest {
            if held.len() >= most {
                break;
            }
            let waits = current_line(ledger, &id)?.filter(|line| {
                let reserved = line.reservation().and_then(|id| ledger.state().reservation(id));
                let open = reserved.is_some_and(|reserved| reserved.open);
                open && !line.decision.held.is_empty() && !ledger.has_note(&release_id(&id, line.revision))
            });
            match waits {
                Some(line) => {
                    let Some(by) = line.actors.last().cloned() else {
                        never!("`{id}` was decided by nobody");
                        return Err(unavailable("a line on record names nobody who decided it"));
                    };
                    let Decision { held: why, order: request, decision, .. } = line.decision;
                    held.push(HeldLine { order, line: number, by, why, request, decision });
                }
                None => {
                    // What cannot be read reads like what is not there, and must not be forgotten for it.
                    ledger.check().map_err(|error| unavailable(&error.to_string()))?;
                    self.lines.remove(&id);
                }
            }
        }
        Ok(held)
    }
}
