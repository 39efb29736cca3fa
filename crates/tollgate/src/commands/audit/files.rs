//! Checkpoints, proofs and keys as the commands read and write them.

use std::io::Write as _;
use std::path::Path;

use tollgate_decide::RunError;
use tollgate_ledger::{AnchorError, Checkpoint, CheckpointFolder, PublicKey};
use tollgate_records::Output;

use crate::commands::Failure;

/// An error of a checkpoint's, key's or proof's.
pub(super) fn unusable(error: AnchorError) -> Failure {
    Failure::Unusable(error.to_string())
}

/// An error of what a file holds, with the file's name.
pub(super) fn named(path: &Path, error: &AnchorError) -> Failure {
    Failure::Unusable(format!("{}: {error}", path.display()))
}

/// The checkpoint of a file, or the largest of a folder.
pub(super) fn latest(path: &Path, key: &PublicKey) -> Result<Checkpoint, AnchorError> {
    if !path.is_dir() {
        return Checkpoint::read(path, key);
    }
    let latest = CheckpointFolder::new(path).latest(key)?;
    latest.ok_or_else(|| AnchorError::Form {
        what: format!("{}: has no checkpoint", path.display()),
        mend: "name the folder that `serve --checkpoints` or `audit checkpoint` wrote",
    })
}

/// The text of a file.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        let file = path.display();
        Failure::Unusable(format!("{file}: cannot be read: {error}\n  mend: check the path and that you may read it"))
    })
}

/// Writes a file that appears whole.
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    let written = Output::create(path).and_then(|mut output| {
        output.write_all(text.as_bytes())?;
        output.commit()
    });
    written.map_err(|error| Failure::from(RunError::Output(path.to_owned(), error)))
}
