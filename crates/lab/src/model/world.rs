use tollgate_model::Date;

use super::parameters::{Parameter as P, Point, at};
use super::smuggler::{Terms, best_response, front_response};
use crate::distribution::normal_share;
use crate::rules::{Grant, Law, QUARTERS, Rules, YEARS, middle};
use crate::scenario::{Arm, Demand, Scope};

/// What is measured, in each year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// H100e that shells and fronts brought to tier 3.
    Smuggled,
    /// Of these, through shells under the license-free limit.
    ByShells,
    /// H100e that were caught.
    Intercepted,
    /// H100e bought ahead of the rule that went to tier 3.
    Stockpiled,
    /// H100e that went there lawfully.
    Lawful,
    /// H100e that it rented abroad.
    Rented,
    /// H100e of its own making.
    Domestic,
    /// H100e in use there at the end of the year.
    Tier3Stock,
    /// H100e in use in the United States at the end of the year.
    HomeStock,
    /// One by the other.
    StockRatio,
    /// What the United States gained in the year by what tier 3 gained.
    FlowRatio,
    /// H100e that honest buyers abroad wanted and did not get.
    Unmet,
    /// H100e that they got.
    Served,
    /// Licenses that they asked for.
    Cases,
    /// Hours of officers for these.
    Hours,
    /// Weeks that a license took.
    Weeks,
    /// Dollars that waiting cost them, at ten percent a year on what they bought.
    WaitingCost,
    /// Honest buyers between eight tenths of the limit and the limit.
    NearLimit,
    /// Shells and fronts that were tried.
    Schemes,
    /// Of these, caught.
    Caught,
    /// Whether nobody tried shells: their best answer was to stay away.
    Deterred,
    /// All H100e that reached tier 3 from abroad, rented ones aside.
    Leaked,
}

impl Output {
    pub(crate) const COUNT: usize = 22;
}

/// What a run came to: for each output, each year.
pub(crate) type Outcome = [[f64; YEARS]; Output::COUNT];

/// An arm, ready to be run.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) arm: Arm,
    /// Law by quarter, then country; tier 3 left out.
    quarters: Vec<Vec<Cell>>,
    /// Of tier 3.
    tier3: Vec<Law>,
    /// Limits that occur, in H100 a consignee and year.
    limits: Vec<f64>,
    /// The highest of them in each quarter among countries where licenses are needed at all; infinite where none has any.
    reach: Vec<f64>,
    announced: Option<(Date, Date)>,
    /// The share of tier 2's demand in countries with an agreement.
    agreement: f64,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    /// Share of the tier's demand.
    share: f64,
    tier1: bool,
    /// Place among the limits.
    limit: usize,
    cap: f64,
    grant: Grant,
    validated: bool,
}

impl Prepared {
    pub(crate) fn new(arm: &Arm, rules: &Rules, demand: &[Demand]) -> Prepared {
        let mut limits: Vec<f64> = Vec::new();
        let abroad = || rules.of.iter().zip(demand).filter(|(_, demand)| demand.tier < 3);
        let quarters = (0..QUARTERS).map(|quarter| {
            let cells = abroad().filter_map(|(laws, demand)| {
                let law = laws.get(quarter)?;
                let limit = limits.iter().position(|limit| *limit == law.free).unwrap_or_else(|| {
                    limits.push(law.free);
                    limits.len() - 1
                });
                let (share, tier1) = (demand.share, demand.tier == 1);
                Some(Cell { share, tier1, limit, cap: law.cap, grant: law.grant, validated: law.validated })
            });
            cells.collect()
        });
        let quarters: Vec<Vec<Cell>> = quarters.collect();
        let reach = quarters.iter().map(|cells| {
            // Without a limit anywhere abroad a shell places what it can; with limits, what the most generous country grants.
            let outside = cells.iter().filter(|cell| !cell.tier1);
            outside.filter_map(|cell| limits.get(cell.limit)).copied().fold(0.0, f64::max)
        });
        let tier3 = rules.of.iter().zip(demand).find(|(_, demand)| demand.tier == 3).map(|(laws, _)| laws.clone());
        let within = demand.iter().filter(|demand| demand.tier == 2 && arm.agreements.contains(&demand.country));
        Prepared {
            arm: arm.clone(),
            reach: reach.collect(),
            quarters,
            tier3: tier3.unwrap_or_default(),
            limits,
            announced: arm.announced.zip(arm.effective),
            agreement: within.map(|demand| demand.share).sum(),
        }
    }

