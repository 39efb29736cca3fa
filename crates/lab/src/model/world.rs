//! The aggregate world: quarter by quarter, by country, what is supplied, licensed, smuggled and installed, in H100e.

use tollgate_model::Date;

use super::output::Output;
use super::parameters::{Parameter as P, Point, at};
use super::smuggler::{Smuggler, Terms};
use crate::distribution::normal_share;
use crate::rules::{Grant, QUARTERS, RuleTable, YEARS, middle};
use crate::scenario::{Arm, Demand, ModelConstants, Scenario};

/// What a run came to: for each output, each year.
pub(crate) type Outcome = [[f64; YEARS]; Output::COUNT];

/// An arm, ready to be run.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) arm: Arm,
    constants: ModelConstants,
    /// Tier 2, each country's share of its demand; tier 1 behind it. Both in the order of the demand.
    tier2: Vec<f64>,
    tier1: Vec<f64>,
    /// By quarter.
    quarters: Vec<Quarter>,
    /// What the law can come to for a buyer in tier 2.
    classes: Vec<Class>,
    /// Which class each country of tier 2 is in; few of these occur.
    assignments: Vec<Vec<usize>>,
    announced: Option<(Date, Date)>,
    /// The share of tier 2's demand in countries with an agreement.
    agreement: f64,
}

/// Four countries, which are reckoned with at once.
type Four = [f64; 4];

/// Up to four numbers; those of countries that nobody is are nothing.
fn four(of: &[f64]) -> Four {
    std::array::from_fn(|place| of.get(place).copied().unwrap_or(0.0))
}

/// What the law comes to in a quarter.
#[derive(Clone, Debug)]
struct Quarter {
    /// Which of the prepared assignments of classes to countries.
    assignment: usize,
    /// What licenses may grant in all, by country of tier 2.
    caps: Vec<Four>,
    /// H100 that one shell can place in a year under the most generous law of tier 2.
    reach: f64,
    /// Whether the rule is announced and not in force.
    pending: bool,
    /// Whether tier 3 gets lesser chips without a license, and others under licenses.
    lesser: bool,
    licensed: bool,
}

/// A limit, how licenses are reviewed, and whether universal validated end-users get what they want.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Class {
    free: f64,
    grant: Grant,
    validated: bool,
}

impl Prepared {
    /// An arm of a scenario, ready to be run under what the law comes to; `rules` are in the order of the scenario's demand.
    pub(crate) fn new(arm: &Arm, rules: &RuleTable, scenario: &Scenario) -> Prepared {
        let demand = scenario.demand.as_slice();
        let share = |tier: u8| demand.iter().filter(|part| part.tier == tier).map(|part| part.share).collect();
        let mut prepared = Prepared {
            arm: arm.clone(),
            constants: scenario.constants.clone(),
            tier2: share(2),
            tier1: share(1),
            quarters: Vec::new(),
            classes: Vec::new(),
            assignments: Vec::new(),
            announced: arm.announced.zip(arm.effective),
            agreement: demand
                .iter()
                .filter(|part| part.tier == 2 && arm.agreements.contains(&part.country))
                .map(|part| part.share)
                .sum(),
        };
        for quarter in 0..QUARTERS {
            let of_quarter = prepared.quarter(quarter, rules, demand);
            prepared.quarters.push(of_quarter);
        }
        prepared
    }

    /// Makes every quarter of it come to what cannot be.
    #[cfg(test)]
    pub(crate) fn spoil(&mut self) {
        self.constants.interest_a_year = f64::NAN;
    }

