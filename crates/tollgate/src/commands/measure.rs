//! Alerts held against worlds whose truth is known.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use tollgate_detect::alerts::{Calibration, Example, LEAST_SCORE, examples, fit, with_backdrop};
use tollgate_detect::detector::Detector;
use tollgate_detect::engine::Finding;
use tollgate_detect::measurement::{CaseMeasurement, GroundTruth, Measurement};
use tollgate_records::Output;

use super::table_folder::{FolderFindings, search_folder};
use super::{Failure, print};
use crate::commands::inputs::TextFormat;
use clap::Args;
use std::path::PathBuf;
use tollgate_decide::RunError;
use tollgate_model::Stop;

#[derive(Args)]
#[command(after_help = "Example:
  tollgate simulate world --seed 11 --out out/w11
  tollgate typology measure out/w11
A folder holds the tables of the contract and truth.jsonl: one object for each scheme with `typology`, `parties` and `orders`.
A scheme is found when an alert within the budget is about it: one of its parties is a subject, and at least half of what the alert names, parties or
orders, is the scheme's. Precision counts alerts within the budget that are about some scheme.")]
pub(crate) struct TypologyMeasureArguments {
    /// Folders of worlds; with --leave-one-maker-out each as MAKER=DIR
    #[arg(required = true)]
    pub(crate) worlds: Vec<PathBuf>,
    /// Fits what evidence counts to the worlds of all makers but one, and measures on those of that one; prints a table in Markdown
    #[arg(long, conflicts_with_all = ["calibration", "format"])]
    pub(crate) leave_one_maker_out: bool,
    /// Alerts that are looked at, for each scheme
    #[arg(long, default_value_t = 1.5)]
    pub(crate) budget: f64,
    /// A calibration other than the program's
    #[arg(long, value_name = "FILE")]
    pub(crate) calibration: Option<PathBuf>,
    /// The policy by which orders are decided
    #[arg(long, value_name = "POLICY", default_value = "diffusion")]
    pub(crate) policy: String,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

#[derive(Args)]
#[command(after_help = "Example:
  tollgate typology fit out/w1 out/w2 out/w3 --out typologies/calibration.toml
Report on other worlds than those that it was fitted to: `tollgate typology measure`.")]
pub(crate) struct TypologyFitArguments {
    /// Folders of worlds, each as DIR or as MAKER=DIR: every maker counts the same
    #[arg(required = true)]
    pub(crate) worlds: Vec<PathBuf>,
    /// Where the calibration goes
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The policy by which orders are decided
    #[arg(long, value_name = "POLICY", default_value = "diffusion")]
    pub(crate) policy: String,
}

fn unusable(path: &Path, what: &str, mend: &str) -> Failure {
    Failure::Unusable(format!("{}: {what}\n  mend: {mend}", path.display()))
}

/// What is known of a world: of `simulate world`, or of others who name parties and orders likewise.
fn ground_truth(folder: &Path) -> Result<GroundTruth, Failure> {
    let path = folder.join("truth.jsonl");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        unusable(&path, &format!("cannot be read: {error}"), "make one with `tollgate simulate world`")
    })?;
    GroundTruth::parse(&text).map_err(|error| unusable(&path, &error.to_string(), "write one JSON object a line"))
}

pub(super) fn measure(arguments: &TypologyMeasureArguments, stop: &Stop) -> Result<(), Failure> {
    if arguments.leave_one_maker_out {
        return measure_without_each_maker(arguments, stop);
    }
    let detector = Detector::embedded(arguments.calibration.as_deref())?;
    let (mut measurement, mut by_case) = (Measurement::default(), CaseMeasurement::default());
    for folder in &arguments.worlds {
        let truth = ground_truth(folder)?;
        let FolderFindings { found, entities, .. } =
            search_folder(folder, &detector.typologies, &arguments.policy, stop)?;
        let ranked = detector.rank(&found, &entities, LEAST_SCORE);
        measurement.add(&ranked, &truth, arguments.budget);
        by_case.add(&ranked, &truth, arguments.budget);
    }
    match arguments.format {
        TextFormat::Json => print(&format!("{:#}\n", measurement.json(&by_case))),
        TextFormat::Text => print(&(measurement.text() + &by_case.text())),
    }
}

/// A world whose truth is known, with what the typologies found in it.
struct World {
    maker: String,
    truth: GroundTruth,
    found: FolderFindings,
}

