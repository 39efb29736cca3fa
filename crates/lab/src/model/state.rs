//! What is carried from step to step: levels that grow, stocks, accounts and queues.

use super::parameters::{Parameter as P, Point, at};
use super::prepared::Prepared;
use super::smuggler::Ground;

/// Growth that is multiplied up from quarter to quarter instead of raised to powers.
pub(super) struct Growth {
    pub(super) supply: f64,
    pub(super) domestic: f64,
    pub(super) price: f64,
    pub(super) tier2: f64,
    /// Gigawatts for AI in the world and in the United States, and those that an H100e takes.
    pub(super) power_world: f64,
    pub(super) power_home: f64,
    pub(super) gigawatts: f64,
}

/// Growth at the beginning of 2025, and from quarter to quarter.
pub(super) fn start(prepared: &Prepared, point: &Point) -> (Growth, Growth) {
    let constants = &prepared.constants;
    // Values are anchored at the end of 2025, three quarters on from the first.
    let quarterly = |yearly: f64| yearly.sqrt().sqrt();
    let over_six_years = |from: f64, to: f64| libm::exp(libm::log(to / from) / 24.0);
    let halving = |years: f64| libm::exp(-std::f64::consts::LN_2 / years / 4.0);
    let world = at(point, P::PowerStart);
    let home = world * constants.power_home_share;
    let step = Growth {
        supply: quarterly(at(point, P::SupplyGrowth)),
        domestic: quarterly(at(point, P::DomesticGrowth)),
        price: halving(at(point, P::PriceHalving)),
        tier2: quarterly(at(point, P::Tier2Growth)),
        power_world: over_six_years(world, at(point, P::PowerWorld)),
        power_home: over_six_years(home, at(point, P::PowerHome)),
        gigawatts: halving(at(point, P::PowerHalving)),
    };
    let back = |step: f64| 1.0 / (step * step * step);
    let level = Growth {
        supply: at(point, P::SupplyFlow) * back(step.supply),
        domestic: at(point, P::Domestic) * back(step.domestic),
        price: at(point, P::Price),
        tier2: 1.0,
        power_world: world,
        power_home: home,
        gigawatts: constants.kilowatts_an_h100e * 1e-6,
    };
    (level, step)
}

impl Growth {
    /// Goes on by a quarter.
    pub(super) fn advance(&mut self, step: &Growth) {
        self.supply *= step.supply;
        self.domestic *= step.domestic;
        self.price *= step.price;
        self.tier2 *= step.tier2;
        self.power_world *= step.power_world;
        self.power_home *= step.power_home;
        self.gigawatts *= step.gigawatts;
    }
}

/// What is carried from step to step.
pub(super) struct State {
    /// By country outside tier 3: what licenses granted, what national validated end-users got, and all that it was served.
    pub(super) used: Vec<f64>,
    pub(super) used_national: Vec<f64>,
    pub(super) served: Vec<f64>,
    /// By country of tier 3: what licenses granted.
    pub(super) used_third: Vec<f64>,
    pub(super) home: f64,
    pub(super) tier3: f64,
    pub(super) abroad: f64,
    /// Gigawatts that chips in use take, in the world but for tier 3, and in the United States.
    pub(super) power_world: f64,
    pub(super) power_home: f64,
    pub(super) stockpile: f64,
    /// Applications that wait.
    pub(super) backlog: f64,
    /// Schemes a year that the agency came upon in the step before.
    pub(super) leads: f64,
    pub(super) grounds: Vec<Ground>,
}

impl State {
    /// The beginning of 2025.
    pub(super) fn new(prepared: &Prepared, point: &Point) -> State {
        let none = || vec![0.0; prepared.abroad.len()];
        let home = at(point, P::StockUnitedStates);
        let at_home = at(point, P::UnitedStatesShare);
        let abroad = home * (1.0 - at_home) / at_home.max(0.05);
        let gigawatts = prepared.constants.kilowatts_in_use * 1e-6;
        State {
            used: none(),
            used_national: none(),
            served: none(),
            used_third: vec![0.0; prepared.third.len()],
            home,
            tier3: at(point, P::StockTier3),
            abroad,
            power_world: (home + abroad) * gigawatts,
            power_home: home * gigawatts,
            stockpile: 0.0,
            backlog: 0.0,
            leads: 0.0,
            grounds: Vec::new(),
        }
    }
}
