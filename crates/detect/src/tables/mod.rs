//! The tables that typologies ask: order lines as they were decided, and what is known around them.

mod cells;
mod columns;
mod lines;
mod listings;
mod names;
mod reference;
mod small;
#[cfg(test)]
mod tests;
mod values;

pub use arrow_schema::ArrowError;

pub use cells::{SqlType, real};
pub use columns::{Column, DerivedTable};
pub use lines::{DerivedColumns, LineBuilder, is_controlled, tpp_real};
pub use listings::{ListMatch, Listing, listings};
pub use names::{QueryColumn, query_column, query_table};
pub use reference::reference;
pub use small::{CatalogItem, Limits, items, law, links, ownership, parties, stakes};
pub use values::ValuesPerKg;

pub use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;

/// The last `day` of a table (days since 1970-01-01); `None` where no row has one.
pub fn last_day(batch: &RecordBatch) -> Option<i32> {
    let days = batch.column_by_name("day")?.as_primitive_opt::<Int32Type>()?;
    days.iter().flatten().max()
}

/// The rows of a table whose `day` is not after a day (days since 1970-01-01). Rows whose day is null stay, and all rows of a table without such a column.
pub fn rows_up_to(batch: &RecordBatch, day: i32) -> Result<RecordBatch, ArrowError> {
    let Some(days) = batch.column_by_name("day").and_then(|days| days.as_primitive_opt::<Int32Type>()) else {
        return Ok(batch.clone());
    };
    let is_known: arrow_array::BooleanArray =
        days.iter().map(|row_day| Some(row_day.is_none_or(|row_day| row_day <= day))).collect();
    datafusion::arrow::compute::filter_record_batch(batch, &is_known)
}

/// Who runs each site, or owns it where nobody else runs it.
pub fn hall_holders(sites: &RecordBatch) -> impl Iterator<Item = &str> {
    let column = |name: &str| sites.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    let pairs = column("operator").zip(column("owner"));
    pairs
        .into_iter()
        .flat_map(|(operators, owners)| operators.iter().zip(owners.iter()).filter_map(|(run, owned)| run.or(owned)))
}

/// The order and payer of each payment that names both.
pub fn payers(payments: &RecordBatch) -> impl Iterator<Item = (&str, &str)> {
    let column = |name: &str| payments.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    let pairs = column("order_id").zip(column("payer"));
    pairs.into_iter().flat_map(|(orders, payers)| {
        orders.iter().zip(payers.iter()).filter_map(|(order, payer)| Some((order?, payer?)))
    })
}
