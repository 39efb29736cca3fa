//! Parties: rows of a table of them, and names that stand in orders.

use std::collections::BTreeMap;

use tollgate_model::{Country, Date, Diagnostic};

use crate::columns::Plan;
use crate::report::{RemarkKind, RemarkPlace, Remarks};
use crate::sheet::{Row, Sheet};
use crate::text::plain;
use crate::values::country::country;
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
    "flags",
];

/// The parties of all files.
#[derive(Debug, Default)]
pub(crate) struct Parties {
    rows: BTreeMap<String, BTreeMap<&'static str, String>>,
    by_name: BTreeMap<String, Vec<String>>,
}

/// What is known of a party beside its name.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartyFacts<'a> {
    pub(crate) country: Option<Country>,
    pub(crate) address: &'a str,
    pub(crate) city: &'a str,
    pub(crate) email: &'a str,
    pub(crate) phone: &'a str,
}

/// Cells that say that there is nothing to say.
pub(crate) fn is_blank(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "" | "-" | "--" | "n/a" | "#n/a" | "null" | "none" | "k.a." | "nil")
}

/// Whether a text is a name and no number of a party: words of letters, or another script.
pub(crate) fn is_name(text: &str) -> bool {
    let other_script = text.chars().any(|letter| letter.is_alphabetic() && letter >= '\u{370}');
    let long = text.split_whitespace().any(|word| word.chars().filter(|letter| letter.is_alphabetic()).count() >= 3);
    let several = text.trim().contains(char::is_whitespace);
    let is_joined = text.contains(['_', '-', '#', ':']) || text.chars().any(|letter| letter.is_ascii_digit());
    other_script || (long && (several || !is_joined))
}

impl Parties {
    /// The id for what an orders table has in a party's cell; a name without a row gets one.
    pub(crate) fn id_of(
        &mut self,
        cell: &str,
        facts: &PartyFacts<'_>,
        mut say: impl FnMut(RemarkKind, &str),
    ) -> String {
        let id = if self.rows.contains_key(cell) {
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
                    self.rows.insert(cell.to_owned(), row);
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

    /// The id of a party that is known by its name alone, and whose flags are not asked for.
    pub(crate) fn id_by_name(&mut self, name: &str, facts: &PartyFacts<'_>) -> String {
        self.rows
            .entry(name.to_owned())
            .or_insert_with(|| BTreeMap::from([("party_id", name.to_owned()), ("name", name.to_owned())]));
        self.add_facts(name, facts, |_, _| {});
        name.to_owned()
    }

    /// Says where a party is headquartered.
    pub(crate) fn set_seat(&mut self, id: &str, country: Country) {
        if let Some(row) = self.rows.get_mut(id) {
            row.insert("hq_country", country.code().to_owned());
        }
    }

    /// Says what else a party may be called.
    pub(crate) fn set_aliases(&mut self, id: &str, aliases: &[String]) {
        if let Some(row) = self.rows.get_mut(id).filter(|_| !aliases.is_empty()) {
            row.insert("aliases", aliases.join(";"));
        }
    }

    fn add_facts(&mut self, id: &str, facts: &PartyFacts<'_>, mut say: impl FnMut(RemarkKind, &str)) {
        let Some(row) = self.rows.get_mut(id) else { return };
        let texts = [("address", facts.address), ("city", facts.city), ("email", facts.email), ("phone", facts.phone)];
        for (column, text) in texts.into_iter().filter(|(_, text)| !is_blank(text)) {
            row.entry(column).or_insert_with(|| text.to_owned());
        }
        let Some(country) = facts.country else { return };
        match row.get("country").map(String::as_str) {
            None => drop(row.insert("country", country.code().to_owned())),
            Some(other) if other == country.code() => {}
            Some("") => {}
            Some(_) => {
                say(RemarkKind::Question, "this party stands in several countries: where is it located?");
                row.insert("country", String::new());
            }
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
        for column in
            ["aliases", "address", "city", "phone", "email", "website", "registry_id", "business", "directors"]
        {
            if !is_blank(cell(column)) {
                party.insert(column, cell(column).to_owned());
            }
        }
        for column in ["country", "hq_country"] {
            let text = cell(column);
            if is_blank(text) {
                continue;
            }
            match country(text) {
                Some(country) => drop(party.insert(column, country.code().to_owned())),
                None => {
                    remarks.add(
                        RemarkKind::Unread,
                        RemarkPlace { table, row: number, column: header(column), value: text },
                        "no country that is known: left empty, which is unknown",
                    );
                }
            }
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
        if self.rows.contains_key(&id) {
            let at = RemarkPlace { table, row: number, column: header("party_id"), value: &id };
            remarks.add(RemarkKind::Question, at, "the party stands twice: the first row was taken");
            return false;
        }
        self.call(&id, &[&name, &id]);
        self.rows.insert(id, party);
        true
    }

    /// Whether a parent is another party's name rather than its id; then its id.
    pub(crate) fn settle_parents(&mut self) {
        let names = self.by_name.clone();
        let ids: Vec<String> = self.rows.keys().cloned().collect();
        for row in self.rows.values_mut() {
            let Some(parent) = row.get("parent_id").cloned() else { continue };
            if ids.binary_search(&parent).is_err()
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
        self.rows
            .values()
            .map(|row| COLUMNS.iter().map(|column| row.get(column).map_or_else(String::new, Clone::clone)).collect())
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
