//! Files of Parquet that take little room and would take much memory.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::schema::types::ColumnPath;
use tollgate_records::OrderReader;

/// A column of one text in every row, which a writer need not write out.
fn same(text: &str, rows: usize) -> ArrayRef {
    let keys = Int32Array::from(vec![0; rows]);
    Arc::new(DictionaryArray::new(keys, Arc::new(StringArray::from(vec![text]))))
}

/// Orders with more columns.
fn write(folder: &Path, more: &[(&str, ArrayRef)], properties: WriterPropertiesBuilder) -> PathBuf {
    let rows = more.first().map_or(1, |(_, column)| column.len());
    let ids: StringArray = (0..rows).map(|row| Some(format!("PO-{row}"))).collect();
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("order_id", Arc::new(ids)),
        ("line", Arc::new(Int64Array::from(vec![1; rows]))),
        ("date", same("2025-06-02", rows)),
        ("exporter", same("us", rows)),
        ("ultimate_consignee", same("sg", rows)),
        ("origin", same("US", rows)),
        ("destination", same("SG", rows)),
        ("item", same("NVIDIA H100 SXM", rows)),
        ("quantity", Arc::new(Int64Array::from(vec![10; rows]))),
    ];
    columns.extend(more.iter().cloned());
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let path = folder.join("orders.parquet");
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let properties = properties.set_compression(zstd).set_statistics_enabled(EnabledStatistics::None).build();
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    path
}

/// Columns in an encoding.
fn encoded(properties: WriterPropertiesBuilder, columns: &[&str], encoding: Encoding) -> WriterPropertiesBuilder {
    columns
        .iter()
        .fold(properties, |properties, name| properties.set_column_encoding(ColumnPath::from(*name), encoding))
}

/// How many lines are read, or what is wrong with the file.
fn read(path: &Path) -> Result<usize, String> {
    let mut reader = OrderReader::open_by_line(path).map_err(|errors| errors.to_string())?;
    let mut lines = 0;
    while let Some(batch) = reader.next_batch() {
        lines += batch.map_err(|errors| errors.to_string())?.len();
    }
    Ok(lines)
}

/// The most memory that this process had so far, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() / 1024
}

/// One test, so that what the process takes is what the files make it take.
#[test]
fn a_small_file_takes_little_memory_whatever_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let plain = || WriterProperties::builder().set_dictionary_enabled(false);

    // A page that is squeezed a thousandfold.
    {
        let text: ArrayRef = Arc::new(StringArray::from(vec!["x".repeat(140 << 20)]));
        let path = write(folder.path(), &[("description", text)], plain());
        assert!(std::fs::metadata(&path).unwrap().len() < 100_000);
        let error = read(&path).unwrap_err();
        assert!(error.contains("a page of the column `description`") && error.contains("mend"), "{error}");
    }
    let before = peak_mib();
    // Columns that are said by what they have in common with the row before, or by lengths; and dictionaries, which one plain row ends.
    let long = "x".repeat(100_000);
    let columns = ["description", "hs_code"];
    for version in [WriterVersion::PARQUET_2_0, WriterVersion::PARQUET_1_0] {
        let encoding = Encoding::DELTA_BYTE_ARRAY;
        let more = columns.map(|name| (name, same(&long, 3_000)));
        let path = write(folder.path(), &more, encoded(plain().set_writer_version(version), &columns, encoding));
        assert!(std::fs::metadata(&path).unwrap().len() < 1 << 20, "{encoding}");
        let error = read(&path).unwrap_err();
        assert!(error.contains("bytes of texts") || error.contains("a row may come to"), "{encoding}: {error}");
    }
    let more = columns.map(|name| (name, same(&long, 4_000)));
    let path = write(folder.path(), &more, WriterProperties::builder().set_max_row_group_row_count(Some(1_500)));
    let error = read(&path).unwrap_err();
    assert!(error.contains("bytes of texts"), "{error}");
    let taken = peak_mib() - before;
    assert!(taken < 1_500, "{taken} MiB more were taken");

    // What people write is read: every encoding, with texts of a usual length.
    for properties in [
        plain(),
        encoded(plain(), &["description"], Encoding::DELTA_BYTE_ARRAY),
        encoded(plain(), &["description"], Encoding::DELTA_LENGTH_BYTE_ARRAY),
        plain().set_data_page_row_count_limit(100),
        WriterProperties::builder().set_writer_version(WriterVersion::PARQUET_2_0),
        WriterProperties::builder().set_max_row_group_row_count(Some(700)),
    ] {
        let texts: StringArray = (0..3_000)
            .map(|row| (row % 7 != 0).then(|| format!("a server of rack {row}, {}", "y".repeat(row % 90))))
            .collect();
        let path = write(folder.path(), &[("description", Arc::new(texts) as ArrayRef)], properties);
        assert_eq!(read(&path), Ok(3_000));
    }
}
