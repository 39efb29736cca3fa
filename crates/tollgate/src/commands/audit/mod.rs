//! `tollgate audit`: the log shown, verified, exported, and its decisions derived again.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt64Array};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use serde_json::json;
use tollgate_ledger::{Log, Record, Verifier};
use tollgate_model::{Date, hex};
use tollgate_records::Output;

use super::recheck::{Source, recheck};
use super::{Failure, print};
use crate::commands::inputs::{Database, TextFormat, day};
use clap::Subcommand;
use std::path::PathBuf;
use tollgate_decide::RunError;
use tollgate_ledger::open_log_to_read;
use tollgate_model::Stop;

#[derive(Subcommand)]
#[command(after_help = "Examples:
  tollgate audit verify --database sqlite:tollgate.sqlite
  tollgate audit export --database sqlite:tollgate.sqlite --from 2026-01-01 --to 2026-12-31 --out 2026.jsonl
  tollgate audit recheck --file out/decisions.jsonl
The form of the records is written down in docs/audit-log.md; docs/verify_audit_log.py checks an export without Tollgate.")]
pub(crate) enum AuditCommand {
    /// Follows the chain of hashes from the first record to the last, and names the first that is not as it was written.
    Verify {
        #[command(flatten)]
        database: Database,
        /// The hash that the last record must have, as an earlier run printed it: finds records that were cut off the end
        #[arg(long, value_name = "HASH")]
        expect: Option<String>,
        /// How it is printed
        #[arg(long, default_value = "text")]
        format: TextFormat,
    },
    /// Writes records for a regulator: .jsonl as they stand in the chain, or .parquet.
    Export {
        #[command(flatten)]
        database: Database,
        /// The first day, in UTC
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        from: Option<Date>,
        /// The last day, in UTC
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
        to: Option<Date>,
        /// The file: .jsonl or .parquet
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Derives every recorded decision again from its certificate, and names the first that does not follow.
    Recheck {
        #[command(flatten)]
        database: Database,
        /// An export (.jsonl) or a decisions file (.jsonl, .csv, .parquet), in place of the ledger
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// The file of a policy of your own, where decisions were made by one
        #[arg(long, value_name = "POLICY")]
        policy: Option<String>,
        /// Succeed although some decisions could not be checked: those under other law, by an unknown policy, or without a certificate
        #[arg(long)]
        allow_unchecked: bool,
        /// How it is printed
        #[arg(long, default_value = "text")]
        format: TextFormat,
    },
}

/// Rows of a Parquet file that are encoded together.
const ROWS: usize = 65_536;
const DAY: i64 = 86_400_000;

pub(crate) fn audit(command: &AuditCommand, stop: &Stop) -> Result<(), Failure> {
    match command {
        AuditCommand::Verify { database, expect, format } => {
            verify(&database.database, expect.as_deref(), *format, stop)
        }
        AuditCommand::Recheck { database, file, policy, allow_unchecked, format } => {
            let source = match file {
                Some(file) => Source::File(file),
                None => Source::Ledger(&database.database),
            };
            recheck(&source, policy.as_deref(), *allow_unchecked, *format, stop)
        }
        AuditCommand::Export { database, from, to, out } => export(&database.database, (*from, *to), out, stop),
    }
}

/// Reads the log from its start and checks the chain; `each` sees every record.
pub(crate) fn follow(
    address: &str,
    stop: &Stop,
    each: &mut dyn FnMut(&Record) -> Result<(), Failure>,
) -> Result<Verifier, Failure> {
    let mut log = open_log_to_read(address).map_err(Failure::Unusable)?;
    let mut verifier = Verifier::default();
    let mut failure = None;
    let result = log.read(0, &mut |record| {
        let checked = verifier.next(&record).map_err(|bad| Failure::Unusable(broken(&bad.to_string())));
        let stopped = if stop.load(Ordering::Relaxed) { Err(Failure::Stopped) } else { Ok(()) };
        failure = stopped.and(checked).and_then(|()| each(&record)).err();
        if failure.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match (failure, result) {
        (Some(failure), _) => Err(failure),
        (None, Err(error)) => Err(Failure::Unusable(error.to_string())),
        (None, Ok(())) => Ok(verifier),
    }
}

fn broken(what: &str) -> String {
    format!(
        "the audit log was changed: {what}\n  mend: keep the file as it is for those who ask, and go on from a backup that verifies"
    )
}

fn verify(address: &str, expect: Option<&str>, format: TextFormat, stop: &Stop) -> Result<(), Failure> {
    let verified = follow(address, stop, &mut |_| Ok(()))?.verified();
    let head = hex(&verified.head);
    if let Some(expected) = expect.filter(|expected| !expected.eq_ignore_ascii_case(&head)) {
        let what =
            format!("its last record has the hash {head}, not {expected}: records were cut off its end, or added");
        return Err(Failure::Unusable(broken(&what)));
    }
    print(&match format {
        TextFormat::Json => format!("{:#}\n", json!({ "records": verified.records, "head": head })),
        TextFormat::Text => format!(
            "{} records, an unbroken chain; the last has the hash\n  {head}\nNote it elsewhere: `--expect` then finds out whether records were cut off the end.\n",
            verified.records
        ),
    })
}

fn export(address: &str, (from, to): (Option<Date>, Option<Date>), out: &Path, stop: &Stop) -> Result<(), Failure> {
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
    let mut writer = None;
    follow(address, stop, &mut |record| {
        let body = record.parse().map_err(|what| Failure::Unusable(broken(&what)))?;
        if !(start..end).contains(&body.at_ms) {
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
    output.commit().map_err(failed)
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
