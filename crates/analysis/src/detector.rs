//! The one way from tables to alerts: typologies, what their evidence is worth, and an engine.

use std::path::Path;

use crate::alerts::{Alerts, Calibration, LEAST, alerts};
use crate::engine::{Engine, EngineError, Finding, Skipped, run_all};
use crate::entity::Entities;
use crate::typology::{Typology, TypologyError};

/// Typologies to run, and what their evidence is worth.
#[derive(Clone, Debug)]
pub struct Detector {
    /// In order of id.
    pub typologies: Vec<Typology>,
    /// What their evidence is worth.
    pub calibration: Calibration,
}

/// What the typologies found, and the alerts that it comes to.
#[derive(Clone, Debug, Default)]
pub struct Detection {
    /// In order of pattern and key.
    pub findings: Vec<Finding>,
    /// Alerts and cases, best first.
    pub ranked: Alerts,
    /// Typologies that lack their data.
    pub skipped: Vec<Skipped>,
    /// How many typologies were run.
    pub run: usize,
}

/// Typologies or a calibration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DetectorError {
    /// All that is wrong with the typologies.
    #[error("{}", listed(.0))]
    Typologies(Vec<TypologyError>),
    /// What is wrong with the calibration, with its mend.
    #[error("{0}")]
    Calibration(String),
    /// No typology has this id or folder.
    #[error("there is no typology `{0}`\n  mend: `tollgate typology list` names them")]
    Unknown(String),
}

fn listed(errors: &[TypologyError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\nerror: ")
}

/// The calibration of a file, or without one that of the program.
pub fn calibration(file: Option<&Path>) -> Result<Calibration, DetectorError> {
    let Some(path) = file else {
        return Calibration::embedded().map_err(|error| DetectorError::Calibration(error.to_string()));
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| DetectorError::Calibration(format!("{}: {error}\n  mend: check the path", path.display())))?;
    Calibration::read(&text).map_err(|error| DetectorError::Calibration(format!("{}: {error}", path.display())))
}

impl Detector {
    /// The program's own typologies, weighed by a calibration of a file or of the program.
    pub fn embedded(calibration_file: Option<&Path>) -> Result<Detector, DetectorError> {
        let typologies = Typology::embedded().map_err(DetectorError::Typologies)?;
        Ok(Detector { typologies, calibration: calibration(calibration_file)? })
    }

    /// The typologies of a folder or of the program, all of them or only those with some ids or slugs. A folder's own `calibration.toml` counts in place of
    /// the program's.
    pub fn load(folder: Option<&Path>, only: &[String]) -> Result<Detector, DetectorError> {
        let typologies = folder.map_or_else(Typology::embedded, Typology::read_all);
        let mut typologies = typologies.map_err(DetectorError::Typologies)?;
        let has_name = |typology: &Typology, name: &String| typology.id == *name || typology.slug == *name;
        if let Some(name) = only.iter().find(|name| !typologies.iter().any(|typology| has_name(typology, name))) {
            return Err(DetectorError::Unknown(name.clone()));
        }
        if !only.is_empty() {
            typologies.retain(|typology| only.iter().any(|name| has_name(typology, name)));
        }
        let file = folder.map(|folder| folder.join("calibration.toml")).filter(|path| path.is_file());
        Ok(Detector { typologies, calibration: calibration(file.as_deref())? })
    }

    /// The alerts and cases that findings come to. Alerts whose score is below `least_score` (0 to 1) are left out.
    pub fn rank(&self, findings: &[Finding], entities: &Entities, least_score: f64) -> Alerts {
        let cluster = |party: &str| entities.cluster(party).to_owned();
        alerts(findings, &self.typologies, &self.calibration, least_score, &cluster)
    }

    /// Runs every typology that has its data, and ranks what is found. `progress` hears of each typology before it runs.
    pub fn detect(
        &self,
        engine: &mut dyn Engine,
        entities: &Entities,
        progress: &mut dyn FnMut(&Typology),
    ) -> Result<Detection, EngineError> {
        let findings = run_all(engine, &self.typologies, progress)?;
        let ranked = self.rank(&findings.found, entities, LEAST);
        Ok(Detection { findings: findings.found, ranked, skipped: findings.skipped, run: findings.run })
    }
}
