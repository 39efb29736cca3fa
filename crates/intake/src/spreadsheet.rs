//! Spreadsheets: `.xlsx`, `.xlsm`, `.xlsb`, `.xls` and `.ods`, by the stored values of their cells.
//!
//! Macros are not looked at. What a packed file unpacks to is counted before it is read.

use std::io::{Cursor, Read as _};

use calamine::{Data, DataRef, Dimensions, ExcelDateTime, Reader as _, SheetVisible, Sheets, Xlsx};

use tollgate_model::Diagnostic;

use crate::asides::{packed_asides, xls_asides};
use crate::faults::fault;
use crate::sheet::{Body, Cell, CellForm, Sheet};

/// A packed file may not unpack to more bytes.
const MAX_UNPACKED_BYTES: u64 = 1 << 30;
/// A sheet may not have more cells with something in them.
const MAX_CELLS: usize = 40_000_000;

type Rows = Vec<(u64, Vec<Cell>)>;

/// Whether bytes are those of a spreadsheet, by how they begin.
pub(crate) fn is_spreadsheet(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// The visible sheets of a spreadsheet. The error says what is wrong and how to mend it.
pub(crate) fn read_spreadsheet(file: &str, bytes: Vec<u8>) -> Result<Vec<Sheet>, Diagnostic> {
    let asides = if bytes.starts_with(b"PK") {
        check_size(&bytes)?;
        packed_asides(&bytes)
    } else {
        xls_asides(&bytes)
    };
    let wrong = |error: &dyn std::fmt::Display| {
        let mend = "open it and save it as .xlsx or CSV, without a password";
        fault("unreadable-spreadsheet", format!("is no spreadsheet that can be read: {error}"), mend)
    };
    let mut book = calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| wrong(&error))?;
    let sheets_of_book: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    let several = sheets_of_book.len() > 1;
    let mut sheets = Vec::new();
    for (name, visible) in sheets_of_book {
        let mut notes = Vec::new();
        let rows = match &mut book {
            Sheets::Xlsx(book) => xlsx_rows(book, &name, &mut notes),
            book => other_rows(book, &name, &mut notes),
        };
        let rows = rows.map_err(|error| wrong(&format!("sheet `{name}`: {error}")))?;
        if !visible && !rows.is_empty() {
            notes.push("the sheet is hidden in the file; it was read like the others".to_owned());
        }
        let name = several.then_some(name);
        let body = Body::Cells(rows);
        let asides = asides.clone();
        sheets.push(Sheet { file: file.to_owned(), name, form: "spreadsheet".to_owned(), notes, asides, body });
    }
    Ok(sheets)
}

/// Unpacks everything once, keeping nothing: sizes that the file states are not believed.
fn check_size(bytes: &[u8]) -> Result<(), Diagnostic> {
    let broken = |what: String| fault("broken-file", what, "save it again");
    let not_packed = |error: zip::result::ZipError| broken(format!("is no packed file: {error}"));
    let oversized = |what: &str| fault("oversized-file", what, "save the one sheet that is needed as CSV");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(not_packed)?;
    if archive.len() > 20_000 {
        return Err(oversized("has more than 20,000 parts"));
    }
    let mut left = MAX_UNPACKED_BYTES;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(not_packed)?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink())
            .map_err(|error| broken(format!("cannot be unpacked: part {place}: {error}")))?;
        left = left.checked_sub(read).ok_or_else(|| oversized("unpacks to more than 1 GB"))?;
    }
    Ok(())
}

fn xlsx_rows(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str, notes: &mut Vec<String>) -> Result<Rows, String> {
    let merged = book.merge_cells_by_sheet_name(name).unwrap_or_else(|error| {
        notes.push(format!("merged cells could not be looked up: {error}"));
        Vec::new()
    });
    let mut cells = book.worksheet_cells_reader(name).map_err(|error| error.to_string())?;
    let mut rows: Rows = Vec::new();
    let (mut formulas, mut valueless, mut count) = (0_usize, 0_usize, 0_usize);
    while let Some(found) = cells.next_cell_with_formula().map_err(|error| error.to_string())? {
        formulas += usize::from(found.formula.is_some());
        count += 1;
        if count > MAX_CELLS {
            return Err(format!("has more than {MAX_CELLS} cells"));
        }
        let (row, column) = found.pos;
        let mut read = cell(&found.value);
        if matches!(found.value, DataRef::Empty)
            && let Some(formula) = &found.formula
        {
            // What it comes to was never stored: it is not nothing.
            valueless += 1;
            read = valueless_cell(formula);
        }
        put(&mut rows, row, column, read);
    }
    say_formulas(formulas, notes);
    if valueless > 0 {
        notes.push(format!(
            "{valueless} formulas have no stored value and are not known: open the file in a spreadsheet and save it"
        ));
    }
    rows.sort_by_key(|(number, _)| *number);
    fill_merged(&mut rows, &merged, notes);
    rows.retain(|(_, cells)| cells.iter().any(|cell| !cell.text.trim().is_empty()));
    Ok(rows)
}

