//! A column of a table: its name, what its cells hold, its unit and what a cell says.

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// A text.
    Text,
    /// Several texts with `;` between; in Parquet and JSON Lines also a list.
    Words,
    /// One of some words, which are given with commas between.
    Word(&'static str),
    /// An ISO 3166-1 alpha-2 code.
    Country,
    /// A day.
    Day,
    /// A whole number.
    Whole,
    /// A number of zero or more.
    Number,
    /// True or false.
    Truth,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in files.
    pub name: &'static str,
    /// What its cells hold.
    pub kind: CellKind,
    /// Whether the column must be there and each of its cells filled in.
    pub required: bool,
    /// The unit; empty where it has none.
    pub unit: &'static str,
    /// What a cell says.
    pub meaning: &'static str,
}

pub(crate) const fn column(name: &'static str, kind: CellKind, unit: &'static str, meaning: &'static str) -> Column {
    Column { name, kind, required: false, unit, meaning }
}

pub(crate) const fn required(name: &'static str, kind: CellKind, unit: &'static str, meaning: &'static str) -> Column {
    Column { name, kind, required: true, unit, meaning }
}
