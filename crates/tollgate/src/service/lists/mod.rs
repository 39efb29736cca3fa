//! Lists kept in a folder: fetched or imported, checked against what was there before, and swapped whole.

mod fetch;
mod sources;
mod store;

pub(crate) use fetch::{FetchError, Fetched, Fetcher};
pub(crate) use sources::{BUILT_IN, Sources, is_set_name};
pub(crate) use store::{Change, Incoming, ListStore, StoreError};
