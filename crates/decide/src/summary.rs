//! What a decision comes to in one sentence, and what is to be done next, by whom and by when.

use std::fmt::Write as _;

use tollgate_engine::fact_text;
use tollgate_law::facts::{self, FactId};
use tollgate_law::program::{ExceptionRule, Step};
use tollgate_model::{OrderLine, Outcome, ReviewPolicy, Truth};
use tollgate_records::NextStep;
use tollgate_screening::Effect;

use super::cures::{column_in_words, cure};
use super::decider::Decided;
use super::questions::question;
use super::roles::roles;
use super::tables::Tables;

const BEFORE: &str = "before the goods leave; hold them until then";
/// What "no license required" is about.
const COVERED: &str = "checked were the advanced-computing controls (3A090, 4A090, 4E091), the end-use and end-user rules of part 744 and part 746";
/// What it is not about.
const NOT_COVERED: &str =
    "not checked were other reasons for control, encryption, OFAC's and other agencies' rules, and foreign law";

/// The decision in one sentence that a shipping clerk understands.
pub fn summary(order: &OrderLine<'_>, decided: &Decided<'_>, tables: &Tables) -> String {
    let what = format!("{} x {} to {}", order.quantity, order.item, order.destination);
    let label = decided.determination().label;
    let mut text = match label.outcome {
        Outcome::NoLicenseRequired => license_free(&what, decided, tables),
        Outcome::LicenseException => {
            let name = decided.exception().map_or("", |exception| exception.name.as_str());
            let kind = if name == "VEU" { "authorization" } else { "License Exception" };
            let duties = decided.obligations().count();
            let due = match duties {
                0 => String::new(),
                1 => ", once what it asks for is done (see what is to be done)".to_owned(),
                many => format!(", once the {many} things that it asks for are done (see what is to be done)"),
            };
            format!("It may go: {what} under {kind} {name}{due}{}", alternatives(name, decided))
        }
        Outcome::LicenseRequired => {
            let why = decisive(decided).map_or(String::new(), |step| format!(", because of {}", step.cite));
            let review = label.review.map_or("no review policy is stated for an application".to_owned(), |review| {
                reviewed_under(review, decided)
            });
            match &decided.license {
                Some(found) if found.holds == Some(true) => format!("It may go under its license: {what}{why}"),
                Some(found) => {
                    format!("It may not go without a license: {what}{why}; {}", found.why.trim_end_matches('.'))
                }
                None => format!("It may not go without a license: {what}{why}; {review}"),
            }
        }
        Outcome::NeedsInformation => open(&what, decided),
    };
    match (decided.claimed_ok, order.authorization) {
        (Some(true), Some(claim)) => drop(write!(text, "; the claimed {claim} holds")),
        (Some(false), Some(claim)) => drop(write!(text, "; the claimed {claim} does NOT hold")),
        _ => {}
    }
    if label.outcome != Outcome::LicenseRequired && is_designated(order, tables) {
        text.push_str("; a party matches the list of Specially Designated Nationals: nothing leaves before OFAC's rules were looked at");
    }
    text.push('.');
    text
}

/// How an application is reviewed, and on what that turns where a fact is unknown: the policy is then the strictest that may apply.
fn reviewed_under(review: ReviewPolicy, decided: &Decided<'_>) -> String {
    let policy = review.as_str().replace('_', " ");
    match review_columns(decided).as_slice() {
        [] => format!("an application is reviewed under: {policy}"),
        columns => {
            let words: Vec<String> = columns.iter().map(|column| column_in_words(column)).collect();
            format!(
                "an application is reviewed at the strictest under: {policy}; a milder policy may apply, which turns on {}",
                words.join(", and ")
            )
        }
    }
}

