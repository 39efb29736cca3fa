//! The headers of a file, and the columns that come of its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::StringBuilder;

use crate::columns::Table;
use crate::plain_letters::plain_letters;

/// How many rows a batch holds.
pub(crate) const BATCH: usize = 8192;
/// A batch ends before its rows where they have so many bytes.
pub(crate) const BATCH_BYTES: usize = 64 << 20;

/// Columns by name, and how many rows they have.
pub(crate) type Columns = (BTreeMap<String, ArrayRef>, usize);

/// The headers of a file, as the contract spells those that it knows.
pub(crate) struct Headers {
    pub(crate) table: Table,
    /// Those that it does not know.
    pub(crate) unknown: BTreeSet<String>,
    /// Whether what stands under those that it does not know leaves its line open.
    pub(crate) holds_unknown: bool,
    /// Headers whose cells a person leaves out.
    pub(crate) ignored: Arc<BTreeSet<String>>,
}

impl Headers {
    /// Headers of a table, none of them known yet.
    pub(crate) fn new(table: Table, holds_unknown: bool) -> Headers {
        Headers { table, unknown: BTreeSet::new(), holds_unknown, ignored: Arc::default() }
    }

    /// The name of the column that a header means; the header itself, which is noted, where it means none.
    pub(crate) fn name(&mut self, header: &str) -> String {
        match self.table.column_of_header(header) {
            Some(column) => column.name.to_owned(),
            None => {
                if !header.is_empty() && !self.unknown.contains(header) {
                    self.unknown.insert(header.to_owned());
                }
                header.to_owned()
            }
        }
    }

    /// Whether what stands under a header leaves its line open.
    pub(crate) fn is_held(&self, header: &str) -> bool {
        self.holds_unknown && self.table.column(header).is_none() && !self.is_ignored(header)
    }

    /// Whether a person leaves a header out.
    pub(crate) fn is_ignored(&self, header: &str) -> bool {
        let plain = plain_letters(header);
        self.ignored.iter().any(|ignored| ignored == header || !plain.is_empty() && plain_letters(ignored) == plain)
    }
}

/// The number of the row that stands so many rows behind another.
pub(crate) fn row_at(first_row: u64, rows: usize) -> u64 {
    const { assert!(usize::BITS <= u64::BITS, "a place has 64 bits at most") };
    first_row.saturating_add(rows as u64)
}

/// The columns of texts as they were built; `None` where there are no rows.
pub(crate) fn finished(names: &[String], builders: Vec<StringBuilder>, rows: usize) -> Option<Columns> {
    (rows > 0).then(|| (columns(names, builders), rows))
}

/// The columns of texts by name.
pub(crate) fn columns(names: &[String], builders: Vec<StringBuilder>) -> BTreeMap<String, ArrayRef> {
    let arrays = builders.into_iter().map(|mut builder| Arc::new(builder.finish()) as ArrayRef);
    names.iter().cloned().zip(arrays).collect()
}
