//! The mistakes of a file while it is read: gathered cell by cell, and given up at a hundred.

use std::path::Path;

use tollgate_model::{Diagnostic, Diagnostics, Place};

/// How many mistakes of a file are gathered before reading stops.
pub const MAX_ERRORS: usize = 100;

/// Where in a file a mistake is, and what stands there. Row 0 is the whole column, an empty column the whole row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell<'a> {
    pub(crate) row: u64,
    pub(crate) column: &'a str,
    pub(crate) value: &'a str,
}

impl<'a> Cell<'a> {
    /// A whole row, from 1.
    pub(crate) fn row(row: u64) -> Cell<'a> {
        Cell { row, column: "", value: "" }
    }

    /// A whole column.
    pub(crate) fn column(column: &'a str) -> Cell<'a> {
        Cell { row: 0, column, value: "" }
    }

    /// A cell that holds nothing, or what holds of it is said otherwise.
    pub(crate) fn empty(row: u64, column: &'a str) -> Cell<'a> {
        Cell { row, column, value: "" }
    }

    /// The cell as a place of a file.
    pub(crate) fn in_file(self, file: &Path) -> Place {
        Place::cell(file.display().to_string(), self.row, self.column, self.value)
    }
}

/// A kind of mistake that a cell may have: see [`Diagnostic`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Problem<'a> {
    pub(crate) code: &'static str,
    pub(crate) what: &'a str,
    pub(crate) mend: &'a str,
}

/// A mistake that is about a whole file.
pub(crate) fn in_file(code: &'static str, path: &Path, what: impl Into<String>, mend: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, Place::path(path), what, mend)
}

/// A file that cannot be opened or read: the system's reason.
pub(crate) fn unreadable(path: &Path, verb: &str, error: &dyn std::fmt::Display) -> Diagnostic {
    in_file("unreadable-file", path, format!("cannot be {verb}: {error}"), "check the path and that you may read it")
}

/// A text that something else was made of, as it cannot be read to its end.
pub(crate) fn broken(path: &Path, what: impl Into<String>, mend: impl Into<String>) -> Diagnostic {
    in_file("broken-file", path, what, mend)
}

/// The mistakes of a file so far.
pub(crate) struct Mistakes<'f> {
    file: &'f Path,
    pub(crate) found: Vec<Diagnostic>,
}

impl<'f> Mistakes<'f> {
    pub(crate) fn new(file: &'f Path) -> Mistakes<'f> {
        Mistakes { file, found: Vec::new() }
    }

    /// A gatherer of the same file whose mistakes nobody reports: for a second look at a column.
    pub(crate) fn unreported(&self) -> Mistakes<'f> {
        Mistakes::new(self.file)
    }

    /// Notes a mistake, unless a hundred are noted.
    pub(crate) fn add(&mut self, code: &'static str, cell: Cell<'_>, what: impl Into<String>, mend: impl Into<String>) {
        if !self.is_full() {
            self.found.push(Diagnostic::new(code, cell.in_file(self.file), what, mend));
        }
    }

    /// Notes that a cell is not what it must be.
    pub(crate) fn add_problem(&mut self, cell: Cell<'_>, problem: Problem<'_>) {
        self.add(problem.code, cell, problem.what, problem.mend);
    }

    /// Whether so many are noted that reading may end.
    pub(crate) fn is_full(&self) -> bool {
        self.found.len() >= MAX_ERRORS
    }

    /// The value, or all mistakes where there are any.
    pub(crate) fn into_result<T>(self, value: T) -> Result<T, Diagnostics> {
        if self.found.is_empty() { Ok(value) } else { Err(Diagnostics::up_to(MAX_ERRORS, self.found)) }
    }
}
