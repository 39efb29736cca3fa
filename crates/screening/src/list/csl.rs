//! The Consolidated Screening List of the Departments of Commerce, State and the Treasury in all its forms, and BIS's Denied Persons file.

use serde_json::Value;
use tollgate_model::Country;

use super::day::{Days, day};
use super::table::{Layout, each_row, refuse_nameless};
use super::{BadRow, Effect, Entry, EntryReview, List, ListName, json, names_of, split_programs};

/// The columns without which the Consolidated Screening List tells too little to be one.
pub(super) const COLUMNS: [&str; 4] = ["source", "name", "alt_names", "addresses"];

/// The Consolidated Screening List as published in CSV and TSV.
pub(super) fn read_table(text: &str, layout: Layout, list: &mut List) {
    each_row(text, layout, list, &mut |row, list| {
        let addresses = texts(row.get("addresses"));
        let names = names_of(std::iter::once(row.get("name")).chain(row.get("alt_names").split(';')));
        if names.is_empty() && addresses.is_empty() {
            return refuse_nameless(row.line, list);
        }
        let source = row.get("source");
        if source.is_empty() {
            return list.bad.push(BadRow { line: row.line, what: "does not say on which list it is".to_owned() });
        }
        let dates = texts(row.get("dates_of_birth")).iter().filter_map(|date| day(date)).collect();
        let Days { from, until } = Days::of_row(row.get("start_date"), row.get("end_date"), row.line, list);
        list.entries.push(Entry {
            list: source.to_owned(),
            effect: Effect::from_list_name(source),
            id: row.get("entity_number").to_owned(),
            countries: countries(&addresses),
            names: without_placeholder(names, &addresses),
            addresses,
            ids: texts(row.get("ids")).iter().filter_map(|id| number_in(id)).collect(),
            dates,
            programs: split_programs(row.get("programs")),
            requirement: row.get("license_requirement").to_owned(),
            review: EntryReview::from_text(row.get("license_policy")),
            from,
            until,
        });
    });
}

/// The same as its programming interface answers: an object with `results`, or their array.
pub(super) fn read_json(text: &str, list: &mut List) -> Result<(), String> {
    json::each_record(text, list, &mut |number, result, list| {
        let text = |key: &str| json::member(result, key).and_then(Value::as_str).unwrap_or("");
        let addresses: Vec<String> = match json::member(result, "addresses") {
            Some(Value::Array(all)) => all.iter().map(address).filter(|text| !text.is_empty()).collect(),
            Some(Value::String(all)) => texts(all),
            Some(one @ Value::Object(_)) => vec![address(one)],
            _ => Vec::new(),
        };
        let others = match json::member(result, "alt_names") {
            Some(Value::String(all)) => texts(all),
            others => names(others, number, list),
        };
        let names = names_of(std::iter::once(text("name")).chain(others.iter().map(String::as_str)));
        if names.is_empty() && addresses.is_empty() {
            return refuse_nameless(number, list);
        }
        let source = match json::member(result, "source") {
            Some(Value::Object(source)) => source.get("full_name").or(source.get("code")).and_then(Value::as_str),
            source => source.and_then(Value::as_str),
        };
        let Some(source) = source.filter(|source| !source.is_empty()) else {
            return list.bad.push(BadRow { line: number, what: "does not say on which list it is".to_owned() });
        };
        let id = match json::member(result, "entity_number") {
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::String(number)) => number.clone(),
            _ => String::new(),
        };
        let of_program = |value: &String| split_programs(value);
        let Days { from, until } = Days::of_row(text("start_date"), text("end_date"), number, list);
        list.entries.push(Entry {
            list: source.to_owned(),
            effect: Effect::from_list_name(source),
            id,
            countries: countries(&addresses),
            names: without_placeholder(names, &addresses),
            addresses,
            ids: numbers(json::member(result, "ids")),
            dates: json::texts(json::member(result, "dates_of_birth")).iter().filter_map(|date| day(date)).collect(),
            programs: json::texts(json::member(result, "programs")).iter().flat_map(of_program).collect(),
            requirement: text("license_requirement").to_owned(),
            review: EntryReview::from_text(text("license_policy")),
            from,
            until,
        });
    })
}

/// Other names: texts, or objects with a name. One that is neither is told.
fn names(others: Option<&Value>, number: u64, list: &mut List) -> Vec<String> {
    let name = |value: &Value| {
        let within = || ["name", "alias", "alt_name", "full_name"].iter().find_map(|key| value.get(*key)?.as_str());
        value.as_str().or_else(within).map(str::to_owned)
    };
    let mut names = Vec::new();
    let all = match others {
        None | Some(Value::Null) => &[],
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    for other in all {
        match name(other) {
            Some(name) => names.push(name),
            None => list.bad.push(BadRow { line: number, what: "has another name that is no text".to_owned() }),
        }
    }
    names
}

fn address(address: &Value) -> String {
    let part = |key: &str| address.get(key).and_then(Value::as_str).filter(|part| !part.is_empty());
    let keys = ["address", "city", "state", "postal_code", "country"];
    address.as_str().map_or_else(|| keys.into_iter().filter_map(part).collect::<Vec<_>>().join(", "), str::to_owned)
}

/// BIS's Denied Persons text file: tab-separated, without ids.
pub(super) fn read_denied(text: &str, layout: Layout, list: &mut List) {
    each_row(text, layout, list, &mut |row, list| {
        let names = names_of(std::iter::once(row.get("name")));
        if names.is_empty() {
            return refuse_nameless(row.line, list);
        }
        let parts = ["street_address", "city", "state", "postal_code", "country"].map(|column| row.get(column));
        let address = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        let country = row.get("country").parse::<Country>().ok();
        let Days { from, until } = Days::of_row(row.get("effective_date"), row.get("expiration_date"), row.line, list);
        list.entries.push(Entry {
            list: "Denied Persons List (DPL) - Bureau of Industry and Security".to_owned(),
            effect: Effect::DeniedPerson,
            names,
            countries: country.into_iter().collect(),
            addresses: Some(address).filter(|address| !address.is_empty()).into_iter().collect(),
            from,
            until,
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
    if let Some(Value::String(all)) = value {
        return texts(all).iter().filter_map(|id| number_in(id)).collect();
    }
    let all = value.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|id| match id {
        Value::String(id) => number_in(id),
        id => id.get("number")?.as_str().map(str::to_owned),
    })
    .collect()
}

fn texts(cell: &str) -> Vec<String> {
    cell.split(';').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// The countries that addresses end with.
fn countries(addresses: &[String]) -> Vec<Country> {
    let last = |address: &String| {
        address.rsplit([',', ' ']).next().map(str::trim).and_then(|text| text.parse::<Country>().ok())
    };
    let mut countries: Vec<Country> = addresses.iter().filter_map(last).collect();
    countries.sort();
    countries.dedup();
    countries
}
