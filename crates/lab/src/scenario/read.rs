//! Reads what a scenario says beside its arms: the study, parameters with their sources, cases, demand, the study's numbers.

use std::collections::BTreeMap;

use tollgate_model::Country;
use tollgate_strict_toml::{Domain, Entry, Placed, Table};

use super::checks::{constant_limits, domain_fault, unit_fits};
use super::{AGENCY, Demand, ParameterEntry, StudyKind, TENFOLD};
use crate::distribution::{Distribution, MixturePart};
use crate::model::parameters::Parameter;

/// Parameters as files give them, by name.
#[derive(Default)]
pub(super) struct Parameters {
    /// Those of the model.
    pub(super) of_model: BTreeMap<&'static str, ParameterEntry>,
    /// Those of the formula of training cost and of the agency in a world of orders, and constants.
    pub(super) named: BTreeMap<&'static str, ParameterEntry>,
    /// The unit of each, as `scenarios/base.toml` has it.
    pub(super) units: BTreeMap<&'static str, String>,
    /// The line of each that the file read last sets.
    pub(super) lines: BTreeMap<&'static str, usize>,
}

const DRAWS: Domain<i64> = Domain::new(1, 10_000_000_000);
const SEEDS: Domain<i64> = Domain::new(0, 9_000_000_000_000_000);
const ANY: Domain<f64> = Domain::new(f64::MIN, f64::MAX);
const SHARES: Domain<f64> = Domain::new(0.0, 1e12);

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
    parameters.lines.clear();
    let Some(table) = table.table("parameters") else { return };
    let of_model = Parameter::ALL.iter().map(|parameter| (parameter.name(), true));
    for (name, in_model) in of_model.chain(named_keys().map(|name| (name, false))) {
        let Some(entry) = table.table_such_as(name, EXAMPLE) else { continue };
        let line = entry.line();
        let Some(read) = read_parameter(entry, name, parameters) else { continue };
        if let Some((what, mend)) = domain_fault(name, &read) {
            table.report("out-of-domain", line, what, mend);
            continue;
        }
        parameters.units.entry(name).or_insert_with(|| read.unit.clone());
        parameters.lines.insert(name, line);
        if in_model {
            parameters.of_model.insert(name, read)
        } else {
            parameters.named.insert(name, read)
        };
    }
    table.finish();
}

/// The keys in `[parameters]` that no draw of the model is of: the formula of training cost, the agency, and constants.
pub(super) fn named_keys() -> impl Iterator<Item = &'static str> {
    TENFOLD.into_iter().chain(AGENCY).chain(constant_limits().map(|limits| limits.key))
}

fn read_parameter(entry: Table<'_, '_>, name: &str, known: &Parameters) -> Option<ParameterEntry> {
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
    let right = known.units.get(name);
    if let (Some(right), Some(unit)) =
        (right, unit.as_ref().filter(|unit| right.is_some_and(|right| !unit_fits(unit, right))))
    {
        let what = format!("`{name}` is in `{right}`, not in `{unit}`");
        let mend = format!("write `unit = \"{right}\"`, and the number in it");
        entry.report("wrong-unit", entry.line_of_key("unit"), what, mend);
    }
    entry.finish();
    Some(ParameterEntry { distribution: distribution?, unit: unit?, source: source? })
}

/// How a distribution is written: its key, and how many numbers it has.
const FORMS: [(&str, &str); 7] = [
    ("value", "one number"),
    ("uniform", "two numbers"),
    ("triangular", "three numbers"),
    ("normal", "two numbers"),
    ("lognormal", "two numbers"),
    ("samples", "two numbers or more"),
    ("mixture", "two parts or more"),
];

const WEIGHTS: Domain<f64> = Domain::new(1e-6, 1e6);

/// The parts of `mixture = [{ weight = 0.7, lognormal = [a, b] }, …]`; none where one of them is none.
fn read_mixture(entry: &Table<'_, '_>, name: &str) -> Option<Distribution> {
    let mut parts = Vec::new();
    for part in entry.tables("mixture") {
        let weight = part.floating_point("weight", &WEIGHTS);
        if !part.has("weight") {
            let what = format!("a part of the mixture `{name}` has no weight");
            part.report("missing-key", part.line(), what, "add `weight = 0.5`");
        }
        let of = read_distribution(&part, name);
        part.finish();
        parts.push(MixturePart { weight: weight?.value, of: of? });
    }
    Some(Distribution::Mixture(parts))
}

