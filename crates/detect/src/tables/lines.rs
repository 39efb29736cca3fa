//! Order lines as queries see them.

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use tollgate_model::{OrderLine, Tpp};
use tollgate_records::Declared;

use super::cells::{Cell, Rows, real, thousandths};
use super::schema::Derived;

/// Lines that are built together.
const ROWS: usize = 65_536;

/// What the program found of an order line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found<'a> {
    /// `ic`, `board`, `server`, `rack`, `model_weights`, `hbm`.
    pub kind: Option<&'a str>,
    /// The ECCN, where it is known.
    pub eccn: Option<&'a str>,
    /// TPP of a unit, and of the line.
    pub unit_tpp: Option<Tpp>,
    /// TPP of the line.
    pub tpp: Option<Tpp>,
    /// Accelerators of a unit.
    pub accelerators: i64,
    /// Watts of an accelerator.
    pub tdp_w: Option<f64>,
    /// What a unit costs as listed, in US dollars.
    pub list_price_usd: Option<f64>,
    /// The outcome's word.
    pub outcome: &'a str,
    /// The exception that carries it.
    pub exception: Option<&'a str>,
    /// Whether the claim holds.
    pub claimed_ok: Option<bool>,
    /// Tier of the destination, 1 to 3.
    pub tier: i32,
    /// The consignee's ultimate parent, and the cluster of that.
    pub root: &'a str,
    /// The smallest id of those that are taken for one with the root.
    pub cluster: &'a str,
}

/// Builds the table of lines batch by batch.
pub struct LineBuilder {
    rows: Rows,
}

impl Default for LineBuilder {
    fn default() -> LineBuilder {
        LineBuilder { rows: Rows::new(Derived::Lines.schema()) }
    }
}

impl LineBuilder {
    /// Adds a line; a batch when enough have come together.
    pub fn push(
        &mut self,
        order: &OrderLine<'_>,
        declared: Declared<'_>,
        found: &Found<'_>,
    ) -> Result<Option<RecordBatch>, ArrowError> {
        let (day, year) = (order.date.epoch_days(), order.date.year());
        let quarter = 4 * year + i32::try_from(order.date.quarter()).unwrap_or(1) - 1;
        let controlled = found.eccn.map(is_controlled);
        self.rows.push(&[
            Cell::Text(Some(order.order_id)),
            Cell::Long(Some(order.line)),
            Cell::Int(Some(day)),
            Cell::Int(Some(year)),
            Cell::Int(Some(quarter)),
            Cell::Text(Some(order.activity.as_str())),
            Cell::Text(order.exporter),
            Cell::Text(order.purchaser),
            Cell::Text(order.intermediate_consignee),
            Cell::Text(Some(order.ultimate_consignee)),
            Cell::Text(order.end_user),
            Cell::Text(order.freight_forwarder),
            Cell::Text(order.origin.map(|country| country.code())),
            Cell::Text(Some(order.destination.code())),
            Cell::Text(declared.via),
            Cell::Text(Some(order.item)),
            Cell::Text(found.kind),
            Cell::Flag(controlled),
            Cell::Text(found.eccn),
            Cell::Long(Some(order.quantity)),
            Cell::Real(found.unit_tpp.map(|tpp| thousandths(tpp.thousandths()))),
            Cell::Long(found.tpp.map(Tpp::ceil)),
            Cell::Long(Some(found.accelerators.saturating_mul(order.quantity))),
            Cell::Real(found.tdp_w),
            Cell::Real(None),
            Cell::Real(declared.unit_price_usd.and_then(real)),
            Cell::Real(found.list_price_usd),
            Cell::Text(declared.hs_code),
            Cell::Text(declared.description),
            Cell::Real(declared.gross_weight_kg.and_then(real)),
            Cell::Long(declared.packages),
            Cell::Text(order.end_use),
            Cell::Text(order.authorization),
            Cell::Text(Some(found.outcome)),
            Cell::Text(found.exception),
            Cell::Flag(found.claimed_ok),
            Cell::Int(Some(found.tier)),
            Cell::Text(Some(found.root)),
            Cell::Text(Some(found.cluster)),
        ]);
        if self.rows.len() < ROWS { Ok(None) } else { self.finish().map(Some) }
    }

    /// What has come together since.
    pub fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows.finish()
    }
}

/// Whether an ECCN is one of advanced computing: `a` or `b` of 3A090 or 4A090, or of the `.z` families, which hold such chips.
pub fn is_controlled(eccn: &str) -> bool {
    eccn.starts_with("3A090") || eccn.starts_with("4A090") || eccn.ends_with(".z")
}

/// TPP as a real number, for evidence.
pub fn tpp_real(tpp: Tpp) -> f64 {
    thousandths(tpp.thousandths())
}
