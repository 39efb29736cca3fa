//! What answers to `missing.csv`, and assumptions that the user chose, make of the tables: said of every line that they touch.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use tollgate_law::catalog::{Catalog, Resolution};
use tollgate_model::{Diagnostic, Item, Party, Stake, Stop};
use tollgate_records::{
    Answer, AnsweredRow, Answers, OrderReader, PARTY_COLUMNS, RowAnswers, RowKey, Table, answered_items,
    answered_parties, read_answers,
};

use super::batches::for_each_batch_of;
use super::error::RunError;
use super::flags::flags_of;
use super::items::{item_facts, overridden};
use super::roles::roles;
use super::unread::Unread;

/// Where answers come from, and what is assumed beside them.
#[derive(Clone, Copy, Debug)]
pub struct Supplement<'a> {
    /// The filled-in `missing.csv`.
    pub answers: Option<&'a Path>,
    /// The orders, which say what parties and items there are that have no row.
    pub orders: &'a Path,
    /// The items by name.
    pub catalog: &'a Catalog,
    /// Whether a party without headquarters is taken to have them in its country of business.
    pub headquarters_at_place: bool,
}

/// What answers and assumptions made of the tables. Sentences are for the remarks of lines.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// The cells of orders that answers set.
    pub orders: Arc<RowAnswers>,
    /// What is said of lines, by order and line as they are called with the answers.
    lines: BTreeMap<RowKey, Vec<Arc<str>>>,
    /// What is said of parties.
    pub(crate) parties: BTreeMap<String, Vec<Arc<str>>>,
    /// The parties of which an answer says where they are located.
    pub(crate) places: BTreeSet<String>,
    /// The parties of which an answer says where they are headquartered.
    pub(crate) seats: BTreeSet<String>,
    /// What is said of items, by the name in orders.
    items: BTreeMap<String, Vec<Arc<str>>>,
    /// The items for which names of orders stand.
    stand_ins: BTreeMap<String, String>,
    /// Parties that only answers gave a row.
    pub(crate) made: BTreeMap<String, MadeParty>,
    /// What is assumed, a sentence each, for the head of results and the record.
    pub assumptions: Vec<String>,
}

/// Of what a party that only answers gave a row, nothing is known still.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MadeParty {
    /// Nobody answered what its flags are.
    pub(crate) without_flags: bool,
    /// Nobody answered where its headquarters are, or who its parent is.
    pub(crate) without_seat: bool,
}

impl Answered {
    /// The item for which a name stands, where an answer says so; else the name.
    pub(crate) fn item<'a>(&'a self, name: &'a str) -> &'a str {
        self.stand_ins.get(name).map_or(name, String::as_str)
    }

    /// What is to be said of a line by its order, its number and its item.
    pub(crate) fn remarks(&self, order: &str, line: i64, item: &str) -> Vec<Arc<str>> {
        let by_line = match self.lines.is_empty() {
            true => None,
            false => self.lines.get(&RowKey { id: order.to_owned(), line }),
        };
        by_line.into_iter().chain(self.items.get(item)).flatten().map(Arc::clone).collect()
    }

    /// Whether the row of a party says nothing of its flags, nor does an answer.
    pub fn lacks_flags(&self, party: &str) -> bool {
        self.made.get(party).is_some_and(|made| made.without_flags)
    }
}

/// Answers on their way into the tables.
pub(crate) struct Taking<'a> {
    supplement: Supplement<'a>,
    read: Answers,
    /// What is found to be wrong beyond the file itself.
    mistakes: Vec<Diagnostic>,
}

