//! The engines of one machine find the same, byte by byte. Where no Python with duckdb is there, this says so and ends; `cargo xtask test` makes one.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]
#![expect(clippy::disallowed_methods, reason = "a test is told by the environment which Python has duckdb")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

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

fn tollgate(at: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tollgate")).args(arguments).current_dir(at).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

const WORLD: [&str; 16] = [
    "--orders",
    "world/orders.parquet",
    "--parties",
    "world/parties.csv",
    "--ownership",
    "world/ownership.csv",
    "--payments",
    "world/payments.parquet",
    "--sites",
    "world/sites.csv",
    "--serials",
    "world/serials.parquet",
    "--inspections",
    "world/inspections.csv",
    "--policy",
    "diffusion",
];

#[test]
fn duckdb_finds_what_the_engine_in_the_process_finds() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let text = std::fs::read_to_string(root().join("scenarios/world.toml")).unwrap();
    let text = text
        .replace("seed = 1\n", "seed = 78\n")
        .replace("buyers = 5000", "buyers = 800")
        .replace("schemes = 20", "schemes = 3");
    std::fs::write(at.join("own.toml"), text).unwrap();
    let made = tollgate(at, &["simulate", "own.toml", "--out", "world"]);
    assert!(made.status.success(), "{}", said(&made));
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
