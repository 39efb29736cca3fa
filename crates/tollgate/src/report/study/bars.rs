//! Pictures with a row or bar for each thing: tornados, indices, stacked bars, tiles.

use std::fmt::Write as _;

use tollgate_lab::{Bars, Indices, Tile, Tiles, Tornado};

use super::super::svg::escape;
use super::axis::{Axis, BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, short};
use super::lines::LOOKS;
use super::{begin, cut, details, end, legend};

const ROW: f64 = 26.0;
/// Where rows begin: names stand left of it.
const NAMES: f64 = 250.0;

fn counted(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn judged(judgement: bool) -> &'static str {
    if judgement { "judgement" } else { "" }
}

/// What each parameter moves the result by.
pub(super) fn tornado(out: &mut String, tornado: &Tornado) {
    let height = TOP + ROW * counted(tornado.rows.len()) + BOTTOM;
    begin(out, &tornado.caption, height);
    let ends = tornado.rows.iter().flat_map(|row| [row.result.0, row.result.1]);
    let x = Axis::over(ends.chain([tornado.base]), false, NAMES + 70.0, WIDTH - 80.0);
    x.draw_along(out, &tornado.x_label, height - BOTTOM);
    for (place, row) in tornado.rows.iter().enumerate() {
        let y = TOP + ROW * counted(place);
        let (from, to) = (x.place(row.result.0), x.place(row.result.1));
        let look = if row.judgement { "s1 judged" } else { "s0" };
        let _ = write!(
            out,
            "<text class=\"label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\"><title>{}</title>{}</text><rect class=\"bar {look}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
            NAMES - 8.0,
            y + 17.0,
            escape(&row.name),
            escape(&cut(&row.name, 34)),
            from.min(to),
            y + 4.0,
            (from - to).abs().max(1.0),
            ROW - 8.0
        );
        let low_left = from <= to;
        for (at, text, left) in [(from, &row.at.0, low_left), (to, &row.at.1, !low_left)] {
            let (anchor, at) = if left { ("end", at - 4.0) } else { ("start", at + 4.0) };
            let _ = write!(
                out,
                "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
                y + 17.0,
                escape(text)
            );
        }
    }
    let base = x.place(tornado.base);
    let _ = write!(
        out,
        "<line class=\"mark\" x1=\"{base:.1}\" x2=\"{base:.1}\" y1=\"{TOP}\" y2=\"{:.1}\"/>",
        height - BOTTOM
    );
    legend(
        out,
        ["from a source", "a judgement"].into_iter(),
        "the line is the result with every parameter at its median; at the ends of a bar stand the parameter's values",
    );
    let cells = tornado.rows.iter().map(|row| {
        vec![
            row.name.clone(),
            row.at.0.clone(),
            short(row.result.0),
            row.at.1.clone(),
            short(row.result.1),
            judged(row.judgement).to_owned(),
        ]
    });
    details(out, &["parameter", "low", "result", "high", "result", ""], cells);
    end(out);
}

/// First-order and total indices, each with its interval.
pub(super) fn indices(out: &mut String, indices: &Indices) {
    let height = TOP + 2.0 * ROW * counted(indices.rows.len()) * 0.75 + BOTTOM;
    begin(out, &indices.caption, height);
    let ends = indices.rows.iter().flat_map(|row| [row.first_interval.1, row.total_interval.1]);
    let x = Axis::over(ends.chain([0.0, 0.1]), false, NAMES, WIDTH - RIGHT);
    x.draw_along(out, "share of the variance", height - BOTTOM);
    for (place, row) in indices.rows.iter().enumerate() {
        let y = TOP + 2.0 * ROW * 0.75 * counted(place);
        let _ = write!(
            out,
            "<text class=\"label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            NAMES - 8.0,
            y + 20.0,
            escape(&cut(&row.name, 34))
        );
        let both = [(row.first, row.first_interval, 0.0, "s0"), (row.total, row.total_interval, 16.0, "s1")];
        for (value, (low, high), below, look) in both {
            let (from, to) = (x.place(0.0), x.place(value.max(0.0)));
            let (left, right, middle) = (x.place(low), x.place(high), y + below + 9.0);
            let _ = write!(
                out,
                "<rect class=\"bar {look}\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"12\"/><path class=\"whisker\" d=\"M{left:.1} {middle:.1}H{right:.1}\"/>",
                y + below + 3.0,
                (to - from).max(0.5)
            );
        }
    }
    legend(out, ["first order: alone", "total: with all others"].into_iter(), "whiskers are 95 percent intervals");
    let cells = indices.rows.iter().map(|row| {
        let range = |(low, high): (f64, f64)| format!("{} to {}", short(low), short(high));
        vec![
            row.name.clone(),
            short(row.first),
            range(row.first_interval),
            short(row.total),
            range(row.total_interval),
            judged(row.judgement).to_owned(),
        ]
    });
    details(out, &["parameter", "first", "95 %", "total", "95 %", ""], cells);
    end(out);
}

