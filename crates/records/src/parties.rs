use std::collections::BTreeMap;
use std::path::Path;

use tollgate_model::{Party, Stake};

use crate::cells::{Mistakes, text};
use crate::error::InputErrors;
use crate::source::Source;

const PARTY_COLUMNS: &[&str] = &[
    "party_id",
    "name",
    "aliases",
    "country",
    "hq_country",
    "parent_id",
    "address",
    "city",
    "phone",
    "email",
    "website",
    "directors",
    "incorporated_on",
    "registry_id",
    "business",
    "data_center_mw",
    "flags",
];
const STAKE_COLUMNS: &[&str] = &["owner_id", "owned_id", "percent", "from", "until"];

/// Reads a parties table; rows are unique by `party_id`, in its order. Also gives the number of rows.
pub fn read_parties(path: &Path) -> Result<BTreeMap<String, Party>, InputErrors> {
    let mut source = Source::open(path, PARTY_COLUMNS)?;
    let mut mistakes = Mistakes::new(path);
    let mut parties = BTreeMap::new();
    while let Some(batch) = source.next() {
        let batch = batch?;
        batch.require(&["party_id"], &mut mistakes);
        let ids = batch.texts("party_id", &mut mistakes);
        let names = batch.texts("name", &mut mistakes);
        let parents = batch.texts("parent_id", &mut mistakes);
        let flags = batch.texts("flags", &mut mistakes);
        let countries = batch.countries("country", &mut mistakes);
        let headquarters = batch.countries("hq_country", &mut mistakes);
        let _ = (batch.dates("incorporated_on", &mut mistakes), batch.decimals("data_center_mw", &mut mistakes));
        for (index, (country, hq_country)) in countries.into_iter().zip(headquarters).enumerate() {
            let row = batch.row(index);
            let Some(id) = text(&ids, index) else {
                if ids.is_some() {
                    mistakes.add(row, "party_id", "", "the required cell is empty", "give the party an id");
                }
                continue;
            };
            let words = text(&flags, index).unwrap_or_default().split(';').map(str::trim);
            let party = Party {
                party_id: id.to_owned(),
                name: text(&names, index).map(str::to_owned),
                country,
                hq_country,
                parent_id: text(&parents, index).map(str::to_owned),
                flags: words.filter(|word| !word.is_empty()).map(str::to_owned).collect(),
            };
            if parties.insert(id.to_owned(), party).is_some() {
                mistakes.add(row, "party_id", id, "the party stands twice", "leave one row for each party");
            }
            if mistakes.full() {
                return mistakes.into_result(parties);
            }
        }
    }
    mistakes.into_result(parties)
}

/// Reads an ownership table.
pub fn read_ownership(path: &Path) -> Result<Vec<Stake>, InputErrors> {
    let mut source = Source::open(path, STAKE_COLUMNS)?;
    let mut mistakes = Mistakes::new(path);
    let mut stakes = Vec::new();
    while let Some(batch) = source.next() {
        let batch = batch?;
        batch.require(&["owner_id", "owned_id", "percent"], &mut mistakes);
        let (owners, owned) = (batch.texts("owner_id", &mut mistakes), batch.texts("owned_id", &mut mistakes));
        let percents = batch.decimals("percent", &mut mistakes);
        let (from, until) = (batch.dates("from", &mut mistakes), batch.dates("until", &mut mistakes));
        for (index, ((percent, from), until)) in percents.into_iter().zip(from).zip(until).enumerate() {
            let row = batch.row(index);
            let (Some(owner), Some(owned), Some(percent)) = (text(&owners, index), text(&owned, index), percent) else {
                mistakes.add(row, "", "", "a stake needs owner_id, owned_id and percent", "fill them in");
                continue;
            };
            if percent.thousandths().is_none_or(|percent| percent > 100_000) {
                mistakes.add(row, "percent", "", "is above 100, or finer than thousandths", "write 0 to 100");
            }
            if owner == owned {
                mistakes.add(row, "owned_id", owned, "a party cannot own itself", "take the row out");
            }
            stakes.push(Stake { owner_id: owner.to_owned(), owned_id: owned.to_owned(), percent, from, until });
            if mistakes.full() {
                return mistakes.into_result(stakes);
            }
        }
    }
    mistakes.into_result(stakes)
}
