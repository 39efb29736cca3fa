//! The engines of one machine find the same, byte by byte. Where no Python with duckdb is there, this says so and ends; `cargo xtask test` makes one.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]
#![expect(clippy::disallowed_methods, reason = "a test is told by the environment which Python has duckdb")]

mod worlds;

use std::process::{Command, Output};

use worlds::{WORLD, make_world, tollgate};

/// A Python that has duckdb; `None` where there is none.
fn python() -> Option<String> {
    let python = std::env::var("TOLLGATE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_duckdb = Command::new(&python).args(["-I", "-c", "import duckdb"]).output();
    if has_duckdb.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    eprintln!("skipped: {python} has no duckdb (pip install duckdb, and name that Python in TOLLGATE_PYTHON)");
    None
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn duckdb_finds_what_the_engine_in_the_process_finds() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    make_world(at, 78, 800, 3);
    let detect = |out: &str, more: &[&str]| {
        let done = tollgate(at, &[&["detect", "--out", out], &WORLD[..], more].concat());
        assert!(done.status.success(), "{}", said(&done));
        std::fs::read_to_string(at.join(out)).unwrap()
    };
    let here = detect("here.jsonl", &["--since", "found-here"]);
    assert!(here.lines().count() > 10);
    let duckdb = ["--engine", "duckdb", "--python", python.as_str()];
    let there = detect("there.jsonl", &[&duckdb[..], &["--since", "found-there"]].concat());
    assert!(here == there, "the same alerts, byte by byte");
    let findings = |folder: &str| std::fs::read_to_string(at.join(folder).join("found.json")).unwrap();
    assert!(
        findings("found-here") == findings("found-there"),
        "the same findings, those that are no alerts among them"
    );
}

#[test]
fn a_python_without_duckdb_is_told_before_anything_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let python = folder.path().join("python3");
    let words = ["detect", "--orders", "none.csv", "--out", "alerts.jsonl", "--engine", "duckdb", "--python"];
    let done = tollgate(folder.path(), &[&words[..], &[python.to_str().unwrap()]].concat());
    let said = said(&done);
    assert!(done.status.code() == Some(2) && said.contains("pip install duckdb"), "{said}");
}
