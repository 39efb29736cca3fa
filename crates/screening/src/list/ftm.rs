use serde_json::Value;
use tollgate_model::Country;

use super::{BadRow, Entry, List, ListName};

/// FollowTheMoney entities, one JSON object a line: those with a name.
pub(super) fn read(text: &str, list: &mut List) {
    for (line, row) in (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty()) {
        let value: Value = match serde_json::from_str(row) {
            Ok(value) => value,
            Err(error) => {
                list.bad.push(BadRow { line, what: error.to_string() });
                continue;
            }
        };
        let property = |name: &str| -> Vec<String> {
            let values = value.get("properties").and_then(|properties| properties.get(name)).and_then(Value::as_array);
            values
                .map(Vec::as_slice)
                .unwrap_or_default()
                .iter()
                .filter_map(|value| value.as_str().map(str::to_owned))
                .collect()
        };
        let strong =
            ["name", "alias", "previousName"].into_iter().flat_map(property).map(|text| ListName { text, weak: false });
        let weak =
            property("weakAlias").into_iter().chain(property("abbreviation")).map(|text| ListName { text, weak: true });
        let mut names: Vec<ListName> = strong.chain(weak).collect();
        names.retain(|name| !name.text.trim().is_empty());
        let id = value.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        // Addresses, passports and links between entities are objects of their own, without names.
        if names.is_empty() {
            continue;
        }
        let codes = ["country", "jurisdiction", "mainCountry"].into_iter().flat_map(property);
        let mut countries: Vec<Country> = codes.filter_map(|code| code.to_ascii_uppercase().parse().ok()).collect();
        countries.sort();
        countries.dedup();
        let dataset = value.get("datasets").and_then(Value::as_array).and_then(|sets| sets.first()?.as_str());
        let list_name = dataset.map_or_else(|| list.file.clone(), str::to_owned);
        let ids = ["registrationNumber", "leiCode", "taxNumber", "ogrnCode", "innCode", "uscCode", "idNumber"];
        let dates = property("incorporationDate").into_iter().chain(property("birthDate"));
        list.entries.push(Entry {
            list: list_name,
            id,
            names,
            countries,
            addresses: property("address"),
            ids: ids.into_iter().flat_map(property).collect(),
            dates: dates.filter_map(|date| date.parse().ok()).collect(),
            programs: ["program", "programId"].into_iter().flat_map(property).collect(),
        });
    }
}
