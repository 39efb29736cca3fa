//! The world as it was, and draws of the parameters that fit what was counted of it.

use crate::distribution::{Sampler, normal_quantile, normal_share};
use crate::model::parameters::{COUNT, Parameter, Point, at};
use crate::model::{Outcome, Prepared, simulate};
use crate::random_draw::Stream;
use crate::scenario::{BACK_CAST_YEAR, Correlation, Evidence, Scenario};
use crate::timeline::FIRST_YEAR;

/// The world as it was: the law as it was applied, at the budget there was, with what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct History {
    /// All years, the years that draws are held to, and the first one for the year before.
    whole: Prepared,
    fitted: Prepared,
    first: Prepared,
    pub(crate) evidence: Vec<Evidence>,
    back_cast_supply: f64,
    least_scale: f64,
}

impl History {
    /// The history of a scenario under the law as it was applied.
    pub(crate) fn new(applied: Prepared, scenario: &Scenario) -> History {
        let fitted = scenario.evidence.iter().filter(|evidence| !evidence.held_out);
        let last = fitted.map(|evidence| evidence.year).max().unwrap_or(BACK_CAST_YEAR).max(FIRST_YEAR);
        let years = (FIRST_YEAR..=last).count();
        History {
            fitted: applied.first_years(years),
            first: applied.first_years(1),
            whole: applied,
            evidence: scenario.evidence.clone(),
            back_cast_supply: scenario.constants.backcast_supply_h100e,
            least_scale: scenario.constants.least_scale,
        }
    }

    /// A point with the supply of the year before the first, and with what follows the supply by the model's own rule.
    fn year_before(&self, point: &Point) -> Point {
        let mut before = *point;
        let less = self.back_cast_supply / 4.0 / at(point, Parameter::SupplyFlow);
        let schemes = libm::pow(less.max(self.least_scale), at(point, Parameter::ScaleExponent));
        let changes = [
            (Parameter::SupplyFlow, less),
            (Parameter::Appetite, less),
            (Parameter::Networks, schemes),
            (Parameter::Fronts, schemes),
            (Parameter::SupplyGrowth, 1.0 / at(point, Parameter::SupplyGrowth)),
        ];
        for (parameter, factor) in changes {
            if let Some(value) = before.get_mut(parameter as usize) {
                *value *= factor;
            }
        }
        before
    }

    /// What the model has for a piece of evidence, where these are the outcomes of the years and of the year before them.
    fn value(evidence: &Evidence, years: &Outcome, before: &Outcome) -> f64 {
        let of = |outcome: &Outcome, year: usize| {
            outcome.get(evidence.output as usize).and_then(|years| years.get(year)).copied().unwrap_or(0.0)
        };
        match usize::try_from(evidence.year - FIRST_YEAR) {
            Ok(year) => of(years, year),
            Err(_) => of(before, 0),
        }
    }

    /// What the model has for each piece of evidence at a point.
    pub(crate) fn values(&self, point: &Point) -> Vec<f64> {
        let (years, before) = (simulate(&self.whole, point), simulate(&self.first, &self.year_before(point)));
        self.evidence.iter().map(|evidence| History::value(evidence, &years, &before)).collect()
    }

    /// Whether a point fits so well that it is taken at this chance.
    fn takes(&self, point: &Point, chance: f64) -> bool {
        let fitted = |year_before: bool| {
            let evidence = self.evidence.iter().filter(|evidence| !evidence.held_out);
            evidence.filter(move |evidence| (evidence.year == BACK_CAST_YEAR) == year_before)
        };
        let mut fit = 1.0;
        if fitted(false).next().is_some() {
            let years = simulate(&self.fitted, point);
            fit = fitted(false)
                .fold(fit, |fit, evidence| fit * evidence.known.fit(History::value(evidence, &years, &years)));
        }
        if fit > chance && fitted(true).next().is_some() {
            let before = simulate(&self.first, &self.year_before(point));
            fit = fitted(true)
                .fold(fit, |fit, evidence| fit * evidence.known.fit(History::value(evidence, &before, &before)));
        }
        fit > chance
    }
}

/// What draws are numbered for: those that are taken first, and those that take the place of one that does not fit.
const LANE: u64 = 1;
const LATER_LANES: u64 = 1 << 32;
/// So many draws in the place of one, and no more.
const MOST_TRIES: u64 = 2_000;

/// Draws of the parameters, by number: from the priors, or, with a history, from what is left of them once it is known.
///
/// A draw is taken with the chance of its fit (rejection sampling), so that those that are taken weigh alike. Each depends on the seed and its number
/// alone.
pub(crate) struct Draws<'a> {
    samplers: Vec<Sampler>,
    seed: u64,
    correlations: Vec<Correlation>,
    history: Option<&'a History>,
}

/// Moves the share of the one that follows to where it goes with the other.
fn follow(shares: &mut [f64; COUNT], correlation: &Correlation) {
    let Correlation { leader, follower, coefficient } = *correlation;
    let score = |place: usize| shares.get(place).map_or(0.0, |share| normal_quantile(*share));
    let own_part = libm::sqrt(1.0 - coefficient * coefficient);
    let both = normal_share(coefficient * score(leader) + own_part * score(follower));
    if let Some(share) = shares.get_mut(follower) {
        *share = both.clamp(1e-12, 1.0 - 1e-12);
    }
}

impl<'a> Draws<'a> {
    /// Draws of a scenario.
    pub(crate) fn new(scenario: &Scenario, history: Option<&'a History>) -> Draws<'a> {
        Draws {
            samplers: scenario.samplers(),
            seed: scenario.seed,
            correlations: scenario.correlations.clone(),
            history,
        }
    }

    /// A value of each parameter: the same for every arm, so that differences are sharper than levels. None where no draw fits.
    pub(crate) fn point(&self, index: u64) -> Option<Point> {
        let Some(history) = self.history else { return Some(self.prior(LANE, index).0) };
        let lanes = std::iter::once(LANE).chain((0..MOST_TRIES).map(|number| LATER_LANES + number));
        lanes
            .map(|lane| self.prior(lane, index))
            .find(|(point, chance)| history.takes(point, *chance))
            .map(|(point, _)| point)
    }

    /// A draw from the priors, and the chance at which it is taken.
    fn prior(&self, lane: u64, index: u64) -> (Point, f64) {
        let mut stream = Stream::new(self.seed, lane, index);
        let mut shares = [0.5; COUNT];
        for (share, sampler) in shares.iter_mut().zip(&self.samplers) {
            if sampler.only().is_none() {
                *share = stream.unit();
            }
        }
        self.correlations.iter().for_each(|correlation| follow(&mut shares, correlation));
        let mut point = [0.0; COUNT];
        for ((value, share), sampler) in point.iter_mut().zip(&shares).zip(&self.samplers) {
            *value = sampler.only().unwrap_or_else(|| sampler.quantile(*share));
        }
        (point, stream.unit())
    }

    /// Whether the first draw of a number is taken.
    pub(crate) fn takes_first(&self, index: u64) -> bool {
        let (point, chance) = self.prior(LANE, index);
        self.history.is_none_or(|history| history.takes(&point, chance))
    }

    /// Why there is no draw.
    pub(crate) fn none_fits(index: u64) -> String {
        format!(
            "draw {index}: none of {MOST_TRIES} draws fits what is known of the years gone by ([[evidence]])\n  mend: widen the parameters that it contradicts, or write `calibrate = false`"
        )
    }
}
