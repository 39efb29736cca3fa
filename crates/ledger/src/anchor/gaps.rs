//! Proofs that records of an export stand in a signed tree: the subtrees over what was left out.

use serde::{Deserialize, Serialize};
use tollgate_model::hex;

use crate::record::{Hash, Record};

use super::merkle::{leaf_hash, node_hash};

/// Records that an export leaves out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The number of the first.
    pub from: u64,
    /// The number of the last.
    pub to: u64,
    /// The hash of the last, in hexadecimal digits: the record after it goes on from there.
    pub hash: String,
    /// The roots of the largest perfect subtrees over them, from left to right, in hexadecimal digits.
    pub subtrees: Vec<String>,
}

/// What goes with an export, so that its records can be held against a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GapProof {
    /// The checkpoint as it was signed.
    pub checkpoint: String,
    /// What the export leaves out of the records that the checkpoint covers.
    pub gaps: Vec<Gap>,
}

/// A perfect subtree.
#[derive(Debug)]
struct Subtree {
    height: u32,
    /// The number of its first leaf, from 0.
    start: u64,
    root: Hash,
}

/// Gathers what is left out, in one pass over a log.
#[derive(Debug)]
pub struct GapProver {
    size: u64,
    gaps: Vec<Gap>,
    /// The gap that is under way: its first record, the last so far, and the subtrees over them.
    subtrees: Vec<Subtree>,
    last: Option<(u64, Hash)>,
}

impl GapProver {
    /// For a checkpoint of so many records.
    pub fn new(size: u64) -> GapProver {
        GapProver { size, gaps: Vec::new(), subtrees: Vec::new(), last: None }
    }

    /// Takes the next record of the log, and whether it is in the export.
    pub fn push(&mut self, record: &Record, is_exported: bool) {
        if record.seq > self.size {
            return;
        }
        if is_exported {
            self.close();
            return;
        }
        let Some(start) = record.seq.checked_sub(1) else { return };
        let mut new = Subtree { height: 0, start, root: leaf_hash(&record.hash) };
        while let Some(left) = self.subtrees.pop_if(|left| left.height == new.height && is_left(left)) {
            new = Subtree { height: new.height + 1, start: left.start, root: node_hash(&left.root, &new.root) };
        }
        self.subtrees.push(new);
        self.last = Some((record.seq, record.hash));
    }

    fn close(&mut self) {
        let subtrees = std::mem::take(&mut self.subtrees);
        if let (Some((to, hash)), Some(first)) = (self.last.take(), subtrees.first()) {
            let from = first.start.saturating_add(1);
            let subtrees = subtrees.iter().map(|subtree| hex(&subtree.root)).collect();
            self.gaps.push(Gap { from, to, hash: hex(&hash), subtrees });
        }
    }

    /// The proof, for the text of the checkpoint; the log was passed up to it.
    pub fn finish(mut self, checkpoint: String) -> GapProof {
        self.close();
        GapProof { checkpoint, gaps: self.gaps }
    }
}

/// Whether a subtree is the left half of a larger one.
fn is_left(subtree: &Subtree) -> bool {
    (subtree.start >> subtree.height) & 1 == 0
}
