//! What a result hangs on: Sobol's indices, one parameter at a time, and the box of scenarios in which a conclusion breaks.

mod discovery;
mod one_at_a_time;
mod sobol;
#[cfg(test)]
mod tests;

pub use discovery::{Discovery, ScenarioBox, discover};
pub use one_at_a_time::{one_at_a_time, widest_first};
pub use sobol::{MOST_DIMENSIONS, MOST_SAMPLES, SobolIndex, sobol_indices};

/// A function of a point: of the unit cube where nothing else is said. It may be called by several threads at a time, and must give
/// the same result for the same point.
pub type Model<'a> = dyn Fn(&[f64]) -> f64 + Sync + 'a;

/// Why an analysis cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SensitivityError {
    /// Too few or too many parameters.
    #[error("the model has {0} parameters: let between 1 and 128 of them vary and hold the others at a value")]
    Dimensions(usize),
    /// Too few or too many rows.
    #[error("{0} samples: ask for 16 to 65,536, best a power of two")]
    Samples(usize),
    /// The model gave NaN or an infinity.
    #[error(
        "run {run} of the model gives no finite number, at {point:?} of the unit cube: mend the model there or narrow the parameters"
    )]
    NotFinite {
        /// The first such run, counted from 0 row by row: in each row A, B, then A with one parameter after the other from B.
        run: usize,
        /// Where it was.
        point: Vec<f64>,
    },
    /// Nothing was given to discover from.
    #[error("there are no points to discover scenarios from: give at least one")]
    NoPoints,
    /// Not one answer for each point.
    #[error("{points} points, but {answers} answers whether the conclusion breaks: give one for each point")]
    Unequal {
        /// How many points.
        points: usize,
        /// How many answers.
        answers: usize,
    },
    /// A point of another length than the first.
    #[error("point {point} has {has} parameters, the first has {needs}: give all points the same")]
    Uneven {
        /// Its number, from 0.
        point: usize,
        /// How many parameters it has.
        has: usize,
        /// How many the first has.
        needs: usize,
    },
    /// A point beside the unit cube.
    #[error(
        "parameter {dimension} of point {point} is not between 0 and 1: give shares of the distribution, not values"
    )]
    Outside {
        /// The point's number, from 0.
        point: usize,
        /// The parameter's number, from 0.
        dimension: usize,
    },
}

/// A count as a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "counts of runs are far below 2^53")]
fn real(count: usize) -> f64 {
    count as f64
}
