//! A draft of a typology over history, held against the live version.

use std::collections::BTreeMap;

use tollgate_model::Date;

use crate::engine::Finding;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// The draft.
    Draft,
    /// What is live.
    Live,
}

/// Since when a version finds something, and what it said of it then.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// The first day of those looked at.
    pub since: Date,
    /// What it found on that day.
    pub finding: Finding,
}

/// The sightings of one key by both versions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sightings {
    /// By the draft.
    pub draft: Option<Sighting>,
    /// By what is live.
    pub live: Option<Sighting>,
}

/// What each version finds, by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison(pub BTreeMap<String, Sightings>);

/// How many keys which version finds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ComparisonCounts {
    /// Only the draft.
    pub added: usize,
    /// Only what is live.
    pub dropped: usize,
    /// Both.
    pub common: usize,
}

impl Comparison {
    /// Adds what a version finds on a day; days come in their order, and the first sighting of a key stays.
    pub fn add(&mut self, version: Version, day: Date, finding: Finding) {
        let sightings = self.0.entry(finding.key.clone()).or_default();
        let side = match version {
            Version::Draft => &mut sightings.draft,
            Version::Live => &mut sightings.live,
        };
        side.get_or_insert(Sighting { since: day, finding });
    }

    /// How many keys which version finds.
    pub fn counts(&self) -> ComparisonCounts {
        let mut counts = ComparisonCounts::default();
        for sightings in self.0.values() {
            match (&sightings.draft, &sightings.live) {
                (Some(_), None) => counts.added += 1,
                (None, Some(_)) => counts.dropped += 1,
                (Some(_), Some(_)) => counts.common += 1,
                (None, None) => {}
            }
        }
        counts
    }
}

/// The days on which a backtest looks: `from`, then every so many days (at least one), and `to` at the end.
pub fn days_between(from: Date, to: Date, every_days: i32) -> Vec<Date> {
    let mut days = vec![from];
    while let Some(next) = days.last().map(|day| day.plus_days(every_days.max(1))).filter(|next| *next < to) {
        days.push(next);
    }
    days.push(to);
    days.dedup();
    days
}
