//! Rows beside a table that may be about its lines: a text below it, a sum that says more than a sum.

use std::ops::Range;

/// What the mapping calls them.
pub(crate) const STRAY_ROWS: &str = "stray rows";

/// The rows beside tables that may be about their lines.
#[derive(Debug, Default)]
pub(crate) struct StrayRows {
    /// The texts beside the table that is being read.
    texts: Vec<String>,
    /// The lines of each table before, with the texts that may be about them.
    tables: Vec<(Range<usize>, String)>,
}

impl StrayRows {
    /// Keeps a text beside the table that is being read.
    pub(crate) fn note(&mut self, text: String) {
        self.texts.push(text);
    }

    /// Ends a table, whose lines have these places among all.
    pub(crate) fn end_table(&mut self, lines: Range<usize>) {
        let texts = std::mem::take(&mut self.texts);
        if !texts.is_empty() {
            self.tables.push((lines, format!("{STRAY_ROWS}: {}", texts.join(" | "))));
        }
    }

    /// The orders table with the texts in each line that they may be about.
    pub(crate) fn written_into(&self, orders: &str) -> String {
        if self.tables.is_empty() {
            return orders.to_owned();
        }
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(orders.as_bytes());
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut is_written = true;
        for (place, record) in reader.records().enumerate() {
            let Ok(record) = record else {
                tollgate_model::never!("an orders table that was written cannot be read");
                return orders.to_owned();
            };
            let line = place.checked_sub(1);
            let found = self.tables.iter().find(|(lines, _)| line.is_some_and(|line| lines.contains(&line)));
            let Some((_, text)) = found else {
                is_written &= writer.write_record(&record).is_ok();
                continue;
            };
            let last = record.len().saturating_sub(1);
            let said = record.get(last).filter(|said| !said.is_empty());
            let said = said.map_or_else(|| text.clone(), |said| format!("{said}; {text}"));
            is_written &= writer.write_record(record.iter().take(last).chain([said.as_str()])).is_ok();
        }
        tollgate_model::always!(is_written, "memory can be written");
        match writer.into_inner().map(String::from_utf8) {
            Ok(Ok(text)) => text,
            _ => {
                tollgate_model::never!("texts do not make a text");
                String::new()
            }
        }
    }
}
