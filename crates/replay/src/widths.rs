//! Conversions between the widths of integers that rows, patterns and names are numbered in.

use tollgate_model::never;
pub(crate) use tollgate_model::{count_of, index_of};

/// The number of the next of `length` things that are numbered from 0.
/// `None` where numbers have run out (or would meet those that stand for an empty cell), which memory forbids long before.
pub(crate) fn next_number(length: usize) -> Option<u32> {
    match u32::try_from(length) {
        Ok(number) if number < u32::MAX - 1 => Some(number),
        _ => {
            never!("{length} things are numbered");
            None
        }
    }
}
