//! Decisions as JSON Lines, CSV or Parquet.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use arrow_array::builder::{BooleanBuilder, Date32Builder, Int64Builder, StringBuilder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::output::{Output, formula_safe};
use crate::record::DecisionRecord;

/// The form of a decisions file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line, with obligations, trace and hits.
    JsonLines,
    /// The short columns, with the certificate in place of the trace.
    Csv,
    /// As CSV.
    Parquet,
}

impl Format {
    /// The form that a file's ending asks for.
    pub fn of(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()? {
            "jsonl" => Some(Format::JsonLines),
            "csv" => Some(Format::Csv),
            "parquet" => Some(Format::Parquet),
            _ => None,
        }
    }
}

enum Sink {
    JsonLines(Output, Vec<u8>),
    Csv(Box<csv::Writer<Output>>),
    Parquet(Encoder, Box<Columns>),
}

/// Encodes batches on a thread of its own.
struct Encoder {
    batches: Option<SyncSender<RecordBatch>>,
    thread: Option<JoinHandle<io::Result<Output>>>,
}

impl Encoder {
    fn start(output: Output) -> io::Result<Encoder> {
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let mut writer = ArrowWriter::try_new(output, schema(), Some(properties)).map_err(io::Error::other)?;
        let (sender, receiver) = sync_channel::<RecordBatch>(2);
        let thread = std::thread::Builder::new().spawn(move || {
            for batch in receiver {
                writer.write(&batch).map_err(io::Error::other)?;
            }
            writer.into_inner().map_err(io::Error::other)
        })?;
        Ok(Encoder { batches: Some(sender), thread: Some(thread) })
    }

    fn send(&mut self, batch: RecordBatch) -> io::Result<()> {
        let sent = self.batches.as_ref().is_some_and(|batches| batches.send(batch).is_ok());
        if sent { Ok(()) } else { Err(self.finish().err().unwrap_or_else(|| io::Error::other("the writer stopped"))) }
    }

    fn finish(&mut self) -> io::Result<Output> {
        self.batches = None;
        let ended = self.thread.take().map(JoinHandle::join);
        ended.and_then(Result::ok).unwrap_or_else(|| Err(io::Error::other("the writer ended early")))
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // An unfinished output removes its own file; wait for that.
        drop(self.finish());
    }
}

/// Writes decisions to a file that appears whole or not at all.
pub struct DecisionWriter {
    sink: Sink,
}

const HEADERS: [&str; 15] = [
    "order_id",
    "line",
    "date",
    "policy",
    "eccn",
    "tpp",
    "outcome",
    "authorization",
    "review_policy",
    "missing",
    "claimed_ok",
    "strictest",
    "mildest",
    "readings",
    "certificate",
];

impl DecisionWriter {
    /// Starts a decisions file.
    pub fn create(path: &Path, format: Format) -> io::Result<DecisionWriter> {
        let output = Output::create(path)?;
        let sink = match format {
            Format::JsonLines => Sink::JsonLines(output, Vec::new()),
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(output);
                writer.write_record(HEADERS)?;
                Sink::Csv(Box::new(writer))
            }
            Format::Parquet => Sink::Parquet(Encoder::start(output)?, Box::default()),
        };
        Ok(DecisionWriter { sink })
    }

    /// Whether decisions are written with their trace.
    pub fn wants_trace(&self) -> bool {
        matches!(self.sink, Sink::JsonLines(..))
    }

    /// Writes one decision.
    pub fn write(&mut self, record: &DecisionRecord) -> io::Result<()> {
        match &mut self.sink {
            Sink::JsonLines(output, line) => {
                line.clear();
                serde_json::to_writer(&mut *line, record)?;
                line.push(b'\n');
                output.write_all(line)
            }
            Sink::Csv(writer) => write_csv(writer, record),
            Sink::Parquet(encoder, columns) => {
                columns.push(record);
                if columns.rows >= 8192 { encoder.send(columns.batch()?) } else { Ok(()) }
            }
        }
    }

    /// Puts the file in its place.
    pub fn commit(self) -> io::Result<()> {
        match self.sink {
            Sink::JsonLines(output, _) => output.commit(),
            Sink::Csv(writer) => writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?.commit(),
            Sink::Parquet(mut encoder, mut columns) => {
                if columns.rows > 0 {
                    encoder.send(columns.batch()?)?;
                }
                encoder.finish()?.commit()
            }
        }
    }
}

