//! Evasion found across orders: alone (`detect`), and within `check`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tollgate_analysis::alerts::{Alert, Alerts, Calibration, LEAST, alerts};
use tollgate_analysis::engine::{ClusterEngine, ClusterOptions, Engine, EngineError, Findings, Skipped, run_all};
use tollgate_analysis::entity::Entities;
use tollgate_analysis::typology::{Typology, TypologyError};
use tollgate_model::OrderLine;
use tollgate_records::{Declared, Output};

use super::arguments::{DetectArguments, Surroundings};
use super::decide::load;
use super::progress::{Bar, Steps};
use super::since::since;
use super::{Failure, print};
use crate::service::{Decided, Lines, Run, RunError, Stop, Watch, GatheredTables, run};

/// Bytes that queries may hold before they spill to disk.
const MEMORY: usize = 3 << 30;

/// What the typologies made of a file of orders.
#[derive(Debug, Default)]
pub(crate) struct Detected {
    pub(crate) made: Alerts,
    pub(crate) skipped: Vec<Skipped>,
    pub(crate) run: usize,
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        match error {
            EngineError::Stopped => Failure::Stopped,
            other => Failure::Unusable(other.to_string()),
        }
    }
}

/// Errors of typologies as one text.
pub(crate) fn listed(errors: &[TypologyError]) -> Failure {
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    Failure::Unusable(texts.join("\nerror: "))
}

/// Typologies, and what their evidence counts.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) typologies: Vec<Typology>,
    pub(crate) calibration: Calibration,
}

/// What evidence counts: the program's figures, or those of a folder that has a `calibration.toml` of its own.
fn calibration(surroundings: &Surroundings) -> Result<Calibration, Failure> {
    let unusable = |error: tollgate_analysis::alerts::CalibrationError| Failure::Unusable(error.to_string());
    match surroundings.typologies.as_ref().map(|folder| folder.join("calibration.toml")).filter(|path| path.is_file()) {
        None => Calibration::embedded().map_err(unusable),
        Some(path) => {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| Failure::Unusable(format!("{}: {error}\n  mend: check the path", path.display())))?;
            Calibration::read(&text).map_err(|error| Failure::Unusable(format!("{}: {error}", path.display())))
        }
    }
}

/// The typologies to run: those of the program, or of a folder, less or only those that are named.
pub(crate) fn chosen(surroundings: &Surroundings) -> Result<Chosen, Failure> {
    let all = match &surroundings.typologies {
        Some(folder) => Typology::read_all(folder),
        None => Typology::embedded(),
    };
    let mut all = all.map_err(|errors| listed(&errors))?;
    for wanted in &surroundings.only {
        if !all.iter().any(|own| own.id == *wanted || own.slug == *wanted) {
            let what = format!("there is no typology `{wanted}`");
            return Err(Failure::Unusable(format!("{what}\n  mend: `tollgate typology list` names them")));
        }
    }
    if !surroundings.only.is_empty() {
        all.retain(|own| surroundings.only.contains(&own.id) || surroundings.only.contains(&own.slug));
    }
    Ok(Chosen { typologies: all, calibration: calibration(surroundings)? })
}

impl Detected {
    /// What findings come to.
    pub(super) fn of(findings: Findings, entities: &Entities, chosen: &Chosen) -> Detected {
        let cluster = |party: &str| entities.cluster(party).to_owned();
        let made = alerts(&findings.found, &chosen.typologies, &chosen.calibration, LEAST, &cluster);
        Detected { made, skipped: findings.skipped, run: findings.run }
    }
}

/// Runs typologies over what was gathered.
pub(crate) fn detected(watched: GatheredTables, chosen: &Chosen, stop: &Stop) -> Result<Detected, Failure> {
    let (findings, entities) = asked(watched, &chosen.typologies, stop, run_all)?;
    Ok(Detected::of(findings, &entities, chosen))
}

/// What `ask` makes of an engine over what was gathered, told to whoever waits; and what ties parties.
pub(super) fn asked<T>(
    watched: GatheredTables,
    typologies: &[Typology],
    stop: &Stop,
    ask: impl FnOnce(&mut dyn Engine, &[Typology], &mut dyn FnMut(&Typology)) -> Result<T, EngineError>,
) -> Result<(T, Entities), Failure> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let (mut asked, entities) = watched.ask(threads, MEMORY, stop)?;
    let mut steps = Steps::new(typologies.len());
    let found = ask(&mut asked.engine, typologies, &mut |own| steps.step(&own.title))?;
    Ok((found, entities))
}

/// An alert as a line of `alerts.jsonl`.
pub(crate) fn alert_json(alert: &Alert) -> Value {
    let rounded = |value: f64| (value * 1e4).round() / 1e4;
    let evidence = alert.evidence.iter().map(|own| {
        json!({ "pattern": own.pattern, "key": own.key, "weight": rounded(own.weight), "why": own.why, "facts": own.facts })
    });
    json!({
        "alert_id": alert.alert_id, "typology": alert.typology, "pattern": alert.pattern, "subjects": alert.subjects,
        "orders": alert.orders, "score": rounded(alert.score), "tpp": alert.tpp, "first": alert.first.to_string(),
        "last": alert.last.to_string(), "why": alert.why, "evidence": evidence.collect::<Vec<_>>(), "case": alert.case,
        "families": alert.families.iter().map(|(family, alone)| json!({ "typology": family, "alone": rounded(*alone) })).collect::<Vec<_>>(),
    })
}

