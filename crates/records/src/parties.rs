//! The tables of parties, of ownership and of cleared list matches.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tollgate_model::{Clearance, Decimal, Diagnostics, Party, PartyDetails, Stake};

use crate::cells::{EMPTY_CELL, text, words};
use crate::columns::Table;
use crate::mistakes::{ByRow, Cell, Mistakes};
use crate::row_answers::{AnsweredRow, RowAnswers};
use crate::source::{Batch, Source};

/// Reads a parties table; rows are unique by `party_id`, in its order.
///
/// # Errors
/// All that is not understood.
pub fn read_parties(path: &Path) -> Result<BTreeMap<String, Party>, Diagnostics> {
    read_parties_by_row(path)?.whole()
}

/// As [`read_parties`], with what is not understood beside what is: each by its party's id.
///
/// # Errors
/// What is wrong with the file or a whole column.
pub fn read_parties_by_row(path: &Path) -> Result<ByRow<BTreeMap<String, Party>>, Diagnostics> {
    read_parties_with(path, &Arc::default())
}

/// As [`read_parties_by_row`], with cells that answers set.
///
/// # Errors
/// What is wrong with the file or a whole column.
pub fn read_parties_with(
    path: &Path,
    answers: &Arc<RowAnswers>,
) -> Result<ByRow<BTreeMap<String, Party>>, Diagnostics> {
    let mut mistakes = Mistakes::by_row(path);
    let mut source = answers.within(Source::open(path, Table::Parties)?, Table::Parties);
    let mut parties = BTreeMap::new();
    while let Some(batch) = source.next() {
        add_parties(&batch?, &mut parties, &mut mistakes);
    }
    mistakes.split(parties)
}

