//! What is kept at hand of the records beside the ledger's commands.

use crate::record::{Hash, Record, chained};
use crate::state::id_hash;

/// Where a record stands, and a half of its hash: what is read there later must be the record that was written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) seq: u64,
    half: u128,
}

/// What is kept at hand of the records beside the ledger's commands.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// The place of each by a half of the SHA-256 of its id.
    #[expect(clippy::disallowed_types, reason = "looked up by id, never iterated")]
    places: std::collections::HashMap<u128, Place, ahash::RandomState>,
    /// The data of those of kind `access`, in order.
    pub(crate) access: Vec<String>,
    /// The data of those of kind `screening`, in order.
    pub(crate) screening: Vec<String>,
    /// The ids of those of kind `proposal` that nobody has concluded yet, in order.
    pub(crate) proposals: Vec<String>,
    /// The number of the last of kind `origin`.
    pub(crate) origin: u64,
}

/// What the id of a record of kind `conclusion` begins with; the id of the proposal follows.
pub(crate) const CONCLUSION: &str = "concluded:";

/// How long the lists were, and what was added since, so that it can be taken out again.
#[derive(Clone, Debug, Default)]
pub(crate) struct NotesMark {
    access: usize,
    screening: usize,
    proposals: Vec<String>,
    origin: u64,
    ids: Vec<u128>,
}

impl Notes {
    /// Takes up a record.
    pub(crate) fn take(&mut self, record: &Record, kind: &str, id: &str, data: &str) {
        self.places.insert(id_hash(id), Place { seq: record.seq, half: half(&record.hash) });
        match kind {
            "access" => self.access.push(data.to_owned()),
            "screening" => self.screening.push(data.to_owned()),
            "proposal" => self.proposals.push(id.to_owned()),
            "conclusion" => {
                if let Some(proposal) = id.strip_prefix(CONCLUSION) {
                    self.proposals.retain(|open| open != proposal);
                }
            }
            "origin" => self.origin = record.seq,
            _ => {}
        }
    }

    pub(crate) fn place(&self, id: &str) -> Option<Place> {
        self.places.get(&id_hash(id)).copied()
    }

    /// How it stands now, for [`Notes::undo`].
    pub(crate) fn mark(&self) -> NotesMark {
        NotesMark {
            access: self.access.len(),
            screening: self.screening.len(),
            proposals: self.proposals.clone(),
            origin: self.origin,
            ids: Vec::new(),
        }
    }

    /// Takes out what was taken up since a mark.
    pub(crate) fn undo(&mut self, mark: NotesMark) {
        self.access.truncate(mark.access);
        self.screening.truncate(mark.screening);
        self.proposals = mark.proposals;
        self.origin = mark.origin;
        for id in mark.ids {
            self.places.remove(&id);
        }
    }
}

impl NotesMark {
    /// Remembers that a record of an id was taken up.
    pub(crate) fn add(&mut self, id: &str) {
        self.ids.push(id_hash(id));
    }
}

impl Place {
    /// Whether a record that was read, after another of a hash, is the one that was written here.
    pub(crate) fn holds(&self, before: &Hash, record: &Record) -> bool {
        let hash = chained(before, &record.body);
        record.seq == self.seq && record.hash == hash && half(&hash) == self.half
    }
}

fn half(hash: &Hash) -> u128 {
    hash.iter().take(16).fold(0, |sum, byte| (sum << 8) | u128::from(*byte))
}
