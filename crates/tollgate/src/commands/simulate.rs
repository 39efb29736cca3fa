//! `tollgate simulate`: studies from scenario files.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::Ordering;

use serde_json::json;
use tollgate_lab::{Assumption, Figure, LabError, Options, Scenario, Study, StudyKind, study};
use tollgate_law::Law;
use tollgate_records::{Output, csv_text};

use super::progress::DrawBar;
use super::{Failure, count, print};
use crate::commands::inputs::TextFormat;
use clap::Args;
use std::path::PathBuf;
use tollgate_decide::RunError;
use tollgate_model::Stop;
use tollgate_report::study_page;
use tollgate_world::{LawDesks, SCENARIOS, WORLD_FILES, WorldError, write_world};

#[derive(Args)]
#[command(after_help = "Examples:
  tollgate simulate threshold --out out/threshold
  tollgate simulate scenarios/delay.toml --runs 1000000 --seed 7 --out out/delay
  tollgate simulate enforcement --explain
  tollgate simulate world --out out/world
Writes DIR/results.json, report.html and a .csv for each figure, whole or not at all. The results depend on the scenario, the seed and the law alone,
not on the number of threads.")]
pub(crate) struct SimulateArguments {
    /// A scenario file, or one that comes with the program: threshold, agreements, enforcement, delay, advantage, tenfold, world
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,
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
    let (name, text) = scenario_text(&arguments.scenario)?;
    let scenario = Scenario::read(&name, &text);
    let mut scenario = scenario?;
    scenario.draws = arguments.runs.unwrap_or(scenario.draws);
    scenario.seed = arguments.seed.unwrap_or(scenario.seed);
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
        TextFormat::Text => print(&answers_text(&study, out)),
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
    let mut show_progress = |done: usize, total: usize| bar.set(count(done), count(total));
    let results = write_world(scenario, &Law::embedded()?, out, &mut show_progress, stop)?;
    bar.end();
    print(&format!("{results:#}\nwritten: {}: {}\n", out.display(), WORLD_FILES.join(" ")))
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
    for (name, rows) in study.figures.iter().map(rows).chain(study.data.iter().cloned()) {
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
    for (output, path) in outputs {
        output.commit().map_err(|error| RunError::Output(path, error))?;
    }
    Ok(())
}

fn header(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A figure's id, and its values as tidy rows, one observation each, below a row of headers.
fn rows(figure: &Figure) -> (String, Vec<Vec<String>>) {
    let mut rows = Vec::new();
    let text = |value: f64| value.to_string();
    let caption = match figure {
        Figure::Fan(fan) => {
            rows.push(header(&["series", "x", "p5", "p50", "p95"]));
            for band in &fan.series {
                for (((x, low), middle), high) in fan.x.iter().zip(&band.p5).zip(&band.p50).zip(&band.p95) {
                    rows.push(vec![band.name.clone(), text(*x), text(*low), text(*middle), text(*high)]);
                }
            }
            &fan.caption
        }
        Figure::Density(density) => {
            rows.push(header(&["series", "from", "to", "share"]));
            for (name, shares) in &density.series {
                for ((from, to), share) in density.edges.iter().zip(density.edges.iter().skip(1)).zip(shares) {
                    rows.push(vec![name.clone(), text(*from), text(*to), text(*share)]);
                }
            }
            &density.caption
        }
        Figure::Tornado(tornado) => {
            rows.push(header(&["parameter", "low", "high", "result_at_low", "result_at_high", "base"]));
            for row in &tornado.rows {
                let (low, high) = row.result;
                rows.push(vec![
                    row.name.clone(),
                    row.at.0.clone(),
                    row.at.1.clone(),
                    text(low),
                    text(high),
                    text(tornado.base),
                ]);
            }
            &tornado.caption
        }
        Figure::Indices(indices) => {
            rows.push(header(&["parameter", "first", "first_low", "first_high", "total", "total_low", "total_high"]));
            for row in &indices.rows {
                let numbers = [
                    row.first,
                    row.first_interval.0,
                    row.first_interval.1,
                    row.total,
                    row.total_interval.0,
                    row.total_interval.1,
                ];
                rows.push(std::iter::once(row.name.clone()).chain(numbers.map(text)).collect());
            }
            &indices.caption
        }
        other => return rows_of_parts(other),
    };
    (caption.id.clone(), rows)
}

/// As [`rows`], for the figures that compare parts of a whole.
fn rows_of_parts(figure: &Figure) -> (String, Vec<Vec<String>>) {
    let mut rows = Vec::new();
    let text = |value: f64| value.to_string();
    let caption = match figure {
        Figure::Lorenz(lorenz) => {
            rows.push(header(&["series", "rank", "share", "gini"]));
            for (name, shares, gini) in &lorenz.series {
                for (rank, share) in shares.iter().enumerate() {
                    rows.push(vec![name.clone(), (rank + 1).to_string(), text(*share), text(*gini)]);
                }
            }
            &lorenz.caption
        }
        Figure::Tiles(tiles) => {
            rows.push(header(&["country", "tier", "value"]));
            for tile in &tiles.tiles {
                rows.push(vec![tile.country.clone(), tile.tier.to_string(), text(tile.value)]);
            }
            &tiles.caption
        }
        Figure::Bars(bars) => {
            rows.push(header(&["bar", "part", "value"]));
            for (name, values) in &bars.bars {
                for (part, value) in bars.parts.iter().zip(values) {
                    rows.push(vec![name.clone(), part.clone(), text(*value)]);
                }
            }
            &bars.caption
        }
        Figure::Table(table) => {
            rows.push(table.columns.clone());
            rows.extend(table.rows.iter().cloned());
            &table.caption
        }
        // What `rows` takes itself.
        Figure::Fan(_) | Figure::Density(_) | Figure::Tornado(_) | Figure::Indices(_) => return (String::new(), rows),
    };
    (caption.id.clone(), rows)
}

fn answers_text(study: &Study, out: &Path) -> String {
    let list = |lines: &[String]| lines.iter().map(|line| format!("  - {line}\n")).collect::<String>();
    format!(
        "{}\n{}\n{}where this rests on judgement:\n{}written: {}: results.json, report.html and a .csv for each figure\n",
        study.name,
        study.question,
        list(&study.answers),
        list(&study.caveats),
        out.display()
    )
}
