//! `tollgate simulate`: studies from scenario files.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::Ordering;

use serde_json::json;
use tollgate_lab::{Assumption, LabError, Options, Scenario, Study, StudyKind, study};
use tollgate_law::Law;
use tollgate_records::{Output, csv_text};

use super::progress::DrawBar;
use super::simulate_set::{StudySource, from_results, with_changes};
use super::{Failure, print};
use crate::commands::inputs::TextFormat;
use clap::Args;
use std::path::PathBuf;
use tollgate_decide::RunError;
use tollgate_model::Stop;
use tollgate_model::count_of;
use tollgate_report::{figure_rows, study_page, study_text};
use tollgate_world::{DrawFiles, LawDesks, SCENARIOS, WORLD_FILES, WorldError, write_world};

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate simulate threshold --out out/threshold
  tollgate simulate scenarios/delay.toml --runs 1000000 --seed 7 --out out/delay
  tollgate simulate enforcement --explain
  tollgate simulate delay --set life.years=6 --set arm.2.budget=2 --out out/set
  tollgate simulate --from out/delay/results.json --out out/again
  tollgate simulate world --out out/world
Writes DIR/results.json, report.html, a .csv for each figure, outcomes.csv (every number by arm, output and year), draws.parquet and parameters.parquet
(the first draws one by one). The results depend on the scenario, the seed and the law alone,
not on the number of threads.")]
pub(crate) struct SimulateArguments {
    /// A scenario file, or one that comes with the program: threshold, agreements, enforcement, delay, advantage, tenfold, world
    #[arg(value_name = "SCENARIO", required_unless_present = "from")]
    pub(crate) scenario: Option<String>,
    /// Runs the scenario in the results.json of an earlier run, with its draws and seed
    #[arg(long, value_name = "RESULTS", conflicts_with = "scenario")]
    pub(crate) from: Option<PathBuf>,
    /// Sets a parameter or a key of the scenario, as often as need be: smuggle.premium=1.5, arm.2.budget=3
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,
    /// So many of the first draws are written one by one to draws.parquet and parameters.parquet; 0 for none
    #[arg(long, value_name = "N", default_value = "1000", value_parser = clap::value_parser!(u64).range(0..=10_000_000))]
    pub(crate) keep_draws: u64,
    /// Random draws, in place of the scenario's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000_000))]
    pub(crate) runs: Option<u64>,
    /// The seed, in place of the scenario's
    #[arg(long, value_name = "S")]
    pub(crate) seed: Option<u64>,
    /// Threads; as many as there are cores where absent
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// The folder for the results
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Prints every parameter with its distribution, unit and source, and does no more
    #[arg(long)]
    pub(crate) explain: bool,
    /// How answers are printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

pub(crate) fn simulate(arguments: &SimulateArguments, stop: &Stop) -> Result<(), Failure> {
    let source = source(arguments)?;
    let name = source.name.clone();
    let scenario = Scenario::read(&name, &source.text)?;
    let text = with_changes(&source.text, &scenario, &arguments.set)?;
    let mut scenario = if arguments.set.is_empty() { scenario } else { Scenario::read(&name, &text)? };
    scenario.draws = arguments.runs.or(source.draws).unwrap_or(scenario.draws);
    scenario.seed = arguments.seed.or(source.seed).unwrap_or(scenario.seed);
    scenario.keep_draws = arguments.keep_draws;
    if arguments.explain {
        return explain(&scenario.assumptions(), arguments.format);
    }
    let Some(out) = &arguments.out else {
        return Err(Failure::Unusable(
            "no folder for the results is named\n  mend: add --out DIR, or --explain".to_owned(),
        ));
    };
    if scenario.kind == StudyKind::World {
        return simulate_world(&scenario, out, stop);
    }
    let desks = LawDesks::new(Law::embedded()?);
    let bar = DrawBar::new();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let show_progress = |done: u64, of: u64| bar.set(done, of);
    let options = Options { threads: arguments.threads.unwrap_or(cores), progress: &show_progress, stop };
    let result = study(&scenario, &desks, &options);
    bar.end();
    let study = result.map_err(|error| match error {
        LabError::Stopped => Failure::Stopped,
        other => Failure::Unusable(format!("{name}: {other}")),
    })?;
    if stop.load(Ordering::Relaxed) {
        return Err(Failure::Stopped);
    }
    write(&study, out)?;
    match arguments.format {
        TextFormat::Json => {
            print(&format!("{}\n", json!({ "name": study.name, "answers": study.answers, "caveats": study.caveats })))
        }
        TextFormat::Text => print(&study_text(&study, out)),
    }
}

impl From<WorldError> for Failure {
    fn from(error: WorldError) -> Failure {
        match error {
            WorldError::Run(error) => error.into(),
            WorldError::Lab(LabError::Stopped) => Failure::Stopped,
            other => Failure::Unusable(other.to_string()),
        }
    }
}

/// Writes the world of a scenario to a folder, and prints what came of it.
fn simulate_world(scenario: &Scenario, out: &Path, stop: &Stop) -> Result<(), Failure> {
    let bar = DrawBar::new();
    let mut show_progress = |done: usize, total: usize| bar.set(count_of(done), count_of(total));
    let results = write_world(scenario, &Law::embedded()?, out, &mut show_progress, stop)?;
    bar.end();
    print(&format!("{results:#}\nwritten: {}: {}\n", out.display(), WORLD_FILES.join(" ")))
}

/// What is to be run.
fn source(arguments: &SimulateArguments) -> Result<StudySource, Failure> {
    let unreadable = |path: &str, error: std::io::Error| {
        Failure::Unusable(format!(
            "{path}: cannot be read: {error}\n  mend: check that it is a file of UTF-8 text that you may read"
        ))
    };
    if let Some(path) = &arguments.from {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(&name, error))?;
        return from_results(&name, &text);
    }
    let Some(scenario) = &arguments.scenario else {
        return Err(Failure::Unusable("no scenario is named\n  mend: name one, or add --from RESULTS".to_owned()));
    };
    let (name, text) = scenario_text(scenario)?;
    Ok(StudySource { name, text, draws: None, seed: None })
}

