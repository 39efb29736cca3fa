//! Tornados: what a result moves by as one parameter goes from low to high.

use std::fmt::Write as _;

use tollgate_lab::{Tornado, TornadoRow};

use super::super::svg::{escape, real_count};
use super::axis::{Scale, exact, short};
use super::frame::{Anchor, BOTTOM, Frame, RIGHT, TOP, WIDTH, label};
use super::look::Key;

const ROW: f64 = 32.0;
/// Names stand left of it.
const NAMES: f64 = 236.0;
/// Room beside the bars for the parameter's values.
const VALUES: f64 = 84.0;
/// Room for the word that marks a judgement.
pub(crate) const WORD: f64 = 76.0;

/// Where a range is from, as a cell of a table.
pub(crate) fn range_source(judgement: bool) -> String {
    if judgement { "judgement" } else { "source" }.to_owned()
}

pub(crate) fn draw(out: &mut String, frame: &Frame<'_>, tornado: &Tornado) {
    if picture(out, frame, tornado).is_none() {
        Frame::nothing(out);
    }
    let row = |row: &TornadoRow| {
        vec![
            row.name.clone(),
            row.at.0.clone(),
            exact(row.result.0),
            row.at.1.clone(),
            exact(row.result.1),
            range_source(row.judgement),
        ]
    };
    let rows: Vec<Vec<String>> = tornado.rows.iter().map(row).collect();
    let columns = ["parameter", "low value", "result at it", "high value", "result at it", "range from"];
    let base = [format!("{} with every parameter at its middle: {}", tornado.x_label, exact(tornado.base))];
    frame.details(out, &columns, &rows, &base);
}

fn picture(out: &mut String, frame: &Frame<'_>, tornado: &Tornado) -> Option<()> {
    if tornado.rows.is_empty() {
        return None;
    }
    let ends = tornado.rows.iter().flat_map(|row| [row.result.0, row.result.1]);
    let x = Scale::over(ends.chain([tornado.base]), false, (NAMES + VALUES, WIDTH - RIGHT - WORD - VALUES))?;
    let bottom = TOP + ROW * real_count(tornado.rows.len());
    frame.begin(out, "", (WIDTH, bottom + BOTTOM));
    frame.hatch(out);
    x.draw_along(out, &tornado.x_label, (TOP, bottom));
    let base = x.place(tornado.base);
    for (place, row) in tornado.rows.iter().enumerate() {
        bars(out, frame, (&x, base), row, TOP + ROW * real_count(place));
    }
    if let Some(base) = base {
        let _ = write!(
            out,
            "<line class=\"mark\" x1=\"{base:.1}\" x2=\"{base:.1}\" y1=\"{:.1}\" y2=\"{bottom:.1}\"/>",
            TOP - 4.0
        );
        let text = format!("{} at the middle of all", short(tornado.base));
        label(out, (base, TOP - 10.0), Anchor::Middle, &text, 60);
    }
    let keys = [
        Key::plane("bar s0", "", "at the low value"),
        Key::plane("bar s1", "", "at the high value"),
        Key::plane("bar s5", &frame.hatched_rect((8.0, 1.0), (18.0, 10.0)), "hatched: the range is a judgement"),
    ];
    Frame::end(out, &keys, "At the ends of a bar stand the parameter's values.");
    Some(())
}

/// An end of a parameter's range as it is drawn.
struct End<'a> {
    x: Option<f64>,
    leftward: bool,
    look: &'static str,
    at: &'a str,
    result: f64,
}

fn bars(out: &mut String, frame: &Frame<'_>, (scale, base): (&Scale, Option<f64>), row: &TornadoRow, y: f64) {
    label(out, (NAMES - 8.0, y + 20.0), Anchor::End, &row.name, 33);
    if row.judgement {
        label(out, (WIDTH - RIGHT, y + 20.0), Anchor::End, "judgement", 12);
    }
    let (low, high) = (scale.place(row.result.0), scale.place(row.result.1));
    let Some(base) = base.or(low).or(high) else { return };
    let (from, to) = (low.unwrap_or(base), high.unwrap_or(base));
    let low_left = from < base || (from <= base && to >= base);
    let high_left = to < base || (to <= base && !low_left);
    let ends = [
        End { x: low, leftward: low_left, look: "s0", at: &row.at.0, result: row.result.0 },
        End { x: high, leftward: high_left, look: "s1", at: &row.at.1, result: row.result.1 },
    ];
    for (place, end) in ends.iter().enumerate() {
        let Some(x) = end.x else { continue };
        // Where both ends lie on one side of the base, each has half of the height.
        let (down, height) = match (low_left == high_left, place) {
            (false, _) => (4.0, 24.0),
            (true, 0) => (3.0, 12.0),
            (true, _) => (17.0, 12.0),
        };
        let (left, width) = (x.min(base), (x - base).abs().max(1.0));
        let _ = write!(
            out,
            "<rect class=\"bar {}\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"><title>{}: {} at {}</title></rect>",
            end.look,
            y + down,
            escape(&row.name),
            short(end.result),
            escape(end.at)
        );
        if row.judgement {
            out.push_str(&frame.hatched_rect((left, y + down), (width, height)));
        }
        let (anchor, beside) = if end.leftward { (Anchor::End, x - 5.0) } else { (Anchor::Start, x + 5.0) };
        label(out, (beside, y + down + height / 2.0 + 4.0), anchor, end.at, 11);
    }
}