    /// Whether buyers know in a quarter that the rule is to come.
    fn is_pending(&self, quarter: usize) -> bool {
        let day = middle(quarter);
        self.announced.is_some_and(|(announced, effective)| announced <= day && day < effective)
    }
}

/// Most countries that are looked at.
pub(crate) const MOST: usize = 64;

/// What is carried from quarter to quarter.
struct State {
    used: [f64; MOST],
    home: f64,
    tier3: f64,
    stockpile: f64,
    /// H100e a year that reached tier 3 in the quarter before: what the premium answers to.
    flow: f64,
}

/// Growth that is multiplied up instead of raised to powers.
struct Growth {
    supply: f64,
    domestic: f64,
    price: f64,
    tier2: f64,
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn start(point: &Point) -> (Growth, Growth) {
    // Values are anchored at the end of 2025, three quarters on from the first.
    let quarterly = |yearly: f64| libm::exp(libm::log(yearly) / 4.0);
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

/// Runs one world.
pub(crate) fn simulate(prepared: &Prepared, point: &Point) -> Outcome {
    simulate_in(prepared, point, &mut [0.0; MOST])
}

/// Runs one world and tells what each country but the United States and tier 3 was served, in the order of the demand.
pub(crate) fn simulate_in(prepared: &Prepared, point: &Point, countries: &mut [f64; MOST]) -> Outcome {
    let mut outcome = [[0.0; YEARS]; Output::COUNT];
    let (mut level, step) = start(point);
    let shares = buyer_shares(prepared, point);
    let mut state = State {
        used: [0.0; MOST],
        home: at(point, P::StockUnitedStates),
        tier3: at(point, P::StockTier3),
        stockpile: 0.0,
        flow: 0.0,
    };
    for quarter in 0..QUARTERS {
        let mut year = Year { outcome: &mut outcome, year: quarter / 4 };
        let abroad = honest(prepared, point, (quarter, &level, &shares), (&mut state, countries), &mut year);
        let inflow = tier3(prepared, point, quarter, &level, &mut state, &mut year);
        let kept = (level.supply - abroad - inflow.taken).max(0.0);
        let retired = 1.0 / (4.0 * at(point, P::Life));
        state.home += kept - state.home * retired;
        state.tier3 += inflow.arrived - state.tier3 * retired;
        year.set(Output::HomeStock, state.home);
        year.set(Output::Tier3Stock, state.tier3);
        year.set(Output::StockRatio, state.home / state.tier3);
        year.add(Output::FlowRatio, kept);
        level.supply *= step.supply;
        level.domestic *= step.domestic;
        level.price *= step.price;
        level.tier2 *= step.tier2;
    }
    finish(&mut outcome);
    outcome
}

struct Year<'a> {
    outcome: &'a mut Outcome,
    year: usize,
}

impl Year<'_> {
    fn slot(&mut self, output: Output) -> Option<&mut f64> {
        self.outcome.get_mut(output as usize)?.get_mut(self.year)
    }

    fn add(&mut self, output: Output, value: f64) {
        if let Some(slot) = self.slot(output) {
            *slot += value;
        }
    }

    fn set(&mut self, output: Output, value: f64) {
        if let Some(slot) = self.slot(output) {
            *slot = value;
        }
    }
}

/// Ratios and means out of sums.
fn finish(outcome: &mut Outcome) {
    let of = |outcome: &Outcome, output: Output| outcome.get(output as usize).copied().unwrap_or_default();
    let gained =
        [Output::Smuggled, Output::Stockpiled, Output::Lawful, Output::Domestic].map(|output| of(outcome, output));
    let leaked = [Output::Smuggled, Output::Stockpiled, Output::Lawful].map(|output| of(outcome, output));
    let sum = |parts: &[[f64; YEARS]], year: usize| parts.iter().filter_map(|part| part.get(year)).sum::<f64>();
    for year in 0..YEARS {
        let mut slots = Year { outcome, year };
        let total = sum(&gained, year);
        if let Some(slot) = slots.slot(Output::FlowRatio) {
            *slot = if total > 0.0 { *slot / total } else { 0.0 };
        }
        slots.set(Output::Leaked, sum(&leaked, year));
        for output in [Output::Weeks, Output::NearLimit, Output::Deterred] {
            if let Some(slot) = slots.slot(output) {
                *slot /= 4.0;
            }
        }
    }
}

