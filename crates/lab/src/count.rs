//! Counts and places as numbers of another width, where none can be lost.

const _: () = assert!(usize::BITS <= u64::BITS && usize::BITS >= u32::BITS, "counts fit, places in tables too");

/// A count as a number of 64 bits: no machine that this builds for has wider ones.
pub fn wide(count: usize) -> u64 {
    count as u64
}

/// A place in a table of at most 2^32 rows as an index: no machine that this builds for has narrower ones.
pub fn index_of(place: u32) -> usize {
    place as usize
}
