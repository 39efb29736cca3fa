//! Reads the arms of a scenario: a policy each, and what is changed in it.

use tollgate_model::Country;
use tollgate_strict_toml::{Domain, Placed, Table};

use super::amendment::EXCEPTIONS;
use super::read::read_country;
use super::{Arm, Scope, StudyKind};

const UNITS: Domain<f64> = Domain::of_unit(0.0, 1e6, "H100");
const BUDGETS: Domain<f64> = Domain::of_unit(0.01, 1_000.0, "times the budget of 2025");
const TIERS: Domain<i64> = Domain::new(1, 3);

/// The arms of `[[arm]]`; one that changes nothing where there are none.
pub(super) fn read_arms(table: &Table<'_, '_>, kind: StudyKind) -> Vec<Arm> {
    let policy = table.text_value("policy").unwrap_or_else(|| "diffusion".to_owned());
    if !table.has("arm") {
        return vec![plain(policy)];
    }
    let mut arms: Vec<Arm> = Vec::new();
    for (number, entry) in table.tables("arm").into_iter().enumerate() {
        let line = entry.line();
        if kind == StudyKind::Tenfold || (kind == StudyKind::World && number > 0) {
            let mend = "take it out: `tenfold` has cases and no arms, a world of orders one arm";
            table.report("unread-key", line, "this study does not read this arm", mend);
        }
        let named = entry.has("name");
        for mut arm in read_arm(entry, &policy) {
            let count = arms.iter().filter(|other| other.name == arm.name || other.policy == arm.name).count();
            if named && arms.iter().any(|other| other.name == arm.name) {
                let what = format!("two arms are named `{}`", arm.name);
                table.report("name-twice", line, what, "give each arm a name of its own");
            } else if arms.iter().any(|other| other.name == arm.name) {
                arm.name = format!("{} ({})", arm.name, count + 1);
            }
            arms.push(arm);
        }
    }
    arms
}

/// An arm that takes a policy as it is.
fn plain(policy: String) -> Arm {
    Arm {
        name: policy.clone(),
        policy,
        threshold_h100: None,
        effective: None,
        announced: None,
        budget: 1.0,
        scope: Scope::UltimateParent,
        verification: false,
        exceptions_off: Vec::new(),
        tiers: Vec::new(),
        agreements: Vec::new(),
    }
}

/// An arm, or one for each threshold that it sweeps over.
fn read_arm(entry: Table<'_, '_>, policy: &str) -> Vec<Arm> {
    let policy = entry.text_value("policy").unwrap_or_else(|| policy.to_owned());
    let (effective, announced) = (entry.date_or_text("effective"), entry.date_or_text("announced"));
    if let (Some(effective), Some(announced)) = (effective, announced)
        && announced > effective
    {
        let mend = "leave `announced` out, or give an earlier day";
        let line = entry.line_of_key("announced");
        entry.report("wrong-order", line, "the arm is announced after it takes effect", mend);
    }
    if announced.is_some() && !entry.has("effective") {
        let line = entry.line_of_key("announced");
        let mend = "add `effective = \"YYYY-MM-DD\"`, or take `announced` out";
        entry.report("missing-key", line, "`announced` says nothing without `effective`", mend);
    }
    let arm = Arm {
        name: entry.text_value("name").unwrap_or_else(|| policy.clone()),
        threshold_h100: entry.floating_point("threshold_h100", &UNITS).map(|units| units.value),
        effective,
        announced,
        budget: entry.floating_point("budget", &BUDGETS).map_or(1.0, |budget| budget.value),
        scope: read_scope(&entry),
        verification: entry.boolean("location_verification").unwrap_or(false),
        exceptions_off: read_exceptions(&entry),
        tiers: read_tiers(&entry),
        agreements: read_agreements(&entry),
        ..plain(policy)
    };
    let sweep = read_sweep(&entry);
    entry.finish();
    if sweep.is_empty() {
        return vec![arm];
    }
    let at = |units: f64| Arm { name: format!("{units:.0} H100"), threshold_h100: Some(units), ..arm.clone() };
    sweep.into_iter().map(at).collect()
}

/// The thresholds that an arm sweeps over; none where it does not.
fn read_sweep(entry: &Table<'_, '_>) -> Vec<f64> {
    if !entry.has("sweep") {
        return Vec::new();
    }
    let line = entry.line_of_key("sweep");
    let sweep = entry.floating_points("sweep", &UNITS);
    if sweep.is_empty() {
        entry.report("empty-list", line, "`sweep` is empty", "write thresholds such as [0, 500, 1700], or take it out");
    }
    let twice = sweep.iter().enumerate().find(|(place, limit)| sweep.iter().take(*place).any(|other| other == *limit));
    if let Some((_, limit)) = twice {
        entry.report("name-twice", line, format!("`sweep` has {limit} twice"), "write each threshold once");
    }
    for other in ["threshold_h100", "name"].into_iter().filter(|other| entry.has(other)) {
        let what = format!("`{other}` stands beside `sweep`, which sets it for each of its arms");
        entry.report("unread-key", entry.line_of_key(other), what, "take one of the two out");
    }
    sweep
}

fn read_scope(entry: &Table<'_, '_>) -> Scope {
    let Some(Placed { value: word, line }) = entry.text("scope") else { return Scope::UltimateParent };
    match word.as_str() {
        "ultimate_parent" => Scope::UltimateParent,
        "consignee" => Scope::Consignee,
        "cluster" => Scope::Cluster,
        other => {
            let mend = "write consignee, ultimate_parent or cluster";
            entry.report("unknown-word", line, format!("there is no scope `{other}`"), mend);
            Scope::UltimateParent
        }
    }
}

fn read_exceptions(entry: &Table<'_, '_>) -> Vec<String> {
    let names: Vec<&str> = EXCEPTIONS.iter().map(|(name, ..)| *name).collect();
    let mut off = Vec::new();
    for Placed { value: word, line } in entry.words("exceptions_off") {
        if off.contains(&word) {
            entry.report("name-twice", line, format!("`{word}` stands twice"), "write each exception once");
        } else if names.contains(&word.as_str()) {
            off.push(word);
        } else {
            let mend = format!("write some of {}", names.join(", "));
            entry.report("unknown-exception", line, format!("there is no exception `{word}`"), mend);
        }
    }
    off
}

fn read_agreements(entry: &Table<'_, '_>) -> Vec<Country> {
    let words = entry.words("agreements");
    let mut countries = Vec::new();
    for Placed { value: word, line } in words {
        let Some(country) = read_country(entry, &word, line) else { continue };
        if countries.contains(&country) {
            entry.report("name-twice", line, format!("`{word}` stands twice"), "write each country once");
        } else if country == Country::UNITED_STATES {
            let what = "the United States make agreements, and have none with themselves";
            entry.report("out-of-domain", line, what, "take US out");
        }
        countries.push(country);
    }
    countries
}

fn read_tiers(entry: &Table<'_, '_>) -> Vec<(Country, u8)> {
    let Some(table) = entry.table_such_as("tiers", "{ AE = 1 }") else { return Vec::new() };
    let mut tiers = Vec::new();
    for tier in table.whole_entries(&TIERS) {
        let country = read_country(&table, &tier.key, tier.line);
        if country == Some(Country::UNITED_STATES) {
            table.report(
                "out-of-domain",
                tier.line,
                "the United States are in no tier of their own rule",
                "take US out",
            );
        }
        if let (Some(country), Ok(number)) = (country, u8::try_from(tier.value)) {
            tiers.push((country, number));
        }
    }
    tiers
}
