//! Several columns for one country, of which each must say the same.

use tollgate_model::Country;

use crate::order_column::OrderColumn;
use crate::orders::{IntakeTables, Line};
use crate::parties::is_blank;
use crate::report::{RemarkKind, RemarkPlace};

impl IntakeTables<'_> {
    /// What the further columns for some countries say otherwise than the country that is known, with a remark: the texts, empty where all say the same.
    pub(crate) fn contradiction(
        &mut self,
        line: &Line<'_, '_>,
        columns: &[OrderColumn],
        known: Option<Country>,
        shown: &str,
    ) -> String {
        let mut texts: Vec<&str> = Vec::new();
        for (target, source) in &line.reading.plan.rivals {
            if !columns.iter().any(|column| column.as_str() == target) {
                continue;
            }
            let text = source.places.iter().map(|place| line.row.text(*place)).find(|text| !is_blank(text));
            let Some(text) = text else { continue };
            let other = self.country_of(text);
            if other.is_some() && other == known || text == shown {
                continue;
            }
            let (table, column) = (line.reading.table.as_str(), source.header.as_str());
            let at = RemarkPlace { table, row: line.number, column, value: text };
            self.remarks.add(
                RemarkKind::Question,
                at,
                "two columns say where it is, and not the same: which is right?",
            );
            texts.push(text);
        }
        if !texts.is_empty() && !shown.is_empty() {
            texts.insert(0, shown);
        }
        texts.join(" / ")
    }
}
