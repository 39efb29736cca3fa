//! List files, and folders of them, read from disk.

use std::path::{Path, PathBuf};

use tollgate_model::Date;
use tollgate_records::{InputError, InputErrors};
use tollgate_screening::{List, Screener, read_lists};

use crate::store::ListStore;

/// Reads list files together; a folder stands for the current files of the store in it.
pub fn read_list_files(files: &[PathBuf]) -> Result<Vec<List>, InputErrors> {
    let mut read = Vec::new();
    for path in &expand(files)? {
        let bytes = std::fs::read(path).map_err(|error| {
            let what = format!("cannot be read: {error}");
            InputErrors(vec![InputError::file(path, what, "check the path and that you may read it")])
        })?;
        read.push((path.display().to_string(), bytes));
    }
    read_lists(&read)
        .map_err(|error| InputErrors(vec![InputError::file(Path::new(&error.place.file), error.what, error.mend)]))
}

fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, InputErrors> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let wrong = |what: String| {
            InputErrors(vec![InputError::file(path, what, "fill it with `tollgate lists update --into`")])
        };
        let store = ListStore::open(path).map_err(|error| wrong(error.to_string()))?;
        let current = store.files();
        if current.is_empty() {
            return Err(wrong("is a folder without lists".to_owned()));
        }
        files.extend(current);
    }
    Ok(files)
}

/// Lists from files, ready to be searched.
pub fn load_screener(files: &[PathBuf]) -> Result<Screener, InputErrors> {
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
