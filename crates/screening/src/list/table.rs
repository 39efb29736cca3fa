//! Delimited files as their publishers write them: a row that is not in order costs itself and no other.

use std::borrow::Cow;

use super::check::IS_HTML;
use super::{BadRow, List};
use crate::references::resolve;
use crate::sizes::count_of;

/// A cell in quotes that is longer is one whose closing quote is missing.
const LONGEST_CELL: usize = 100_000;

/// A row's cells.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) line: u64,
    pub(super) cells: Vec<String>,
}

impl Record {
    /// The same with the characters that references in its cells stand for, such as `&eacute;`.
    fn with_references(mut self) -> Record {
        for cell in &mut self.cells {
            if let Cow::Owned(plain) = resolve(cell) {
                *cell = plain;
            }
        }
        self
    }
}

/// A record from the start of a text, quoted as the rules are, and how many bytes it takes; nothing where a quote is not closed or something stands
/// behind a closing one.
fn strict(text: &str, delimiter: u8) -> Option<(Vec<String>, usize)> {
    let bytes = text.as_bytes();
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let mut next;
        if bytes.get(at) == Some(&b'"') {
            let (cell, after) = quoted(text, at + 1)?;
            cells.push(cell);
            next = after;
            while bytes.get(next) == Some(&b' ') {
                next += 1;
            }
        } else {
            let rest = bytes.get(at..)?;
            let length = rest.iter().position(|byte| *byte == delimiter || matches!(byte, b'\n' | b'\r'));
            next = at + length.unwrap_or(rest.len());
            cells.push(text.get(at..next)?.trim().to_owned());
        }
        match bytes.get(next) {
            Some(byte) if *byte == delimiter => at = next + 1,
            None => return Some((cells, next)),
            Some(b'\r') if bytes.get(next + 1) == Some(&b'\n') => return Some((cells, next + 2)),
            Some(b'\n' | b'\r') => return Some((cells, next + 1)),
            Some(_) => return None,
        }
    }
}

/// What stands in quotes from a place behind the opening one, and the place behind the closing one.
fn quoted(text: &str, from: usize) -> Option<(String, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let length = bytes.get(at..)?.iter().take(LONGEST_CELL).position(|byte| *byte == b'"')?;
        let quote = at + length;
        if quote - from > LONGEST_CELL {
            return None;
        }
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some((text.get(from..quote)?.replace("\"\"", "\"").trim().to_owned(), quote + 1));
        }
        at = quote + 2;
    }
}

/// The cells of one line where quotes also stand within cells, as OFAC writes them: a quote closes only before a delimiter or at the end. What
/// follows an opening quote that none closes is one cell.
pub(super) fn lenient(line: &str, delimiter: char) -> Vec<String> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let start = if delimiter == '\t' { rest } else { rest.trim_start_matches(' ') };
        let (cell, after) = match start.strip_prefix('"') {
            Some(inside) => {
                let closes = inside.match_indices('"').find_map(|(at, _)| {
                    let (cell, after) = (inside.get(..at)?, inside.get(at + 1..)?);
                    let behind = if delimiter == '\t' { after } else { after.trim_start_matches(' ') };
                    (behind.is_empty() || behind.starts_with(delimiter)).then_some((cell, behind))
                });
                match closes {
                    Some((cell, behind)) => (cell, behind.strip_prefix(delimiter)),
                    None => (inside, None),
                }
            }
            None => match start.split_once(delimiter) {
                Some((cell, after)) => (cell, Some(after)),
                None => (start, None),
            },
        };
        cells.push(cell.trim().replace("\"\"", "\""));
        match after {
            Some(after) => rest = after,
            None => return cells,
        }
    }
}

/// The first line of a text without its end, and what follows.
fn line_of(text: &str) -> (&str, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    (line.strip_suffix('\r').unwrap_or(line), rest)
}

/// Whether a line holds nothing: also the byte that ends files of old.
fn blank(line: &str) -> bool {
    line.trim_matches(|c: char| c.is_whitespace() || c == '\u{1a}' || c == '\u{feff}').is_empty()
}

/// The record of so many bytes that a text begins with, and what follows it. A record that does not end within the text cannot be: the list then has
/// a bad row, and nothing.
fn divide<'a>(text: &'a str, length: usize, line: u64, list: &mut List) -> Option<(&'a str, &'a str)> {
    let parts = text.split_at_checked(length);
    if !tollgate_model::always!(parts.is_some(), "a record ends within its text") {
        list.bad.push(BadRow { line, what: "has no end: what follows was not read".to_owned() });
    }
    parts
}

