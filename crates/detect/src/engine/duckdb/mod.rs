//! DuckDB as a second engine on this machine: in a process of its own, with bounded memory and no way to anything but the tables.
//!
//! The library comes with a Python, since built into the program it would cost an hour of compiling (`docs/design/engines.md`). The process is asked query by query;
//! one that takes it down is named, and the next is asked of a new process.

mod dialect;
mod process;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde_json::{Value, json};

use super::exchange::read_finding;
use super::{Engine, EngineError, FilledCounts, Finding};
use crate::typology::Typology;
use process::{DriverProcess, GRACE, NoAnswer};

pub use process::check_duckdb;

/// What DuckDB may use.
#[derive(Clone, Debug)]
pub struct DuckDbOptions {
    /// A Python that has `duckdb`.
    pub python: PathBuf,
    /// Threads.
    pub threads: usize,
    /// Bytes that queries may hold before they spill to disk, and that an answer may have.
    pub memory: usize,
    /// The longest that a query may take.
    pub time: Duration,
    /// Raised by Ctrl-C.
    pub stop: Arc<AtomicBool>,
}

/// DuckDB over tables in Parquet files.
pub struct DuckDbEngine {
    options: DuckDbOptions,
    /// The job of the driver: its tables and bounds.
    job: Value,
    tables: BTreeMap<String, PathBuf>,
    process: Option<DriverProcess>,
    /// Where the driver's files lie, and what queries spill.
    folder: tempfile::TempDir,
    /// The folder of the tables, held until they are no longer asked.
    _tables_folder: Option<tempfile::TempDir>,
}

impl DuckDbEngine {
    /// An engine over Parquet files by the names of their tables; `tables_folder` is removed with it. Fails where the Python cannot be run or has no `duckdb`.
    pub fn open(
        options: &DuckDbOptions,
        tables: BTreeMap<String, PathBuf>,
        tables_folder: Option<tempfile::TempDir>,
    ) -> Result<DuckDbEngine, EngineError> {
        let folder = tempfile::Builder::new().prefix("tollgate-duckdb").tempdir();
        let folder = folder.map_err(|error| EngineError::Engine(format!("no temporary folder: {error}")))?;
        let mut paths = BTreeMap::new();
        for (name, path) in &tables {
            let whole = std::path::absolute(path);
            let whole = whole.map_err(|error| EngineError::Engine(format!("{}: {error}", path.display())))?;
            paths.insert(name.clone(), whole);
        }
        let job = json!({
            "tables": paths, "threads": options.threads.max(1), "memory": options.memory, "spill": folder.path().join("spill"),
        });
        let mut engine = DuckDbEngine {
            options: options.clone(),
            job,
            tables: paths,
            process: None,
            folder,
            _tables_folder: tables_folder,
        };
        engine.running()?;
        Ok(engine)
    }

    /// The driver, started where none runs.
    fn running(&mut self) -> Result<&mut DriverProcess, EngineError> {
        if self.process.is_none() {
            let options = &self.options;
            self.process = Some(DriverProcess::start(&options.python, self.folder.path(), &self.job, &options.stop)?);
        }
        self.process.as_mut().ok_or_else(|| EngineError::Engine("the process of DuckDB is not there".to_owned()))
    }

    /// Asks the driver; `take` hears of each line of the answer, and says whether it was the last. A process that does not answer is ended.
    fn ask(
        &mut self,
        question: &Value,
        time: Duration,
        take: &mut dyn FnMut(Value) -> Result<bool, String>,
    ) -> Result<(), Unanswered> {
        let stop = Arc::clone(&self.options.stop);
        let process = self.running().map_err(Unanswered::Engine)?;
        let answer = process.ask(question, time, &stop, take);
        if answer.is_err() {
            // What is left of an answer that was not read to its end must not be taken for the next one.
            self.process = None;
        }
        answer.map_err(|no_answer| match no_answer {
            NoAnswer::Stopped => Unanswered::Engine(EngineError::Stopped),
            NoAnswer::Late => Unanswered::Query(format!("took more than {} seconds", self.options.time.as_secs())),
            NoAnswer::Gone(what) | NoAnswer::Unreadable(what) => Unanswered::Query(what),
        })
    }
}

