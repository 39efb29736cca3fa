//! The only place where facts, law and counts are put together: what the commands share.

mod accounts;
mod board;
mod clock;
mod database;
mod decider;
mod facts;
mod history;
mod items;
mod links;
mod lists;
mod names;
mod parties;
mod probe;
mod roles;
mod run;
mod screened;
mod tables;
#[cfg(feature = "detect")]
mod watch;

pub(crate) use accounts::{AccountView, Accounts};
pub(crate) use board::{Board, BoardRow, Filling, Posting, SORTS, Sums, Wanted};
pub(crate) use clock::{now, today};
pub(crate) use database::{AnyLog, open_log};
pub(crate) use decider::{Decided, Decider};
pub(crate) use history::{
    Change as DecisionChange, Chunk, ExceptionNames, History, NumberedLine, Replayed, Settling, Short, push_change,
    replay_history,
};
pub(crate) use items::{ItemFacts, item_facts};
pub(crate) use links::{Links, identifiers};
pub(crate) use lists::{
    BUILT_IN, Change, FetchError, Fetched, Fetcher, Incoming, ListStore, Sources, StoreError, is_set_name,
};
pub(crate) use names::{Name, Names};
pub(crate) use probe::LawDesks;
pub(crate) use roles::roles;
pub(crate) use run::{Lines, Progress, Run, RunError, Silent, Stop, each, run};
pub(crate) use screened::{Hit, Screened, find, load_screener, ofac_hit, read_list_files};
pub(crate) use tables::{Screening, Tables, load_policy};
#[cfg(feature = "detect")]
pub(crate) use watch::{ContextTables, Watch};
