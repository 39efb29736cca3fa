//! A draft of a typology over history, against the live version.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tollgate_analysis::engine::Finding;
use tollgate_analysis::typology::Typology;
use tollgate_model::Date;

use super::arguments::{TextFormat, TypologyBacktestArguments};
use super::decide::load;
use super::detect::listed;
use super::progress::Steps;
use super::typology::Folder;
use super::{Failure, print};
use crate::service::{ContextTables, Stop};

/// Since when each version finds something, and what it says of it.
#[derive(Default)]
struct Seen {
    draft: Option<(Date, Finding)>,
    live: Option<(Date, Finding)>,
}

fn live(name: &str) -> Result<Typology, Failure> {
    let folder = Path::new(name);
    if folder.join("typology.toml").exists() {
        return Typology::read(folder).map_err(|errors| listed(&errors));
    }
    let all = Typology::embedded().map_err(|errors| listed(&errors))?;
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
    let draft = Typology::read(&arguments.draft).map_err(|errors| listed(&errors))?;
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
    let every = i32::try_from(arguments.every).unwrap_or(30);
    let mut days = vec![arguments.from];
    while let Some(next) = days.last().map(|day| day.plus_days(every)).filter(|next| *next < arguments.to) {
        days.push(next);
    }
    days.push(arguments.to);
    days.dedup();
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    let mut steps = Steps::new(days.len());
    for day in &days {
        steps.step(&day.to_string());
        for (own, is_draft) in [(&draft, true), (&live, false)] {
            for finding in folder.find(std::slice::from_ref(own), Some(*day), stop)?.found {
                let entry = seen.entry(finding.key.clone()).or_default();
                let side = if is_draft { &mut entry.draft } else { &mut entry.live };
                side.get_or_insert((*day, finding));
            }
        }
    }
    drop(steps);
    match arguments.format {
        TextFormat::Json => print(&as_json(&seen, &known, days.len())),
        TextFormat::Text => print(&text(&seen, &known, (&draft, &live), days.len())),
    }
}

fn as_json(seen: &BTreeMap<String, Seen>, known: &BTreeMap<String, String>, looks: usize) -> String {
    let side = |own: &Option<(Date, Finding)>| {
        own.as_ref().map(|(day, finding)| json!({ "from": day.to_string(), "llr": finding.llr, "why": finding.why, "subjects": finding.subjects, "tpp": finding.tpp }))
    };
    let rows = seen.iter().map(|(key, own)| {
        json!({ "key": key, "draft": side(&own.draft), "live": side(&own.live), "disposition": known.get(key) })
    });
    format!("{:#}\n", json!({ "looks": looks, "alerts": rows.collect::<Vec<_>>() }))
}

fn text(
    seen: &BTreeMap<String, Seen>,
    known: &BTreeMap<String, String>,
    (draft, live): (&Typology, &Typology),
    looks: usize,
) -> String {
    let told = |key: &str| known.get(key).map_or(String::new(), |finding| format!(" [found {finding}]"));
    let (mut added, mut dropped, mut both) = (String::new(), String::new(), String::new());
    let mut counts = [0_usize; 3];
    for (key, own) in seen {
        match (&own.draft, &own.live) {
            (Some((day, finding)), None) => {
                counts[0] += 1;
                let _ = writeln!(added, "  + {day}  {key}{}: {}", told(key), finding.why);
            }
            (None, Some((day, finding))) => {
                counts[1] += 1;
                let _ = writeln!(dropped, "  - {day}  {key}{}: {}", told(key), finding.why);
            }
            (Some((one, _)), Some((other, finding))) => {
                counts[2] += 1;
                if one != other {
                    let _ = writeln!(both, "  = {one} instead of {other}  {key}{}: {}", told(key), finding.why);
                }
            }
            (None, None) => {}
        }
    }
    let [more, less, same] = counts;
    format!(
        "{} ({}) against {} ({}), looked at on {looks} days\n{more} alerts more, {less} fewer, {same} by both\n{added}{dropped}{both}",
        draft.slug,
        draft.file.parent().unwrap_or(Path::new("")).display(),
        live.slug,
        live.file.parent().unwrap_or(Path::new("")).display()
    )
}
