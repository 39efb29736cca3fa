//! The orders table, batch by batch and in columns: what decides a line, and what was declared of it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{Array, RecordBatch, StringArray};
use tollgate_model::{Activity, Country, Date, Decimal, Diagnostic, Diagnostics, OrderLine, Place, UnreadCell, never};

use crate::columns::{PARTY_COLUMNS, Table};
use crate::doubt::{UNREAD_TEXT_CODE, note_doubts, note_unread_texts};
use crate::mistakes::{ByRow, Cell, MAX_ERRORS, MAX_UNREAD, Mistakes, Problem, UnreadRow};
use crate::row_answers::RowAnswers;
use crate::source::{Batch, Selection, Source};
use crate::texts::Texts;

/// Columns of numbers, and the one of texts that do not come again.
const PLAIN: &[&str] = &["order_id", "line", "date", "quantity", "unit_price_usd", "gross_weight_kg", "packages"];
/// Columns on which neither a decision turns nor a sum.
const DECLARED: &[&str] = &["hs_code", "description", "gross_weight_kg", "packages"];

fn all(name: &str) -> bool {
    Table::Orders.column(name).is_some()
}

fn coded(name: &str) -> bool {
    all(name) && !PLAIN.contains(&name)
}

fn deciding(name: &str) -> bool {
    !DECLARED.contains(&name)
}

/// The most units that a line may have.
const MAX_QUANTITY: i64 = 1_000_000_000;

/// Some lines of an orders table.
pub struct OrderBatch {
    /// The row of each line in the file, from 1.
    rows: Vec<u64>,
    order_id: StringArray,
    line: Vec<Option<i64>>,
    date: Vec<Option<Date>>,
    activity: Vec<Option<Activity>>,
    parties: [Option<Texts>; 7],
    origin: Vec<Option<Country>>,
    destination: Vec<Option<Country>>,
    via: Option<Texts>,
    item: Texts,
    quantity: Vec<Option<i64>>,
    end_use: Option<Texts>,
    authorization: Option<Texts>,
    declared: DeclaredColumns,
    /// By their place in the batch, the lines with cells that are not understood.
    unread: BTreeMap<usize, Vec<UnreadCell>>,
}

/// What was declared to customs and on the invoice.
struct DeclaredColumns {
    texts: [Option<Texts>; 3],
    price: Vec<Option<Decimal>>,
    weight: Vec<Option<Decimal>>,
    packages: Vec<Option<i64>>,
}

/// What was declared of a line to customs and on the invoice: no decision turns on it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Declared<'a> {
    /// The code of the tariff.
    pub hs_code: Option<&'a str>,
    /// The ECCN on the papers.
    pub declared_eccn: Option<&'a str>,
    /// The description of the goods.
    pub description: Option<&'a str>,
    /// US dollars a unit.
    pub unit_price_usd: Option<Decimal>,
    /// Kilograms of the whole line, packed.
    pub gross_weight_kg: Option<Decimal>,
    /// Boxes.
    pub packages: Option<i64>,
}

impl OrderBatch {
    /// The lines at some places of the batch, in the order given; places past its end are left out.
    pub fn select(&self, places: &[usize]) -> OrderBatch {
        fn pick<T: Copy>(values: &[Option<T>], places: &[usize]) -> Vec<Option<T>> {
            places.iter().filter_map(|place| values.get(*place).copied()).collect()
        }
        let texts = |column: &Texts| column.select(places);
        let inside = places.iter().filter(|place| **place < self.len());
        OrderBatch {
            rows: inside.clone().map(|place| self.row(*place)).collect(),
            order_id: inside.map(|place| Some(self.order_id.value(*place))).collect(),
            line: pick(&self.line, places),
            date: pick(&self.date, places),
            activity: pick(&self.activity, places),
            parties: self.parties.each_ref().map(|column| column.as_ref().map(texts)),
            origin: pick(&self.origin, places),
            destination: pick(&self.destination, places),
            via: self.via.as_ref().map(texts),
            item: texts(&self.item),
            quantity: pick(&self.quantity, places),
            end_use: self.end_use.as_ref().map(texts),
            authorization: self.authorization.as_ref().map(texts),
            declared: DeclaredColumns {
                texts: self.declared.texts.each_ref().map(|column| column.as_ref().map(texts)),
                price: pick(&self.declared.price, places),
                weight: pick(&self.declared.weight, places),
                packages: pick(&self.declared.packages, places),
            },
            unread: selected(&self.unread, places),
        }
    }

