//! A folder of Parquet files, read as one file.

use std::path::{Path, PathBuf};

use tollgate_model::Diagnostic;

use crate::mistakes::unreadable;

/// The Parquet files of a folder, the first by name last.
pub(crate) fn parts(folder: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let failed = |error: std::io::Error| unreadable(folder, "read", &error);
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let files = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut files: Vec<PathBuf> = files.collect::<Result<_, _>>().map_err(failed)?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "parquet"));
    files.sort();
    files.reverse();
    Ok(files)
}
