//! The world as it was, and draws of the parameters that fit what was counted of it.

use crate::distribution::{Sampler, normal_quantile, normal_share};
use crate::model::parameters::{COUNT, Parameter, Point, at};
use crate::model::{Outcome, Prepared, can_be, simulate};
use crate::random_draw::Stream;
use crate::scenario::{BACK_CAST_YEAR, Correlation, Evidence, ParameterEntry, Scenario};
use crate::timeline::FIRST_YEAR;

/// The world as it was: the law as it was applied, at the budget there was, with what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct History {
    /// The years with evidence, those of them that draws are held to, and the first one for the year before.
    evidenced: Prepared,
    fitted: Prepared,
    first: Prepared,
    pub(crate) evidence: Vec<Evidence>,
    back_cast_supply: f64,
    least_scale: f64,
}

impl History {
    /// The history of a scenario under the law as it was applied.
    pub(crate) fn new(applied: Prepared, scenario: &Scenario) -> History {
        let up_to_last = |is_meant: fn(&&Evidence) -> bool| {
            let last = scenario.evidence.iter().filter(is_meant).map(|evidence| evidence.year).max();
            applied.first_years((FIRST_YEAR..=last.unwrap_or(BACK_CAST_YEAR).max(FIRST_YEAR)).count())
        };
        History {
            fitted: up_to_last(|evidence| !evidence.held_out),
            first: applied.first_years(1),
            evidenced: up_to_last(|_| true),
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

    /// What the model has for a piece of evidence, where these are the outcomes of the years and of the year before them; an error where that cannot be.
    fn value(evidence: &Evidence, years: &Outcome, before: &Outcome) -> Result<f64, String> {
        let of = |outcome: &Outcome, year: usize| {
            outcome.get(evidence.output as usize).and_then(|years| years.get(year)).copied().unwrap_or(0.0)
        };
        let value = match usize::try_from(evidence.year - FIRST_YEAR) {
            Ok(year) => of(years, year),
            Err(_) => of(before, 0),
        };
        let fault = || {
            let (name, year) = (evidence.output.name(), evidence.year);
            format!("`{name}` of {year} under the law as it was applied comes to {value}, which cannot be")
        };
        if can_be(value) { Ok(value) } else { Err(fault()) }
    }

    /// What the model has for each piece of evidence at a point; an error where that cannot be.
    pub(crate) fn values(&self, point: &Point) -> Result<Vec<f64>, String> {
        let (years, before) = (simulate(&self.evidenced, point), simulate(&self.first, &self.year_before(point)));
        self.evidence.iter().map(|evidence| History::value(evidence, &years, &before)).collect()
    }

    /// Whether a point fits so well that it is taken at this chance; an error where it comes to what cannot be, which is no want of fit.
    fn takes(&self, point: &Point, chance: f64) -> Result<bool, String> {
        let fitted = |year_before: bool| {
            let evidence = self.evidence.iter().filter(|evidence| !evidence.held_out);
            evidence.filter(move |evidence| (evidence.year == BACK_CAST_YEAR) == year_before)
        };
        let fit_of = |fit: f64, evidence: &Evidence, outcome: &Outcome| {
            Ok::<f64, String>(fit * evidence.known.fit(History::value(evidence, outcome, outcome)?))
        };
        let mut fit = 1.0;
        if fitted(false).next().is_some() {
            let years = simulate(&self.fitted, point);
            fit = fitted(false).try_fold(fit, |fit, evidence| fit_of(fit, evidence, &years))?;
        }
        if fit > chance && fitted(true).next().is_some() {
            let before = simulate(&self.first, &self.year_before(point));
            fit = fitted(true).try_fold(fit, |fit, evidence| fit_of(fit, evidence, &before))?;
        }
        Ok(fit > chance)
    }
}

/// What draws are numbered for: those that are taken first, and those that take the place of one that does not fit.
const LANE: u64 = 1;
const LATER_LANES: u64 = 1 << 32;
/// So many draws in the place of one, and no more.
const MOST_TRIES: u64 = 2_000;

/// A draw of the parameters.
pub(crate) struct Draw {
    /// A value of each.
    pub(crate) point: Point,
    /// How many draws of the priors it took until one fitted.
    pub(crate) tries: u64,
}

/// Draws of the parameters, by number: from the priors, or, with a history, from what is left of them once it is known.
///
/// A draw is taken with the chance of its fit (rejection sampling), so that those that are taken weigh alike. Each depends on the seed and its number
/// alone.
pub(crate) struct Draws<'a> {
    scenario: &'a Scenario,
    samplers: Vec<Sampler>,
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
    pub(crate) fn new(scenario: &'a Scenario, history: Option<&'a History>) -> Draws<'a> {
        Draws { scenario, samplers: scenario.samplers(), history }
    }

