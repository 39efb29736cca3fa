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

/// The code of what is said of a line where nobody has read it.
pub(crate) const UNREAD_TEXT_CODE: &str = "unread-text";

/// Notes each line of which the file says more than somebody has read; `none` is the word of who has looked.
pub(crate) fn note_unread_texts(batch: &Batch, texts: Option<&Texts>, mistakes: &mut Mistakes<'_>) {
    let Some(texts) = texts else { return };
    for index in 0..batch.rows {
        let is_left = |text: &&str| !text.trim().is_empty() && !text.trim().eq_ignore_ascii_case("none");
        if let Some(text) = texts.get(index).filter(is_left) {
            let cell = Cell { row: batch.row(index), column: "unread_text", value: text };
            let mend = "correct the line by it and write `none` in `unread_text`, or name the column as one to ignore";
            mistakes.add(UNREAD_TEXT_CODE, cell, "is said of the line where nobody has read it", mend);
        }
    }
}