    /// What was declared of a line, by its place in the batch.
    pub fn declared(&self, index: usize) -> Declared<'_> {
        let declared = &self.declared;
        let [hs_code, description, declared_eccn] = declared.texts.each_ref().map(|column| text(column, index));
        Declared {
            hs_code,
            declared_eccn,
            description,
            unit_price_usd: declared.price.get(index).copied().flatten(),
            gross_weight_kg: declared.weight.get(index).copied().flatten(),
            packages: declared.packages.get(index).copied().flatten(),
        }
    }

    /// The bytes that its texts take.
    pub fn text_bytes(&self) -> usize {
        let columns =
            self.parties.iter().chain(&self.declared.texts).chain([&self.end_use, &self.authorization, &self.via]);
        columns.flatten().chain([&self.item]).map(Texts::bytes).sum()
    }

    /// How many lines it holds.
    pub fn len(&self) -> usize {
        self.order_id.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.order_id.is_empty()
    }

    /// The row of a line in the file, from 1.
    pub fn row(&self, index: usize) -> u64 {
        self.rows.get(index).copied().unwrap_or(0)
    }

    /// A line, by its place in the batch; `None` past the end.
    pub fn line(&self, index: usize) -> Option<OrderLine<'_>> {
        let [exporter, purchaser, intermediate, consignee, end_user, forwarder, operator] = &self.parties;
        let unread = self.unread.get(&index).map_or(&[][..], Vec::as_slice);
        let is_unread = |column: &str| unread.iter().any(|cell| cell.column == column);
        let date = (*self.date.get(index)?).or_else(|| is_unread("date").then_some(Date::MAX))?;
        Some(OrderLine {
            unread,
            order_id: self.order_id.value(index),
            line: (*self.line.get(index)?).unwrap_or(1),
            date,
            activity: (*self.activity.get(index)?).unwrap_or(Activity::Export),
            exporter: text(exporter, index),
            purchaser: text(purchaser, index),
            intermediate_consignee: text(intermediate, index),
            ultimate_consignee: text(consignee, index).or_else(|| is_unread("ultimate_consignee").then_some(""))?,
            end_user: text(end_user, index),
            freight_forwarder: text(forwarder, index),
            lpp_operator: text(operator, index),
            origin: *self.origin.get(index)?,
            destination: (*self.destination.get(index)?)
                .or_else(|| is_unread("destination").then_some(Country::UNKNOWN))?,
            via: text(&self.via, index),
            // An empty cell of a required column is a mistake of its batch, and no line is taken from that.
            item: self.item.get(index).or_else(|| is_unread("item").then_some(""))?,
            quantity: if is_unread("quantity") { 0 } else { (*self.quantity.get(index)?)? },
            end_use: text(&self.end_use, index),
            authorization: text(&self.authorization, index),
        })
    }

    /// Every line, in the order of the file.
    pub fn lines(&self) -> impl Iterator<Item = OrderLine<'_>> {
        (0..self.len()).map_while(|index| self.line(index))
    }
}

fn text(column: &Option<Texts>, index: usize) -> Option<&str> {
    column.as_ref()?.get(index)
}

/// The columns of a batch, for who works on many rows at a time. The cells that [`OrderReader`] requires are filled in.
#[derive(Clone, Copy, Debug)]
pub struct OrderColumns<'a> {
    /// The order's id.
    pub order_id: &'a StringArray,
    /// The line within the order, where the file has the column and the cell.
    pub line: &'a [Option<i64>],
    /// The day of the order.
    pub date: &'a [Option<Date>],
    /// What is done, where it is said.
    pub activity: &'a [Option<Activity>],
    /// Exporter, purchaser, intermediate consignee, ultimate consignee, end user, freight forwarder, operator, where the file has the column.
    pub parties: [Option<&'a Texts>; 7],
    /// From where.
    pub origin: &'a [Option<Country>],
    /// Where to.
    pub destination: &'a [Option<Country>],
    /// The places on the way.
    pub via: Option<&'a Texts>,
    /// The item as the order names it.
    pub item: &'a Texts,
    /// Units.
    pub quantity: &'a [Option<i64>],
    /// What for.
    pub end_use: Option<&'a Texts>,
    /// What is claimed.
    pub authorization: Option<&'a Texts>,
    /// US dollars a unit.
    pub unit_price_usd: &'a [Option<Decimal>],
}