/// Calls `take` with the header and each record behind it that has its number of cells, and counts all others in the list as
/// bad or guessed. `lines_ahead` is how many lines stand before the header.
fn each_record(
    text: &str,
    delimiter: u8,
    lines_ahead: usize,
    list: &mut List,
    take: &mut dyn FnMut(&[String], Record, &mut List),
) {
    let mut header: Option<Vec<String>> = None;
    let (mut rest, mut line) = (text, 1_u64);
    let mut ahead = Vec::new();
    for _ in 0..lines_ahead {
        let (title, behind) = line_of(rest);
        ahead.push(Record { line, cells: lenient(title, char::from(delimiter)) });
        (rest, line) = (behind, line + 1);
    }
    while !rest.is_empty() {
        let (first, behind) = line_of(rest);
        if blank(first) {
            (rest, line) = (behind, line + 1);
            continue;
        }
        let whole = strict(rest, delimiter);
        let Some(columns) = &header else {
            let (cells, length) = whole.unwrap_or((lenient(first, char::from(delimiter)), rest.len() - behind.len()));
            let Some((record, left)) = divide(rest, length, line, list) else { return };
            (rest, line) = (left, line + lines_in(record));
            header = Some(cells.iter().map(|cell| column_name(cell)).collect());
            note_rows_ahead(std::mem::take(&mut ahead), cells.len(), list);
            continue;
        };
        let width = columns.len();
        list.rows += 1;
        let in_order = whole.filter(|(cells, length)| {
            let swallowed = rest.get(first.len()..*length);
            // A line within quotes that would be a row by itself is one that an open quote has taken in.
            let looks_like_row = |line: &str| width > 2 && lenient(line, char::from(delimiter)).len() == width;
            cells.len() == width && !swallowed.is_some_and(|text| text.lines().skip(1).any(looks_like_row))
        });
        if let Some((cells, length)) = in_order {
            if width > 1 && cells.iter().zip(columns).all(|(cell, column)| column_name(cell) == *column) {
                list.bad.push(BadRow { line, what: "is the header again: two tables were joined".to_owned() });
            } else {
                take(columns, Record { line, cells }, list);
            }
            let Some((record, left)) = divide(rest, length, line, list) else { return };
            (rest, line) = (left, line + lines_in(record));
            continue;
        }
        // What is meant as one column has no delimiter.
        let is_cell = width == 1 && !first.contains('"') && !is_html(first) && !is_element(first);
        let cells = if is_cell { vec![first.trim().to_owned()] } else { lenient(first, char::from(delimiter)) };
        let cells = if cells.len() == width { cells } else { other_quotes(first, delimiter, width).unwrap_or(cells) };
        if cells.len() == width {
            let what = "has quotes that are not in order: it was read to the end of its line";
            list.guessed.push(BadRow { line, what: what.to_owned() });
            take(columns, Record { line, cells }, list);
        } else {
            let what = match is_html(first) || is_element(first) {
                true => IS_HTML.to_owned(),
                false => format!("has {} cells where the header has {width}", cells.len()),
            };
            list.bad.push(BadRow { line, what });
        }
        (rest, line) = (behind, line + 1);
    }
}

/// Notes what stands before the header and has its cells, more than one of them filled: it may be a row that moved, and no title.
fn note_rows_ahead(ahead: Vec<Record>, width: usize, list: &mut List) {
    for Record { line, cells } in ahead {
        if cells.len() == width && cells.iter().filter(|cell| !cell.is_empty()).count() > 1 {
            list.rows += 1;
            list.bad.push(BadRow { line, what: "stands before the header and was not read".to_owned() });
        }
    }
}

fn lines_in(text: &str) -> u64 {
    count_of(text.bytes().filter(|byte| *byte == b'\n').count())
}

/// A column's name as it is looked up: in lower case, with one `_` for whatever stands between words.
pub(super) fn column_name(cell: &str) -> String {
    let lower = cell.trim().trim_start_matches('\u{feff}').to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_")
}

/// One row, by column name.
pub(super) struct Row<'a> {
    columns: &'a [String],
    record: Record,
    pub(super) line: u64,
}

impl Row<'_> {
    /// A cell without the space around it; empty where the column is absent.
    pub(super) fn get(&self, column: &str) -> &str {
        let at = self.columns.iter().position(|name| name == column);
        at.and_then(|at| self.record.cells.get(at)).map_or("", |cell| cell.trim())
    }
}

