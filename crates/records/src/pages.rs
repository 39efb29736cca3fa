//! How much memory the pages of a Parquet file come to, told from their headers before any is unpacked.
//!
//! A page may be squeezed a thousandfold, a dictionary may hold one long text that every row means, and a few bytes may say that millions of values
//! follow. Each is weighed here: what takes more than a table of orders ever does is refused, and long values are read in fewer rows at a time.

use std::fs::File;
use std::io::{BufReader, Read, Result as Passed, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Type;
use parquet::column::page::{Page, PageReader as _};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::serialized_reader::SerializedPageReader;
use tollgate_model::{Diagnostic, count_of};

use crate::compact::{PageHeader, page_header};
use crate::mistakes::{broken, in_file};

/// The most that a page takes once it is unpacked, in bytes.
const MAX_PAGE_BYTES: u64 = 128 << 20;
/// The most that the pages that are unpacked at the same time take, one of each column with its dictionary, in bytes.
const MAX_PAGES_BYTES: u64 = 512 << 20;
/// The most that the values of the rows that are read at once may come to, in bytes.
const MAX_ROWS_BYTES: u64 = 512 << 20;
/// The most values of a column of lists in a group of rows.
const MAX_LISTED: u64 = 16 << 20;
/// Bytes that are read at once for a header.
const HEAD: usize = 512;

/// Encodings in which a value is said by what it has in common with the one before it, or by lengths that are counted first.
const DELTA_LENGTHS: i64 = 6;
const DELTA_PREFIXES: i64 = 7;

/// What the pages of a column come to, in bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    dictionary: u64,
    page: u64,
    /// The most that one value may take, where a few bytes of the file may stand for many of them; else 0.
    repeated: u64,
}

/// Why a file is refused.
enum Refusal {
    /// It cannot be read.
    Broken(String),
    /// It takes too much memory.
    TooLarge(String),
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Refusal {
        Refusal::Broken(format!("a page cannot be read: {error}"))
    }
}

impl From<parquet::errors::ParquetError> for Refusal {
    fn from(error: parquet::errors::ParquetError) -> Refusal {
        Refusal::Broken(format!("a page cannot be read: {error}"))
    }
}

/// How many rows of a Parquet file may be read at once, `most` or fewer, so that they fit into memory; the error is a file that does not.
/// `is_read` says which of the columns, by their places, are read.
pub(crate) fn rows_at_once(
    path: &Path,
    file: &File,
    metadata: &ParquetMetaData,
    is_read: &dyn Fn(usize) -> bool,
    most: usize,
) -> Result<usize, Diagnostic> {
    weigh(file, metadata, is_read, most).map_err(|refusal| match refusal {
        Refusal::Broken(what) => broken(path, what, "write the file again, whole"),
        Refusal::TooLarge(what) => {
            let mend = "check how the file was made: no order has such values; write it in smaller pages";
            in_file("oversized-pages", path, what, mend)
        }
    })
}

fn weigh(
    file: &File,
    metadata: &ParquetMetaData,
    is_read: &dyn Fn(usize) -> bool,
    most: usize,
) -> Result<usize, Refusal> {
    let schema = metadata.file_metadata().schema_descr();
    let mut columns = vec![Weight::default(); schema.num_columns()];
    for group in metadata.row_groups() {
        for (leaf, (chunk, column)) in group.columns().iter().zip(&mut columns).enumerate() {
            if is_read(schema.get_column_root_idx(leaf)) {
                let weight = chunk_weight(file, chunk)?;
                column.dictionary = column.dictionary.max(weight.dictionary);
                column.page = column.page.max(weight.page);
                column.repeated = column.repeated.max(weight.repeated);
            }
        }
    }
    let at_once: u64 = columns.iter().map(|column| column.dictionary.saturating_add(column.page)).sum();
    if at_once > MAX_PAGES_BYTES {
        let what = format!("its pages come to {at_once} bytes at a time, more than {MAX_PAGES_BYTES}");
        return Err(Refusal::TooLarge(what));
    }
    let row: u64 = columns.iter().map(|column| column.repeated).sum();
    match (MAX_ROWS_BYTES / row.max(1)).min(count_of(most)) {
        0 => Err(Refusal::TooLarge(format!("a row may come to {row} bytes, more than {MAX_ROWS_BYTES}"))),
        rows => usize::try_from(rows).map_err(|error| Refusal::Broken(error.to_string())),
    }
}