    fn quarter(&mut self, quarter: usize, rules: &RuleTable, demand: &[Demand]) -> Quarter {
        let laws = |tier: u8| {
            rules
                .by_country
                .iter()
                .zip(demand)
                .filter(move |(_, part)| part.tier == tier)
                .filter_map(move |(laws, _)| laws.get(quarter))
        };
        let class = laws(2).map(|law| {
            let class = Class { free: law.free, grant: law.grant, validated: law.validated };
            self.classes.iter().position(|known| *known == class).unwrap_or_else(|| {
                self.classes.push(class);
                self.classes.len() - 1
            })
        });
        let class: Vec<usize> = class.collect();
        let assignment = self.assignments.iter().position(|known| *known == class).unwrap_or_else(|| {
            self.assignments.push(class);
            self.assignments.len() - 1
        });
        let third = laws(3).next();
        let day = middle(quarter);
        let caps: Vec<f64> = laws(2).map(|law| law.cap).collect();
        Quarter {
            assignment,
            caps: caps.chunks(4).map(four).collect(),
            reach: laws(2).map(|law| law.free).fold(0.0, f64::max),
            pending: self.announced.is_some_and(|(announced, effective)| announced <= day && day < effective),
            lesser: third.is_some_and(|law| law.lesser),
            licensed: third.is_some_and(|law| law.grant == Grant::Case),
        }
    }
}

/// Most countries of a tier, and most classes of law, that are looked at.
const MOST: usize = 64;
const CLASSES: usize = 16;

/// Growth that is multiplied up instead of raised to powers.
struct Growth {
    supply: f64,
    domestic: f64,
    price: f64,
    tier2: f64,
}

fn start(point: &Point) -> (Growth, Growth) {
    // Values are anchored at the end of 2025, three quarters on from the first.
    let quarterly = |yearly: f64| yearly.sqrt().sqrt();
    let step = Growth {
        supply: quarterly(at(point, P::SupplyGrowth)),
        domestic: quarterly(at(point, P::DomesticGrowth)),
        price: libm::exp(-std::f64::consts::LN_2 / at(point, P::PriceHalving) / 4.0),
        tier2: quarterly(at(point, P::Tier2Growth)),
    };
    let back = |step: f64| 1.0 / (step * step * step);
    let level = Growth {
        supply: at(point, P::SupplyFlow) * back(step.supply),
        domestic: at(point, P::Domestic) * back(step.domestic),
        price: at(point, P::Price),
        tier2: 1.0,
    };
    (level, step)
}

/// What an assignment of classes comes to for a unit of demand in tier 2.
struct Wanted {
    /// What licenses would grant each country.
    granted: [Four; MOST / 4],
    /// Served without a license, and asked for by license.
    free: f64,
    by_license: f64,
    /// Of buyers close under the limit.
    near: f64,
}

/// What each class comes to: served without a license, asked for, granted, near the limit.
fn of_classes(prepared: &Prepared, point: &Point) -> [[f64; 4]; CLASSES] {
    let (middle, spread) = (libm::log(at(point, P::BuyerMedian)), at(point, P::BuyerSpread));
    let below = |limit: f64, moment: f64| match limit {
        limit if limit <= 0.0 => 0.0,
        limit if limit.is_infinite() => 1.0,
        limit => normal_share((libm::log(limit) - middle) / spread - moment * spread),
    };
    let mut all = [[0.0; 4]; CLASSES];
    for (values, class) in all.iter_mut().zip(&prepared.classes) {
        let validated = if class.validated { at(point, P::Hyperscale) } else { 0.0 };
        let by_license = (1.0 - validated) * (1.0 - below(class.free, 1.0));
        let grant = match class.grant {
            Grant::Approval => at(point, P::GrantApproval),
            Grant::Case => at(point, P::GrantCase),
            Grant::Denial => 0.0,
        };
        let near = if class.free.is_finite() {
            below(class.free, 0.0) - below(class.free * prepared.constants.near_limit_from_share, 0.0)
        } else {
            0.0
        };
        *values = [1.0 - by_license, by_license, by_license * grant, near * (1.0 - validated)];
    }
    all
}

/// Honest buyers in tier 2.
struct Buyers {
    /// What each assignment comes to.
    wanted: Vec<Wanted>,
    /// H100e a year of the mean buyer.
    mean_h100e: f64,
}

