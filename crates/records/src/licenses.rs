//! The table of licenses.

use std::collections::BTreeMap;
use std::path::Path;

use tollgate_model::{Country, Diagnostics, License};

use crate::cells::{EMPTY_CELL, text, words};
use crate::columns::Table;
use crate::mistakes::{Cell, Mistakes};
use crate::source::Source;

/// Reads a table of licenses, by number; each stands once.
pub fn read_licenses(path: &Path) -> Result<BTreeMap<String, License>, Diagnostics> {
    let mut source = Source::open(path, Table::Licenses)?;
    let mut mistakes = Mistakes::new(path);
    let mut licenses = BTreeMap::new();
    while let Some(batch) = source.next() {
        let batch = batch?;
        batch.require(Table::Licenses, &mut mistakes);
        let texts = ["number", "licensee", "consignees", "destinations", "items", "conditions"];
        let [number, licensee, consignees, destinations, items, conditions] =
            texts.map(|column| batch.texts(column, &mut mistakes));
        let [from, expires] = ["issued_on", "expires_on"].map(|column| batch.dates(column, &mut mistakes));
        let (quantity, value) = (batch.integers("quantity", &mut mistakes), batch.decimals("value_usd", &mut mistakes));
        for index in 0..batch.rows {
            let row = batch.row(index);
            let Some(number) = text(&number, index) else {
                if number.is_some() {
                    mistakes.add("empty-cell", Cell::empty(row, "number"), EMPTY_CELL, "give the license its number");
                }
                continue;
            };
            let mut countries = Vec::new();
            for code in words(text(&destinations, index)) {
                match code.to_ascii_uppercase().parse::<Country>() {
                    Ok(country) => countries.push(country),
                    Err(error) => {
                        let cell = Cell { row, column: "destinations", value: &code };
                        mistakes.add("unknown-country", cell, error.to_string(), "write codes such as SA;AE");
                    }
                }
            }
            let limit = quantity.get(index).copied().flatten();
            if limit.is_some_and(|limit| limit < 0) {
                let mend = "write how many units the license covers";
                mistakes.add("out-of-range", Cell::empty(row, "quantity"), "is below zero", mend);
            }
            let dates = [&from, &expires].map(|column| column.get(index).copied().flatten());
            if let [Some(issued), Some(expires)] = dates
                && expires < issued
            {
                let value = expires.to_string();
                let cell = Cell { row, column: "expires_on", value: &value };
                let mend = "correct the one or the other";
                mistakes.add("out-of-range", cell, format!("is before {issued}, the day of its issue"), mend);
            }
            let license = License {
                number: number.to_owned(),
                issued_on: from.get(index).copied().flatten(),
                expires_on: expires.get(index).copied().flatten(),
                licensee: text(&licensee, index).map(str::to_owned),
                consignees: words(text(&consignees, index)),
                destinations: countries,
                items: words(text(&items, index)),
                quantity: limit,
                value_usd: value.get(index).copied().flatten(),
                conditions: words(text(&conditions, index)),
            };
            if licenses.insert(license.number.clone(), license).is_some() {
                let cell = Cell { row, column: "number", value: number };
                mistakes.add("repeated-row", cell, "the license stands twice", "leave one row for each license");
            }
            if mistakes.is_full() {
                return mistakes.into_result(licenses);
            }
        }
    }
    mistakes.into_result(licenses)
}
