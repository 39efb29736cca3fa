//! Order lines as queries see them.

use arrow_array::RecordBatch;
use arrow_array::builder::ArrayBuilder as _;
use arrow_schema::ArrowError;
use tollgate_model::{OrderLine, Tpp};
use tollgate_records::Declared;

use super::cells::{real, thousandths};
use super::columns::{LineRow, LineTable};
use crate::entity::quarter_no;

/// Lines that are built together.
const BATCH_ROWS: usize = 65_536;

/// What the program derives of an order line: the columns of `lines` that no input file has.
#[derive(Clone, Copy, Debug)]
pub struct DerivedColumns<'a> {
    /// `ic`, `board`, `server`, `rack`, `model_weights`, `hbm`.
    pub kind: &'a str,
    /// The ECCN, where it is known.
    pub eccn: Option<&'a str>,
    /// TPP of a unit.
    pub unit_tpp: Option<Tpp>,
    /// TPP of the line.
    pub tpp: Option<Tpp>,
    /// Accelerators of a unit.
    pub accelerators: Option<i64>,
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
    /// Columns that say otherwise than the goods imply, with `;` between; `None` where none does.
    pub odd_columns: Option<&'a str>,
    /// Tier of the destination, 1 to 3.
    pub tier: i32,
    /// The consignee's ultimate parent.
    pub root: &'a str,
    /// The smallest id of those that are taken for one with the root.
    pub cluster: &'a str,
}

/// Builds the table of lines batch by batch.
#[derive(Default)]
pub struct LineBuilder {
    table: LineTable,
}

impl LineBuilder {
    /// Adds a line. Returns a batch of 65,536 lines when as many have come together, and begins the next.
    pub fn push(
        &mut self,
        order: &OrderLine<'_>,
        declared: Declared<'_>,
        derived: &DerivedColumns<'_>,
    ) -> Result<Option<RecordBatch>, ArrowError> {
        self.table.push(LineRow {
            order_id: order.order_id,
            line: order.line,
            day: order.date.epoch_days(),
            year: order.date.year(),
            quarter_no: quarter_no(order.date),
            activity: order.activity.as_str(),
            exporter: order.exporter,
            purchaser: order.purchaser,
            intermediate_consignee: order.intermediate_consignee,
            ultimate_consignee: order.ultimate_consignee,
            end_user: order.end_user,
            freight_forwarder: order.freight_forwarder,
            origin: order.origin.map(|country| country.code()),
            destination: order.destination.code(),
            via: order.via,
            item: order.item,
            kind: derived.kind,
            controlled: derived.eccn.map(is_controlled),
            eccn: derived.eccn,
            quantity: order.quantity,
            unit_tpp: derived.unit_tpp.map(|tpp| thousandths(tpp.thousandths())),
            tpp: derived.tpp.map(Tpp::ceil),
            // Only ranks evidence: a line of more accelerators than 64 bits hold stays the largest.
            chips: derived.accelerators.map(|count| count.saturating_mul(order.quantity)),
            tdp_w: derived.tdp_w,
            unit_price_usd: declared.unit_price_usd.and_then(real),
            list_price_usd: derived.list_price_usd,
            hs_code: declared.hs_code,
            description: declared.description,
            gross_weight_kg: declared.gross_weight_kg.and_then(real),
            packages: declared.packages,
            end_use: order.end_use,
            authorization: order.authorization,
            outcome: derived.outcome,
            decided: derived.exception,
            claimed_ok: derived.claimed_ok,
            odd_columns: derived.odd_columns,
            tier: derived.tier,
            root: derived.root,
            cluster: derived.cluster,
        });
        if self.table.order_id.len() < BATCH_ROWS { Ok(None) } else { self.finish().map(Some) }
    }

    /// The lines that have come together since the last batch, perhaps none.
    pub fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.table.finish()
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
