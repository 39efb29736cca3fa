//! Honest buyers: how much of a country's demand goes without a license, is asked for, and is granted.

use super::parameters::{Parameter as P, Point, at};
use super::prepared::{Class, Prepared};
use crate::distribution::normal_share;
use crate::rules::Grant;

/// What a unit of demand comes to under a class of law in a year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Values {
    /// The part of buyers small enough, or of chips free enough, to go without a license.
    pub(super) small: f64,
    /// The part of universal validated end-users, where they need no license.
    pub(super) validated: f64,
    /// The part above the limit, and how much of it national validated end-users want.
    pub(super) large: f64,
    pub(super) national: f64,
    /// The share of what is asked for that is granted.
    pub(super) grant: f64,
    /// Buyers above the limit, and close under it, for each H100e of demand.
    pub(super) buyers_above: f64,
    pub(super) buyers_near: f64,
}

impl Values {
    /// Of demand that nobody has.
    pub(super) const NONE: Values = Values {
        small: 0.0,
        validated: 0.0,
        large: 0.0,
        national: 0.0,
        grant: 0.0,
        buyers_above: 0.0,
        buyers_near: 0.0,
    };
}

/// What each class comes to, by year. Buyers grow with the supply in part, the rest are new ones: a limit erodes.
pub(super) fn values_of_classes(prepared: &Prepared, point: &Point) -> Vec<Vec<Values>> {
    let growth = libm::log(at(point, P::SupplyGrowth)) * at(point, P::BuyerGrowth);
    let mut median = libm::log(at(point, P::BuyerMedian));
    let years = (0..prepared.years()).map(|_| {
        let sizes =
            Sizes { median, spread: at(point, P::BuyerSpread), near_from: prepared.constants.near_limit_from_share };
        median += growth;
        prepared.classes.iter().map(|class| sizes.values(class, point)).collect()
    });
    years.collect()
}

/// How large buyers are in a year: the logarithm of the median, and its spread.
struct Sizes {
    median: f64,
    spread: f64,
    near_from: f64,
}

impl Sizes {
    /// The share of buyers (moment 0), or of what they want (moment 1), below a limit.
    fn below(&self, limit: f64, moment: f64) -> f64 {
        match limit {
            limit if limit <= 0.0 => 0.0,
            limit if limit.is_infinite() => 1.0,
            limit => normal_share((libm::log(limit) - self.median) / self.spread - moment * self.spread),
        }
    }

    fn values(&self, class: &Class, point: &Point) -> Values {
        let grant = match class.grant {
            Grant::Approval => at(point, P::GrantApproval),
            Grant::Case => at(point, P::GrantCase).min(at(point, P::GrantApproval)),
            Grant::Denial => 0.0,
        };
        if class.free.is_infinite() {
            return Values { small: 1.0, grant, ..Values::NONE };
        }
        let validated = if class.validated { at(point, P::Hyperscale) } else { 0.0 };
        let others = 1.0 - validated;
        let barred = if class.consumer { 1.0 - at(point, P::Consumer) } else { 1.0 };
        let large = others * (1.0 - self.below(class.free, 1.0)) * barred;
        let per_mean = libm::exp(-self.median - self.spread * self.spread / 2.0);
        let up_to = self.below(class.free, 0.0);
        Values {
            small: others - large,
            validated,
            large,
            national: if class.national { large * at(point, P::National) } else { 0.0 },
            grant,
            buyers_above: others * (1.0 - up_to) * per_mean,
            buyers_near: others * (up_to - self.below(class.free * self.near_from, 0.0)) * per_mean,
        }
    }
}