/// Why a question has no answer.
enum Unanswered {
    Engine(EngineError),
    /// What is said of the query; the others can be asked.
    Query(String),
}

/// What a user can do about a query that failed in some way.
fn mend_of(kind: Option<&str>) -> &'static str {
    match kind {
        Some("room") => "make room on the disk, or name another folder in the variable TMPDIR",
        Some("memory" | "late") => {
            "filter before joins and windows, and join what was filtered (docs/design/typologies.md); or use --cluster"
        }
        _ => "see docs/design/typologies.md for the tables, their columns, and what every engine runs",
    }
}

impl Engine for DuckDbEngine {
    fn findings(&mut self, typology: &Typology) -> Result<Vec<Finding>, EngineError> {
        let question = json!({ "sql": dialect::translate(&typology.sql), "seconds": self.options.time.as_secs() });
        let caps = BTreeMap::from([(typology.id.as_str(), typology.cap)]);
        let (mut findings, mut failure) = (Vec::new(), None);
        let answer = self.ask(&question, self.options.time + GRACE, &mut |mut line| {
            if let Some(what) = line.get("failed").and_then(Value::as_str) {
                let kind = line.get("kind").and_then(Value::as_str);
                failure = Some((what.to_owned(), mend_of(kind)));
                return Ok(true);
            }
            if let Some(row) = line.get_mut("row").and_then(Value::as_object_mut) {
                row.insert("pattern".to_owned(), typology.id.as_str().into());
                let row = Value::Object(std::mem::take(row));
                findings.push(read_finding(&row, &caps)?);
                return Ok(false);
            }
            match line.get("end").and_then(Value::as_u64) {
                Some(rows) if usize::try_from(rows) == Ok(findings.len()) => Ok(true),
                _ => Err(format!("an answer of {} rows ends as `{line}`", findings.len())),
            }
        });
        let wrong = |what: String, mend: &str| {
            let (file, mend) = (typology.file.clone(), mend.to_owned());
            EngineError::Query { file, line: 0, what, mend }
        };
        match (answer, failure) {
            (Ok(()), None) => {
                findings.sort_by(Finding::compare);
                Ok(findings)
            }
            (Ok(()), Some((what, mend))) => Err(wrong(what, mend)),
            (Err(Unanswered::Engine(error)), _) => Err(error),
            (Err(Unanswered::Query(what)), _) => Err(wrong(what, mend_of(Some("memory")))),
        }
    }

    fn count_filled(&mut self, table: &str, columns: &[&str]) -> Result<FilledCounts, EngineError> {
        if !self.tables.contains_key(table) {
            return Ok(FilledCounts { rows: 0, columns: vec![0; columns.len()] });
        }
        let question = json!({ "count": table, "columns": columns });
        let mut counts = None;
        let answer = self.ask(&question, self.options.time + GRACE, &mut |line| {
            let rows = line.get("rows").and_then(Value::as_u64);
            let found = line.get("columns").and_then(Value::as_array);
            let found = found.and_then(|found| found.iter().map(Value::as_u64).collect::<Option<Vec<u64>>>());
            match (rows, found) {
                (Some(rows), Some(found)) if found.len() == columns.len() => {
                    counts = Some(FilledCounts { rows, columns: found });
                    Ok(true)
                }
                _ => Err(format!("its rows could not be counted: {line}")),
            }
        });
        match (answer, counts) {
            (Ok(()), Some(counts)) => Ok(counts),
            (Err(Unanswered::Engine(error)), _) => Err(error),
            (Err(Unanswered::Query(what)), _) => Err(EngineError::Engine(format!("{table}: {what}"))),
            (Ok(()), None) => Err(EngineError::Engine(format!("{table}: its rows could not be counted"))),
        }
    }
}
