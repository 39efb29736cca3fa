//! `docs/tables.md`: every table with its columns, what is understood of each, and what becomes of the rest.

use std::fmt::Write as _;

use crate::column::Column;
use crate::columns::Table;
use crate::unread_effects::unread_effect;

/// The documentation of every table, in Markdown: `docs/tables.md`.
pub fn tables_markdown() -> String {
    let mut text = DOCUMENT_HEAD.to_owned();
    for table in Table::ALL {
        let _ = write!(text, "\n## {}\n\n{}.\n\n", table.as_str(), capital(table.meaning()));
        text.push_str(
            "| column | required | what is understood | what is not, and what becomes of it | unit | meaning |\n",
        );
        text.push_str("|---|---|---|---|---|---|\n");
        for column in table.columns() {
            let Column { name, kind, required, unit, meaning } = column;
            let required = if *required { "yes" } else { "" };
            let (read, unread) = (kind.understood(), unread_effect(table, column));
            let _ = writeln!(text, "| `{name}` | {required} | {read} | {unread} | {unit} | {meaning} |");
        }
    }
    text
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

const DOCUMENT_HEAD: &str = "\
# Tables

<!-- Made from crates/records/src/documentation.rs; a test says when both differ. -->

Tables are CSV, JSON Lines (both also packed with gzip or Zstandard) or Parquet; a folder of Parquet files is one table.
Headers may differ from the names below in letter case, spaces, hyphens and underscores.
A column that is none of them is not read, and the commands name it; one that is a slip of the pen away from a column is refused, with `--strict` all are.
An empty cell is an unknown fact unless the meaning says otherwise.
Space around a cell makes no difference in CSV and JSON Lines.

What is not understood is named with file, row, column, value and mend, also in Parquet, where a text that is no day is never taken for an empty cell.
It costs what the table says and no more; with `--strict` the file is refused.
Refused are besides:

- a Parquet column of a type that cannot be read as what the column holds, such as a number where a day is expected;
- a header or a member of a JSON object that stands twice, and a JSON object within a cell;
- a file that lacks a required column.

Reading stops at 100 mistakes that refuse the file.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_is_that_of_the_list() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/tables.md");
        let written = std::fs::read_to_string(path).unwrap_or_default();
        assert!(written == tables_markdown(), "docs/tables.md should be:\n{}", tables_markdown());
    }
}
