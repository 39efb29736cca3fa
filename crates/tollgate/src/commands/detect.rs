//! Evasion found across orders: alone (`detect`), and within `check`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_detect::alerts::{Alert, Alerts};
use tollgate_detect::detector::{Detection, Detector};
use tollgate_detect::engine::{ClusterEngine, ClusterOptions, FailedQuery, GatheredTables, Skipped};
use tollgate_detect::entity::Circumstances;
use tollgate_model::OrderLine;
use tollgate_records::{Declared, Output};

use super::decide::load;
use super::progress::Bar;
use super::query_session::{LocalEngineChoice, LocalEngineName, detect_on_this_machine};
use super::since::detect_since;
use super::{Failure, print};
use crate::commands::inputs::{ClusterArguments, ContextArguments, Inputs};
use clap::Args;
use tollgate_decide::{Decided, Lines, Run, RunError, run};
use tollgate_detect::Watch;
use tollgate_model::Stop;

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate detect --orders orders.parquet --parties parties.csv --payments payments.parquet --policy diffusion --out alerts.jsonl
  tollgate detect --orders orders/ --parties parties.csv --serials serials.parquet --since found --out alerts.jsonl    (each morning)
  tollgate detect --orders orders/ --parties parties.csv --engine duckdb --python venv/bin/python --out alerts.jsonl    (pip install duckdb)
A typology that lacks its data is skipped and said to be. A score is the probability that an alert is true, as far as worlds whose truth is known tell.")]
pub(crate) struct DetectArguments {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    #[command(flatten)]
    pub(crate) context: ContextArguments,
    /// Where the alerts go, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Also write the tables that queries see, as Parquet files (docs/design/typologies.md); with --cluster, where every worker can read them
    #[arg(long, value_name = "DIR")]
    pub(crate) tables: Option<PathBuf>,
    /// A folder in which an earlier run left what it found: only typologies whose tables changed are asked again, and what is new is said; made where it is not there
    #[arg(long, value_name = "DIR", conflicts_with = "cluster")]
    pub(crate) since: Option<PathBuf>,
    /// What asks the queries on this machine: datafusion in the program, or duckdb of a Python (--python), in a process of its own that sees nothing but the tables
    #[arg(long, value_name = "ENGINE", value_enum, default_value_t = LocalEngineName::Datafusion, hide_possible_values = true, conflicts_with = "cluster")]
    pub(crate) engine: LocalEngineName,
    #[command(flatten)]
    pub(crate) on: ClusterArguments,
}

/// The typologies to run: those of the program, or of a folder, all or only those that are named.
pub(crate) fn detector(context: &ContextArguments) -> Result<Detector, Failure> {
    Ok(Detector::load(context.typologies.as_deref(), &context.only)?)
}

/// An alert as a line of `alerts.jsonl`.
pub(crate) fn alert_json(alert: &Alert) -> Value {
    let rounded = |value: f64| (value * 1e4).round() / 1e4;
    let evidence = alert.evidence.iter().map(|item| {
        json!({ "pattern": item.pattern, "key": item.key, "weight": rounded(item.weight), "why": item.why, "facts": item.facts })
    });
    let known = Circumstances::NAMES.into_iter().zip(alert.circumstances.values());
    let known: serde_json::Map<String, Value> =
        known.map(|(name, figure)| (name.to_owned(), json!(rounded(figure)))).collect();
    json!({
        "circumstances": known, "circumstances_weight": rounded(alert.circumstances_nats),
        "alert_id": alert.alert_id, "typology": alert.typology, "pattern": alert.pattern, "subjects": alert.subjects,
        "orders": alert.orders, "score": rounded(alert.score), "tpp": alert.tpp, "first": alert.first.to_string(),
        "last": alert.last.to_string(), "why": alert.why, "evidence": evidence.collect::<Vec<_>>(), "case": alert.case,
        "families": alert.families.iter().map(|alone| json!({ "typology": alone.family, "alone": rounded(alone.score) })).collect::<Vec<_>>(),
    })
}

/// Every alert, best first, one a line.
pub(crate) fn alerts_text(alerts: &Alerts) -> String {
    alerts.alerts.iter().map(|alert| alert_json(alert).to_string() + "\n").collect()
}

/// That lines were left out of the search, in a sentence.
pub(crate) fn unread_note(lines: u64) -> String {
    let lines = tollgate_model::group_digits(lines);
    format!("Lines whose day, place or quantity is not understood, and in which no evasion was looked for: {lines}.")
}

/// Says on standard error that lines were left out of the search, where some were.
pub(crate) fn name_unread_lines(watch: &Watch) {
    let unread = watch.unread_lines();
    if unread > 0 {
        // Where standard error cannot be written, nobody reads it.
        let _ = writeln!(std::io::stderr(), "warning: {}", unread_note(unread));
    }
}

/// Lines that are gathered and nothing else.
pub(crate) struct Gathering(pub(crate) Watch);

impl Lines for Gathering {
    fn seen(&mut self, order: &OrderLine<'_>) {
        self.0.seen(order);
    }

    fn all_seen(&mut self) -> Result<(), RunError> {
        self.0.all_seen()
    }

