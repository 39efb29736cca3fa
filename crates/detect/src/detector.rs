//! The one way from tables to alerts: typologies, what their evidence is worth, and an engine.

use std::path::Path;

use crate::alerts::{Alerts, Calibration, LEAST_SCORE, alerts, with_backdrop};
use crate::engine::{Engine, EngineError, FailedQuery, Finding, Skipped, run_all};
use crate::entity::Entities;
use crate::typology::Typology;
use tollgate_model::{Diagnostic, Diagnostics, Place};

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
    /// Typologies whose query failed.
    pub failed: Vec<FailedQuery>,
    /// How many typologies were run to their end.
    pub run: usize,
}

/// The calibration of a file, or without one that of the program.
pub fn calibration(file: Option<&Path>) -> Result<Calibration, Diagnostics> {
    let Some(path) = file else { return Calibration::embedded() };
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let what = format!("cannot be read: {error}");
        Diagnostic::new("unreadable-file", Place::file(name.as_str()), what, "check the path and that you may read it")
    })?;
    Calibration::read(&name, &text)
}

impl Detector {
    /// The program's own typologies, weighed by a calibration of a file or of the program.
    pub fn embedded(calibration_file: Option<&Path>) -> Result<Detector, Diagnostics> {
        let typologies = Typology::embedded()?;
        Ok(Detector { typologies, calibration: calibration(calibration_file)? })
    }

    /// The typologies of a folder or of the program, all of them or only those with some ids or slugs. A folder's own `calibration.toml` counts in place of
    /// the program's.
    pub fn load(folder: Option<&Path>, only: &[String]) -> Result<Detector, Diagnostics> {
        let typologies = folder.map_or_else(Typology::embedded, Typology::read_all);
        let mut typologies = typologies?;
        let has_name = |typology: &Typology, name: &String| typology.id == *name || typology.slug == *name;
        if let Some(name) = only.iter().find(|name| !typologies.iter().any(|typology| has_name(typology, name))) {
            let what = format!("there is no typology `{name}`");
            return Err(Diagnostic::new(
                "unknown-typology",
                Place::default(),
                what,
                "`tollgate typology list` names them",
            )
            .into());
        }
        if !only.is_empty() {
            typologies.retain(|typology| only.iter().any(|name| has_name(typology, name)));
        }
        let file = folder.map(|folder| folder.join("calibration.toml")).filter(|path| path.is_file());
        Ok(Detector { typologies, calibration: calibration(file.as_deref())? })
    }

    /// The alerts and cases that findings come to. Alerts whose score is below `least_score` (0 to 1) are left out.
    pub fn rank(&self, findings: &[Finding], entities: &Entities, least_score: f64) -> Alerts {
        with_backdrop(entities, |backdrop| alerts(findings, &self.typologies, &self.calibration, least_score, backdrop))
    }

    /// Runs every typology that has its data, and ranks what is found. `progress` hears of each typology before it runs.
    pub fn detect(
        &self,
        engine: &mut dyn Engine,
        entities: &Entities,
        progress: &mut dyn FnMut(&Typology),
    ) -> Result<Detection, EngineError> {
        let findings = run_all(engine, &self.typologies, progress)?;
        let ranked = self.rank(&findings.found, entities, LEAST_SCORE);
        let (found, skipped, failed) = (findings.found, findings.skipped, findings.failed);
        Ok(Detection { findings: found, ranked, skipped, failed, run: findings.run })
    }
}
