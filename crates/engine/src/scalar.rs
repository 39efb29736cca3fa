//! One order at a time: every node's truth in two bits, from the atoms up.

use tollgate_law::facts::Facts;
use tollgate_law::program::{DecisionRule, Label, Lit, Program};
use tollgate_model::Truth;

const TRUE: u8 = 0b11;
const UNKNOWN: u8 = 0b10;
const FALSE: u8 = 0b00;

/// Room for the truth of every literal of a program, reused from order to order.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    truths: Vec<u8>,
}

/// What the decision list comes to by Kleene's logic alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is settled.
    Settled(Label),
    /// The rule at this place of the list is the first that may or may not apply.
    Open(usize),
}

/// The truth of each atom as bits: the certificate from which a decision can be derived again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AtomMask {
    /// Bit `i` is set where atom `i` certainly holds.
    pub holds: Vec<u64>,
    /// Bit `i` is set where atom `i` may hold.
    pub may_hold: Vec<u64>,
}

fn negated(truth: u8) -> u8 {
    // The two bits of the complement, exchanged.
    let complement = !truth & 3;
    complement >> 1 | (complement & 1) << 1
}

impl Scratch {
    /// Runs the atoms, and the gates that the decision list needs.
    pub fn run(&mut self, program: &Program, facts: &Facts) {
        self.atoms(program, facts);
        self.gates(program, 0, program.decision_gates);
    }

    /// Runs the other gates too, after [`Scratch::run`], for traces.
    pub fn run_rest(&mut self, program: &Program) {
        self.gates(program, program.decision_gates, program.gates.len());
    }

    fn atoms(&mut self, program: &Program, facts: &Facts) {
        self.truths.clear();
        self.truths.resize(program.node_count() * 2, UNKNOWN);
        let value = |slot: usize| facts.values.get(slot).copied().unwrap_or(0);
        let (low, high) = (facts.known as u64, (facts.known >> 64) as u64);
        let known = |slot: usize| (if slot < 64 { low } else { high }) >> (slot & 63) & 1 == 1;
        let truth = |known: bool, holds: bool| if known { if holds { TRUE } else { FALSE } } else { UNKNOWN };
        let mut nodes = self.truths.chunks_exact_mut(2);
        let mut write = |truth: u8| {
            if let Some([node, other]) = nodes.next() {
                *node = truth;
                *other = negated(truth);
            }
        };
        write(TRUE);
        for atom in &program.thresholds {
            let slot = atom.fact.slot();
            write(truth(known(slot), value(slot) >= atom.threshold));
        }
        for atom in &program.members {
            let slot = atom.fact.slot();
            write(truth(known(slot), atom.holds(value(slot))));
        }
        for atom in &program.ratios {
            let slot = atom.fact.slot();
            write(truth(known(slot) && known(slot + 1), atom.holds(value(slot), value(slot + 1))));
        }
    }

    fn gates(&mut self, program: &Program, from: usize, to: usize) {
        let mut at = 2 * (1 + program.atom_count() + from);
        for (a, b) in program.gates.get(from..to).unwrap_or_default() {
            let truth = self.code(*a) & self.code(*b);
            if let Some([node, other]) = self.truths.get_mut(at..at + 2) {
                *node = truth;
                *other = negated(truth);
            }
            at += 2;
        }
    }

    fn code(&self, lit: Lit) -> u8 {
        usize::try_from(lit.0).ok().and_then(|at| self.truths.get(at)).copied().unwrap_or(UNKNOWN)
    }

    /// The truth of a literal, as far as it has been run.
    pub fn truth(&self, lit: Lit) -> Truth {
        match self.code(lit) {
            TRUE => Truth::True,
            FALSE => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// What the decision list comes to.
    pub fn verdict(&self, decision: &[DecisionRule]) -> Verdict {
        let mut open: Option<(usize, Label)> = None;
        for (place, rule) in decision.iter().enumerate() {
            match (self.code(rule.when), open) {
                (FALSE, _) => {}
                (TRUE, None) => return Verdict::Settled(rule.label),
                (TRUE, Some((_, label))) if label == rule.label => return Verdict::Settled(label),
                (_, Some((first, label))) => {
                    if label != rule.label {
                        return Verdict::Open(first);
                    }
                }
                (_, None) => open = Some((place, rule.label)),
            }
        }
        Verdict::Open(open.map_or(0, |(place, _)| place))
    }

    /// The atoms' truth as bits.
    pub fn mask(&self, program: &Program) -> AtomMask {
        let words = program.atom_count().div_ceil(64);
        let mut mask = AtomMask { holds: vec![0; words], may_hold: vec![0; words] };
        let atoms = self.truths.get(2..2 * (1 + program.atom_count())).unwrap_or_default();
        for ((nodes, holds), may_hold) in atoms.chunks(128).zip(&mut mask.holds).zip(&mut mask.may_hold) {
            for (bit, code) in nodes.iter().step_by(2).enumerate() {
                *holds |= u64::from(code & 1) << (bit & 63);
                *may_hold |= u64::from(code >> 1 & 1) << (bit & 63);
            }
        }
        mask
    }

    /// An atom that is unknown and on which a literal depends through unknown nodes, by its place from 0.
    pub(crate) fn unknown_atom_below(&self, program: &Program, lit: Lit) -> Option<usize> {
        let atoms = program.atom_count();
        let mut seen = vec![false; program.node_count()];
        let mut stack = vec![lit];
        while let Some(lit) = stack.pop() {
            let node = lit.node();
            let Some(seen) = seen.get_mut(node) else { continue };
            if *seen || self.code(lit) != UNKNOWN {
                continue;
            }
            *seen = true;
            if node > 0 && node <= atoms {
                return Some(node - 1);
            }
            if let Some((a, b)) = node.checked_sub(atoms + 1).and_then(|gate| program.gates.get(gate)) {
                stack.extend([*b, *a]);
            }
        }
        None
    }
}
