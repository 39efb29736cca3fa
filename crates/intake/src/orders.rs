//! Rows of a table of orders to lines of the contract's.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use tollgate_law::catalog::Catalog;
use tollgate_model::{Country, Diagnostic};

use crate::columns::{Plan, Source};
use crate::contract_tables::ContractTables;
use crate::goods::GoodsFinder;
use crate::items::{ItemRead, Items};
use crate::mapping::Mapping;
use crate::memo::Memo;
use crate::order_column::{OrderColumn, OrderSources};
use crate::parties::{Parties, is_blank};
use crate::party_word::{KnownRole, PartyWord};
use crate::rates::Rates;
use crate::report::{RemarkKind, RemarkPlace, Remarks};
use crate::seen_lines::SeenLines;
use crate::sheet::{CellForm, Row, Sheet};
use crate::stray_rows::StrayRows;
use crate::text::unread;
use crate::unit_kind::UnitKind;
use crate::values::activity::activity;
use crate::values::day::{DayForm, DayOrder};
use crate::values::number::DecimalMark;

/// The columns of the orders table that are written, in their order.
pub(crate) const COLUMNS: &[&str] = &[
    "order_id",
    "line",
    "date",
    "activity",
    "exporter",
    "purchaser",
    "intermediate_consignee",
    "ultimate_consignee",
    "end_user",
    "freight_forwarder",
    "lpp_operator",
    "origin",
    "destination",
    "via",
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
    "unread_text",
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
    /// Items and stakes that stand in the contract's form.
    pub(crate) stated: ContractTables,
    pub(crate) orders: csv::Writer<Vec<u8>>,
    pub(crate) origins: csv::Writer<Vec<u8>>,
    pub(crate) lines: usize,
    /// How many pieces descriptions count, as far as they were met.
    pub(crate) counted: Memo<Option<i64>>,
    /// What texts say of packages, as far as they were met.
    pub(crate) packed: Memo<Option<String>>,
    /// Whom statements of goods name, as far as they were met.
    pub(crate) named: Memo<Option<String>>,
    /// Through which places statements say that goods go, as far as they were met.
    pub(crate) passed: Memo<Option<String>>,
    /// The countries of places on the way, as far as they were met.
    pub(crate) ports: Memo<Option<String>>,
    /// What texts in the place of parties are, as far as they were met.
    pub(crate) party_words: Memo<PartyWord>,
    /// What texts in the place of days may mean, as far as they were met.
    pub(crate) days: Memo<DayForm>,
    /// The countries of texts, as far as they were met.
    pub(crate) countries: Memo<Option<Country>>,
    /// What units count, as far as they were met.
    pub(crate) units: Memo<UnitKind>,
    /// What names and descriptions came to, as far as they were met.
    pub(crate) items_read: Memo<ItemRead>,
    /// What the last name and description are remembered by, so that no text is made anew for each row.
    pub(crate) item_key: String,
    /// The parties in the roles in which they were met, with what stood beside them.
    pub(crate) roles_read: Memo<Vec<KnownRole>>,
    /// The lines of each order so far.
    pub(crate) seen: SeenLines,
    /// Rows beside tables that may be about their lines.
    pub(crate) stray: StrayRows,
}

/// How the cells of a table are read.
pub(crate) struct Reading<'a> {
    pub(crate) table: String,
    pub(crate) sheet: &'a Sheet,
    pub(crate) plan: &'a Plan,
    /// The plan's sources by column, which every cell is looked up in.
    pub(crate) sources: OrderSources<'a>,
    pub(crate) mark: Option<DecimalMark>,
    pub(crate) order: Option<DayOrder>,
    /// Columns that stand twice, of which both must say the same.
    pub(crate) doubled: Vec<&'a Source>,
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
        let sources = OrderSources::new(&plan.sources);
        let may_differ = |target: &str| MAY_DIFFER.iter().any(|column| column.as_str() == target);
        let doubled = plan.sources.iter().filter(|(target, source)| source.places.len() > 1 && !may_differ(target));
        let doubled = doubled.map(|(_, source)| source).collect();
        Reading { table: sheet.title(), sheet, plan, sources, mark, order, doubled, is_mark_stated: false }
    }
}

/// Columns of which two may say different things; the first that is filled counts.
const MAY_DIFFER: &[OrderColumn] = &[
    OrderColumn::Description,
    OrderColumn::HsCode,
    OrderColumn::UltimateConsigneeAddress,
    OrderColumn::UltimateConsigneeCity,
    OrderColumn::UltimateConsigneeEmail,
    OrderColumn::UltimateConsigneePhone,
    OrderColumn::PurchaserAddress,
    OrderColumn::ExporterAddress,
    OrderColumn::OtherDate,
];

/// A row being read.
pub(crate) struct Line<'a, 'r> {
    pub(crate) reading: &'a Reading<'a>,
    pub(crate) row: Row<'r>,
    pub(crate) number: u64,
    pub(crate) above: &'a BTreeMap<OrderColumn, String>,
}

