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

/// Members of an answer in which an interface says how much of it this is.
const HEADS: [&str; 8] = ["meta", "metadata", "pagination", "paging", "page_info", "pageInfo", "links", "_links"];

/// Whether an answer holds all that it says there is.
fn is_whole(answer: &Value, held: usize) -> Result<(), String> {
    let failed = ["error", "errors"].iter().find(|key| answer.get(**key).is_some_and(is_said));
    if let Some(key) = failed {
        return Err(format!("is an answer that says `{key}`: what it holds may not be all"));
    }
    let heads = HEADS.iter().filter_map(|key| answer.get(*key));
    std::iter::once(answer).chain(heads).try_for_each(|head| is_whole_by(head, held))
}

/// Whether a member says anything.
fn is_said(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_u64() != Some(0),
        Value::String(text) => !text.is_empty(),
        Value::Array(all) => !all.is_empty(),
        Value::Object(members) => !members.is_empty(),
    }
}

/// The same by what one object says.
fn is_whole_by(head: &Value, held: usize) -> Result<(), String> {
    let number = |value: &Value| {
        let value = value.get("value").unwrap_or(value);
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    };
    let keys =
        ["total", "total_count", "totalCount", "total_results", "totalResults", "count", "numFound", "total_entries"];
    let all = keys.iter().filter_map(|key| number(head.get(key)?)).max();
    if let Some(all) = all.filter(|all| *all > count_of(held)) {
        return Err(format!("is one page of an answer: it holds {held} of {all} entries"));
    }
    // The first page is number 0 or 1, and begins at 0 or 1.
    let begins = ["offset", "skip", "page", "page_number", "pageNumber", "start"];
    if let Some(key) = begins.iter().find(|key| head.get(**key).and_then(number).is_some_and(|place| place > 1)) {
        return Err(format!("is one page of an answer: its `{key}` is not the first"));
    }
    let goes_on = |key: &&&str| head.get(**key).is_some_and(is_said);
    match ["next", "next_page", "nextPage", "next_offset", "nextOffset", "next_cursor", "has_more", "hasMore"]
        .iter()
        .find(goes_on)
    {
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
