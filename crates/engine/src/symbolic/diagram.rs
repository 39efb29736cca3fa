//! Reduced ordered decision diagrams over the cells of a [`Space`]: conditions, and whole decisions.

use std::rc::Rc;

use tollgate_law::facts::{CLAIM, FactKind};
use tollgate_law::program::{Lit, Program};
use tollgate_model::{Lookup, never};

use super::space::Space;

/// A node of a [`Diagrams`]: terminals first, then inner nodes.
pub(super) type NodeId = u32;

pub(super) const FALSE: NodeId = 0;
pub(super) const TRUE: NodeId = 1;

/// Nodes by what they were made of; the order of making them is fixed.
type NodeIndex<K> = Lookup<K, NodeId>;

/// Reduced decision diagrams over a space: each inner node asks for the cell along one axis.
///
/// Ids below [`Diagrams::TERMINALS`] are terminals; 0 and 1 are false and true for conditions, others stand for answers.
pub(super) struct Diagrams<'s> {
    pub(super) space: &'s Space,
    nodes: Vec<(usize, Rc<[NodeId]>)>,
    unique: NodeIndex<(usize, Rc<[NodeId]>)>,
    both: NodeIndex<(NodeId, NodeId)>,
    negations: NodeIndex<NodeId>,
    /// The children of nodes that are being made: one room for all.
    children: Vec<NodeId>,
}

impl<'s> Diagrams<'s> {
    pub(super) const TERMINALS: NodeId = 1 << 20;

