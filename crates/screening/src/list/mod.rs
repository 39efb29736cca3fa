//! Screening lists as their publishers write them.

mod advanced;
mod check;
mod clean;
mod csl;
mod day;
mod decode;
mod effect;
mod european;
mod ftm;
mod governments;
mod json;
mod ofac;
mod plain;
mod policy;
mod programs;
mod table;
mod xml;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use tollgate_model::{Country, Date, Diagnostic, Place, hex};

use clean::names_of;
pub use clean::split_names;
pub use effect::Effect;
pub use policy::{EntryReview, footnote_of};
pub use programs::{SanctionsProgram, split_programs};
use table::Layout;

/// A name of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListName {
    /// As published.
    pub text: String,
    /// Whether the publisher calls it a weak alias, or it is an acronym taken out of a longer name.
    pub weak: bool,
}

/// An entry of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The list that it stands on.
    pub list: String,
    /// The list's own id, or one made of the name where it has none.
    pub id: String,
    /// Its names, the first the main one.
    pub names: Vec<ListName>,
    /// The countries of its addresses, in alphabetical order.
    pub countries: Vec<Country>,
    /// Its addresses as published.
    pub addresses: Vec<String>,
    /// Register numbers, tax numbers and the like, as published.
    pub ids: Vec<String>,
    /// Days of incorporation or birth.
    pub dates: Vec<Date>,
    /// What the list does to a decision.
    pub effect: Effect,
    /// The sanctions programs under which it is listed, as the publisher calls them.
    pub programs: Vec<String>,
    /// What needs a license, as an entry of the Entity List states it; empty where it states nothing.
    pub requirement: String,
    /// How applications are reviewed, as an entry of the Entity List states it.
    pub review: EntryReview,
    /// The first day on which it binds, where the list says so.
    pub from: Option<Date>,
    /// The last day on which it binds, where the list says so.
    pub until: Option<Date>,
}

impl Entry {
    /// Whether the list names no party but an address that many use (as the Entity List does since June 2024).
    pub fn is_address(&self) -> bool {
        self.names.is_empty() && !self.addresses.is_empty()
    }

    /// What it is called: its main name, or else its first address.
    pub fn title(&self) -> &str {
        self.names.first().map(|name| name.text.as_str()).or(self.addresses.first().map(String::as_str)).unwrap_or("")
    }
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// The line of the file that it starts on, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub what: String,
}

/// A list, or several published in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// The name of the file.
    pub file: String,
    /// SHA-256 of the file, in hexadecimal: its version.
    pub digest: String,
    /// The entries that could be read.
    pub entries: Vec<Entry>,
    /// How many rows the file has: each is an entry or adds to one, or is counted below.
    pub rows: usize,
    /// The rows that could not be read and are kept out.
    pub bad: Vec<BadRow>,
    /// The rows that are not in order and were read as they most likely were meant.
    pub guessed: Vec<BadRow>,
    /// Rows that by their kind name no party, such as addresses and links in FollowTheMoney.
    pub no_party: usize,
    /// What the file has beside and is not used, in words, such as a column that is not known.
    pub unused: Vec<String>,
}

/// A file of whose rows more than this share cannot be read, in percent, is no list; so is one most of whose rows cannot be read, however few there are.
const MOST_BAD: usize = 5;
/// Rows that a file may lose whatever share they are.
const FEW: usize = 3;

impl List {
    /// What speaks against taking it for a list: too much of it cannot be read.
    fn is_damaged(&self) -> Option<String> {
        let bad = self.bad.len();
        let rows = self.rows.max(bad);
        let first =
            self.bad.first().map_or(String::new(), |bad| format!(" (the first: line {} {})", bad.line, bad.what));
        let too_many = bad * 2 > rows || bad > FEW && bad * 100 > rows * MOST_BAD;
        too_many.then(|| format!("has {bad} rows of {rows} that cannot be read{first}"))
    }
}

