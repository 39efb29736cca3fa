//! A package as a folder that appears whole or not at all.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use sha2::{Digest, Sha256};
use tollgate_model::{Stop, hex};
use tollgate_records::{csv_text, formula_safe};

use crate::package::Package;

/// The file that holds the digests of all others.
const MANIFEST: &str = "manifest.csv";

/// An input that the papers were made from.
#[derive(Clone, Debug)]
pub struct InputDigest {
    /// Its path, as it was named.
    pub path: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Why a package is not written.
#[derive(Debug)]
pub enum WriteError {
    /// The folder holds something else; the text says what and how to mend it.
    Occupied(String),
    /// It cannot be written.
    Io(io::Error),
    /// It was stopped.
    Stopped,
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> WriteError {
        WriteError::Io(error)
    }
}

/// Writes a package to a folder, which appears whole or not at all; an earlier package of the same folder, unchanged since, makes way.
/// Returns the SHA-256 digest of `manifest.csv`. Errors where the folder holds anything else.
pub fn write_package(
    package: &Package,
    inputs: &[InputDigest],
    folder: &Path,
    stop: &Stop,
) -> Result<String, WriteError> {
    let is_there = refuse_others(folder)?;
    let files = package_files(package);
    let manifest = manifest_text(&files, inputs);
    let digest = digest_of(manifest.as_bytes());
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    let partial = tempfile::Builder::new().prefix(".papers-").suffix(".partial").tempdir_in(parent)?;
    for (name, text) in files.iter().chain(std::iter::once(&(MANIFEST.to_owned(), manifest))) {
        if stop.load(Ordering::Relaxed) {
            return Err(WriteError::Stopped);
        }
        let mut file = std::fs::File::create_new(partial.path().join(name))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    make_readable(partial.path())?;
    if is_there {
        let before = tempfile::Builder::new().prefix(".papers-").suffix(".before").tempdir_in(parent)?;
        let old = before.path().join("old");
        std::fs::rename(folder, &old)?;
        if let Err(error) = std::fs::rename(partial.path(), folder) {
            std::fs::rename(&old, folder)?;
            return Err(error.into());
        }
    } else {
        std::fs::rename(partial.path(), folder)?;
    }
    // The folder has its place and its name; there is nothing left to remove.
    drop(partial.keep());
    Ok(digest)
}

/// Gives the folder the rights that a new one has; a temporary one is its owner's alone.
#[cfg(unix)]
fn make_readable(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_readable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The files of a package but for the manifest: name and text.
fn package_files(package: &Package) -> Vec<(String, String)> {
    let mut files =
        vec![("index.txt".to_owned(), package.index.clone()), ("decisions.json".to_owned(), package.decisions.clone())];
    for paper in &package.papers {
        files.push((format!("{}.txt", paper.file), paper.text.clone()));
        files.push((format!("{}.html", paper.file), paper.html.clone()));
    }
    files
}

fn digest_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn manifest_text(files: &[(String, String)], inputs: &[InputDigest]) -> String {
    let head = ["what", "file", "sha256"].map(str::to_owned).to_vec();
    let papers = files.iter().map(|(name, text)| vec!["paper".to_owned(), name.clone(), digest_of(text.as_bytes())]);
    let inputs = inputs.iter().map(|input| vec!["input".to_owned(), input.path.clone(), input.sha256.clone()]);
    let rows = std::iter::once(head).chain(papers).chain(inputs);
    csv_text(rows.map(|row| row.iter().map(|cell| formula_safe(cell).into_owned()).collect()))
}

/// Whether the folder is there; an error where it holds anything but an earlier package that nobody changed.
fn refuse_others(folder: &Path) -> Result<bool, WriteError> {
    let occupied = |what: String| {
        let mend = "give --out a new folder, or move what it holds";
        WriteError::Occupied(format!("{}: {what}\n  mend: {mend}", folder.display()))
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(occupied("is a file, not a folder".to_owned()));
        }
        Err(error) => return Err(error.into()),
    };
    let paths: Vec<PathBuf> = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    if paths.is_empty() {
        return Ok(true);
    }
    let known = match std::fs::read_to_string(folder.join(MANIFEST)) {
        Ok(text) => digests_in(&text),
        Err(_) => return Err(occupied("holds other files than papers".to_owned())),
    };
    for path in paths {
        let name = path.file_name().map_or(String::new(), |name| name.to_string_lossy().into_owned());
        if name == MANIFEST {
            continue;
        }
        let Some(digest) = known.get(&name) else {
            return Err(occupied(format!("holds `{name}`, which is no paper of an earlier run")));
        };
        let bytes = std::fs::read(&path)?;
        if digest_of(&bytes) != *digest {
            return Err(occupied(format!("`{name}` was changed since it was written")));
        }
    }
    Ok(true)
}

/// The digests of the papers of a manifest, by file.
fn digests_in(manifest: &str) -> BTreeMap<String, String> {
    let rows = manifest.lines().filter_map(|row| row.strip_prefix("paper,")?.rsplit_once(','));
    rows.map(|(file, digest)| (file.trim_start_matches('\'').to_owned(), digest.to_owned())).collect()
}
