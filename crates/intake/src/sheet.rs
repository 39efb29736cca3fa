//! One table of a file, row by row, whatever the file is.

use std::ops::ControlFlow;

use tollgate_model::{Diagnostic, count_of};

use crate::faults::{SAVE_ANEW, row_fault};

/// What a cell of a spreadsheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellForm {
    /// A text, also every cell of a text file.
    Text,
    /// A number, written with a decimal point and no groups.
    Number,
    /// A day, written as `YYYY-MM-DD`.
    Day,
}

/// A cell of a spreadsheet.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) form: CellForm,
}

/// A row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Row<'a> {
    /// Of a text file.
    Text(&'a csv::StringRecord),
    /// Of a spreadsheet.
    Cells(&'a [Cell]),
}

impl<'a> Row<'a> {
    /// How many cells the row has.
    pub(crate) fn len(self) -> usize {
        match self {
            Row::Text(record) => record.len(),
            Row::Cells(cells) => cells.len(),
        }
    }

    /// The text of a cell without space around it; empty past the end.
    pub(crate) fn text(self, place: usize) -> &'a str {
        match self {
            Row::Text(record) => trimmed(record.get(place).unwrap_or("")),
            Row::Cells(cells) => cells.get(place).map_or("", |cell| trimmed(&cell.text)),
        }
    }

    /// What a cell is.
    pub(crate) fn form(self, place: usize) -> CellForm {
        match self {
            Row::Text(_) => CellForm::Text,
            Row::Cells(cells) => cells.get(place).map_or(CellForm::Text, |cell| cell.form),
        }
    }

    /// Its cells as texts.
    pub(crate) fn texts(self) -> Vec<String> {
        (0..self.len()).map(|place| self.text(place).to_owned()).collect()
    }
}

/// A text without space around it; most have none.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// What holds the rows.
#[derive(Debug)]
pub(crate) enum Body {
    /// Text with a delimiter; rows count from the line after `skipped_lines`.
    Delimited { text: String, delimiter: u8, skipped_lines: u64 },
    /// Cells, with the number of each row as the spreadsheet shows it.
    Cells(Vec<(u64, Vec<Cell>)>),
}

/// What a file says beside the cells of a table, such as a comment on one of them.
#[derive(Clone, Debug)]
pub(crate) struct Aside {
    /// The row that it is about, as the file counts; 0 is every row.
    pub(crate) row: u64,
    /// What it is, by the name under which the mapping may leave it out.
    pub(crate) what: &'static str,
    /// Its text, as far as it is known.
    pub(crate) text: String,
}

/// One table of a file.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// The file's name.
    pub(crate) file: String,
    /// The sheet's name, where the file has several.
    pub(crate) name: Option<String>,
    /// How it was read, for the report: encoding and delimiter.
    pub(crate) form: String,
    /// What a person should know of it.
    pub(crate) notes: Vec<String>,
    /// What the file says beside its cells.
    pub(crate) asides: Vec<Aside>,
    /// Its rows.
    pub(crate) body: Body,
}

/// A cell may not be larger, in bytes.
const MAX_CELL_BYTES: usize = 1 << 20;
/// A row may not have more cells.
const MAX_CELLS: usize = 16_384;
/// A cell of a text file may not go over more lines: a quote is not closed.
const MAX_CELL_LINES: u64 = 500;

