//! Lines that wait for a second person.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use tollgate_ledger::Ledger;

use super::super::Shared;
use super::super::problem::Problem;
use super::moves::release_id;
use super::{Decision, line_id, standing, unavailable};
use tollgate_ledger::AnyLog;

/// Records that are read before the ledger is let go for others.
const AT_A_TIME: usize = 20_000;

/// A line that waits for a second person.
pub(crate) struct Held {
    pub(crate) order: String,
    pub(crate) line: i64,
    /// Who entered it or amended it last.
    pub(crate) by: String,
    pub(crate) why: Vec<String>,
}

/// What the records that were read so far hold for a second person.
#[derive(Default)]
pub(crate) struct Waiting {
    after: u64,
    /// By id: the number of the record, the order and the line.
    lines: BTreeMap<String, (u64, String, i64)>,
}

impl Waiting {
    /// Reads on; whether all was read.
    fn read_on(&mut self, ledger: &mut Ledger<AnyLog>) -> Result<bool, Problem> {
        let paged = ledger.page(self.after, AT_A_TIME, &mut |record| {
            self.after = record.seq;
            // Most records are the ledger's own, or of lines that nobody holds: their bytes tell.
            let text = String::from_utf8_lossy(&record.body);
            if !text.contains(r#""kind":"decision""#) || text.contains(r#""held":[]"#) {
                return;
            }
            let Ok(body) = record.parse() else { return };
            let Ok(decision) = serde_json::from_str::<Decision>(body.data.get()) else { return };
            if !decision.held.is_empty() {
                let (order, line) = (decision.order.order_id, decision.order.line.unwrap_or(1));
                self.lines.insert(line_id(&order, line), (record.seq, order, line));
            }
        });
        paged.map_err(|error| unavailable(&error.to_string()))?;
        Ok(self.after >= ledger.head().seq)
    }

    /// So many of those that can still be released, the latest first; what needs no release any more is forgotten.
    fn held(&mut self, ledger: &mut Ledger<AnyLog>, most: usize) -> Result<Vec<Held>, Problem> {
        let mut latest: Vec<_> = self.lines.iter().map(|(id, own)| (own.clone(), id.clone())).collect();
        latest.sort_by(|a, b| b.cmp(a));
        let mut held = Vec::new();
        for ((_, order, line), id) in latest {
            if held.len() >= most {
                break;
            }
            let waits = standing(ledger, &id)?.filter(|own| {
                let reserved = own.reservation().and_then(|id| ledger.state().reservation(id));
                let open = reserved.is_some_and(|reserved| reserved.open);
                open && !own.decision.held.is_empty() && !ledger.has_note(&release_id(&id, own.revision))
            });
            match waits {
                Some(own) => {
                    let by = own.actors.last().cloned().unwrap_or_default();
                    held.push(Held { order, line, by, why: own.decision.held });
                }
                None => drop(self.lines.remove(&id)),
            }
        }
        Ok(held)
    }
}

/// So many of the lines that wait for a second person, the latest first.
pub(crate) async fn held(app: &Shared, most: usize) -> Result<Vec<Held>, Problem> {
    loop {
        let own = Arc::clone(app);
        let looked = app.with_ledger(move |ledger| {
            let mut waiting = own.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.read_on(ledger)? { waiting.held(ledger, most).map(Some) } else { Ok(None) }
        });
        if let Some(held) = looked.await?? {
            return Ok(held);
        }
    }
}
