//! One step of a world: what is made, who gets it, what is smuggled, and where it is installed.

use super::demand::Values;
use super::output::Output;
use super::parameters::{Parameter as P, Point, at};
use super::prepared::{Prepared, StepLaw};
use super::smuggler::{Answer, Ground, Smuggler, Terms};
use super::state::{Growth, State};
use crate::rules::Grant;
use crate::timeline::{Regime, Step};

/// Sums of a year, by output.
pub(super) type Sums = [f64; Output::COUNT];

#[expect(clippy::indexing_slicing, reason = "the enumeration is as long as the array")]
fn add(sums: &mut Sums, output: Output, value: f64) {
    sums[output as usize] += value;
}

/// The lesser of two numbers, in one instruction.
fn lesser(one: f64, other: f64) -> f64 {
    if one < other { one } else { other }
}

/// A step of a world.
pub(super) struct Market<'a> {
    pub(super) prepared: &'a Prepared,
    pub(super) point: &'a Point,
    pub(super) step: &'a Step,
    pub(super) law: &'a StepLaw,
    pub(super) level: &'a Growth,
    /// What each class of law comes to in this year.
    pub(super) values: &'a [Values],
    pub(super) smuggler: &'a Smuggler,
    pub(super) regime: &'a Regime,
}

/// What is made in a step, and what is wanted of it abroad, in H100e.
#[derive(Clone, Copy)]
struct Supply {
    made: f64,
    first: f64,
    second: f64,
}

/// What honest buyers abroad got in a step.
#[derive(Clone, Copy, Default)]
struct Honest {
    served: f64,
    /// What went under licenses, to validated end-users or where no license is needed: big fronts hide in it; and the same, less where an agreement guards it.
    large: f64,
    guarded: f64,
    /// Applied for by license, and granted.
    applied: f64,
    granted: f64,
    /// Wanted and not got.
    unmet: f64,
    buyers_above: f64,
    buyers_near: f64,
}

/// What tier 3 gets in a step.
#[derive(Clone, Copy, Default)]
struct Third {
    /// Of the western supply, with what is seized on the way.
    taken: f64,
    /// With what is made there.
    gained: f64,
    rented: f64,
}

