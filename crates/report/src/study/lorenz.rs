//! Curves of Lorenz: shares summed up from the smallest.

use std::fmt::Write as _;

use tollgate_lab::Lorenz;

use super::super::svg::real_count;
use super::axis::{Scale, drawable, exact, short};
use super::frame::{BOTTOM, Frame, LEFT, RIGHT, TOP};
use super::look::{Key, look, path};

const SIDE: f64 = 390.0;

pub(crate) fn draw(out: &mut String, frame: &Frame<'_>, lorenz: &Lorenz) {
    let curves: Vec<Vec<(f64, f64)>> = lorenz.series.iter().map(|(_, shares, _)| curve(shares)).collect();
    if picture(out, frame, lorenz, &curves).is_none() {
        Frame::nothing(out);
    }
    let gini = std::iter::once("Gini".to_owned()).chain(lorenz.series.iter().map(|(_, _, gini)| exact(*gini)));
    let most = curves.iter().map(Vec::len).max().unwrap_or(0);
    let lowest = |rank: usize| {
        let sum = |curve: &Vec<(f64, f64)>| curve.get(rank).map_or_else(|| "–".to_owned(), |(_, sum)| exact(*sum));
        std::iter::once(format!("the lowest {rank}")).chain(curves.iter().map(sum)).collect::<Vec<String>>()
    };
    let rows: Vec<Vec<String>> = std::iter::once(gini.collect::<Vec<String>>()).chain((1..most).map(lowest)).collect();
    let held = format!("share of {} held by", lorenz.label);
    let mut columns = vec![held.as_str()];
    columns.extend(lorenz.series.iter().map(|(name, _, _)| name.as_str()));
    frame.details(out, &columns, &rows, &[]);
}

/// The share of holders and what they hold together, from none to all; empty where nothing is held.
fn curve(shares: &[f64]) -> Vec<(f64, f64)> {
    let drawn: Vec<f64> = shares.iter().copied().filter(|share| drawable(*share) && *share >= 0.0).collect();
    let total: f64 = drawn.iter().sum();
    if total <= 0.0 {
        return Vec::new();
    }
    let all = real_count(drawn.len());
    let mut sum = 0.0_f64;
    let mut points = vec![(0.0, 0.0)];
    for (place, share) in drawn.iter().enumerate() {
        sum += share;
        points.push((real_count(place + 1) / all, sum / total));
    }
    points
}

fn picture(out: &mut String, frame: &Frame<'_>, lorenz: &Lorenz, curves: &[Vec<(f64, f64)>]) -> Option<()> {
    if curves.iter().all(Vec::is_empty) {
        return None;
    }
    let (right, bottom) = (LEFT + SIDE, TOP + SIDE);
    let x = Scale::over([0.0, 1.0].into_iter(), false, (LEFT, right))?;
    let y = Scale::over([0.0, 1.0].into_iter(), false, (bottom, TOP))?;
    frame.begin(out, "square", (right + RIGHT, bottom + BOTTOM));
    y.draw_upright(out, &format!("share of {}", lorenz.label), right);
    x.draw_along(out, "share of holders, those with least first", (bottom, bottom));
    let _ = write!(out, "<path class=\"mark\" d=\"M{LEFT} {bottom}L{right} {TOP}\"/>");
    for (place, curve) in curves.iter().enumerate() {
        let placed = curve.iter().filter_map(|(along, sum)| Some((x.place(*along)?, y.place(*sum)?)));
        let drawn = path(placed);
        if !drawn.is_empty() {
            let _ = write!(out, "<path class=\"line {}\" d=\"{drawn}\"/>", look(place));
        }
    }
    let key = |(place, (name, _, gini)): (usize, &(String, Vec<f64>, f64))| {
        Key::line(place, &format!("{name}: Gini {}", short(*gini)), false)
    };
    let keys: Vec<Key> = lorenz.series.iter().enumerate().map(key).collect();
    Frame::end(out, &keys, "The diagonal is equal shares.");
    Some(())
}
