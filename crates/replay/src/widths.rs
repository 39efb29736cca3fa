//! Conversions between the widths of integers that rows, patterns and names are numbered in.

use tollgate_model::never;

const _: () = assert!(u32::BITS <= usize::BITS && usize::BITS <= u64::BITS, "an index has 32 or 64 bits");

/// A number as an index. Cannot fail: an index has at least the bits of a number, as asserted above.
pub(crate) const fn index_of(number: u32) -> usize {
    number as usize
}

/// A length as a count. Cannot fail: an index has at most the bits of a count, as asserted above.
pub(crate) const fn count_of(length: usize) -> u64 {
    length as u64
}

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
