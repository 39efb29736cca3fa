//! What is kept at hand of the records beside the ledger's commands.

use std::io::{Read, Result, Write};

use crate::bytes::{In, Out, malformed};
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
    /// The ids of those of kind `snapshot`, in order.
    pub(crate) snapshots: Vec<String>,
    /// The number of the last of kind `origin`.
    pub(crate) origin: u64,
}

/// What the id of a record of kind `conclusion` begins with; the id of the proposal follows.
pub(crate) const CONCLUSION: &str = "concluded:";

/// The kind of the records that say which snapshot was written; the digest stands in the id.
pub(crate) const SNAPSHOT: &str = "snapshot";

/// How long the lists were, and what was added since, so that it can be taken out again.
#[derive(Clone, Debug, Default)]
pub(crate) struct NotesMark {
    access: usize,
    screening: usize,
    proposals: Vec<String>,
    snapshots: usize,
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
            SNAPSHOT => self.snapshots.push(id.to_owned()),
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
            snapshots: self.snapshots.len(),
            origin: self.origin,
            ids: Vec::new(),
        }
    }

    /// Takes out what was taken up since a mark.
    pub(crate) fn undo(&mut self, mark: NotesMark) {
        self.access.truncate(mark.access);
        self.screening.truncate(mark.screening);
        self.proposals = mark.proposals;
        self.snapshots.truncate(mark.snapshots);
        self.origin = mark.origin;
        for id in mark.ids {
            self.places.remove(&id);
        }
    }
}

fn write_texts<W: Write>(out: &mut Out<W>, texts: &[String]) -> Result<()> {
    out.count(texts.len())?;
    texts.iter().try_for_each(|text| out.text(text))
}

fn read_texts<R: Read>(source: &mut In<R>) -> Result<Vec<String>> {
    (0..source.count(8)?).map(|_| source.text()).collect()
}

impl Notes {
    /// Writes all of it, the places in the order of their ids.
    pub(crate) fn write<W: Write>(&self, out: &mut Out<W>) -> Result<()> {
        for texts in [&self.access, &self.screening, &self.proposals, &self.snapshots] {
            write_texts(out, texts)?;
        }
        out.u64(self.origin)?;
        let mut places: Vec<_> = self.places.iter().collect();
        places.sort_unstable_by_key(|(id, _)| **id);
        out.count(places.len())?;
        for (id, place) in places {
            out.u128(*id)?;
            out.u64(place.seq)?;
            out.u128(place.half)?;
        }
        Ok(())
    }

    /// Reads what was written.
    pub(crate) fn read<R: Read>(source: &mut In<R>) -> Result<Notes> {
        let (access, screening) = (read_texts(source)?, read_texts(source)?);
        let (proposals, snapshots) = (read_texts(source)?, read_texts(source)?);
        let origin = source.u64()?;
        let mut notes = Notes { access, screening, proposals, snapshots, origin, ..Notes::default() };
        let count = source.count(40)?;
        notes.places.reserve(count);
        for _ in 0..count {
            let id = source.u128()?;
            let place = Place { seq: source.u64()?, half: source.u128()? };
            if notes.places.insert(id, place).is_some() {
                return Err(malformed("has an id twice"));
            }
        }
        Ok(notes)
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
