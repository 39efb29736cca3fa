//! Parties: rows of a table of them, and names that stand in orders.

use std::collections::BTreeMap;

use tollgate_model::{Country, Date, Diagnostic, Lookup};

use crate::columns::Plan;
use crate::report::{RemarkKind, RemarkPlace, Remarks};
use crate::sheet::{Row, Sheet};
use crate::text::{plain, unread};
use crate::values::country::{city_beside, country};
use crate::values::day::{DayForm, DayOrder, day_form};

/// The columns of a parties table that are written, in their order.
pub(crate) const COLUMNS: &[&str] = &[
    "party_id",
    "name",
    "aliases",
    "country",
    "hq_country",
    "parent_id",
    "address",
    "city",
    "phone",
    "email",
    "website",
    "directors",
    "incorporated_on",
    "registry_id",
    "business",
    "data_center_mw",
    "flags",
];

/// The columns of them that are taken as they are.
const AS_THEY_ARE: &[&str] = &[
    "aliases",
    "address",
    "city",
    "phone",
    "email",
    "website",
    "registry_id",
    "business",
    "directors",
    "data_center_mw",
    "flags",
];

/// The parties of all files.
#[derive(Debug, Default)]
pub(crate) struct Parties {
    rows: Vec<PartyRow>,
    /// The place of each row, by its id.
    places: Lookup<String, usize>,
    by_name: Lookup<String, Vec<String>>,
}

/// The cells of a party by column.
type PartyRow = BTreeMap<&'static str, String>;

/// What is known of a party beside its name.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartyFacts<'a> {
    pub(crate) country: Option<Country>,
    /// What stands in the place of the country, where none is understood.
    pub(crate) unread_country: &'a str,
    pub(crate) address: &'a str,
    pub(crate) city: &'a str,
    pub(crate) email: &'a str,
    pub(crate) phone: &'a str,
}

