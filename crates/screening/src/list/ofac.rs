//! OFAC's delimited files: `sdn.csv` and `cons_prim.csv`, whose entries `alt.csv` and `add.csv` add aliases and addresses to.

use std::collections::BTreeMap;

use super::table::numbered_rows;
use super::{BadRow, Effect, Entry, List, ListName, split_programs};

const SDN: &str = "Specially Designated Nationals (SDN) - Treasury Department";
const CONSOLIDATED: &str = "Consolidated Non-SDN List - Treasury Department";

/// The list that a file of OFAC's belongs to, by its name: nothing where that says neither.
pub(super) fn family(file: &str) -> Option<&'static str> {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file).to_ascii_lowercase();
    if name.contains("cons") || name.contains("non-sdn") || name.contains("nonsdn") || name.contains("non_sdn") {
        return Some(CONSOLIDATED);
    }
    (name.contains("sdn") || name.starts_with("alt") || name.starts_with("add")).then_some(SDN)
}

/// `sdn.csv` and `cons_prim.csv`.
pub(super) fn read_primary(text: &str, list: &mut List) {
    let name = family(&list.file).unwrap_or(SDN);
    for row in numbered_rows(text, 12, list) {
        let [id, title, kind, program, ..] = row.cells.as_slice() else { continue };
        if title.is_empty() {
            list.bad.push(BadRow { line: row.line, what: format!("entry {id} has no name") });
            continue;
        }
        let kinds = ["", "individual", "entity", "vessel", "aircraft"];
        if !kinds.contains(&kind.to_ascii_lowercase().as_str()) {
            let what = format!("entry {id} is a {kind:?}: its cells do not stand where they belong");
            list.bad.push(BadRow { line: row.line, what });
            continue;
        }
        let remarks = row.cells.last().map_or("", String::as_str);
        let mut names = vec![ListName { text: title.clone(), weak: false }];
        names.extend(other_names(remarks));
        list.entries.push(Entry {
            list: name.to_owned(),
            effect: Effect::from_list_name(name),
            id: id.clone(),
            names,
            ids: numbers(remarks),
            programs: split_programs(program),
            ..Entry::default()
        });
    }
}

/// What the remarks call another name of a party.
const OTHER_NAMES: [&str; 5] = ["a.k.a. ", "f.k.a. ", "n.k.a. ", "d.b.a. ", "alt. name "];

/// The names in `a.k.a. 'BNC'` and the like within the remarks: weak aliases.
fn other_names(remarks: &str) -> Vec<ListName> {
    let clauses = remarks.split(';').map(|clause| clause.trim().trim_end_matches('.'));
    let name = |clause: &str| {
        let rest = OTHER_NAMES.iter().find_map(|kind| clause.strip_prefix(kind))?.trim_matches(['\'', '"', ' ']);
        (rest.chars().filter(|c| c.is_alphanumeric()).count() >= 3)
            .then(|| ListName { text: rest.to_owned(), weak: true })
    };
    clauses.filter_map(name).collect()
}

/// What the remarks call a registration, tax or other official number of a party.
const NUMBERS: [&str; 32] = [
    "Registration ID",
    "Registration Number",
    "Registration No.",
    "Tax ID No.",
    "Company Number",
    "Identification Number",
    "Vessel Registration Identification",
    "Commercial Registry Number",
    "C.R. No.",
    "Business Registration Number",
    "Business Registration Document #",
    "Business Number",
    "Certificate of Incorporation Number",
    "Chamber of Commerce Number",
    "Chinese Commercial Code",
    "Unified Social Credit Code (USCC)",
    "Unified Social Credit Code",
    "Organization Code",
    "Legal Entity Number",
    "Legal Entity Identifier",
    "LE Number",
    "Enterprise Number",
    "Economic Register Number (CBLS)",
    "Government Gazette Number",
    "Istanbul Chamber of Comm. No.",
    "Trade License No.",
    "License",
    "RTN",
    "RFC",
    "C.U.I.T.",
    "MMSI",
    "National ID No.",
];

/// The numbers that the remarks call a registration, tax or other official number.
fn numbers(remarks: &str) -> Vec<String> {
    let clauses = remarks.split(';').map(|clause| clause.trim().trim_end_matches('.'));
    let number = |clause: &str| {
        let clause = clause.strip_prefix("alt. ").unwrap_or(clause);
        let rest = NUMBERS.iter().find_map(|kind| clause.strip_prefix(kind))?.trim();
        let rest = rest.strip_prefix("IMO ").unwrap_or(rest);
        let number = rest.split_once('(').map_or(rest, |(number, _)| number).trim();
        let is_number = number.bytes().filter(u8::is_ascii_digit).count() >= 4;
        (is_number && !number.contains(' ')).then(|| number.to_owned())
    };
    clauses.filter_map(number).collect()
}

fn places(list: &List) -> BTreeMap<String, usize> {
    list.entries.iter().enumerate().map(|(place, entry)| (entry.id.clone(), place)).collect()
}

/// The list among several whose entries most rows of a file of aliases or addresses belong to.
fn owner<'l>(file: &str, ids: &[&str], lists: &'l mut [List]) -> Option<&'l mut List> {
    let file_family = family(file);
    let shared = |list: &List| {
        let places = places(list);
        let met = ids.iter().filter(|id| places.contains_key(**id)).count();
        (file_family.is_some() && list.entries.first().map(|entry| entry.list.as_str()) == file_family, met)
    };
    let best = (0..lists.len()).rev().max_by_key(|at| lists.get(*at).map(shared))?;
    lists.get_mut(best)
}

/// Adds `alt.csv` or `add.csv` to the list that it belongs to, one of `primaries`; false where there is none. What cannot be added is noted in `list`,
/// that of the file itself.
pub(super) fn add_rows(text: &str, width: usize, list: &mut List, primaries: &mut [List]) -> bool {
    let rows = numbered_rows(text, width, list);
    let ids: Vec<&str> = rows.iter().filter_map(|row| row.cells.first().map(String::as_str)).collect();
    let Some(primary) = owner(&list.file, &ids, primaries) else { return false };
    let places = places(primary);
    for row in &rows {
        let id = row.cells.first().map_or("", String::as_str);
        let Some(entry) = places.get(id).and_then(|place| primary.entries.get_mut(*place)) else {
            let what = format!("belongs to entry {id}, which {} lacks", primary.file);
            list.bad.push(BadRow { line: row.line, what });
            continue;
        };
        if width == 5 { add_alias(&row.cells, entry) } else { add_address(&row.cells, entry) }
    }
    true
}

/// Entry, its own number, kind, name, remarks.
fn add_alias(cells: &[String], entry: &mut Entry) {
    let [_, _, kind, name, remarks] = cells else { return };
    if !name.is_empty() {
        let weak = kind.contains("weak") || remarks.contains("weak");
        entry.names.push(ListName { text: name.clone(), weak });
    }
}

/// Entry, its own number, street, city and postal code, country, remarks.
fn add_address(cells: &[String], entry: &mut Entry) {
    let [_, _, street, city, country, _] = cells else { return };
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

/// The countries that OFAC's files name most, in its spelling; others stay unknown, which costs a match nothing.
pub(super) fn country_named(name: &str) -> Option<tollgate_model::Country> {
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
