//! `report.html`: one file, no network, with what a compliance officer wants first.
//!
//! The data come as plain figures ([`ReportData`]); drawing is SVG, made here. Floating point is for drawing only.

mod alerts;
mod charts;
mod control_lines;
mod data;
mod figure_rows;
mod page;
pub mod pages;
mod replay;
mod study;
mod svg;
mod tables;

pub use charts::chips_svg;
pub use control_lines::{control_lines, fraction};
pub use data::AlertRow;
pub use data::{Alerts, ChipPoint, ControlLine, Gauge, Listing, Month, ReportData, Row, Tally};
pub use figure_rows::{figure_rows, study_text};
pub use replay::{ReplayData, ReplayRow, replay_page};
pub use study::{STUDY_CSS, study_page, study_part};

/// The page.
pub fn render(data: &ReportData) -> String {
    page::render(data)
}