/// Where a column's pages of a group stand in the file.
fn place(chunk: &ColumnChunkMetaData) -> Result<(u64, u64), Refusal> {
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let place = |number: i64| {
        u64::try_from(number).map_err(|_| Refusal::Broken(format!("says that pages stand at byte {number}")))
    };
    Ok((place(start)?, place(chunk.compressed_size())?))
}

fn chunk_weight(file: &File, chunk: &ColumnChunkMetaData) -> Result<Weight, Refusal> {
    let (start, length) = place(chunk)?;
    let end = start.saturating_add(length);
    let mut source = BufReader::with_capacity(HEAD, file);
    let mut weight = Weight::default();
    let (mut at, mut values, mut by_delta) = (start, 0_u64, false);
    let name = || chunk.column_path().string();
    while at < end {
        source.seek(SeekFrom::Start(at))?;
        let header = page_header(&mut source)?;
        if header.unpacked_bytes > MAX_PAGE_BYTES {
            let bytes = header.unpacked_bytes;
            let what = format!("a page of the column `{}` has {bytes} bytes, more than {MAX_PAGE_BYTES}", name());
            return Err(Refusal::TooLarge(what));
        }
        match header {
            PageHeader { is_dictionary: true, unpacked_bytes, values, .. } => {
                if values > unpacked_bytes {
                    return Err(Refusal::Broken(format!("the column `{}` says more values than it has", name())));
                }
                weight.dictionary = weight.dictionary.max(unpacked_bytes);
            }
            PageHeader { unpacked_bytes, encoding, values: more, .. } => {
                weight.page = weight.page.max(unpacked_bytes);
                values = values.saturating_add(more);
                by_delta |= matches!(encoding, DELTA_LENGTHS | DELTA_PREFIXES);
            }
        }
        at = at.saturating_add(header.length).saturating_add(header.packed_bytes);
    }
    let is_list = chunk.column_descr().max_rep_level() > 0;
    if is_list && values > MAX_LISTED {
        return Err(Refusal::TooLarge(format!("the lists of the column `{}` have {values} values", name())));
    }
    weight.repeated = repeated(file, chunk, &weight, by_delta)?;
    if is_list {
        // A row may have all of them.
        weight.repeated = weight.repeated.saturating_mul(values.max(1));
    }
    Ok(weight)
}

/// The most that one value may take where a few bytes may stand for many.
fn repeated(file: &File, chunk: &ColumnChunkMetaData, weight: &Weight, by_delta: bool) -> Result<u64, Refusal> {
    let column = chunk.column_descr();
    if by_delta {
        check_counts(file, chunk)?;
        return Ok(weight.page.max(weight.dictionary));
    }
    match column.physical_type() {
        _ if weight.dictionary == 0 => Ok(0),
        Type::BYTE_ARRAY => longest_of_dictionary(file, chunk),
        Type::FIXED_LEN_BYTE_ARRAY => u64::try_from(column.type_length())
            .map_err(|_| Refusal::Broken("has values of less than no length".to_owned())),
        _ => Ok(0),
    }
}

fn pages(file: &File, chunk: &ColumnChunkMetaData) -> Result<SerializedPageReader<File>, Refusal> {
    let rows = usize::try_from(chunk.num_values()).map_err(|error| Refusal::Broken(error.to_string()))?;
    Ok(SerializedPageReader::new(Arc::new(file.try_clone()?), chunk, rows, None)?)
}

