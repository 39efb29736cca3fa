//! `tollgate decide`: a decision for every line of a file of orders.

use std::io::Write as _;
use std::sync::Arc;

use tollgate_law::Policy;
use tollgate_model::{Diagnostics, OrderLine, group_digits};
use tollgate_records::{DecisionRecord, DecisionWriter, Format};
use tollgate_screening::Screener;

use super::progress::Bar;
use super::recheck::{Source, recheck};
use super::recorded::{RunNote, run_done};
use super::{Failure, embedded_law};
use crate::commands::inputs::{AnswerArguments, Basis, Inputs, TextFormat};
use crate::commands::recorded::Record;
use clap::Args;
use std::path::{Path, PathBuf};
use tollgate_decide::{
    Decided, Detail, Run, RunError, Screening, Silent, Supplement, Tables, decision_record, each, run,
};
use tollgate_decide::{check_opening, load_policy};
use tollgate_lists::load_screener;
use tollgate_model::Stop;

#[derive(Args)]
#[command(after_help = "Example:
  tollgate decide --orders orders.parquet --parties parties.csv --policy diffusion --out decisions.parquet
  tollgate decide --orders orders.csv --parties parties.csv --answers report/missing.csv --out decisions.jsonl
  tollgate decide --recheck decisions.parquet
JSON Lines hold the whole argument; CSV and Parquet the outcome and a certificate from which it can be derived again.
With --recheck nothing is decided: the decisions of the file are derived again, as with `tollgate audit recheck --file`.")]
pub(crate) struct DecideArguments {
    /// Orders: .csv, .jsonl (.gz, .zst) or .parquet; like every input here, a folder of Parquet files, or the address of an object: s3://bucket/key, https://host/file
    #[arg(long, value_name = "FILE", required_unless_present = "recheck")]
    pub(crate) orders: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) basis: Basis,
    #[command(flatten)]
    pub(crate) answers: AnswerArguments,
    /// The decisions: .jsonl, .csv or .parquet
    #[arg(long, value_name = "FILE", required_unless_present = "recheck")]
    pub(crate) out: Option<PathBuf>,
    /// Derive the decisions of this file or export (.jsonl, .csv, .parquet) again, and name the first that does not follow; goes without any other argument
    #[arg(long, value_name = "FILE", exclusive = true)]
    pub(crate) recheck: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) record: Record,
}

pub(crate) fn decide(arguments: DecideArguments, stop: &Stop) -> Result<(), Failure> {
    let DecideArguments { orders, basis, answers, out, recheck: recorded, record } = arguments;
    if let Some(file) = &recorded {
        return recheck(&Source::File(file), None, false, TextFormat::Text, stop);
    }
    let (Some(orders), Some(out)) = (orders, out) else {
        let what = "there is nothing to decide: --orders or --out is missing";
        return Err(Failure::Unusable(format!("{what}\n  mend: give both, or --recheck FILE alone")));
    };
    let inputs = Inputs { orders, basis };
    let Some(format) = Format::of(&out) else {
        let what = format!("{}: its ending does not say how to write it", out.display());
        return Err(Failure::Unusable(format!("{what}\n  mend: give --out an ending of .jsonl, .csv or .parquet")));
    };
    let ledger = record.open()?;
    inputs.name_unknown_columns()?;
    answers.name_unknown_columns(inputs.basis.strict)?;
    let (policy, tables, _) = load_answered(&inputs, &answers, stop)?;
    for assumption in &tables.answered.assumptions {
        // Where standard error cannot be written, nobody reads it.
        let _ = writeln!(std::io::stderr(), "{assumption}");
    }
    let assumptions = tables.answered.assumptions.clone();
    let wrong = |error| RunError::Output(out.clone(), error);
    let mut writer = DecisionWriter::create(&out, format).map_err(wrong)?;
    let recorder = Recorder::new(Arc::clone(&policy), Arc::clone(&tables));
    let job = Run { orders: &inputs.orders, tables, policy: Arc::clone(&policy) };
    let mut unread_lines = 0_u64;
    run(
        &job,
        stop,
        &mut Bar::new(),
        &mut each(|order, decided| {
            unread_lines += u64::from(!order.unread.is_empty());
            recorder.write(order, decided, &mut writer).map_err(wrong)
        }),
    )?;
    writer.commit().map_err(wrong)?;
    if unread_lines > 0 {
        let lines = group_digits(unread_lines);
        let what =
            format!("{lines} lines have cells that are not understood: `missing` and the remarks of each name them");
        // Where standard error cannot be written, nobody reads it.
        let _ = writeln!(std::io::stderr(), "warning: {what}");
    }
    let mut files = inputs.input_files();
    files.extend(answers.answers.as_deref());
    let done = RunNote { command: "decide", policy: &policy.name, law: &policy.digest, assumptions: &assumptions };
    run_done(ledger, &done, &files, &[&out])
}

