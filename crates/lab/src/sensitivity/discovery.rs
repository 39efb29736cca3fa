//! Scenario discovery: the box of scenarios in which a conclusion breaks, by the patient rule induction method.
//!
//! PRIM peels a twentieth of the points at a time off the face that gains the most (Friedman and Fisher 1999, Statistics and Computing 9);
//! what remains is measured by coverage and density, and restrictions that chance explains are dropped (Bryant and Lempert 2010,
//! Technological Forecasting and Social Change 77). Where an analyst would pick a box off the trajectory by eye, this takes the one with
//! the greatest harmonic mean of coverage and density, the earlier of equals. Faces are not pasted back.

use super::{SensitivityError, real};
use serde::Serialize;

/// One part in so many is peeled at a time, and left at the end.
const PARTS: usize = 20;

/// A restriction that chance explains with a greater probability than this is dropped.
const LEVEL: f64 = 0.05;

/// A box in the unit cube and how well it tells where the conclusion breaks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScenarioBox {
    /// The parameters it restricts, each with its lowest and highest share (from 0 to 1; an end at 0 or 1 restricts nothing).
    pub restrictions: Vec<(usize, f64, f64)>,
    /// Of the points where the conclusion breaks, the share in the box; 0 where it breaks nowhere.
    pub coverage: f64,
    /// Of the points in the box, the share where the conclusion breaks.
    pub density: f64,
    /// Of all points, the share in the box.
    pub mass: f64,
}

/// What was discovered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Discovery {
    /// The box; it restricts nothing where the conclusion breaks everywhere, nowhere, or without a pattern.
    pub chosen: ScenarioBox,
    /// For each of its restrictions, the probability that the box would be as dense by chance without it: Bryant and Lempert's quasi-p-value,
    /// which leaves out that the restriction was picked among many.
    pub quasi_p: Vec<f64>,
    /// Of all points, the share where the conclusion breaks: what density is to be held against.
    pub mean: f64,
    /// The boxes on the way, from the whole cube to the smallest, before restrictions are dropped.
    pub trajectory: Vec<ScenarioBox>,
}

/// Finds the box in which a conclusion breaks, given points in the unit cube and whether it breaks at each.
pub fn discover(points: &[Vec<f64>], breaks: &[bool]) -> Result<Discovery, SensitivityError> {
    check(points, breaks)?;
    let sample = Sample { points, breaks, breaking: breaks.iter().filter(|breaks| **breaks).count() };
    let path = sample.peel();
    let trajectory: Vec<ScenarioBox> = path.iter().map(|bounds| sample.describe(bounds)).collect();
    let (mut chosen, mut best) = (Vec::new(), -1.0);
    for (bounds, step) in path.into_iter().zip(&trajectory) {
        // A half of the harmonic mean.
        let merit = step.coverage * step.density / (step.coverage + step.density).max(f64::MIN_POSITIVE);
        if merit > best {
            (chosen, best) = (bounds, merit);
        }
    }
    let chosen = sample.without_needless(chosen);
    Ok(Discovery {
        quasi_p: sample.quasi_p(&chosen),
        chosen: sample.describe(&chosen),
        mean: real(sample.breaking) / real(points.len()),
        trajectory,
    })
}

fn check(points: &[Vec<f64>], breaks: &[bool]) -> Result<(), SensitivityError> {
    let needs = points.first().ok_or(SensitivityError::NoPoints)?.len();
    if points.len() != breaks.len() {
        return Err(SensitivityError::Unequal { points: points.len(), answers: breaks.len() });
    }
    for (number, point) in points.iter().enumerate() {
        if point.len() != needs {
            return Err(SensitivityError::Uneven { point: number, has: point.len(), needs });
        }
        if let Some(dimension) = point.iter().position(|share| !(0.0..=1.0).contains(share)) {
            return Err(SensitivityError::Outside { point: number, dimension });
        }
    }
    Ok(())
}

/// The ends of a box in every dimension.
type Bounds = Vec<(f64, f64)>;

#[derive(Clone, Copy)]
enum Side {
    Low,
    High,
}

/// A point in the order of one dimension.
#[derive(Clone, Copy)]
struct Case {
    value: f64,
    point: usize,
    breaks: bool,
}

