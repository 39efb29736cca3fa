//! Published cases, run again: which are flagged, by what, and when.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use tollgate_detect::detector::Detector;
use tollgate_detect::measurement::{CaseFile, CaseRun, case_runs_text, first_flagged_day};
use tollgate_law::{Law, Policy};

use super::table_folder::TableFolder;
use super::{Failure, print};
use crate::commands::inputs::TextFormat;
use clap::Args;
use tollgate_decide::load_policy;
use tollgate_model::Stop;

#[derive(Args)]
#[command(after_help = "Example:
  tollgate typology reenact examples/cases examples/cases/twins")]
pub(crate) struct TypologyReenactArguments {
    /// Folders of cases, each a folder with case.toml and the tables of the contract
    #[arg(required = true)]
    pub(crate) folders: Vec<PathBuf>,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

/// The folders of cases among `folders` and right below them, in order.
fn case_folders(folders: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut cases = Vec::new();
    for folder in folders {
        if folder.join("case.toml").exists() {
            cases.push(folder.clone());
            continue;
        }
        let entries = std::fs::read_dir(folder).map_err(|error| {
            Failure::Unusable(format!("{}: cannot be read: {error}\n  mend: give a folder of cases", folder.display()))
        })?;
        cases.extend(
            entries
                .filter_map(|entry| entry.ok().map(|entry| entry.path()))
                .filter(|path| path.join("case.toml").exists()),
        );
    }
    cases.sort();
    Ok(cases)
}

pub(super) fn run_cases(arguments: &TypologyReenactArguments, stop: &Stop) -> Result<(), Failure> {
    let detector = Detector::embedded(None)?;
    let law = Law::embedded()?;
    let policy = Arc::new(load_policy(&law, "ear")?);
    let mut runs = Vec::new();
    for folder in case_folders(&arguments.folders)? {
        runs.push(run_case(&folder, &detector, &policy, stop)?);
    }
    match arguments.format {
        TextFormat::Json => print(&format!("{:#}\n", runs.iter().map(CaseRun::json).collect::<Value>())),
        TextFormat::Text => print(&case_runs_text(&runs)),
    }
}

fn run_case(path: &Path, detector: &Detector, policy: &Arc<Policy>, stop: &Stop) -> Result<CaseRun, Failure> {
    let about = path.join("case.toml");
    let wrong =
        |what: String| Failure::Unusable(format!("{}: {what}\n  mend: see examples/cases/README.md", about.display()));
    let text = std::fs::read_to_string(&about).map_err(|error| wrong(error.to_string()))?;
    let case = CaseFile::parse(&about.display().to_string(), &text)?;
    let folder = TableFolder::read(path, Arc::clone(policy), stop)?;
    let found = folder.find(&detector.typologies, None, stop)?;
    let ranked = detector.rank(&found.found, &found.entities, 0.0);
    let patterns: BTreeSet<String> = found.found.iter().map(|finding| finding.pattern.clone()).collect();
    let flagged = match patterns.is_empty() {
        true => None,
        false => first_flagged_day(&folder.days(stop)?, |day| {
            folder.find(&detector.typologies, Some(day), stop).map(|found| !found.found.is_empty())
        })?,
    };
    Ok(CaseRun {
        name: path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        score: ranked.alerts.first().map_or(0.0, |alert| alert.score),
        patterns,
        flagged,
        miscalled: case.uncontrolled && folder.calls_any_controlled(stop)?,
        case,
    })
}
