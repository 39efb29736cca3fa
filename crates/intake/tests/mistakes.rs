//! The worked mistakes in what intake is told beforehand (`examples/mistakes/`) are told as they are written there.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

#[path = "../../strict-toml/tests/worked/mod.rs"]
mod worked;

use tollgate_intake::{Mapping, Rates};

#[test]
fn mistakes_in_a_mapping_file_are_told_as_written() {
    worked::run("map", |text| Mapping::parse("map.toml", text).unwrap_err().to_string());
}

#[test]
fn mistakes_in_rates_are_told_as_written() {
    worked::run("rates", |text| Rates::parse("rates.csv", text).unwrap_err().to_string());
}