/// What peeling a face takes away.
#[derive(Clone, Copy)]
struct Peel {
    dimension: usize,
    side: Side,
    /// Where the face comes to lie.
    bound: f64,
    removed: usize,
    /// Those among them where the conclusion breaks.
    breaking: usize,
}

struct Sample<'a> {
    points: &'a [Vec<f64>],
    breaks: &'a [bool],
    /// At how many points the conclusion breaks.
    breaking: usize,
}

impl Sample<'_> {
    /// The boxes from the whole cube on, until the conclusion breaks in all of one or a twentieth of the points is left.
    fn peel(&self) -> Vec<Bounds> {
        let least = self.points.len().div_ceil(PARTS);
        let mut orders = self.orders();
        let mut bounds: Bounds = vec![(0.0, 1.0); orders.len()];
        let mut path = vec![bounds.clone()];
        while let Some(peel) = best_peel(&orders, least) {
            narrow(&mut bounds, peel);
            path.push(bounds.clone());
            let (low, high) = bounds.get(peel.dimension).copied().unwrap_or((0.0, 1.0));
            let stays = |point: usize| {
                let share = self.points.get(point).and_then(|point| point.get(peel.dimension));
                share.is_some_and(|share| (low..=high).contains(share))
            };
            orders.iter_mut().for_each(|order| order.retain(|case| stays(case.point)));
        }
        path
    }

    /// For each dimension, all points in rising order; equals in the order given.
    fn orders(&self) -> Vec<Vec<Case>> {
        let dimensions = self.points.first().map_or(0, Vec::len);
        let mut orders: Vec<Vec<Case>> = vec![Vec::with_capacity(self.points.len()); dimensions];
        for ((number, point), breaks) in self.points.iter().enumerate().zip(self.breaks) {
            for (order, value) in orders.iter_mut().zip(point) {
                order.push(Case { value: *value, point: number, breaks: *breaks });
            }
        }
        orders.iter_mut().for_each(|order| order.sort_by(|one, other| one.value.total_cmp(&other.value)));
        orders
    }

    /// How many points a box holds, and at how many of them the conclusion breaks.
    fn count(&self, bounds: &[(f64, f64)]) -> (usize, usize) {
        let (mut inside, mut breaking) = (0, 0);
        for (point, breaks) in self.points.iter().zip(self.breaks) {
            if point.iter().zip(bounds).all(|(share, (low, high))| (*low..=*high).contains(share)) {
                inside += 1;
                breaking += usize::from(*breaks);
            }
        }
        (inside, breaking)
    }

    fn describe(&self, bounds: &[(f64, f64)]) -> ScenarioBox {
        let (inside, breaking) = self.count(bounds);
        let restricted = bounds.iter().enumerate().filter(|(_, (low, high))| *low > 0.0 || *high < 1.0);
        ScenarioBox {
            restrictions: restricted.map(|(dimension, (low, high))| (dimension, *low, *high)).collect(),
            coverage: real(breaking) / real(self.breaking.max(1)),
            density: real(breaking) / real(inside.max(1)),
            mass: real(inside) / real(self.points.len()),
        }
    }

    /// Takes faces away, the least needed first, until chance explains none of those left.
    fn without_needless(&self, mut bounds: Bounds) -> Bounds {
        loop {
            let held = self.count(&bounds);
            let mut needless: Option<(Bounds, f64)> = None;
            for open in without_a_face(&bounds) {
                let by_chance = self.by_chance(held, &open);
                if by_chance > needless.as_ref().map_or(LEVEL, |(_, most)| *most) {
                    needless = Some((open, by_chance));
                }
            }
            match needless {
                Some((open, _)) => bounds = open,
                None => return bounds,
            }
        }
    }

    fn quasi_p(&self, bounds: &[(f64, f64)]) -> Vec<f64> {
        let held = self.count(bounds);
        let restricted = bounds.iter().enumerate().filter(|(_, (low, high))| *low > 0.0 || *high < 1.0);
        let quasi_p = |(dimension, _): (usize, &(f64, f64))| {
            let mut open = bounds.to_vec();
            if let Some(ends) = open.get_mut(dimension) {
                *ends = (0.0, 1.0);
            }
            self.by_chance(held, &open)
        };
        restricted.map(quasi_p).collect()
    }

    /// How likely a box with so many points is to be as dense as it is, were they drawn from a wider one.
    fn by_chance(&self, (inside, breaking): (usize, usize), wider: &[(f64, f64)]) -> f64 {
        let (all, of_which) = self.count(wider);
        at_least(breaking, inside, real(of_which) / real(all.max(1)))
    }
}

