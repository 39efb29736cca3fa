//! A file as batches of named columns, whatever its format.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};

use tollgate_model::{Diagnostic, Diagnostics};

use crate::bounded::{as_stored, bounded_arrays, with_numbers};
use crate::columns::Table;
use crate::folder::parts;
use crate::headers::{BATCH, BATCH_BYTES, Columns, Headers, columns, finished, row_at};
use crate::json_rows::next_json;
use crate::mistakes::{Cell, broken, in_file, repeated_column, unreadable};
use crate::pages::rows_at_once;
use crate::side_cells::gather_side_cells;

/// The same where texts are taken up as numbers: fewer batches, so that what is worked out for a batch is for many rows.
const CODED_BATCH: usize = 32_768;

/// Some rows of a file, by column.
pub(crate) struct Batch {
    pub(crate) columns: BTreeMap<String, ArrayRef>,
    pub(crate) rows: usize,
    /// The number of the first row, from 1.
    pub(crate) first_row: u64,
}

impl Batch {
    /// Rows that somebody else has read.
    pub(crate) fn from_arrow(
        batch: &RecordBatch,
        first_row: u64,
        table: Table,
        file: &Path,
    ) -> Result<Batch, Diagnostic> {
        let (columns, rows) = from_arrow(batch, &mut Headers::new(table, false), file)?;
        Ok(Batch { columns, rows, first_row })
    }
}

enum Reader {
    Csv(Box<csv::Reader<Box<dyn Read + Send>>>, Vec<String>),
    JsonLines(BufReader<Box<dyn Read + Send>>),
    Parquet(ParquetRecordBatchReader),
}

/// What is read of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selection {
    /// The table whose columns they are.
    pub(crate) table: Table,
    /// Which columns of Parquet are taken up as numbers of their distinct texts.
    pub(crate) coded: fn(&str) -> bool,
    /// Which are read; of other formats all are.
    pub(crate) read: fn(&str) -> bool,
    /// Whether what stands in columns that the table does not have goes into `unread_text`.
    pub(crate) holds_unknown: bool,
}

impl Selection {
    /// All of a table.
    pub(crate) const fn all(table: Table) -> Selection {
        Selection { table, coded: |_| false, read: |_| true, holds_unknown: false }
    }
}

/// What becomes of the rows of a batch before they are read: the same rows in parts, some cells of which are others.
pub(crate) type Rewrite = dyn Fn(Batch, &Path) -> VecDeque<Batch> + Send + Sync;

/// An open file.
pub(crate) struct Source {
    path: PathBuf,
    reader: Reader,
    next_row: u64,
    ended: bool,
    /// The rest of a folder of Parquet files, the next last.
    rest: Vec<PathBuf>,
    selection: Selection,
    headers: Headers,
    /// What is done to rows before they are handed on.
    rewrite: Option<Arc<Rewrite>>,
    /// The rest of the last rows read, where they were rewritten in parts.
    parts: VecDeque<Batch>,
}

impl Source {
    /// The same, each batch of which is rewritten before it is handed on.
    pub(crate) fn rewritten(self, rewrite: Arc<Rewrite>) -> Source {
        Source { rewrite: Some(rewrite), ..self }
    }

    /// The same, where a person leaves some columns out.
    pub(crate) fn ignoring(mut self, headers: &Arc<BTreeSet<String>>) -> Source {
        self.headers.ignored = Arc::clone(headers);
        self
    }

    /// Opens a file of a table by its ending.
    pub(crate) fn open(path: &Path, table: Table) -> Result<Source, Diagnostic> {
        Source::open_selection(path, Selection::all(table))
    }

