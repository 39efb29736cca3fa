//! Rows of a table of orders that are no lines: sums, rules, headers again, and what stands above the headers.

use std::collections::BTreeMap;

use tollgate_model::Diagnostic;

use crate::columns::{Plan, words_of_header};
use crate::faults::row_fault;
use crate::header::{BARE_DAYS, target};
use crate::order_column::OrderColumn;
use crate::orders::{IntakeTables, Line};
use crate::parties::is_blank;
use crate::report::{RemarkKind, RemarkPlace};
use crate::text::plain;
use crate::vocabulary::{headers, word_lists};

/// What may be said once above the headers for all lines, and the columns in one of which it may stand instead.
const ABOVE: &[(OrderColumn, &[OrderColumn])] = &[
    (OrderColumn::OrderId, &[OrderColumn::OrderId]),
    (OrderColumn::Date, &[OrderColumn::Date, OrderColumn::Year]),
    (OrderColumn::Exporter, &[OrderColumn::Exporter]),
    (OrderColumn::Purchaser, &[OrderColumn::Purchaser, OrderColumn::PurchaserCompany]),
    (
        OrderColumn::UltimateConsignee,
        &[OrderColumn::UltimateConsignee, OrderColumn::UltimateConsigneeCompany, OrderColumn::UltimateConsigneeName],
    ),
    (OrderColumn::EndUser, &[OrderColumn::EndUser]),
    (OrderColumn::Origin, &[OrderColumn::Origin]),
    (
        OrderColumn::Destination,
        &[OrderColumn::Destination, OrderColumn::ShipToCountry, OrderColumn::UltimateConsigneeCountry],
    ),
    (
        OrderColumn::ShipToCountry,
        &[OrderColumn::Destination, OrderColumn::ShipToCountry, OrderColumn::UltimateConsigneeCountry],
    ),
    (OrderColumn::EndUse, &[OrderColumn::EndUse]),
    (OrderColumn::Currency, &[OrderColumn::Currency]),
];

/// What a row above the headers says for all lines: a column, its label and its text.
fn said_above<'a>(cells: &'a [String], plan: &Plan) -> Option<(OrderColumn, &'a str, &'a str)> {
    let filled: Vec<&str> = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
    let (label, text) = match filled.as_slice() {
        [label, text] => (*label, *text),
        [one] => one.split_once(':')?,
        _ => return None,
    };
    let (label, text) = (label.trim().trim_end_matches([':', '：']), text.trim());
    let found = target(label, headers("orders"), None)?;
    let (column, instead) = ABOVE.iter().find(|(column, _)| column.as_str() == found.target)?;
    let is_free = !instead.iter().any(|other| plan.sources.contains_key(other.as_str()));
    let is_of_paper = *column == OrderColumn::Date && BARE_DAYS.contains(&plain(label).as_str());
    // `Consignee` beside `End user` are headers of groups, and neither is a party.
    let is_header = target(text, headers("orders"), None).is_some();
    (is_free && !is_of_paper && !is_header && !is_blank(text)).then_some((*column, label, text))
}

impl IntakeTables<'_> {
    /// Notes a row above the headers; what it says for all lines goes into `above`.
    pub(crate) fn read_above(&mut self, line: &Line<'_, '_>, above: &mut BTreeMap<OrderColumn, String>) {
        let cells = line.row.texts();
        if words_of_header(&cells) >= 2 && cells.iter().filter(|cell| !cell.is_empty()).count() > 2 {
            // The upper one of two rows of headers.
            return;
        }
        let first = cells.iter().map(|cell| cell.trim()).find(|cell| !cell.is_empty()).unwrap_or("");
        let table = line.reading.table.as_str();
        match said_above(&cells, line.reading.plan) {
            Some((column, label, text)) if !above.contains_key(&column) => {
                let at = RemarkPlace { table, row: line.number, column: label, value: text };
                self.remarks.add(RemarkKind::Assumed, at, "it stands above the headers and is taken for every line");
                above.insert(column, text.to_owned());
            }
            _ => {
                let at = RemarkPlace { table, row: line.number, column: "", value: first };
                self.remarks.add(RemarkKind::LeftOut, at, "a row above the headers");
                self.note_stray_row(line, &cells, true);
            }
        }
    }

    /// Whether a row is no line: a sum, a text below the table, headers again. The error is another table.
    pub(crate) fn is_left_out(&mut self, line: &Line<'_, '_>) -> Result<bool, Diagnostic> {
        let row = line.row;
        let mut filled = (0..row.len()).filter(|place| !row.text(*place).is_empty());
        let first = filled.next().map_or("", |place| row.text(place));
        let more = filled.next().is_some();
        let at = RemarkPlace { table: &line.reading.table, row: line.number, column: "", value: first };
        let is_word = first.starts_with(|letter: char| letter.is_alphabetic());
        let is_drawn = |place: usize| row.text(place).bytes().all(|byte| byte.is_ascii_punctuation());
        if first.starts_with(['-', '=', '_', '*', '+', '~']) && first.len() > 1 && (0..row.len()).all(is_drawn) {
            self.remarks.add(RemarkKind::LeftOut, at, "a row of signs");
            return Ok(true);
        }
        // SAP marks sums with stars.
        let is_starred = !first.is_empty() && first.bytes().all(|byte| byte == b'*');
        if (line.cell_of_row(OrderColumn::Item).is_empty()
            || line.cell_of_row(OrderColumn::UltimateConsignee).is_empty())
            && (is_starred || is_word && word_lists().totals.contains(&plain(first)))
        {
            self.remarks.add(RemarkKind::LeftOut, at, "a row of sums");
            self.note_stray_row(line, &row.texts(), false);
            return Ok(true);
        }
        // `Subtotal Norway`, where nothing else of a line stands.
        let is_total =
            || first.split_whitespace().next().is_some_and(|word| word_lists().totals.contains(&plain(word)));
        let parts = [
            OrderColumn::Item,
            OrderColumn::Description,
            OrderColumn::UltimateConsignee,
            OrderColumn::Destination,
            OrderColumn::Date,
        ];
        if is_word
            && parts.iter().all(|column| line.cell_of_row(*column).is_empty() || line.cell_of_row(*column) == first)
            && is_total()
        {
            self.remarks.add(RemarkKind::LeftOut, at, "a row of sums");
            self.note_stray_row(line, &row.texts(), false);
            return Ok(true);
        }
        if !more
            && [OrderColumn::Item, OrderColumn::Description, OrderColumn::Quantity]
                .iter()
                .all(|column| line.cell_of_row(*column).is_empty())
        {
            self.remarks.add(RemarkKind::LeftOut, at, "a row with one cell, which names no goods");
            self.note_stray_row(line, &row.texts(), false);
            return Ok(true);
        }
        let quantity = line.cell(OrderColumn::Quantity);
        if is_word
            && !quantity.is_empty()
            && !quantity.bytes().any(|byte| byte.is_ascii_digit())
            && words_of_header(&row.texts()) >= 3
        {
            if row.texts().iter().zip(&line.reading.plan.header).all(|(cell, header)| plain(cell) == plain(header)) {
                self.remarks.add(RemarkKind::LeftOut, at, "the headers again");
                return Ok(true);
            }
            let what = "begins another table on the same sheet";
            return Err(row_fault(
                "two-tables",
                line.number,
                what,
                "put each table on a sheet or into a file of its own",
            ));
        }
        Ok(false)
    }
}
