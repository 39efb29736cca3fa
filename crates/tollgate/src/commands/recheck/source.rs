//! Recorded decisions, from wherever they are: a ledger, an export of one, or a decisions file in any of its forms.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::Ordering;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Date32Type, Int32Type, Int64Type};
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tollgate_model::{Date, Outcome, ReviewPolicy, Stop, Truth};

use super::super::Failure;
use super::super::audit::follow;

/// Where the decisions are.
pub(crate) enum Source<'a> {
    /// A ledger, by its address.
    Ledger(&'a str),
    /// An export, or a decisions file.
    File(&'a Path),
}

/// A text of a record; borrowed from its line where that has it as it is.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct RecordedText<'a>(#[serde(borrow)] Cow<'a, str>);

impl Deref for RecordedText<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// What a recorded decision says of itself.
#[derive(Deserialize)]
pub(crate) struct Recorded<'a> {
    #[serde(borrow)]
    pub(crate) order_id: Cow<'a, str>,
    pub(crate) line: i64,
    pub(crate) date: Date,
    #[serde(borrow)]
    pub(crate) policy: Cow<'a, str>,
    pub(crate) outcome: Outcome,
    #[serde(borrow)]
    pub(crate) authorization: Option<RecordedText<'a>>,
    pub(crate) review_policy: Option<ReviewPolicy>,
    /// Absent where the certificate is: in audit logs of earlier versions.
    pub(crate) strictest: Option<Outcome>,
    pub(crate) mildest: Option<Outcome>,
    #[serde(borrow)]
    pub(crate) certificate: Option<RecordedText<'a>>,
    /// `None` where it was taken away: every version that wrote a certificate wrote it.
    #[serde(borrow)]
    pub(crate) missing: Option<Vec<RecordedText<'a>>>,
    #[serde(borrow)]
    pub(crate) eccn: Option<RecordedText<'a>>,
    /// The argument as it is written, read where no other decision of the same certificate had the same; `None` in CSV and Parquet, which hold none.
    #[serde(borrow)]
    pub(crate) trace: Option<&'a RawValue>,
    /// `None` where it says none.
    #[serde(borrow)]
    pub(crate) readings: Option<Vec<RecordedReading<'a>>>,
    /// Whether it is a row of CSV or Parquet.
    #[serde(skip)]
    pub(crate) is_row: bool,
}

/// A step of the argument.
#[derive(Deserialize)]
pub(crate) struct RecordedStep<'a> {
    #[serde(borrow)]
    pub(crate) cite: Cow<'a, str>,
    pub(crate) result: Truth,
}

/// A reading that the decision turns on.
#[derive(Deserialize)]
pub(crate) struct RecordedReading<'a> {
    #[serde(borrow)]
    pub(crate) reading: Cow<'a, str>,
}

/// A line of an export: a record of the log with its hash.
#[derive(Deserialize)]
struct Exported<'a> {
    #[serde(borrow)]
    record: Option<Body<'a>>,
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// The data of a record of a decision.
#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    decision: Option<&'a RawValue>,
}

fn unreadable(place: &str, what: &str) -> Failure {
    Failure::Unusable(format!(
        "{place}: {what}\n  mend: give a decisions file (.jsonl, .csv, .parquet) or an export (.jsonl) as Tollgate wrote it"
    ))
}

/// Shows each recorded decision to `each`, in the order in which they stand.
pub(crate) fn each_decision(
    source: &Source<'_>,
    stop: &Stop,
    each: &mut dyn FnMut(&Recorded<'_>),
) -> Result<(), Failure> {
    match source {
        Source::Ledger(address) => from_ledger(address, stop, each),
        Source::File(path) => match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => from_csv(path, stop, each),
            Some("parquet") => from_parquet(path, stop, each),
            _ => from_lines(path, stop, each),
        },
    }
}

fn go_on(stop: &Stop) -> Result<(), Failure> {
    if stop.load(Ordering::Relaxed) { Err(Failure::Stopped) } else { Ok(()) }
}