/// Parts on top of each other.
pub(super) fn bars(out: &mut String, bars: &Bars) {
    begin(out, &bars.caption, HEIGHT + 24.0);
    let sums = bars.bars.iter().map(|(_, values)| values.iter().filter(|value| value.is_finite()).sum::<f64>());
    let y = Axis::over(sums.chain([0.0]), false, HEIGHT - BOTTOM, TOP);
    y.draw_upright(out, &bars.y_label);
    let slot = (WIDTH - LEFT - RIGHT) / counted(bars.bars.len().max(1));
    for (place, (name, values)) in bars.bars.iter().enumerate() {
        let x = LEFT + slot * counted(place);
        let mut below = 0.0;
        for (part, value) in values.iter().enumerate().filter(|(_, value)| value.is_finite() && **value > 0.0) {
            let (low, high) = (y.place(below), y.place(below + value));
            let _ = write!(
                out,
                "<rect class=\"bar s{}\" x=\"{:.1}\" y=\"{high:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                part % LOOKS,
                x + slot * 0.12,
                slot * 0.76,
                (low - high).max(0.0)
            );
            below += value;
        }
        let middle = (x + slot / 2.0, HEIGHT - BOTTOM + 17.0);
        // Where there is little room names lean.
        let (turn, letters) = if bars.bars.len() > 4 {
            (format!(" transform=\"rotate(-24 {:.1} {:.1})\"", middle.0, middle.1), 20)
        } else {
            (String::new(), 26)
        };
        let anchor = if turn.is_empty() { "middle" } else { "end" };
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\"{turn}><title>{}</title>{}</text>",
            middle.0,
            middle.1,
            escape(name),
            escape(&cut(name, letters))
        );
    }
    legend(out, bars.parts.iter().map(String::as_str), "");
    let mut columns = vec![""];
    columns.extend(bars.parts.iter().map(String::as_str));
    let cells = bars
        .bars
        .iter()
        .map(|(name, values)| std::iter::once(name.clone()).chain(values.iter().map(|value| short(*value))).collect());
    details(out, &columns, cells);
    end(out);
}

/// Where each country's tile stands, roughly as on a map: rows from the north, columns from the west.
pub(super) const MAP: [&str; 10] = [
    "      IS       NO SE FI EE           ",
    "CA       IE GB DK NL DE PL LT LV RU   ",
    "US          FR BE LU CZ SK UA BY KZ MN ",
    "MX       PT ES CH AT SI HU RO BG GE UZ CN KP KR JP",
    "CR PA CO    MA IT MT HR RS GR TR AM TM BD    TW HK MO",
    "EC PE VE    DZ TN CY LB SY IQ IR PK NP BT LA VN PH   ",
    "BO PY BR    SN LY EG IL JO KW BH AF IN LK MM TH KH   ",
    "CL UY AR    GH NG SD SA QA AE OM YE    MY SG BN      ",
    "            CI CM ET KE UG TZ RW    ID TL PG         ",
    "            ZA NA BW ZM MZ MG MU    AU NZ FJ         ",
];

/// A country's column and row.
fn spot(country: &str) -> Option<(usize, usize)> {
    let found = |(row, line): (usize, &&str)| {
        let place = line.match_indices(country).map(|(place, _)| place).find(|place| place.is_multiple_of(3))?;
        Some((place / 3, row))
    };
    MAP.iter().enumerate().find_map(found)
}

/// A tile for each country: the color is its tier, the filling its value against the largest, in logarithm.
pub(super) fn tiles(out: &mut String, tiles: &Tiles) {
    const SIDE: f64 = 44.0;
    let known: Vec<(&Tile, (usize, usize))> =
        tiles.tiles.iter().filter_map(|tile| Some((tile, spot(&tile.country)?))).collect();
    let elsewhere = tiles.tiles.iter().filter(|tile| spot(&tile.country).is_none());
    let last = elsewhere.enumerate().map(|(place, tile)| (tile, (place, MAP.len())));
    let all: Vec<(&Tile, (usize, usize))> = known.into_iter().chain(last).collect();
    let height = SIDE * (counted(MAP.len()) + 1.2);
    begin(out, &tiles.caption, height);
    let most = tiles.tiles.iter().map(|tile| tile.value).filter(|value| value.is_finite()).fold(0.0, f64::max);
    for (tile, (column, row)) in all {
        let (x, y) = (8.0 + SIDE * counted(column), SIDE * counted(row));
        let full = match tile.of {
            Some(of) if of > 0.0 => tile.value / of,
            // Six orders of magnitude from nothing to full.
            _ if most > 0.0 && tile.value > 0.0 => 1.0 + (tile.value / most).log10() / 6.0,
            _ => 0.0,
        };
        let filled = (SIDE - 4.0) * if full.is_finite() { full.clamp(0.0, 1.0) } else { 0.0 };
        let _ = write!(
            out,
            "<g><title>{}: {}</title><rect class=\"track\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.1}\" height=\"{w:.1}\"/><rect class=\"tile tier{}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{w:.1}\" height=\"{filled:.1}\"/><text class=\"label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text><text class=\"label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text></g>",
            escape(&tile.country),
            short(tile.value),
            tile.tier,
            y + (SIDE - 4.0) - filled,
            x + 20.0,
            y + 17.0,
            escape(&tile.country),
            x + 20.0,
            y + 33.0,
            short(tile.value).replace(' ', ""),
            w = SIDE - 4.0,
        );
    }
    let note = format!(
        "{}; a tile fills over six orders of magnitude. Tier 1, 2 and 3 by color and in the table",
        tiles.label
    );
    legend(out, std::iter::empty(), &note);
    let cells = tiles.tiles.iter().map(|tile| vec![tile.country.clone(), tile.tier.to_string(), short(tile.value)]);
    details(out, &["country", "tier", tiles.label.as_str()], cells);
    end(out);
}
