//! Rows of a table of orders to lines of the contract's.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use tollgate_law::catalog::Catalog;
use tollgate_model::{Country, Date, Diagnostic, Lookup};

use crate::columns::{Plan, Source, words_of_header};
use crate::faults::row_fault;
use crate::goods::GoodsFinder;
use crate::items::Items;
use crate::mapping::Mapping;
use crate::parties::{Parties, is_blank};
use crate::rates::Rates;
use crate::report::{RemarkKind, RemarkPlace, Remarks};
use crate::sheet::{CellForm, Row, Sheet};
use crate::text::plain;
use crate::values::country::country;
use crate::values::day::{DayForm, DayOrder, day_form, quarter_end};
use crate::values::number::DecimalMark;
use crate::vocabulary::word_lists;

/// The columns of the orders table that are written, in their order.
pub(crate) const COLUMNS: &[&str] = &[
    "order_id",
    "line",
    "date",
    "exporter",
    "purchaser",
    "intermediate_consignee",
    "ultimate_consignee",
    "end_user",
    "freight_forwarder",
    "origin",
    "destination",
    "item",
    "quantity",
    "unit_price_usd",
    "hs_code",
    "description",
    "gross_weight_kg",
    "packages",
    "end_use",
    "authorization",
    "declared_eccn",
];

/// The tables that intake writes, as far as they are gathered, and what they are gathered with.
pub(crate) struct IntakeTables<'a> {
    pub(crate) finder: GoodsFinder<'a>,
    pub(crate) catalog: &'a Catalog,
    pub(crate) mapping: &'a Mapping,
    pub(crate) rates: &'a Rates,
    pub(crate) parties: Parties,
    pub(crate) items: Items,
    pub(crate) remarks: Remarks,
    pub(crate) orders: csv::Writer<Vec<u8>>,
    pub(crate) origins: csv::Writer<Vec<u8>>,
    pub(crate) lines: usize,
    /// The lines of each order so far.
    seen: Lookup<String, BTreeSet<i64>>,
}

/// How the cells of a table are read.
pub(crate) struct Reading<'a> {
    pub(crate) table: String,
    pub(crate) sheet: &'a Sheet,
    pub(crate) plan: &'a Plan,
    /// The plan's sources by target, which every cell is looked up in.
    pub(crate) sources: Lookup<&'a str, &'a Source>,
    pub(crate) mark: Option<DecimalMark>,
    pub(crate) order: Option<DayOrder>,
    /// Whether the mark was stated by a person, and not taken from other cells.
    pub(crate) is_mark_stated: bool,
}

impl<'a> Reading<'a> {
    /// How a sheet is read by its plan; `mark` and `order` are those of its file.
    pub(crate) fn new(
        sheet: &'a Sheet,
        plan: &'a Plan,
        mark: Option<DecimalMark>,
        order: Option<DayOrder>,
    ) -> Reading<'a> {
        let mut sources = Lookup::new();
        for (target, source) in &plan.sources {
            sources.insert(target.as_str(), source);
        }
        Reading { table: sheet.title(), sheet, plan, sources, mark, order, is_mark_stated: false }
    }
}

/// A row being read.
pub(crate) struct Line<'a, 'r> {
    pub(crate) reading: &'a Reading<'a>,
    pub(crate) row: Row<'r>,
    pub(crate) number: u64,
    pub(crate) above: &'a BTreeMap<&'static str, String>,
}

/// Cells that the lines of one order may share, where a table states them once.
const SHARED: &[&str] = &[
    "date",
    "other_date",
    "exporter",
    "purchaser",
    "intermediate_consignee",
    "ultimate_consignee",
    "ultimate_consignee_address",
    "ultimate_consignee_city",
    "ultimate_consignee_country",
    "end_user",
    "freight_forwarder",
    "origin",
    "destination",
    "ship_to_country",
    "end_use",
    "currency",
    "notify_party",
];

