//! What a policy compiles to for a day: integer atoms, an and-inverter graph over them, and the
//! decision as a list of labels, the first of which holds.
//!
//! The same [`Program`] is run for one order and symbolically (`tollgate-engine`).

use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tollgate_model::{Date, Outcome, PeriodLength, ReviewPolicy, Tpp, index_of};

use crate::facts::FactId;

/// A node or its negation: twice the node's number, plus one where negated.
///
/// Node 0 is true; then come threshold, member and ratio atoms, then gates, each in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lit(pub u32);

impl Lit {
    /// Always true.
    pub const TRUE: Lit = Lit(0);
    /// Always false.
    pub const FALSE: Lit = Lit(1);

    /// The node.
    pub fn node(self) -> usize {
        index_of(self.0 >> 1)
    }

    /// Whether the node is negated.
    pub fn negated(self) -> bool {
        self.0 & 1 == 1
    }
}

impl std::ops::Not for Lit {
    type Output = Lit;

    fn not(self) -> Lit {
        Lit(self.0 ^ 1)
    }
}

/// `fact >= threshold`; truths are 0 or 1 and compared with 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThresholdAtom {
    /// Which fact.
    pub fact: FactId,
    /// In the fixed part of the fact's unit.
    pub threshold: i64,
}

/// `fact in set`, over countries or words by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberAtom {
    /// Which fact.
    pub fact: FactId,
    /// Bit `i` is set where index `i` is a member.
    pub set: [u64; 4],
}

impl MemberAtom {
    /// Whether an index is a member.
    pub fn holds(&self, index: i64) -> bool {
        let word = usize::try_from(index >> 6).ok().and_then(|word| self.set.get(word));
        word.is_some_and(|word| word >> (index & 63) & 1 == 1)
    }
}

/// `num / den >= over / under`, or `>` where strict, by cross-multiplication; an undefined fraction is below all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RatioAtom {
    /// The fact; its denominator is the next slot.
    pub fact: FactId,
    /// The threshold's numerator.
    pub over: i64,
    /// The threshold's denominator, above zero.
    pub under: i64,
    /// Whether equality falls short.
    pub strict: bool,
}

impl RatioAtom {
    /// Whether a fraction reaches the threshold.
    pub fn holds(&self, num: i64, den: i64) -> bool {
        let left = i128::from(num) * i128::from(self.under);
        let right = i128::from(self.over) * i128::from(den);
        den > 0 && if self.strict { left > right } else { left >= right }
    }
}

/// One step of an argument: a rule, where it stands, when it holds, and the facts it reads.
#[derive(Clone, Debug)]
pub struct Step {
    /// The citation with its paragraph.
    pub cite: Arc<str>,
    /// The rule in a sentence.
    pub rule: Arc<str>,
    /// When it holds.
    pub when: Lit,
    /// The facts that the condition reads.
    pub facts: Vec<FactId>,
    /// Index of the version it stands in, in [`Program::versions`].
    pub version: usize,
}

/// A version of a provision that is in force.
#[derive(Clone, Debug)]
pub struct VersionInForce {
    /// The provision's path under `law/ear/`.
    pub path: String,
    /// Its citation.
    pub citation: Arc<str>,
    /// From when the version binds.
    pub from: Date,
    /// The document that made it so.
    pub source: String,
    /// How sure it is: the letter of law files.
    pub certainty: &'static str,
    /// What is unsure about it.
    pub unsure: Option<Arc<str>>,
    /// SHA-256 of its text, as in `law.lock`; of the amendment where a policy adds it.
    pub digest: String,
}

/// What must be done, when it applies.
#[derive(Clone, Debug)]
pub struct ObligationRule {
    /// The citation with its paragraph.
    pub cite: Arc<str>,
    /// What must be done.
    pub text: Arc<str>,
    /// By when.
    pub deadline: Arc<str>,
    /// When it applies.
    pub when: Lit,
}

/// An ECCN and when an item falls under it.
#[derive(Clone, Debug)]
pub struct ClassifyRule {
    /// The ECCN; `{host}` stands for the item's host ECCN.
    pub eccn: String,
    /// When.
    pub step: Step,
}

