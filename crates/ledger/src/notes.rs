//! What is kept at hand of the records beside the ledger's commands.

use std::io::{Read, Result, Write};
use std::sync::Arc;

use crate::base::FileBase;
use crate::bytes::{In, Out};
use crate::pages::rows_by_id;
use crate::place::Place;
use crate::record::Record;
use crate::state::id_hash;

/// What is kept at hand of the records beside the ledger's commands.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// The places that are not in memory.
    base: Option<Arc<FileBase>>,
    /// The place of each of the others by a half of the SHA-256 of its id.
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
        self.places.insert(id_hash(id), Place::of(record));
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
        let id = id_hash(id);
        let known = self.places.get(&id).copied();
        known.or_else(|| self.base.as_ref().and_then(|base| base.place(id)))
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
    /// Hands on every place, in the order of ids.
    pub(crate) fn places_in_order(&self, sink: &mut dyn FnMut(u128, Place) -> Result<()>) -> Result<()> {
        let added = self.places.iter().map(|(id, place)| (*id, *place)).collect();
        let base = self.base.as_ref().map(|base| (0..base.place_count()).map(|number| base.place_at(number)));
        rows_by_id(base.into_iter().flatten(), added, sink)
    }

    /// Writes what is few.
    pub(crate) fn write<W: Write>(&self, out: &mut Out<W>) -> Result<()> {
        for texts in [&self.access, &self.screening, &self.proposals, &self.snapshots] {
            write_texts(out, texts)?;
        }
        out.u64(self.origin)
    }

    /// Reads what was written; see [`Notes::stand_on`].
    pub(crate) fn read<R: Read>(source: &mut In<R>) -> Result<Notes> {
        let (access, screening) = (read_texts(source)?, read_texts(source)?);
        let (proposals, snapshots) = (read_texts(source)?, read_texts(source)?);
        Ok(Notes { access, screening, proposals, snapshots, origin: source.u64()?, ..Notes::default() })
    }

    /// Gives notes that were read the places of before.
    pub(crate) fn stand_on(&mut self, base: Arc<FileBase>) {
        self.base = Some(base);
    }
}

impl NotesMark {
    /// Remembers that a record of an id was taken up.
    pub(crate) fn add(&mut self, id: &str) {
        self.ids.push(id_hash(id));
    }
}
