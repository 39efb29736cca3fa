//! The pure machine: accounts, reservations, postings.

mod base;
mod journal;
mod past;
mod shipment;
mod stored;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tollgate_model::{AccountKey, Date, Period, index_of, never};

pub(crate) use self::base::Base;
use self::base::Layer;
use self::past::Shipped;
pub(crate) use self::stored::{AccountLists, OPERATION_BYTES, POSTING_BYTES, RESERVATION_BYTES};
use crate::account::{Account, AccountView};
use crate::command::{Applied, BreachChange, Command};
use crate::record::sha256;
use crate::status::Status;

/// The largest amount that a command may name, in milli-TPP: a million times the whole of the rule's country allocations.
pub const MAX_AMOUNT_MILLI_TPP: i64 = 1 << 50;
/// The longest id, name or reason, in bytes.
const LONGEST: usize = 256;
/// The most accounts that one shipment is charged to.
const MOST_ACCOUNTS: usize = 16;

#[expect(clippy::disallowed_types, reason = "looked up by key, never iterated")]
type ByKey<K, V> = std::collections::HashMap<K, V, ahash::RandomState>;

/// A caller's id as it is remembered: the half of its SHA-256.
pub(crate) type IdHash = u128;

/// What an id was used for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    /// A part of the SHA-256 of the whole command.
    content: u64,
    status: Status,
    creation: Creation,
}

/// What an operation created, by its place in the list of its kind.
#[derive(Clone, Copy, Debug)]
enum Creation {
    Nothing,
    Reservation(u32),
    Posting(u32),
}

#[derive(Clone, Debug)]
pub(crate) struct Reservation {
    accounts: Box<[u32]>,
    /// What is neither posted nor free again.
    left_milli_tpp: i64,
    day: Date,
    expires_at_ms: i64,
    open: bool,
    /// Whether a part of it has gone.
    has_postings: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Posting {
    accounts: Box<[u32]>,
    amount_milli_tpp: i64,
    day: Date,
}

/// How a reservation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReservationView {
    /// What is neither posted nor free again, in milli-TPP.
    pub left_milli_tpp: i64,
    /// Whether more can be posted.
    pub open: bool,
    /// Whether a part of it has gone.
    pub has_postings: bool,
}

/// How a posting stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostingView {
    /// What it counts, in milli-TPP.
    pub amount_milli_tpp: i64,
    /// The day on which it counts.
    pub day: Date,
    /// What each of its accounts counts over.
    pub periods: Vec<Period>,
}

/// All accounts and what was done to them.
#[derive(Debug, Default)]
pub struct State {
    accounts: Vec<Account>,
    keys: Vec<AccountKey>,
    places: ByKey<AccountKey, u32>,
    operations: ByKey<IdHash, Operation>,
    reservations: Layer<Reservation>,
    postings: Layer<Posting>,
    /// What was done up to a snapshot, which is not in memory.
    base: Option<Arc<dyn Base>>,
    /// Open reservations by the time at which they lapse.
    due: BTreeSet<(i64, u32)>,
    /// As whom a holder counts, from which day, in order of days.
    groups: BTreeMap<String, Vec<(Date, String)>>,
    /// The latest time that a command was given, in milliseconds since 1970-01-01 UTC.
    now_ms: i64,
    /// What a batch that is under way changed, as it was.
    journal: Option<Box<journal::Journal>>,
}

/// The place of what is added to a list of a length.
fn place(length: usize) -> Result<u32, Status> {
    u32::try_from(length).map_err(|_| Status::Overflow)
}

fn hashed(bytes: &[u8]) -> (u128, u64) {
    let [id @ .., a, b, c, d, e, f, g, h, _, _, _, _, _, _, _, _] = sha256(&[bytes]);
    (u128::from_be_bytes(id), u64::from_be_bytes([a, b, c, d, e, f, g, h]))
}

/// A half of the SHA-256 of a caller's id, by which it is remembered.
pub(crate) fn id_hash(id: &str) -> u128 {
    hashed(id.as_bytes()).0
}

impl State {
    /// Does what a command asks, or nothing: a command that is refused leaves every account as it was. `time_ms` is in milliseconds
    /// since 1970-01-01 UTC and never goes back: an earlier one counts as the latest.
    pub fn apply(&mut self, time_ms: i64, command: &Command) -> Applied {
        let Ok(json) = serde_json::to_vec(command) else {
            never!("a command cannot be written as JSON");
            return only(Status::Malformed);
        };
        self.apply_known(time_ms, command, &json)
    }

