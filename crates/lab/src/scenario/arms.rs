//! Reads the arms of a scenario: a policy each, and what is changed in it.

use tollgate_model::{Country, Date};
use tollgate_strict_toml::{Domain, Placed, Table, mend_of_unknown};

use crate::model::parameters::Parameter;

use super::amendment::EXCEPTIONS;
use super::checks::{Shares, model_parameter};
use super::read::read_country;
use super::{Arm, Scope, Span, StudyKind};

const UNITS: Domain<f64> = Domain::of_unit(0.0, 1e6, "H100");
const BUDGETS: Domain<f64> = Domain::of_unit(0.01, 1_000.0, "times the budget of 2025");
const TIERS: Domain<i64> = Domain::new(1, 3);

/// The arms of `[[arm]]`; one that changes nothing where there are none.
pub(super) fn read_arms(table: &Table<'_, '_>, kind: StudyKind, shares: Shares) -> Vec<Arm> {
    let policy = table.text_value("policy").unwrap_or_else(|| "diffusion".to_owned());
    if !table.has("arm") {
        return vec![Arm::plain(policy)];
    }
    let mut arms: Vec<Arm> = Vec::new();
    for (number, entry) in table.tables("arm").into_iter().enumerate() {
        let line = entry.line();
        if kind == StudyKind::Tenfold || (kind == StudyKind::World && number > 0) {
            let mend = "take it out: `tenfold` has cases and no arms, a world of orders one arm";
            table.report("unread-key", line, "this study does not read this arm", mend);
        }
        let named = entry.has("name");
        for mut arm in read_arm(entry, &policy, shares) {
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

/// An arm, or one for each threshold that it sweeps over.
fn read_arm(entry: Table<'_, '_>, policy: &str, shares: Shares) -> Vec<Arm> {
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
    let until = entry.date_or_text("until");
    if let (Some(from), Some(until)) = (effective, until)
        && until <= from
    {
        let mend = "give a later day";
        entry.report("wrong-order", entry.line_of_key("until"), "the arm's rule ends before it takes effect", mend);
    }
    let dates = Dates::read(&entry);
    let mut arm = Arm {
        name: entry.text_value("name").unwrap_or_else(|| policy.clone()),
        threshold_h100: entry.floating_point("threshold_h100", &UNITS).map(|units| units.value),
        effective,
        announced,
        until,
        budget: entry.floating_point("budget", &BUDGETS).map_or(1.0, |budget| budget.value),
        scope: read_scope(&entry),
        verification: entry.boolean("location_verification").unwrap_or(false),
        exceptions_off: read_exceptions(&entry),
        tiers: read_tiers(&entry),
        agreements: read_agreements(&entry),
        tenant_rule: entry.boolean("tenant_rule").unwrap_or(false),
        ratios: read_ratios(&entry),
        set: read_set(&entry, shares),
        budget_dates: dates.of(&entry, "budget", "budget"),
        scope_dates: dates.of(&entry, "scope", "scope"),
        verification_dates: dates.of(&entry, "location_verification", "location_verification"),
        agreement_dates: dates.of(&entry, "agreements", "agreements"),
        tenant_dates: dates.of(&entry, "tenant_rule", "tenant_rule"),
        ..Arm::plain(policy)
    };
    if let Some(before) = entry.text_value("before") {
        if !entry.has("effective") && !entry.has("until") {
            let mend = "add `effective = \"YYYY-MM-DD\"`, or take `before` out";
            entry.report("missing-key", entry.line_of_key("before"), "`before` says nothing without `effective`", mend);
        }
        arm.before = before;
    }
    let parameter = entry.text("sweep_parameter").and_then(|name| known_parameter(&entry, &name.value, name.line));
    let sweep = read_sweep(&entry, parameter);
    entry.finish();
    if sweep.is_empty() {
        return vec![arm];
    }
    if let Some((name, _)) = parameter {
        let at = |value: f64| {
            let set = arm.set.iter().copied().chain([(name, value)]).collect();
            Arm { name: format!("{name} {value}"), set, ..arm.clone() }
        };
        return sweep.into_iter().map(at).collect();
    }
    let at = |units: f64| Arm { name: format!("{units:.0} H100"), threshold_h100: Some(units), ..arm.clone() };
    sweep.into_iter().map(at).collect()
}

/// The levers of an arm that can begin and end, in `[arm.dates]`.
const DATED: [&str; 5] = ["budget", "scope", "location_verification", "agreements", "tenant_rule"];

/// When levers begin and end, as `[arm.dates]` says.
struct Dates(Vec<(&'static str, Span)>);

impl Dates {
    fn read(entry: &Table<'_, '_>) -> Dates {
        let Some(table) = entry.table_such_as("dates", "{ budget = [\"2026-01-01\", \"2027-12-31\"] }") else {
            return Dates(Vec::new());
        };
        let mut spans = Vec::new();
        for key in DATED.into_iter().filter(|key| table.has(key)) {
            let mut days: Vec<Date> = Vec::new();
            for Placed { value: word, line } in table.words(key) {
                match word.parse() {
                    Ok(day) => days.push(day),
                    Err(_) => {
                        let what = format!("`{key}` has {word:?}, which is not a day");
                        table.report("wrong-type", line, what, "write it as YYYY-MM-DD");
                    }
                }
            }
            let line = table.line_of_key(key);
            let span = match days.as_slice() {
                [from] => Span { from: Some(*from), until: None },
                [from, until] if from < until => Span { from: Some(*from), until: Some(*until) },
                [_, _] => {
                    table.report(
                        "wrong-order",
                        line,
                        format!("`{key}` ends before it begins"),
                        "write the earlier day first",
                    );
                    continue;
                }
                _ => {
                    let what = format!("`{key}` does not have one day or two");
                    table.report("wrong-type", line, what, "write [\"from\"] or [\"from\", \"until\"]");
                    continue;
                }
            };
            spans.push((key, span));
        }
        table.finish();
        Dates(spans)
    }

    /// When a lever holds; days of one that the arm does not have are reported.
    fn of(&self, entry: &Table<'_, '_>, name: &str, lever: &'static str) -> Span {
        let found = self.0.iter().find(|(known, _)| *known == name);
        if found.is_some() && !entry.has(lever) {
            let what = format!("`dates` has `{name}`, which the arm does not set");
            entry.report("unread-key", entry.line_of_key("dates"), what, format!("add `{lever} = …`, or take it out"));
        }
        found.map_or(Span::default(), |(_, span)| *span)
    }
}

/// The ratios of universal validated end-users: their keys, and the law's names.
const RATIOS: [(&str, &str); 3] = [("outside", "uveu_outside"), ("country", "uveu_country"), ("abroad", "uveu_abroad")];
const PERCENT: Domain<f64> = Domain::of_unit(0.0, 100.0, "percent");

fn read_ratios(entry: &Table<'_, '_>) -> Vec<(&'static str, f64)> {
    let Some(table) = entry.table_such_as("uveu_percent", "{ outside = 25, country = 7, abroad = 50 }") else {
        return Vec::new();
    };
    let read = |(key, name): (&'static str, &'static str)| Some((name, table.floating_point(key, &PERCENT)?.value));
    let ratios = RATIOS.into_iter().filter_map(read).collect();
    table.finish();
    ratios
}

/// A parameter of the model and its domain; reported where there is none of this name.
fn known_parameter(table: &Table<'_, '_>, name: &str, line: usize) -> Option<(&'static str, [f64; 2])> {
    let found = model_parameter(name);
    if found.is_none() {
        let names: Vec<&str> = Parameter::ALL.iter().map(|parameter| parameter.name()).collect();
        table.report(
            "unknown-key",
            line,
            format!("the model has no parameter `{name}`"),
            mend_of_unknown(name, &names),
        );
    }
    found
}

/// The parameters that an arm sets for itself, in the units of `scenarios/base.toml`.
fn read_set(entry: &Table<'_, '_>, mut shares: Shares) -> Vec<(&'static str, f64)> {
    let Some(table) = entry.table_such_as("set", "{ \"smuggle.premium\" = 1.8 }") else { return Vec::new() };
    let mut set = Vec::new();
    for value in table.floating_point_entries(&Domain::new(f64::MIN, f64::MAX)) {
        let Some((name, [least, greatest])) = known_parameter(&table, &value.key, value.line) else { continue };
        if !(least..=greatest).contains(&value.value) {
            let what = format!("`{name}` is {}, not from {least} to {greatest}", value.value);
            table.report("out-of-domain", value.line, what, format!("write a number from {least} to {greatest}"));
        }
        match name {
            "share.united_states" => shares.united_states = value.value,
            "share.tier2" => shares.tier2 = value.value,
            _ => {}
        }
        set.push((name, value.value));
    }
    let sum = shares.united_states + shares.tier2;
    if sum > 1.0 + 1e-9 && set.iter().any(|(name, _)| name.starts_with("share.")) {
        let what = format!(
            "`share.united_states` and `share.tier2` can come to {sum:.4} together under this arm, which is more than the whole"
        );
        table.report("shares-beyond-one", table.line(), what, "lower one of them, so that both are at most 1");
    }
    set
}

/// The thresholds, or values of a parameter, that an arm sweeps over; none where it does not.
fn read_sweep(entry: &Table<'_, '_>, parameter: Option<(&'static str, [f64; 2])>) -> Vec<f64> {
    if !entry.has("sweep") {
        if entry.has("sweep_parameter") {
            let mend = "add `sweep = [1, 2, 3]`";
            let line = entry.line_of_key("sweep_parameter");
            entry.report("missing-key", line, "`sweep_parameter` says nothing without `sweep`", mend);
        }
        return Vec::new();
    }
    let line = entry.line_of_key("sweep");
    let domain = parameter.map_or(UNITS, |(_, [least, greatest])| Domain::new(least, greatest));
    let sweep = entry.floating_points("sweep", &domain);
    if sweep.is_empty() {
        entry.report("empty-list", line, "`sweep` is empty", "write thresholds such as [0, 500, 1700], or take it out");
    }
    let twice = sweep.iter().enumerate().find(|(place, limit)| sweep.iter().take(*place).any(|other| other == *limit));
    if let Some((_, limit)) = twice {
        entry.report("name-twice", line, format!("`sweep` has {limit} twice"), "write each threshold once");
    }
    let sets = if parameter.is_some() { "name" } else { "threshold_h100" };
    for other in [sets, "name"].into_iter().filter(|other| entry.has(other)) {
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
