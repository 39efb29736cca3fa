//! Published figures beside the model's: where docs/lab-claims.md says that one lies within the model's range, it does.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::path::Path;
use std::process::Command;

/// The rows of a study's table, a list of cells each.
fn rows(folder: &Path, name: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn published_figures_lie_where_the_page_says() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["simulate", "advantage", "--runs", "10000", "--out", "advantage"];
    let done = Command::new(env!("CARGO_BIN_EXE_tollgate")).args(words).current_dir(&folder).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let folder = folder.path().join("advantage");
    let outcomes = rows(&folder, "outcomes.csv");
    let band = |arm: &str, output: &str, year: &str| -> [f64; 3] {
        let row = outcomes.iter().find(|row| row[0] == arm && row[1] == output && row[3] == year).unwrap();
        [4, 5, 6].map(|place| row[place].parse().unwrap())
    };
    // RAND: China's compute is a tenth of that of the United States in 2025.
    let [low, median, high] = band("the law as applied (ear)", "stock_ratio", "2025");
    assert!((low..=high).contains(&10.0) && (7.0..=11.0).contains(&median), "{low} {median} {high}");
    // IFP: 10 to 30 times in what 2026 adds, where nothing advanced is exported. The lower end is within the model's range, the upper end above it.
    let [low, median, high] = band("Diffusion Rule", "flow_ratio", "2026");
    assert!((low..=high).contains(&10.0) && high < 30.0 && (8.0..=13.0).contains(&median), "{low} {median} {high}");
    // CNAS: 10,000 to some 100,000 chips smuggled in 2024, 140,000 in the median.
    let evidence = rows(&folder, "evidence.csv");
    let smuggled = evidence.iter().find(|row| row[0] == "chips smuggled in 2024").unwrap();
    let percentile: f64 = smuggled[5].parse().unwrap();
    assert!((10.0..=90.0).contains(&percentile), "{smuggled:?}");
}
