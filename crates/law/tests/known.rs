//! A policy as it could be known on a day: what was published later is left out of it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::collections::BTreeSet;
use std::sync::Arc;

use tollgate_law::{Law, Policy, embedded, name_known_on, split_days};
use tollgate_model::{Country, Date, Decimal};

const LPP: &str = "740/740.29-lpp";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn law() -> Arc<Law> {
    Law::embedded().unwrap()
}

fn versions(policy: &Policy, path: &str) -> Vec<(Date, bool)> {
    let provision = policy.provisions.iter().find(|provision| provision.path == path).unwrap();
    provision.versions.iter().map(|version| (version.from, version.removed)).collect()
}

#[test]
fn a_version_is_left_out_until_it_is_known() {
    let law = law();
    let order = day("2025-06-01");
    let [whole, before, after] =
        ["diffusion", "diffusion@known:2025-01-10", "diffusion@known:2025-01-20"].map(|name| law.policy(name).unwrap());
    assert!(versions(&before, LPP).is_empty());
    assert_eq!(versions(&after, LPP), [(day("2025-05-15"), false)]);
    assert_eq!(before.known, Some(day("2025-01-10")));
    assert_eq!(before.name, "diffusion@known:2025-01-10");
    assert_ne!(before.program(order).digest, after.program(order).digest);
    assert_ne!(before.program(order).digest, whole.program(order).digest);
    let digests: BTreeSet<&str> = [&whole, &before, &after].iter().map(|policy| policy.digest.as_str()).collect();
    assert_eq!(digests.len(), 3);
}

#[test]
fn what_ends_a_provision_does_not_end_it_before_it_is_known() {
    let text = "citation = \"15 CFR 999\"\ntitle = \"Test\"\n\
        [[version]]\nfrom = 2025-01-01\nknown_from = 2025-01-01\nsource = \"ear.base\"\ncertainty = \"P\"\n\
        [[version.require]]\nid = \"R-TEST\"\nparagraph = \"(a)\"\nrule = \"A rule.\"\nwhen = \"destination in D5\"\n\
        [[version]]\nfrom = 2025-03-01\nknown_from = 2025-06-01\nsource = \"ear.base\"\ncertainty = \"P\"\nremoved = true\n";
    let law = Law::read(embedded().iter().copied().chain([("ear/999/999.toml", text)])).unwrap();
    let policy = |name: &str| law.policy(name).unwrap();
    assert_eq!(versions(&policy("ear@known:2025-05-31"), "999/999"), [(day("2025-01-01"), false)]);
    let both = [(day("2025-01-01"), false), (day("2025-03-01"), true)];
    assert_eq!(versions(&policy("ear@known:2025-06-01"), "999/999"), both);
    assert_eq!(versions(&policy("ear"), "999/999"), both);
}

#[test]
fn what_a_policy_leaves_out_and_amends_is_known_from_a_day_too() {
    let law = law();
    // Until BIS said that it would not enforce the rule, nobody could know that it would not bind.
    assert_eq!(versions(&law.policy("ear@known:2025-05-12").unwrap(), LPP), [(day("2025-05-15"), false)]);
    assert!(versions(&law.policy("ear@known:2025-05-13").unwrap(), LPP).is_empty());
    // What a policy leaves out whatever is known stays out of it.
    assert!(law.policy("codified@known:2025-03-01").is_ok());
    let order = day("2025-06-01");
    let limit = |policy: &Policy| policy.parameter_ratio(LPP, "limit", order);
    let anthropic = |day: &str| limit(&law.policy(&format!("anthropic-2025@known:{day}")).unwrap());
    assert_eq!(anthropic("2025-04-29"), limit(&law.policy("diffusion").unwrap()));
    assert_eq!(anthropic("2025-04-30"), limit(&law.policy("anthropic-2025").unwrap()));
    assert_ne!(anthropic("2025-04-29"), anthropic("2025-04-30"));
}

