//! Judging facts by a policy, with what is put into words once for all lines that are judged alike.

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use tollgate_engine::{Judged, Memo, eccn_pattern, with_readings};
use tollgate_law::Policy;
use tollgate_law::facts::{self, FactId, Facts};
use tollgate_law::program::Program;
use tollgate_model::{Activity, Country, OrderLine, Truth};
use tollgate_records::{RedFlag, Text, UnsurePoint};

use super::candidates::{ItemMemo, settle_item};
use super::facts::{FactBuilder, LineFacts};
use super::fleet::ItemWeight;
use super::item_facts::UnknownItem;
use super::reading_effects::{ReadingEffect, reading_effects};
use super::veu_bases::{NOT_HELD, VeuBases};

/// What is put into words once for all lines that are decided alike.
#[derive(Debug)]
pub struct RenderedDecision {
    pub(crate) readings: Vec<ReadingEffect>,
    /// The ECCN with `{host}` for the item's own, which is no matter of the atoms.
    pub(crate) eccn: Option<String>,
    pub(crate) mask: String,
    /// The argument, once somebody has asked for it.
    pub(crate) argument: OnceLock<Argument>,
}

/// The argument of a decision, less the values of the facts that it reads: the same for all lines that are decided alike.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) steps: Vec<ArgumentStep>,
    pub(crate) unsure: Vec<UnsurePoint>,
    pub(crate) red_flags: Vec<RedFlag>,
}

/// A step of an argument.
#[derive(Debug)]
pub(crate) struct ArgumentStep {
    pub(crate) cite: Text,
    pub(crate) rule: Text,
    pub(crate) result: Truth,
    /// The facts that it reads.
    pub(crate) facts: Vec<FactId>,
}

/// What items are weighed with.
pub(crate) struct Scale<'a> {
    pub(crate) builder: &'a mut FactBuilder,
    pub(crate) memo: &'a mut Memo<RenderedDecision>,
    pub(crate) item_memo: &'a mut ItemMemo,
    pub(crate) policy: &'a Policy,
}

impl Scale<'_> {
    /// Weighs the items of a line as if they left the United States for some country.
    pub(crate) fn weigh(&mut self, order: &OrderLine<'_>) -> Result<ItemWeight, UnknownItem> {
        let abroad = Country::all().find(|country| *country != Country::UNITED_STATES);
        let probe = OrderLine {
            activity: Activity::Export,
            origin: Some(Country::UNITED_STATES),
            destination: abroad.unwrap_or(Country::UNKNOWN),
            ..order.clone()
        };
        let mut line = self.builder.line(&probe)?;
        let program = self.policy.program(order.date);
        let epoch = self.policy.epoch(order.date);
        settle_item(self.item_memo, epoch, program, &mut line, &probe);
        with_readings(program, &mut line.facts);
        let judged = judge(self.memo, self.policy, epoch, program, &line.facts);
        Ok(ItemWeight::of(program, &judged.scratch, line.tpp))
    }
}

/// Holds a line of a universal validated end-user against the geographic ratios, and says so in its remarks; returns whether its facts changed.
pub(crate) fn hold_ratios(
    bases: Option<&mut VeuBases>,
    order: &OrderLine<'_>,
    line: &mut LineFacts,
    mut scale: Scale<'_>,
) -> Result<bool, UnknownItem> {
    let Some(bases) = bases else {
        line.remarks.push(Arc::from(NOT_HELD));
        return Ok(false);
    };
    let tables = scale.builder.shared_tables();
    let policy = scale.policy;
    let held = bases.hold(order, policy, &tables, &mut |line: &OrderLine<'_>| scale.weigh(line))?;
    line.remarks.extend(held.remarks.into_iter().map(Arc::from));
    match held.kept {
        Truth::True => return Ok(false),
        Truth::False => line.facts.set(facts::CONSIGNEE_UVEU_RATIOS, 0),
        Truth::Unknown => line.facts.forget(facts::CONSIGNEE_UVEU_RATIOS),
    }
    Ok(true)
}

/// What the law makes of facts, remembered by the atoms that hold.
pub(crate) fn judge(
    memo: &mut Memo<RenderedDecision>,
    policy: &Policy,
    epoch: usize,
    program: &Program,
    line: &Facts,
) -> Arc<Judged<RenderedDecision>> {
    memo.judge(epoch, program, line, |determination, scratch| {
        let mut hex = String::new();
        let mask = scratch.mask();
        for words in [&mask.holds, &mask.may_hold] {
            hex.push(':');
            for word in words {
                let _ = write!(hex, "{word:016x}");
            }
        }
        RenderedDecision {
            readings: reading_effects(policy, program, determination),
            eccn: eccn_pattern(program, scratch).map(str::to_owned),
            mask: hex,
            argument: OnceLock::new(),
        }
    })
}
