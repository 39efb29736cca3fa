//! Recall, precision and honesty of scores by case: what an officer opens is a case, and not each of its alerts.

use std::collections::{BTreeMap, BTreeSet};

use super::ground_truth::{GroundTruth, Scheme};
use super::recall::{KindRecall, share};
use crate::alerts::{Alerts, Reliability};

/// A party in more schemes is a seller or a carrier of many: naming it finds none of them.
const HUB_SCHEMES: usize = 3;

/// What one world, or several together, came to by case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseMeasurement {
    /// Schemes in all worlds, and those that a case within the budget names at least half of the parties of.
    pub all: KindRecall,
    /// The same by kind of scheme.
    pub kinds: BTreeMap<String, KindRecall>,
    /// Cases within the budget.
    pub within_budget: usize,
    /// Those of them that name a party of a scheme.
    pub right: usize,
    /// Score of every case (that of its likeliest alert), and whether it names a party of a scheme.
    pub scores: Vec<(f64, bool)>,
}

impl CaseMeasurement {
    /// Adds a world: its alerts and cases, and its truth. At most `cases_per_scheme` times as many cases are looked at as there are schemes.
    pub fn add(&mut self, ranked: &Alerts, truth: &GroundTruth, cases_per_scheme: f64) {
        let score_of = |case: &str| {
            let alerts = ranked.alerts.iter().filter(|alert| alert.case == case);
            alerts.map(|alert| alert.score).fold(0.0, f64::max)
        };
        let mut cases: Vec<(f64, BTreeSet<&str>)> = ranked
            .cases
            .iter()
            .map(|case| (score_of(&case.case_id), case.subjects.iter().map(String::as_str).collect()))
            .collect();
        cases.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for party in truth.schemes.iter().flat_map(|scheme| &scheme.parties) {
            *times.entry(party).or_default() += 1;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a number of cases"
        )]
        let budget = (cases_per_scheme * truth.schemes.len() as f64).floor().max(0.0) as usize;
        for (place, (score, subjects)) in cases.iter().enumerate() {
            let right = subjects.iter().any(|party| times.contains_key(party));
            self.scores.push((*score, right));
            if place < budget {
                self.within_budget += 1;
                self.right += usize::from(right);
            }
        }
        for scheme in &truth.schemes {
            let named = members(scheme, &times);
            let finds = |subjects: &BTreeSet<&str>| {
                2 * named.iter().filter(|party| subjects.contains(*party)).count() >= named.len()
            };
            let found = !named.is_empty() && cases.iter().take(budget).any(|(_, subjects)| finds(subjects));
            for count in [&mut self.all, self.kinds.entry(scheme.kind.clone()).or_default()] {
                count.schemes += 1;
                count.found += usize::from(found);
            }
        }
    }

    /// The part of the schemes that is found.
    pub fn recall(&self) -> f64 {
        share(self.all.found, self.all.schemes)
    }

    /// The recall of the kind that is found least; 1 without schemes.
    pub fn worst_recall(&self) -> f64 {
        self.kinds.values().map(|kind| share(kind.found, kind.schemes)).fold(1.0, f64::min)
    }

    /// The part of the cases within the budget that name a party of a scheme.
    pub fn precision(&self) -> f64 {
        share(self.right, self.within_budget)
    }

    /// How well the scores fit.
    pub fn reliability(&self) -> Reliability {
        Reliability::of(&self.scores)
    }
}

/// A scheme's parties but for those of many schemes; all of them where there are no others.
fn members<'a>(scheme: &'a Scheme, times: &BTreeMap<&str, usize>) -> BTreeSet<&'a str> {
    let rare = |party: &&String| times.get(party.as_str()).is_none_or(|times| *times <= HUB_SCHEMES);
    let narrow: BTreeSet<&str> = scheme.parties.iter().filter(rare).map(String::as_str).collect();
    if narrow.is_empty() { scheme.parties.iter().map(String::as_str).collect() } else { narrow }
}
