//! Places, lengths and counts in the widths in which they are kept and reckoned with.
//!
//! An index of names keeps places in 32 bits, which halves its memory; scores are reckoned in 64.

use tollgate_model::never;
pub(crate) use tollgate_model::{count_of, index_of};

/// A place, a length or a count of things in memory in 32 bits. Four billion of them do not fit into memory; were there
/// more, the answer would be `u32::MAX`, which is a place that no collection has and a count that makes nothing rare.
pub(crate) fn place_of(index: usize) -> u32 {
    narrow(count_of(index))
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
