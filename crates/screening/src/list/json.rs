//! Lists in JSON: one value, or one a line.

use serde_json::Value;
use tollgate_model::UniqueMembers;

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
                Ok(_) if members_once(row).is_err() => {
                    let what = "has a member twice: which of them is meant is not known".to_owned();
                    list.bad.push(BadRow { line, what });
                }
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
    members_once(text)?;
    let held =
        ["results", "entities", "items", "data", "responses"].into_iter().find_map(|key| whole.get(key)?.as_array());
    let one = std::slice::from_ref(&whole);
    let records = held.or(whole.as_array()).map_or(one, Vec::as_slice);
    if held.is_some() {
        is_whole(&whole, records.len(), list)?;
    }
    for (number, record) in (1..).zip(records) {
        list.rows += 1;
        take(number, record, list);
    }
    Ok(())
}

/// Whether an object of a text has a member twice: the error says which. What else is wrong with it, its reader says.
fn members_once(text: &str) -> Result<(), String> {
    match serde_json::from_str::<UniqueMembers>(text) {
        Err(error) if error.is_data() => Err(error.to_string()),
        _ => Ok(()),
    }
}

/// Objects within objects in which an interface may say how much of an answer this is.
const DEEPEST_HEAD: usize = 8;

/// Members that say that an answer failed, or is not all.
const FAILURES: [&str; 7] = ["error", "errors", "fault", "faults", "exception", "exceptions", "failure"];
/// Members that say in words what is to be known of an answer.
const NOTICES: [&str; 6] = ["message", "messages", "warning", "warnings", "notice", "notices"];
/// States of an answer that is not all.
const BAD_STATES: [&str; 8] = ["partial", "error", "fail", "failed", "failure", "incomplete", "truncated", "timeout"];

/// The member that says that an answer failed.
fn failure<'m>(members: &'m [Member<'_>]) -> Option<&'m str> {
    let fails = |member: &&Member<'_>| {
        let key = member.key.as_str();
        let state =
            || member.value.as_str().is_some_and(|text| BAD_STATES.contains(&text.trim().to_lowercase().as_str()));
        FAILURES.contains(&key) && is_said(member.value)
            || ["success", "ok", "complete", "iscomplete"].contains(&key) && member.value.as_bool() == Some(false)
            || ["status", "state", "result"].contains(&key) && state()
    };
    members.iter().find(fails).map(|member| member.key.as_str())
}

/// Whether an answer holds all that it says there is; what it says beside is noted in the list.
fn is_whole(answer: &Value, held: usize, list: &mut List) -> Result<(), String> {
    let mut members = Vec::new();
    collect_members(answer, DEEPEST_HEAD, &mut members);
    if let Some(key) = failure(&members) {
        return Err(format!("is an answer that says `{key}`: what it holds may not be all"));
    }
    for Member { key, value } in
        members.iter().filter(|member| NOTICES.contains(&member.key.as_str()) && is_said(member.value))
    {
        let what = format!("says `{key}`: {}", value.to_string().chars().take(80).collect::<String>());
        list.guessed.push(BadRow { line: 1, what });
    }
    let of_names =
        |names: &'static [&'static str]| members.iter().filter(|member| names.contains(&member.key.as_str()));
    let number =
        |names: &'static [&'static str]| of_names(names).filter_map(|member| Amount::of(member.value).number()).max();
    let held = count_of(held);
    if let Some(Member { key, value }) = of_names(&TOTALS).find(|member| Amount::of(member.value) == Amount::Unclear) {
        return Err(format!("says how many entries there are in a way that is not understood: its `{key}` is {value}"));
    }
    let all = number(&TOTALS);
    if let Some(all) = all.filter(|all| *all > held) {
        return Err(format!("is one page of an answer: it holds {held} of {all} entries"));
    }
    // The first page is number 0 or 1, and begins at 0 or 1.
    let is_later = |member: &&Member<'_>| {
        PLACES.contains(&member.key.as_str()) && Amount::of(member.value).number().is_some_and(|place| place > 1)
    };
    if let Some(Member { key, .. }) = members.iter().find(is_later) {
        return Err(format!("is one page of an answer: its `{key}` is not the first"));
    }
    let pages = number(&PAGES).filter(|pages| *pages > 1);
    if let Some(pages) = pages {
        return Err(format!("is one page of an answer: there are {pages}"));
    }
    if let Some(Member { key, .. }) = members.iter().find(|member| names_another(member)) {
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

/// Whether a member names another page, as a header of HTTP that was kept does too: `<…>; rel="next"`.
fn names_another(member: &Member<'_>) -> bool {
    let is_link = || member.value.as_str().is_some_and(|text| text.replace(['"', '\'', ' '], "").contains("rel=next"));
    goes_on(&member.key) && is_said(member.value) || is_link()
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

/// What a member says as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    /// Nothing: it is absent, or holds others.
    None,
    /// So many.
    Number(u64),
    /// Something that is no number, or only what there is at least.
    Unclear,
}

impl Amount {
    /// A number, or a text or an object's `value` that is one.
    pub(super) fn of(value: &Value) -> Amount {
        if value.get("relation").is_some_and(|relation| relation.as_str() != Some("eq")) {
            return Amount::Unclear;
        }
        match value.get("value").unwrap_or(value) {
            Value::Number(number) => Amount::of_text(&number.to_string()),
            Value::String(text) => Amount::of_text(text),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Amount::None,
        }
    }

    /// A number in a text: with marks between its thousands, with zeros behind its point, or the larger one of `3 of 40`.
    pub(super) fn of_text(text: &str) -> Amount {
        let text = text.trim();
        if text.is_empty() {
            return Amount::None;
        }
        let both = text.split_once(" of ").or_else(|| text.split_once('/'));
        if let Some((Amount::Number(one), Amount::Number(other))) =
            both.map(|(a, b)| (Amount::of_text(a), Amount::of_text(b)))
        {
            return Amount::Number(one.max(other));
        }
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let groups: Vec<&str> = whole.split([',', ' ', '\u{a0}', '\u{202f}', '\'', '_']).collect();
        let in_order =
            groups.iter().skip(1).all(|group| group.len() == 3) && groups.iter().all(|group| !group.is_empty());
        let digits = groups.concat();
        let is_plain = in_order && digits.bytes().all(|byte| byte.is_ascii_digit()) && decimals.len() < 3;
        match digits.parse() {
            Ok(number) if is_plain && decimals.bytes().all(|byte| byte == b'0') => Amount::Number(number),
            _ => Amount::Unclear,
        }
    }

    pub(super) fn number(self) -> Option<u64> {
        match self {
            Amount::Number(number) => Some(number),
            Amount::None | Amount::Unclear => None,
        }
    }
}

/// A member of a record, however its name is written: `altNames` for `alt_names`.
pub(super) fn member<'v>(record: &'v Value, name: &str) -> Option<&'v Value> {
    let plain = |key: &str| key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let otherwise = || {
        let wanted = plain(name);
        record.as_object()?.iter().find(|(key, _)| plain(key) == wanted).map(|(_, value)| value)
    };
    record.get(name).or_else(otherwise)
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