impl OrderBatch {
    /// Its columns.
    pub fn columns(&self) -> OrderColumns<'_> {
        OrderColumns {
            order_id: &self.order_id,
            line: &self.line,
            date: &self.date,
            activity: &self.activity,
            parties: self.parties.each_ref().map(Option::as_ref),
            origin: &self.origin,
            destination: &self.destination,
            via: self.via.as_ref(),
            item: &self.item,
            quantity: &self.quantity,
            end_use: self.end_use.as_ref(),
            authorization: self.authorization.as_ref(),
            unit_price_usd: &self.declared.price,
        }
    }

    /// Lines that somebody else has read; `first_row` is the number of the first, and `file` what mistakes are said to be in.
    pub fn from_arrow(batch: &RecordBatch, first_row: u64, file: &Path) -> Result<OrderBatch, Diagnostics> {
        let mut mistakes = Mistakes::new(file);
        let orders = read(&Batch::from_arrow(batch, first_row, Table::Orders, file)?, &mut mistakes);
        mistakes.into_result(orders)
    }
}

/// Reads an orders table batch by batch.
pub struct OrderReader {
    source: Source,
    mistakes: Vec<Diagnostic>,
    /// How many cells were not understood so far, where they cost their lines only.
    unread: Option<usize>,
}

impl OrderReader {
    /// Opens an orders table.
    pub fn open(path: &Path) -> Result<OrderReader, Diagnostics> {
        let selection = Selection { coded, ..Selection::all(Table::Orders) };
        Ok(OrderReader { source: Source::open_selection(path, selection)?, mistakes: Vec::new(), unread: None })
    }

    /// As [`OrderReader::open`], for whom a line with cells that are not understood is a line all the same: see [`OrderLine::unread`].
    pub fn open_by_line(path: &Path) -> Result<OrderReader, Diagnostics> {
        let selection = Selection { coded, holds_unknown: true, ..Selection::all(Table::Orders) };
        Ok(OrderReader { source: Source::open_selection(path, selection)?, mistakes: Vec::new(), unread: Some(0) })
    }

    /// The same, where a person leaves out what stands in some columns that the contract does not have.
    #[must_use]
    pub fn ignoring(self, headers: &Arc<BTreeSet<String>>) -> OrderReader {
        OrderReader { source: self.source.ignoring(headers), ..self }
    }

    /// The same, with cells that answers set: these are read in the place of those of the file.
    #[must_use]
    pub fn with_answers(self, answers: &Arc<RowAnswers>) -> OrderReader {
        OrderReader { source: answers.within(self.source, Table::Orders), ..self }
    }

    /// Opens an orders table for what decides its lines, and for prices: what else was declared is not read where the format lets it lie.
    pub fn open_deciding(path: &Path) -> Result<OrderReader, Diagnostics> {
        let selection = Selection { coded, read: deciding, holds_unknown: true, ..Selection::all(Table::Orders) };
        Ok(OrderReader { source: Source::open_selection(path, selection)?, mistakes: Vec::new(), unread: None })
    }

    /// The columns of the file so far that the contract does not know, and that are therefore not read: each with the column that may be meant.
    pub fn unknown_columns(&self) -> Vec<Diagnostic> {
        self.source.unknown_columns()
    }

