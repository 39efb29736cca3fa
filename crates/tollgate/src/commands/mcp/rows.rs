//! The rows of tables that a call brings along, as the files that the commands read.

use std::path::{Path, PathBuf};

use rmcp::schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};
use tollgate_records::{CellKind, Table};

use super::arguments::McpArguments;
use crate::commands::Failure;
use crate::commands::inputs::{Basis, Inputs, name_unknown_columns};

/// The most rows of a table that a call may bring.
const MOST_ROWS: usize = 1_000;

/// The rows of a table, each a cell by its column.
pub(super) type TableRows = Vec<Map<String, Value>>;

/// The schema of rows of a table: its columns and no others.
fn schema_of(table: Table) -> Schema {
    let property = |column: &tollgate_records::Column| {
        let types = match column.kind {
            CellKind::Whole => json!(["integer", "string", "null"]),
            CellKind::Number => json!(["number", "string", "null"]),
            CellKind::Truth => json!(["boolean", "string", "null"]),
            CellKind::Words => json!(["string", "array", "null"]),
            CellKind::Text | CellKind::Word(_) | CellKind::Country | CellKind::Day => json!(["string", "null"]),
        };
        let form = match column.kind {
            CellKind::Word(words) => format!(" One of: {words}."),
            CellKind::Country => " Two letters (ISO 3166-1).".to_owned(),
            CellKind::Day => " As YYYY-MM-DD.".to_owned(),
            _ if column.unit.is_empty() => String::new(),
            _ => format!(" In {}.", column.unit),
        };
        (column.name.to_owned(), json!({ "type": types, "description": format!("{}{form}", column.meaning) }))
    };
    let required: Vec<&str> =
        table.columns().iter().filter(|column| column.required).map(|column| column.name).collect();
    let row = json!({
        "type": "object",
        "properties": table.columns().iter().map(property).collect::<Map<String, Value>>(),
        "required": required,
        "additionalProperties": false,
    });
    let mut schema = Schema::default();
    schema.insert("type".to_owned(), json!("array"));
    schema.insert("items".to_owned(), row);
    schema.insert("maxItems".to_owned(), json!(MOST_ROWS));
    schema
}

/// The schema of order lines.
pub(super) fn order_rows(_: &mut SchemaGenerator) -> Schema {
    schema_of(Table::Orders)
}

/// The schema of parties.
pub(super) fn party_rows(_: &mut SchemaGenerator) -> Schema {
    schema_of(Table::Parties)
}

/// The schema of stakes.
pub(super) fn stake_rows(_: &mut SchemaGenerator) -> Schema {
    schema_of(Table::Ownership)
}

/// The schema of items.
pub(super) fn item_rows(_: &mut SchemaGenerator) -> Schema {
    schema_of(Table::Items)
}

/// The tables that a call brings along; absent where it does not bring them.
pub(super) struct CallTables {
    /// Order lines; the orders that the server was started with, where the call brings none.
    pub(super) lines: Option<TableRows>,
    /// Parties.
    pub(super) parties: Option<TableRows>,
    /// Stakes of parties in each other.
    pub(super) ownership: Option<TableRows>,
    /// Items that the catalog lacks.
    pub(super) items: Option<TableRows>,
}

/// The inputs of a command, with the folder in which those of the call stand for as long as they are read.
pub(super) struct CallInputs {
    /// The inputs.
    pub(super) inputs: Inputs,
    folder: tempfile::TempDir,
}

impl CallInputs {
    /// A failure in which the files of the call are named without their folder.
    pub(super) fn without_folder(&self, failure: Failure) -> Failure {
        without_folder(self.folder.path(), failure)
    }
}

/// A failure in which the files of a folder are named without it: whoever called has never seen it.
fn without_folder(folder: &Path, failure: Failure) -> Failure {
    match failure {
        Failure::Unusable(text) => Failure::Unusable(text.replace(&format!("{}/", folder.display()), "")),
        other => other,
    }
}

impl CallTables {
    /// Writes the tables into a folder and gives them as inputs of a command, beside those that the server was started with.
    ///
    /// # Errors
    ///
    /// A table that both bring, a column that is not known, more than 1,000 rows, or no orders at all.
    pub(super) fn inputs(self, server: &McpArguments, policy: String) -> Result<CallInputs, Failure> {
        let folder = tempfile::tempdir()?;
        let mut basis = Basis { policy, ..server.basis.clone() };
        let lines = self.lines.map(|rows| written(folder.path(), Table::Orders, &rows)).transpose()?;
        for (table, rows, file) in [
            (Table::Parties, self.parties, &mut basis.parties),
            (Table::Ownership, self.ownership, &mut basis.ownership),
            (Table::Items, self.items, &mut basis.items),
        ] {
            let Some(rows) = rows else { continue };
            if file.is_some() {
                let what = format!("`{0}` is a table that the server was started with (--{0})", table.as_str());
                let mend = "leave it out of the call and name its rows by their ids";
                return Err(Failure::Unusable(format!("{what}\n  mend: {mend}")));
            }
            *file = Some(written(folder.path(), table, &rows)?);
        }
        let Some(orders) = lines.or_else(|| server.orders.clone()) else {
            let what = "there are no orders: the call has no `lines`, and the server was started without --orders";
            return Err(Failure::Unusable(format!("{what}\n  mend: give the order's lines in `lines`")));
        };
        Ok(CallInputs { inputs: Inputs { orders, basis }, folder })
    }
}

/// Writes rows as JSON Lines; a column that the table does not have is refused.
fn written(folder: &Path, table: Table, rows: &TableRows) -> Result<PathBuf, Failure> {
    if rows.len() > MOST_ROWS {
        let what = format!("{}: {} rows are more than a call may bring", table.as_str(), rows.len());
        return Err(Failure::Unusable(format!("{what}\n  mend: bring at most {MOST_ROWS}, or use `tollgate check`")));
    }
    let mut text = String::new();
    for row in rows {
        let row = serde_json::to_string(row).map_err(|error| Failure::Unusable(error.to_string()))?;
        text.push_str(&row);
        text.push('\n');
    }
    let path = folder.join(format!("{}.jsonl", table.as_str()));
    std::fs::write(&path, text)?;
    name_unknown_columns(&path, table, true).map_err(|failure| without_folder(folder, failure))?;
    Ok(path)
}
