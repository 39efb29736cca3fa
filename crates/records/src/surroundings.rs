//! The four optional tables that say what happened around an order: payments, sites, serials, inspections.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use crate::cells::Mistakes;
use crate::columns::{CellKind, Column, Table};
use crate::error::{InputError, InputErrors};
use crate::source::{Batch, Source};

/// One of the optional tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Surrounding {
    /// Money that was paid.
    Payments,
    /// Data centers.
    Sites,
    /// What was seen of serial numbers.
    Serials,
    /// Visits.
    Inspections,
}

impl Surrounding {
    /// Every one.
    pub const ALL: [Surrounding; 4] =
        [Surrounding::Payments, Surrounding::Sites, Surrounding::Serials, Surrounding::Inspections];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        self.table().as_str()
    }

    /// The table of the contract.
    pub fn table(self) -> Table {
        match self {
            Surrounding::Payments => Table::Payments,
            Surrounding::Sites => Table::Sites,
            Surrounding::Serials => Table::Serials,
            Surrounding::Inspections => Table::Inspections,
        }
    }

    /// The columns of its batches: text, days since 1970-01-01 (`day`, `commissioned_day`) as 32-bit, whole numbers as 64-bit integers, decimals as
    /// 64-bit floating point. All may be null.
    pub fn schema(self) -> SchemaRef {
        let field = |column: &Column| {
            let kind = match column.kind {
                CellKind::Text | CellKind::Words | CellKind::Word(_) | CellKind::Country => DataType::Utf8,
                CellKind::Day => DataType::Int32,
                CellKind::Whole => DataType::Int64,
                CellKind::Number => DataType::Float64,
                CellKind::Truth => DataType::Boolean,
            };
            Field::new(batch_name(column), kind, true)
        };
        Arc::new(Schema::new(self.table().columns().iter().map(field).collect::<Vec<_>>()))
    }
}

/// What a column is called in batches: a day counts from 1970-01-01 there, so that it is no `date`.
fn batch_name(column: &Column) -> &'static str {
    match column.name {
        "date" => "day",
        "commissioned_on" => "commissioned_day",
        name => name,
    }
}

/// Reads one of the optional tables batch by batch.
pub struct SurroundingReader {
    path: PathBuf,
    table: Surrounding,
    source: Source,
}

impl SurroundingReader {
    /// Opens it.
    pub fn open(path: &Path, table: Surrounding) -> Result<SurroundingReader, InputErrors> {
        Ok(SurroundingReader { path: path.to_owned(), table, source: Source::open(path, table.table())? })
    }

    /// The next rows in the form of [`Surrounding::schema`]; nothing at the end. The first batch with mistakes ends it with all of them.
    pub fn next_batch(&mut self) -> Option<Result<RecordBatch, InputErrors>> {
        let batch = match self.source.next()? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(InputErrors(vec![error]))),
        };
        let mut mistakes = Mistakes::new(&self.path);
        let table = self.table.table();
        batch.require(table, &mut mistakes);
        let arrays: Vec<ArrayRef> = table.columns().iter().map(|column| array(&batch, column, &mut mistakes)).collect();
        for name in table.required() {
            batch.require_cells(name, &mut mistakes);
        }
        if let Err(errors) = mistakes.into_result(()) {
            return Some(Err(errors));
        }
        let made = RecordBatch::try_new(self.table.schema(), arrays);
        Some(made.map_err(|error| {
            InputErrors(vec![InputError::file(&self.path, format!("cannot be read: {error}"), "write the file again")])
        }))
    }

    /// Every row at once.
    pub fn read_all(mut self) -> Result<Vec<RecordBatch>, InputErrors> {
        let mut batches = Vec::new();
        while let Some(batch) = self.next_batch() {
            batches.push(batch?);
        }
        Ok(batches)
    }
}

fn array(batch: &Batch, column: &Column, mistakes: &mut Mistakes) -> ArrayRef {
    let name = column.name;
    match column.kind {
        CellKind::Text | CellKind::Words | CellKind::Word(_) => match batch.texts(name, mistakes) {
            Some(texts) => {
                Arc::new(texts.iter().map(|text| text.filter(|text| !text.is_empty())).collect::<StringArray>())
            }
            None => Arc::new(StringArray::new_null(batch.rows)),
        },
        CellKind::Country => {
            let countries = batch.countries(name, mistakes);
            let codes = countries.into_iter().map(|country| country.map(|country| country.code()));
            Arc::new(codes.collect::<StringArray>())
        }
        CellKind::Day => {
            let days = batch.dates(name, mistakes).into_iter().map(|day| day.map(|day| day.epoch_days()));
            Arc::new(days.collect::<Int32Array>())
        }
        CellKind::Whole => Arc::new(batch.integers(name, mistakes).into_iter().collect::<Int64Array>()),
        CellKind::Number => {
            let read = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
            let mend = "write digits with a point, such as 5.92";
            let reals = batch.parsed(name, mistakes, read, "is no number of zero or more", mend);
            Arc::new(reals.into_iter().collect::<Float64Array>())
        }
        CellKind::Truth => Arc::new(batch.booleans(name, mistakes).into_iter().collect::<BooleanArray>()),
    }
}