/// Reads worlds that are named as DIR or as MAKER=DIR; those that name no maker have one maker.
fn read_worlds(names: &[PathBuf], detector: &Detector, policy: &str, stop: &Stop) -> Result<Vec<World>, Failure> {
    let read = |name: &PathBuf| {
        let text = name.to_string_lossy().into_owned();
        let (maker, folder) = match text.split_once('=') {
            Some((maker, folder)) if !name.is_dir() => (maker.to_owned(), PathBuf::from(folder)),
            _ => ("one maker".to_owned(), name.clone()),
        };
        let truth = ground_truth(&folder)?;
        Ok(World { maker, truth, found: search_folder(&folder, &detector.typologies, policy, stop)? })
    };
    names.iter().map(read).collect()
}

/// The cases of each maker but those of one, as they are learned from.
fn makers_examples(worlds: &[World], without: Option<&str>) -> Vec<Vec<Example>> {
    let mut makers: BTreeMap<&str, Vec<Example>> = BTreeMap::new();
    for world in worlds.iter().filter(|world| Some(world.maker.as_str()) != without) {
        let guilty = |findings: &[&Finding]| world.truth.is_guilty(findings);
        let sample = with_backdrop(&world.found.entities, |backdrop| examples(&world.found.found, backdrop, &guilty));
        makers.entry(&world.maker).or_default().extend(sample);
    }
    makers.into_values().collect()
}

/// Measures each maker's worlds with what was fitted to those of all others.
fn measure_without_each_maker(arguments: &TypologyMeasureArguments, stop: &Stop) -> Result<(), Failure> {
    let detector = Detector::embedded(None)?;
    let worlds = read_worlds(&arguments.worlds, &detector, &arguments.policy, stop)?;
    let mut makers: Vec<&str> = worlds.iter().map(|world| world.maker.as_str()).collect();
    makers.sort_unstable();
    makers.dedup();
    if makers.len() < 2 {
        let mend = "name worlds of two makers at least, as MAKER=DIR";
        return Err(Failure::Unusable(format!("the worlds are all of one maker\n  mend: {mend}")));
    }
    let mut text = String::from(
        "| maker left out | worlds | schemes | recall | worst kind | precision | Brier score | cases |\n|---|---|---|---|---|---|---|---|\n",
    );
    let mut kinds = String::new();
    for maker in makers {
        let calibration = fit(&makers_examples(&worlds, Some(maker)), &unfitted(&detector.calibration));
        let detector_without = Detector { typologies: detector.typologies.clone(), calibration };
        let (mut measured, mut count) = (CaseMeasurement::default(), 0);
        for world in worlds.iter().filter(|world| world.maker == maker) {
            count += 1;
            measured.add(
                &detector_without.rank(&world.found.found, &world.found.entities, LEAST_SCORE),
                &world.truth,
                arguments.budget,
            );
        }
        let _ = writeln!(
            text,
            "| {maker} | {count} | {} | {:.2} | {:.2} | {:.2} | {:.2} | {} |",
            measured.all.schemes,
            measured.recall(),
            measured.worst_recall(),
            measured.precision(),
            measured.reliability().brier,
            measured.scores.len()
        );
        kinds.push_str(&format!("\n{maker}: {}.\n", measured.kinds_text()));
    }
    print(&(text + &kinds))
}

/// Where a fit starts: the caps of a calibration, and nothing that was learned before.
fn unfitted(calibration: &Calibration) -> Calibration {
    Calibration {
        weights: BTreeMap::new(),
        offsets: BTreeMap::new(),
        circumstances: BTreeMap::new(),
        intercept: -2.5,
        ..calibration.clone()
    }
}

pub(super) fn fit_calibration(arguments: &TypologyFitArguments, stop: &Stop) -> Result<(), Failure> {
    let detector = Detector::embedded(None)?;
    let worlds = read_worlds(&arguments.worlds, &detector, &arguments.policy, stop)?;
    let makers = makers_examples(&worlds, None);
    let fitted = fit(&makers, &unfitted(&detector.calibration));
    let all: Vec<&Example> = makers.iter().flatten().collect();
    let guilty = all.iter().filter(|example| example.guilty).count();
    let worlds: Vec<String> = arguments.worlds.iter().map(|path| path.display().to_string()).collect();
    let head = format!(
        "What evidence counts, in nats: of each pattern weight x estimate + offset. Fitted by `tollgate typology fit` to {} cases, {guilty} of them schemes, of {}.",
        all.len(),
        worlds.join(" ")
    );
    let failed = |error| RunError::Output(arguments.out.clone(), error);
    let mut output = Output::create(&arguments.out).map_err(failed)?;
    output.write_all(fitted.text(&head).as_bytes()).map_err(failed)?;
    output.commit().map_err(failed)?;
    print(&format!("fitted to {} cases, {guilty} of them schemes: {}\n", all.len(), arguments.out.display()))
}
