//! What becomes of a cell that is not understood, for every column of every table: `docs/tables.md` has it as a column.

use crate::column::CellKind::{Day, Number, Text, Truth, Whole, Words};
use crate::column::Column;
use crate::columns::Table;

/// What is not understood of a column's cells, and what becomes of it, in a few words.
pub(crate) fn unread_effect(table: Table, column: &Column) -> &'static str {
    match table {
        Table::Orders => of_orders(column),
        Table::Parties => of_parties(column),
        Table::Items => of_items(column),
        Table::Ownership => match column.name {
            "owner_id" => {
                "empty: somebody whom nobody knows owns the share, and the parent is unknown; a name without a row is screened"
            }
            "owned_id" => {
                "empty: the row is named and says nothing of anybody; the owner itself: its parent is unknown"
            }
            _ => {
                "any other text, and more than all of it: somebody whom nobody knows owns the share, and the parent is unknown"
            }
        },
        Table::Clearances => match column.kind {
            Text if !column.required => "never; what no longer fits brings the match back",
            Text => "empty: the row clears nothing",
            _ => "any other text: the row clears nothing",
        },
        Table::Answers => match column.name {
            "question" | "whom" | "lines_that_wait" | "tpp_at_stake" | "h100_equivalents" => "never",
            _ => "what names no cell, or is not understood in it: the answer sets nothing and is named",
        },
        Table::Opening => "anything else: the file is refused",
        Table::Fleet => "empty or another text: it is unknown, and the ratio that rests on it is not settled",
        _ => of_surroundings(column),
    }
}

fn of_orders(column: &Column) -> &'static str {
    match (column.name, column.kind) {
        ("order_id", _) => "empty: the line is named by its row and stays open",
        ("item", _) => {
            "any other name, and what begins or ends with `?`: nothing is known of the item, and the line stays open"
        }
        ("end_use", _) => {
            "a text that no list of words has: the line stays open where the use matters; what begins or ends with `?`: it stays open"
        }
        ("unread_text", _) => "any text but `none`: the line stays open",
        ("authorization", _) => "any other text claims nothing, is named, and holds a reserved line",
        ("via", _) => "what names no country: which way the items take stays unknown",
        ("hs_code" | "description", _) => "never; it decides nothing",
        ("declared_eccn", _) => "what begins or ends with `?`: the line stays open; else never",
        ("unit_price_usd" | "gross_weight_kg" | "packages", _) => "any other text is named, and decides nothing",
        (_, Text) => {
            "an id without a row: who it is stays unknown; a name without one is screened; what begins or ends with `?`: the line stays open"
        }
        (_, Whole) => "any other text, and what is out of range: the line stays open",
        _ => "any other text: the line stays open",
    }
}

fn of_parties(column: &Column) -> &'static str {
    match (column.name, column.kind) {
        ("party_id", _) => {
            "empty: the row is named and says nothing of anybody; twice: place, parent and flags are unknown"
        }
        ("flags", _) => "a word that is in no list: place, parent and flags are unknown",
        ("parent_id", _) => "an id without a row: where the parent is seated is unknown",
        (_, Text | Words) => "never",
        (_, Day | Number) => "any other text is named, and unknown",
        _ => "any other text is named, and the place is unknown",
    }
}

fn of_items(column: &Column) -> &'static str {
    match (column.name, column.kind) {
        ("item", _) => "empty: the row is named and says nothing of any item; twice: nothing is known of the item",
        ("accelerator", _) => "any other name: nothing is known of the item",
        ("vendor", _) => "never; it decides nothing",
        ("eccn", _) => "never; of software and technology one that is not understood leaves the line unsettled",
        (_, Truth) => "any other word: nothing is known of the item, nor of what holds it",
        _ => "any other text: nothing is known of the item, nor of what holds it",
    }
}

/// Licenses, payments, sites, serials and inspections: a file of theirs is understood as a whole.
fn of_surroundings(column: &Column) -> &'static str {
    match (column.required, column.kind) {
        (true, Text) => "empty: the file is refused",
        (false, Text) => "never",
        (_, Words) if column.name != "destinations" => "never",
        _ => "any other text: the file is refused",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_required_cell_is_never_understood_whatever_it_holds() {
        for table in Table::ALL {
            for column in table.columns().iter().filter(|column| column.required) {
                let effect = unread_effect(table, column);
                assert!(!effect.starts_with("never"), "{}.{}", table.as_str(), column.name);
            }
        }
    }
}
