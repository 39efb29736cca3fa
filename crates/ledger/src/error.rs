//! Why a ledger cannot go on.

use crate::log::LogError;

/// Why a ledger cannot go on. After all but `Log(Unavailable)`, `Log(Busy)` and `Unwritable` it stays so: it has to be opened anew once the log is put
/// right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The log. After `Unavailable` the same batch may be given again: what was done is not done twice.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A record is not as it was written.
    #[error(
        "record {seq} of the log: {what}\n  mend: run `tollgate audit verify`, and restore the log from a backup that verifies"
    )]
    Corrupt {
        /// Its number.
        seq: u64,
        /// What is wrong.
        what: String,
    },
    /// The log is not the one that this ledger has followed, or not as long any more: it went back, was forked, or another one stands in its place.
    #[error(
        "{0}\n  mend: stop every Tollgate on this log, keep the log as it is, find out what became of the records (docs/runbook.md), and start anew"
    )]
    Diverged(String),
    /// A later version of Tollgate wrote the log, by rules that this one does not know.
    #[error(
        "record {seq} of the log goes by version {version} of the rules of the count, and this Tollgate knows {known}\n  mend: use the version that wrote it, or a later one"
    )]
    Newer {
        /// The record's number.
        seq: u64,
        /// The version.
        version: u64,
        /// The last one that this program knows.
        known: u64,
    },
    /// The machine's clock cannot be believed: nothing is recorded, since what is recorded with a wrong time stays so.
    #[error("{0}")]
    Clock(String),
    /// An entry cannot be written as JSON: nothing of its batch is on record.
    #[error("an entry cannot be written: {0}")]
    Unwritable(String),
    /// The thread that writes has ended, by a fault of the program. What it had not answered may be on record or not: after a new start the same
    /// batch may be given again.
    #[error("the ledger has stopped\n  mend: start Tollgate anew and ask again; what was done is not done twice")]
    Stopped,
}
