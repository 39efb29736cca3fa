//! The machine's clock: the one place where it is read, and whether it is believed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tollgate_model::Date;

const DAY: i64 = 86_400_000;
/// So far the clock may differ from the time that has passed since it was read last, in milliseconds: five minutes.
const STEP: i64 = 5 * 60_000;
/// So far it may stand beyond the last record when a service starts, and beyond its last reading: reservations hold for thirty days, and a clock that is
/// wrong by more would let all of them lapse.
const GAP: i64 = 31 * DAY;

/// Milliseconds since 1970-01-01 UTC.
#[expect(clippy::disallowed_methods, reason = "the program has a clock: today's law, and the times of records")]
pub fn now() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => millis(since),
        // A clock before 1970 stands before every record of a log: it is not believed.
        Err(_) => 0,
    }
}

fn millis(duration: Duration) -> i64 {
    let Ok(millis) = i64::try_from(duration.as_millis()) else {
        // In 292 million years, and beyond each bound here: a clock that says so is not believed.
        return i64::MAX;
    };
    millis
}

/// Today's date in UTC.
pub fn today() -> Date {
    day_of(now())
}

/// The date of a time in UTC, in milliseconds since 1970-01-01 UTC.
pub(crate) fn day_of(time_ms: i64) -> Date {
    let Some(day) = i32::try_from(time_ms.div_euclid(DAY)).ok().and_then(Date::from_epoch_days) else {
        // Beyond all days, where everything that has a last day is past it.
        return Date::MAX;
    };
    day
}

/// Whether a service may start at a time after the last record of its log, both in milliseconds since 1970-01-01 UTC; `Err` says why not. A log without
/// records (`None`) says nothing of the time.
pub fn check_start(now_ms: i64, last_ms: Option<i64>) -> Result<(), String> {
    let Some(last_ms) = last_ms else { return Ok(()) };
    let (clock, last) = (day_of(now_ms), day_of(last_ms));
    let mend = "put the clock right; if it is right, start once with --accept-clock, which is put on record";
    if now_ms < last_ms.saturating_sub(STEP) {
        return Err(format!(
            "the clock says {clock}, and the last record is of {last}, which is later\n  mend: {mend}"
        ));
    }
    if now_ms > last_ms.saturating_add(GAP) {
        return Err(format!(
            "the clock says {clock}, and the last record is of {last}, more than {} days before: reservations would lapse\n  mend: {mend}",
            GAP / DAY
        ));
    }
    Ok(())
}

/// When the clock was read last and believed.
#[derive(Clone, Copy, Debug)]
struct Reading {
    wall_ms: i64,
    steady: Instant,
}

/// A clock that is believed as long as it goes on as time does: one that jumps is not, until it comes back or the service is started anew.
#[derive(Debug)]
pub(crate) struct Clock(Mutex<Reading>);

impl Clock {
    /// The clock as it stands now is believed.
    #[expect(clippy::disallowed_methods, reason = "what the clock is compared with")]
    pub(crate) fn start() -> Clock {
        Clock(Mutex::new(Reading { wall_ms: now(), steady: Instant::now() }))
    }

    /// Milliseconds since 1970-01-01 UTC, or why the clock is not believed.
    #[expect(clippy::disallowed_methods, reason = "what the clock is compared with")]
    pub(crate) fn now(&self) -> Result<i64, String> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = Reading { wall_ms: now(), steady: Instant::now() };
        goes_on(last.wall_ms, reading.wall_ms, reading.steady.saturating_duration_since(last.steady))?;
        *last = reading;
        Ok(reading.wall_ms)
    }
}

/// Whether a clock that stood at one time may stand at another after so long.
fn goes_on(before_ms: i64, now_ms: i64, passed: Duration) -> Result<(), String> {
    let passed_ms = millis(passed);
    let off = now_ms.saturating_sub(before_ms.saturating_add(passed_ms));
    if off.saturating_abs() <= STEP && now_ms.saturating_sub(before_ms) <= GAP {
        return Ok(());
    }
    Err(format!(
        "the machine's clock jumped: it says {}, and said {} before\n  mend: put the clock right, and all goes on; if it is right now, start the service anew",
        day_of(now_ms),
        day_of(before_ms)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_jumps_is_not_believed_until_it_comes_back() {
        let years = 20 * 365 * DAY;
        let (before, second) = (1_800_000_000_000, Duration::from_secs(1));
        assert!(goes_on(before, before + 1_000, second).is_ok());
        assert!(goes_on(before, before + 3_601_000, Duration::from_secs(3_600)).is_ok());
        for jumped in [before + years, before - years, before + STEP + 2_000, before - STEP] {
            let error = goes_on(before, jumped, second).unwrap_err();
            assert!(error.contains("jumped") && error.contains("mend"), "{error}");
        }
        // Both clocks are set ahead by who stands between them and the process.
        let both = Duration::from_millis(u64::try_from(years).unwrap());
        assert!(goes_on(before, before + years, both).is_err());
        let clock = Clock::start();
        assert!(clock.now().is_ok() && clock.now().is_ok());
    }

    #[test]
    fn a_start_far_from_the_last_record_has_to_be_confirmed() {
        let last = 1_800_000_000_000;
        assert!(check_start(last, None).is_ok() && check_start(last + 30 * DAY, Some(last)).is_ok());
        assert!(check_start(last - 60_000, Some(last)).is_ok());
        for now in [last - DAY, last + 32 * DAY, last + 20 * 365 * DAY] {
            assert!(check_start(now, Some(last)).unwrap_err().contains("--accept-clock"));
        }
    }
}
