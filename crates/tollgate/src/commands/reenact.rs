//! Published cases, run again: which are flagged, by what, and when.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_detect::alerts::{Calibration, alerts};
use tollgate_detect::typology::Typology;
use tollgate_law::{Law, Policy};
use tollgate_model::{Date, Diagnostic, Diagnostics, Place};
use tollgate_strict_toml::{Placed, TomlFile};

use super::detect::listed;
use super::typology::Folder;
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

/// A case that was run.
struct Run {
    name: String,
    title: String,
    negative: bool,
    patterns: BTreeSet<String>,
    expected: BTreeSet<String>,
    score: f64,
    /// The first day on which anything is flagged.
    flagged: Option<Date>,
    caught: Option<Date>,
    /// ECCNs of 3A090 or 4A090 where the goods were not controlled: an error.
    miscalled: bool,
}

/// What a case's `case.toml` says (`examples/cases/README.md`).
struct CaseFile {
    title: String,
    negative: bool,
    uncontrolled: bool,
    caught: Option<Date>,
    expected: BTreeSet<String>,
}

fn read_case(path: &Path) -> Result<CaseFile, Diagnostics> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let mend = "see examples/cases/README.md";
        Diagnostic::new("unreadable-file", Place::file(file.as_str()), format!("cannot be read: {error}"), mend)
    })?;
    let toml = TomlFile::parse(file, &text);
    let root = toml.root();
    let Placed { value: kind, line } = root.required_text("kind", "\"evasion\"");
    if !["evasion", "negative", ""].contains(&kind.as_str()) {
        root.report("unknown-word", line, format!("there is no kind `{kind}`"), "write evasion or negative");
    }
    let case = CaseFile {
        title: root.required_text("title", "\"Graphics cards in a van declared empty\"").value,
        negative: kind != "evasion",
        uncontrolled: root.boolean("controlled") == Some(false),
        caught: root.date_or_text("caught_on"),
        expected: root.word_values("expect_patterns").into_iter().collect(),
    };
    let _documentary = (root.text("id"), root.boolean("replayable"), root.date_or_text("first_act"), root.text("note"));
    let _documentary = (root.words("source"), root.words("guilty_parties"), root.words("guilty_orders"));
    root.finish();
    let found = toml.into_diagnostics();
    if found.is_empty() { Ok(case) } else { Err(found) }
}

fn cases(folders: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
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

pub(super) fn reenact(arguments: &TypologyReenactArguments, stop: &Stop) -> Result<(), Failure> {
    let typologies = Typology::embedded().map_err(|errors| listed(&errors))?;
    let calibration = Calibration::embedded()?;
    let law = Law::embedded()?;
    let policy = Arc::new(load_policy(&law, "ear")?);
    let mut runs = Vec::new();
    for folder in cases(&arguments.folders)? {
        runs.push(one(&folder, &typologies, &calibration, &policy, stop)?);
    }
    match arguments.format {
        TextFormat::Json => print(&format!("{:#}\n", runs.iter().map(Run::json).collect::<Value>())),
        TextFormat::Text => print(&text(&runs)),
    }
}

fn one(
    path: &Path,
    typologies: &[Typology],
    calibration: &Calibration,
    policy: &Arc<Policy>,
    stop: &Stop,
) -> Result<Run, Failure> {
    let case = read_case(&path.join("case.toml"))?;
    let folder = Folder::read(path, Arc::clone(policy), stop)?;
    let found = folder.find(typologies, None, stop)?;
    let made = alerts(&found.found, typologies, calibration, 0.0, &|party| found.entities.cluster(party).to_owned());
    let patterns: BTreeSet<String> = found.found.iter().map(|own| own.pattern.clone()).collect();
    let flagged = if patterns.is_empty() { None } else { first_day(&folder, typologies, stop)? };
    Ok(Run {
        name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        title: case.title,
        negative: case.negative,
        expected: case.expected,
        score: made.alerts.first().map_or(0.0, |alert| alert.score),
        patterns,
        flagged,
        caught: case.caught,
        miscalled: case.uncontrolled && folder.calls_any_controlled(stop)?,
    })
}

/// The first day of an order from which on something is found: by halves, since evidence only grows but for what peers make of it.
fn first_day(folder: &Folder, typologies: &[Typology], stop: &Stop) -> Result<Option<Date>, Failure> {
    let days = folder.days(stop)?;
    let (mut low, mut high) = (0, days.len().saturating_sub(1));
    while low < high {
        let middle = low.midpoint(high);
        let Some(day) = days.get(middle) else { break };
        match folder.find(typologies, Some(*day), stop)?.found.is_empty() {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    Ok(days.get(low).copied())
}

/// Days as months, to the nearest.
fn months(days: i32) -> i32 {
    (days + days.signum() * 15) / 30
}

impl Run {
    fn json(&self) -> Value {
        json!({
            "case": self.name, "title": self.title, "negative": self.negative, "patterns": self.patterns, "expected": self.expected,
            "score": (self.score * 1e4).round() / 1e4, "flagged_on": self.flagged.map(|day| day.to_string()),
            "caught_on": self.caught.map(|day| day.to_string()), "months_before": self.months_before(), "miscalled": self.miscalled,
        })
    }

    fn months_before(&self) -> Option<i32> {
        let (flagged, caught) = self.flagged.zip(self.caught)?;
        Some(months(caught.epoch_days() - flagged.epoch_days()))
    }
}

fn text(runs: &[Run]) -> String {
    let mut text = format!("{:<30} {:<10} {:<10} {:>6}  {:>5}  by\n", "case", "flagged", "caught", "months", "score");
    let day = |date: Option<Date>| date.map_or("-".to_owned(), |date| date.to_string());
    for run in runs {
        let early = run.months_before().map_or("-".to_owned(), |months| months.to_string());
        let by: Vec<&str> = run.patterns.iter().map(String::as_str).collect();
        let lacks: Vec<&str> = run.expected.difference(&run.patterns).map(String::as_str).collect();
        let said = match (lacks.is_empty(), run.miscalled) {
            (_, true) => "  uncontrolled goods called 3A090 or 4A090".to_owned(),
            (true, _) => String::new(),
            (false, _) => format!("  lacks {}", lacks.join(" ")),
        };
        let _ = writeln!(
            text,
            "{:<30} {:<10} {:<10} {early:>6}  {:>5.2}  {}{said}",
            run.name,
            day(run.flagged),
            day(run.caught),
            run.score,
            if by.is_empty() { "nothing".to_owned() } else { by.join(" ") },
        );
    }
    let evasions = runs.iter().filter(|run| !run.negative);
    let flagged = evasions.clone().filter(|run| run.flagged.is_some()).count();
    let mut early: Vec<i32> = evasions.clone().filter_map(Run::months_before).collect();
    early.sort_unstable();
    let negatives = runs.iter().filter(|run| run.negative);
    let wrongly = negatives.clone().filter(|run| !run.patterns.is_subset(&run.expected)).count();
    let median = early
        .get(early.len() / 2)
        .map_or(String::new(), |months| format!(", {months} months before they were caught at the median"));
    let _ = writeln!(
        text,
        "{flagged} of {} cases are flagged{median}; of {} negatives {wrongly} are flagged by what should not",
        evasions.count(),
        negatives.count()
    );
    text
}
