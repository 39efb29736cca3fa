//! Parquet files that grow with the world.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use tollgate_decide::RunError;
use tollgate_records::Output;

/// Columns of the same length, by name.
pub(super) type Columns = Vec<(&'static str, ArrayRef)>;

/// A Parquet file that grows batch by batch and appears whole.
pub(super) struct ParquetFile {
    path: PathBuf,
    output: Output,
    writer: Option<ArrowWriter<Vec<u8>>>,
}

impl ParquetFile {
    /// A file without rows, which appears at `path` when it is committed.
    pub(super) fn create(path: &Path) -> Result<ParquetFile, RunError> {
        let output = Output::create(path).map_err(|error| RunError::Output(path.to_owned(), error))?;
        Ok(ParquetFile { path: path.to_owned(), output, writer: None })
    }

    fn failed(&self, error: impl std::error::Error + Send + Sync + 'static) -> RunError {
        RunError::Output(self.path.clone(), std::io::Error::other(error))
    }

    /// Appends rows; all batches have the same columns.
    pub(super) fn write(&mut self, columns: Columns) -> Result<(), RunError> {
        let batch = RecordBatch::try_from_iter(columns).map_err(|error| self.failed(error))?;
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => {
                let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
                let schema = Arc::clone(batch.schema_ref());
                ArrowWriter::try_new(Vec::new(), schema, Some(properties)).map_err(|error| self.failed(error))?
            }
        };
        writer.write(&batch).and_then(|()| writer.flush()).map_err(|error| self.failed(error))?;
        // What is encoded goes to the file now, so that memory does not grow with the world.
        let encoded = std::mem::take(writer.inner_mut());
        self.writer = Some(writer);
        self.output.write_all(&encoded).map_err(|error| self.failed(error))
    }

    /// Ends the file and puts it in its place.
    pub(super) fn commit(mut self) -> Result<(), RunError> {
        if let Some(writer) = self.writer.take() {
            let rest = writer.into_inner().map_err(|error| self.failed(error))?;
            self.output.write_all(&rest).map_err(|error| self.failed(error))?;
        }
        let path = self.path.clone();
        self.output.commit().map_err(|error| RunError::Output(path, error))
    }
}
