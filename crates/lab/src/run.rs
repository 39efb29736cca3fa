//! Draws, on every core: the same numbers whatever their number.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tollgate_model::never;

use crate::history::{Draws, fault_of};
use crate::model::parameters::Point;
use crate::model::{Outcome, Output, Prepared, can_be, simulate};
use crate::quantile_sketch::Sketch;
use crate::scenario::Scenario;
use crate::timeline::{FIRST_YEAR, LAST_YEAR, YEARS};

/// How a study is carried out.
pub struct Options<'a> {
    /// Threads; the results do not depend on it.
    pub threads: usize,
    /// Told of draws that are done, of so many.
    pub progress: &'a (dyn Fn(u64, u64) + Sync),
    /// Raised when the study is to end without a result.
    pub stop: &'a AtomicBool,
}

/// Draws that one thread takes at a time.
const CHUNK: u64 = 4_096;

/// Sketches of an output of an arm, by year: of the output, and of its difference from the first arm's, draw by draw.
#[derive(Clone, Debug)]
pub(crate) struct Tracked {
    pub(crate) levels: [Sketch; YEARS],
    pub(crate) differences: [Sketch; YEARS],
}

/// For each arm, each watched output.
#[derive(Clone, Debug)]
pub(crate) struct Results {
    pub(crate) watched: Vec<Output>,
    pub(crate) arms: Vec<Vec<Tracked>>,
}

impl Results {
    fn new(arms: usize, watched: &[Output]) -> Results {
        let tracked = || Tracked {
            levels: std::array::from_fn(|_| Sketch::default()),
            differences: std::array::from_fn(|_| Sketch::default()),
        };
        let arms = (0..arms).map(|_| watched.iter().map(|_| tracked()).collect()).collect();
        Results { watched: watched.to_vec(), arms }
    }

    fn merge(&mut self, other: &Results) {
        let pairs = self.arms.iter_mut().flatten().zip(other.arms.iter().flatten());
        for (tracked, other) in pairs {
            tracked.levels.iter_mut().zip(&other.levels).for_each(|(sketch, other)| sketch.merge(other));
            tracked.differences.iter_mut().zip(&other.differences).for_each(|(sketch, other)| sketch.merge(other));
        }
    }

    /// The sketches of an output of an arm.
    pub(crate) fn tracked(&self, arm: usize, output: Output) -> Option<&Tracked> {
        let place = self.watched.iter().position(|output_there| *output_there == output)?;
        self.arms.get(arm)?.get(place)
    }

    /// The 5th percentile, median and 95th percentile of an output in a year.
    pub(crate) fn band(&self, arm: usize, output: Output, year: usize) -> [f64; 3] {
        band_of(self.tracked(arm, output).and_then(|tracked| tracked.levels.get(year)), output)
    }

    /// The same of the difference from the first arm.
    pub(crate) fn difference(&self, arm: usize, output: Output, year: usize) -> [f64; 3] {
        band_of(self.tracked(arm, output).and_then(|tracked| tracked.differences.get(year)), output)
    }
}

/// The band of a sketch that was kept.
fn band_of(sketch: Option<&Sketch>, output: Output) -> [f64; 3] {
    sketch.map(Sketch::band).unwrap_or_else(|| {
        never!("a study shows only what it watches, and {output:?} is not watched");
        [0.0; 3]
    })
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoResults {
    /// It was stopped.
    Stopped,
    /// A draw came to what cannot be; the text says which and how to mend it.
    Unphysical(String),
}

/// The first draw that came to what cannot be.
#[derive(Default)]
struct FirstFault(Mutex<Option<(u64, String)>>);

impl FirstFault {
    fn note(&self, index: u64, what: String) {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if first.as_ref().is_none_or(|(other, _)| index < *other) {
            *first = Some((index, what));
        }
    }

    fn is_there(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

/// Runs every draw under every arm. The first draw with a number that is not finite, or below nothing where that cannot be, ends the study.
pub(crate) fn run(
    scenario: &Scenario,
    draws: &Draws<'_>,
    prepared: &[Prepared],
    watched: &[Output],
    options: &Options<'_>,
) -> Result<Results, NoResults> {
    let (next, done, fault) = (AtomicU64::new(0), AtomicU64::new(0), FirstFault::default());
    let share = || {
        let mut results = Results::new(prepared.len(), watched);
        loop {
            // Chunks are handed out in order, and each that was begun is ended: the first fault is the same on any number of threads.
            let ended = fault.is_there() || options.stop.load(Ordering::Relaxed);
            let from = if ended { scenario.draws } else { next.fetch_add(CHUNK, Ordering::Relaxed) };
            if from >= scenario.draws {
                return results;
            }
            let until = (from + CHUNK).min(scenario.draws);
            for index in from..until {
                let taken = draws.point(index).and_then(|point| {
                    take(&mut results, prepared, &point).map_err(|what| fault_of(scenario, index, &what, &point))
                });
                if let Err(what) = taken {
                    fault.note(index, what);
                    break;
                }
            }
            let all = done.fetch_add(until - from, Ordering::Relaxed) + until - from;
            (options.progress)(all, scenario.draws);
        }
    };
    let mut all = Results::new(prepared.len(), watched);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..options.threads.max(1)).map(|_| scope.spawn(share)).collect();
        for part in running {
            all.merge(&part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
    if let Some((_, what)) = fault.0.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(NoResults::Unphysical(what));
    }
    if options.stop.load(Ordering::Relaxed) { Err(NoResults::Stopped) } else { Ok(all) }
}

fn take(results: &mut Results, prepared: &[Prepared], point: &Point) -> Result<(), String> {
    let mut first = None;
    let Results { watched, arms } = results;
    for (place, (prepared, tracked)) in prepared.iter().zip(arms).enumerate() {
        // From itself the first arm does not differ.
        let alone = place == 0;
        let outcome = simulate(prepared, point);
        check(prepared, &outcome)?;
        let base = first.get_or_insert(outcome);
        for (output, tracked) in watched.iter().zip(tracked) {
            let (Some(values), Some(base)) = (outcome.get(*output as usize), base.get(*output as usize)) else {
                continue;
            };
            for ((value, base), (level, difference)) in
                values.iter().zip(base).zip(tracked.levels.iter_mut().zip(&mut tracked.differences))
            {
                level.add(*value);
                if !alone {
                    difference.add(value - base);
                }
            }
        }
    }
    Ok(())
}

/// Whether every number of an outcome can be.
fn check(prepared: &Prepared, outcome: &Outcome) -> Result<(), String> {
    if outcome.as_flattened().iter().all(|value| can_be(*value)) {
        return Ok(());
    }
    let all = outcome.iter().enumerate().flat_map(|(output, years)| years.iter().map(move |value| (output, value)));
    let years = FIRST_YEAR..=LAST_YEAR;
    let bad = all.zip(years.cycle()).find(|((_, value), _)| !can_be(**value));
    let Some(((output, value), year)) = bad else { return Ok(()) };
    let name = Output::ALL.get(output).map_or("an output", |output| output.name());
    Err(format!("`{name}` of {year} under `{}` comes to {value}, which cannot be", prepared.arm.name))
}
