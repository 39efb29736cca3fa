//! Sobol's indices: how much of a result's variance each parameter explains, alone and together with others.
//!
//! Two matrices of points, A and B, and for each parameter A with that column taken from B: N(d + 2) runs (Saltelli 2002, Computer Physics
//! Communications 145). First order as in Saltelli et al. 2010 (ibid. 181, table 2, row b), totals as in Jansen 1999 (ibid. 117). The points
//! are a Sobol sequence in 2d dimensions (directions of Joe and Kuo 2008) with Owen's scrambling by hash (Burley 2020, JCGT 9(4)). The
//! intervals are from drawing the rows again with replacement: they take the rows for independent, while those of the sequence are spread
//! more evenly, so that the intervals are rather too wide than too narrow.

use super::{Model, SensitivityError, real};
use crate::Stream;
use serde::Serialize;
use sobol_burley::parts;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use tollgate_model::count_of;
use tollgate_model::never;

/// How many parameters may vary: the sequence has 256 dimensions, two for each.
pub const MOST_DIMENSIONS: usize = 128;

/// How many rows there may be: the sequence has as many points.
pub const MOST_SAMPLES: usize = 65_536;

/// With fewer rows, intervals mean nothing.
const LEAST_SAMPLES: usize = 16;

/// How often the rows are drawn again.
const RESAMPLES: usize = 200;

/// How many rows a thread takes at a time.
const CHUNK: usize = 64;

/// How many sums run side by side, so that the processor can do several at once.
const LANES: usize = 8;

/// A variance below this, where the largest result is 1, is rounding.
const NOISE: f64 = 1e-28;

/// Lanes of [`Stream`].
const SCRAMBLES: u64 = 0x736f_626f_6c00_0001;
const DRAWS: u64 = 0x736f_626f_6c00_0002;

/// A parameter's share of the variance, as a share of 1; both are 0 where the result does not vary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct SobolIndex {
    /// First order: what it explains alone. As an estimate it may fall a little below 0.
    pub first: f64,
    /// The ends of the first order's 95 percent interval.
    pub first_interval: (f64, f64),
    /// Total: with all that it does together with others.
    pub total: f64,
    /// The ends of the total's 95 percent interval.
    pub total_interval: (f64, f64),
}

/// First-order and total indices of each parameter of a model, whose points lie in the open unit cube. It is run
/// `samples * (dimensions + 2)` times; a power of two serves best. The result is the same, to the bit, for any number of threads.
pub fn sobol_indices(
    model: &Model<'_>,
    dimensions: usize,
    samples: usize,
    seed: u64,
    threads: usize,
) -> Result<Vec<SobolIndex>, SensitivityError> {
    if !(1..=MOST_DIMENSIONS).contains(&dimensions) {
        return Err(SensitivityError::Dimensions(dimensions));
    }
    if !(LEAST_SAMPLES..=MOST_SAMPLES).contains(&samples) {
        return Err(SensitivityError::Samples(samples));
    }
    let design = Design { model, sequence: Sequence::new(seed, dimensions), dimensions };
    let mut results = vec![0.0; samples * design.width()];
    share_out(&mut results, CHUNK * design.width(), threads, |number, part| design.run(number * CHUNK, part));
    // A chunk with a fault is followed by no other, and those before it were all taken: the first fault found is the first there is.
    if let Some(run) = results.iter().position(|result| !result.is_finite()) {
        return Err(SensitivityError::NotFinite { run, point: design.point(run) });
    }
    let runs = Runs::new(&results, design.width());
    drop(results);
    let mut drawn: Vec<Vec<(f64, f64)>> = vec![Vec::new(); RESAMPLES];
    share_out(&mut drawn, 1, threads, |number, part| {
        for estimates in part {
            *estimates = runs.estimate(&weights(seed, number, samples));
        }
        true
    });
    let estimates = runs.estimate(&vec![1.0; samples]).into_iter().enumerate();
    let index = |(place, (first, total)): (usize, (f64, f64))| {
        let others = drawn.iter().filter_map(|estimates| estimates.get(place));
        let (firsts, totals) = others.copied().unzip();
        SobolIndex { first, first_interval: interval(first, firsts), total, total_interval: interval(total, totals) }
    };
    Ok(estimates.map(index).collect())
}

/// The upper 32 of 64 bits.
fn high_half(bits: u64) -> u32 {
    let [one, two, three, four, ..] = bits.to_be_bytes();
    u32::from_be_bytes([one, two, three, four])
}

