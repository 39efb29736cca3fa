use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tollgate_model::Date;

/// What an account counts over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// All time.
    All,
    /// A calendar year.
    Year(i32),
    /// A quarter, from 1, of a calendar year.
    Quarter(i32, u32),
}

impl Period {
    /// Whether a day lies in it.
    pub fn contains(self, day: Date) -> bool {
        match self {
            Period::All => true,
            Period::Year(year) => day.year() == year,
            Period::Quarter(year, quarter) => day.year() == year && day.quarter() == quarter,
        }
    }

    /// The period of the same length that a day lies in.
    pub fn moved_to(self, day: Date) -> Period {
        match self {
            Period::All => Period::All,
            Period::Year(_) => Period::Year(day.year()),
            Period::Quarter(..) => Period::Quarter(day.year(), day.quarter()),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::All => f.write_str("all"),
            Period::Year(year) => write!(f, "{year:04}"),
            Period::Quarter(year, quarter) => write!(f, "{year:04}Q{quarter}"),
        }
    }
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Period, String> {
        let wrong = || format!("`{text}` is no period: write all, a year such as 2026 or a quarter such as 2026Q3");
        let year = |text: &str| {
            let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<i32>().ok().filter(|_| digits)
        };
        match text.split_once('Q') {
            _ if text == "all" => Ok(Period::All),
            None => year(text).map(Period::Year).ok_or_else(wrong),
            Some((before, after)) => {
                let quarter = ["1", "2", "3", "4"].iter().position(|own| *own == after);
                let quarter = quarter.and_then(|at| u32::try_from(at + 1).ok());
                year(before).zip(quarter).map(|(year, quarter)| Period::Quarter(year, quarter)).ok_or_else(wrong)
            }
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Period, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

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

/// Which account: the rule that makes it, its holder, and what it counts over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountKey {
    /// The name that the law's file gives it, such as `lpp`.
    pub rule: String,
    /// The party, or the country where the account is a country's.
    pub holder: String,
    /// The country, where a party has an account for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// What it counts over.
    pub period: Period,
}

/// A past that stands over a limit, because the law, a shipment or the knowledge of who belongs together changed afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// The first day with a posting on which the account stood over its limit.
    #[serde(with = "day")]
    pub day: Date,
    /// What had been posted up to and with that day, in thousandths of a TPP.
    pub used: i64,
    /// The limit in force on it.
    pub limit: i64,
}

/// How an account stands. Amounts are thousandths of a TPP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountView {
    /// Which.
    pub key: AccountKey,
    /// What was shipped.
    pub posted: i64,
    /// What is reserved for shipments to come.
    pub reserved: i64,
    /// The limit in force on the day asked for; without a ceiling where absent.
    pub limit: Option<i64>,
    /// The provision and version that the limit is from.
    pub provision: String,
    /// What can still be reserved on that day; never negative; without a ceiling where absent.
    pub available: Option<i64>,
    /// The breach that stands, if any.
    pub breach: Option<Breach>,
}

/// A limit from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) from: Date,
    pub(crate) amount: Option<i64>,
    pub(crate) provision: String,
}

/// An account's counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    /// In order of their days.
    pub(crate) limits: Vec<Limit>,
    pub(crate) posted: i64,
    pub(crate) reserved: i64,
    /// What was posted on each day, in order.
    pub(crate) days: Vec<(Date, i64)>,
    pub(crate) breach: Option<Breach>,
}

impl Account {
    /// The limit in force on a day.
    pub(crate) fn limit_on(&self, day: Date) -> Option<&Limit> {
        self.limits.iter().rev().find(|limit| limit.from <= day)
    }

    pub(crate) fn set_limit(&mut self, limit: Limit) {
        match self.limits.binary_search_by_key(&limit.from, |own| own.from) {
            Ok(at) => {
                if let Some(own) = self.limits.get_mut(at) {
                    *own = limit;
                }
            }
            Err(at) => self.limits.insert(at, limit),
        }
    }

    /// Whether so much more can stand in the account on a day, beside what it holds already.
    pub(crate) fn has_room(&self, held: i64, amount: i64, day: Date) -> bool {
        match self.limit_on(day).and_then(|limit| limit.amount) {
            Some(limit) => held.saturating_add(amount) <= limit,
            None => true,
        }
    }

    /// Adds to what was posted on a day, or takes off it.
    pub(crate) fn add(&mut self, day: Date, amount: i64) {
        self.posted += amount;
        match self.days.binary_search_by_key(&day, |(own, _)| *own) {
            Ok(at) => {
                if let Some((_, sum)) = self.days.get_mut(at) {
                    *sum += amount;
                }
            }
            Err(at) => self.days.insert(at, (day, amount)),
        }
    }

    /// Whether something was posted after a day, so that a posting on that day is a late one.
    pub(crate) fn goes_beyond(&self, day: Date) -> bool {
        self.days.last().is_some_and(|(last, _)| *last > day)
    }

    /// The first day with a posting on which the account stood over the limit in force.
    pub(crate) fn first_breach(&self) -> Option<Breach> {
        let mut used = 0;
        for (day, amount) in &self.days {
            used += amount;
            let limit = self.limit_on(*day).and_then(|limit| limit.amount);
            if let Some(limit) = limit.filter(|limit| *amount > 0 && used > *limit) {
                return Some(Breach { day: *day, used, limit });
            }
        }
        None
    }

    pub(crate) fn view(&self, key: &AccountKey, day: Date) -> AccountView {
        let limit = self.limit_on(day);
        let amount = limit.and_then(|limit| limit.amount);
        AccountView {
            key: key.clone(),
            posted: self.posted,
            reserved: self.reserved,
            limit: amount,
            provision: limit.map(|limit| limit.provision.clone()).unwrap_or_default(),
            available: amount.map(|limit| (limit - self.posted - self.reserved).max(0)),
            breach: self.breach.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_they_are_written() {
        for text in ["all", "2026", "2026Q1", "2026Q4"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for text in ["", "26", "2026Q5", "2026Q", "Q1", "2026q1", "+202", "20260"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
        let day = "2026-07-01".parse().unwrap();
        assert!(Period::Quarter(2026, 3).contains(day) && !Period::Quarter(2026, 2).contains(day));
        assert_eq!(Period::Quarter(2025, 1).moved_to(day), Period::Quarter(2026, 3));
    }
}
