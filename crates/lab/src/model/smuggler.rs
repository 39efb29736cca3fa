//! The smuggler's best answer to a policy: where, by how many shells, and how much through big fronts.

use super::parameters::{Parameter as P, Point, at};
use crate::scenario::{ModelConstants, Scope};
use crate::timeline::Regime;

/// Countries that are alike for a smuggler: how much a shell can place there, how surely it is caught, and how much can hide in honest trade.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Ground {
    /// H100e a year that one shell can place.
    pub(crate) reach: f64,
    /// Times as likely as elsewhere that a shell is caught.
    pub(crate) hazard: f64,
    /// H100e a year that all shells together can hide there.
    pub(crate) room: f64,
}

/// Most kinds of ground that are told apart in a step.
pub(crate) const MOST_GROUNDS: usize = 12;

/// What a smuggler reckons with in a step, for each H100e.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Dollars gained on each unit that arrives.
    pub(crate) margin: f64,
    /// Dollars lost on each unit that is caught.
    pub(crate) loss: f64,
    /// Part of the agency's effort that is free for a further scheme, from 0 to 1.
    pub(crate) effort: f64,
    /// Networks and fronts that there are.
    pub(crate) networks: f64,
    pub(crate) fronts: f64,
    /// Times as likely as elsewhere that a front is caught, over all countries where it can be.
    pub(crate) front_hazard: f64,
    /// H100e a year that all fronts together can hide.
    pub(crate) front_room: f64,
}

/// What does not change while a regime holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Smuggler {
    /// Dollars a year for a shell, and the most that one can place.
    shell_cost: f64,
    shell_reach: f64,
    /// Chance a year that a lone shell is caught.
    chance: f64,
    /// Shells beyond which each makes the others as easy again to find.
    link_scale: f64,
    per_link: f64,
    /// Chance that a lot is found whatever the shell, by location verification, and the share of chips of which nothing is told.
    verified: f64,
    evading: f64,
    /// Chance a year that a front is caught, for each unit, and units that it can place at the most.
    front_chance: f64,
    front_reach: f64,
    /// Of what a caught scheme places in a year, the part that is seized.
    seized: f64,
    /// The most shells of a network, and the chance above which no scheme is caught.
    most_shells: f64,
    surest_capture: f64,
    /// Schemes a year that the agency can bring to an end.
    pub(crate) capacity: f64,
}

/// What pays best, over all networks and fronts, in a year.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    /// Shells in all.
    pub(crate) shells: f64,
    pub(crate) shells_caught: f64,
    /// H100e that shells send, and of these what is seized.
    pub(crate) by_shells: f64,
    pub(crate) shell_seized: f64,
    pub(crate) fronts_caught: f64,
    pub(crate) by_fronts: f64,
    pub(crate) front_seized: f64,
}

impl Answer {
    /// H100e a year that arrive.
    pub(crate) fn arriving(&self) -> f64 {
        self.by_shells - self.shell_seized + self.by_fronts - self.front_seized
    }
}

/// Shells of one network, by ground.
#[derive(Clone, Copy, Debug, Default)]
struct Plan {
    shells: f64,
    caught: f64,
    placed: f64,
    seized: f64,
    profit: f64,
}

impl Smuggler {
    /// A smuggler under a regime, at a value of each parameter.
    pub(crate) fn new(regime: &Regime, constants: &ModelConstants, point: &Point) -> Smuggler {
        let scope = match regime.scope {
            Scope::Consignee => at(point, P::ScopeConsignee),
            Scope::UltimateParent => 1.0,
            Scope::Cluster => at(point, P::ScopeCluster),
        };
        let budget = regime.budget;
        let effort = if budget == 1.0 { 1.0 } else { libm::exp(libm::log(budget) * at(point, P::Elasticity)) };
        let link_scale = at(point, P::LinkScale) * scope;
        let covered = at(point, P::Coverage) * (1.0 - at(point, P::Spoofing));
        Smuggler {
            shell_cost: at(point, P::ShellCost),
            shell_reach: at(point, P::ShellReach),
            chance: at(point, P::ShellDetection) * effort,
            link_scale,
            per_link: 1.0 / link_scale,
            verified: if regime.verification { at(point, P::Verification) } else { 0.0 },
            evading: 1.0 - covered,
            front_chance: at(point, P::FrontDetection) * effort / 1_000.0,
            front_reach: at(point, P::FrontReach),
            seized: at(point, P::Seized),
            most_shells: constants.most_shells,
            surest_capture: constants.surest_capture,
            capacity: at(point, P::Capacity) * budget,
        }
    }

    /// What pays best: all chips at the risk that verification adds, or only those of which nothing is told.
    pub(crate) fn answer(&self, terms: &Terms, grounds: &[Ground]) -> Answer {
        if terms.margin <= 0.0 {
            return Answer::default();
        }
        if self.verified <= 0.0 {
            return self.carry_out(terms, self.plan(terms, grounds, 0.0, 1.0), self.front(terms, 0.0, 1.0));
        }
        let risk = self.verified * (1.0 - self.evading);
        let (all, quiet) = (self.plan(terms, grounds, risk, 1.0), self.plan(terms, grounds, 0.0, self.evading));
        let shells = if all.profit >= quiet.profit { all } else { quiet };
        let (all, quiet) = (self.front(terms, risk, 1.0), self.front(terms, 0.0, self.evading));
        let front = if all.profit >= quiet.profit { all } else { quiet };
        self.carry_out(terms, shells, front)
    }

