//! One command a file, its arguments beside it.

pub(crate) mod ask;
pub(crate) mod audit;
#[cfg(feature = "detect")]
pub(crate) mod backtest;
pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod classify;
#[cfg(feature = "detect")]
pub(crate) mod customs;
pub(crate) mod decide;
#[cfg(feature = "detect")]
pub(crate) mod detect;
pub(crate) mod examples;
mod examples_keys;
pub(crate) mod explain;
pub(crate) mod fleet;
pub(crate) mod inputs;
pub(crate) mod intake;
pub(crate) mod list_store;
pub(crate) mod lists;
#[cfg(feature = "mcp")]
pub(crate) mod mcp;
#[cfg(feature = "detect")]
pub(crate) mod measure;
pub(crate) mod papers;
pub(crate) mod policy;
pub(crate) mod progress;
#[cfg(feature = "detect")]
pub(crate) mod query_session;
mod recheck;
pub(crate) mod recorded;
#[cfg(feature = "object-storage")]
pub(crate) mod remote;
pub(crate) mod replay;
#[cfg(feature = "detect")]
pub(crate) mod run_cases;
pub(crate) mod screen;
pub(crate) mod serve;
pub(crate) mod settings;
pub(crate) mod simulate;
mod simulate_set;
#[cfg(feature = "detect")]
pub(crate) mod since;
#[cfg(feature = "detect")]
pub(crate) mod table_folder;
#[cfg(feature = "detect")]
pub(crate) mod typology;

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use tollgate_decide::RunError;
use tollgate_law::Law;
use tollgate_model::Diagnostics;

/// What a command ends with.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input, the law or an argument cannot be used; the text says what, where and how to mend it.
    Unusable(String),
    /// A part of the work failed; the rest stands and was written. The text says what failed, where and how to mend it.
    Incomplete(String),
    /// The work ran and found what `--fail-on` names.
    Found,
    /// Ctrl-C.
    Stopped,
    /// The reader of standard output went away, which is no failure.
    NoReader,
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Failure {
        match error {
            RunError::Stopped => Failure::Stopped,
            other => Failure::Unusable(other.to_string()),
        }
    }
}

impl From<tollgate_model::Diagnostics> for Failure {
    fn from(errors: tollgate_model::Diagnostics) -> Failure {
        Failure::Unusable(errors.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::NoReader,
            _ => Failure::Unusable(format!("cannot write: {error}")),
        }
    }
}

/// The law of the program, read at the first call: a command that needs it twice, or a server, reads it once.
pub(crate) fn embedded_law() -> Result<Arc<Law>, Diagnostics> {
    static LAW: OnceLock<Arc<Law>> = OnceLock::new();
    if let Some(law) = LAW.get() {
        return Ok(Arc::clone(law));
    }
    let law = Law::embedded()?;
    Ok(Arc::clone(LAW.get_or_init(|| law)))
}

/// A sum as outputs have it: the largest number of 64 bits stands for all that are larger.
#[expect(clippy::cast_possible_truncation, reason = "bounded by the largest number of 64 bits")]
pub(crate) fn saturated(sum: u128) -> u64 {
    sum.min(u128::from(u64::MAX)) as u64
}

/// The first 12 letters of a digest in hexadecimal: enough to tell versions apart where a person reads.
pub(crate) fn short_digest(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// Prints to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