fn buyers(prepared: &Prepared, point: &Point) -> Buyers {
    let classes = of_classes(prepared, point);
    let of_assignment = |class: &Vec<usize>| {
        let mut total = Wanted { granted: [[0.0; 4]; MOST / 4], free: 0.0, by_license: 0.0, near: 0.0 };
        let cells = prepared.tier2.iter().zip(class).zip(total.granted.as_flattened_mut());
        for ((share, class), granted) in cells {
            let [free, by_license, grant, near] = classes.get(*class).copied().unwrap_or([0.0; 4]);
            total.free += share * free;
            total.by_license += share * by_license;
            total.near += share * near;
            *granted = share * grant;
        }
        total
    };
    let spread = at(point, P::BuyerSpread);
    let mean = at(point, P::BuyerMedian) * libm::exp(spread * spread / 2.0);
    Buyers { wanted: prepared.assignments.iter().map(of_assignment).collect(), mean_h100e: mean }
}

/// What is carried from quarter to quarter.
struct State {
    used: [Four; MOST / 4],
    /// What tier 1 got in all.
    tier1: f64,
    home: f64,
    tier3: f64,
    stockpile: f64,
    /// H100e a year that reached tier 3 in the quarter before: what the premium answers to.
    flow: f64,
}

/// Sums of a year, by output.
type Sums = [f64; Output::COUNT];

#[expect(clippy::indexing_slicing, reason = "the enumeration is as long as the array")]
fn add(sums: &mut Sums, output: Output, value: f64) {
    sums[output as usize] += value;
}

/// Runs one world.
pub(crate) fn simulate(prepared: &Prepared, point: &Point) -> Outcome {
    run(prepared, point).0
}

/// Runs one world: what it came to, and what tier 1 got in all.
fn run(prepared: &Prepared, point: &Point) -> (Outcome, f64) {
    let mut outcome = [[0.0; YEARS]; Output::COUNT];
    let (mut level, step) = start(point);
    let buyers = buyers(prepared, point);
    let smuggler = Smuggler::new(&prepared.arm, &prepared.constants, point);
    let mut state = State {
        used: [[0.0; 4]; MOST / 4],
        tier1: 0.0,
        home: at(point, P::StockUnitedStates),
        tier3: at(point, P::StockTier3),
        stockpile: 0.0,
        flow: 0.0,
    };
    let retired = 0.25 / at(point, P::Life);
    for (year, quarters) in prepared.quarters.chunks(4).enumerate() {
        let mut sums = [0.0; Output::COUNT];
        for quarter in quarters {
            let market = Market { prepared, point, quarter, level: &level };
            let abroad = market.serve_honest_buyers(&buyers, &mut state, &mut sums);
            let flow = market.supply_tier3(&smuggler, &mut state, &mut sums);
            let stays = (level.supply - abroad - flow.taken).max(0.0);
            state.home += stays - state.home * retired;
            state.tier3 += flow.arrived - state.tier3 * retired;
            add(&mut sums, Output::FlowRatio, stays);
            level.supply *= step.supply;
            level.domestic *= step.domestic;
            level.price *= step.price;
            level.tier2 *= step.tier2;
        }
        finish(&mut sums, &state);
        outcome.iter_mut().zip(sums).for_each(|(of, sum)| {
            if let Some(slot) = of.get_mut(year) {
                *slot = sum;
            }
        });
    }
    (outcome, state.tier1)
}

/// Ratios and means out of a year's sums, and stocks at its end.
#[expect(clippy::indexing_slicing, reason = "the enumeration is as long as the array")]
fn finish(sums: &mut Sums, state: &State) {
    let of = |output: Output| sums[output as usize];
    let leaked = of(Output::Smuggled) + of(Output::Stockpiled) + of(Output::Lawful);
    let gained = leaked + of(Output::Domestic);
    let flow = if gained > 0.0 { of(Output::FlowRatio) / gained } else { 0.0 };
    sums[Output::FlowRatio as usize] = flow;
    sums[Output::Leaked as usize] = leaked;
    sums[Output::HomeStock as usize] = state.home;
    sums[Output::Tier3Stock as usize] = state.tier3;
    sums[Output::StockRatio as usize] = state.home / state.tier3;
    for output in [Output::Weeks, Output::NearLimit, Output::Deterred] {
        sums[output as usize] /= 4.0;
    }
}