/// Every alert, best first, one a line.
pub(crate) fn alerts_text(made: &Alerts) -> String {
    made.alerts.iter().map(|alert| alert_json(alert).to_string() + "\n").collect()
}

/// Lines that are gathered and nothing else.
pub(crate) struct Gathering(pub(crate) Watch);

impl Lines for Gathering {
    fn seen(&mut self, order: &OrderLine<'_>) {
        self.0.seen(order);
    }

    fn all_seen(&mut self) -> Result<(), RunError> {
        self.0.all_seen()
    }

    fn decided(
        &mut self,
        order: &OrderLine<'_>,
        decided: &Decided<'_>,
        declared: Declared<'_>,
    ) -> Result<(), RunError> {
        self.0.decided(order, decided, declared)
    }
}

pub(crate) fn detect(arguments: &DetectArguments, stop: &Stop) -> Result<(), Failure> {
    let chosen = chosen(&arguments.surroundings)?;
    let (policy, tables, _) = load(&arguments.inputs.basis, stop)?;
    let watch = Watch::new(Arc::clone(&policy), Arc::clone(&tables), arguments.surroundings.context_tables())?;
    let job = Run { orders: &arguments.inputs.orders, tables, policy };
    let mut gathering = Gathering(watch);
    run(&job, stop, &mut Bar::new(), &mut gathering)?;
    let watched = gathering.0.finish()?;
    let mut earlier = None;
    let detected = match &arguments.on.cluster {
        Some(master) => on_cluster(arguments, master, watched, &chosen, stop)?,
        None => {
            if let Some(folder) = &arguments.tables {
                watched.write(folder)?;
            }
            match &arguments.since {
                Some(folder) => {
                    let (found, left) = since(watched, &chosen, folder, stop)?;
                    earlier = Some(left);
                    found
                }
                None => detected(watched, &chosen, stop)?,
            }
        }
    };
    let text = alerts_text(&detected.made);
    // What the next run starts from is in place last: until then it starts from what this one started from.
    let mut outputs = vec![written(&arguments.out, text.as_bytes())?];
    if let (Some(folder), Some(left)) = (&arguments.since, &earlier) {
        outputs.push(written(&folder.join("alerts.jsonl"), text.as_bytes())?);
        outputs.push(written(&folder.join("found.json"), &left.found)?);
    }
    for (output, path) in outputs {
        output.commit().map_err(|error| RunError::Output(path, error))?;
    }
    let news = earlier.map_or(String::new(), |left| left.told(&detected.made));
    print(&(told(&detected, &arguments.out) + &news))
}

fn written(path: &Path, bytes: &[u8]) -> Result<(Output, PathBuf), RunError> {
    let failed = |error| RunError::Output(path.to_owned(), error);
    let mut output = Output::create(path).map_err(failed)?;
    output.write_all(bytes).map_err(failed)?;
    Ok((output, path.to_owned()))
}

/// Runs typologies on a cluster, over tables that its workers can read.
fn on_cluster(
    arguments: &DetectArguments,
    master: &str,
    watched: GatheredTables,
    chosen: &Chosen,
    stop: &Stop,
) -> Result<Detected, Failure> {
    let typologies = &chosen.typologies;
    let own = tempfile::tempdir().map_err(|error| Failure::Unusable(format!("no temporary folder: {error}")))?;
    let tables = arguments.tables.clone().unwrap_or_else(|| own.path().to_owned());
    let rows = watched.write(&tables)?;
    let options = ClusterOptions {
        master: master.to_owned(),
        python: arguments.on.python.clone(),
        tables: std::path::absolute(&tables).unwrap_or(tables),
        partitions: arguments.on.partitions,
        stop: Arc::clone(stop),
    };
    let mut engine = ClusterEngine::run(&options, &rows, typologies)?;
    let findings = run_all(&mut engine, typologies, &mut |_| {})?;
    Ok(Detected::of(findings, &watched.entities, chosen))
}

/// What is said of alerts where a person reads.
fn told(detected: &Detected, out: &Path) -> String {
    let mut text = format!(
        "{} alerts in {} cases, by {} typologies; written to {}\n",
        detected.made.alerts.len(),
        detected.made.cases.len(),
        detected.run,
        out.display()
    );
    for alert in detected.made.alerts.iter().take(10) {
        text.push_str(&format!(
            "  {:>3.0} %  {} {}: {}\n",
            alert.score * 100.0,
            alert.pattern,
            alert.typology,
            alert.why
        ));
    }
    for skipped in &detected.skipped {
        text.push_str(&format!("  not run: {} {}: {}\n", skipped.id, skipped.title, lacks(skipped)));
    }
    text
}

/// Why a typology was not run.
pub(crate) fn lacks(skipped: &Skipped) -> String {
    format!("nothing in {}", skipped.lacks.join(", "))
}
