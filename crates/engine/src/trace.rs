//! The argument of a decision: the steps that carry it, each with its citation, its truth and its facts.

use std::borrow::Cow;

use tollgate_law::facts::{self, FactId, FactKind, Facts, Unit};
use tollgate_law::program::{ExceptionRule, Program, Step};
use tollgate_law::push_json;
use tollgate_model::{Country, Outcome, Ratio, Tpp, Truth};

use crate::determine::Determination;
use crate::scalar::Scratch;

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
    let required = program.requirements.iter().any(|rule| scratch.truth(rule.step.when) != Truth::False);
    for rule in &program.requirements {
        add(&rule.step, if required { not_false } else { any });
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

fn country(value: i64) -> &'static str {
    match u8::try_from(value).ok().and_then(Country::from_index) {
        Some(country) => country.code(),
        None => "none",
    }
}

fn word(words: &'static [&'static str], value: i64) -> &'static str {
    usize::try_from(value).ok().and_then(|at| words.get(at)).copied().unwrap_or("?")
}

/// Appends a step as the JSON object that decisions hold.
pub fn push_step(out: &mut String, step: TraceStep<'_>, facts: &Facts) {
    out.push_str(&step.step.json_head);
    out.push_str(step.truth.as_str());
    out.push_str("\",\"facts\":{");
    for (place, fact) in step.step.facts.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        push_fact(out, facts, *fact);
    }
    out.push_str("}}");
}

fn push_fact(out: &mut String, facts: &Facts, fact: FactId) {
    out.push('"');
    out.push_str(fact.def().name);
    out.push_str("\":");
    let Some(value) = facts.get(fact) else {
        out.push_str("null");
        return;
    };
    match fact.def().kind {
        FactKind::Bool | FactKind::Reading => out.push_str(if value == 1 { "true" } else { "false" }),
        FactKind::Country => {
            out.push('"');
            out.push_str(country(value));
            out.push('"');
        }
        FactKind::Word(words) => push_json(out, word(words, value)),
        FactKind::Int(unit) if unit != Unit::Operations => push_thousandths(out, value, unit),
        _ => push_json(out, &fact_text(facts, fact).unwrap_or_default()),
    }
}

fn push_thousandths(out: &mut String, value: i64, unit: Unit) {
    let (whole, rest) = if unit == Unit::Count { (value, 0) } else { (value / 1000, value % 1000) };
    let mut digits = [0_u8; 20];
    let mut left = whole.unsigned_abs();
    let mut count = 0;
    for digit in digits.iter_mut() {
        *digit = u8::try_from(left % 10).unwrap_or(0) + b'0';
        left /= 10;
        count += 1;
        if left == 0 {
            break;
        }
    }
    out.extend(digits.iter().take(count).rev().map(|digit| char::from(*digit)));
    if rest != 0 {
        let fraction = Tpp::from_thousandths(rest).to_string();
        out.push_str(fraction.trim_start_matches('0'));
    }
}

/// The ECCN that an item falls under, with `{host}` for the item's own; `None` where the facts do not settle it.
pub fn eccn_pattern<'p>(program: &'p Program, scratch: &Scratch) -> Option<&'p str> {
    for rule in &program.classifications {
        match scratch.truth(rule.step.when) {
            Truth::True => return Some(&rule.eccn),
            Truth::Unknown => return None,
            Truth::False => {}
        }
    }
    Some("EAR99/other")
}

/// The ECCN that an item falls under; `None` where the facts do not settle it.
pub fn eccn(program: &Program, facts: &Facts, scratch: &Scratch) -> Option<String> {
    eccn_pattern(program, scratch).map(|pattern| with_host(pattern, facts).into_owned())
}

/// A pattern of [`eccn_pattern()`] with the item's own ECCN, which no atom reads.
pub fn with_host<'a>(pattern: &'a str, facts: &Facts) -> Cow<'a, str> {
    if !pattern.contains("{host}") {
        return Cow::Borrowed(pattern);
    }
    let host = facts.get(facts::ITEM_HOST).map_or("", |value| word(facts::HOSTS, value));
    Cow::Owned(pattern.replace("{host}", host))
}
