//! One order at a time: every node's truth in two bits, from the atoms up.

use tollgate_law::facts::{FactId, Facts};
use tollgate_law::program::{DecisionRule, Label, Lit, Program};
use tollgate_model::{Truth, index_of};

// The lower bit says that it holds, the upper that it may: conjunction is by bit.
const FALSE: u8 = 0b00;
const UNKNOWN: u8 = 0b10;
const TRUE: u8 = 0b11;

/// Room for the truth of every literal of a program, reused from order to order.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    /// Each node's truth and its negation's: the truth of a literal stands at its number.
    truths: Vec<u8>,
    /// How many of the gates have been run.
    gates_run: usize,
    mask: AtomMask,
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
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AtomMask {
    /// Bit `i` is set where atom `i` certainly holds.
    pub holds: Vec<u64>,
    /// Bit `i` is set where atom `i` may hold.
    pub may_hold: Vec<u64>,
}

/// An atom, by its place from 0, and whether it holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AtomTruth {
    pub(crate) place: usize,
    pub(crate) truth: bool,
}

/// What known facts leave open of a decision.
#[derive(Clone, Debug, Default)]
pub(crate) struct Residual {
    /// The places of the gates that are neither true nor false, in ascending order.
    pub(crate) gates: Vec<usize>,
    /// The places of the rules that may be the first to apply.
    pub(crate) rules: Vec<usize>,
}

/// Bits on their way into words.
struct Packer<'a> {
    mask: &'a mut AtomMask,
    holds: u64,
    may_hold: u64,
    bit: u32,
}

impl Packer<'_> {
    /// Adds the bits of atoms, of each of which `read` says whether it is known, as 0 or 1, and whether it holds.
    #[inline(always)]
    fn push<T>(&mut self, atoms: &[T], read: impl Fn(&T) -> (u64, bool)) {
        let mut rest = atoms;
        while !rest.is_empty() {
            let room = 64_usize.wrapping_sub(index_of(self.bit));
            let (now, later) = rest.split_at_checked(room).unwrap_or((rest, &[]));
            let (mut holds, mut may_hold, mut place) = (0, 0, 0_u32);
            for atom in now {
                let (known, truth) = read(atom);
                holds |= (known & u64::from(truth)) << (place & 63);
                may_hold |= (known ^ 1 | u64::from(truth)) << (place & 63);
                place = place.wrapping_add(1);
            }
            self.holds |= holds << (self.bit & 63);
            self.may_hold |= may_hold << (self.bit & 63);
            self.bit = self.bit.wrapping_add(place) & 63;
            if self.bit == 0 {
                self.flush();
            }
            rest = later;
        }
    }

    fn flush(&mut self) {
        self.mask.holds.push(std::mem::take(&mut self.holds));
        self.mask.may_hold.push(std::mem::take(&mut self.may_hold));
    }
}

impl AtomMask {
    /// Sets the bits of one atom, by its place from 0; `None` where it is open.
    fn set(&mut self, place: usize, truth: Option<bool>) {
        let bit = 1_u64 << (place & 63);
        let words = [(&mut self.holds, truth == Some(true)), (&mut self.may_hold, truth != Some(false))];
        for (words, is_set) in words {
            if let Some(word) = words.get_mut(place >> 6) {
                *word = if is_set { *word | bit } else { *word & !bit };
            }
        }
    }

    /// Reads the atoms off an order's facts.
    pub fn read(&mut self, program: &Program, facts: &Facts) {
        self.holds.clear();
        self.may_hold.clear();
        let value = |slot: usize| facts.values.get(slot).copied().unwrap_or(0);
        let (low, high) = (facts.known as u64, (facts.known >> 64) as u64);
        let known = |slot: usize| (if slot < 64 { low } else { high }) >> (slot & 63) & 1;
        let mut packer = Packer { mask: self, holds: 0, may_hold: 0, bit: 0 };
        packer.push(&program.thresholds, |atom| {
            let slot = atom.fact.slot();
            (known(slot), value(slot) >= atom.threshold)
        });
        packer.push(&program.members, |atom| {
            let slot = atom.fact.slot();
            (known(slot), atom.holds(value(slot)))
        });
        packer.push(&program.ratios, |atom| {
            let slot = atom.fact.slot();
            (known(slot) & known(slot + 1), atom.holds(value(slot), value(slot + 1)))
        });
        if packer.bit != 0 {
            packer.flush();
        }
    }
}