    /// Opens a file for some of it.
    pub(crate) fn open_selection(path: &Path, selection: Selection) -> Result<Source, Diagnostic> {
        if path.is_dir() {
            let mut files = parts(path)?;
            let Some(first) = files.pop() else {
                let mend = "put files that end in .parquet into it, or name a file";
                return Err(in_file("empty-folder", path, "is a folder without Parquet files", mend));
            };
            return Ok(Source { rest: files, ..Source::open_selection(&first, selection)? });
        }
        // A path without a name, such as `..`, has no ending either and is refused for that.
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().to_lowercase());
        let file = File::open(path).map_err(|error| unreadable(path, "opened", &error))?;
        let (stem, packed): (&str, Box<dyn Read + Send>) = if let Some(stem) = name.strip_suffix(".gz") {
            (stem, Box::new(flate2::read::MultiGzDecoder::new(BufReader::new(file))))
        } else if let Some(stem) = name.strip_suffix(".zst") {
            let decoder = zstd::stream::read::Decoder::new(file);
            let decoder = decoder.map_err(|error| broken(path, format!("not Zstandard: {error}"), "pack it again"))?;
            (stem, Box::new(decoder))
        } else if name.ends_with(".parquet") {
            let mut headers = Headers::new(selection.table, selection.holds_unknown);
            let reader = parquet(path, file, selection, &mut headers)?;
            return Ok(Source::of_reader(path, reader, selection, headers));
        } else {
            (name.as_str(), Box::new(BufReader::with_capacity(1 << 18, file)))
        };
        let mut headers = Headers::new(selection.table, selection.holds_unknown);
        let reader = if stem.ends_with(".csv") {
            csv_reader(path, packed, &mut headers)?
        } else if stem.ends_with(".jsonl") {
            Reader::JsonLines(BufReader::new(packed))
        } else {
            let mend = "give it an ending of .csv, .jsonl or .parquet (.gz or .zst behind the first two)";
            return Err(in_file("unknown-format", path, "its ending does not say what it holds", mend));
        };
        Ok(Source::of_reader(path, reader, selection, headers))
    }

    fn of_reader(path: &Path, reader: Reader, selection: Selection, headers: Headers) -> Source {
        let (rest, parts) = (Vec::new(), VecDeque::new());
        let (path, rewrite) = (path.to_owned(), None);
        Source { path, reader, next_row: 1, ended: false, rest, selection, headers, rewrite, parts }
    }

    /// The next rows; `None` at the end.
    pub(crate) fn next(&mut self) -> Option<Result<Batch, Diagnostic>> {
        if let Some(part) = self.parts.pop_front() {
            return Some(Ok(part));
        }
        let batch = self.next_as_read()?;
        match (&self.rewrite, batch) {
            (Some(rewrite), Ok(batch)) if batch.rows > 0 => {
                self.parts = rewrite(batch, &self.path);
                self.parts.pop_front().map(Ok)
            }
            (_, batch) => Some(batch),
        }
    }

    /// The next rows as the file has them.
    fn next_as_read(&mut self) -> Option<Result<Batch, Diagnostic>> {
        if self.ended {
            return None;
        }
        let batch = match &mut self.reader {
            Reader::Parquet(reader) => reader.next().map(|batch| match batch {
                Ok(batch) => from_parquet(&batch, &mut self.headers, self.selection, &self.path),
                Err(error) => {
                    let what = format!("cannot be read as Parquet: {error}");
                    Err(broken(&self.path, what, "write the file again"))
                }
            }),
            Reader::Csv(reader, headers) => next_csv(&self.path, reader, headers, self.next_row).transpose(),
            Reader::JsonLines(reader) => next_json(&self.path, reader, &mut self.headers, self.next_row).transpose(),
        };
        match batch {
            Some(Ok((mut columns, rows))) => {
                gather_side_cells(&mut columns, rows, &self.headers);
                let first_row = self.next_row;
                self.next_row = row_at(self.next_row, rows);
                Some(Ok(Batch { columns, rows, first_row }))
            }
            Some(Err(error)) => {
                self.ended = true;
                Some(Err(error))
            }
            None if !self.rest.is_empty() => self.next_part(),
            None => {
                self.ended = true;
                // A header without rows still says which columns there are.
                match &self.reader {
                    Reader::Csv(_, headers) if self.next_row == 1 => {
                        let none = headers.iter().map(|_| StringBuilder::new()).collect();
                        let columns = columns(headers, none);
                        Some(Ok(Batch { columns, rows: 0, first_row: 1 }))
                    }
                    _ => None,
                }
            }
        }
    }
}

