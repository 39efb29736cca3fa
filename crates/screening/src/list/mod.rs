//! Screening lists as their publishers write them.

mod clean;
mod csl;
mod ftm;
mod ofac;
mod plain;
mod programs;
mod table;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use tollgate_model::{Country, Date, Diagnostic, Place, hex};

pub use clean::split_names;
pub use programs::{SanctionsProgram, split_programs};

/// What a list is for, as far as the EAR or a sanctions program gives it an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The Entity List (15 CFR 744.11 and supplement no. 4 to part 744).
    EntityList,
    /// The Denied Persons List (15 CFR 764.3(a)(2)).
    DeniedPerson,
    /// The Unverified List (15 CFR 744.15).
    UnverifiedList,
    /// The Military End-User List (15 CFR 744.21 and supplement no. 7 to part 744).
    MilitaryEndUser,
    /// The list of Specially Designated Nationals (15 CFR 744.8), whose effect depends on the programs of the entry: see [`SanctionsProgram`].
    SpeciallyDesignated,
    /// Another government's or agency's list: shown, and without effect on a determination under the EAR.
    Other,
}

impl Effect {
    /// What a list's name says that it is for.
    pub fn of(list: &str) -> Effect {
        let known = [
            ("Entity List", Effect::EntityList),
            ("Denied Persons", Effect::DeniedPerson),
            ("Unverified List", Effect::UnverifiedList),
            ("Military End User", Effect::MilitaryEndUser),
            ("Military End-User", Effect::MilitaryEndUser),
        ];
        if let Some((_, effect)) = known.iter().find(|(start, _)| list.starts_with(start)) {
            return *effect;
        }
        let lower = list.to_ascii_lowercase();
        let designated = ["specially designated", "sdn", "ofac sdn", "ofac specially", "us_ofac_sdn"];
        let names_it = designated.iter().any(|start| lower.starts_with(start));
        if names_it { Effect::SpeciallyDesignated } else { Effect::Other }
    }

    /// The flag of a party that is on such a list.
    pub fn flag(self) -> Option<&'static str> {
        match self {
            Effect::EntityList => Some("entity_list"),
            Effect::DeniedPerson => Some("denied_person"),
            Effect::UnverifiedList => Some("unverified_list"),
            Effect::MilitaryEndUser => Some("military"),
            Effect::SpeciallyDesignated => Some("sdn"),
            Effect::Other => None,
        }
    }
}

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
    /// The sanctions programs under which it is designated, as published; empty where the list states none.
    pub programs: Vec<String>,
}

impl Entry {
    /// Whether the list names no party but an address that many use (as the Entity List does since June 2024).
    pub fn is_address(&self) -> bool {
        self.names.is_empty() && !self.addresses.is_empty()
    }

