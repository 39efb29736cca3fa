//! How a series looks: by color, dash and marker at once, so that color alone never tells.

use super::super::svg::{cut, escape};

/// Colors, dashes and markers there are of each.
pub(crate) const LOOKS: usize = 8;

/// The classes of a series: no two of the first 64 share both color and dash.
pub(crate) fn look(place: usize) -> String {
    format!("s{} d{}", place % LOOKS, dash(place))
}

fn dash(place: usize) -> usize {
    (place + place / LOOKS) % LOOKS
}

/// The outline of a series' marker around a point.
pub(crate) fn marker(place: usize, (x, y): (f64, f64)) -> String {
    let (right, down, rest) = match dash(place) {
        0 => (-4.0, 0.0, "a4 4 0 1 0 8 0a4 4 0 1 0 -8 0Z"),
        1 => (-3.5, -3.5, "h7v7h-7Z"),
        2 => (0.0, -5.0, "l4.5 8h-9Z"),
        3 => (0.0, -5.0, "l5 5l-5 5l-5 -5Z"),
        4 => (0.0, 5.0, "l4.5 -8h-9Z"),
        5 => (-5.0, -1.5, "h3.5v-3.5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5Z"),
        6 => (-4.0, -4.0, "h8l-8 8h8Z"),
        _ => (-5.0, -1.8, "h10v3.6h-10Z"),
    };
    format!("M{:.1} {:.1}{rest}", x + right, y + down)
}

/// A line through points.
pub(crate) fn path(points: impl Iterator<Item = (f64, f64)>) -> String {
    let steps =
        points.enumerate().map(|(place, (x, y))| format!("{}{x:.1} {y:.1}", if place == 0 { "M" } else { "L" }));
    steps.collect()
}

/// What stands together without a gap.
pub(crate) fn runs<T>(items: impl Iterator<Item = Option<T>>) -> Vec<Vec<T>> {
    let mut runs: Vec<Vec<T>> = vec![Vec::new()];
    for item in items {
        if let Some(item) = item {
            if let Some(run) = runs.last_mut() {
                run.push(item);
            }
        } else {
            runs.push(Vec::new());
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// An entry of a legend.
pub(crate) struct Key {
    drawing: String,
    name: String,
}

impl Key {
    /// A series with a line, and a marker where its points have one.
    pub(crate) fn line(place: usize, name: &str, marked: bool) -> Key {
        let look = look(place);
        let dot = if marked {
            format!("<path class=\"dot {look}\" d=\"{}\"/>", marker(place, (17.0, 6.0)))
        } else {
            String::new()
        };
        Key { drawing: format!("<path class=\"line {look}\" d=\"M0 6H34\"/>{dot}"), name: name.to_owned() }
    }

    /// A plane of a color; `over` is laid on it.
    pub(crate) fn plane(classes: &str, over: &str, name: &str) -> Key {
        let plane = format!("<rect class=\"{classes}\" x=\"8\" y=\"1\" width=\"18\" height=\"10\"/>");
        Key { drawing: plane + over, name: name.to_owned() }
    }

    pub(crate) fn html(&self) -> String {
        format!(
            "<span class=\"key\"><svg class=\"key-mark\" viewBox=\"0 0 34 12\" aria-hidden=\"true\">{}</svg>{}</span>",
            self.drawing,
            escape(&cut(&self.name, 160))
        )
    }
}
