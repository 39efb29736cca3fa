use serde_json::Value;
use tollgate_model::Country;

use super::table::{Rows, nameless};
use super::{BadRow, Entry, List, ListName, split_names, split_programs};

/// The Consolidated Screening List as published in CSV.
pub(super) fn read_csv(text: &str, list: &mut List) {
    Rows::each(text, b',', list, &mut |row, list| {
        let addresses = texts(row.get("addresses"));
        let (names, countries) = (names(row.get("name"), &texts(row.get("alt_names"))), countries(&addresses));
        if names.is_empty() && addresses.is_empty() {
            return nameless(row.line, list);
        }
        let id = row.get("entity_number").to_owned();
        let ids = texts(row.get("ids")).iter().filter_map(|id| number_in(id)).collect();
        let dates = texts(row.get("dates_of_birth")).iter().filter_map(|date| date.parse().ok()).collect();
        let names = without_placeholder(names, &addresses);
        let programs = split_programs(row.get("programs"));
        list.entries.push(Entry {
            list: row.get("source").to_owned(),
            id,
            names,
            countries,
            addresses,
            ids,
            dates,
            programs,
        });
    });
}

/// The same as its programming interface answers: an object with `results`, or their array.
pub(super) fn read_json(text: &str, list: &mut List) {
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => {
            let line = u64::try_from(error.line()).unwrap_or(0);
            return list.bad.push(BadRow { line, what: error.to_string() });
        }
    };
    let results = value.get("results").unwrap_or(&value).as_array().map(Vec::as_slice).unwrap_or_default();
    for (place, result) in results.iter().enumerate() {
        let text = |key: &str| result.get(key).and_then(Value::as_str).unwrap_or_default();
        let strings = |value: Option<&Value>| -> Vec<String> {
            let array = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            array.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        let given = result.get("addresses").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let addresses: Vec<String> = given
            .iter()
            .map(|address| {
                let part = |key: &str| address.get(key).and_then(Value::as_str).filter(|part| !part.is_empty());
                ["address", "city", "state", "postal_code", "country"]
                    .into_iter()
                    .filter_map(part)
                    .collect::<Vec<_>>()
                    .join(", ")
            })
            .collect();
        let names = names(text("name"), &strings(result.get("alt_names")));
        let number = u64::try_from(place + 1).unwrap_or(0);
        if names.is_empty() {
            nameless(number, list);
            continue;
        }
        let id = match result.get("entity_number") {
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::String(number)) => number.clone(),
            _ => String::new(),
        };
        list.entries.push(Entry {
            list: text("source").to_owned(),
            id,
            countries: countries(&addresses),
            names: without_placeholder(names, &addresses),
            addresses,
            ids: numbers(result.get("ids")),
            dates: strings(result.get("dates_of_birth")).iter().filter_map(|date| date.parse().ok()).collect(),
            programs: match result.get("programs") {
                Some(Value::String(programs)) => split_programs(programs),
                programs => strings(programs).iter().flat_map(|program| split_programs(program)).collect(),
            },
        });
    }
}

/// BIS's Denied Persons text file: tab-separated, without ids.
pub(super) fn read_denied(text: &str, list: &mut List) {
    Rows::each(text, b'\t', list, &mut |row, list| {
        let names = names(row.get("name"), &[]);
        if names.is_empty() {
            return nameless(row.line, list);
        }
        let parts = ["street_address", "city", "state", "postal_code", "country"].map(|column| row.get(column));
        let address = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        let country = row.get("country").parse::<Country>().ok();
        list.entries.push(Entry {
            list: "Denied Persons List (DPL) - Bureau of Industry and Security".to_owned(),
            id: String::new(),
            names,
            countries: country.into_iter().collect(),
            addresses: vec![address],
            ..Entry::default()
        });
    });
}

/// The names of an entry, or none where the list writes `Address 01` for an address that many use.
fn without_placeholder(names: Vec<ListName>, addresses: &[String]) -> Vec<ListName> {
    let placeholder = |name: &ListName| {
        let number = name.text.trim().strip_prefix("Address ");
        number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if names.iter().all(placeholder) && !addresses.is_empty() { Vec::new() } else { names }
}

/// The number in `Registration ID, 1234567, RU` and the like.
fn number_in(text: &str) -> Option<String> {
    let parts = text.split(',').map(str::trim);
    parts.filter(|part| part.bytes().any(|byte| byte.is_ascii_digit())).max_by_key(|part| part.len()).map(str::to_owned)
}

/// The numbers among an entry's `ids`.
fn numbers(value: Option<&Value>) -> Vec<String> {
    let all = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|id| id.get("number")?.as_str().map(str::to_owned)).collect()
}

fn texts(cell: &str) -> Vec<String> {
    cell.split(';').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

fn names(main: &str, others: &[String]) -> Vec<ListName> {
    let mut names: Vec<ListName> = Vec::new();
    for field in std::iter::once(main).chain(others.iter().map(String::as_str)).filter(|field| !field.trim().is_empty())
    {
        for name in split_names(field) {
            if !names.iter().any(|known| known.text == name.text) {
                names.push(name);
            }
        }
    }
    names
}

/// The countries that addresses end with.
fn countries(addresses: &[String]) -> Vec<Country> {
    let last =
        |address: &String| address.rsplit(',').next().map(str::trim).and_then(|text| text.parse::<Country>().ok());
    let mut countries: Vec<Country> = addresses.iter().filter_map(last).collect();
    countries.sort();
    countries.dedup();
    countries
}