/// The length of the longest value of a column's dictionary, whose pages were weighed.
fn longest_of_dictionary(file: &File, chunk: &ColumnChunkMetaData) -> Result<u64, Refusal> {
    let mut longest = 0;
    if let Some(Page::DictionaryPage { buf, .. }) = pages(file, chunk)?.get_next_page()? {
        let mut rest: &[u8] = &buf;
        while let Some((length, more)) = rest.split_first_chunk::<4>() {
            let length = u32::from_le_bytes(*length);
            longest = longest.max(length);
            let length = usize::try_from(length).map_err(|error| Refusal::Broken(error.to_string()))?;
            rest = more.get(length..).unwrap_or(&[]);
        }
    }
    Ok(u64::from(longest))
}

/// That the pages of a column say of no more lengths than they have values: all of them are written out at once.
fn check_counts(file: &File, chunk: &ColumnChunkMetaData) -> Result<(), Refusal> {
    let column = chunk.column_descr();
    let mut pages = pages(file, chunk)?;
    while let Some(page) = pages.get_next_page()? {
        let encoding = page.encoding();
        let (buffer, values, levels) = match &page {
            Page::DictionaryPage { .. } => continue,
            Page::DataPage { buf, num_values, .. } => {
                let mut skipped = 0_usize;
                for level in [column.max_rep_level(), column.max_def_level()] {
                    if level > 0 {
                        let length = buf.get(skipped..).and_then(<[u8]>::first_chunk::<4>).copied();
                        let length = length.and_then(|length| usize::try_from(u32::from_le_bytes(length)).ok());
                        skipped = length.map_or(usize::MAX, |length| skipped.saturating_add(4).saturating_add(length));
                    }
                }
                (buf, *num_values, skipped)
            }
            Page::DataPageV2 { buf, num_values, def_levels_byte_len, rep_levels_byte_len, .. } => {
                let levels = usize::try_from(def_levels_byte_len.saturating_add(*rep_levels_byte_len));
                (buf, *num_values, levels.map_err(|error| Refusal::Broken(error.to_string()))?)
            }
        };
        let lists = match encoding {
            parquet::basic::Encoding::DELTA_LENGTH_BYTE_ARRAY => 1,
            parquet::basic::Encoding::DELTA_BYTE_ARRAY => 2,
            _ => continue,
        };
        let mut rest = buffer.get(levels..).unwrap_or(&[]);
        for _ in 0..lists {
            check_lengths(&mut rest, u64::from(values))?;
        }
    }
    Ok(())
}

/// Passes over a list of lengths, which must be no more than there are values.
fn check_lengths(rest: &mut &[u8], values: u64) -> Result<(), Refusal> {
    let block = varint(rest)?;
    let parts = varint(rest)?;
    let count = varint(rest)?;
    if count > values || block > MAX_PAGE_BYTES || parts == 0 || parts > block {
        return Err(Refusal::Broken("a page says more lengths than it has values".to_owned()));
    }
    varint(rest)?;
    let each = block / parts;
    let mut left = count.saturating_sub(1);
    while left > 0 {
        varint(rest)?;
        let short = || Refusal::Broken("a page is cut short".to_owned());
        let parts = usize::try_from(parts).map_err(|_| short())?;
        let (widths, more) = rest.split_at_checked(parts).ok_or_else(short)?;
        *rest = more;
        for width in widths {
            if left == 0 {
                break;
            }
            let bytes = each.saturating_mul(u64::from(*width)).div_ceil(8);
            // The last part may be cut off behind its last value.
            let bytes = usize::try_from(bytes).map_err(|_| short())?.min(rest.len());
            *rest = rest.get(bytes..).ok_or_else(short)?;
            left = left.saturating_sub(each.max(1));
        }
    }
    Ok(())
}

fn varint(rest: &mut &[u8]) -> Passed<u64> {
    crate::compact::varint(&mut |byte: &mut [u8; 1]| rest.read_exact(byte))
}
