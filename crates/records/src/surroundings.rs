//! The four optional tables that say what happened around an order: payments, sites, serials, inspections.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use crate::cells::Mistakes;
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

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Country,
    Day,
    Whole,
    Real,
}

/// A column: its name in files and as it is handed on, what it holds, and whether a row needs it.
type Column = (&'static str, &'static str, Kind, bool);

const PAYMENTS: &[Column] = &[
    ("payment_id", "payment_id", Kind::Text, false),
    ("order_id", "order_id", Kind::Text, false),
    ("payer", "payer", Kind::Text, false),
    ("payee", "payee", Kind::Text, false),
    ("payer_country", "payer_country", Kind::Country, false),
    ("amount_usd", "amount_usd", Kind::Real, false),
    ("date", "day", Kind::Day, false),
    ("terms", "terms", Kind::Text, false),
];
const SITES: &[Column] = &[
    ("site_id", "site_id", Kind::Text, true),
    ("owner", "owner", Kind::Text, false),
    ("operator", "operator", Kind::Text, false),
    ("country", "country", Kind::Country, false),
    ("address", "address", Kind::Text, false),
    ("mw", "mw", Kind::Real, false),
    ("commissioned_on", "commissioned_day", Kind::Day, false),
    ("tenant_hq", "tenant_hq", Kind::Country, false),
];
const SERIALS: &[Column] = &[
    ("serial", "serial", Kind::Text, true),
    ("item", "item", Kind::Text, false),
    ("event", "event", Kind::Text, true),
    ("party", "party", Kind::Text, false),
    ("site_id", "site_id", Kind::Text, false),
    ("country", "country", Kind::Country, false),
    ("date", "day", Kind::Day, false),
];
const INSPECTIONS: &[Column] = &[
    ("site_id", "site_id", Kind::Text, false),
    ("party", "party", Kind::Text, false),
    ("date", "day", Kind::Day, false),
    ("notice_days", "notice_days", Kind::Whole, false),
    ("units_seen", "units_seen", Kind::Whole, false),
    ("result", "result", Kind::Text, false),
];
const NAMES: [&[&str]; 4] = [
    &["payment_id", "order_id", "payer", "payee", "payer_country", "amount_usd", "date", "terms"],
    &["site_id", "owner", "operator", "country", "address", "mw", "commissioned_on", "tenant_hq"],
    &["serial", "item", "event", "party", "site_id", "country", "date"],
    &["site_id", "party", "date", "notice_days", "units_seen", "result"],
];

impl Surrounding {
    /// Every one.
    pub const ALL: [Surrounding; 4] =
        [Surrounding::Payments, Surrounding::Sites, Surrounding::Serials, Surrounding::Inspections];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Surrounding::Payments => "payments",
            Surrounding::Sites => "sites",
            Surrounding::Serials => "serials",
            Surrounding::Inspections => "inspections",
        }
    }

    fn columns(self) -> &'static [Column] {
        match self {
            Surrounding::Payments => PAYMENTS,
            Surrounding::Sites => SITES,
            Surrounding::Serials => SERIALS,
            Surrounding::Inspections => INSPECTIONS,
        }
    }

    fn expected(self) -> &'static [&'static str] {
        let [payments, sites, serials, inspections] = NAMES;
        match self {
            Surrounding::Payments => payments,
            Surrounding::Sites => sites,
            Surrounding::Serials => serials,
            Surrounding::Inspections => inspections,
        }
    }

    /// The columns of its batches: text, days since 1970-01-01 (`day`, `commissioned_day`) as 32-bit, whole numbers as 64-bit integers, decimals as
    /// 64-bit floating point. All may be null.
    pub fn schema(self) -> SchemaRef {
        let field = |(_, name, kind, _): &Column| {
            let kind = match kind {
                Kind::Text | Kind::Country => DataType::Utf8,
                Kind::Day => DataType::Int32,
                Kind::Whole => DataType::Int64,
                Kind::Real => DataType::Float64,
            };
            Field::new(*name, kind, true)
        };
        Arc::new(Schema::new(self.columns().iter().map(field).collect::<Vec<_>>()))
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
        Ok(SurroundingReader { path: path.to_owned(), table, source: Source::open(path, table.expected())? })
    }

    /// The next rows in the form of [`Surrounding::schema`]; nothing at the end. The first batch with mistakes ends it with all of them.
    pub fn next_batch(&mut self) -> Option<Result<RecordBatch, InputErrors>> {
        let batch = match self.source.next()? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(InputErrors(vec![error]))),
        };
        let mut mistakes = Mistakes::new(&self.path);
        let columns = self.table.columns();
        let required: Vec<&str> = columns.iter().filter(|column| column.3).map(|column| column.0).collect();
        batch.require(&required, &mut mistakes);
        let arrays: Vec<ArrayRef> = columns.iter().map(|column| array(&batch, *column, &mut mistakes)).collect();
        for (column, array) in columns.iter().zip(&arrays).filter(|(column, _)| column.3) {
            if batch.columns.contains_key(column.0) {
                for index in (0..array.len()).filter(|index| array.is_null(*index)) {
                    mistakes.add(batch.row(index), column.0, "", "the required cell is empty", "fill it in");
                }
            }
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

fn array(batch: &Batch, (name, _, kind, _): Column, mistakes: &mut Mistakes) -> ArrayRef {
    match kind {
        Kind::Text => match batch.texts(name, mistakes) {
            Some(texts) => {
                Arc::new(texts.iter().map(|text| text.filter(|text| !text.is_empty())).collect::<StringArray>())
            }
            None => Arc::new(StringArray::new_null(batch.rows)),
        },
        Kind::Country => {
            let countries = batch.countries(name, mistakes);
            let codes = countries.into_iter().map(|country| country.map(|country| country.code()));
            Arc::new(codes.collect::<StringArray>())
        }
        Kind::Day => {
            let days = batch.dates(name, mistakes).into_iter().map(|day| day.map(|day| day.epoch_days()));
            Arc::new(days.collect::<Int32Array>())
        }
        Kind::Whole => Arc::new(batch.integers(name, mistakes).into_iter().collect::<Int64Array>()),
        Kind::Real => {
            let read = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
            let mend = "write digits with a point, such as 5.92";
            let reals = batch.parsed(name, mistakes, read, "is no number of zero or more", mend);
            Arc::new(reals.into_iter().collect::<Float64Array>())
        }
    }
}
