//! The aggregate model: a world in quarters, by country, in some thousand multiplications.

mod output;
pub(crate) mod parameters;
mod smuggler;
mod world;

pub(crate) use output::Output;
pub(crate) use world::{Outcome, Prepared, served_by_country, simulate};
