//! The decision on one order line.

use tollgate_law::facts::{CLAIM, FactId, Facts, ITEM_KIND};
use tollgate_law::program::{Label, Program, ThresholdAtom};
use tollgate_model::{Outcome, ReviewPolicy};

use crate::complete::{Completions, complete};
use crate::scalar::{AtomTruth, Residual, Scratch, Verdict, atoms_below};

/// What a decision would come to under the other reading of an ambiguous text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingEffect {
    /// The reading.
    pub reading: FactId,
    /// The value that was taken.
    pub taken: bool,
    /// What the other value comes to.
    pub otherwise: Label,
}

/// What may be done with an order line, and what that turns on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Determination {
    /// What it comes to; where a license is required whatever the unknown facts are, with the strictest review.
    pub label: Label,
    /// The strictest outcome that the unknown facts leave possible.
    pub strictest: Outcome,
    /// The mildest.
    pub mildest: Outcome,
    /// The unknown facts that the outcome turns on; empty unless the outcome is open.
    pub missing: Vec<FactId>,
    /// The unknown facts that only the review policy turns on.
    pub review_turns_on: Vec<FactId>,
    /// Whether the search was given up before all that the unknown facts may be was looked at: the answer is then open, and may turn on more than is named.
    pub gave_up: bool,
    /// The readings that the outcome or the review turns on.
    pub readings: Vec<ReadingEffect>,
}

impl Determination {
    /// The facts that would settle the outcome, or in which what leaves it open stands; empty where it is settled, and where it is open whatever
    /// the facts are.
    pub fn open_facts(&self, program: &Program) -> Vec<FactId> {
        // Where a provision that is not modeled leaves it open, its own facts are what somebody must look into: the claim, where there is one.
        let open = self.label.unmodeled.and_then(|at| program.unmodeled.get(usize::from(at)));
        let touched: &[FactId] = open.map_or(&[], |rule| &rule.step.facts);
        let touched = if touched.contains(&CLAIM) { &[CLAIM] } else { touched };
        let search_end = (self.gave_up && self.missing.is_empty()).then_some(&ITEM_KIND);
        self.missing.iter().chain(touched).chain(search_end).copied().collect()
    }

    /// Whether it is open, and no column of an input would settle it: the law of the order's day is not modeled.
    pub fn is_open_by_day(&self, program: &Program) -> bool {
        self.label.unmodeled.is_some() && self.open_facts(program).iter().all(|fact| fact.def().columns.is_empty())
    }
}

/// What the decision list comes to by Kleene's logic, in one pass: the fast path of [`determine()`].
pub fn verdict(program: &Program, facts: &Facts, scratch: &mut Scratch) -> Verdict {
    scratch.start(program, facts);
    scratch.verdict(program)
}

/// Decides an order line by a program. The facts must hold the program's readings (see [`with_readings`]).
///
/// `scratch` afterwards holds the truth of every node under the facts as given, for [`crate::trace()`].
pub fn determine(program: &Program, facts: &Facts, scratch: &mut Scratch) -> Determination {
    // First without the readings: where that settles it none matters, and each way of taking them only fills in what is open.
    let mut open = facts.clone();
    for (reading, _) in &program.readings {
        open.forget(*reading);
    }
    let without = verdict(program, &open, scratch);
    let residual = scratch.residual(program);
    let readings = reading_atoms(program);
    let atoms = truths(&readings, |reading| facts.get(reading));
    let left = scratch.refine(program, &residual, &atoms);
    let determination = match without {
        Verdict::Settled(label) => settled(program, label),
        Verdict::Open(_) => {
            let mut taken = decide(program, scratch, &left);
            let other = OtherReadings { program, facts, atoms: &readings, residual: &residual };
            taken.readings = other.effects(&taken, scratch);
            scratch.refine(program, &residual, &atoms);
            taken
        }
    };
    scratch.finish(program);
    determination
}

/// Decides where all but `left` is settled, and leaves `scratch` as it was.
fn decide(program: &Program, scratch: &mut Scratch, left: &Residual) -> Determination {
    match scratch.residual_verdict(program, left) {
        Verdict::Settled(label) => settled(program, label),
        Verdict::Open(_) => combined(program, complete(program, scratch, left)),
    }
}

/// The atoms that read a reading, each with its place from 0.
fn reading_atoms(program: &Program) -> Vec<(usize, ThresholdAtom)> {
    let readings = program.readings.iter().fold(0_u128, |bits, (reading, _)| bits | 1 << reading.slot());
    let atoms = program.thresholds.iter().copied().enumerate();
    atoms.filter(|(_, atom)| readings >> atom.fact.slot() & 1 == 1).collect()
}

