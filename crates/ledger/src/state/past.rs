//! What changes the past, or how it is seen: limits that reach back, corrections, holders found to be one group. What then stands over a limit is
//! told, not hidden.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use tollgate_model::{AccountKey, Date, always, index_of, never};

use super::{Creation, Posting, State, place};
use crate::account::{Account, Limit};
use crate::command::BreachChange;
use crate::status::Status;

/// What really went of a shipment, and when.
#[derive(Clone, Copy)]
pub(super) struct Shipped {
    pub(super) amount_milli_tpp: i64,
    pub(super) day: Date,
}

impl State {
    /// The account at a place; the status by which a shipment is refused where there is none: what cannot be found has no room.
    pub(super) fn account_at(&self, place: u32) -> Result<&Account, Status> {
        let account = self.accounts.get(index_of(place));
        if account.is_none() {
            never!("account {place} has no place");
        }
        account.ok_or(Status::OverLimit)
    }

    /// Changes the account at a place, which was looked up before anything was changed.
    pub(super) fn change(&mut self, place: u32, change: impl FnOnce(&mut Account)) {
        self.remember_account(place);
        match self.accounts.get_mut(index_of(place)) {
            Some(account) => change(account),
            None => never!("account {place} has no place"),
        }
    }

    pub(super) fn limit(
        &mut self,
        key: &AccountKey,
        from: Date,
        amount_milli_tpp: Option<i64>,
        provision: &str,
        breaches: &mut Vec<BreachChange>,
    ) -> Result<Creation, Status> {
        let key = self.counted_as(key, from);
        let account = self.open(key)?;
        self.change(account, |known| {
            known.set_limit(Limit { from, amount_milli_tpp, provision: provision.to_owned() })
        });
        self.look_again(account, breaches);
        Ok(Creation::Nothing)
    }

    pub(super) fn adjust(
        &mut self,
        key: &AccountKey,
        amount_milli_tpp: i64,
        day: Date,
        breaches: &mut Vec<BreachChange>,
    ) -> Result<Creation, Status> {
        let key = self.counted_as(key, day);
        let account = self.places.get(&key).copied().ok_or(Status::NoLimit)?;
        if !key.period.contains(day) {
            return Err(Status::OtherPeriod);
        }
        let known = self.account_at(account)?;
        let sum = known.posted_milli_tpp.checked_add(amount_milli_tpp).ok_or(Status::Overflow)?;
        if sum < 0 {
            return Err(Status::BelowZero);
        }
        known.check_turnover(amount_milli_tpp.checked_abs().ok_or(Status::Overflow)?)?;
        self.change(account, |known| {
            known.turn_over(amount_milli_tpp);
            known.add(day, amount_milli_tpp);
        });
        self.look_again(account, breaches);
        Ok(Creation::Nothing)
    }

    pub(super) fn correct(
        &mut self,
        posting: &str,
        Shipped { amount_milli_tpp, day }: Shipped,
        only_adds: bool,
        breaches: &mut Vec<BreachChange>,
    ) -> Result<Creation, Status> {
        let id = super::hashed(posting.as_bytes()).0;
        let Some(Creation::Posting(which)) = self.operation(id).map(|operation| operation.creation) else {
            return Err(Status::UnknownPosting);
        };
        let old = self.posting_at(which).ok_or(Status::UnknownPosting)?.into_owned();
        let mut moved = Vec::with_capacity(old.accounts.len());
        let mut takes_off = amount_milli_tpp < old.amount_milli_tpp;
        for account in &old.accounts {
            let key = self.keys.get(index_of(*account)).ok_or(Status::UnknownPosting)?;
            takes_off |= !key.period.contains(day);
            let key = AccountKey { period: key.period.moved_to(day), ..key.clone() };
            let key = self.counted_as(&key, day);
            let account = self.places.get(&key).copied().ok_or(Status::NoLimit)?;
            // Holders that are one group on that day are charged once.
            if !moved.contains(&account) {
                moved.push(account);
            }
        }
        if only_adds && takes_off {
            return Err(Status::TakesOff);
        }
        let both = old.amount_milli_tpp.checked_add(amount_milli_tpp).ok_or(Status::Overflow)?;
        for account in old.accounts.iter().chain(&moved) {
            self.account_at(*account)?.check_turnover(both)?;
        }
        for account in &old.accounts {
            self.change(*account, |known| {
                known.turn_over(old.amount_milli_tpp);
                known.add(old.day, -old.amount_milli_tpp);
            });
        }
        for account in &moved {
            self.change(*account, |known| {
                known.turn_over(amount_milli_tpp);
                known.add(day, amount_milli_tpp);
            });
        }
        let mut touched: Vec<u32> = old.accounts.iter().chain(&moved).copied().collect();
        touched.sort_unstable();
        touched.dedup();
        touched.iter().for_each(|account| self.look_again(*account, breaches));
        self.remember_posting(which);
        match self.posting_mut(which) {
            Some(known) => *known = Posting { accounts: moved.into_boxed_slice(), amount_milli_tpp, day },
            None => self.no_place("posting", which),
        }
        Ok(Creation::Nothing)
    }