/// How a delimited file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) delimiter: u8,
    /// Lines before the header.
    pub(super) lines_ahead: usize,
}

/// The cells of a line whose quotes are closed or written in another way than the rules say, where it then has as many as the header: quotes within a cell
/// behind backslashes, or one that none closes.
pub(super) fn other_quotes(line: &str, delimiter: u8, width: usize) -> Option<Vec<String>> {
    let escaped = line.replace("\\\"", "\"\"");
    let whole = strict(&escaped, delimiter).map(|(cells, _)| cells).filter(|cells| cells.len() == width);
    let is_open = line.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
    let without = || -> Vec<String> {
        line.split(char::from(delimiter)).map(|cell| cell.trim().trim_matches('"').trim().to_owned()).collect()
    };
    whole.or_else(|| Some(without()).filter(|cells| is_open && cells.len() == width))
}

/// Whether a line is nothing but an element of HTML or XML, as an error page may be that stands in the place of rows.
fn is_element(line: &str) -> bool {
    let text = line.trim();
    let mut inside = text.strip_prefix('<').unwrap_or("").chars();
    text.ends_with('>') && inside.next().is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
}

/// Whether a text begins as a page of HTML or a part of one does.
pub(super) fn is_html(text: &str) -> bool {
    let start = text.trim_start().get(..5).unwrap_or("").to_ascii_lowercase();
    start.starts_with("</") || start.starts_with("<!") || start == "<html" || start == "<head" || start == "<body"
}

/// Hands on every row that can be read, and reports the others.
pub(super) fn each_row(text: &str, layout: Layout, list: &mut List, row: &mut dyn FnMut(Row<'_>, &mut List)) {
    each_record(text, layout.delimiter, layout.lines_ahead, list, &mut |columns, record, list| {
        // A page of HTML in the place of a row names nobody.
        if record.cells.iter().any(|cell| is_html(cell)) {
            return list.bad.push(BadRow { line: record.line, what: IS_HTML.to_owned() });
        }
        row(Row { columns, line: record.line, record: record.with_references() }, list);
    });
}

/// The rows of a file without a header whose first cell is a number and whose last may hold anything; `-0-` stands for nothing. A line that does not
/// begin with a number goes on with the one before.
pub(super) fn numbered_rows(text: &str, width: usize, list: &mut List) -> Vec<Record> {
    let mut lines: Vec<(u64, String)> = Vec::new();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !blank(text)) {
        let number = text.split_once(',').map_or(text, |(number, _)| number).trim().trim_matches('"');
        let begins = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) && text.contains(',');
        match lines.last_mut() {
            Some((_, last)) if !begins && lenient(last, ',').len() < width => {
                last.push(' ');
                last.push_str(text);
            }
            _ => lines.push((line, text.to_owned())),
        }
    }
    let mut rows = Vec::new();
    for (line, text) in lines {
        let mut cells = lenient(&text, ',');
        if cells.len() < width
            && let Some(others) = other_quotes(&text, b',', width)
        {
            cells = others;
            let what = "has quotes that are not in order: it was read cell by cell";
            list.guessed.push(BadRow { line, what: what.to_owned() });
        }
        if rows.is_empty() && cells.first().is_some_and(|cell| column_name(cell) == "ent_num") {
            continue;
        }
        list.rows += 1;
        if is_html(&text) || is_element(&text) {
            list.bad.push(BadRow { line, what: IS_HTML.to_owned() });
            continue;
        }
        if cells.len() > width {
            let last = cells.split_off(width - 1);
            cells.push(last.join(", "));
            let what = "has quotes that are not in order: its last cell was read to the end of the line";
            list.guessed.push(BadRow { line, what: what.to_owned() });
        }
        for cell in cells.iter_mut().filter(|cell| cell.trim() == "-0-") {
            cell.clear();
        }
        let numbered = cells.first().is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
        match cells.len() {
            count if count == width && numbered => rows.push(Record { line, cells }.with_references()),
            count if count == width => list.bad.push(BadRow { line, what: "does not begin with a number".to_owned() }),
            count => list.bad.push(BadRow { line, what: format!("has {count} cells where {width} are expected") }),
        }
    }
    rows
}

/// Keeps a row without a name out of the list.
pub(super) fn refuse_nameless(line: u64, list: &mut List) {
    list.bad.push(BadRow { line, what: "has neither a name nor an address".to_owned() });
}
