//! Where two programs decide differently: every region of facts, with the two answers and facts that lie in it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use tollgate_law::facts::{FactId, Facts};
use tollgate_law::program::{Label, Program};
use tollgate_model::{Outcome, ReviewPolicy, never};

use super::diagram::{Diagrams, NodeId};
use super::space::Space;

/// What a policy answers, in terms that two policies share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answer {
    /// The outcome.
    pub outcome: Outcome,
    /// The exception's short name, where the outcome is one.
    pub authorization: Option<String>,
    /// The review policy, where a license is required.
    pub review: Option<ReviewPolicy>,
    /// The provision that is not modeled, where it leaves the answer open.
    pub unmodeled: Option<String>,
}

impl Answer {
    /// What a label of a program says.
    pub fn of(program: &Program, label: Label) -> Answer {
        let exception = label.exception.and_then(|at| program.exceptions.get(usize::from(at)));
        let unmodeled = label.unmodeled.and_then(|at| program.unmodeled.get(usize::from(at)));
        Answer {
            outcome: label.outcome,
            authorization: exception.map(|rule| rule.name.clone()),
            review: label.review,
            unmodeled: unmodeled.map(|rule| rule.id.clone()),
        }
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.outcome.as_str())?;
        for part in [self.authorization.as_deref(), self.review.map(ReviewPolicy::as_str), self.unmodeled.as_deref()]
            .into_iter()
            .flatten()
        {
            write!(f, " ({part})")?;
        }
        Ok(())
    }
}

/// A set of facts, as a product of cells, on which two policies differ in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The cells along each fact that bounds it.
    pub bounds: Vec<(FactId, Vec<usize>)>,
    /// The smallest facts in it.
    pub witness: Facts,
}

/// All regions on which two programs differ, by pair of answers.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The space that they are regions of.
    pub space: Space,
    /// The regions by what the first and the second answer.
    pub by_answers: BTreeMap<(Answer, Answer), Vec<Region>>,
    /// Whether these are all regions. Where there are very many, one at least stands for each pair of answers, and further ones are left out.
    pub is_whole: bool,
}

/// How many parts of regions are told apart before further ones are left out: enough for any two policies that are near each other.
const MOST_PARTS: usize = 1_000_000;

/// Compares two programs over all facts. Regions are listed up to a bound ([`Difference::is_whole`]); there is none where they never differ.
pub fn differences(first: &Program, second: &Program) -> Difference {
    let space = Space::of(&[first, second]);
    if first.decides_as(second) {
        return Difference { space, by_answers: BTreeMap::new(), is_whole: true };
    }
    let mut answers: Vec<Answer> = Vec::new();
    let mut terminal = |answer: Answer| -> NodeId {
        let at = answers.iter().position(|known| *known == answer).unwrap_or_else(|| {
            answers.push(answer);
            answers.len() - 1
        });
        // Every answer is a rule of one of the programs, of which there are few.
        NodeId::try_from(at).unwrap_or_else(|_| {
            never!("{at} answers are more than can be numbered");
            NodeId::MAX >> 1
        })
    };
    let mut diagrams = Diagrams::new(&space);
    let mut root = |program: &Program, diagrams: &mut Diagrams<'_>| {
        let labels: Vec<NodeId> =
            program.decision.iter().map(|rule| terminal(Answer::of(program, rule.label))).collect();
        diagrams.decision_of(program, &mut |place| 2 + labels.get(place).copied().unwrap_or(0))
    };
    let roots = (root(first, &mut diagrams), root(second, &mut diagrams));
    let mut walk = Walk {
        diagrams: &diagrams,
        done: BTreeMap::new(),
        suffixes: Vec::new(),
        known: BTreeMap::new(),
        is_whole: true,
    };
    let found = walk.pair(roots.0, roots.1);
    let mut by_answers: BTreeMap<(Answer, Answer), Vec<Region>> = BTreeMap::new();
    for ((a, b), part) in found.iter().copied() {
        let answer = |node: NodeId| usize::try_from(node - 2).ok().and_then(|at| answers.get(at)).cloned();
        let (Some(a), Some(b)) = (answer(a), answer(b)) else { continue };
        let regions = by_answers.entry((a, b)).or_default();
        let path = walk.bounds(part);
        let places: Vec<(usize, usize)> =
            path.iter().map(|(axis, cells)| (*axis, cells.first().copied().unwrap_or(0))).collect();
        let witness = space.facts(first, &places);
        let bounds = path.into_iter().filter_map(|(axis, cells)| Some((space.axes.get(axis)?.fact, cells)));
        regions.push(Region { bounds: bounds.collect(), witness });
    }
    let is_whole = walk.is_whole;
    Difference { space, by_answers, is_whole }
}