/// Reads list files together; those of OFAC belong to each other by entry number.
///
/// A file that is not a list, or is one without a single entry, or one of which more than a twentieth cannot be read, is refused. Single bad rows are kept
/// out and reported in [`List::bad`].
pub fn read_lists(files: &[(String, Vec<u8>)]) -> Result<Vec<List>, Diagnostic> {
    let (mut primaries, mut others, mut additions) = (Vec::new(), Vec::new(), Vec::new());
    for (file, bytes) in files {
        let decoded = decode::decode(bytes);
        let text = decoded.text;
        let Some(kind) = kind(&text).map_err(|what| refused(file, &what, FORMS))? else {
            return Err(refused(file, "is not in the form of a screening list", FORMS));
        };
        let mut list = List { file: file.clone(), digest: hex(&Sha256::digest(bytes)), ..List::default() };
        list.rows = decoded.bad.len();
        (list.guessed, list.bad) = (decoded.guessed, decoded.bad);
        let whole = |what: String| refused(file, &what, "fetch the whole list: what is not there would be cleared");
        match &kind {
            Kind::Consolidated(layout) => csl::read_table(&text, *layout, &mut list),
            Kind::DeniedPersons(layout) => csl::read_denied(&text, *layout, &mut list),
            Kind::Plain(layout, header) => plain::read(&text, *layout, header, &mut list),
            Kind::European(layout, publisher) => european::read(&text, *layout, *publisher, &mut list),
            Kind::ConsolidatedJson => csl::read_json(&text, &mut list).map_err(whole)?,
            Kind::FollowTheMoney => ftm::read(&text, &mut list).map_err(whole)?,
            Kind::Xml => governments::read_xml(&text, &mut list).map_err(whole)?,
            Kind::Primary => ofac::read_primary(&text, &mut list),
            Kind::Aliases | Kind::Addresses => {
                additions.push((if kind == Kind::Aliases { 5 } else { 6 }, text, bytes, list));
                continue;
            }
        }
        check::breaks_off(&text, bytes, &list).map_or(Ok(()), |what| Err(whole(what)))?;
        check::names_and_days(&mut list);
        number_entries(&mut list);
        if list.entries.is_empty() {
            let what = format!("has no entry that can be read ({} bad rows)", list.bad.len());
            return Err(refused(file, &what, "fetch it again; an empty list would clear everybody"));
        }
        if kind == Kind::Primary { primaries.push(list) } else { others.push(list) }
    }
    for (width, text, bytes, mut list) in additions {
        if !ofac::add_rows(&text, width, &mut list, &mut primaries) {
            let what = "holds aliases or addresses of another file's entries";
            return Err(refused(&list.file, what, "give sdn.csv (or cons_prim.csv) with it"));
        }
        if let Some(what) = check::breaks_off(&text, bytes, &list) {
            return Err(refused(
                &list.file,
                &what,
                "fetch the whole file: names that are not there would not be found",
            ));
        }
        others.push(list);
    }
    let mut lists: Vec<List> = primaries.into_iter().chain(others).collect();
    lists.sort_by_key(|list| files.iter().position(|(file, _)| *file == list.file));
    let damaged = lists.iter().find_map(|list| Some((list.file.as_str(), list.is_damaged()?)));
    match damaged {
        Some((file, what)) => {
            let mend = "fetch it again, with all files of one day: a list that is not read would clear everybody on it";
            Err(refused(file, &what, mend))
        }
        None => Ok(lists),
    }
}

/// Gives entries without a number of the list's own one that stays the same from version to version: made of their name, and counted on where
/// several have the same.
fn number_entries(list: &mut List) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for entry in list.entries.iter_mut().filter(|entry| entry.id.is_empty()) {
        let digest = hex(&Sha256::digest(format!("{}|{}", entry.list, entry.title())));
        let id = format!("name-{digest:.10}");
        let count = seen.entry(id.clone()).or_insert(0);
        *count += 1;
        entry.id = if *count == 1 { id } else { format!("{id}-{count}") };
    }
}

const FORMS: &str = "give the Consolidated Screening List (CSV, TSV or JSON), OFAC's sdn.csv with alt.csv and add.csv, its cons_*.csv or XML, BIS's dpl.txt, \
                     the lists of the EU, the UK or the UN in XML, FollowTheMoney JSON lines, \
                     or a CSV with the columns name and, as you like, id, list, aliases, country, address, registry_id, date, from, until";

fn refused(file: &str, what: &str, mend: &str) -> Diagnostic {
    Diagnostic::new("not-a-list", Place::file(file), what, mend)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Consolidated(Layout),
    ConsolidatedJson,
    DeniedPersons(Layout),
    Primary,
    Aliases,
    Addresses,
    FollowTheMoney,
    Plain(Layout, Vec<String>),
    European(Layout, european::Publisher),
    Xml,
}