    /// The next lines. After a batch with mistakes no more lines come, but the rest of the file is
    /// searched for mistakes, and all are reported together.
    pub fn next_batch(&mut self) -> Option<Result<OrderBatch, Diagnostics>> {
        if self.unread.is_some() {
            return self.next_by_line();
        }
        loop {
            // Mistakes are in the file that the rows come from, which of a folder's is another from part to part.
            let batch = self.source.next();
            let mut mistakes = Mistakes::new(self.source.path());
            mistakes.found = std::mem::take(&mut self.mistakes);
            let is_clean = mistakes.found.is_empty();
            let batch = match batch {
                Some(Ok(batch)) => read(&batch, &mut mistakes),
                Some(Err(error)) => {
                    mistakes.found.push(error);
                    return Some(Err(Diagnostics::up_to(MAX_ERRORS, mistakes.found)));
                }
                None if is_clean => return None,
                None => return Some(Err(Diagnostics::up_to(MAX_ERRORS, mistakes.found))),
            };
            if mistakes.found.is_empty() {
                return Some(Ok(batch));
            }
            if mistakes.is_full() {
                return Some(Err(Diagnostics::up_to(MAX_ERRORS, mistakes.found)));
            }
            self.mistakes = mistakes.found;
        }
    }

    /// The next lines, each with its cells that are not understood.
    fn next_by_line(&mut self) -> Option<Result<OrderBatch, Diagnostics>> {
        let batch = match self.source.next()? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(error.into())),
        };
        let mut mistakes = Mistakes::by_row(self.source.path());
        let orders = read(&batch, &mut mistakes);
        let read = match mistakes.split(orders) {
            Ok(read) => read,
            Err(errors) => return Some(Err(errors)),
        };
        // What nobody has placed may stand in every row of a file that is orders all the same.
        let is_cell = |row: &&UnreadRow| row.mistake.code != UNREAD_TEXT_CODE;
        let count = self.unread.unwrap_or(0) + read.unread.iter().filter(is_cell).count();
        self.unread = Some(count);
        if count > MAX_UNREAD {
            return Some(Err(Diagnostics::up_to(MAX_ERRORS, read.unread.into_iter().map(|row| row.mistake).collect())));
        }
        // What has no mistake was looked through when it was read.
        if read.unread.is_empty() {
            return Some(Ok(read.value));
        }
        let orders = match with_unread(read) {
            Ok(orders) => orders,
            Err(stray) => return Some(Err(stray.into())),
        };
        // A batch that would give fewer lines than it has rows is refused, whatever the cause.
        match (0..orders.len()).find(|place| orders.line(*place).is_none()) {
            None => Some(Ok(orders)),
            Some(place) => {
                let place = Cell::row(orders.row(place)).in_file(self.source.path());
                Some(Err(not_a_line(place).into()))
            }
        }
    }
}

/// Lines with what is not understood of them; a mistake that is about none of them is an error. An order whose id is not understood is named by its row.
fn with_unread(read: ByRow<OrderBatch>) -> Result<OrderBatch, Diagnostic> {
    let mut orders = read.value;
    let places: BTreeMap<u64, usize> = orders.rows.iter().enumerate().map(|(place, row)| (*row, place)).collect();
    for UnreadRow { mistake, .. } in read.unread {
        let Some(place) = mistake.place.row.and_then(|row| places.get(&row)) else {
            never!("a mistake is in a row that its batch does not have");
            return Err(mistake);
        };
        let cell = UnreadCell { column: mistake.place.column, value: mistake.place.value, what: mistake.what };
        orders.unread.entry(*place).or_default().push(cell);
    }
    let nameless = |place: &usize| orders.order_id.value(*place).is_empty();
    if orders.unread.keys().any(nameless) {
        let ids = (0..orders.len()).map(|place| match orders.order_id.value(place) {
            "" => Cow::Owned(format!("row {}", orders.row(place))),
            id => Cow::Borrowed(id),
        });
        let ids: StringArray = ids.map(Some).collect();
        orders.order_id = ids;
    }
    Ok(orders)
}

/// What belongs to some places of a batch, by its place among these.
fn selected(unread: &BTreeMap<usize, Vec<UnreadCell>>, places: &[usize]) -> BTreeMap<usize, Vec<UnreadCell>> {
    if unread.is_empty() {
        return BTreeMap::new();
    }
    let cells = places.iter().enumerate().filter_map(|(at, place)| Some((at, unread.get(place)?.clone())));
    cells.collect()
}

