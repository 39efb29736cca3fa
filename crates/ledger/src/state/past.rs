//! What changes the past, or how it is seen: limits that reach back, corrections, holders found to be one group. What then stands over a limit is
//! told, not hidden.

use tollgate_model::Date;

use super::{Made, State, at};
use crate::account::{Account, AccountKey, Limit};
use crate::command::{BreachChange, Status};

impl State {
    pub(super) fn account_at(&self, place: u32) -> &Account {
        static NONE: Account = Account { limits: Vec::new(), posted: 0, reserved: 0, days: Vec::new(), breach: None };
        self.accounts.get(at(place)).unwrap_or(&NONE)
    }

    pub(super) fn limit(
        &mut self,
        key: &AccountKey,
        from: Date,
        amount: Option<i64>,
        provision: &str,
        breaches: &mut Vec<BreachChange>,
    ) -> Result<Made, Status> {
        let key = self.counted_as(key, from);
        let account = self.open(key);
        if let Some(own) = self.accounts.get_mut(at(account)) {
            own.set_limit(Limit { from, amount, provision: provision.to_owned() });
        }
        self.look_again(account, breaches);
        Ok(Made::Nothing)
    }

    pub(super) fn adjust(
        &mut self,
        key: &AccountKey,
        amount: i64,
        day: Date,
        breaches: &mut Vec<BreachChange>,
    ) -> Result<Made, Status> {
        let key = self.counted_as(key, day);
        let account = self.places.get(&key).copied().ok_or(Status::NoLimit)?;
        if !key.period.contains(day) {
            return Err(Status::OtherPeriod);
        }
        let own = self.accounts.get_mut(at(account)).ok_or(Status::NoLimit)?;
        if own.posted + amount < 0 {
            return Err(Status::BelowZero);
        }
        own.add(day, amount);
        self.look_again(account, breaches);
        Ok(Made::Nothing)
    }

    pub(super) fn correct(
        &mut self,
        posting: &str,
        amount: i64,
        day: Date,
        breaches: &mut Vec<BreachChange>,
    ) -> Result<Made, Status> {
        let id = super::hashed(posting.as_bytes()).0;
        let Some(Made::Posting(which)) = self.operations.get(&id).map(|operation| operation.made) else {
            return Err(Status::UnknownPosting);
        };
        let old = self.postings.get(at(which)).ok_or(Status::UnknownPosting)?.clone();
        let mut moved = Vec::with_capacity(old.accounts.len());
        for account in &old.accounts {
            let key = self.keys.get(at(*account)).ok_or(Status::UnknownPosting)?;
            let key = AccountKey { period: key.period.moved_to(day), ..key.clone() };
            let key = self.counted_as(&key, day);
            moved.push(self.places.get(&key).copied().ok_or(Status::NoLimit)?);
        }
        for account in &old.accounts {
            if let Some(own) = self.accounts.get_mut(at(*account)) {
                own.add(old.day, -old.amount);
            }
        }
        for account in &moved {
            if let Some(own) = self.accounts.get_mut(at(*account)) {
                own.add(day, amount);
            }
        }
        let mut touched: Vec<u32> = old.accounts.iter().chain(&moved).copied().collect();
        touched.sort_unstable();
        touched.dedup();
        touched.iter().for_each(|account| self.look_again(*account, breaches));
        if let Some(own) = self.postings.get_mut(at(which)) {
            own.accounts = moved.into_boxed_slice();
            (own.amount, own.day) = (amount, day);
        }
        Ok(Made::Nothing)
    }

    /// Takes time in the number of accounts, reservations and postings: it is rare.
    pub(super) fn group(
        &mut self,
        holder: &str,
        into: &str,
        from: Date,
        breaches: &mut Vec<BreachChange>,
    ) -> Result<Made, Status> {
        // Wherever `into` leads on any day from then on, it must not lead back.
        if self.leads_to(into, holder) {
            return Err(Status::Circle);
        }
        let groups = self.groups.entry(holder.to_owned()).or_default();
        groups.retain(|(day, _)| *day != from);
        let later = groups.partition_point(|(day, _)| *day < from);
        let until = groups.get(later).map_or(Date::MAX, |(day, _)| day.before());
        groups.insert(later, (from, into.to_owned()));
        let own: Vec<u32> = (0..super::place(self.keys.len()))
            .filter(|place| self.keys.get(at(*place)).is_some_and(|key| key.holder == holder))
            .collect();
        for account in own {
            self.regroup(account, from, until, breaches);
        }
        Ok(Made::Nothing)
    }

    /// Moves what an account holds from a day on, to a day, to the account of the holder that it counts as then.
    fn regroup(&mut self, account: u32, from: Date, until: Date, breaches: &mut Vec<BreachChange>) {
        let Some(key) = self.keys.get(at(account)).cloned() else { return };
        let target = self.open(self.counted_as(&key, from));
        if target == account {
            return;
        }
        let in_span = |day: Date| from <= day && day <= until;
        let Some(own) = self.accounts.get_mut(at(account)) else { return };
        let moved: Vec<(Date, i64)> = own.days.iter().copied().filter(|(day, _)| in_span(*day)).collect();
        own.days.retain(|(day, _)| !in_span(*day));
        own.posted -= moved.iter().map(|(_, amount)| amount).sum::<i64>();
        let limits = own.limits.clone();
        let mut reserved = 0;
        for reservation in self.reservations.iter_mut().filter(|own| own.open && in_span(own.day)) {
            if reservation.accounts.contains(&account) {
                let doubled = reservation.accounts.contains(&target);
                reserved += reservation.left;
                let left = reservation.left;
                reservation.accounts = renamed(&reservation.accounts, account, target);
                if doubled && let Some(own) = self.accounts.get_mut(at(target)) {
                    own.reserved -= left;
                }
            }
        }
        for posting in self.postings.iter_mut().filter(|own| in_span(own.day)) {
            if posting.accounts.contains(&account) {
                let doubled = posting.accounts.contains(&target);
                posting.accounts = renamed(&posting.accounts, account, target);
                if doubled && let Some(own) = self.accounts.get_mut(at(target)) {
                    own.add(posting.day, -posting.amount);
                }
            }
        }
        if let Some(own) = self.accounts.get_mut(at(account)) {
            own.reserved -= reserved;
        }
        if let Some(own) = self.accounts.get_mut(at(target)) {
            own.reserved += reserved;
            moved.iter().for_each(|(day, amount)| own.add(*day, *amount));
            if own.limits.is_empty() {
                own.limits = limits;
            }
        }
        self.look_again(account, breaches);
        self.look_again(target, breaches);
    }

    fn leads_to(&self, start: &str, goal: &str) -> bool {
        let (mut waiting, mut seen) = (vec![start], std::collections::BTreeSet::new());
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
    for account in accounts.iter().map(|own| if *own == from { to } else { *own }) {
        if !renamed.contains(&account) {
            renamed.push(account);
        }
    }
    renamed.into_boxed_slice()
}