/// The scrambled sequence: A's coordinates are its first half, B's its second.
struct Sequence {
    scrambles: Vec<u32>,
}

impl Sequence {
    fn new(seed: u64, dimensions: usize) -> Sequence {
        let scramble = |dimension: u64| high_half(Stream::new(seed, SCRAMBLES, dimension).bits());
        Sequence { scrambles: (0_u64..).take(2 * dimensions).map(scramble).collect() }
    }

    /// Writes a row's points: with all 32 bits of the sequence, where `sobol_burley::sample` keeps 23, and in the middle of its cell, so
    /// that no coordinate is 0 or 1.
    fn fill(&self, row: usize, a: &mut [f64], b: &mut [f64]) {
        let row = u32::try_from(row).unwrap_or_else(|_| {
            never!("there are at most {MOST_SAMPLES} rows, and this is row {row}");
            0
        });
        let row = row.reverse_bits();
        let places = a.iter_mut().chain(b.iter_mut());
        for ((place, scramble), dimension) in places.zip(&self.scrambles).zip(0_u32..) {
            let bits = parts::owen_scramble_rev(parts::sobol_rev(row, dimension), *scramble).reverse_bits();
            *place = (f64::from(bits) + 0.5) / 4_294_967_296.0;
        }
    }
}

/// What is run, and where.
struct Design<'a> {
    model: &'a Model<'a>,
    sequence: Sequence,
    dimensions: usize,
}

impl Design<'_> {
    /// How many runs a row has.
    fn width(&self) -> usize {
        self.dimensions + 2
    }

    /// Runs some rows; whether all results are finite.
    fn run(&self, first: usize, results: &mut [f64]) -> bool {
        let (mut a, mut b) = (vec![0.0; self.dimensions], vec![0.0; self.dimensions]);
        let mut finite = true;
        for (row, results) in results.chunks_mut(self.width()).enumerate() {
            self.sequence.fill(first + row, &mut a, &mut b);
            for (place, result) in results.iter_mut().enumerate() {
                *result = match place {
                    0 => self.result(&a),
                    1 => self.result(&b),
                    _ => {
                        exchange(&mut a, &mut b, place - 2);
                        let result = self.result(&a);
                        exchange(&mut a, &mut b, place - 2);
                        result
                    }
                };
                finite &= result.is_finite();
            }
        }
        finite
    }

    fn result(&self, point: &[f64]) -> f64 {
        (self.model)(point)
    }

    /// Where a run was.
    fn point(&self, run: usize) -> Vec<f64> {
        let (mut a, mut b) = (vec![0.0; self.dimensions], vec![0.0; self.dimensions]);
        self.sequence.fill(run / self.width(), &mut a, &mut b);
        match run % self.width() {
            0 => a,
            1 => b,
            place => {
                exchange(&mut a, &mut b, place - 2);
                a
            }
        }
    }
}

/// Swaps one coordinate of two points.
fn exchange(a: &mut [f64], b: &mut [f64], place: usize) {
    if let (Some(of_a), Some(of_b)) = (a.get_mut(place), b.get_mut(place)) {
        std::mem::swap(of_a, of_b);
    }
}

/// Results in columns, as parts of the largest.
struct Runs {
    /// A's and B's, less the mean of both: both estimators are the same for any constant taken off, but vary least for this one.
    a: Vec<f64>,
    b: Vec<f64>,
    /// For each parameter, what the result moves by when it alone goes from A's value to B's.
    moved: Vec<Vec<f64>>,
    /// A variance up to this counts as none.
    least: f64,
}

impl Runs {
    fn new(results: &[f64], width: usize) -> Runs {
        let largest = results.iter().fold(0.0_f64, |largest, result| largest.max(result.abs()));
        let scale = if largest > 0.0 { largest } else { 1.0 };
        let rows = results.len() / width;
        let column = || Vec::with_capacity(rows);
        let (mut a, mut b): (Vec<f64>, Vec<f64>) = (column(), column());
        let mut moved: Vec<Vec<f64>> = (2..width).map(|_| column()).collect();
        let origin = results.first().map_or(0.0, |result| result / scale);
        for row in results.chunks_exact(width) {
            let [of_a, of_b, mixed @ ..] = row else { continue };
            a.push(of_a / scale - origin);
            b.push(of_b / scale - origin);
            for (column, result) in moved.iter_mut().zip(mixed) {
                column.push(result / scale - of_a / scale);
            }
        }
        // With the origin taken off first, equal results come out at 0 and not at a rounding beside it.
        let mean = a.iter().chain(&b).sum::<f64>() / (2.0 * real(rows));
        for result in a.iter_mut().chain(b.iter_mut()) {
            *result -= mean;
        }
        let mut runs = Runs { a, b, moved, least: NOISE };
        runs.least = NOISE.max(1e-12 * runs.variance(&vec![1.0; rows]));
        runs
    }

