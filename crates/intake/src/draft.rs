//! A mapping file to be filled in, for files in which no table of orders is found.

use std::path::{Path, PathBuf};

use crate::columns::plan;
use crate::header::target;
use crate::mapping::{Mapping, TableMapping};
use crate::sheet::Sheet;
use crate::vocabulary::headers;
use crate::{Options, read_file};

/// The row of a sheet that most likely has its headers, with their number: the first that has the most cells filled in. The last are empty where none has two.
fn likely_header(sheet: &Sheet) -> Option<(u64, Vec<String>)> {
    let head = sheet.head(80).ok()?;
    let filled = |cells: &[String]| cells.iter().filter(|cell| !cell.trim().is_empty()).count();
    let most = head.iter().map(|(_, cells)| filled(cells)).max().filter(|most| *most >= 2)?;
    let found = head.into_iter().find(|(_, cells)| filled(cells) == most);
    found.map(|(row, cells)| (row, cells.iter().map(|cell| cell.trim().to_owned()).collect()))
}

/// A sheet as a table of orders of which not all headers are known; `None` where no row looks like headers.
fn table_of(sheet: &Sheet) -> Option<TableMapping> {
    let planned = plan(sheet, None).ok().flatten();
    let (row, header) = match planned {
        Some(plan) => (plan.header_row, plan.header),
        None => likely_header(sheet)?,
    };
    let known = |header: &String| target(header, headers("orders"), None).map_or("", |found| found.target).to_owned();
    let columns = header.iter().filter(|header| !header.is_empty()).map(|header| (header.clone(), known(header)));
    Some(TableMapping {
        file: sheet.file.clone(),
        sheet: sheet.name.clone(),
        kind: "orders".to_owned(),
        header_row: Some(row),
        columns: columns.collect(),
        ..TableMapping::default()
    })
}

fn tables_of(path: &Path, options: &Options) -> Vec<TableMapping> {
    let sheets = read_file(path, options).into_iter().flatten();
    sheets.filter_map(|sheet| table_of(&sheet)).collect()
}

/// The text of a mapping file with the headers of the files, those that are not known without a column.
pub fn draft_mapping(files: &[PathBuf], options: &Options) -> String {
    let tables = files.iter().flat_map(|path| tables_of(path, options)).collect();
    Mapping { tables, ..options.mapping.clone() }.to_toml()
}

/// What the headers of the files are, and which of them are not known, in a sentence; empty where no row looks like headers.
pub(crate) fn headers_seen(files: &[PathBuf], options: &Options) -> String {
    let tables: Vec<TableMapping> = files.iter().flat_map(|path| tables_of(path, options)).collect();
    let list = |is_wanted: &dyn Fn(&str) -> bool| {
        let columns = tables.iter().flat_map(|table| &table.columns);
        let headers: Vec<String> = columns
            .filter(|(_, target)| is_wanted(target))
            .take(40)
            .map(
                |(header, target)| {
                    if target.is_empty() { format!("`{header}`") } else { format!("`{header}` ({target})") }
                },
            )
            .collect();
        headers.join(", ")
    };
    let (known, unknown) = (list(&|target| !target.is_empty()), list(&str::is_empty));
    match (known.as_str(), unknown.as_str()) {
        ("", "") => String::new(),
        ("", unknown) => format!("; no header is known: {unknown}"),
        (known, "") => format!("; the headers are {known}"),
        (known, unknown) => format!("; known are {known}; not known are {unknown}"),
    }
}