/// `value = x` or one of `uniform`, `triangular`, `normal`, `lognormal`, `samples` with its numbers, or a `mixture` of such; with `within` cut off at two ends.
fn read_distribution(entry: &Table<'_, '_>, name: &str) -> Option<Distribution> {
    let found: Vec<_> = FORMS.into_iter().filter(|(form, _)| entry.has(form)).collect();
    let [(form, wanted)] = found.as_slice() else {
        let what = format!("`{name}` has not exactly one value or distribution");
        let mend = "give one of value = x, uniform = [a, b], triangular = [a, b, c], normal = [p5, p95], lognormal = [p5, p95], samples = [a, b, …], mixture = [{ weight = w, … }, …]";
        entry.report("bad-distribution", entry.line(), what, mend);
        return None;
    };
    let (form, line) = (*form, entry.line_of_key(form));
    let plain = if form == "value" {
        Distribution::Value(entry.floating_point("value", &ANY)?.value)
    } else if form == "mixture" {
        read_mixture(entry, name)?
    } else {
        match (form, entry.floating_points(form, &ANY).as_slice()) {
            ("uniform", [low, high]) => Distribution::Uniform(*low, *high),
            ("triangular", [low, mode, high]) => Distribution::Triangular(*low, *mode, *high),
            ("normal", [low, high]) => Distribution::Normal(*low, *high),
            ("lognormal", [low, high]) => Distribution::Lognormal(*low, *high),
            ("samples", samples) => {
                let mut samples = samples.to_vec();
                samples.sort_by(f64::total_cmp);
                Distribution::Samples(samples)
            }
            _ => {
                let what = format!("`{form}` of `{name}` does not have {wanted}");
                entry.report("bad-distribution", line, what, format!("write {wanted}"));
                return None;
            }
        }
    };
    let fault = |distribution: &Distribution, line: usize| {
        let Some(fault) = distribution.fault() else { return false };
        let (what, mend) = fault.split_once("; ").unwrap_or((fault, "correct it"));
        entry.report("bad-distribution", line, format!("`{name}`: {what}"), mend);
        true
    };
    if fault(&plain, line) {
        return None;
    }
    if !entry.has("within") {
        return Some(plain);
    }
    let line = entry.line_of_key("within");
    let ends = entry.floating_points("within", &ANY);
    let ([low, high], true) = (ends.as_slice(), plain.varies()) else {
        let what = format!("`within` of `{name}` does not cut a distribution off at two numbers");
        entry.report(
            "bad-distribution",
            line,
            what,
            "write `within = [low, high]` beside a distribution, not beside a value",
        );
        return None;
    };
    let cut = Distribution::Within(Box::new(plain), *low, *high);
    (!fault(&cut, line)).then_some(cut)
}

