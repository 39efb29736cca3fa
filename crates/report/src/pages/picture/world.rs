//! A map of the world, a tile a country.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Screen, begin, escape};
use crate::pages::numbers::short;

/// Which tile of the grid a country has: `data/tiles.csv`, made by assigning countries to tiles so that neighbors stay neighbors.
const TILES: &str = include_str!("../../../data/tiles.csv");
const SIDE: f64 = 27.0;
/// The first column of each part of the world, and the one behind its last: the Americas, Europe and Africa, Asia and the Pacific.
const PARTS: [(f64, f64); 3] = [(0.0, 10.0), (10.0, 22.0), (22.0, 40.0)];

/// What went to a country.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shipped {
    /// 1, 2 or 3; 0 where it is not known.
    pub tier: u8,
    /// TPP.
    pub tpp: f64,
}

/// A country to which nothing went: its tier is not known.
const NOTHING: Shipped = Shipped { tier: 0, tpp: 0.0 };

/// A map of the world, a tile a country: its color says the tier, its dark part the share of `full`, in TPP.
pub fn world(label: &str, countries: &BTreeMap<String, Shipped>, full: f64) -> String {
    let tiles: Vec<(&str, f64, f64)> = TILES
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            Some((cells.next()?, cells.next()?.trim().parse().ok()?, cells.next()?.trim().parse().ok()?))
        })
        .collect();
    let (columns, rows) =
        tiles.iter().fold((0.0_f64, 0.0_f64), |(right, down), (_, x, y)| (right.max(*x), down.max(*y)));
    let mut out = begin(Screen::Wide, (columns + 1.0) * SIDE, (rows + 1.0) * SIDE, label);
    out.push_str("<g id=\"tiles\">");
    for (code, column, row) in &tiles {
        let shipped = countries.get(*code).copied().unwrap_or(NOTHING);
        let (x, y) = (column * SIDE, row * SIDE);
        let inner = SIDE - 2.0;
        let _ = write!(
            out,
            "<g class=\"tile\"><title>{}: {} TPP</title><rect class=\"t{}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{inner}\" height=\"{inner}\" rx=\"3\"/>",
            escape(code),
            short(shipped.tpp),
            shipped.tier
        );
        if shipped.tpp > 0.0 && full > 0.0 {
            let height = (inner * (shipped.tpp / full).min(1.0)).max(1.5);
            let _ = write!(
                out,
                "<rect class=\"level\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{inner}\" height=\"{height:.1}\" rx=\"2\"/>",
                y + inner - height
            );
        }
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\">{}</text></g>",
            x + inner / 2.0,
            y + inner / 2.0 + 3.5,
            escape(code)
        );
    }
    out.push_str("</g></svg>");
    // On a phone one part of the world stands below the other.
    for (from, until) in PARTS {
        let (left, width) = (from * SIDE, (until.min(columns + 1.0) - from) * SIDE - 2.0);
        let rows = tiles.iter().filter(|(_, column, _)| (from..until).contains(column)).map(|(.., row)| *row);
        let (top, bottom) =
            rows.fold((f64::INFINITY, 0.0_f64), |(top, bottom), row| (top.min(row), bottom.max(row + 1.0)));
        let _ = write!(
            out,
            "<svg class=\"picture on-phone\" viewBox=\"{left:.0} {:.0} {width:.0} {:.0}\" role=\"img\" aria-label=\"{}\"><use href=\"#tiles\"/></svg>",
            top * SIDE,
            (bottom - top) * SIDE,
            escape(label)
        );
    }
    out
}
