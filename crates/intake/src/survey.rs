//! A first look at all cells of a table: which decimal mark it has, and which order of day and month.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use tollgate_model::Diagnostic;

use crate::columns::Plan;
use crate::memo::Memo;
use crate::sheet::{CellForm, Sheet};
use crate::values::day::{DayForm, DayOrder, day_form};
use crate::values::number::{DecimalMark, MarkEvidence, mark_evidence};

/// The forms that the cells of a file show.
#[derive(Debug, Default)]
pub(crate) struct FormEvidence {
    marks: BTreeSet<DecimalMark>,
    orders: BTreeSet<DayOrder>,
    /// Cells that need the mark.
    pub(crate) open_numbers: usize,
    /// Cells that need the order.
    pub(crate) open_days: usize,
}

const NUMBERS: &[&str] =
    &["quantity", "quantity_2", "unit_price", "total_value", "gross_weight_kg", "net_weight", "packages"];
const DAYS: &[&str] = &["date", "other_date", "incorporated_on"];

impl FormEvidence {
    /// Looks at a table; the error is a row that cannot be read, and names no file.
    pub(crate) fn look(&mut self, sheet: &Sheet, plan: &Plan) -> Result<(), Diagnostic> {
        let places = |targets: &[&str]| -> Vec<usize> {
            targets
                .iter()
                .filter_map(|target| plan.sources.get(*target))
                .flat_map(|source| source.places.clone())
                .collect()
        };
        let (numbers, days) = (places(NUMBERS), places(DAYS));
        let mut known = Memo::new();
        sheet.for_each(&mut |number, row| {
            if number <= plan.header_row {
                return ControlFlow::Continue(());
            }
            for place in numbers.iter().filter(|place| row.form(**place) == CellForm::Text) {
                match mark_evidence(row.text(*place)) {
                    MarkEvidence::Shows(mark) => {
                        self.marks.insert(mark);
                    }
                    MarkEvidence::Either => self.open_numbers += 1,
                    MarkEvidence::Silent => {}
                }
            }
            for place in &days {
                let text = row.text(*place);
                if !text.contains(['/', '-']) || text.get(4..5) == Some("-") {
                    continue;
                }
                match known.of(text, |text| day_form(text, false)) {
                    DayForm::Shows { order, .. } => {
                        self.orders.insert(order);
                    }
                    DayForm::Either { .. } => self.open_days += 1,
                    DayForm::Day { .. } | DayForm::Unread => {}
                }
            }
            ControlFlow::Continue(())
        })
    }

    /// The decimal mark, where all cells that show one show the same.
    pub(crate) fn mark(&self) -> Option<DecimalMark> {
        if self.marks.len() == 1 { self.marks.first().copied() } else { None }
    }

    /// The order of day and month, where all cells that show one show the same.
    pub(crate) fn order(&self) -> Option<DayOrder> {
        if self.orders.len() == 1 { self.orders.first().copied() } else { None }
    }
}
