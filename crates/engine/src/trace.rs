//! The argument of a decision: the steps that carry it, each with its citation, its truth and its facts.

use std::borrow::Cow;

use tollgate_law::facts::{self, FactId, FactKind, Facts, Unit};
use tollgate_law::program::{ExceptionRule, Program, Step};
use tollgate_model::{Country, Outcome, Ratio, Tpp, Truth};

use crate::determine::Determination;
use crate::scalar::{AtomTruth, Scratch, atoms_below};

/// A step of the argument.
#[derive(Clone, Copy, Debug)]
pub struct TraceStep<'a> {
    /// The rule.
    pub step: &'a Step,
    /// Its truth under the facts as given.
    pub truth: Truth,
}

/// The steps that carry a decision, in the order of 15 CFR 732: what it is, whether a license is required,
/// which exception covers it or why none does, how an application would be reviewed, what is not modeled.
///
/// `scratch` must be as [`crate::determine()`] left it.
pub fn trace<'a>(program: &'a Program, determination: &Determination, scratch: &Scratch) -> Vec<TraceStep<'a>> {
    let mut steps = Vec::new();
    let mut add = |step: &'a Step, wanted: fn(Truth) -> bool| {
        let truth = scratch.truth(step.when);
        if wanted(truth) {
            steps.push(TraceStep { step, truth });
        }
    };
    let not_false: fn(Truth) -> bool = |truth| truth != Truth::False;
    let any: fn(Truth) -> bool = |_| true;
    let outcome = determination.label.outcome;
    for rule in &program.classifications {
        add(&rule.step, not_false);
    }
    let classified = program.classifications.iter().any(|rule| scratch.truth(rule.step.when) == Truth::True);
    for step in &program.definitions {
        add(step, if classified { not_false } else { any });
    }
    for step in &program.outsides {
        add(step, not_false);
    }
    let required = program.requirements.iter().any(|rule| scratch.truth(rule.step.when) != Truth::False);
    for rule in &program.requirements {
        add(&rule.step, if required || rule.quiet { not_false } else { any });
    }
    if required {
        for (place, exception) in program.exceptions.iter().enumerate() {
            exception_steps(
                exception,
                determination.label.exception.map(usize::from) == Some(place),
                scratch,
                &mut add,
            );
        }
    }
    if matches!(outcome, Outcome::LicenseRequired | Outcome::NeedsInformation) {
        for review in program
            .requirements
            .iter()
            .filter(|rule| scratch.truth(rule.step.when) == Truth::True)
            .flat_map(|rule| &rule.reviews)
        {
            if scratch.truth(review.when) != Truth::False {
                add(&review.step, not_false);
            }
        }
    }
    for rule in &program.unmodeled {
        add(&rule.step, not_false);
    }
    steps
}

/// All steps of the exception that is taken; all that do not hold of one that is claimed; the first that does not of any other.
fn exception_steps<'a>(
    exception: &'a ExceptionRule,
    taken: bool,
    scratch: &Scratch,
    add: &mut impl FnMut(&'a Step, fn(Truth) -> bool),
) {
    if taken {
        exception.steps.iter().for_each(|step| add(step, |_| true));
        return;
    }
    let claimed = scratch.truth(exception.claimed) == Truth::True;
    for step in exception.steps.iter().filter(|step| scratch.truth(step.when) != Truth::True) {
        add(step, |truth| truth != Truth::True);
        if !claimed {
            break;
        }
    }
}

/// A fact as a person reads it; `None` where it is unknown.
pub fn fact_text(facts: &Facts, fact: FactId) -> Option<String> {
    let value = facts.get(fact)?;
    Some(match fact.def().kind {
        FactKind::Bool | FactKind::Reading => (value == 1).to_string(),
        FactKind::Country => country(value).to_owned(),
        FactKind::Word(words) => word(words, value).to_owned(),
        FactKind::Ratio(_) => Ratio { num: value, den: facts.get(fact.denominator())? }.to_string(),
        FactKind::Int(Unit::Count) | FactKind::Denominator => value.to_string(),
        FactKind::Int(Unit::Operations) => format!("{value}e9"),
        FactKind::Int(_) => Tpp::from_thousandths(value).to_string(),
    })
}

/// The word of a fact that is a country or a word; `None` where it is unknown or of another kind.
pub fn fact_word(facts: &Facts, fact: FactId) -> Option<&'static str> {
    let value = facts.get(fact)?;
    match fact.def().kind {
        FactKind::Country => Some(country(value)),
        FactKind::Word(words) => Some(word(words, value)),
        _ => None,
    }
}

fn country(value: i64) -> &'static str {
    match u8::try_from(value).ok().and_then(Country::from_index) {
        Some(country) => country.code(),
        None => "none",
    }
}