/// Parties that only answers make; `file` is that of the answers.
///
/// # Errors
/// What is wrong with a whole column.
pub fn answered_parties(file: &Path, rows: &[AnsweredRow<'_>]) -> Result<ByRow<BTreeMap<String, Party>>, Diagnostics> {
    let mut mistakes = Mistakes::by_row(file);
    let mut parties = BTreeMap::new();
    rows.iter().for_each(|row| add_parties(&row.batch("party_id"), &mut parties, &mut mistakes));
    mistakes.split(parties)
}

/// Adds the parties of a batch.
pub(crate) fn add_parties(batch: &Batch, parties: &mut BTreeMap<String, Party>, mistakes: &mut Mistakes<'_>) {
    batch.require(Table::Parties, mistakes);
    let ids = batch.texts("party_id", mistakes);
    let names = batch.texts("name", mistakes);
    let aliases = batch.texts("aliases", mistakes);
    let parents = batch.texts("parent_id", mistakes);
    let flags = batch.texts("flags", mistakes);
    let countries = batch.countries("country", mistakes);
    let headquarters = batch.countries("hq_country", mistakes);
    let mut texts = |column: &str| batch.texts(column, &mut *mistakes);
    let [addresses, cities, phones] = ["address", "city", "phone"].map(&mut texts);
    let [emails, websites, directors] = ["email", "website", "directors"].map(&mut texts);
    let [registry_ids, businesses] = ["registry_id", "business"].map(&mut texts);
    let incorporated = batch.founding_dates("incorporated_on", mistakes);
    let powers = batch.decimals("data_center_mw", mistakes);
    for (index, (country, hq_country)) in countries.into_iter().zip(headquarters).enumerate() {
        let row = batch.row(index);
        let Some(id) = text(&ids, index) else {
            if ids.is_some() {
                mistakes.add("empty-cell", Cell::empty(row, "party_id"), EMPTY_CELL, "give the party an id");
            }
            continue;
        };
        let details = PartyDetails {
            address: text(&addresses, index).map(str::to_owned),
            city: text(&cities, index).map(str::to_owned),
            phone: text(&phones, index).map(str::to_owned),
            email: text(&emails, index).map(str::to_owned),
            website: text(&websites, index).map(str::to_owned),
            directors: words(text(&directors, index)),
            incorporated_on: incorporated.get(index).copied().flatten(),
            registry_id: text(&registry_ids, index).map(str::to_owned),
            business: text(&businesses, index).map(str::to_owned),
            data_center_mw: powers.get(index).cloned().flatten(),
        };
        let party = Party {
            party_id: id.to_owned(),
            name: text(&names, index).map(str::to_owned),
            aliases: words(text(&aliases, index)),
            country,
            hq_country,
            parent_id: text(&parents, index).map(str::to_owned),
            details: Some(Box::new(details)).filter(|details| **details != PartyDetails::default()),
            flags: words(text(&flags, index)),
        };
        if parties.insert(id.to_owned(), party).is_some() {
            let cell = Cell { row, column: "party_id", value: id };
            mistakes.add("repeated-row", cell, "the party stands twice", "leave one row for each party");
        }
        mistakes.name_row(row, id);
    }
}

/// Reads an ownership table, or what registers publish: statements of the Beneficial Ownership Data Standard (0.2 to 0.4, JSON or JSON lines), GLEIF's
/// relationship records (JSON, XML, golden copy in CSV).
///
/// # Errors
/// All that is not understood.
pub fn read_ownership(path: &Path) -> Result<Vec<Stake>, Diagnostics> {
    read_ownership_by_row(path)?.whole()
}

/// As [`read_ownership`], with what is not understood of a table beside what is: each by who is owned. Of a row with a mistake the stake says
/// that somebody owns a share that nobody knows; a party that owns itself has none.
///
/// # Errors
/// What is wrong with the file or a whole column, and all that is wrong with statements of registers.
pub fn read_ownership_by_row(path: &Path) -> Result<ByRow<Vec<Stake>>, Diagnostics> {
    if crate::ownership::is_published(path) {
        return Ok(ByRow { value: crate::ownership::read_published(path)?, unread: Vec::new() });
    }
    let mut source = Source::open(path, Table::Ownership)?;
    let mut mistakes = Mistakes::by_row(path);
    let mut stakes = Vec::new();
    while let Some(batch) = source.next() {
        let batch = batch?;
        batch.require(Table::Ownership, &mut mistakes);
        let (owners, owned) = (batch.texts("owner_id", &mut mistakes), batch.texts("owned_id", &mut mistakes));
        let percents = batch.decimals("percent", &mut mistakes);
        let (from, until) = (batch.dates("from", &mut mistakes), batch.dates("until", &mut mistakes));
        for (index, ((percent, from), until)) in percents.into_iter().zip(from).zip(until).enumerate() {
            let row = batch.row(index);
            let owned = text(&owned, index);
            let (Some(owner), Some(owned)) = (text(&owners, index), owned) else {
                let what = "a stake needs owner_id and owned_id";
                mistakes.add("incomplete-row", Cell::row(row), what, "fill them in");
                // Somebody owns it, whoever that is.
                mistakes.name_row(row, owned.unwrap_or(""));
                continue;
            };
            let fits =
                |percent: Decimal| percent.scaled_exact(6).is_some_and(|percent| (0..=100_000_000).contains(&percent));
            if percent.is_some_and(|percent| !fits(percent)) {
                let what = "is above 100, or finer than millionths";
                mistakes.add("out-of-range", Cell::empty(row, "percent"), what, "write 0 to 100");
            }
            if owner == owned {
                let cell = Cell { row, column: "owned_id", value: owned };
                mistakes.add("owns-itself", cell, "a party cannot own itself", "take the row out");
            }
            if from.zip(until).is_some_and(|(from, until)| until < from) {
                let mend = "write `from` and `until` in their order";
                mistakes.add("out-of-order", Cell::empty(row, "until"), "is before `from`", mend);
            }
            mistakes.name_row(row, owned);
            let is_unread = mistakes.has_row(row);
            if is_unread && owner == owned {
                continue;
            }
            let stake =
                Stake { owner_id: owner.to_owned(), owned_id: owned.to_owned(), percent, from, until, controls: false };
            stakes.push(if is_unread { Stake { percent: None, from: None, until: None, ..stake } } else { stake });
        }
    }
    mistakes.split(stakes)
}

/// Reads a table of cleared list matches.
///
/// # Errors
/// All that is not understood.
pub fn read_clearances(path: &Path) -> Result<Vec<Clearance>, Diagnostics> {
    read_clearances_by_row(path)?.whole()
}

/// As [`read_clearances`], with what is not understood beside what is. A row with a mistake clears nothing.
///
/// # Errors
/// What is wrong with the file or a whole column.
pub fn read_clearances_by_row(path: &Path) -> Result<ByRow<Vec<Clearance>>, Diagnostics> {
    let mut source = Source::open(path, Table::Clearances)?;
    let mut mistakes = Mistakes::by_row(path);
    let mut clearances = Vec::new();
    while let Some(batch) = source.next() {
        let batch = batch?;
        batch.require(Table::Clearances, &mut mistakes);
        let columns = ["party_id", "list", "entry", "by", "why", "fingerprint", "finding"];
        let [party, list, entry, by, why, print, finding] = columns.map(|column| batch.texts(column, &mut mistakes));
        let until = batch.dates("until", &mut mistakes);
        for (index, until) in until.into_iter().enumerate() {
            let cells = [&party, &list, &entry, &by, &why].map(|column| text(column, index).map(str::to_owned));
            let [Some(party_id), Some(list), Some(entry), Some(by), Some(why)] = cells else {
                let what = "a clearance needs party_id, list, entry, by and why";
                mistakes.add("incomplete-row", Cell::row(batch.row(index)), what, "fill them in");
                continue;
            };
            let fingerprint = text(&print, index).map(str::to_owned);
            let confirmed = match text(&finding, index) {
                None => false,
                Some(word) if word.eq_ignore_ascii_case("cleared") => false,
                Some(word) if word.eq_ignore_ascii_case("confirmed") => true,
                Some(other) => {
                    let cell = Cell { row: batch.row(index), column: "finding", value: other };
                    let mend = "write cleared, confirmed, or nothing for cleared";
                    mistakes.add("unknown-word", cell, "is no finding", mend);
                    continue;
                }
            };
            mistakes.name_row(batch.row(index), &party_id);
            if !mistakes.has_row(batch.row(index)) {
                clearances.push(Clearance { party_id, list, entry, confirmed, by, why, until, fingerprint });
            }
        }
    }
    mistakes.split(clearances)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stake_that_ends_before_it_begins_is_one_of_unknown_size() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ownership.csv");
        std::fs::write(&path, "owner_id,owned_id,percent,from,until\na,b,60,2025-01-01,2020-01-01\nc,b,40,,\n")
            .unwrap();
        let read = read_ownership_by_row(&path).unwrap();
        let shares: Vec<(bool, bool)> =
            read.value.iter().map(|stake| (stake.percent.is_none(), stake.from.is_none())).collect();
        assert_eq!(shares, [(true, true), (false, true)]);
        assert_eq!(read.unread.len(), 1);
        assert!(read_ownership(&path).is_err());
    }
}
