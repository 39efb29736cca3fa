//! The worked mistakes in provisions and policies (`examples/mistakes/`) are told as they are written there.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

#[path = "../../strict-toml/tests/worked/mod.rs"]
mod worked;

use tollgate_law::{Law, embedded};

#[test]
fn mistakes_in_a_provision_are_told_as_written() {
    worked::run("law", |text| {
        let files = embedded().iter().copied().chain([("ear/999/999.toml", text)]);
        Law::read(files).unwrap_err().to_string()
    });
}

#[test]
fn mistakes_in_a_policy_are_told_as_written() {
    let law = Law::embedded().unwrap();
    worked::run("policies", |text| law.policy_from_text("mine.toml", text, None).unwrap_err().to_string());
}
