//! Evasion found across orders, parties and time.
//!
//! Order lines, once decided, become the tables of [`tables`] with the entities of [`entity`] in them; each [`typology`] is one query over those
//! tables; an [`engine`] runs it; what it finds is evidence, which [`alerts`] weighs, puts together and ranks. A [`detector`] is the one way through all of it;
//! [`measurement`] says how good it is.

pub mod alerts;
pub mod customs;
pub mod detector;
pub mod engine;
pub mod entity;
mod kernels;
pub mod measurement;
pub mod tables;
pub mod typology;
mod watch;

pub use watch::{ContextTables, Watch};