    pub(super) fn new(space: &'s Space) -> Diagrams<'s> {
        Diagrams {
            space,
            nodes: Vec::new(),
            unique: NodeIndex::default(),
            both: NodeIndex::default(),
            negations: NodeIndex::default(),
            children: Vec::new(),
        }
    }

    /// The axis and the children of an inner node.
    pub(super) fn inner(&self, node: NodeId) -> Option<(usize, &[NodeId])> {
        let at = usize::try_from(node.checked_sub(Self::TERMINALS)?).ok()?;
        self.nodes.get(at).map(|(axis, children)| (*axis, children.as_ref()))
    }

    /// The node of the children that were pushed since there were `from` of them, which are taken off.
    fn node(&mut self, axis: usize, from: usize) -> NodeId {
        let children = self.children.get(from..).unwrap_or(&[]);
        let alike = children.first().copied().filter(|first| children.iter().all(|child| child == first));
        if let Some(child) = alike {
            self.children.truncate(from);
            return child;
        }
        let key = (axis, Rc::from(children));
        self.children.truncate(from);
        self.unique.get(&key).copied().unwrap_or_else(|| self.add(key))
    }

    fn add(&mut self, key: (usize, Rc<[NodeId]>)) -> NodeId {
        let Some(node) = u32::try_from(self.nodes.len()).ok().and_then(|place| Self::TERMINALS.checked_add(place))
        else {
            // Some hundred gigabytes of nodes stand before this.
            never!("{} nodes of a diagram are more than can be numbered", self.nodes.len());
            return FALSE;
        };
        self.nodes.push((key.0, Rc::clone(&key.1)));
        self.unique.insert(key, node);
        node
    }

    fn axis(&self, node: NodeId) -> usize {
        self.inner(node).map_or(usize::MAX, |(axis, _)| axis)
    }

    /// The child in a cell, or the node itself where it does not ask for the axis.
    pub(super) fn child(&self, node: NodeId, axis: usize, cell: usize) -> NodeId {
        match self.inner(node) {
            Some((tested, children)) if tested == axis => children.get(cell).copied().unwrap_or(node),
            _ => node,
        }
    }

    fn cells(&self, axis: usize) -> usize {
        self.space.axes.get(axis).map_or(0, |axis| axis.cells.len())
    }

    pub(super) fn and(&mut self, a: NodeId, b: NodeId) -> NodeId {
        match (a, b) {
            (FALSE, _) | (_, FALSE) => return FALSE,
            (TRUE, other) | (other, TRUE) => return other,
            _ if a == b => return a,
            _ => {}
        }
        let key = (a.min(b), a.max(b));
        if let Some(node) = self.both.get(&key) {
            return *node;
        }
        let axis = self.axis(a).min(self.axis(b));
        let from = self.children.len();
        for cell in 0..self.cells(axis) {
            let (left, right) = (self.child(a, axis, cell), self.child(b, axis, cell));
            let child = self.and(left, right);
            self.children.push(child);
        }
        let node = self.node(axis, from);
        self.both.insert(key, node);
        node
    }

    pub(super) fn not(&mut self, node: NodeId) -> NodeId {
        match node {
            TRUE => return FALSE,
            FALSE => return TRUE,
            _ => {}
        }
        if let Some(known) = self.negations.get(&node) {
            return *known;
        }
        let axis = self.axis(node);
        let from = self.children.len();
        for cell in 0..self.cells(axis) {
            let child = self.child(node, axis, cell);
            let child = self.not(child);
            self.children.push(child);
        }
        let negation = self.node(axis, from);
        self.negations.insert(node, negation);
        self.negations.insert(negation, node);
        negation
    }

    /// `yes` where the condition holds, `no` elsewhere.
    pub(super) fn if_then_else(&mut self, condition: NodeId, yes: NodeId, no: NodeId) -> NodeId {
        let mut done = NodeIndex::default();
        self.branch(condition, yes, no, &mut done)
    }

    fn branch(&mut self, condition: NodeId, yes: NodeId, no: NodeId, done: &mut NodeIndex<(NodeId, NodeId)>) -> NodeId {
        match condition {
            TRUE => return yes,
            FALSE => return no,
            _ if yes == no => return yes,
            _ => {}
        }
        if let Some(known) = done.get(&(condition, no)) {
            return *known;
        }
        let axis = self.axis(condition).min(self.axis(no)).min(self.axis(yes));
        let from = self.children.len();
        for cell in 0..self.cells(axis) {
            let (condition, yes, no) =
                (self.child(condition, axis, cell), self.child(yes, axis, cell), self.child(no, axis, cell));
            let child = self.branch(condition, yes, no, done);
            self.children.push(child);
        }
        let made = self.node(axis, from);
        done.insert((condition, no), made);
        made
    }

    /// Two decisions as one diagram: [`FALSE`] where they are the same, and elsewhere what `terminal` makes of the two answers. `done` is empty at first.
    pub(super) fn join(
        &mut self,
        a: NodeId,
        b: NodeId,
        terminal: &mut dyn FnMut(NodeId, NodeId) -> NodeId,
        done: &mut Lookup<(NodeId, NodeId), NodeId>,
    ) -> NodeId {
        if a == b {
            return FALSE;
        }
        if let Some(known) = done.get(&(a, b)) {
            return *known;
        }
        let axis = self.axis(a).min(self.axis(b));
        if axis == usize::MAX {
            return terminal(a, b);
        }
        let from = self.children.len();
        for cell in 0..self.cells(axis) {
            let (left, right) = (self.child(a, axis, cell), self.child(b, axis, cell));
            let child = self.join(left, right, terminal, done);
            self.children.push(child);
        }
        let node = self.node(axis, from);
        done.insert((a, b), node);
        node
    }

    /// The diagrams of a program's nodes, by node number. Claims are none; readings are as the program takes them.
    pub(super) fn nodes_of(&mut self, program: &Program) -> Vec<NodeId> {
        let mut diagrams = vec![TRUE];
        let reading = |fact| program.readings.iter().find(|(known, _)| *known == fact).is_some_and(|(_, value)| *value);
        for atom in &program.thresholds {
            let diagram = match atom.fact.def().kind {
                FactKind::Reading => NodeId::from(reading(atom.fact)),
                _ => self.atom(atom.fact, |value, _| value >= atom.threshold),
            };
            diagrams.push(diagram);
        }
        for atom in &program.members {
            let diagram = if atom.fact == CLAIM {
                NodeId::from(atom.holds(0))
            } else {
                self.atom(atom.fact, |value, _| atom.holds(value))
            };
            diagrams.push(diagram);
        }
        for atom in &program.ratios {
            diagrams.push(self.atom(atom.fact, |num, den| atom.holds(num, den)));
        }
        for (a, b) in &program.gates {
            let (a, b) = (self.literal(&diagrams, *a), self.literal(&diagrams, *b));
            diagrams.push(self.and(a, b));
        }
        diagrams
    }

    pub(super) fn literal(&mut self, diagrams: &[NodeId], lit: Lit) -> NodeId {
        let node = diagrams.get(lit.node()).copied().unwrap_or(FALSE);
        if lit.negated() { self.not(node) } else { node }
    }

    fn atom(&mut self, fact: tollgate_law::facts::FactId, holds: impl Fn(i64, i64) -> bool) -> NodeId {
        let mut axes = self.space.axes.iter().enumerate();
        let Some((at, axis)) = axes.find(|(_, axis)| axis.fact == fact) else { return FALSE };
        let from = self.children.len();
        self.children.extend(axis.cells.iter().map(|(value, den)| NodeId::from(holds(*value, *den))));
        self.node(at, from)
    }

    /// The diagram of what a program decides, with terminals from `label`.
    pub(super) fn decision_of(&mut self, program: &Program, label: &mut dyn FnMut(usize) -> NodeId) -> NodeId {
        let diagrams = self.nodes_of(program);
        let mut decision = FALSE;
        for (place, rule) in program.decision.iter().enumerate().rev() {
            let condition = self.literal(&diagrams, rule.when);
            let terminal = label(place);
            decision = self.if_then_else(condition, terminal, decision);
        }
        decision
    }

    /// The cells of one path to a terminal for which `wanted` holds, the first cells where there is a choice.
    pub(super) fn path(&self, root: NodeId, wanted: impl Fn(NodeId) -> bool) -> Option<Vec<(usize, usize)>> {
        let mut dead = std::collections::BTreeSet::new();
        let mut path: Vec<(usize, usize)> = Vec::new();
        self.seek(root, &wanted, &mut dead, &mut path).then_some(path)
    }

    fn seek(
        &self,
        node: NodeId,
        wanted: &impl Fn(NodeId) -> bool,
        dead: &mut std::collections::BTreeSet<NodeId>,
        path: &mut Vec<(usize, usize)>,
    ) -> bool {
        let Some((axis, children)) = self.inner(node) else { return wanted(node) };
        if dead.contains(&node) {
            return false;
        }
        for (cell, child) in children.iter().enumerate() {
            path.push((axis, cell));
            if self.seek(*child, wanted, dead, path) {
                return true;
            }
            path.pop();
        }
        dead.insert(node);
        false
    }
}
