//! Short or long fuzzing of everything that reads what others wrote.

use crate::{Failed, root, run, run_with};

/// Fuzz targets with libFuzzer; coverage by flags that stable rustc takes, so that no other toolchain is needed.
pub(crate) fn fuzz(seconds: &str) -> Result<(), Failed> {
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
