//! Accounts: their counts and limits, and how they are shown.

use std::io::{Read, Result as Written, Write};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tollgate_model::{AccountKey, Date, never};

use crate::bytes::{In, Out, malformed};

use crate::status::Status;

/// Days as `YYYY-MM-DD` in JSON.
pub(crate) mod day {
    use super::{Date, Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(day)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(|_| serde::de::Error::custom("not a day of the form YYYY-MM-DD"))
    }
}

/// A past that stands over a limit, because the law, a shipment or the knowledge of who belongs together changed afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// The first day with a posting on which the account stood over its limit.
    #[serde(with = "day")]
    pub day: Date,
    /// What had been posted up to and with that day, in milli-TPP.
    #[serde(rename = "used")]
    pub used_milli_tpp: i64,
    /// The limit in force on it, in milli-TPP.
    #[serde(rename = "limit")]
    pub limit_milli_tpp: i64,
}

/// How an account stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountView {
    /// Which account.
    pub key: AccountKey,
    /// What was shipped, in milli-TPP.
    #[serde(rename = "posted")]
    pub posted_milli_tpp: i64,
    /// What is reserved for shipments to come, in milli-TPP.
    #[serde(rename = "reserved")]
    pub reserved_milli_tpp: i64,
    /// The limit in force on the day asked for, in milli-TPP; absent where there is no ceiling or no limit yet.
    #[serde(rename = "limit")]
    pub limit_milli_tpp: Option<i64>,
    /// The provision and version that the limit is from; empty where there is no limit yet.
    pub provision: String,
    /// What can still be reserved on that day, in milli-TPP, never negative; absent where there is no ceiling or no limit yet.
    #[serde(rename = "available")]
    pub available_milli_tpp: Option<i64>,
    /// The breach that stands, if any.
    pub breach: Option<Breach>,
}

/// A limit from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) from: Date,
    /// Without a ceiling where absent.
    pub(crate) amount_milli_tpp: Option<i64>,
    pub(crate) provision: String,
}

/// The most that may ever be reserved, posted and moved in one account, in milli-TPP, so that none of its sums overflows.
const MAX_TURNOVER_MILLI_TPP: i64 = 1 << 62;

/// An account's counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    /// In order of their days.
    pub(crate) limits: Vec<Limit>,
    pub(crate) posted_milli_tpp: i64,
    pub(crate) reserved_milli_tpp: i64,
    /// What was posted on each day, in milli-TPP, in order of days.
    pub(crate) days: Vec<(Date, i64)>,
    pub(crate) breach: Option<Breach>,
    /// The sum of all amounts that were ever reserved here, adjusted, corrected or moved here, each without its sign, in milli-TPP. No other sum of
    /// the account is larger: what this has room for overflows nothing.
    turnover_milli_tpp: i64,
}

impl Account {
    /// The limit in force on a day; none before the first.
    pub(crate) fn limit_on(&self, day: Date) -> Option<&Limit> {
        self.limits.iter().rev().find(|limit| limit.from <= day)
    }

    pub(crate) fn set_limit(&mut self, limit: Limit) {
        match self.limits.binary_search_by_key(&limit.from, |known| known.from) {
            Ok(place) => match self.limits.get_mut(place) {
                Some(known) => *known = limit,
                None => never!("a limit that was found has no place"),
            },
            Err(place) => self.limits.insert(place, limit),
        }
    }

    /// `OverLimit` unless so much more can stand in the account on a day, beside `held_milli_tpp`, where a limit is in force.
    ///
    /// A shipment is reserved where a limit is in force only ([`Status::NoLimit`] else). That it went before the first limit's day is a fact, and
    /// there is no limit then that it could be over.
    pub(crate) fn check_limit(&self, held_milli_tpp: i64, amount_milli_tpp: i64, day: Date) -> Result<(), Status> {
        let sum = held_milli_tpp.checked_add(amount_milli_tpp).ok_or(Status::Overflow)?;
        match self.limit_on(day).and_then(|limit| limit.amount_milli_tpp) {
            Some(limit) if sum > limit => Err(Status::OverLimit),
            _ => Ok(()),
        }
    }

    /// `Overflow` where so much more, in milli-TPP and without its sign, cannot be counted here.
    pub(crate) fn check_turnover(&self, amount_milli_tpp: i64) -> Result<(), Status> {
        let sum = self.turnover_milli_tpp.checked_add(amount_milli_tpp);
        if sum.is_some_and(|sum| sum <= MAX_TURNOVER_MILLI_TPP) { Ok(()) } else { Err(Status::Overflow) }
    }

    /// `Overflow` where what another account counts cannot be moved here: its days, its reservations, and what stands in both once less.
    pub(crate) fn check_merge(&self, other: Option<&Account>) -> Result<(), Status> {
        let other = other.map_or(0, |other| other.turnover_milli_tpp);
        let most = self.turnover_milli_tpp.checked_mul(3).and_then(|most| most.checked_add(other));
        if most.is_some_and(|most| most <= MAX_TURNOVER_MILLI_TPP) { Ok(()) } else { Err(Status::Overflow) }
    }

