//! `tollgate audit`: the log verified, exported, signed, and its decisions derived again.

mod checkpoints;
mod export;
mod files;
mod follow;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;
use tollgate_ledger::{Agreement, Comparison, PublicKey, RecordProof};
use tollgate_model::{Stop, hex};

use super::recheck::{Source, recheck};
use super::{Failure, print};
use crate::commands::inputs::{Database, TextFormat};
use checkpoints::{CheckpointArguments, KeyArguments, ProveArguments, WitnessArguments};
use export::ExportArguments;
use files::{latest, unusable};
use follow::broken;
pub(crate) use follow::follow;

#[derive(Subcommand)]
#[command(after_help = "Examples:
  tollgate audit verify --database sqlite:tollgate.sqlite
  tollgate audit export --database sqlite:tollgate.sqlite --from 2026-01-01 --to 2026-12-31 --out 2026.jsonl
  tollgate audit recheck --file out/decisions.jsonl
  tollgate audit key --name example.com/ledger --out ledger.key
  tollgate audit checkpoint --key ledger.key --out 2026-11-30.checkpoint
  tollgate audit verify --checkpoint 2026-11-30.checkpoint --log-key ledger.key.pub
The form of the records is written down in docs/audit-log.md; docs/verify_audit_log.py checks an export without Tollgate.")]
pub(crate) enum AuditCommand {
    /// Follows the chain of hashes from the first record to the last, and names the first that is not as it was written.
    Verify(VerifyArguments),
    /// Writes records for a regulator: .jsonl as they stand in the chain, or .parquet.
    Export(ExportArguments),
    /// Makes the key of a log or of a witness: a secret file that only you may read, and beside it the public half.
    Key(KeyArguments),
    /// Signs how long the log is now and the root of the tree over its records.
    Checkpoint(CheckpointArguments),
    /// Proves to whoever has a checkpoint and the log's public key that a record stands in the log, or that the log only grew.
    Prove(ProveArguments),
    /// Countersigns a checkpoint where it goes on from the last one that was seen, and keeps it. Run it where the log's owner cannot write.
    Witness(WitnessArguments),
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

/// What is verified.
#[derive(Args)]
pub(crate) struct VerifyArguments {
    #[command(flatten)]
    database: Database,
    /// The hash that the last record must have, as an earlier run printed it: finds records that were cut off the end
    #[arg(long, value_name = "HASH")]
    expect: Option<String>,
    /// A signed checkpoint, or the folder of them, which the log must hold: finds a log that went back or was written anew
    #[arg(long, value_name = "PATH", requires = "log_key")]
    checkpoint: Option<PathBuf>,
    /// The public key of the log, a file or its text
    #[arg(long, value_name = "KEY")]
    log_key: Option<String>,
    /// The public key of a witness that must have countersigned the checkpoint
    #[arg(long, value_name = "KEY", requires = "checkpoint")]
    witness_key: Option<String>,
    /// A proof that `audit prove --record` wrote, in place of the ledger: shows the record where it holds
    #[arg(long, value_name = "FILE", requires = "log_key", conflicts_with_all = ["checkpoint", "expect"])]
    proof: Option<PathBuf>,
    /// How it is printed
    #[arg(long, default_value = "text")]
    format: TextFormat,
}

pub(crate) fn audit(command: &AuditCommand, stop: &Stop) -> Result<(), Failure> {
    match command {
        AuditCommand::Verify(arguments) => match (&arguments.proof, &arguments.log_key) {
            (Some(proof), Some(key)) => show_proven(proof, key),
            _ => verify(arguments, stop),
        },
        AuditCommand::Recheck { database, file, policy, allow_unchecked, format } => {
            let source = match file {
                Some(file) => Source::File(file),
                None => Source::Ledger(&database.database),
            };
            recheck(&source, policy.as_deref(), *allow_unchecked, *format, stop)
        }
        AuditCommand::Export(arguments) => export::export(arguments, stop),
        AuditCommand::Key(arguments) => checkpoints::make_key(arguments),
        AuditCommand::Checkpoint(arguments) => checkpoints::checkpoint(arguments, stop),
        AuditCommand::Prove(arguments) => checkpoints::prove(arguments, stop),
        AuditCommand::Witness(arguments) => checkpoints::witness(arguments),
    }
}

/// Checks a proof and prints the record in it.
fn show_proven(path: &Path, log_key: &str) -> Result<(), Failure> {
    let key = PublicKey::read(log_key).map_err(unusable)?;
    let proof = RecordProof::open(&files::read(path)?, &key).map_err(|error| files::named(path, &error))?;
    let body = String::from_utf8(proof.body).map_err(|_| {
        Failure::Unusable(format!("{}: the record is no text\n  mend: look at its bytes", path.display()))
    })?;
    let (seq, size) = (proof.inclusion.index.saturating_add(1), proof.checkpoint.size);
    print(&format!("{body}\nis record {seq} of the {size} that {} signed\n", key.name))
}

/// The checkpoints that the log is held against, where there are any.
fn signed(arguments: &VerifyArguments) -> Result<Option<Comparison>, Failure> {
    let Some((path, key)) = arguments.checkpoint.as_deref().zip(arguments.log_key.as_deref()) else { return Ok(None) };
    let key = PublicKey::read(key).map_err(unusable)?;
    if let Some(witness) = &arguments.witness_key {
        let witness = PublicKey::read(witness).map_err(unusable)?;
        latest(path, &key).and_then(|checkpoint| checkpoint.note.verify(&witness)).map_err(unusable)?;
    }
    Comparison::read(path, &key).map(Some).map_err(unusable)
}

fn verify(arguments: &VerifyArguments, stop: &Stop) -> Result<(), Failure> {
    if arguments.log_key.is_some() && arguments.checkpoint.is_none() {
        let what = "--log-key says who signs, and nothing that was signed is given";
        return Err(Failure::Unusable(format!("{what}\n  mend: give --checkpoint or --proof too")));
    }
    let mut signed = signed(arguments)?;
    let verified = follow(&arguments.database.database, stop, &mut |record| {
        if let Some(signed) = &mut signed {
            signed.push(record);
        }
        Ok(())
    })?
    .verified();
    let head = hex(&verified.head);
    if let Some(expected) = arguments.expect.as_ref().filter(|expected| !expected.eq_ignore_ascii_case(&head)) {
        let what =
            format!("its last record has the hash {head}, not {expected}: records were cut off its end, or added");
        return Err(Failure::Unusable(broken(&what)));
    }
    let agreement = signed.map(Comparison::finish).transpose().map_err(unusable)?;
    print(&match arguments.format {
        TextFormat::Json => {
            let signed = agreement.map(|Agreement { origin, checkpoints, size }| {
                json!({ "origin": origin, "checkpoints": checkpoints, "size": size })
            });
            format!("{:#}\n", json!({ "records": verified.records, "head": head, "signed": signed }))
        }
        TextFormat::Text => {
            let chain = format!("{} records, an unbroken chain; the last has the hash\n  {head}\n", verified.records);
            match agreement {
                Some(Agreement { origin, checkpoints, size }) => {
                    format!("{chain}Up to record {size} it is as {origin} signed it ({checkpoints} checkpoints).\n")
                }
                None => {
                    format!(
                        "{chain}Note it elsewhere: `--expect` then finds out whether records were cut off the end.\n"
                    )
                }
            }
        }
    })
}
