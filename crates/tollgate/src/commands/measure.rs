//! Alerts held against worlds whose truth is known.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tollgate_detect::alerts::{Alert, Calibration, Example, LEAST, Reliability, alerts, examples, fit};
use tollgate_detect::engine::Finding;
use tollgate_detect::typology::Typology;
use tollgate_records::Output;

use super::detect::listed;
use super::typology::in_folder;
use super::{Failure, print};
use crate::commands::inputs::TextFormat;
use clap::Args;
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
    /// Folders of worlds
    #[arg(required = true)]
    pub(crate) worlds: Vec<PathBuf>,
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
    /// Folders of worlds
    #[arg(required = true)]
    pub(crate) worlds: Vec<PathBuf>,
    /// Where the calibration goes
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The policy by which orders are decided
    #[arg(long, value_name = "POLICY", default_value = "diffusion")]
    pub(crate) policy: String,
}

/// A scheme that was planted.
struct Scheme {
    typology: String,
    parties: BTreeSet<String>,
    orders: BTreeSet<String>,
}

impl Scheme {
    /// Whether an alert or a case is about it.
    fn is_meant(&self, subjects: &BTreeSet<&str>, orders: &BTreeSet<&str>) -> bool {
        let of =
            |own: &BTreeSet<String>, named: &BTreeSet<&str>| named.iter().filter(|name| own.contains(**name)).count();
        let (parties, lines) = (of(&self.parties, subjects), of(&self.orders, orders));
        parties > 0 && (parties * 2 >= subjects.len() || (lines > 0 && lines * 2 >= orders.len()))
    }
}

fn wrong(path: &Path, what: String, mend: &str) -> Failure {
    Failure::Unusable(format!("{}: {what}\n  mend: {mend}", path.display()))
}

/// The schemes of a world: those of `simulate world`, or of others who name parties and orders likewise.
fn truth(folder: &Path) -> Result<Vec<Scheme>, Failure> {
    let path = folder.join("truth.jsonl");
    let text = std::fs::read_to_string(&path)
        .map_err(|error| wrong(&path, format!("cannot be read: {error}"), "make one with `tollgate simulate world`"))?;
    let mut schemes = Vec::new();
    for (row, line) in text.lines().enumerate() {
        let value: Value = serde_json::from_str(line)
            .map_err(|error| wrong(&path, format!("line {}: {error}", row + 1), "write one JSON object a line"))?;
        let words = |keys: [&str; 2]| -> BTreeSet<String> {
            let list = keys.iter().find_map(|key| value.get(key)?.as_array());
            list.into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect()
        };
        let text =
            |keys: [&str; 2]| keys.iter().find_map(|key| value.get(key)?.as_str()).unwrap_or_default().to_owned();
        // An honest twin is no scheme, and a scheme of which nothing went leaves nothing to find.
        let orders = words(["orders", "guilty_orders"]);
        if value.get("scheme").is_none_or(Value::is_null) || orders.is_empty() {
            continue;
        }
        schemes.push(Scheme {
            typology: text(["typology", "kind"]),
            parties: words(["parties", "guilty_parties"]),
            orders,
        });
    }
    Ok(schemes)
}

struct World {
    found: Vec<Finding>,
    entities: tollgate_detect::entity::Entities,
    schemes: Vec<Scheme>,
}

fn world(folder: &Path, typologies: &[Typology], policy: &str, stop: &Stop) -> Result<World, Failure> {
    let schemes = truth(folder)?;
    let own = in_folder(folder, typologies, policy, stop)?;
    Ok(World { found: own.found, entities: own.entities, schemes })
}

/// What one world, or several together, came to.
#[derive(Default)]
struct Measured {
    schemes: usize,
    found: usize,
    /// By typology: how many there were, and were found.
    kinds: BTreeMap<String, (usize, usize)>,
    budget: usize,
    within: usize,
    right: usize,
    alerts: usize,
    /// Score and truth of each alert within the budget, and of each case.
    looked_at: Vec<(f64, bool)>,
    pairs: Vec<(f64, bool)>,
    /// False alerts within the budget by pattern.
    false_alerts: BTreeMap<String, usize>,
}

fn score(world: &World, typologies: &[Typology], calibration: &Calibration, budget: f64, sum: &mut Measured) {
    let made = alerts(&world.found, typologies, calibration, LEAST, &|party| world.entities.cluster(party).to_owned());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a number of alerts"
    )]
    let most = (budget * world.schemes.len() as f64).floor().max(0.0) as usize;
    let mut caught: BTreeSet<usize> = BTreeSet::new();
    for (place, alert) in made.alerts.iter().enumerate() {
        let meant = meant(alert, &world.schemes);
        sum.pairs.push((alert.score, !meant.is_empty()));
        if place < most {
            sum.looked_at.push((alert.score, !meant.is_empty()));
            sum.right += usize::from(!meant.is_empty());
            if meant.is_empty() {
                *sum.false_alerts.entry(alert.pattern.clone()).or_default() += 1;
            }
            caught.extend(meant);
        }
    }
    for (place, scheme) in world.schemes.iter().enumerate() {
        let kind = sum.kinds.entry(scheme.typology.clone()).or_default();
        kind.0 += 1;
        kind.1 += usize::from(caught.contains(&place));
    }
    sum.schemes += world.schemes.len();
    sum.found += caught.len();
    sum.budget += most;
    sum.within += most.min(made.alerts.len());
    sum.alerts += made.alerts.len();
}

