//! Settles what is open of a line's item where all that it may be comes to the same.

use std::sync::Arc;

use tollgate_engine::{AtomMask, are_alike, with_readings};
use tollgate_law::facts::{self, FactId, Facts};
use tollgate_law::program::Program;
use tollgate_model::{Lookup, OrderLine, Ratio, count_of};

use super::facts::{LineFacts, unknown_item_remark};
use super::items::settle_density;

/// How the items of earlier lines were settled, found again by the truth of the law's atoms. An item is named by where its facts lie, so that one
/// memo belongs to one [`FactBuilder`](super::facts::FactBuilder), which keeps them there.
#[derive(Debug, Default)]
pub(crate) struct ItemMemo {
    known: Lookup<Box<[u64]>, SettledItem>,
    mask: AtomMask,
    key: Vec<u64>,
}

/// What was settled of an item.
#[derive(Clone, Copy, Debug)]
struct SettledItem {
    /// Whether it is the first of its candidates, as far as the law can tell.
    is_first: bool,
    /// Its performance density, where that was not known.
    density: Option<Ratio>,
}

/// How many are kept; when there are more, all are dropped and gathered anew, so that memory stays bounded.
const KEPT: usize = 16_384;

/// Settles the item of a line before it is counted: one of several whose names the order's words fit, where the law tells none of them from another on
/// this line, and a performance density of which several die areas are reported. `epoch` names the program.
pub(crate) fn settle_item(
    memo: &mut ItemMemo,
    epoch: usize,
    program: &Program,
    line: &mut LineFacts,
    order: &OrderLine<'_>,
) {
    if line.item.candidates.is_empty() && line.item.density_bounds.is_none() {
        return;
    }
    memo.mask.read(program, &line.facts);
    memo.key.clear();
    memo.key.extend([count_of(epoch), count_of(Arc::as_ptr(&line.item).addr())]);
    memo.key.extend_from_slice(&memo.mask.holds);
    memo.key.extend_from_slice(&memo.mask.may_hold);
    if let Some(known) = memo.known.get(memo.key.as_slice()) {
        return take_settled(line, order, *known);
    }
    let is_first = any_candidate(program, line);
    take_settled(line, order, SettledItem { is_first, density: None });
    let before = line.facts.get(facts::IC_DENSITY);
    settle_density(program, &mut line.facts, &line.item);
    let settled = before.is_none() && line.facts.get(facts::IC_DENSITY).is_some();
    let density = line.item.density_bounds.filter(|_| settled).map(|(low, _)| low);
    if memo.known.len() >= KEPT {
        memo.known.clear();
    }
    memo.known.insert(memo.key.as_slice().into(), SettledItem { is_first, density });
}

/// Takes over into the facts of a line what was settled of its item.
fn take_settled(line: &mut LineFacts, order: &OrderLine<'_>, settled: SettledItem) {
    let first = line.item.candidates.first().filter(|_| settled.is_first).map(Arc::clone);
    if let Some(first) = first {
        let remark = unknown_item_remark(&line.item);
        line.remarks.retain(|known| Some(known) != remark.as_ref());
        take_item(&mut line.facts, &first.facts);
        let quantity = (!order.is_unread("quantity")).then_some(order.quantity);
        line.tpp = first.unit_tpp.zip(quantity).map(|(tpp, quantity)| tpp.times(quantity));
        line.item = first;
    }
    if settled.density.is_some() {
        line.facts.set_ratio(facts::IC_DENSITY, settled.density);
    }
}

/// Whether the first candidate, which has the most TPP, may stand for all: where every rule of the law comes to the same for each of the others, and
/// for the other value of a figure in dispute.
fn any_candidate(program: &Program, line: &LineFacts) -> bool {
    let candidates = &line.item.candidates;
    let Some(most) = candidates.first() else { return false };
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
    same_host && are_alike(program, &lines)
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
