//! What a shipment does on its way: it is reserved, posted, given up, or it lapses.

use tollgate_model::{AccountKey, Date, index_of};

use super::{Creation, Posting, Reservation, State, place};
use crate::command::BreachChange;
use crate::status::Status;

impl State {
    pub(super) fn reserve(
        &mut self,
        accounts: &[AccountKey],
        amount_milli_tpp: i64,
        day: Date,
        expires_at_ms: i64,
    ) -> Result<Creation, Status> {
        let places = self.charged(accounts, day)?;
        self.check_room(accounts, &places, amount_milli_tpp, day, None)?;
        let new = place(self.reservations.len())?;
        self.set_aside(new, Reservation::new(places, amount_milli_tpp, day, expires_at_ms));
        Ok(Creation::Reservation(new))
    }

    pub(super) fn amend(
        &mut self,
        reservation: &str,
        accounts: &[AccountKey],
        amount_milli_tpp: i64,
        day: Date,
        expires_at_ms: i64,
    ) -> Result<Creation, Status> {
        let places = self.charged(accounts, day)?;
        let which = self.reserved(reservation)?;
        let ending = self.reservation_at(which).filter(|known| known.open && !known.has_postings);
        let ending = ending.ok_or(Status::ReservationClosed)?.into_owned();
        self.check_room(accounts, &places, amount_milli_tpp, day, Some(&ending))?;
        let new = place(self.reservations.len())?;
        self.release(which);
        self.set_aside(new, Reservation::new(places, amount_milli_tpp, day, expires_at_ms));
        Ok(Creation::Reservation(new))
    }

    /// The places of the accounts that a shipment of a day is charged to, each once also where two holders are one group.
    fn charged(&self, accounts: &[AccountKey], day: Date) -> Result<Vec<u32>, Status> {
        let mut places = Vec::with_capacity(accounts.len());
        for key in accounts {
            let counted = self.counted_as(key, day);
            let account = self.places.get(&counted).copied().ok_or(Status::NoLimit)?;
            self.account_at(account)?.limit_on(day).ok_or(Status::NoLimit)?;
            if !places.contains(&account) {
                places.push(account);
            }
        }
        Ok(places)
    }

    /// Whether so much more has room in every account on a day that has a limit in each, once the reservation `ending` holds
    /// nothing any more.
    fn check_room(
        &self,
        keys: &[AccountKey],
        places: &[u32],
        amount_milli_tpp: i64,
        day: Date,
        ending: Option<&Reservation>,
    ) -> Result<(), Status> {
        if keys.iter().any(|key| !key.period.contains(day)) {
            return Err(Status::OtherPeriod);
        }
        for place in places {
            self.account_at(*place)?.check_turnover(amount_milli_tpp)?;
        }
        for place in places {
            let account = self.account_at(*place)?;
            let ending = ending.filter(|ending| ending.accounts.contains(place));
            let freed = ending.map_or(0, |ending| ending.left_milli_tpp);
            let held = account.posted_milli_tpp.checked_add(account.reserved_milli_tpp);
            let held = held.and_then(|held| held.checked_sub(freed)).ok_or(Status::Overflow)?;
            account.check_limit(held, amount_milli_tpp, day)?;
        }
        Ok(())
    }

    fn set_aside(&mut self, new: u32, reservation: Reservation) {
        for account in &reservation.accounts {
            self.change(*account, |known| {
                known.turn_over(reservation.left_milli_tpp);
                known.reserved_milli_tpp += reservation.left_milli_tpp;
            });
        }
        self.due.insert((reservation.expires_at_ms, new));
        self.reservations.push(reservation);
    }

    pub(super) fn post(
        &mut self,
        reservation: &str,
        amount_milli_tpp: Option<i64>,
        day: Date,
        last: bool,
        breaches: &mut Vec<BreachChange>,
    ) -> Result<Creation, Status> {
        let which = self.reserved(reservation)?;
        let known = self.reservation_at(which).filter(|known| known.open).ok_or(Status::ReservationClosed)?;
        let (left_milli_tpp, accounts) = (known.left_milli_tpp, known.into_owned().accounts);
        // Without an amount, all that is left goes.
        let amount_milli_tpp = amount_milli_tpp.unwrap_or(left_milli_tpp);
        if amount_milli_tpp > left_milli_tpp {
            return Err(Status::MoreThanReserved);
        }
        if accounts.iter().any(|account| self.keys.get(index_of(*account)).is_none_or(|key| !key.period.contains(day)))
        {
            return Err(Status::OtherPeriod);
        }
        // A limit that was lowered since counts for what has not gone yet.
        for account in &accounts {
            let account = self.account_at(*account)?;
            account.check_limit(account.posted_milli_tpp, amount_milli_tpp, day)?;
        }
        let new = place(self.postings.len())?;
        let closes = last || amount_milli_tpp == left_milli_tpp;
        let freed = if closes { left_milli_tpp } else { amount_milli_tpp };
        for account in &accounts {
            let mut late = false;
            self.change(*account, |known| {
                late = known.goes_beyond(day);
                known.reserved_milli_tpp -= freed;
                known.add(day, amount_milli_tpp);
            });
            if late {
                self.look_again(*account, breaches);
            }
        }
        self.remember_reservation(which);
        let mut ended = None;
        match self.reservation_mut(which) {
            Some(known) => {
                known.left_milli_tpp -= freed;
                known.has_postings = true;
                if closes {
                    known.open = false;
                    ended = Some((known.expires_at_ms, which));
                }
            }
            None => self.no_place("reservation", which),
        }
        if let Some(ended) = ended {
            self.due.remove(&ended);
        }
        self.postings.push(Posting { accounts, amount_milli_tpp, day });
        Ok(Creation::Posting(new))
    }

    pub(super) fn void(&mut self, reservation: &str) -> Result<Creation, Status> {
        let which = self.reserved(reservation)?;
        self.reservation_at(which).filter(|known| known.open).ok_or(Status::ReservationClosed)?;
        self.release(which);
        Ok(Creation::Nothing)
    }

    /// What is due at a time lapses, in milliseconds since 1970-01-01 UTC; at the latest time of a record where none is said, as before 2026-11-28.
    pub(super) fn expire(&mut self, at_ms: Option<i64>) -> Result<Creation, Status> {
        let until = at_ms.unwrap_or(self.now_ms).min(self.now_ms);
        while let Some((expires_at_ms, which)) = self.due.first().copied().filter(|(due, _)| *due <= until) {
            self.release(which);
            self.due.remove(&(expires_at_ms, which));
        }
        Ok(Creation::Nothing)
    }

    /// Makes what is left of a reservation free again.
    fn release(&mut self, which: u32) {
        self.remember_reservation(which);
        let Some(known) = self.reservation_mut(which) else {
            self.no_place("reservation", which);
            return;
        };
        let left_milli_tpp = std::mem::take(&mut known.left_milli_tpp);
        known.open = false;
        let (due, accounts) = ((known.expires_at_ms, which), known.accounts.clone());
        self.due.remove(&due);
        for account in accounts {
            self.change(account, |known| known.reserved_milli_tpp -= left_milli_tpp);
        }
    }
}

impl Reservation {
    /// One of which nothing has gone yet.
    fn new(places: Vec<u32>, left_milli_tpp: i64, day: Date, expires_at_ms: i64) -> Reservation {
        let accounts = places.into_boxed_slice();
        Reservation { accounts, left_milli_tpp, day, expires_at_ms, open: true, has_postings: false }
    }
}