impl Market<'_> {
    /// Trades for a step.
    pub(super) fn trade(&self, state: &mut State, sums: &mut Sums) {
        let retired = self.step.weight * 0.25 / at(self.point, P::Life);
        state.power_world -= state.power_world * retired;
        state.power_home -= state.power_home * retired;
        let supply = self.supply(state);
        let honest = self.serve_honest_buyers(&supply, state);
        self.review(&supply, &honest, state, sums);
        let third = self.supply_tier3(&supply, &honest, state, sums);
        let stays = (supply.made - honest.served - third.taken).max(0.0);
        self.install(stays, &supply, &honest, &third, state, sums);
        state.tier3 += third.gained - state.tier3 * retired;
        add(sums, Output::Supply, supply.made);
    }

    /// What is made, as far as there is power for it.
    fn supply(&self, state: &State) -> Supply {
        let Market { point, level, step, .. } = *self;
        let room = (level.power_world - state.power_world).max(0.0);
        let made = lesser(level.supply * step.weight, room / level.gigawatts);
        let share2 = at(point, P::Tier2Share);
        let left = 1.0 - at(point, P::UnitedStatesShare) - share2;
        let constants = &self.prepared.constants;
        let first = left.max(constants.tier1_least_share) * constants.tier1_bought_share * made;
        let second = lesser(share2 * level.tier2 * made, made - first);
        Supply { made, first, second }
    }

    fn value(&self, class: usize) -> Values {
        self.values.get(class).copied().unwrap_or(Values::NONE)
    }

    /// How much weaker a guard an agreement is than none: 1 without one.
    fn trust(&self, class: usize) -> f64 {
        let agreement = self.prepared.classes.get(class).is_some_and(|class| class.agreement);
        if agreement { at(self.point, P::Trust) } else { 1.0 }
    }

    /// By which part of what universal validated end-users want their ratios let them have, and how much in one country.
    fn ratios(&self, supply: &Supply) -> (f64, f64) {
        let Market { prepared, law, point, .. } = *self;
        let fleet = at(point, P::Fleet) * supply.made;
        let most = law.ratios.country * fleet;
        let mut outside = 0.0;
        for (place, law) in prepared.abroad.iter().zip(&law.abroad) {
            let demand = place.share * if place.second { supply.second } else { supply.first };
            outside += lesser(demand * self.value(law.class).validated, most);
        }
        if outside <= 0.0 {
            return (1.0, most);
        }
        let in_first = at(point, P::Hyperscale) * supply.first;
        let room = lesser(law.ratios.outside * fleet, law.ratios.abroad * fleet - in_first);
        (lesser(room.max(0.0) / outside, 1.0), most)
    }

    /// What honest buyers abroad get.
    fn serve_honest_buyers(&self, supply: &Supply, state: &mut State) -> Honest {
        let Market { prepared, law, point, .. } = *self;
        let (ratio, most) = self.ratios(supply);
        let companies = at(point, P::Companies);
        let mut all = Honest::default();
        let places = prepared.abroad.iter().zip(&law.abroad);
        let accounts = state.used.iter_mut().zip(&mut state.used_national).zip(&mut state.served);
        for ((place, law), ((used, used_national), served)) in places.zip(accounts) {
            let demand = place.share * if place.second { supply.second } else { supply.first };
            let values = self.value(law.class);
            let validated = lesser(demand * values.validated, most) * ratio;
            let room = law.national * companies - *used_national;
            let national = lesser(demand * values.national, if room > 0.0 { room } else { 0.0 });
            let applied = demand * values.large - national;
            let room = law.cap - *used;
            let granted = lesser(applied * values.grant, if room > 0.0 { room } else { 0.0 });
            *used += granted;
            *used_national += national;
            let got = demand * values.small + validated + national + granted;
            *served += got;
            all.served += got;
            all.unmet += (demand - got).max(0.0);
            all.applied += applied;
            all.granted += granted;
            let free = if values.large <= 0.0 && values.validated <= 0.0 { demand } else { 0.0 };
            let large = validated + national + granted + free;
            all.large += large;
            all.guarded += large * self.trust(law.class);
            all.buyers_above += demand * values.buyers_above;
            all.buyers_near += demand * values.buyers_near;
        }
        all
    }

    /// Licenses: each buyer above the limit asks once a year, and again for each lot of the usual size; what cannot be reviewed waits.
    fn review(&self, supply: &Supply, honest: &Honest, state: &mut State, sums: &mut Sums) {
        let Market { prepared, point, step, law, level, .. } = *self;
        let constants = &prepared.constants;
        // Servers that are built abroad, where factories need licenses.
        let through = at(point, P::Factory) * supply.made * (1.0 - law.factories).max(0.0);
        let cases = honest.buyers_above + (honest.applied + through) / at(point, P::LicenseSize);
        let capacity = at(point, P::LicenseCapacity);
        state.backlog = (state.backlog + cases - capacity * step.weight).max(0.0);
        let weeks = if cases > 0.0 {
            let workload = 1.0 + cases / step.weight * constants.queue_per_case;
            at(point, P::LicenseWeeks) * workload + 13.0 * state.backlog / capacity
        } else {
            0.0
        };
        add(sums, Output::Served, honest.served);
        add(sums, Output::Unmet, honest.unmet);
        add(sums, Output::Cases, cases);
        add(sums, Output::Hours, cases * at(point, P::LicenseHours));
        add(sums, Output::Weeks, weeks * step.weight);
        let waits = (honest.applied + through) * level.price * weeks;
        add(sums, Output::WaitingCost, waits * (constants.interest_a_year / 52.0));
        add(sums, Output::NearLimit, honest.buyers_near);
    }

    /// What tier 3 may buy in a step of what it wants, in H100e: what is as good as any, and lesser chips.
    fn lawful(&self, wanted: f64, state: &mut State) -> (f64, f64) {
        let Market { prepared, law, point, step, .. } = *self;
        let (mut lawful, mut small) = (0.0, 0.0);
        for ((share, law), used) in prepared.third.iter().zip(&law.third).zip(&mut state.used_third) {
            let Some(class) = prepared.classes.get(law.class) else { continue };
            let (values, demand) = (self.value(law.class), wanted * share);
            let large = demand * values.large;
            let by_case = lesser(at(point, P::Licensed3) * step.weight * share, large);
            let granted = match class.grant {
                Grant::Denial => 0.0,
                Grant::Case => by_case,
                Grant::Approval => (large * values.grant).max(by_case),
            };
            let room = law.cap - *used;
            let granted = lesser(granted, if room > 0.0 { room } else { 0.0 });
            *used += granted;
            lawful += granted + demand * (values.small + values.validated);
            if class.consumer {
                small += at(point, P::Notified3) * step.weight * share;
            }
            if class.lesser {
                small += at(point, P::Legal3) * step.weight * share * self.law.before_letters;
            }
        }
        (lawful, small)
    }

    /// Where shells can be set up, and how much they can hide there, in H100e a year.
    fn grounds(&self, supply: &Supply, grounds: &mut Vec<Ground>) {
        let Market { prepared, law, point, step, .. } = *self;
        grounds.clear();
        let yearly = 4.0 / step.weight * at(point, P::Cover);
        for ground in &law.grounds {
            let Some(class) = prepared.classes.get(ground.class) else { continue };
            let demand = ground.share * if ground.second { supply.second } else { supply.first };
            let trust = self.trust(ground.class);
            let hazard = if ground.second { 1.0 } else { at(point, P::Tier1Hazard) };
            grounds.push(Ground {
                reach: class.free,
                hazard: hazard / trust.max(0.01),
                room: yearly * demand * self.value(ground.class).small * trust,
            });
        }
    }

    /// What tier 3 gets in a step, by shells, fronts and lawfully, and what is bought ahead.
    fn supply_tier3(&self, supply: &Supply, honest: &Honest, state: &mut State, sums: &mut Sums) -> Third {
        let Market { prepared, point, step, level, smuggler, .. } = *self;
        let constants = &prepared.constants;
        let quarter = step.weight * 0.25;
        // Wants grow with the supply; what is bought ahead is drawn on little by little.
        let wants = supply.made / step.weight / at(point, P::SupplyFlow);
        let appetite = at(point, P::Appetite) * wants.max(1e-6);
        let draw = state.stockpile * constants.stockpile_drawn_share * step.weight;
        state.stockpile -= draw;
        let (lawful, small) = self.lawful(appetite * quarter, state);
        let left = (supply.made - honest.served).max(0.0);
        let lawful = lesser(lawful, left);
        let scale = libm::pow(wants.max(constants.least_scale), at(point, P::ScaleExponent));
        let mut grounds = std::mem::take(&mut state.grounds);
        self.grounds(supply, &mut grounds);
        let terms = Terms {
            margin: (at(point, P::Premium) - 1.0) * level.price,
            loss: at(point, P::Penalty) * level.price,
            effort: smuggler.capacity / (smuggler.capacity + state.leads),
            networks: at(point, P::Networks) * scale,
            fronts: at(point, P::Fronts) * scale,
            front_hazard: if honest.guarded > 0.0 { honest.large / honest.guarded } else { 1.0 },
            front_room: honest.guarded * at(point, P::FrontCover) / quarter,
        };
        let sated = (draw + lawful) / quarter / appetite;
        let answer = balance(smuggler, &terms, &grounds, sated, appetite);
        state.grounds = grounds;
        // What the agency comes upon keeps it from coming upon more.
        let leads = (answer.shells_caught + answer.fronts_caught) / terms.effort.max(1e-9);
        state.leads += (leads - state.leads) * constants.flow_smoothing * step.weight;
        let sent = (answer.by_shells + answer.by_fronts) * quarter;
        let fits = if sent > 0.0 { lesser((left - lawful).max(0.0) / sent, 1.0) } else { 1.0 };
        let flows = Flows { answer, quarter: quarter * fits, fronts: terms.fronts };
        let arrived = flows.record(step.weight, sums);
        let lost = (answer.shell_seized + answer.front_seized) * flows.quarter;
        let spare = (left - lawful - sent * fits).max(0.0);
        let lesser_chips = lesser(small, spare);
        let ahead = self.buy_ahead(appetite, spare - lesser_chips, state);
        let lacking = (appetite * quarter - arrived - draw - lawful).max(0.0);
        let tenants = if self.regime.tenants { 1.0 - at(point, P::TenantCompliance) } else { 1.0 };
        let rented = lesser(at(point, P::Rent) * lacking * tenants, honest.served);
        let domestic = level.domestic * step.weight;
        let left_over = (1.0 - sated - arrived / quarter / appetite).max(0.0);
        add(sums, Output::Premium, (1.0 + (at(point, P::Premium) - 1.0) * left_over) * step.weight);
        add(sums, Output::Stockpiled, ahead);
        add(sums, Output::Lawful, lawful + lesser_chips);
        add(sums, Output::Rented, rented);
        add(sums, Output::Domestic, domestic);
        Third {
            taken: arrived + lost + ahead + lawful + lesser_chips,
            gained: arrived + ahead + lawful + lesser_chips + domestic,
            rented,
        }
    }

    /// What is bought ahead of a rule that is announced: at a pace, until there is enough for so many years of what is wanted.
    fn buy_ahead(&self, appetite: f64, spare: f64, state: &mut State) -> f64 {
        if !self.step.pending {
            return 0.0;
        }
        let room = (at(self.point, P::StockpileYears) * appetite - state.stockpile).max(0.0);
        let ahead = lesser(lesser(at(self.point, P::Stockpile) * self.step.weight, room), spare);
        state.stockpile += ahead;
        ahead
    }

    /// Where what stays with buyers of the United States is installed: there, as far as there is power, else abroad where the law lets it.
    fn install(&self, stays: f64, supply: &Supply, honest: &Honest, third: &Third, state: &mut State, sums: &mut Sums) {
        let Market { point, level, law, prepared, regime, .. } = *self;
        let constants = &prepared.constants;
        let room = (level.power_home - state.power_home).max(0.0) / level.gigawatts;
        let at_home = lesser(stays, room);
        let over = stays - at_home;
        let (open1, open2) = self.openness();
        let fleet = at(point, P::Fleet) * supply.made;
        let to_second = over * at(point, P::SiteTier2);
        let owned = at(point, P::Hyperscale);
        let second = lesser(to_second * open2, (law.ratios.outside * fleet - owned * supply.second).max(0.0));
        let abroad_room = (law.ratios.abroad * fleet - owned * honest.served - second).max(0.0);
        let first = lesser((over - to_second) * open1, if law.ratios.abroad < 1.0 { abroad_room } else { over });
        let offshored = first + second;
        let unbuilt = (over - offshored).max(0.0);
        let retired = self.step.weight * 0.25 / at(point, P::Life);
        state.home += at_home - state.home * retired;
        state.abroad += honest.served + offshored - state.abroad * retired;
        state.power_home += at_home * level.gigawatts;
        state.power_world += (supply.made - unbuilt) * level.gigawatts;
        let exported = honest.served + offshored;
        add(sums, Output::FlowRatio, at_home);
        add(sums, Output::Offshored, offshored);
        add(sums, Output::Unbuilt, unbuilt);
        add(sums, Output::UsSite, at_home);
        add(sums, Output::UsOwner, at_home * (1.0 - constants.foreign_owned_share) + owned * honest.served + offshored);
        let for_others = at(point, P::UserAbroad) * at_home;
        add(sums, Output::UsUser, (at_home - for_others + offshored - third.rented).max(0.0));
        if regime.verification {
            add(sums, Output::VerificationCost, exported * at(point, P::VerificationCost));
        }
    }

    /// How much of what large owners from the United States want to install in each group of countries the law lets them.
    fn openness(&self) -> (f64, f64) {
        let (mut first, mut second) = (0.0, 0.0);
        for (place, law) in self.prepared.abroad.iter().zip(&self.law.abroad) {
            let values = self.value(law.class);
            let free = values.large <= 0.0 || values.validated > 0.0;
            let open = place.share * if free { 1.0 } else { values.grant };
            if place.second { second += open } else { first += open }
        }
        (first, second)
    }
}

