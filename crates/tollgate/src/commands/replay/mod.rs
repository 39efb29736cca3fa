//! History under two policies: what would have been decided otherwise, each with its own allocations kept in order of date.

#[cfg(feature = "detect")]
mod cluster;
mod difference;
mod schemes;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate_law::Law;
use tollgate_records::Output;

use super::decide::load;
use super::progress::Bar;
use super::{Failure, print};
#[cfg(feature = "detect")]
use crate::commands::inputs::ClusterArguments;
use crate::commands::inputs::{Inputs, TextFormat, policy_name};
use clap::Args;
use difference::{Difference, Results};
use schemes::Schemes;
use tollgate_decide::load_policy;
use tollgate_decide::{RunError, Tables};
use tollgate_model::Stop;
use tollgate_replay::{Chunk, ExceptionNames, History, Verdict, VerdictSink, push_change, replay_history};

#[cfg(feature = "object-storage")]
impl ReplayArguments {
    /// Whether workers of a cluster read the orders, not this process.
    pub(crate) fn runs_on_cluster(&self) -> bool {
        #[cfg(feature = "detect")]
        return self.on.cluster.is_some();
        #[cfg(not(feature = "detect"))]
        return false;
    }
}

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate replay --orders orders.parquet --parties parties.csv --policy diffusion --against anthropic-2025 --out out/replay
  tollgate replay … --cluster spark://host:7077 --python venv/bin/python --out out/replay    (files where every worker finds them, and the wheel of python/)
With --known-on both policies are taken as they could be known on that day. Each policy keeps its own allocations in order of date. Writes DIR/diff.jsonl, summary.json and report.html, whole or not at all.")]
pub(crate) struct ReplayArguments {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// The policy to hold against it
    #[arg(long, value_name = "POLICY")]
    pub(crate) against: String,
    /// Schemes that are known, in the form of a world's truth.jsonl: which would no longer have fitted
    #[arg(long, value_name = "FILE")]
    pub(crate) truth: Option<PathBuf>,
    /// The folder for the results
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// How the summary is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
    #[cfg(feature = "detect")]
    #[command(flatten)]
    pub(crate) on: ClusterArguments,
}

/// Sums up the lines that are decided under both policies, and writes those that differ to `diff.jsonl`.
struct Comparison<'a> {
    names: ExceptionNames,
    difference: Difference,
    schemes: Option<Schemes>,
    output: &'a mut Output,
    path: &'a Path,
    text: String,
}

impl VerdictSink for Comparison<'_> {
    fn take_chunk(&mut self, chunk: &Chunk, [before, after]: [&[Verdict]; 2]) -> Result<(), RunError> {
        self.text.clear();
        for ((line, before), after) in chunk.lines.iter().zip(before).zip(after) {
            let changed = self.difference.add(line, *before, *after);
            if changed.is_none() && self.schemes.is_none() {
                continue;
            }
            let Some(order) = chunk.order(line) else { continue };
            if let Some(schemes) = &mut self.schemes {
                schemes.add(order.order_id, line.tpp, *before, *after);
            }
            if let Some(change) = changed {
                let verdicts = [before, after].map(|verdict| verdict.text(&self.names));
                let pushed = push_change(&mut self.text, &order, line.tpp, change, verdicts);
                pushed.map_err(|error| RunError::Output(self.path.to_owned(), error.into()))?;
            }
        }
        self.output.write_all(self.text.as_bytes()).map_err(|error| RunError::Output(self.path.to_owned(), error))
    }
}

pub(crate) fn replay(arguments: &ReplayArguments, stop: &Stop) -> Result<(), Failure> {
    if arguments.inputs.basis.opening.is_some() {
        let what = "replay counts from nothing, and takes no --opening";
        return Err(Failure::Unusable(format!("{what}\n  mend: leave it out, or use `tollgate check`")));
    }
    if arguments.inputs.basis.fleet.is_some() {
        let what = "replay does not hold lines against a fleet, and takes no --fleet";
        return Err(Failure::Unusable(format!("{what}\n  mend: leave it out, or use `tollgate check`")));
    }
    arguments.inputs.name_unknown_columns()?;
    let (policy, tables, _) = load(&arguments.inputs.basis, stop)?;
    let law = Law::embedded()?;
    let against = Arc::new(load_policy(&law, &policy_name(&arguments.against, arguments.inputs.basis.known_on)?)?);
    let schemes = arguments.truth.as_deref().map(Schemes::read).transpose()?;
    let diff = arguments.out.join("diff.jsonl");
    let mut output = Output::create(&diff).map_err(|error| RunError::Output(diff.clone(), error))?;
    let mut comparison = Comparison {
        names: ExceptionNames::from_policies([policy.as_ref(), against.as_ref()]),
        difference: Difference::new(&against)?,
        schemes,
        output: &mut output,
        path: &diff,
        text: String::new(),
    };
    let policies = [Arc::clone(&policy), Arc::clone(&against)];
    #[cfg(feature = "detect")]
    let on_cluster = match &arguments.on.cluster {
        Some(master) => Some(cluster::replay(arguments, master, &mut comparison, stop)?),
        None => None,
    };
    #[cfg(not(feature = "detect"))]
    let on_cluster: Option<()> = None;
    if on_cluster.is_none() {
        let history = History { orders: &arguments.inputs.orders, tables: Arc::clone(&tables), policies };
        let names = replay_history(&history, stop, &mut Bar::new(), &mut comparison)?;
        comparison.difference.name_consignees(&names);
    }
    let Comparison { difference, schemes, .. } = comparison;
    let results = Results { policy: &policy, against: &against, difference: &difference, schemes: schemes.as_ref() };
    write_results(arguments, &results, &tables, (output, diff))
}

/// Writes the results, all of them or none, and prints the summary.
fn write_results(
    arguments: &ReplayArguments,
    results: &Results<'_>,
    tables: &Tables,
    diff: (Output, PathBuf),
) -> Result<(), Failure> {
    let text = format!("{:#}\n", results.json());
    let page = tollgate_report::replay_page(&results.report(tables));
    let mut outputs = vec![diff];
    for (name, text) in [("summary.json", &text), ("report.html", &page)] {
        let file = arguments.out.join(name);
        let failed = |error| RunError::Output(file.clone(), error);
        let mut output = Output::create(&file).map_err(failed)?;
        output.write_all(text.as_bytes()).map_err(failed)?;
        outputs.push((output, file));
    }
    for (output, file) in outputs {
        output.commit().map_err(|error| RunError::Output(file, error))?;
    }
    match arguments.format {
        TextFormat::Json => print(&text),
        TextFormat::Text => print(&results.text(&arguments.out)),
    }
}
