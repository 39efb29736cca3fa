//! HTML, SVG and text of decisions, replays and studies, and the templates and strings of the pages.
//!
//! The data come as plain rows and figures ([`ReportData`], [`ReplayData`], `tollgate_lab::Study`, or the context of a page); drawing is SVG, made here.
//! Always true here: the text of a row cannot become markup, and a report is one file that asks for nothing from a network.
//! Deliberately not here: what is decided, and the law: who calls looks both up. Floating point is for drawing only.

mod alerts;
mod charts;
mod control_lines;
mod data;
mod figure_rows;
mod findings;
mod page;
pub mod pages;
mod replay;
mod study;
mod svg;
mod tables;

pub use charts::chips_svg;
pub use control_lines::control_lines;
pub use data::{AlertRow, Alerts, ChipFigures, ChipPoint, ControlLine, Gauge, Listing, Month, ReportData, Row, Tally};
pub use figure_rows::{figure_rows, study_text};
pub use findings::{Finding, headline, rounded, with_findings};
pub use replay::{ReplayData, ReplayRow, replay_page};
pub use study::{STUDY_CSS, study_page, study_part};

/// `report.html` as text.
pub fn render(data: &ReportData) -> String {
    page::render(data)
}
