//! Compute by month and tier as stacked bars.

use std::fmt::Write as _;

use super::{Screen, begin, escape};
use crate::pages::numbers::short;
use crate::svg::real_count;

/// Compute of a month by tier of destination.
#[derive(Clone, Debug)]
pub struct MonthTpp {
    /// `2026-11`.
    pub name: String,
    /// TPP to tier 1, 2 and 3.
    pub tpp: [f64; 3],
}

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 64.0;
const FLOOR: f64 = 190.0;

/// A picture as SVG: a stacked bar for each month. `label` is its text for people who do not see it.
pub fn months(label: &str, months: &[MonthTpp]) -> String {
    Screen::ALL.map(|screen| drawn(screen, label, months)).concat()
}

fn drawn(screen: Screen, label: &str, months: &[MonthTpp]) -> String {
    let width = screen.width(WIDTH);
    let labels = if screen == Screen::Wide { 12 } else { 4 };
    let mut out = begin(screen, width, HEIGHT, label);
    let most = months.iter().map(|month| month.tpp.iter().sum::<f64>()).fold(0.0, f64::max);
    if most > 0.0 {
        let step = (width - LEFT) / real_count(months.len());
        for share in [0.0, 0.5, 1.0] {
            let y = FLOOR - share * (FLOOR - 15.0);
            let _ = write!(out, "<line class=\"axis\" x1=\"{LEFT}\" x2=\"{width}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>");
            let _ = write!(
                out,
                "<text class=\"soft\" x=\"{:.0}\" y=\"{:.1}\" font-size=\"12\" text-anchor=\"end\">{}</text>",
                LEFT - 6.0,
                y + 4.0,
                short(most * share)
            );
        }
        let mut x = LEFT;
        for (place, month) in months.iter().enumerate() {
            let mut y = FLOOR;
            for (tier, tpp) in month.tpp.iter().enumerate() {
                let height = tpp / most * (FLOOR - 15.0);
                y -= height;
                let _ = write!(
                    out,
                    "<rect class=\"t{}\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\"><title>{}: {} TPP</title></rect>",
                    tier + 1,
                    x + step * 0.1,
                    step * 0.8,
                    escape(&month.name),
                    short(*tpp)
                );
            }
            if place % months.len().div_ceil(labels).max(1) == 0 {
                let middle = (x + step / 2.0).min(width - 26.0);
                let _ = write!(
                    out,
                    "<text class=\"soft\" x=\"{middle:.1}\" y=\"208\" font-size=\"12\" text-anchor=\"middle\">{}</text>",
                    escape(&month.name)
                );
            }
            x += step;
        }
    }
    out.push_str("</svg>");
    out
}
