//! Checks against a smuggler who takes what pays most, found by bisection.

use super::{GameError, Solution, Target, check, evaluate};

/// Halvings of what the smuggler can gain: the last differ in the last bits of a number.
const HALVINGS: usize = 200;

/// The checks that leave the smuggler least, of so many in all (Kiekintveld et al. 2009, ORIGAMI): every target that pays more than a level v is checked
/// until it pays v, and v is the lowest level for which checks suffice. Nobody is checked more than certainly, and none once staying away, worth `outside`,
/// pays as much. `outside` may be `f64::MIN`, where he always comes. No spread is better for the agency, but where it gains by a smuggler who is caught and
/// could draw one in. Bad payoffs, checks and `outside` are refused. Takes time n log n.
pub fn origami(targets: &[Target], resources: f64, outside: f64) -> Result<Solution, GameError> {
    check(targets, resources, outside)?;
    // Payoffs side by side, what pays most first: only those above the level need be looked at.
    let mut rows: Vec<(f64, f64)> =
        targets.iter().map(|target| (target.attacker_uncovered, target.attacker_covered)).collect();
    rows.sort_by(|one, other| other.0.total_cmp(&one.0));
    let needed = |level: f64| -> f64 {
        let above = rows.iter().take_while(|(uncovered, _)| *uncovered > level);
        above.map(|(uncovered, covered)| ((uncovered - level) / (uncovered - covered)).min(1.0)).sum()
    };
    // Below what the best certainly checked target pays, no level can be held.
    let floor = rows.iter().map(|(_, covered)| *covered).fold(outside, f64::max);
    let mut high = rows.first().map_or(outside, |(uncovered, _)| *uncovered).max(floor);
    let mut low = floor;
    if needed(low) <= resources {
        high = low;
    }
    for _ in 0..HALVINGS {
        let middle = low + (high - low) / 2.0;
        if !(low < middle && middle < high) {
            break;
        }
        if needed(middle) <= resources { high = middle } else { low = middle }
    }
    let coverage = targets.iter().map(|target| {
        let chance = (target.attacker_uncovered - high) / (target.attacker_uncovered - target.attacker_covered);
        chance.clamp(0.0, 1.0)
    });
    let coverage: Vec<f64> = coverage.collect();
    Ok(evaluate(targets, &coverage, outside))
}
