//! Rows that stay in memory while they are few, and in a file while they are many.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use datafusion::arrow::ipc::writer::StreamWriter;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use sha2::{Digest as _, Sha256};
use tollgate_model::hex;

/// The most rows that stay in memory.
const ROWS_IN_MEMORY: usize = 2_000_000;
/// Rows of a row group: what a reader takes up at a time.
const ROW_GROUP: usize = 524_288;

/// Batches that wait for the writer.
const WAITING_BATCHES: usize = 4;

/// A table that grows: in memory up to two million rows, beyond them in a Parquet file.
pub struct Spool {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    rows: usize,
    path: PathBuf,
    writer: Option<FileWriter>,
}

/// A file that is written by a thread of its own, so that whoever makes the rows does not wait for it.
struct FileWriter {
    sender: SyncSender<RecordBatch>,
    thread: JoinHandle<Result<(), ParquetError>>,
}

impl FileWriter {
    fn start(mut writer: ArrowWriter<File>) -> FileWriter {
        let (sender, batches) = sync_channel::<RecordBatch>(WAITING_BATCHES);
        let thread = std::thread::spawn(move || {
            for batch in batches {
                writer.write(&batch)?;
            }
            writer.close().map(|_| ())
        });
        FileWriter { sender, thread }
    }

    /// Waits until all of it is written.
    fn finish(self) -> Result<(), ParquetError> {
        drop(self.sender);
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Spool {
    /// A table that goes to `folder/name.parquet` when it has grown.
    pub fn new(schema: SchemaRef, folder: &Path, name: &str) -> Spool {
        let path = folder.join(format!("{name}.parquet"));
        Spool { schema, batches: Vec::new(), rows: 0, path, writer: None }
    }

    /// Adds rows.
    pub fn push(&mut self, batch: RecordBatch) -> Result<(), String> {
        self.rows += batch.num_rows();
        if self.writer.is_none() && self.rows > ROWS_IN_MEMORY {
            let file = File::create(&self.path).map_err(|error| self.failed(&error))?;
            let writer = ArrowWriter::try_new(file, self.schema.clone(), Some(properties()));
            self.writer = Some(FileWriter::start(writer.map_err(|error| self.failed(&error))?));
            for batch in std::mem::take(&mut self.batches) {
                self.write(batch)?;
            }
        }
        match self.writer {
            Some(_) => self.write(batch),
            None => {
                self.batches.push(batch);
                Ok(())
            }
        }
    }

    fn write(&mut self, batch: RecordBatch) -> Result<(), String> {
        let Some(writer) = &self.writer else { return Ok(()) };
        if writer.sender.send(batch).is_ok() {
            return Ok(());
        }
        // The writer is gone only where it failed.
        match self.writer.take().map_or(Ok(()), FileWriter::finish) {
            Err(error) => Err(self.failed(&error)),
            Ok(()) => Err(self.failed(&"is closed already")),
        }
    }

    fn failed(&self, error: &dyn std::fmt::Display) -> String {
        format!(
            "{}: {error}\n  mend: make room there, or name another folder in the variable TMPDIR",
            self.path.display()
        )
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Its rows, or the file in which they are.
    pub fn finish(mut self) -> Result<StoredTable, String> {
        match self.writer.take() {
            Some(writer) => {
                writer.finish().map_err(|error| self.failed(&error))?;
                Ok(StoredTable::File(self.path, self.rows))
            }
            None => Ok(StoredTable::Rows(self.schema, self.batches)),
        }
    }
}

/// Where a table's rows are.
#[derive(Clone, Debug)]
pub enum StoredTable {
    /// In memory.
    Rows(SchemaRef, Vec<RecordBatch>),
    /// In a Parquet file of so many rows.
    File(PathBuf, usize),
}

impl StoredTable {
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        match self {
            StoredTable::Rows(_, batches) => batches.iter().map(RecordBatch::num_rows).sum(),
            StoredTable::File(_, rows) => *rows,
        }
    }

    /// SHA-256 of its rows in order, without some columns; a table in a file has that of the file.
    pub fn digest(&self, without: &[&str]) -> Result<String, String> {
        let mut hash = HashWriter(Sha256::new());
        match self {
            StoredTable::File(path, _) => {
                let copied = File::open(path).and_then(|mut file| std::io::copy(&mut file, &mut hash));
                copied.map_err(|error| format!("{}: {error}", path.display()))?;
            }
            StoredTable::Rows(schema, batches) => {
                let fields = schema.fields().iter().enumerate();
                let kept =
                    fields.filter(|(_, field)| !without.contains(&field.name().as_str())).map(|(place, _)| place);
                let places: Vec<usize> = kept.collect();
                let written = schema.project(&places).and_then(|schema| {
                    let mut writer = StreamWriter::try_new(&mut hash, &schema)?;
                    for batch in batches {
                        writer.write(&batch.project(&places)?)?;
                    }
                    writer.finish()
                });
                written.map_err(|error| error.to_string())?;
            }
        }
        Ok(hex(&hash.0.finalize()))
    }

    /// Writes it to a Parquet file, which appears whole.
    pub fn write(&self, path: &Path) -> Result<(), String> {
        let failed = |error: &dyn std::fmt::Display| {
            format!("{}: {error}\n  mend: check that the folder is yours and has room", path.display())
        };
        let partial = path.with_extension("partial");
        match self {
            StoredTable::File(from, _) => {
                std::fs::copy(from, &partial).map_err(|error| failed(&error))?;
            }
            StoredTable::Rows(schema, batches) => {
                let file = File::create(&partial).map_err(|error| failed(&error))?;
                let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties()));
                let mut writer = writer.map_err(|error| failed(&error))?;
                for batch in batches {
                    writer.write(batch).map_err(|error| failed(&error))?;
                }
                writer.close().map_err(|error| failed(&error))?;
            }
        }
        std::fs::rename(&partial, path).map_err(|error| failed(&error))
    }
}

/// Hashes what is written to it.
struct HashWriter(Sha256);

impl std::io::Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .build()
}
