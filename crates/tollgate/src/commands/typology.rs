//! Typologies: list, show, test.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate_detect::engine::{Finding, LocalOptions, QUERY_TIME, QuerySession, run_all};
use tollgate_detect::entity::Entities;
use tollgate_detect::typology::Typology;
use tollgate_law::{Law, Policy};
use tollgate_model::Date;

use super::detect::{Gathering, failures};
use super::{Failure, print};
use crate::commands::backtest::TypologyBacktestArguments;
use crate::commands::measure::{TypologyFitArguments, TypologyMeasureArguments};
use crate::commands::run_cases::TypologyReenactArguments;
use clap::Args;
use clap::Subcommand;
use tollgate_decide::{Run, Screening, Silent, Tables, each, load_policy, run};
use tollgate_detect::{ContextTables, Watch};
use tollgate_lists::load_screener;
use tollgate_model::Stop;

#[derive(Subcommand)]
pub(crate) enum TypologyCommand {
    /// The typologies of the program, or of a folder.
    List(TypologyListArguments),
    /// What a typology looks for, how it is defeated, what it takes wrongly, and its sources.
    Show(TypologyShowArguments),
    /// Runs a typology on the facts that must raise it and on those that must not.
    Test(TypologyTestArguments),
    /// Measures the alerts on worlds whose truth is known: recall, precision, how well probabilities fit.
    Measure(TypologyMeasureArguments),
    /// Fits what evidence counts to worlds whose truth is known.
    Fit(TypologyFitArguments),
    /// Runs a draft over history as it was known from time to time: what it adds to the live version and drops.
    Backtest(Box<TypologyBacktestArguments>),
    /// Runs published cases: which are flagged, by what, and when, against when they were really caught.
    Reenact(TypologyReenactArguments),
}