/// For each limit that occurs: the share of honest demand by buyers who stay under it, and the share of buyers close under it.
struct BuyerShares {
    demand: [f64; 16],
    near: [f64; 16],
    mean: f64,
}

fn buyer_shares(prepared: &Prepared, point: &Point) -> BuyerShares {
    let (middle, spread) = (libm::log(at(point, P::BuyerMedian)), at(point, P::BuyerSpread));
    let below = |limit: f64, moment: f64| match limit {
        limit if limit <= 0.0 => 0.0,
        limit if limit.is_infinite() => 1.0,
        limit => normal_share((libm::log(limit) - middle) / spread - moment * spread),
    };
    let mut shares =
        BuyerShares { demand: [0.0; 16], near: [0.0; 16], mean: libm::exp(middle + spread * spread / 2.0) };
    for ((demand, near), limit) in shares.demand.iter_mut().zip(&mut shares.near).zip(&prepared.limits) {
        *demand = below(*limit, 1.0);
        *near = if limit.is_finite() { below(*limit, 0.0) - below(limit * 0.8, 0.0) } else { 0.0 };
    }
    shares
}

/// What honest buyers abroad get in a quarter, and what it costs them.
fn honest(
    prepared: &Prepared,
    point: &Point,
    (quarter, level, shares): (usize, &Growth, &BuyerShares),
    (state, countries): (&mut State, &mut [f64; MOST]),
    year: &mut Year<'_>,
) -> f64 {
    let Some(cells) = prepared.quarters.get(quarter) else { return 0.0 };
    let outside = at(point, P::Tier2Share) * level.tier2 * level.supply;
    let inside = (1.0 - at(point, P::UnitedStatesShare) - at(point, P::Tier2Share)).max(0.02) * 0.9 * level.supply;
    let hyperscale = at(point, P::Hyperscale);
    let grants = (at(point, P::GrantApproval), at(point, P::GrantCase));
    let (mut served, mut unmet, mut licensed, mut near) = (0.0, 0.0, 0.0, 0.0);
    for ((cell, used), country) in cells.iter().zip(&mut state.used).zip(countries) {
        let demand = cell.share * if cell.tier1 { inside } else { outside };
        let validated = if cell.validated && !cell.tier1 { hyperscale * demand } else { 0.0 };
        let rest = demand - validated;
        let small = shares.demand.get(cell.limit).copied().unwrap_or(0.0);
        let free = rest * small;
        let asked = rest - free;
        let granted = match cell.grant {
            Grant::Approval => asked * grants.0,
            Grant::Case => asked * grants.1,
            Grant::Denial => 0.0,
        };
        let granted = granted.min((cell.cap - *used).max(0.0));
        *used += granted;
        licensed += asked;
        *country += validated + free + granted;
        served += validated + free + granted;
        unmet += asked - granted;
        near += shares.near.get(cell.limit).copied().unwrap_or(0.0) * rest;
    }
    let cases = licensed / at(point, P::LicenseSize);
    // Ten thousand applications a quarter are the present workload: more of them take longer.
    let weeks = if cases > 0.0 { at(point, P::LicenseWeeks) * (1.0 + cases / 10_000.0) } else { 0.0 };
    year.add(Output::Served, served);
    year.add(Output::Unmet, unmet);
    year.add(Output::Cases, cases);
    year.add(Output::Hours, cases * at(point, P::LicenseHours));
    year.add(Output::Weeks, weeks);
    year.add(Output::WaitingCost, (licensed - unmet) * level.price * 0.10 * weeks / 52.0);
    // A year's demand over the size of the mean buyer is how many there are.
    year.add(Output::NearLimit, near * 4.0 / shares.mean);
    served
}

/// What came to tier 3 in a quarter, and what was taken from the supply for it.
struct Inflow {
    arrived: f64,
    taken: f64,
}

