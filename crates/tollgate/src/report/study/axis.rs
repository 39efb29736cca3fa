//! Axes: from values to places, ticks, and numbers in short.

use std::fmt::Write as _;

use super::super::svg::escape;

pub(super) const WIDTH: f64 = 860.0;
pub(super) const HEIGHT: f64 = 380.0;
pub(super) const LEFT: f64 = 74.0;
pub(super) const RIGHT: f64 = 16.0;
pub(super) const TOP: f64 = 22.0;
pub(super) const BOTTOM: f64 = 46.0;

/// A number in short: 1.2 k, 3.4 M, 0.05.
pub(super) fn short(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    let (scaled, unit) = match size {
        size if size >= 1e12 => (value / 1e12, " T"),
        size if size >= 1e9 => (value / 1e9, " G"),
        size if size >= 1e6 => (value / 1e6, " M"),
        size if size >= 1e4 => (value / 1e3, " k"),
        _ => (value, ""),
    };
    let places = match scaled.abs() {
        size if size >= 100.0 || size == 0.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{scaled:.places$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{unit}")
}

/// A side of a picture: values from low to high laid out between two places.
pub(super) struct Axis {
    low: f64,
    high: f64,
    log: bool,
    from: f64,
    to: f64,
}

impl Axis {
    /// An axis that all values fit on; those that cannot be drawn are left out.
    pub(super) fn over(values: impl Iterator<Item = f64>, log: bool, from: f64, to: f64) -> Axis {
        let values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        let log = log && values.iter().any(|value| *value > 0.0);
        let kept = values.iter().copied().filter(|value| !log || *value > 0.0);
        let (mut low, mut high) =
            kept.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if !(low.is_finite() && high.is_finite()) {
            (low, high) = (0.0, 1.0);
        }
        if log {
            (low, high) = (low.max(high / 1e8), high.max(low * 1.5));
        } else if high <= low {
            (low, high) = (low - low.abs().max(1.0) * 0.5, high + high.abs().max(1.0) * 0.5);
        }
        Axis { low, high, log, from, to }
    }

    /// The same with zero on it, where it is not logarithmic.
    pub(super) fn with_zero(mut self) -> Axis {
        if !self.log {
            (self.low, self.high) = (self.low.min(0.0), self.high.max(0.0));
        }
        self
    }

    pub(super) fn place(&self, value: f64) -> f64 {
        let share = if self.log {
            (value.max(self.low).ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value - self.low) / (self.high - self.low)
        };
        // What cannot be drawn stands at the start; its figure in the table is a dash.
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        self.from + (self.to - self.from) * share
    }

    /// Round values along it.
    pub(super) fn ticks(&self) -> Vec<f64> {
        if self.log {
            let decades = (self.low.log10().floor(), self.high.log10().ceil());
            let steps: &[f64] = if decades.1 - decades.0 <= 3.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
            let mut ticks = Vec::new();
            let mut decade = decades.0;
            while decade <= decades.1 {
                ticks.extend(steps.iter().map(|step| step * 10_f64.powf(decade)));
                decade += 1.0;
            }
            ticks.retain(|tick| (self.low * 0.999..=self.high * 1.001).contains(tick));
            return ticks;
        }
        let raw = (self.high - self.low) / 5.0;
        let decade = 10_f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * decade).find(|step| *step >= raw).unwrap_or(raw);
        let mut tick = (self.low / step).ceil() * step;
        let mut ticks = Vec::new();
        while tick <= self.high + step * 1e-9 && ticks.len() < 20 {
            ticks.push(if tick.abs() < step * 1e-9 { 0.0 } else { tick });
            tick += step;
        }
        ticks
    }

    /// Lines across and numbers at the left side.
    pub(super) fn draw_upright(&self, out: &mut String, label: &str) {
        for tick in self.ticks() {
            let y = self.place(tick);
            let _ = write!(
                out,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 6.0,
                y + 4.0,
                short(tick)
            );
        }
        let _ = write!(out, "<text class=\"label\" x=\"4\" y=\"12\">{}</text>", escape(label));
    }

    /// Numbers along the bottom; years are not shortened.
    pub(super) fn draw_along(&self, out: &mut String, label: &str, bottom: f64) {
        for tick in self.ticks() {
            let x = self.place(tick);
            let text = if (1_900.0..2_100.0).contains(&tick) && !self.log { format!("{tick:.0}") } else { short(tick) };
            let _ = write!(
                out,
                "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{bottom:.1}\" y2=\"{:.1}\"/><text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{text}</text>",
                bottom + 4.0,
                bottom + 17.0
            );
        }
        let _ = write!(
            out,
            "<text class=\"label\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            (self.from + self.to) / 2.0,
            bottom + 36.0,
            escape(label)
        );
    }

    /// Upright lines at values with a word each.
    pub(super) fn draw_marks(&self, out: &mut String, marks: &[(f64, String)], bottom: f64) {
        for (row, (value, word)) in marks.iter().filter(|(value, _)| (self.low..=self.high).contains(value)).enumerate()
        {
            let x = self.place(*value);
            // Words stand below each other, so that none covers another.
            let y = TOP + 10.0 + 14.0 * f64::from(u32::try_from(row % 8).unwrap_or(0));
            let (anchor, at) = if x > WIDTH * 0.7 { ("end", x - 5.0) } else { ("start", x + 5.0) };
            let _ = write!(
                out,
                "<line class=\"mark\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{bottom:.1}\"/><text class=\"label\" x=\"{at:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
                escape(word)
            );
        }
    }
}
