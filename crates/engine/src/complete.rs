//! What an order may come to whatever its unknown facts turn out to be.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use tollgate_law::facts::{FactId, FactKind};
use tollgate_law::program::{ExceptionRule, Label, Lit, Program};
use tollgate_model::{Country, Outcome, Ratio, Truth};

use crate::scalar::{AtomTruth, Residual, Scratch, Verdict};

/// How many completions are looked at before the rest is taken as open.
const BUDGET: usize = 20_000;

/// What the completions of the unknown facts come to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Completions {
    /// Every label that some completion has.
    pub(crate) labels: BTreeSet<Label>,
    /// The facts on which outcome and authorization turn.
    pub(crate) turns_on: BTreeSet<FactId>,
    /// The facts on which the review policy turns too.
    pub(crate) review_turns_on: BTreeSet<FactId>,
    /// Whether some completions were left out, so that more facts may matter.
    pub(crate) gave_up: bool,
}

/// What the decision comes to whatever the open facts are; `scratch` has run all but `open`, and is left as it was.
pub(crate) fn complete(program: &Program, scratch: &mut Scratch, open: &Residual) -> Completions {
    let mut search = Search {
        program,
        scratch,
        seen: Vec::new(),
        budget: BUDGET,
        outcomes: Diagram::default(),
        reviews: Diagram::default(),
        labels: BTreeSet::new(),
        cells: BTreeMap::new(),
        gave_up: false,
    };
    let (outcome, review) = search.explore(open);
    if let Some(label) = search.exception_in_all(open) {
        return Completions { labels: BTreeSet::from([label]), ..Completions::default() };
    }
    let (turns_on, review_turns_on) = (search.outcomes.support(outcome), search.reviews.support(review));
    Completions { labels: search.labels, turns_on, review_turns_on, gave_up: search.gave_up }
}

/// A reduced decision diagram over facts: equal nodes are one, and a fact that does not matter has none.
#[derive(Default)]
struct Diagram {
    nodes: Vec<(FactId, Vec<Node>)>,
    known: BTreeMap<(FactId, Vec<Node>), Node>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Leaf(Outcome, Option<u8>, u8),
    Inner(usize),
}

impl Diagram {
    fn node(&mut self, fact: FactId, children: Vec<Node>) -> Node {
        if let Some(first) = children.first()
            && children.iter().all(|child| child == first)
        {
            return *first;
        }
        if let Some(node) = self.known.get(&(fact, children.clone())) {
            return *node;
        }
        let node = Node::Inner(self.nodes.len());
        self.nodes.push((fact, children.clone()));
        self.known.insert((fact, children), node);
        node
    }

    fn support(&self, root: Node) -> BTreeSet<FactId> {
        let (mut facts, mut seen, mut stack) = (BTreeSet::new(), BTreeSet::new(), vec![root]);
        while let Some(node) = stack.pop() {
            if let Node::Inner(at) = node
                && seen.insert(at)
                && let Some((fact, children)) = self.nodes.get(at)
            {
                facts.insert(*fact);
                stack.extend(children);
            }
        }
        facts
    }
}

struct Search<'a> {
    program: &'a Program,
    scratch: &'a mut Scratch,
    seen: Vec<bool>,
    budget: usize,
    outcomes: Diagram,
    reviews: Diagram,
    labels: BTreeSet<Label>,
    cells: BTreeMap<FactId, Rc<[Vec<AtomTruth>]>>,
    gave_up: bool,
}

impl Search<'_> {
    fn explore(&mut self, left: &Residual) -> (Node, Node) {
        let program = self.program;
        let place = match self.scratch.residual_verdict(program, left) {
            Verdict::Settled(label) => return self.leaf(label),
            Verdict::Open(place) => place,
        };
        let open = program.decision.get(place).map_or(Lit::TRUE, |rule| rule.when);
        let atom = self.scratch.unknown_atom_below(program, open, &mut self.seen);
        let Some(fact) = atom.and_then(|atom| program.atom_fact(atom)).filter(|_| self.budget > 0) else {
            self.gave_up = true;
            return self.leaf(Label {
                outcome: Outcome::NeedsInformation,
                exception: None,
                review: None,
                unmodeled: None,
            });
        };
        self.budget = self.budget.saturating_sub(1);
        let scratch = &*self.scratch;
        let cells = Rc::clone(self.cells.entry(fact).or_insert_with(|| cell_atoms(program, fact, scratch)));
        let (mut outcomes, mut reviews) = (Vec::with_capacity(cells.len()), Vec::with_capacity(cells.len()));
        for atoms in cells.iter() {
            let below = self.scratch.refine(program, left, atoms);
            let (outcome, review) = self.explore(&below);
            outcomes.push(outcome);
            reviews.push(review);
        }
        if let Some(atoms) = cells.first() {
            self.scratch.forget(program, left, atoms);
        }
        (self.outcomes.node(fact, outcomes), self.reviews.node(fact, reviews))
    }

    /// Where some exception permits it whatever the open facts are, and which one turns on them: one that holds in every completion, if there is one.
    /// The claimed one comes first, then the preferred one.
    fn exception_in_all(&mut self, open: &Residual) -> Option<Label> {
        let is_permitted = |label: &Label| label.outcome == Outcome::LicenseException;
        if self.gave_up || self.labels.len() < 2 || !self.labels.iter().all(is_permitted) {
            return None;
        }
        let program = self.program;
        let is_claimed = |rule: &(usize, &ExceptionRule)| self.scratch.truth(rule.1.claimed) == Truth::True;
        let (first, rest): (Vec<_>, Vec<_>) = program.exceptions.iter().enumerate().partition(is_claimed);
        let found = first.into_iter().chain(rest).find(|(_, rule)| self.holds_in_all(rule.available, open))?;
        let exception = u8::try_from(found.0).ok();
        Some(Label { outcome: Outcome::LicenseException, exception, review: None, unmodeled: None })
    }

    /// Whether a literal of the decision is true whatever the open facts are; not where the search had to be given up.
    fn holds_in_all(&mut self, literal: Lit, left: &Residual) -> bool {
        let program = self.program;
        match self.scratch.truth(literal) {
            Truth::True => return true,
            Truth::False => return false,
            Truth::Unknown => {}
        }
        let atom = self.scratch.unknown_atom_below(program, literal, &mut self.seen);
        let Some(fact) = atom.and_then(|atom| program.atom_fact(atom)).filter(|_| self.budget > 0) else {
            return false;
        };
        self.budget = self.budget.saturating_sub(1);
        let scratch = &*self.scratch;
        let cells = Rc::clone(self.cells.entry(fact).or_insert_with(|| cell_atoms(program, fact, scratch)));
        let holds = cells.iter().all(|atoms| {
            let below = self.scratch.refine(program, left, atoms);
            self.holds_in_all(literal, &below)
        });
        if let Some(atoms) = cells.first() {
            self.scratch.forget(program, left, atoms);
        }
        holds
    }

    fn leaf(&mut self, label: Label) -> (Node, Node) {
        self.labels.insert(label);
        let name = label.exception.and_then(|at| self.program.exceptions.get(usize::from(at))).map(|rule| &rule.name);
        let first = self.program.exceptions.iter().position(|rule| Some(&rule.name) == name);
        let exception = first.and_then(|at| u8::try_from(at).ok());
        let review = label.review.map_or(0, |review| review as u8 + 1);
        (Node::Leaf(label.outcome, exception, 0), Node::Leaf(label.outcome, exception, review))
    }
}