#[test]
fn an_amendment_of_the_users_own_says_from_when_it_is_known() {
    let law = law();
    let text = |known: &str| {
        format!(
            "title = \"t\"\nbase = \"diffusion\"\n[[amend]]\nprovision = \"{LPP}\"\nfrom = 2025-05-15\n{known}source = \"mine\"\n\
             why = \"w\"\n[amend.parameters.limit]\nvalue = 5\nunit = \"TPP\"\n"
        )
    };
    let limit = |known: &str, on: &str| {
        let (_, days) = split_days(on).unwrap();
        let policy = law.policy_from_text_as_of("mine.toml", &text(known), days).unwrap();
        policy.parameter_ratio(LPP, "limit", day("2025-06-01"))
    };
    let five = "5".parse::<Decimal>().unwrap().ratio();
    assert_eq!(limit("", "x"), five);
    // Where nothing says otherwise it is known when it begins to hold.
    assert_ne!(limit("", "x@known:2025-05-14"), five);
    assert_eq!(limit("", "x@known:2025-05-15"), five);
    assert_eq!(limit("known_from = 2025-02-01\n", "x@known:2025-02-01"), five);
    assert_ne!(limit("known_from = 2025-02-01\n", "x@known:2025-01-31"), five);
}

#[test]
fn a_country_group_changes_for_those_who_can_know_it() {
    let law = law();
    let nicaragua: Country = "NI".parse().unwrap();
    let in_d5 = |name: &str| {
        let countries = law.policy(name).unwrap().groups.countries("D5", day("2025-06-01")).unwrap();
        countries.contains(&nicaragua)
    };
    assert!(in_d5("ear") && in_d5("ear@known:2024-03-15"));
    assert!(!in_d5("ear@known:2024-03-14"));
}

#[test]
fn the_days_behind_a_name_are_read_in_either_order_and_written_in_one() {
    let law = law();
    let name = "diffusion@2025-06-01@known:2025-01-20";
    for written in [name, "diffusion@known:2025-01-20@2025-06-01"] {
        let policy = law.policy(written).unwrap();
        assert_eq!(
            (policy.name.as_str(), policy.fixed, policy.known),
            (name, Some(day("2025-06-01")), Some(day("2025-01-20")))
        );
    }
    assert_eq!(name_known_on("diffusion@2025-06-01", day("2025-01-20")).unwrap(), name);
    assert_eq!(name_known_on(name, day("2025-01-20")).unwrap(), name);
    assert!(name_known_on(name, day("2025-01-21")).unwrap_err().to_string().contains("2025-01-20"));
}

#[test]
fn a_day_that_cannot_be_read_or_lies_before_the_law_is_refused() {
    let law = law();
    for (name, code) in [
        ("ear@known:", "not-a-date"),
        ("ear@known:yesterday", "not-a-date"),
        ("ear@known:2025-02-30", "not-a-date"),
        ("ear@Known:2025-02-03", "not-a-date"),
        ("ear@known:2025-02-03@known:2025-02-04", "two-days"),
        ("ear@2025-02-03@2025-02-04", "two-days"),
        ("ear@known:1999-12-31", "before-the-law"),
        ("ear@known:2021-12-31", "before-the-law"),
    ] {
        let errors = law.policy(name).unwrap_err();
        let first = errors.0.first().unwrap();
        assert_eq!((first.code, first.mend.is_empty()), (code, false), "{name}: {errors}");
    }
    assert_eq!(law.known_since(), day("2022-01-01"));
}

#[test]
fn every_policy_stands_as_of_every_day_on_which_something_became_known() {
    let law = law();
    let versions = law.provisions.iter().flat_map(|provision| &provision.versions);
    let published = law.sources.values().filter_map(|source| source.published);
    let days: BTreeSet<Date> =
        versions.map(|version| version.known_from).chain(published).filter(|day| *day >= law.known_since()).collect();
    for name in law.policy_names() {
        for day in &days {
            if let Err(errors) = law.policy(&name_known_on(name, *day).unwrap()) {
                panic!("{name} as known on {day}: {errors}");
            }
        }
    }
}