    /// Adds to the turnover; [`Account::check_turnover`] or [`Account::check_merge`] allowed it.
    pub(crate) fn turn_over(&mut self, amount_milli_tpp: i64) {
        let size = amount_milli_tpp.checked_abs().and_then(|size| self.turnover_milli_tpp.checked_add(size));
        match size {
            Some(sum) => self.turnover_milli_tpp = sum,
            None => {
                never!("a turnover that was checked overflows");
                // From here on nothing more has room.
                self.turnover_milli_tpp = i64::MAX;
            }
        }
    }

    /// Adds to what was posted on a day, or takes off it; the turnover counts the amount already.
    pub(crate) fn add(&mut self, day: Date, amount_milli_tpp: i64) {
        self.posted_milli_tpp += amount_milli_tpp;
        match self.days.binary_search_by_key(&day, |(known, _)| *known) {
            Ok(place) => match self.days.get_mut(place) {
                Some((_, sum)) => *sum += amount_milli_tpp,
                None => never!("a day that was found has no place"),
            },
            Err(place) => self.days.insert(place, (day, amount_milli_tpp)),
        }
    }

    /// Whether something was posted after a day, so that a posting on that day is a late one.
    pub(crate) fn goes_beyond(&self, day: Date) -> bool {
        self.days.last().is_some_and(|(last, _)| *last > day)
    }

    /// The first day with a posting on which the account stood over the limit in force.
    pub(crate) fn first_breach(&self) -> Option<Breach> {
        let mut used_milli_tpp = 0;
        for (day, amount) in &self.days {
            used_milli_tpp += amount;
            let limit = self.limit_on(*day).and_then(|limit| limit.amount_milli_tpp);
            if let Some(limit_milli_tpp) = limit.filter(|limit| *amount > 0 && used_milli_tpp > *limit) {
                return Some(Breach { day: *day, used_milli_tpp, limit_milli_tpp });
            }
        }
        None
    }

    pub(crate) fn view(&self, key: &AccountKey, day: Date) -> AccountView {
        let limit = self.limit_on(day);
        let ceiling = limit.and_then(|limit| limit.amount_milli_tpp);
        AccountView {
            key: key.clone(),
            posted_milli_tpp: self.posted_milli_tpp,
            reserved_milli_tpp: self.reserved_milli_tpp,
            limit_milli_tpp: ceiling,
            provision: limit.map_or_else(String::new, |limit| limit.provision.clone()),
            available_milli_tpp: ceiling.map(|limit| (limit - self.posted_milli_tpp - self.reserved_milli_tpp).max(0)),
            breach: self.breach.clone(),
        }
    }

    /// Writes all of it; the breach follows from the rest and is written as it stands.
    pub(crate) fn write<W: Write>(&self, out: &mut Out<W>) -> Written<()> {
        out.count(self.limits.len())?;
        for limit in &self.limits {
            out.bytes(&limit.from.epoch_days().to_le_bytes())?;
            out.flag(limit.amount_milli_tpp.is_some())?;
            out.i64(limit.amount_milli_tpp.unwrap_or(0))?;
            out.text(&limit.provision)?;
        }
        out.i64(self.posted_milli_tpp)?;
        out.i64(self.reserved_milli_tpp)?;
        out.count(self.days.len())?;
        for (date, amount) in &self.days {
            out.bytes(&date.epoch_days().to_le_bytes())?;
            out.i64(*amount)?;
        }
        out.text(&serde_json::to_string(&self.breach)?)?;
        out.i64(self.turnover_milli_tpp)
    }

    /// Reads what was written.
    pub(crate) fn read<R: Read>(source: &mut In<R>) -> Written<Account> {
        fn date<R: Read>(source: &mut In<R>) -> Written<Date> {
            let days = source.array().map(i32::from_le_bytes)?;
            Date::from_epoch_days(days).ok_or_else(|| malformed("holds what is no day"))
        }
        let mut account = Account::default();
        for _ in 0..source.count(13)? {
            let from = date(source)?;
            let has_ceiling = source.flag()?;
            let ceiling = source.i64()?;
            account.limits.push(Limit {
                from,
                amount_milli_tpp: has_ceiling.then_some(ceiling),
                provision: source.text()?,
            });
        }
        account.posted_milli_tpp = source.i64()?;
        account.reserved_milli_tpp = source.i64()?;
        for _ in 0..source.count(12)? {
            account.days.push((date(source)?, source.i64()?));
        }
        account.breach = serde_json::from_str(&source.text()?)?;
        account.turnover_milli_tpp = source.i64()?;
        Ok(account)
    }
}
