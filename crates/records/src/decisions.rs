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
use tollgate_model::Date;

use crate::output::Output;

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

/// A decision as it is written; texts named `json` are JSON already.
#[derive(Clone, Debug)]
pub struct DecisionRecord<'a> {
    /// The transaction.
    pub order_id: &'a str,
    /// The item line.
    pub line: i64,
    /// The order's day.
    pub date: Date,
    /// The policy's name.
    pub policy: &'a str,
    /// The ECCN; `None` where the facts do not settle it.
    pub eccn: Option<&'a str>,
    /// TPP of the whole line, rounded up; `None` where unknown.
    pub tpp: Option<i64>,
    /// The outcome.
    pub outcome: &'a str,
    /// The exception's short name.
    pub authorization: Option<&'a str>,
    /// The review policy.
    pub review_policy: Option<&'a str>,
    /// The columns that the outcome turns on.
    pub missing: &'a [String],
    /// Whether the claimed authorization holds.
    pub claimed_ok: Option<bool>,
    /// The strictest outcome left possible.
    pub strictest: &'a str,
    /// The mildest.
    pub mildest: &'a str,
    /// The readings that it turns on, by name, with `;` between.
    pub readings: &'a str,
    /// From what it can be derived again.
    pub certificate: &'a str,
    /// What must be done to use the authorization.
    pub obligations_json: &'a str,
    /// The steps.
    pub trace_json: &'a str,
    /// Readings with the outcome under the other, and what is unsure.
    pub remarks_json: &'a str,
    /// List matches, as JSON.
    pub hits: &'a [ListHit],
}

/// A list match of a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListHit {
    /// The match as a JSON object: `party`, `role`, `list`, `entry`, `score`.
    pub json: String,
}

enum Sink {
    JsonLines(Output, String),
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
            Format::JsonLines => Sink::JsonLines(output, String::new()),
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
    pub fn write(&mut self, record: &DecisionRecord<'_>) -> io::Result<()> {
        match &mut self.sink {
            Sink::JsonLines(output, line) => {
                line.clear();
                push_record(line, record);
                line.push('\n');
                output.write_all(line.as_bytes())
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

fn write_csv(writer: &mut csv::Writer<Output>, record: &DecisionRecord<'_>) -> io::Result<()> {
    let claimed = record.claimed_ok.map_or(String::new(), |ok| ok.to_string());
    writer.write_record([
        record.order_id,
        &record.line.to_string(),
        &record.date.to_string(),
        record.policy,
        record.eccn.unwrap_or_default(),
        &record.tpp.map_or(String::new(), |tpp| tpp.to_string()),
        record.outcome,
        record.authorization.unwrap_or_default(),
        record.review_policy.unwrap_or_default(),
        &record.missing.join(";"),
        &claimed,
        record.strictest,
        record.mildest,
        record.readings,
        record.certificate,
    ])?;
    Ok(())
}

fn push_record(out: &mut String, record: &DecisionRecord<'_>) {
    out.push_str("{\"order_id\":");
    push_json(out, record.order_id);
    out.push_str(",\"line\":");
    out.push_str(&record.line.to_string());
    out.push_str(",\"date\":\"");
    out.push_str(&record.date.to_string());
    out.push('"');
    let mut texts = |name: &str, value: Option<&str>| {
        out.push_str(",\"");
        out.push_str(name);
        out.push_str("\":");
        match value {
            Some(value) => push_json(out, value),
            None => out.push_str("null"),
        }
    };
    texts("policy", Some(record.policy));
    texts("eccn", record.eccn);
    texts("outcome", Some(record.outcome));
    texts("authorization", record.authorization);
    texts("review_policy", record.review_policy);
    texts("strictest", Some(record.strictest));
    texts("mildest", Some(record.mildest));
    texts("certificate", Some(record.certificate));
    out.push_str(",\"tpp\":");
    out.push_str(&record.tpp.map_or("null".to_owned(), |tpp| tpp.to_string()));
    out.push_str(",\"missing\":[");
    for (place, column) in record.missing.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        push_json(out, column);
    }
    out.push_str("],\"claimed_ok\":");
    out.push_str(record.claimed_ok.map_or("null", |ok| if ok { "true" } else { "false" }));
    out.push_str(",\"obligations\":");
    out.push_str(record.obligations_json);
    out.push_str(",\"trace\":");
    out.push_str(record.trace_json);
    out.push_str(record.remarks_json);
    out.push_str(",\"hits\":[");
    for (place, hit) in record.hits.iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        out.push_str(&hit.json);
    }
    out.push_str("]}");
}

fn push_json(out: &mut String, text: &str) {
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&serde_json::Value::from(text).to_string());
    }
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
    fn push(&mut self, record: &DecisionRecord<'_>) {
        self.rows += 1;
        self.order_id.append_value(record.order_id);
        self.certificate.append_value(record.certificate);
        self.line.append_value(record.line);
        self.tpp.append_option(record.tpp);
        self.date.append_value(record.date.epoch_days());
        self.claimed_ok.append_option(record.claimed_ok);
        self.policy.append_value(record.policy);
        self.eccn.append_option(record.eccn);
        self.outcome.append_value(record.outcome);
        self.authorization.append_option(record.authorization);
        self.review_policy.append_option(record.review_policy);
        self.strictest.append_value(record.strictest);
        self.mildest.append_value(record.mildest);
        self.missing.append_option((!record.missing.is_empty()).then(|| record.missing.join(";")));
        self.readings.append_option((!record.readings.is_empty()).then_some(record.readings));
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
