//! Typologies: list, show, test.

use std::path::{Path, PathBuf};

use tollgate_detect::typology::Typology;

use super::table_folder::{FolderFindings, search_folder};
use super::{Failure, print};
use crate::commands::backtest::TypologyBacktestArguments;
use crate::commands::measure::{TypologyFitArguments, TypologyMeasureArguments};
use crate::commands::run_cases::TypologyReenactArguments;
use clap::Args;
use clap::Subcommand;
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
        TypologyCommand::Fit(arguments) => super::measure::fit_calibration(arguments, stop),
        TypologyCommand::Backtest(arguments) => super::backtest::backtest(arguments, stop),
        TypologyCommand::Reenact(arguments) => super::run_cases::run_cases(arguments, stop),
    }
}

fn list(folder: Option<&Path>) -> Result<(), Failure> {
    let all = folder.map_or_else(Typology::embedded, Typology::read_all)?;
    let line = |typology: &Typology| {
        let Typology { id, family, slug, title, .. } = typology;
        format!("{id:<5} {family:<20} {slug:<26} {title}\n")
    };
    print(&all.iter().map(line).collect::<String>())
}

fn show(id: &str) -> Result<(), Failure> {
    let all = Typology::embedded()?;
    let Some(typology) = all.iter().find(|typology| typology.id == id || typology.slug == id) else {
        let what = format!("there is no typology `{id}`");
        return Err(Failure::Unusable(format!("{what}\n  mend: `tollgate typology list` names them")));
    };
    let bullets = |items: &[String]| items.iter().map(|item| format!("  - {item}\n")).collect::<String>();
    print(&format!(
        "{} {} ({})\n\n{}\n\nneeds: {}\ndefeated by: {}\nfalse positives:\n{}sources:\n{}\n{}",
        typology.id,
        typology.title,
        typology.family,
        typology.looks_for,
        typology.needs.join(", "),
        typology.defeated_by,
        bullets(&typology.false_positives),
        bullets(&typology.sources),
        typology.sql
    ))
}

fn test(arguments: &TypologyTestArguments, stop: &Stop) -> Result<(), Failure> {
    let all = Typology::read_all(&arguments.folder)?;
    let alone = arguments.folder.join("typology.toml").exists();
    let mut failures = Vec::new();
    for typology in &all {
        let folder = if alone { arguments.folder.clone() } else { arguments.folder.join(&typology.slug) };
        let mut verdicts = Vec::new();
        for (world, must) in [("fires", true), ("quiet", false)] {
            let FolderFindings { found, skipped, .. } =
                search_folder(&folder.join(world), std::slice::from_ref(typology), &arguments.policy, stop)?;
            let right = skipped.is_empty() && found.is_empty() != must;
            let mut verdict = format!("{world}: {} found", found.len());
            for finding in found.iter().take(3).filter(|_| alone || !right) {
                verdict.push_str(&format!("\n    {} (llr {:.2}): {}", finding.key, finding.llr, finding.why));
            }
            verdict.extend(skipped.iter().map(|why| format!("; not run: {why}")));
            if !right {
                failures.push(format!("{} {world}", typology.slug));
                verdict.push_str(if must { "  <- must find something" } else { "  <- must find nothing" });
            }
            verdicts.push(verdict);
        }
        print(&format!("{:<5} {:<26} {}\n", typology.id, typology.slug, verdicts.join("; ")))?;
    }
    if failures.is_empty() {
        return print(&format!("{} typologies find what they must and nothing that they must not\n", all.len()));
    }
    Err(Failure::Unusable(format!(
        "not as it must be: {}\n  mend: change the query, its parameters, or the facts if they are wrong",
        failures.join(", ")
    )))
}
