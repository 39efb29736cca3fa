//! The same sources come to the same program, byte by byte, wherever and whenever they are built.

use std::path::Path;

use crate::{Failed, root, run, run_with, say};

/// Two places whose paths differ, in length too.
const PLACES: [&str; 2] = ["target/reproducible/one", "target/reproducible/another-place/two"];

/// Builds what is committed twice, in two places, and compares the programs. `features` are cargo's words for which of them are built.
pub(crate) fn reproducible(features: &[&str]) -> Result<(), Failed> {
    let mut programs = Vec::new();
    for place in PLACES {
        let folder = root().join(place);
        // What an earlier run has left is not what is to be compared.
        let _none_yet = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        let archive = folder.with_extension("tar");
        run("git", &["archive", "--output", &archive.to_string_lossy(), "HEAD"])?;
        run("tar", &["--extract", "--file", &archive.to_string_lossy(), "--directory", &folder.to_string_lossy()])?;
        programs.push(build(&folder, features)?);
    }
    match programs.as_slice() {
        [one, two] if one == two => {
            say(&format!("the program comes to the same {} bytes in both places", one.len()));
            Ok(())
        }
        _ => {
            let [one, two] = PLACES;
            Err(format!(
                "the programs of {one} and {two} differ\n  mend: look for paths, times or an order of files in what build scripts and macros make"
            ))
        }
    }
}

/// Builds the sources in a folder; the bytes of the program.
fn build(folder: &Path, features: &[&str]) -> Result<Vec<u8>, Failed> {
    let cargo_home = std::env::home_dir().map(|home| home.join(".cargo"));
    let mut flags = format!("--remap-path-prefix={}=/tollgate", folder.display());
    for known in std::env::var_os("CARGO_HOME").map(Into::into).into_iter().chain(cargo_home) {
        let known: std::path::PathBuf = known;
        flags.push_str(&format!(" --remap-path-prefix={}=/cargo", known.display()));
    }
    let (manifest, target) = (folder.join("Cargo.toml"), folder.join("target"));
    let (manifest, target) = (manifest.to_string_lossy(), target.to_string_lossy());
    let mut arguments = vec!["build", "--release", "--locked", "--package", "tollgate", "--manifest-path", &*manifest];
    arguments.extend(["--target-dir", &*target]);
    arguments.extend(features);
    run_with(
        "cargo",
        &arguments,
        &[("RUSTFLAGS", flags.as_str()), ("SOURCE_DATE_EPOCH", "0"), ("CARGO_INCREMENTAL", "0")],
    )?;
    let program = folder.join("target/release/tollgate");
    std::fs::read(&program).map_err(|error| format!("cannot read {}: {error}", program.display()))
}
