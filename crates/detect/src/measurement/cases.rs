//! Published cases, run again: which are flagged, by what, and when.

use std::collections::BTreeSet;

use tollgate_model::{Date, Diagnostics};
use tollgate_strict_toml::{Placed, TomlFile};

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

impl CaseFile {
    /// Reads the text of a `case.toml` (`examples/cases/README.md`); `file` is what mistakes call it. All mistakes are returned at once.
    pub fn parse(file: &str, text: &str) -> Result<CaseFile, Diagnostics> {
        let toml = TomlFile::parse(file, text);
        let root = toml.root();
        let Placed { value: kind, line } = root.required_text("kind", "\"evasion\"");
        if !["evasion", "negative", ""].contains(&kind.as_str()) {
            root.report("unknown-word", line, format!("there is no kind `{kind}`"), "write evasion or negative");
        }
        let case = CaseFile {
            title: root.required_text("title", "\"Graphics cards in a van declared empty\"").value,
            negative: kind != "evasion",
            uncontrolled: root.boolean("controlled") == Some(false),
            caught: root.date_or_text("caught_on"),
            expected: root.word_values("expect_patterns").into_iter().collect(),
        };
        let _documentary =
            (root.text("id"), root.boolean("replayable"), root.date_or_text("first_act"), root.text("note"));
        let _documentary = (root.words("source"), root.words("guilty_parties"), root.words("guilty_orders"));
        root.finish();
        let found = toml.into_diagnostics();
        if found.is_empty() { Ok(case) } else { Err(found) }
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
