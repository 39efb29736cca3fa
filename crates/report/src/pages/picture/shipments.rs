//! Shipments over time against a yearly limit.

use std::fmt::Write as _;

use super::{Screen, begin, escape};
use crate::pages::numbers::short;

/// A shipment on a line of time.
#[derive(Clone, Debug)]
pub struct Shipment {
    /// Days since 1970-01-01.
    pub day: f64,
    /// The words that its mark shows when it is pointed at; they begin with the day, up to a space.
    pub label: String,
    /// Its year, for the sum that a limit is compared with.
    pub year: i32,
    /// TPP.
    pub tpp: f64,
}

const WIDTH: f64 = 700.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 92.0;
const FLOOR: f64 = 205.0;

/// A picture as SVG: the TPP that came since the beginning of each year, against a yearly limit in TPP.
pub fn shipments(label: &str, list: &[Shipment], limit: Option<f64>) -> String {
    Screen::ALL.map(|screen| drawn(screen, label, list, limit)).concat()
}

fn drawn(screen: Screen, label: &str, list: &[Shipment], limit: Option<f64>) -> String {
    let width = screen.width(WIDTH);
    let mut out = begin(screen, width, HEIGHT, label);
    let first = list.iter().map(|shipment| shipment.day).fold(f64::INFINITY, f64::min);
    let last = list.iter().map(|shipment| shipment.day).fold(f64::NEG_INFINITY, f64::max);
    let mut sums = Vec::new();
    let (mut year, mut sum) = (i32::MIN, 0.0);
    for shipment in list {
        if shipment.year != year {
            (year, sum) = (shipment.year, 0.0);
        }
        sum += shipment.tpp;
        sums.push(sum);
    }
    let most = sums.iter().copied().fold(limit.unwrap_or(0.0), f64::max);
    if most > 0.0 && first.is_finite() {
        let x = |day: f64| LEFT + (day - first) / (last - first).max(1.0) * (width - LEFT - 15.0);
        let y = |value: f64| FLOOR - value / (most * 1.08) * (FLOOR - 12.0);
        let _ = write!(out, "<line class=\"axis\" x1=\"{LEFT}\" x2=\"{width}\" y1=\"{FLOOR}\" y2=\"{FLOOR}\"/>");
        if limit.is_none() {
            let _ = write!(
                out,
                "<text class=\"soft\" x=\"4\" y=\"{:.1}\" font-size=\"12\">{} TPP</text>",
                y(most) + 4.0,
                short(most)
            );
        }
        if let Some(limit) = limit {
            let _ = write!(
                out,
                "<path class=\"cap\" d=\"M{LEFT} {0:.1}H{width}\"/><text class=\"soft\" x=\"4\" y=\"{1:.1}\" font-size=\"12\">{2} TPP</text>",
                y(limit),
                y(limit) + 4.0,
                short(limit)
            );
        }
        for (shipment, sum) in list.iter().zip(&sums) {
            let over = if limit.is_some_and(|limit| *sum > limit) { " over" } else { "" };
            let _ = write!(
                out,
                "<line class=\"axis\" x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{1:.1}\" y2=\"{FLOOR}\"/><circle class=\"dot{over}\" cx=\"{0:.1}\" cy=\"{1:.1}\" r=\"4\"><title>{2}: {3} TPP</title></circle>",
                x(shipment.day),
                y(*sum),
                escape(&shipment.label),
                short(shipment.tpp)
            );
        }
        for shipment in [list.first(), list.last()].into_iter().flatten() {
            let anchor = if shipment.day > first { "end" } else { "start" };
            let _ = write!(
                out,
                "<text class=\"soft\" x=\"{:.1}\" y=\"226\" font-size=\"12\" text-anchor=\"{anchor}\">{}</text>",
                x(shipment.day),
                escape(shipment.label.split(' ').next().unwrap_or(""))
            );
        }
    }
    out.push_str("</svg>");
    out
}
