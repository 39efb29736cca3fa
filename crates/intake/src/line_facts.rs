//! What a row of orders says by itself: its id and line, its day, where it goes and where it comes from.

use tollgate_model::{Country, Date};

use crate::order_column::OrderColumn;
use crate::orders::{IntakeTables, Line};
use crate::parties::is_blank;
use crate::report::{RemarkKind, RemarkPlace};
use crate::sheet::CellForm;
use crate::text::{narrow, unread};
use crate::values::country::country;
use crate::values::day::{DayForm, DayOrder, day_form, quarter_end, year_first_day};
use crate::values::eccn::{EccnText, eccn_text};

/// Whether a header is in a language whose writers put the year first, also with two digits.
fn is_year_first(header: &str) -> bool {
    // Most headers are in other letters, which is soon seen.
    !header.is_ascii()
        && header
            .chars()
            .any(|letter| matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'))
}

impl IntakeTables<'_> {
    /// The order's id and the line in it, which no other line has.
    pub(crate) fn identify(&mut self, line: &Line<'_, '_>) -> (String, i64) {
        let mut order_id = line.cell(OrderColumn::OrderId).to_owned();
        if order_id.is_empty() {
            self.remarks.add(
                RemarkKind::Assumed,
                line.place_of(OrderColumn::OrderId, ""),
                "no order id: each row is an order of its own, named by its number",
            );
            order_id = match &line.reading.sheet.name {
                Some(name) => format!("{name}-row-{}", line.number),
                None => format!("row-{}", line.number),
            };
        }
        let stated: Option<i64> = match line.form(OrderColumn::Line) {
            CellForm::Number => line.cell(OrderColumn::Line).split('.').next().and_then(|text| text.parse().ok()),
            _ if line.cell(OrderColumn::Line).is_ascii() => line.cell(OrderColumn::Line).parse().ok(),
            _ => narrow(line.cell(OrderColumn::Line)).parse().ok(),
        };
        let stated = stated.filter(|number| (1..=999_999_999).contains(number));
        let taken = self.seen.lines_of(&order_id);
        let next = taken.last().map_or(1, |last| last + 1);
        let number = stated.filter(|number| !taken.contains(number)).unwrap_or(next);
        taken.insert(number);
        if stated.is_some_and(|stated| stated != number) {
            self.remarks.add(
                RemarkKind::Assumed,
                line.place_of(OrderColumn::Line, line.cell(OrderColumn::Line)),
                "the order has this line twice: it was given the next number",
            );
        } else if stated.is_none() && !line.cell(OrderColumn::Line).is_empty() {
            self.remarks.add(
                RemarkKind::Assumed,
                line.place_of(OrderColumn::Line, line.cell(OrderColumn::Line)),
                "no line number that is understood: it was given the next one",
            );
        }
        (order_id, number)
    }

    /// The day of a line; None where none is understood, which is said.
    pub(crate) fn date(&mut self, line: &Line<'_, '_>) -> Option<Date> {
        let column = if is_blank(line.cell(OrderColumn::Date)) && !is_blank(line.cell(OrderColumn::OtherDate)) {
            OrderColumn::OtherDate
        } else {
            OrderColumn::Date
        };
        let text = line.cell(column);
        if is_blank(text) {
            if let Some(day) = quarter_end(line.cell(OrderColumn::Year), line.cell(OrderColumn::Quarter)) {
                self.remarks.add(
                    RemarkKind::Assumed,
                    line.place_of(OrderColumn::Quarter, line.cell(OrderColumn::Quarter)),
                    "the last day of the quarter is taken as the day",
                );
                return Some(day);
            }
            self.remarks.add(RemarkKind::Unread, line.place_of(OrderColumn::Date, ""), "no day");
            return None;
        }
        if column == OrderColumn::OtherDate {
            self.remarks.add(
                RemarkKind::Assumed,
                line.place_of(column, ""),
                "there is no day of shipment: this day is taken for it",
            );
        }
        let year_first = if is_year_first(line.header(column)) { year_first_day(text) } else { None };
        if let Some(day) = year_first.filter(|_| !line.is_contradicted(column)) {
            self.remarks.add(RemarkKind::Assumed, line.place_of(column, text), "days are read as YY.MM.DD");
            return Some(day);
        }
        let found = match self.day_of(text) {
            _ if line.is_contradicted(column) => None,
            DayForm::Day { day, form } => {
                if matches!(form, "a spreadsheet's count of days" | "month by name" | "DD.MM.YYYY" | "an era of Japan")
                {
                    let said = ["days are read as ", form];
                    self.remarks.add_of_parts(RemarkKind::Assumed, line.place_of(column, text), &said);
                }
                Some(day)
            }
            DayForm::Shows { day, order } if line.reading.order.is_none_or(|stated| stated == order) => Some(day),
            DayForm::Either { day_month, month_day } => match line.reading.order {
                Some(DayOrder::DayMonth) => Some(day_month),
                Some(DayOrder::MonthDay) => Some(month_day),
                None => {
                    self.remarks.add(
                        RemarkKind::Question,
                        line.place_of(column, text),
                        "is the day or the month first? Say --dates dmy or --dates mdy",
                    );
                    return None;
                }
            },
            DayForm::Shows { .. } | DayForm::Unread => None,
        };
        if found.is_none() {
            self.remarks.add(RemarkKind::Unread, line.place_of(column, text), "no day that is understood");
        }
        found
    }

    /// The days that a cell may mean, as [`day_form`] reads it; days come again in most rows.
    fn day_of(&mut self, text: &str) -> DayForm {
        self.days.of(text, |text| day_form(text, true))
    }

    /// The ECCN that a line declares; what is none, or several, is marked.
    pub(crate) fn eccn(&mut self, line: &Line<'_, '_>) -> String {
        let text = line.cell(OrderColumn::DeclaredEccn);
        if text.is_empty() {
            return String::new();
        }
        match eccn_text(text) {
            EccnText::Nothing => String::new(),
            EccnText::One(eccn) => eccn,
            EccnText::Unread => {
                let what =
                    "no ECCN, or several: which one is it? A claim such as NLR belongs to the column of licenses";
                self.remarks.add(RemarkKind::Question, line.place_of(OrderColumn::DeclaredEccn, text), what);
                unread(text)
            }
        }
    }

    /// A country by its name, also by the names of the mapping.
    pub(crate) fn country_of(&mut self, text: &str) -> Option<Country> {
        let stated = |text: &str| self.mapping.countries.get(text).and_then(|code| code.parse().ok());
        self.countries.of(text, |text| stated(text).or_else(|| country(text)))
    }

    /// Where a line goes; the error is what was not understood, or what columns say differently, which is said.
    pub(crate) fn destination(&mut self, line: &Line<'_, '_>) -> Result<Country, String> {
        let column = line.destination_column();
        if column == OrderColumn::UltimateConsigneeCountry {
            self.remarks.add(
                RemarkKind::Assumed,
                RemarkPlace { row: 0, ..line.place_of(column, "") },
                "there is no country of destination: the consignee's is taken for it",
            );
        }
        let text = line.cell(column);
        let found = if line.is_contradicted(column) { None } else { self.country_of(text) };
        if found.is_none() {
            let what = if text.is_empty() {
                "no destination"
            } else {
                "no country that is known, or several: name it under [countries] in the mapping"
            };
            self.remarks.add(RemarkKind::Unread, line.place_of(column, text), what);
        }
        let columns = [column, OrderColumn::Destination, OrderColumn::ShipToCountry];
        let mut several = self.contradiction(line, &columns, found, text);
        let ship_to = line.cell(OrderColumn::ShipToCountry);
        if column == OrderColumn::Destination && !is_blank(ship_to) && self.country_of(ship_to) != found {
            let at = line.place_of(OrderColumn::ShipToCountry, ship_to);
            self.remarks.add(RemarkKind::Question, at, "the destination is another country: where do the goods go?");
            several = [if several.is_empty() { text } else { &several }, ship_to].join(" / ");
        }
        match found {
            Some(country) if several.is_empty() => Ok(country),
            _ => Err(if several.is_empty() { text.to_owned() } else { several }),
        }
    }

    /// Where a line is shipped from, as a code or as it was not understood; empty where nothing says it.
    pub(crate) fn origin(&mut self, line: &Line<'_, '_>) -> String {
        let text = line.cell(OrderColumn::Origin);
        if !is_blank(text) {
            return match self.country_of(text) {
                Some(country) => country.code().to_owned(),
                None => {
                    self.remarks.add(
                        RemarkKind::Unread,
                        line.place_of(OrderColumn::Origin, text),
                        "no country that is known",
                    );
                    unread(text)
                }
            };
        }
        let Some(origin) = &line.reading.plan.origin else { return String::new() };
        let at = RemarkPlace { row: 0, ..line.place_of(OrderColumn::Origin, origin) };
        self.remarks.add(RemarkKind::Assumed, at, "the lines are shipped from there, as files of this kind are");
        origin.clone()
    }
}