/// What may stand between the cells of a row; of two that divide the header alike, the first is taken.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// The form of a text; nothing where it is none of a list, and what is wrong where it is nearly one.
fn kind(text: &str) -> Result<Option<Kind>, String> {
    let start = text.trim_start();
    if start.starts_with('<') {
        return Ok(governments::is_list(start).then_some(Kind::Xml));
    }
    if start.starts_with(['{', '[']) {
        let head: String = start.chars().take(20_000).collect();
        return Ok(
            match (head.contains("\"schema\"") && head.contains("\"properties\""), head.contains("\"source\"")) {
                (true, _) => Some(Kind::FollowTheMoney),
                (false, true) => Some(Kind::ConsolidatedJson),
                (false, false) => head.contains("\"results\"").then_some(Kind::ConsolidatedJson),
            },
        );
    }
    // Titles and dates may stand before the header, in fewer cells than it has.
    let (ahead, mut most_cells) = (blank_lines(text), 0);
    for (titles, line) in start.lines().take(MOST_TITLES).enumerate() {
        let cells = line.split([',', '\t', ';', '|']).filter(|cell| !cell.trim_matches([' ', '"']).is_empty()).count();
        let known = table_kind(line, ahead + titles)?;
        let has_no_header = matches!(known, Some(Kind::Primary | Kind::Aliases | Kind::Addresses));
        if known.is_some() && (titles == 0 || cells > most_cells && !has_no_header) {
            return Ok(known);
        }
        most_cells = most_cells.max(cells);
    }
    Ok(None)
}

/// Lines of titles that may stand before a table's header.
const MOST_TITLES: usize = 8;

/// The form of a table by its first line.
fn table_kind(first: &str, lines_ahead: usize) -> Result<Option<Kind>, String> {
    let cells = |delimiter: &u8| table::lenient(first, char::from(*delimiter));
    let delimiter = DELIMITERS.into_iter().rev().max_by_key(|delimiter| cells(delimiter).len()).unwrap_or(b',');
    let row = cells(&delimiter);
    let header: Vec<String> = row.iter().map(|cell| table::column_name(cell)).collect();
    let has = |name: &str| header.iter().any(|column| column == name);
    let layout = Layout { delimiter, lines_ahead };
    let numbered = row.first().is_some_and(|cell| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit()));
    if let Some(twice) = twice(&header) {
        return Err(format!("has the column {twice} twice: which of them holds the names is not known"));
    }
    if let Some(publisher) = european::Publisher::of(&header) {
        return Ok(Some(Kind::European(layout, publisher)));
    }
    if has("source")
        && (has("entity_number") || has("federal_register_notice") || has("license_requirement") || has("alt_names"))
    {
        let lacks: Vec<&str> = csl::COLUMNS.into_iter().filter(|column| !has(column)).collect();
        return match lacks.is_empty() {
            true => Ok(Some(Kind::Consolidated(layout))),
            false => Err(format!("is the Consolidated Screening List without the columns {}", lacks.join(", "))),
        };
    }
    if has("standard_order") || has("expiration_date") && has("street_address") {
        let lacks: Vec<&str> = ["name", "expiration_date"].into_iter().filter(|column| !has(column)).collect();
        return match lacks.is_empty() {
            true => Ok(Some(Kind::DeniedPersons(layout))),
            false => Err(format!("is the Denied Persons List without the columns {}", lacks.join(", "))),
        };
    }
    let named = ["name", "company_or_organization", "entity_name", "full_name"];
    // OFAC's files have no header; who takes them up may give them one.
    let begins = |names: &[&str]| header.iter().map(String::as_str).take(names.len()).eq(names.iter().copied());
    Ok(match row.len() {
        12.. if begins(&["ent_num", "sdn_name", "sdn_type", "program"]) => Some(Kind::Primary),
        5.. if begins(&["ent_num", "alt_num", "alt_type", "alt_name"]) => Some(Kind::Aliases),
        6.. if begins(&["ent_num", "add_num", "address"]) => Some(Kind::Addresses),
        12.. if numbered => Some(Kind::Primary),
        5 if numbered => Some(Kind::Aliases),
        6.. if numbered => Some(Kind::Addresses),
        _ if numbered && table::other_quotes(first, b',', 5).is_some() => Some(Kind::Aliases),
        _ if header.iter().any(|column| named.contains(&column.as_str())) => Some(Kind::Plain(layout, header)),
        _ => None,
    })
}

/// A column of names, lists or days that a header has twice.
fn twice(header: &[String]) -> Option<&str> {
    let telling = [
        "name",
        "alt_names",
        "aliases",
        "source",
        "list",
        "start_date",
        "end_date",
        "from",
        "until",
        "expiration_date",
    ];
    let count = |name: &&str| header.iter().filter(|column| column.as_str() == *name).count();
    telling.into_iter().find(|name| count(name) > 1)
}

/// Empty lines at the start of a text.
fn blank_lines(text: &str) -> usize {
    text.lines().take_while(|line| line.trim().is_empty()).count()
}

#[cfg(test)]
mod tests;
