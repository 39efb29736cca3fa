//! Checks against a smuggler who takes what pays more only the likelier.

use super::{GameError, Solution, Target, check, evaluate, origami};

/// Rounds of the search.
const ROUNDS: u32 = 200;

/// The chance of each target to be taken by a smuggler who takes what pays more the likelier, `lambda` for each unit of his payoff (quantal response,
/// McKelvey and Palfrey 1995).
fn chances(targets: &[Target], coverage: &[f64], lambda: f64) -> Vec<f64> {
    let pays: Vec<f64> =
        targets.iter().zip(coverage).map(|(target, chance)| lambda * target.attacker(*chance)).collect();
    let most = pays.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = pays.iter().map(|pays| libm::exp(pays - most)).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

/// What the agency gains on average, in its unit, against such a smuggler; he always takes some target. `lambda` is finite and not negative.
pub fn quantal_value(targets: &[Target], coverage: &[f64], lambda: f64) -> f64 {
    let taken = chances(targets, coverage, lambda);
    targets.iter().zip(coverage).zip(taken).map(|((target, chance), taken)| taken * target.defender(*chance)).sum()
}

/// Checks that answer such a smuggler, by steps along the gradient towards the best corner (Frank and Wolfe 1956), from where ORIGAMI has them: never
/// worse than there. The problem is not convex, so that a better answer may exist. `attacked` and
/// `attacker_value` are what a sharp smuggler would take of this, `defender_value` is what the agency gains on average against the bounded one. Refuses
/// what ORIGAMI refuses, and a `lambda` that is negative or not finite.
pub fn quantal_response(targets: &[Target], resources: f64, lambda: f64) -> Result<Solution, GameError> {
    check(targets, resources, f64::MIN)?;
    if !(lambda >= 0.0 && lambda.is_finite()) {
        return Err(GameError::Sharpness(lambda));
    }
    let mut coverage = origami(targets, resources, f64::MIN)?.coverage;
    let mut value = quantal_value(targets, &coverage, lambda);
    for _ in 0..ROUNDS {
        let corner = corner(targets, &coverage, lambda, resources);
        let at = |step: f64| -> Vec<f64> {
            coverage.iter().zip(&corner).map(|(chance, corner)| chance + step * (corner - chance)).collect()
        };
        // The longest step that helps, halved until it does.
        let mut step = 1.0;
        let better = loop {
            let next = at(step);
            let gained = quantal_value(targets, &next, lambda);
            if gained > value + 1e-12 * value.abs() {
                break Some((next, gained));
            }
            step /= 2.0;
            if step < 1e-6 {
                break None;
            }
        };
        let Some((next, gained)) = better else { break };
        (coverage, value) = (next, gained);
    }
    Ok(Solution { defender_value: value, ..evaluate(targets, &coverage, f64::NEG_INFINITY) })
}

/// The coverage that the gradient of the value points to.
fn corner(targets: &[Target], coverage: &[f64], lambda: f64, resources: f64) -> Vec<f64> {
    let taken = chances(targets, coverage, lambda);
    let value = quantal_value(targets, coverage, lambda);
    let slope = |((target, chance), taken): ((&Target, &f64), &f64)| {
        let direct = target.defender_covered - target.defender_uncovered;
        let moved = lambda * (target.attacker_covered - target.attacker_uncovered) * (target.defender(*chance) - value);
        taken * (direct + moved)
    };
    let mut order: Vec<(usize, f64)> = targets.iter().zip(coverage).zip(&taken).map(slope).enumerate().collect();
    order.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let mut corner = vec![0.0; targets.len()];
    let mut left = resources;
    for (place, slope) in order {
        if let Some(chance) = corner.get_mut(place).filter(|_| slope > 0.0) {
            *chance = left.clamp(0.0, 1.0);
            left -= *chance;
        }
    }
    corner
}
