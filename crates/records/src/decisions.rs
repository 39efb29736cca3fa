//! Decisions as JSON Lines, CSV or Parquet.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use arrow_array::builder::{BooleanBuilder, Date32Builder, Int64Builder, StringBuilder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use tollgate_model::never;

use crate::decision_columns::{DECISION_COLUMNS, DecisionCell, DecisionCellKind};
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
    Parquet(Encoder, Box<RowBuffer>),
}

/// Encodes batches on a thread beside the one that decides.
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

impl DecisionWriter {
    /// Starts a decisions file.
    pub fn create(path: &Path, format: Format) -> io::Result<DecisionWriter> {
        let output = Output::create(path)?;
        let sink = match format {
            Format::JsonLines => Sink::JsonLines(output, Vec::new()),
            Format::Csv => {
                let mut writer = csv::Writer::from_writer(output);
                writer.write_record(DECISION_COLUMNS.iter().map(|column| column.name))?;
                Sink::Csv(Box::new(writer))
            }
            Format::Parquet => Sink::Parquet(Encoder::start(output)?, Box::new(RowBuffer::new())),
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
            Sink::Parquet(encoder, buffer) => {
                buffer.push(record)?;
                if buffer.rows >= 8192 { encoder.send(buffer.batch()?) } else { Ok(()) }
            }
        }
    }

    /// Puts the file in its place.
    pub fn commit(self) -> io::Result<()> {
        match self.sink {
            Sink::JsonLines(output, _) => output.commit(),
            Sink::Csv(writer) => writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?.commit(),
            Sink::Parquet(mut encoder, mut buffer) => {
                if buffer.rows > 0 {
                    encoder.send(buffer.batch()?)?;
                }
                encoder.finish()?.commit()
            }
        }
    }
}

fn write_csv(writer: &mut csv::Writer<Output>, record: &DecisionRecord) -> io::Result<()> {
    for column in DECISION_COLUMNS {
        writer.write_field(formula_safe(&(column.cell)(record).csv()).as_bytes())?;
    }
    writer.write_record(None::<&[u8]>)?;
    Ok(())
}

