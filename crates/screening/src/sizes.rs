//! Places, lengths and counts in the widths in which they are kept and reckoned with.
//!
//! An index of names keeps places in 32 bits, which halves its memory; scores are reckoned in 64.

use tollgate_model::never;

const _: () = assert!(usize::BITS >= u32::BITS && usize::BITS <= u64::BITS, "a place has 32 to 64 bits");

/// A place kept in 32 bits, as an index; exact, as asserted above.
pub(crate) const fn index_of(place: u32) -> usize {
    place as usize
}

/// A length or a count of things in memory in 64 bits; exact, as asserted above.
pub(crate) const fn wide(count: usize) -> u64 {
    count as u64
}

/// A place, a length or a count of things in memory in 32 bits. Four billion of them do not fit into memory; were there
/// more, the answer would be `u32::MAX`, which is a place that no collection has and a count that makes nothing rare.
pub(crate) fn place_of(index: usize) -> u32 {
    narrow(wide(index))
}

/// A number that its reckoning keeps below 2^32.
pub(crate) fn narrow(number: u64) -> u32 {
    match u32::try_from(number) {
        Ok(number) => number,
        Err(_) => {
            never!("{number} is more than 32 bits hold");
            u32::MAX
        }
    }
}
