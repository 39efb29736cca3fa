//! Bars of parts on top of each other.

use std::fmt::Write as _;

use tollgate_lab::Bars;

use super::super::svg::{escape, real_count};
use super::axis::{Scale, drawable, exact, short};
use super::frame::{Anchor, Frame, LEFT, PLANE, RIGHT, TOP, WIDTH, label};
use super::look::{Key, LOOKS};
use super::words::wrap;

/// Bars whose names have room beside each other.
const NAMED: usize = 26;
const LINE: f64 = 14.0;

pub(crate) fn draw(out: &mut String, frame: &Frame<'_>, bars: &Bars) {
    if picture(out, frame, bars).is_none() {
        Frame::nothing(out);
    }
    let widest = bars.bars.iter().map(|(_, values)| values.len()).chain([bars.parts.len()]).max().unwrap_or(0);
    let row = |(name, values): &(String, Vec<f64>)| {
        let cells = (0..widest).map(|part| values.get(part).copied().map_or_else(|| "–".to_owned(), exact));
        std::iter::once(name.clone()).chain(cells).collect::<Vec<String>>()
    };
    let rows: Vec<Vec<String>> = bars.bars.iter().map(row).collect();
    let mut columns = vec![bars.y_label.as_str()];
    columns.extend(bars.parts.iter().map(String::as_str));
    columns.resize(widest + 1, "");
    frame.details(out, &columns, &rows, &[]);
}

/// What is above and below zero together.
fn reach(values: &[f64]) -> [f64; 2] {
    let drawn = || values.iter().copied().filter(|value| drawable(*value));
    [drawn().filter(|value| *value > 0.0).sum(), drawn().filter(|value| *value < 0.0).sum()]
}

fn picture(out: &mut String, frame: &Frame<'_>, bars: &Bars) -> Option<()> {
    let bottom = TOP + PLANE;
    let ends = bars.bars.iter().flat_map(|(_, values)| reach(values));
    let y = Scale::over(ends, false, (bottom, TOP))?.with_zero().rounded();
    let count = bars.bars.len().max(1);
    let every = count.div_ceil(NAMED);
    // A letter takes some seven places of the 770 there are.
    let letters = (770 * every / count / 7).clamp(4, 40);
    let names: Vec<Vec<String>> = bars.bars.iter().map(|(name, _)| wrap(name, letters, 4)).collect();
    let lines = names.iter().map(Vec::len).max().unwrap_or(1);
    frame.begin(out, "", (WIDTH, bottom + LINE * real_count(lines) + 12.0));
    frame.hatch(out);
    y.draw_upright(out, &bars.y_label, WIDTH - RIGHT);
    let slot = (WIDTH - LEFT - RIGHT) / real_count(count);
    for (place, ((name, values), lines)) in bars.bars.iter().zip(&names).enumerate() {
        let left = LEFT + slot * real_count(place);
        stack(out, frame, bars, (name.as_str(), values.as_slice()), &y, (left + slot * 0.1, slot * 0.8));
        if place.is_multiple_of(every) {
            let _ = write!(out, "<g><title>{}</title>", escape(name));
            for (down, line) in lines.iter().enumerate() {
                let at = (left + slot / 2.0, bottom + 16.0 + LINE * real_count(down));
                label(out, at, Anchor::Middle, line, letters);
            }
            out.push_str("</g>");
        }
    }
    let key = |(part, name): (usize, &String)| {
        let over = if repeats_color(part) { frame.hatched_rect((8.0, 1.0), (18.0, 10.0)) } else { String::new() };
        Key::plane(&format!("bar part s{}", part % LOOKS), &over, name)
    };
    let keys: Vec<Key> = bars.parts.iter().enumerate().map(key).collect();
    Frame::end(out, &keys, "In each bar from the ground up, in this order.");
    Some(())
}

/// Whether a part has a color that another had before it; it is hatched then.
fn repeats_color(part: usize) -> bool {
    !(part / LOOKS).is_multiple_of(2)
}

fn stack(
    out: &mut String,
    frame: &Frame<'_>,
    bars: &Bars,
    (name, values): (&str, &[f64]),
    y: &Scale,
    (left, width): (f64, f64),
) {
    let (mut above, mut below) = (0.0_f64, 0.0_f64);
    for (part, value) in values.iter().copied().enumerate().filter(|(_, value)| drawable(*value)) {
        let from = if value < 0.0 { &mut below } else { &mut above };
        let start = *from;
        *from += value;
        let (Some(one), Some(other)) = (y.place(start), y.place(*from)) else { continue };
        let (top, height) = (one.min(other), (one - other).abs());
        if value == 0.0 || height < 0.05 {
            continue;
        }
        let called = bars.parts.get(part).map_or("", String::as_str);
        let _ = write!(
            out,
            "<rect class=\"bar part s{}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"><title>{}, {}: {}</title></rect>",
            part % LOOKS,
            escape(name),
            escape(called),
            short(value)
        );
        if repeats_color(part) {
            out.push_str(&frame.hatched_rect((left, top), (width, height)));
        } else if height >= 16.0 && width >= 52.0 {
            let _ = write!(
                out,
                "<text class=\"inside\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                left + width / 2.0,
                top + height / 2.0 + 4.0,
                short(value)
            );
        }
    }
}
