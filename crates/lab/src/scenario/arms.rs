//! Reads the arms of a scenario: a policy each, and what is changed in it.

use tollgate_model::Country;
use tollgate_strict_toml::{Domain, Placed, Table};

use super::amendment::EXCEPTIONS;
use super::read::read_country;
use super::{Arm, Scope};

const UNITS: Domain<f64> = Domain::of_unit(0.0, 1e6, "H100");
const BUDGETS: Domain<f64> = Domain::of_unit(0.01, 1_000.0, "times the budget of 2025");
const TIERS: Domain<i64> = Domain::new(1, 3);

/// The arms of `[[arm]]`; one that changes nothing where there are none.
pub(super) fn read_arms(table: &Table<'_, '_>) -> Vec<Arm> {
    let policy = table.text_value("policy").unwrap_or_else(|| "diffusion".to_owned());
    if !table.has("arm") {
        return vec![plain(policy)];
    }
    table.tables("arm").into_iter().flat_map(|entry| read_arm(entry, &policy)).collect()
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
    let sweep = entry.floating_points("sweep", &UNITS);
    entry.finish();
    if sweep.is_empty() {
        return vec![arm];
    }
    let at = |units: f64| Arm { name: format!("{units:.0} H100"), threshold_h100: Some(units), ..arm.clone() };
    sweep.into_iter().map(at).collect()
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
        if names.contains(&word.as_str()) {
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
    words.iter().filter_map(|word| read_country(entry, &word.value, word.line)).collect()
}

fn read_tiers(entry: &Table<'_, '_>) -> Vec<(Country, u8)> {
    let Some(table) = entry.table_such_as("tiers", "{ AE = 1 }") else { return Vec::new() };
    let mut tiers = Vec::new();
    for tier in table.whole_entries(&TIERS) {
        let country = read_country(&table, &tier.key, tier.line);
        if let (Some(country), Ok(number)) = (country, u8::try_from(tier.value)) {
            tiers.push((country, number));
        }
    }
    tiers
}
