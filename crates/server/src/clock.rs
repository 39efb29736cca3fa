//! The machine's clock: the one place where it is read.

use std::time::{SystemTime, UNIX_EPOCH};

use tollgate_model::Date;

const DAY: i64 = 86_400_000;

/// Milliseconds since 1970-01-01 UTC.
#[expect(clippy::disallowed_methods, reason = "the program has a clock: today's law, and the times of records")]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Today's date in UTC.
pub fn today() -> Date {
    i32::try_from(now() / DAY).ok().and_then(Date::from_epoch_days).unwrap_or(Date::MAX)
}
