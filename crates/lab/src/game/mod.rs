//! Inspections as a game: an agency commits to checks, a smuggler answers them (Stackelberg security game without schedules).

mod deterrence;
mod lp;
mod origami;
mod quantal;
#[cfg(test)]
mod tests;

pub use deterrence::{deterring_chance, samples_needed};
pub use lp::{multiple_lps, single_lp};
pub use origami::origami;
pub use quantal::{quantal_response, quantal_value};

/// Somebody who could be checked: what each side gains, in one unit for each side, when the smuggler uses them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    /// What the smuggler gains unchecked.
    pub attacker_uncovered: f64,
    /// What he gains checked; less than unchecked.
    pub attacker_covered: f64,
    /// What the agency gains then, unchecked; a loss is negative.
    pub defender_uncovered: f64,
    /// The same, checked; no less than unchecked.
    pub defender_covered: f64,
}

impl Target {
    fn attacker(&self, coverage: f64) -> f64 {
        self.attacker_uncovered + coverage * (self.attacker_covered - self.attacker_uncovered)
    }

    fn defender(&self, coverage: f64) -> f64 {
        self.defender_uncovered + coverage * (self.defender_covered - self.defender_uncovered)
    }
}

/// Why a game cannot be solved.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GameError {
    /// A payoff is not finite, or a check would help the smuggler or hurt the agency.
    #[error(
        "target {0}: a payoff is not finite, or a check helps the smuggler or hurts the agency\n  mend: give finite payoffs, the smuggler's lower and the agency's no lower where he is checked"
    )]
    Target(usize),
    /// Fewer than no checks.
    #[error("{0} checks\n  mend: give a number of 0 or more")]
    Resources(f64),
    /// The solver gave up.
    #[error("the linear program has no solution: {0}")]
    Program(String),
}

/// How checks are spread, and what comes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The chance of each target to be checked.
    pub coverage: Vec<f64>,
    /// What the smuggler gains.
    pub attacker_value: f64,
    /// Which target he takes; nothing where he stays away.
    pub attacked: Option<usize>,
    /// What the agency gains; 0 where he stays away.
    pub defender_value: f64,
}

fn check(targets: &[Target], resources: f64) -> Result<(), GameError> {
    if !(resources >= 0.0 && resources.is_finite()) {
        return Err(GameError::Resources(resources));
    }
    let fits = |target: &Target| {
        let Target { attacker_uncovered, attacker_covered, defender_uncovered, defender_covered } = *target;
        let all = [attacker_uncovered, attacker_covered, defender_uncovered, defender_covered];
        all.iter().all(|payoff| payoff.is_finite())
            && attacker_covered < attacker_uncovered
            && defender_covered >= defender_uncovered
    };
    targets.iter().position(|target| !fits(target)).map_or(Ok(()), |place| Err(GameError::Target(place)))
}

/// What comes of a coverage: the smuggler takes what pays best, of equals what hurts the agency least, of those the first; or he stays away, where that
/// pays him `outside` and nothing pays more.
pub fn evaluate(targets: &[Target], coverage: &[f64], outside: f64) -> Solution {
    let scale = targets.iter().map(|target| target.attacker_uncovered.abs()).fold(1.0, f64::max);
    let mut best: Option<(usize, f64, f64)> = None;
    for (place, (target, chance)) in targets.iter().zip(coverage).enumerate() {
        let (gain, damage) = (target.attacker(*chance), target.defender(*chance));
        let better = best.is_none_or(|(_, most, least)| {
            let alike = (gain - most).abs() <= 1e-9 * scale;
            if alike { damage > least } else { gain > most }
        });
        if better {
            best = Some((place, gain, damage));
        }
    }
    match best.filter(|(_, gain, _)| *gain > outside + 1e-9 * scale) {
        Some((place, gain, damage)) => Solution {
            coverage: coverage.to_vec(),
            attacker_value: gain,
            attacked: Some(place),
            defender_value: damage,
        },
        None => Solution { coverage: coverage.to_vec(), attacker_value: outside, attacked: None, defender_value: 0.0 },
    }
}

/// Every target checked alike.
pub fn uniform(targets: &[Target], resources: f64) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "numbers of targets are far below 2^53")]
    let count = targets.len().max(1) as f64;
    vec![(resources / count).clamp(0.0, 1.0); targets.len()]
}

/// Those checked first, and for certain, who would pay the smuggler most.
pub fn highest_first(targets: &[Target], resources: f64) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = targets.iter().map(|target| target.attacker_uncovered).enumerate().collect();
    order.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let mut coverage = vec![0.0; targets.len()];
    let mut left = resources.max(0.0);
    for (place, _) in order {
        if let Some(own) = coverage.get_mut(place) {
            *own = left.min(1.0);
            left -= *own;
        }
    }
    coverage
}