/// The lower part of a region: its cells along one axis and the part below that; 0 is the empty part, which bounds nothing.
type Suffix = usize;

/// How two policies answer in a part of the space, and that part.
type Found = ((NodeId, NodeId), Suffix);

struct Walk<'d, 's> {
    diagrams: &'d Diagrams<'s>,
    done: BTreeMap<(NodeId, NodeId), Rc<[Found]>>,
    suffixes: Vec<(usize, Vec<usize>, Suffix)>,
    known: BTreeMap<(usize, Vec<usize>, Suffix), Suffix>,
    is_whole: bool,
}

impl Walk<'_, '_> {
    /// Walks both diagrams together. What lies alike below several cells of an axis is one part with all these cells, so
    /// parts are disjoint, cover the difference and are as wide along each axis as this order of the axes lets them be.
    fn pair(&mut self, a: NodeId, b: NodeId) -> Rc<[Found]> {
        if a == b {
            return Rc::new([]);
        }
        if let Some(done) = self.done.get(&(a, b)) {
            return Rc::clone(done);
        }
        let axis_of = |node: NodeId| self.diagrams.inner(node).map(|(axis, _)| axis);
        let axis = match (axis_of(a), axis_of(b)) {
            (None, None) => return Rc::new([((a, b), 0)]),
            (Some(axis), None) | (None, Some(axis)) => axis,
            (Some(left), Some(right)) => left.min(right),
        };
        let cells = self.diagrams.space.axes.get(axis).map_or(0, |axis| axis.cells.len());
        let mut parts: BTreeMap<Found, Vec<usize>> = BTreeMap::new();
        let mut answered: BTreeSet<(NodeId, NodeId)> = BTreeSet::new();
        for cell in 0..cells {
            let below = self.pair(self.diagrams.child(a, axis, cell), self.diagrams.child(b, axis, cell));
            let is_full = self.suffixes.len() >= MOST_PARTS;
            for found in below.iter() {
                let is_new = answered.insert(found.0);
                if is_full && !is_new && !parts.contains_key(found) {
                    self.is_whole = false;
                    continue;
                }
                parts.entry(*found).or_default().push(cell);
            }
        }
        let parts = parts.into_iter().map(|((answers, below), within)| {
            let bounded = within.len() < cells;
            (answers, if bounded { self.suffix((axis, within, below)) } else { below })
        });
        let found: Rc<[Found]> = parts.collect::<Vec<_>>().into();
        self.done.insert((a, b), Rc::clone(&found));
        found
    }

    fn suffix(&mut self, part: (usize, Vec<usize>, Suffix)) -> Suffix {
        if let Some(known) = self.known.get(&part) {
            return *known;
        }
        self.suffixes.push(part.clone());
        self.known.insert(part, self.suffixes.len());
        self.suffixes.len()
    }

    /// The cells along each axis that bounds a part.
    fn bounds(&self, mut part: Suffix) -> Vec<(usize, Vec<usize>)> {
        let mut bounds = Vec::new();
        while let Some((axis, cells, below)) = part.checked_sub(1).and_then(|at| self.suffixes.get(at)) {
            bounds.push((*axis, cells.clone()));
            part = *below;
        }
        bounds
    }
}
