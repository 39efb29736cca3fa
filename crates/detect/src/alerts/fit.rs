//! What evidence is worth, found by logistic regression on cases whose truth is known.

use std::collections::BTreeMap;

use super::Calibration;
use crate::entity::Circumstances;

/// A case as it is learned from: the largest estimate of each pattern that was found, and whether something was wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Log-likelihood ratios as the queries say, by pattern.
    pub patterns: BTreeMap<String, f64>,
    /// What is known of those whom it names.
    pub circumstances: Circumstances,
    /// Whether something was wrong.
    pub guilty: bool,
}

/// How well probabilities fit what was true.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reliability {
    /// The mean squared difference between probability and truth.
    pub brier: f64,
    /// The cases in each tenth of the scale, those from 0 to 0.1 first.
    pub tenths: [Tenth; 10],
}

/// Cases whose scores are in one tenth of the scale.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tenth {
    /// How many.
    pub cases: u64,
    /// Their scores, added up.
    pub score_sum: f64,
    /// How many of them were true.
    pub true_cases: u64,
}

impl Tenth {
    /// The mean of the scores, 0 to 1; NaN without cases.
    #[expect(clippy::cast_precision_loss, reason = "numbers of cases")]
    pub fn mean_score(&self) -> f64 {
        self.score_sum / self.cases as f64
    }

    /// The part of the cases that were true, 0 to 1; NaN without cases.
    #[expect(clippy::cast_precision_loss, reason = "numbers of cases")]
    pub fn true_share(&self) -> f64 {
        self.true_cases as f64 / self.cases as f64
    }
}

impl Reliability {
    /// Of pairs of a probability, 0 to 1, and whether it was true.
    pub fn of(pairs: &[(f64, bool)]) -> Reliability {
        let mut reliability = Reliability::default();
        for (score, truth) in pairs {
            let miss = score - f64::from(u8::from(*truth));
            reliability.brier += miss * miss;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 9")]
            let tenth = ((score * 10.0) as usize).min(9);
            if let Some(tenth) = reliability.tenths.get_mut(tenth) {
                tenth.cases += 1;
                tenth.score_sum += score;
                tenth.true_cases += u64::from(*truth);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "numbers of cases")]
        let count = pairs.len().max(1) as f64;
        reliability.brier /= count;
        reliability
    }
}

/// Rounds of descent; the loss is convex, and a hundred fewer give the same to three places.
const ROUNDS: usize = 3_000;
/// How strongly weights are held to where they start, in cases: what few cases tell counts little.
const HOLD: f64 = 4.0;
/// What a nat of a query's own estimate counts before anything is known of it.
const WEIGHT: f64 = 0.4;
/// What a finding counts before anything is known of it, whatever its estimate.
const OFFSET: f64 = 0.0;

/// A case with the places of its patterns and their estimates, and behind the patterns those of its circumstances.
struct WeighedCase {
    places: Vec<(usize, f64)>,
    truth: f64,
    /// What it counts for.
    share: f64,
    /// The place of whoever made its world.
    maker: usize,
}

/// Fits weights and offsets, none of the weights below zero, and the intercept, to the cases of each maker of worlds. `start` gives the caps.
///
/// How common schemes are differs from maker to maker, and each has an intercept of its own; what holds elsewhere is taken for that of the makers who
/// plant fewest (`prior`). Every maker counts the same, however many worlds it made: what holds in the worlds of one and not of another is worth little in a world of neither.
pub fn fit(makers: &[Vec<Example>], start: &Calibration) -> Calibration {
    let examples = || makers.iter().flatten();
    let mut names: Vec<String> = examples().flat_map(|example| example.patterns.keys().cloned()).collect();
    names.sort();
    names.dedup();
    let mut weights = vec![WEIGHT; names.len() + Circumstances::NAMES.len()];
    let mut offsets = vec![OFFSET; names.len()];
    let mut intercepts = vec![start.intercept; makers.len().max(1)];
    #[expect(clippy::cast_precision_loss, reason = "numbers of cases")]
    let (count, parts) = (examples().count().max(1) as f64, makers.len().max(1) as f64);
    let rows: Vec<WeighedCase> = makers
        .iter()
        .enumerate()
        .flat_map(|(maker, examples)| {
            #[expect(clippy::cast_precision_loss, reason = "numbers of cases")]
            let share = count / parts / examples.len().max(1) as f64;
            examples.iter().map(move |example| (maker, share, example))
        })
        .map(|(maker, share, example)| {
            let places =
                example.patterns.iter().filter_map(|(name, llr)| Some((names.binary_search(name).ok()?, *llr)));
            let behind = example.circumstances.values().into_iter().enumerate();
            let places = places.chain(behind.map(|(place, figure)| (names.len() + place, figure)));
            WeighedCase { places: places.collect(), truth: f64::from(u8::from(example.guilty)), share, maker }
        })
        .collect();
    for round in 0..ROUNDS {
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let rate = 0.5 / (1.0 + round as f64 / 300.0);
        let (mut of_weights, mut of_offsets) = (vec![0.0; weights.len()], vec![0.0; offsets.len()]);
        let mut of_intercepts = vec![0.0; intercepts.len()];
        for WeighedCase { places, truth, share, maker } in &rows {
            let at = |values: &[f64], place: usize| values.get(place).copied().unwrap_or(0.0);
            let sum: f64 = places.iter().map(|(place, llr)| at(&weights, *place) * llr + at(&offsets, *place)).sum();
            let intercept = at(&intercepts, *maker);
            let miss = share * (1.0 / (1.0 + libm::exp(-(intercept + sum))) - truth);
            if let Some(intercept) = of_intercepts.get_mut(*maker) {
                *intercept += miss;
            }
            for (place, llr) in places {
                if let Some(weight) = of_weights.get_mut(*place) {
                    *weight += miss * llr;
                }
                if let Some(offset) = of_offsets.get_mut(*place) {
                    *offset += miss;
                }
            }
        }
        for (intercept, by_intercept) in intercepts.iter_mut().zip(&of_intercepts) {
            *intercept -= rate * parts * by_intercept / count;
        }
        for (weight, by_weight) in weights.iter_mut().zip(&of_weights) {
            *weight = (*weight - rate * (by_weight + HOLD * (*weight - WEIGHT)) / count).max(0.0);
        }
        for (offset, by_offset) in offsets.iter_mut().zip(&of_offsets) {
            *offset = (*offset - rate * (by_offset + HOLD * (*offset - OFFSET)) / count).max(-2.0);
        }
    }
    let circumstances = Circumstances::NAMES.into_iter().map(str::to_owned);
    Calibration {
        intercept: prior(&intercepts),
        circumstances: circumstances.zip(weights.split_off(names.len())).collect(),
        weights: names.iter().cloned().zip(weights).collect(),
        offsets: names.into_iter().zip(offsets).collect(),
        ..start.clone()
    }
}

/// Log-odds before any evidence in worlds of nobody who was learned from: the mean of the makers' less their standard deviation. To accuse the honest costs
/// more than to be late.
fn prior(intercepts: &[f64]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a number of makers")]
    let count = intercepts.len().max(1) as f64;
    let mean = intercepts.iter().sum::<f64>() / count;
    let spread = intercepts.iter().map(|intercept| (intercept - mean) * (intercept - mean)).sum::<f64>() / count;
    mean - libm::sqrt(spread)
}
