//! A tile for each country, roughly where it lies on a map.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tollgate_lab::{Tile, Tiles};

use super::super::svg::{cut, escape, real_count};
use super::axis::{drawable, exact, short};
use super::frame::{Anchor, Frame, WIDTH, label};
use super::look::Key;

/// Rows from the north, columns from the west; a dot is a place without a country.
pub(crate) const MAP: [&str; 11] = [
    ". . . . . . IS . . NO SE FI EE RU",
    "CA . . . . IE GB . . DK . LV LT BY",
    "US . . . . . BE NL LU DE PL SK UA MD KZ . MN",
    "MX CU . . . . FR CH CZ AT HU RO GE AZ UZ KG CN KP JP",
    "GT NI HT DO . PT ES IT SI HR RS BG TR AM TM TJ . KR",
    ". CR PA . . . . MT . . GR CY SY IQ IR AF NP MO TW",
    ". CO VE . . MA DZ TN LY EG LB IL JO KW PK BD MM HK",
    ". EC BR . . SN . . SD ER SA BH QA AE IN LA VN . PH",
    ". PE BO PY . CI GH NG CF SS ET YE OM . LK TH KH",
    ". CL AR UY . . CM CD UG KE SO . . . . MY SG BN PG",
    ". . . . . . AO NA ZA ZW MZ MU . . . . ID AU NZ",
];
const COLUMNS: usize = 19;
/// From one tile to the next.
const STEP: f64 = 45.0;
const SIDE: f64 = 41.0;
const EDGE: f64 = 4.0;

pub(crate) fn draw(out: &mut String, frame: &Frame<'_>, tiles: &Tiles) {
    if tiles.tiles.is_empty() {
        Frame::nothing(out);
    } else {
        picture(out, frame, tiles);
    }
    let parts = tiles.tiles.iter().any(|tile| tile.of.is_some());
    let row = |tile: &Tile| {
        let mut row = vec![tile.country.clone(), tile.tier.to_string(), exact(tile.value)];
        if parts {
            row.push(tile.of.map_or_else(|| "–".to_owned(), exact));
        }
        row
    };
    let rows: Vec<Vec<String>> = tiles.tiles.iter().map(row).collect();
    let mut columns = vec!["country", "tier", tiles.label.as_str()];
    if parts {
        columns.push("of");
    }
    frame.details(out, &columns, &rows, &[]);
}

fn places() -> BTreeMap<&'static str, (usize, usize)> {
    let cells = |(row, line): (usize, &'static str)| {
        let cells = line.split(' ').enumerate().filter(|(_, code)| *code != ".");
        cells.map(move |(column, code)| (code, (column, row)))
    };
    MAP.into_iter().enumerate().flat_map(cells).collect()
}

fn at(column: usize, down: f64) -> (f64, f64) {
    (EDGE + STEP * real_count(column), EDGE + STEP * down)
}

fn picture(out: &mut String, frame: &Frame<'_>, tiles: &Tiles) {
    let mut free = places();
    let mut elsewhere = Vec::new();
    let mut placed = Vec::new();
    for tile in &tiles.tiles {
        match free.remove(tile.country.as_str()) {
            Some((column, row)) => placed.push((tile, at(column, real_count(row)))),
            None => elsewhere.push(tile),
        }
    }
    let below = real_count(MAP.len()) + 0.5;
    let rows = elsewhere.len().div_ceil(COLUMNS);
    let height = if rows == 0 { at(0, real_count(MAP.len())).1 } else { at(0, below + real_count(rows)).1 };
    frame.begin(out, "", (WIDTH, height));
    if rows > 0 {
        label(out, (EDGE, at(0, below).1 - 6.0), Anchor::Start, "elsewhere", 12);
    }
    let last = elsewhere.into_iter().enumerate();
    placed.extend(last.map(|(place, tile)| (tile, at(place % COLUMNS, below + real_count(place / COLUMNS)))));
    for (code, (column, row)) in &free {
        let (x, y) = at(*column, real_count(*row));
        let _ = write!(
            out,
            "<rect class=\"ghost\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{SIDE}\" height=\"{SIDE}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{code}</text>",
            x + SIDE / 2.0,
            y + SIDE / 2.0 + 4.0
        );
    }
    let ranks = ranks(&tiles.tiles);
    for (tile, place) in &placed {
        draw_tile(out, tile, *place, filling(tile, &ranks));
    }
    let key = |(class, name): (&str, &str)| {
        let edge = format!("<rect class=\"edge {class}\" x=\"8\" y=\"1\" width=\"18\" height=\"10\"/>");
        Key::plane(&format!("tile {class}"), &edge, name)
    };
    let keys = [("tier1", "tier 1"), ("tier2", "tier 2, dashed edge"), ("tier3", "tier 3, thick edge")].map(key);
    Frame::end(out, &keys, &note(tiles));
}

fn note(tiles: &Tiles) -> String {
    let part = "A tile is filled to the share that the value is of the whole";
    let rank = "A tile is filled by its rank: the largest value wholly";
    let how = match (tiles.tiles.iter().any(is_ranked), tiles.tiles.iter().all(is_ranked)) {
        (_, true) => rank.to_owned(),
        (true, false) => format!("{part}; where there is no whole, by its rank"),
        (false, false) => part.to_owned(),
    };
    format!("{}. {how}. Without a filling and in small type: countries that have no value here.", tiles.label)
}

/// Whether a tile has nothing to be a part of.
fn is_ranked(tile: &Tile) -> bool {
    !tile.of.is_some_and(|of| drawable(of) && of > 0.0)
}

/// The values that are ranked against each other.
fn ranks(tiles: &[Tile]) -> Vec<f64> {
    let values = tiles.iter().filter(|tile| is_ranked(tile)).map(|tile| tile.value);
    values.filter(|value| drawable(*value) && *value > 0.0).collect()
}

/// How much of a tile is filled.
pub(crate) fn filling(tile: &Tile, ranks: &[f64]) -> f64 {
    if !drawable(tile.value) || tile.value <= 0.0 {
        return 0.0;
    }
    match tile.of {
        Some(of) if !is_ranked(tile) => (tile.value / of).clamp(0.0, 1.0),
        _ => real_count(ranks.iter().filter(|value| **value <= tile.value).count()) / real_count(ranks.len().max(1)),
    }
}

fn draw_tile(out: &mut String, tile: &Tile, (x, y): (f64, f64), filled: f64) {
    let class = match tile.tier {
        1 => "tier1",
        2 => "tier2",
        3 => "tier3",
        _ => "tier-other",
    };
    let whole = tile.of.map_or(String::new(), |of| format!(" of {}", exact(of)));
    let middle = x + SIDE / 2.0;
    let _ = write!(
        out,
        "<g><title>{country}, tier {}: {}{whole}</title><rect class=\"tile {class}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{SIDE}\" height=\"{:.1}\"/><rect class=\"edge {class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{SIDE}\" height=\"{SIDE}\"/><text class=\"label\" x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text><text class=\"label\" x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text></g>",
        tile.tier,
        exact(tile.value),
        y + SIDE * (1.0 - filled),
        SIDE * filled,
        y + 17.0,
        escape(&cut(&tile.country, 4)),
        y + 33.0,
        short(tile.value).replace(' ', ""),
        country = escape(&tile.country),
    );
}
