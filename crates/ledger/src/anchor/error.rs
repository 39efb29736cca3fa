//! What can be wrong with checkpoints, keys and proofs.

use std::path::Path;

use crate::log::LogError;

/// Why a checkpoint, key or proof cannot be used or made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    /// A text is not of the form that it should have.
    #[error("{what}\n  mend: {mend}")]
    Form {
        /// What is wrong, and where.
        what: String,
        /// How to mend it.
        mend: &'static str,
    },
    /// No signature of the key that is trusted holds.
    #[error(
        "{0}\n  mend: give the public key of the one who signs, as it was handed over when it was made; trust nothing that it did not sign"
    )]
    Signature(String),
    /// The log, or a later checkpoint, does not go on from what was signed.
    #[error(
        "{0}\n  mend: stop every Tollgate on this log, keep the log, the checkpoints and the tiles as they are, and find out what became of the records (docs/runbook.md)"
    )]
    Inconsistent(String),
    /// A file cannot be read or written.
    #[error("{file}: {what}\n  mend: check the path and that you may read and write there")]
    File {
        /// Its path.
        file: String,
        /// What the system says.
        what: String,
    },
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl AnchorError {
    /// A text that is not of its form.
    pub(crate) fn form(what: impl Into<String>, mend: &'static str) -> AnchorError {
        AnchorError::Form { what: what.into(), mend }
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(path: &Path, error: &std::io::Error) -> AnchorError {
        AnchorError::File { file: path.display().to_string(), what: error.to_string() }
    }
}
