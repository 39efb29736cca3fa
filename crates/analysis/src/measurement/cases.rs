//! Published cases, run again: which are flagged, by what, and when.

use std::collections::BTreeSet;

use tollgate_model::Date;

/// What a `case.toml` says of its case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseFile {
    /// A few words.
    pub title: String,
    /// Whether nothing was wrong: its `kind` is another than `evasion`.
    pub negative: bool,
    /// Ids of the typologies that must find it.
    pub expected: BTreeSet<String>,
    /// When it was caught, where that is published.
    pub caught: Option<Date>,
    /// Whether its goods are known to be no goods of 3A090 or 4A090.
    pub uncontrolled: bool,
}

/// Why a `case.toml` cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CaseError(String);

impl CaseFile {
    /// Reads the text of a `case.toml`.
    pub fn parse(text: &str) -> Result<CaseFile, CaseError> {
        let case: toml::Table = text.parse().map_err(|error: toml::de::Error| CaseError(error.message().to_owned()))?;
        let word = |key: &str| case.get(key).and_then(toml::Value::as_str);
        let expected = case.get("expect_patterns").and_then(toml::Value::as_array).into_iter().flatten();
        let caught = word("caught_on").filter(|day| !day.is_empty()).map(str::parse::<Date>).transpose();
        Ok(CaseFile {
            title: word("title").ok_or_else(|| CaseError("`title` is missing".to_owned()))?.to_owned(),
            negative: word("kind").ok_or_else(|| CaseError("`kind` is missing".to_owned()))? != "evasion",
            expected: expected.filter_map(|id| id.as_str().map(str::to_owned)).collect(),
            caught: caught.map_err(|_| CaseError("`caught_on` is no day: write YYYY-MM-DD".to_owned()))?,
            uncontrolled: case.get("controlled").and_then(toml::Value::as_bool) == Some(false),
        })
    }
}

/// A case that was run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseRun {
    /// The folder's name.
    pub name: String,
    /// What its file says.
    pub case: CaseFile,
    /// Ids of the typologies that found something.
    pub patterns: BTreeSet<String>,
    /// The score of the best alert, 0 to 1; 0 without one.
    pub score: f64,
    /// The first day on which anything is found.
    pub flagged: Option<Date>,
    /// Whether goods that are not controlled were given an ECCN of 3A090 or 4A090: an error.
    pub miscalled: bool,
}

impl CaseRun {
    /// Months from the day it is flagged to the day it was caught, to the nearest; below zero where it is flagged later.
    pub fn months_before(&self) -> Option<i32> {
        let (flagged, caught) = self.flagged.zip(self.case.caught)?;
        let days = caught.epoch_days() - flagged.epoch_days();
        Some((days + days.signum() * 15) / 30)
    }

    /// Ids of typologies that must find it and do not.
    pub fn lacking(&self) -> impl Iterator<Item = &str> {
        self.case.expected.difference(&self.patterns).map(String::as_str)
    }
}

/// What runs of cases come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseSummary {
    /// Cases of evasion.
    pub evasions: usize,
    /// Those of them that are flagged.
    pub flagged: usize,
    /// The median of the months before they were caught; `None` where no case has both days.
    pub median_months: Option<i32>,
    /// Honest cases.
    pub negatives: usize,
    /// Those of them that a typology finds which should not.
    pub wrongly_flagged: usize,
}

impl CaseSummary {
    /// Of runs in any order.
    pub fn of(runs: &[CaseRun]) -> CaseSummary {
        let evasions = || runs.iter().filter(|run| !run.case.negative);
        let negatives = || runs.iter().filter(|run| run.case.negative);
        let mut months: Vec<i32> = evasions().filter_map(CaseRun::months_before).collect();
        months.sort_unstable();
        CaseSummary {
            evasions: evasions().count(),
            flagged: evasions().filter(|run| run.flagged.is_some()).count(),
            median_months: months.get(months.len() / 2).copied(),
            negatives: negatives().count(),
            wrongly_flagged: negatives().filter(|run| !run.patterns.is_subset(&run.case.expected)).count(),
        }
    }
}

/// The first of some days, in order, from which on something is found; `None` without days. By halves, since evidence only grows but for what peers make of
/// it; the last day is taken for one on which something is found.
pub fn first_flagged_day<E>(days: &[Date], mut finds: impl FnMut(Date) -> Result<bool, E>) -> Result<Option<Date>, E> {
    let (mut low, mut high) = (0, days.len().saturating_sub(1));
    while low < high {
        let middle = low.midpoint(high);
        let Some(day) = days.get(middle) else { break };
        match finds(*day)? {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    Ok(days.get(low).copied())
}
