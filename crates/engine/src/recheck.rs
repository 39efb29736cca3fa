//! The checker of recorded decisions: from a certificate to the decision that must follow.
//!
//! A certificate holds the truth of each of the law's atoms for an order. From these come facts that make the same atoms true; they are decided by the
//! compiled program, and by the naive interpreter of the provisions as they are written, which shares nothing with it but the parsed conditions.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use tollgate_law::Policy;
use tollgate_law::facts::{FACTS, FactId, FactKind, Facts, NO_COUNTRY};
use tollgate_law::program::Program;
use tollgate_model::{Date, Outcome, ReviewPolicy, Truth, index_of};

use crate::complete::representatives;
use crate::determine::determine;
use crate::naive;
use crate::scalar::{AtomMask, Scratch};
use crate::trace::{eccn_pattern, trace};

/// From what a decision can be derived again (`docs/decision-record.md`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The first 16 digits of the digest of what decides on the day ([`Program::digest`]).
    pub law: String,
    /// The day of the law.
    pub day: Date,
    /// The truth of each atom.
    pub mask: AtomMask,
    /// XXH3 of the facts; `None` in certificates of the first version.
    pub facts: Option<u64>,
}

/// A text that is no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadCertificate;

fn words(text: &str) -> Option<Vec<u64>> {
    let digits = text.as_bytes();
    let parts = digits.chunks(16).map(|part| {
        let part = std::str::from_utf8(part).ok().filter(|part| part.len() == 16)?;
        u64::from_str_radix(part, 16).ok()
    });
    parts.collect()
}

impl FromStr for Certificate {
    type Err = BadCertificate;

    fn from_str(text: &str) -> Result<Certificate, BadCertificate> {
        let parts: Vec<&str> = text.split(':').collect();
        let (law, day, holds, may_hold, facts) = match parts.as_slice() {
            [law, day, holds, may_hold] => (*law, *day, *holds, *may_hold, None),
            [law, day, holds, may_hold, facts] => (*law, *day, *holds, *may_hold, Some(*facts)),
            _ => return Err(BadCertificate),
        };
        let day = day.parse().ok().and_then(Date::from_epoch_days).ok_or(BadCertificate)?;
        let holds = words(holds).ok_or(BadCertificate)?;
        let may_hold = words(may_hold).ok_or(BadCertificate)?;
        let facts = facts.map(|facts| u64::from_str_radix(facts, 16)).transpose().map_err(|_| BadCertificate)?;
        Ok(Certificate { law: law.to_owned(), day, mask: AtomMask { holds, may_hold }, facts })
    }
}

/// What follows from a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rederived {
    /// What may be done.
    pub outcome: Outcome,
    /// The exception's short name, where the outcome is one.
    pub authorization: Option<String>,
    /// The review policy, where a license is required.
    pub review: Option<ReviewPolicy>,
    /// The strictest outcome that the unknown facts leave possible.
    pub strictest: Outcome,
    /// The mildest.
    pub mildest: Outcome,
    /// The facts that would settle the outcome, or in which what leaves it open stands.
    pub missing: Vec<FactId>,
    /// Whether it is open, and no column of an input would settle it: the law of the order's day is not modeled.
    pub open_by_day: bool,
    /// The readings that the outcome or the review turns on.
    pub readings: Vec<FactId>,
    /// The ECCN, with `{host}` for the item's own, which no atom reads; `None` where the facts do not settle it.
    pub eccn: Option<String>,
    /// The argument: citation and truth of each step.
    pub steps: Vec<RederivedStep>,
}

/// A step of the argument that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RederivedStep {
    /// The citation with its paragraph.
    pub cite: Arc<str>,
    /// Whether it holds.
    pub truth: Truth,
}

/// Why nothing can be derived from a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecheckError {
    /// It was made under other law, or by a version of Tollgate that reads the law otherwise.
    OtherLaw,
    /// Its day is not the one of whose law the policy decides an order of that date.
    OtherDay,
    /// No facts make its atoms true: it was not made by deciding an order.
    Impossible,
    /// The compiled program and the naive interpreter differ on it.
    InterpretersDiffer,
}

/// The values of a fact that a program can tell apart, by the truths of the atoms that read it.
struct Cells {
    fact: FactId,
    /// The places of the atoms that read the fact.
    atoms: Vec<usize>,
    /// By whether each of the atoms holds, as bits: a value, and its denominator, which only fractions need.
    values: BTreeMap<Vec<u64>, (i64, i64)>,
}

impl Cells {
    fn of(program: &Program, fact: FactId) -> Cells {
        let mut values = representatives(program, fact);
        if fact.def().kind == FactKind::Country {
            values.push((NO_COUNTRY, 1));
        }
        let atoms: Vec<usize> = atoms_of(program, fact).collect();
        let mut mask = AtomMask::default();
        let mut by_truth = BTreeMap::new();
        for (value, denominator) in values {
            let mut facts = Facts::default();
            set(&mut facts, fact, value, denominator);
            mask.read(program, &facts);
            let mut holds = Vec::new();
            read_bits(&mask.holds, &atoms, &mut holds);
            by_truth.entry(holds).or_insert((value, denominator));
        }
        Cells { fact, atoms, values: by_truth }
    }
}

fn set(facts: &mut Facts, fact: FactId, value: i64, denominator: i64) {
    facts.set(fact, value);
    if matches!(fact.def().kind, FactKind::Ratio(_)) {
        facts.set(fact.denominator(), denominator);
    }
}

