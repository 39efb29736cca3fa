//! A law file with a mistake is refused at load, with its line and how to mend it; all mistakes at once.
#![expect(clippy::expect_used, reason = "a test that cannot go on must stop, helpers included")]

use tollgate_law::{Law, embedded};
use tollgate_model::Diagnostic;

const GOOD: &str = r#"citation = "15 CFR 999"
title = "Test"

[[version]]
from = 2025-01-01
known_from = 2025-01-01
source = "ear.base"
certainty = "P"

[version.parameters.most]
value = 10
unit = "TPP"

[[version.require]]
id = "R-TEST"
paragraph = "(a)"
rule = "A rule."
when = "ic.tpp >= most && destination in D5"
"#;

/// The line of a mistake; 0 where it is of a whole file.
fn line(error: &Diagnostic) -> usize {
    error.place.line.map_or(0, |line| usize::try_from(line).expect("a line of a small file"))
}

fn load(text: &str) -> Result<(), Vec<(usize, String, String)>> {
    let files = embedded().iter().copied().chain([("ear/999/999.toml", text)]);
    match Law::read(files) {
        Ok(_) => Ok(()),
        Err(errors) => Err(errors.0.into_iter().map(|error| (line(&error), error.what, error.mend)).collect()),
    }
}

fn refused(from: &str, to: &str, line: usize, what: &str) {
    let text = GOOD.replacen(from, to, 1);
    assert_ne!(text, GOOD, "`{from}` is not in the fixture");
    let errors = load(&text).expect_err(&format!("`{to}` was taken"));
    let found = errors.iter().any(|(at, message, mend)| *at == line && message.contains(what) && !mend.is_empty());
    assert!(found, "wanted line {line}: {what}; got {errors:#?}");
}

#[test]
fn the_fixture_itself_is_good() {
    assert_eq!(load(GOOD), Ok(()));
}

