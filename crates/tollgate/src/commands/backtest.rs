//! A draft of a typology over history, against the live version.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tollgate_detect::measurement::{Comparison, Sighting, Version, days_between};
use tollgate_detect::typology::Typology;

use super::decide::load;
use super::progress::Steps;
use super::typology::Folder;
use super::{Failure, print};
use crate::commands::inputs::Inputs;
use crate::commands::inputs::TextFormat;
use clap::Args;
use std::path::PathBuf;
use tollgate_detect::ContextTables;
use tollgate_model::Date;
use tollgate_model::Stop;

#[derive(Args)]
#[command(after_help = "Example:
  tollgate typology backtest drafts/cap-split --against typologies/cap-split --orders orders.csv --parties parties.csv --from 2024-01-01 --to 2026-12-31
On each day only what had happened by then is known: orders, payments, sightings and visits up to it, companies founded by it, listings by it. Addresses
and directors are as the tables have them today. With --dispositions what was found of alerts (key, finding: true or false) is told beside them.")]
pub(crate) struct TypologyBacktestArguments {
    /// The draft's folder
    pub(crate) draft: PathBuf,
    /// The live version: a folder, or an id or name of the program's own
    #[arg(long, value_name = "DIR|ID")]
    pub(crate) against: String,
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// Payments for the orders
    #[arg(long, value_name = "FILE")]
    pub(crate) payments: Option<PathBuf>,
    /// Data-center sites
    #[arg(long, value_name = "FILE")]
    pub(crate) sites: Option<PathBuf>,
    /// What was seen of serial numbers
    #[arg(long, value_name = "FILE")]
    pub(crate) serials: Option<PathBuf>,
    /// Visits to sites and parties
    #[arg(long, value_name = "FILE")]
    pub(crate) inspections: Option<PathBuf>,
    /// The first day
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Date,
    /// The last day
    #[arg(long, value_name = "DATE")]
    pub(crate) to: Date,
    /// Days from one look to the next
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub(crate) every: u32,
    /// What was found of earlier alerts: a CSV file with the columns key and finding
    #[arg(long, value_name = "FILE")]
    pub(crate) dispositions: Option<PathBuf>,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

fn live(name: &str) -> Result<Typology, Failure> {
    let folder = Path::new(name);
    if folder.join("typology.toml").exists() {
        return Ok(Typology::read(folder)?);
    }
    let all = Typology::embedded()?;
    all.into_iter().find(|own| own.id == name || own.slug == name).ok_or_else(|| {
        let what = format!("`{name}` is neither a typology's folder nor one of the program's own");
        Failure::Unusable(format!("{what}\n  mend: `tollgate typology list` names those"))
    })
}

/// What was found of alerts before, by key.
fn dispositions(path: Option<&Path>) -> Result<BTreeMap<String, String>, Failure> {
    let Some(path) = path else { return Ok(BTreeMap::new()) };
    let wrong = |what: String| {
        Failure::Unusable(format!(
            "{}: {what}\n  mend: write a CSV file with the columns key and finding",
            path.display()
        ))
    };
    let mut reader = csv::Reader::from_path(path).map_err(|error| wrong(error.to_string()))?;
    let headers = reader.headers().map_err(|error| wrong(error.to_string()))?.clone();
    let place = |name: &str| {
        headers.iter().position(|own| own == name).ok_or_else(|| wrong(format!("there is no column `{name}`")))
    };
    let (key, finding) = (place("key")?, place("finding")?);
    let mut known = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(error.to_string()))?;
        let cell = |place: usize| record.get(place).unwrap_or_default().to_owned();
        known.insert(cell(key), cell(finding));
    }
    Ok(known)
}

pub(super) fn backtest(arguments: &TypologyBacktestArguments, stop: &Stop) -> Result<(), Failure> {
    let draft = Typology::read(&arguments.draft)?;
    let live = live(&arguments.against)?;
    if arguments.from > arguments.to {
        let mend = "give a day for --from that is not after --to";
        return Err(Failure::Unusable(format!("--from is after --to\n  mend: {mend}")));
    }
    let known = dispositions(arguments.dispositions.as_deref())?;
    let (policy, tables, _) = load(&arguments.inputs.basis, stop)?;
    let context = ContextTables {
        payments: arguments.payments.clone(),
        sites: arguments.sites.clone(),
        serials: arguments.serials.clone(),
        inspections: arguments.inspections.clone(),
        as_of: None,
    };
    let folder = Folder::of(&arguments.inputs.orders, policy, Arc::clone(&tables), context);
    // More days than that lie between no two days: it looks at both ends.
    let every_days = i32::try_from(arguments.every).unwrap_or(i32::MAX);
    let days = days_between(arguments.from, arguments.to, every_days);
    let mut comparison = Comparison::default();
    let mut steps = Steps::new(days.len());
    for day in &days {
        steps.step(&day.to_string());
        for (typology, version) in [(&draft, Version::Draft), (&live, Version::Live)] {
            for finding in folder.find(std::slice::from_ref(typology), Some(*day), stop)?.found {
                comparison.add(version, *day, finding);
            }
        }
    }
    drop(steps);
    match arguments.format {
        TextFormat::Json => print(&as_json(&comparison, &known, days.len())),
        TextFormat::Text => print(&text(&comparison, &known, &draft, &live, days.len())),
    }
}

fn as_json(comparison: &Comparison, known: &BTreeMap<String, String>, looks: usize) -> String {
    let side = |sighting: &Option<Sighting>| {
        sighting.as_ref().map(|sighting| {
            let finding = &sighting.finding;
            json!({
                "from": sighting.since.to_string(), "llr": finding.llr, "why": finding.why,
                "subjects": finding.subjects, "tpp": finding.tpp,
            })
        })
    };
    let rows = comparison.0.iter().map(|(key, own)| {
        json!({ "key": key, "draft": side(&own.draft), "live": side(&own.live), "disposition": known.get(key) })
    });
    format!("{:#}\n", json!({ "looks": looks, "alerts": rows.collect::<Vec<_>>() }))
}

fn text(
    comparison: &Comparison,
    known: &BTreeMap<String, String>,
    draft: &Typology,
    live: &Typology,
    looks: usize,
) -> String {
    let told = |key: &str| known.get(key).map_or(String::new(), |finding| format!(" [found {finding}]"));
    let (mut added, mut dropped, mut both) = (String::new(), String::new(), String::new());
    for (key, sightings) in &comparison.0 {
        match (&sightings.draft, &sightings.live) {
            (Some(Sighting { since: day, finding }), None) => {
                let _ = writeln!(added, "  + {day}  {key}{}: {}", told(key), finding.why);
            }
            (None, Some(Sighting { since: day, finding })) => {
                let _ = writeln!(dropped, "  - {day}  {key}{}: {}", told(key), finding.why);
            }
            (Some(Sighting { since: one, .. }), Some(Sighting { since: other, finding })) => {
                if one != other {
                    let _ = writeln!(both, "  = {one} instead of {other}  {key}{}: {}", told(key), finding.why);
                }
            }
            (None, None) => {}
        }
    }
    let counts = comparison.counts();
    let (more, less, same) = (counts.added, counts.dropped, counts.common);
    format!(
        "{} ({}) against {} ({}), looked at on {looks} days\n{more} alerts more, {less} fewer, {same} by both\n{added}{dropped}{both}",
        draft.slug,
        draft.file.parent().unwrap_or(Path::new("")).display(),
        live.slug,
        live.file.parent().unwrap_or(Path::new("")).display()
    )
}
