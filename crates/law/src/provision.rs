//! A provision: one file whose path is its citation, with dated versions and the rules in each.

mod read;

pub(crate) use read::{read_amend_rules, read_parameters, read_provision};

use std::collections::BTreeMap;

use tollgate_model::{Date, Decimal, Outcome, PeriodLength, ReviewPolicy};

use crate::expr::Expr;
use crate::program::{Counts, Holder};

/// How sure a statement of law is (the digests' tags).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// Read in the primary text.
    Primary,
    /// Primary wording quoted by others.
    Quoted,
    /// Arithmetic or set logic on what was read.
    Derived,
    /// Published secondary sources only.
    Secondary,
    /// From memory: confirm before relying on it.
    Memory,
    /// A proposal or an assumption of Tollgate's own.
    Assumed,
}

impl Certainty {
    const LETTERS: [(&'static str, Certainty); 6] = [
        ("P", Certainty::Primary),
        ("Q", Certainty::Quoted),
        ("D", Certainty::Derived),
        ("S", Certainty::Secondary),
        ("M", Certainty::Memory),
        ("A", Certainty::Assumed),
    ];

    /// The certainty that a letter stands for.
    pub fn from_letter(letter: &str) -> Option<Certainty> {
        Certainty::LETTERS.into_iter().find(|(written, _)| *written == letter).map(|(_, certainty)| certainty)
    }

    /// The letter used in law files.
    pub fn letter(self) -> &'static str {
        Certainty::LETTERS.into_iter().find(|(_, certainty)| *certainty == self).map_or("?", |(letter, _)| letter)
    }
}

/// A provision and its versions, oldest first.
#[derive(Clone, Debug)]
pub struct Provision {
    /// Its path under `law/ear/`, without `.toml`; names it in amendments.
    pub path: String,
    /// How it is cited.
    pub citation: String,
    /// What it is about.
    pub title: String,
    /// Its versions, in order of `from`.
    pub versions: Vec<Version>,
}

/// What a provision says from a day on.
#[derive(Clone, Debug)]
pub struct Version {
    /// The line of its file where it starts.
    pub line: usize,
    /// From when it binds.
    pub from: Date,
    /// From when anybody could know it.
    pub known_from: Date,
    /// The document that made it so: a key of `sources.toml`.
    pub source: String,
    /// Other documents without which it would not stand; excluded with them.
    pub rests_on: Vec<String>,
    /// How sure it is.
    pub certainty: Certainty,
    /// What is unsure about it, shown with every decision that uses it.
    pub unsure: Option<String>,
    /// What was mended in a version that stood in `law.lock` before.
    pub corrects: Option<String>,
    /// The provision ends here (or is suspended).
    pub removed: bool,
    /// Its thresholds.
    pub parameters: BTreeMap<String, Parameter>,
    /// Its rules.
    pub rules: Rules,
    /// SHA-256 of its text, as in `law.lock`.
    pub digest: String,
}

/// The rules of a version, by what they do.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Named conditions for other rules.
    pub defines: Vec<Define>,
    /// ECCNs.
    pub classifies: Vec<Classify>,
    /// What is no export, reexport or transfer at all.
    pub outsides: Vec<Outside>,
    /// License requirements.
    pub requires: Vec<Require>,
    /// Review policies.
    pub reviews: Vec<Review>,
    /// Restrictions on license exceptions.
    pub gates: Vec<Gate>,
    /// License exceptions and authorizations.
    pub exceptions: Vec<Exception>,
    /// Allocation accounts.
    pub allocations: Vec<Allocate>,
    /// What must be done whatever the authorization.
    pub duties: Vec<Duty>,
    /// Red flags and other findings, which never decide.
    pub findings: Vec<Finding>,
    /// What is not modeled, and when the facts touch it.
    pub unmodeled: Vec<Finding>,
}

impl Rules {
    /// Whether there is no rule at all.
    pub(crate) fn is_empty(&self) -> bool {
        let Rules { defines, classifies, outsides, requires, reviews, gates, exceptions, allocations, .. } = self;
        let conditions = defines.is_empty() && classifies.is_empty() && outsides.is_empty() && gates.is_empty();
        let licenses = requires.is_empty() && reviews.is_empty() && exceptions.is_empty() && allocations.is_empty();
        conditions && licenses && self.duties.is_empty() && self.findings.is_empty() && self.unmodeled.is_empty()
    }
}

/// A condition as written, parsed, and where.
#[derive(Clone, Debug)]
pub struct Condition {
    /// As written.
    pub text: String,
    /// As parsed.
    pub expr: Expr,
    /// The line of its file.
    pub line: usize,
}

/// What every rule has: a paragraph, a sentence, a condition.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Appended to the provision's citation.
    pub paragraph: String,
    /// The rule in a sentence.
    pub rule: String,
    /// When it applies.
    pub when: Condition,
}