impl Line<'_, '_> {
    pub(crate) fn source(&self, target: &str) -> Option<&Source> {
        self.reading.sources.get(target).copied()
    }

    /// The text of a target's cell; empty where there is none.
    pub(crate) fn cell(&self, target: &str) -> &str {
        let Some(source) = self.source(target) else { return "" };
        let text = source.places.iter().map(|place| self.row.text(*place)).find(|text| !text.is_empty()).unwrap_or("");
        match text.is_empty() && !self.above.is_empty() {
            true => self.above.get(target).map_or("", String::as_str),
            false => text,
        }
    }

    /// Whether cells under the same header say different things.
    pub(crate) fn is_contradicted(&self, target: &str) -> bool {
        let Some(source) = self.source(target).filter(|source| source.places.len() > 1) else { return false };
        let texts: BTreeSet<&str> =
            source.places.iter().map(|place| self.row.text(*place)).filter(|text| !text.is_empty()).collect();
        texts.len() > 1
    }

    pub(crate) fn form(&self, target: &str) -> CellForm {
        let place = self.source(target).and_then(|source| source.places.first());
        place.map_or(CellForm::Text, |place| self.row.form(*place))
    }

    pub(crate) fn header(&self, target: &str) -> &str {
        self.source(target).map_or("", |source| source.header.as_str())
    }

    /// The place of a remark on the column of a target in this row, with a value to show.
    pub(crate) fn place_of<'b>(&'b self, target: &str, value: &'b str) -> RemarkPlace<'b> {
        RemarkPlace { table: &self.reading.table, row: self.number, column: self.header(target), value }
    }
}

/// A cell that was not understood, as it is written: no reader takes it for anything else.
pub(crate) fn unread(text: &str) -> String {
    if text.is_empty() { "?".to_owned() } else { format!("? {text}") }
}

/// The first column that says where a line goes.
fn destination_column(line: &Line<'_, '_>) -> &'static str {
    let columns = ["destination", "ship_to_country", "ultimate_consignee_country"];
    columns.into_iter().find(|column| !line.cell(column).is_empty()).unwrap_or("destination")
}