    /// A value of each parameter: the same for every arm, so that differences are sharper than levels. An error, with its mend, where no draw fits or one
    /// comes to what cannot be.
    pub(crate) fn point(&self, index: u64) -> Result<Point, String> {
        self.draw(index).map(|draw| draw.point)
    }

    /// The same, and how many draws it took.
    pub(crate) fn draw(&self, index: u64) -> Result<Draw, String> {
        let Some(history) = self.history else { return Ok(Draw { point: self.prior(LANE, index).0, tries: 1 }) };
        let lanes = std::iter::once(LANE).chain((0..MOST_TRIES).map(|number| LATER_LANES + number));
        for (lane, tries) in lanes.zip(1..) {
            let (point, chance) = self.prior(lane, index);
            if history.takes(&point, chance).map_err(|what| fault_of(self.scenario, index, &what, &point))? {
                return Ok(Draw { point, tries });
            }
        }
        Err(format!(
            "draw {index}: none of {MOST_TRIES} draws fits what is known of the years gone by ([[evidence]])\n  mend: widen the parameters that it contradicts, or write `calibrate = false`"
        ))
    }

    /// A draw from the priors, and the chance at which it is taken.
    fn prior(&self, lane: u64, index: u64) -> (Point, f64) {
        let mut stream = Stream::new(self.scenario.seed, lane, index);
        let mut shares = [0.5; COUNT];
        for (share, sampler) in shares.iter_mut().zip(&self.samplers) {
            if sampler.only().is_none() {
                *share = stream.unit();
            }
        }
        self.scenario.correlations.iter().for_each(|correlation| follow(&mut shares, correlation));
        let mut point = [0.0; COUNT];
        for ((value, share), sampler) in point.iter_mut().zip(&shares).zip(&self.samplers) {
            *value = sampler.only().unwrap_or_else(|| sampler.quantile(*share));
        }
        (point, stream.unit())
    }
}

/// A draw that came to what cannot be: which, what, and the parameter that is furthest out, with the mend.
pub(crate) fn fault_of(scenario: &Scenario, index: u64, what: &str, point: &Point) -> String {
    format!("draw {index}: {what}; {}", outlier(scenario, point))
}

/// Which parameter is furthest out in its distribution at a point, and how to mend that.
fn outlier(scenario: &Scenario, point: &Point) -> String {
    let all = Parameter::ALL.iter().zip(point).zip(&scenario.parameters);
    let varying = all.filter(|(_, entry)| entry.distribution.varies());
    let apart = |value: f64, entry: &ParameterEntry| (entry.distribution.share_below(value) - 0.5).abs();
    let furthest = varying
        .max_by(|((_, one), first), ((_, other), second)| apart(**one, first).total_cmp(&apart(**other, second)));
    let Some(((parameter, value), _)) = furthest else { return "no parameter varies".to_owned() };
    let name = parameter.name();
    format!(
        "furthest out is `{name}` at {value}\n  mend: narrow `{name}` under [parameters], or cut it off with `within`"
    )
}
