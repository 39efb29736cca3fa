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

use super::exchange::read_finding;
use super::{Engine, EngineError, FilledCounts, Finding, QUERY_TIME};
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
                let text =
                    std::fs::read_to_string(&log).unwrap_or_else(|error| format!("its log cannot be read: {error}"));
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

/// Reads what the driver left: a line of JSON with `filled`, one with `failed` for each query that failed, and one for each finding.
fn read(text: &str, typologies: &[Typology]) -> Result<ClusterEngine, EngineError> {
    let caps: BTreeMap<&str, f64> = typologies.iter().map(|typology| (typology.id.as_str(), typology.cap)).collect();
    // Every typology was run: one that leaves no line has found nothing.
    let found = typologies.iter().map(|typology| (typology.id.clone(), Vec::new())).collect();
    let mut results = ClusterEngine { found, failed: BTreeMap::new(), filled: Value::Null };
    for (number, line) in (1_u64..).zip(text.lines()) {
        let wrong = |what: String| engine(format!("the cluster's findings, line {number}: {what}"));
        let value: Value = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        if let Some(filled) = value.get("filled") {
            results.filled = filled.clone();
            continue;
        }
        if let Some(id) = value.get("failed").and_then(Value::as_str) {
            let what = value.get("what").and_then(Value::as_str).unwrap_or("failed");
            results.failed.insert(id.to_owned(), what.to_owned());
            continue;
        }
        let finding = read_finding(&value, &caps).map_err(wrong)?;
        match results.found.get_mut(&finding.pattern) {
            Some(found) => found.push(finding),
            None => return Err(wrong(format!("there is no typology `{}`", finding.pattern))),
        }
    }
    results.found.values_mut().for_each(|found| found.sort_by(Finding::compare));
    Ok(results)
}

impl Engine for ClusterEngine {
    fn findings(&mut self, typology: &Typology) -> Result<Vec<Finding>, EngineError> {
        if let Some(what) = self.failed.get(&typology.id) {
            let mend = "see docs/design/typologies.md for the tables, their columns, and what every engine runs";
            let (file, what) = (typology.file.clone(), what.clone());
            return Err(EngineError::Query { file, line: 0, what, mend: mend.to_owned() });
        }
        let found = self.found.get(&typology.id).cloned();
        found.ok_or_else(|| engine(format!("{} was not run on the cluster", typology.id)))
    }

    fn count_filled(&mut self, table: &str, columns: &[&str]) -> Result<FilledCounts, EngineError> {
        let Some(filled) = self.filled.get(table) else {
            return Ok(FilledCounts { rows: 0, columns: vec![0; columns.len()] });
        };
        let count = |value: Option<&Value>| {
            let wrong = || engine(format!("the cluster's driver did not count {table}, {}", columns.join(", ")));
            value.and_then(Value::as_u64).ok_or_else(wrong)
        };
        let of_column = |column: &&str| count(filled.get("columns").and_then(|all| all.get(*column)));
        let columns = columns.iter().map(of_column).collect::<Result<_, EngineError>>()?;
        Ok(FilledCounts { rows: count(filled.get("rows"))?, columns })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILLED: &str = r#"{"filled":{"lines":{"rows":3,"columns":{"day":2}}}}"#;

    fn read_lines(lines: &[&str]) -> Result<ClusterEngine, EngineError> {
        let typologies = Typology::embedded().unwrap();
        read(&lines.join("\n"), &typologies)
    }

    #[test]
    fn what_the_driver_leaves_is_read_whole_and_queries_that_failed_are_named() {
        let finding = r#"{"pattern":"T03","key":"k","subjects":["b","a","b"],"orders":null,"tpp":-1,"first_day":0,"last_day":1,"llr":1e9,"why":null,"facts":[]}"#;
        let mut cluster = read_lines(&[FILLED, finding, r#"{"failed":"T01","what":"no such column"}"#]).unwrap();
        let typologies = Typology::embedded().unwrap();
        let by_id = |id: &str| typologies.iter().find(|typology| typology.id == id).unwrap();
        let found = cluster.findings(by_id("T03")).unwrap();
        assert_eq!((found.len(), found[0].tpp, found[0].llr), (1, 0, by_id("T03").cap));
        assert_eq!(found[0].subjects, ["a", "b"]);
        assert!(cluster.findings(by_id("T01")).unwrap_err().to_string().contains("no such column"));
        assert!(cluster.findings(by_id("T02")).unwrap().is_empty());
        let other = Typology { id: "X9".to_owned(), ..by_id("T02").clone() };
        assert!(cluster.findings(&other).unwrap_err().to_string().contains("X9 was not run"));
        let counts = cluster.count_filled("lines", &["day"]).unwrap();
        assert_eq!((counts.rows, counts.columns), (3, vec![2]));
        assert!(cluster.count_filled("lines", &["moon"]).is_err());
        assert_eq!(cluster.count_filled("sites", &["day"]).unwrap().rows, 0);
    }

    #[test]
    fn a_finding_that_is_not_whole_is_refused_with_its_line() {
        let whole = r#"{"pattern":"T03","key":"k","subjects":[],"orders":[],"tpp":1,"first_day":0,"last_day":1,"llr":1,"why":"w","facts":[]}"#;
        for (part, other, message) in [
            ("\"tpp\":1,", "", "line 2: a finding has no `tpp`"),
            ("\"why\":\"w\"", "\"why\":7", "`why` of a finding is no text"),
            ("\"orders\":[]", "\"orders\":[7]", "`orders` of a finding is no array of text"),
            ("\"last_day\":1", "\"last_day\":99999999", "there is no day 99999999"),
            ("T03", "X9", "there is no typology `X9`"),
            ("}", "", "line 2"),
        ] {
            let error = read_lines(&[FILLED, &whole.replace(part, other)]).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
    }
}