fn write_csv(writer: &mut csv::Writer<Output>, record: &DecisionRecord) -> io::Result<()> {
    let claimed = record.claimed_ok.map_or(String::new(), |ok| ok.to_string());
    let cells = [
        record.order_id.as_str(),
        &record.line.to_string(),
        &record.date.to_string(),
        &record.policy,
        record.eccn.as_deref().unwrap_or(""),
        &record.tpp.map_or(String::new(), |tpp| tpp.to_string()),
        record.outcome.as_str(),
        record.authorization.as_deref().unwrap_or(""),
        record.review_policy.map_or("", |review| review.as_str()),
        &record.missing.join(";"),
        &claimed,
        record.strictest.as_str(),
        record.mildest.as_str(),
        &reading_names(record),
        &record.certificate,
    ];
    let safe = cells.map(formula_safe);
    writer.write_record(safe.iter().map(|cell| cell.as_bytes()))?;
    Ok(())
}

/// Texts with `;` between.
fn joined<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<Vec<_>>().join(";")
}

fn reading_names(record: &DecisionRecord) -> String {
    joined(record.readings.iter().map(|turn| turn.reading.as_str()))
}

fn words() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn schema() -> Arc<Schema> {
    let typed = |name: &str| match name {
        "line" | "tpp" => DataType::Int64,
        "date" => DataType::Date32,
        "claimed_ok" => DataType::Boolean,
        "order_id" => DataType::Utf8,
        _ => words(),
    };
    Arc::new(Schema::new(HEADERS.map(|name| Field::new(name, typed(name), true)).to_vec()))
}

#[derive(Default)]
struct Columns {
    rows: usize,
    order_id: StringBuilder,
    certificate: StringDictionaryBuilder<Int32Type>,
    line: Int64Builder,
    tpp: Int64Builder,
    date: Date32Builder,
    claimed_ok: BooleanBuilder,
    policy: StringDictionaryBuilder<Int32Type>,
    eccn: StringDictionaryBuilder<Int32Type>,
    outcome: StringDictionaryBuilder<Int32Type>,
    authorization: StringDictionaryBuilder<Int32Type>,
    review_policy: StringDictionaryBuilder<Int32Type>,
    missing: StringDictionaryBuilder<Int32Type>,
    strictest: StringDictionaryBuilder<Int32Type>,
    mildest: StringDictionaryBuilder<Int32Type>,
    readings: StringDictionaryBuilder<Int32Type>,
}

impl Columns {
    fn push(&mut self, record: &DecisionRecord) {
        self.rows += 1;
        self.order_id.append_value(&record.order_id);
        self.certificate.append_value(&record.certificate);
        self.line.append_value(record.line);
        self.tpp.append_option(record.tpp);
        self.date.append_value(record.date.epoch_days());
        self.claimed_ok.append_option(record.claimed_ok);
        self.policy.append_value(&record.policy);
        self.eccn.append_option(record.eccn.as_deref());
        self.outcome.append_value(record.outcome.as_str());
        self.authorization.append_option(record.authorization.as_deref());
        self.review_policy.append_option(record.review_policy.map(|review| review.as_str()));
        self.strictest.append_value(record.strictest.as_str());
        self.mildest.append_value(record.mildest.as_str());
        self.missing.append_option((!record.missing.is_empty()).then(|| record.missing.join(";")));
        self.readings.append_option((!record.readings.is_empty()).then(|| reading_names(record)));
    }

    fn batch(&mut self) -> io::Result<RecordBatch> {
        self.rows = 0;
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(self.order_id.finish()),
            Arc::new(self.line.finish()),
            Arc::new(self.date.finish()),
            Arc::new(self.policy.finish()),
            Arc::new(self.eccn.finish()),
            Arc::new(self.tpp.finish()),
            Arc::new(self.outcome.finish()),
            Arc::new(self.authorization.finish()),
            Arc::new(self.review_policy.finish()),
            Arc::new(self.missing.finish()),
            Arc::new(self.claimed_ok.finish()),
            Arc::new(self.strictest.finish()),
            Arc::new(self.mildest.finish()),
            Arc::new(self.readings.finish()),
            Arc::new(self.certificate.finish()),
        ];
        RecordBatch::try_new(schema(), arrays).map_err(io::Error::other)
    }
}
