//! Columns that are filled row by row.

use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, BooleanBuilder, Float64Builder, Int32Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, SchemaRef};

/// A cell of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    Text(Option<&'a str>),
    Int(Option<i32>),
    Long(Option<i64>),
    Real(Option<f64>),
    Flag(Option<bool>),
}

enum Column {
    Text(StringBuilder),
    Int(Int32Builder),
    Long(Int64Builder),
    Real(Float64Builder),
    Flag(BooleanBuilder),
}

/// Rows of a schema, as they come.
pub(crate) struct Rows {
    schema: SchemaRef,
    columns: Vec<Column>,
    len: usize,
}

impl Rows {
    pub(crate) fn new(schema: SchemaRef) -> Rows {
        let column = |kind: &DataType| match kind {
            DataType::Int32 => Column::Int(Int32Builder::new()),
            DataType::Int64 => Column::Long(Int64Builder::new()),
            DataType::Float64 => Column::Real(Float64Builder::new()),
            DataType::Boolean => Column::Flag(BooleanBuilder::new()),
            _ => Column::Text(StringBuilder::new()),
        };
        let columns = schema.fields().iter().map(|field| column(field.data_type())).collect();
        Rows { schema, columns, len: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Adds a row of as many cells as the schema has columns, each of its column's type; a cell of another type is taken for null.
    pub(crate) fn push(&mut self, cells: &[Cell<'_>]) {
        self.len += 1;
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            match (column, *cell) {
                (Column::Text(column), Cell::Text(cell)) => column.append_option(cell),
                (Column::Int(column), Cell::Int(cell)) => column.append_option(cell),
                (Column::Long(column), Cell::Long(cell)) => column.append_option(cell),
                (Column::Real(column), Cell::Real(cell)) => column.append_option(cell.filter(|real| real.is_finite())),
                (Column::Flag(column), Cell::Flag(cell)) => column.append_option(cell),
                (column, _) => column.append_null(),
            }
        }
    }

    /// The rows so far, and an empty table again.
    pub(crate) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.len = 0;
        let arrays = self.columns.iter_mut().map(Column::finish).collect();
        RecordBatch::try_new(Arc::clone(&self.schema), arrays)
    }
}

impl Column {
    fn append_null(&mut self) {
        match self {
            Column::Text(column) => column.append_null(),
            Column::Int(column) => column.append_null(),
            Column::Long(column) => column.append_null(),
            Column::Real(column) => column.append_null(),
            Column::Flag(column) => column.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Column::Text(column) => ArrayBuilder::finish(column),
            Column::Int(column) => ArrayBuilder::finish(column),
            Column::Long(column) => ArrayBuilder::finish(column),
            Column::Real(column) => ArrayBuilder::finish(column),
            Column::Flag(column) => ArrayBuilder::finish(column),
        }
    }
}

/// A whole number of thousandths as a real number.
#[expect(clippy::cast_precision_loss, reason = "evidence, no legal decision")]
pub(crate) fn thousandths(value: i64) -> f64 {
    value as f64 / 1_000.0
}

/// A decimal as a real number.
#[expect(clippy::cast_precision_loss, reason = "evidence, no legal decision")]
pub fn real(value: tollgate_model::Decimal) -> Option<f64> {
    let ratio = value.ratio()?;
    Some(ratio.num as f64 / ratio.den as f64)
}
