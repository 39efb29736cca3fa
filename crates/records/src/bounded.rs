//! A bound on the texts of a batch of Parquet.
//!
//! A long text that stands once in a dictionary and is that of every row takes little room in the file, and memory for each
//! row once it is written out: lengths are added up before that.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Schema, SchemaRef};
use parquet::file::metadata::ParquetMetaData;
use tollgate_model::Diagnostic;

use crate::mistakes::{broken, in_file};

/// The longest text of a cell, in bytes.
const MAX_CELL_BYTES: usize = 1 << 20;
/// All texts of a batch of rows, in bytes.
const MAX_BATCH_BYTES: usize = 256 << 20;

/// The type of texts that stand as numbers of a dictionary.
fn numbered_text() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// The schema, with those columns of texts as numbers of a dictionary for which `is_coded` holds.
pub(crate) fn with_numbers(schema: &SchemaRef, is_coded: &dyn Fn(&str) -> bool) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 if is_coded(field.name()) => {
            Arc::new(field.as_ref().clone().with_data_type(numbered_text()))
        }
        _ => Arc::clone(field),
    });
    Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone()))
}

/// The schema, with those columns of texts as numbers of a dictionary that the file stores so throughout.
pub(crate) fn as_stored(schema: &SchemaRef, file: &ParquetMetaData) -> SchemaRef {
    let leaves = file.file_metadata().schema_descr();
    let has_dictionary = |name: &str| {
        let is = |leaf: usize| leaves.column(leaf).path().parts().first().is_some_and(|part| part == name);
        (0..leaves.num_columns()).filter(|leaf| is(*leaf)).all(|leaf| {
            file.row_groups()
                .iter()
                .all(|group| group.columns().get(leaf).is_some_and(|chunk| chunk.dictionary_page_offset().is_some()))
        })
    };
    with_numbers(schema, &has_dictionary)
}

/// The length of the longest text of an array, and of all of them, in bytes; nothing where it holds no texts.
fn lengths(array: &ArrayRef) -> Option<(usize, usize)> {
    let add = |(longest, all): (usize, usize), length: usize| (longest.max(length), all.saturating_add(length));
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().iter().flatten().map(str::len).fold((0, 0), add)),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().iter().flatten().map(str::len).fold((0, 0), add)),
        known if *known == numbered_text() => {
            let texts = array.as_dictionary::<Int32Type>();
            let values = texts.values().as_string_opt::<i32>()?;
            let length = |key: i32| {
                let key = usize::try_from(key).ok().filter(|key| *key < values.len())?;
                usize::try_from(values.value_length(key)).ok()
            };
            Some(texts.keys().iter().flatten().filter_map(length).fold((0, 0), add))
        }
        _ => None,
    }
}

/// The arrays of a batch, of which those of texts become texts that are not wanted as numbers. The error is a batch with more texts than a file of orders has.
pub(crate) fn bounded_arrays(
    batch: &RecordBatch,
    is_wanted_as_number: &dyn Fn(&str) -> bool,
    path: &Path,
) -> Result<Vec<ArrayRef>, Diagnostic> {
    let mut all = 0_usize;
    let schema = batch.schema();
    for (field, array) in schema.fields().iter().zip(batch.columns()) {
        let Some((longest, sum)) = lengths(array) else { continue };
        all = all.saturating_add(sum);
        if longest > MAX_CELL_BYTES || all > MAX_BATCH_BYTES {
            let what = if longest > MAX_CELL_BYTES {
                format!("a text of the column `{}` has {longest} bytes, more than {MAX_CELL_BYTES}", field.name())
            } else {
                format!("{} rows have more than {MAX_BATCH_BYTES} bytes of texts", batch.num_rows())
            };
            let mend = "check how the file was made: no order has such texts";
            return Err(in_file("oversized-text", path, what, mend));
        }
    }
    let text = |(field, array): (&Arc<arrow_schema::Field>, &ArrayRef)| {
        if *array.data_type() != numbered_text() || is_wanted_as_number(field.name()) {
            return Ok(Arc::clone(array));
        }
        arrow_cast::cast(array, &DataType::Utf8).map_err(|error| {
            let what = format!("the column `{}` cannot be read as text: {error}", field.name());
            broken(path, what, "write the file again")
        })
    };
    schema.fields().iter().zip(batch.columns()).map(text).collect()
}

#[cfg(test)]
mod tests {
    use arrow_array::{DictionaryArray, Int32Array, StringArray};

    use super::*;

    fn batch(text: &str, rows: usize) -> RecordBatch {
        let keys = Int32Array::from(vec![Some(0); rows]);
        let column = DictionaryArray::new(keys, Arc::new(StringArray::from(vec![text])));
        RecordBatch::try_from_iter([("description", Arc::new(column) as ArrayRef)]).unwrap()
    }

    #[test]
    fn what_every_row_means_is_weighed_before_it_is_written_out() {
        let path = Path::new("orders.parquet");
        let read = |batch: &RecordBatch| bounded_arrays(batch, &|_| false, path);
        let columns = read(&batch("GPU", 8_192)).unwrap();
        assert_eq!((columns[0].data_type(), columns[0].len()), (&DataType::Utf8, 8_192));
        let error = read(&batch(&"x".repeat(250_000), 8_192)).unwrap_err().to_string();
        assert!(error.contains("bytes of texts") && error.contains("orders.parquet"), "{error}");
        let error = read(&batch(&"x".repeat(MAX_CELL_BYTES + 1), 1)).unwrap_err().to_string();
        assert!(error.contains("`description`"), "{error}");
        assert!(read(&batch(&"x".repeat(250_000), 100)).is_ok());
        let as_numbers = bounded_arrays(&batch("GPU", 3), &|_| true, path).unwrap();
        assert_eq!(as_numbers[0].data_type(), &numbered_text());
    }
}