    /// Takes time in the number of accounts, reservations and postings: it is rare.
    pub(super) fn group(
        &mut self,
        holder: &str,
        into: &str,
        from: Date,
        breaches: &mut Vec<BreachChange>,
    ) -> Result<Creation, Status> {
        // Wherever `into` leads on any day from then on, it must not lead back.
        if self.leads_to(into, holder) {
            return Err(Status::Circle);
        }
        // As `into` does not lead back, it leads to where the holder will.
        let later = self.groups.get(holder).into_iter().flatten().map(|(day, _)| *day).find(|day| *day > from);
        let goals = self.goals(into, from, later.map_or(Date::MAX, Date::before));
        let accounts = self.accounts_of(holder)?;
        for (account, key) in &accounts {
            for (_, goal) in &goals {
                let target = self.places.get(&AccountKey { holder: goal.clone(), ..key.clone() });
                let target = target.map(|target| self.account_at(*target)).transpose()?;
                self.account_at(*account)?.check_merge(target)?;
            }
        }
        // Each of them may begin an account for each goal.
        let most = accounts.len().checked_mul(goals.len()).and_then(|new| new.checked_add(self.accounts.len()));
        place(most.ok_or(Status::Overflow)?)?;
        self.remember_group(holder);
        let groups = self.groups.entry(holder.to_owned()).or_default();
        groups.retain(|(day, _)| *day != from);
        groups.insert(groups.partition_point(|(day, _)| *day < from), (from, into.to_owned()));
        for (account, key) in accounts {
            for (days, goal) in &goals {
                let target = self.open(AccountKey { holder: goal.clone(), ..key.clone() })?;
                if always!(target != account, "account {account} was grouped with itself") {
                    self.regroup(account, target, days, breaches);
                }
            }
        }
        Ok(Creation::Nothing)
    }

    /// As whom a holder counts from one day until another: each span of days, in order, with the holder on them.
    fn goals(&self, holder: &str, from: Date, until: Date) -> Vec<(RangeInclusive<Date>, String)> {
        let changes = self.groups.values().flatten().map(|(day, _)| *day).filter(|day| *day > from && *day <= until);
        let days: BTreeSet<Date> = std::iter::once(from).chain(changes).collect();
        let mut goals: Vec<(RangeInclusive<Date>, String)> = Vec::new();
        for day in days {
            let goal = self.holder_on(holder, day);
            if goals.last().is_none_or(|(_, last)| last != goal) {
                // The span before ends where this one begins.
                if let Some((span, _)) = goals.last_mut() {
                    *span = *span.start()..=day.before();
                }
                goals.push((day..=until, goal.to_owned()));
            }
        }
        goals
    }

    /// The accounts of a holder, in the order in which they began.
    fn accounts_of(&self, holder: &str) -> Result<Vec<(u32, AccountKey)>, Status> {
        let keys = self.keys.iter().enumerate().filter(|(_, key)| key.holder == holder);
        keys.map(|(index, key)| Ok((place(index)?, key.clone()))).collect()
    }

