//! The aggregate model: a world in quarters, by country, in some thousand multiplications.

pub(crate) mod parameters;
mod smuggler;
mod world;

pub(crate) use world::{Output, Prepared, served_by_country, simulate};
