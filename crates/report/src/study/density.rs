//! Densities: shares of draws as steps, laid over each other or, where there are many, below each other.

use std::fmt::Write as _;

use tollgate_lab::Density;

use super::super::svg::real_count;
use super::axis::{Scale, drawable, exact, short};
use super::frame::{Anchor, BOTTOM, Frame, LEFT, PLANE, RIGHT, TOP, WIDTH, label};
use super::look::{Key, look, runs};
use super::marks::{Marks, mark_words};

/// More series than these stand below each other.
const OVER: usize = 3;
/// How high each of them is then.
const RIDGE: f64 = 52.0;
/// Where they begin: names stand left of it.
const NAMES: f64 = 226.0;

pub(crate) fn draw(out: &mut String, frame: &Frame<'_>, density: &Density) {
    if picture(out, frame, density).is_none() {
        Frame::nothing(out);
    }
    let bins = density.edges.iter().zip(density.edges.iter().skip(1));
    let row = |(place, (from, to)): (usize, (&f64, &f64))| {
        let share = |shares: &[f64]| shares.get(place).copied().map_or_else(|| "–".to_owned(), exact);
        let shares = density.series.iter().map(|(_, shares)| share(shares));
        [exact(*from), exact(*to)].into_iter().chain(shares).collect::<Vec<String>>()
    };
    let rows: Vec<Vec<String>> = bins.enumerate().map(row).collect();
    let from = format!("{}, from", density.x_label);
    let mut columns = vec![from.as_str(), "to"];
    columns.extend(density.series.iter().map(|(name, _)| name.as_str()));
    frame.details(out, &columns, &rows, &mark_words(&density.marks, &exact));
}

fn picture(out: &mut String, frame: &Frame<'_>, density: &Density) -> Option<()> {
    let shares = density.series.iter().flat_map(|(_, shares)| shares);
    let most = shares.copied().filter(|share| drawable(*share)).fold(0.0, f64::max);
    if most <= 0.0 || density.edges.len() < 2 {
        return None;
    }
    let ridges = density.series.len() > OVER;
    let left = if ridges { NAMES } else { LEFT };
    let x = Scale::over(density.edges.iter().copied(), density.log, (left, WIDTH - RIGHT - 6.0))?;
    let marks = Marks::lay(&x, &density.marks);
    let top = TOP + marks.height();
    let bottom = top + if ridges { RIDGE * real_count(density.series.len()) } else { PLANE };
    frame.begin(out, "", (WIDTH, bottom + BOTTOM));
    let keys: Vec<Key> = if ridges {
        x.draw_along(out, &density.x_label, (top, bottom));
        for (place, (name, shares)) in density.series.iter().enumerate() {
            let base = top + RIDGE * real_count(place + 1);
            let y = Scale::over([0.0, most].into_iter(), false, (base, base - RIDGE + 6.0))?;
            hill(out, place, (&x, &y), &density.edges, shares);
            label(out, (NAMES - 10.0, base - 8.0), Anchor::End, name, 32);
        }
        Vec::new()
    } else {
        let y = Scale::over([0.0, most].into_iter(), false, (bottom, top))?.rounded();
        y.draw_upright(out, "share of draws", WIDTH - RIGHT);
        x.draw_along(out, &density.x_label, (bottom, bottom));
        for (place, (_, shares)) in density.series.iter().enumerate() {
            hill(out, place, (&x, &y), &density.edges, shares);
        }
        density.series.iter().enumerate().map(|(place, (name, _))| Key::line(place, name, false)).collect()
    };
    marks.draw(out, (top, bottom));
    let note = if ridges {
        format!("All on one scale: the highest step is a share of {} of the draws.", short(most))
    } else {
        "Each step is the share of draws that fall between two values.".to_owned()
    };
    Frame::end(out, &keys, &note);
    Some(())
}

/// Steps over a ground, without the empty ones at either end.
fn hill(out: &mut String, series: usize, (x, y): (&Scale, &Scale), edges: &[f64], shares: &[f64]) {
    let first = shares.iter().position(|share| *share > 0.0).unwrap_or(0);
    let last = shares.iter().rposition(|share| *share > 0.0).unwrap_or(0);
    let steps = edges.iter().zip(edges.iter().skip(1)).zip(shares).enumerate();
    let placed = steps.map(|(place, ((from, to), share))| {
        let within = (first..=last).contains(&place);
        within.then_some((x.place(*from)?, x.place(*to)?, y.place(*share)?))
    });
    let Some(ground) = y.place(0.0) else { return };
    for run in runs(placed) {
        let (Some((from, _, _)), Some((_, to, _))) = (run.first(), run.last()) else { continue };
        let _ = write!(out, "<path class=\"hill {}\" d=\"M{from:.1} {ground:.1}", look(series));
        for (left, right, up) in &run {
            let _ = write!(out, "L{left:.1} {up:.1}H{right:.1}");
        }
        let _ = write!(out, "L{to:.1} {ground:.1}\"/>");
    }
}
