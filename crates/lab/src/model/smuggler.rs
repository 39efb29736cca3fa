//! The smuggler's best answer to a policy, for one quarter of the aggregate model.

use super::parameters::{Parameter as P, Point, at};
use crate::scenario::{Arm, ModelConstants, Scope};

/// What a smuggler reckons with in a quarter, for each H100e.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Dollars gained on each unit that arrives.
    pub(crate) margin: f64,
    /// Dollars lost on each unit that is caught.
    pub(crate) loss: f64,
    /// Units that one shell can place in a year.
    pub(crate) reach: f64,
}

/// What does not change over a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Smuggler {
    /// One over the supply at the end of 2025: by it wants are measured.
    pub(crate) per_supply: f64,
    /// Dollars a year for a shell.
    shell_cost: f64,
    /// Chance a year that a lone shell is caught.
    chance: f64,
    per_chance: f64,
    /// Shells beyond which each makes the others as easy again to find.
    link_scale: f64,
    per_link: f64,
    /// Chance that a lot is found whatever the shell: location verification.
    verified: f64,
    /// Chance a year that a front is caught, for each unit, and units that it can place at the most.
    front_chance: f64,
    per_front_chance: f64,
    front_reach: f64,
    /// The most shells of a network, and the chance above which no scheme is caught.
    most_shells: f64,
    surest_capture: f64,
}

/// What pays best.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Answer {
    /// Shells of a network, and the chance of each to be caught.
    pub(crate) shells: f64,
    pub(crate) shell_caught: f64,
    /// Units a year of a front, and its chance to be caught.
    pub(crate) front: f64,
    pub(crate) front_caught: f64,
}

impl Smuggler {
    /// A smuggler under an arm, at a value of each parameter.
    pub(crate) fn new(arm: &Arm, constants: &ModelConstants, point: &Point) -> Smuggler {
        let scope = match arm.scope {
            Scope::Consignee => at(point, P::ScopeConsignee),
            Scope::UltimateParent => 1.0,
            Scope::Cluster => at(point, P::ScopeCluster),
        };
        let budget = arm.budget;
        let effort = if budget == 1.0 { 1.0 } else { libm::exp(libm::log(budget) * at(point, P::Elasticity)) };
        let (chance, link_scale) = (at(point, P::ShellDetection) * effort, at(point, P::LinkScale) * scope);
        let front_chance = at(point, P::FrontDetection) * effort / 1_000.0;
        Smuggler {
            per_supply: 1.0 / at(point, P::SupplyFlow),
            shell_cost: at(point, P::ShellCost),
            chance,
            per_chance: 1.0 / chance,
            link_scale,
            per_link: 1.0 / link_scale,
            verified: if arm.verification { at(point, P::Verification) } else { 0.0 },
            front_chance,
            per_front_chance: 1.0 / front_chance,
            front_reach: at(point, P::FrontReach),
            most_shells: constants.most_shells,
            surest_capture: constants.surest_capture,
        }
    }

