//! Where two programs decide differently: every region of facts, with the two answers and facts that lie in it.

use std::collections::BTreeMap;
use std::rc::Rc;

use tollgate_law::facts::{FactId, Facts, IC_TPP};
use tollgate_law::program::{Label, Program};
use tollgate_model::{Lookup, Outcome, ReviewPolicy, never};

use super::diagram::{Diagrams, FALSE, NodeId};
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

/// Where two programs differ, by pair of answers.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The space that the regions are of.
    pub space: Space,
    /// The regions by what the first and the second answer.
    pub by_answers: BTreeMap<(Answer, Answer), Regions>,
}

/// The regions on which two programs differ in one way. They are disjoint, and cover all such facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regions {
    /// How many there are; [`u128::MAX`] stands for so many or more.
    pub count: u128,
    /// The smallest first (the least compute, then the fewest facts off their first cell), then others in the order of the facts, as many as were asked for.
    pub listed: Vec<Region>,
}

/// Compares two programs over all facts. Regions are counted whole, and at most `most_listed` of each pair of answers are listed, the smallest always.
pub fn differences(first: &Program, second: &Program, most_listed: usize) -> Difference {
    let space = Space::of(&[first, second]);
    if first.decides_as(second) {
        return Difference { space, by_answers: BTreeMap::new() };
    }
    let mut answers: Vec<Answer> = Vec::new();
    let mut diagrams = Diagrams::new(&space);
    let mut root = |program: &Program, diagrams: &mut Diagrams<'_>| {
        let labels: Vec<NodeId> =
            program.decision.iter().map(|rule| number(&mut answers, Answer::of(program, rule.label))).collect();
        diagrams.decision_of(program, &mut |place| labels.get(place).copied().unwrap_or(FALSE))
    };
    let (one, other) = (root(first, &mut diagrams), root(second, &mut diagrams));
    let mut pairs: Vec<(NodeId, NodeId)> = Vec::new();
    let joined = diagrams.join(one, other, &mut |a, b| number(&mut pairs, (a, b)), &mut Lookup::default());
    let mut survey = Survey { tpp_axis: space.axis_of(IC_TPP), diagrams: &diagrams, known: Lookup::default() };
    let reached = survey.reach(joined);
    let mut by_answers: BTreeMap<(Answer, Answer), Regions> = BTreeMap::new();
    for (terminal, reach) in reached.iter() {
        let answer = |node: NodeId| numbered(&answers, node).cloned();
        let pair = numbered(&pairs, *terminal).and_then(|(a, b)| Some((answer(*a)?, answer(*b)?)));
        let Some(pair) = pair else {
            never!("the diagram of a difference ends at {terminal}, which stands for no answers");
            continue;
        };
        let paths = survey.paths(joined, *terminal, most_listed);
        let listed = paths.into_iter().map(|path| region(&space, first, path)).collect();
        by_answers.insert(pair, Regions { count: reach.count, listed });
    }
    Difference { space, by_answers }
}

/// The terminal of a value, which is added to those that are known where it is new. Terminals 0 and 1 are no values.
fn number<T: PartialEq>(known: &mut Vec<T>, value: T) -> NodeId {
    let at = known.iter().position(|other| *other == value).unwrap_or_else(|| {
        known.push(value);
        known.len() - 1
    });
    // Every answer is a rule of one of the programs, of which there are few.
    NodeId::try_from(at + 2).unwrap_or_else(|_| {
        never!("{at} answers are more than can be numbered");
        NodeId::MAX >> 1
    })
}

/// The value of a terminal.
fn numbered<T>(known: &[T], terminal: NodeId) -> Option<&T> {
    known.get(usize::try_from(terminal.checked_sub(2)?).ok()?)
}

/// The cells along each axis that bounds a region, from the first axis on.
type Path = Vec<(usize, Vec<usize>)>;

fn region(space: &Space, program: &Program, path: Path) -> Region {
    let places: Vec<(usize, usize)> = path.iter().filter_map(|(axis, cells)| Some((*axis, *cells.first()?))).collect();
    let witness = space.facts(program, &places);
    let bounds = path.into_iter().filter_map(|(axis, cells)| Some((space.axes.get(axis)?.fact, cells)));
    Region { bounds: bounds.collect(), witness }
}

