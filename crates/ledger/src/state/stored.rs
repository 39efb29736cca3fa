//! The state as bytes, tables in the order of their keys. What follows from the rest is not written.

use std::io::{Read, Result, Write};

use tollgate_model::{AccountKey, Date, count_of, index_of};

use super::{Creation, Operation, Posting, Reservation, State};
use crate::account::Account;
use crate::bytes::{In, Out, malformed};
use crate::status::Status;

fn write_day<W: Write>(out: &mut Out<W>, day: Date) -> Result<()> {
    out.bytes(&day.epoch_days().to_le_bytes())
}

fn read_day<R: Read>(source: &mut In<R>) -> Result<Date> {
    Date::from_epoch_days(source.array().map(i32::from_le_bytes)?).ok_or_else(|| malformed("holds what is no day"))
}

fn write_places<W: Write>(out: &mut Out<W>, places: &[u32]) -> Result<()> {
    out.count(places.len())?;
    places.iter().try_for_each(|place| out.u32(*place))
}

/// Places of accounts, of which there are so many.
fn read_places<R: Read>(source: &mut In<R>, accounts: usize) -> Result<Box<[u32]>> {
    let places = (0..source.count(4)?).map(|_| source.u32()).collect::<Result<Box<[u32]>>>()?;
    match places.iter().all(|place| index_of(*place) < accounts) {
        true => Ok(places),
        false => Err(malformed("names an account that is not there")),
    }
}

fn status_number(status: Status) -> Result<u8> {
    let place = Status::ALL.iter().position(|known| *known == status);
    place.and_then(|place| u8::try_from(place).ok()).ok_or_else(|| malformed("has a status without a number"))
}

impl Operation {
    fn write<W: Write>(self, out: &mut Out<W>) -> Result<()> {
        out.u64(self.content)?;
        let (kind, place) = match self.creation {
            Creation::Nothing => (0, 0),
            Creation::Reservation(place) => (1, place),
            Creation::Posting(place) => (2, place),
        };
        out.bytes(&[status_number(self.status)?, kind])?;
        out.u32(place)
    }

    fn read<R: Read>(source: &mut In<R>, reservations: usize, postings: usize) -> Result<Operation> {
        let content = source.u64()?;
        let [status, kind] = source.array::<2>()?;
        let status = Status::ALL.get(usize::from(status)).ok_or_else(|| malformed("has a status that is none"))?;
        let place = source.u32()?;
        let creation = match kind {
            0 => Creation::Nothing,
            1 if index_of(place) < reservations => Creation::Reservation(place),
            2 if index_of(place) < postings => Creation::Posting(place),
            _ => return Err(malformed("names what is not there")),
        };
        Ok(Operation { content, status: *status, creation })
    }
}

impl State {
    /// Writes all of it; nothing may be under way.
    pub(crate) fn write<W: Write>(&self, out: &mut Out<W>) -> Result<()> {
        if self.journal.is_some() {
            return Err(malformed("a batch is under way"));
        }
        out.i64(self.now_ms)?;
        out.count(self.accounts.len())?;
        for (key, account) in self.keys.iter().zip(&self.accounts) {
            out.text(&serde_json::to_string(key)?)?;
            account.write(out)?;
        }
        out.count(self.reservations.len())?;
        for reservation in &self.reservations {
            write_places(out, &reservation.accounts)?;
            out.i64(reservation.left_milli_tpp)?;
            write_day(out, reservation.day)?;
            out.i64(reservation.expires_at_ms)?;
            out.flag(reservation.open)?;
            out.flag(reservation.has_postings)?;
        }
        out.count(self.postings.len())?;
        for posting in &self.postings {
            write_places(out, &posting.accounts)?;
            out.i64(posting.amount_milli_tpp)?;
            write_day(out, posting.day)?;
        }
        out.count(self.groups.len())?;
        for (holder, groups) in &self.groups {
            out.text(holder)?;
            out.count(groups.len())?;
            for (day, into) in groups {
                write_day(out, *day)?;
                out.text(into)?;
            }
        }
        let mut operations: Vec<_> = self.operations.iter().collect();
        operations.sort_unstable_by_key(|(id, _)| **id);
        out.count(operations.len())?;
        for (id, operation) in operations {
            out.u128(*id)?;
            operation.write(out)?;
        }
        Ok(())
    }

    /// Reads what was written.
    pub(crate) fn read<R: Read>(source: &mut In<R>) -> Result<State> {
        let mut state = State { now_ms: source.i64()?, ..State::default() };
        for _ in 0..source.count(8)? {
            let key: AccountKey = serde_json::from_str(&source.text()?)?;
            let account = Account::read(source)?;
            let place = u32::try_from(state.accounts.len()).map_err(|_| malformed("has too many accounts"))?;
            if state.places.insert(key.clone(), place).is_some() {
                return Err(malformed("has an account twice"));
            }
            state.keys.push(key);
            state.accounts.push(account);
        }
        let accounts = state.accounts.len();
        for place in 0..count_of(source.count(8)?) {
            let reservation = read_reservation(source, accounts)?;
            let place = u32::try_from(place).map_err(|_| malformed("has too many reservations"))?;
            if reservation.open {
                state.due.insert((reservation.expires_at_ms, place));
            }
            state.reservations.push(reservation);
        }
        for _ in 0..source.count(8)? {
            let accounts = read_places(source, accounts)?;
            let (amount_milli_tpp, day) = (source.i64()?, read_day(source)?);
            state.postings.push(Posting { accounts, amount_milli_tpp, day });
        }
        for _ in 0..source.count(8)? {
            let holder = source.text()?;
            let groups =
                (0..source.count(8)?).map(|_| -> Result<(Date, String)> { Ok((read_day(source)?, source.text()?)) });
            let groups = groups.collect::<Result<_>>()?;
            state.groups.insert(holder, groups);
        }
        let count = source.count(30)?;
        state.operations.reserve(count);
        for _ in 0..count {
            let id = source.u128()?;
            let operation = Operation::read(source, state.reservations.len(), state.postings.len())?;
            if state.operations.insert(id, operation).is_some() {
                return Err(malformed("has an id twice"));
            }
        }
        Ok(state)
    }
}

fn read_reservation<R: Read>(source: &mut In<R>, accounts: usize) -> Result<Reservation> {
    let accounts = read_places(source, accounts)?;
    let (left_milli_tpp, day, expires_at_ms) = (source.i64()?, read_day(source)?, source.i64()?);
    let (open, has_postings) = (source.flag()?, source.flag()?);
    Ok(Reservation { accounts, left_milli_tpp, day, expires_at_ms, open, has_postings })
}
