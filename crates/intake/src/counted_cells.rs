//! Rows that count in the cell of their goods, where no column counts: `4 x RTX 5090 + 2 L40S`.

use std::collections::BTreeMap;

use crate::ask_goods::{QuestionLine, line, phrases};
use crate::goods::GoodsFinder;
use crate::order_column::OrderColumn;
use crate::orders::{IntakeTables, Line, Reading};
use crate::report::RemarkKind;
use crate::sheet::{Cell, Row};

impl Reading<'_> {
    /// Whether no column of the table counts, so that its goods may be counted in their own cells.
    pub(crate) fn counts_in_cells(&self) -> bool {
        let has = |column: &OrderColumn| self.sources.get(*column).is_some();
        let counting = [OrderColumn::Quantity, OrderColumn::Packages, OrderColumn::Unit];
        !counting.iter().any(has) && [OrderColumn::Item, OrderColumn::Description].iter().any(has)
    }
}

/// The goods of a cell by the grammar of a question in one line; none unless every part of it is counted and understood.
fn counted_goods(text: &str, finder: &mut GoodsFinder<'_>) -> Vec<QuestionLine> {
    let goods: Vec<QuestionLine> = phrases(text).iter().map(|phrase| line(phrase, finder)).collect();
    if goods.iter().any(|line| line.open.is_some()) { Vec::new() } else { goods }
}

/// Whether a cell of the row under a header that is not known has a number: it may count units, of which the cell of the goods says what one is.
fn counts_elsewhere(line: &Line<'_, '_>) -> bool {
    let known = || line.reading.plan.sources.values().flat_map(|source| source.places.iter());
    let has_number = |place: usize| line.row.text(place).chars().any(char::is_numeric);
    (0..line.row.len()).any(|place| has_number(place) && !known().any(|known| *known == place))
}

impl IntakeTables<'_> {
    /// Reads a row of a table that counts in cells: a line for each of its goods, or one whose quantity stays open.
    pub(crate) fn read_counted(&mut self, line: &Line<'_, '_>) {
        let column = match line.cell_of_row(OrderColumn::Item).is_empty() {
            true => OrderColumn::Description,
            false => OrderColumn::Item,
        };
        let text = line.cell_of_row(column);
        let goods = counted_goods(text, &mut self.finder);
        let place = line.source(column).and_then(|source| source.places.first()).copied();
        let (false, false, Some(place)) = (goods.is_empty(), counts_elsewhere(line), place) else {
            self.read_line(line);
            return;
        };
        let what = "quantities stand in the cells of the goods, which are read as a question in one line is";
        self.remarks.add(RemarkKind::Assumed, line.place_of(column, text), what);
        let is_of_all = goods.len() > 1 || goods.iter().any(|one| one.quantity > 1);
        let prices = self.places_of_open_prices(line, is_of_all, goods.len() > 1);
        for one in goods {
            let cell = |at: usize| Cell { text: line.row.text(at).to_owned(), form: line.row.form(at) };
            let mut cells: Vec<Cell> = (0..line.row.len()).map(cell).collect();
            for at in &prices {
                cells.get_mut(*at).into_iter().for_each(|cell| cell.text.clear());
            }
            cells.get_mut(place).into_iter().for_each(|cell| cell.text.clone_from(&one.item));
            let mut above: BTreeMap<OrderColumn, String> = line.above.clone();
            above.insert(OrderColumn::Quantity, one.quantity.to_string());
            let Line { reading, number, .. } = *line;
            self.read_line(&Line { reading, row: Row::Cells(&cells), number, above: &above });
        }
    }

    /// The places of prices that may be of all that a row counts, which is said.
    fn places_of_open_prices(&mut self, line: &Line<'_, '_>, is_counted: bool, are_several: bool) -> Vec<usize> {
        let columns = [(OrderColumn::UnitPrice, is_counted), (OrderColumn::TotalValue, are_several)];
        let mut places = Vec::new();
        for (column, _) in columns.into_iter().filter(|(_, is_open)| *is_open) {
            let text = line.cell_of_row(column);
            if !text.is_empty() {
                let what = "is the price that of a unit or of all in the row? It stays unknown";
                self.remarks.add(RemarkKind::Question, line.place_of(column, text), what);
                places.extend(line.source(column).into_iter().flat_map(|source| source.places.iter().copied()));
            }
        }
        places
    }
}
