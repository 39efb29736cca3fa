use std::fmt::Write as _;

use super::{begin, escape};
use crate::pages::numbers::short;

/// Compute of a month.
#[derive(Clone, Debug)]
pub struct Month {
    /// `2026-11`.
    pub name: String,
    /// TPP to each tier.
    pub tpp: [f64; 3],
}

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 70.0;
const FLOOR: f64 = 190.0;

/// Stacked bars, a month each.
pub fn months(label: &str, months: &[Month]) -> String {
    let mut out = begin(WIDTH, HEIGHT, label);
    let most = months.iter().map(|own| own.tpp.iter().sum::<f64>()).fold(0.0, f64::max);
    if most > 0.0 {
        let count = f64::from(u32::try_from(months.len()).unwrap_or(u32::MAX));
        let step = (WIDTH - LEFT) / count;
        for share in [0.0, 0.5, 1.0] {
            let y = FLOOR - share * (FLOOR - 15.0);
            let _ = write!(out, "<line class=\"axis\" x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>");
            let _ = write!(
                out,
                "<text class=\"soft\" x=\"{:.0}\" y=\"{:.1}\" font-size=\"12\" text-anchor=\"end\">{}</text>",
                LEFT - 6.0,
                y + 4.0,
                short(most * share)
            );
        }
        let mut x = LEFT;
        for (place, own) in months.iter().enumerate() {
            let mut y = FLOOR;
            for (tier, tpp) in own.tpp.iter().enumerate() {
                let height = tpp / most * (FLOOR - 15.0);
                y -= height;
                let _ = write!(
                    out,
                    "<rect class=\"t{}\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\"><title>{}: {} TPP</title></rect>",
                    tier + 1,
                    x + step * 0.1,
                    step * 0.8,
                    escape(&own.name),
                    short(*tpp)
                );
            }
            if place % months.len().div_ceil(12).max(1) == 0 {
                let _ = write!(
                    out,
                    "<text class=\"soft\" x=\"{:.1}\" y=\"208\" font-size=\"12\" text-anchor=\"middle\">{}</text>",
                    x + step / 2.0,
                    escape(&own.name)
                );
            }
            x += step;
        }
    }
    out.push_str("</svg>");
    out
}
