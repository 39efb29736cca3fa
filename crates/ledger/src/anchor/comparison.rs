//! A log held against the checkpoints that were signed of it.

use std::collections::VecDeque;
use std::path::Path;

use crate::record::Record;

use super::checkpoint::Checkpoint;
use super::error::AnchorError;
use super::folder::{CheckpointFolder, Leaves};
use super::merkle::{Frontier, leaf_hash};
use super::note::PublicKey;

/// A log that holds all that was signed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Whose checkpoints they are.
    pub origin: String,
    /// How many there are.
    pub checkpoints: u64,
    /// How many records the largest of them covers.
    pub size: u64,
}

/// A log held against checkpoints, record by record, in memory that does not grow with the log.
#[derive(Debug)]
pub struct Comparison {
    origin: String,
    /// Those that were not come to yet, the smallest first.
    open: VecDeque<Checkpoint>,
    log: Frontier,
    /// The leaves that were signed, where they are kept beside the checkpoints, and the tree over those that were passed.
    leaves: Option<Leaves>,
    signed: Frontier,
    /// The first record that is not as its signed leaf says.
    difference: Option<u64>,
    agreed: Agreement,
    failed: Option<AnchorError>,
}

impl Comparison {
    /// Against a checkpoint in a file, or all those of a folder.
    pub fn read(path: &Path, key: &PublicKey) -> Result<Comparison, AnchorError> {
        let (checkpoints, folder) = match path.is_dir() {
            true => {
                let folder = CheckpointFolder::new(path);
                (folder.checkpoints(key)?, Some(folder))
            }
            false => (vec![Checkpoint::read(path, key)?], CheckpointFolder::around(path)),
        };
        let Some(largest) = checkpoints.iter().map(|checkpoint| checkpoint.size).max() else {
            let what = format!("{}: has no checkpoint", path.display());
            return Err(AnchorError::form(
                what,
                "name the folder that `serve --checkpoints` or `audit checkpoint` wrote",
            ));
        };
        Ok(Comparison::new(key, checkpoints, folder.map(|folder| folder.leaves(largest))))
    }

    /// Against checkpoints that were opened with a key, from the smallest to the largest.
    pub fn new(key: &PublicKey, checkpoints: Vec<Checkpoint>, leaves: Option<Leaves>) -> Comparison {
        let agreed = Agreement { origin: key.name.clone(), checkpoints: 0, size: 0 };
        let mut comparison = Comparison {
            origin: key.name.clone(),
            open: checkpoints.into(),
            log: Frontier::default(),
            leaves,
            signed: Frontier::default(),
            difference: None,
            agreed,
            failed: None,
        };
        comparison.compare();
        comparison
    }

    /// Takes the next record of the log, from the first on; its chain is not looked at here.
    pub fn push(&mut self, record: &Record) {
        if self.failed.is_some() || self.open.is_empty() {
            return;
        }
        let leaf = leaf_hash(&record.hash);
        if !self.log.push(leaf) {
            self.failed = Some(AnchorError::Inconsistent("the log has more records than can be numbered".to_owned()));
        }
        if self.pass_leaf().is_some_and(|signed| signed != leaf) {
            self.difference.get_or_insert(self.log.size());
        }
        self.compare();
    }

    /// The next leaf that was signed; `None` where it is not kept, which costs nothing but the number of the record where the two part.
    fn pass_leaf(&mut self) -> Option<[u8; 32]> {
        let leaf = match self.leaves.as_mut()?.next_leaf() {
            Ok(leaf) => leaf.filter(|leaf| self.signed.push(*leaf)),
            Err(_) => None,
        };
        if leaf.is_none() {
            self.leaves = None;
        }
        leaf
    }

    /// Looks at the checkpoints that are of the size that the log has now.
    fn compare(&mut self) {
        while let Some(checkpoint) = self.open.pop_front_if(|next| next.size == self.log.size()) {
            if checkpoint.root != self.log.root() {
                self.failed = Some(self.rewritten(&checkpoint));
                return;
            }
            self.agreed.checkpoints += 1;
            self.agreed.size = checkpoint.size;
        }
    }

    /// The first record that is another than was signed, where the leaves lead to the checkpoint.
    fn parting(&self, checkpoint: &Checkpoint) -> Option<u64> {
        let is_signed = self.signed.size() == checkpoint.size && self.signed.root() == checkpoint.root;
        self.difference.filter(|_| is_signed)
    }

    fn rewritten(&self, checkpoint: &Checkpoint) -> AnchorError {
        let (origin, size, agreed) = (&self.origin, checkpoint.size, self.agreed.size);
        AnchorError::Inconsistent(match self.parting(checkpoint) {
            Some(first) => format!(
                "the log was rewritten from record {first} on: it is not the one of which {origin} signed a checkpoint of {size} records"
            ),
            None if agreed > 0 => format!(
                "the log was rewritten: up to record {agreed} it is as {origin} signed it, and from a record between {} and {size} on it is another",
                agreed.saturating_add(1)
            ),
            None => format!(
                "the log was rewritten: it does not lead to the checkpoint of {size} records that {origin} signed, from one of its records on"
            ),
        })
    }

    /// What the log, which has ended, comes to.
    pub fn finish(mut self) -> Result<Agreement, AnchorError> {
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        let Some(next) = self.open.pop_front() else { return Ok(self.agreed) };
        let records = self.log.size();
        while self.signed.size() < next.size && self.pass_leaf().is_some() {}
        let largest = self.open.back().map_or(next.size, |last| last.size);
        let origin = &self.origin;
        let cut = format!("the log went back: it has {records} records, and {origin} signed a checkpoint of {largest}");
        Err(AnchorError::Inconsistent(match self.parting(&next) {
            Some(first) => format!("{cut}; from record {first} on it is another log than the one that was signed"),
            None => format!("{cut}: the records from {} on are gone", records.saturating_add(1)),
        }))
    }
}