/// The lines of a batch; cells that are not understood are noted, and empty.
pub(crate) fn read(batch: &Batch, mistakes: &mut Mistakes<'_>) -> OrderBatch {
    batch.require(Table::Orders, mistakes);
    let order_id = batch.texts("order_id", mistakes);
    let mut texts = |name: &str| batch.coded(name, mistakes);
    let parties = PARTY_COLUMNS.map(&mut texts);
    let empty = || StringArray::from(vec![""; batch.rows]);
    let item = texts("item").unwrap_or_else(|| Texts::Plain(empty()));
    let (end_use, authorization, via) = (texts("end_use"), texts("authorization"), texts("via"));
    let declared_texts = ["hs_code", "description", "declared_eccn"].map(&mut texts);
    let unread_text = texts("unread_text");
    note_unread_texts(batch, unread_text.as_ref(), mistakes);
    let no_activity = Problem {
        code: "unknown-word",
        what: "is no activity",
        mend: "write export, reexport or transfer, or leave it empty for export",
    };
    let activity = |text: &str| Activity::from_word(text).ok();
    let orders = OrderBatch {
        rows: (0..batch.rows).map(|index| batch.row(index)).collect(),
        line: batch.integers("line", mistakes),
        date: batch.dates("date", mistakes),
        activity: batch.parsed("activity", mistakes, activity, no_activity),
        origin: batch.countries("origin", mistakes),
        destination: batch.countries("destination", mistakes),
        quantity: batch.integers("quantity", mistakes),
        order_id: order_id.unwrap_or_else(empty),
        parties,
        via,
        item,
        end_use,
        authorization,
        declared: DeclaredColumns {
            texts: declared_texts,
            price: batch.decimals("unit_price_usd", mistakes),
            weight: batch.decimals("gross_weight_kg", mistakes),
            packages: batch.counts("packages", mistakes),
        },
        unread: BTreeMap::new(),
    };
    check(batch, &orders, mistakes);
    orders
}

/// Reports required cells that are empty, and numbers out of range.
fn check(batch: &Batch, orders: &OrderBatch, mistakes: &mut Mistakes<'_>) {
    for name in Table::Orders.required() {
        batch.require_cells(name, mistakes);
    }
    let [.., eccns] = orders.declared.texts.each_ref();
    let texts = [("item", Some(&orders.item)), ("end_use", orders.end_use.as_ref()), ("declared_eccn", eccns.as_ref())];
    for (column, texts) in PARTY_COLUMNS.into_iter().zip(orders.parties.each_ref().map(Option::as_ref)).chain(texts) {
        note_doubts(batch, column, texts, mistakes);
    }
    let lines = orders.quantity.iter().zip(&orders.line).enumerate();
    for (index, (quantity, line)) in lines {
        if let Some(quantity) = quantity.filter(|quantity| !(1..=MAX_QUANTITY).contains(quantity)) {
            let mend = format!("write a whole number from 1 to {MAX_QUANTITY}");
            let cell = Cell { row: batch.row(index), column: "quantity", value: &quantity.to_string() };
            mistakes.add("out-of-range", cell, "is out of range", mend);
        }
        if let Some(line) = line.filter(|line| *line < 1) {
            let mend = "number the item lines from 1";
            let cell = Cell { row: batch.row(index), column: "line", value: &line.to_string() };
            mistakes.add("out-of-range", cell, "is out of range", mend);
        }
        if mistakes.is_full() {
            return;
        }
    }
    // What has no mistake is a line: a batch that would give fewer lines than it has rows is refused, whatever the cause.
    if mistakes.found.is_empty() {
        for index in (0..orders.len()).filter(|index| orders.line(*index).is_none()) {
            let Diagnostic { code, what, mend, .. } = not_a_line(Place::default());
            mistakes.add(code, Cell::row(batch.row(index)), what, mend);
        }
    }
}

fn not_a_line(place: Place) -> Diagnostic {
    Diagnostic::new("not-a-line", place, "is not understood as a line of an order", "compare it with docs/tables.md")
}
