//! The lines of some consignees, on which other policies are tried.

/// The lines of some consignees, whole so that what is counted for each of them is exact.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    /// In order of the file: how each was decided, its TPP, and the line as it is kept.
    pub(crate) lines: Vec<(String, i64, String)>,
    /// One consignee of so many is in it, as a power of two.
    level: u32,
    hashes: Vec<u64>,
}

/// Lines of a sample, at the most.
const SAMPLED: usize = 8_000;

impl Sample {
    /// One consignee of how many is in it.
    pub(crate) fn one_of(&self) -> u64 {
        1 << self.level
    }

    fn takes(&self, hash: u64) -> bool {
        hash.is_multiple_of(self.one_of())
    }

    pub(crate) fn add(&mut self, consignee: &str, outcome: &str, tpp: i64, request: &str) {
        use std::hash::{DefaultHasher, Hash as _, Hasher as _};
        let mut hasher = DefaultHasher::new();
        consignee.hash(&mut hasher);
        let hash = hasher.finish();
        if !self.takes(hash) {
            return;
        }
        self.lines.push((outcome.to_owned(), tpp, request.to_owned()));
        self.hashes.push(hash);
        // One large consignee can be more than a sample holds: then it is all there is.
        while self.lines.len() > SAMPLED && self.level < 40 {
            self.level += 1;
            let kept: Vec<bool> = self.hashes.iter().map(|hash| self.takes(*hash)).collect();
            let mut marks = kept.iter();
            self.lines.retain(|_| marks.next() == Some(&true));
            let mut marks = kept.iter();
            self.hashes.retain(|_| marks.next() == Some(&true));
        }
    }
}