/// A license requirement.
#[derive(Clone, Debug)]
pub struct RequirementRule {
    /// Its name.
    pub id: String,
    /// When a license is required.
    pub step: Step,
    /// Whether an argument leaves it out where it does not hold.
    pub quiet: bool,
    /// How applications are reviewed.
    pub reviews: Vec<ReviewRule>,
}

/// A review policy of a requirement.
#[derive(Clone, Debug)]
pub struct ReviewRule {
    /// The policy; `None` where the text states none.
    pub policy: Option<ReviewPolicy>,
    /// The condition as written.
    pub step: Step,
    /// The condition, less the earlier ones where this is the rest.
    pub when: Lit,
    /// What an application must show or carry.
    pub obligations: Vec<ObligationRule>,
}

/// A license exception or other authorization.
#[derive(Clone, Debug)]
pub struct ExceptionRule {
    /// Its name among the rules.
    pub id: String,
    /// Its short name, as a shipper claims it.
    pub name: String,
    /// Its scope, then its conditions, then the gates that it must pass.
    pub steps: Vec<Step>,
    /// Whether all of these hold and it overcomes every requirement that applies.
    pub available: Lit,
    /// Whether the shipper claims it.
    pub claimed: Lit,
    /// What must be done to use it.
    pub obligations: Vec<ObligationRule>,
    /// The account that a line under it draws on.
    pub posts: Option<String>,
    /// For each requirement, whether this overcomes it.
    pub overcomes: Vec<bool>,
}

/// Whose count an account is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The ultimate parent of the ultimate consignee.
    UltimateParent,
    /// The country of ultimate destination.
    Destination,
    /// The ultimate consignee, over all destinations.
    Consignee,
    /// The ultimate consignee in the country of destination.
    ConsigneeAndDestination,
}

/// Which lines an account counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Those decided under an exception that posts to it.
    Exception,
    /// Those that need a license whose review policy is a presumption of approval.
    License,
    /// All that may go or may be licensed.
    Any,
}

/// The most accounts that a program may have: sets of them are the bits of a `u64`. A policy with more does not compile.
pub const MAX_ACCOUNTS: usize = 64;

/// An allocation account.
#[derive(Clone, Debug)]
pub struct AccountRule {
    /// Its name.
    pub account: String,
    /// What it is, and which lines it is about.
    pub step: Step,
    /// Whose count it is.
    pub holder: Holder,
    /// Over which time.
    pub period: PeriodLength,
    /// Which lines it counts.
    pub counts: Counts,
    /// The fact that holds the account after the line.
    pub fact: FactId,
    /// The limits; the first whose condition holds is in force.
    pub limits: Vec<(Lit, Tpp)>,
}

/// What must be done where a decision has one of some outcomes.
#[derive(Clone, Debug)]
pub struct DutyRule {
    /// The outcomes.
    pub outcomes: Vec<Outcome>,
    /// What must be done.
    pub obligation: ObligationRule,
}

/// A red flag, or a provision that is not modeled.
#[derive(Clone, Debug)]
pub struct FindingRule {
    /// Its name.
    pub id: String,
    /// When the facts touch it.
    pub step: Step,
    /// For a provision that is not modeled: it might permit what the modeled ones forbid.
    pub permits: bool,
}

/// What a decision comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// The outcome.
    pub outcome: Outcome,
    /// Index of the exception in [`Program::exceptions`], where the outcome is one.
    pub exception: Option<u8>,
    /// The review policy, where a license is required and one is stated.
    pub review: Option<ReviewPolicy>,
    /// Index in [`Program::unmodeled`], where a provision that is not modeled leaves it open.
    pub unmodeled: Option<u8>,
}

/// One line of the decision list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecisionRule {
    /// When it applies, if none before it does.
    pub when: Lit,
    /// What it says.
    pub label: Label,
}

