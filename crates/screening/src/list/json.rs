//! Lists in JSON: one value, or one a line.

use serde_json::Value;

use super::check::IS_HTML;
use super::table::is_html;
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
        let rows = || (1..).zip(text.lines()).filter(|(_, row): &(u64, &str)| !row.trim().is_empty());
        let is_value = |row: &str| serde_json::from_str::<Value>(row).is_ok();
        // A value over several lines that breaks off is no value a line, though some of its lines may be.
        if rows().nth(1).is_some() && rows().next().is_some_and(|(_, row)| !is_value(row)) {
            return Err("is JSON that breaks off or has a fault: its first line is no value by itself".to_owned());
        }
        let last = rows().last().map(|(line, _)| line);
        for (line, row) in rows() {
            list.rows += 1;
            match serde_json::from_str(row) {
                Ok(value) => take(line, &value, list),
                Err(_) if is_html(row) => list.bad.push(BadRow { line, what: IS_HTML.to_owned() }),
                Err(error) if error.is_eof() && last == Some(line) => {
                    return Err(format!("breaks off: its last line, {line}, has no end"));
                }
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

/// Objects within objects in which an interface may say how much of an answer this is.
const DEEPEST_HEAD: usize = 3;

/// Whether an answer holds all that it says there is.
fn is_whole(answer: &Value, held: usize) -> Result<(), String> {
    let failed = ["error", "errors"].iter().find(|key| answer.get(**key).is_some_and(is_said));
    if let Some(key) = failed {
        return Err(format!("is an answer that says `{key}`: what it holds may not be all"));
    }
    let mut members = Vec::new();
    collect_members(answer, DEEPEST_HEAD, &mut members);
    let number = |names: &[&str]| {
        let of_name = members.iter().filter(|member| names.contains(&member.key.as_str()));
        of_name.filter_map(|member| number_of(member.value)).max()
    };
    let held = count_of(held);
    let all = number(&TOTALS);
    if let Some(all) = all.filter(|all| *all > held) {
        return Err(format!("is one page of an answer: it holds {held} of {all} entries"));
    }
    // The first page is number 0 or 1, and begins at 0 or 1.
    let is_later = |member: &&Member<'_>| {
        PLACES.contains(&member.key.as_str()) && number_of(member.value).is_some_and(|place| place > 1)
    };
    if let Some(Member { key, .. }) = members.iter().find(is_later) {
        return Err(format!("is one page of an answer: its `{key}` is not the first"));
    }
    let pages = number(&PAGES).filter(|pages| *pages > 1);
    if let Some(pages) = pages {
        return Err(format!("is one page of an answer: there are {pages}"));
    }
    if let Some(Member { key, .. }) = members.iter().find(|member| goes_on(&member.key) && is_said(member.value)) {
        return Err(format!("is one page of an answer: its `{key}` names another"));
    }
    // What is as long as an answer may be and does not say how much there is may go on.
    let most = number(&LIMITS).filter(|most| *most > 0);
    match most.filter(|most| *most <= held && all.is_none()) {
        Some(most) => Err(format!(
            "is one page of an answer: it holds as many entries as one may, {most}, and does not say how many there are"
        )),
        None => Ok(()),
    }
}

/// What members are called, in lower case without what stands between words, that say how many entries there are,
const TOTALS: [&str; 12] = [
    "total",
    "totalcount",
    "totalresults",
    "totalentries",
    "totalitems",
    "totalrecords",
    "totalelements",
    "totalhits",
    "count",
    "numfound",
    "resultcount",
    "odatacount",
];
/// where the page begins,
const PLACES: [&str; 9] =
    ["offset", "skip", "page", "pagenumber", "pageno", "currentpage", "pageindex", "start", "startindex"];
/// how many pages there are,
const PAGES: [&str; 6] = ["pages", "totalpages", "pagecount", "numpages", "lastpage", "pagestotal"];
/// and how many entries a page may have.
const LIMITS: [&str; 7] = ["limit", "size", "pagesize", "perpage", "itemsperpage", "rows", "maxresults"];

/// Whether a member of this name says that an answer goes on: it names the next page, or says that there is more or that this is cut.
fn goes_on(key: &str) -> bool {
    let names = ["hasmore", "more", "moreresults", "hasnext", "hasnextpage", "truncated", "istruncated", "partial"];
    let others = ["incomplete", "incompleteresults", "continuationtoken", "cursor", "scrollid", "odatanextlink"];
    names.contains(&key) || others.contains(&key) || key.starts_with("next")
}

/// A member of an object.
struct Member<'v> {
    /// Its name in lower case without what stands between words.
    key: String,
    value: &'v Value,
}

/// The members of an object and of the objects within it. Links that are an array
/// of objects are members by what they lead to.
fn collect_members<'v>(value: &'v Value, deepest: usize, members: &mut Vec<Member<'v>>) {
    let Some(object) = value.as_object().filter(|_| deepest > 0) else { return };
    let plain = |key: &str| key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    for (key, member) in object {
        members.push(Member { key: plain(key), value: member });
        collect_members(member, deepest - 1, members);
        let links = member.as_array().filter(|_| plain(key) == "links").into_iter().flatten();
        members.extend(links.filter_map(|link| Some(Member { key: plain(link.get("rel")?.as_str()?), value: link })));
    }
}

/// A number, or a text or an object's `value` that is one.
fn number_of(value: &Value) -> Option<u64> {
    let value = value.get("value").unwrap_or(value);
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Whether a member says anything.
fn is_said(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_u64() != Some(0),
        Value::String(text) => !text.is_empty(),
        Value::Array(all) => !all.is_empty(),
        Value::Object(members) => members.values().any(is_said),
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
