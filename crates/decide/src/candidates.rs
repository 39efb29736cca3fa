//! Settles what is open of a line's item where all that it may be comes to the same.

use std::sync::Arc;

use tollgate_engine::{are_alike, with_readings};
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
        take_item(&mut line.facts, &settled.facts);
        let quantity = (!order.is_unread("quantity")).then_some(order.quantity);
        line.tpp = settled.unit_tpp.zip(quantity).map(|(tpp, quantity)| tpp.times(quantity));
        line.item = settled;
    }
    settle_density(program, &mut line.facts, &line.item);
}

/// The candidate with the most TPP, where every rule of the law comes to the same for each of the others, and for the other value of a figure in dispute.
fn any_candidate(program: &Program, line: &LineFacts) -> Option<Arc<ItemFacts>> {
    let candidates = &line.item.candidates;
    let most = candidates.first()?;
    let lines = candidates.iter().flat_map(|candidate| {
        let other = candidate.other.as_ref().map(|(facts, _)| facts);
        [Some(&candidate.facts), other].into_iter().flatten().map(|figures| {
            let mut facts = line.facts.clone();
            take_item(&mut facts, figures);
            settle_density(program, &mut facts, candidate);
            with_readings(program, &mut facts);
            facts
        })
    });
    let lines: Vec<Facts> = lines.collect();
    // The host names the ECCN, which no rule does.
    let same_host = candidates.iter().all(|item| item.facts.get(facts::ITEM_HOST) == most.facts.get(facts::ITEM_HOST));
    (same_host && are_alike(program, &lines)).then(|| Arc::clone(most))
}

/// Takes over what is known of an item into the facts of a line.
fn take_item(facts: &mut Facts, item: &Facts) {
    for place in 0..facts::SLOTS {
        let Some(fact) = u8::try_from(place).ok().map(FactId) else { continue };
        if let Some(value) = item.get(fact) {
            facts.set(fact, value);
        }
    }
}
