//! Axes: from values to places, round ticks, and numbers as text.

use std::fmt::Write as _;

use super::super::svg::real_count;
use super::frame::{Anchor, LEFT, label};
use tollgate_model::group_digits;

/// Beyond this nothing is drawn, so that no sum or difference of what is drawn becomes infinite.
const LARGEST: f64 = 1e300;
/// Nothing smaller is drawn on a logarithmic axis.
const SMALLEST: f64 = 1e-300;
const UNITS: [(f64, &str); 5] = [(1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k"), (1.0, "")];

/// Whether a value can be drawn.
pub(crate) fn drawable(value: f64) -> bool {
    value.is_finite() && value.abs() < LARGEST
}

/// A number to three digits: 1.2 k, 3.4 M, 0.05; a dash where there is none.
pub(crate) fn short(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    // Rounding up can pass the largest number that there is.
    let rounded = format!("{value:.2e}").parse::<f64>().ok();
    let value = rounded.filter(|rounded| rounded.is_finite()).unwrap_or(value);
    let size = value.abs();
    if value == 0.0 {
        return "0".to_owned();
    }
    if !(1e-3..1e15).contains(&size) {
        return powers(value);
    }
    let (unit, name) = unit(size);
    let scaled = value / unit;
    let places = match scaled.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        size if size >= 0.1 => 3,
        size if size >= 0.01 => 4,
        _ => 5,
    };
    format!("{}{name}", bare(&format!("{scaled:.places$}")))
}

/// A number for a table: whole and in groups from a thousand on, else to four digits.
pub(crate) fn exact(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() || !(1e-4..1e15).contains(&size) {
        return short(value);
    }
    let places = match size {
        size if size >= 1000.0 => {
            let sign = if value < 0.0 { "-" } else { "" };
            return format!("{size:.0}")
                .parse::<u64>()
                .map_or_else(|_| short(value), |whole| sign.to_owned() + &group_digits(whole));
        }
        size if size >= 100.0 => 1,
        size if size >= 10.0 => 2,
        size if size >= 1.0 => 3,
        size if size >= 0.1 => 4,
        size if size >= 0.01 => 5,
        size if size >= 0.001 => 6,
        _ => 7,
    };
    bare(&format!("{value:.places$}")).to_owned()
}

fn unit(size: f64) -> (f64, &'static str) {
    UNITS.into_iter().find(|(unit, _)| size >= *unit).unwrap_or((1.0, ""))
}

/// Digits and a power of ten: 1.5e-9.
fn powers(value: f64) -> String {
    let text = format!("{value:.2e}");
    text.split_once('e').map_or_else(|| text.clone(), |(digits, power)| format!("{}e{power}", bare(digits)))
}

/// Without zeros at the end of a fraction.
fn bare(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// A side of a picture: values from low to high, laid out between two places.
pub(crate) struct Scale {
    low: f64,
    high: f64,
    log: bool,
    from: f64,
    to: f64,
}

impl Scale {
    /// A scale on which all values fit that can be drawn; none where there is no such value.
    pub(crate) fn over(values: impl Iterator<Item = f64>, log: bool, (from, to): (f64, f64)) -> Option<Scale> {
        let values: Vec<f64> = values.filter(|value| drawable(*value)).collect();
        let log = log && values.iter().any(|value| *value > SMALLEST);
        let values = values.into_iter().filter(|value| !log || *value > SMALLEST);
        let (low, high) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if low > high {
            return None;
        }
        let mut scale = Scale { low, high, log, from, to };
        scale.widen();
        Some(scale)
    }

    /// Eight decades at the most, and never a range of nothing.
    fn widen(&mut self) {
        let (low, high) = (self.low, self.high);
        let size = low.abs().max(high.abs());
        if self.log {
            self.low = low.max(high / 1e8);
            if high < self.low * 1.5 {
                (self.low, self.high) = (self.low / 1.3, high * 1.3);
            }
        } else if size == 0.0 {
            self.high = 1.0;
        } else if high - low <= size * 1e-9 {
            let margin = if self.is_years() { 1.0 } else { size * 0.5 };
            (self.low, self.high) = (low - margin, high + margin);
        }
    }

    /// The same with zero on it, where it is not logarithmic.
    pub(crate) fn with_zero(mut self) -> Scale {
        if !self.log {
            (self.low, self.high) = (self.low.min(0.0), self.high.max(0.0));
        }
        self
    }

    /// The same from one round value to another.
    pub(crate) fn rounded(mut self) -> Scale {
        let slack = 1e-9;
        if self.log {
            let near = |value: f64| {
                let decade = 10_f64.powf((value.log10() + slack).floor());
                [1.0, 2.0, 5.0, 10.0].map(|digit| digit * decade)
            };
            let (low, high) = (self.low, self.high);
            self.low = near(low).into_iter().rfind(|round| *round <= low * (1.0 + slack)).unwrap_or(low);
            self.high = near(high).into_iter().find(|round| *round >= high * (1.0 - slack)).unwrap_or(high);
        } else {
            let step = self.step();
            self.low = (self.low / step + slack).floor() * step;
            self.high = (self.high / step - slack).ceil() * step;
        }
        self
    }

    /// Whether it runs over years, which are neither shortened nor divided.
    pub(crate) fn is_years(&self) -> bool {
        !self.log && self.low >= 1_900.0 && self.high <= 2_100.0
    }

    pub(crate) fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    pub(crate) fn end(&self) -> f64 {
        self.to
    }

    /// Where a value stands; none for one that has no place on it.
    pub(crate) fn place(&self, value: f64) -> Option<f64> {
        (drawable(value) && !(self.log && value <= 0.0)).then(|| self.position(value))
    }

    /// The same, but a value too small for a logarithmic axis stands at its end.
    pub(crate) fn reach(&self, value: f64) -> Option<f64> {
        drawable(value).then(|| self.position(value))
    }

    fn position(&self, value: f64) -> f64 {
        let share = if self.log {
            (value.max(self.low).ln() - self.low.ln()) / (self.high.ln() - self.low.ln())
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.from + (self.to - self.from) * share.clamp(0.0, 1.0)
    }

    fn step(&self) -> f64 {
        let raw = (self.high - self.low) / 5.0;
        let decade = 10_f64.powf(raw.log10().floor());
        let round = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * decade);
        let step = round.into_iter().find(|step| *step >= raw * (1.0 - 1e-9)).unwrap_or(raw);
        if self.is_years() { step.max(1.0) } else { step }
    }

    /// Round values along it.
    fn ticks(&self) -> Vec<f64> {
        let slack = 1e-9;
        if self.log {
            let wide = self.high.log10() - self.low.log10() > 3.0;
            let digits: &[f64] = if wide { &[1.0] } else { &[1.0, 2.0, 5.0] };
            let first = (self.low.log10() + slack).floor();
            let within = self.low * (1.0 - slack)..=self.high * (1.0 + slack);
            let decades = (0..=12_u32).map(|decade| 10_f64.powf(first + f64::from(decade)));
            let all = decades.flat_map(|decade| digits.iter().map(move |digit| digit * decade));
            let ticks: Vec<f64> = all.filter(|tick| within.contains(tick)).collect();
            if ticks.len() > 1 {
                return ticks;
            }
        }
        let step = self.step();
        let first = (self.low / step - slack).ceil();
        let all = (0..=20_u32).map(|place| (first + f64::from(place)) * step);
        all.take_while(|tick| *tick <= self.high + step * slack).collect()
    }

    /// Ticks with their text, in the same unit and to the same digit where they are evenly spaced.
    pub(crate) fn labeled_ticks(&self) -> Vec<(f64, String)> {
        let size = self.low.abs().max(self.high.abs());
        let step = self.step();
        let (unit, name) = unit(size);
        let fine = |places: &usize| step / unit * 10_f64.powf(real_count(*places)) >= 1.0 - 1e-9;
        let places = (0..=9_usize).find(fine).unwrap_or(9);
        let text = |tick: f64| {
            if self.is_years() {
                format!("{tick:.0}")
            } else if tick == 0.0 || self.log || !(1e-3..1e15).contains(&size) {
                short(tick)
            } else {
                format!("{:.places$}{name}", tick / unit)
            }
        };
        self.ticks().into_iter().map(|tick| (tick, text(tick))).collect()
    }

    fn axis_title(&self, title: &str) -> String {
        if self.log { format!("{title} (logarithmic)") } else { title.to_owned() }
    }

    /// Numbers at the left side with lines across to the right one, and the label above them.
    pub(crate) fn draw_upright(&self, out: &mut String, title: &str, right: f64) {
        for (tick, text) in self.labeled_ticks() {
            let y = self.position(tick);
            let _ = write!(
                out,
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{right:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>",
                LEFT - 6.0,
                y + 4.0
            );
        }
        label(out, (4.0, 13.0), Anchor::Start, &self.axis_title(title), 100);
    }

    /// Numbers below the bottom with lines up to the top, and the label below them.
    pub(crate) fn draw_along(&self, out: &mut String, title: &str, (top, bottom): (f64, f64)) {
        for (tick, text) in self.labeled_ticks() {
            let x = self.position(tick);
            let _ = write!(
                out,
                "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top:.1}\" y2=\"{:.1}\"/><text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{text}</text>",
                bottom + 4.0,
                bottom + 17.0
            );
        }
        let middle = f64::midpoint(self.from, self.to);
        label(out, (middle, bottom + 36.0), Anchor::Middle, &self.axis_title(title), 72);
    }
}
