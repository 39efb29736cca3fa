//! The state as bytes: what is many in slots of one size each, the rest one after another. What follows from the rest is not written.

use std::io::{Read, Result, Write};
use std::sync::Arc;

use tollgate_model::{AccountKey, Date, count_of};

use super::base::Layer;
use super::{Base, Creation, IdHash, Operation, Posting, Reservation, State};
use crate::account::Account;
use crate::bytes::{In, Out, malformed};
use crate::pages::rows_by_id;
use crate::status::Status;

/// Bytes of the slot of an operation with its id.
pub(crate) const OPERATION_BYTES: usize = 30;
/// Bytes of the slot of a reservation.
pub(crate) const RESERVATION_BYTES: usize = 30;
/// Bytes of the slot of a posting.
pub(crate) const POSTING_BYTES: usize = 21;
/// So many accounts stand in the slot itself; where there are more, the slot says where in the list of such accounts they begin.
const ACCOUNTS_WITHIN: usize = 2;

/// Accounts of those slots that have no room for them.
pub(crate) type AccountLists = Vec<u32>;

/// Reads so many accounts of [`AccountLists`] from a place on.
pub(crate) type ReadList<'a> = dyn Fn(u64, u8) -> Result<Vec<u32>> + 'a;

fn write_day<W: Write>(out: &mut Out<W>, day: Date) -> Result<()> {
    out.bytes(&day.epoch_days().to_le_bytes())
}

fn day_of(bytes: [u8; 4]) -> Result<Date> {
    Date::from_epoch_days(i32::from_le_bytes(bytes)).ok_or_else(|| malformed("holds what is no day"))
}

fn read_day<R: Read>(source: &mut In<R>) -> Result<Date> {
    day_of(source.array()?)
}

fn status_number(status: Status) -> Result<u8> {
    let place = Status::ALL.iter().position(|known| *known == status);
    place.and_then(|place| u8::try_from(place).ok()).ok_or_else(|| malformed("has a status without a number"))
}

/// Takes numbers off a slot.
struct Slot<'a>(&'a [u8]);

impl Slot<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk().ok_or_else(|| malformed("has a slot that is too short"))?;
        self.0 = rest;
        Ok(*taken)
    }

    /// What [`account_bytes`] wrote.
    fn accounts(&mut self, list: &ReadList<'_>) -> Result<Box<[u32]>> {
        let [count] = self.array()?;
        let bytes = self.array::<8>()?;
        if usize::from(count) > ACCOUNTS_WITHIN {
            return Ok(list(u64::from_le_bytes(bytes), count)?.into_boxed_slice());
        }
        let within = bytes.chunks_exact(4).filter_map(|bytes| bytes.first_chunk().copied().map(u32::from_le_bytes));
        Ok(within.take(usize::from(count)).collect())
    }
}

/// The number of accounts, and the accounts or where they stand in the list.
fn account_bytes(accounts: &[u32], lists: &mut AccountLists) -> Result<[u8; 9]> {
    let count = u8::try_from(accounts.len()).map_err(|_| malformed("has too many accounts in one shipment"))?;
    let place = count_of(lists.len()).to_le_bytes();
    let mut bytes = [count; 9];
    let rest = bytes.iter_mut().skip(1);
    if accounts.len() > ACCOUNTS_WITHIN {
        lists.extend_from_slice(accounts);
        rest.zip(place).for_each(|(to, from)| *to = from);
    } else {
        let within = accounts.iter().flat_map(|account| account.to_le_bytes()).chain([0; 8]);
        rest.zip(within).for_each(|(to, from)| *to = from);
    }
    Ok(bytes)
}

/// Pieces one after another, which come to as many bytes as a slot has.
fn joined<const N: usize>(pieces: &[&[u8]]) -> Result<[u8; N]> {
    pieces.concat().try_into().map_err(|_| malformed("has a slot of another size"))
}

impl Operation {
    fn slot(self, id: IdHash) -> Result<[u8; OPERATION_BYTES]> {
        let (kind, place) = match self.creation {
            Creation::Nothing => (0, 0),
            Creation::Reservation(place) => (1, place),
            Creation::Posting(place) => (2, place),
        };
        let head = [status_number(self.status)?, kind];
        joined(&[&id.to_le_bytes(), &self.content.to_le_bytes(), &head, &place.to_le_bytes()])
    }

    /// What a slot says, in a state of so many reservations and postings.
    pub(crate) fn of_slot(slot: &[u8], reservations: u32, postings: u32) -> Result<(IdHash, Operation)> {
        let mut slot = Slot(slot);
        let id = slot.array().map(IdHash::from_le_bytes)?;
        let content = slot.array().map(u64::from_le_bytes)?;
        let [status, kind] = slot.array()?;
        let place = slot.array().map(u32::from_le_bytes)?;
        let status = Status::ALL.get(usize::from(status)).ok_or_else(|| malformed("has a status that is none"))?;
        let creation = match kind {
            0 => Creation::Nothing,
            1 if place < reservations => Creation::Reservation(place),
            2 if place < postings => Creation::Posting(place),
            _ => return Err(malformed("names what is not there")),
        };
        Ok((id, Operation { content, status: *status, creation }))
    }
}

impl Reservation {
    /// The places of its accounts.
    pub(crate) fn accounts(&self) -> &[u32] {
        &self.accounts
    }

