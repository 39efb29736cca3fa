//! `tollgate check`: decisions, counts, alerts and a report for a file of orders.

mod evasion;
mod reasons;
mod sheet;
mod summary;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate_model::OrderLine;
use tollgate_records::{DecisionWriter, Declared, Format, Output};

use super::decide::{Recorder, load_answered};
use super::progress::Bar;
use super::recorded::{RunNote, run_done};
use super::{Failure, print};
use crate::commands::inputs::{AnswerArguments, ContextArguments, Inputs, TextFormat};
use crate::commands::recorded::Record;
use clap::{Args, ValueEnum};
use tollgate_decide::{AllocationRow, Decided, DescribedItems, Lines, Run, RunError, Tables, declared_findings, run};
use tollgate_model::Stop;

use evasion::{EvasionResults, EvasionSearch};
use reasons::reason_of;
use sheet::{DecisionSheet, Questions, Reasons, safe_csv_text};
use summary::Summary;

#[derive(Args)]
#[command(after_help = "Example:
  tollgate check --orders examples/orders/orders.csv --parties examples/orders/parties.csv --out out
  tollgate check --orders examples/orders/orders.csv --parties examples/orders/parties.csv --answers out/missing.csv --out settled
Writes DIR/decisions.jsonl, decisions.csv, missing.csv, alerts.jsonl, allocations.csv, summary.json and report.html, whole or not at all.")]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) answers: AnswerArguments,
    /// The folder for the results
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) context: ContextArguments,
    #[command(flatten)]
    pub(crate) record: Record,
    /// Exit with status 1 if any decision or alert is one of these
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) fail_on: Vec<FailOn>,
    /// How the summary is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

/// What makes a run end with status 1.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum FailOn {
    /// A license is required.
    LicenseRequired,
    /// A fact is lacking.
    NeedsInformation,
    /// A claimed authorization does not hold.
    ClaimFailed,
}

impl FailOn {
    /// Whether a run has any of them.
    fn is_in(self, summary: &Summary) -> bool {
        match self {
            FailOn::LicenseRequired => summary.count("license_required") > 0,
            FailOn::NeedsInformation => summary.count("needs_information") > 0,
            FailOn::ClaimFailed => summary.claims_failed() > 0,
        }
    }
}

pub(crate) fn check(arguments: &CheckArguments, stop: &Stop) -> Result<(), Failure> {
    refuse_overwriting(arguments)?;
    let ledger = arguments.record.open()?;
    arguments.inputs.name_unknown_columns()?;
    arguments.context.name_unknown_columns(arguments.inputs.basis.strict)?;
    arguments.answers.name_unknown_columns(arguments.inputs.basis.strict)?;
    let (policy, tables, _) = load_answered(&arguments.inputs, &arguments.answers, stop)?;
    let mut files = arguments.inputs.input_files();
    files.extend(arguments.answers.answers.as_deref());
    files.extend(arguments.context.input_files());
    let path = |name: &str| arguments.out.join(name);
    let wrong = |name: &'static str| move |error| RunError::Output(path(name), error);
    let mut decisions =
        DecisionWriter::create(&path("decisions.jsonl"), Format::JsonLines).map_err(wrong("decisions.jsonl"))?;
    let mut sheet = DecisionSheet::create(&path("decisions.csv")).map_err(wrong("decisions.csv"))?;
    let mut questions = Questions::default();
    let recorder = Recorder::new(Arc::clone(&policy), Arc::clone(&tables));
    let summary = Summary::new(&policy, &tables);
    let job = Run { orders: &arguments.inputs.orders, tables: Arc::clone(&tables), policy: Arc::clone(&policy) };
    let evasion = EvasionSearch::new(&arguments.context, &policy, &tables)?;
    let mut checked_lines = CheckedLines {
        summary,
        recorder,
        decisions: &mut decisions,
        decisions_path: path("decisions.jsonl"),
        evasion,
        tables: &tables,
        sheet: &mut sheet,
        questions: &mut questions,
        described: DescribedItems::default(),
    };
    let decider = run(&job, stop, &mut Bar::new(), &mut checked_lines)?;
    let CheckedLines { mut summary, evasion, .. } = checked_lines;
    let accounts = decider.account_views();
    let EvasionResults { alerts, mut not_done, failed_queries } = evasion.finish(&tables, &mut summary, stop)?;
    not_done.extend(no_lists_note(arguments));
    not_done.extend(tables.answered.assumptions.iter().cloned());
    summary.finish(&files, not_done)?;
    let json = format!("{:#}\n", summary.json());
    let page = tollgate_report::render(&summary.report(&accounts));
    let rest = [
        ("alerts.jsonl", alerts),
        ("allocations.csv", allocations(&accounts)),
        ("missing.csv", questions.csv()),
        ("summary.json", json.clone()),
        ("report.html", page),
    ];
    let outputs = outputs_of(&rest, &arguments.out)?;
    decisions.commit().map_err(wrong("decisions.jsonl"))?;
    sheet.commit().map_err(wrong("decisions.csv"))?;
    for (output, file) in outputs {
        output.commit().map_err(|error| RunError::Output(file, error))?;
    }
    let output_paths = OUTPUTS.map(path);
    let output_paths: Vec<&Path> = output_paths.iter().map(PathBuf::as_path).collect();
    let assumptions = &tables.answered.assumptions;
    let done = RunNote { command: "check", policy: &policy.name, law: &policy.digest, assumptions };
    run_done(ledger, &done, &files, &output_paths)?;
    match arguments.format {
        TextFormat::Json => print(&json)?,
        TextFormat::Text => print(&summary.text(&arguments.out, &questions))?,
    }
    let found = arguments.fail_on.iter().any(|what| what.is_in(&summary));
    match failed_queries {
        Some(what) => Err(Failure::Incomplete(what)),
        None if found => Err(Failure::Found),
        None => Ok(()),
    }
}

