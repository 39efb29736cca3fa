//! The tables of the contract, in and out: CSV, JSON Lines and Parquet.
//!
//! Whatever the format, a file comes in as batches of text or typed columns (`source`) and leaves as the
//! records of `tollgate-model`; every mistake in it is reported with file, row, column, value and mend.
//! Outputs appear whole or not at all ([`Output`]).
#![deny(clippy::float_arithmetic)]

mod answers;
mod balances;
mod bods;
mod bounded;
mod cells;
mod column;
mod columns;
mod compact;
mod csv_text;
mod days;
mod decision_columns;
mod decisions;
mod documentation;
mod doubt;
mod folder;
mod further_party;
mod gleif;
mod headers;
mod items;
mod json_cells;
mod json_rows;
mod licenses;
mod mistakes;
mod order_days;
mod orders;
mod output;
mod ownership;
mod pages;
mod parties;
mod places;
mod plain_letters;
mod record;
mod row_answers;
mod shareholdings;
mod side_cells;
mod side_columns;
mod source;
mod surroundings;
mod texts;
mod unread_effects;

pub use answers::{Answers, read_answers};
pub use balances::{FleetRow, OpeningBalance, read_fleet, read_opening};
pub use column::{CellKind, Column};
pub use columns::{PARTY_COLUMNS, Table};
pub use csv_text::csv_text;
pub use decision_columns::{
    DECISION_COLUMNS, DECISION_SCHEMA, DecisionCell, DecisionCellKind, DecisionColumn, decision_columns_markdown,
};
pub use decisions::{DecisionWriter, Format};
pub use documentation::tables_markdown;
pub use further_party::{NamingText, further_party};
pub use items::{answered_items, read_items, read_items_by_row, read_items_with};
pub use licenses::read_licenses;
pub use mistakes::{ByRow, MAX_ERRORS, UnreadRow};
pub use order_days::{DayBatch, DayReader};
pub use orders::{Declared, OrderBatch, OrderColumns, OrderReader};
pub use output::{Output, formula_safe};
pub use parties::{
    answered_parties, read_clearances, read_clearances_by_row, read_ownership, read_ownership_by_row, read_parties,
    read_parties_by_row, read_parties_with,
};
pub use places::{country_of_place, place_elsewhere};
pub use plain_letters::plain_letters;
pub use record::{
    DecisionRecord, FactValue, Hit, NamedFacts, NextStep, Obligation, OwnershipFinding, ReadingEffect, RedFlag, Step,
    Text, UnsurePoint,
};
pub use row_answers::{Answer, AnsweredRow, RowAnswers, RowKey};
pub use side_cells::{
    SideKind, SideWords, header_words, is_figure, is_text_of_kind, says_nothing, shown_text, side_kind, side_words,
};
pub use source::unknown_columns;
pub use surroundings::{Surrounding, SurroundingReader};
pub use texts::{NONE, Numbering, Texts};
