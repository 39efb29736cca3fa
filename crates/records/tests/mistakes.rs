//! The worked mistakes in tables (`examples/mistakes/`) are told as they are written there.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop, helpers included")]

#[path = "../../strict-toml/tests/worked/mod.rs"]
mod worked;

use std::path::Path;

use tollgate_model::Diagnostics;
use tollgate_records::{
    OrderReader, Surrounding, SurroundingReader, read_clearances, read_fleet, read_items, read_licenses, read_opening,
    read_ownership, read_parties,
};

/// What is said of a table with this text, which begins as its format does. The file is called as the table is.
fn message<T>(table: &str, text: &str, read: impl Fn(&Path) -> Result<T, Diagnostics>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let ending = match text.chars().next() {
        Some('{') => "jsonl",
        Some('[') => "json",
        _ => "csv",
    };
    let path = folder.path().join(format!("{table}.{ending}"));
    std::fs::write(&path, text).unwrap();
    match read(&path) {
        Ok(_) => panic!("nothing is said of\n{text}"),
        Err(found) => found.to_string().replace(&format!("{}/", folder.path().display()), ""),
    }
}

fn read_orders(path: &Path) -> Result<(), Diagnostics> {
    let mut reader = OrderReader::open(path)?;
    while let Some(batch) = reader.next_batch() {
        batch?;
    }
    Ok(())
}

#[test]
fn mistakes_in_orders_are_told_as_written() {
    worked::run("orders", |text| message("orders", text, read_orders));
}

#[test]
fn mistakes_in_parties_are_told_as_written() {
    worked::run("parties", |text| message("parties", text, read_parties));
}

#[test]
fn mistakes_in_items_are_told_as_written() {
    worked::run("items", |text| message("items", text, read_items));
}

#[test]
fn mistakes_in_stakes_are_told_as_written() {
    worked::run("stakes", |text| message("stakes", text, read_ownership));
}

#[test]
fn mistakes_in_opening_balances_are_told_as_written() {
    worked::run("opening", |text| message("opening", text, read_opening));
}

#[test]
fn mistakes_in_fleets_are_told_as_written() {
    worked::run("fleet", |text| message("fleet", text, read_fleet));
}

#[test]
fn mistakes_in_licenses_are_told_as_written() {
    worked::run("licenses", |text| message("licenses", text, read_licenses));
}

#[test]
fn mistakes_in_clearances_are_told_as_written() {
    worked::run("clearances", |text| message("clearances", text, read_clearances));
}

#[test]
fn mistakes_in_payments_are_told_as_written() {
    let read = |path: &Path| SurroundingReader::open(path, Surrounding::Payments)?.read_all();
    worked::run("payments", |text| message("payments", text, read));
}
