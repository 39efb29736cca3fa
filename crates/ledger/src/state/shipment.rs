//! What a shipment does on its way: it is reserved, posted, given up, or it lapses.

use tollgate_model::Date;

use super::{Made, Posting, Reservation, State, at, place};
use crate::account::AccountKey;
use crate::command::{BreachChange, Status};

impl State {
    pub(super) fn reserve(
        &mut self,
        accounts: &[AccountKey],
        amount: i64,
        day: Date,
        expires_at: i64,
    ) -> Result<Made, Status> {
        let places = self.charged(accounts, day)?;
        self.check_room(accounts, &places, amount, day, (&[], 0))?;
        Ok(self.set_aside(places, amount, day, expires_at))
    }

    pub(super) fn amend(
        &mut self,
        reservation: &str,
        accounts: &[AccountKey],
        amount: i64,
        day: Date,
        expires_at: i64,
    ) -> Result<Made, Status> {
        let places = self.charged(accounts, day)?;
        let which = self.reserved(reservation)?;
        let own = self.reservations.get(at(which)).filter(|own| own.open && !own.begun);
        let own = own.ok_or(Status::ReservationClosed)?;
        self.check_room(accounts, &places, amount, day, (&own.accounts, own.left))?;
        self.release(which);
        Ok(self.set_aside(places, amount, day, expires_at))
    }

    /// The places of the accounts that a shipment of a day is charged to, each once also where two holders are one group.
    fn charged(&self, accounts: &[AccountKey], day: Date) -> Result<Vec<u32>, Status> {
        let mut places = Vec::with_capacity(accounts.len());
        for key in accounts {
            let counted = self.counted_as(key, day);
            let account = self.places.get(&counted).copied().ok_or(Status::NoLimit)?;
            self.account_at(account).limit_on(day).ok_or(Status::NoLimit)?;
            if !places.contains(&account) {
                places.push(account);
            }
        }
        Ok(places)
    }

    /// Whether so much more has room in every account once a reservation in the accounts `ending` holds nothing any more.
    fn check_room(
        &self,
        keys: &[AccountKey],
        places: &[u32],
        amount: i64,
        day: Date,
        (ending, left): (&[u32], i64),
    ) -> Result<(), Status> {
        if keys.iter().any(|key| !key.period.contains(day)) {
            return Err(Status::OtherPeriod);
        }
        let has_room = |place: &u32| {
            let account = self.account_at(*place);
            let freed = if ending.contains(place) { left } else { 0 };
            account.has_room(account.posted + account.reserved - freed, amount, day)
        };
        if places.iter().all(has_room) { Ok(()) } else { Err(Status::OverLimit) }
    }

    fn set_aside(&mut self, places: Vec<u32>, amount: i64, day: Date, expires_at: i64) -> Made {
        for account in &places {
            if let Some(account) = self.accounts.get_mut(at(*account)) {
                account.reserved += amount;
            }
        }
        let new = place(self.reservations.len());
        self.due.insert((expires_at, new));
        let accounts = places.into_boxed_slice();
        self.reservations.push(Reservation { accounts, left: amount, day, expires_at, open: true, begun: false });
        Made::Reservation(new)
    }

    pub(super) fn post(
        &mut self,
        reservation: &str,
        amount: Option<i64>,
        day: Date,
        last: bool,
        breaches: &mut Vec<BreachChange>,
    ) -> Result<Made, Status> {
        let which = self.reserved(reservation)?;
        let own = self.reservations.get(at(which)).filter(|own| own.open).ok_or(Status::ReservationClosed)?;
        let amount = amount.unwrap_or(own.left);
        if amount > own.left {
            return Err(Status::MoreThanReserved);
        }
        let accounts = own.accounts.clone();
        if accounts.iter().any(|account| self.keys.get(at(*account)).is_none_or(|key| !key.period.contains(day))) {
            return Err(Status::OtherPeriod);
        }
        // A limit that was lowered since counts for what has not gone yet.
        if !accounts.iter().all(|account| {
            let account = self.account_at(*account);
            account.has_room(account.posted, amount, day)
        }) {
            return Err(Status::OverLimit);
        }
        let closes = last || amount == own.left;
        let freed = if closes { own.left } else { amount };
        for account in &accounts {
            let Some(own) = self.accounts.get_mut(at(*account)) else { continue };
            let late = own.goes_beyond(day);
            own.reserved -= freed;
            own.add(day, amount);
            if late {
                self.look_again(*account, breaches);
            }
        }
        if let Some(own) = self.reservations.get_mut(at(which)) {
            own.left -= freed;
            own.begun = true;
            if closes {
                own.open = false;
                self.due.remove(&(own.expires_at, which));
            }
        }
        let new = place(self.postings.len());
        self.postings.push(Posting { accounts, amount, day });
        Ok(Made::Posting(new))
    }

    pub(super) fn void(&mut self, reservation: &str) -> Result<Made, Status> {
        let which = self.reserved(reservation)?;
        self.reservations.get(at(which)).filter(|own| own.open).ok_or(Status::ReservationClosed)?;
        self.release(which);
        Ok(Made::Nothing)
    }

    pub(super) fn expire(&mut self) -> Result<Made, Status> {
        while let Some((expires_at, which)) = self.due.first().copied().filter(|(due, _)| *due <= self.now) {
            self.release(which);
            self.due.remove(&(expires_at, which));
        }
        Ok(Made::Nothing)
    }

    /// Makes what is left of a reservation free again.
    fn release(&mut self, which: u32) {
        let Some(own) = self.reservations.get_mut(at(which)) else { return };
        self.due.remove(&(own.expires_at, which));
        for account in &own.accounts {
            if let Some(account) = self.accounts.get_mut(at(*account)) {
                account.reserved -= own.left;
            }
        }
        own.left = 0;
        own.open = false;
    }
}
