//! Tidiness as tests that read the sources as text, so that they need no build of the program.
//!
//! What is not yet as it should be is counted in `known.txt`, and the counts may only fall.
//! `TOLLGATE_TIDY=write cargo test -p xtask --test tidy` writes the counts of today: do so after work that lowered them.
#![expect(clippy::print_stdout, reason = "`cargo test -p xtask -- --nocapture` shows every count")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop, helpers included")]

mod circles;
mod dependencies;
mod glossary;
mod habits;
mod known;
mod layers;
mod prose;
mod size;
mod source;
