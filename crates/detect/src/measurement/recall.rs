//! Recall, precision and honesty of scores over worlds whose truth is known.

use std::collections::{BTreeMap, BTreeSet};

use super::ground_truth::GroundTruth;
use crate::alerts::{Alerts, Reliability};

/// How many schemes of a kind there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindRecall {
    /// Schemes.
    pub schemes: usize,
    /// Those that an alert within the budget is about.
    pub found: usize,
}

/// What one world, or several together, came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measurement {
    /// Schemes in all worlds.
    pub schemes: usize,
    /// Those that an alert within the budget is about.
    pub found: usize,
    /// The same by kind of scheme.
    pub kinds: BTreeMap<String, KindRecall>,
    /// How many alerts might have been looked at.
    pub budget: usize,
    /// How many were: the budget, or all alerts where they are fewer.
    pub within_budget: usize,
    /// Those of them that are about a scheme.
    pub right: usize,
    /// All alerts.
    pub alerts: usize,
    /// Score of each alert within the budget, and whether it is about a scheme.
    pub scores_within_budget: Vec<(f64, bool)>,
    /// The same of every alert.
    pub scores: Vec<(f64, bool)>,
    /// False alerts within the budget by pattern.
    pub false_alerts: BTreeMap<String, usize>,
}

/// A part of a whole, to four places; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "numbers of alerts")]
pub fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { (part as f64 / whole as f64 * 1e4).round() / 1e4 }
}

impl Measurement {
    /// Adds a world: its alerts, best first, and its truth. At most `alerts_per_scheme` times as many alerts are looked at as there are schemes.
    pub fn add(&mut self, ranked: &Alerts, truth: &GroundTruth, alerts_per_scheme: f64) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a number of alerts"
        )]
        let budget = (alerts_per_scheme * truth.schemes.len() as f64).floor().max(0.0) as usize;
        let mut caught: BTreeSet<usize> = BTreeSet::new();
        for (place, alert) in ranked.alerts.iter().enumerate() {
            let schemes = truth.schemes_of(alert);
            let score = (alert.score, !schemes.is_empty());
            self.scores.push(score);
            if place < budget {
                self.scores_within_budget.push(score);
                self.right += usize::from(!schemes.is_empty());
                if schemes.is_empty() {
                    *self.false_alerts.entry(alert.pattern.clone()).or_default() += 1;
                }
                caught.extend(schemes);
            }
        }
        for (place, scheme) in truth.schemes.iter().enumerate() {
            let kind = self.kinds.entry(scheme.kind.clone()).or_default();
            kind.schemes += 1;
            kind.found += usize::from(caught.contains(&place));
        }
        self.schemes += truth.schemes.len();
        self.found += caught.len();
        self.budget += budget;
        self.within_budget += budget.min(ranked.alerts.len());
        self.alerts += ranked.alerts.len();
    }

    /// The part of the schemes that is found.
    pub fn recall(&self) -> f64 {
        share(self.found, self.schemes)
    }

    /// The recall of the kind that is found least; 1 without schemes.
    pub fn worst_recall(&self) -> f64 {
        self.kinds.values().map(|kind| share(kind.found, kind.schemes)).fold(1.0, f64::min)
    }

    /// The part of the alerts within the budget that is about a scheme.
    pub fn precision(&self) -> f64 {
        share(self.right, self.within_budget)
    }

    /// How well the scores within the budget fit, and how well all of them.
    pub fn reliability(&self) -> [Reliability; 2] {
        [Reliability::of(&self.scores_within_budget), Reliability::of(&self.scores)]
    }
}
