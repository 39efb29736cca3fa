//! The law as it stood on a day, and what differs between two.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_law::Policy;
use tollgate_law::facts;
use tollgate_law::program::{Program, Step};
use tollgate_model::Date;

use super::super::access::Right;
use super::super::orders::day;
use super::super::problem::Problem;
use super::provision_history::histories;
use super::sentences::in_groups;
use super::{Refused, View};
use crate::today;
use tollgate_decide::{Tables, item_facts};
use tollgate_report::control_lines;
use tollgate_report::{ChipFigures, ChipPoint, chips_svg};

#[derive(Deserialize)]
pub(super) struct LawQuery {
    #[serde(default)]
    policy: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    against: String,
    #[serde(default)]
    other: String,
    #[serde(default)]
    q: String,
    /// One of [`SECTIONS`]; the first where absent.
    #[serde(default)]
    section: String,
}

/// The parts of the page, one of which is shown at a time.
const SECTIONS: [&str; 4] = ["provisions", "chips", "groups", "coverage"];

/// A provision as it is in force.
struct Shown {
    citation: String,
    title: String,
    from: Date,
    certainty: &'static str,
    unsure: Option<String>,
    /// Each with its unit.
    numbers: Vec<String>,
    /// A paragraph and its rule in a sentence.
    rules: Vec<(String, String)>,
}

impl Shown {
    fn json(&self) -> Value {
        let rules = self.rules.iter().map(|(paragraph, rule)| json!({ "paragraph": paragraph, "rule": rule }));
        json!({
            "citation": self.citation, "title": self.title, "from": self.from.to_string(), "certainty": self.certainty,
            "unsure": self.unsure, "numbers": self.numbers, "rules": rules.collect::<Vec<_>>(),
        })
    }

    /// Whether a search is about it: words that it holds, or a citation of it or of a paragraph of it.
    fn about(&self, q: &str) -> bool {
        let q = q.to_lowercase();
        let holds = |text: &str| text.to_lowercase().contains(&q);
        let citation = self.citation.to_lowercase();
        q.is_empty()
            || q.starts_with(&citation)
            || holds(&self.citation)
            || holds(&self.title)
            || self.rules.iter().any(|(paragraph, rule)| holds(paragraph) || holds(rule))
    }

    fn lines(&self) -> BTreeSet<String> {
        let rules = self.rules.iter().map(|(paragraph, rule)| format!("{paragraph}: {rule}"));
        rules.chain(self.numbers.iter().cloned()).collect()
    }
}

fn steps(program: &Program) -> impl Iterator<Item = &Step> {
    let reviews =
        program.requirements.iter().flat_map(|requirement| requirement.reviews.iter().map(|review| &review.step));
    program
        .definitions
        .iter()
        .chain(program.classifications.iter().map(|class| &class.step))
        .chain(&program.outsides)
        .chain(program.requirements.iter().map(|requirement| &requirement.step))
        .chain(reviews)
        .chain(program.exceptions.iter().flat_map(|exception| &exception.steps))
        .chain(program.accounts.iter().map(|account| &account.step))
        .chain(program.findings.iter().map(|finding| &finding.step))
        .chain(program.unmodeled.iter().map(|passage| &passage.step))
}

/// What is in force on a day, by path.
fn shown(policy: &Policy, date: Date) -> BTreeMap<String, Shown> {
    let program = policy.program(date);
    let mut rules: BTreeMap<usize, Vec<(String, String)>> = BTreeMap::new();
    for step in steps(program) {
        let of_version = rules.entry(step.version).or_default();
        let rule = (step.cite.to_string(), step.rule.to_string());
        if !of_version.contains(&rule) {
            of_version.push(rule);
        }
    }
    let day = policy.law_date(date);
    let one = |(place, version): (usize, &tollgate_law::program::VersionInForce)| {
        let provision = policy.provisions.iter().find(|provision| provision.path == version.path);
        let binding =
            provision.and_then(|provision| provision.versions.iter().rfind(|candidate| candidate.from == version.from));
        let numbers = binding.into_iter().flat_map(|version| &version.parameters);
        let numbers = numbers.filter_map(|(name, value)| {
            Some(format!("{} = {} {}", name.replace('_', " "), in_groups(&value.on(day)?.to_string()), value.unit))
        });
        let shown = Shown {
            citation: version.citation.to_string(),
            title: provision.map_or_else(|| version.path.clone(), |provision| provision.title.clone()),
            from: version.from,
            certainty: version.certainty,
            unsure: version.unsure.as_deref().map(str::to_owned),
            numbers: numbers.collect(),
            // No rule cites it where none is there.
            rules: rules.remove(&place).into_iter().flatten().collect(),
        };
        (version.path.clone(), shown)
    };
    program.versions.iter().enumerate().map(one).collect()
}