#[derive(Args)]
pub(crate) struct TypologyListArguments {
    /// A folder of typologies
    #[arg(long, value_name = "DIR")]
    pub(crate) typologies: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct TypologyShowArguments {
    /// Its id, or its folder's name
    pub(crate) id: String,
}

#[derive(Args)]
#[command(after_help = "Example:
  tollgate typology test typologies/cap-split
The folder holds typology.toml, query.sql, and the tables of the contract in fires/ and quiet/ (docs/design/typologies.md).")]
pub(crate) struct TypologyTestArguments {
    /// The typology's folder, or a folder of such
    pub(crate) folder: PathBuf,
    /// The policy by which its orders are decided
    #[arg(long, value_name = "POLICY", default_value = "diffusion")]
    pub(crate) policy: String,
}

pub(crate) fn typology(command: &TypologyCommand, stop: &Stop) -> Result<(), Failure> {
    match command {
        TypologyCommand::List(arguments) => list(arguments.typologies.as_deref()),
        TypologyCommand::Show(arguments) => show(&arguments.id),
        TypologyCommand::Test(arguments) => test(arguments, stop),
        TypologyCommand::Measure(arguments) => super::measure::measure(arguments, stop),
        TypologyCommand::Fit(arguments) => super::measure::fit_to(arguments, stop),
        TypologyCommand::Backtest(arguments) => super::backtest::backtest(arguments, stop),
        TypologyCommand::Reenact(arguments) => super::run_cases::run_cases(arguments, stop),
    }
}

fn list(folder: Option<&Path>) -> Result<(), Failure> {
    let all = folder.map_or_else(Typology::embedded, Typology::read_all)?;
    let line = |own: &Typology| format!("{:<5} {:<20} {:<26} {}\n", own.id, own.family, own.slug, own.title);
    print(&all.iter().map(line).collect::<String>())
}

fn show(id: &str) -> Result<(), Failure> {
    let all = Typology::embedded()?;
    let Some(own) = all.iter().find(|own| own.id == id || own.slug == id) else {
        let what = format!("there is no typology `{id}`");
        return Err(Failure::Unusable(format!("{what}\n  mend: `tollgate typology list` names them")));
    };
    let bullets = |items: &[String]| items.iter().map(|item| format!("  - {item}\n")).collect::<String>();
    print(&format!(
        "{} {} ({})\n\n{}\n\nneeds: {}\ndefeated by: {}\nfalse positives:\n{}sources:\n{}\n{}",
        own.id,
        own.title,
        own.family,
        own.looks_for,
        own.needs.join(", "),
        own.defeated_by,
        bullets(&own.false_positives),
        bullets(&own.sources),
        own.sql
    ))
}

/// Bytes that queries over a folder may hold before they spill to disk.
const MEMORY: usize = 1 << 31;

/// What was found in a folder.
pub(super) struct InFolder {
    pub(super) found: Vec<Finding>,
    /// Why some were not run.
    pub(super) skipped: Vec<String>,
    pub(super) entities: Entities,
}

/// What typologies find in a folder of the contract's tables.
pub(super) fn in_folder(
    folder: &Path,
    typologies: &[Typology],
    policy: &str,
    stop: &Stop,
) -> Result<InFolder, Failure> {
    let law = Law::embedded()?;
    let policy = Arc::new(load_policy(&law, policy)?);
    Folder::read(folder, policy, stop)?.find(typologies, None, stop)
}

/// The contract's tables in a folder, ready to be looked through as they were known on any day.
pub(super) struct Folder {
    orders: PathBuf,
    policy: Arc<Policy>,
    tables: Arc<Tables>,
    context: ContextTables,
}

impl Folder {
    pub(super) fn read(folder: &Path, policy: Arc<Policy>, stop: &Stop) -> Result<Folder, Failure> {
        let file = |name: &str| {
            let endings = ["csv", "parquet", "jsonl"];
            endings.iter().map(|ending| folder.join(format!("{name}.{ending}"))).find(|path| path.exists())
        };
        let Some(orders) = file("orders") else {
            let what = format!("{}: holds no orders.csv", folder.display());
            return Err(Failure::Unusable(format!("{what}\n  mend: write the tables of the contract into it")));
        };
        let [parties, ownership, items] = ["parties", "ownership", "items"].map(file);
        let lists: Vec<PathBuf> = file("list").into_iter().collect();
        let screener = Arc::new(load_screener(&lists)?);
        let screening = Screening { screener: &screener, threshold: tollgate_screening::THRESHOLD, clearances: None };
        let read = Tables::read(parties.as_deref(), ownership.as_deref(), items.as_deref(), screening, stop);
        let tables = Arc::new(read?);
        let [payments, sites, serials, inspections] = ["payments", "sites", "serials", "inspections"].map(file);
        let context = ContextTables { payments, sites, serials, inspections, as_of: None };
        Ok(Folder { orders, policy, tables, context })
    }

    /// Tables that have been read already.
    pub(super) fn of(orders: &Path, policy: Arc<Policy>, tables: Arc<Tables>, context: ContextTables) -> Folder {
        Folder { orders: orders.to_owned(), policy, tables, context }
    }

    /// Whether any line is called an item of advanced computing.
    pub(super) fn calls_any_controlled(&self, stop: &Stop) -> Result<bool, Failure> {
        let mut any = false;
        let job = Run { orders: &self.orders, tables: Arc::clone(&self.tables), policy: Arc::clone(&self.policy) };
        run(
            &job,
            stop,
            &mut Silent,
            &mut each(|_, decided| {
                any |= decided.eccn().is_some_and(|eccn| tollgate_detect::tables::is_controlled(&eccn));
                Ok(())
            }),
        )?;
        Ok(any)
    }

    /// The tables in an engine, with what was known on a day where one is given.
    fn open(&self, as_of: Option<Date>, stop: &Stop) -> Result<QuerySession, Failure> {
        let context = ContextTables { as_of, ..self.context.clone() };
        let (policy, tables) = (Arc::clone(&self.policy), Arc::clone(&self.tables));
        let mut gathering = Gathering(Watch::new(Arc::clone(&policy), Arc::clone(&tables), context)?);
        run(&Run { orders: &self.orders, tables, policy }, stop, &mut Silent, &mut gathering)?;
        let options = LocalOptions { threads: threads(), memory: MEMORY, time: QUERY_TIME, stop: Arc::clone(stop) };
        Ok(gathering.0.finish()?.open(&options)?)
    }