/// The peel that gains the most in density for each point removed; of equals that of the lowest dimension, its low face first. None where
/// there is nothing to gain or too little would be left.
fn best_peel(orders: &[Vec<Case>], least: usize) -> Option<Peel> {
    let first = orders.first()?;
    let (inside, breaking) = (first.len(), first.iter().filter(|case| case.breaks).count());
    if breaking == 0 || breaking == inside {
        return None;
    }
    let density = real(breaking) / real(inside);
    let mut best: Option<(Peel, f64)> = None;
    for (dimension, order) in orders.iter().enumerate() {
        let low = peel_off(order.iter(), inside, dimension, Side::Low);
        let high = peel_off(order.iter().rev(), inside, dimension, Side::High);
        for peel in low.into_iter().chain(high).filter(|peel| inside - peel.removed >= least) {
            let left = real(breaking - peel.breaking) / real(inside - peel.removed);
            let gain = (left - density) / real(peel.removed);
            if best.is_none_or(|(_, most)| gain > most) {
                best = Some((peel, gain));
            }
        }
    }
    best.map(|(peel, _)| peel)
}

/// A twentieth of the cases from one end, and all that are equal to the last of them; none where that is all there are.
fn peel_off<'a>(cases: impl Iterator<Item = &'a Case>, inside: usize, dimension: usize, side: Side) -> Option<Peel> {
    let wanted = (inside / PARTS).max(1);
    let (mut removed, mut breaking, mut last) = (0, 0, f64::NAN);
    for case in cases {
        if removed >= wanted && case.value != last {
            // Halfway, unless rounding would keep what is to go.
            let halfway = (last + case.value) / 2.0;
            let bound = if halfway == last { case.value } else { halfway };
            return Some(Peel { dimension, side, bound, removed, breaking });
        }
        removed += 1;
        breaking += usize::from(case.breaks);
        last = case.value;
    }
    None
}

fn narrow(bounds: &mut [(f64, f64)], peel: Peel) {
    if let Some((low, high)) = bounds.get_mut(peel.dimension) {
        match peel.side {
            Side::Low => *low = peel.bound,
            Side::High => *high = peel.bound,
        }
    }
}

/// The boxes that are wider by one face, in order.
fn without_a_face(bounds: &[(f64, f64)]) -> Vec<Bounds> {
    let mut boxes = Vec::new();
    for (dimension, (low, high)) in bounds.iter().enumerate() {
        for (restricts, side, bound) in [(*low > 0.0, Side::Low, 0.0), (*high < 1.0, Side::High, 1.0)] {
            if restricts {
                let mut open = bounds.to_vec();
                narrow(&mut open, Peel { dimension, side, bound, removed: 0, breaking: 0 });
                boxes.push(open);
            }
        }
    }
    boxes
}

/// How likely a binomial number of `trials` is at least `hits`.
pub(super) fn at_least(hits: usize, trials: usize, chance: f64) -> f64 {
    if hits == 0 || chance >= 1.0 {
        return 1.0;
    }
    if chance <= 0.0 || hits > trials {
        return 0.0;
    }
    let (all, first) = (real(trials), real(hits));
    let (yes, no) = (libm::log(chance), libm::log1p(-chance));
    let ways = libm::lgamma(all + 1.0) - libm::lgamma(first + 1.0) - libm::lgamma(all - first + 1.0);
    let mut term = ways + first * yes + (all - first) * no;
    let mut sum = libm::exp(term);
    // Term by term as logarithms: the first may be too small for a number where the later ones are not.
    for count in hits..trials {
        let count = real(count);
        term += libm::log((all - count) / (count + 1.0)) + yes - no;
        sum += libm::exp(term);
    }
    sum.min(1.0)
}