    /// The same, given the command's JSON.
    pub(crate) fn apply_known(&mut self, time_ms: i64, command: &Command, json: &[u8]) -> Applied {
        let (id, content) = (hashed(command.id().as_bytes()).0, hashed(json).1);
        let known = self.operation(id).filter(|_| well_formed(command));
        if let Some(known) = known.filter(|known| known.content == content) {
            // Nothing is recorded of this, so nothing may come of it, not even that time has passed.
            return Applied { replayed: true, ..only(known.status) };
        }
        self.now_ms = self.now_ms.max(time_ms);
        if !well_formed(command) {
            return only(Status::Malformed);
        }
        if known.is_some() {
            return only(Status::IdTaken);
        }
        let mut breaches = Vec::new();
        let result = match command {
            Command::Limit { account, from, amount_milli_tpp, provision, .. } => {
                self.limit(account, *from, *amount_milli_tpp, provision, &mut breaches)
            }
            Command::Reserve { accounts, amount_milli_tpp, day, expires_at_ms, .. } => {
                self.reserve(accounts, *amount_milli_tpp, *day, *expires_at_ms)
            }
            Command::Amend { reservation, accounts, amount_milli_tpp, day, expires_at_ms, .. } => {
                self.amend(reservation, accounts, *amount_milli_tpp, *day, *expires_at_ms)
            }
            Command::Post { reservation, amount_milli_tpp, day, last, .. } => {
                self.post(reservation, *amount_milli_tpp, *day, *last, &mut breaches)
            }
            Command::Void { reservation, .. } => self.void(reservation),
            Command::Adjust { account, amount_milli_tpp, day, .. } => {
                self.adjust(account, *amount_milli_tpp, *day, &mut breaches)
            }
            Command::Correct { posting, amount_milli_tpp, day, only_adds, .. } => {
                let shipped = Shipped { amount_milli_tpp: *amount_milli_tpp, day: *day };
                self.correct(posting, shipped, *only_adds, &mut breaches)
            }
            Command::Group { holder, into, from, .. } => self.group(holder, into, *from, &mut breaches),
            Command::Expire { at_ms, .. } => self.expire(*at_ms),
        };
        let (status, creation) = match result {
            Ok(creation) => (Status::Done, creation),
            Err(status) => (status, Creation::Nothing),
        };
        self.remember_id(id);
        self.operations.insert(id, Operation { content, status, creation });
        Applied { status, replayed: false, breaches }
    }

    /// Remembers an id that a record beside the ledger's commands used. Whether it was new, or the same content was said before, or another.
    pub(crate) fn note(&mut self, id: &str, content: &[u8]) -> Applied {
        let (id, content) = (hashed(id.as_bytes()).0, hashed(content).1);
        match self.operation(id) {
            Some(known) if known.content == content => Applied { replayed: true, ..only(known.status) },
            Some(_) => only(Status::IdTaken),
            None => {
                self.remember_id(id);
                self.operations.insert(id, Operation { content, status: Status::Done, creation: Creation::Nothing });
                only(Status::Done)
            }
        }
    }

    /// How an account stands on a day; under the holder that this one counts as then.
    pub fn account(&self, key: &AccountKey, day: Date) -> Option<AccountView> {
        let key = self.counted_as(key, day);
        self.places.get(&key).and_then(|place| Some(self.accounts.get(index_of(*place))?.view(&key, day)))
    }

    /// The days from which an account has another limit, in order.
    pub fn limit_days(&self, key: &AccountKey) -> impl Iterator<Item = Date> {
        let account = self.places.get(key).and_then(|place| self.accounts.get(index_of(*place)));
        account.into_iter().flat_map(|account| account.limits.iter().map(|limit| limit.from))
    }

