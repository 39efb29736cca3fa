//! Inspections as a game: an agency commits to checks, a smuggler answers them (Stackelberg security game without schedules).

mod deterrence;
mod lp;
mod naive;
mod origami;
mod quantal;
#[cfg(test)]
mod tests;

pub use deterrence::{DeterrenceRow, delayed_loss, deterrence_table, deterring_chance, dresher_value, samples_needed};
pub use lp::{multiple_lps, single_lp};
pub use naive::{highest_first, uniform};
pub use origami::origami;
pub use quantal::{quantal_response, quantal_value};

/// How near payoffs are that the smuggler cannot tell apart, as a share of the largest.
const ALIKE: f64 = 1e-9;

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
    /// What staying away pays is no number.
    #[error("staying away is worth {0} to the smuggler\n  mend: give a number, 0 where it brings him nothing")]
    Outside(f64),
    /// How closely a bounded smuggler looks is no number, or less than not at all.
    #[error("a sharpness of {0}\n  mend: give a finite number of 0 or more, for each unit of the smuggler's payoff")]
    Sharpness(f64),
    /// The solver gave up.
    #[error("the linear program has no solution: {0}\n  mend: bring payoffs nearer to 1, or use ORIGAMI")]
    Program(String),
}

/// How checks are spread, and what comes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The chance of each target to be checked.
    pub coverage: Vec<f64>,
    /// What the smuggler gains, in his unit; `outside` where he stays away.
    pub attacker_value: f64,
    /// Which target he takes; nothing where he stays away.
    pub attacked: Option<usize>,
    /// What the agency gains, in its unit; 0 where he stays away.
    pub defender_value: f64,
}

fn check(targets: &[Target], resources: f64, outside: f64) -> Result<(), GameError> {
    if !(resources >= 0.0 && resources.is_finite()) {
        return Err(GameError::Resources(resources));
    }
    if outside.is_nan() || outside == f64::INFINITY {
        return Err(GameError::Outside(outside));
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
/// pays him `outside` and nothing pays more. Payoffs alike to a billionth of the largest are equals.
pub fn evaluate(targets: &[Target], coverage: &[f64], outside: f64) -> Solution {
    let each = targets.iter().zip(coverage);
    let answers: Vec<(f64, f64)> =
        each.map(|(target, chance)| (target.attacker(*chance), target.defender(*chance))).collect();
    let most = answers.iter().map(|(gain, _)| *gain).fold(f64::NEG_INFINITY, f64::max);
    // Equals are those alike to the best, not to one another: a chain of small steps leads nowhere.
    let slack = ALIKE * targets.iter().map(|target| target.attacker_uncovered.abs()).fold(most.abs(), f64::max);
    let mut best: Option<(usize, f64)> = None;
    for (place, (gain, left)) in answers.iter().enumerate() {
        if *gain >= most - slack && best.is_none_or(|(_, least)| *left > least) {
            best = Some((place, *left));
        }
    }
    let coverage = coverage.to_vec();
    match best.filter(|_| most > outside + slack) {
        Some((place, left)) => Solution { coverage, attacker_value: most, attacked: Some(place), defender_value: left },
        None => Solution { coverage, attacker_value: outside, attacked: None, defender_value: 0.0 },
    }
}
