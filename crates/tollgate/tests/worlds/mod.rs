//! Worlds of orders for the tests of what is looked for in them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The files of a world in the folder `world`, and the policy under which it was made, as words of a command.
pub(crate) const WORLD: [&str; 16] = [
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

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the program says to the words of a command, in a folder.
pub(crate) fn tollgate(at: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tollgate")).args(words).current_dir(at).output().unwrap()
}

/// Makes a small world of a seed in the folder `world` of a folder.
pub(crate) fn make_world(at: &Path, seed: u32, buyers: u32, schemes: u32) {
    let text = std::fs::read_to_string(root().join("scenarios/world.toml")).unwrap();
    let changes = [("seed = 1\n", format!("seed = {seed}\n")), ("buyers = 5000", format!("buyers = {buyers}"))];
    let changes = changes.into_iter().chain([("schemes = 20", format!("schemes = {schemes}"))]);
    let text = changes.fold(text, |text, (from, to)| {
        assert!(text.contains(from), "scenarios/world.toml has no `{from}`");
        text.replace(from, &to)
    });
    std::fs::write(at.join("small.toml"), text).unwrap();
    let made = tollgate(at, &["simulate", "small.toml", "--out", "world"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}
