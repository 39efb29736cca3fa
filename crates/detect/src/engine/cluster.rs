//! Queries on Apache Spark, when one machine is not enough.
//!
//! The tables are written as Parquet where every worker can read them; Spark stores, shuffles, retries and spills; a driver in Python counts each table
//! before and after, runs every query to its end, and hands over the findings whole or not at all.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tollgate_model::Date;

use super::{Engine, EngineError, Finding, QUERY_TIME};
use crate::typology::Typology;

/// The drivers, as files that Python runs, and what they share.
const SHARED: &str = include_str!("cluster.py");
const DETECT: &str = include_str!("detect.py");
const REPLAY: &str = include_str!("replay.py");

/// Where the cluster is, and how it is reached.
#[derive(Clone, Debug)]
pub struct ClusterOptions {
    /// `spark://host:port`, or `local[n]`.
    pub master: String,
    /// A Python that has `pyspark`.
    pub python: PathBuf,
    /// A folder that every worker can read; the tables are in it.
    pub tables: PathBuf,
    /// Parts into which Spark divides what it shuffles.
    pub partitions: usize,
    /// Raised by Ctrl-C.
    pub stop: Arc<AtomicBool>,
}

/// What the cluster found.
#[derive(Debug)]
pub struct ClusterEngine {
    found: BTreeMap<String, Vec<Finding>>,
    /// What is said of each query that failed, by the typology's id.
    failed: BTreeMap<String, String>,
    filled: Value,
}

fn engine(what: String) -> EngineError {
    EngineError::Engine(what)
}

impl ClusterEngine {
    /// Runs all typologies on the cluster; `rows` says how many rows each table was written with.
    pub fn run(
        options: &ClusterOptions,
        rows: &BTreeMap<String, u64>,
        typologies: &[Typology],
    ) -> Result<ClusterEngine, EngineError> {
        let folder = tempfile::tempdir().map_err(|error| engine(format!("no temporary folder: {error}")))?;
        let at = |name: &str| folder.path().join(name);
        let queries: Vec<Value> =
            typologies.iter().map(|typology| json!({ "id": typology.id, "sql": typology.sql })).collect();
        let job = json!({
            "master": options.master, "tables": options.tables, "rows": rows, "queries": queries, "out": at("findings.jsonl"),
            "partitions": options.partitions, "seconds": QUERY_TIME.as_secs(),
        });
        drive(options, folder.path(), DETECT, &job)?;
        let text = std::fs::read_to_string(at("findings.jsonl"))
            .map_err(|error| engine(format!("the cluster's driver left no findings: {error}")))?;
        read(&text, typologies)
    }
}

/// Replays order lines on the cluster with the kernels of the wheel `tollgate_kernels`: leaves `diff.jsonl`, `groups.jsonl` and `totals.json` in a folder,
/// whole or not at all. `spec` is what the kernels are made with, `orders` a Parquet file or a folder of them; both name files that every worker can read.
pub fn replay_on_cluster(options: &ClusterOptions, spec: &Value, orders: &str, out: &Path) -> Result<(), EngineError> {
    let folder = tempfile::tempdir().map_err(|error| engine(format!("no temporary folder: {error}")))?;
    let job = json!({
        "master": options.master, "spec": spec.to_string(), "orders": orders, "out": out, "partitions": options.partitions,
    });
    drive(options, folder.path(), REPLAY, &job)
}

