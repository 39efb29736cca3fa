//! Cells that are marked as not understood: intake writes a `?` before what it could not settle, and people do so too.

use arrow_array::{Array as _, StringArray};
use tollgate_model::is_in_doubt;

use crate::mistakes::{Cell, Mistakes};
use crate::source::Batch;
use crate::texts::Texts;

/// Notes the cells of a column that are marked as not understood.
pub(crate) fn note_doubts(batch: &Batch, column: &'static str, texts: Option<&Texts>, mistakes: &mut Mistakes<'_>) {
    let Some(texts) = texts.filter(|texts| has_doubts(texts)) else { return };
    for index in 0..batch.rows {
        if let Some(text) = texts.get(index).filter(|text| is_in_doubt(text)) {
            let cell = Cell { row: batch.row(index), column, value: text };
            mistakes.add("marked-unread", cell, "is marked as not understood", "write what it is, without the `?`");
        }
    }
}

/// Whether any of the texts may be marked: of those that are numbered, each is looked at once.
fn has_doubts(texts: &Texts) -> bool {
    match texts {
        Texts::Plain(_) => true,
        Texts::Coded(coded) => match coded.values().as_any().downcast_ref::<StringArray>() {
            Some(values) => values.iter().flatten().any(is_in_doubt),
            None => true,
        },
    }
}
