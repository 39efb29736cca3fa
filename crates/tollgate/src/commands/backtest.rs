//! A draft of a typology over history, against the live version.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tollgate_detect::measurement::{BacktestReport, Comparison, Version, days_between};
use tollgate_detect::typology::Typology;

use super::decide::load;
use super::progress::StepBar;
use super::table_folder::TableFolder;
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
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(i32).range(1..=3660))]
    pub(crate) every: i32,
    /// What was found of earlier alerts: a CSV file with the columns key and finding
    #[arg(long, value_name = "FILE")]
    pub(crate) dispositions: Option<PathBuf>,
    /// How it is printed
    #[arg(long, default_value = "text")]
    pub(crate) format: TextFormat,
}

/// The live version: a folder, or one of the program by id or name.
fn read_live(name: &str) -> Result<Typology, Failure> {
    let folder = Path::new(name);
    if folder.join("typology.toml").exists() {
        return Ok(Typology::read(folder)?);
    }
    let all = Typology::embedded()?;
    all.into_iter().find(|typology| typology.id == name || typology.slug == name).ok_or_else(|| {
        let what = format!("`{name}` is neither a typology's folder nor one of the program's own");
        Failure::Unusable(format!("{what}\n  mend: `tollgate typology list` names those"))
    })
}

/// What was found of alerts before, by key.
fn read_dispositions(path: Option<&Path>) -> Result<BTreeMap<String, String>, Failure> {
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
        headers.iter().position(|header| header == name).ok_or_else(|| wrong(format!("there is no column `{name}`")))
    };
    let (key, finding) = (place("key")?, place("finding")?);
    let mut known = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(error.to_string()))?;
        let cell = |place: usize| record.get(place).unwrap_or("").to_owned();
        known.insert(cell(key), cell(finding));
    }
    Ok(known)
}

pub(super) fn backtest(arguments: &TypologyBacktestArguments, stop: &Stop) -> Result<(), Failure> {
    let draft = Typology::read(&arguments.draft)?;
    let live = read_live(&arguments.against)?;
    if arguments.from > arguments.to {
        let mend = "give a day for --from that is not after --to";
        return Err(Failure::Unusable(format!("--from is after --to\n  mend: {mend}")));
    }
    let dispositions = read_dispositions(arguments.dispositions.as_deref())?;
    let (policy, tables, _) = load(&arguments.inputs.basis, stop)?;
    let context = ContextTables {
        payments: arguments.payments.clone(),
        sites: arguments.sites.clone(),
        serials: arguments.serials.clone(),
        inspections: arguments.inspections.clone(),
        as_of: None,
    };
    let folder = TableFolder::from_tables(&arguments.inputs.orders, policy, Arc::clone(&tables), context);
    let days = days_between(arguments.from, arguments.to, arguments.every);
    let mut comparison = Comparison::default();
    let mut steps = StepBar::new(days.len());
    for day in &days {
        steps.step(&day.to_string());
        for (typology, version) in [(&draft, Version::Draft), (&live, Version::Live)] {
            for finding in folder.find(std::slice::from_ref(typology), Some(*day), stop)?.found {
                comparison.add(version, *day, finding);
            }
        }
    }
    drop(steps);
    let report = BacktestReport {
        comparison: &comparison,
        draft: &draft,
        live: &live,
        dispositions: &dispositions,
        looks: days.len(),
    };
    match arguments.format {
        TextFormat::Json => print(&format!("{:#}\n", report.json())),
        TextFormat::Text => print(&report.text()),
    }
}
