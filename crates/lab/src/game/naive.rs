//! Plain ways to spread checks, to hold the games' answers against.

use super::Target;

/// Every target checked alike: the chance of each, for so many checks in all. To hold other spreads against.
pub fn uniform(targets: &[Target], resources: f64) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "numbers of targets are far below 2^53")]
    let count = targets.len().max(1) as f64;
    vec![(resources / count).clamp(0.0, 1.0); targets.len()]
}

/// Those checked first, and for certain, who would pay the smuggler most, of equals the first; what is left of a check goes to the next.
pub fn highest_first(targets: &[Target], resources: f64) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = targets.iter().map(|target| target.attacker_uncovered).enumerate().collect();
    order.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let mut coverage = vec![0.0; targets.len()];
    let mut left = resources.max(0.0);
    for (place, _) in order {
        if let Some(chance) = coverage.get_mut(place) {
            *chance = left.min(1.0);
            left -= *chance;
        }
    }
    coverage
}