#[test]
fn each_kind_of_mistake_is_refused_with_its_line() {
    refused("title = ", "titel = ", 1, "`title` is missing");
    refused("id = \"R-TEST\"", "id = \"R-TEST\"\nseverity = 3", 16, "unknown key `severity`");
    refused("citation = \"15 CFR 999\"", "citation = \"\"", 1, "`citation` is empty");
    refused("paragraph = \"(a)\"\n", "", 14, "no citation");
    refused("from = 2025-01-01", "from = \"2025-01-01\"", 5, "`from` is not a bare day");
    refused("certainty = \"P\"", "certainty = \"sure\"", 8, "`sure` is no certainty");
    refused("source = \"ear.base\"", "source = \"fr.9999-1\"", 4, "`fr.9999-1` is not a source");
    refused("unit = \"TPP\"\n", "", 10, "`unit` is missing");
    refused("unit = \"TPP\"", "unit = \"GB/s\"", 18, "is in GB/s");
    refused("value = 10", "value = \"ten\"", 11, "`value` is not a decimal number");
    refused("ic.tpp >= most", "ic.tpp >= least", 18, "there is no parameter `least`");
    refused("ic.tpp >= most", "ic.tp >= most", 18, "neither");
    refused("ic.tpp >= most", "ic.tpp", 18, "not true or false by itself");
    refused("ic.tpp >= most", "grade_z", 18, "nothing is called `grade_z`");
    refused("in D5", "in D9", 18, "there is no country group `D9`");
    refused("destination in D5", r#"destination == \"ZZ\""#, 18, "is never \"ZZ\"");
    refused("destination in D5", r#"destination >= \"CN\""#, 18, "has no order");
    refused("&& destination", "& destination", 18, "does not parse");
    refused("when = ", "wenn = ", 14, "`when` is missing");
    refused("[[version.require]]", "[version.require]", 14, "list of tables");
    refused("rule = \"A rule.\"", "rule = A rule.", 17, "not TOML");
    refused("value = 10\n", "value = 10.00001\n", 18, "cannot be held exactly");
    refused("when = \"ic.tpp", "overcome_by = [\"XYZ\"]\nwhen = \"ic.tpp", 19, "`XYZ` is no license exception");
}

#[test]
fn overlapping_versions_are_refused() {
    let again = GOOD.split_once("[[version]]").unwrap().1;
    let text = format!("{GOOD}\n[[version]]{}", again.replace("R-TEST", "R-TEST-2"));
    let errors = load(&text).unwrap_err();
    assert!(errors.iter().any(|(_, what, _)| what.contains("not after the one before it")), "{errors:#?}");
}

#[test]
fn all_mistakes_come_at_once() {
    let text = GOOD
        .replace("certainty = \"P\"", "certainty = \"sure\"")
        .replace("unit = \"TPP\"\n", "")
        .replace("rule = ", "rulle = ");
    assert!(load(&text).unwrap_err().len() >= 3);
}

#[test]
fn a_policy_of_the_users_own_is_checked_too() {
    let law = Law::embedded().unwrap();
    let good = "title = \"t\"\nbase = \"diffusion\"\n[[amend]]\nprovision = \"740/740.29-lpp\"\nfrom = 2025-05-15\nsource = \"mine\"\nwhy = \"w\"\n[amend.parameters.limit]\nvalue = 5\nunit = \"TPP\"\n";
    assert!(law.policy_from_text("mine.toml", good, None).is_ok());
    for (from, to, what) in [
        ("740/740.29-lpp", "740/740.99", "there is no provision"),
        ("base = \"diffusion\"", "base = \"nothing\"", "to start from"),
        ("unit = \"TPP\"", "unit = \"GB/s\"", "is in TPP, not in GB/s"),
        ("why = \"w\"\n", "", "`why` is missing"),
        ("title = \"t\"", "title = \"t\"\nreadings = { nonsense = true }", "there is no reading `nonsense`"),
        ("amend.parameters.limit", "amend.parameters.limt", "has no parameter `limt`"),
        ("value = 5", "value = -5", "`limit` is below zero"),
        ("why = \"w\"\n", "why = \"w\"\nremove = [\"LLP\"]\n", "has no rule `LLP` to remove"),
        (
            "[[amend]]",
            "[[exclude]]\nsource = \"fr.2025-0636\"\nwhy = \"w\"\n[[amend]]",
            "`fr.2025-0636` is not a source",
        ),
    ] {
        let errors = law.policy_from_text("mine.toml", &good.replace(from, to), None).unwrap_err();
        assert!(errors.0.iter().any(|error| error.what.contains(what)), "{what}: {errors}");
    }
}

/// An amendment of the limit of License Exception LPP.
fn limit(from: &str, value: u32) -> String {
    format!(
        "[[amend]]\nprovision = \"740/740.29-lpp\"\nfrom = {from}\nsource = \"mine\"\nwhy = \"w\"\n[amend.parameters.limit]\nvalue = {value}\nunit = \"TPP\"\n"
    )
}

#[test]
fn amendments_hold_from_their_days_wherever_they_stand() {
    let law = Law::embedded().unwrap();
    let (early, late) = (limit("2025-05-15", 1000), limit("2025-08-01", 20_000));
    let head = "title = \"t\"\nbase = \"diffusion\"\n";
    for text in [format!("{head}{early}{late}"), format!("{head}{late}{early}")] {
        let policy = law.policy_from_text("mine.toml", &text, None).unwrap();
        let provision = policy.provisions.iter().find(|provision| provision.path == "740/740.29-lpp").unwrap();
        for (day, value) in [("2025-07-31", "1000"), ("2025-08-01", "20000")] {
            let day = day.parse().unwrap();
            let version = provision.versions.iter().rev().find(|version| version.from <= day).unwrap();
            assert_eq!(version.parameters["limit"].on(day), Some(value.parse().unwrap()), "{text}");
        }
    }
    let twice = format!("{head}{early}{}", limit("2025-05-15", 7));
    let errors = law.policy_from_text("mine.toml", &twice, None).unwrap_err();
    assert!(errors.0.iter().any(|error| error.what.contains("is set twice from 2025-05-15")), "{errors}");
}

#[test]
fn an_amendment_or_a_change_that_comes_to_nothing_is_refused() {
    let law = Law::embedded().unwrap();
    let amend = |provision: &str, what: &str| {
        format!("[[amend]]\nprovision = \"{provision}\"\nfrom = 2025-06-01\nsource = \"mine\"\nwhy = \"w\"\n{what}")
    };
    let change =
        |what: &str| format!("[[change]]\n{what}\nfrom = 2025-06-01\nknown_from = 2025-06-01\nsource = \"mine\"\n");
    for (base, text, what) in [
        ("ear", limit("2025-06-01", 5), "does not stand from 2025-06-01 on"),
        ("diffusion", amend("742/742.6-a-6", "remove = [\"R-2022\"]"), "does not stand from 2025-06-01 on"),
        ("diffusion", amend("740/740.29-lpp", ""), "sets, adds and removes nothing"),
        ("diffusion", amend("742/742.6-b-10", "remove = [\"R-2022\"]"), "has no rule `R-2022` to remove"),
        ("ear", change("group = \"D55\"\nadd = [\"SG\"]"), "there is no country group `D55`"),
        ("ear", change("group = \"D5\"\nadd = [\"CN\"]"), "nobody enters or leaves `D5`"),
        ("ear", change("group = \"D5\"\nremove = [\"SG\"]"), "nobody enters or leaves `D5`"),
    ] {
        let text = format!("title = \"t\"\nbase = \"{base}\"\n{text}");
        let errors = law.policy_from_text("mine.toml", &text, None).unwrap_err();
        assert!(errors.0.iter().any(|error| error.what.contains(what)), "{what}: {errors}");
    }
    let good = change("group = \"D5\"\nadd = [\"SG\"]");
    assert!(law.policy_from_text("mine.toml", &format!("title = \"t\"\nbase = \"ear\"\n{good}"), None).is_ok());
}

#[test]
fn a_day_before_all_law_is_that_of_the_law_which_was_not_read() {
    let law = Law::embedded().unwrap();
    let policy = law.policy("ear").unwrap();
    let program = policy.program("1899-12-31".parse().unwrap());
    assert!(program.unmodeled.iter().any(|rule| rule.step.rule.contains("begins on 7 October 2022")));
}
