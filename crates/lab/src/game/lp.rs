//! The game of the bisection as a linear program, to hold that against.

use good_lp::{Expression, ProblemVariables, Solution as _, SolverModel as _, constraint, default_solver, variable};

use super::{GameError, Solution, Target, check, evaluate};

fn failed(error: good_lp::ResolutionError) -> GameError {
    GameError::Program(error.to_string())
}

/// The same as [`origami()`](super::origami()) as one linear program: the smuggler's gain is made as small as checks allow. The agency may be left worse off than there,
/// as checks that make no difference to him may go anywhere. Refuses what ORIGAMI refuses.
pub fn single_lp(targets: &[Target], resources: f64, outside: f64) -> Result<Solution, GameError> {
    check(targets, resources, outside)?;
    // No level lies below what a target pays that is checked for certain: a bound near to payoffs, wherever `outside` is.
    let least = targets.iter().map(|target| target.attacker_covered).fold(outside, f64::max);
    let mut variables = ProblemVariables::new();
    let chances = variables.add_vector(variable().min(0.0).max(1.0), targets.len());
    let level = variables.add(variable().min(least));
    let mut model = variables.minimise(level).using(default_solver);
    for (target, chance) in targets.iter().zip(&chances) {
        let slope = target.attacker_uncovered - target.attacker_covered;
        model = model.with(constraint!(level + slope * *chance >= target.attacker_uncovered));
    }
    let sum: Expression = chances.iter().copied().sum();
    let solved = model.with(constraint!(sum <= resources)).solve().map_err(failed)?;
    let coverage: Vec<f64> = chances.iter().map(|chance| solved.value(*chance).clamp(0.0, 1.0)).collect();
    Ok(evaluate(targets, &coverage, outside))
}

/// The best commitment by one linear program for each target that might be taken (Conitzer and Sandholm 2006): for small games, to hold others against.
/// The smuggler always takes some target. Refuses what ORIGAMI refuses, and no targets.
pub fn multiple_lps(targets: &[Target], resources: f64) -> Result<Solution, GameError> {
    check(targets, resources, f64::MIN)?;
    let mut best: Option<Solution> = None;
    for (place, taken) in targets.iter().enumerate() {
        let mut variables = ProblemVariables::new();
        let chances = variables.add_vector(variable().min(0.0).max(1.0), targets.len());
        let Some(chance) = chances.get(place).copied() else { continue };
        let gain = taken.defender_uncovered + chance * (taken.defender_covered - taken.defender_uncovered);
        let mut model = variables.maximise(gain).using(default_solver);
        let pays = taken.attacker_uncovered + chance * (taken.attacker_covered - taken.attacker_uncovered);
        for (target, chance) in targets.iter().zip(&chances) {
            let other = target.attacker_uncovered + *chance * (target.attacker_covered - target.attacker_uncovered);
            model = model.with(constraint!(pays.clone() >= other));
        }
        let sum: Expression = chances.iter().copied().sum();
        let solved = match model.with(constraint!(sum <= resources)).solve() {
            Ok(solved) => solved,
            // No spread makes this one the best.
            Err(good_lp::ResolutionError::Infeasible) => continue,
            Err(error) => return Err(failed(error)),
        };
        let coverage: Vec<f64> = chances.iter().map(|chance| solved.value(*chance).clamp(0.0, 1.0)).collect();
        let chance = coverage.get(place).copied().unwrap_or(0.0);
        let (attacker_value, defender_value) = (taken.attacker(chance), taken.defender(chance));
        if best.as_ref().is_none_or(|best| defender_value > best.defender_value) {
            best = Some(Solution { coverage, attacker_value, attacked: Some(place), defender_value });
        }
    }
    best.ok_or_else(|| GameError::Program("no target can be made the best".to_owned()))
}
