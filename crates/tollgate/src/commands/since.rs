//! `detect --since`: what an earlier run found, and what is new against it.

use std::collections::BTreeSet;
use std::path::Path;

use serde::de::Error as _;
use tollgate_detect::alerts::{Alert, Alerts};
use tollgate_detect::detector::{Detection, Detector};
use tollgate_detect::engine::{GatheredTables, IncrementalEngine, PriorRun};

use super::Failure;
use super::progress::StepBar;
use super::query_session::{LocalEngineChoice, OpenTables, open_session};
use tollgate_model::Stop;

/// What the next run starts from, and what the run before this one reported.
pub(super) struct RunHistory {
    /// `found.json` for the next run: the findings of this one, by digest of the tables that each typology read.
    pub(super) prior_run_json: Vec<u8>,
    /// Ids of the alerts that the run before reported; `None` where there was none.
    earlier_alerts: Option<BTreeSet<String>>,
    /// How many typologies were not run again, because no table that they read has changed.
    unchanged: usize,
}

/// The text of a file of the folder; `None` where it is not there.
fn read_if_there(folder: &Path, name: &str) -> Result<Option<String>, Failure> {
    let path = folder.join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let mend = "give a folder that an earlier run with --since made, or a new one";
            Err(Failure::Unusable(format!("{}: {error}\n  mend: {mend}", path.display())))
        }
    }
}

fn unusable(folder: &Path, name: &str, error: &serde_json::Error) -> Failure {
    let path = folder.join(name);
    Failure::Unusable(format!("{}: {error}\n  mend: remove it; everything is then asked anew", path.display()))
}

/// Runs the typologies whose tables are not what they were in the run that `folder` is of; of the others takes what that run found.
pub(super) fn detect_since(
    gathered: GatheredTables,
    detector: &Detector,
    folder: &Path,
    choice: &LocalEngineChoice,
    stop: &Stop,
) -> Result<(Detection, RunHistory), Failure> {
    let before = match read_if_there(folder, "found.json")? {
        Some(text) => serde_json::from_str(&text).map_err(|error| unusable(folder, "found.json", &error))?,
        None => PriorRun::default(),
    };
    let earlier = read_if_there(folder, "alerts.jsonl")?.map(|text| {
        let id = |line: &str| {
            let alert: serde_json::Value = serde_json::from_str(line)?;
            let id = alert.get("alert_id").and_then(serde_json::Value::as_str).map(str::to_owned);
            id.ok_or_else(|| serde_json::Error::custom("an alert has no alert_id"))
        };
        let ids: Result<BTreeSet<String>, serde_json::Error> = text.lines().map(id).collect();
        ids.map_err(|error| unusable(folder, "alerts.jsonl", &error))
    });
    let digests = gathered.digests()?;
    let OpenTables { engine: mut whole_engine, entities } = open_session(gathered, choice, stop)?;
    let mut engine = IncrementalEngine::new(whole_engine.as_mut(), &digests, before);
    let mut steps = StepBar::new(detector.typologies.len());
    let detection = detector.detect(&mut engine, &entities, &mut |typology| steps.step(&typology.title))?;
    let (prior_run, unchanged) = engine.finish();
    let prior_run_json = serde_json::to_vec(&prior_run).map_err(|error| Failure::Unusable(error.to_string()))?;
    Ok((detection, RunHistory { prior_run_json, earlier_alerts: earlier.transpose()?, unchanged }))
}

impl RunHistory {
    /// What is new, for a person: lines of text, each with its end.
    pub(super) fn text(&self, now: &Alerts) -> String {
        let Some(before) = &self.earlier_alerts else { return "what was found is kept for the next run\n".to_owned() };
        let mut text = format!("{} typologies were not asked again: nothing they read has changed\n", self.unchanged);
        let now_ids: BTreeSet<&str> = now.alerts.iter().map(|alert| alert.alert_id.as_str()).collect();
        let new: Vec<&Alert> = now.alerts.iter().filter(|alert| !before.contains(&alert.alert_id)).collect();
        let gone = before.iter().filter(|id| !now_ids.contains(id.as_str())).count();
        text.push_str(&format!("{} alerts are new or rest on more than before, {gone} are gone\n", new.len()));
        for alert in new.iter().take(10) {
            let percent = alert.score * 100.0;
            text.push_str(&format!("  + {percent:>3.0} %  {} {}: {}\n", alert.pattern, alert.typology, alert.why));
        }
        text
    }
}
