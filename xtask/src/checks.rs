//! The tiers of checks: `check` in two minutes, `test` for everything, `test --long` for the night.

use std::process::Command;

use crate::reproducible::reproducible;
use crate::steps::Steps;
use crate::{Failed, browser, differential, fuzz, root, run, run_with, say, schemathesis, tools};

/// Packages whose tests link DataFusion or start the program.
const SLOW: [&str; 2] = ["tollgate", "tollgate-detect"];
/// Set for `test --long`: property tests then try 1,000 cases and more.
const LONG: (&str, &str) = ("TOLLGATE_LONG", "1");

/// Whether `cargo NAME` is there.
fn has_cargo(name: &str) -> bool {
    Command::new("cargo").args([name, "--version"]).output().is_ok_and(|done| done.status.success())
}

/// Tests by `cargo test`: tests of one file share a database and a world, which a process for each test would make anew.
fn tests(packages: &[&str], variables: &[(&str, &str)]) -> Result<(), Failed> {
    run_with("cargo", &[&["test", "--no-fail-fast"], packages].concat(), variables)
}

fn format_and_lints(steps: &mut Steps) -> Result<(), Failed> {
    steps.step("format", || {
        run("cargo", &["fmt", "--all", "--check"])?;
        run("cargo", &["fmt", "--manifest-path", "python/Cargo.toml", "--check"])
    })?;
    steps.step("clippy", || run("cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// Runs the steps and prints their seconds, whether they all succeeded or not.
fn timed(title: &'static str, work: impl FnOnce(&mut Steps) -> Result<(), Failed>) -> Result<(), Failed> {
    let mut steps = Steps::new(title);
    let result = work(&mut steps);
    steps.print();
    result
}

/// What needs no database, browser or linked DataFusion; under two minutes where little has changed.
pub(crate) fn check() -> Result<(), Failed> {
    timed("seconds", |steps| {
        format_and_lints(steps)?;
        steps.step("tidy", || run("cargo", &["test", "--quiet", "--package", "xtask"]))?;
        let mut packages = vec!["--workspace", "--lib", "--exclude", "xtask", "--exclude", "tollgate-ledger"];
        packages.extend(SLOW.iter().flat_map(|name| ["--exclude", name]));
        steps.step("unit tests", || tests(&packages, &[]))?;
        steps.step("ledger without a database", || {
            tests(&["--package", "tollgate-ledger", "--lib", "--test", "simulation"], &[])
        })
    })
}

/// Advisories need the network; licenses and doubles are looked at by `xtask/tests/tidy/dependencies.rs` without it.
fn deny(long: bool) -> Result<(), Failed> {
    if has_cargo("deny") {
        return run("cargo", &["deny", "check"]);
    }
    let program = root().join("target/tools/cargo-deny/bin/cargo-deny");
    if !program.is_file() {
        if !long {
            say("advisories are left out: cargo-deny is not installed (cargo install cargo-deny --locked)");
            return Ok(());
        }
        run("cargo", &["install", "cargo-deny", "--locked", "--root", "target/tools/cargo-deny"])?;
    }
    run(&program.to_string_lossy(), &["check"])
}

/// The packages that are linked into the program, as CycloneDX: crates/tollgate/tollgate.cdx.json.
pub(crate) fn sbom() -> Result<(), Failed> {
    let arguments =
        ["cyclonedx", "--manifest-path", "crates/tollgate/Cargo.toml", "--format", "json", "--all-features"];
    if has_cargo("cyclonedx") {
        return run("cargo", &arguments);
    }
    let program = root().join("target/tools/cargo-cyclonedx/bin/cargo-cyclonedx");
    if !program.is_file() {
        run("cargo", &["install", "cargo-cyclonedx", "--locked", "--root", "target/tools/cargo-cyclonedx"])?;
    }
    run(&program.to_string_lossy(), &arguments)
}

/// Everything that must hold; `long` with more cases, more fuzzing and more orders.
pub(crate) fn test(long: bool) -> Result<(), Failed> {
    timed("seconds", |steps| everything(steps, long))
}

fn everything(steps: &mut Steps, long: bool) -> Result<(), Failed> {
    let variables: &[(&str, &str)] = if long { &[LONG] } else { &[] };
    let python = steps.step("PostgreSQL, Java and Python", || {
        tools::postgresql()?;
        tools::spark()
    })?;
    format_and_lints(steps)?;
    steps.step("dependencies", || deny(long))?;
    steps.step("documentation", || {
        let arguments = ["doc", "--workspace", "--no-deps", "--document-private-items"];
        run_with("cargo", &arguments, &[("RUSTDOCFLAGS", "-D warnings")])
    })?;
    steps.step("unit and property tests", || {
        tests(&["--workspace"], &[variables, &[("TOLLGATE_PYTHON", python.as_str())]].concat())
    })?;
    steps.step("wheel", || tools::wheel(&python))?;
    steps.step("Spark", || {
        let arguments = ["test", "--package", "tollgate", "--test", "cluster", "--", "--ignored"];
        run_with("cargo", &arguments, &[("TOLLGATE_PYTHON", &python)])
    })?;
    steps.step("Python package", tools::python_package)?;
    steps.step("schemathesis", schemathesis::schemathesis)?;
    steps.step("browser", browser::browser)?;
    if long {
        steps.step("ledger, long", || {
            let packages = ["--package", "tollgate-ledger", "--package", "tollgate-desk"];
            let arguments = [&["test", "--release"][..], &packages, &["--", "--ignored"]].concat();
            run_with("cargo", &arguments, variables)
        })?;
    }
    steps.step("worked examples", || {
        // What is decided needs no typologies, and DataFusion takes long to build in release.
        run("cargo", &["build", "--release", "--package", "tollgate", "--no-default-features"])?;
        let tollgate = root().join("target/release/tollgate");
        run(&tollgate.to_string_lossy(), &["examples", "check", "examples/worked"])
    })?;
    if long {
        steps.step("the same program again", || reproducible(&["--no-default-features"]))?;
        steps.step("packages in the program", sbom)?;
    }
    steps.step("differential", || differential::run(long))?;
    steps.step("fuzzing", || fuzz::fuzz(if long { "60" } else { "5" }))
}
