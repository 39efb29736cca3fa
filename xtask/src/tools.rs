//! What the tests need beside Rust: PostgreSQL, Java, Python with pyspark and duckdb, the kernels as a wheel.

use std::path::PathBuf;
use std::process::Command;

use crate::{Failed, root, run, run_with};

/// The ledger's tests start a PostgreSQL of their own from the system's binaries.
pub(crate) fn postgresql() -> Result<(), Failed> {
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

/// Apache Spark for the test of the cluster: a Python with pyspark (and duckdb, for the other engine of one machine), and Java. Answers that Python.
pub(crate) fn spark() -> Result<String, Failed> {
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
    run(
        &python,
        &[&install[..], &["pyspark>=4.0,<5", "pyarrow", "pandas>=2.2", "maturin>=1.9,<2", "duckdb>=1.3,<3"]].concat(),
    )?;
    Ok(python)
}

/// The kernels as a wheel, for that Python: built as the tests are, with what they share in one folder.
pub(crate) fn wheel(python: &str) -> Result<(), Failed> {
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

/// The Python package as a wheel with the program that the tests have built in it, installed where nothing else is, and its tests.
pub(crate) fn python_package() -> Result<(), Failed> {
    let python = root().join("target/package/bin/python").to_string_lossy().into_owned();
    run("python3", &["-m", "venv", "--clear", "target/package"])?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(&python, &[&pip[..], &["--requirement", "python/package/requirements-test.txt"]].concat())?;
    let wheels = root().join("target/package/wheels");
    let program = root().join("target/debug/tollgate").to_string_lossy().into_owned();
    let build =
        ["-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", "target/package/wheels", "python/package"];
    run_with(&python, &build, &[("TOLLGATE_PROGRAM", &program)])?;
    let built = std::fs::read_dir(&wheels).into_iter().flatten().flatten().next();
    let built = built.ok_or("pip has built no wheel")?.path();
    run(&python, &[&pip[..], &["--no-deps", &built.to_string_lossy()]].concat())?;
    let types = ["-m", "mypy", "--config-file", "python/package/pyproject.toml", "python/package/tollgate"];
    run(&python, &types)?;
    run(
        &python,
        &["-P", "-m", "pytest", "--quiet", "-p", "no:cacheprovider", "--import-mode=importlib", "python/package/tests"],
    )
}
