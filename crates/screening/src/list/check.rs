//! What is checked of every list once it is read: that it does not break off, that each entry has a name that can be searched, and that its days are in order.

use super::{BadRow, Entry, List};
use crate::fold::{Unread, unread};
use crate::sizes::count_of;

/// What shows that a file breaks off, or goes on as something else.
pub(super) fn breaks_off(text: &str, bytes: &[u8], list: &List) -> Option<String> {
    if let Some(row) = list.bad.iter().find(|row| row.what == IS_HTML) {
        return Some(format!("has a page of HTML in the place of its rows from line {} on", row.line));
    }
    let ends = matches!(bytes, [.., b'\n' | b'\r' | 0x1a | b']' | b'}'] | [.., b'\n' | b'\r', 0]);
    let last = count_of(text.lines().count());
    let is_json = text.trim_start().starts_with(['{', '[']);
    let is_bad = last > 1 && list.bad.iter().any(|row| row.line == last);
    let is_told = |line: &&str| if is_json { tells_of_failure(line) } else { is_message(line) };
    if let Some(line) = text.lines().last().filter(is_told).filter(|_| is_bad) {
        return Some(format!(
            "ends with a text in the place of a row: `{}`",
            line.chars().take(60).collect::<String>()
        ));
    }
    let spoiled = list.bad.iter().chain(&list.guessed).find(|row| row.line == last && last > 1);
    spoiled.filter(|_| !ends).map(|row| format!("breaks off: its last line {}", row.what))
}

/// Whether a line of JSON lines is an object that tells of a failure and is no record.
fn tells_of_failure(line: &str) -> bool {
    let object = serde_json::from_str::<serde_json::Value>(line).ok();
    let has = |key: &str| object.as_ref().is_some_and(|object| object.get(key).is_some());
    ["error", "errors", "fault", "message"].into_iter().any(has) && !has("schema") && !has("source")
}

/// Whether a last line is a message, such as `Rate limit exceeded` or `{"error":"quota"}`, that stands where rows stop: words without a delimiter, and not
/// what publishers write below a table, or an object of JSON.
fn is_message(line: &str) -> bool {
    let text = line.trim().to_lowercase();
    if text.starts_with('{') && serde_json::from_str::<serde_json::Value>(&text).is_ok() {
        return true;
    }
    let footers = [
        "total",
        "end",
        "count",
        "records",
        "rows",
        "source",
        "generated",
        "date",
        "copyright",
        "note",
        "last updated",
        "disclaimer",
    ];
    let has_words = text.split_whitespace().filter(|word| word.chars().all(char::is_alphabetic)).count() >= 2;
    let is_long = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 1).count() >= 6;
    let is_text = !text.contains([',', ';', '\t', '|', '"']) || is_long && !text.contains([';', '\t', '|', '"']);
    has_words && is_text && !footers.iter().any(|footer| text.starts_with(footer))
}

/// What is said of a row that is HTML.
pub(super) const IS_HTML: &str = "is HTML";

/// Keeps entries out of which no name can be searched, and takes days for unknown that are not in order.
pub(super) fn names_and_days(list: &mut List) {
    let (mut bad, mut guessed) = (Vec::new(), Vec::new());
    let mut place = 0;
    list.entries.retain_mut(|entry| {
        place += 1;
        if let Some(what) = unsearchable(entry) {
            bad.push(BadRow { line: place, what: format!("(entry {place} of the file) {what}") });
            return false;
        }
        if entry.from.zip(entry.until).is_some_and(|(from, until)| until < from) {
            (entry.from, entry.until) = (None, None);
            let what = "ends before it begins: it is taken for listed without end";
            guessed.push(BadRow { line: place, what: format!("(entry {place} of the file) {what}") });
        }
        true
    });
    list.bad.extend(bad);
    list.guessed.extend(guessed);
}

/// Whether a text is the name of one of BIS's or OFAC's lists, as it stands in a column of lists.
fn names_a_list(text: &str) -> bool {
    let plain = text.to_lowercase();
    let lists = [
        "entity list",
        "denied persons list",
        "unverified list",
        "military end user",
        "specially designated nationals",
        "sectoral sanctions identifications",
    ];
    lists.iter().any(|list| plain.starts_with(list))
}

/// Why none of an entry's names can be searched; nothing where one can, or where it is an address without a name.
fn unsearchable(entry: &Entry) -> Option<String> {
    let searchable = |text: &str| match text.is_ascii() {
        true => text.bytes().any(|byte| byte.is_ascii_alphabetic()),
        false => {
            text.chars().any(char::is_alphabetic)
                && matches!(unread(text), None | Some(Unread::Long | Unread::Mixed(_) | Unread::Garbled(_)))
        }
    };
    let first = entry.names.first()?;
    if names_a_list(&first.text) && !names_a_list(&entry.list) {
        return Some(format!("has the name of a list for a name, {}: its cells may have moved", first.text));
    }
    if entry.names.iter().any(|name| searchable(&name.text)) {
        return None;
    }
    Some(match unread(&first.text) {
        Some(why) => format!("has a name that {why}"),
        None => format!("has a number for a name, {}: its cells may have moved", first.text),
    })
}
