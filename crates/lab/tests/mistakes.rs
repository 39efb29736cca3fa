//! The worked mistakes in scenarios (`examples/mistakes/scenarios.md`) are told as they are written there.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

#[path = "../../strict-toml/tests/worked/mod.rs"]
mod worked;

use tollgate_lab::Scenario;

#[test]
fn mistakes_in_a_scenario_are_told_as_written() {
    worked::run("scenarios", |text| Scenario::read("mine.toml", text).unwrap_err().to_string());
}