    fn carry_out(&self, terms: &Terms, shells: Plan, front: Plan) -> Answer {
        Answer {
            shells: shells.shells * terms.networks,
            shells_caught: shells.caught * terms.networks,
            by_shells: shells.placed * terms.networks,
            shell_seized: shells.seized * terms.networks,
            fronts_caught: front.caught * terms.fronts,
            by_fronts: front.placed * terms.fronts,
            front_seized: front.seized * terms.fronts,
        }
    }

    /// What a unit costs that is caught: the gain on the part that is seized, and the loss.
    fn stake(&self, terms: &Terms) -> f64 {
        terms.margin * self.seized + terms.loss
    }

    /// The shells of a network that pay best, in one ground after the other, the best first.
    ///
    /// With n shells each is caught with chance v + c (1 + n / s). A further shell in a ground of reach x and chance c brings
    /// x m - k - (m q + l) (x (v + c (1 + n / s)) + e / s), with e the sum of x c over all shells: they are set up there until that is nothing.
    fn plan(&self, terms: &Terms, grounds: &[Ground], verified: f64, share: f64) -> Plan {
        let (margin, stake) = (terms.margin, self.stake(terms));
        let chance = self.chance * terms.effort;
        let per_stake = 1.0 / stake;
        let mut order = [(0.0_f64, Ground::default()); MOST_GROUNDS];
        let mut count = 0;
        for ground in grounds.iter().take(MOST_GROUNDS) {
            let reach = ground.reach.min(self.shell_reach) * share;
            let worth = (reach * margin - self.shell_cost) * per_stake - reach * (verified + chance * ground.hazard);
            if reach > 0.0 && ground.room > 0.0 && worth > 0.0 {
                let mut place = count;
                while place > 0 && order.get(place - 1).is_some_and(|(other, _)| *other < worth) {
                    order.swap(place, place - 1);
                    place -= 1;
                }
                if let Some(slot) = order.get_mut(place) {
                    *slot = (worth, Ground { reach, room: ground.room * share, ..*ground });
                }
                count += 1;
            }
        }
        self.fill(terms, order.get(..count).unwrap_or(&[]), chance, verified)
    }

    fn fill(&self, terms: &Terms, order: &[(f64, Ground)], chance: f64, verified: f64) -> Plan {
        let stake = self.stake(terms);
        let (mut shells, mut exposed) = (0.0, 0.0);
        let mut in_ground = [0.0; MOST_GROUNDS];
        for ((worth, ground), number) in order.iter().zip(&mut in_ground) {
            let each = ground.reach * chance * ground.hazard;
            let gain = worth - (each * shells + exposed) * self.per_link;
            let room = ground.room / (ground.reach * terms.networks);
            *number = (gain * self.link_scale / (2.0 * each)).clamp(0.0, room.min(self.most_shells - shells).max(0.0));
            shells += *number;
            exposed += *number * each;
        }
        let mut plan = Plan { shells, ..Plan::default() };
        for ((_, ground), number) in order.iter().zip(&in_ground) {
            let caught = verified + chance * ground.hazard * (1.0 + shells * self.per_link);
            let caught = caught.min(self.surest_capture);
            let units = number * ground.reach;
            plan.caught += number * caught;
            plan.placed += units;
            plan.seized += units * caught * self.seized;
            plan.profit += units * (terms.margin - stake * caught) - number * self.shell_cost;
        }
        plan
    }

