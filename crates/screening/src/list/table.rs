use super::{BadRow, List};

/// The rows of a delimited file with a header, by column name.
pub(super) struct Rows {
    columns: Vec<String>,
}

/// One row.
pub(super) struct Row<'a> {
    columns: &'a [String],
    cells: &'a csv::StringRecord,
    pub(super) line: u64,
}

impl Row<'_> {
    /// A cell without the space around it; empty where the column is absent.
    pub(super) fn get(&self, column: &str) -> &str {
        let at = self.columns.iter().position(|own| own == column);
        at.and_then(|at| self.cells.get(at)).unwrap_or_default().trim()
    }
}

impl Rows {
    /// Hands on every row that can be read, and reports the others.
    pub(super) fn each(text: &str, delimiter: u8, list: &mut List, row: &mut dyn FnMut(Row<'_>, &mut List)) {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut rows: Option<Rows> = None;
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    list.bad.push(BadRow { line, what: error.to_string() });
                    continue;
                }
            };
            let line = record.position().map_or(0, csv::Position::line);
            match &rows {
                None => {
                    let columns = record.iter().map(|cell| cell.trim().to_ascii_lowercase()).collect();
                    rows = Some(Rows { columns });
                }
                Some(rows) if record.len() != rows.columns.len() => {
                    let what = format!("has {} cells where the header has {}", record.len(), rows.columns.len());
                    list.bad.push(BadRow { line, what });
                }
                Some(rows) => row(Row { columns: &rows.columns, cells: &record, line }, list),
            }
        }
    }
}

/// Keeps a row without a name out of the list.
pub(super) fn nameless(line: u64, list: &mut List) {
    list.bad.push(BadRow { line, what: "has neither a name nor an address".to_owned() });
}
