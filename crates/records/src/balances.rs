//! What stood before a file begins: opening balances of accounts, and the installed base of a fleet.

use std::path::Path;

use tollgate_model::{Country, Decimal, Diagnostics};

use crate::cells::text;
use crate::columns::Table;
use crate::mistakes::{Cell, Mistakes};
use crate::source::Source;

/// What a holder has had of an account before the first line.
#[derive(Clone, Debug, PartialEq)]
pub struct OpeningBalance {
    /// Its row in the file, from 1.
    pub row: u64,
    /// The account, as the law's files call it.
    pub account: String,
    /// Whose it is: a party id, or a country.
    pub holder: String,
    /// The country, where a party's account is one in a country.
    pub country: Option<Country>,
    /// The calendar year, where the account counts years.
    pub year: Option<i64>,
    /// TPP that has gone.
    pub tpp: Decimal,
}

/// Items that stand at a site. `None` is unknown.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetRow {
    /// Its row in the file, from 1.
    pub row: u64,
    /// The site.
    pub site_id: String,
    /// Who owns the items: a party id.
    pub owner: Option<String>,
    /// Where they stand.
    pub country: Option<Country>,
    /// The item.
    pub item: Option<String>,
    /// Units.
    pub quantity: Option<i64>,
}

/// Reads a table of opening balances. Errors name every cell that is not understood.
pub fn read_opening(path: &Path) -> Result<Vec<OpeningBalance>, Diagnostics> {
    let mut source = Source::open(path, Table::Opening)?;
    let mut mistakes = Mistakes::new(path);
    let mut rows = Vec::new();
    while let Some(batch) = source.next() {
        let batch = batch?;
        batch.require(Table::Opening, &mut mistakes);
        for name in Table::Opening.required() {
            batch.require_cells(name, &mut mistakes);
        }
        let [account, holder] = ["account", "holder"].map(|column| batch.texts(column, &mut mistakes));
        let countries = batch.countries("country", &mut mistakes);
        let years = batch.counts("year", &mut mistakes);
        let tpp = batch.decimals("tpp", &mut mistakes);
        for index in 0..batch.rows {
            let (Some(account), Some(holder)) = (text(&account, index), text(&holder, index)) else { continue };
            let Some(tpp) = tpp.get(index).copied().flatten() else { continue };
            rows.push(OpeningBalance {
                row: batch.row(index),
                account: account.trim().to_lowercase(),
                holder: holder.trim().to_owned(),
                country: countries.get(index).copied().flatten(),
                year: years.get(index).copied().flatten(),
                tpp,
            });
        }
    }
    mistakes.into_result(rows)
}

/// Reads the table of a fleet. Errors name every cell that is not understood; an empty one is unknown.
pub fn read_fleet(path: &Path) -> Result<Vec<FleetRow>, Diagnostics> {
    let mut source = Source::open(path, Table::Fleet)?;
    let mut mistakes = Mistakes::new(path);
    let mut rows = Vec::new();
    while let Some(batch) = source.next() {
        let batch = batch?;
        batch.require(Table::Fleet, &mut mistakes);
        batch.require_cells("site_id", &mut mistakes);
        let [site, owner, item] = ["site_id", "owner", "item"].map(|column| batch.texts(column, &mut mistakes));
        let countries = batch.countries("country", &mut mistakes);
        let quantities = batch.integers("quantity", &mut mistakes);
        for index in 0..batch.rows {
            let row = batch.row(index);
            let quantity = quantities.get(index).copied().flatten();
            if quantity.is_some_and(|units| !(0..=1_000_000_000).contains(&units)) {
                let mend = "write how many units stand there, from 0 to 1,000,000,000";
                mistakes.add("out-of-range", Cell::empty(row, "quantity"), "is no number of units", mend);
            }
            let filled =
                |value: Option<&str>| value.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
            let Some(site_id) = filled(text(&site, index)) else { continue };
            rows.push(FleetRow {
                row,
                site_id,
                owner: filled(text(&owner, index)),
                country: countries.get(index).copied().flatten(),
                item: filled(text(&item, index)),
                quantity,
            });
        }
    }
    mistakes.into_result(rows)
}
