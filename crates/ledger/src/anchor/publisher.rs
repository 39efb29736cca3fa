//! Follows a log and publishes signed checkpoints of it.

use std::ops::ControlFlow;
use std::path::Path;

use tollgate_model::count_of;

use crate::log::Log;
use crate::record::{Hash, Record};
use crate::verify::follows;

use super::checkpoint::Checkpoint;
use super::error::AnchorError;
use super::folder::{CheckpointFolder, TILE};
use super::merkle::{Frontier, leaf_hash};
use super::note::NoteSigner;

/// What was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication {
    /// How many records the latest checkpoint covers.
    pub size: u64,
    /// Whether it was signed now; else nothing was recorded since the one before.
    pub is_new: bool,
}

/// The tree over the records of a log as far as it was published, and who signs it. It stands beside the ledger, with a connection of its own to the
/// log, so that nothing of it holds up what is recorded.
pub struct Publisher {
    folder: CheckpointFolder,
    signer: Box<dyn NoteSigner + Send>,
    reached: Reached,
}

/// How far the log was followed.
#[derive(Clone, Default)]
struct Reached {
    tree: Frontier,
    last_leaf: Option<Hash>,
    /// The leaves of the tile that is not full yet.
    tile: Vec<Hash>,
}

impl std::fmt::Debug for Publisher {
    /// Without the signer, which may hold a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Reached {
    /// Takes the next leaf; the number of the tile that it filled, with the tile's leaves.
    fn push(&mut self, leaf: Hash) -> Result<Option<(u64, Vec<Hash>)>, AnchorError> {
        if !self.tree.push(leaf) {
            return Err(AnchorError::Inconsistent("the log has more records than can be numbered".to_owned()));
        }
        self.last_leaf = Some(leaf);
        self.tile.push(leaf);
        let is_full = count_of(self.tile.len()) == TILE;
        Ok(is_full.then(|| ((self.tree.size() - 1) / TILE, std::mem::take(&mut self.tile))))
    }
}

impl Publisher {
    /// Goes on from the latest checkpoint in a folder, whose tiles must lead to what was signed; an empty folder, or none, is a new beginning.
    pub fn open(path: &Path, signer: Box<dyn NoteSigner + Send>) -> Result<Publisher, AnchorError> {
        let folder = CheckpointFolder::new(path);
        let mut reached = Reached::default();
        if let Some(latest) = folder.latest(signer.public_key())? {
            let mut leaves = folder.leaves(latest.size);
            while let Some(leaf) = leaves.next_leaf()? {
                let _written_already = reached.push(leaf)?;
            }
            if reached.tree.root() != latest.root {
                return Err(AnchorError::Inconsistent(format!(
                    "{}: the tiles do not lead to the checkpoint of {} records that was signed: they were changed",
                    path.display(),
                    latest.size
                )));
            }
        }
        Ok(Publisher { folder, signer, reached })
    }

    /// How many records the latest checkpoint covers.
    pub fn size(&self) -> u64 {
        self.reached.tree.size()
    }

    /// Takes up what the log has since the latest checkpoint, and signs a new one over it. The log must still hold the last record that was signed, and
    /// with it, by the chain, all before; an error where it does not, and nothing is signed then.
    pub fn publish(&mut self, log: &mut dyn Log) -> Result<Publication, AnchorError> {
        let mut reached = self.reached.clone();
        let follower = Follower { folder: &self.folder, size: reached.tree.size(), head: None };
        follower.follow(log, &mut reached)?;
        let size = reached.tree.size();
        if size == self.reached.tree.size() && size > 0 {
            return Ok(Publication { size, is_new: false });
        }
        if !reached.tile.is_empty() {
            self.folder.write_tile(size / TILE, &reached.tile)?;
        }
        let checkpoint = Checkpoint::sign(&reached.tree, self.signer.as_ref())?;
        self.folder.write_checkpoint(&checkpoint)?;
        let before = self.reached.tree.size() / TILE;
        let width = if before == size / TILE { size % TILE } else { TILE };
        self.folder.drop_partial_tiles(before, width);
        self.reached = reached;
        Ok(Publication { size, is_new: true })
    }
}

/// Reads a log on from a size.
struct Follower<'a> {
    folder: &'a CheckpointFolder,
    size: u64,
    /// The hash of the record that was read last.
    head: Option<Hash>,
}

impl Follower<'_> {
    fn follow(mut self, log: &mut dyn Log, reached: &mut Reached) -> Result<(), AnchorError> {
        if self.size == 0 {
            self.head = Some([0; 32]);
        }
        let mut bad = None;
        let read = log.read(self.size.saturating_sub(1), &mut |record| {
            bad = self.take(&record, reached).err();
            if bad.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if let Some(bad) = bad {
            return Err(bad);
        }
        read?;
        match self.head {
            Some(_) => Ok(()),
            None => Err(self.gone("is gone: the log went back")),
        }
    }

    fn take(&mut self, record: &Record, reached: &mut Reached) -> Result<(), AnchorError> {
        let leaf = leaf_hash(&record.hash);
        let Some(head) = self.head else {
            if record.seq != self.size || reached.last_leaf != Some(leaf) {
                return Err(self.gone("is gone or has another hash: the log went back or was rewritten"));
            }
            self.head = Some(record.hash);
            return Ok(());
        };
        follows(reached.tree.size(), &head, record)
            .map_err(|bad| AnchorError::Inconsistent(format!("the audit log was changed: {bad}")))?;
        if let Some((number, leaves)) = reached.push(leaf)? {
            self.folder.write_tile(number, &leaves)?;
        }
        self.head = Some(record.hash);
        Ok(())
    }

    fn gone(&self, what: &str) -> AnchorError {
        AnchorError::Inconsistent(format!("record {}, up to which a checkpoint was signed, {what}", self.size))
    }
}