impl Sheet {
    /// What to call it in messages.
    pub(crate) fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("{} [{name}]", self.file),
            None => self.file.clone(),
        }
    }

    /// Hands over each row that is not empty, with its number, until `each` breaks. The error says what is wrong with a row and how to mend it.
    pub(crate) fn for_each(&self, each: &mut dyn FnMut(u64, Row<'_>) -> ControlFlow<()>) -> Result<(), Diagnostic> {
        match &self.body {
            Body::Cells(rows) => {
                for (number, cells) in rows {
                    if each(*number, Row::Cells(cells)).is_break() {
                        break;
                    }
                }
                Ok(())
            }
            Body::Delimited { text, delimiter, skipped_lines } => {
                let mut reader = csv::ReaderBuilder::new()
                    .delimiter(*delimiter)
                    .has_headers(false)
                    .flexible(true)
                    .buffer_capacity(1 << 16)
                    .from_reader(text.as_bytes());
                let mut record = csv::StringRecord::new();
                let mut counter = LineCounter::new(text);
                loop {
                    let (start, line) = (reader.position().byte(), reader.position().line());
                    let more = reader.read_record(&mut record);
                    let number = counter.line_at(start) + skipped_lines;
                    match more {
                        Ok(true) => {}
                        Ok(false) => return Ok(()),
                        Err(error) => return Err(row_fault("unreadable-row", number, error.to_string(), SAVE_ANEW)),
                    }
                    check_bounds(&record, number, reader.position().line() - line)?;
                    if record.iter().all(|cell| cell.trim().is_empty()) {
                        continue;
                    }
                    if each(number, Row::Text(&record)).is_break() {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Its first rows that are not empty, with their numbers.
    pub(crate) fn head(&self, count: usize) -> Result<Vec<(u64, Vec<String>)>, Diagnostic> {
        let mut rows = Vec::new();
        self.for_each(&mut |number, row| {
            rows.push((number, row.texts()));
            if rows.len() < count { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        Ok(rows)
    }
}

/// Counts the lines of a text, whatever they end with. The reader of rows counts `\n` alone, and stops between the two of `\r\n`.
struct LineCounter<'a> {
    text: &'a [u8],
    has_returns: bool,
    place: usize,
    line: u64,
}

impl<'a> LineCounter<'a> {
    /// At the first line of a text.
    fn new(text: &'a str) -> LineCounter<'a> {
        LineCounter { text: text.as_bytes(), has_returns: text.contains('\r'), place: 0, line: 1 }
    }

    /// The line in which the row stands that is read from a byte on; empty lines before it are passed over. The bytes of all calls go up.
    fn line_at(&mut self, byte: u64) -> u64 {
        let start = usize::try_from(byte).map_or(self.text.len(), |byte| byte.min(self.text.len()));
        self.pass(start);
        let rest = self.text.get(self.place..).unwrap_or(&[]);
        let empty = rest.iter().take_while(|letter| matches!(letter, b'\n' | b'\r')).count();
        self.pass(self.place + empty);
        self.line
    }

    /// Counts the ends of lines up to a place.
    fn pass(&mut self, end: usize) {
        let passed = self.text.get(self.place..end).unwrap_or(&[]);
        let mut ends = passed.iter().filter(|letter| **letter == b'\n').count();
        if self.has_returns {
            let is_alone = |place: usize| self.text.get(self.place + place + 1) != Some(&b'\n');
            ends += passed.iter().enumerate().filter(|(place, letter)| **letter == b'\r' && is_alone(*place)).count();
        }
        self.line += count_of(ends);
        self.place = self.place.max(end);
    }
}

fn check_bounds(record: &csv::StringRecord, number: u64, lines: u64) -> Result<(), Diagnostic> {
    if record.as_slice().len() > MAX_CELL_BYTES && record.iter().any(|cell| cell.len() > MAX_CELL_BYTES) {
        let mend = "is a quote not closed there? Shorten the cell";
        return Err(row_fault("oversized-cell", number, "has a cell of more than 1 MB", mend));
    }
    if lines > MAX_CELL_LINES {
        let what = format!("goes over {lines} lines");
        return Err(row_fault("open-quote", number, what, "close the quote that begins there"));
    }
    if record.len() > MAX_CELLS {
        let what = format!("has {} cells", record.len());
        return Err(row_fault("too-many-cells", number, what, format!("at most {MAX_CELLS} are read")));
    }
    Ok(())
}

/// The delimiter of a text, and what stands before its first row: (delimiter, bytes, lines).
pub(crate) struct Delimiter {
    pub(crate) byte: u8,
    pub(crate) skipped_bytes: usize,
    pub(crate) skipped_lines: u64,
    pub(crate) declared: bool,
}

/// Finds the delimiter: as a `sep=` line says it, else the one by which most rows have the same number of cells.
pub(crate) fn delimiter_of(text: &str) -> Delimiter {
    let first = text.lines().next().unwrap_or("");
    let bare = first.trim().trim_matches('"');
    let declared = bare
        .strip_prefix("sep=")
        .or_else(|| bare.strip_prefix("SEP="))
        .and_then(|rest| if rest.is_empty() { Some(b'\t') } else { rest.bytes().next().filter(u8::is_ascii) });
    if let Some(byte) = declared {
        let skipped_bytes = text.find('\n').map_or(text.len(), |at| at + 1);
        return Delimiter { byte, skipped_bytes, skipped_lines: 1, declared: true };
    }
    let head: String = text.split_inclusive('\n').take(200).take_while(|line| line.len() < 1 << 16).collect();
    let best = [b',', b';', b'\t', b'|'].into_iter().rev().max_by_key(|byte| regularity(&head, *byte));
    Delimiter { byte: best.unwrap_or(b','), skipped_bytes: 0, skipped_lines: 0, declared: false }
}

/// How many cells the rows of the commonest width have beyond the first, all together.
fn regularity(head: &str, delimiter: u8) -> usize {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(head.as_bytes());
    let mut widths = std::collections::BTreeMap::new();
    for record in reader.records().flatten() {
        *widths.entry(record.len()).or_insert(0_usize) += 1;
    }
    widths.into_iter().map(|(width, rows)| rows * rows * (width.min(60) - 1)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_told() {
        let cases = [
            ("a,b,c\n1,2,3\n", b','),
            ("a;b;c\n1,5;2,5;\"x, y\"\n3,5;4,5;z\n", b';'),
            ("a\tb\n1,5\t2\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("sep=;\na;b\n", b';'),
            ("one\ntwo\n", b','),
        ];
        for (text, delimiter) in cases {
            assert_eq!(delimiter_of(text).byte, delimiter, "{text}");
        }
    }

    #[test]
    fn rows_are_numbered_by_their_lines_whatever_these_end_with() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "1,2", "", "3,\"x", "y\"", "5,6", ""].join(end);
            let body = Body::Delimited { text, delimiter: b',', skipped_lines: 2 };
            let sheet = Sheet {
                file: "f.csv".to_owned(),
                name: None,
                form: String::new(),
                notes: Vec::new(),
                asides: Vec::new(),
                body,
            };
            let mut rows = Vec::new();
            let read = sheet.for_each(&mut |number, row| {
                rows.push((number, row.text(0).to_owned()));
                ControlFlow::Continue(())
            });
            read.unwrap();
            let expected = [(3, "a"), (4, "1"), (6, "3"), (8, "5")];
            assert_eq!(rows, expected.map(|(number, text)| (number, text.to_owned())), "{end:?}");
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_is_refused() {
        let text = format!("a,b\n1,\"two\n{}", "3,4\n".repeat(2_000));
        let body = Body::Delimited { text, delimiter: b',', skipped_lines: 0 };
        let sheet = Sheet {
            file: "f.csv".to_owned(),
            name: None,
            form: String::new(),
            notes: Vec::new(),
            asides: Vec::new(),
            body,
        };
        let error = sheet.for_each(&mut |_, _| ControlFlow::Continue(())).unwrap_err().to_string();
        assert!(error.contains("row 2") && error.contains("quote"), "{error}");
    }
}
