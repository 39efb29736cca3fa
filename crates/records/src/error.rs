use std::fmt;
use std::path::Path;

/// How many mistakes of a file are reported before reading stops.
pub const MAX_ERRORS: usize = 100;

/// A mistake in an input: where it is, what stands there, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// The file.
    pub file: String,
    /// The row, from 1, not counting the header; 0 where the whole file is meant.
    pub row: u64,
    /// The column; empty where the whole row is meant.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

impl InputError {
    /// A mistake that is not in one row.
    pub fn file(path: &Path, what: impl Into<String>, mend: impl Into<String>) -> InputError {
        InputError {
            file: path.display().to_string(),
            row: 0,
            column: String::new(),
            value: String::new(),
            what: what.into(),
            mend: mend.into(),
        }
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.row > 0 {
            write!(f, ", row {}", self.row)?;
        }
        if !self.column.is_empty() {
            write!(f, ", column `{}`", self.column)?;
        }
        if !self.value.is_empty() {
            let shown: String = self.value.chars().take(60).collect();
            let cut = if self.value.chars().nth(60).is_some() { "…" } else { "" };
            write!(f, ", value {shown:?}{cut}")?;
        }
        write!(f, ": {}\n  mend: {}", self.what, self.mend)
    }
}

/// The mistakes of one or more files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputErrors(pub Vec<InputError>);

impl fmt::Display for InputErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        if self.0.len() >= MAX_ERRORS {
            write!(f, "\n(reading stopped at {MAX_ERRORS} mistakes; there may be more)")?;
        }
        Ok(())
    }
}

impl std::error::Error for InputErrors {}

impl From<InputError> for InputErrors {
    fn from(error: InputError) -> InputErrors {
        InputErrors(vec![error])
    }
}
