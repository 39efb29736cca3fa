//! Listed names within texts that nobody has read as names: remarks, and end uses that are not understood.

use std::sync::Arc;

use tollgate_model::OrderLine;

use super::end_use::EndUseQuestion;
use super::typed::{TextHit, TypedNames};

/// The column of what a file says of a line where nobody has read it.
const UNREAD_TEXT: &str = "unread_text";

/// What is to be said of names of lists that such texts of a line may have within them, a sentence each.
pub(crate) fn names_in_texts(
    order: &OrderLine<'_>,
    open: Option<&EndUseQuestion>,
    names: &TypedNames,
) -> Vec<Arc<str>> {
    if !names.has_lists() {
        return Vec::new();
    }
    let is_unread = matches!(open, Some(EndUseQuestion::Unread(_) | EndUseQuestion::MilitaryUnread));
    let end_use = order.end_use.filter(|_| is_unread).map(|text| ("end_use", text));
    let unread = order.unread.iter().filter(|cell| cell.column == UNREAD_TEXT);
    let texts = unread.map(|cell| (UNREAD_TEXT, cell.value.as_str())).chain(end_use);
    texts.flat_map(|(column, text)| sentences(column, text, names)).collect()
}

fn sentences(column: &str, text: &str, names: &TypedNames) -> Vec<Arc<str>> {
    let Some(found) = names.hits_within(text) else {
        return vec![Arc::from(format!(
            "`{column}` was not searched for names of lists: there are too many such texts."
        ))];
    };
    let sentence = |TextHit { name, hit }: &TextHit| {
        Arc::from(format!(
            "`{name}` in `{column}` may be {} ({}, entry {}), which it matches with {} of 10000: find out what it has to do with the line.",
            hit.name, hit.list, hit.entry, hit.points
        ))
    };
    found.iter().map(sentence).collect()
}
