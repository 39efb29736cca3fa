//! Why a run ends without a result.

use std::path::PathBuf;

use tollgate_model::{Diagnostic, Diagnostics, Place};

/// Why a run ended without a result.
#[derive(Debug)]
pub enum RunError {
    /// An input cannot be used.
    Input(Diagnostics),
    /// An output cannot be written.
    Output(PathBuf, std::io::Error),
    /// The typologies, or what they run on.
    Watch(String),
    /// Ctrl-C.
    Stopped,
}

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RunError::Input(errors) => write!(f, "{errors}"),
            RunError::Output(path, error) => {
                let (what, mend) =
                    (format!("cannot be written: {error}"), "check that the folder exists, is yours and has room");
                write!(f, "{}", Diagnostic::new("unwritable-file", Place::path(path), what, mend))
            }
            RunError::Watch(what) => write!(f, "{what}"),
            RunError::Stopped => write!(f, "stopped"),
        }
    }
}

impl From<Diagnostics> for RunError {
    fn from(found: Diagnostics) -> RunError {
        RunError::Input(found)
    }
}
