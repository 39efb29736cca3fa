//! `cargo xtask test`: everything that must hold, as one command; `cargo xtask bench`: everything that is measured.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

mod browser;
mod differential;
mod schemathesis;
mod served;

const USAGE: &str =
    "usage: cargo xtask test [--long] | differential [--long] | schemathesis | browser | fuzz [SECONDS] | bench | lock

  test          format, lints, docs, unit and property tests, worked examples, the service against
                its description and in a browser, the differential test, short fuzzing
  differential  Tollgate against tests/reference/reference.py; --long for more than a million decisions
  schemathesis  the service against its description
  browser       the service's pages in Chromium; pictures in target/screenshots
  fuzz          runs each fuzz target for so many seconds (10)
  bench         the figures of bench/README.md, in one run
  lock          adds new versions of provisions to law/law.lock";

/// A step that failed, in a sentence.
pub(crate) type Failed = String;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test"] => test(false),
        ["test", "--long"] => test(true),
        ["differential"] => differential::run(false),
        ["differential", "--long"] => differential::run(true),
        ["fuzz"] => fuzz("10"),
        ["fuzz", seconds] => fuzz(seconds),
        ["schemathesis"] => schemathesis::schemathesis(),
        ["browser"] => browser::browser(),
        ["bench"] => bench(),
        ["lock"] => lock(),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            say(&format!("\n{failed}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "a task runner talks to the terminal")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned()
}

pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<(), Failed> {
    run_with(program, arguments, &[])
}

fn run_with(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Result<(), Failed> {
    say(&format!("\n==> {program} {}", arguments.join(" ")));
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root()).envs(variables.iter().copied());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("failed: {program} {} ({status})", arguments.join(" "))),
        Err(error) => Err(format!("cannot run {program}: {error}; {}", get(program))),
    }
}

fn get(program: &str) -> &'static str {
    match program {
        "npm" | "node" => "install Node 20 or later (Debian: apt-get install nodejs npm)",
        "python3" => "install Python 3.11 or later (Debian: apt-get install python3)",
        "cargo" => "install Rust with rustup (https://rustup.rs)",
        _ => "install it and put it on the PATH",
    }
}

/// The ledger's tests start a PostgreSQL of their own from the system's binaries.
fn postgresql() -> Result<(), Failed> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.extend(["/usr/local/bin", "/usr/bin"].map(PathBuf::from));
    if folders.iter().any(|folder| folder.join("initdb").exists()) {
        return Ok(());
    }
    let install = run("apt-get", &["install", "--yes", "--no-install-recommends", "postgresql"]);
    install.map_err(|_| {
        "PostgreSQL is not installed, and could not be\n  mend: as root, apt-get install postgresql (any version from 13; no service need run)".to_owned()
    })
}

/// Apache Spark for the test of the cluster: a Python with pyspark, and Java. Answers that Python.
fn spark() -> Result<String, Failed> {
    if Command::new("java").arg("-version").output().is_err() {
        let install =
            run("apt-get", &["install", "--yes", "--no-install-recommends", "openjdk-17-jre-headless", "procps"]);
        install.map_err(|_| {
            "Java is not installed, and could not be\n  mend: as root, apt-get install openjdk-17-jre-headless"
                .to_owned()
        })?;
    }
    let python = root().join("target/spark/bin/python").to_string_lossy().into_owned();
    run("python3", &["-m", "venv", "target/spark"])?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(&python, &[&install[..], &["pyspark>=4.0,<5", "pyarrow", "pandas>=2.2", "maturin>=1.9,<2"]].concat())?;
    Ok(python)
}

