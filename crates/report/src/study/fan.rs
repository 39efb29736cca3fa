//! Fans: ranges as planes, medians as lines.

use std::fmt::Write as _;

use tollgate_lab::{Band, Fan};

use super::super::svg::escape;
use super::axis::{Scale, exact, short};
use super::frame::{BOTTOM, Frame, LEFT, PLANE, RIGHT, TOP, WIDTH};
use super::look::{Key, look, marker, path, runs};
use super::marks::{Marks, mark_words};

/// The planes of more series than these would hide each other.
const PLANES: usize = 5;
/// Points of more places than these run into a line, and get no markers.
const POINTS: usize = 16;

/// What a series has at a place.
struct Spot {
    x: f64,
    low: f64,
    middle: f64,
    high: f64,
}

pub(crate) fn draw(out: &mut String, frame: &Frame<'_>, fan: &Fan) {
    if picture(out, frame, fan).is_none() {
        Frame::nothing(out);
    }
    let years = Scale::over(fan.x.iter().copied(), false, (0.0, 1.0)).is_some_and(|x| x.is_years());
    let place = |x: f64| if years && x.is_finite() { format!("{x:.0}") } else { exact(x) };
    let rows = fan.series.iter().flat_map(|band| spots(band, &fan.x).into_iter().map(move |spot| (band, spot)));
    let rows: Vec<Vec<String>> = rows
        .map(|(band, spot)| {
            vec![band.name.clone(), place(spot.x), exact(spot.low), exact(spot.middle), exact(spot.high)]
        })
        .collect();
    let columns = ["series", fan.x_label.as_str(), "5th percentile", "median", "95th percentile"];
    frame.details(out, &columns, &rows, &mark_words(&fan.marks, &place));
}

fn spots(band: &Band, xs: &[f64]) -> Vec<Spot> {
    let at = |values: &[f64], place: usize| values.get(place).copied().unwrap_or(f64::NAN);
    let spot = |(place, x): (usize, &f64)| Spot {
        x: *x,
        low: at(&band.p5, place),
        middle: at(&band.p50, place),
        high: at(&band.p95, place),
    };
    xs.iter().enumerate().map(spot).collect()
}

fn picture(out: &mut String, frame: &Frame<'_>, fan: &Fan) -> Option<()> {
    let x = Scale::over(fan.x.iter().copied(), false, (LEFT + 6.0, WIDTH - RIGHT - 6.0))?;
    let series: Vec<Vec<Spot>> = fan.series.iter().map(|band| spots(band, &fan.x)).collect();
    let marks = Marks::lay(&x, &fan.marks);
    let top = TOP + marks.height();
    let bottom = top + PLANE;
    let values = series.iter().flatten().flat_map(|spot| [spot.low, spot.middle, spot.high]);
    let y = Scale::over(values, fan.log, (bottom, top))?.with_zero().rounded();
    frame.begin(out, "", (WIDTH, bottom + BOTTOM));
    y.draw_upright(out, &fan.y_label, WIDTH - RIGHT);
    x.draw_along(out, &fan.x_label, (bottom, bottom));
    let planes = series.len() <= PLANES;
    if planes {
        series.iter().enumerate().for_each(|(place, spots)| plane(out, &look(place), (&x, &y), spots));
    }
    let marked = fan.x.len() <= POINTS;
    for (place, (band, spots)) in fan.series.iter().zip(&series).enumerate() {
        median(out, &Series { place, name: &band.name, marked }, (&x, &y), spots);
    }
    marks.draw(out, (top, bottom));
    let keys: Vec<Key> =
        fan.series.iter().enumerate().map(|(place, band)| Key::line(place, &band.name, marked)).collect();
    let note = if planes {
        "Lines are medians; planes reach from the 5th to the 95th percentile."
    } else {
        "Lines are medians; the table has the 5th and the 95th percentiles, which would cover each other here."
    };
    Frame::end(out, &keys, note);
    Some(())
}

fn plane(out: &mut String, look: &str, (x, y): (&Scale, &Scale), spots: &[Spot]) {
    let placed = spots.iter().map(|spot| Some((x.place(spot.x)?, y.reach(spot.low)?, y.reach(spot.high)?)));
    for run in runs(placed) {
        if let [(x, low, high)] = run.as_slice() {
            let _ = write!(out, "<path class=\"line {look}\" d=\"M{x:.1} {low:.1}V{high:.1}\"/>");
            continue;
        }
        let there = run.iter().map(|(x, _, high)| (*x, *high));
        let back = run.iter().rev().map(|(x, low, _)| (*x, *low));
        let _ = write!(out, "<path class=\"band {look}\" d=\"{}Z\"/>", path(there.chain(back)));
    }
}

/// A series as its median is drawn.
struct Series<'a> {
    /// Its place among the series, which gives it its color.
    place: usize,
    name: &'a str,
    /// Whether each point has a marker.
    marked: bool,
}

fn median(out: &mut String, series: &Series<'_>, (x, y): (&Scale, &Scale), spots: &[Spot]) {
    let Series { place, name, marked } = *series;
    let look = look(place);
    let placed = spots.iter().map(|spot| Some((x.place(spot.x)?, y.place(spot.middle)?, spot)));
    for run in runs(placed) {
        if run.len() > 1 {
            let _ = write!(out, "<path class=\"line {look}\" d=\"{}\"/>", path(run.iter().map(|(x, y, _)| (*x, *y))));
        } else if !marked {
            // A lone point would not be seen as a line.
            run.iter().for_each(|(x, y, _)| {
                let _ = write!(out, "<path class=\"dot {look}\" d=\"{}\"/>", marker(place, (*x, *y)));
            });
        }
        for (x, y, spot) in run.iter().filter(|_| marked) {
            let _ = write!(
                out,
                "<path class=\"dot {look}\" d=\"{}\"><title>{}: {} ({} to {})</title></path>",
                marker(place, (*x, *y)),
                escape(name),
                short(spot.middle),
                short(spot.low),
                short(spot.high)
            );
        }
    }
}
