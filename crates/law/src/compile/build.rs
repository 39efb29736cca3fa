//! The and-inverter graph while it grows: equal atoms and equal gates are one node.

use tollgate_model::{Lookup, never};

use crate::program::{Lit, MemberAtom, Program, RatioAtom, ThresholdAtom};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Node {
    True,
    Threshold(ThresholdAtom),
    Member(MemberAtom),
    Ratio(RatioAtom),
    And(Lit, Lit),
}

/// Nodes in order of making, each once.
#[derive(Default)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    known: Lookup<Node, Lit>,
}

impl Graph {
    fn node(&mut self, node: Node) -> Lit {
        if self.nodes.is_empty() {
            self.nodes.push(Node::True);
        }
        if let Some(lit) = self.known.get(&node) {
            return *lit;
        }
        let Some(lit) = u32::try_from(self.nodes.len()).ok().and_then(|place| place.checked_mul(2)).map(Lit) else {
            // Some hundred gigabytes of nodes stand before this.
            never!("{} nodes of a program are more than can be numbered", self.nodes.len());
            return Lit::FALSE;
        };
        self.nodes.push(node);
        self.known.insert(node, lit);
        lit
    }

    pub(crate) fn threshold(&mut self, atom: ThresholdAtom) -> Lit {
        self.node(Node::Threshold(atom))
    }

    pub(crate) fn member(&mut self, atom: MemberAtom) -> Lit {
        if atom.set == [0; 4] { Lit::FALSE } else { self.node(Node::Member(atom)) }
    }

    pub(crate) fn ratio(&mut self, atom: RatioAtom) -> Lit {
        self.node(Node::Ratio(atom))
    }

    pub(crate) fn and(&mut self, a: Lit, b: Lit) -> Lit {
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        match (a, b) {
            (Lit::FALSE, _) => Lit::FALSE,
            (Lit::TRUE, b) => b,
            (a, b) if a == b => a,
            (a, b) if a == !b => Lit::FALSE,
            (a, b) => self.node(Node::And(a, b)),
        }
    }

    pub(crate) fn or(&mut self, a: Lit, b: Lit) -> Lit {
        !self.and(!a, !b)
    }

    pub(crate) fn all(&mut self, lits: impl IntoIterator<Item = Lit>) -> Lit {
        lits.into_iter().fold(Lit::TRUE, |all, lit| self.and(all, lit))
    }

    pub(crate) fn any(&mut self, lits: impl IntoIterator<Item = Lit>) -> Lit {
        lits.into_iter().fold(Lit::FALSE, |any, lit| self.or(any, lit))
    }

    /// Numbers the nodes as [`Program`] wants them, those behind `first` before those behind `rest`,
    /// and gives the map from old to new literals.
    pub(crate) fn finish(&self, first: &[Lit], rest: &[Lit], program: &mut Program) -> Renumbering {
        let mut order = Vec::new();
        let mut seen = vec![false; self.nodes.len()];
        let depths = self.depths();
        for root in first {
            let from = order.len();
            self.visit(&[*root], &mut seen, &mut order);
            // Neighbors that do not read each other can be run at once by a processor.
            if let Some(new) = order.get_mut(from..) {
                new.sort_by_key(|index| depths.get(*index).copied().unwrap_or(0));
            }
        }
        let needed = order.len();
        self.visit(rest, &mut seen, &mut order);
        let mut to = vec![Lit::TRUE; self.nodes.len()];
        let mut next = 1_u32;
        let mut number = |index: usize, to: &mut Vec<Lit>| {
            if let Some(slot) = to.get_mut(index) {
                *slot = Lit(next << 1);
                next += 1;
            }
        };
        for pass in 0..3 {
            for &index in &order {
                match (pass, self.nodes.get(index)) {
                    (0, Some(Node::Threshold(atom))) => program.thresholds.push(*atom),
                    (1, Some(Node::Member(atom))) => program.members.push(*atom),
                    (2, Some(Node::Ratio(atom))) => program.ratios.push(*atom),
                    _ => continue,
                }
                number(index, &mut to);
            }
        }
        for (place, &index) in order.iter().enumerate() {
            if let Some(Node::And(a, b)) = self.nodes.get(index) {
                let renumbering = Renumbering { to: std::mem::take(&mut to) };
                program.gates.push((renumbering.get(*a), renumbering.get(*b)));
                to = renumbering.to;
                number(index, &mut to);
                program.decision_gates += usize::from(place < needed);
            }
        }
        Renumbering { to }
    }

    /// How many gates lie one behind the other below each node; a gate stands behind what it reads.
    fn depths(&self) -> Vec<u32> {
        let mut depths: Vec<u32> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let depth = |lit: &Lit| depths.get(lit.node()).copied().unwrap_or(0);
            depths.push(if let Node::And(a, b) = node { depth(a).max(depth(b)) + 1 } else { 0 });
        }
        depths
    }

    /// Nodes reachable from `roots`, each after those it reads.
    fn visit(&self, roots: &[Lit], seen: &mut [bool], order: &mut Vec<usize>) {
        let mut stack: Vec<(usize, bool)> = roots.iter().rev().map(|lit| (lit.node(), false)).collect();
        while let Some((index, children_done)) = stack.pop() {
            if children_done {
                order.push(index);
                continue;
            }
            match seen.get_mut(index) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            stack.push((index, true));
            if let Some(Node::And(a, b)) = self.nodes.get(index) {
                stack.push((b.node(), false));
                stack.push((a.node(), false));
            }
        }
    }
}

/// Old literals to new.
pub(crate) struct Renumbering {
    to: Vec<Lit>,
}

impl Renumbering {
    pub(crate) fn get(&self, lit: Lit) -> Lit {
        let new = self.to.get(lit.node()).copied().unwrap_or(Lit::TRUE);
        if lit.negated() { !new } else { new }
    }
}
