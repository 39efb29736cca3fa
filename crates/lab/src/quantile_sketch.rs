//! Quantiles of very many values in little memory, the same for any number of threads.

use crate::figure::{Caption, Density};
use tollgate_model::count_of;

/// Counts of values by size: 64 cells to each doubling, on both sides of zero. Quantiles come out within half a percent, and counts of many
/// parts add up to the same whatever the parts.
#[derive(Clone, Debug)]
pub(crate) struct Sketch {
    positive: Vec<u32>,
    negative: Vec<u32>,
    zero: u64,
    count: u64,
}

/// The exponents of two that are told apart: values below the lowest count as zero.
const LOWEST: i32 = -24;
const HIGHEST: i32 = 47;
const PER_DOUBLING: i32 = 64;
const CELLS: usize = ((HIGHEST - LOWEST) * PER_DOUBLING) as usize;

/// The lower end of the first cell: its exponent, as it is stored, and six bits behind it.
const FIRST_EDGE: u64 = ((1_023 + LOWEST) * PER_DOUBLING) as u64;

/// The cell of a positive value; nothing where it is too small.
fn cell(value: f64) -> Option<usize> {
    // The exponent and the first six bits behind it, as the number is stored.
    let bits = (value.to_bits() >> (52 - 6)).cast_signed();
    let place = bits - i64::from((1_023 + LOWEST) * PER_DOUBLING);
    usize::try_from(place).ok().map(|place| place.min(CELLS - 1))
}

/// The lower end of a cell.
fn edge(cell: usize) -> f64 {
    f64::from_bits((count_of(cell) + FIRST_EDGE) << (52 - 6))
}

#[expect(clippy::cast_precision_loss, reason = "counts of draws are far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

impl Default for Sketch {
    fn default() -> Sketch {
        Sketch { positive: vec![0; CELLS], negative: Vec::new(), zero: 0, count: 0 }
    }
}

impl Sketch {
    pub(crate) fn add(&mut self, value: f64) {
        self.count += 1;
        if value < 0.0 && self.negative.is_empty() {
            self.negative = vec![0; CELLS];
        }
        let side = if value < 0.0 { &mut self.negative } else { &mut self.positive };
        match cell(value.abs()).and_then(|cell| side.get_mut(cell)) {
            Some(count) => *count += 1,
            None => self.zero += 1,
        }
    }

    /// Adds the counts of another part.
    pub(crate) fn merge(&mut self, other: &Sketch) {
        if self.negative.is_empty() && !other.negative.is_empty() {
            self.negative = vec![0; CELLS];
        }
        for (counts, others) in [(&mut self.positive, &other.positive), (&mut self.negative, &other.negative)] {
            counts.iter_mut().zip(others).for_each(|(count, other)| *count += other);
        }
        self.zero += other.zero;
        self.count += other.count;
    }

    /// The value below which a share of all lies.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let wanted = share * real(self.count);
        let mut below = 0.0;
        // Straight in the cell.
        let inside = |count: u32, below: f64| ((wanted - below) / f64::from(count)).clamp(0.0, 1.0);
        for (cell, count) in self.negative.iter().enumerate().rev().filter(|(_, count)| **count > 0) {
            if below + f64::from(*count) >= wanted {
                return -(edge(cell + 1) + (edge(cell) - edge(cell + 1)) * inside(*count, below));
            }
            below += f64::from(*count);
        }
        below += real(self.zero);
        if self.zero > 0 && below >= wanted {
            return 0.0;
        }
        for (cell, count) in self.positive.iter().enumerate().filter(|(_, count)| **count > 0) {
            if below + f64::from(*count) >= wanted {
                return edge(cell) + (edge(cell + 1) - edge(cell)) * inside(*count, below);
            }
            below += f64::from(*count);
        }
        0.0
    }

    /// The share of values at or above one that is positive.
    pub(crate) fn share_above(&self, value: f64) -> f64 {
        let from = cell(value).unwrap_or(0);
        let above: u64 = self.positive.iter().skip(from + 1).map(|count| u64::from(*count)).sum();
        let in_cell = self.positive.get(from).map_or(0.0, |count| f64::from(*count));
        let part = (edge(from + 1) - value) / (edge(from + 1) - edge(from));
        if self.count == 0 { 0.0 } else { (real(above) + in_cell * part.clamp(0.0, 1.0)) / real(self.count) }
    }

    pub(crate) fn band(&self) -> [f64; 3] {
        [0.05, 0.5, 0.95].map(|share| self.quantile(share))
    }
}

/// How likely each value of several sketches of positive values is, in bins evenly in logarithm between the widest outer percentiles; nothing where they
/// have no width.
pub(crate) fn density(
    caption: Caption,
    x_label: &str,
    named: &[(String, &Sketch)],
    marks: &[(f64, &str)],
) -> Option<Density> {
    const BINS: u32 = 60;
    let ends = |share: f64| named.iter().map(move |(_, sketch)| sketch.quantile(share)).filter(|value| *value > 0.0);
    let (low, high) = (ends(0.005).fold(f64::INFINITY, f64::min), ends(0.995).fold(0.0, f64::max));
    if !(low > 0.0 && low < high && low.is_finite()) {
        return None;
    }
    let step = libm::log(high / low) / f64::from(BINS);
    let edges: Vec<f64> = (0..=BINS).map(|bin| low * libm::exp(step * f64::from(bin))).collect();
    let share = |sketch: &Sketch| {
        let above: Vec<f64> = edges.iter().map(|edge| sketch.share_above(*edge)).collect();
        above.iter().zip(above.iter().skip(1)).map(|(from, to)| (from - to).max(0.0)).collect()
    };
    let series = named.iter().map(|(name, sketch)| (name.clone(), share(sketch))).collect();
    let marks = marks.iter().map(|(value, word)| (*value, (*word).to_owned())).collect();
    Some(Density { caption, x_label: x_label.to_owned(), log: true, edges, series, marks })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random_draw::Stream;

    #[test]
    fn quantiles_come_out_within_half_a_percent() {
        let mut stream = Stream::new(1, 2, 3);
        let mut all: Vec<f64> = (0..100_000).map(|_| libm::exp(3.0 * stream.normal()) - 0.5).collect();
        let mut parts = [Sketch::default(), Sketch::default()];
        for (place, value) in all.iter().enumerate() {
            parts[usize::from(place % 3 == 0)].add(*value);
        }
        let mut whole = Sketch::default();
        parts.iter().for_each(|part| whole.merge(part));
        all.sort_by(f64::total_cmp);
        for share in [0.01, 0.05, 0.2, 0.5, 0.9, 0.95, 0.99] {
            let exact = all[(share * 100_000.0) as usize];
            let found = whole.quantile(share);
            assert!((found - exact).abs() <= exact.abs() * 0.01 + 1e-3, "{share}: {found}, {exact}");
        }
        let above = all.iter().filter(|value| **value >= 10.0).count() as f64 / 100_000.0;
        assert!((whole.share_above(10.0) - above).abs() < 0.002);
        assert_eq!(Sketch::default().quantile(0.5), 0.0);
    }
}