/// Finds facts for the masks of one program.
struct FactFinder(Vec<Cells>);

impl FactFinder {
    fn new(program: &Program) -> FactFinder {
        let facts = FACTS.iter().filter_map(|def| FactId::named(def.name));
        let cells = facts.filter(|fact| fact.def().kind != FactKind::Denominator).map(|fact| Cells::of(program, fact));
        FactFinder(cells.filter(|cells| !cells.atoms.is_empty()).collect())
    }

    /// Facts that make the atoms of a mask as true as they are in it; `None` where there are none.
    fn facts_of(&self, program: &Program, mask: &AtomMask) -> Option<Facts> {
        let words = program.atom_count().div_ceil(64);
        if mask.holds.len() != words || mask.may_hold.len() != words {
            return None;
        }
        let mut facts = Facts::default();
        let (mut holds, mut may_hold) = (Vec::new(), Vec::new());
        for cells in &self.0 {
            read_bits(&mask.holds, &cells.atoms, &mut holds);
            read_bits(&mask.may_hold, &cells.atoms, &mut may_hold);
            let none_holds = holds.iter().all(|word| *word == 0);
            let may_hold_count = may_hold.iter().map(|word| word.count_ones()).sum();
            let unknown = none_holds && index_of(may_hold_count) == cells.atoms.len();
            if !unknown {
                let (value, denominator) = cells.values.get(&holds).filter(|_| holds == may_hold)?;
                set(&mut facts, cells.fact, *value, *denominator);
            }
        }
        let mut found = AtomMask::default();
        found.read(program, &facts);
        (found == *mask).then_some(facts)
    }
}

/// The bits at some places of words, one behind the other, in words of their own.
fn read_bits(words: &[u64], places: &[usize], bits: &mut Vec<u64>) {
    bits.clear();
    for places in places.chunks(64) {
        let bit = |at: usize| words.get(at / 64).map_or(0, |word| word >> (at % 64) & 1);
        bits.push(places.iter().rev().fold(0, |bits, at| bits << 1 | bit(*at)));
    }
}

/// The places of the atoms that read a fact.
fn atoms_of(program: &Program, fact: FactId) -> impl Iterator<Item = usize> {
    let thresholds = program.thresholds.iter().map(|atom| atom.fact);
    let facts = thresholds
        .chain(program.members.iter().map(|atom| atom.fact))
        .chain(program.ratios.iter().map(|atom| atom.fact));
    facts.enumerate().filter(move |(_, of)| *of == fact).map(|(at, _)| at)
}

/// Says why a certificate of an order of a day cannot have been made under a policy as it stands here.
pub fn check_law(policy: &Policy, order_day: Date, certificate: &Certificate) -> Result<(), RecheckError> {
    if policy.law_date(order_day) != certificate.day {
        return Err(RecheckError::OtherDay);
    }
    let same = policy.program(order_day).digest.get(..16) == Some(certificate.law.as_str());
    if same { Ok(()) } else { Err(RecheckError::OtherLaw) }
}

/// Derives decisions from certificates.
#[derive(Default)]
pub struct Rederiver {
    /// By the digest of a program.
    finders: BTreeMap<String, FactFinder>,
    /// By the digest of a policy.
    memos: BTreeMap<String, naive::LawMemo>,
    scratch: Scratch,
}

impl Rederiver {
    /// Derives the decision on an order of a day from a certificate, under the policy by which it was made. Under the same law, certificates that are
    /// alike but for the digest of the facts come to the same.
    pub fn rederive(
        &mut self,
        policy: &Policy,
        order_day: Date,
        certificate: &Certificate,
    ) -> Result<Rederived, RecheckError> {
        check_law(policy, order_day, certificate)?;
        let program = policy.program(order_day);
        if !self.finders.contains_key(&program.digest) {
            self.finders.insert(program.digest.clone(), FactFinder::new(program));
        }
        let facts = self.finders.get(&program.digest).and_then(|finder| finder.facts_of(program, &certificate.mask));
        let facts = facts.ok_or(RecheckError::Impossible)?;
        let determination = determine(program, &facts, &mut self.scratch);
        let label = determination.label;
        let exception = label.exception.and_then(|at| program.exceptions.get(usize::from(at)));
        let steps = trace(program, &determination, &self.scratch);
        let rederived = Rederived {
            outcome: label.outcome,
            authorization: exception.map(|exception| exception.name.clone()),
            review: label.review,
            strictest: determination.strictest,
            mildest: determination.mildest,
            eccn: eccn_pattern(program, &self.scratch).map(str::to_owned),
            steps: steps.iter().map(|step| RederivedStep { cite: step.step.cite.clone(), truth: step.truth }).collect(),
            readings: determination.readings.iter().map(|turn| turn.reading).collect(),
            missing: determination.open_facts(program),
            open_by_day: determination.is_open_by_day(program),
        };
        if !self.memos.contains_key(&policy.digest) {
            self.memos.insert(policy.digest.clone(), naive::LawMemo::default());
        }
        let fresh = naive::LawMemo::default();
        let memo = self.memos.get(&policy.digest).unwrap_or(&fresh);
        let plain = naive::decide_with(policy, order_day, &facts, memo);
        let settled = plain.outcome.is_none_or(|outcome| {
            outcome == rederived.outcome
                && plain.authorization == rederived.authorization
                && plain.review == rederived.review
        });
        if settled { Ok(rederived) } else { Err(RecheckError::InterpretersDiffer) }
    }
}
