//! Parquet files that grow with the world.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use tollgate_records::Output;

use crate::commands::Failure;
use tollgate_decide::RunError;

/// A Parquet file that grows batch by batch and appears whole.
pub(super) struct Sheet {
    path: PathBuf,
    output: Output,
    writer: Option<ArrowWriter<Vec<u8>>>,
}

impl Sheet {
    pub(super) fn create(path: &Path) -> Result<Sheet, Failure> {
        let output = Output::create(path).map_err(|error| RunError::Output(path.to_owned(), error))?;
        Ok(Sheet { path: path.to_owned(), output, writer: None })
    }

    pub(super) fn failed(&self, error: impl std::error::Error + Send + Sync + 'static) -> Failure {
        RunError::Output(self.path.clone(), std::io::Error::other(error)).into()
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), Failure> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => {
                let squeezed = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
                ArrowWriter::try_new(Vec::new(), batch.schema(), Some(squeezed)).map_err(|error| self.failed(error))?
            }
        };
        writer.write(batch).and_then(|()| writer.flush()).map_err(|error| self.failed(error))?;
        // What is encoded goes to the file now, so that memory does not grow with the world.
        let encoded = std::mem::take(writer.inner_mut());
        self.writer = Some(writer);
        self.output.write_all(&encoded).map_err(|error| self.failed(error))
    }

    pub(super) fn commit(mut self) -> Result<(), Failure> {
        if let Some(writer) = self.writer.take() {
            let rest = writer.into_inner().map_err(|error| self.failed(error))?;
            self.output.write_all(&rest).map_err(|error| self.failed(error))?;
        }
        let path = self.path.clone();
        self.output.commit().map_err(|error| Failure::from(RunError::Output(path, error)))
    }
}