/// The decisions of a file, all held: for files of questions, not of years.
pub(crate) struct DecidedFile {
    /// Every line with its whole argument, in the order of the file.
    pub(crate) records: Vec<DecisionRecord>,
    /// What is not understood of the tables beside it, and so unknown.
    pub(crate) unread: Diagnostics,
}

/// Decides every line of a file.
pub(crate) fn decided_records(inputs: &Inputs, stop: &Stop) -> Result<DecidedFile, Failure> {
    let (policy, tables, _) = load(&inputs.basis, stop)?;
    let job = Run { orders: &inputs.orders, tables: Arc::clone(&tables), policy: Arc::clone(&policy) };
    let mut records = Vec::new();
    run(
        &job,
        stop,
        &mut Silent,
        &mut each(|order, decided| {
            records.push(decision_record(order, decided, &policy, &tables, Detail::Whole));
            Ok(())
        }),
    )?;
    Ok(DecidedFile { records, unread: tables.unread.mistakes.clone() })
}

/// The policy, the small tables and the lists of a command.
pub(crate) type Loaded = (Arc<Policy>, Arc<Tables>, Arc<Screener>);

/// Reads the policy, the small tables and the lists of a command.
pub(crate) fn load(basis: &Basis, stop: &Stop) -> Result<Loaded, Failure> {
    load_with(basis, None, stop)
}

/// As [`load`], with answers to what an earlier check asked.
pub(crate) fn load_answered(inputs: &Inputs, answers: &AnswerArguments, stop: &Stop) -> Result<Loaded, Failure> {
    load_with(&inputs.basis, answers.are_some().then_some((inputs.orders.as_path(), answers)), stop)
}

fn load_with(basis: &Basis, answers: Option<(&Path, &AnswerArguments)>, stop: &Stop) -> Result<Loaded, Failure> {
    let law = embedded_law()?;
    let policy = load_policy(&law, &basis.policy_name()?)?;
    let lists = &basis.lists;
    let screener = Arc::new(load_screener(&lists.lists)?);
    let screening =
        Screening { screener: &screener, threshold: lists.threshold, clearances: lists.clearances.as_deref() };
    let supplement = answers.map(|(orders, answers)| Supplement {
        answers: answers.answers.as_deref(),
        orders,
        catalog: &law.catalog,
        headquarters_at_place: answers.assume_headquarters_at_place,
    });
    let files = [&basis.parties, &basis.ownership, &basis.items].map(Option::as_deref);
    let tables = Tables::read_with(files, screening, supplement, stop)?;
    let mut tables = tables.with_licenses(basis.licenses.as_deref())?.with_fleet(basis.fleet.as_deref())?;
    tables.strict = basis.strict;
    if !basis.ignore_column.is_empty() {
        let columns = basis.ignore_column.join("`, `");
        let says = format!("Left out, not read: the columns `{columns}` of the orders (--ignore-column).");
        tables.answered.assumptions.push(says);
    }
    tables.ignored_columns = Arc::new(basis.ignore_column.iter().cloned().collect());
    let tables = tables.with_opening(basis.opening.as_deref())?;
    name_unread_rows(&tables)?;
    let (policy, tables) = (Arc::new(policy), Arc::new(tables));
    if let Some(file) = &basis.opening {
        check_opening(&policy, &tables, file)?;
    }
    Ok((policy, tables, screener))
}

/// Says on standard error what is not understood of the tables, and that it is unknown; an error where the user wants it refused.
pub(super) fn name_unread_rows(tables: &Tables) -> Result<(), Failure> {
    let mistakes = &tables.unread.mistakes;
    if mistakes.0.is_empty() {
        return Ok(());
    }
    if tables.strict {
        return Err(mistakes.clone().into());
    }
    // Where standard error cannot be written, nobody reads it.
    let _ = writeln!(
        std::io::stderr(),
        "warning: what is not understood of these tables is taken as unknown; --strict refuses it\n{mistakes}"
    );
    Ok(())
}

/// Writes decisions, with as much of each as the form of the file has.
pub(crate) struct Recorder {
    policy: Arc<Policy>,
    tables: Arc<Tables>,
}

impl Recorder {
    pub(crate) fn new(policy: Arc<Policy>, tables: Arc<Tables>) -> Recorder {
        Recorder { policy, tables }
    }

    pub(crate) fn write(
        &self,
        order: &OrderLine<'_>,
        decided: &Decided<'_>,
        writer: &mut DecisionWriter,
    ) -> std::io::Result<()> {
        let detail = if writer.wants_trace() { Detail::Whole } else { Detail::Columns };
        writer.write(&decision_record(order, decided, &self.policy, &self.tables, detail))
    }
}
