//! Lists in JSON: one value, or one a line.

use serde_json::Value;

use super::{BadRow, List};
use crate::sizes::count_of;

/// Hands on the records of a text: the elements of an array, those of an object's `results`, or an object a line. An answer that says that there are more
/// than it holds is one page of a list: what it says is the error.
pub(super) fn each_record(
    text: &str,
    list: &mut List,
    take: &mut dyn FnMut(u64, &Value, &mut List),
) -> Result<(), String> {
    let Ok(whole) = serde_json::from_str::<Value>(text) else {
        for (line, row) in (1..).zip(text.lines()).filter(|(_, row)| !row.trim().is_empty()) {
            list.rows += 1;
            match serde_json::from_str(row) {
                Ok(value) => take(line, &value, list),
                Err(error) => list.bad.push(BadRow { line, what: error.to_string() }),
            }
        }
        return Ok(());
    };
    let held =
        ["results", "entities", "items", "data", "responses"].into_iter().find_map(|key| whole.get(key)?.as_array());
    let one = std::slice::from_ref(&whole);
    let records = held.or(whole.as_array()).map_or(one, Vec::as_slice);
    if held.is_some() {
        is_whole(&whole, records.len())?;
    }
    for (number, record) in (1..).zip(records) {
        list.rows += 1;
        take(number, record, list);
    }
    Ok(())
}

/// Whether an answer holds all that it says there is.
fn is_whole(answer: &Value, held: usize) -> Result<(), String> {
    let number = |value: &Value| {
        let value = value.get("value").unwrap_or(value);
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    };
    let keys =
        ["total", "total_count", "totalCount", "total_results", "totalResults", "count", "numFound", "total_entries"];
    let all = keys.iter().filter_map(|key| number(answer.get(key)?)).max();
    if let Some(all) = all.filter(|all| *all > count_of(held)) {
        return Err(format!("is one page of an answer: it holds {held} of {all} entries"));
    }
    let goes_on = |key: &&str| answer.get(*key).is_some_and(|next| next.as_str().is_some_and(|next| !next.is_empty()));
    match ["next", "next_page", "nextPage", "next_offset"].iter().find(|key| goes_on(key)) {
        Some(key) => Err(format!("is one page of an answer: its `{key}` names another")),
        None => Ok(()),
    }
}

/// The texts of a member that is a text, or an array of texts.
pub(super) fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(all)) => all.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}