/// The files that a check writes.
const OUTPUTS: [&str; 7] = [
    "decisions.jsonl",
    "decisions.csv",
    "missing.csv",
    "alerts.jsonl",
    "allocations.csv",
    "summary.json",
    "report.html",
];

/// Refuses to write the results over the answers that they are made from.
fn refuse_overwriting(arguments: &CheckArguments) -> Result<(), Failure> {
    let Some(answers) = &arguments.answers.answers else { return Ok(()) };
    let file = answers.canonicalize().ok();
    let is_output = |name: &str| file.is_some() && arguments.out.join(name).canonicalize().ok() == file;
    if OUTPUTS.iter().any(|name| is_output(name)) {
        let what = format!("{}: the results would be written over the answers", answers.display());
        return Err(Failure::Unusable(format!(
            "{what}\n  mend: name another folder by --out, or copy the answers elsewhere"
        )));
    }
    Ok(())
}

/// Texts written to files of a folder under their names, none of which appears before it is committed.
fn outputs_of(texts: &[(&str, String)], folder: &Path) -> Result<Vec<(Output, PathBuf)>, RunError> {
    let mut outputs = Vec::new();
    for (name, text) in texts {
        let file = folder.join(name);
        let failed = |error| RunError::Output(file.clone(), error);
        let mut output = Output::create(&file).map_err(failed)?;
        output.write_all(text.as_bytes()).map_err(failed)?;
        outputs.push((output, file.clone()));
    }
    Ok(outputs)
}

/// What `summary.json` says is not done where there are no lists.
fn no_lists_note(arguments: &CheckArguments) -> Option<String> {
    let none = arguments.inputs.basis.lists.lists.is_empty();
    none.then(|| "No --lists were given: only the flags of the parties table say who is listed.".to_owned())
}

/// What `check` does with each line.
struct CheckedLines<'a> {
    summary: Summary,
    recorder: Recorder,
    decisions: &'a mut DecisionWriter,
    /// The path of `decisions.jsonl`.
    decisions_path: PathBuf,
    evasion: EvasionSearch,
    tables: &'a Tables,
    sheet: &'a mut DecisionSheet,
    questions: &'a mut Questions,
    described: DescribedItems,
}

impl Lines for CheckedLines<'_> {
    fn seen(&mut self, order: &OrderLine<'_>) {
        self.evasion.seen(order);
    }

    fn all_seen(&mut self) -> Result<(), RunError> {
        self.evasion.all_seen()
    }

    fn decided(
        &mut self,
        order: &OrderLine<'_>,
        decided: &Decided<'_>,
        declared: Declared<'_>,
    ) -> Result<(), RunError> {
        let findings = declared_findings(order, declared, decided, self.summary.catalog(), &mut self.described);
        self.summary.add(order, decided);
        self.summary.add_findings(order, &findings);
        self.questions.add(order, decided, self.tables);
        let (reason, citation) = reason_of(order, decided, self.tables);
        let why = Reasons { reason, citation, findings: &findings };
        let file = || self.decisions_path.with_file_name("decisions.csv");
        self.sheet.write(order, decided, self.tables, why).map_err(|error| RunError::Output(file(), error))?;
        self.evasion.decided(order, decided, declared, &findings)?;
        let outcome = self.recorder.write(order, decided, self.decisions);
        outcome.map_err(|error| RunError::Output(self.decisions_path.clone(), error))
    }
}

fn allocations(accounts: &[AllocationRow]) -> String {
    let header = ["account", "holder", "period", "used_tpp", "limit_tpp", "available_tpp", "refused_tpp", "lines"];
    let rows = accounts.iter().map(|view| {
        let limit = view.limit.map(|limit| limit.ceil());
        // Where nothing limits it, nothing is said of what is available.
        let available = limit.map_or(String::new(), |limit| (limit - view.used.ceil()).max(0).to_string());
        vec![
            view.account.clone(),
            view.holder.clone(),
            view.period.clone(),
            view.used.ceil().to_string(),
            limit.map_or(String::new(), |limit| limit.to_string()),
            available,
            view.refused.ceil().to_string(),
            view.lines.to_string(),
        ]
    });
    safe_csv_text(std::iter::once(header.map(str::to_owned).to_vec()).chain(rows))
}