impl<'a> Taking<'a> {
    /// Reads the answers, if there are any.
    pub(crate) fn new(supplement: Supplement<'a>) -> Result<Taking<'a>, RunError> {
        let mut read = supplement.answers.map(read_answers).transpose()?.unwrap_or_else(|| Answers {
            file: Path::new("").to_owned(),
            answers: Vec::new(),
            mistakes: Vec::new(),
        });
        let mut mistakes = std::mem::take(&mut read.mistakes);
        // Flags are the one cell of parties whose words the reader of the table does not judge.
        let answers = std::mem::take(&mut read.answers);
        let (plain, unread): (Vec<Answer>, Vec<Answer>) = answers.into_iter().partition(|answer| {
            answer.column != "flags" || flags_of(std::iter::once(answer.text.as_str())).unread.is_empty()
        });
        for answer in &unread {
            let mend = "write flags of docs/inputs.md with `;` between, or none";
            let problem = [answer.text.as_str(), "is no list of flags that is understood", mend];
            mistakes.push(read.mistake(answer, "answer", problem, "unknown-word"));
        }
        read.answers = plain;
        Ok(Taking { supplement, read, mistakes })
    }

    /// The cells of a table that answers set.
    pub(crate) fn cells(&self, table: Table) -> Arc<RowAnswers> {
        let stands_in = |answer: &&Answer| !(answer.table == Table::Items && answer.column == "item");
        Arc::new(RowAnswers::of(table, self.read.answers.iter().filter(stands_in)))
    }

    /// Takes the answers of which a condition does not hold out, and names each.
    fn refuse(&mut self, holds: impl Fn(&Answer) -> bool, code: &'static str, column: &str, what: [&str; 2]) {
        let answers = std::mem::take(&mut self.read.answers);
        let (plain, refused): (Vec<Answer>, Vec<Answer>) = answers.into_iter().partition(holds);
        for answer in &refused {
            let value = if column == "of" { answer.key.id.as_str() } else { answer.text.as_str() };
            let [what, mend] = what;
            self.mistakes.push(self.read.mistake(answer, column, [value, what, mend], code));
        }
        self.read.answers = plain;
    }

    /// Makes the rows that only answers give, and says what became of every answer.
    pub(crate) fn finish(mut self, tables: &mut AnsweredTables<'_>, stop: &Stop) -> Result<Answered, RunError> {
        if !self.read.answers.is_empty() {
            let seen = self.seen_in_orders(stop)?;
            self.refuse_what_is_nowhere(tables, &seen);
            self.refuse_items(tables);
        }
        let mut answered = Answered { orders: self.cells(Table::Orders), ..Answered::default() };
        self.make_parties(tables, &mut answered)?;
        self.make_items(tables, &mut answered)?;
        self.say(&mut answered);
        if self.supplement.headquarters_at_place {
            assume_headquarters(tables, &mut answered);
        }
        tables.unread.mistakes.0.append(&mut self.mistakes);
        Ok(answered)
    }

    /// Which of the lines, parties and items of the answers stand in the orders.
    fn seen_in_orders(&self, stop: &Stop) -> Result<Seen, RunError> {
        let of = |table: Table| self.read.answers.iter().filter(move |answer| answer.table == table);
        let keys = of(Table::Orders).map(|answer| &answer.key).collect::<BTreeSet<_>>();
        let parties = of(Table::Parties).map(|answer| answer.key.id.as_str()).collect::<BTreeSet<_>>();
        let items = of(Table::Items).map(|answer| answer.key.id.as_str()).collect::<BTreeSet<_>>();
        let mut seen = Seen::default();
        for_each_batch_of(OrderReader::open_by_line(self.supplement.orders)?, stop, &mut |batch| {
            for line in batch.lines() {
                for party in roles(&line).map(|(_, party)| party).chain(line.lpp_operator) {
                    if parties.contains(party) && !seen.parties.contains(party) {
                        seen.parties.insert(party.to_owned());
                    }
                }
                if items.contains(line.item) && !seen.items.contains(line.item) {
                    seen.items.insert(line.item.to_owned());
                }
                if !keys.is_empty() {
                    let key = RowKey { id: line.order_id.to_owned(), line: line.line };
                    if keys.contains(&key) {
                        seen.lines.insert(key);
                    }
                }
            }
            Ok(())
        })?;
        // An answer may name a party or an item for the first time.
        for answer in of(Table::Orders).filter(|answer| seen.lines.contains(&answer.key)) {
            match answer.column {
                "item" => drop(seen.items.insert(answer.text.clone())),
                column if PARTY_COLUMNS.contains(&column) => drop(seen.parties.insert(answer.text.clone())),
                _ => {}
            }
        }
        Ok(seen)
    }

    fn refuse_what_is_nowhere(&mut self, tables: &AnsweredTables<'_>, seen: &Seen) {
        let mend = "compare the cell with missing.csv and the orders";
        let line = |answer: &Answer| answer.table != Table::Orders || seen.lines.contains(&answer.key);
        self.refuse(line, "unknown-row", "of", ["is no order and line of the orders", mend]);
        let owners = tables.stakes.iter().flat_map(|stake| [stake.owner_id.as_str(), stake.owned_id.as_str()]);
        let parents = tables.parties.values().filter_map(|party| party.parent_id.as_deref());
        let named: BTreeSet<&str> = parents.chain(owners).collect();
        let party = |answer: &Answer| {
            let id = answer.key.id.as_str();
            answer.table != Table::Parties
                || tables.parties.contains_key(id)
                || seen.parties.contains(id)
                || named.contains(id)
        };
        self.refuse(party, "unknown-row", "of", ["is no party of the parties or the orders", mend]);
        let item = |answer: &Answer| {
            let id = answer.key.id.as_str();
            answer.table != Table::Items || tables.items.contains_key(id) || seen.items.contains(id)
        };
        self.refuse(item, "unknown-row", "of", ["is no item of the items table or the orders", mend]);
    }

    /// Takes out what answers to items cannot say: that a known item is another, that one stands for nothing known, or cells of a row that is none.
    fn refuse_items(&mut self, tables: &AnsweredTables<'_>) {
        let (catalog, items) = (self.supplement.catalog, &*tables.items);
        let unread = &tables.unread.items;
        let understood = |name: &str| !unread.contains_key(name) && item_facts(name, items, catalog).is_ok();
        let stands_in = |answer: &Answer| answer.table == Table::Items && answer.column == "item";
        let known = |answer: &Answer| !stands_in(answer) || !understood(&answer.key.id);
        let mend = "answer the columns of the item, or change its row in the items table";
        self.refuse(known, "known-item", "of", ["is an item that is known already", mend]);
        let target = |answer: &Answer| !stands_in(answer) || understood(&answer.text);
        let mend = "write the name of an item of the catalog or of the items table, see `tollgate classify`";
        self.refuse(target, "unknown-item", "answer", ["is no item that is known", mend]);
        let of_items = |column: &'static str| {
            let answers = self.read.answers.iter();
            let answers = answers.filter(move |answer| answer.table == Table::Items && answer.column == column);
            answers.map(|answer| answer.key.id.clone()).collect::<BTreeSet<_>>()
        };
        let (replaced, kinds) = (of_items("item"), of_items("kind"));
        let both = |answer: &Answer| {
            answer.table != Table::Items || answer.column == "item" || !replaced.contains(&answer.key.id)
        };
        let mend = "leave the name of the item, or the cells of its own row";
        self.refuse(both, "two-answers", "column", ["the item stands for another by a further answer", mend]);
        let has_row = |answer: &Answer| {
            let id = answer.key.id.as_str();
            let found = matches!(catalog.resolve(id), Resolution::Found(_));
            answer.table != Table::Items
                || answer.column == "item"
                || items.contains_key(id)
                || unread.contains_key(id)
                || found
                || kinds.contains(id)
        };
        let mend = "answer `item` with the item that it stands for, or `kind` and the other columns of its row";
        self.refuse(has_row, "incomplete-row", "column", ["what the item is at all is not known", mend]);
    }

