//! Where a record stands, and how it is known again.

use crate::record::{Hash, Record, chained};

/// Where a record stands, and a half of its hash: what is read there later must be the record that was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) seq: u64,
    pub(crate) half: u128,
}

impl Place {
    /// Where a record stands.
    pub(crate) fn of(record: &Record) -> Place {
        Place { seq: record.seq, half: half(&record.hash) }
    }

    /// Whether a record that was read, after another of a hash, is the one that was written here.
    pub(crate) fn holds(&self, before: &Hash, record: &Record) -> bool {
        let hash = chained(before, &record.body);
        record.seq == self.seq && record.hash == hash && half(&hash) == self.half
    }
}

fn half(hash: &Hash) -> u128 {
    hash.iter().take(16).fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}
