//! The table of licenses.

use std::collections::BTreeMap;
use std::path::Path;

use tollgate_model::{Country, License};

use crate::cells::{Mistakes, text};
use crate::columns::Table;
use crate::error::InputErrors;
use crate::source::Source;

/// Reads a table of licenses, by number; each stands once.
pub fn read_licenses(path: &Path) -> Result<BTreeMap<String, License>, InputErrors> {
    let mut source = Source::open(path, Table::Licenses)?;
    let mut mistakes = Mistakes::new(path);
    let mut licenses = BTreeMap::new();
    while let Some(batch) = source.next() {
        let batch = batch?;
        batch.require(Table::Licenses, &mut mistakes);
        let texts = ["number", "consignees", "destinations", "items", "conditions"];
        let [number, consignees, destinations, items, conditions] =
            texts.map(|column| batch.texts(column, &mut mistakes));
        let [from, expires] = ["issued_on", "expires_on"].map(|column| batch.dates(column, &mut mistakes));
        let (quantity, value) = (batch.integers("quantity", &mut mistakes), batch.decimals("value_usd", &mut mistakes));
        for index in 0..batch.rows {
            let row = batch.row(index);
            let Some(number) = text(&number, index) else {
                if number.is_some() {
                    mistakes.add(row, "number", "", "the required cell is empty", "give the license its number");
                }
                continue;
            };
            let mut countries = Vec::new();
            for code in words(text(&destinations, index)) {
                match code.to_ascii_uppercase().parse::<Country>() {
                    Ok(country) => countries.push(country),
                    Err(error) => {
                        mistakes.add(row, "destinations", &code, error.to_string(), "write codes such as SA;AE")
                    }
                }
            }
            let limit = quantity.get(index).copied().flatten();
            if limit.is_some_and(|limit| limit < 0) {
                mistakes.add(row, "quantity", "", "is below zero", "write how many units the license covers");
            }
            let license = License {
                number: number.to_owned(),
                issued_on: from.get(index).copied().flatten(),
                expires_on: expires.get(index).copied().flatten(),
                consignees: words(text(&consignees, index)),
                destinations: countries,
                items: words(text(&items, index)),
                quantity: limit,
                value_usd: value.get(index).copied().flatten(),
                conditions: words(text(&conditions, index)),
            };
            if licenses.insert(license.number.clone(), license).is_some() {
                mistakes.add(row, "number", number, "the license stands twice", "leave one row for each license");
            }
            if mistakes.full() {
                return mistakes.into_result(licenses);
            }
        }
    }
    mistakes.into_result(licenses)
}

/// The parts of a list cell.
fn words(cell: Option<&str>) -> Vec<String> {
    let parts = cell.into_iter().flat_map(|cell| cell.split(';'));
    parts.map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