/// For each value that stands for others of a fact, the truth of the fact's open atoms: the same atoms each time.
fn cell_atoms(program: &Program, fact: FactId, scratch: &Scratch) -> Rc<[Vec<AtomTruth>]> {
    let denominator = matches!(fact.def().kind, FactKind::Ratio(_)).then(|| fact.denominator());
    let cells = representatives(program, fact).into_iter().map(|(value, below)| {
        let value_of = |of: FactId| if of == fact { Some(value) } else { (Some(of) == denominator).then_some(below) };
        let thresholds = program.thresholds.iter().map(|atom| Some(value_of(atom.fact)? >= atom.threshold));
        let members = program.members.iter().map(|atom| Some(atom.holds(value_of(atom.fact)?)));
        let ratios = program.ratios.iter().map(|atom| (atom.fact == fact).then(|| atom.holds(value, below)));
        let truths = thresholds.chain(members).chain(ratios).enumerate();
        let atoms = truths.filter_map(|(place, truth)| Some(AtomTruth { place, truth: truth? }));
        atoms.filter(|atom| scratch.is_open(atom.place)).collect()
    });
    cells.collect()
}

/// Values that stand for every value that a fact can have, as far as a program can tell them apart:
/// each with its denominator, which only fractions need.
pub fn representatives(program: &Program, fact: FactId) -> Vec<(i64, i64)> {
    match fact.def().kind {
        FactKind::Bool | FactKind::Reading => vec![(0, 1), (1, 1)],
        FactKind::Int(_) | FactKind::Denominator => {
            let thresholds: BTreeSet<i64> =
                program.thresholds.iter().filter(|atom| atom.fact == fact).map(|atom| atom.threshold).collect();
            let below = thresholds.first().map_or(0, |first| (first - 1).max(0));
            std::iter::once(below)
                .chain(thresholds)
                .map(|value| (value, 1))
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect()
        }
        FactKind::Ratio(_) => ratio_representatives(program, fact),
        FactKind::Country => distinct(program, fact, Country::all().map(|country| i64::from(country.index()))),
        FactKind::Word(words) => distinct(program, fact, (0..).take(words.len())),
    }
}

/// The first index of each class that the program's sets can tell apart.
fn distinct(program: &Program, fact: FactId, indices: impl Iterator<Item = i64>) -> Vec<(i64, i64)> {
    let atoms: Vec<_> = program.members.iter().filter(|atom| atom.fact == fact).collect();
    let mut classes = BTreeSet::new();
    let mut first = Vec::new();
    for index in indices {
        let class: Vec<bool> = atoms.iter().map(|atom| atom.holds(index)).collect();
        if classes.insert(class) {
            first.push((index, 1));
        }
    }
    first
}

fn ratio_representatives(program: &Program, fact: FactId) -> Vec<(i64, i64)> {
    let mut thresholds: Vec<Ratio> = program
        .ratios
        .iter()
        .filter(|atom| atom.fact == fact)
        .map(|atom| Ratio { num: atom.over, den: atom.under })
        .collect();
    thresholds.sort_by(|a, b| a.compare(*b).unwrap_or(std::cmp::Ordering::Equal));
    thresholds.dedup_by(|a, b| a.compare(*b) == Some(std::cmp::Ordering::Equal));
    let mut values = vec![(0, 1)];
    let mut before = Ratio { num: 0, den: 1 };
    for threshold in thresholds {
        values.push((before.num.saturating_add(threshold.num), before.den.saturating_add(threshold.den)));
        values.push((threshold.num, threshold.den));
        before = threshold;
    }
    values.push((before.num.saturating_add(1), before.den));
    values
}
