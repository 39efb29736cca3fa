//! The aggregate world: step by step, by country, what is supplied, licensed, smuggled and installed, in H100e.

use super::demand::{Values, values_of_classes};
use super::market::{Market, Sums};
use super::output::Output;
use super::parameters::{Parameter as P, Point, at};
use super::prepared::Prepared;
use super::smuggler::Smuggler;
use super::state::{State, start};
use crate::timeline::YEARS;

/// What a run came to: for each output, each year.
pub(crate) type Outcome = [[f64; YEARS]; Output::COUNT];

/// Runs one world.
pub(crate) fn simulate(prepared: &Prepared, point: &Point) -> Outcome {
    run(prepared, point).0
}

/// Runs one world: what it came to, and what each country outside tier 3 was served.
fn run(prepared: &Prepared, point: &Point) -> (Outcome, Vec<f64>) {
    let mut point = *point;
    for (place, value) in &prepared.set {
        if let Some(parameter) = point.get_mut(*place) {
            *parameter = *value;
        }
    }
    let point = &point;
    let mut outcome = [[0.0; YEARS]; Output::COUNT];
    let (mut level, growth) = start(prepared, point);
    let values = values_of_classes(prepared, point);
    let regimes = &prepared.timeline.regimes;
    let smugglers: Vec<Smuggler> =
        regimes.iter().map(|regime| Smuggler::new(regime, &prepared.constants, point)).collect();
    let mut state = State::new(prepared, point);
    // What the law leaves open is read strictly in one half of the worlds and mildly in the other.
    let strict = at(point, P::LawReading) < 0.5;
    let laws = prepared.mild.as_ref().filter(|_| !strict).unwrap_or(&prepared.strict);
    let (mut quarter, mut year) = (0, 0);
    let mut sums = [0.0; Output::COUNT];
    for (step, law) in prepared.timeline.steps.iter().zip(laws) {
        if step.quarter != quarter {
            level.advance(&growth);
            quarter = step.quarter;
            if quarter / 4 != year {
                finish(&mut sums, &state);
                keep(&mut outcome, &sums, year);
                sums = [0.0; Output::COUNT];
                year = quarter / 4;
            }
        }
        let (Some(smuggler), Some(regime)) = (smugglers.get(step.regime), regimes.get(step.regime)) else { break };
        let values: &[Values] = values.get(year).map_or(&[], Vec::as_slice);
        Market { prepared, point, step, law, level: &level, values, smuggler, regime }.trade(&mut state, &mut sums);
    }
    finish(&mut sums, &state);
    keep(&mut outcome, &sums, year);
    (outcome, state.served)
}

fn keep(outcome: &mut Outcome, sums: &Sums, year: usize) {
    outcome.iter_mut().zip(sums).for_each(|(of, sum)| {
        if let Some(slot) = of.get_mut(year) {
            *slot = *sum;
        }
    });
}

/// Ratios and shares out of a year's sums, and stocks at its end.
#[expect(clippy::indexing_slicing, reason = "the enumeration is as long as the array")]
fn finish(sums: &mut Sums, state: &State) {
    let of = |output: Output| sums[output as usize];
    let leaked = of(Output::Smuggled) + of(Output::Stockpiled) + of(Output::Lawful);
    let gained = leaked + of(Output::Domestic);
    let flow = if gained > 0.0 { of(Output::FlowRatio) / gained } else { 0.0 };
    let made = of(Output::Supply) - of(Output::Unbuilt) + of(Output::Domestic);
    let standing = state.home + state.abroad + state.tier3;
    sums[Output::FlowRatio as usize] = flow;
    sums[Output::Leaked as usize] = leaked;
    sums[Output::HomeStock as usize] = state.home;
    sums[Output::Tier3Stock as usize] = state.tier3;
    sums[Output::StockRatio as usize] = state.home / state.tier3;
    sums[Output::UsStanding as usize] = if standing > 0.0 { state.home / standing } else { 0.0 };
    sums[Output::Power as usize] = state.power_world;
    for output in [Output::UsSite, Output::UsOwner, Output::UsUser] {
        sums[output as usize] = if made > 0.0 { sums[output as usize] / made } else { 0.0 };
    }
    for output in [Output::Weeks, Output::Deterred, Output::Premium] {
        sums[output as usize] /= 4.0;
    }
}

/// What each country but the United States and tier 3 was served over all years, in the order of the demand, and the outcome.
pub(crate) fn served_by_country(prepared: &Prepared, point: &Point) -> (Vec<f64>, Outcome) {
    let (outcome, served) = run(prepared, point);
    (served, outcome)
}