/// Runs a driver until it ends, or is stopped.
fn drive(options: &ClusterOptions, folder: &Path, driver: &str, job: &Value) -> Result<(), EngineError> {
    let files = [("job.json", job.to_string()), ("driver.py", driver.to_owned()), ("cluster.py", SHARED.to_owned())];
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| engine(format!("{}: {error}", path.display())))?;
    }
    let log = folder.join("driver.log");
    let errors = std::fs::File::create(&log).map_err(|error| engine(format!("{}: {error}", log.display())))?;
    let mut driver = Command::new(&options.python)
        .arg(folder.join("driver.py"))
        .arg(folder.join("job.json"))
        .env("PYSPARK_PYTHON", &options.python)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(errors)
        .spawn()
        .map_err(|error| {
            let mend = "name a Python that has pyspark with --python, or install it: pip install pyspark pyarrow (and Java 17)";
            engine(format!("{}: cannot be run: {error}\n  mend: {mend}", options.python.display()))
        })?;
    loop {
        if options.stop.load(Ordering::Relaxed) {
            let _ = driver.kill();
            let _ = driver.wait();
            return Err(EngineError::Stopped);
        }
        match driver.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(()),
            Ok(Some(_)) => {
                let text = std::fs::read_to_string(&log).unwrap_or_default();
                // The driver's own last word, or where it had none what there is.
                let last_word = text.lines().rev().find_map(|line| line.strip_prefix("cluster: "));
                let last = text.lines().rev().filter(|line| !line.trim().is_empty()).take(3);
                let said: Vec<&str> = last_word.map_or_else(|| last.collect(), |last_word| vec![last_word]);
                let mend = "check that the cluster runs, that every worker can read the folder of the tables, and that the driver can be reached from it";
                return Err(engine(format!(
                    "the cluster failed; nothing was written: {}\n  mend: {mend}",
                    said.into_iter().rev().collect::<Vec<_>>().join("; ")
                )));
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(100)),
            Err(error) => return Err(engine(format!("the cluster's driver: {error}"))),
        }
    }
}

fn read(text: &str, typologies: &[Typology]) -> Result<ClusterEngine, EngineError> {
    let caps: BTreeMap<&str, f64> = typologies.iter().map(|typology| (typology.id.as_str(), typology.cap)).collect();
    let mut results = ClusterEngine { found: BTreeMap::new(), failed: BTreeMap::new(), filled: Value::Null };
    for line in text.lines() {
        let value: Value =
            serde_json::from_str(line).map_err(|error| engine(format!("the cluster's findings: {error}")))?;
        if let Some(filled) = value.get("filled") {
            results.filled = filled.clone();
            continue;
        }
        if let Some(id) = value.get("failed").and_then(Value::as_str) {
            let what = value.get("what").and_then(Value::as_str).unwrap_or("failed");
            results.failed.insert(id.to_owned(), what.to_owned());
            continue;
        }
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let texts = |key: &str| {
            let list = value.get(key).and_then(Value::as_array);
            let mut texts: Vec<String> =
                list.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned)).collect();
            texts.sort();
            texts.dedup();
            texts
        };
        let whole = |key: &str| value.get(key).and_then(Value::as_i64).unwrap_or(0);
        let day = |key: &str| i32::try_from(whole(key)).ok().and_then(Date::from_epoch_days).unwrap_or(Date::MIN);
        let pattern = text("pattern");
        let cap = caps.get(pattern.as_str()).copied().unwrap_or(0.0);
        let llr = value.get("llr").and_then(Value::as_f64).unwrap_or(0.0);
        results.found.entry(pattern.clone()).or_default().push(Finding {
            pattern,
            key: text("key"),
            subjects: texts("subjects"),
            orders: texts("orders"),
            tpp: whole("tpp").max(0),
            first: day("first_day"),
            last: day("last_day"),
            llr: llr.min(cap),
            why: text("why"),
            facts: texts("facts"),
        });
    }
    results.found.values_mut().for_each(|found| found.sort_by(|one, other| one.key.cmp(&other.key)));
    Ok(results)
}

impl Engine for ClusterEngine {
    fn findings(&mut self, typology: &Typology) -> Result<Vec<Finding>, EngineError> {
        if let Some(what) = self.failed.get(&typology.id) {
            let mend = "see docs/design/typologies.md for the tables, their columns, and what every engine runs";
            let (file, what) = (typology.file.clone(), what.clone());
            return Err(EngineError::Query { file, line: 0, what, mend: mend.to_owned() });
        }
        Ok(self.found.get(&typology.id).cloned().unwrap_or_default())
    }

    fn filled(&mut self, table: &str, columns: &[&str]) -> Result<(u64, Vec<u64>), EngineError> {
        let filled = self.filled.get(table);
        let count = |value: Option<&Value>| value.and_then(Value::as_u64).unwrap_or(0);
        let of =
            |column: &&str| count(filled.and_then(|filled| filled.get("columns")).and_then(|all| all.get(*column)));
        Ok((count(filled.and_then(|filled| filled.get("rows"))), columns.iter().map(of).collect()))
    }
}