/// The truth of those atoms whose readings have a value.
fn truths(atoms: &[(usize, ThresholdAtom)], value: impl Fn(FactId) -> Option<i64>) -> Vec<AtomTruth> {
    let known = atoms
        .iter()
        .filter_map(|(place, atom)| Some(AtomTruth { place: *place, truth: value(atom.fact)? >= atom.threshold }));
    known.collect()
}

fn settled(program: &Program, label: Label) -> Determination {
    let (mildest, strictest) = range(program, [label]);
    Determination {
        label,
        strictest,
        mildest,
        missing: Vec::new(),
        review_turns_on: Vec::new(),
        gave_up: false,
        readings: Vec::new(),
    }
}

fn combined(
    program: &Program,
    Completions { labels, turns_on, review_turns_on, gave_up }: Completions,
) -> Determination {
    let (mildest, strictest) = range(program, labels.iter().copied());
    let strictest_review: Option<ReviewPolicy> = labels.iter().filter_map(|label| label.review).max();
    let label = match labels.first().copied() {
        Some(first) if turns_on.is_empty() => Label { review: strictest_review, ..first },
        _ => Label { outcome: Outcome::NeedsInformation, exception: None, review: None, unmodeled: None },
    };
    let only_review = review_turns_on.difference(&turns_on).copied().collect();
    Determination {
        label,
        strictest,
        mildest,
        missing: turns_on.into_iter().collect(),
        review_turns_on: only_review,
        gave_up,
        readings: Vec::new(),
    }
}

/// The mildest and strictest outcome among labels; one that is open for want of a model spans from what it
/// would otherwise be to a license requirement.
fn range(program: &Program, labels: impl IntoIterator<Item = Label>) -> (Outcome, Outcome) {
    let (mut mildest, mut strictest) = (Outcome::LicenseRequired, Outcome::NoLicenseRequired);
    for label in labels {
        let (mild, strict) = match label.outcome {
            Outcome::NeedsInformation => {
                let rule = label.unmodeled.and_then(|at| program.unmodeled.get(usize::from(at)));
                let mild = if rule.is_some_and(|rule| rule.permits) {
                    Outcome::LicenseException
                } else {
                    Outcome::NoLicenseRequired
                };
                (mild, Outcome::LicenseRequired)
            }
            outcome => (outcome, outcome),
        };
        mildest = mildest.min(mild);
        strictest = strictest.max(strict);
    }
    (mildest, strictest)
}

/// What a decision would come to if a reading were taken the other way.
struct OtherReadings<'a> {
    program: &'a Program,
    facts: &'a Facts,
    /// The atoms that read a reading.
    atoms: &'a [(usize, ThresholdAtom)],
    /// What is open without any reading.
    residual: &'a Residual,
}

impl OtherReadings<'_> {
    /// The readings on which the decision turns. `scratch` has run all but the residual; what it holds of that is of no matter, and is lost.
    fn effects(&self, taken: &Determination, scratch: &mut Scratch) -> Vec<ReadingEffect> {
        let program = self.program;
        let rules = self.residual.rules.iter().filter_map(|place| program.decision.get(*place));
        let reached = atoms_below(program, rules.map(|rule| rule.when), &self.residual.gates);
        let mut turns = Vec::new();
        for (reading, default) in &program.readings {
            // What no open rule reads through open gates changes none of them.
            if !self.atoms.iter().any(|(place, atom)| atom.fact == *reading && reached.get(*place) == Some(&true)) {
                continue;
            }
            let value = self.facts.get(*reading).map_or(*default, |held| held == 1);
            let other = Some(i64::from(!value));
            let atoms = truths(self.atoms, |fact| if fact == *reading { other } else { self.facts.get(fact) });
            let left = scratch.refine(program, self.residual, &atoms);
            let otherwise = decide(program, scratch, &left);
            scratch.forget(program, self.residual, &atoms);
            if otherwise.label != taken.label {
                turns.push(ReadingEffect { reading: *reading, taken: value, otherwise: otherwise.label });
            }
        }
        turns
    }
}

/// Sets the readings that a program's policy takes.
pub fn with_readings(program: &Program, facts: &mut Facts) {
    for (reading, value) in &program.readings {
        facts.set(*reading, i64::from(*value));
    }
}