/// The cases of the formula of training cost, each with the parameters that it takes otherwise.
pub(super) fn read_cases(
    table: &Table<'_, '_>,
    units: &BTreeMap<&'static str, String>,
    kind: StudyKind,
) -> Vec<(String, BTreeMap<&'static str, ParameterEntry>)> {
    let mut cases: Vec<(String, _)> = Vec::new();
    for entry in table.tables("case") {
        if kind != StudyKind::Tenfold {
            let mend = "take it out, or write `study = \"tenfold\"`";
            entry.report("unread-key", entry.line(), "this study has no `[[case]]`", mend);
        }
        let Placed { value: name, line } = entry.required_text("name", "\"every trick works\"");
        if cases.iter().any(|(other, _)| *other == name) {
            let what = format!("two cases are named `{name}`");
            entry.report("name-twice", line, what, "give each case a name of its own");
        }
        let mut parameters = Parameters { units: units.clone(), ..Parameters::default() };
        read_parameters(&entry, &mut parameters);
        for (name, line) in parameters.lines.iter().filter(|(name, _)| !TENFOLD.contains(*name)) {
            let what = format!("a case does not read `{name}`");
            entry.report("unread-key", *line, what, format!("a case takes {}", TENFOLD.join(", ")));
        }
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
    let mut demand: Vec<Demand> = Vec::new();
    for (tier, key) in [(1, "tier1"), (2, "tier2"), (3, "tier3")] {
        let Some(shares) = table.table_such_as(key, "{ SG = 1.0 }") else { continue };
        let of_tier = read_tier(&shares, tier, key, &demand);
        demand.extend(of_tier);
    }
    table.finish();
    Some(demand)
}

/// The countries of a tier and their shares of its demand: parts of any size, or, where none is above 1, shares that sum to 1.
fn read_tier(shares: &Table<'_, '_>, tier: u8, key: &str, before: &[Demand]) -> Vec<Demand> {
    let mut of_tier: Vec<Demand> = Vec::new();
    for Entry { key: code, value: share, line } in shares.floating_point_entries(&SHARES) {
        let Some(country) = read_country(shares, &code, line) else { continue };
        if country == Country::UNITED_STATES {
            let what = "the United States have no tier: `share.united_states` says what they keep";
            shares.report("out-of-domain", line, what, "take US out");
        }
        if before.iter().any(|other| other.country == country) {
            let what = format!("`{code}` has demand in two tiers");
            shares.report("name-twice", line, what, "write it under one of them");
        }
        of_tier.push(Demand { country, tier, share });
    }
    let sum: f64 = of_tier.iter().map(|demand| demand.share).sum();
    if sum <= 0.0 {
        let what = format!("`{key}` has no demand");
        shares.report("out-of-domain", shares.line(), what, "give a country a share above 0");
    } else if of_tier.iter().all(|demand| demand.share <= 1.0) && (sum - 1.0).abs() > 0.001 {
        let what = format!("the shares of `{key}` sum to {sum:.4}, not to 1");
        shares.report("shares-do-not-sum", shares.line(), what, "write shares that sum to 1, or parts such as SG = 69");
    }
    of_tier.into_iter().map(|demand| Demand { share: demand.share / sum, ..demand }).collect()
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

/// A number that a single study takes: its name, what it can be, whether it is whole, and the study.
struct StudyValue {
    name: &'static str,
    domain: [f64; 2],
    whole: bool,
    kind: StudyKind,
}

const fn study_value(name: &'static str, domain: [f64; 2], whole: bool, kind: StudyKind) -> StudyValue {
    StudyValue { name, domain, whole, kind }
}

const STUDY_VALUES: [StudyValue; 9] = [
    study_value("budget_2025", [0.001, 1e6], false, StudyKind::Enforcement),
    study_value("checks", [0.0, 1e9], false, StudyKind::Enforcement),
    study_value("share_of_checks", [0.0, 1.0], false, StudyKind::Enforcement),
    study_value("targets", [10.0, 2e6], true, StudyKind::Enforcement),
    study_value("buyers", [1.0, 1e7], true, StudyKind::World),
    study_value("schemes", [0.0, 1e4], true, StudyKind::World),
    study_value("first_year", [2000.0, 2100.0], true, StudyKind::World),
    study_value("months", [1.0, 240.0], true, StudyKind::World),
    study_value("busy", [0.01, 1e5], false, StudyKind::World),
];

/// The names of numbers that a single study takes: enforcement, and the size of a world of orders.
pub(super) fn study_value_names() -> impl Iterator<Item = &'static str> {
    STUDY_VALUES.iter().map(|value| value.name)
}

/// The numbers of `[study_values]`, by name; those of another study than `kind` are reported, unless there is none.
pub(super) fn read_study_values(table: &Table<'_, '_>, kind: Option<StudyKind>) -> BTreeMap<&'static str, f64> {
    let Some(table) = table.table("study_values") else { return BTreeMap::new() };
    let read = |value: &StudyValue| {
        let [least, greatest] = value.domain;
        let Placed { value: number, line } = table.floating_point(value.name, &Domain::new(least, greatest))?;
        if value.whole && number.fract() != 0.0 {
            let what = format!("`{}` is {number}, which is not whole", value.name);
            table.report("wrong-type", line, what, "write a number without a fraction");
        }
        if kind.is_some_and(|kind| kind != value.kind) {
            let what = format!("this study does not read `{}`", value.name);
            table.report("unread-key", line, what, "take it out, or write it in a scenario of the study that reads it");
        }
        Some((value.name, number))
    };
    let values = STUDY_VALUES.iter().filter_map(read).collect();
    table.finish();
    values
}
