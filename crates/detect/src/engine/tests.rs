//! Queries within bounds: what fails is named, and what does not fit into memory is planned otherwise.

use std::sync::Arc;
use std::time::Duration;

use arrow_array::{ArrayRef, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use super::*;

fn options(memory: usize, time: Duration) -> LocalOptions {
    LocalOptions { threads: 2, memory, time, stop: Arc::default() }
}

/// Rows of `lines`, as many as asked for, each of a party of its own.
fn lines(rows: i32) -> (SchemaRef, Vec<RecordBatch>) {
    let field = |name: &str, kind: DataType| Field::new(name, kind, true);
    let schema = Arc::new(Schema::new(vec![
        field("root", DataType::Utf8),
        field("day", DataType::Int32),
        field("tpp", DataType::Int64),
    ]));
    let batch = |first: i32| {
        let numbers = first..first + 1_000;
        let roots: StringArray =
            numbers.clone().map(|number| Some(format!("party-of-some-length-{number:09}"))).collect();
        let days: Int32Array = numbers.clone().map(Some).collect();
        let tpp: Int64Array = numbers.map(|number| Some(i64::from(number))).collect();
        let columns: Vec<ArrayRef> = vec![Arc::new(roots), Arc::new(days), Arc::new(tpp)];
        RecordBatch::try_new(schema.clone(), columns).unwrap()
    };
    let batches = (0..rows / 1_000).map(|place| batch(place * 1_000)).collect();
    (schema, batches)
}

fn engine(rows: i32, options: &LocalOptions) -> LocalEngine {
    let mut engine = LocalEngine::new(options).unwrap();
    let (schema, batches) = lines(rows);
    engine.add("lines", schema, batches).unwrap();
    engine
}

fn typology(id: &str, sql: String) -> Typology {
    let typology = Typology::embedded().unwrap().into_iter().next().unwrap();
    Typology { id: id.to_owned(), needs: vec!["orders".to_owned()], columns: Vec::new(), sql, ..typology }
}

fn found(from: &str, least: i32) -> String {
    format!(
        "SELECT 'X' AS pattern, a.root AS key, array_agg(DISTINCT a.root) AS subjects, array_agg(DISTINCT a.root) AS orders, max(a.tpp) AS tpp, \
         max(a.day) AS first_day, max(a.day) AS last_day, CAST(1.0 AS DOUBLE) AS llr, 'why' AS why, array_agg(DISTINCT a.root) AS facts \
         FROM {from} WHERE a.day >= {least} GROUP BY a.root"
    )
}

#[test]
fn a_query_that_fails_is_named_and_the_others_stand() {
    let mut engine = engine(1_000, &options(1 << 28, Duration::from_secs(60)));
    let all = [
        typology("A1", found("lines a", 999)),
        typology("A2", "SELECT moon FROM lines".to_owned()),
        typology("A3", "SELECT root FROM lines".to_owned()),
        typology("A4", found("lines a", 998)),
    ];
    let findings = run_all(&mut engine, &all, &mut |_| {}).unwrap();
    assert_eq!((findings.found.len(), findings.run), (3, 2));
    let failed: Vec<&str> = findings.failed.iter().map(|failed| failed.id.as_str()).collect();
    assert_eq!(failed, ["A2", "A3"]);
    assert!(findings.failed[0].error.to_string().contains("moon"), "{}", findings.failed[0].error);
    assert!(
        findings.failed[1].error.to_string().contains("return exactly the columns"),
        "{}",
        findings.failed[1].error
    );
}

#[test]
fn a_join_that_does_not_fit_into_memory_is_asked_again_in_a_form_that_does() {
    let from = "lines a JOIN lines b ON b.root = a.root AND b.tpp = a.tpp";
    let typology = typology("A1", found(from, 59_990));
    let plenty = engine(60_000, &options(1 << 30, Duration::from_secs(60))).findings(&typology).unwrap();
    let scarce = engine(60_000, &options(12 << 20, Duration::from_secs(60))).findings(&typology).unwrap();
    assert_eq!(plenty.len(), 10);
    assert_eq!(plenty, scarce);
}

/// A join of all rows with all, which no operator yields from.
const ALL_WITH_ALL: &str = "lines a JOIN lines b ON a.tpp * b.tpp % 1000003 = a.day + b.day";

#[test]
fn a_query_whose_time_is_over_is_left_wherever_it_is_and_the_next_is_answered() {
    let mut engine = engine(200_000, &options(1 << 28, Duration::from_millis(500)));
    #[expect(clippy::disallowed_methods, reason = "a test of how long something takes")]
    let start = std::time::Instant::now();
    let error = engine.findings(&typology("A1", found(ALL_WITH_ALL, 0))).unwrap_err().to_string();
    assert!(error.contains("took more than"), "{error}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert_eq!(engine.count_filled("lines", &["day"]).unwrap().rows, 200_000);
}

#[test]
fn a_query_that_runs_is_left_when_it_is_stopped() {
    let options = options(1 << 28, Duration::from_secs(600));
    let stop = Arc::clone(&options.stop);
    let mut engine = engine(200_000, &options);
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(engine.findings(&typology("A1", found(ALL_WITH_ALL, 0))), Err(EngineError::Stopped));
}

#[test]
fn no_statement_but_a_select_reaches_the_engine() {
    let mut engine = engine(1_000, &options(1 << 28, Duration::from_secs(60)));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.csv");
    for sql in [
        format!("COPY (SELECT root FROM lines) TO '{}'", path.display()),
        "CREATE TABLE secret AS SELECT root FROM lines".to_owned(),
        "CREATE EXTERNAL TABLE secret STORED AS CSV LOCATION '/etc/passwd'".to_owned(),
        "SET datafusion.execution.target_partitions = 1".to_owned(),
    ] {
        assert!(engine.findings(&typology("A1", sql.clone())).is_err(), "{sql}");
    }
    assert!(!path.exists());
    assert!(engine.findings(&typology("A1", found("secret a", 0))).is_err(), "what one query does no other sees");
}
