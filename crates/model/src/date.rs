//! Calendar days without time or zone, from 1000-01-01 to 9999-12-31.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A calendar day, without time or zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

/// A text that is not a day of the form `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a day of the form YYYY-MM-DD")]
pub struct BadDate;

const EPOCH_FROM_CE: i32 = 719_163;

impl Date {
    /// The first day that any table can name; earlier than any law in `law/`.
    pub const MIN: Date = Date(-354_285);
    /// A day beyond any law in `law/`: 9999-12-31.
    pub const MAX: Date = Date(2_932_896);

    /// The day so many days after 1970-01-01, if it lies between [`Date::MIN`] and [`Date::MAX`].
    pub fn from_epoch_days(days: i32) -> Option<Date> {
        let date = Date(days);
        (Date::MIN..=Date::MAX).contains(&date).then_some(date)
    }

    /// Days since 1970-01-01.
    pub fn epoch_days(self) -> i32 {
        self.0
    }

    /// The day of a year, a month from 1 and a day from 1, if there is such a day.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Date> {
        let day = NaiveDate::from_ymd_opt(year, month, day)?;
        Date::from_epoch_days(day.num_days_from_ce().saturating_sub(EPOCH_FROM_CE))
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        self.naive().year()
    }

    /// The month, from 1.
    pub fn month(self) -> u32 {
        self.naive().month()
    }

    /// The quarter, from 1.
    pub fn quarter(self) -> u32 {
        self.naive().month0() / 3 + 1
    }

    /// The day before, or the same day at [`Date::MIN`].
    pub fn before(self) -> Date {
        Date::from_epoch_days(self.0 - 1).unwrap_or(self)
    }

    /// So many days later (earlier where negative), kept within the range of dates.
    pub fn plus_days(self, days: i32) -> Date {
        Date(self.0.saturating_add(days)).clamp(Date::MIN, Date::MAX)
    }

    fn naive(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0 + EPOCH_FROM_CE).unwrap_or_else(|| {
            crate::never!("day {} lies outside the calendar", self.0);
            // Later than any day on which something is permitted.
            NaiveDate::MAX
        })
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = self.naive();
        write!(f, "{:04}-{:02}-{:02}", day.year(), day.month(), day.day())
    }
}

impl FromStr for Date {
    type Err = BadDate;

    fn from_str(text: &str) -> Result<Date, BadDate> {
        let mut parts = text.split('-');
        let mut next = |width: usize| {
            let part = parts.next().filter(|part| part.len() == width)?;
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<u32>().ok()).flatten()
        };
        let (year, month, day) = (next(4), next(2), next(2));
        match (year, month, day, parts.next()) {
            (Some(year), Some(month), Some(day), None) => {
                let year = i32::try_from(year).map_err(|_| BadDate)?;
                Date::from_ymd(year, month, day).ok_or(BadDate)
            }
            _ => Err(BadDate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_days() {
        for text in ["1970-01-01", "2024-02-29", "2025-05-15", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        assert_eq!("1970-01-02".parse::<Date>().unwrap().epoch_days(), 1);
        assert_eq!(Date::MAX.to_string(), "9999-12-31");
        assert_eq!(Date::MIN.to_string(), "1000-01-01");
    }

    #[test]
    fn refuses_what_is_no_day() {
        for text in
            ["", "2025-2-3", "2025-02-30", "25-01-01", "2025-01-01 ", "2025-01-01T00:00", "+025-01-01", "0999-12-31"]
        {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }
}
