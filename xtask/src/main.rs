//! `cargo xtask check`, `test` and `test --long`: what must hold, in three tiers; `cargo xtask bench`: what is measured.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

mod bench;
mod browser;
mod build_times;
mod checks;
mod data;
mod differential;
mod fuzz;
mod reproducible;
mod schemathesis;
mod served;
mod steps;
mod tools;

const USAGE: &str =
    "usage: cargo xtask check | test [--long] | differential [--long] | schemathesis | browser | fuzz [SECONDS] | bench | build-times | data FOLDER | lock | sbom | reproducible [--whole]

  check         format, lints, tidiness, unit tests and the ledger's simulation: while working
  test          everything: format, lints, docs, unit and property tests, worked examples, the service against
                its description and in a browser, the differential test, short fuzzing; before a merge
  test --long   the same with TOLLGATE_LONG=1 (more cases in each property test), the ledger's long tests, a minute
                for each fuzz target, more than a million orders against the reference, advisories: at night
  differential  Tollgate against tests/reference/reference.py; --long for more than a million decisions
  schemathesis  the service against its description
  sbom          the packages that are linked into the program, as CycloneDX (installs cargo-cyclonedx where it is missing)
  reproducible  builds what is committed twice, in two places, and compares the programs; without DataFusion unless --whole
  browser       the service's pages in Chromium; pictures in target/screenshots
  fuzz          runs each fuzz target for so many seconds (10)
  bench         the figures of bench/README.md, in one run; TOLLGATE_DATA is the folder with the benchmark of
                screening (screening/benchmark), which is no part of this project and left out where it is not set
  build-times   what a change of a page, a command or the engine costs until the program can be run again
  data          writes the tables of data/ from files as they were published (data/README.md)
  lock          adds new versions of provisions to law/law.lock, and writes docs/coverage.md

The network is needed for advisories (cargo-deny, where installed) and for what the first run fetches: packages of
Rust, Python and Node, and with apt-get PostgreSQL, Java and Chromium where they are missing.";

/// A step that failed, in a sentence.
pub(crate) type Failed = String;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["check"] => checks::check(),
        ["test"] => checks::test(false),
        ["test", "--long"] => checks::test(true),
        ["differential"] => differential::run(false),
        ["differential", "--long"] => differential::run(true),
        ["fuzz"] => fuzz::fuzz("10"),
        ["fuzz", seconds] => fuzz::fuzz(seconds),
        ["schemathesis"] => schemathesis::schemathesis(),
        ["browser"] => browser::browser(),
        ["bench"] => bench::bench(),
        ["build-times"] => build_times::measure(),
        ["data", folder] => data::data(folder),
        ["lock"] => lock(),
        ["sbom"] => checks::sbom(),
        ["reproducible"] => reproducible::reproducible(&["--no-default-features"]),
        ["reproducible", "--whole"] => reproducible::reproducible(&[]),
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

pub(crate) fn run_with(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Result<(), Failed> {
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

fn lock() -> Result<(), Failed> {
    run_with(
        "cargo",
        &["test", "--package", "tollgate-law", "--test", "lock", "--test", "coverage"],
        &[("TOLLGATE_LOCK", "add")],
    )
}
