//! The consolidated lists of the European Union and the United Kingdom as tables, a row for each name. They have no effect under the EAR.

use std::collections::BTreeMap;

use tollgate_model::Country;

use super::day::european_day;
use super::ofac::country_named;
use super::table::{Layout, Row, each_row, refuse_nameless};
use super::{Effect, Entry, List, ListName};

/// Who publishes a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Publisher {
    /// The European Union.
    Union,
    /// The United Kingdom.
    Kingdom,
}

impl Publisher {
    /// The publisher whose columns a header has.
    pub(super) fn of(header: &[String]) -> Option<Publisher> {
        let has = |name: &str| header.iter().any(|column| column == name);
        if has("namealias_wholename") {
            return Some(Publisher::Union);
        }
        (has("name_6") && has("name_1") && (has("group_id") || has("unique_id"))).then_some(Publisher::Kingdom)
    }

    fn list(self) -> &'static str {
        match self {
            Publisher::Union => "Consolidated Financial Sanctions List - European Union",
            Publisher::Kingdom => "UK Sanctions List - United Kingdom",
        }
    }

    /// The columns that number the parties, the first that is filled in counts.
    fn ids(self) -> [&'static str; 2] {
        match self {
            Publisher::Union => ["entity_eu_referencenumber", "entity_logicalid"],
            Publisher::Kingdom => ["unique_id", "group_id"],
        }
    }
}

/// The first that is not empty of a row's cells.
fn first<'r>(row: &'r Row<'_>, columns: &[&str]) -> &'r str {
    columns.iter().map(|column| row.get(column)).find(|cell| !cell.is_empty()).unwrap_or("")
}

/// Reads a table whose rows with the same number are names of the same party.
pub(super) fn read(text: &str, layout: Layout, publisher: Publisher, list: &mut List) {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    each_row(text, layout, list, &mut |row, list| {
        let names = names(&row, publisher);
        let id = first(&row, &publisher.ids()).to_owned();
        let known = places.get(&id).copied().filter(|_| !id.is_empty());
        // The Union's rows also hold addresses and days of birth of a party that has its name in another row.
        if names.is_empty() && known.is_none() {
            return refuse_nameless(row.line, list);
        }
        let place = known.unwrap_or_else(|| {
            places.insert(id.clone(), list.entries.len());
            let name = publisher.list();
            let effect = Effect::from_list_name(name);
            list.entries.push(Entry { list: name.to_owned(), effect, id, ..Entry::default() });
            list.entries.len() - 1
        });
        if let Some(entry) = list.entries.get_mut(place) {
            add(&row, names, entry);
        }
    });
}

fn names(row: &Row<'_>, publisher: Publisher) -> Vec<ListName> {
    let weak = first(row, &["alias_quality", "namealias_strong"]).to_ascii_lowercase();
    let weak = weak == "low" || weak == "low quality" || weak == "false";
    let joined = |columns: &[&str]| {
        columns.iter().map(|column| row.get(column)).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let texts = match publisher {
        Publisher::Union => {
            let parts = joined(&["namealias_firstname", "namealias_middlename", "namealias_lastname"]);
            let whole = row.get("namealias_wholename").to_owned();
            vec![if whole.is_empty() { parts } else { whole }]
        }
        Publisher::Kingdom => vec![
            joined(&["name_1", "name_2", "name_3", "name_4", "name_5", "name_6"]),
            row.get("name_non_latin_script").to_owned(),
        ],
    };
    texts.into_iter().filter(|text| !text.is_empty()).map(|text| ListName { text, weak }).collect()
}

/// Adds what a row says to its party.
fn add(row: &Row<'_>, names: Vec<ListName>, entry: &mut Entry) {
    for name in names {
        if !entry.names.iter().any(|known| known.text == name.text) {
            entry.names.push(name);
        }
    }
    let country = first(row, &["address_countryiso2code", "address_countrydescription", "country"]);
    if let Some(country) = country.parse::<Country>().ok().or_else(|| country_named(country)) {
        entry.countries.push(country);
        entry.countries.sort();
        entry.countries.dedup();
    }
    let program = first(row, &["entity_regulation_programme", "regime"]);
    if !program.is_empty() && !entry.programs.iter().any(|known| known == program) {
        entry.programs.push(program.to_owned());
    }
    entry.from = entry.from.or(european_day(first(row, &["listed_on", "date_designated"])));
}
