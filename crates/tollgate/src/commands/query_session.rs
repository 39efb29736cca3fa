//! Typologies run on this machine, over tables that were gathered.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use tollgate_detect::detector::{Detection, Detector};
use tollgate_detect::engine::{
    DuckDbOptions, Engine, EngineError, GatheredTables, LocalOptions, QUERY_TIME, check_duckdb,
};
use tollgate_detect::entity::Entities;
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

/// The engines of this machine, by the names that arguments have for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LocalEngineName {
    /// Apache DataFusion, in this process.
    Datafusion,
    /// DuckDB, in a process of its own.
    Duckdb,
}

/// What asks the queries on this machine.
#[derive(Clone, Debug)]
pub(crate) enum LocalEngineChoice {
    /// The engine in this process.
    InProcess,
    /// DuckDB of a Python.
    DuckDb {
        /// A Python that has `duckdb`.
        python: PathBuf,
    },
}

impl LocalEngineChoice {
    /// The engine of a name. Fails where it is not installed, before anything is read that would be lost.
    pub(crate) fn find(name: LocalEngineName, python: &std::path::Path) -> Result<LocalEngineChoice, EngineError> {
        match name {
            LocalEngineName::Datafusion => Ok(LocalEngineChoice::InProcess),
            LocalEngineName::Duckdb => {
                check_duckdb(python)?;
                Ok(LocalEngineChoice::DuckDb { python: python.to_owned() })
            }
        }
    }
}

/// Gathered tables in an engine, and what ties parties.
pub(super) struct OpenTables {
    pub(super) engine: Box<dyn Engine>,
    pub(super) entities: Entities,
}

/// Gathered tables in an engine on this machine.
pub(super) fn open_session(
    gathered: GatheredTables,
    choice: &LocalEngineChoice,
    stop: &Stop,
) -> Result<OpenTables, EngineError> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let (memory, time, stop) = (MEMORY, QUERY_TIME, Arc::clone(stop));
    match choice {
        LocalEngineChoice::InProcess => {
            let mut session = gathered.open(&LocalOptions { threads, memory, time, stop })?;
            let entities = std::mem::take(&mut session.entities);
            Ok(OpenTables { engine: Box::new(session), entities })
        }
        LocalEngineChoice::DuckDb { python } => {
            let options = DuckDbOptions { python: python.clone(), threads, memory, time, stop };
            let (engine, entities) = gathered.open_in_duckdb(&options)?;
            Ok(OpenTables { engine: Box::new(engine), entities })
        }
    }
}

/// Runs typologies over what was gathered, and shows how far it has come.
pub(crate) fn detect_on_this_machine(
    gathered: GatheredTables,
    detector: &Detector,
    choice: &LocalEngineChoice,
    stop: &Stop,
) -> Result<Detection, Failure> {
    let OpenTables { mut engine, entities } = open_session(gathered, choice, stop)?;
    let mut steps = StepBar::new(detector.typologies.len());
    Ok(detector.detect(engine.as_mut(), &entities, &mut |typology| steps.step(&typology.title))?)
}