    /// What typologies find, with what was known on a day where one is given.
    pub(super) fn find(&self, typologies: &[Typology], as_of: Option<Date>, stop: &Stop) -> Result<InFolder, Failure> {
        let mut session = self.open(as_of, stop)?;
        let findings = run_all(&mut session, typologies, &mut |_| {})?;
        // Neither a test nor a measurement stands on a part.
        if let Some(what) = failures(&findings.failed) {
            return Err(Failure::Unusable(what));
        }
        let entities = std::mem::take(&mut session.entities);
        let skipped = findings.skipped.iter().map(|own| format!("{} lacks {}", own.id, own.lacks.join(", "))).collect();
        Ok(InFolder { found: findings.found, skipped, entities })
    }

    /// The days of its orders, each once, in order.
    pub(super) fn days(&self, stop: &Stop) -> Result<Vec<Date>, Failure> {
        let mut days = BTreeSet::new();
        let job = Run { orders: &self.orders, tables: Arc::clone(&self.tables), policy: Arc::clone(&self.policy) };
        run(
            &job,
            stop,
            &mut Silent,
            &mut each(|order, _| {
                days.insert(order.date);
                Ok(())
            }),
        )?;
        Ok(days.into_iter().collect())
    }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

fn test(arguments: &TypologyTestArguments, stop: &Stop) -> Result<(), Failure> {
    let all = Typology::read_all(&arguments.folder)?;
    let alone = arguments.folder.join("typology.toml").exists();
    let mut failures = Vec::new();
    for own in &all {
        let folder = if alone { arguments.folder.clone() } else { arguments.folder.join(&own.slug) };
        let mut verdict = Vec::new();
        for (world, must) in [("fires", true), ("quiet", false)] {
            let InFolder { found, skipped, .. } =
                in_folder(&folder.join(world), std::slice::from_ref(own), &arguments.policy, stop)?;
            let right = skipped.is_empty() && found.is_empty() != must;
            let mut said = format!("{world}: {} found", found.len());
            for finding in found.iter().take(3).filter(|_| alone || !right) {
                said.push_str(&format!("\n    {} (llr {:.2}): {}", finding.key, finding.llr, finding.why));
            }
            said.extend(skipped.iter().map(|why| format!("; not run: {why}")));
            if !right {
                failures.push(format!("{} {world}", own.slug));
                said.push_str(if must { "  <- must find something" } else { "  <- must find nothing" });
            }
            verdict.push(said);
        }
        print(&format!("{:<5} {:<26} {}\n", own.id, own.slug, verdict.join("; ")))?;
    }
    if failures.is_empty() {
        return print(&format!("{} typologies find what they must and nothing that they must not\n", all.len()));
    }
    Err(Failure::Unusable(format!(
        "not as it must be: {}\n  mend: change the query, its parameters, or the facts if they are wrong",
        failures.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use tollgate_detect::engine::Engine as _;

    use super::*;

    #[test]
    fn every_column_that_a_query_reads_holds_something_in_the_world_on_which_it_fires() {
        let stop = Stop::default();
        let policy = Arc::new(load_policy(&Law::embedded().unwrap(), "diffusion").unwrap());
        let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../typologies");
        let mut empty: Vec<String> = Vec::new();
        for typology in &Typology::embedded().unwrap() {
            let world = folders.join(&typology.slug).join("fires");
            let mut session = Folder::read(&world, Arc::clone(&policy), &stop).unwrap().open(None, &stop).unwrap();
            for (table, column) in session.columns_read(typology).unwrap() {
                let counts = session.count_filled(&table, &[&column]).unwrap().columns;
                if counts == [0] {
                    empty.push(format!("{}: {table}.{column}", typology.slug));
                }
            }
        }
        assert!(
            empty.is_empty(),
            "a part of a query that reads these can never speak, or its fires/ does not show that it does: {empty:#?}"
        );
    }
}
