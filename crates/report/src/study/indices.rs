//! Sobol's indices: first order and total, each with its interval.

use std::fmt::Write as _;

use tollgate_lab::{IndexRow, Indices};

use super::super::svg::real_count;
use super::axis::{Scale, exact, short};
use super::frame::{Anchor, BOTTOM, Frame, RIGHT, TOP, WIDTH, label};
use super::look::Key;
use super::tornado::{WORD, range_source};

const ROW: f64 = 38.0;
/// Names stand left of it.
const NAMES: f64 = 236.0;
/// Room beside the bars for their values.
const VALUES: f64 = 52.0;

pub(crate) fn draw(out: &mut String, frame: &Frame<'_>, indices: &Indices) {
    if picture(out, frame, indices).is_none() {
        Frame::nothing(out);
    }
    let row = |row: &IndexRow| {
        vec![
            row.name.clone(),
            exact(row.first),
            exact(row.first_interval.0),
            exact(row.first_interval.1),
            exact(row.total),
            exact(row.total_interval.0),
            exact(row.total_interval.1),
            range_source(row.judgement),
        ]
    };
    let rows: Vec<Vec<String>> = indices.rows.iter().map(row).collect();
    let columns = ["parameter", "first order", "95 % from", "95 % to", "total", "95 % from", "95 % to", "range from"];
    frame.details(out, &columns, &rows, &[]);
}

fn picture(out: &mut String, frame: &Frame<'_>, indices: &Indices) -> Option<()> {
    let values = |row: &IndexRow| {
        let ((a, b), (c, d)) = (row.first_interval, row.total_interval);
        [row.first, a, b, row.total, c, d]
    };
    let all = indices.rows.iter().flat_map(values);
    let x = Scale::over(all, false, (NAMES, WIDTH - RIGHT - WORD - VALUES))?.with_zero();
    let bottom = TOP + ROW * real_count(indices.rows.len());
    frame.begin(out, "", (WIDTH, bottom + BOTTOM));
    frame.hatch(out);
    x.draw_along(out, "share of the variance", (TOP, bottom));
    for (place, row) in indices.rows.iter().enumerate() {
        let y = TOP + ROW * real_count(place);
        label(out, (NAMES - 8.0, y + 22.0), Anchor::End, &row.name, 33);
        if row.judgement {
            label(out, (WIDTH - RIGHT, y + 22.0), Anchor::End, "judgement", 12);
        }
        let hatched = |place: (f64, f64), size: (f64, f64)| {
            if row.judgement { frame.hatched_rect(place, size) } else { String::new() }
        };
        bar(out, &x, "s0", (row.first, row.first_interval), y + 4.0, &hatched);
        bar(out, &x, "s1", (row.total, row.total_interval), y + 20.0, &hatched);
    }
    let keys = [
        Key::plane("bar s0", "", "first order: alone"),
        Key::plane("bar s1", "", "total: with all that it does together with others"),
        Key::plane("bar s5", &frame.hatched_rect((8.0, 1.0), (18.0, 10.0)), "hatched: the range is a judgement"),
    ];
    Frame::end(out, &keys, "Whiskers are intervals of 95 percent.");
    Some(())
}

fn bar(
    out: &mut String,
    x: &Scale,
    look: &str,
    (value, (low, high)): (f64, (f64, f64)),
    y: f64,
    hatched: &dyn Fn((f64, f64), (f64, f64)) -> String,
) {
    let height = 14.0;
    let mut right = None;
    if let (Some(base), Some(to)) = (x.place(0.0), x.place(value)) {
        let (left, width) = (base.min(to), (to - base).abs().max(0.5));
        let _ = write!(
            out,
            "<rect class=\"bar {look}\" x=\"{left:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height}\"/>"
        );
        out.push_str(&hatched((left, y), (width, height)));
        right = Some(base.max(to));
    }
    if let (Some(from), Some(to)) = (x.place(low), x.place(high)) {
        let (above, middle, below) = (y + 3.0, y + height / 2.0, y + height - 3.0);
        let _ = write!(
            out,
            "<path class=\"whisker\" d=\"M{from:.1} {above:.1}V{below:.1}M{from:.1} {middle:.1}H{to:.1}M{to:.1} {above:.1}V{below:.1}\"/>"
        );
        right = right.map(|right| right.max(from).max(to));
    }
    if let Some(right) = right {
        label(out, (right + 6.0, y + 11.0), Anchor::Start, &short(value), 10);
    }
}
