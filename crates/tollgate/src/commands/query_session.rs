//! Typologies run in this process, over tables that were gathered.

use std::sync::Arc;

use tollgate_detect::detector::{Detection, Detector};
use tollgate_detect::engine::{EngineError, GatheredTables, LocalOptions, QUERY_TIME, QuerySession};
use tollgate_model::Stop;

use super::Failure;
use super::progress::StepBar;

/// Bytes that queries may hold before they spill to disk.
const MEMORY: usize = 3 << 30;

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Failure {
        match error {
            EngineError::Stopped => Failure::Stopped,
            other => Failure::Unusable(other.to_string()),
        }
    }
}

/// Gathered tables in an engine in this process.
pub(super) fn open_session(gathered: GatheredTables, stop: &Stop) -> Result<QuerySession, EngineError> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    gathered.open(&LocalOptions { threads, memory: MEMORY, time: QUERY_TIME, stop: Arc::clone(stop) })
}

/// Runs typologies over what was gathered, and shows how far it has come.
pub(crate) fn detect_in_process(
    gathered: GatheredTables,
    detector: &Detector,
    stop: &Stop,
) -> Result<Detection, Failure> {
    let mut session = open_session(gathered, stop)?;
    let entities = std::mem::take(&mut session.entities);
    let mut steps = StepBar::new(detector.typologies.len());
    Ok(detector.detect(&mut session, &entities, &mut |typology| steps.step(&typology.title))?)
}