fn schema() -> Arc<Schema> {
    let fields = DECISION_COLUMNS.iter().map(|column| Field::new(column.name, column.kind.arrow(), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// The cells of a column that wait to be written.
enum ColumnBuilder {
    Name(StringBuilder),
    Word(StringDictionaryBuilder<Int32Type>),
    Whole(Int64Builder),
    Day(Date32Builder),
    Truth(BooleanBuilder),
}

impl ColumnBuilder {
    fn new(kind: DecisionCellKind) -> ColumnBuilder {
        match kind {
            DecisionCellKind::Name => ColumnBuilder::Name(StringBuilder::new()),
            DecisionCellKind::Word | DecisionCellKind::Words | DecisionCellKind::Objects => {
                ColumnBuilder::Word(StringDictionaryBuilder::new())
            }
            DecisionCellKind::Whole => ColumnBuilder::Whole(Int64Builder::new()),
            DecisionCellKind::Day => ColumnBuilder::Day(Date32Builder::new()),
            DecisionCellKind::Truth => ColumnBuilder::Truth(BooleanBuilder::new()),
        }
    }

    /// Adds a cell; an error where it is not of the column's kind.
    fn push(&mut self, cell: &DecisionCell<'_>) -> io::Result<()> {
        match (self, cell) {
            (ColumnBuilder::Name(builder), DecisionCell::Text(text)) => builder.append_value(text),
            (ColumnBuilder::Word(builder), DecisionCell::Text(text)) => builder.append_value(text),
            (ColumnBuilder::Whole(builder), DecisionCell::Whole(number)) => builder.append_value(*number),
            (ColumnBuilder::Day(builder), DecisionCell::Day(day)) => builder.append_value(day.epoch_days()),
            (ColumnBuilder::Truth(builder), DecisionCell::Truth(truth)) => builder.append_value(*truth),
            (ColumnBuilder::Name(builder), DecisionCell::Empty) => builder.append_null(),
            (ColumnBuilder::Word(builder), DecisionCell::Empty) => builder.append_null(),
            (ColumnBuilder::Whole(builder), DecisionCell::Empty) => builder.append_null(),
            (ColumnBuilder::Day(builder), DecisionCell::Empty) => builder.append_null(),
            (ColumnBuilder::Truth(builder), DecisionCell::Empty) => builder.append_null(),
            (_, cell) => {
                never!("{cell:?} is not of the kind of its column");
                return Err(io::Error::other("a cell is not of the kind of its column"));
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            ColumnBuilder::Name(builder) => Arc::new(builder.finish()),
            ColumnBuilder::Word(builder) => Arc::new(builder.finish()),
            ColumnBuilder::Whole(builder) => Arc::new(builder.finish()),
            ColumnBuilder::Day(builder) => Arc::new(builder.finish()),
            ColumnBuilder::Truth(builder) => Arc::new(builder.finish()),
        }
    }
}

/// The rows of a Parquet file that wait to be written.
struct RowBuffer {
    rows: usize,
    columns: Vec<ColumnBuilder>,
}

impl RowBuffer {
    fn new() -> RowBuffer {
        RowBuffer { rows: 0, columns: DECISION_COLUMNS.iter().map(|column| ColumnBuilder::new(column.kind)).collect() }
    }

    fn push(&mut self, record: &DecisionRecord) -> io::Result<()> {
        self.rows += 1;
        let cells = DECISION_COLUMNS.iter().map(|column| (column.cell)(record));
        self.columns.iter_mut().zip(cells).try_for_each(|(builder, cell)| builder.push(&cell))
    }

    fn batch(&mut self) -> io::Result<RecordBatch> {
        self.rows = 0;
        let arrays = self.columns.iter_mut().map(ColumnBuilder::finish).collect();
        RecordBatch::try_new(schema(), arrays).map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::Array as _;
    use arrow_array::cast::AsArray as _;
    use arrow_array::types::{Date32Type, Int64Type};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use tollgate_model::Date;

    use super::*;

    /// The cell of a row of a batch, as CSV has it.
    fn text_of(array: &ArrayRef, row: usize) -> String {
        if array.is_null(row) {
            return String::new();
        }
        if let Some(words) = array.as_dictionary_opt::<Int32Type>() {
            return words.values().as_string::<i32>().value(words.key(row).unwrap()).to_owned();
        }
        match array.data_type() {
            arrow_schema::DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
            arrow_schema::DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
            arrow_schema::DataType::Boolean => array.as_boolean().value(row).to_string(),
            _ => Date::from_epoch_days(array.as_primitive::<Date32Type>().value(row)).unwrap().to_string(),
        }
    }

    #[test]
    fn parquet_has_the_columns_of_the_list_and_its_cells() {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tollgate/tests/golden/decisions.jsonl");
        let lines = std::fs::read_to_string(golden).unwrap();
        let records: Vec<DecisionRecord> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("decisions.parquet");
        let mut writer = DecisionWriter::create(&path, Format::Parquet).unwrap();
        records.iter().for_each(|record| writer.write(record).unwrap());
        writer.commit().unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path).unwrap()).unwrap();
        let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
        assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), records.len());
        let batch = batches.first().unwrap();
        assert_eq!(batch.num_columns(), DECISION_COLUMNS.len());
        for (column, array) in DECISION_COLUMNS.iter().zip(batch.columns()) {
            assert_eq!(*array.data_type(), column.kind.arrow(), "{}", column.name);
            for (row, record) in records.iter().enumerate() {
                let cell = (column.cell)(record);
                assert_eq!(text_of(array, row), cell.csv(), "{} of row {row}", column.name);
                assert_eq!(array.is_null(row), cell == DecisionCell::Empty, "{} of row {row}", column.name);
            }
        }
    }
}
