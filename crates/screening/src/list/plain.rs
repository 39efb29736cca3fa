use super::table::{Rows, nameless};
use super::{Entry, List, ListName, split_programs};

/// A CSV of the user's own: `name`, and where present `id`, `list`, `aliases`, `country`, `address` and `programs`.
pub(super) fn read(text: &str, list: &mut List) {
    Rows::each(text, b',', list, &mut |row, list| {
        let aliases = row.get("aliases").split(';').chain(row.get("alias").split(';'));
        let names: Vec<ListName> = std::iter::once(row.get("name"))
            .chain(aliases)
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(|text| ListName { text: text.to_owned(), weak: false })
            .collect();
        let addresses: Vec<String> =
            Some(row.get("address")).filter(|text| !text.is_empty()).map(str::to_owned).into_iter().collect();
        if names.is_empty() && addresses.is_empty() {
            return nameless(row.line, list);
        }
        let own = |column: &str, otherwise: String| match row.get(column) {
            "" => otherwise,
            text => text.to_owned(),
        };
        list.entries.push(Entry {
            list: own("list", list.file.clone()),
            id: row.get("id").to_owned(),
            names,
            countries: row.get("country").parse().into_iter().collect(),
            addresses,
            ids: Some(row.get("registry_id")).filter(|text| !text.is_empty()).map(str::to_owned).into_iter().collect(),
            dates: row.get("date").parse().into_iter().collect(),
            programs: ["programs", "program"].iter().flat_map(|column| split_programs(row.get(column))).collect(),
        });
    });
}