/// A policy compiled for the days of an epoch, over which nothing in it changes.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The first atoms.
    pub thresholds: Vec<ThresholdAtom>,
    /// The atoms after them.
    pub members: Vec<MemberAtom>,
    /// The last atoms.
    pub ratios: Vec<RatioAtom>,
    /// Conjunctions of two earlier literals.
    pub gates: Vec<(Lit, Lit)>,
    /// How many of the gates the decision list needs; they come first.
    pub decision_gates: usize,
    /// The first that holds decides; the last always holds.
    pub decision: Vec<DecisionRule>,
    /// Definitions shown as steps.
    pub definitions: Vec<Step>,
    /// ECCNs, in order of precedence.
    pub classifications: Vec<ClassifyRule>,
    /// What is no export, reexport or transfer at all.
    pub outsides: Vec<Step>,
    /// License requirements.
    pub requirements: Vec<RequirementRule>,
    /// Whether any requirement applies.
    pub any_requirement: Lit,
    /// License exceptions and authorizations, in order of preference.
    pub exceptions: Vec<ExceptionRule>,
    /// Allocation accounts.
    pub accounts: Vec<AccountRule>,
    /// What must be done whatever the authorization.
    pub duties: Vec<DutyRule>,
    /// Red flags.
    pub findings: Vec<FindingRule>,
    /// What is not modeled.
    pub unmodeled: Vec<FindingRule>,
    /// The versions in force.
    pub versions: Vec<VersionInForce>,
    /// Value of each reading, by its fact.
    pub readings: Vec<(FactId, bool)>,
    /// SHA-256 of what decides: the versions in force, the readings, and the atoms in their order. It stays the same when the law gains versions
    /// for other days, so that a certificate made under it can be checked later.
    pub digest: String,
}

impl Program {
    /// What [`Program::digest`] must be.
    pub(crate) fn compute_digest(&self) -> String {
        let mut hash = Sha256::new();
        let mut text = String::new();
        for version in &self.versions {
            let _ = writeln!(text, "version {} {}", version.path, version.digest);
        }
        for (reading, value) in &self.readings {
            let _ = writeln!(text, "reading {} {value}", reading.def().name);
        }
        for atom in &self.thresholds {
            let _ = writeln!(text, "threshold {} {}", atom.fact.def().name, atom.threshold);
        }
        for atom in &self.members {
            let _ = writeln!(text, "member {} {:?}", atom.fact.def().name, atom.set);
        }
        for atom in &self.ratios {
            let _ = writeln!(text, "ratio {} {}/{} {}", atom.fact.def().name, atom.over, atom.under, atom.strict);
        }
        hash.update(text.as_bytes());
        tollgate_model::hex(&hash.finalize())
    }

    /// How many atoms there are; they are nodes 1 to this.
    pub fn atom_count(&self) -> usize {
        self.thresholds.len() + self.members.len() + self.ratios.len()
    }

    /// Whether another program decides alike by construction: the same atoms, gates, decision list and names.
    pub fn decides_as(&self, other: &Program) -> bool {
        let names = |program: &Program| -> Vec<String> {
            let exceptions = program.exceptions.iter().map(|rule| rule.name.clone());
            exceptions.chain(program.unmodeled.iter().map(|rule| rule.id.clone())).collect()
        };
        self.thresholds == other.thresholds
            && self.members == other.members
            && self.ratios == other.ratios
            && self.gates == other.gates
            && self.decision == other.decision
            && self.readings == other.readings
            && names(self) == names(other)
    }

    /// How many nodes there are, the constant included.
    pub fn node_count(&self) -> usize {
        1 + self.atom_count() + self.gates.len()
    }

    /// The fact that an atom reads, by the atom's place from 0.
    pub fn atom_fact(&self, atom: usize) -> Option<FactId> {
        let members = atom.checked_sub(self.thresholds.len());
        let ratios = members.and_then(|atom| atom.checked_sub(self.members.len()));
        self.thresholds
            .get(atom)
            .map(|atom| atom.fact)
            .or_else(|| self.members.get(members?).map(|atom| atom.fact))
            .or_else(|| self.ratios.get(ratios?).map(|atom| atom.fact))
    }
}
