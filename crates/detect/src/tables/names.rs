//! Tables and columns of input files by the names that queries have for them.

use tollgate_records::Surrounding;

use super::columns::DerivedTable;

/// A column as queries call it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueryColumn {
    /// Its table.
    pub table: &'static str,
    /// Its name there.
    pub column: String,
}

/// The table in which queries find the rows of an input table: `lines` for `orders`; `None` where no query sees a table of that name.
pub fn query_table(input_table: &str) -> Option<&'static str> {
    let derived = match input_table {
        "orders" => Some(DerivedTable::Lines),
        "parties" => Some(DerivedTable::Parties),
        "ownership" => Some(DerivedTable::Ownership),
        _ => None,
    };
    let surrounding = || Surrounding::ALL.iter().map(|table| table.as_str()).find(|table| *table == input_table);
    derived.map(DerivedTable::as_str).or_else(surrounding)
}

/// The column in which queries find a column of an input table: `lines.day` for `orders.date`; `None` where no query sees it.
pub fn query_column(input_table: &str, input_column: &str) -> Option<QueryColumn> {
    let table = query_table(input_table)?;
    let column = match input_column {
        "date" => "day",
        "commissioned_on" => "commissioned_day",
        "incorporated_on" => "incorporated_day",
        "from" => "from_day",
        "until" => "until_day",
        other => other,
    };
    let derived = DerivedTable::ALL.iter().find(|derived| derived.as_str() == table).map(|derived| derived.schema());
    let schema = derived.or_else(|| {
        let surrounding = Surrounding::ALL.iter().find(|surrounding| surrounding.as_str() == table);
        surrounding.map(|surrounding| surrounding.schema())
    })?;
    let is_there = schema.fields().iter().any(|field| field.name() == column);
    is_there.then(|| QueryColumn { table, column: column.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_a_file_is_found_where_queries_see_it_and_no_other_is() {
        let found = |table: &str, column: &str| {
            query_column(table, column).map(|found| format!("{}.{}", found.table, found.column))
        };
        assert_eq!(found("orders", "date").as_deref(), Some("lines.day"));
        assert_eq!(found("ownership", "until").as_deref(), Some("ownership.until_day"));
        assert_eq!(found("payments", "payer").as_deref(), Some("payments.payer"));
        assert_eq!(found("orders", "moon"), None);
        assert_eq!(found("moon", "date"), None);
        assert_eq!(found("lines", "day"), None, "files have no table of that name");
    }
}
