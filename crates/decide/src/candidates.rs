//! Settles what is open of a line's item where all that it may be comes to the same.

use std::sync::Arc;

use tollgate_engine::{AtomMask, with_readings};
use tollgate_law::facts::{self, FactId, Facts};
use tollgate_law::program::Program;
use tollgate_model::OrderLine;

use super::facts::{LineFacts, unknown_item_remark};
use super::item_facts::ItemFacts;
use super::items::settle_density;

/// Settles the item of a line before it is counted: one of several whose names the order's words fit, where the law tells none of them from another on
/// this line, and a performance density of which several die areas are reported.
pub(crate) fn settle_item(program: &Program, line: &mut LineFacts, order: &OrderLine<'_>) {
    if let Some(settled) = any_candidate(program, line) {
        let remark = unknown_item_remark(&line.item);
        line.remarks.retain(|known| Some(known) != remark.as_ref());
        take_item(&mut line.facts, &settled);
        let quantity = (!order.is_unread("quantity")).then_some(order.quantity);
        line.tpp = settled.unit_tpp.zip(quantity).map(|(tpp, quantity)| tpp.times(quantity));
        line.item = settled;
    }
    settle_density(program, &mut line.facts, &line.item);
}

/// The candidate with the most TPP, where every atom of the law is as true of each of the others.
fn any_candidate(program: &Program, line: &LineFacts) -> Option<Arc<ItemFacts>> {
    let mut first: Option<AtomMask> = None;
    for candidate in &line.item.candidates {
        let mut facts = line.facts.clone();
        take_item(&mut facts, candidate);
        settle_density(program, &mut facts, candidate);
        with_readings(program, &mut facts);
        let mut mask = AtomMask::default();
        mask.read(program, &facts);
        if *first.get_or_insert_with(|| mask.clone()) != mask {
            return None;
        }
    }
    line.item.candidates.first().map(Arc::clone)
}

/// Takes over what is known of an item into the facts of a line.
fn take_item(facts: &mut Facts, item: &ItemFacts) {
    for place in 0..facts::SLOTS {
        let Some(fact) = u8::try_from(place).ok().map(FactId) else { continue };
        if let Some(value) = item.facts.get(fact) {
            facts.set(fact, value);
        }
    }
}
