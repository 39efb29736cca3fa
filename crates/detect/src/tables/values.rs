//! What a kilogram of each code of the tariff is worth, from the data themselves.

use std::collections::BTreeMap;

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use tollgate_model::OrderLine;
use tollgate_records::Declared;

use super::cells::real;
use super::columns::{TariffRow, TariffTable};

/// Values that are kept of a code, at the most; beyond, every second, every fourth, … is.
const KEPT: usize = 16_384;

#[derive(Clone, Debug)]
struct Sample {
    seen: u64,
    stride: u64,
    values: Vec<f64>,
}

/// US dollars a kilogram, by code.
#[derive(Clone, Debug, Default)]
pub struct ValuesPerKg {
    codes: BTreeMap<String, Sample>,
}

impl ValuesPerKg {
    /// Adds a line that states price, weight and code.
    pub fn add(&mut self, order: &OrderLine<'_>, declared: Declared<'_>) {
        let price = declared.unit_price_usd.and_then(real);
        let weight = declared.gross_weight_kg.and_then(real).filter(|weight| *weight > 0.0);
        let (Some(code), Some(price), Some(weight)) = (declared.hs_code, price, weight) else { return };
        #[expect(clippy::cast_precision_loss, reason = "evidence, no legal decision")]
        let value = price * order.quantity as f64 / weight;
        if !self.codes.contains_key(code) {
            self.codes.insert(code.to_owned(), Sample { seen: 0, stride: 1, values: Vec::new() });
        }
        let Some(sample) = self.codes.get_mut(code) else { return };
        if sample.seen % sample.stride == 0 {
            sample.values.push(value);
        }
        sample.seen += 1;
        if sample.values.len() > KEPT {
            let mut place = 0_usize;
            sample.values.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            sample.stride *= 2;
        }
    }

    /// The table `hs`.
    pub fn table(&self) -> Result<RecordBatch, ArrowError> {
        let mut rows = TariffTable::default();
        for (code, sample) in &self.codes {
            let mut values = sample.values.clone();
            values.sort_by(f64::total_cmp);
            let last = values.len().saturating_sub(1);
            let at = |hundredths: usize| values.get((values.len() * hundredths / 100).min(last)).copied();
            rows.push(TariffRow { hs_code: code, usd_per_kg_p50: at(50), usd_per_kg_p99: at(99) });
        }
        rows.finish()
    }
}