/// The lesser of two numbers, in one instruction.
fn lesser(one: f64, other: f64) -> f64 {
    if one < other { one } else { other }
}

/// A quarter of a world.
struct Market<'a> {
    prepared: &'a Prepared,
    point: &'a Point,
    quarter: &'a Quarter,
    level: &'a Growth,
}

/// H100e of a quarter that concern tier 3.
struct Tier3Flow {
    /// What it took of the western supply, with what was caught on the way.
    taken: f64,
    /// What arrived there, with what is made there.
    arrived: f64,
}

impl Market<'_> {
    /// What honest buyers abroad get in a quarter, in H100e; what it costs them goes into the year's sums.
    fn serve_honest_buyers(&self, buyers: &Buyers, state: &mut State, year: &mut Sums) -> f64 {
        let Market { prepared, point, quarter, level } = *self;
        let constants = &prepared.constants;
        let outside = at(point, P::Tier2Share) * level.tier2 * level.supply;
        let left = 1.0 - at(point, P::UnitedStatesShare) - at(point, P::Tier2Share);
        let inside = left.max(constants.tier1_least_share) * constants.tier1_bought_share * level.supply;
        state.tier1 += inside;
        let Some(demand) = buyers.wanted.get(quarter.assignment) else { return inside };
        let mut sums = [0.0; 4];
        for ((wanted, caps), used) in demand.granted.iter().zip(&quarter.caps).zip(&mut state.used) {
            for (((wanted, cap), used), sum) in wanted.iter().zip(caps).zip(used).zip(&mut sums) {
                let room = cap - *used;
                let granted = lesser(wanted * outside, if room > 0.0 { room } else { 0.0 });
                *used += granted;
                *sum += granted;
            }
        }
        let got: f64 = sums.iter().sum();
        let (free, by_license, near) = (demand.free * outside, demand.by_license * outside, demand.near * outside);
        let cases = by_license / at(point, P::LicenseSize);
        // The weeks are those of the present workload: more applications take longer.
        let weeks =
            if cases > 0.0 { at(point, P::LicenseWeeks) * (1.0 + cases * constants.queue_per_case) } else { 0.0 };
        let served = inside + free + got;
        add(year, Output::Served, served);
        add(year, Output::Unmet, by_license - got);
        add(year, Output::Cases, cases);
        add(year, Output::Hours, cases * at(point, P::LicenseHours));
        add(year, Output::Weeks, weeks);
        add(year, Output::WaitingCost, got * level.price * weeks * (constants.interest_a_year / 52.0));
        // A year's demand over the size of the mean buyer is how many there are.
        add(year, Output::NearLimit, near * 4.0 / buyers.mean_h100e);
        served
    }

    /// What tier 3 gets in a quarter, by shells, fronts and lawfully, and what is bought ahead.
    fn supply_tier3(&self, smuggler: &Smuggler, state: &mut State, sums: &mut Sums) -> Tier3Flow {
        let Market { prepared, point, quarter, level } = *self;
        let constants = &prepared.constants;
        // Wants grow with the supply; what is bought ahead is drawn on little by little.
        let wants = level.supply * smuggler.per_supply;
        let appetite = at(point, P::Appetite) * wants;
        let draw = state.stockpile * constants.stockpile_drawn_share;
        state.stockpile -= draw;
        let sated = lesser((state.flow + 4.0 * draw) / appetite, 1.0);
        let terms = Terms {
            margin: (at(point, P::Premium) - 1.0) * (1.0 - sated) * level.price,
            loss: at(point, P::Penalty) * level.price,
            reach: lesser(quarter.reach, at(point, P::ShellReach)),
        };
        // Networks and fronts grow with what is wanted.
        let scale = if wants > constants.least_scale { wants } else { constants.least_scale };
        let answer = smuggler.answer(&terms);
        let tried = at(point, P::Networks) * scale * answer.shells;
        let by_shells = tried * terms.reach * 0.25;
        let fronts = at(point, P::Fronts) * scale;
        let leakage = 1.0 - prepared.agreement * (1.0 - at(point, P::Trust));
        let by_fronts = fronts * answer.front * leakage * 0.25;

        let through = by_shells * (1.0 - answer.shell_caught);
        let arrived = through + by_fronts * (1.0 - answer.front_caught);
        let lost = by_shells * answer.shell_caught + by_fronts * answer.front_caught;
        let ahead = if quarter.pending { at(point, P::Stockpile) } else { 0.0 };
        state.stockpile += ahead;
        let free = if quarter.lesser { at(point, P::Legal3) } else { 0.0 };
        let licensed = if quarter.licensed { at(point, P::Licensed3) } else { 0.0 };
        let lawful = free + licensed;
        state.flow += constants.flow_smoothing * (4.0 * (arrived + licensed) - state.flow);
        let rented = at(point, P::Rent) * (appetite * 0.25 - arrived - draw - lawful).max(0.0);

        add(sums, Output::Smuggled, arrived);
        add(sums, Output::ByShells, through);
        add(sums, Output::Intercepted, lost);
        add(sums, Output::Stockpiled, ahead);
        add(sums, Output::Lawful, lawful);
        add(sums, Output::Rented, rented);
        add(sums, Output::Domestic, level.domestic);
        add(sums, Output::Schemes, (tried + fronts) * 0.25);
        add(sums, Output::Caught, (tried * answer.shell_caught + fronts * answer.front_caught) * 0.25);
        add(sums, Output::Deterred, if answer.shells <= 0.0 { 1.0 } else { 0.0 });
        Tier3Flow { taken: arrived + lost + ahead + lawful, arrived: arrived + ahead + lawful + level.domestic }
    }
}

