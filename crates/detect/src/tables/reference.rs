//! The tables and their columns as Markdown, for `docs/design/typologies.md`.

use std::fmt::Write as _;

use arrow_schema::DataType;
use tollgate_records::Surrounding;

use super::columns::DerivedTable;

/// Every table that a query sees with its columns, as the part of `docs/design/typologies.md` between the marks.
pub fn reference() -> String {
    let mut text = String::new();
    for table in DerivedTable::ALL {
        let _ = writeln!(
            text,
            "### `{}`\n\n{}\n\n| column | type | meaning |\n|---|---|---|",
            table.as_str(),
            table.about()
        );
        for column in table.columns() {
            let null = if column.nullable { ", may be NULL" } else { "" };
            let unit = if column.unit.is_empty() { String::new() } else { format!(", {}", column.unit) };
            let _ = writeln!(text, "| `{}` | {}{unit}{null} | {} |", column.name, column.sql.as_str(), column.meaning);
        }
        text.push('\n');
    }
    for table in Surrounding::ALL {
        let _ = writeln!(
            text,
            "### `{}`\n\nThe rows of the file of this name; any column may be NULL.\n\n| column | type |\n|---|---|",
            table.as_str()
        );
        for field in table.schema().fields() {
            let (kind, unit) = match field.data_type() {
                DataType::Int32 => ("INT", ", days since 1970-01-01"),
                DataType::Int64 => ("BIGINT", ""),
                DataType::Float64 => ("DOUBLE", ""),
                _ => ("text", ""),
            };
            let _ = writeln!(text, "| `{}` | {kind}{unit} |", field.name());
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