/// What the second has and the first has not, and the other way round.
fn differences(first: &BTreeMap<String, Shown>, second: &BTreeMap<String, Shown>) -> Vec<Value> {
    let paths: BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let mut found = Vec::new();
    for path in paths {
        let (was, is) = (first.get(path), second.get(path));
        let (how, citation) = match (was, is) {
            (None, Some(shown)) => ("added", &shown.citation),
            (Some(shown), None) => ("removed", &shown.citation),
            (Some(shown), Some(_)) => ("other", &shown.citation),
            (None, None) => continue,
        };
        let lines = |shown: Option<&Shown>| shown.into_iter().flat_map(Shown::lines).collect::<BTreeSet<String>>();
        let (before, after) = (lines(was), lines(is));
        if how == "other" && before == after {
            continue;
        }
        let (mut gone, mut come) = (before.difference(&after), after.difference(&before));
        let mut lines = Vec::new();
        loop {
            let (was, is) = (gone.next(), come.next());
            if was.is_none() && is.is_none() {
                break;
            }
            lines.push(json!({ "was": was, "is": is }));
        }
        found.push(json!({ "citation": citation, "how": how, "lines": lines }));
    }
    found
}

/// Countries that entered a group or left it between the two.
fn group_changes((first, date): (&Policy, Date), (second, other): (&Policy, Date)) -> Vec<Value> {
    let mut found = Vec::new();
    for name in first.groups.names() {
        // A group that is not there on a day has no countries then.
        let countries = |policy: &Policy, date| -> BTreeSet<_> {
            policy.groups.countries(name, policy.law_date(date)).into_iter().flatten().collect()
        };
        let (before, after) = (countries(first, date), countries(second, other));
        let words = |set: &mut dyn Iterator<Item = &tollgate_model::Country>| {
            let codes: Vec<&str> = set.map(|country| country.code()).collect();
            (!codes.is_empty()).then(|| codes.join(" "))
        };
        let (gone, come) = (words(&mut before.difference(&after)), words(&mut after.difference(&before)));
        if gone.is_some() || come.is_some() {
            found.push(
                json!({ "citation": name.replace('_', " "), "how": "other", "lines": [{ "was": gone, "is": come }] }),
            );
        }
    }
    found
}

fn groups(policy: &Policy, date: Date) -> Vec<Value> {
    let named = |name: &str| {
        let members = policy.groups.countries(name, date)?;
        let codes: Vec<&str> = members.iter().map(|country| country.code()).collect();
        Some(json!({ "name": name, "citation": policy.groups.citation(name), "count": codes.len(), "members": codes }))
    };
    policy.groups.names().into_iter().filter_map(named).collect()
}

fn day_or(name: &str, text: &str, else_day: Date) -> Result<Date, Problem> {
    if text.is_empty() { Ok(else_day) } else { day(name, text) }
}

/// The provisions that a search is about and that begin to bind, or begin anew, after a day.
fn coming(policy: &Policy, date: Date, q: &str) -> Vec<Value> {
    let day = policy.law_date(date);
    let is_meant = |text: &str| text.to_lowercase().contains(&q.to_lowercase());
    let meant =
        policy.provisions.iter().filter(|provision| is_meant(&provision.citation) || is_meant(&provision.title));
    let later = meant.flat_map(|provision| {
        let versions = provision.versions.iter().filter(move |version| version.from > day);
        versions.map(move |version| (version.from, &provision.citation, &provision.title, version.known_from))
    });
    let mut later: Vec<_> = later.collect();
    later.sort();
    let row = |(from, citation, title, known): (Date, &String, &String, Date)| json!({ "from": from.to_string(), "citation": citation, "title": title, "known_from": known.to_string() });
    later.into_iter().map(row).collect()
}

