//! Reads what a scenario says beside its arms: the study, parameters with their sources, cases, demand, the study's numbers.

use std::collections::BTreeMap;

use tollgate_model::Country;
use tollgate_strict_toml::{Domain, Entry, Placed, Table};

use super::constants::Limits;
use super::{AGENCY, Demand, ModelConstants, ParameterEntry, SchemeConstants, StudyKind, TENFOLD, TradeConstants};
use crate::distribution::Distribution;
use crate::model::parameters::Parameter;

/// Parameters as files give them, by name.
#[derive(Default)]
pub(super) struct Parameters {
    /// Those of the model.
    pub(super) of_model: BTreeMap<&'static str, ParameterEntry>,
    /// Those of the formula of training cost and of the agency in a world of orders, and constants.
    pub(super) named: BTreeMap<&'static str, ParameterEntry>,
}

const DRAWS: Domain<i64> = Domain::new(1, 10_000_000_000);
const SEEDS: Domain<i64> = Domain::new(0, 9_000_000_000_000_000);
const ANY: Domain<f64> = Domain::new(f64::MIN, f64::MAX);
const SHARES: Domain<f64> = Domain::new(0.0, 1e12);
const NUMBERS_OF_STUDIES: Domain<f64> = Domain::new(0.0, 1e15);

/// How a parameter is written.
const EXAMPLE: &str = "{ value = 1.0, unit = \"…\", source = \"…\" }";

pub(super) fn read_kind(table: &Table<'_, '_>) -> StudyKind {
    let words: Vec<&str> = StudyKind::WORDS.iter().map(|(word, _)| *word).collect();
    let mend = format!("add `study = \"…\"`, one of {}", words.join(", "));
    if !table.has("study") {
        table.report("missing-key", table.line(), "`study` is missing", mend);
        return StudyKind::Advantage;
    }
    let Some(Placed { value: word, line }) = table.text("study") else { return StudyKind::Advantage };
    let known = StudyKind::WORDS.iter().find(|(name, _)| *name == word);
    if known.is_none() {
        table.report("unknown-word", line, format!("there is no study `{word}`"), mend);
    }
    known.map_or(StudyKind::Advantage, |(_, kind)| *kind)
}

/// How many random draws the scenario wants; none where it is silent.
pub(super) fn read_draws(table: &Table<'_, '_>) -> Option<u64> {
    table.whole("draws", &DRAWS).and_then(|draws| u64::try_from(draws.value).ok())
}

/// The seed; none where the scenario is silent.
pub(super) fn read_seed(table: &Table<'_, '_>) -> Option<u64> {
    table.whole("seed", &SEEDS).and_then(|seed| u64::try_from(seed.value).ok())
}

/// Reads `[parameters]`; what a file gives goes before what is there already.
pub(super) fn read_parameters(table: &Table<'_, '_>, parameters: &mut Parameters) {
    let Some(table) = table.table("parameters") else { return };
    let of_model = Parameter::ALL.iter().map(|parameter| parameter.name());
    for name in of_model {
        let Some(entry) = table.table_such_as(name, EXAMPLE) else { continue };
        if let Some(read) = read_parameter(entry, name) {
            parameters.of_model.insert(name, read);
        }
    }
    for name in named_keys() {
        let Some(entry) = table.table_such_as(name, EXAMPLE) else { continue };
        let line = entry.line();
        let Some(read) = read_parameter(entry, name) else { continue };
        let limits = constant_limits().find(|limits| limits.key == name);
        if let Some((what, mend)) = limits.and_then(|limits| limits.fault(&read.distribution)) {
            table.report("out-of-domain", line, what, mend);
            continue;
        }
        parameters.named.insert(name, read);
    }
    table.finish();
}

/// What the numbers of each constant may be.
fn constant_limits() -> impl Iterator<Item = &'static Limits> {
    ModelConstants::LIMITS.iter().chain(TradeConstants::LIMITS).chain(SchemeConstants::LIMITS)
}

/// The keys in `[parameters]` that no draw of the model is of: the formula of training cost, the agency, and constants.
pub(super) fn named_keys() -> impl Iterator<Item = &'static str> {
    TENFOLD.into_iter().chain(AGENCY).chain(constant_limits().map(|limits| limits.key))
}

fn read_parameter(entry: Table<'_, '_>, name: &str) -> Option<ParameterEntry> {
    let distribution = read_distribution(&entry, name);
    let [unit, source] = ["unit", "source"].map(|key| {
        let text = entry.text_value(key).filter(|text| !text.trim().is_empty());
        if text.is_none() {
            let mend =
                if key == "source" { "add `source = \"…\"`, or \"judgement\"" } else { "add `unit = \"…\"`" };
            entry.report("missing-key", entry.line(), format!("`{name}` has no {key}"), mend);
        }
        text
    });
    entry.finish();
    Some(ParameterEntry { distribution: distribution?, unit: unit?, source: source? })
}