fn from_ledger(address: &str, stop: &Stop, each: &mut dyn FnMut(&Recorded<'_>)) -> Result<(), Failure> {
    follow(address, stop, &mut |record| {
        let body = record.parse().map_err(Failure::Unusable)?;
        if body.kind == "decision" {
            let place = format!("record {}", body.seq);
            each(&decision_in(body.data.get(), &place)?);
        }
        Ok(())
    })?;
    Ok(())
}

/// The decision in the data of a record of one.
fn decision_in<'a>(data: &'a str, place: &str) -> Result<Recorded<'a>, Failure> {
    let wrong = |error: serde_json::Error| unreadable(place, &error.to_string());
    let data: Data<'a> = serde_json::from_str(data).map_err(wrong)?;
    let decision = data.decision.ok_or_else(|| unreadable(place, "a record of a decision holds none"))?;
    serde_json::from_str(decision.get()).map_err(wrong)
}

fn from_lines(path: &Path, stop: &Stop, each: &mut dyn FnMut(&Recorded<'_>)) -> Result<(), Failure> {
    let failed = |error: std::io::Error| unreadable(&path.display().to_string(), &format!("cannot be read: {error}"));
    let mut lines = BufReader::with_capacity(1 << 18, File::open(path).map_err(failed)?);
    let mut line = String::new();
    for at in 1_u64.. {
        line.clear();
        if lines.read_line(&mut line).map_err(failed)? == 0 {
            break;
        }
        go_on(stop)?;
        let place = || format!("{}:{at}", path.display());
        let wrong = |error: serde_json::Error| unreadable(&place(), &error.to_string());
        // Most lines are decisions: only where one is none is it read as a record of an export.
        match serde_json::from_str(&line) {
            Ok(recorded) => each(&recorded),
            Err(no_decision) => {
                let exported: Exported<'_> = serde_json::from_str(&line).map_err(wrong)?;
                let body = exported.record.ok_or_else(|| wrong(no_decision))?;
                if body.kind == "decision" {
                    each(&decision_in(body.data.get(), &place())?);
                }
            }
        }
    }
    Ok(())
}

/// The cells of a row of a table, by column.
trait Cells {
    /// The text of a cell; `None` where it is empty or the table has no such column.
    fn text(&self, column: &str) -> Option<Cow<'_, str>>;
    /// Whether the table has a column.
    fn has(&self, column: &str) -> bool;
}

/// A decision from the cells of a row.
fn decision_of<'a>(row: &'a dyn Cells, place: &str) -> Result<Recorded<'a>, Failure> {
    let needed = |column: &str| row.text(column).ok_or_else(|| unreadable(place, &format!("{column} is empty")));
    let list = |column: &str| -> Option<Vec<Cow<'a, str>>> {
        let names = |text: Cow<'_, str>| text.split(';').map(|name| Cow::Owned(name.to_owned())).collect();
        row.has(column).then(|| row.text(column).map_or_else(Vec::new, names))
    };
    let readings = list("readings");
    Ok(Recorded {
        order_id: needed("order_id")?,
        line: parsed(&needed("line")?, "line", place)?,
        date: word(&needed("date")?, "date", place)?,
        policy: needed("policy")?,
        outcome: word(&needed("outcome")?, "outcome", place)?,
        authorization: row.text("authorization").map(RecordedText),
        review_policy: row.text("review_policy").map(|text| word(&text, "review_policy", place)).transpose()?,
        strictest: row.text("strictest").map(|text| word(&text, "strictest", place)).transpose()?,
        mildest: row.text("mildest").map(|text| word(&text, "mildest", place)).transpose()?,
        certificate: row.text("certificate").map(RecordedText),
        missing: list("missing").map(|names| names.into_iter().map(RecordedText).collect()),
        eccn: row.text("eccn").map(RecordedText),
        trace: None,
        is_row: true,
        readings: readings.map(|names| names.into_iter().map(|reading| RecordedReading { reading }).collect()),
    })
}

fn parsed<T: std::str::FromStr>(text: &str, column: &str, place: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| unreadable(place, &format!("{column} cannot be read: {text}")))
}