impl<'a> IntakeTables<'a> {
    /// Nothing yet.
    pub(crate) fn new(catalog: &'a Catalog, mapping: &'a Mapping, rates: &'a Rates) -> IntakeTables<'a> {
        let writer = || csv::Writer::from_writer(Vec::new());
        IntakeTables {
            finder: GoodsFinder::new(catalog),
            catalog,
            mapping,
            rates,
            parties: Parties::default(),
            items: Items::default(),
            remarks: Remarks::default(),
            orders: writer(),
            origins: writer(),
            lines: 0,
            seen: Lookup::new(),
        }
    }

    /// Reads a table of orders; returns how many rows became lines. The error names no file.
    pub(crate) fn read_orders(&mut self, reading: &Reading<'_>) -> Result<usize, Diagnostic> {
        let before = self.lines;
        let mut failed = Ok(());
        let mut above: BTreeMap<&'static str, String> = BTreeMap::new();
        let mut above_order = String::new();
        reading.sheet.for_each(&mut |number, row| {
            if number <= reading.plan.header_row {
                return ControlFlow::Continue(());
            }
            let bare = BTreeMap::new();
            let line = Line { reading, row, number, above: &bare };
            match self.is_left_out(&line) {
                Ok(true) => return ControlFlow::Continue(()),
                Ok(false) => {}
                Err(error) => {
                    failed = Err(error);
                    return ControlFlow::Break(());
                }
            }
            if reading.plan.fill_down {
                if line.cell("order_id") != above_order {
                    above_order = line.cell("order_id").to_owned();
                    above = SHARED.iter().map(|target| (*target, line.cell(target).to_owned())).collect();
                }
                let line = Line { reading, row, number, above: &above };
                self.read_line(&line);
            } else {
                self.read_line(&line);
            }
            ControlFlow::Continue(())
        })?;
        failed.map(|()| self.lines - before)
    }

    /// Whether a row is no line: a sum, a text below the table, headers again. The error is another table.
    fn is_left_out(&mut self, line: &Line<'_, '_>) -> Result<bool, Diagnostic> {
        let row = line.row;
        let mut filled = (0..row.len()).filter(|place| !row.text(*place).is_empty());
        let first = filled.next().map_or("", |place| row.text(place));
        let more = filled.next().is_some();
        let at = RemarkPlace { table: &line.reading.table, row: line.number, column: "", value: first };
        let is_word = first.starts_with(|letter: char| letter.is_alphabetic());
        if is_word
            && word_lists().totals.contains(&plain(first))
            && (line.cell("item").is_empty() || line.cell("ultimate_consignee").is_empty())
        {
            self.remarks.add(RemarkKind::LeftOut, at, "a row of sums");
            return Ok(true);
        }
        if !more && ["item", "description", "quantity"].iter().all(|target| line.cell(target).is_empty()) {
            self.remarks.add(RemarkKind::LeftOut, at, "a row with one cell, which names no goods");
            return Ok(true);
        }
        let quantity = line.cell("quantity");
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

    fn read_line(&mut self, line: &Line<'_, '_>) {
        let beyond = line.reading.plan.header.len();
        let is_shifted = (beyond..line.row.len()).any(|place| !line.row.text(place).is_empty());
        if is_shifted {
            let value = line.row.text(beyond);
            self.remarks.add(
                RemarkKind::Unread,
                RemarkPlace { table: &line.reading.table, row: line.number, column: "", value },
                "more cells than headers: what stands in which column is not known",
            );
        }
        let (order_id, number) = self.identify(line);
        let date = self.date(line);
        let quantity = self.quantity(line);
        let price = self.unit_price(line, date, quantity.as_ref().ok().copied());
        let (item, description) = self.item(line, price.as_deref());
        let quantity = quantity.and_then(|units| self.units_of(line, &item, units));
        let destination = self.destination(line);
        let roles = self.roles(line, destination);
        let origin = self.origin(line);
        let date = match (date, is_shifted) {
            (Some(day), false) => day.to_string(),
            _ => unread(line.cell("date")),
        };
        let fields = [
            order_id.as_str(),
            &number.to_string(),
            &date,
            roles.exporter.as_str(),
            &roles.purchaser,
            &roles.intermediate_consignee,
            &roles.ultimate_consignee,
            &roles.end_user,
            &roles.freight_forwarder,
            &origin,
            &destination
                .map_or_else(|| unread(line.cell(destination_column(line))), |country| country.code().to_owned()),
            &if is_shifted { unread(&item) } else { item },
            &quantity.map_or_else(|text| unread(&text), |quantity| quantity.to_string()),
            price.as_deref().unwrap_or(""),
            line.cell("hs_code"),
            &description,
            &self.weight(line),
            &self.packages(line),
            if is_blank(line.cell("end_use")) { "" } else { line.cell("end_use") },
            &self.authorization(line),
            if is_blank(line.cell("declared_eccn")) { "" } else { line.cell("declared_eccn") },
        ];
        let written = self.orders.write_record(fields);
        tollgate_model::always!(written.is_ok(), "memory can be written");
        self.write_origin(line, &order_id, number);
        self.lines += 1;
    }

    /// Writes where a line is from, and what it said of its item.
    fn write_origin(&mut self, line: &Line<'_, '_>, order_id: &str, number: i64) {
        let sheet = line.reading.sheet;
        let origin = [
            order_id,
            &number.to_string(),
            &sheet.file,
            sheet.name.as_deref().unwrap_or(""),
            &line.number.to_string(),
            line.cell("declared_eccn"),
            line.cell("item"),
            line.cell("description"),
        ];
        let written = self.origins.write_record(origin);
        tollgate_model::always!(written.is_ok(), "memory can be written");
    }

    /// The order's id and the line in it, which no other line has.
    fn identify(&mut self, line: &Line<'_, '_>) -> (String, i64) {
        let mut order_id = line.cell("order_id").to_owned();
        if order_id.is_empty() {
            self.remarks.add(
                RemarkKind::Assumed,
                line.place_of("order_id", ""),
                "no order id: each row is an order of its own, named by its number",
            );
            order_id = match &line.reading.sheet.name {
                Some(name) => format!("{name}-row-{}", line.number),
                None => format!("row-{}", line.number),
            };
        }
        let stated: Option<i64> = match line.form("line") {
            CellForm::Number => line.cell("line").split('.').next().and_then(|text| text.parse().ok()),
            _ => line.cell("line").parse().ok(),
        };
        let stated = stated.filter(|number| (1..=999_999_999).contains(number));
        let taken = self.seen.entry(order_id.clone()).or_default();
        let next = taken.last().map_or(1, |last| last + 1);
        let number = stated.filter(|number| !taken.contains(number)).unwrap_or(next);
        taken.insert(number);
        if stated.is_some_and(|stated| stated != number) {
            self.remarks.add(
                RemarkKind::Assumed,
                line.place_of("line", line.cell("line")),
                "the order has this line twice: it was given the next number",
            );
        } else if stated.is_none() && !line.cell("line").is_empty() {
            self.remarks.add(
                RemarkKind::Assumed,
                line.place_of("line", line.cell("line")),
                "no line number that is understood: it was given the next one",
            );
        }
        (order_id, number)
    }

    fn date(&mut self, line: &Line<'_, '_>) -> Option<Date> {
        let column =
            if is_blank(line.cell("date")) && !is_blank(line.cell("other_date")) { "other_date" } else { "date" };
        let text = line.cell(column);
        if is_blank(text) {
            if let Some(day) = quarter_end(line.cell("year"), line.cell("quarter")) {
                self.remarks.add(
                    RemarkKind::Assumed,
                    line.place_of("quarter", line.cell("quarter")),
                    "the last day of the quarter is taken as the day",
                );
                return Some(day);
            }
            self.remarks.add(RemarkKind::Unread, line.place_of("date", ""), "no day");
            return None;
        }
        if column == "other_date" {
            self.remarks.add(
                RemarkKind::Assumed,
                line.place_of(column, ""),
                "there is no day of shipment: this day is taken for it",
            );
        }
        let found = match day_form(text, true) {
            _ if line.is_contradicted(column) => None,
            DayForm::Day { day, form } => {
                if matches!(form, "a spreadsheet's count of days" | "month by name" | "DD.MM.YYYY" | "an era of Japan")
                {
                    self.remarks.add(
                        RemarkKind::Assumed,
                        line.place_of(column, text),
                        &format!("days are read as {form}"),
                    );
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

    /// A country by its name, also by the names of the mapping.
    pub(crate) fn country_of(&self, text: &str) -> Option<Country> {
        let stated = self.mapping.countries.get(text).and_then(|code| code.parse().ok());
        stated.or_else(|| country(text))
    }

    fn destination(&mut self, line: &Line<'_, '_>) -> Option<Country> {
        let column = destination_column(line);
        if column == "ultimate_consignee_country" {
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
        found
    }

    fn origin(&mut self, line: &Line<'_, '_>) -> String {
        let text = line.cell("origin");
        if !is_blank(text) {
            return match self.country_of(text) {
                Some(country) => country.code().to_owned(),
                None => {
                    self.remarks.add(RemarkKind::Unread, line.place_of("origin", text), "no country that is known");
                    unread(text)
                }
            };
        }
        let Some(origin) = &line.reading.plan.origin else { return String::new() };
        let at = RemarkPlace { row: 0, ..line.place_of("origin", origin) };
        self.remarks.add(RemarkKind::Assumed, at, "the lines are shipped from there, as files of this kind are");
        origin.clone()
    }
}
