//! Proofs of inclusion and of consistency (RFC 6962, sections 2.1.1 and 2.1.2): which subtrees they consist of, and whether they hold
//! (RFC 9162, sections 2.1.3.2 and 2.1.4.2).

use std::ops::Range;

use crate::record::Hash;

use super::merkle::{Frontier, leaf_hash, node_hash};

/// The largest power of two below a number that is larger than one.
fn split(size: u64) -> u64 {
    match size.checked_next_power_of_two() {
        Some(power) => power / 2,
        None => 1 << 63,
    }
}

/// The leaves under each hash of the proof that a leaf is in a tree, from the leaf's sibling up; `None` where the tree has no such leaf.
pub fn inclusion_ranges(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let (mut low, mut high, mut path) = (0, size, Vec::new());
    while high - low > 1 {
        let middle = low + split(high - low);
        if index < middle {
            path.push(middle..high);
            high = middle;
        } else {
            path.push(low..middle);
            low = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// The leaves under each hash of the proof that a tree is the beginning of a larger one; `None` where it is the larger of the two.
pub fn consistency_ranges(old: u64, new: u64) -> Option<Vec<Range<u64>>> {
    if old > new {
        return None;
    }
    let mut path = Vec::new();
    if old == 0 || old == new {
        return Some(path);
    }
    let (mut low, mut high, mut is_known) = (0, new, true);
    while high != old {
        let middle = low + split(high - low);
        if old <= middle {
            path.push(middle..high);
            high = middle;
        } else {
            path.push(low..middle);
            low = middle;
            is_known = false;
        }
    }
    if !is_known {
        path.push(low..high);
    }
    path.reverse();
    Some(path)
}

/// The roots of subtrees over ranges of leaves, found in one pass over the leaves.
#[derive(Clone, Debug)]
pub struct RangeHashes {
    ranges: Vec<(Range<u64>, Frontier)>,
    next: u64,
}

impl RangeHashes {
    /// Over these ranges.
    pub fn new(ranges: Vec<Range<u64>>) -> RangeHashes {
        RangeHashes { ranges: ranges.into_iter().map(|range| (range, Frontier::default())).collect(), next: 0 }
    }

    /// Takes the next leaf's hash.
    pub fn push(&mut self, leaf: Hash) {
        for (range, tree) in &mut self.ranges {
            if range.contains(&self.next) {
                // Where there is no room the range stays short of its leaves, and `finish` says so.
                let _counted_at_the_end = tree.push(leaf);
            }
        }
        self.next = self.next.saturating_add(1);
    }

    /// The roots, in the order of the ranges; `None` where a range was not passed whole.
    pub fn finish(self) -> Option<Vec<Hash>> {
        let whole = |(range, tree): (Range<u64>, Frontier)| {
            (tree.size() == range.end.saturating_sub(range.start)).then(|| tree.root())
        };
        self.ranges.into_iter().map(whole).collect()
    }
}

/// A proof that an entry stands in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// The number of the leaf, from 0.
    pub index: u64,
    /// How many leaves the tree has.
    pub size: u64,
    /// From the leaf's sibling up.
    pub hashes: Vec<Hash>,
}

impl InclusionProof {
    /// The root that the tree has where the entry stands in it; `None` where the proof is not of the right length.
    pub fn root(&self, entry: &[u8]) -> Option<Hash> {
        let mut place = self.index;
        let mut last = self.size.checked_sub(1).filter(|last| place <= *last)?;
        let mut root = leaf_hash(entry);
        for hash in &self.hashes {
            if last == 0 {
                return None;
            }
            if place & 1 == 1 || place == last {
                root = node_hash(hash, &root);
                (place, last) = above_left(place, last);
            } else {
                root = node_hash(&root, hash);
            }
            (place, last) = (place >> 1, last >> 1);
        }
        (last == 0).then_some(root)
    }
}

/// The place from which a node that is no right child goes up with no sibling.
fn above_left(mut place: u64, mut last: u64) -> (u64, u64) {
    while place & 1 == 0 && place != 0 {
        (place, last) = (place >> 1, last >> 1);
    }
    (place, last)
}

/// A proof that a tree is the beginning of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// How many leaves the earlier tree has.
    pub old_size: u64,
    /// How many leaves the later tree has.
    pub new_size: u64,
    /// In the order of RFC 6962.
    pub hashes: Vec<Hash>,
}

impl ConsistencyProof {
    /// Whether the tree of one root is the beginning of the tree of the other.
    pub fn holds(&self, old_root: &Hash, new_root: &Hash) -> bool {
        if self.old_size == 0 {
            return self.hashes.is_empty() && *old_root == Frontier::default().root();
        }
        if self.old_size == self.new_size {
            return self.hashes.is_empty() && old_root == new_root;
        }
        self.roots(old_root) == Some((*old_root, *new_root))
    }

    /// The roots of both trees that follow from the proof.
    fn roots(&self, old_root: &Hash) -> Option<(Hash, Hash)> {
        if self.old_size > self.new_size {
            return None;
        }
        let (mut place, mut last) = (self.old_size.checked_sub(1)?, self.new_size.checked_sub(1)?);
        while place & 1 == 1 {
            (place, last) = (place >> 1, last >> 1);
        }
        let known = self.old_size.is_power_of_two().then_some(old_root);
        let mut hashes = known.into_iter().chain(&self.hashes);
        let first = *hashes.next()?;
        let (mut old, mut new) = (first, first);
        for hash in hashes {
            if last == 0 {
                return None;
            }
            if place & 1 == 1 || place == last {
                (old, new) = (node_hash(hash, &old), node_hash(hash, &new));
                (place, last) = above_left(place, last);
            } else {
                new = node_hash(&new, hash);
            }
            (place, last) = (place >> 1, last >> 1);
        }
        (last == 0).then_some((old, new))
    }
}
