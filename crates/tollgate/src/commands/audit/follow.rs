//! A log read from its start, its chain checked.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use tollgate_ledger::{Log as _, Record, Verifier, open_log_to_read};
use tollgate_model::Stop;

use crate::commands::Failure;

/// Reads the log from its start and checks the chain; `each` sees every record.
pub(crate) fn follow(
    address: &str,
    stop: &Stop,
    each: &mut dyn FnMut(&Record) -> Result<(), Failure>,
) -> Result<Verifier, Failure> {
    let mut log = open_log_to_read(address).map_err(Failure::Unusable)?;
    let mut verifier = Verifier::default();
    let mut failure = None;
    let result = log.read(0, &mut |record| {
        let checked = verifier.next(&record).map_err(|bad| Failure::Unusable(broken(&bad.to_string())));
        let stopped = if stop.load(Ordering::Relaxed) { Err(Failure::Stopped) } else { Ok(()) };
        failure = stopped.and(checked).and_then(|()| each(&record)).err();
        if failure.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    match (failure, result) {
        (Some(failure), _) => Err(failure),
        (None, Err(error)) => Err(Failure::Unusable(error.to_string())),
        (None, Ok(())) => Ok(verifier),
    }
}

/// What is said of a log that is not as it was written.
pub(super) fn broken(what: &str) -> String {
    format!(
        "the audit log was changed: {what}\n  mend: keep the file as it is for those who ask, and go on from a backup that verifies"
    )
}
