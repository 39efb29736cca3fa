//! Cells that answers set: by the row and column that they are for, and put in the place of a table's cells.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, StringArray};

use crate::columns::Table;
use crate::headers::row_at;
use crate::mistakes::Mistakes;
use crate::source::{Batch, Source};

/// An answer that is understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its row in the answers file, from 1.
    pub row: u64,
    /// The table: orders, parties or items.
    pub table: Table,
    /// The row that it is about.
    pub key: RowKey,
    /// The column.
    pub column: &'static str,
    /// What the cell is to hold; never empty.
    pub text: String,
}

/// A row of a table by what names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowKey {
    /// The id of the order or party, the name of the item; `row N` for an order without an id in row N of its file.
    pub id: String,
    /// The line of the order; 1 for parties and items.
    pub line: i64,
}

impl Batch {
    /// So many of its rows, from a place on; both are within it.
    fn slice(&self, place: usize, rows: usize) -> Batch {
        let columns = self.columns.iter().map(|(name, array)| (name.clone(), array.slice(place, rows))).collect();
        Batch { columns, rows, first_row: row_at(self.first_row, place) }
    }
}

/// A row made of texts.
pub(crate) fn one_row<'a>(row: u64, cells: impl Iterator<Item = (&'a str, &'a str)>) -> Batch {
    let columns = cells.map(|(column, text)| (column.to_owned(), cell_of(text))).collect();
    Batch { columns, rows: 1, first_row: row }
}

fn cell_of(text: &str) -> ArrayRef {
    Arc::new(StringArray::from(vec![text]))
}

/// Cells of a table that answers set, by row and column.
#[derive(Clone, Debug, Default)]
pub struct RowAnswers(BTreeMap<String, BTreeMap<i64, BTreeMap<&'static str, String>>>);

impl RowAnswers {
    /// Those of a table.
    pub fn of<'a>(table: Table, answers: impl Iterator<Item = &'a Answer>) -> RowAnswers {
        let mut rows = RowAnswers::default();
        for answer in answers.filter(|answer| answer.table == table) {
            let lines = rows.0.entry(answer.key.id.clone()).or_default();
            lines.entry(answer.key.line).or_default().insert(answer.column, answer.text.clone());
        }
        rows
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A source of a table with these cells in the place of its own.
    pub(crate) fn within(self: &Arc<Self>, source: Source, table: Table) -> Source {
        if self.is_empty() {
            return source;
        }
        let answers = Arc::clone(self);
        source.rewritten(Arc::new(move |batch, path| answers.set_in(batch, table, path)))
    }

    /// The rows of a batch, in parts: those with answers each for itself, with the answers in the place of its cells.
    fn set_in(&self, batch: Batch, table: Table, path: &Path) -> VecDeque<Batch> {
        let mut parts = VecDeque::new();
        let mut next = 0;
        for (place, cells) in self.places(&batch, table, path) {
            if place > next {
                parts.push_back(batch.slice(next, place - next));
            }
            let mut row = batch.slice(place, 1);
            row.columns.extend(cells.iter().map(|(column, text)| ((*column).to_owned(), cell_of(text))));
            parts.push_back(row);
            next = place + 1;
        }
        match next {
            0 => parts.push_back(batch),
            next if next < batch.rows => parts.push_back(batch.slice(next, batch.rows - next)),
            _ => {}
        }
        parts
    }

    /// The places of a batch for which there are answers, in order.
    fn places(&self, batch: &Batch, table: Table, path: &Path) -> Vec<(usize, &BTreeMap<&'static str, String>)> {
        let mut unreported = Mistakes::new(path);
        let key = match table {
            Table::Orders => "order_id",
            Table::Parties => "party_id",
            Table::Items => "item",
            _ => return Vec::new(),
        };
        let ids = batch.coded(key, &mut unreported);
        let rows = (0..batch.rows).filter_map(|place| {
            let id = ids.as_ref().and_then(|ids| ids.get(place)).filter(|id| !id.is_empty());
            let lines = match id {
                Some(id) => self.0.get(id),
                None => self.0.get(&format!("row {}", batch.row(place))),
            };
            Some((place, lines?))
        });
        let found: Vec<_> = rows.collect();
        if found.is_empty() {
            return Vec::new();
        }
        let numbers = if table == Table::Orders { batch.integers("line", &mut unreported) } else { Vec::new() };
        let cells = found.into_iter().filter_map(|(place, lines)| {
            let line = numbers.get(place).copied().flatten().unwrap_or(1);
            Some((place, lines.get(&line)?))
        });
        cells.collect()
    }
}

/// A row that answers make, since its table has none: its id, its row in the answers file, its cells.
#[derive(Clone, Debug)]
pub struct AnsweredRow<'a> {
    /// The party's id or the item's name.
    pub id: &'a str,
    /// The row of its first answer.
    pub row: u64,
    /// Its other cells, by column.
    pub cells: Vec<(&'a str, &'a str)>,
}

impl AnsweredRow<'_> {
    /// The row as one of a table whose key is in a column of this name.
    pub(crate) fn batch(&self, key: &str) -> Batch {
        one_row(self.row, std::iter::once((key, self.id)).chain(self.cells.iter().copied()))
    }
}
