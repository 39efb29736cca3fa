//! What a row says where nobody has read it: in columns that are not known, and in notes on its cells.

use tollgate_model::Country;

use crate::order_column::OrderColumn;
use crate::orders::{IntakeTables, Line};
use crate::parties::is_blank;
use crate::report::{RemarkKind, RemarkPlace};
use crate::side_columns::{SideColumn, SideKind, is_about_lines, is_harmless, is_of_kind, shown};
use crate::stray_rows::STRAY_ROWS;
use crate::text::plain;

impl IntakeTables<'_> {
    /// What a row says where nobody has read it, with a question for each cell; empty where that is nothing.
    pub(crate) fn unread_text(&mut self, line: &Line<'_, '_>, destination: Option<Country>) -> String {
        let table = line.reading.table.as_str();
        let plan = line.reading.plan;
        let mut said: Vec<String> = Vec::new();
        for column in plan.side_columns.iter().filter(|column| !plan.ignored.contains(&column.header)) {
            let text = line.row.text(column.place);
            if self.is_let_pass(line, column, destination) {
                continue;
            }
            let at = RemarkPlace { table, row: line.number, column: &column.header, value: text };
            let what = match is_aggregate(&column.header) {
                true => {
                    "H100-equivalents are a sum over many deliveries and no order: a line needs an item, its quantity, a consignee and a day; take the table out, or name the column under `ignore`"
                }
                false => {
                    "it is no column that is known, and is not read: name in the mapping what it is, or the column under `ignore`"
                }
            };
            self.remarks.add(RemarkKind::Question, at, what);
            said.push(format!("{}: {}", column.header, shown(text)));
        }
        for aside in line.reading.sheet.asides.iter().filter(|aside| aside.row == 0 || aside.row == line.number) {
            if plan.ignored.contains(aside.what) {
                continue;
            }
            let at = RemarkPlace { table, row: line.number, column: "", value: &aside.text };
            let what = format!(
                "{0} are not read: what do they say? Else name `{0}` under `ignore` in the mapping",
                aside.what
            );
            self.remarks.add(RemarkKind::Question, at, &what);
            said.push(format!("{}: {}", aside.what, shown(&aside.text)));
        }
        let stated = line.cell(OrderColumn::UnreadText);
        if !is_blank(stated) {
            said.push(stated.to_owned());
        }
        said.join("; ")
    }

    /// Whether the cell of a column that is not read says nothing new.
    fn is_let_pass(&mut self, line: &Line<'_, '_>, column: &SideColumn, destination: Option<Country>) -> bool {
        let text = line.row.text(column.place);
        is_blank(text)
            || is_harmless(text)
            || is_of_kind(text, column.kind)
            || column.kind == SideKind::Place && self.is_within(text, destination)
            || column.kind == SideKind::Quantity && text == line.cell(OrderColumn::Quantity)
            || says_again(line, text)
    }

    /// Whether a port or town is named with the country of destination, or by its code of trade and transport (`NOOSL`).
    fn is_within(&mut self, text: &str, destination: Option<Country>) -> bool {
        let Some(country) = destination else { return false };
        let bare: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        let is_code = bare.len() == 5 && bare.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        self.country_of(text) == Some(country) || is_code && bare.starts_with(country.code())
    }

    /// Keeps a row that is no line, if it may be about the table's lines, with a question.
    pub(crate) fn note_stray_row(&mut self, line: &Line<'_, '_>, cells: &[String], is_above: bool) {
        if line.reading.plan.ignored.contains(STRAY_ROWS) || !is_about_lines(cells, is_above) {
            return;
        }
        let filled: Vec<&str> = cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
        let text = shown(&filled.join(" "));
        let at = RemarkPlace { table: &line.reading.table, row: line.number, column: "", value: &text };
        let what = "it may be about the lines of the table, all of which stay unsettled: once it is looked at, name `stray rows` under `ignore` in the mapping";
        self.remarks.add(RemarkKind::Question, at, what);
        self.stray.note(text);
    }
}

/// Whether a header counts in units of an accelerator's performance, as studies do.
fn is_aggregate(header: &str) -> bool {
    let letters = plain(header);
    ["h100e", "h100eq", "h100equivalent"].iter().any(|unit| letters.contains(unit))
}

/// Whether another column of the row has the same text, or has it within: a town in an address. Numbers that are the same may count different things.
fn says_again(line: &Line<'_, '_>, text: &str) -> bool {
    let bare = plain(text);
    if !bare.chars().any(char::is_alphabetic) {
        return false;
    }
    let plan = line.reading.plan;
    let mut places =
        plan.sources.values().chain(&plan.further_parties).flat_map(|source| source.places.iter().copied());
    places.any(|place| {
        let cell = plain(line.row.text(place));
        cell == bare || bare.chars().count() >= 4 && cell.contains(&bare)
    })
}
