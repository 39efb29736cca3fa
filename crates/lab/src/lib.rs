//! Worlds that have not happened: demand, smugglers who adapt, an agency with few officers, and what a policy changes.
//!
//! Nothing here reads a clock, a file or the network, and every number depends on the scenario and its seed alone.

mod distribution;
mod draw;
mod figure;
mod game;
mod model;
mod rules;
mod run;
mod scenario;
mod sensitivity;
mod sketch;
mod studies;
mod world;

pub use distribution::Distribution;
pub use draw::Stream;
pub use figure::{
    Assumption, Band, Bars, Caption, Density, Fan, Figure, IndexRow, Indices, Lorenz, Study, Table, Tile, Tiles,
    Tornado, TornadoRow,
};
pub use game::*;
pub use rules::{Desk, Gate, Probe};
pub use run::Options;
pub use scenario::{Arm, Demand, Scenario, Scope, StudyKind};
pub use sensitivity::*;
pub use studies::{LabError, Policies, license_free_limit, study};
pub use world::{
    Enforcement, ITEMS, Truth, World, WorldInspection, WorldItem, WorldOrder, WorldParty, WorldPayment, WorldSerial,
    WorldSite, WorldSize, WorldStake, party_id, site_id,
};

#[cfg(test)]
mod tests;
