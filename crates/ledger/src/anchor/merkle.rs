//! The Merkle tree of RFC 6962, as far as appending needs it: the roots of its perfect subtrees.

use tollgate_model::count_of;

use crate::record::{Hash, sha256};

/// The hash of a leaf (RFC 6962, section 2.1): of the byte 0 and the entry.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    sha256(&[&[0], entry])
}

/// The hash of a node over its two children (RFC 6962, section 2.1): of the byte 1 and both.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// A tree of which only the roots of the perfect subtrees are kept, from the largest on the left to the smallest: as many as its size has bits set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The tree of so many leaves with these roots of its perfect subtrees; nothing where a tree of that size has not so many.
    pub(crate) fn of_subtrees(size: u64, subtrees: Vec<Hash>) -> Option<Frontier> {
        let has_all = u64::from(size.count_ones()) == count_of(subtrees.len());
        has_all.then_some(Frontier { size, subtrees })
    }

    /// The roots of its perfect subtrees, from the largest on the left to the smallest.
    pub(crate) fn subtrees(&self) -> &[Hash] {
        &self.subtrees
    }

    /// Adds the hash of a leaf; false where there is no room for it, at 2^64 leaves.
    #[must_use]
    pub fn push(&mut self, leaf: Hash) -> bool {
        self.push_subtree(0, leaf)
    }

    /// Adds a perfect subtree of 2^height leaves by its root; false, and nothing is added, where it does not begin at a multiple of its own size or has
    /// no room.
    #[must_use]
    pub fn push_subtree(&mut self, height: u32, root: Hash) -> bool {
        let Some(leaves) = 1_u64.checked_shl(height) else { return false };
        let Some(size) = self.size.checked_add(leaves) else { return false };
        if self.size & (leaves - 1) != 0 {
            return false;
        }
        let (mut hash, mut rest) = (root, self.size >> height);
        while rest & 1 == 1 {
            // A bit that is set has its subtree.
            let Some(left) = self.subtrees.pop() else { return false };
            hash = node_hash(&left, &hash);
            rest >>= 1;
        }
        self.subtrees.push(hash);
        self.size = size;
        true
    }

    /// The root: that of no leaves is the SHA-256 of nothing.
    pub fn root(&self) -> Hash {
        let whole = self.subtrees.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
        whole.unwrap_or_else(|| sha256(&[]))
    }
}