fn meant(alert: &Alert, schemes: &[Scheme]) -> Vec<usize> {
    let subjects: BTreeSet<&str> = alert.subjects.iter().map(String::as_str).collect();
    let orders: BTreeSet<&str> = alert.orders.iter().map(String::as_str).collect();
    let about = schemes.iter().enumerate().filter(|(_, scheme)| scheme.is_meant(&subjects, &orders));
    about.map(|(place, _)| place).collect()
}

fn calibration(path: Option<&PathBuf>) -> Result<Calibration, Failure> {
    let Some(path) = path else { return Ok(Calibration::embedded()?) };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(path, error.to_string(), "check the path"))?;
    Ok(Calibration::read(&path.display().to_string(), &text)?)
}

pub(super) fn measure(arguments: &TypologyMeasureArguments, stop: &Stop) -> Result<(), Failure> {
    let typologies = Typology::embedded().map_err(|errors| listed(&errors))?;
    let calibration = calibration(arguments.calibration.as_ref())?;
    let mut sum = Measured::default();
    for folder in &arguments.worlds {
        let world = world(folder, &typologies, &arguments.policy, stop)?;
        score(&world, &typologies, &calibration, arguments.budget, &mut sum);
    }
    match arguments.format {
        TextFormat::Json => print(&format!("{:#}\n", sum.json())),
        TextFormat::Text => print(&sum.text()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of alerts")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 1e4).round() / 1e4 }
}

impl Measured {
    fn worst(&self) -> f64 {
        self.kinds.values().map(|(all, found)| share(*found, *all)).fold(1.0, f64::min)
    }

    fn json(&self) -> Value {
        let kinds: BTreeMap<&str, Value> = self
            .kinds
            .iter()
            .map(|(kind, (all, found))| {
                (kind.as_str(), json!({ "schemes": all, "found": found, "recall": share(*found, *all) }))
            })
            .collect();
        let (looked, all) = (Reliability::of(&self.looked_at), Reliability::of(&self.pairs));
        let tenths =
            all.tenths.iter().enumerate().filter(|(_, (count, ..))| *count > 0).map(|(place, (count, said, held))| {
                #[expect(clippy::cast_precision_loss, reason = "numbers of cases")]
                let count_real = *count as f64;
                json!({ "tenth": place, "cases": count, "said": (said / count_real * 1e4).round() / 1e4, "true": held })
            });
        json!({
            "schemes": self.schemes, "recall": share(self.found, self.schemes), "worst_recall": self.worst(), "recall_by_typology": kinds,
            "alerts": self.alerts, "budget": self.budget, "within_budget": self.within, "precision": share(self.right, self.within),
            "brier_within_budget": (looked.brier * 1e4).round() / 1e4, "brier": (all.brier * 1e4).round() / 1e4,
            "reliability": tenths.collect::<Vec<_>>(), "false_alerts": self.false_alerts,
        })
    }

    fn text(&self) -> String {
        let mut text = format!(
            "{} schemes; {} alerts, {} of a budget of {} looked at\n  recall {:.3}, worst typology {:.3}, precision {:.3}\n",
            self.schemes,
            self.alerts,
            self.within,
            self.budget,
            share(self.found, self.schemes),
            self.worst(),
            share(self.right, self.within)
        );
        for (kind, (all, found)) in &self.kinds {
            let _ = writeln!(text, "  {kind:<20} {found:>4} of {all:>4} found");
        }
        let (looked, all) = (Reliability::of(&self.looked_at), Reliability::of(&self.pairs));
        let _ = writeln!(
            text,
            "  Brier score {:.3} within the budget, {:.3} over all {} alerts",
            looked.brier,
            all.brier,
            self.pairs.len()
        );
        let _ = writeln!(text, "  said, true, alerts:");
        for (count, said, held) in all.tenths.iter().filter(|(count, ..)| *count > 0) {
            #[expect(clippy::cast_precision_loss, reason = "numbers of cases")]
            let (count_real, held) = (*count as f64, *held as f64);
            let _ = writeln!(text, "    {:>5.2} {:>5.2} {count:>6}", said / count_real, held / count_real);
        }
        let wrong: Vec<String> =
            self.false_alerts.iter().map(|(pattern, count)| format!("{pattern} {count}")).collect();
        let _ = writeln!(text, "  false alerts within the budget by pattern: {}", wrong.join(", "));
        text
    }
}

pub(super) fn fit_to(arguments: &TypologyFitArguments, stop: &Stop) -> Result<(), Failure> {
    let typologies = Typology::embedded().map_err(|errors| listed(&errors))?;
    let start = Calibration::embedded()?;
    let mut all: Vec<Example> = Vec::new();
    for folder in &arguments.worlds {
        let own = world(folder, &typologies, &arguments.policy, stop)?;
        let guilty = |findings: &[&Finding]| {
            let subjects: BTreeSet<&str> =
                findings.iter().flat_map(|own| own.subjects.iter().map(String::as_str)).collect();
            let orders: BTreeSet<&str> =
                findings.iter().flat_map(|own| own.orders.iter().map(String::as_str)).collect();
            own.schemes.iter().any(|scheme| scheme.is_meant(&subjects, &orders))
        };
        all.extend(examples(&own.found, &|party| own.entities.cluster(party).to_owned(), &guilty));
    }
    let fitted = fit(&all, &start);
    let guilty = all.iter().filter(|own| own.guilty).count();
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