    /// The number of shells and the size of a front that pay best.
    ///
    /// With n shells each is caught with chance v + c (1 + n / s), so that the profit n (x m (1 - p) - p x l - k) is greatest at
    /// n = s / 2 (((m - k / x) / (m + l) - v) / c - 1). A front of y units is caught with chance v + f y, and y (m (1 - p) - p l) is greatest at
    /// y = (m / (m + l) - v) / (2 f).
    pub(crate) fn answer(&self, terms: &Terms) -> Answer {
        let stake = terms.margin + terms.loss;
        if stake <= 0.0 || terms.margin <= 0.0 {
            return Answer::default();
        }
        let per_stake = 1.0 / stake;
        let gain = terms.margin * per_stake - self.verified;
        let cost = if terms.reach > 0.0 { self.shell_cost / terms.reach * per_stake } else { f64::INFINITY };
        let shells = (self.link_scale * 0.5 * ((gain - cost) * self.per_chance - 1.0)).clamp(0.0, self.most_shells);
        let front = (gain * self.per_front_chance * 0.5).clamp(0.0, self.front_reach);
        Answer {
            shells,
            shell_caught: (self.verified + self.chance * (1.0 + shells * self.per_link)).min(self.surest_capture),
            front,
            front_caught: (self.verified + self.front_chance * front).min(self.surest_capture),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Smuggler = Smuggler {
        per_supply: 1.0,
        shell_cost: 200_000.0,
        chance: 0.03,
        per_chance: 1.0 / 0.03,
        link_scale: 8.0,
        per_link: 0.125,
        verified: 0.0,
        front_chance: 1e-5,
        per_front_chance: 1e5,
        front_reach: 1e9,
        most_shells: 60.0,
        surest_capture: 0.95,
    };
    const TERMS: Terms = Terms { margin: 13_000.0, loss: 50_000.0, reach: 1_699.0 };

    fn shell_profit(smuggler: &Smuggler, terms: &Terms, shells: f64) -> f64 {
        let caught = smuggler.verified + smuggler.chance * (1.0 + shells / smuggler.link_scale);
        shells * (terms.reach * terms.margin * (1.0 - caught) - caught * terms.reach * terms.loss - smuggler.shell_cost)
    }

    fn front_profit(smuggler: &Smuggler, terms: &Terms, units: f64) -> f64 {
        let caught = smuggler.verified + smuggler.front_chance * units;
        units * (terms.margin * (1.0 - caught) - caught * terms.loss)
    }

    #[test]
    fn nothing_else_pays_better() {
        for reach in [50.0, 200.0, 500.0, 1_699.0, 5_000.0] {
            for verified in [0.0, 0.05] {
                let (smuggler, terms) = (Smuggler { verified, ..OWN }, Terms { reach, ..TERMS });
                let best = smuggler.answer(&terms);
                let most = [shell_profit(&smuggler, &terms, best.shells), front_profit(&smuggler, &terms, best.front)];
                for step in 0..=600 {
                    let step = f64::from(step);
                    let others =
                        [shell_profit(&smuggler, &terms, step / 10.0), front_profit(&smuggler, &terms, step * 100.0)];
                    for (most, other) in most.iter().zip(others) {
                        assert!(other <= most + 1e-6 * most.abs(), "{reach}: {step}");
                    }
                }
            }
        }
    }

    #[test]
    fn who_cannot_gain_does_not_try() {
        let none = Smuggler { verified: 0.5, ..OWN }.answer(&TERMS);
        assert_eq!((none.shells, none.front), (0.0, 0.0));
        assert_eq!(OWN.answer(&Terms { reach: 10.0, ..TERMS }).shells, 0.0, "a shell costs more than it brings");
        assert_eq!(OWN.answer(&Terms { reach: 0.0, ..TERMS }).shells, 0.0);
        let watched = Smuggler { chance: 0.9, per_chance: 1.0 / 0.9, ..OWN };
        assert_eq!(watched.answer(&TERMS).shells, 0.0, "nearly certain to be caught");
        assert_eq!(OWN.answer(&Terms { margin: 0.0, ..TERMS }).front, 0.0);
    }

    #[test]
    fn a_lower_threshold_or_more_agents_never_help_the_smuggler() {
        let flow = |smuggler: &Smuggler, terms: &Terms| {
            let answer = smuggler.answer(terms);
            answer.shells * terms.reach * (1.0 - answer.shell_caught)
        };
        let mut last = f64::INFINITY;
        for reach in [3_000.0, 1_699.0, 1_000.0, 500.0, 100.0, 20.0] {
            let arriving = flow(&OWN, &Terms { reach, ..TERMS });
            assert!(arriving <= last);
            last = arriving;
        }
        assert!(flow(&Smuggler { chance: 0.06, per_chance: 1.0 / 0.06, ..OWN }, &TERMS) < flow(&OWN, &TERMS));
    }
}