    fn slot(&self, lists: &mut AccountLists) -> Result<[u8; RESERVATION_BYTES]> {
        let accounts = account_bytes(&self.accounts, lists)?;
        let flags = [u8::from(self.open) | (u8::from(self.has_postings) << 1)];
        let (left, day) = (self.left_milli_tpp.to_le_bytes(), self.day.epoch_days().to_le_bytes());
        joined(&[&accounts, &left, &day, &self.expires_at_ms.to_le_bytes(), &flags])
    }

    /// What a slot says.
    pub(crate) fn of_slot(slot: &[u8], list: &ReadList<'_>) -> Result<Reservation> {
        let mut slot = Slot(slot);
        let accounts = slot.accounts(list)?;
        let left_milli_tpp = slot.array().map(i64::from_le_bytes)?;
        let day = day_of(slot.array()?)?;
        let expires_at_ms = slot.array().map(i64::from_le_bytes)?;
        let [flags] = slot.array()?;
        if flags > 3 {
            return Err(malformed("says neither yes nor no"));
        }
        let (open, has_postings) = (flags & 1 != 0, flags & 2 != 0);
        Ok(Reservation { accounts, left_milli_tpp, day, expires_at_ms, open, has_postings })
    }
}

impl Posting {
    /// The places of its accounts.
    pub(crate) fn accounts(&self) -> &[u32] {
        &self.accounts
    }

    fn slot(&self, lists: &mut AccountLists) -> Result<[u8; POSTING_BYTES]> {
        let accounts = account_bytes(&self.accounts, lists)?;
        joined(&[&accounts, &self.amount_milli_tpp.to_le_bytes(), &self.day.epoch_days().to_le_bytes()])
    }

    /// What a slot says.
    pub(crate) fn of_slot(slot: &[u8], list: &ReadList<'_>) -> Result<Posting> {
        let mut slot = Slot(slot);
        let accounts = slot.accounts(list)?;
        let amount_milli_tpp = slot.array().map(i64::from_le_bytes)?;
        Ok(Posting { accounts, amount_milli_tpp, day: day_of(slot.array()?)? })
    }
}

fn unreadable() -> std::io::Error {
    std::io::Error::other("what the state stands on cannot be read")
}

impl State {
    /// How many ids were used.
    pub(crate) fn operation_count(&self) -> u64 {
        self.base.as_ref().map_or(0, |base| base.operation_count()).saturating_add(count_of(self.operations.len()))
    }

    /// Hands on the slot of every operation, in the order of ids.
    pub(crate) fn operation_slots(&self, sink: &mut dyn FnMut(&[u8; OPERATION_BYTES]) -> Result<()>) -> Result<()> {
        let added = self.operations.iter().map(|(id, known)| (*id, *known)).collect();
        let base = self.base.as_ref();
        let count = base.map_or(0, |base| base.operation_count());
        let stored = |number: u64| base.and_then(|base| base.operation_at(number)).ok_or_else(unreadable);
        rows_by_id((0..count).map(stored), added, &mut |id, known| sink(&known.slot(id)?))
    }

    /// Hands on the slot of every reservation.
    pub(crate) fn reservation_slots(
        &self,
        lists: &mut AccountLists,
        sink: &mut dyn FnMut(&[u8; RESERVATION_BYTES]) -> Result<()>,
    ) -> Result<()> {
        (0_u32..).take(self.reservations.len()).try_for_each(|place| {
            let known = self.reservation_at(place).ok_or_else(unreadable)?;
            sink(&known.slot(lists)?)
        })
    }

    /// Hands on the slot of every posting.
    pub(crate) fn posting_slots(
        &self,
        lists: &mut AccountLists,
        sink: &mut dyn FnMut(&[u8; POSTING_BYTES]) -> Result<()>,
    ) -> Result<()> {
        (0_u32..).take(self.postings.len()).try_for_each(|place| {
            let known = self.posting_at(place).ok_or_else(unreadable)?;
            sink(&known.slot(lists)?)
        })
    }

    /// Writes what is few; nothing may be under way.
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
        out.count(self.groups.len())?;
        for (holder, groups) in &self.groups {
            out.text(holder)?;
            out.count(groups.len())?;
            for (day, into) in groups {
                write_day(out, *day)?;
                out.text(into)?;
            }
        }
        out.count(self.due.len())?;
        for (expires_at_ms, place) in &self.due {
            out.i64(*expires_at_ms)?;
            out.u32(*place)?;
        }
        Ok(())
    }

    /// Reads what was written; see [`State::stand_on`].
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
        for _ in 0..source.count(8)? {
            let holder = source.text()?;
            let groups =
                (0..source.count(8)?).map(|_| -> Result<(Date, String)> { Ok((read_day(source)?, source.text()?)) });
            let groups = groups.collect::<Result<_>>()?;
            state.groups.insert(holder, groups);
        }
        for _ in 0..source.count(12)? {
            state.due.insert((source.i64()?, source.u32()?));
        }
        Ok(state)
    }

    /// Gives a state that was read what it stands on: the operations, reservations and postings of before.
    pub(crate) fn stand_on(&mut self, base: Arc<dyn Base>) -> Result<()> {
        if self.due.iter().any(|(_, place)| *place >= base.reservation_count()) {
            return Err(malformed("says that a reservation is open that is not there"));
        }
        self.reservations = Layer::above(base.reservation_count());
        self.postings = Layer::above(base.posting_count());
        self.base = Some(base);
        Ok(())
    }
}
