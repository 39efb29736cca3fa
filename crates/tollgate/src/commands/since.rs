//! `detect --since`: what an earlier run left, and what is new against it.

use std::collections::BTreeSet;
use std::path::Path;

use tollgate_detect::alerts::{Alert, Alerts};
use tollgate_detect::detector::{Detection, Detector};
use tollgate_detect::engine::{GatheredTables, IncrementalEngine, PriorRun};

use super::Failure;
use super::detect::open;
use super::progress::Steps;
use tollgate_model::Stop;

/// What a run leaves, and what the one before told.
pub(super) struct Earlier {
    /// For the next run.
    pub(super) found: Vec<u8>,
    /// Ids of the alerts before; nothing where there was no run before.
    alerts: Option<BTreeSet<String>>,
    /// Typologies that did not have to be asked.
    known: usize,
}

/// A file of the folder; nothing where it is not there.
fn kept(folder: &Path, name: &str) -> Result<Option<String>, Failure> {
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

/// Runs typologies whose tables are not what they were.
pub(super) fn since(
    gathered: GatheredTables,
    detector: &Detector,
    folder: &Path,
    stop: &Stop,
) -> Result<(Detection, Earlier), Failure> {
    let before = match kept(folder, "found.json")? {
        Some(text) => serde_json::from_str(&text).map_err(|error| unusable(folder, "found.json", &error))?,
        None => PriorRun::default(),
    };
    let earlier = kept(folder, "alerts.jsonl")?.map(|text| {
        let id = |line: &str| {
            let alert: serde_json::Value = serde_json::from_str(line)?;
            Ok(alert.get("alert_id").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned())
        };
        let ids: Result<BTreeSet<String>, serde_json::Error> = text.lines().map(id).collect();
        ids.map_err(|error| unusable(folder, "alerts.jsonl", &error))
    });
    let digests = gathered.digests()?;
    let mut session = open(gathered, stop)?;
    let entities = std::mem::take(&mut session.entities);
    let mut engine = IncrementalEngine::new(&mut session, &digests, before);
    let mut steps = Steps::new(detector.typologies.len());
    let detection = detector.detect(&mut engine, &entities, &mut |typology| steps.step(&typology.title))?;
    let (prior_run, known) = engine.finish();
    let found = serde_json::to_vec(&prior_run).map_err(|error| Failure::Unusable(error.to_string()))?;
    Ok((detection, Earlier { found, alerts: earlier.transpose()?, known }))
}

impl Earlier {
    /// What is new, for a person.
    pub(super) fn told(&self, made: &Alerts) -> String {
        let Some(before) = &self.alerts else { return "what was found is kept for the next run\n".to_owned() };
        let mut text = format!("{} typologies were not asked again: nothing they read has changed\n", self.known);
        let now: BTreeSet<&str> = made.alerts.iter().map(|alert| alert.alert_id.as_str()).collect();
        let new: Vec<&Alert> = made.alerts.iter().filter(|alert| !before.contains(&alert.alert_id)).collect();
        let gone = before.iter().filter(|id| !now.contains(id.as_str())).count();
        text.push_str(&format!("{} alerts are new or rest on more than before, {gone} are gone\n", new.len()));
        for alert in new.iter().take(10) {
            let percent = alert.score * 100.0;
            text.push_str(&format!("  + {percent:>3.0} %  {} {}: {}\n", alert.pattern, alert.typology, alert.why));
        }
        text
    }
}
