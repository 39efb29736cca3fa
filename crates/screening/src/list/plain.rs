//! A user's own list: a CSV with a column of names, and whatever else it has.

use super::day::{Days, day};
use super::table::{Layout, each_row, refuse_nameless};
use super::{Effect, Entry, EntryReview, List, ListName, names_of, split_programs};

/// The columns of a user's own list and what others call them.
const COLUMNS: [(&str, &[&str]); 14] = [
    ("name", &["name", "names", "entity", "entity_name", "full_name", "company_or_organization", "company", "caption"]),
    ("id", &["id", "entity_number", "no", "number", "uid"]),
    ("list", &["list", "source", "list_name"]),
    ("aliases", &["aliases", "alias", "alt_names", "also_known_as", "aka", "a_k_a", "previous_name", "former_names"]),
    ("country", &["country", "country_code", "country_or_region"]),
    ("address", &["address", "addresses"]),
    ("registry_id", &["registry_id", "registration_number", "lei", "tax_id", "ids"]),
    ("date", &["date", "incorporated_on", "date_of_birth"]),
    ("programs", &["programs", "program", "program_ids"]),
    ("requirement", &["license_requirement"]),
    ("policy", &["license_policy", "license_review_policy"]),
    ("from", &["from", "start_date", "listed_on", "effective_date"]),
    ("until", &["until", "end_date", "delisted_on", "expiration_date"]),
    ("clean", &["clean_name"]),
];

/// Whether a column that is not among those known holds a name too: `alias_1`, `name_en`, `local_name`. A part of a person's name is none.
fn is_name_column(column: &str) -> bool {
    let words: Vec<&str> = column.split('_').collect();
    let has = |all: &[&str]| words.iter().any(|word| all.contains(word));
    let others = [
        "first", "last", "middle", "given", "family", "list", "file", "user", "source", "clean", "country", "city",
        "program",
    ];
    let is_known = COLUMNS.iter().any(|(_, names)| names.contains(&column));
    has(&["name", "names", "alias", "aliases", "aka", "fka"]) && !has(&others) && !is_known
}

fn known(column: &str) -> &'static [&'static str] {
    COLUMNS.iter().find(|(field, _)| *field == column).map_or(&[], |(_, names)| names)
}

/// A CSV of the user's own: a name, and where present what `COLUMNS` has.
pub(super) fn read(text: &str, layout: Layout, header: &[String], list: &mut List) {
    for column in header {
        let of_ours = COLUMNS.iter().any(|(_, names)| names.contains(&column.as_str()));
        if !of_ours && !is_name_column(column) && !column.is_empty() {
            list.unused.push(format!("column `{column}`"));
        }
    }
    let more: Vec<&str> = header.iter().map(String::as_str).filter(|column| is_name_column(column)).collect();
    let japanese = header.iter().any(|column| column == "company_or_organization");
    each_row(text, layout, list, &mut |row, list| {
        let cell =
            |column: &str| known(column).iter().map(|column_name| row.get(column_name)).find(|cell| !cell.is_empty());
        let of_names = known("aliases").iter().chain(&more);
        let aliases = of_names.flat_map(|column_name| row.get(column_name).split([';', '\n']));
        let fields: Vec<&str> = cell("name").into_iter().chain(cell("clean")).chain(aliases).collect();
        let names: Vec<ListName> = names_of(fields.into_iter());
        let addresses: Vec<String> = cell("address").map(str::to_owned).into_iter().collect();
        if names.is_empty() && addresses.is_empty() {
            return refuse_nameless(row.line, list);
        }
        let otherwise = if japanese { "Foreign End User List - METI, Japan" } else { list.file.as_str() };
        let name = cell("list").unwrap_or(otherwise).to_owned();
        let text = |column: &str| cell(column).unwrap_or("");
        let Days { from, until } = Days::widest(text("from"), text("until"), row.line, list);
        list.entries.push(Entry {
            effect: Effect::from_list_name(&name),
            list: name,
            id: cell("id").unwrap_or("").to_owned(),
            names,
            countries: cell("country").and_then(|text| text.parse().ok()).into_iter().collect(),
            addresses,
            ids: cell("registry_id")
                .into_iter()
                .flat_map(|ids| ids.split(';'))
                .map(|id| id.trim().to_owned())
                .collect(),
            dates: cell("date").and_then(day).into_iter().collect(),
            programs: cell("programs").map_or_else(Vec::new, split_programs),
            requirement: cell("requirement").unwrap_or("").to_owned(),
            review: EntryReview::from_text(cell("policy").unwrap_or("")),
            from,
            until,
        });
    });
}
