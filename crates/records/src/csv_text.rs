//! Rows as CSV, in memory.

use tollgate_model::never;

/// Rows as the text of a CSV file, each with as many cells as it has.
pub fn csv_text(rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut bytes = Vec::new();
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(&mut bytes);
    for row in rows {
        if let Err(error) = writer.write_record(row) {
            never!("a row of texts cannot be written to memory: {error}");
        }
    }
    if let Err(error) = writer.flush() {
        never!("rows cannot be written to memory: {error}");
    }
    drop(writer);
    String::from_utf8(bytes).unwrap_or_else(|error| {
        never!("rows of UTF-8 texts are not UTF-8: {error}");
        String::from_utf8_lossy(error.as_bytes()).into_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::csv_text;

    #[test]
    fn no_row_is_dropped() {
        let rows = [vec!["a".to_owned(), "b, c".to_owned()], vec!["d".to_owned()]];
        assert_eq!(csv_text(rows.into_iter()), "a,\"b, c\"\nd\n");
    }
}