    /// The variance of A's and B's results, with each row counted so many times.
    fn variance(&self, weights: &[f64]) -> f64 {
        let (mut sum, mut squares) = (0.0, 0.0);
        for ((a, b), weight) in self.a.iter().zip(&self.b).zip(weights) {
            sum += weight * (a + b);
            squares += weight * (a * a + b * b);
        }
        let count = 2.0 * real(self.a.len());
        squares / count - (sum / count) * (sum / count)
    }

    /// First-order and total index of each parameter, with each row counted so many times.
    fn estimate(&self, weights: &[f64]) -> Vec<(f64, f64)> {
        let variance = self.variance(weights);
        if variance <= self.least {
            return vec![(0.0, 0.0); self.moved.len()];
        }
        let weighted: Vec<f64> = self.b.iter().zip(weights).map(|(b, weight)| b * weight).collect();
        let all = variance * real(self.a.len());
        let index = |moved: &Vec<f64>| {
            let (first, total) = sums(moved, &weighted, weights);
            (first / all, total / (2.0 * all))
        };
        self.moved.iter().map(index).collect()
    }
}

/// The sum of moves times B's weighted results, and of squared moves times weights.
fn sums(moved: &[f64], weighted: &[f64], weights: &[f64]) -> (f64, f64) {
    let (mut first, mut total) = ([0.0; LANES], [0.0; LANES]);
    let (moves, last_moves) = moved.as_chunks::<LANES>();
    let (products, last_products) = weighted.as_chunks::<LANES>();
    let (counts, last_counts) = weights.as_chunks::<LANES>();
    for ((moves, products), counts) in moves.iter().zip(products).zip(counts) {
        let lanes = first.iter_mut().zip(&mut total).zip(moves).zip(products).zip(counts);
        for ((((first, total), moved), product), count) in lanes {
            *first += product * moved;
            *total += count * (moved * moved);
        }
    }
    let (mut first, mut total): (f64, f64) = (first.iter().sum(), total.iter().sum());
    for ((moved, product), count) in last_moves.iter().zip(last_products).zip(last_counts) {
        first += product * moved;
        total += count * (moved * moved);
    }
    (first, total)
}

/// How often each row comes when as many are drawn as there are, with replacement.
fn weights(seed: u64, number: usize, rows: usize) -> Vec<f64> {
    let mut stream = Stream::new(seed, DRAWS, count_of(number));
    let mut weights = vec![0.0; rows];
    for _ in 0..rows {
        if let Some(weight) = weights.get_mut(stream.below(rows)) {
            *weight += 1.0;
        }
    }
    weights
}

/// What is left without the lowest and the highest fortieth; it holds the estimate in any case.
fn interval(estimate: f64, mut values: Vec<f64>) -> (f64, f64) {
    values.sort_unstable_by(f64::total_cmp);
    let cut = values.len() / 40;
    let low = values.get(cut).copied().unwrap_or(estimate);
    let high = values.iter().rev().nth(cut).copied().unwrap_or(estimate);
    (low.min(estimate), high.max(estimate))
}

/// Gives the items out to threads in parts of a fixed size, in order, each with its number. No more are given out once `work` has said
/// `false` for one.
fn share_out<T: Send>(items: &mut [T], size: usize, threads: usize, work: impl Fn(usize, &mut [T]) -> bool + Sync) {
    let parts = items.len().div_ceil(size.max(1));
    let stopped = AtomicBool::new(false);
    let queue = Mutex::new(items.chunks_mut(size.max(1)).enumerate());
    let next = || queue.lock().ok().and_then(|mut queue| queue.next());
    let work_off = || {
        while !stopped.load(Ordering::Relaxed) {
            let Some((number, part)) = next() else { break };
            if !work(number, part) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(parts) {
            // Where the system gives no thread, those there are do it all.
            if std::thread::Builder::new().spawn_scoped(scope, work_off).is_err() {
                break;
            }
        }
        work_off();
    });
}
