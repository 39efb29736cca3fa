//! What of an upload is not understood: cells, each of which costs its line, and columns, which are named.

use std::path::Path;

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use tollgate_decide::is_decided_by;
use tollgate_model::OrderLine;
use tollgate_records::Table;
use utoipa::ToSchema;

/// A column of an uploaded file that the orders table does not have, and that is therefore not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct UnknownColumn {
    /// Its name, as the file has it.
    pub(super) column: String,
    /// What is wrong.
    detail: String,
    /// How to mend it.
    mend: String,
}

/// The columns of an orders file that are not read; `Err` says why the file cannot be used: it cannot be read, or one of its columns is a slip of the
/// pen away from one that decides.
pub(super) fn unknown_columns(orders: &Path) -> Result<Vec<UnknownColumn>, String> {
    let unknown =
        tollgate_records::unknown_columns(orders, Table::Orders, false).map_err(|errors| errors.to_string())?;
    let named = unknown.into_iter().map(|mistake| UnknownColumn {
        column: mistake.place.column,
        detail: mistake.what,
        mend: mistake.mend,
    });
    Ok(named.collect())
}

/// What is said of cells that are not understood and decide nothing, such as a price.
pub(super) fn remarks(line: &OrderLine<'_>) -> Vec<String> {
    line.unread.iter().filter(|cell| !is_decided_by(&cell.column)).map(ToString::to_string).collect()
}

/// The result of a line with cells that are not understood and by which it is decided: it is neither decided nor recorded, and `missing` names their
/// columns. `None` where all that decides the line is understood.
pub(super) fn unread_result(row: u64, line: &OrderLine<'_>) -> Option<Value> {
    if !line.unread.iter().any(|cell| is_decided_by(&cell.column)) {
        return None;
    }
    let detail: Vec<String> = line.unread.iter().map(ToString::to_string).collect();
    let mut missing: Vec<&str> = Vec::new();
    for cell in line.unread.iter().filter(|cell| is_decided_by(&cell.column)) {
        if !missing.contains(&cell.column.as_str()) {
            missing.push(&cell.column);
        }
    }
    let problem = json!({
        "code": "unusable", "detail": detail.join(" "), "mend": "correct the cells, and upload the line again under another key",
        "missing": missing,
    });
    let status = StatusCode::UNPROCESSABLE_ENTITY.as_u16();
    Some(json!({ "row": row, "order_id": line.order_id, "line": line.line, "status": status, "problem": problem }))
}

#[cfg(test)]
mod tests {
    use tollgate_records::OrderReader;

    use super::super::count;
    use super::*;

    fn file(folder: &tempfile::TempDir, text: &str) -> std::path::PathBuf {
        let path = folder.path().join("orders.csv");
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn a_cell_that_is_not_understood_costs_its_line_only_and_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let text = "order_id,date,ultimate_consignee,destination,item,quantity\n\
            A,2025-06-02,sg,SG,H100,1\nB,2025-06-31,sg,SG,H100,several\nC,2025-06-02,sg,SG,H100,2\n";
        let path = file(&folder, text);
        assert_eq!(count(&path), Ok(3));
        let mut reader = OrderReader::open_by_line(&path).unwrap();
        let batch = reader.next_batch().unwrap().unwrap();
        let results: Vec<Option<Value>> =
            (1..).zip(batch.lines()).map(|(row, line)| unread_result(row, &line)).collect();
        assert_eq!((&results[0], &results[2], results.len()), (&None, &None, 3));
        let result = results[1].as_ref().unwrap();
        assert_eq!((&result["row"], &result["order_id"], &result["status"]), (&json!(2), &json!("B"), &json!(422)));
        let problem = &result["problem"];
        let mut missing: Vec<&str> = problem["missing"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        missing.sort_unstable();
        assert_eq!(missing, ["date", "quantity"]);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("`2025-06-31`") && detail.contains("`several`"), "{detail}");
    }

    #[test]
    fn a_price_that_is_not_understood_is_said_and_costs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let text = "order_id,date,ultimate_consignee,destination,item,quantity,unit_price_usd\nA,2025-06-02,sg,SG,H100,1,cheap\n";
        let mut reader = OrderReader::open_by_line(&file(&folder, text)).unwrap();
        let batch = reader.next_batch().unwrap().unwrap();
        let line = batch.line(0).unwrap();
        assert_eq!(unread_result(1, &line), None);
        assert!(remarks(&line).concat().contains("`cheap` of the column `unit_price_usd`"), "{:?}", remarks(&line));
    }

    #[test]
    fn columns_that_no_table_has_are_named_and_slips_of_the_pen_refused() {
        let folder = tempfile::tempdir().unwrap();
        let head = "order_id,date,ultimate_consignee,destination,item,quantity";
        let row = "A,2025-06-02,sg,SG,H100,1,x";
        let named = unknown_columns(&file(&folder, &format!("{head},warehouse_bay\n{row}\n"))).unwrap();
        assert_eq!(named.iter().map(|column| column.column.as_str()).collect::<Vec<_>>(), ["warehouse_bay"]);
        let refused = unknown_columns(&file(&folder, &format!("{head},end_usr\n{row}\n"))).unwrap_err();
        assert!(refused.contains("end_usr") && refused.contains("mend"), "{refused}");
    }
}
