//! The law as dated data: reads `law/`, checks it, resolves it as of a day under a policy, and
//! compiles it to a [`Program`](program::Program).
//!
//! The cast: a [`Provision`](provision::Provision) is one file whose path is its citation, with dated versions;
//! a [`Policy`] takes all versions but those that rest on documents it excludes, and adds amendments;
//! a condition is parsed by [`expr`], and checked and lowered when the law is loaded. Files come in as
//! pairs of path and text, so nothing here opens one; those of the repository are in the program
//! ([`embedded`]).
#![deny(clippy::float_arithmetic)]

pub mod catalog;
mod compile;
mod country_set;
pub mod expr;
pub mod facts;
pub mod groups;
mod law;
mod policy;
mod policy_days;
mod policy_file;
pub mod program;
pub mod provision;
pub mod registers;
mod territories;
mod tiers;

mod files {
    include!(concat!(env!("OUT_DIR"), "/files.rs"));
}

pub use law::{Law, embedded};
pub use policy::{Exclusion, Policy};
pub use policy_days::{PolicyDays, name_known_on, split_days};
pub use tiers::{Tier, Tiers};
pub use tollgate_model::hex;
