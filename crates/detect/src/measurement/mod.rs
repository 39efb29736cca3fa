//! How good detection is: alerts held against worlds whose truth is known, drafts against live typologies, and published cases run again.
//!
//! Pure: nothing here runs an engine or reads a file.

mod backtest;
mod by_case;
mod cases;
mod ground_truth;
mod recall;
mod rendering;
#[cfg(test)]
mod tests;

pub use backtest::{Comparison, ComparisonCounts, Sighting, Sightings, Version, days_between};
pub use by_case::CaseMeasurement;
pub use cases::{CaseFile, CaseRun, CaseSummary, first_flagged_day};
pub use ground_truth::{GroundTruth, GroundTruthError, Scheme};
pub use recall::{KindRecall, Measurement, share};
pub use rendering::{BacktestReport, case_runs_text};
