//! What is wrong with a file that cannot be read, before anybody says what the file is called.

use tollgate_model::{Diagnostic, Place};

/// How to mend what no better advice is known for.
pub(crate) const SAVE_ANEW: &str = "save the file anew as CSV or .xlsx";

/// A mistake that is about a whole file; [`Diagnostic::in_file`] names it.
pub(crate) fn fault(code: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, Place::default(), what, mend)
}

/// A mistake that is about a row, by its number in the file or sheet.
pub(crate) fn row_fault(code: &'static str, row: u64, what: impl Into<String>, mend: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, Place::cell("", row, "", ""), what, mend)
}