/// A threshold: its value and unit, perhaps by date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The values, each from its day on, in order; the first is from [`Date::MIN`] where there is just one.
    pub values: Vec<(Date, Decimal)>,
    /// The unit as written.
    pub unit: String,
    /// Why, where it is an assumption.
    pub assumption: Option<String>,
    /// The line of its file.
    pub line: usize,
}

impl Parameter {
    /// The value on a day.
    pub fn on(&self, date: Date) -> Option<Decimal> {
        let started = self.values.iter().rev().find(|(from, _)| *from <= date);
        started.or(self.values.first()).map(|(_, value)| *value)
    }
}

/// A named condition.
#[derive(Clone, Debug)]
pub struct Define {
    /// Its name.
    pub name: String,
    /// What it says.
    pub clause: Clause,
    /// Whether the trace shows it as a step of its own.
    pub shown: bool,
}

/// An ECCN and when an item falls under it.
#[derive(Clone, Debug)]
pub struct Classify {
    /// The ECCN; `{host}` stands for the item's host ECCN.
    pub eccn: String,
    /// When.
    pub clause: Clause,
}

/// What is no export, reexport or transfer (in-country): where it holds, no requirement applies but the named ones, nothing is counted, and
/// no provision that is not modeled is touched.
#[derive(Clone, Debug)]
pub struct Outside {
    /// When.
    pub clause: Clause,
    /// The requirements that apply all the same.
    pub keeps: Vec<String>,
}

/// What must be done where a decision has one of some outcomes, whatever authorizes it.
#[derive(Clone, Debug)]
pub struct Duty {
    /// The outcomes.
    pub outcomes: Vec<Outcome>,
    /// What must be done, and when it applies.
    pub obligation: Obligation,
}

/// A license requirement.
#[derive(Clone, Debug)]
pub struct Require {
    /// Its name for reviews, exceptions and amendments.
    pub id: String,
    /// When a license is required.
    pub clause: Clause,
    /// The exceptions and authorizations that overcome it.
    pub overcome_by: Vec<String>,
    /// Whether even exceptions that are not modeled cannot overcome it.
    pub absolute: bool,
    /// Whether an argument leaves it out where it does not hold, because another step says so for several.
    pub quiet: bool,
}

/// How applications are reviewed.
#[derive(Clone, Debug)]
pub struct Review {
    /// The requirements that it is for.
    pub of: Vec<String>,
    /// The policy; `None` where the text states none.
    pub policy: Option<ReviewPolicy>,
    /// When.
    pub clause: Clause,
    /// Applies only where none of the earlier reviews of the same requirement does.
    pub otherwise: bool,
    /// What an application must show or carry.
    pub obligations: Vec<Obligation>,
}

/// A restriction on license exceptions: where it applies, only those that pass remain.
#[derive(Clone, Debug)]
pub struct Gate {
    /// When the restriction applies.
    pub clause: Clause,
    /// Ids of the exceptions that pass, and under which condition.
    pub passes: Vec<(String, Option<Condition>)>,
}

/// A license exception or other authorization.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Its name among the rules.
    pub id: String,
    /// Its short name, as a shipper claims it.
    pub name: String,
    /// Whether it is a license exception of part 740, to which gates apply.
    pub part_740: bool,
    /// Its scope.
    pub clause: Clause,
    /// Further conditions, all of which must hold.
    pub conditions: Vec<Clause>,
    /// What must be done to use it.
    pub obligations: Vec<Obligation>,
    /// The account that a line under it draws on.
    pub posts: Option<String>,
    /// Where several would do and none is claimed, the lowest is taken.
    pub preference: i64,
}

/// What must be done, by whom and when.
#[derive(Clone, Debug)]
pub struct Obligation {
    /// Appended to the provision's citation.
    pub paragraph: String,
    /// What must be done.
    pub text: String,
    /// By when.
    pub deadline: String,
    /// When it applies; always where absent.
    pub when: Option<Condition>,
}

/// An allocation account.
#[derive(Clone, Debug)]
pub struct Allocate {
    /// Its name; `within_<account>` is then a condition.
    pub account: String,
    /// What it is, in a sentence, with its paragraph, and which lines it is about.
    pub clause: Clause,
    /// Who holds it.
    pub holder: Holder,
    /// How long each of its periods is.
    pub period: PeriodLength,
    /// Which lines count.
    pub counts: Counts,
    /// The fact that holds the account after the line.
    pub fact: String,
    /// The limits: the first whose condition holds is in force.
    pub limits: Vec<Limit>,
}

/// A limit of an account.
#[derive(Clone, Debug)]
pub struct Limit {
    /// The parameter that holds it.
    pub at_most: String,
    /// When it is in force.
    pub when: Condition,
}

/// A red flag, or a provision that is not modeled.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Its name.
    pub id: String,
    /// When the facts touch it.
    pub clause: Clause,
    /// For a provision that is not modeled: it might *permit* what the modeled ones forbid.
    pub permits: bool,
}
