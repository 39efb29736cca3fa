//! DuckDB within its bounds. Where no Python with duckdb is there, these tests say so and end; `cargo xtask test` makes one.

use std::sync::Arc;
use std::time::Duration;

use arrow_array::{ArrayRef, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};

use super::*;
use crate::engine::{StoredTable, run_all};

/// A Python that has duckdb; `None` where there is none.
fn python() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test is told by the environment which Python has duckdb")]
    let python = std::env::var("TOLLGATE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let python = PathBuf::from(python);
    match check_duckdb(&python) {
        Ok(()) => Some(python),
        Err(error) => {
            eprintln!("skipped: {error}");
            None
        }
    }
}

/// An engine over a table `lines` of so many rows, each of a party of its own; `None` where there is no duckdb.
fn engine(rows: i32, memory: usize, time: Duration) -> Option<DuckDbEngine> {
    let python = python()?;
    let field = |name: &str, kind: DataType| Field::new(name, kind, true);
    let fields = [
        ("root", DataType::Utf8),
        ("day", DataType::Int32),
        ("tpp", DataType::Int64),
        ("authorization", DataType::Utf8),
    ];
    let schema = Arc::new(Schema::new(fields.map(|(name, kind)| field(name, kind)).to_vec()));
    let roots: StringArray = (0..rows).map(|number| Some(format!("party-of-some-length-{number:09}"))).collect();
    let days: Int32Array = (0..rows).map(Some).collect();
    let tpp: Int64Array = (0..rows).map(|number| Some(i64::from(number))).collect();
    let claimed: StringArray = (0..rows).map(|_| Some("LPP")).collect();
    let columns: Vec<ArrayRef> = vec![Arc::new(roots), Arc::new(days), Arc::new(tpp), Arc::new(claimed)];
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lines.parquet");
    StoredTable::Rows(schema, vec![batch]).write(&path).unwrap();
    let options = DuckDbOptions { python, threads: 2, memory, time, stop: Arc::default() };
    Some(DuckDbEngine::open(&options, BTreeMap::from([("lines".to_owned(), path)]), Some(folder)).unwrap())
}

fn typology(id: &str, sql: String) -> Typology {
    let typology = Typology::embedded().unwrap().into_iter().next().unwrap();
    Typology { id: id.to_owned(), needs: vec!["orders".to_owned()], columns: Vec::new(), sql, ..typology }
}

fn found(from: &str, least: i32) -> String {
    format!(
        "SELECT 'X' AS pattern, a.root AS key, array_agg(DISTINCT a.root) AS subjects, array_agg(DISTINCT a.root) AS orders, max(a.tpp) AS tpp, \
         max(a.day) AS first_day, max(a.day) AS last_day, 1.5 AS llr, max(a.authorization) AS why, array_agg(DISTINCT a.root) AS facts \
         FROM {from} WHERE a.day >= {least} GROUP BY a.root"
    )
}

const SOON: Duration = Duration::from_secs(60);

#[test]
fn a_query_that_fails_is_named_and_the_others_stand() {
    let Some(mut engine) = engine(1_000, 1 << 28, SOON) else { return };
    let all = [
        typology("A1", found("lines a", 999)),
        typology("A2", "SELECT moon FROM lines".to_owned()),
        typology("A3", "SELECT root FROM lines".to_owned()),
        typology("A4", found("lines a", 998)),
    ];
    let findings = run_all(&mut engine, &all, &mut |_| {}).unwrap();
    assert_eq!((findings.found.len(), findings.run), (3, 2));
    assert_eq!((findings.found[0].pattern.as_str(), findings.found[0].why.as_str()), ("A1", "LPP"));
    let failed: Vec<(&str, String)> =
        findings.failed.iter().map(|failed| (failed.id.as_str(), failed.error.to_string())).collect();
    assert!(failed[0].0 == "A2" && failed[0].1.contains("moon"), "{failed:?}");
    assert!(failed[1].0 == "A3" && failed[1].1.contains("returns the columns root"), "{failed:?}");
}

#[test]
fn nothing_but_the_tables_can_be_reached() {
    let Some(mut engine) = engine(10, 1 << 28, SOON) else { return };
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("secret.csv");
    std::fs::write(&file, "root\nsecret\n").unwrap();
    let file = file.display();
    let out = outside.path().join("out.csv");
    for sql in [
        format!("SELECT * FROM read_csv('{file}')"),
        format!("SELECT * FROM '{file}'"),
        format!("SELECT * FROM glob('{}/*')", outside.path().display()),
        format!("COPY lines TO '{}'", out.display()),
        "SET threads = 1".to_owned(),
        "CREATE TABLE kept AS SELECT * FROM lines".to_owned(),
        format!("ATTACH '{}/other.db'", outside.path().display()),
        "INSTALL httpfs".to_owned(),
        "SELECT 1; SELECT 2".to_owned(),
    ] {
        let error = engine.findings(&typology("A1", sql.clone())).unwrap_err().to_string();
        let words = ["Permission Error", "no single SELECT", "not exist", "Cannot access"];
        assert!(words.iter().any(|word| error.contains(word)), "{sql}: {error}");
    }
    assert!(!out.exists());
    assert_eq!(engine.findings(&typology("A1", found("lines a", 9))).unwrap().len(), 1);
}

#[test]
fn a_query_whose_time_is_over_is_ended_and_the_next_is_answered() {
    let Some(mut engine) = engine(200_000, 1 << 28, Duration::from_secs(1)) else { return };
    let endless = found("lines a JOIN lines b ON a.tpp * b.tpp % 1000003 = a.day + b.day", 0);
    let error = engine.findings(&typology("A1", endless)).unwrap_err().to_string();
    assert!(error.contains("took more than 1 seconds"), "{error}");
    assert_eq!(engine.count_filled("lines", &["day", "root"]).unwrap().columns, [200_000, 200_000]);
    assert_eq!(engine.count_filled("sites", &["mw"]).unwrap().rows, 0);
}

#[test]
fn a_query_that_takes_down_the_process_is_named_and_the_next_has_a_new_one() {
    let Some(mut engine) = engine(1_000, 1 << 28, SOON) else { return };
    let gone = typology("A1", found("lines a", 0));
    engine.process.as_mut().unwrap().end();
    let error = engine.findings(&gone).unwrap_err().to_string();
    assert!(error.contains("took down the process of DuckDB"), "{error}");
    assert_eq!(engine.findings(&gone).unwrap().len(), 1_000);
}

#[test]
fn a_stop_ends_what_runs() {
    let Some(mut engine) = engine(200_000, 1 << 28, SOON) else { return };
    let stop = Arc::clone(&engine.options.stop);
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    let endless = found("lines a JOIN lines b ON a.tpp * b.tpp % 1000003 = a.day + b.day", 0);
    assert_eq!(engine.findings(&typology("A1", endless)), Err(EngineError::Stopped));
}

#[test]
fn a_python_without_duckdb_is_told_with_its_mend() {
    let error = check_duckdb(std::path::Path::new("/nowhere/python3")).unwrap_err().to_string();
    assert!(error.contains("/nowhere/python3") && error.contains("pip install duckdb"), "{error}");
}