/// `value = x` or one of `uniform`, `triangular`, `normal`, `lognormal` with its numbers.
fn read_distribution(entry: &Table<'_, '_>, name: &str) -> Option<Distribution> {
    let forms = ["value", "uniform", "triangular", "normal", "lognormal"];
    let found: Vec<&'static str> = forms.into_iter().filter(|form| entry.has(form)).collect();
    let [form] = found.as_slice() else {
        let what = format!("`{name}` has not exactly one value or distribution");
        let mend = "give one of value = x, uniform = [a, b], triangular = [a, b, c], normal = [p5, p95], lognormal = [p5, p95]";
        entry.report("bad-distribution", entry.line(), what, mend);
        return None;
    };
    let (form, line) = (*form, entry.line_of_key(form));
    let distribution = if form == "value" {
        Distribution::Value(entry.floating_point("value", &ANY)?.value)
    } else {
        match (form, entry.floating_points(form, &ANY).as_slice()) {
            ("uniform", [low, high]) => Distribution::Uniform(*low, *high),
            ("triangular", [low, mode, high]) => Distribution::Triangular(*low, *mode, *high),
            ("normal", [low, high]) => Distribution::Normal(*low, *high),
            ("lognormal", [low, high]) => Distribution::Lognormal(*low, *high),
            _ => {
                let wanted = if form == "triangular" { "three numbers" } else { "two numbers" };
                let what = format!("`{form}` of `{name}` does not have {wanted}");
                entry.report("bad-distribution", line, what, format!("write {wanted}"));
                return None;
            }
        }
    };
    if let Some(fault) = distribution.fault() {
        let (what, mend) = fault.split_once("; ").unwrap_or((fault, "correct it"));
        entry.report("bad-distribution", line, format!("`{name}`: {what}"), mend);
        return None;
    }
    Some(distribution)
}

/// The cases of the formula of training cost, each with the parameters that it takes otherwise.
pub(super) fn read_cases(table: &Table<'_, '_>) -> Vec<(String, BTreeMap<&'static str, ParameterEntry>)> {
    let mut cases = Vec::new();
    for entry in table.tables("case") {
        let name = entry.required_text("name", "\"every trick works\"").value;
        let mut parameters = Parameters::default();
        read_parameters(&entry, &mut parameters);
        entry.finish();
        cases.push((name, parameters.named));
    }
    cases
}

/// Honest demand by country; none where the file has no `[demand]`.
pub(super) fn read_demand(table: &Table<'_, '_>) -> Option<Vec<Demand>> {
    let table = table.table("demand")?;
    if table.text("source").is_none() && !table.has("source") {
        table.report("missing-key", table.line(), "`demand` has no source", "add `source = \"…\"`, or \"judgement\"");
    }
    let mut demand = Vec::new();
    for (tier, key) in [(1, "tier1"), (2, "tier2"), (3, "tier3")] {
        let Some(shares) = table.table_such_as(key, "{ SG = 1.0 }") else { continue };
        let mut of_tier: Vec<Demand> = Vec::new();
        for Entry { key: code, value: share, line } in shares.floating_point_entries(&SHARES) {
            if let Some(country) = read_country(&shares, &code, line) {
                of_tier.push(Demand { country, tier, share });
            }
        }
        let sum: f64 = of_tier.iter().map(|demand| demand.share).sum();
        if sum <= 0.0 {
            let what = format!("`{key}` has no demand");
            shares.report("out-of-domain", shares.line(), what, "give a country a share above 0");
        }
        demand.extend(of_tier.into_iter().map(|demand| Demand { share: demand.share / sum, ..demand }));
    }
    table.finish();
    Some(demand)
}

/// The country of a code; reported where there is none.
pub(super) fn read_country(table: &Table<'_, '_>, code: &str, line: usize) -> Option<Country> {
    let country = code.parse().ok();
    if country.is_none() {
        let mend = "write its code of ISO 3166-1, such as SG";
        table.report("not-a-country", line, format!("there is no country `{code}`"), mend);
    }
    country
}

/// The names of numbers that a single study takes: enforcement, and the size of a world of orders.
pub(super) const STUDY_VALUES: [&str; 9] =
    ["budget_2025", "checks", "share_of_checks", "targets", "buyers", "schemes", "first_year", "months", "busy"];

/// The numbers of `[study_values]`, by name.
pub(super) fn read_study_values(table: &Table<'_, '_>) -> BTreeMap<&'static str, f64> {
    let Some(table) = table.table("study_values") else { return BTreeMap::new() };
    let value = |name: &'static str| Some((name, table.floating_point(name, &NUMBERS_OF_STUDIES)?.value));
    let values = STUDY_VALUES.into_iter().filter_map(value).collect();
    table.finish();
    values
}
