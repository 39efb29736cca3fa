//! What is not understood of the tables beside the orders.

use std::collections::BTreeMap;

use tollgate_model::{Diagnostic, Diagnostics};
use tollgate_records::{ByRow, UnreadRow};

/// Rows of the tables that are not understood. What they say is unknown; a clearance clears nothing.
#[derive(Clone, Debug, Default)]
pub struct Unread {
    /// By party id.
    pub parties: BTreeMap<String, Vec<Diagnostic>>,
    /// By the name of the item.
    pub items: BTreeMap<String, Diagnostic>,
    /// By the id of who is owned.
    pub stakes: BTreeMap<String, Diagnostic>,
    /// Every mistake, in the order of tables and rows.
    pub mistakes: Diagnostics,
}

impl Unread {
    /// Takes what is understood of a table, and notes the rest: `note` gets each row that says whom or what it is about.
    pub(crate) fn take<T>(&mut self, read: ByRow<T>, mut note: impl FnMut(&mut Unread, String, Diagnostic)) -> T {
        for UnreadRow { id, mistake } in read.unread {
            self.mistakes.0.push(mistake.clone());
            if let Some(id) = id {
                note(self, id, mistake);
            }
        }
        read.value
    }
}