    /// The answers of a table about rows that it does not have, by row.
    fn rows_without<'t>(&'t self, table: Table, has: impl Fn(&str) -> bool) -> BTreeMap<&'t str, AnsweredRow<'t>> {
        let mut rows: BTreeMap<&str, AnsweredRow<'_>> = BTreeMap::new();
        for answer in self.read.answers.iter().filter(|answer| answer.table == table && !has(&answer.key.id)) {
            let id = answer.key.id.as_str();
            let row = rows.entry(id).or_insert(AnsweredRow { id, row: answer.row, cells: Vec::new() });
            row.cells.push((answer.column, &answer.text));
        }
        rows
    }

    fn make_parties(&self, tables: &mut AnsweredTables<'_>, answered: &mut Answered) -> Result<(), RunError> {
        let mut rows = self.rows_without(Table::Parties, |id| tables.parties.contains_key(id));
        for (id, row) in &mut rows {
            let has = |column: &str| row.cells.iter().any(|(known, _)| *known == column);
            let (without_flags, named) = (!has("flags"), has("name"));
            let made = MadeParty { without_flags, without_seat: !has("hq_country") && !has("parent_id") };
            answered.made.insert((*id).to_owned(), made);
            // Lists are searched for the text of the order, as they would be without a row.
            if !named {
                row.cells.push(("name", id));
            }
        }
        let rows: Vec<AnsweredRow<'_>> = rows.into_values().collect();
        let made = tables.unread.take(answered_parties(&self.read.file, &rows)?, |unread, party, mistake| {
            unread.parties.entry(party).or_default().push(mistake);
        });
        tables.parties.extend(made);
        Ok(())
    }

    fn make_items(&self, tables: &mut AnsweredTables<'_>, answered: &mut Answered) -> Result<(), RunError> {
        let stand_ins = self.read.answers.iter().filter(|answer| answer.table == Table::Items);
        for answer in stand_ins.filter(|answer| answer.column == "item") {
            answered.stand_ins.insert(answer.key.id.clone(), answer.text.clone());
        }
        let replaced = &answered.stand_ins;
        let unread = &tables.unread.items;
        let has = |id: &str| tables.items.contains_key(id) || unread.contains_key(id) || replaced.contains_key(id);
        let rows: Vec<AnsweredRow<'_>> = self.rows_without(Table::Items, has).into_values().collect();
        let made = tables.unread.take(answered_items(&self.read.file, &rows)?, |unread, item, mistake| {
            unread.items.entry(item).or_insert(mistake);
        });
        for (name, row) in made {
            // Under another name than the catalog's, the row would stand for all that is known of the item.
            let item = match self.supplement.catalog.resolve(&name) {
                Resolution::Found(known) if known.item != name => overridden(known, &row),
                _ => row,
            };
            tables.items.insert(name, item);
        }
        Ok(())
    }

    /// Puts into words what every answer set.
    fn say(&self, answered: &mut Answered) {
        let moved = |answer: &Answer, column: &str| {
            let of_row =
                self.read.answers.iter().filter(|other| other.table == answer.table && other.key == answer.key);
            of_row.filter(|other| other.column == column).map(|other| other.text.clone()).next()
        };
        let file = self.read.file.display();
        for answer in &self.read.answers {
            let Answer { row, key, column, text, .. } = answer;
            let by = format!("by the answers file, row {row} ({file})");
            match answer.table {
                Table::Orders => {
                    let says = format!("`{column}` of {} line {} is `{text}` {by}.", key.id, key.line);
                    let id = moved(answer, "order_id").unwrap_or_else(|| key.id.clone());
                    let line = moved(answer, "line").and_then(|line| line.parse().ok()).unwrap_or(key.line);
                    answered.lines.entry(RowKey { id, line }).or_default().push(Arc::from(says));
                }
                Table::Parties => {
                    let says = format!("`{column}` of the party `{}` is `{text}` {by}.", key.id);
                    answered.parties.entry(key.id.clone()).or_default().push(Arc::from(says));
                    answered.places.extend((*column == "country").then(|| key.id.clone()));
                    answered.seats.extend((*column == "hq_country").then(|| key.id.clone()));
                }
                _ => {
                    let says = match *column {
                        "item" => format!("The item `{}` is `{text}` {by}.", key.id),
                        _ => format!("`{column}` of the item `{}` is `{text}` {by}.", key.id),
                    };
                    answered.items.entry(key.id.clone()).or_default().push(Arc::from(says));
                }
            }
        }
    }
}