    fn decided(
        &mut self,
        order: &OrderLine<'_>,
        decided: &Decided<'_>,
        declared: Declared<'_>,
    ) -> Result<(), RunError> {
        self.0.decided(order, decided, declared)
    }
}

pub(crate) fn detect(arguments: &DetectArguments, stop: &Stop) -> Result<(), Failure> {
    let detector = detector(&arguments.context)?;
    let choice = LocalEngineChoice::find(arguments.engine, &arguments.on.python)?;
    arguments.inputs.name_unknown_columns()?;
    arguments.context.name_unknown_columns(arguments.inputs.basis.strict)?;
    let (policy, tables, _) = load(&arguments.inputs.basis, stop)?;
    let watch = Watch::new(Arc::clone(&policy), Arc::clone(&tables), arguments.context.context_tables())?;
    let job = Run { orders: &arguments.inputs.orders, tables, policy };
    let mut gathering = Gathering(watch);
    run(&job, stop, &mut Bar::new(), &mut gathering)?;
    name_unread_lines(&gathering.0);
    let gathered = gathering.0.finish()?;
    let mut history = None;
    let detection = match &arguments.on.cluster {
        Some(master) => on_cluster(arguments, master, gathered, &detector, stop)?,
        None => {
            if let Some(folder) = &arguments.tables {
                gathered.write(folder)?;
            }
            match &arguments.since {
                Some(folder) => {
                    let (detection, run_history) = detect_since(gathered, &detector, folder, &choice, stop)?;
                    history = Some(run_history);
                    detection
                }
                None => detect_on_this_machine(gathered, &detector, &choice, stop)?,
            }
        }
    };
    let text = alerts_text(&detection.ranked);
    // What the next run starts from is in place last: until then it starts from what this one started from.
    let mut outputs = vec![write_output(&arguments.out, text.as_bytes())?];
    if let (Some(folder), Some(history)) = (&arguments.since, &history) {
        outputs.push(write_output(&folder.join("alerts.jsonl"), text.as_bytes())?);
        outputs.push(write_output(&folder.join("found.json"), &history.prior_run_json)?);
    }
    for (output, path) in outputs {
        output.commit().map_err(|error| RunError::Output(path, error))?;
    }
    let changes = history.map_or(String::new(), |history| history.text(&detection.ranked));
    print(&(summary_text(&detection, &arguments.out) + &changes))?;
    match failed_queries_text(&detection.failed) {
        Some(what) => Err(Failure::Incomplete(what)),
        None => Ok(()),
    }
}

/// The message about queries that failed; `None` where all were run.
pub(crate) fn failed_queries_text(failed: &[FailedQuery]) -> Option<String> {
    let ids: Vec<&str> = failed.iter().map(|query| query.id.as_str()).collect();
    let each: Vec<String> =
        failed.iter().map(|query| format!("{} {}: {}", query.id, query.title, query.error)).collect();
    let what = "failed, and what only they find is missing; what the others found stands";
    (!failed.is_empty()).then(|| format!("{} {what}\n{}", ids.join(", "), each.join("\n")))
}

/// A file written to its end that appears under its name when it is committed.
fn write_output(path: &Path, bytes: &[u8]) -> Result<(Output, PathBuf), RunError> {
    let failed = |error| RunError::Output(path.to_owned(), error);
    let mut output = Output::create(path).map_err(failed)?;
    output.write_all(bytes).map_err(failed)?;
    Ok((output, path.to_owned()))
}

/// Runs typologies on a cluster, over tables that its workers can read.
fn on_cluster(
    arguments: &DetectArguments,
    master: &str,
    gathered: GatheredTables,
    detector: &Detector,
    stop: &Stop,
) -> Result<Detection, Failure> {
    let folder = tempfile::tempdir().map_err(|error| Failure::Unusable(format!("no temporary folder: {error}")))?;
    let tables = arguments.tables.clone().unwrap_or_else(|| folder.path().to_owned());
    let rows = gathered.write(&tables)?;
    let options = ClusterOptions {
        master: master.to_owned(),
        python: arguments.on.python.clone(),
        tables: std::path::absolute(&tables).unwrap_or(tables),
        partitions: arguments.on.partitions,
        stop: Arc::clone(stop),
    };
    let mut engine = ClusterEngine::run(&options, &rows, &detector.typologies)?;
    Ok(detector.detect(&mut engine, &gathered.entities, &mut |_| {})?)
}

/// The first alerts, and which typologies were not run, for a person.
fn summary_text(detection: &Detection, out: &Path) -> String {
    let mut text = format!(
        "{} alerts in {} cases, by {} typologies; written to {}\n",
        detection.ranked.alerts.len(),
        detection.ranked.cases.len(),
        detection.run,
        out.display()
    );
    for alert in detection.ranked.alerts.iter().take(10) {
        text.push_str(&format!(
            "  {:>3.0} %  {} {}: {}\n",
            alert.score * 100.0,
            alert.pattern,
            alert.typology,
            alert.why
        ));
    }
    for skipped in &detection.skipped {
        text.push_str(&format!("  not run: {} {}: {}\n", skipped.id, skipped.title, missing_tables_text(skipped)));
    }
    text
}

/// Why a typology was not run.
pub(crate) fn missing_tables_text(skipped: &Skipped) -> String {
    format!("nothing in {}", skipped.lacks.join(", "))
}
