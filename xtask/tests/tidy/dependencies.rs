//! What is depended on: how much, whether it is used, and under which license.

use std::collections::BTreeMap;
use std::process::Command;

use crate::known::{Counts, hold};
use crate::source::{files, root, strip};

/// More locked packages than this must be argued for in docs/design/dependencies.md, and the number raised by hand.
const LOCKED_PACKAGES: usize = 555;

/// A line of a manifest's dependencies.
pub(crate) struct Dependency {
    /// As code names it, with dashes.
    pub name: String,
    /// As the registry names it.
    pub package: String,
}

/// What the manifest at this path (from the workspace on) declares in its tables of dependencies, of every kind.
pub(crate) fn declared(manifest: &str) -> Vec<Dependency> {
    let text = std::fs::read_to_string(root().join(manifest)).unwrap();
    let mut inside = false;
    let mut all = Vec::new();
    for line in text.lines() {
        if let Some(table) = line.strip_prefix('[') {
            inside = table.trim_end_matches(']').ends_with("dependencies");
        } else if inside && let Some((key, value)) = line.split_once('=') {
            let name = key.trim().split('.').next().unwrap_or(key).trim_matches('"').to_owned();
            if name.is_empty() || name.starts_with('#') {
                continue;
            }
            let renamed = value.split_once("package = \"").and_then(|(_, rest)| rest.split('"').next());
            all.push(Dependency { package: renamed.unwrap_or(&name).to_owned(), name });
        }
    }
    all
}

fn locked() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let names = text.lines().filter_map(|line| line.strip_prefix("name = "));
    names.map(|name| name.trim_matches('"').to_owned()).collect()
}

#[test]
fn locked_packages_stay_within_the_budget() {
    let mut names = locked();
    // The budget is for what others wrote: a crate of this workspace is no further dependency.
    names.retain(|name| !name.starts_with("tollgate") && name != "xtask");
    println!("{} locked packages, {LOCKED_PACKAGES} allowed", names.len());
    assert!(names.len() <= LOCKED_PACKAGES, "{} locked packages, {LOCKED_PACKAGES} allowed", names.len());
    let mut versions: BTreeMap<String, usize> = BTreeMap::new();
    for name in names {
        *versions.entry(name).or_insert(0) += 1;
    }
    let twice: Counts = versions.into_iter().filter(|(_, count)| *count > 1).collect();
    hold("locked in more than one version", "a package is built more than once", &twice);
}

#[test]
fn what_is_declared_is_used() {
    let manifests = files(&root().join("crates"), "Cargo.toml").into_iter();
    let mut unused = Vec::new();
    for manifest in manifests.chain([root().join("xtask/Cargo.toml")]) {
        let folder = manifest.parent().unwrap();
        let sources = files(folder, ".rs");
        let text: String = sources.iter().map(|path| strip(&std::fs::read_to_string(path).unwrap()).1).collect();
        let name = crate::source::shown(&manifest);
        // A feature of a package that others need may be the only use; its line in the manifest then says `features`.
        for dependency in declared(&name) {
            let word = dependency.name.replace('-', "_");
            if !crate::source::identifiers(&text).any(|other| other == word) {
                unused.push(format!("{name}: {}", dependency.name));
            }
        }
    }
    let counts: Counts = unused.into_iter().map(|place| (place, 1)).collect();
    hold("declared and not used", "a dependency is declared and its name is in no source of the crate", &counts);
}

/// Licenses under which a package may be linked; `deny.toml` has the same.
const LICENSES: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "0BSD",
    "bzip2-1.0.6",
];

/// Whether an SPDX expression without nested brackets can be met by the licenses above.
fn permits(expression: &str) -> bool {
    let flat = expression.replace(['(', ')'], "").replace('/', " OR ");
    flat.split(" OR ").any(|choice| choice.split(" AND ").all(|license| LICENSES.contains(&license.trim())))
}

/// `cargo metadata` answers in one line of JSON; every package has `"name"` before its `"license"`.
#[test]
fn every_license_is_one_of_those_allowed() {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let rustc = String::from_utf8_lossy(&rustc.stdout).into_owned();
    // Packages for other systems are not fetched.
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let done = Command::new(option_env!("CARGO").unwrap_or("cargo"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host])
        .current_dir(root())
        .output()
        .unwrap();
    if !done.status.success() {
        println!("licenses are not looked at: not every package is fetched (cargo fetch)");
        return;
    }
    let text = String::from_utf8_lossy(&done.stdout);
    let mut counts = Counts::new();
    for part in text.split("\"name\":\"").skip(1) {
        let Some(name) = part.split('"').next() else { continue };
        let Some((_, rest)) = part.split_once("\"license\":\"") else { continue };
        let license = rest.split('"').next().unwrap_or("");
        if !permits(license) {
            counts.insert(format!("{name}: {license}"), 1);
        }
    }
    hold("license", "a package's license is not among those in deny.toml", &counts);
}
