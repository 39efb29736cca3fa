//! On which day each line of an orders table was ordered, without the rest of the line.

use std::path::Path;

use tollgate_model::{Date, Diagnostics};

use crate::columns::Table;
use crate::mistakes::Mistakes;
use crate::source::{Selection, Source};

/// Reads only on which day each line was ordered, and which line of its order it is.
pub struct DayReader(Source);

impl DayReader {
    /// Opens an orders table.
    pub fn open(path: &Path) -> Result<DayReader, Diagnostics> {
        Ok(DayReader(Source::open_selection(
            path,
            Selection { read: |name| matches!(name, "date" | "line"), ..Selection::all(Table::Orders) },
        )?))
    }

    /// The next lines; nothing at the end. What is wrong with cells is for [`OrderReader`](crate::OrderReader) to say.
    pub fn next_batch(&mut self) -> Option<Result<DayBatch, Diagnostics>> {
        let batch = match self.0.next()? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(error.into())),
        };
        let mut unreported = Mistakes::new(self.0.path());
        let dates = batch.dates("date", &mut unreported);
        Some(Ok(DayBatch { dates, lines: batch.integers("line", &mut unreported) }))
    }
}

/// Two columns of some lines of an orders table.
#[derive(Debug)]
pub struct DayBatch {
    /// The day of each, where the cell has one.
    pub dates: Vec<Option<Date>>,
    /// The number of each within its order, where the cell has one.
    pub lines: Vec<Option<i64>>,
}