/// The tables that answers change.
pub(crate) struct AnsweredTables<'a> {
    pub(crate) parties: &'a mut BTreeMap<String, Party>,
    pub(crate) items: &'a mut BTreeMap<String, Item>,
    pub(crate) stakes: &'a [Stake],
    pub(crate) unread: &'a mut Unread,
}

/// What the answers name that stands in the orders.
#[derive(Default)]
struct Seen {
    lines: BTreeSet<RowKey>,
    parties: BTreeSet<String>,
    items: BTreeSet<String>,
}

/// Takes the headquarters of parties that have none to be in their country of business. What is not understood stays unknown.
fn assume_headquarters(tables: &mut AnsweredTables<'_>, answered: &mut Answered) {
    const OPTION: &str = "--assume-headquarters-at-place";
    let unread = &tables.unread.parties;
    let is_unread = |id: &str| {
        let mistakes = unread.get(id).into_iter().flatten();
        mistakes.into_iter().any(|mistake| mistake.code == "repeated-row" || mistake.place.column == "hq_country")
    };
    let mut assumed: u64 = 0;
    for (id, party) in &mut *tables.parties {
        if party.hq_country.is_none()
            && let Some(country) = party.country
            && !is_unread(id)
        {
            party.hq_country = Some(country);
            assumed += 1;
            let says = format!(
                "The headquarters of the party `{id}` are assumed to be where it is located, {country} ({OPTION})."
            );
            answered.parties.entry(id.clone()).or_default().push(Arc::from(says));
            if let Some(made) = answered.made.get_mut(id) {
                made.without_seat = false;
            }
        }
    }
    let parties = if assumed == 1 { "1 party" } else { &format!("{assumed} parties") };
    answered.assumptions.push(format!(
        "Assumed, not known: the headquarters of {parties} that nobody stated are taken to be in the country of business ({OPTION})."
    ));
}
