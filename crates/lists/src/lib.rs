//! Where screening lists come from: fetched or imported, checked against what was there before, swapped whole, read.
//!
//! Always true here: a folder holds whole, readable lists only; a new version that shrinks too much is refused until somebody confirms it.
//! Deliberately not here: what a list entry means for a decision (`decide`), and how names are compared (`screening`).

#[cfg(feature = "fetch")]
mod fetch;
mod read;
mod sources;
mod store;

#[cfg(feature = "fetch")]
pub use fetch::{FetchError, Fetched, Fetcher};
pub use read::{load_screener, read_list_files};
pub use sources::{BUILT_IN, Sources, is_set_name};
pub use store::{Change, Incoming, ListStore, Validators};