/// The kernels as a wheel, for that Python: built as the tests are, with what they share in one folder.
fn wheel(python: &str) -> Result<(), Failed> {
    let manifest = ["--manifest-path", "python/Cargo.toml", "--target-dir", "target"];
    run("cargo", &[&["clippy"], &manifest[..], &["--", "-D", "warnings"]].concat())?;
    let wheels = root().join("target/wheels");
    // What an earlier run has left is not what is to be tested.
    let _none_yet = std::fs::remove_dir_all(&wheels);
    let build = ["-m", "maturin", "build", "--quiet", "--locked", "--out", "target/wheels"];
    run(python, &[&build[..], &manifest[..]].concat())?;
    let built = std::fs::read_dir(&wheels).into_iter().flatten().flatten().next();
    let built = built.ok_or("maturin has built no wheel")?.path();
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--force-reinstall", "--no-deps"];
    run(python, &[&install[..], &[&built.to_string_lossy()]].concat())
}

fn test(long: bool) -> Result<(), Failed> {
    postgresql()?;
    let python = spark()?;
    run("cargo", &["fmt", "--all", "--check"])?;
    run("cargo", &["fmt", "--manifest-path", "python/Cargo.toml", "--check"])?;
    run("cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    run_with(
        "cargo",
        &["doc", "--workspace", "--no-deps", "--document-private-items"],
        &[("RUSTDOCFLAGS", "-D warnings")],
    )?;
    run("cargo", &["test", "--workspace"])?;
    wheel(&python)?;
    run_with(
        "cargo",
        &["test", "--package", "tollgate", "--test", "cluster", "--", "--ignored"],
        &[("TOLLGATE_PYTHON", &python)],
    )?;
    schemathesis::schemathesis()?;
    browser::browser()?;
    if long {
        run("cargo", &["test", "--release", "--package", "tollgate-ledger", "--", "--ignored"])?;
    }
    // What is decided needs no typologies, and DataFusion takes long to build in release.
    run("cargo", &["build", "--release", "--package", "tollgate", "--no-default-features"])?;
    let tollgate = root().join("target/release/tollgate");
    run(&tollgate.to_string_lossy(), &["examples", "check", "examples/worked"])?;
    differential::run(long)?;
    fuzz(if long { "60" } else { "5" })
}

fn lock() -> Result<(), Failed> {
    run_with("cargo", &["test", "--package", "tollgate-law", "--test", "lock"], &[("TOLLGATE_LOCK", "add")])
}

/// Fuzz targets with libFuzzer; coverage by flags that stable rustc takes, so that no other toolchain is needed.
fn fuzz(seconds: &str) -> Result<(), Failed> {
    let flags = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Ccodegen-units=1";
    let triple = "x86_64-unknown-linux-gnu";
    let build =
        ["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target-dir", "target/fuzz", "--target", triple];
    run_with("cargo", &build, &[("RUSTFLAGS", flags)])?;
    for target in ["condition", "law_file", "records", "decimal", "screening"] {
        let binary = root().join(format!("target/fuzz/{triple}/release/{target}"));
        let corpus = root().join(format!("target/fuzz/corpus/{target}"));
        std::fs::create_dir_all(&corpus).map_err(|error| format!("cannot make {}: {error}", corpus.display()))?;
        let time = format!("-max_total_time={seconds}");
        let options = [
            corpus.to_string_lossy().into_owned(),
            time,
            "-rss_limit_mb=2048".to_owned(),
            "-print_final_stats=0".to_owned(),
            "-verbosity=0".to_owned(),
        ];
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        run(&binary.to_string_lossy(), &options)?;
    }
    Ok(())
}

fn bench() -> Result<(), Failed> {
    let manifest = ["--manifest-path", "bench/Cargo.toml", "--target-dir", "target/bench"];
    let cases = root().join("target/bench/cases.csv");
    let cases = cases.to_string_lossy();
    run("cargo", &[&["run", "--release"], manifest.as_slice(), &["--", "--cases", &cases]].concat())?;
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
    let data = env::var("TOLLGATE_DATA").map_or_else(|_| root().join("../shared/data"), PathBuf::from);
    if !data.join("screening/benchmark/queries.jsonl").is_file() {
        say("screening is left out: its benchmark is not here (set TOLLGATE_DATA to the folder that holds screening/)");
        return Ok(());
    }
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