    /// Every account that `wanted` takes, in the order in which they began, after the first `skip` accounts of the ledger; and the place to go on
    /// from. Amounts and limits are those of the day.
    pub fn accounts<'a>(
        &'a self,
        day: Date,
        skip: usize,
        wanted: &'a dyn Fn(&AccountKey) -> bool,
    ) -> impl Iterator<Item = (usize, AccountView)> + 'a {
        let all = self.keys.iter().zip(&self.accounts).enumerate().skip(skip);
        all.filter(|(_, (key, _))| wanted(key)).map(move |(place, (key, account))| (place, account.view(key, day)))
    }

    /// How many accounts there are.
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// How a reservation stands; nothing where no such reservation was made.
    pub fn reservation(&self, id: &str) -> Option<ReservationView> {
        let known = self.reservation_at(self.reserved(id).ok()?)?;
        Some(ReservationView {
            left_milli_tpp: known.left_milli_tpp,
            open: known.open,
            has_postings: known.has_postings,
        })
    }

    /// Whether a caller's id was used.
    pub fn knows(&self, id: &str) -> bool {
        self.operation(id_hash(id)).is_some()
    }

    /// How a posting stands; nothing where no such posting was made.
    pub fn posting(&self, id: &str) -> Option<PostingView> {
        let Creation::Posting(place) = self.operation(id_hash(id))?.creation else { return None };
        let known = self.posting_at(place)?;
        let periods =
            known.accounts.iter().filter_map(|account| self.keys.get(index_of(*account)).map(|key| key.period));
        Some(PostingView { amount_milli_tpp: known.amount_milli_tpp, day: known.day, periods: periods.collect() })
    }

    /// What a reservation holds in an account, in milli-TPP, 0 where it holds nothing or was never made; under the holder that this one counts as on the day.
    pub fn reserved_in(&self, id: &str, key: &AccountKey, day: Date) -> i64 {
        let known = self.reserved(id).ok().and_then(|place| self.reservation_at(place));
        let place = self.places.get(&self.counted_as(key, day));
        let charged = known.filter(|known| place.is_some_and(|place| known.accounts.contains(place)));
        charged.map_or(0, |known| known.left_milli_tpp)
    }

    /// Whether a reservation is past its time; `time_ms` is in milliseconds since 1970-01-01 UTC.
    pub fn has_due(&self, time_ms: i64) -> bool {
        self.due.first().is_some_and(|(due, _)| *due <= time_ms)
    }

    fn reserved(&self, id: &str) -> Result<u32, Status> {
        match self.operation(id_hash(id)).map(|operation| operation.creation) {
            Some(Creation::Reservation(place)) => Ok(place),
            _ => Err(Status::UnknownReservation),
        }
    }

    /// An account's key under the holder that it counts as on a day.
    fn counted_as(&self, key: &AccountKey, day: Date) -> AccountKey {
        AccountKey { holder: self.holder_on(&key.holder, day).to_owned(), ..key.clone() }
    }

    fn holder_on<'a>(&'a self, holder: &'a str, day: Date) -> &'a str {
        let mut current = holder;
        // A group cannot lead back to where it began, on any day: `group` refuses it.
        while let Some(next) =
            self.groups.get(current).and_then(|groups| groups.iter().rev().find(|(from, _)| *from <= day))
        {
            current = &next.1;
        }
        current
    }

    /// The place of an account, new where there was none.
    fn open(&mut self, key: AccountKey) -> Result<u32, Status> {
        if let Some(place) = self.places.get(&key) {
            return Ok(*place);
        }
        let new = place(self.accounts.len())?;
        self.accounts.push(Account::default());
        self.keys.push(key.clone());
        self.places.insert(key, new);
        Ok(new)
    }

    /// Somebody says that the clock was wrong: time goes on from this one, in milliseconds since 1970-01-01 UTC.
    pub(crate) fn set_time(&mut self, time_ms: i64) {
        self.now_ms = time_ms;
    }

    /// Looks again whether an account's past stands over a limit, and tells where that changed.
    fn look_again(&mut self, account: u32, breaches: &mut Vec<BreachChange>) {
        self.remember_account(account);
        let (Some(known), Some(key)) = (self.accounts.get_mut(index_of(account)), self.keys.get(index_of(account)))
        else {
            never!("account {account} has no place");
            return;
        };
        let breach = known.first_breach();
        if breach != known.breach {
            known.breach.clone_from(&breach);
            breaches.push(BreachChange { account: key.clone(), breach });
        }
    }
}

fn only(status: Status) -> Applied {
    Applied { status, replayed: false, breaches: Vec::new() }
}

fn well_formed(command: &Command) -> bool {
    let text = |text: &str| !text.is_empty() && text.len() <= LONGEST;
    let key = |key: &AccountKey| text(&key.rule) && text(&key.holder) && key.country.as_deref().is_none_or(text);
    let amount = |amount: i64| (1..=MAX_AMOUNT_MILLI_TPP).contains(&amount);
    let accounts = |accounts: &[AccountKey]| {
        let distinct: BTreeSet<&AccountKey> = accounts.iter().collect();
        (1..=MOST_ACCOUNTS).contains(&accounts.len()) && distinct.len() == accounts.len() && accounts.iter().all(key)
    };
    let fits = match command {
        Command::Limit { account, amount_milli_tpp: ceiling, provision, .. } => {
            key(account)
                && provision.len() <= LONGEST
                && ceiling.is_none_or(|ceiling| (0..=MAX_AMOUNT_MILLI_TPP).contains(&ceiling))
        }
        Command::Reserve { accounts: charged, amount_milli_tpp: reserved, .. } => {
            amount(*reserved) && accounts(charged)
        }
        Command::Amend { reservation, accounts: charged, amount_milli_tpp: reserved, .. } => {
            text(reservation) && amount(*reserved) && accounts(charged)
        }
        Command::Post { reservation, amount_milli_tpp: posted, .. } => text(reservation) && posted.is_none_or(amount),
        Command::Void { reservation, reason, .. } => text(reservation) && text(reason),
        Command::Adjust { account, amount_milli_tpp: added, reason, .. } => {
            key(account)
                && *added != 0
                && (-MAX_AMOUNT_MILLI_TPP..=MAX_AMOUNT_MILLI_TPP).contains(added)
                && text(reason)
        }
        Command::Correct { posting, amount_milli_tpp: shipped, reason, .. } => {
            text(posting) && (0..=MAX_AMOUNT_MILLI_TPP).contains(shipped) && text(reason)
        }
        Command::Group { holder, into, reason, .. } => text(holder) && text(into) && text(reason),
        Command::Expire { at_ms, .. } => at_ms.is_none_or(|at| at >= 0),
    };
    fits && text(command.id())
}

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod tests;