impl Source {
    /// The columns so far that the table does not have: each with the column that may be meant.
    pub(crate) fn unknown_columns(&self) -> Vec<Diagnostic> {
        let table = self.selection.table;
        let (becomes, otherwise) = match table {
            Table::Orders => (
                "what stands in it is not read, and leaves its line open unless it is known to say nothing",
                "take it out, or name it as one to ignore, where it says nothing of the lines",
            ),
            _ => ("it is not read", "take it out, or leave it if it is not meant for Tollgate"),
        };
        let unknown = |header: &String| {
            let what = format!("the table `{}` has no such column: {becomes}", table.as_str());
            let mend = table.nearest_column(header).map_or_else(
                || otherwise.to_owned(),
                |column| format!("did you mean `{}`? Else {otherwise}", column.name),
            );
            Diagnostic::new("unknown-column", Cell::column(header).in_file(&self.path), what, mend)
        };
        self.headers.unknown.iter().map(unknown).collect()
    }

    /// Where the rows come from at the moment.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The first rows of the next file of a folder; its rows are counted from 1 again.
    fn next_part(&mut self) -> Option<Result<Batch, Diagnostic>> {
        let path = self.rest.pop()?;
        match Source::open_selection(&path, self.selection) {
            Ok(next) => {
                let rest = std::mem::take(&mut self.rest);
                let unknown = std::mem::take(&mut self.headers.unknown);
                let rewrite = self.rewrite.take();
                let ignored = Arc::clone(&self.headers.ignored);
                *self = Source { rest, rewrite, ..next };
                self.headers.unknown.extend(unknown);
                self.headers.ignored = ignored;
                self.next_as_read()
            }
            Err(error) => {
                self.ended = true;
                Some(Err(error))
            }
        }
    }
}

/// Names the columns of a file that its table does not have, which are therefore not read. Those that are a slip of the pen away from one that the
/// table has are an error, and with `strict` all of them.
pub fn unknown_columns(path: &Path, table: Table, strict: bool) -> Result<Vec<Diagnostic>, Diagnostics> {
    let mut source = Source::open(path, table)?;
    if matches!(source.reader, Reader::JsonLines(_)) {
        while let Some(batch) = source.next() {
            batch?;
        }
    }
    while let Some(part) = source.rest.pop() {
        let headers = Source::open(&part, table)?.headers;
        source.headers.unknown.extend(headers.unknown);
    }
    let unknown = source.unknown_columns();
    let refused = |error: &&Diagnostic| strict || table.misspelt_column(&error.place.column).is_some();
    let refused: Vec<Diagnostic> = unknown.iter().filter(refused).cloned().collect();
    if refused.is_empty() { Ok(unknown) } else { Err(Diagnostics(refused)) }
}

fn from_arrow(batch: &RecordBatch, headers: &mut Headers, path: &Path) -> Result<Columns, Diagnostic> {
    let schema = batch.schema();
    let mut columns = BTreeMap::new();
    for (field, array) in schema.fields().iter().zip(batch.columns()) {
        let name = headers.name(field.name().trim());
        if columns.contains_key(&name) {
            return Err(repeated_column(path, &name));
        }
        columns.insert(name, Arc::clone(array));
    }
    Ok((columns, batch.num_rows()))
}

/// The columns of a batch of Parquet, whose texts have a bound.
fn from_parquet(
    batch: &RecordBatch,
    headers: &mut Headers,
    selection: Selection,
    path: &Path,
) -> Result<Columns, Diagnostic> {
    let (mut columns, rows) = from_arrow(batch, headers, path)?;
    let arrays = bounded_arrays(batch, &|header| is_coded(selection, header), path)?;
    for (field, array) in batch.schema().fields().iter().zip(arrays) {
        columns.insert(headers.name(field.name().trim()), array);
    }
    Ok((columns, rows))
}

