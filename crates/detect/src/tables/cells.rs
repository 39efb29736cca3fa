//! What a column can hold: for each kind of cell the Rust type that a row needs, the Arrow builder, and its name in SQL.

use arrow_array::builder::{ArrayBuilder, BooleanBuilder, Float64Builder, Int32Builder, Int64Builder, StringBuilder};
use arrow_schema::DataType;

/// A kind of cell. A row of another type does not compile, and a cell is null only where its column is [`Maybe`].
pub(super) trait CellKind {
    /// What a row holds.
    type Cell<'a>;
    /// What the column is gathered in.
    type Builder: ArrayBuilder + Default;
    /// Its type in SQL.
    const SQL: SqlType;
    /// Whether a cell may be null.
    const NULLABLE: bool;

    /// Adds a cell to the column.
    fn append(column: &mut Self::Builder, cell: Self::Cell<'_>);
}

/// A kind whose cells may also be null.
pub(super) trait NullableKind: CellKind {
    /// Adds a null.
    fn append_null(column: &mut Self::Builder);
}

/// A type of a column, as queries know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SqlType {
    /// Text in UTF-8.
    Text,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits.
    BigInt,
    /// A floating-point number of 64 bits.
    Double,
    /// True or false.
    Boolean,
}

impl SqlType {
    /// Its word in SQL; `text` for [`SqlType::Text`].
    pub fn as_str(self) -> &'static str {
        match self {
            SqlType::Text => "text",
            SqlType::Int => "INT",
            SqlType::BigInt => "BIGINT",
            SqlType::Double => "DOUBLE",
            SqlType::Boolean => "BOOLEAN",
        }
    }

    /// The type in Arrow and Parquet.
    pub fn arrow(self) -> DataType {
        match self {
            SqlType::Text => DataType::Utf8,
            SqlType::Int => DataType::Int32,
            SqlType::BigInt => DataType::Int64,
            SqlType::Double => DataType::Float64,
            SqlType::Boolean => DataType::Boolean,
        }
    }
}

/// Text: `&str` in a row.
pub(super) struct Text;
/// A whole number of 32 bits: `i32` in a row.
pub(super) struct Int;
/// A whole number of 64 bits: `i64` in a row.
pub(super) struct BigInt;
/// A finite number: `f64` in a row. What is not finite becomes null, since SQL engines order and compare it differently.
pub(super) struct Real;
/// True or false: `bool` in a row.
pub(super) struct Flag;
/// A cell of another kind, or null: an `Option` in a row.
pub(super) struct Maybe<Kind>(std::marker::PhantomData<Kind>);

macro_rules! cell_kind {
    ($kind:ident, $cell:ty, $builder:ty, $sql:ident, |$column:ident, $value:ident| $append:expr) => {
        impl CellKind for $kind {
            type Cell<'a> = $cell;
            type Builder = $builder;
            const SQL: SqlType = SqlType::$sql;
            const NULLABLE: bool = false;

            #[inline]
            fn append($column: &mut $builder, $value: $cell) {
                $append;
            }
        }

        impl NullableKind for $kind {
            #[inline]
            fn append_null(column: &mut $builder) {
                column.append_null();
            }
        }
    };
}

cell_kind!(Int, i32, Int32Builder, Int, |column, cell| column.append_value(cell));
cell_kind!(BigInt, i64, Int64Builder, BigInt, |column, cell| column.append_value(cell));
cell_kind!(Real, f64, Float64Builder, Double, |column, cell| column
    .append_option(Some(cell).filter(|real| real.is_finite())));
cell_kind!(Flag, bool, BooleanBuilder, Boolean, |column, cell| column.append_value(cell));

impl CellKind for Text {
    type Cell<'a> = &'a str;
    type Builder = StringBuilder;
    const SQL: SqlType = SqlType::Text;
    const NULLABLE: bool = false;

    #[inline]
    fn append(column: &mut StringBuilder, cell: &str) {
        column.append_value(cell);
    }
}

impl NullableKind for Text {
    #[inline]
    fn append_null(column: &mut StringBuilder) {
        column.append_null();
    }
}

impl<Kind: NullableKind> CellKind for Maybe<Kind> {
    type Cell<'a> = Option<Kind::Cell<'a>>;
    type Builder = Kind::Builder;
    const SQL: SqlType = Kind::SQL;
    const NULLABLE: bool = true;

    #[inline]
    fn append(column: &mut Kind::Builder, cell: Option<Kind::Cell<'_>>) {
        match cell {
            Some(cell) => Kind::append(column, cell),
            None => Kind::append_null(column),
        }
    }
}

/// A whole number of thousandths as a real number, for evidence.
#[expect(clippy::cast_precision_loss, reason = "evidence, no legal decision")]
pub(crate) fn thousandths(value: i64) -> f64 {
    value as f64 / 1_000.0
}

/// A decimal as a real number, for evidence; `None` where numerator or denominator leave 64 bits.
#[expect(clippy::cast_precision_loss, reason = "evidence, no legal decision")]
pub fn real(value: tollgate_model::Decimal) -> Option<f64> {
    let ratio = value.ratio()?;
    Some(ratio.num as f64 / ratio.den as f64)
}
