//! Worlds that have not happened: demand, smugglers who adapt, an agency with few officers, and what a policy changes.
//!
//! Nothing here reads a clock, a file or the network, and every number depends on the scenario and its seed alone.

mod distribution;
mod figure;
mod game;
mod history;
mod model;
mod quantile_sketch;
mod random_draw;
mod rules;
mod run;
mod scenario;
mod sensitivity;
mod studies;
mod timeline;

pub use distribution::{Distribution, MixturePart, normal_quantile, normal_share};
pub use figure::{
    Assumption, Band, Bars, Caption, Density, Fan, Figure, IndexRow, Indices, KeptDraws, Lorenz, OpenResults,
    OutcomeRow, OutputName, ScenarioRecord, Study, Table, Tile, Tiles, Tornado, TornadoRow,
};
pub use game::*;
pub use random_draw::{Stream, blind};
pub use rules::{LawFacts, LawOracle, Permission, Probe, Ratios};
pub use run::Options;
pub use scenario::{
    Arm, BuyerSize, Demand, ModelConstants, Scenario, SchemeConstants, Scope, Span, StudyKind, TradeConstants,
    WholeRange,
};
pub use sensitivity::*;
pub use studies::{LabError, Policies, license_free_limit, study};

#[cfg(test)]
mod tests;
