//! The four optional tables that say what happened around an order: payments, sites, serials, inspections.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Float64Type;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use tollgate_model::Diagnostics;

use crate::column::{CellKind, Column};
use crate::columns::Table;
use crate::mistakes::{Mistakes, Problem, broken};
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
    table: Surrounding,
    source: Source,
}

impl SurroundingReader {
    /// Opens it.
    pub fn open(path: &Path, table: Surrounding) -> Result<SurroundingReader, Diagnostics> {
        Ok(SurroundingReader { table, source: Source::open(path, table.table())? })
    }

    /// The next rows in the form of [`Surrounding::schema`]; nothing at the end. The first batch with mistakes ends it with all of them.
    pub fn next_batch(&mut self) -> Option<Result<RecordBatch, Diagnostics>> {
        let batch = match self.source.next()? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(error.into())),
        };
        let mut mistakes = Mistakes::new(self.source.path());
        let table = self.table.table();
        batch.require(table, &mut mistakes);
        let arrays: Vec<ArrayRef> = table.columns().iter().map(|column| array(&batch, column, &mut mistakes)).collect();
        for name in table.required() {
            batch.require_cells(name, &mut mistakes);
        }
        if let Err(errors) = mistakes.into_result(()) {
            return Some(Err(errors));
        }
        let arrays = if self.table == Surrounding::Payments { paid_back(table, arrays) } else { arrays };
        let batch = RecordBatch::try_new(self.table.schema(), arrays);
        Some(batch.map_err(|error| {
            broken(self.source.path(), format!("cannot be read: {error}"), "write the file again").into()
        }))
    }

    /// Every row at once.
    pub fn read_all(mut self) -> Result<Vec<RecordBatch>, Diagnostics> {
        let mut batches = Vec::new();
        while let Some(batch) = self.next_batch() {
            batches.push(batch?);
        }
        Ok(batches)
    }
}

/// The amount of a payment, which is below zero where it was paid back.
const AMOUNT: &str = "amount_usd";

/// Payments with those turned round that were paid back: who was paid pays, from a country that the row does not tell.
fn paid_back(table: Table, mut arrays: Vec<ArrayRef>) -> Vec<ArrayRef> {
    let place = |name: &str| table.columns().iter().position(|column| column.name == name);
    let places = (place(AMOUNT), place("payer"), place("payee"), place("payer_country"));
    let (Some(amount), Some(payer), Some(payee), Some(country)) = places else { return arrays };
    let back: Vec<bool> = match arrays.get(amount).and_then(|amounts| amounts.as_primitive_opt::<Float64Type>()) {
        Some(amounts) => amounts.iter().map(|amount| amount.is_some_and(|amount| amount < 0.0)).collect(),
        None => return arrays,
    };
    if !back.contains(&true) {
        return arrays;
    }
    let texts = |place: usize| -> Vec<Option<String>> {
        let texts = arrays.get(place).and_then(|texts| texts.as_string_opt::<i32>());
        texts.map_or_else(Vec::new, |texts| texts.iter().map(|text| text.map(str::to_owned)).collect())
    };
    let (mut payers, mut payees, mut countries) = (texts(payer), texts(payee), texts(country));
    for (((payer, payee), country), _) in
        payers.iter_mut().zip(&mut payees).zip(&mut countries).zip(&back).filter(|(_, back)| **back)
    {
        std::mem::swap(payer, payee);
        *country = None;
    }
    let amounts = arrays.get(amount).and_then(|amounts| amounts.as_primitive_opt::<Float64Type>());
    let amounts: Option<Float64Array> =
        amounts.map(|amounts| amounts.iter().map(|amount| amount.map(f64::abs)).collect());
    let turned: [(usize, Option<ArrayRef>); 4] = [
        (amount, amounts.map(|amounts| Arc::new(amounts) as ArrayRef)),
        (payer, Some(Arc::new(StringArray::from(payers)))),
        (payee, Some(Arc::new(StringArray::from(payees)))),
        (country, Some(Arc::new(StringArray::from(countries)))),
    ];
    for (place, array) in turned {
        if let (Some(slot), Some(array)) = (arrays.get_mut(place), array) {
            *slot = array;
        }
    }
    arrays
}

fn array(batch: &Batch, column: &Column, mistakes: &mut Mistakes<'_>) -> ArrayRef {
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
        CellKind::Whole => Arc::new(batch.counts(name, mistakes).into_iter().collect::<Int64Array>()),
        CellKind::Number => {
            // Money goes back too.
            let signed = name == AMOUNT;
            let taken = |number: &f64| number.is_finite() && (signed || *number >= 0.0);
            let read = |text: &str| text.parse::<f64>().ok().filter(taken);
            let what = if signed { "is no number" } else { "is no number of zero or more" };
            let problem = Problem { code: "not-a-number", what, mend: "write digits with a point, such as 5.92" };
            let reals = batch.parsed(name, mistakes, read, problem);
            Arc::new(reals.into_iter().collect::<Float64Array>())
        }
        CellKind::Truth => Arc::new(batch.booleans(name, mistakes).into_iter().collect::<BooleanArray>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &str) -> Result<Vec<RecordBatch>, Diagnostics> {
        let folder = std::env::temp_dir().join(format!("tollgate-payments-{}-{}", std::process::id(), rows.len()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("payments.csv");
        std::fs::write(&path, format!("payment_id,order_id,payer,payee,payer_country,amount_usd,date\n{rows}"))
            .unwrap();
        let read = SurroundingReader::open(&path, Surrounding::Payments).and_then(SurroundingReader::read_all);
        std::fs::remove_dir_all(&folder).unwrap();
        read
    }

    #[test]
    fn what_is_paid_back_is_a_payment_the_other_way() {
        let batches = read("p1,o1,buyer,seller,SG,100.5,2025-01-02\np2,o1,buyer,seller,SG,-40,2025-02-03\n").unwrap();
        let text = |column: &str, row: usize| {
            let texts = batches[0].column_by_name(column).unwrap().as_string::<i32>().clone();
            texts.iter().nth(row).unwrap().map(str::to_owned)
        };
        assert_eq!(
            (text("payer", 0).unwrap(), text("payer_country", 0).unwrap()),
            ("buyer".to_owned(), "SG".to_owned())
        );
        assert_eq!((text("payer", 1).unwrap(), text("payee", 1).unwrap()), ("seller".to_owned(), "buyer".to_owned()));
        assert_eq!(text("payer_country", 1), None);
        let amounts = batches[0].column_by_name(AMOUNT).unwrap().as_primitive::<Float64Type>().clone();
        assert_eq!(amounts.values(), &[100.5, 40.0]);
        let message = read("p1,o1,buyer,seller,SG,much,2025-01-02\n").unwrap_err().to_string();
        assert!(message.contains("is no number"), "{message}");
    }
}
