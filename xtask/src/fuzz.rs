//! Short or long fuzzing of everything that reads what others wrote.

use crate::{Failed, root, run, run_with};

/// What is fuzzed each time.
const TARGETS: [&str; 10] = [
    "condition",
    "law_file",
    "records",
    "decimal",
    "screening",
    "log_records",
    "checkpoints",
    "requests",
    "uploads",
    "lists",
];
/// A run of so many seconds for each target is a long one.
const LONG_SECONDS: u32 = 60;

/// Fuzz targets with libFuzzer; coverage by flags that stable rustc takes, so that no other toolchain is needed.
pub(crate) fn fuzz(seconds: &str) -> Result<(), Failed> {
    let flags = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Ccodegen-units=1";
    let triple = "x86_64-unknown-linux-gnu";
    let mut build = vec!["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target-dir", "target/fuzz"];
    build.extend(["--target", triple]);
    let mut targets = TARGETS.to_vec();
    // With DataFusion, which takes long to build.
    if seconds.parse::<u32>().is_ok_and(|seconds| seconds >= LONG_SECONDS) {
        build.extend(["--features", "sql"]);
        targets.push("sql_folders");
    }
    run_with("cargo", &build, &[("RUSTFLAGS", flags)])?;
    for target in targets {
        let binary = root().join(format!("target/fuzz/{triple}/release/{target}"));
        let corpus = root().join(format!("target/fuzz/corpus/{target}"));
        std::fs::create_dir_all(&corpus).map_err(|error| format!("cannot make {}: {error}", corpus.display()))?;
        // What was found before, and what a run begins from.
        let seeds = root().join(format!("fuzz/corpus/{target}"));
        let time = format!("-max_total_time={seconds}");
        let options = [
            corpus.to_string_lossy().into_owned(),
            time,
            "-rss_limit_mb=2048".to_owned(),
            "-print_final_stats=0".to_owned(),
            "-verbosity=0".to_owned(),
        ];
        let mut options: Vec<&str> = options.iter().map(String::as_str).collect();
        let seeds = seeds.is_dir().then(|| seeds.to_string_lossy().into_owned());
        options.extend(seeds.as_deref());
        run(&binary.to_string_lossy(), &options)?;
    }
    Ok(())
}