/// A value that JSON has as a text.
fn word<T: DeserializeOwned>(text: &str, column: &str, place: &str) -> Result<T, Failure> {
    let value = serde_json::from_value(serde_json::Value::String(text.to_owned()));
    value.map_err(|_| unreadable(place, &format!("{column} cannot be read: {text}")))
}

struct CsvRow<'a> {
    header: &'a csv::StringRecord,
    row: &'a csv::StringRecord,
}

impl Cells for CsvRow<'_> {
    fn text(&self, column: &str) -> Option<Cow<'_, str>> {
        let place = self.header.iter().position(|name| name == column)?;
        self.row.get(place).filter(|text| !text.is_empty()).map(Cow::Borrowed)
    }

    fn has(&self, column: &str) -> bool {
        self.header.iter().any(|name| name == column)
    }
}

fn from_csv(path: &Path, stop: &Stop, each: &mut dyn FnMut(&Recorded<'_>)) -> Result<(), Failure> {
    let failed = |error: csv::Error| unreadable(&path.display().to_string(), &error.to_string());
    let mut reader = csv::Reader::from_path(path).map_err(failed)?;
    let header = reader.headers().map_err(failed)?.clone();
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row).map_err(failed)? {
        go_on(stop)?;
        let line = row.position().map_or(0, csv::Position::line);
        let cells = CsvRow { header: &header, row: &row };
        each(&decision_of(&cells, &format!("{}:{line}", path.display()))?);
    }
    Ok(())
}

struct BatchRow<'a> {
    batch: &'a RecordBatch,
    row: usize,
}

impl Cells for BatchRow<'_> {
    fn text(&self, column: &str) -> Option<Cow<'_, str>> {
        let array = self.batch.column_by_name(column).filter(|array| array.is_valid(self.row))?;
        if let Some(texts) = array.as_string_opt::<i32>() {
            return Some(Cow::Borrowed(texts.value(self.row)));
        }
        if let Some(words) = array.as_dictionary_opt::<Int32Type>() {
            let text = words.values().as_string_opt::<i32>().zip(words.key(self.row));
            return text.map(|(texts, key)| Cow::Borrowed(texts.value(key)));
        }
        if let Some(days) = array.as_primitive_opt::<Date32Type>() {
            return Date::from_epoch_days(days.value(self.row)).map(|day| Cow::Owned(day.to_string()));
        }
        array.as_primitive_opt::<Int64Type>().map(|numbers| Cow::Owned(numbers.value(self.row).to_string()))
    }

    fn has(&self, column: &str) -> bool {
        self.batch.column_by_name(column).is_some()
    }
}

/// Whether the cells of a column are of a type in which Tollgate writes decisions.
fn is_read(column: &ArrayRef) -> bool {
    let words = column.as_dictionary_opt::<Int32Type>();
    words.is_some_and(|words| words.values().as_string_opt::<i32>().is_some())
        || column.as_string_opt::<i32>().is_some()
        || column.as_primitive_opt::<Date32Type>().is_some()
        || column.as_primitive_opt::<Int64Type>().is_some()
        || column.as_boolean_opt().is_some()
}

fn from_parquet(path: &Path, stop: &Stop, each: &mut dyn FnMut(&Recorded<'_>)) -> Result<(), Failure> {
    let failed = |what: String| unreadable(&path.display().to_string(), &what);
    let file = File::open(path).map_err(|error| failed(format!("cannot be read: {error}")))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build());
    let mut before = 0;
    for batch in reader.map_err(|error| failed(error.to_string()))? {
        let batch = batch.map_err(|error| failed(error.to_string()))?;
        let schema = batch.schema();
        if let Some((field, _)) = schema.fields().iter().zip(batch.columns()).find(|(_, column)| !is_read(column)) {
            return Err(failed(format!("the cells of {} have a type that Tollgate does not write", field.name())));
        }
        for row in 0..batch.num_rows() {
            go_on(stop)?;
            let place = format!("{}: row {}", path.display(), before + row + 1);
            each(&decision_of(&BatchRow { batch: &batch, row }, &place)?);
        }
        before += batch.num_rows();
    }
    Ok(())
}