fn parquet(path: &Path, file: File, selection: Selection, headers: &mut Headers) -> Result<Reader, Diagnostic> {
    let wrong = |error: parquet::errors::ParquetError| {
        broken(path, format!("cannot be read as Parquet: {error}"), "write the file again, whole")
    };
    let read = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(wrong)?;
    let schema = with_numbers(read.schema(), &|header| is_coded(selection, header));
    let any_coded = schema.fields().iter().any(|field| matches!(field.data_type(), DataType::Dictionary(..)));
    let options = ArrowReaderOptions::new().with_schema(as_stored(&schema, read.metadata()));
    let read = ArrowReaderMetadata::try_new(Arc::clone(read.metadata()), options).map_err(wrong)?;
    let roots = read.parquet_schema().root_schema().get_fields().iter().enumerate();
    let mut names = BTreeSet::new();
    let mut places = Vec::new();
    for (place, field) in roots {
        let name = headers.name(field.name().trim());
        if (selection.read)(&name) {
            places.push(place);
        }
        if let Some(name) = names.replace(name) {
            return Err(repeated_column(path, &name));
        }
    }
    let most = if any_coded { CODED_BATCH } else { BATCH };
    let rows = rows_at_once(path, &file, read.metadata(), &|place| places.contains(&place), most)?;
    let mask = ProjectionMask::roots(read.parquet_schema(), places);
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, read).with_projection(mask);
    builder.with_batch_size(rows).build().map(Reader::Parquet).map_err(wrong)
}

/// Whether the texts of a header's column are taken up as numbers of their distinct values.
fn is_coded(selection: Selection, header: &str) -> bool {
    selection.table.column_of_header(header.trim()).is_some_and(|column| (selection.coded)(column.name))
}

fn csv_reader(path: &Path, input: Box<dyn Read + Send>, known: &mut Headers) -> Result<Reader, Diagnostic> {
    let mut input = BufReader::new(input);
    let cut_short = |error: &dyn std::fmt::Display| {
        broken(path, format!("cannot be read: {error}"), "check that the file is whole")
    };
    if input.fill_buf().map_err(|error| cut_short(&error))?.starts_with(b"\xef\xbb\xbf") {
        input.consume(3);
    }
    let input: Box<dyn Read + Send> = Box::new(input);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let headers = reader.byte_headers().map_err(|error| cut_short(&error))?;
    let mut names = Vec::new();
    let mut seen = BTreeSet::new();
    for header in headers {
        let name = known.name(String::from_utf8_lossy(header).trim());
        if !seen.insert(name.clone()) {
            return Err(repeated_column(path, &name));
        }
        names.push(name);
    }
    if names.iter().all(String::is_empty) {
        let mend = "write the names of the columns in the first row";
        return Err(in_file("missing-header", path, "there is no header row", mend));
    }
    Ok(Reader::Csv(Box::new(reader), names))
}

fn next_csv(
    path: &Path,
    reader: &mut csv::Reader<Box<dyn Read + Send>>,
    headers: &[String],
    first_row: u64,
) -> Result<Option<Columns>, Diagnostic> {
    let mut builders: Vec<StringBuilder> = headers.iter().map(|_| StringBuilder::new()).collect();
    let mut record = csv::ByteRecord::new();
    let (mut rows, mut bytes) = (0, 0);
    let place = |rows: usize, column: &str| Cell::empty(row_at(first_row, rows), column).in_file(path);
    while rows < BATCH && bytes < BATCH_BYTES {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let what = format!("cannot be read as CSV: {error}");
                return Err(Diagnostic::new("broken-file", place(rows, ""), what, "check that the file is whole"));
            }
        }
        if record.len() != headers.len() {
            let what = format!("has {} cells, but the header has {}", record.len(), headers.len());
            let mend = "give it as many cells; quote cells that hold commas or line breaks";
            return Err(Diagnostic::new("wrong-cell-count", place(rows, ""), what, mend));
        }
        for ((builder, cell), name) in builders.iter_mut().zip(&record).zip(headers) {
            match std::str::from_utf8(cell) {
                Ok(text) if text.trim().is_empty() => builder.append_null(),
                Ok(text) => builder.append_value(text.trim()),
                Err(_) => {
                    let mend = "save the file as UTF-8";
                    return Err(Diagnostic::new("not-utf-8", place(rows, name), "is not UTF-8", mend));
                }
            }
        }
        (rows, bytes) = (rows + 1, bytes + record.as_slice().len());
    }
    Ok(finished(headers, builders, rows))
}