/// The columns of the facts on which only the review of an application turns, each once.
fn review_columns(decided: &Decided<'_>) -> Vec<&'static str> {
    let mut columns: Vec<&str> = Vec::new();
    for column in decided.determination().review_turns_on.iter().flat_map(|fact| fact.def().columns) {
        if !columns.contains(column) {
            columns.push(column);
        }
    }
    columns
}

/// The other exceptions that cover the order too, each once, as a clause; empty where there is none.
fn alternatives(taken: &str, decided: &Decided<'_>) -> String {
    let scratch = &decided.judged.scratch;
    let holding = decided.program.exceptions.iter().filter(|rule| scratch.truth(rule.available) == Truth::True);
    let mut names: Vec<&str> = Vec::new();
    for rule in holding {
        if rule.name != taken && !names.contains(&rule.name.as_str()) {
            names.push(&rule.name);
        }
    }
    match names.as_slice() {
        [] => String::new(),
        [name] => format!("; {name} covers it too"),
        names => format!("; {} cover it too", names.join(" and ")),
    }
}

/// Whether a party matches an entry of the list of Specially Designated Nationals, under whatever program.
fn is_designated(order: &OrderLine<'_>, tables: &Tables) -> bool {
    let standing = |party: &str| {
        tables.hits(party).iter().any(|hit| hit.effect == Effect::SpeciallyDesignated && hit.stands(order.date))
    };
    roles(order).any(|(_, party)| standing(party))
}

fn license_free(what: &str, decided: &Decided<'_>, tables: &Tables) -> String {
    let scratch = &decided.judged.scratch;
    if let Some(step) = decided.program.outsides.iter().find(|step| scratch.truth(step.when) == Truth::True) {
        return format!(
            "It may go: {what} is no export, reexport or transfer abroad, so no license is required ({})",
            step.cite
        );
    }
    let lists = tables.screened.versions.len();
    let lists = match lists {
        0 => "no screening list was given, so the parties were checked by their flags only".to_owned(),
        1 => "the parties were held against one file of lists".to_owned(),
        many => format!("the parties were held against {many} files of lists"),
    };
    let due = if decided.obligations().next().is_some() { " once what is to be done is done" } else { "" };
    format!("It may go{due}: {what}, no license is required (NLR); {COVERED}, {lists}; {NOT_COVERED}")
}

fn open(what: &str, decided: &Decided<'_>) -> String {
    let determination = decided.determination();
    let left = decided.open_provision();
    let why = match left {
        Some(step) => format!("{} ({})", step.rule.trim_end_matches('.'), step.cite),
        None => {
            let columns: Vec<String> = decided.missing.iter().map(|column| column_in_words(column)).collect();
            format!("it turns on {}", columns.join(", and "))
        }
    };
    let range = if determination.strictest == determination.mildest {
        String::new()
    } else {
        let words = |outcome: Outcome| outcome.as_str().replace('_', " ");
        format!(
            "; at the strictest {}, at the mildest {}",
            words(determination.strictest),
            words(determination.mildest)
        )
    };
    format!("Hold it: {what} is not settled: {why}{range}")
}

/// The first requirement that carries the decision: one that no exception is said to overcome where there is one.
fn decisive<'p>(decided: &Decided<'p>) -> Option<&'p Step> {
    let scratch = &decided.judged.scratch;
    let reviewed = |rule: &&'p tollgate_law::program::RequirementRule| {
        let review = decided.determination().label.review;
        rule.reviews.iter().any(|one| one.policy == review && scratch.truth(one.when) == Truth::True)
    };
    let mut holding = decided.program.requirements.iter().filter(|rule| scratch.truth(rule.step.when) == Truth::True);
    holding.clone().find(reviewed).or_else(|| holding.next()).map(|rule| &rule.step)
}

/// What is to be done next.
pub fn next_steps(order: &OrderLine<'_>, decided: &Decided<'_>) -> Vec<NextStep> {
    let label = decided.determination().label;
    let mut steps = Vec::new();
    match label.outcome {
        Outcome::NeedsInformation => {
            for fact in decided.open_facts() {
                let (what, who) = question(fact, order);
                if !steps.iter().any(|step: &NextStep| step.what == what) {
                    steps.push(NextStep { what, who: who.to_owned(), by: BEFORE.to_owned() });
                }
            }
            if steps.is_empty() && decided.missing.iter().any(|column| column == "date") {
                let what = "Correct the date of the order; or, if it is right, ask what the law of that day was, and put the answer on file.";
                let who = "the exporter's export-control officer".to_owned();
                steps.push(NextStep { what: what.to_owned(), who, by: BEFORE.to_owned() });
            }
            for cell in order.unread.iter().filter(|cell| decided.line.unread.contains(&cell.column)) {
                let shown =
                    if cell.value.is_empty() { "is empty".to_owned() } else { format!("says `{}`", cell.value) };
                let what = format!("Correct `{}` of the order, which {shown}, and decide it again.", cell.column);
                let who = "whoever entered the order".to_owned();
                steps.push(NextStep { what, who, by: BEFORE.to_owned() });
            }
        }
        Outcome::LicenseRequired if decided.license.as_ref().is_some_and(|found| found.holds == Some(true)) => {
            let what = "Ship within the license, meet its conditions, and count what has gone under it.".to_owned();
            steps.push(NextStep { what, who: "the exporter".to_owned(), by: "with this shipment".to_owned() });
        }
        Outcome::LicenseRequired => {
            let what = "Apply to BIS for a license in SNAP-R (15 CFR 748), or do not ship.".to_owned();
            steps.push(NextStep {
                what,
                who: "the exporter's export-control officer".to_owned(),
                by: BEFORE.to_owned(),
            });
            for fact in &decided.determination().review_turns_on {
                let (what, who) = question(*fact, order);
                if !steps.iter().any(|step| step.what == what) {
                    steps.push(NextStep { what, who: who.to_owned(), by: "with the application".to_owned() });
                }
            }
        }
        Outcome::NoLicenseRequired | Outcome::LicenseException => {}
    }
    if let Some(first) = decided.obligations().next() {
        let what = format!("Do what `obligations` lists, beginning with: {} ({})", first.text, first.cite);
        steps.push(NextStep { what, who: "the exporter".to_owned(), by: first.deadline.as_ref().to_owned() });
    }
    if label.outcome != Outcome::NeedsInformation && decided.red_flags().next().is_some() {
        let what = "Resolve the red flags, and keep what you learned: they do not decide, but may not be passed over."
            .to_owned();
        steps.push(NextStep { what, who: "the exporter's export-control officer".to_owned(), by: BEFORE.to_owned() });
    }
    steps
}

