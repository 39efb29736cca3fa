use std::path::{Path, PathBuf};

use super::Declaration;

/// What is wrong with a table of declarations, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {what}\n  mend: {mend}", file.display(), place(*row, column))]
pub struct CustomsError {
    file: PathBuf,
    row: usize,
    column: String,
    what: String,
    mend: String,
}

fn place(row: usize, column: &str) -> String {
    match (row, column) {
        (0, "") => String::new(),
        (0, column) => format!(", column `{column}`"),
        (row, "") => format!(", row {row}"),
        (row, column) => format!(", row {row}, column `{column}`"),
    }
}

const COLUMNS: [&str; 7] =
    ["Declaration ID", "HS6 Code", "Country of Departure", "Country of Origin", "Net Mass", "Item Price", "Fraud"];

/// Reads a table of declarations: CSV with the columns of the Korean customs data (`Declaration ID`, `HS6 Code`, `Country of Departure`,
/// `Country of Origin`, `Net Mass`, `Item Price`, and `Fraud` as 0 or 1 where it is known).
pub fn read(path: &Path) -> Result<Vec<Declaration>, CustomsError> {
    let wrong = |row: usize, column: &str, what: String, mend: &str| CustomsError {
        file: path.to_owned(),
        row,
        column: column.to_owned(),
        what,
        mend: mend.to_owned(),
    };
    let mut reader = csv::Reader::from_path(path)
        .map_err(|error| wrong(0, "", format!("cannot be read: {error}"), "check the path and that it is CSV"))?;
    let headers = reader.headers().map_err(|error| wrong(0, "", error.to_string(), "write a header row"))?.clone();
    let places = COLUMNS.map(|name| headers.iter().position(|own| own == name));
    for (name, place) in COLUMNS.iter().zip(&places).take(6) {
        if place.is_none() {
            return Err(wrong(0, name, "the required column is missing".to_owned(), "add it"));
        }
    }
    let mut declarations = Vec::new();
    for (number, record) in reader.records().enumerate() {
        let row = number + 1;
        let record =
            record.map_err(|error| wrong(row, "", error.to_string(), "give it as many cells as the header"))?;
        let cell = |column: usize| {
            places.get(column).copied().flatten().and_then(|place| record.get(place)).unwrap_or_default()
        };
        let name = |column: usize| COLUMNS.get(column).copied().unwrap_or_default();
        let number = |column: usize| {
            let read = cell(column).parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0);
            read.ok_or_else(|| {
                wrong(
                    row,
                    name(column),
                    format!("`{}` is no number of zero or more", cell(column)),
                    "write digits with a point",
                )
            })
        };
        let id = cell(0)
            .parse()
            .map_err(|_| wrong(row, name(0), format!("`{}` is no whole number", cell(0)), "write digits only"))?;
        let fraud = match cell(6) {
            "0" => Some(false),
            "1" => Some(true),
            "" => None,
            other => return Err(wrong(row, name(6), format!("`{other}` is neither 0 nor 1"), "write 0, 1 or nothing")),
        };
        declarations.push(Declaration {
            id,
            hs6: cell(1).to_owned(),
            departure: cell(2).to_owned(),
            origin: cell(3).to_owned(),
            mass: number(4)?,
            price: number(5)?,
            price_text: cell(5).to_owned(),
            fraud,
        });
    }
    Ok(declarations)
}