    /// What it is called: its main name, or else its first address.
    pub fn title(&self) -> &str {
        self.names
            .first()
            .map(|name| name.text.as_str())
            .or(self.addresses.first().map(String::as_str))
            .unwrap_or_default()
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
    /// The rows that could not.
    pub bad: Vec<BadRow>,
}

/// Reads list files together; those of OFAC belong to each other by entry number.
///
/// A file that is not a list, or is one without a single entry, is refused. Single bad rows are kept out and reported in [`List::bad`].
pub fn read_lists(files: &[(String, Vec<u8>)]) -> Result<Vec<List>, Diagnostic> {
    let mut lists = Vec::new();
    let mut additions = Vec::new();
    let mut primary = None;
    for (file, bytes) in files {
        let text = decode(bytes);
        let kind = Kind::of(&text);
        let Some(kind) = kind else {
            return Err(refused(file, "is not in the form of a screening list", FORMS));
        };
        let mut list = List { file: file.clone(), digest: hex(&Sha256::digest(bytes)), ..List::default() };
        match kind {
            Kind::Consolidated => csl::read_csv(&text, &mut list),
            Kind::ConsolidatedJson => csl::read_json(&text, &mut list),
            Kind::DeniedPersons => csl::read_denied(&text, &mut list),
            Kind::Primary => {
                primary = Some(lists.len());
                ofac::read_primary(&text, &mut list);
            }
            Kind::FollowTheMoney => ftm::read(&text, &mut list),
            Kind::Plain => plain::read(&text, &mut list),
            Kind::Aliases | Kind::Addresses => {
                additions.push((kind, text));
                lists.push(list);
                continue;
            }
        }
        number_entries(&mut list);
        if list.entries.is_empty() {
            let what = format!("has no entry that can be read ({} bad rows)", list.bad.len());
            return Err(refused(file, &what, "fetch it again; an empty list would clear everybody"));
        }
        lists.push(list);
    }
    if !additions.is_empty() {
        let Some(primary) = primary.and_then(|place: usize| lists.get_mut(place)) else {
            let file = files.first().map_or("", |(file, _)| file.as_str());
            return Err(refused(file, "holds aliases or addresses of another file's entries", "give sdn.csv with it"));
        };
        for (kind, text) in &additions {
            match kind {
                Kind::Aliases => ofac::add_aliases(text, primary),
                _ => ofac::add_addresses(text, primary),
            }
        }
    }
    Ok(lists)
}

/// Gives entries without a number of the list's own one that stays the same from version to version: made of their name, and counted on where
/// several have the same.
fn number_entries(list: &mut List) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for entry in list.entries.iter_mut().filter(|entry| entry.id.is_empty()) {
        let digest = hex(&Sha256::digest(format!("{}|{}", entry.list, entry.title())));
        let id = format!("name-{}", digest.get(..10).unwrap_or_default());
        let count = seen.entry(id.clone()).or_insert(0);
        *count += 1;
        entry.id = if *count == 1 { id } else { format!("{id}-{count}") };
    }
}

const FORMS: &str = "give the Consolidated Screening List (CSV or JSON), OFAC's sdn.csv with alt.csv and add.csv, BIS's dpl.txt, FollowTheMoney JSON lines, \
                     or a CSV with the columns name and, as you like, id, list, aliases, country, address, registry_id, date";

fn refused(file: &str, what: &str, mend: &str) -> Diagnostic {
    Diagnostic::new("not-a-list", Place::file(file), what, mend)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Consolidated,
    ConsolidatedJson,
    DeniedPersons,
    Primary,
    Aliases,
    Addresses,
    FollowTheMoney,
    Plain,
}

impl Kind {
    fn of(text: &str) -> Option<Kind> {
        let start = text.trim_start();
        let first = start.lines().next()?;
        if start.starts_with('{') || start.starts_with('[') {
            let follows = first.contains("\"schema\"") && first.contains("\"properties\"");
            let head: String = start.chars().take(4000).collect();
            return match (follows, head.contains("\"results\"") || head.contains("\"source\"")) {
                (true, _) => Some(Kind::FollowTheMoney),
                (false, true) => Some(Kind::ConsolidatedJson),
                _ => None,
            };
        }
        if first.contains("\"Standard_Order\"") || first.contains("Standard_Order\t") {
            return Some(Kind::DeniedPersons);
        }
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(first.as_bytes());
        let row = reader.records().next()?.ok()?;
        let has = |name: &str| row.iter().any(|cell| cell.trim().eq_ignore_ascii_case(name));
        let numbered =
            row.get(0).is_some_and(|cell| !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit()));
        match row.len() {
            _ if has("alt_names") && has("source") && has("name") => Some(Kind::Consolidated),
            12 if numbered => Some(Kind::Primary),
            5 if numbered => Some(Kind::Aliases),
            6 if numbered => Some(Kind::Addresses),
            _ if has("name") => Some(Kind::Plain),
            _ => None,
        }
    }
}

/// UTF-8 without a byte-order mark; bytes that are not UTF-8 are taken for Windows-1252, in which older files are written.
fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| windows_1252(*byte)).collect(),
    }
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x91 | 0x92 => '\'',
        0x93 | 0x94 => '"',
        0x96 | 0x97 => '-',
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests;
