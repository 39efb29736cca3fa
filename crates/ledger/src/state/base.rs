//! What of the state stands outside of memory: operations, reservations and postings up to a record, which are looked up when they are needed.
//!
//! Whoever holds them says afterwards whether all could be read ([`Base::fault`]): until that is known to be so, nothing that came of them counts.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::fmt::Debug;

use tollgate_model::index_of;

use super::{ByKey, IdHash, Operation, Posting, Reservation, State};

/// Operations, reservations and postings that are not in memory. What cannot be read is answered like what is not there, and is a fault from then on.
pub(crate) trait Base: Debug + Send + Sync {
    /// Why something could not be read.
    fn fault(&self) -> Option<&str>;
    /// What an id was used for.
    fn operation(&self, id: IdHash) -> Option<Operation>;
    /// How many ids there are.
    fn operation_count(&self) -> u64;
    /// The id at a place in the order of ids, and what it was used for.
    fn operation_at(&self, place: u64) -> Option<(IdHash, Operation)>;
    /// How many reservations there are: those before this place.
    fn reservation_count(&self) -> u32;
    /// The reservation at a place.
    fn reservation(&self, place: u32) -> Option<Reservation>;
    /// How many postings there are: those before this place.
    fn posting_count(&self) -> u32;
    /// The posting at a place.
    fn posting(&self, place: u32) -> Option<Posting>;
}

/// Things by their places, the first of which stand in a base: those that were changed since, and those that were added.
#[derive(Debug)]
pub(super) struct Layer<T> {
    /// How many stand in the base.
    below: u32,
    changed: ByKey<u32, T>,
    added: Vec<T>,
}

impl<T> Default for Layer<T> {
    fn default() -> Layer<T> {
        Layer { below: 0, changed: ByKey::default(), added: Vec::new() }
    }
}

impl<T: Clone> Layer<T> {
    pub(super) fn above(below: u32) -> Layer<T> {
        Layer { below, ..Layer::default() }
    }

    pub(super) fn len(&self) -> usize {
        index_of(self.below) + self.added.len()
    }

    pub(super) fn push(&mut self, new: T) {
        self.added.push(new);
    }

    /// Takes out those from a place on; none of them may stand in the base.
    pub(super) fn truncate(&mut self, length: usize) {
        self.added.truncate(length.saturating_sub(index_of(self.below)));
    }

    /// The one at a place; `load` reads it from the base.
    fn get(&self, place: u32, load: impl FnOnce() -> Option<T>) -> Option<Cow<'_, T>> {
        match place.checked_sub(self.below) {
            Some(added) => self.added.get(index_of(added)).map(Cow::Borrowed),
            None => self.changed.get(&place).map(Cow::Borrowed).or_else(|| load().map(Cow::Owned)),
        }
    }

    /// The same, to be changed.
    fn get_mut(&mut self, place: u32, load: impl FnOnce() -> Option<T>) -> Option<&mut T> {
        if let Some(added) = place.checked_sub(self.below) {
            return self.added.get_mut(index_of(added));
        }
        Some(match self.changed.entry(place) {
            Entry::Occupied(changed) => changed.into_mut(),
            Entry::Vacant(vacant) => vacant.insert(load()?),
        })
    }
}

impl State {
    /// Why something of the base could not be read: nothing that was read off this state since, or done to it, counts then.
    pub(crate) fn fault(&self) -> Option<&str> {
        self.base.as_ref().and_then(|base| base.fault())
    }

    /// What an id was used for.
    pub(super) fn operation(&self, id: IdHash) -> Option<Operation> {
        let known = self.operations.get(&id).copied();
        known.or_else(|| self.base.as_ref().and_then(|base| base.operation(id)))
    }

    /// The reservation at a place.
    pub(super) fn reservation_at(&self, place: u32) -> Option<Cow<'_, Reservation>> {
        self.reservations.get(place, || self.base.as_ref().and_then(|base| base.reservation(place)))
    }

    /// The same, to be changed.
    pub(super) fn reservation_mut(&mut self, place: u32) -> Option<&mut Reservation> {
        self.reservations.get_mut(place, || self.base.as_ref().and_then(|base| base.reservation(place)))
    }

    /// The posting at a place.
    pub(super) fn posting_at(&self, place: u32) -> Option<Cow<'_, Posting>> {
        self.postings.get(place, || self.base.as_ref().and_then(|base| base.posting(place)))
    }

    /// The same, to be changed.
    pub(super) fn posting_mut(&mut self, place: u32) -> Option<&mut Posting> {
        self.postings.get_mut(place, || self.base.as_ref().and_then(|base| base.posting(place)))
    }
}
