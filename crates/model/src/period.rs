//! The spans of days over which allocations are counted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::date::Date;

/// How long the periods of an allocation are, as the law says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeriodLength {
    /// Each calendar year by itself.
    CalendarYear,
    /// From the start of the provision on.
    Cumulative,
}

impl PeriodLength {
    /// The period of this length that a day lies in.
    pub fn period_of(self, day: Date) -> Period {
        match self {
            PeriodLength::CalendarYear => Period::Year(day.year()),
            PeriodLength::Cumulative => Period::All,
        }
    }
}

/// A text that is no period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no period: write all, a year such as 2026 or a quarter such as 2026Q3")]
pub struct BadPeriod(String);

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
    type Err = BadPeriod;

    fn from_str(text: &str) -> Result<Period, BadPeriod> {
        let wrong = || BadPeriod(text.to_owned());
        let year = |text: &str| {
            let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<i32>().ok().filter(|_| digits)
        };
        match text.split_once('Q') {
            _ if text == "all" => Ok(Period::All),
            None => year(text).map(Period::Year).ok_or_else(wrong),
            Some((before, after)) => {
                let quarter = ["1", "2", "3", "4"].iter().position(|digit| *digit == after);
                let quarter = quarter.and_then(|place| u32::try_from(place + 1).ok());
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
        assert_eq!(PeriodLength::CalendarYear.period_of(day), Period::Year(2026));
        assert_eq!(PeriodLength::Cumulative.period_of(day), Period::All);
    }
}
