//! Everything that is measured, in one run.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::{Failed, root, run, say};

/// Measures everything of `bench/README.md`.
pub(crate) fn bench() -> Result<(), Failed> {
    let manifest = ["--manifest-path", "bench/Cargo.toml", "--target-dir", "target/bench"];
    let cases = root().join("target/bench/cases.csv");
    let cases = cases.to_string_lossy();
    run("cargo", &[&["run", "--release"], manifest.as_slice(), &["--", "--cases", &cases]].concat())?;
    run("cargo", &["run", "--profile", "bench", "--package", "tollgate-engine", "--example", "evaluation"])?;
    let python = root().join("target/bench/peers/bin/python");
    let python = python.to_string_lossy();
    run("python3", &["-m", "venv", "target/bench/peers"])?;
    run(&python, &["-m", "pip", "install", "--quiet", "--requirement", "bench/peers/requirements.txt"])?;
    run(&python, &["bench/peers/peers.py", &cases])?;
    bench_screening(&python)?;
    run("cargo", &["build", "--release", "--package", "tollgate-ledger", "--examples"])?;
    run("python3", &["bench/ledger.py"])?;
    run("cargo", &["build", "--release", "--package", "tollgate"])?;
    run(&python, &["bench/lab.py"])?;
    run(&python, &["bench/sobol_peer.py"])?;
    match Command::new("wrk").arg("--version").output() {
        Ok(_) => run("python3", &["bench/service.py"]),
        Err(_) => {
            say("the service is left out: wrk is not installed (Debian: apt-get install wrk)");
            Ok(())
        }
    }
}

/// Screening on the benchmark that is not part of the project, where it is there.
#[expect(clippy::disallowed_methods, reason = "a task runner has no arguments of the program to be configured by")]
fn bench_screening(python: &str) -> Result<(), Failed> {
    let data = env::var("TOLLGATE_DATA").map(PathBuf::from);
    let Some(data) = data.ok().filter(|data| data.join("screening/benchmark/queries.jsonl").is_file()) else {
        say("screening is left out: set TOLLGATE_DATA to the folder that holds its benchmark as screening/benchmark");
        return Ok(());
    };
    run("cargo", &["build", "--release", "--package", "tollgate-screening", "--example", "measure"])?;
    let measured = Command::new(root().join("target/release/examples/measure"))
        .current_dir(root())
        .output()
        .map_err(|error| format!("cannot run the measuring program: {error}"))?;
    let text = String::from_utf8_lossy(&measured.stdout);
    say(&text);
    let file = root().join("target/bench/screening.txt");
    std::fs::write(&file, text.as_bytes()).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    run(python, &["bench/peers/screening.py", &file.to_string_lossy(), &data.join("screening").to_string_lossy()])
}