/// Cells that say that there is nothing to say.
pub(crate) fn is_blank(text: &str) -> bool {
    text.is_empty()
        || text.len() <= 4
            && ["-", "--", "n/a", "null", "none", "k.a.", "nil"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a text is a name and no number of a party: words of letters, or another script.
pub(crate) fn is_name(text: &str) -> bool {
    let other_script = text.chars().any(|letter| letter.is_alphabetic() && letter >= '\u{370}');
    let long = text.split_whitespace().any(|word| word.chars().filter(|letter| letter.is_alphabetic()).count() >= 3);
    let several = text.trim().contains(char::is_whitespace);
    let is_joined = text.contains(['_', '-', '#', ':']) || text.chars().any(|letter| letter.is_ascii_digit());
    // `Bo Li`.
    let are_words =
        text.split_whitespace().all(|word| word.chars().all(|letter| letter.is_alphabetic() || letter == '.'));
    other_script || (long && (several || !is_joined)) || (several && are_words)
}

impl Parties {
    /// The id for what an orders table has in a party's cell; a name without a row gets one.
    pub(crate) fn id_of(
        &mut self,
        cell: &str,
        facts: &PartyFacts<'_>,
        mut say: impl FnMut(RemarkKind, &str),
    ) -> String {
        let id = if self.has_row(cell) {
            cell.to_owned()
        } else {
            match self.by_name.get(&plain(cell)).map(Vec::as_slice) {
                Some([id]) => id.clone(),
                Some([_, ..]) => {
                    say(RemarkKind::Question, "several parties have this name: it was given no row");
                    return cell.to_owned();
                }
                _ if is_name(cell) => {
                    // Nobody stated what else it is: without lists, whether it is listed is unknown.
                    let named = [("party_id", cell.to_owned()), ("name", cell.to_owned())];
                    let row = named.into_iter().chain([("flags", "unscreened".to_owned())]).collect();
                    self.put(cell, row);
                    self.by_name.entry(plain(cell)).or_default().push(cell.to_owned());
                    cell.to_owned()
                }
                _ => {
                    say(RemarkKind::Question, "no table of parties has this id: give the file of parties as well");
                    return cell.to_owned();
                }
            }
        };
        self.add_facts(&id, facts, say);
        id
    }

    /// The id of a party whose number and name stand beside each other in orders; a number without a row gets one.
    pub(crate) fn id_with_name(
        &mut self,
        number: &str,
        name: &str,
        facts: &PartyFacts<'_>,
        say: impl FnMut(RemarkKind, &str),
    ) -> String {
        if self.has_row(number) {
            self.add_alias(number, name);
        } else {
            let cells = [("party_id", number), ("name", name), ("flags", "unscreened")];
            let row = cells.into_iter().map(|(column, text)| (column, text.to_owned())).collect();
            self.put(number, row);
            self.by_name.entry(plain(number)).or_default().push(number.to_owned());
        }
        self.add_facts(number, facts, say);
        number.to_owned()
    }

    /// Notes another name of a party, which is screened as well.
    pub(crate) fn add_alias(&mut self, id: &str, name: &str) {
        let Some(row) = self.row_mut(id) else { return };
        let is_known = |known: &str| known.split(';').any(|known| plain(known) == plain(name));
        if row.get("name").is_some_and(|known| plain(known) == plain(name))
            || row.get("aliases").is_some_and(|known| is_known(known))
        {
            return;
        }
        let aliases = row.entry("aliases").or_default();
        if !aliases.is_empty() {
            aliases.push(';');
        }
        aliases.push_str(&name.replace(';', ","));
    }

    /// Whether a text is the id of a row.
    pub(crate) fn has_row(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    fn row_mut(&mut self, id: &str) -> Option<&mut PartyRow> {
        self.places.get(id).and_then(|place| self.rows.get_mut(*place))
    }

    /// Adds a row under an id that has none.
    fn put(&mut self, id: &str, row: PartyRow) {
        self.places.insert(id.to_owned(), self.rows.len());
        self.rows.push(row);
    }

    /// The id of a party that is known by its name alone, and whose flags are not asked for.
    pub(crate) fn id_by_name(&mut self, name: &str, facts: &PartyFacts<'_>) -> String {
        if !self.has_row(name) {
            self.put(name, BTreeMap::from([("party_id", name.to_owned()), ("name", name.to_owned())]));
        }
        self.add_facts(name, facts, |_, _| {});
        name.to_owned()
    }

    /// Adds what a line says of where a party is headquartered, and of its parent; what is said differently is not settled.
    pub(crate) fn add_seat(&mut self, id: &str, column: &'static str, stated: &str) -> bool {
        self.row_mut(id).is_some_and(|row| settle(row, column, stated))
    }

    /// Says where a party is headquartered.
    pub(crate) fn set_seat(&mut self, id: &str, country: Country) {
        if let Some(row) = self.row_mut(id) {
            row.insert("hq_country", country.code().to_owned());
        }
    }

    /// Says what else a party may be called.
    pub(crate) fn set_aliases(&mut self, id: &str, aliases: &[String]) {
        if let Some(row) = self.row_mut(id).filter(|_| !aliases.is_empty()) {
            row.insert("aliases", aliases.join(";"));
        }
    }

    fn add_facts(&mut self, id: &str, facts: &PartyFacts<'_>, mut say: impl FnMut(RemarkKind, &str)) {
        let Some(row) = self.row_mut(id) else { return };
        let texts = [("address", facts.address), ("city", facts.city), ("email", facts.email), ("phone", facts.phone)];
        for (column, text) in texts.into_iter().filter(|(_, text)| !is_blank(text)) {
            row.entry(column).or_insert_with(|| text.to_owned());
        }
        let stated = match facts.country {
            Some(country) => country.code().to_owned(),
            None if is_blank(facts.unread_country) => return,
            None => {
                say(RemarkKind::Unread, "the country beside it is none that is known: where is it located?");
                unread(facts.unread_country)
            }
        };
        if !settle(row, "country", &stated) {
            say(RemarkKind::Question, "this party stands in several countries: where is it located?");
        }
    }

    /// Reads a table of parties; returns how many rows became parties. The error names no file.
    pub(crate) fn read(
        &mut self,
        sheet: &Sheet,
        plan: &Plan,
        dates: Option<DayOrder>,
        remarks: &mut Remarks,
    ) -> Result<usize, Diagnostic> {
        let table = sheet.title();
        let mut rows = 0;
        sheet.for_each(&mut |number, row| {
            if number > plan.header_row {
                rows += usize::from(self.read_row(row, number, &table, plan, dates, remarks));
            }
            std::ops::ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// Notes what a party is called; an id in other letters is the same id.
    fn call(&mut self, id: &str, names: &[&str]) {
        for text in names.iter().map(|name| plain(name)).filter(|text| !text.is_empty()) {
            let ids = self.by_name.entry(text).or_default();
            if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
    }

    fn read_row(
        &mut self,
        row: Row<'_>,
        number: u64,
        table: &str,
        plan: &Plan,
        dates: Option<DayOrder>,
        remarks: &mut Remarks,
    ) -> bool {
        let cell = |target: &str| {
            plan.sources.get(target).and_then(|source| source.places.first()).map_or("", |place| row.text(*place))
        };
        let header = |target: &str| plan.sources.get(target).map_or("", |source| source.header.as_str());
        let name = [cell("name"), cell("name_2")].join(" ").trim().to_owned();
        let id = if cell("party_id").is_empty() { name.clone() } else { cell("party_id").to_owned() };
        if id.is_empty() {
            let at = RemarkPlace { table, row: number, column: "", value: "" };
            remarks.add(RemarkKind::LeftOut, at, "a row with neither id nor name");
            return false;
        }
        let mut party: BTreeMap<&'static str, String> =
            BTreeMap::from([("party_id", id.clone()), ("name", name.clone())]);
        for column in AS_THEY_ARE.iter().copied() {
            if !is_blank(cell(column)) {
                party.insert(column, cell(column).to_owned());
            }
        }
        for column in ["country", "hq_country"] {
            let at = RemarkPlace { table, row: number, column: header(column), value: cell(column) };
            read_country(&mut party, column, at, remarks);
        }
        if !is_blank(cell("parent")) {
            party.insert("parent_id", cell("parent").to_owned());
        }
        if let Some(day) = founded(cell("incorporated_on"), dates) {
            party.insert("incorporated_on", day.to_string());
        } else if !is_blank(cell("incorporated_on")) {
            let at =
                RemarkPlace { table, row: number, column: header("incorporated_on"), value: cell("incorporated_on") };
            remarks.add(RemarkKind::Unread, at, "no day from 1900 on: left empty, which is unknown");
        }
        if let Some(first) = self.row_mut(&id) {
            let at = RemarkPlace { table, row: number, column: header("party_id"), value: &id };
            let what = "the party stands twice: what its rows say differently is unknown";
            remarks.add(RemarkKind::Question, at, what);
            merge(first, party);
            self.call(&id, &[&name]);
            return false;
        }
        self.call(&id, &[&name, &id]);
        self.put(&id, party);
        true
    }

    /// Whether a parent is another party's name rather than its id; then its id.
    pub(crate) fn settle_parents(&mut self) {
        let (names, places) = (&self.by_name, &self.places);
        for row in &mut self.rows {
            let Some(parent) = row.get("parent_id").cloned() else { continue };
            if !places.contains_key(&parent)
                && let Some([id]) = names.get(&plain(&parent)).map(Vec::as_slice)
            {
                row.insert("parent_id", id.clone());
            }
        }
    }

    /// How many parties have a row.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows as cells, in the order of [`COLUMNS`].
    pub(crate) fn rows(&self) -> impl Iterator<Item = Vec<String>> {
        let mut rows: Vec<&PartyRow> = self.rows.iter().collect();
        rows.sort_by(|one, other| one.get("party_id").cmp(&other.get("party_id")));
        rows.into_iter()
            .map(|row| COLUMNS.iter().map(|column| row.get(column).map_or_else(String::new, Clone::clone)).collect())
    }
}

/// Reads the country of a row of parties, and the city beside it.
fn read_country(party: &mut PartyRow, column: &'static str, at: RemarkPlace<'_>, remarks: &mut Remarks) {
    let text = at.value;
    if is_blank(text) {
        return;
    }
    let Some(country) = country(text) else {
        remarks.add(RemarkKind::Unread, at, "no country that is known");
        party.insert(column, unread(text));
        return;
    };
    party.insert(column, country.code().to_owned());
    let city = city_beside(text);
    if column == "country" && !city.is_empty() {
        party.entry("city").or_insert_with(|| city.to_owned());
    }
}

/// Sets a cell of a party to what is stated; where something else stands there, both are not settled, and the answer is no.
fn settle(row: &mut PartyRow, column: &'static str, stated: &str) -> bool {
    match row.get(column).map(String::as_str) {
        None | Some("") => drop(row.insert(column, stated.to_owned())),
        Some(other) if other == stated || names_again(other, stated) => {}
        Some(other) => {
            let several = unread(&[other, stated.trim_start_matches(['?', ' '])].join(" / "));
            row.insert(column, several);
            return false;
        }
    }
    true
}

/// Whether a country is among those of a cell that is not settled.
fn names_again(cell: &str, stated: &str) -> bool {
    let bare = stated.trim_start_matches(['?', ' ']);
    cell.strip_prefix('?').is_some_and(|several| several.split(" / ").any(|name| name.trim() == bare))
}

/// One row of two about the same party: both their names and flags; what else they say differently is unknown.
fn merge(first: &mut BTreeMap<&'static str, String>, second: BTreeMap<&'static str, String>) {
    for (column, text) in second {
        let known = first.entry(column).or_default();
        if known.is_empty() {
            *known = text;
        } else if *known != text {
            match column {
                "country" | "hq_country" | "parent_id" | "incorporated_on" | "data_center_mw" => {
                    *known = unread(&format!("{known} / {text}"));
                }
                "aliases" | "flags" | "directors" => *known = format!("{known};{text}"),
                "name" => {
                    let aliases = first.entry("aliases").or_default();
                    *aliases = if aliases.is_empty() { text } else { format!("{aliases};{text}") };
                }
                _ => {}
            }
        }
    }
}

/// The day of a foundation, where a table can name it.
fn founded(text: &str, dates: Option<DayOrder>) -> Option<Date> {
    match day_form(text, true) {
        DayForm::Day { day, .. } | DayForm::Shows { day, .. } => Some(day),
        DayForm::Either { day_month, month_day } => dates.map(|order| match order {
            DayOrder::DayMonth => day_month,
            DayOrder::MonthDay => month_day,
        }),
        DayForm::Unread => None,
    }
}
