//! Reads tables of customs declarations.

use std::path::Path;

use tollgate_model::{Diagnostic, Diagnostics, Place, never};

use super::Declaration;

const COLUMNS: [&str; 7] =
    ["Declaration ID", "HS6 Code", "Country of Departure", "Country of Origin", "Net Mass", "Item Price", "Fraud"];

/// How many mistakes are reported before reading ends.
const MOST_MISTAKES: usize = 1_000;

/// Reads a table of declarations: CSV with the columns of the Korean customs data (`Declaration ID`, `HS6 Code`, `Country of Departure`,
/// `Country of Origin`, `Net Mass`, `Item Price`, and `Fraud` as 0 or 1 where it is known). All mistakes are reported at once.
pub fn read(path: &Path) -> Result<Vec<Declaration>, Diagnostics> {
    let file = path.display().to_string();
    let wrong = |code: &'static str, what: String, mend: &str| {
        Diagnostics::from(Diagnostic::new(code, Place::file(file.as_str()), what, mend))
    };
    let mut reader = csv::Reader::from_path(path).map_err(|error| {
        wrong("unreadable-file", format!("cannot be read: {error}"), "check the path and that it is CSV")
    })?;
    let headers = reader.headers().map_err(|error| wrong("not-csv", error.to_string(), "write a header row"))?.clone();
    let places = COLUMNS.map(|name| headers.iter().position(|header| header == name));
    let missing = COLUMNS.iter().zip(&places).take(6).filter(|(_, place)| place.is_none());
    let mut found: Vec<Diagnostic> = missing
        .map(|(name, _)| {
            let place = Place::cell(file.as_str(), 0, *name, "");
            Diagnostic::new("missing-column", place, "the required column is missing", "add it")
        })
        .collect();
    if !found.is_empty() {
        return Err(Diagnostics(found));
    }
    let mut declarations = Vec::new();
    for (row, record) in (1..).zip(reader.records()) {
        if found.len() >= MOST_MISTAKES {
            break;
        }
        match record {
            Ok(record) => {
                // Only `Fraud` may be absent, and then nothing is known of it.
                let cell = |column: usize| {
                    places.get(column).copied().flatten().and_then(|place| record.get(place)).unwrap_or("")
                };
                declarations.extend(DeclarationRow { file: &file, row, cell: &cell }.declaration(&mut found));
            }
            Err(error) => {
                let (place, mend) = (Place::cell(file.as_str(), row, "", ""), "give it as many cells as the header");
                found.push(Diagnostic::new("not-csv", place, error.to_string(), mend));
            }
        }
    }
    if found.is_empty() { Ok(declarations) } else { Err(Diagnostics(found)) }
}

/// A row, its cells by their places in [`COLUMNS`].
struct DeclarationRow<'a> {
    file: &'a str,
    row: u64,
    cell: &'a dyn Fn(usize) -> &'a str,
}

impl DeclarationRow<'_> {
    fn wrong(&self, column: usize, code: &'static str, what: &str, mend: &str) -> Diagnostic {
        let name = COLUMNS.get(column).copied().unwrap_or_else(|| {
            never!("declarations have no column {column}");
            ""
        });
        let place = Place::cell(self.file, self.row, name, (self.cell)(column));
        Diagnostic::new(code, place, what, mend)
    }

    fn number(&self, column: usize, found: &mut Vec<Diagnostic>) -> Option<f64> {
        let number = (self.cell)(column).parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
        if number.is_none() {
            let what = "is no number of zero or more";
            found.push(self.wrong(column, "not-a-number", what, "write digits with a point"));
        }
        number
    }

    /// The declaration; none if anything in it is wrong, which is then in `found`.
    fn declaration(&self, found: &mut Vec<Diagnostic>) -> Option<Declaration> {
        let cell = self.cell;
        let id = cell(0).parse().ok();
        if id.is_none() {
            found.push(self.wrong(0, "not-a-number", "is no whole number", "write digits only"));
        }
        let (mass, price) = (self.number(4, found), self.number(5, found));
        let fraud = match cell(6) {
            "0" => Some(false),
            "1" => Some(true),
            "" => None,
            _ => {
                found.push(self.wrong(6, "unknown-word", "is neither 0 nor 1", "write 0, 1 or nothing"));
                return None;
            }
        };
        Some(Declaration {
            id: id?,
            hs6: cell(1).to_owned(),
            departure: cell(2).to_owned(),
            origin: cell(3).to_owned(),
            mass: mass?,
            price: price?,
            price_text: cell(5).to_owned(),
            fraud,
        })
    }
}
