//! Every lever of an arm moves something under the law as the engine has it, and what it moves goes with its size.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use tollgate_lab::{Options, OutcomeRow, Scenario, study};
use tollgate_law::Law;
use tollgate_world::LawDesks;

/// What each arm came to against the first, a plain Diffusion Rule.
fn run(arms: &[(&str, &str)]) -> BTreeMap<String, Vec<OutcomeRow>> {
    let mut text = "title = \"t\"\nstudy = \"compare\"\ndraws = 400\nseed = 3\n[[arm]]\nname = \"rule\"\n".to_owned();
    for (name, lever) in arms {
        text.push_str(&format!("[[arm]]\nname = \"{name}\"\n{lever}\n"));
    }
    let scenario = Scenario::read("levers.toml", &text).unwrap();
    let options = Options { threads: 2, progress: &|_, _| {}, stop: &AtomicBool::new(false) };
    let desks = LawDesks::new(Law::embedded().unwrap());
    let mut all: BTreeMap<String, Vec<OutcomeRow>> = BTreeMap::new();
    for row in study(&scenario, &desks, &options).unwrap().open.outcomes {
        all.entry(row.arm.clone()).or_default().push(row);
    }
    all
}

/// The median difference of an output in a year.
fn median(rows: &[OutcomeRow], output: &str, year: i32) -> f64 {
    rows.iter().find(|row| row.output == output && row.year == year).unwrap().difference[1]
}

#[test]
fn every_lever_moves_something() {
    let levers = [
        ("threshold", "threshold_h100 = 500"),
        ("late", "effective = 2025-11-15\nannounced = 2025-01-15"),
        ("late and unannounced", "effective = 2025-11-15"),
        ("early", "effective = 2025-02-01"),
        ("from 2027", "effective = 2027-01-01\nannounced = 2026-12-01"),
        ("until 2027", "until = 2027-01-01"),
        ("before", "effective = 2026-05-15\nbefore = \"codified\""),
        ("budget", "budget = 2.0"),
        ("budget from 2027", "budget = 2.0\ndates = { budget = [\"2027-01-01\"] }"),
        ("scope", "scope = \"cluster\""),
        ("consignee", "scope = \"consignee\""),
        ("verification", "location_verification = true"),
        ("tenants", "tenant_rule = true"),
        ("ratios", "uveu_percent = { outside = 0.5, country = 0.1 }"),
        ("LPP", "exceptions_off = [\"LPP\"]"),
        ("AIA", "exceptions_off = [\"AIA\"]"),
        ("ACM", "exceptions_off = [\"ACM\"]"),
        ("NAC", "exceptions_off = [\"NAC\"]"),
        ("ACA", "exceptions_off = [\"ACA\"]"),
        ("UVEU", "exceptions_off = [\"UVEU\"]"),
        ("NVEU", "exceptions_off = [\"NVEU\"]"),
        ("China in tier 1", "tiers = { CN = 1 }"),
        ("China in tier 2", "tiers = { CN = 2 }"),
        ("Japan in tier 2", "tiers = { JP = 2 }"),
        ("Germany in tier 3", "tiers = { DE = 3 }"),
        ("Malaysia in tier 3", "tiers = { MY = 3 }"),
        ("Vietnam in tier 1", "tiers = { VN = 1 }"),
        ("agreements", "agreements = [\"AE\", \"SA\"]"),
        ("parameter", "set = { \"smuggle.premium\" = 2.0 }"),
        ("another policy", "policy = \"ear\""),
    ];
    let all = run(&levers);
    let still: Vec<&str> = levers
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| all[*name].iter().all(|row| row.difference.iter().all(|more| *more == 0.0)))
        .collect();
    assert_eq!(still, Vec::<&str>::new(), "these change nothing");
}

#[test]
fn a_country_leaks_by_its_size_and_one_without_demand_changes_nothing() {
    let second = "IN=1, CH=1, SA=1, IS=1, SG=1, BR=1, TH=1, AE=1, IL=1, MY=1, PL=1, MX=1, ID=1, ZA=1, CL=1, TR=1, PH=1, LU=1, AT=1, CZ=1, VN=1";
    let all = run(&[
        ("Luxembourg", "tiers = { LU = 1 }"),
        ("six", "tiers = { AE = 1, SA = 1, IN = 1, SG = 1, MY = 1, CH = 1 }"),
        ("all", &format!("tiers = {{ {second} }}")),
        ("Kenya", "tiers = { KE = 1 }"),
        ("China in tier 1", "tiers = { CN = 1 }"),
    ]);
    let leaked = |arm: &str| median(&all[arm], "smuggled", 2027);
    assert!(leaked("Luxembourg").abs() < 0.1 * leaked("all").abs(), "{} {}", leaked("Luxembourg"), leaked("all"));
    assert!(leaked("six") <= leaked("all"), "{} {}", leaked("six"), leaked("all"));
    let still = |row: &OutcomeRow| row.difference.iter().all(|more| *more == 0.0);
    assert!(all["Kenya"].iter().all(still));
    assert!(median(&all["China in tier 1"], "lawful", 2027) > 0.0);
}

#[test]
fn before_a_rule_of_2027_the_law_is_the_one_that_was_applied() {
    let all = run(&[("ear", "policy = \"ear\""), ("from 2027", "effective = 2027-01-01")]);
    for output in ["lawful", "served"] {
        for year in [2025, 2026] {
            let [ear, late] = ["ear", "from 2027"].map(|arm| median(&all[arm], output, year));
            assert_eq!(ear, late, "{output} in {year}");
        }
        assert_ne!(median(&all["ear"], output, 2028), median(&all["from 2027"], output, 2028), "{output}");
    }
}
