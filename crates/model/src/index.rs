//! Numbers of entries in tables: tables hold `u32`, addresses are `usize`, reports count in `u64`.

// Tables number their entries with 32 bits, and everything is counted with 64: a platform where one of these does not fit is not built for.
const _: () = assert!(usize::BITS >= u32::BITS && usize::BITS <= u64::BITS);

/// The index of the entry with a number. Never another number: addresses have 32 bits or more wherever this is built.
#[must_use]
pub const fn index_of(number: u32) -> usize {
    number as usize
}

/// A length as a count. Never another number: addresses have 64 bits or fewer wherever this is built.
#[must_use]
pub const fn count_of(length: usize) -> u64 {
    length as u64
}

#[cfg(test)]
mod tests {
    use super::{count_of, index_of};

    #[test]
    fn numbers_stay_what_they_are() {
        assert_eq!(index_of(u32::MAX).to_string(), u32::MAX.to_string());
        assert_eq!(count_of(usize::MAX).to_string(), usize::MAX.to_string());
    }
}
