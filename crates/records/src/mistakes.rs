//! The mistakes of a file while it is read: gathered cell by cell, and given up at a hundred.

use std::collections::BTreeMap;
use std::path::Path;

use tollgate_model::{Diagnostic, Diagnostics, Place};

/// How many mistakes of a file are gathered before reading stops.
pub const MAX_ERRORS: usize = 100;
/// How many cells of a table may be wrong where they cost their rows only: a table with more is not one, and is refused.
pub(crate) const MAX_UNREAD: usize = 100_000;

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

/// Two headers that mean one column.
pub(crate) fn repeated_column(path: &Path, name: &str) -> Diagnostic {
    let what = format!("the column `{name}` stands twice in the header");
    let mend = "take one of them out, or rename it; letter case, spaces and underscores make no difference";
    in_file("repeated-column", path, what, mend)
}

/// A text that something else was made of, as it cannot be read to its end.
pub(crate) fn broken(path: &Path, what: impl Into<String>, mend: impl Into<String>) -> Diagnostic {
    in_file("broken-file", path, what, mend)
}

/// What was read of a table some rows of which are not understood.
#[derive(Clone, Debug)]
pub struct ByRow<T> {
    /// What was read. A cell that is not understood is as one that is empty, which [`ByRow::unread`] must be held against.
    pub value: T,
    /// What was not, a cell or a row each, in the order of the rows.
    pub unread: Vec<UnreadRow>,
}

/// A row, or a cell of it, that is not understood.
#[derive(Clone, Debug)]
pub struct UnreadRow {
    /// What the row is about: the id of the party, the name of the item, who is owned; `None` where that cannot be read either.
    pub id: Option<String>,
    /// What is wrong.
    pub mistake: Diagnostic,
}

impl<T> ByRow<T> {
    /// The value, or all mistakes where there are any.
    ///
    /// # Errors
    /// What is not understood.
    pub fn whole(self) -> Result<T, Diagnostics> {
        let mistakes: Vec<Diagnostic> = self.unread.into_iter().map(|row| row.mistake).collect();
        if mistakes.is_empty() { Ok(self.value) } else { Err(Diagnostics::up_to(MAX_ERRORS, mistakes)) }
    }
}

/// The mistakes of a file so far.
pub(crate) struct Mistakes<'f> {
    file: &'f Path,
    pub(crate) found: Vec<Diagnostic>,
    /// Whether mistakes of rows cost their rows and not the file, so that up to [`MAX_UNREAD`] are gathered.
    by_row: bool,
    /// The rows that have a mistake, each with what it is about, once [`Mistakes::name_row`] said so.
    rows: BTreeMap<u64, String>,
}

impl<'f> Mistakes<'f> {
    pub(crate) fn new(file: &'f Path) -> Mistakes<'f> {
        Mistakes { file, found: Vec::new(), by_row: false, rows: BTreeMap::new() }
    }

    /// As [`Mistakes::new`], of a file whose rows are read though others of it are not understood: see [`Mistakes::split`].
    pub(crate) fn by_row(file: &'f Path) -> Mistakes<'f> {
        Mistakes { by_row: true, ..Mistakes::new(file) }
    }

    /// A gatherer of the same file whose mistakes nobody reports: for a second look at a column.
    pub(crate) fn unreported(&self) -> Mistakes<'f> {
        Mistakes::new(self.file)
    }

    /// Notes a mistake, unless as many are noted as are gathered.
    pub(crate) fn add(&mut self, code: &'static str, cell: Cell<'_>, what: impl Into<String>, mend: impl Into<String>) {
        if self.is_full() {
            return;
        }
        if self.by_row && cell.row > 0 {
            self.rows.entry(cell.row).or_default();
        }
        self.found.push(Diagnostic::new(code, cell.in_file(self.file), what, mend));
    }

    /// Notes that a cell is not what it must be.
    pub(crate) fn add_problem(&mut self, cell: Cell<'_>, problem: Problem<'_>) {
        self.add(problem.code, cell, problem.what, problem.mend);
    }

    /// Whether so many are noted that reading may end.
    pub(crate) fn is_full(&self) -> bool {
        self.found.len() >= if self.by_row { MAX_UNREAD } else { MAX_ERRORS }
    }

    /// Whether a row has a mistake.
    pub(crate) fn has_row(&self, row: u64) -> bool {
        self.rows.contains_key(&row)
    }

    /// Says what a row is about, by its id, where it has a mistake.
    pub(crate) fn name_row(&mut self, row: u64, id: &str) {
        if let Some(name) = self.rows.get_mut(&row) {
            id.clone_into(name);
        }
    }

    /// The value with the mistakes of rows, in the order of the rows; an error where there are mistakes about the whole file or a whole column, and
    /// where so many are noted that reading ended.
    pub(crate) fn split<T>(self, value: T) -> Result<ByRow<T>, Diagnostics> {
        if self.is_full() {
            return Err(Diagnostics::up_to(MAX_ERRORS, self.found));
        }
        let (mut of_rows, of_file): (Vec<Diagnostic>, _) =
            self.found.into_iter().partition(|mistake| mistake.place.row.is_some());
        if !of_file.is_empty() {
            return Err(Diagnostics::up_to(MAX_ERRORS, of_file));
        }
        of_rows.sort_by_key(|mistake| mistake.place.row);
        let id = |mistake: &Diagnostic| mistake.place.row.and_then(|row| self.rows.get(&row)).cloned();
        let unread =
            of_rows.into_iter().map(|mistake| UnreadRow { id: id(&mistake).filter(|id| !id.is_empty()), mistake });
        Ok(ByRow { value, unread: unread.collect() })
    }

    /// The value, or all mistakes where there are any.
    pub(crate) fn into_result<T>(self, value: T) -> Result<T, Diagnostics> {
        if self.found.is_empty() { Ok(value) } else { Err(Diagnostics::up_to(MAX_ERRORS, self.found)) }
    }
}
