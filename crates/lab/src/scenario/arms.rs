//! Reads the arms of a scenario: a policy each, and what is changed in it.

use std::collections::BTreeMap;

use tollgate_model::Country;
use toml::de::{DeTable, DeValue};

use super::amendment::EXCEPTIONS;
use super::read::{At, Source};
use super::{Arm, Scope};

const ARM_KEYS: [&str; 12] = [
    "name",
    "policy",
    "threshold_h100",
    "effective",
    "announced",
    "budget",
    "scope",
    "location_verification",
    "exceptions_off",
    "tiers",
    "agreements",
    "sweep",
];

pub(super) fn read_arms<'a>(source: &mut Source<'a>, entries: &BTreeMap<String, At<'_, 'a>>) -> Vec<Arm> {
    let policy = source.text(entries.get("policy"), "policy").unwrap_or_else(|| "diffusion".to_owned());
    let Some((value, line)) = entries.get("arm") else {
        let empty = DeTable::new();
        return read_arm(source, &empty, 1, &policy);
    };
    let DeValue::Array(list) = value else {
        source.wrong(*line, "`arm` is no list of tables", "write [[arm]] for each");
        return Vec::new();
    };
    let mut arms = Vec::new();
    for item in list {
        match source.at(item) {
            (DeValue::Table(table), line) => arms.append(&mut read_arm(source, table, line, &policy)),
            (_, line) => source.wrong(line, "an arm is no table", "write [[arm]] and its keys below"),
        }
    }
    arms
}

/// An arm, or one for each threshold that it sweeps over.
fn read_arm<'a>(source: &mut Source<'a>, table: &DeTable<'a>, line: usize, policy: &str) -> Vec<Arm> {
    let entries = source.entries(table, &ARM_KEYS);
    let scope = match source.text(entries.get("scope"), "scope").as_deref() {
        None | Some("ultimate_parent") => Scope::UltimateParent,
        Some("consignee") => Scope::Consignee,
        Some("cluster") => Scope::Cluster,
        Some(other) => {
            source.wrong(line, format!("there is no scope `{other}`"), "write consignee, ultimate_parent or cluster");
            Scope::UltimateParent
        }
    };
    let policy = source.text(entries.get("policy"), "policy").unwrap_or_else(|| policy.to_owned());
    let effective = source.date(entries.get("effective"), "effective");
    let announced = source.date(entries.get("announced"), "announced");
    if let (Some(effective), Some(announced)) = (effective, announced)
        && announced > effective
    {
        source.wrong(
            line,
            "the arm is announced after it takes effect",
            "leave `announced` out, or give an earlier day",
        );
    }
    let arm = Arm {
        name: source.text(entries.get("name"), "name").unwrap_or_else(|| policy.clone()),
        policy,
        threshold_h100: source.number(entries.get("threshold_h100"), "threshold_h100", (0.0, 1e6)),
        effective,
        announced,
        budget: source.number(entries.get("budget"), "budget", (0.01, 1_000.0)).unwrap_or(1.0),
        scope,
        verification: source.flag(entries.get("location_verification"), "location_verification").unwrap_or(false),
        exceptions_off: exceptions(source, entries.get("exceptions_off")),
        tiers: read_tiers(source, entries.get("tiers")),
        agreements: countries(source, entries.get("agreements")),
    };
    let sweep = source.numbers(entries.get("sweep"), "sweep", (0.0, 1e6));
    if sweep.is_empty() {
        return vec![arm];
    }
    let at = |units: f64| Arm { name: format!("{units:.0} H100"), threshold_h100: Some(units), ..arm.clone() };
    sweep.into_iter().map(at).collect()
}

fn exceptions<'a>(source: &mut Source<'a>, entry: Option<&At<'_, 'a>>) -> Vec<String> {
    let names: Vec<&str> = EXCEPTIONS.iter().map(|(name, ..)| *name).collect();
    let mut off = Vec::new();
    for (word, line) in source.words(entry, "exceptions_off") {
        if names.contains(&word.as_str()) {
            off.push(word);
        } else {
            source.wrong(
                line,
                format!("there is no exception `{word}`"),
                format!("write some of {}", names.join(", ")),
            );
        }
    }
    off
}

fn countries<'a>(source: &mut Source<'a>, entry: Option<&At<'_, 'a>>) -> Vec<Country> {
    let mut countries = Vec::new();
    for (word, line) in source.words(entry, "agreements") {
        match word.parse() {
            Ok(country) => countries.push(country),
            Err(_) => {
                source.wrong(line, format!("there is no country `{word}`"), "write its code of ISO 3166-1, such as AE")
            }
        }
    }
    countries
}

fn read_tiers<'a>(source: &mut Source<'a>, entry: Option<&At<'_, 'a>>) -> Vec<(Country, u8)> {
    let Some((DeValue::Table(table), _)) = entry else { return Vec::new() };
    let mut tiers = Vec::new();
    for (code, entry) in source.entries(table, &[]) {
        let country: Option<Country> = code.parse().ok();
        let tier = source.number(Some(&entry), &code, (1.0, 3.0));
        match (country, tier) {
            (Some(country), Some(tier)) => tiers.push((
                country,
                if tier < 1.5 {
                    1
                } else if tier < 2.5 {
                    2
                } else {
                    3
                },
            )),
            (None, _) => source.wrong(
                entry.1,
                format!("there is no country `{code}`"),
                "write its code of ISO 3166-1, such as AE",
            ),
            _ => {}
        }
    }
    tiers
}