    /// Moves what an account holds on some days to another account. What stands in both is from then on counted once.
    fn regroup(&mut self, account: u32, target: u32, days: &RangeInclusive<Date>, breaches: &mut Vec<BreachChange>) {
        let (mut moved, mut limits) = (Vec::new(), Vec::new());
        self.change(account, |known| {
            moved = known.days.iter().copied().filter(|(day, _)| days.contains(day)).collect();
            known.days.retain(|(day, _)| !days.contains(day));
            known.posted_milli_tpp -= moved.iter().map(|(_, amount)| amount).sum::<i64>();
            limits.clone_from(&known.limits);
        });
        let (reserved, reserved_in_both) = self.regroup_reservations(account, target, days);
        let posted_in_both = self.regroup_postings(account, target, days);
        self.change(account, |known| known.reserved_milli_tpp -= reserved);
        self.change(target, |known| {
            known.turn_over(reserved);
            known.reserved_milli_tpp += reserved - reserved_in_both;
            for (day, amount) in posted_in_both.iter().chain(&moved) {
                known.turn_over(*amount);
                known.add(*day, *amount);
            }
            if known.limits.is_empty() {
                known.limits = limits;
            }
        });
        self.look_again(account, breaches);
        self.look_again(target, breaches);
    }

    /// Moves what the open reservations of some days hold in an account to another; returns what they held in the first, and in both.
    fn regroup_reservations(&mut self, account: u32, target: u32, days: &RangeInclusive<Date>) -> (i64, i64) {
        let (mut reserved, mut reserved_in_both) = (0, 0);
        for which in (0_u32..).take(self.reservations.len()) {
            let known = self
                .reservation_at(which)
                .filter(|known| known.open && days.contains(&known.day) && known.accounts.contains(&account));
            let Some(known) = known.map(Cow::into_owned) else { continue };
            reserved += known.left_milli_tpp;
            if known.accounts.contains(&target) {
                reserved_in_both += known.left_milli_tpp;
            }
            self.remember_reservation(which);
            match self.reservation_mut(which) {
                Some(changed) => changed.accounts = renamed(&known.accounts, account, target),
                None => self.no_place("reservation", which),
            }
        }
        (reserved, reserved_in_both)
    }

    /// Moves what the postings of some days count in an account to another; returns what counted in both, by its day, to be taken off.
    fn regroup_postings(&mut self, account: u32, target: u32, days: &RangeInclusive<Date>) -> Vec<(Date, i64)> {
        let mut posted_in_both = Vec::new();
        for which in (0_u32..).take(self.postings.len()) {
            let known = self.posting_at(which);
            let known = known.filter(|known| days.contains(&known.day) && known.accounts.contains(&account));
            let Some(known) = known.map(Cow::into_owned) else { continue };
            if known.accounts.contains(&target) {
                posted_in_both.push((known.day, -known.amount_milli_tpp));
            }
            self.remember_posting(which);
            match self.posting_mut(which) {
                Some(changed) => changed.accounts = renamed(&known.accounts, account, target),
                None => self.no_place("posting", which),
            }
        }
        posted_in_both
    }

    /// Something that was found before cannot be found any more: the program is wrong, unless what holds it could not be read.
    pub(super) fn no_place(&self, what: &str, which: u32) {
        if self.fault().is_none() {
            never!("{what} {which} has no place");
        }
    }

    fn leads_to(&self, start: &str, goal: &str) -> bool {
        let (mut waiting, mut seen) = (vec![start], BTreeSet::new());
        while let Some(holder) = waiting.pop() {
            if holder == goal {
                return true;
            }
            if seen.insert(holder) {
                waiting.extend(self.groups.get(holder).into_iter().flatten().map(|(_, into)| into.as_str()));
            }
        }
        false
    }
}

/// Accounts with one in another's place, each once.
fn renamed(accounts: &[u32], from: u32, to: u32) -> Box<[u32]> {
    let mut renamed: Vec<u32> = Vec::with_capacity(accounts.len());
    for account in accounts.iter().map(|known| if *known == from { to } else { *known }) {
        if !renamed.contains(&account) {
            renamed.push(account);
        }
    }
    renamed.into_boxed_slice()
}