/// What lies below a node on the way to a terminal.
#[derive(Clone, Copy, Debug)]
struct Reach {
    /// Paths to it, where the cells below which all is alike are one.
    count: u128,
    /// How large the smallest region is.
    size: Size,
    /// The child on the path to that one.
    child: NodeId,
}

/// How large a region is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Size {
    tpp: i64,
    /// Facts that stand off their first cell.
    off_first: usize,
}

/// What each terminal below a node is reached by.
type Reached = Rc<BTreeMap<NodeId, Reach>>;

struct Survey<'d, 's> {
    diagrams: &'d Diagrams<'s>,
    /// The axis of compute, where something reads it.
    tpp_axis: Option<usize>,
    known: Lookup<NodeId, Reached>,
}

impl Survey<'_, '_> {
    /// What lies below a node, by terminal.
    fn reach(&mut self, node: NodeId) -> Reached {
        if let Some(known) = self.known.get(&node) {
            return Rc::clone(known);
        }
        let mut reached: BTreeMap<NodeId, Reach> = BTreeMap::new();
        match self.diagrams.inner(node) {
            None if node == FALSE => {}
            None => {
                reached.insert(node, Reach { count: 1, size: Size::default(), child: node });
            }
            Some((axis, children)) => {
                for (child, cells) in groups(children) {
                    let step = self.step(axis, &cells);
                    for (terminal, below) in self.reach(child).iter() {
                        let size = Size {
                            tpp: below.size.tpp.saturating_add(step.tpp),
                            off_first: below.size.off_first + step.off_first,
                        };
                        let all = reached.entry(*terminal).or_insert(Reach { count: 0, size, child });
                        all.count = all.count.saturating_add(below.count);
                        if size < all.size {
                            (all.size, all.child) = (size, child);
                        }
                    }
                }
            }
        }
        let reached = Rc::new(reached);
        self.known.insert(node, Rc::clone(&reached));
        reached
    }

    /// What cells along an axis add to the size of a region.
    fn step(&self, axis: usize, cells: &[usize]) -> Size {
        let first = cells.first().copied().unwrap_or(0);
        let value = |cell: usize| {
            let axis = self.diagrams.space.axes.get(axis).filter(|_| self.tpp_axis == Some(axis));
            axis.and_then(|axis| axis.cells.get(cell)).map_or(0, |(value, _)| *value)
        };
        Size { tpp: value(first).saturating_sub(value(0)), off_first: usize::from(first != 0) }
    }

    /// Paths from a node to a terminal: that of the smallest region, then others in order, at most so many (one at the least).
    fn paths(&mut self, root: NodeId, terminal: NodeId, most: usize) -> Vec<Path> {
        let smallest = self.smallest(root, terminal);
        let mut paths = vec![smallest];
        if most > 1 {
            self.list(root, terminal, &mut Vec::new(), most, &mut paths);
        }
        paths
    }

    fn smallest(&mut self, root: NodeId, terminal: NodeId) -> Path {
        let (mut path, mut node) = (Path::new(), root);
        while let Some((axis, children)) = self.diagrams.inner(node) {
            let Some(reach) = self.reach(node).get(&terminal).copied() else { break };
            let cells = children.iter().enumerate().filter(|(_, child)| **child == reach.child);
            path.push((axis, cells.map(|(cell, _)| cell).collect()));
            node = reach.child;
        }
        path
    }

    fn list(&mut self, node: NodeId, terminal: NodeId, path: &mut Path, most: usize, paths: &mut Vec<Path>) {
        if paths.len() >= most || !self.reach(node).contains_key(&terminal) {
            return;
        }
        let Some((axis, children)) = self.diagrams.inner(node) else {
            if paths.first() != Some(path) {
                paths.push(path.clone());
            }
            return;
        };
        for (child, cells) in groups(children) {
            path.push((axis, cells));
            self.list(child, terminal, path, most, paths);
            path.pop();
        }
    }
}

/// The children of a node, each once, with the cells below which they lie; in the order of the cells.
fn groups(children: &[NodeId]) -> Vec<(NodeId, Vec<usize>)> {
    let mut places: Lookup<NodeId, usize> = Lookup::default();
    let mut groups: Vec<(NodeId, Vec<usize>)> = Vec::new();
    for (cell, child) in children.iter().enumerate() {
        let place = *places.entry(*child).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, cells)) => cells.push(cell),
            None => groups.push((*child, vec![cell])),
        }
    }
    groups
}
