//! How the state stood before a batch, as far as the batch changed it, so that a batch that could not be committed costs no more than itself.

use std::borrow::Cow;
use std::collections::BTreeMap;

use tollgate_model::{Date, index_of};

use super::{IdHash, Posting, Reservation, State};
use crate::account::Account;

/// What a batch changed, as it was before.
#[derive(Debug, Default)]
pub(super) struct Journal {
    accounts: BTreeMap<u32, Account>,
    account_count: usize,
    reservations: BTreeMap<u32, Reservation>,
    reservation_count: usize,
    postings: BTreeMap<u32, Posting>,
    posting_count: usize,
    ids: Vec<IdHash>,
    groups: BTreeMap<String, Option<Vec<(Date, String)>>>,
    now_ms: i64,
}

impl Journal {
    /// Whether a reservation was there before, and is not remembered yet.
    fn lacks_reservation(&self, place: u32) -> bool {
        index_of(place) < self.reservation_count && !self.reservations.contains_key(&place)
    }

    /// Whether a posting was there before, and is not remembered yet.
    fn lacks_posting(&self, place: u32) -> bool {
        index_of(place) < self.posting_count && !self.postings.contains_key(&place)
    }
}

impl State {
    /// From here on, what changes is remembered as it was.
    pub(crate) fn begin(&mut self) {
        self.journal = Some(Box::new(Journal {
            account_count: self.accounts.len(),
            reservation_count: self.reservations.len(),
            posting_count: self.postings.len(),
            now_ms: self.now_ms,
            ..Journal::default()
        }));
    }

    /// What changed since [`State::begin`] stays.
    pub(crate) fn keep(&mut self) {
        self.journal = None;
    }

    /// Takes back what changed since [`State::begin`]. Returns whether all of it was: else, where nothing was remembered, the state has to be built anew.
    pub(crate) fn undo(&mut self) -> bool {
        let Some(journal) = self.journal.take() else { return false };
        let Journal { accounts, account_count, reservations, reservation_count, postings, posting_count, .. } =
            *journal;
        for key in self.keys.drain(account_count.min(self.keys.len())..) {
            self.places.remove(&key);
        }
        self.accounts.truncate(account_count);
        for (place, account) in accounts {
            if let Some(known) = self.accounts.get_mut(index_of(place)) {
                *known = account;
            }
        }
        for place in (0_u32..).take(self.reservations.len()).skip(reservation_count) {
            let due = self.reservation_at(place).map(|known| (known.expires_at_ms, place));
            if let Some(due) = due {
                self.due.remove(&due);
            }
        }
        self.reservations.truncate(reservation_count);
        for (place, reservation) in reservations {
            self.due.remove(&(reservation.expires_at_ms, place));
            if reservation.open {
                self.due.insert((reservation.expires_at_ms, place));
            }
            match self.reservation_mut(place) {
                Some(known) => *known = reservation,
                None => self.no_place("reservation", place),
            }
        }
        self.postings.truncate(posting_count);
        for (place, posting) in postings {
            match self.posting_mut(place) {
                Some(known) => *known = posting,
                None => self.no_place("posting", place),
            }
        }
        for id in journal.ids {
            self.operations.remove(&id);
        }
        for (holder, groups) in journal.groups {
            match groups {
                Some(groups) => drop(self.groups.insert(holder, groups)),
                None => drop(self.groups.remove(&holder)),
            }
        }
        self.now_ms = journal.now_ms;
        true
    }

    /// Remembers an account before it is changed.
    pub(super) fn remember_account(&mut self, place: u32) {
        if let (Some(journal), Some(known)) = (&mut self.journal, self.accounts.get(index_of(place)))
            && index_of(place) < journal.account_count
        {
            journal.accounts.entry(place).or_insert_with(|| known.clone());
        }
    }

    /// Remembers a reservation before it is changed.
    pub(super) fn remember_reservation(&mut self, place: u32) {
        if !self.journal.as_ref().is_some_and(|journal| journal.lacks_reservation(place)) {
            return;
        }
        let known = self.reservation_at(place).map(Cow::into_owned);
        if let (Some(journal), Some(known)) = (&mut self.journal, known) {
            journal.reservations.insert(place, known);
        }
    }

    /// Remembers a posting before it is changed.
    pub(super) fn remember_posting(&mut self, place: u32) {
        if !self.journal.as_ref().is_some_and(|journal| journal.lacks_posting(place)) {
            return;
        }
        let known = self.posting_at(place).map(Cow::into_owned);
        if let (Some(journal), Some(known)) = (&mut self.journal, known) {
            journal.postings.insert(place, known);
        }
    }

    /// Remembers that an id was not used before.
    pub(super) fn remember_id(&mut self, id: IdHash) {
        if let Some(journal) = &mut self.journal {
            journal.ids.push(id);
        }
    }

    /// Remembers as whom a holder counted, before that changes.
    pub(super) fn remember_group(&mut self, holder: &str) {
        if let Some(journal) = &mut self.journal {
            let known = self.groups.get(holder).cloned();
            journal.groups.entry(holder.to_owned()).or_insert(known);
        }
    }
}
