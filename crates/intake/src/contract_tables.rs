//! Tables of items and of stakes that are in the contract's form already: they are taken as they are.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

use tollgate_model::Diagnostic;
use tollgate_records::Table;

use crate::items;
use crate::sheet::Sheet;

/// Items and stakes of the contract's form, as far as files have them.
#[derive(Debug, Default)]
pub(crate) struct ContractTables {
    /// The rows of items by their names, each a cell by column.
    items: BTreeMap<String, BTreeMap<String, String>>,
    /// The rows of stakes.
    stakes: Vec<BTreeMap<String, String>>,
}

/// The table whose columns the first row of a sheet names: of items or of stakes, with no other column; `None` where it is none.
pub(crate) fn table_of(sheet: &Sheet) -> Option<Table> {
    let head = sheet.head(1).ok()?;
    let headers = &head.first()?.1;
    let filled: Vec<&String> = headers.iter().filter(|header| !header.is_empty()).collect();
    [Table::Items, Table::Ownership].into_iter().find(|table| {
        let required = table.columns().iter().filter(|column| column.required);
        let has = |name: &str| filled.iter().any(|header| header.trim() == name);
        filled.len() >= 2
            && required.clone().all(|column| has(column.name))
            && filled.iter().all(|header| table.column_of_header(header).is_some())
            && !(has("quantity") || has("order_id"))
    })
}

/// The files that are meant: a folder stands for those in it that are read, in order of name.
pub(crate) fn files_of(paths: &[PathBuf]) -> Vec<PathBuf> {
    const ENDINGS: &[&str] = &["csv", "tsv", "tab", "txt", "psv", "xlsx", "xlsm", "xlsb", "xls", "ods"];
    let mut files = Vec::new();
    for path in paths {
        let Ok(folder) = std::fs::read_dir(path) else {
            files.push(path.clone());
            continue;
        };
        let is_read = |path: &PathBuf| {
            path.extension().is_some_and(|ending| ENDINGS.contains(&ending.to_string_lossy().to_lowercase().as_str()))
        };
        let mut inside: Vec<PathBuf> = folder.flatten().map(|entry| entry.path()).filter(is_read).collect();
        inside.sort();
        files.extend(inside);
    }
    files
}

impl ContractTables {
    /// Takes the rows of a sheet; returns how many. The error names no file.
    pub(crate) fn read(&mut self, sheet: &Sheet, table: Table) -> Result<usize, Diagnostic> {
        let mut headers: Vec<String> = Vec::new();
        let mut rows = 0;
        sheet.for_each(&mut |_, row| {
            if headers.is_empty() {
                let name = |header: String| {
                    table.column_of_header(&header).map_or(header.clone(), |column| column.name.to_owned())
                };
                headers = row.texts().into_iter().map(name).collect();
                return ControlFlow::Continue(());
            }
            let cells: BTreeMap<String, String> = headers.iter().cloned().zip(row.texts()).collect();
            rows += 1;
            match table {
                Table::Items => self.add_item(cells),
                _ => self.stakes.push(cells),
            }
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }

    /// Adds a row of items. What stands twice and differs is kept twice, so that the reader of the table says so.
    fn add_item(&mut self, cells: BTreeMap<String, String>) {
        let mut name = cells.get("item").map_or_else(String::new, Clone::clone);
        while self.items.get(&name).is_some_and(|other| *other != cells) {
            name.push('\0');
        }
        self.items.insert(name, cells);
    }

    /// Whether a row has an item of a name.
    pub(crate) fn has_item(&self, name: &str) -> bool {
        self.items.contains_key(name)
    }

    /// How many accelerators a unit of an item holds, where a row says it.
    pub(crate) fn accelerators(&self, name: &str) -> Option<i64> {
        self.items.get(name)?.get("accelerators")?.trim().parse().ok()
    }

    /// The items table with further rows, whose cells are those of [`items::COLUMNS`].
    pub(crate) fn items_csv(&self, further: impl Iterator<Item = Vec<String>>) -> String {
        let is_used = |name: &str| {
            items::COLUMNS.contains(&name)
                || self.items.values().any(|row| row.get(name).is_some_and(|text| !text.is_empty()))
        };
        let others = Table::Items.columns().iter().map(|column| column.name);
        let columns: Vec<&str> = items::COLUMNS
            .iter()
            .copied()
            .chain(others.filter(|name| !items::COLUMNS.contains(name) && is_used(name)))
            .collect();
        let row = |row: &BTreeMap<String, String>| -> Vec<String> {
            columns.iter().map(|column| row.get(*column).map_or_else(String::new, Clone::clone)).collect()
        };
        let stated: Vec<Vec<String>> = self.items.values().map(row).collect();
        let further = further.map(|mut cells| {
            cells.resize(columns.len(), String::new());
            cells
        });
        crate::csv_text(&columns, stated.into_iter().chain(further))
    }

    /// The table of stakes; `None` where no file has one.
    pub(crate) fn stakes_csv(&self) -> Option<String> {
        let columns: Vec<&str> = Table::Ownership.columns().iter().map(|column| column.name).collect();
        let row = |row: &BTreeMap<String, String>| -> Vec<String> {
            columns.iter().map(|column| row.get(*column).map_or_else(String::new, Clone::clone)).collect()
        };
        (!self.stakes.is_empty()).then(|| crate::csv_text(&columns, self.stakes.iter().map(row)))
    }
}