fn other_rows(book: &mut Sheets<Cursor<Vec<u8>>>, name: &str, notes: &mut Vec<String>) -> Result<Rows, String> {
    let range = book.worksheet_range(name).map_err(|error| error.to_string())?;
    let mut cells = std::collections::BTreeMap::new();
    let (first_row, first_column) = range.start().unwrap_or((0, 0));
    let place = |row: usize, column: usize| {
        let row = u32::try_from(row).map_err(|_| "has too many rows".to_owned())?;
        let column = u32::try_from(column).map_err(|_| "has too many columns".to_owned())?;
        Ok::<_, String>((row, column))
    };
    for (row, column, value) in range.used_cells() {
        let (row, column) = place(row, column)?;
        cells.insert((first_row + row, first_column + column), owned_cell(value));
    }
    match book.worksheet_formula(name) {
        Err(error) => notes.push(format!(
            "its formulas could not be looked up ({error}): cells whose value was never stored may be missing"
        )),
        Ok(formulas) => {
            let (first_row, first_column) = formulas.start().unwrap_or((0, 0));
            let mut count = 0;
            for (row, column, formula) in formulas.used_cells() {
                let (row, column) = place(row, column)?;
                count += 1;
                cells.entry((first_row + row, first_column + column)).or_insert_with(|| valueless_cell(formula));
            }
            say_formulas(count, notes);
        }
    }
    let mut rows: Rows = Vec::new();
    for ((row, column), cell) in cells {
        put(&mut rows, row, column, cell);
    }
    rows.retain(|(_, cells)| cells.iter().any(|cell| !cell.text.trim().is_empty()));
    Ok(rows)
}

fn say_formulas(formulas: usize, notes: &mut Vec<String>) {
    if formulas > 0 {
        notes.push(format!("{formulas} cells are formulas: the values stored with them were read"));
    }
}

fn put(rows: &mut Rows, row: u32, column: u32, cell: Cell) {
    let number = u64::from(row) + 1;
    if rows.last().is_none_or(|(last, _)| *last != number) {
        rows.push((number, Vec::new()));
    }
    if let (Some((_, cells)), Ok(column)) = (rows.last_mut(), usize::try_from(column))
        && column < 16_384
    {
        if cells.len() <= column {
            cells.resize(column + 1, Cell { text: String::new(), form: CellForm::Text });
        }
        if let Some(place) = cells.get_mut(column) {
            *place = cell;
        }
    }
}

/// A merged cell says the same of every row that it goes over.
fn fill_merged(rows: &mut Rows, merged: &[Dimensions], notes: &mut Vec<String>) {
    let mut filled = 0_usize;
    for area in merged {
        let Ok(column) = usize::try_from(area.start.1) else { continue };
        let first = u64::from(area.start.0) + 1;
        let last = u64::from(area.end.0) + 1;
        let begin = rows.partition_point(|(number, _)| *number < first);
        let end = rows.partition_point(|(number, _)| *number <= last);
        let Some(area) = rows.get_mut(begin..end) else { continue };
        let Some(value) =
            area.first().filter(|(number, _)| *number == first).and_then(|(_, cells)| cells.get(column)).cloned()
        else {
            continue;
        };
        for (_, cells) in area.iter_mut().skip(1) {
            if let Some(cell) = cells.get_mut(column).filter(|cell| cell.text.is_empty()) {
                *cell = value.clone();
                filled += 1;
            } else if cells.len() <= column && cells.iter().any(|cell| !cell.text.is_empty()) {
                cells.resize(column + 1, Cell { text: String::new(), form: CellForm::Text });
                if let Some(cell) = cells.last_mut() {
                    *cell = value.clone();
                    filled += 1;
                }
            }
        }
    }
    if filled > 0 {
        notes.push(format!("{filled} cells under merged ones were given the value of the merged cell"));
    }
}

fn text_cell(text: impl Into<String>) -> Cell {
    Cell { text: text.into(), form: CellForm::Text }
}

/// A formula whose value was never stored.
fn valueless_cell(formula: &str) -> Cell {
    text_cell(format!("? ={}", formula.chars().take(60).collect::<String>()))
}

/// A number as a spreadsheet shows it, without the tail that binary fractions have.
fn number_cell(value: f64) -> Cell {
    let text = format!("{value}");
    let text = if text.len() > 17 && text.contains('.') {
        let short = format!("{value:.9}");
        short.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    };
    Cell { text, form: CellForm::Number }
}

fn day_cell(value: &ExcelDateTime) -> Cell {
    if !value.is_datetime() {
        return number_cell(value.as_f64());
    }
    let (year, month, day, ..) = value.to_ymd_hms_milli();
    Cell { text: format!("{year:04}-{month:02}-{day:02}"), form: CellForm::Day }
}

fn cell(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Int(value) => Cell { text: value.to_string(), form: CellForm::Number },
        DataRef::Float(value) => number_cell(*value),
        DataRef::String(text) => text_cell(text.as_str()),
        DataRef::SharedString(text) => text_cell(*text),
        DataRef::Bool(value) => text_cell(value.to_string()),
        DataRef::DateTime(value) => day_cell(value),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text_cell(text.as_str()),
        DataRef::Error(error) => text_cell(error.to_string()),
        DataRef::Empty => text_cell(""),
    }
}

fn owned_cell(value: &Data) -> Cell {
    match value {
        Data::Int(value) => Cell { text: value.to_string(), form: CellForm::Number },
        Data::Float(value) => number_cell(*value),
        Data::String(text) => text_cell(text.as_str()),
        Data::Bool(value) => text_cell(value.to_string()),
        Data::DateTime(value) => day_cell(value),
        Data::DateTimeIso(text) | Data::DurationIso(text) => text_cell(text.as_str()),
        Data::Error(error) => text_cell(error.to_string()),
        Data::Empty => text_cell(""),
    }
}