/// The first rule that settles the decision, given the code of each rule's condition.
fn first_settled<'p>(
    rules: impl Iterator<Item = (usize, &'p DecisionRule)>,
    mut code_of: impl FnMut(&DecisionRule) -> u8,
) -> Verdict {
    let mut open: Option<(usize, Label)> = None;
    for (place, rule) in rules {
        match (code_of(rule), open) {
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

#[inline(always)]
fn negated(code: u8) -> u8 {
    let complement = code ^ 0b11;
    complement >> 1 | (complement & 1) << 1
}

#[inline(always)]
fn read(truths: &[u8], lit: Lit) -> u8 {
    truths.get(lit.0 as usize).copied().unwrap_or(UNKNOWN)
}

/// For each atom whether some of these literals reads it, itself or through gates; no others than the given ones, in ascending order, are looked into.
pub(crate) fn atoms_below(program: &Program, lits: impl Iterator<Item = Lit>, gates: &[usize]) -> Vec<bool> {
    let gates_from = 1 + program.atom_count();
    let mut reached = vec![false; program.node_count()];
    let reach = |reached: &mut Vec<bool>, lit: Lit| {
        if let Some(node) = reached.get_mut(lit.node()) {
            *node = true;
        }
    };
    lits.for_each(|lit| reach(&mut reached, lit));
    // A gate reads earlier nodes only: from the last to the first, all that read one are seen before it.
    for gate in gates.iter().rev().filter_map(|gate| Some((gate, program.gates.get(*gate)?))) {
        let (place, (a, b)) = gate;
        if reached.get(gates_from + place) == Some(&true) {
            reach(&mut reached, *a);
            reach(&mut reached, *b);
        }
    }
    reached.truncate(gates_from);
    reached.drain(..1);
    reached
}

/// Whether a condition reads a fact, itself or through others.
pub fn reads(program: &Program, condition: Lit, fact: FactId) -> bool {
    let gates: Vec<usize> = (0..program.gates.len()).collect();
    let read = atoms_below(program, std::iter::once(condition), &gates);
    read.iter().enumerate().any(|(atom, read)| *read && program.atom_fact(atom) == Some(fact))
}

impl Scratch {
    /// Takes an order's facts: runs the atoms. The gates follow as they are needed.
    pub fn start(&mut self, program: &Program, facts: &Facts) {
        self.mask.read(program, facts);
        self.gates_run = 0;
        self.truths.resize(program.node_count() * 2, UNKNOWN);
        let mut nodes = self.truths.chunks_exact_mut(2);
        if let Some([node, other]) = nodes.next() {
            (*node, *other) = (TRUE, FALSE);
        }
        let mut left = program.atom_count();
        for (holds, may_hold) in self.mask.holds.iter().zip(&self.mask.may_hold) {
            let (mut holds, mut may_hold) = (*holds, *may_hold);
            for node in nodes.by_ref().take(left.min(64)) {
                let code = (holds & 1 | (may_hold & 1) << 1) as u8;
                (holds, may_hold) = (holds >> 1, may_hold >> 1);
                if let [node, other] = node {
                    (*node, *other) = (code, negated(code));
                }
            }
            left = left.saturating_sub(64);
        }
        // What an earlier order left behind the atoms must not be read as this one's.
        if let Some(gates) = self.truths.get_mut(2 * (1 + program.atom_count())..) {
            gates.fill(UNKNOWN);
        }
    }

    /// The atoms' truth, as read by [`Scratch::start`].
    pub fn mask(&self) -> &AtomMask {
        &self.mask
    }

    /// Runs all gates that have not been run yet, for traces.
    pub fn finish(&mut self, program: &Program) {
        self.gates_to(program, program.gates.len());
    }

    fn gates_to(&mut self, program: &Program, to: usize) {
        let truths = self.truths.as_mut_slice();
        let mut at = 2 * (1 + program.atom_count() + self.gates_run);
        // Where more of them were run already, nothing is left to run.
        for (a, b) in program.gates.get(self.gates_run..to).unwrap_or(&[]) {
            let truth = read(truths, *a) & read(truths, *b);
            if let Some([node, other]) = truths.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
                (*node, *other) = (truth, negated(truth));
            }
            at = at.wrapping_add(2);
        }
        self.gates_run = self.gates_run.max(to);
    }

    fn code(&self, lit: Lit) -> u8 {
        read(&self.truths, lit)
    }

    /// The truth of a literal, as far as it has been run.
    pub fn truth(&self, lit: Lit) -> Truth {
        match self.code(lit) {
            TRUE => Truth::True,
            FALSE => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// What the decision list comes to, running no more gates than that takes: a gate reads only earlier nodes,
    /// so what a rule needs ends with its own node.
    pub fn verdict(&mut self, program: &Program) -> Verdict {
        let gates_from = 1 + program.atom_count();
        first_settled(program.decision.iter().enumerate(), |rule| {
            let needed = (rule.when.node() + 1).saturating_sub(gates_from);
            if needed > self.gates_run {
                self.gates_to(program, needed);
            }
            self.code(rule.when)
        })
    }

    /// Runs all gates that the decision needs, and returns what the known facts leave open.
    pub(crate) fn residual(&mut self, program: &Program) -> Residual {
        if program.decision_gates > self.gates_run {
            self.gates_to(program, program.decision_gates);
        }
        let gates = 0..program.decision_gates;
        self.open_part(program, gates, 0..program.decision.len())
    }

    /// All gates that are open, once all have been run; no rules.
    pub(crate) fn open_gates(&self, program: &Program) -> Residual {
        self.open_part(program, 0..program.gates.len(), std::iter::empty())
    }

    /// Of these gates and rules, those that are open; of the rules none after the first that holds.
    fn open_part(
        &self,
        program: &Program,
        gates: impl Iterator<Item = usize>,
        rules: impl Iterator<Item = usize>,
    ) -> Residual {
        let gates_from = 1 + program.atom_count();
        let gates = gates.filter(|gate| self.node_code(gates_from + gate) == UNKNOWN).collect();
        let mut open = Vec::new();
        for place in rules {
            let code = program.decision.get(place).map_or(UNKNOWN, |rule| self.code(rule.when));
            if code != FALSE {
                open.push(place);
            }
            if code == TRUE {
                break;
            }
        }
        Residual { gates, rules: open }
    }

    /// Takes atoms that were open as this truth, and runs the open gates again: what was settled stays so, whatever they are. Returns what is
    /// open now.
    pub(crate) fn refine(&mut self, program: &Program, within: &Residual, atoms: &[AtomTruth]) -> Residual {
        for atom in atoms {
            self.set_node(1 + atom.place, if atom.truth { TRUE } else { FALSE });
            self.mask.set(atom.place, Some(atom.truth));
        }
        let gates_from = 1 + program.atom_count();
        for gate in &within.gates {
            let Some((a, b)) = program.gates.get(*gate) else { continue };
            let code = self.code(*a) & self.code(*b);
            self.set_node(gates_from + gate, code);
        }
        self.open_part(program, within.gates.iter().copied(), within.rules.iter().copied())
    }

    /// Takes back what [`Scratch::refine`] did with the same arguments.
    pub(crate) fn forget(&mut self, program: &Program, within: &Residual, atoms: &[AtomTruth]) {
        for atom in atoms {
            self.set_node(1 + atom.place, UNKNOWN);
            self.mask.set(atom.place, None);
        }
        let gates_from = 1 + program.atom_count();
        for gate in &within.gates {
            self.set_node(gates_from + gate, UNKNOWN);
        }
    }

    /// What the decision list comes to of which these rules are left.
    pub(crate) fn residual_verdict(&self, program: &Program, left: &Residual) -> Verdict {
        let rules = left.rules.iter().filter_map(|place| Some((*place, program.decision.get(*place)?)));
        first_settled(rules, |rule| self.code(rule.when))
    }

    /// Whether an atom, by its place from 0, is open.
    pub(crate) fn is_open(&self, place: usize) -> bool {
        self.node_code(1 + place) == UNKNOWN
    }

    fn node_code(&self, node: usize) -> u8 {
        self.truths.get(2 * node).copied().unwrap_or(UNKNOWN)
    }

    fn set_node(&mut self, node: usize, code: u8) {
        if let Some([holds, other]) = self.truths.get_mut(2 * node..).and_then(<[u8]>::first_chunk_mut) {
            (*holds, *other) = (code, negated(code));
        }
    }

    /// An atom that is unknown and on which a literal depends through unknown nodes, by its place from 0. `seen` is room to work in.
    pub(crate) fn unknown_atom_below(&self, program: &Program, lit: Lit, seen: &mut Vec<bool>) -> Option<usize> {
        let atoms = program.atom_count();
        seen.clear();
        seen.resize(program.node_count(), false);
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
