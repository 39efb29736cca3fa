use std::collections::BTreeMap;

use super::{BadRow, Entry, List, ListName, split_programs};

pub(super) const LIST: &str = "Specially Designated Nationals (SDN) - Treasury Department";

/// The cells of a file without a header; OFAC writes `-0-` where there is none.
fn rows(text: &str, width: usize, list: &mut List) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                list.bad
                    .push(BadRow { line: error.position().map_or(0, csv::Position::line), what: error.to_string() });
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let cells: Vec<String> = record
            .iter()
            .map(|cell| cell.trim())
            .map(|cell| if cell == "-0-" { "" } else { cell }.to_owned())
            .collect();
        // The files end with a byte that ends files of old.
        if cells.len() == 1 && cells.iter().all(|cell| cell.trim_matches('\u{1a}').is_empty()) {
            continue;
        }
        if cells.len() == width {
            rows.push(cells);
        } else {
            list.bad.push(BadRow { line, what: format!("has {} cells where {width} are expected", cells.len()) });
        }
    }
    rows
}

/// `sdn.csv`.
pub(super) fn read_primary(text: &str, list: &mut List) {
    for cells in rows(text, 12, list) {
        let [id, name, _, programs, ..] = cells.as_slice() else { continue };
        if name.is_empty() {
            list.bad.push(BadRow { line: 0, what: format!("entry {id} has no name") });
            continue;
        }
        list.entries.push(Entry {
            list: LIST.to_owned(),
            id: id.clone(),
            names: vec![ListName { text: name.clone(), weak: false }],
            ids: numbers(cells.last().map_or("", String::as_str)),
            programs: split_programs(programs),
            ..Entry::default()
        });
    }
}

/// The numbers that the remarks call a registration, tax or other official number.
fn numbers(remarks: &str) -> Vec<String> {
    let kinds =
        ["Registration ID ", "Registration Number ", "Tax ID No. ", "Company Number ", "Identification Number IMO "];
    let clauses = remarks.split(';').map(|clause| clause.trim().trim_end_matches('.'));
    let number = |clause: &str| {
        let rest = kinds.iter().find_map(|kind| clause.strip_prefix(kind))?;
        rest.split([' ', '(']).next().filter(|number| !number.is_empty()).map(str::to_owned)
    };
    clauses.filter_map(number).collect()
}

fn places(list: &List) -> BTreeMap<String, usize> {
    list.entries.iter().enumerate().map(|(place, entry)| (entry.id.clone(), place)).collect()
}

/// `alt.csv`: entry, its own number, kind, name, remarks.
pub(super) fn add_aliases(text: &str, list: &mut List) {
    let places = places(list);
    for cells in rows(text, 5, list) {
        let [id, _, kind, name, remarks] = cells.as_slice() else { continue };
        let Some(entry) = places.get(id).and_then(|place| list.entries.get_mut(*place)) else {
            list.bad.push(BadRow { line: 0, what: format!("alias of entry {id}, which sdn.csv lacks") });
            continue;
        };
        if !name.is_empty() {
            let weak = kind.contains("weak") || remarks.contains("weak");
            entry.names.push(ListName { text: name.clone(), weak });
        }
    }
}

/// `add.csv`: entry, its own number, street, city and postal code, country, remarks.
pub(super) fn add_addresses(text: &str, list: &mut List) {
    let places = places(list);
    for cells in rows(text, 6, list) {
        let [id, _, street, city, country, _] = cells.as_slice() else { continue };
        let Some(entry) = places.get(id).and_then(|place| list.entries.get_mut(*place)) else {
            list.bad.push(BadRow { line: 0, what: format!("address of entry {id}, which sdn.csv lacks") });
            continue;
        };
        let parts: Vec<&str> =
            [street, city, country].into_iter().filter(|part| !part.is_empty()).map(String::as_str).collect();
        if !parts.is_empty() {
            entry.addresses.push(parts.join(", "));
        }
        if let Some(code) = country_named(country)
            && !entry.countries.contains(&code)
        {
            entry.countries.push(code);
            entry.countries.sort();
        }
    }
}

/// The countries that OFAC's files name most, in its spelling; others stay unknown, which costs a match nothing.
fn country_named(name: &str) -> Option<tollgate_model::Country> {
    let code = match name {
        "Afghanistan" => "AF",
        "Belarus" => "BY",
        "Belgium" => "BE",
        "Burma" => "MM",
        "China" => "CN",
        "Colombia" => "CO",
        "Cuba" => "CU",
        "Cyprus" => "CY",
        "Egypt" => "EG",
        "France" => "FR",
        "Germany" => "DE",
        "Hong Kong" => "HK",
        "India" => "IN",
        "Iran" => "IR",
        "Iraq" => "IQ",
        "Italy" => "IT",
        "Japan" => "JP",
        "Korea, North" => "KP",
        "Korea, South" => "KR",
        "Lebanon" => "LB",
        "Libya" => "LY",
        "Malaysia" => "MY",
        "Mexico" => "MX",
        "Pakistan" => "PK",
        "Panama" => "PA",
        "Russia" => "RU",
        "Singapore" => "SG",
        "Spain" => "ES",
        "Sudan" => "SD",
        "Switzerland" => "CH",
        "Syria" => "SY",
        "Taiwan" => "TW",
        "Turkey" | "Turkiye" => "TR",
        "Ukraine" => "UA",
        "United Arab Emirates" => "AE",
        "United Kingdom" => "GB",
        "United States" => "US",
        "Venezuela" => "VE",
        "Vietnam" => "VN",
        "Yemen" => "YE",
        _ => return None,
    };
    code.parse().ok()
}
