//! List files, and folders of them, read from disk.

use std::path::{Path, PathBuf};

use tollgate_model::{Date, Diagnostic, Diagnostics, Place};
use tollgate_screening::{List, Screener, read_lists};

use crate::store::ListStore;

/// Reads list files together; a folder stands for the current files of the store in it. The error is the first file that cannot be read as a list.
pub fn read_list_files(files: &[PathBuf]) -> Result<Vec<List>, Diagnostics> {
    let mut read = Vec::new();
    for path in &expand(files)? {
        let bytes = std::fs::read(path).map_err(|error| {
            let what = format!("cannot be read: {error}");
            Diagnostic::new("unreadable-file", Place::path(path), what, "check the path and that you may read it")
        })?;
        read.push((path.display().to_string(), bytes));
    }
    Ok(read_lists(&read)?)
}

/// The files, with those of each store in its folder's place.
fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Diagnostics> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let store = ListStore::open(path)?;
        let current = store.files();
        if current.is_empty() {
            let mend = "fill it with `tollgate lists update --into`";
            return Err(Diagnostic::new("empty-folder", Place::path(path), "is a folder without lists", mend).into());
        }
        files.extend(current);
    }
    Ok(files)
}

/// Lists from files as [`read_list_files`] reads them, ready to be searched; a list's day is that on which its file was written.
pub fn load_screener(files: &[PathBuf]) -> Result<Screener, Diagnostics> {
    let mut screener = Screener::new(read_list_files(files)?);
    for version in &mut screener.versions {
        version.date = day_of(Path::new(&version.file));
    }
    Ok(screener)
}

/// The day on which a file was last written: the published files state none.
fn day_of(path: &Path) -> Option<Date> {
    let written = std::fs::metadata(path).ok()?.modified().ok()?;
    let seconds = written.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
    Date::from_epoch_days(i32::try_from(seconds / 86_400).ok()?)
}
