//! A folder of Parquet files, read as one file.

use std::path::{Path, PathBuf};

use crate::error::InputError;

/// The Parquet files of a folder, the first last.
pub(crate) fn parts(folder: &Path) -> Result<Vec<PathBuf>, InputError> {
    let entries = std::fs::read_dir(folder).map_err(|error| {
        InputError::file(folder, format!("cannot be read: {error}"), "check the path and that you may read it")
    })?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "parquet"));
    files.sort();
    files.reverse();
    Ok(files)
}