/// Cells that the lines of one order may share, where a table states them once.
const SHARED: &[OrderColumn] = &[
    OrderColumn::Date,
    OrderColumn::OtherDate,
    OrderColumn::Exporter,
    OrderColumn::Purchaser,
    OrderColumn::IntermediateConsignee,
    OrderColumn::UltimateConsignee,
    OrderColumn::UltimateConsigneeAddress,
    OrderColumn::UltimateConsigneeCity,
    OrderColumn::UltimateConsigneeCountry,
    OrderColumn::EndUser,
    OrderColumn::FreightForwarder,
    OrderColumn::Origin,
    OrderColumn::Destination,
    OrderColumn::ShipToCountry,
    OrderColumn::EndUse,
    OrderColumn::Currency,
    OrderColumn::NotifyParty,
];

impl Line<'_, '_> {
    pub(crate) fn source(&self, column: OrderColumn) -> Option<&Source> {
        self.reading.sources.get(column)
    }

    /// The first text that is filled of the places of a source in this row; empty where there is none.
    fn text_of(&self, source: &Source) -> &str {
        source.places.iter().map(|place| self.row.text(*place)).find(|text| !text.is_empty()).unwrap_or("")
    }

    /// The text of a column's cell in this row; empty where there is none.
    pub(crate) fn cell_of_row(&self, column: OrderColumn) -> &str {
        self.source(column).map_or("", |source| self.text_of(source))
    }

    /// The text of a column's cell, or what is said above of it; empty where there is none.
    pub(crate) fn cell(&self, column: OrderColumn) -> &str {
        let text = self.cell_of_row(column);
        match text.is_empty() && !self.above.is_empty() {
            true => self.above.get(&column).map_or("", String::as_str),
            false => text,
        }
    }

    /// The first column that says where the line goes.
    pub(crate) fn destination_column(&self) -> OrderColumn {
        let columns = [OrderColumn::Destination, OrderColumn::ShipToCountry, OrderColumn::UltimateConsigneeCountry];
        columns.into_iter().find(|column| !self.cell(*column).is_empty()).unwrap_or(OrderColumn::Destination)
    }

    /// Whether cells under the same header say different things.
    pub(crate) fn is_contradicted(&self, column: OrderColumn) -> bool {
        self.source(column).is_some_and(|source| self.contradicts_itself(source))
    }

    fn contradicts_itself(&self, source: &Source) -> bool {
        let mut texts = source.places.iter().map(|place| self.row.text(*place)).filter(|text| !text.is_empty());
        let first = texts.next().unwrap_or("");
        texts.any(|text| text != first)
    }

    /// The texts under the same header, with ` / ` between.
    pub(crate) fn texts_of(&self, column: OrderColumn) -> String {
        let places = self.source(column).into_iter().flat_map(|source| source.places.iter());
        let texts: Vec<&str> = places.map(|place| self.row.text(*place)).filter(|text| !text.is_empty()).collect();
        texts.join(" / ")
    }

    pub(crate) fn form(&self, column: OrderColumn) -> CellForm {
        let place = self.source(column).and_then(|source| source.places.first());
        place.map_or(CellForm::Text, |place| self.row.form(*place))
    }

    pub(crate) fn header(&self, column: OrderColumn) -> &str {
        self.source(column).map_or("", |source| source.header.as_str())
    }