/// A scenario's name and text: a file, or one that comes with the program.
fn scenario_text(name: &str) -> Result<(String, String), Failure> {
    let path = Path::new(name);
    if path.is_file() {
        let read = std::fs::read_to_string(path);
        return read.map(|text| (name.to_owned(), text)).map_err(|error| {
            Failure::Unusable(format!(
                "{name}: cannot be read: {error}\n  mend: check that it is a file of UTF-8 text that you may read"
            ))
        });
    }
    let known = SCENARIOS.iter().find(|(known, _)| *known == name);
    let names: Vec<&str> = SCENARIOS.iter().map(|(name, _)| *name).collect();
    known.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).ok_or_else(|| {
        Failure::Unusable(format!(
            "{name}: there is no such file\n  mend: name a scenario file, or one of {}",
            names.join(", ")
        ))
    })
}

fn explain(assumptions: &[Assumption], format: TextFormat) -> Result<(), Failure> {
    if format == TextFormat::Json {
        return print(&format!("{}\n", json!(assumptions)));
    }
    let widest = assumptions.iter().map(|assumption| assumption.name.chars().count()).max().unwrap_or(0);
    let line = |assumption: &Assumption| {
        let Assumption { name, value, unit, source, .. } = assumption;
        format!("{name:widest$}  {value} {unit}\n{:widest$}    {source}\n", "")
    };
    print(&assumptions.iter().map(line).collect::<String>())
}

/// All results appear, or none of them.
fn write(study: &Study, out: &Path) -> Result<(), Failure> {
    let json = serde_json::to_string_pretty(study).map_err(|error| Failure::Unusable(error.to_string()))?;
    let mut files = vec![("results.json".to_owned(), json + "\n"), ("report.html".to_owned(), study_page(study))];
    for (name, rows) in study.figures.iter().map(figure_rows).chain(study.data.iter().cloned()) {
        files.push((format!("{name}.csv"), csv_text(rows.into_iter())));
    }
    let mut outputs = Vec::new();
    for (name, text) in &files {
        let path = out.join(name);
        let failed = |error| RunError::Output(path.clone(), error);
        let mut output = Output::create(&path).map_err(failed)?;
        output.write_all(text.as_bytes()).map_err(failed)?;
        outputs.push((output, path));
    }
    let draws = study.open.draws.as_ref().map(|draws| DrawFiles::write(draws, out)).transpose()?;
    for (output, path) in outputs {
        output.commit().map_err(|error| RunError::Output(path, error))?;
    }
    if let Some(draws) = draws {
        draws.commit()?;
    }
    Ok(())
}
