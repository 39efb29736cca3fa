//! Broken invariants: loud where we test, told and refused where people work.

use std::fmt::Arguments;
use std::sync::OnceLock;

/// Where a broken invariant was seen, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenInvariant {
    /// The source file.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
    /// What should have been impossible.
    pub what: String,
}

/// What is done with a broken invariant in production.
type Reporter = fn(&BrokenInvariant);

static REPORTER: OnceLock<Reporter> = OnceLock::new();

/// Sets what happens to broken invariants in production, once for the process; a later call changes nothing.
/// Without a reporter they are only refused.
pub fn report_broken_invariants(reporter: Reporter) {
    let _the_first_stays = REPORTER.set(reporter);
}

/// Panics in builds with debug assertions (tests, fuzzing); elsewhere tells the reporter. Use [`never!`](crate::never) and [`always!`](crate::always).
#[doc(hidden)]
#[track_caller]
#[cold]
pub fn invariant_broken(file: &'static str, line: u32, what: Arguments<'_>) {
    #[expect(clippy::panic, reason = "a broken invariant must end a test; in production it is told and refused")]
    if cfg!(debug_assertions) {
        panic!("broken invariant: {what}");
    }
    if let Some(reporter) = REPORTER.get() {
        reporter(&BrokenInvariant { file, line, what: what.to_string() });
    }
}

/// States that this place is never reached.
///
/// Where debug assertions are on it panics. In production it tells the reporter, and the code that follows must *refuse*: answer
/// "no room", "not decided" or an error, and never a default that permits.
#[macro_export]
macro_rules! never {
    ($($what:tt)+) => {
        $crate::invariant_broken(file!(), line!(), format_args!($($what)+))
    };
}

/// States that a condition always holds, and gives it back, so that the caller can refuse where it does not.
///
/// As [`never!`]: a panic where debug assertions are on, told in production.
#[macro_export]
macro_rules! always {
    ($condition:expr, $($what:tt)+) => {{
        let holds: bool = $condition;
        if !holds {
            $crate::invariant_broken(file!(), line!(), format_args!($($what)+));
        }
        holds
    }};
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_always_holds_passes() {
        assert!(always!(1 + 1 == 2, "arithmetic"));
    }

    #[test]
    #[should_panic(expected = "broken invariant: account 7 has no place")]
    fn what_never_happens_ends_a_test() {
        never!("account {} has no place", 7);
    }
}
