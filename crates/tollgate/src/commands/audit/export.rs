//! Records written out for whoever asks, with what proves that they stand in the log that was signed.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt64Array};
use clap::Args;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use tollgate_decide::RunError;
use tollgate_ledger::{AnchorError, Checkpoint, Comparison, GapProver, PublicKey, Record};
use tollgate_model::{Date, Stop, hex};
use tollgate_records::Output;

use super::files::{latest, unusable, write_file};
use super::follow::{broken, follow};
use crate::commands::inputs::{Database, day};
use crate::commands::{Failure, print};

/// Rows of a Parquet file that are encoded together.
const ROWS: usize = 65_536;
const DAY: i64 = 86_400_000;

/// What is written, and where.
#[derive(Args)]
pub(crate) struct ExportArguments {
    #[command(flatten)]
    database: Database,
    /// The first day, in UTC
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    from: Option<Date>,
    /// The last day, in UTC
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    to: Option<Date>,
    /// A signed checkpoint, or the folder of them: what proves that the records stand in the log that was signed goes into OUT.proof
    #[arg(long, value_name = "PATH", requires = "log_key")]
    checkpoint: Option<PathBuf>,
    /// The public key of the log, a file or its text
    #[arg(long, value_name = "KEY", requires = "checkpoint")]
    log_key: Option<String>,
    /// The file: .jsonl or .parquet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// What shows that exported records stand in the log that was signed.
struct Proof {
    checkpoint: Checkpoint,
    comparison: Comparison,
    prover: GapProver,
}

impl Proof {
    fn begin(path: &Path, log_key: &str) -> Result<Proof, AnchorError> {
        let key = PublicKey::read(log_key)?;
        let comparison = Comparison::read(path, &key)?;
        let checkpoint = latest(path, &key)?;
        let prover = GapProver::new(checkpoint.size);
        Ok(Proof { checkpoint, comparison, prover })
    }

    /// The text of the file beside the export.
    fn finish(self) -> Result<String, Failure> {
        self.comparison.finish().map_err(unusable)?;
        let proof = self.prover.finish(self.checkpoint.note.to_string());
        serde_json::to_string_pretty(&proof)
            .map(|text| text + "\n")
            .map_err(|error| Failure::Unusable(error.to_string()))
    }
}

/// Writes records, and with a checkpoint what proves them.
pub(crate) fn export(arguments: &ExportArguments, stop: &Stop) -> Result<(), Failure> {
    let ExportArguments { database, from, to, out, .. } = arguments;
    let mut proof = match arguments.checkpoint.as_deref().zip(arguments.log_key.as_deref()) {
        Some((checkpoint, key)) => Some(Proof::begin(checkpoint, key).map_err(unusable)?),
        None => None,
    };
    if proof.is_some() && out.extension().is_none_or(|ending| ending != "jsonl") {
        let what = format!("{}: only an export in lines has the bytes that were signed", out.display());
        return Err(Failure::Unusable(format!("{what}\n  mend: end it with .jsonl, or leave --checkpoint out")));
    }

    let failed = |error| Failure::from(RunError::Output(out.to_owned(), error));
    let start = from.map_or(i64::MIN, |day| i64::from(day.epoch_days()) * DAY);
    let end = to.map_or(i64::MAX, |day| (i64::from(day.epoch_days()) + 1) * DAY);
    let mut output = Output::create(out).map_err(failed)?;
    let mut rows = match out.extension().and_then(|ending| ending.to_str()) {
        Some("jsonl") => None,
        Some("parquet") => Some(Rows::default()),
        _ => {
            let what = format!("{}: cannot tell the form of the file", out.display());
            return Err(Failure::Unusable(format!("{what}\n  mend: end it with .jsonl or .parquet")));
        }
    };
    let (mut writer, mut late) = (None, 0_u64);
    follow(&database.database, stop, &mut |record| {
        let body = record.parse().map_err(|what| Failure::Unusable(broken(&what)))?;
        let is_wanted = (start..end).contains(&body.at_ms);
        let is_exported = is_wanted && proof.as_ref().is_none_or(|proof| record.seq <= proof.checkpoint.size);
        late += u64::from(is_wanted && !is_exported);
        if let Some(proof) = &mut proof {
            proof.comparison.push(record);
            proof.prover.push(record, is_exported);
        }
        if !is_exported {
            return Ok(());
        }
        match &mut rows {
            None => record.write_line(&mut output).map_err(failed),
            Some(rows) => {
                rows.push(record, &body);
                if rows.seq.len() < ROWS {
                    return Ok(());
                }
                rows.flush(&mut writer, &mut output).map_err(failed)
            }
        }
    })?;
    if let Some(rows) = &mut rows {
        rows.flush(&mut writer, &mut output).map_err(failed)?;
        if let Some(writer) = writer {
            let bytes = writer.into_inner().map_err(|error| failed(error.into()))?;
            output.write_all(&bytes).map_err(failed)?;
        }
    }
    let proof = proof.map(Proof::finish).transpose()?;
    output.commit().map_err(failed)?;
    match proof {
        None => Ok(()),
        Some(text) => {
            write_file(&PathBuf::from(format!("{}.proof", out.display())), &text)?;
            if late == 0 {
                return Ok(());
            }
            print(&format!(
                "{late} records came after the checkpoint and were left out\n  mend: sign a new one with `tollgate audit checkpoint`\n"
            ))
        }
    }
}

#[derive(Default)]
struct Rows {
    seq: Vec<u64>,
    at: Vec<i64>,
    texts: [Vec<String>; 5],
    origin: Vec<u64>,
}

impl Rows {
    fn push(&mut self, record: &Record, body: &tollgate_ledger::Body<'_>) {
        self.seq.push(body.seq);
        self.at.push(body.at_ms);
        self.origin.push(body.origin);
        let cells = [&body.kind, &body.actor, &body.id].map(|cell| cell.to_string());
        let [kind, actor, id] = cells;
        let all = [kind, actor, id, body.data.get().to_owned(), hex(&record.hash)];
        self.texts.iter_mut().zip(all).for_each(|(column, cell)| column.push(cell));
    }

    fn flush(&mut self, writer: &mut Option<ArrowWriter<Vec<u8>>>, output: &mut Output) -> std::io::Result<()> {
        let [kind, actor, id, data, hash] = std::mem::take(&mut self.texts).map(StringArray::from);
        let columns: [(&str, ArrayRef); 8] = [
            ("seq", Arc::new(UInt64Array::from(std::mem::take(&mut self.seq)))),
            ("at", Arc::new(Int64Array::from(std::mem::take(&mut self.at)))),
            ("kind", Arc::new(kind)),
            ("actor", Arc::new(actor)),
            ("origin", Arc::new(UInt64Array::from(std::mem::take(&mut self.origin)))),
            ("id", Arc::new(id)),
            ("data", Arc::new(data)),
            ("hash", Arc::new(hash)),
        ];
        let batch = RecordBatch::try_from_iter(columns).map_err(std::io::Error::other)?;
        let writer = match writer {
            Some(writer) => writer,
            none => {
                let squeezed = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
                let new = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(squeezed));
                none.insert(new.map_err(std::io::Error::other)?)
            }
        };
        writer.write(&batch).map_err(std::io::Error::other)?;
        writer.flush().map_err(std::io::Error::other)?;
        // What is encoded goes to the file now, so that memory does not grow with the log.
        let encoded = std::mem::take(writer.inner_mut());
        output.write_all(&encoded)
    }
}