/// The chances of a quarter, as smugglers reckon them.
fn terms(prepared: &Prepared, point: &Point, quarter: usize, price: f64, premium: f64) -> Terms {
    let arm = &prepared.arm;
    let scope = match arm.scope {
        Scope::Consignee => at(point, P::ScopeConsignee),
        Scope::UltimateParent => 1.0,
        Scope::Cluster => at(point, P::ScopeCluster),
    };
    let limit = prepared.reach.get(quarter).copied().unwrap_or(0.0);
    Terms {
        margin: (premium - 1.0).max(0.0) * price,
        loss: at(point, P::Penalty) * price,
        reach: limit.min(at(point, P::ShellReach)),
        shell_cost: at(point, P::ShellCost),
        chance: at(point, P::ShellDetection) * effort(arm, point),
        link_scale: at(point, P::LinkScale) * scope,
        verified: if arm.verification { at(point, P::Verification) } else { 0.0 },
    }
}

/// What the budget makes of the chances to be caught.
fn effort(arm: &Arm, point: &Point) -> f64 {
    if arm.budget == 1.0 { 1.0 } else { libm::exp(libm::log(arm.budget) * at(point, P::Elasticity)) }
}

fn tier3(
    prepared: &Prepared,
    point: &Point,
    quarter: usize,
    level: &Growth,
    state: &mut State,
    year: &mut Year<'_>,
) -> Inflow {
    // Wants grow with the supply; what is bought ahead is drawn on for a year.
    let appetite = at(point, P::Appetite) * level.supply / at(point, P::SupplyFlow);
    let draw = state.stockpile / 4.0;
    state.stockpile -= draw;
    let sated = ((state.flow + 4.0 * draw) / appetite).min(1.0);
    let premium = 1.0 + (at(point, P::Premium) - 1.0) * (1.0 - sated);
    let terms = terms(prepared, point, quarter, level.price, premium);
    let (shells, caught) = best_response(&terms);
    // Networks grow with what is wanted.
    let wants = (level.supply / at(point, P::SupplyFlow)).max(0.2);
    let tried = at(point, P::Networks) * wants * shells;
    let by_shells = tried * terms.reach / 4.0;

    let chance = at(point, P::FrontDetection) * effort(&prepared.arm, point);
    let (units, front_caught) =
        front_response(terms.margin, terms.loss, chance, terms.verified, at(point, P::FrontReach));
    let leakage = 1.0 - prepared.agreement * (1.0 - at(point, P::Trust));
    let fronts = at(point, P::Fronts) * wants;
    let by_fronts = fronts * units * leakage / 4.0;

    let arrived = by_shells * (1.0 - caught) + by_fronts * (1.0 - front_caught);
    let lost = by_shells * caught + by_fronts * front_caught;
    let ahead = if prepared.is_pending(quarter) { at(point, P::Stockpile) } else { 0.0 };
    state.stockpile += ahead;
    let law = prepared.tier3.get(quarter);
    let lesser = if law.is_some_and(|law| law.lesser) { at(point, P::Legal3) } else { 0.0 };
    let licensed = if law.is_some_and(|law| law.grant == Grant::Case) { at(point, P::Licensed3) } else { 0.0 };
    let lawful = lesser + licensed;
    state.flow += 0.5 * (4.0 * (arrived + licensed) - state.flow);
    let rented = at(point, P::Rent) * (appetite / 4.0 - arrived - draw - lawful).max(0.0);

    year.add(Output::Smuggled, arrived);
    year.add(Output::ByShells, by_shells * (1.0 - caught));
    year.add(Output::Intercepted, lost);
    year.add(Output::Stockpiled, ahead);
    year.add(Output::Lawful, lawful);
    year.add(Output::Rented, rented);
    year.add(Output::Domestic, level.domestic);
    year.add(Output::Schemes, (tried + fronts) / 4.0);
    year.add(Output::Caught, (tried * caught + fronts * front_caught) / 4.0);
    year.add(Output::Deterred, if shells <= 0.0 { 1.0 } else { 0.0 });
    let taken = arrived + lost + ahead + lawful;
    Inflow { arrived: arrived + ahead + lawful + level.domestic, taken }
}
