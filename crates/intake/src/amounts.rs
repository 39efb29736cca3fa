//! Prices, weights and packages of a line.

use tollgate_model::{Date, Decimal};

use crate::order_column::OrderColumn;
use crate::orders::{IntakeTables, Line};
use crate::parties::is_blank;
use crate::rates::{currency_code, share, times};
use crate::report::{RemarkKind, RemarkPlace};
use crate::sheet::CellForm;
use crate::text::plain;
use crate::values::number::{DecimalMark, Figure, MarkEvidence, mark_evidence, number};

impl IntakeTables<'_> {
    /// The number of a cell; None where it is empty or not understood, which is said.
    pub(crate) fn figure(&mut self, line: &Line<'_, '_>, column: OrderColumn) -> Option<Figure> {
        let text = line.cell(column);
        if is_blank(text) {
            return None;
        }
        let mark = if line.form(column) == CellForm::Number { Some(DecimalMark::Point) } else { line.reading.mark };
        let found = number(text, mark);
        if found.is_none() {
            let is_open = mark.is_none() && mark_evidence(text) == MarkEvidence::Either;
            let (kind, what) = match is_open {
                true => (RemarkKind::Question, "a thousand or a fraction? Say --decimal point or --decimal comma"),
                false => (RemarkKind::Unread, "no number of zero or more that is understood"),
            };
            self.remarks.add(kind, line.place_of(column, text), what);
        }
        found
    }

    /// US dollars a unit, as text; None where it is not known.
    pub(crate) fn unit_price(
        &mut self,
        line: &Line<'_, '_>,
        date: Option<Date>,
        quantity: Option<i64>,
    ) -> Option<String> {
        let (column, count) = match is_blank(line.cell(OrderColumn::UnitPrice)) {
            false => (OrderColumn::UnitPrice, 1),
            true => (OrderColumn::TotalValue, quantity?),
        };
        let figure = self.figure(line, column)?;
        let currency = self.currency(line, column, &figure)?;
        let value = if column == OrderColumn::TotalValue { share(figure.value, count)? } else { figure.value };
        if currency == "USD" {
            return Some(value.to_string());
        }
        let rate = date.and_then(|date| self.rates.rate(&currency, date));
        let Some(rate) = rate else {
            let said = ["no rate for ", &currency, " on the day: the price stays unknown; give a file with --rates"];
            self.remarks.add_of_parts(RemarkKind::Question, line.place_of(column, line.cell(column)), &said);
            return None;
        };
        let at = RemarkPlace { row: 0, ..line.place_of(column, "") };
        self.remarks.add_of_parts(RemarkKind::Assumed, at, &[&currency, " is changed at the rate of the day"]);
        times(value, rate).map(|price| price.to_string())
    }

    fn currency(&mut self, line: &Line<'_, '_>, column: OrderColumn, figure: &Figure) -> Option<String> {
        let unit = line.source(column).map_or("", |source| source.unit.as_str());
        let stated = [line.cell(OrderColumn::Currency), &figure.beside].into_iter().find(|text| !text.is_empty());
        if let Some(stated) = stated {
            let code = currency_code(stated);
            if code.is_none() {
                let what = format!("`{stated}` is no currency by itself: the price stays unknown");
                self.remarks.add(RemarkKind::Question, line.place_of(column, line.cell(column)), &what);
            }
            return code;
        }
        let header = plain(line.header(column));
        if unit == "usd" || header.ends_with("usd") || header.ends_with("usdollars") {
            return Some("USD".to_owned());
        }
        if unit.len() == 3 {
            return currency_code(unit);
        }
        if line.reading.plan.profile.as_deref() == Some("ACE/AES") {
            self.remarks.add(
                RemarkKind::Assumed,
                RemarkPlace { row: 0, ..line.place_of(column, "") },
                "values in AES are US dollars",
            );
            return Some("USD".to_owned());
        }
        self.remarks.add(
            RemarkKind::Question,
            RemarkPlace { row: 0, ..line.place_of(column, "") },
            "in which currency? Prices stay unknown",
        );
        None
    }

    /// Kilograms of the line, as text; empty where it is not known.
    pub(crate) fn weight(&mut self, line: &Line<'_, '_>) -> String {
        let Some(figure) = self.figure(line, OrderColumn::GrossWeightKg) else { return String::new() };
        let header = plain(line.header(OrderColumn::GrossWeightKg));
        let column = plain(line.cell(OrderColumn::WeightUnit));
        let beside = plain(&figure.beside);
        let of_header = ["kg", "kgs", "lb", "lbs", "mt"].into_iter().find(|unit| header.ends_with(unit)).unwrap_or("");
        let in_brackets = line.source(OrderColumn::GrossWeightKg).map_or("", |source| source.unit.as_str());
        let unit = [column.as_str(), beside.as_str(), in_brackets, of_header]
            .into_iter()
            .find(|unit| !unit.is_empty())
            .unwrap_or("");
        let factor = match unit {
            "kg" | "kgs" | "kgm" | "kilogram" | "kilograms" | "k" => "1",
            "lb" | "lbs" | "lbr" | "pounds" | "pound" => "0.453593",
            "t" | "mt" | "to" | "ton" | "tons" | "tne" | "tonne" | "tonnes" => "1000",
            "g" | "gr" | "grm" | "grams" => "0.001",
            "" => {
                self.remarks.add(
                    RemarkKind::Assumed,
                    RemarkPlace { row: 0, ..line.place_of(OrderColumn::GrossWeightKg, "") },
                    "weights are in kilograms",
                );
                "1"
            }
            other => {
                let what = format!("`{other}` is no unit of weight that is known: the weight stays unknown");
                self.remarks.add(
                    RemarkKind::Unread,
                    line.place_of(OrderColumn::GrossWeightKg, line.cell(OrderColumn::GrossWeightKg)),
                    &what,
                );
                return String::new();
            }
        };
        let kilograms = factor.parse::<Decimal>().ok().and_then(|factor| times(figure.value, factor));
        kilograms.map_or_else(String::new, |kilograms| kilograms.to_string())
    }

    /// The packages, as text; empty where they are not known.
    pub(crate) fn packages(&mut self, line: &Line<'_, '_>) -> String {
        let Some(figure) = self.figure(line, OrderColumn::Packages) else { return String::new() };
        figure.value.scaled_exact(0).map_or_else(String::new, |count| count.to_string())
    }
}
