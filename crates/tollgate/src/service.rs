//! The only place where facts, law and counts are put together: what the commands share.

mod accounts;
mod decider;
mod facts;
mod items;
mod names;
mod parties;
mod run;
mod tables;

pub(crate) use accounts::{AccountView, Accounts};
pub(crate) use decider::{Decided, Decider};
pub(crate) use items::{ItemFacts, item_facts};
pub(crate) use run::{Progress, Run, RunError, Silent, Stop, run};
pub(crate) use tables::{Tables, load_policy};