    /// The place of a remark on a column in this row, with a value to show.
    pub(crate) fn place_of<'b>(&'b self, column: OrderColumn, value: &'b str) -> RemarkPlace<'b> {
        RemarkPlace { table: &self.reading.table, row: self.number, column: self.header(column), value }
    }
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
            stated: ContractTables::default(),
            orders: writer(),
            origins: writer(),
            lines: 0,
            counted: Memo::new(),
            packed: Memo::new(),
            named: Memo::new(),
            passed: Memo::new(),
            ports: Memo::new(),
            party_words: Memo::new(),
            days: Memo::new(),
            countries: Memo::new(),
            units: Memo::new(),
            items_read: Memo::new(),
            item_key: String::new(),
            roles_read: Memo::new(),
            seen: SeenLines::default(),
            stray: StrayRows::default(),
        }
    }

    /// Reads a table of orders; returns how many rows became lines. The error names no file.
    pub(crate) fn read_orders(&mut self, reading: &Reading<'_>) -> Result<usize, Diagnostic> {
        let before = self.lines;
        let mut failed = Ok(());
        // What is said once above the headers, and what an order's first line says for its others.
        let mut all_lines: BTreeMap<OrderColumn, String> = BTreeMap::new();
        let mut above: BTreeMap<OrderColumn, String> = BTreeMap::new();
        let mut above_order = String::new();
        let bare = BTreeMap::new();
        let is_counted = reading.counts_in_cells();
        reading.sheet.for_each(&mut |number, row| {
            if number < reading.plan.header_row {
                self.read_above(&Line { reading, row, number, above: &bare }, &mut all_lines);
            }
            if number <= reading.plan.header_row {
                return ControlFlow::Continue(());
            }
            let line = Line { reading, row, number, above: &all_lines };
            match self.is_left_out(&line) {
                Ok(true) => return ControlFlow::Continue(()),
                Ok(false) => {}
                Err(error) => {
                    failed = Err(error);
                    return ControlFlow::Break(());
                }
            }
            if reading.plan.fill_down {
                if line.cell(OrderColumn::OrderId) != above_order {
                    above_order = line.cell(OrderColumn::OrderId).to_owned();
                    above = SHARED.iter().map(|column| (*column, line.cell(*column).to_owned())).collect();
                    for (column, text) in &all_lines {
                        above.entry(*column).or_insert_with(|| text.clone());
                    }
                }
                self.read_row(&Line { reading, row, number, above: &above }, is_counted);
            } else {
                self.read_row(&line, is_counted);
            }
            ControlFlow::Continue(())
        })?;
        self.stray.end_table(before..self.lines);
        failed.map(|()| self.lines - before)
    }

    fn read_row(&mut self, line: &Line<'_, '_>, is_counted: bool) {
        if is_counted { self.read_counted(line) } else { self.read_line(line) }
    }

    /// Reads a row as one line.
    pub(crate) fn read_line(&mut self, line: &Line<'_, '_>) {
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
        let is_shifted = is_shifted | self.is_contradictory(line);
        let (order_id, number) = self.identify(line);
        let date = self.date(line);
        let quantity = match self.quantity(line) {
            // Which of them is the quantity is what must be answered, and nothing else.
            _ if line.is_contradicted(OrderColumn::Quantity) => Err(line.texts_of(OrderColumn::Quantity)),
            quantity => quantity,
        };
        let price = self.unit_price(line, date, quantity.as_ref().ok().copied());
        let (item, description) = self.item(line, price.as_deref());
        let quantity = quantity
            .and_then(|units| self.units_of(line, &item, units))
            .and_then(|units| self.held_against_text(line, &item, units));
        let destination = self.destination(line);
        let roles = self.roles(line, destination.as_ref().ok().copied());
        let unread_text = self.unread_text(line, destination.as_ref().ok().copied());
        let origin = self.origin(line);
        let eccn = self.eccn(line);
        let date = match (date, is_shifted) {
            (Some(day), false) => day.to_string(),
            _ => unread(line.cell(OrderColumn::Date)),
        };
        let fields = [
            order_id.as_str(),
            &number.to_string(),
            &date,
            &if is_blank(line.cell(OrderColumn::Activity)) {
                String::new()
            } else {
                activity(line.cell(OrderColumn::Activity))
            },
            roles.exporter.as_str(),
            &roles.purchaser,
            &roles.intermediate_consignee,
            &roles.ultimate_consignee,
            &roles.end_user,
            &roles.freight_forwarder,
            &roles.lpp_operator,
            &origin,
            &destination.map_or_else(|text| unread(&text), |country| country.code().to_owned()),
            line.cell(OrderColumn::Via),
            &if is_shifted { unread(&item) } else { item },
            &quantity.map_or_else(|text| unread(&text), |quantity| quantity.to_string()),
            price.as_deref().unwrap_or(""),
            line.cell(OrderColumn::HsCode),
            &description,
            &self.weight(line),
            &self.packages(line),
            if is_blank(line.cell(OrderColumn::EndUse)) { "" } else { line.cell(OrderColumn::EndUse) },
            &self.authorization(line),
            &eccn,
            &unread_text,
        ];
        let written = self.orders.write_record(fields);
        tollgate_model::always!(written.is_ok(), "memory can be written");
        self.write_origin(line, &order_id, number);
        self.lines += 1;
    }

    /// Whether two columns for the same say different things in this row; each is named.
    fn is_contradictory(&mut self, line: &Line<'_, '_>) -> bool {
        let mut found = false;
        let quantity = line.source(OrderColumn::Quantity);
        for source in line.reading.doubled.iter().filter(|source| line.contradicts_itself(source)) {
            found |= quantity.is_none_or(|quantity| quantity != *source);
            let (table, column) = (line.reading.table.as_str(), source.header.as_str());
            let at = RemarkPlace { table, row: line.number, column, value: line.text_of(source) };
            self.remarks.add(RemarkKind::Unread, at, "two columns of this name say different things");
        }
        found
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
            line.cell(OrderColumn::DeclaredEccn),
            line.cell(OrderColumn::Item),
            line.cell(OrderColumn::Description),
        ];
        let written = self.origins.write_record(origin);
        tollgate_model::always!(written.is_ok(), "memory can be written");
    }
}
