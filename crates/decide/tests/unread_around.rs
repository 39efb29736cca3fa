//! Nothing unread passes in the tables around the orders: every column of theirs is fed what it does not know, and the file is refused, or the row
//! says nothing, by the column's name.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

mod unread;

use tollgate_records::{
    CellKind, Column, Surrounding, SurroundingReader, Table, read_answers, read_clearances_by_row, read_fleet,
    read_licenses, read_opening,
};

use unread::{Entry, Folder, Numbers, Row, meanings, row, texts_for, write_table};

/// What a reader says against a table of one row; empty where it is content.
fn said_against(table: Table, path: &std::path::Path) -> String {
    let text = |error: tollgate_model::Diagnostics| error.to_string();
    let surrounding = Surrounding::ALL.into_iter().find(|surrounding| surrounding.table() == table);
    if let Some(surrounding) = surrounding {
        let read = SurroundingReader::open(path, surrounding).and_then(SurroundingReader::read_all);
        return read.err().map_or_else(String::new, text);
    }
    match table {
        Table::Licenses => read_licenses(path).err().map_or_else(String::new, text),
        Table::Opening => read_opening(path).err().map_or_else(String::new, text),
        Table::Fleet => read_fleet(path).err().map_or_else(String::new, text),
        Table::Clearances => match read_clearances_by_row(path) {
            Ok(read) if read.value.is_empty() => read.unread.iter().map(|row| row.mistake.to_string()).collect(),
            // A clearance that stands.
            Ok(_) => String::new(),
            Err(error) => text(error),
        },
        Table::Answers => match read_answers(path) {
            Ok(read) if read.answers.is_empty() => read.mistakes.iter().map(ToString::to_string).collect(),
            Ok(_) => String::new(),
            Err(error) => text(error),
        },
        _ => "has a test of its own".to_owned(),
    }
}

/// A row of a table that is understood.
fn plain_row(table: Table) -> Row {
    if table == Table::Answers {
        return row(&[("table", "parties"), ("of", "delta"), ("column", "hq_country"), ("answer", "NO")]);
    }
    let cell = |column: &'static Column| {
        let text = match column.kind {
            CellKind::Text | CellKind::Words if column.name == "destinations" => "NO",
            CellKind::Text | CellKind::Words => "K",
            CellKind::Word(words) => words.split(", ").next().unwrap(),
            _ => meanings(table, column).first().copied().unwrap(),
        };
        (column.name, text.to_owned())
    };
    table.columns().iter().map(cell).collect()
}

#[test]
fn a_table_around_the_orders_is_understood_or_refused_by_name() {
    let ruled_by_line = [Table::Orders, Table::Parties, Table::Items, Table::Ownership];
    let folder = Folder::new("around");
    let mut numbers = Numbers(29);
    for table in Table::ALL.into_iter().filter(|table| !ruled_by_line.contains(table)) {
        for entry in [Entry::Csv, Entry::JsonLines, Entry::Parquet] {
            let plain = plain_row(table);
            let said = said_against(table, &write_table(&folder, table, std::slice::from_ref(&plain), entry));
            assert_eq!(said, "", "{table:?} {entry:?}: a row that is understood");
            for column in table.columns() {
                let is_closed = match column.kind {
                    CellKind::Text | CellKind::Words => {
                        column.name == "destinations"
                            || table == Table::Answers && matches!(column.name, "table" | "column" | "answer")
                    }
                    _ => true,
                };
                if !is_closed {
                    continue;
                }
                for text in texts_for(&meanings(table, column), &mut numbers) {
                    let is_digits = text.trim().bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
                    let is_number = matches!(column.kind, CellKind::Number | CellKind::Whole) && is_digits;
                    // Money goes back too.
                    let is_signed = column.name == "amount_usd" && text.parse::<f64>().is_ok_and(f64::is_finite);
                    if is_number || is_signed || text.len() > 60_000 {
                        continue;
                    }
                    let mut strange = plain.clone();
                    strange.insert(column.name, text.clone());
                    let said = said_against(table, &write_table(&folder, table, &[strange], entry));
                    assert!(said.contains(column.name), "{table:?} {entry:?} {} {text:?}: {said:?}", column.name);
                }
            }
        }
    }
}