    /// A front of y units is caught with chance v + f y, and y (m - (m q + l) (v + f y)) is greatest at y = (m / (m q + l) - v) / (2 f).
    fn front(&self, terms: &Terms, verified: f64, share: f64) -> Plan {
        let (chance, stake) = (self.front_chance * terms.effort * terms.front_hazard, self.stake(terms));
        let room = if terms.fronts > 0.0 { terms.front_room * share / terms.fronts } else { 0.0 };
        let best = (terms.margin / stake - verified) / (2.0 * chance);
        let placed = best.clamp(0.0, (self.front_reach * share).min(room));
        let caught = (verified + chance * placed).min(self.surest_capture);
        let profit = placed * (terms.margin - stake * caught);
        Plan {
            shells: 1.0,
            caught: if placed > 0.0 { caught } else { 0.0 },
            placed,
            seized: placed * caught * self.seized,
            profit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMUGGLER: Smuggler = Smuggler {
        shell_cost: 200_000.0,
        shell_reach: 1e9,
        chance: 0.03,
        link_scale: 8.0,
        per_link: 0.125,
        verified: 0.0,
        evading: 0.4,
        front_chance: 1e-5,
        front_reach: 1e9,
        seized: 0.5,
        most_shells: 60.0,
        surest_capture: 0.95,
        capacity: 50.0,
    };
    const TERMS: Terms = Terms {
        margin: 13_000.0,
        loss: 50_000.0,
        effort: 1.0,
        networks: 3.0,
        fronts: 2.0,
        front_hazard: 1.0,
        front_room: 1e12,
    };

    fn ground(reach: f64) -> Ground {
        Ground { reach, hazard: 1.0, room: 1e12 }
    }

    fn shell_profit(smuggler: &Smuggler, grounds: &[Ground], numbers: &[f64]) -> f64 {
        let all: f64 = numbers.iter().sum();
        let of = |(ground, number): (&Ground, &f64)| {
            let caught = smuggler.chance * ground.hazard * (1.0 + all / smuggler.link_scale);
            let stake = TERMS.margin * smuggler.seized + TERMS.loss;
            number * (ground.reach * (TERMS.margin - stake * caught) - smuggler.shell_cost)
        };
        grounds.iter().zip(numbers).map(of).sum()
    }

    #[test]
    fn nothing_else_pays_better() {
        for reach in [50.0, 200.0, 500.0, 1_699.0, 5_000.0] {
            let best = SMUGGLER.plan(&TERMS, &[ground(reach)], 0.0, 1.0);
            let front = SMUGGLER.front(&TERMS, 0.0, 1.0);
            for step in 0..=600 {
                let step = f64::from(step);
                let other = shell_profit(&SMUGGLER, &[ground(reach)], &[step / 10.0]);
                assert!(other <= best.profit + 1e-6 * best.profit.abs(), "{reach}: {step}");
                let units = step * 100.0;
                let stake = TERMS.margin * SMUGGLER.seized + TERMS.loss;
                let other = units * (TERMS.margin - stake * SMUGGLER.front_chance * units);
                assert!(other <= front.profit + 1e-6 * front.profit, "{step}");
            }
        }
    }

    #[test]
    fn two_grounds_are_filled_the_better_first() {
        let better = Ground { reach: 1_699.0, hazard: 1.0, room: 3.0 * 1_699.0 * 4.0 };
        let worse = Ground { reach: 1_699.0, hazard: 1.5, room: 1e12 };
        let both = SMUGGLER.plan(&TERMS, &[worse, better], 0.0, 1.0);
        let mut most: f64 = 0.0;
        for first in 0..=40 {
            for second in 0..=200 {
                let numbers = [f64::from(first) / 10.0, f64::from(second) / 10.0];
                most = most.max(shell_profit(&SMUGGLER, &[better, worse], &numbers));
            }
        }
        assert!(both.profit >= most * (1.0 - 1e-9) && both.shells > 4.0, "{both:?}, {most}");
    }

    #[test]
    fn who_cannot_gain_does_not_try() {
        let none = |terms: &Terms, smuggler: &Smuggler, reach: f64| smuggler.answer(terms, &[ground(reach)]);
        assert_eq!(none(&TERMS, &SMUGGLER, 10.0).shells, 0.0, "a shell costs more than it brings");
        assert_eq!(none(&TERMS, &SMUGGLER, 0.0).shells, 0.0);
        assert_eq!(
            none(&TERMS, &Smuggler { chance: 0.9, ..SMUGGLER }, 1_699.0).shells,
            0.0,
            "nearly certain to be caught"
        );
        assert_eq!(none(&Terms { margin: 0.0, ..TERMS }, &SMUGGLER, 1_699.0).arriving(), 0.0);
        let nowhere = Ground { room: 0.0, ..ground(1_699.0) };
        assert_eq!(SMUGGLER.answer(&TERMS, &[nowhere]).shells, 0.0, "nothing to hide in");
    }

    #[test]
    fn verification_leaves_the_chips_of_which_nothing_is_told() {
        let plain = SMUGGLER.answer(&TERMS, &[ground(1_699.0)]);
        let watched = Smuggler { verified: 0.9, ..SMUGGLER }.answer(&TERMS, &[ground(1_699.0)]);
        assert!(watched.arriving() > 0.0 && watched.arriving() < plain.arriving(), "{watched:?}, {plain:?}");
    }

    #[test]
    fn a_lower_threshold_or_more_agents_never_help_the_smuggler() {
        let flow = |smuggler: &Smuggler, reach: f64| smuggler.answer(&TERMS, &[ground(reach)]).arriving();
        let mut last = f64::INFINITY;
        for reach in [3_000.0, 1_699.0, 1_000.0, 500.0, 100.0, 20.0] {
            let arriving = flow(&SMUGGLER, reach);
            assert!(arriving <= last);
            last = arriving;
        }
        assert!(flow(&Smuggler { chance: 0.06, ..SMUGGLER }, 1_699.0) < flow(&SMUGGLER, 1_699.0));
    }

    #[test]
    fn no_more_is_placed_than_can_hide() {
        let few = Ground { room: 10_000.0, ..ground(1_699.0) };
        let placed = SMUGGLER.answer(&Terms { fronts: 0.0, ..TERMS }, &[few]).by_shells;
        assert!((placed - 10_000.0).abs() < 1e-6, "{placed}");
    }
}