/// What a smuggler does in a step.
struct Flows {
    answer: Answer,
    /// The part of a year.
    quarter: f64,
    fronts: f64,
}

impl Flows {
    /// Adds it to the year; answers what arrived.
    fn record(&self, weight: f64, sums: &mut Sums) -> f64 {
        let Flows { answer, quarter, fronts } = *self;
        let through = (answer.by_shells - answer.shell_seized) * quarter;
        let arrived = answer.arriving() * quarter;
        let fronts = if answer.by_fronts > 0.0 { fronts } else { 0.0 };
        add(sums, Output::Smuggled, arrived);
        add(sums, Output::ByShells, through);
        add(sums, Output::Intercepted, (answer.shell_seized + answer.front_seized) * quarter);
        add(sums, Output::Schemes, (answer.shells + fronts) * weight * 0.25);
        add(sums, Output::Caught, (answer.shells_caught + answer.fronts_caught) * weight * 0.25);
        add(sums, Output::Deterred, if answer.shells <= 0.0 { weight } else { 0.0 });
        arrived
    }
}

/// What a smuggler does where the premium is the one that it leaves: the more arrives, the less a further unit brings.
///
/// With a units a year arriving the margin is m (1 - sated - a / appetite); what pays best then brings f(a), which falls in a. The a that brings itself is
/// found by regula falsi (Illinois), so that nobody waits for a quarter to see what his trade does to the price.
fn balance(smuggler: &Smuggler, terms: &Terms, grounds: &[Ground], sated: f64, appetite: f64) -> Answer {
    let at = |arriving: f64| {
        let margin = terms.margin * (1.0 - sated - arriving / appetite).max(0.0);
        smuggler.answer(&Terms { margin, ..*terms }, grounds)
    };
    let none = at(0.0);
    let most = lesser(none.arriving(), (1.0 - sated).max(0.0) * appetite);
    if most <= appetite * 1e-6 {
        return none;
    }
    let (mut low, mut high) = (0.0, most);
    let mut over = none.arriving();
    let mut answer = at(high);
    let mut under = answer.arriving() - high;
    let mut last = 0_i8;
    for _ in 0..24 {
        if under >= 0.0 || high - low <= appetite * 1e-5 {
            break;
        }
        let middle = (low * under - high * over) / (under - over);
        answer = at(middle);
        let excess = answer.arriving() - middle;
        if excess.abs() <= appetite * 1e-6 {
            break;
        }
        // An end that stays twice is taken for half as far off.
        if excess > 0.0 {
            (low, over) = (middle, excess);
            under *= if last > 0 { 0.5 } else { 1.0 };
            last = 1;
        } else {
            (high, under) = (middle, excess);
            over *= if last < 0 { 0.5 } else { 1.0 };
            last = -1;
        }
    }
    answer
}
