//! The aggregate model: a world in steps, by country, in some thousand multiplications.

mod demand;
mod market;
pub(crate) mod output;
pub(crate) mod parameters;
mod prepared;
mod smuggler;
mod state;
mod world;

pub(crate) use output::{Output, can_be};
pub(crate) use prepared::Prepared;
pub(crate) use world::{Outcome, served_by_country, simulate};
