//! Evasion found across orders, parties and time.
//!
//! Order lines, once decided, become the tables of [`tables`] with the entities of [`entity`] in them; each [`typology`] is one query over those
//! tables; an [`engine`] runs it; what it finds is evidence, which [`alerts`] weighs, puts together and ranks.

pub mod alerts;
pub mod customs;
pub mod engine;
pub mod entity;
mod kernels;
pub mod tables;
pub mod typology;
mod watch;

pub use watch::{Around, Watch, Watched};
