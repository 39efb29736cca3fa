//! Pictures with two axes: fans, densities, curves of Lorenz.

use std::fmt::Write as _;

use tollgate_lab::{Band, Density, Fan, Lorenz};

use super::axis::{Axis, BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, short};
use super::{begin, details, end, legend};

/// Series that have a look of their own; more of them look like these again.
pub(super) const LOOKS: usize = 8;

fn points(x: &Axis, y: &Axis, xs: &[f64], ys: &[f64]) -> Vec<(f64, f64)> {
    let fit = xs.iter().zip(ys).filter(|(x, y)| x.is_finite() && y.is_finite());
    fit.map(|(at, value)| (x.place(*at), y.place(*value))).collect()
}

pub(super) fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (place, (x, y)) in points.iter().enumerate() {
        let _ = write!(path, "{}{x:.1} {y:.1}", if place == 0 { "M" } else { "L" });
    }
    path
}

/// Ranges as bands, medians as lines.
pub(super) fn fan(out: &mut String, fan: &Fan) {
    begin(out, &fan.caption, HEIGHT);
    let values = || fan.series.iter().flat_map(|band| band.p5.iter().chain(&band.p95)).copied();
    let y = Axis::over(values(), fan.log, HEIGHT - BOTTOM, TOP).with_zero();
    let x = Axis::over(fan.x.iter().copied(), false, LEFT, WIDTH - RIGHT);
    y.draw_upright(out, &fan.y_label);
    x.draw_along(out, &fan.x_label, HEIGHT - BOTTOM);
    // Where there are many series their bands would hide each other: lines then.
    if fan.series.len() <= 5 {
        for (place, band) in fan.series.iter().enumerate() {
            let mut outline = points(&x, &y, &fan.x, &band.p95);
            outline.extend(points(&x, &y, &fan.x, &band.p5).into_iter().rev());
            if outline.len() > 2 {
                let _ = write!(out, "<path class=\"band s{}\" d=\"{}Z\"/>", place % LOOKS, path(&outline));
            }
        }
    }
    for (place, band) in fan.series.iter().enumerate() {
        median(out, &points(&x, &y, &fan.x, &band.p50), place);
    }
    x.draw_marks(out, &fan.marks, HEIGHT - BOTTOM);
    legend(
        out,
        fan.series.iter().map(|band| band.name.as_str()),
        "median and, as a band, the 5th to the 95th percentile",
    );
    let columns = ["series", fan.x_label.as_str(), "p5", "p50", "p95"];
    details(out, &columns, fan.series.iter().flat_map(|band| rows(band, &fan.x)));
    end(out);
}

fn median(out: &mut String, points: &[(f64, f64)], place: usize) {
    let look = place % LOOKS;
    match points {
        [(x, y)] => {
            let _ = write!(out, "<circle class=\"dot s{look}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>");
        }
        _ => {
            let _ = write!(out, "<path class=\"line s{look}\" d=\"{}\"/>", path(points));
        }
    }
}

fn rows<'a>(band: &'a Band, xs: &'a [f64]) -> impl Iterator<Item = Vec<String>> + 'a {
    let values = xs.iter().zip(&band.p5).zip(&band.p50).zip(&band.p95);
    values.map(|(((x, low), middle), high)| {
        let x = if (1_900.0..2_100.0).contains(x) { format!("{x:.0}") } else { short(*x) };
        vec![band.name.clone(), x, short(*low), short(*middle), short(*high)]
    })
}

/// Shares of draws by value.
pub(super) fn density(out: &mut String, density: &Density) {
    begin(out, &density.caption, HEIGHT);
    let x = Axis::over(density.edges.iter().copied(), density.log, LEFT, WIDTH - RIGHT);
    let shares = density.series.iter().flat_map(|(_, shares)| shares).copied();
    let y = Axis::over(shares.chain([0.0]), false, HEIGHT - BOTTOM, TOP);
    y.draw_upright(out, "share of draws");
    x.draw_along(out, &density.x_label, HEIGHT - BOTTOM);
    for (place, (_, shares)) in density.series.iter().enumerate() {
        let middles: Vec<f64> = density
            .edges
            .iter()
            .zip(density.edges.iter().skip(1))
            .map(|(from, to)| f64::midpoint(*from, *to))
            .collect();
        let line = points(&x, &y, &middles, shares);
        if let (Some((first, _)), Some((last, _)), true) = (line.first(), line.last(), density.series.len() <= 5) {
            let ground = HEIGHT - BOTTOM;
            let _ = write!(
                out,
                "<path class=\"band s{}\" d=\"{}L{last:.1} {ground:.1}L{first:.1} {ground:.1}Z\"/>",
                place % LOOKS,
                path(&line)
            );
        }
        median(out, &line, place);
    }
    x.draw_marks(out, &density.marks, HEIGHT - BOTTOM);
    legend(out, density.series.iter().map(|(name, _)| name.as_str()), "");
    let bins = || density.edges.iter().zip(density.edges.iter().skip(1));
    let of = |(name, shares): &(String, Vec<f64>)| {
        bins()
            .zip(shares)
            .map(|((from, to), share)| vec![name.clone(), format!("{} to {}", short(*from), short(*to)), short(*share)])
            .collect::<Vec<_>>()
    };
    details(out, &["series", density.x_label.as_str(), "share of draws"], density.series.iter().flat_map(of));
    end(out);
}

/// Shares summed up from the smallest.
pub(super) fn lorenz(out: &mut String, lorenz: &Lorenz) {
    begin(out, &lorenz.caption, HEIGHT);
    let (x, y) = (
        Axis::over([0.0, 1.0].into_iter(), false, LEFT, WIDTH - RIGHT),
        Axis::over([0.0, 1.0].into_iter(), false, HEIGHT - BOTTOM, TOP),
    );
    y.draw_upright(out, &format!("share of {}", lorenz.label));
    x.draw_along(out, "share of countries, those with least first", HEIGHT - BOTTOM);
    let _ = write!(
        out,
        "<path class=\"mark\" d=\"{}\"/>",
        path(&[(x.place(0.0), y.place(0.0)), (x.place(1.0), y.place(1.0))])
    );
    for (place, (_, shares, _)) in lorenz.series.iter().enumerate() {
        let mut sum = 0.0;
        let count = f64::from(u32::try_from(shares.len().max(1)).unwrap_or(1));
        let mut line = vec![(x.place(0.0), y.place(0.0))];
        for (rank, share) in shares.iter().enumerate().filter(|(_, share)| share.is_finite()) {
            sum += share;
            let along = f64::from(u32::try_from(rank + 1).unwrap_or(0)) / count;
            line.push((x.place(along), y.place(sum)));
        }
        median(out, &line, place);
    }
    let named: Vec<String> =
        lorenz.series.iter().map(|(name, _, gini)| format!("{name} (Gini {})", short(*gini))).collect();
    legend(out, named.iter().map(String::as_str), "the diagonal is equal shares");
    details(out, &["series", "Gini"], lorenz.series.iter().map(|(name, _, gini)| vec![name.clone(), short(*gini)]));
    end(out);
}
