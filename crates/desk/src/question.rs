//! The lines of a question, decided as one order on what the ledger holds. Nothing of it is recorded.

use std::sync::Arc;

use serde_json::value::RawValue;
use tollgate_decide::{Decider, Detail, FileCounts, Tables, UnknownItem, decision_record};
use tollgate_ledger::{AccountKey, Ledger, Log};
use tollgate_model::OrderLine;

use super::decider_state::Desk;
use super::decision::raw;
use super::error::DeskError;
use super::order::OrderRequest;
use super::reserve::{Before, tpp_used};

/// Decides the lines of a question, each on what those before it had counted; decision records as JSON. `tables` are those to decide by where they
/// are not the office's own.
///
/// # Errors
///
/// A line that is no order, an item that is not known, and a ledger with findings that cannot be read.
pub fn decide_question(
    desk: &Desk,
    ledger: &Ledger<impl Log>,
    tables: Option<&Arc<Tables>>,
    lines: &[OrderRequest],
) -> Result<Vec<Box<RawValue>>, DeskError> {
    let office = desk.decider(ledger)?;
    let (mut decider, tables) = match tables {
        Some(tables) => (Decider::new(Arc::clone(&desk.policy), Arc::clone(tables)), Arc::clone(tables)),
        None => (office.decider.with_policy(Arc::clone(&desk.policy)), Arc::clone(&office.tables)),
    };
    drop(office);
    let lines: Result<Vec<OrderLine<'_>>, _> = lines.iter().map(OrderRequest::line).collect();
    let lines = lines.map_err(|(what, mend)| DeskError::unusable(what, mend))?;
    let unknown = |error: UnknownItem| DeskError::unusable(&error.what, &error.mend);
    if lines.len() > 1 {
        lines.iter().try_for_each(|line| decider.add_to_shipment(line)).map_err(unknown)?;
    }
    let mut counts: Vec<FileCounts> = Vec::new();
    for line in &lines {
        decider.check_item(line.item).map_err(unknown)?;
        counts.push(decider.decide(line).map_err(unknown)?.file_counts());
    }
    let mut records = Vec::new();
    for (line, counts) in lines.iter().zip(&counts) {
        let used = |key: &AccountKey| tpp_used(ledger, key, line.date, Before::default());
        let decided = decider.decide_within(line, counts, &used).map_err(unknown)?;
        records.push(raw(&decision_record(line, &decided, &desk.policy, &tables, Detail::Whole))?);
    }
    Ok(records)
}
