//! Rows of JSON Lines: an object a line, whose members are cells.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use arrow_array::builder::StringBuilder;
use tollgate_model::Diagnostic;

use crate::headers::{BATCH, BATCH_BYTES, Columns, Headers, finished, row_at};
use crate::json_cells::{Members, cell};
use crate::mistakes::Cell;
use crate::side_cells::{SideTexts, add_unread_texts};

/// The longest line of JSON Lines that is read.
const MAX_LINE: u64 = 16 << 20;

/// The next rows of JSON Lines; `None` at the end.
pub(crate) fn next_json(
    path: &Path,
    reader: &mut BufReader<Box<dyn Read + Send>>,
    headers: &mut Headers,
    first_row: u64,
) -> Result<Option<Columns>, Diagnostic> {
    let expected = headers.table.columns();
    let mut builders: Vec<StringBuilder> = expected.iter().map(|_| StringBuilder::new()).collect();
    let (mut rows, mut bytes) = (0, 0);
    let (mut sides, mut said) = (SideTexts::default(), Vec::new());
    let mut line = Vec::new();
    while rows < BATCH && bytes < BATCH_BYTES {
        let wrong = |code: &'static str, column: &str, what: String, mend: &str| {
            Diagnostic::new(code, Cell::empty(row_at(first_row, rows), column).in_file(path), what, mend)
        };
        line.clear();
        let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
        let read = read.map_err(|error| {
            wrong("broken-file", "", format!("cannot be read: {error}"), "check that the file is whole")
        })?;
        if read == 0 {
            break;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let Members(members) = serde_json::from_slice(&line).map_err(|error| {
            wrong("not-json", "", format!("is not a JSON object: {error}"), "write one object on each line")
        })?;
        let mut cells: BTreeMap<String, Option<String>> = BTreeMap::new();
        let mut side = String::new();
        for (member, value) in members {
            let name = headers.name(member.trim());
            let text = match cell(&value) {
                Ok(text) => text,
                // Under a header that is not known it may be as deep as it likes, and is shown as it stands.
                Err(_) if headers.table.column(&name).is_none() => Some(value.to_string()),
                Err(what) => {
                    let mend = "write a text, a number, true or false, or a list of them";
                    return Err(wrong("nested-cell", &name, what.to_owned(), mend));
                }
            };
            if cells.contains_key(&name) {
                let what = "the member stands twice in the object".to_owned();
                return Err(wrong("repeated-column", &name, what, "take one of them out"));
            }
            if let Some(text) = text.as_deref().filter(|_| headers.is_held(&name)) {
                sides.add(&mut side, &name, text);
            }
            cells.insert(name, text);
        }
        for (builder, column) in builders.iter_mut().zip(expected) {
            match cells.get(column.name).and_then(Option::as_deref).map(str::trim) {
                Some(text) if !text.is_empty() => builder.append_value(text),
                _ => builder.append_null(),
            }
        }
        said.push(side);
        (rows, bytes) = (rows + 1, bytes + line.len());
    }
    let names: Vec<String> = expected.iter().map(|column| column.name.to_owned()).collect();
    let mut read = finished(&names, builders, rows);
    if let Some((columns, _)) = &mut read {
        add_unread_texts(columns, &said);
    }
    Ok(read)
}