/// What each country but the United States and tier 3 was served over all years: tier 1 by its shares, tier 2 as it went.
pub(crate) fn served_by_country(prepared: &Prepared, point: &Point) -> (Vec<f64>, Vec<f64>, Outcome) {
    let (outcome, inside) = run(prepared, point);
    // Of tier 2 what is free follows the shares, what is licensed what each country's allocation allowed.
    let tier1 = prepared.tier1.iter().map(|share| share * inside).collect();
    (tier1, tier2_by_country(prepared, point), outcome)
}

fn tier2_by_country(prepared: &Prepared, point: &Point) -> Vec<f64> {
    let (mut level, step) = start(point);
    let (buyers, classes) = (buyers(prepared, point), of_classes(prepared, point));
    let mut all = vec![0.0; prepared.tier2.len()];
    let mut used = vec![0.0; prepared.tier2.len()];
    for quarter in &prepared.quarters {
        let outside = at(point, P::Tier2Share) * level.tier2 * level.supply;
        let (Some(demand), Some(class)) =
            (buyers.wanted.get(quarter.assignment), prepared.assignments.get(quarter.assignment))
        else {
            break;
        };
        let cells =
            demand.granted.as_flattened().iter().zip(quarter.caps.as_flattened()).zip(prepared.tier2.iter().zip(class));
        for (((wanted, cap), (share, class)), (all, used)) in cells.zip(all.iter_mut().zip(&mut used)) {
            let granted = lesser(wanted * outside, (cap - *used).max(0.0));
            let [free, ..] = classes.get(*class).copied().unwrap_or([0.0; 4]);
            *used += granted;
            *all += granted + free * share * outside;
        }
        level.supply *= step.supply;
        level.tier2 *= step.tier2;
    }
    all
}
