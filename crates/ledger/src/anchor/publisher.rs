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
    /// The tree over the tiles before that of the last leaf.
    before: Frontier,
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
        if self.tile.is_empty() {
            self.before = self.tree.clone();
        }
        if !self.tree.push(leaf) {
            return Err(AnchorError::Inconsistent("the log has more records than can be numbered".to_owned()));
        }
        self.last_leaf = Some(leaf);
        self.tile.push(leaf);
        let is_full = count_of(self.tile.len()) == TILE;
        Ok(is_full.then(|| ((self.tree.size() - 1) / TILE, std::mem::take(&mut self.tile))))
    }

    /// On from a tree by the leaves after it that a folder has, up to a size.
    fn read(before: Frontier, folder: &CheckpointFolder, size: u64) -> Result<Reached, AnchorError> {
        let mut leaves = folder.leaves_after(before.size(), size);
        let mut reached = Reached { tree: before, ..Reached::default() };
        while let Some(leaf) = leaves.next_leaf()? {
            let _written_already = reached.push(leaf)?;
        }
        Ok(reached)
    }

    /// What leads to a checkpoint: the frontier and the last tile of the folder, which takes no longer where the log is longer, or else all tiles. What
    /// leads to the root that was signed, whoever wrote it, are the leaves that were signed.
    fn up_to(signed: &Checkpoint, folder: &CheckpointFolder) -> Result<Option<Reached>, AnchorError> {
        let leads = |reached: &Reached| reached.tree.root() == signed.root;
        if let Some(frontier) = folder.frontier(signed.size)
            && let Ok(reached) = Reached::read(frontier, folder, signed.size)
            && leads(&reached)
        {
            return Ok(Some(reached));
        }
        Ok(Some(Reached::read(Frontier::default(), folder, signed.size)?).filter(leads))
    }
}

impl Publisher {
    /// Goes on from the latest checkpoint in a folder, whose tiles must lead to what was signed; an empty folder, or none, is a new beginning. Tiles before
    /// the last one are read where the folder does not say what they come to.
    pub fn open(path: &Path, signer: Box<dyn NoteSigner + Send>) -> Result<Publisher, AnchorError> {
        let folder = CheckpointFolder::new(path);
        let reached = match folder.latest(signer.public_key())? {
            None => Reached::default(),
            Some(latest) => Reached::up_to(&latest, &folder)?.ok_or_else(|| folder.changed(latest.size))?,
        };
        Ok(Publisher { folder, signer, reached })
    }

    /// An error where the tiles, all of them, do not lead to what was signed. It takes longer where the log is longer: what starts does it later.
    pub fn check_tiles(&self) -> Result<(), AnchorError> {
        let signed = &self.reached.tree;
        let all = Reached::read(Frontier::default(), &self.folder, signed.size())?;
        if all.tree == *signed { Ok(()) } else { Err(self.folder.changed(signed.size())) }
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
        // Without it the next start reads all tiles.
        let _kept = self.folder.write_frontier(&reached.before);
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
