//! `report.html`: one file, no network, with what a compliance officer wants first.
//!
//! The data come as plain figures ([`ReportData`]); drawing is SVG, made here. Floating point is for drawing only.

mod alerts;
mod charts;
mod data;
mod page;
mod replay;
mod study;
mod svg;
mod tables;

pub(crate) use charts::chips_svg;
#[cfg(feature = "detect")]
pub(crate) use data::AlertRow;
pub(crate) use data::{Alerts, ChipPoint, ControlLine, Gauge, Listing, Month, ReportData, Row, Tally};
pub(crate) use replay::{ReplayData, ReplayRow, replay_page};
pub(crate) use study::{STUDY_CSS, study_page, study_part};

/// The page.
pub(crate) fn render(data: &ReportData) -> String {
    page::render(data)
}