/// Why the claimed authorization does not hold: the condition that fails first, and what would cure it.
pub fn failed_claim(order: &OrderLine<'_>, decided: &Decided<'_>) -> Option<String> {
    let claim = order.authorization.filter(|_| decided.claimed_ok == Some(false) && decided.license.is_none())?;
    // A license code or a name in full is the exception that it means.
    let claim = decided.line.claim.name().unwrap_or(claim);
    let instead = match (decided.determination().label.outcome, decided.exception()) {
        (Outcome::LicenseException, Some(exception)) => format!("claim {}, which covers it", exception.name),
        (Outcome::NoLicenseRequired, _) => "claim NLR, since no license is required".to_owned(),
        _ => "apply for a license".to_owned(),
    };
    if claim == "NLR" {
        let step = decisive(decided)?;
        return Some(format!(
            "NLR does not hold: {} requires a license ({}) To cure it: {instead}.",
            step.cite, step.rule
        ));
    }
    let scratch = &decided.judged.scratch;
    let named = || decided.program.exceptions.iter().filter(|rule| rule.name == claim);
    // Of several with one name, the one that comes closest.
    let met =
        |rule: &&ExceptionRule| rule.steps.iter().take_while(|step| scratch.truth(step.when) == Truth::True).count();
    let Some(rule) = named().max_by_key(met) else {
        return Some(format!("{claim} does not hold: {}. To cure it: {instead}.", why_not(claim, order, decided)));
    };
    if let Some(step) = rule.steps.iter().find(|step| scratch.truth(step.when) != Truth::True) {
        let shown = shown_facts(decided, step);
        return Some(format!(
            "{claim} fails first at {}, which asks: {} Here: {shown}. To cure it, {}; or {instead}.",
            step.cite,
            step.rule,
            cure(&step.facts)
        ));
    }
    let required = decided.program.requirements.iter().zip(&rule.overcomes);
    let mut left = required.filter(|(one, overcome)| !**overcome && scratch.truth(one.step.when) == Truth::True);
    match left.next() {
        Some((one, _)) => Some(format!(
            "{claim} would cover the items, but does not overcome {}: {} To cure it, {}; or {instead}.",
            one.step.cite,
            one.step.rule,
            cure(&one.step.facts)
        )),
        None => Some(format!("{claim} is not needed: no requirement that it overcomes applies.")),
    }
}

/// Why an exception that no provision in force models does not hold.
fn why_not(claim: &str, order: &OrderLine<'_>, decided: &Decided<'_>) -> String {
    let modeled = ["AIA", "ACM", "LPP", "NAC", "ACA", "VEU"];
    match (claim, decisive(decided)) {
        ("CIV", _) => "License Exception CIV was removed on 2020-06-29 (15 CFR 740.5 is reserved)".to_owned(),
        ("TGL", Some(step)) => format!(
            "no temporary general license of supplement no. 1 to 15 CFR part 736 that was valid on {} overcomes {} for this order",
            order.date_text(),
            step.cite
        ),
        (_, Some(step)) if !modeled.contains(&claim) => format!(
            "it does not overcome {} for this order (15 CFR 740.2(a), and the section itself, say which exceptions remain)",
            step.cite
        ),
        (_, None) if !modeled.contains(&claim) => format!(
            "no license is required, so that nothing is left for {claim} to overcome (whether it would cover the items is not modeled)"
        ),
        _ => format!("no provision in force on {} has an authorization of that name", order.date_text()),
    }
}

/// What a step looks at, as far as it is known and somebody is there: "no purchaser" says nothing.
fn shown_facts(decided: &Decided<'_>, step: &Step) -> String {
    let readable =
        |fact: &&FactId| fact.def().name.split('.').next() != Some("reading") && **fact != facts::END_USER_UNNAMED;
    let shown = step.facts.iter().filter(readable).filter_map(|fact| {
        let value = fact_text(&decided.line.facts, *fact).unwrap_or_else(|| "unknown".to_owned());
        (value != "none" || step.facts.len() < 4).then(|| format!("{} = {value}", fact.def().name))
    });
    let shown: Vec<String> = shown.take(6).collect();
    if shown.is_empty() { "it does not hold".to_owned() } else { shown.join(", ") }
}