fn word(words: &'static [&'static str], value: i64) -> &'static str {
    usize::try_from(value).ok().and_then(|at| words.get(at)).copied().unwrap_or("?")
}

/// The ECCN that an item falls under, with `{host}` for the item's own and [`BELOW`] where none lists it; `None` where the facts do not settle it.
///
/// It is settled too where the rules' truths leave it open and every truth of the open atoms that they read comes to the same: an item may be of
/// either grade, and fall under `.z` all the same.
///
/// `scratch` must have run all gates.
pub fn eccn_pattern<'p>(program: &'p Program, scratch: &Scratch) -> Option<&'p str> {
    if let Some(settled) = pattern_by(program, scratch) {
        return Some(settled);
    }
    let open = scratch.open_gates(program);
    let conditions = program.classifications.iter().map(|rule| rule.step.when);
    let read = atoms_below(program, conditions, &open.gates).into_iter().enumerate();
    let places: Vec<usize> =
        read.filter(|(place, read)| *read && scratch.is_open(*place)).map(|(place, _)| place).collect();
    if places.len() > OPEN_ATOMS {
        return None;
    }
    let mut tried = scratch.clone();
    let mut patterns = (0..1_usize << places.len()).map(|choice| {
        let truth = |at: usize| choice >> at & 1 == 1;
        let atoms = places.iter().enumerate().map(|(at, place)| AtomTruth { place: *place, truth: truth(at) });
        tried.refine(program, &open, &atoms.collect::<Vec<_>>());
        pattern_by(program, &tried)
    });
    let first = patterns.next()??;
    patterns.all(|pattern| pattern == Some(first)).then_some(first)
}

/// So many open atoms are tried in all their truths, at the most.
const OPEN_ATOMS: usize = 8;

/// What the rules come to by the truths in `scratch`.
fn pattern_by<'p>(program: &'p Program, scratch: &Scratch) -> Option<&'p str> {
    for rule in &program.classifications {
        match scratch.truth(rule.step.when) {
            Truth::True => return Some(&rule.eccn),
            Truth::Unknown => return None,
            Truth::False => {}
        }
    }
    Some(BELOW)
}

/// The pattern of an item that no entry of the law's lists: filled in by what is known of it.
pub const BELOW: &str = "{below}";

/// What may stand for [`BELOW`]: of a circuit, of an assembly, and of what is neither or weaker.
pub const BELOW_NAMES: [&str; 3] = ["3A991.p or 5A992.c", "4A994.l or 5A992.c", "not determined here"];

/// Whether an ECCN is an entry that the modeled law lists, or a `.z` paragraph, in capitals or not, spaces around it aside.
pub fn is_listed_eccn(eccn: &str) -> bool {
    let eccn = eccn.trim().to_ascii_uppercase();
    ["3A090", "4A090", "4E091"].iter().any(|entry| eccn.starts_with(entry)) || eccn.ends_with(".Z")
}

/// What is known of an item below the lines: assemblies and circuits of 8 TOPS or more, or of 150 GB/s of transfer
/// other than to memory, are 4A994.l and 3A991.p, unless what they encrypt makes them 5A992.c.
fn below(facts: &Facts) -> &'static str {
    // 512 TPP are 8 TOPS at the longest bit length, 64.
    let tops = facts.get(facts::IC_TPP).is_some_and(|tpp| tpp >= 512_000);
    let transfer = facts.get(facts::IC_IO).is_some_and(|rate| rate >= 150_000);
    let kind = facts.get(facts::ITEM_KIND).map(|kind| word(facts::KINDS, kind));
    let [circuit, assembly, neither] = BELOW_NAMES;
    match kind {
        Some("ic") if tops || transfer => circuit,
        Some("board" | "server" | "rack") if tops || transfer => assembly,
        _ => neither,
    }
}

/// The ECCN that an item falls under; `None` where the facts do not settle it.
pub fn eccn(program: &Program, facts: &Facts, scratch: &Scratch) -> Option<String> {
    eccn_pattern(program, scratch).map(|pattern| with_host(pattern, facts).into_owned())
}

/// A pattern of [`eccn_pattern()`] with the item's own ECCN, which no atom reads.
pub fn with_host<'a>(pattern: &'a str, facts: &Facts) -> Cow<'a, str> {
    if pattern == BELOW {
        return Cow::Borrowed(below(facts));
    }
    if !pattern.contains("{host}") {
        return Cow::Borrowed(pattern);
    }
    let host = facts.get(facts::ITEM_HOST).map_or("", |value| word(facts::HOSTS, value));
    Cow::Owned(pattern.replace("{host}", host))
}