/// Whether a row of the page is about a search: each of its words stands somewhere in it.
fn is_about(row: &Value, q: &str) -> bool {
    let text = row.to_string().to_lowercase();
    q.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

/// Everything that the page shows of the law.
fn context(view: &View, query: &LawQuery) -> Result<Value, Problem> {
    let app = view.app();
    let policy = view.policy_named(&query.policy)?;
    let date = day_or("date", &query.date, today())?;
    let all = shown(&policy, date);
    let differs = if query.against.is_empty() && query.other.is_empty() {
        Value::Null
    } else {
        let named = if query.against.is_empty() { &policy.name } else { &query.against };
        let second = view.policy_named(named)?;
        let other = day_or("other", &query.other, date)?;
        let mut found = differences(&all, &shown(&second, other));
        found.extend(group_changes((&policy, date), (&second, other)));
        json!(found)
    };
    let q = query.q.trim();
    let section = SECTIONS.into_iter().find(|known| *known == query.section).unwrap_or("provisions");
    let differs = match differs {
        Value::Array(rows) => Value::Array(rows.into_iter().filter(|row| is_about(row, q)).collect()),
        other => other,
    };
    let provisions: Vec<Value> = all.values().filter(|provision| provision.about(q)).map(Shown::json).collect();
    let coverage = app.desk.policy.law.coverage.iter().map(|row| {
        json!({ "status": row.status, "citation": row.citation, "title": row.title, "certainty": row.certainty, "unsure": row.unsure, "note": row.note })
    });
    let coverage: Vec<Value> = coverage.filter(|row| is_about(row, q)).collect();
    let groups: Vec<Value> = groups(&policy, date).into_iter().filter(|row| is_about(row, q)).collect();
    let title = super::words(view.language, "law.chips");
    Ok(json!({
        "policies": view.policies(), "policy_title": policy.title,
        "asked": { "policy": policy.name, "date": date.to_string(), "against": query.against, "other": query.other, "q": q },
        "sections": SECTIONS, "section": section, "histories": if section == "provisions" { histories(&policy, date, q) } else { Vec::new() },
        "coming": if q.is_empty() { Vec::new() } else { coming(&policy, date, q) },
        "provisions": provisions, "groups": groups, "coverage": coverage, "differs": differs,
        "chips": if section == "chips" { catalog(title, &policy) } else { String::new() },
    }))
}

/// The days on which the lines of 3A090 were drawn anew.
const DRAWN: [(i32, u32, u32); 2] = [(2022, 10, 7), (2023, 11, 17)];

/// Accelerators of the catalog by TPP and performance density, with the control lines of each year.
fn catalog(label: &str, policy: &Policy) -> String {
    let none = Tables::default();
    let mut points = BTreeMap::new();
    for item in policy.law.catalog.items() {
        let Ok(known) = item_facts(&item.item, &none.items, &policy.law.catalog) else { continue };
        let name = known.chip.as_ref().map_or(&known.name, |chip| &chip.item).clone();
        let figures = ChipFigures {
            tpp_thousandths: known.facts.get(facts::IC_TPP),
            density_num: known.facts.get(facts::IC_DENSITY),
            density_den: known.facts.get(facts::IC_DENSITY_DEN),
        };
        if let Some(point) = ChipPoint::from_figures(&name, figures) {
            points.insert(name, point);
        }
    }
    let mut lines = Vec::new();
    for date in DRAWN.into_iter().filter_map(|(year, month, day)| Date::from_ymd(year, month, day)) {
        let parameter = |name: &str| policy.parameter_ratio("774/3A090", name, date);
        lines.extend(control_lines(parameter).into_iter().map(|mut line| {
            line.label = format!("{} {}", line.label.replace(" (2022)", ""), date.year());
            line
        }));
    }
    let mut out = String::new();
    chips_svg(&mut out, label, &points.into_values().collect::<Vec<_>>(), &lines);
    out
}

pub(super) async fn law(view: View, Query(query): Query<LawQuery>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    match context(&view, &query) {
        Ok(context) => Ok(view.render("law.html", "nav.law", context)),
        Err(problem) => Err(view.failed(&problem)),
    }
}

#[cfg(test)]
mod tests {
    use tollgate_law::Law;
    use tollgate_report::pages::{Language, phrase};

    use super::*;

    #[test]
    fn the_rules_of_the_law_are_in_japanese() {
        let law = Law::embedded().unwrap();
        let mut all: BTreeSet<String> = law.provisions.iter().map(|provision| provision.title.clone()).collect();
        let days = [
            "2022-11-01",
            "2023-12-01",
            "2024-06-01",
            "2025-02-01",
            "2025-06-02",
            "2026-01-20",
            "2026-11-28",
            "2027-06-01",
        ];
        for policy in ["ear", "diffusion"].map(|name| law.policy(name).unwrap()) {
            for day in days {
                all.extend(steps(policy.program(day.parse().unwrap())).map(|step| step.rule.to_string()));
            }
        }
        let missing: Vec<&String> = all.iter().filter(|text| phrase(Language::Japanese, text).is_none()).collect();
        // What was added to the law of late may still be in English, marked so.
        assert!(
            missing.len() * 20 <= all.len(),
            "{} of {} are in English alone: {missing:#?}",
            missing.len(),
            all.len()
        );
    }
}
