//! Measurements, backtests and runs of cases as text for a person and as JSON for a machine.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use tollgate_model::Date;

use super::backtest::{Comparison, Sighting};
use super::by_case::CaseMeasurement;
use super::cases::{CaseRun, CaseSummary};
use super::recall::{KindRecall, Measurement, share};
use crate::typology::Typology;

fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// How many schemes of each kind are found, as one line without its end.
fn kinds_text(kinds: &BTreeMap<String, KindRecall>) -> String {
    let text = |(kind, count): (&String, &KindRecall)| format!("{kind} {} of {}", count.found, count.schemes);
    kinds.iter().map(text).collect::<Vec<_>>().join(", ")
}

impl CaseMeasurement {
    /// How many schemes of each kind are found, as one line without its end.
    pub fn kinds_text(&self) -> String {
        kinds_text(&self.kinds)
    }

    /// Two lines for a person.
    pub fn text(&self) -> String {
        format!(
            "  by case: recall {:.3}, worst typology {:.3}, precision {:.3}, Brier score {:.3} over {} cases\n    {}\n",
            self.recall(),
            self.worst_recall(),
            self.precision(),
            self.reliability().brier,
            self.scores.len(),
            self.kinds_text()
        )
    }

    /// The object that stands as `by_case` in the JSON of a measurement.
    pub fn json(&self) -> Value {
        let kinds = self.kinds.iter();
        let kinds: BTreeMap<&str, Value> = kinds
            .map(|(kind, count)| (kind.as_str(), json!({ "schemes": count.schemes, "found": count.found })))
            .collect();
        json!({
            "recall": self.recall(), "worst_recall": self.worst_recall(), "precision": self.precision(),
            "brier": rounded(self.reliability().brier), "cases": self.scores.len(), "recall_by_typology": kinds,
        })
    }
}

impl Measurement {
    /// The measurement by alert as an object, with that by case in it as `by_case`.
    pub fn json(&self, by_case: &CaseMeasurement) -> Value {
        let kinds = self.kinds.iter().map(|(kind, count)| {
            let recall = share(count.found, count.schemes);
            (kind.as_str(), json!({ "schemes": count.schemes, "found": count.found, "recall": recall }))
        });
        let kinds: BTreeMap<&str, Value> = kinds.collect();
        let [within_budget, all] = self.reliability();
        let tenths = all.tenths.iter().enumerate().filter(|(_, tenth)| tenth.cases > 0);
        let tenths = tenths.map(|(place, tenth)| {
            json!({ "tenth": place, "cases": tenth.cases, "said": rounded(tenth.mean_score()), "true": tenth.true_cases })
        });
        json!({
            "schemes": self.schemes, "recall": self.recall(), "worst_recall": self.worst_recall(),
            "recall_by_typology": kinds, "alerts": self.alerts, "budget": self.budget,
            "within_budget": self.within_budget, "precision": self.precision(),
            "brier_within_budget": rounded(within_budget.brier), "brier": rounded(all.brier),
            "reliability": tenths.collect::<Vec<_>>(), "false_alerts": self.false_alerts, "by_case": by_case.json(),
        })
    }

    /// The measurement by alert for a person, a line each.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{} schemes; {} alerts, {} of a budget of {} looked at\n  recall {:.3}, worst typology {:.3}, precision {:.3}\n",
            self.schemes,
            self.alerts,
            self.within_budget,
            self.budget,
            self.recall(),
            self.worst_recall(),
            self.precision()
        );
        for (kind, count) in &self.kinds {
            let _ = writeln!(text, "  {kind:<20} {:>4} of {:>4} found", count.found, count.schemes);
        }
        let [within_budget, all] = self.reliability();
        let _ = writeln!(
            text,
            "  Brier score {:.3} within the budget, {:.3} over all {} alerts",
            within_budget.brier,
            all.brier,
            self.scores.len()
        );
        let _ = writeln!(text, "  said, true, alerts:");
        for tenth in all.tenths.iter().filter(|tenth| tenth.cases > 0) {
            let _ = writeln!(text, "    {:>5.2} {:>5.2} {:>6}", tenth.mean_score(), tenth.true_share(), tenth.cases);
        }
        let false_alerts = self.false_alerts.iter().map(|(pattern, count)| format!("{pattern} {count}"));
        let false_alerts = false_alerts.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "  false alerts within the budget by pattern: {false_alerts}");
        text
    }
}

/// A backtest with what it is of, ready to be written.
pub struct BacktestReport<'a> {
    /// What each version finds.
    pub comparison: &'a Comparison,
    /// The draft.
    pub draft: &'a Typology,
    /// The live version.
    pub live: &'a Typology,
    /// What was found of earlier alerts, by key.
    pub dispositions: &'a BTreeMap<String, String>,
    /// How many days were looked at.
    pub looks: usize,
}

impl BacktestReport<'_> {
    /// An object with every key that either version finds.
    pub fn json(&self) -> Value {
        let side = |sighting: &Option<Sighting>| {
            sighting.as_ref().map(|sighting| {
                let finding = &sighting.finding;
                json!({
                    "from": sighting.since.to_string(), "llr": finding.llr, "why": finding.why,
                    "subjects": finding.subjects, "tpp": finding.tpp,
                })
            })
        };
        let rows = self.comparison.0.iter().map(|(key, sightings)| {
            json!({
                "key": key, "draft": side(&sightings.draft), "live": side(&sightings.live),
                "disposition": self.dispositions.get(key),
            })
        });
        json!({ "looks": self.looks, "alerts": rows.collect::<Vec<_>>() })
    }

    /// What the draft adds, drops and finds on another day, a line each.
    pub fn text(&self) -> String {
        let disposition =
            |key: &str| self.dispositions.get(key).map_or(String::new(), |finding| format!(" [found {finding}]"));
        let (mut added, mut dropped, mut moved) = (String::new(), String::new(), String::new());
        for (key, sightings) in &self.comparison.0 {
            let known = disposition(key);
            match (&sightings.draft, &sightings.live) {
                (Some(Sighting { since: day, finding }), None) => {
                    let _ = writeln!(added, "  + {day}  {key}{known}: {}", finding.why);
                }
                (None, Some(Sighting { since: day, finding })) => {
                    let _ = writeln!(dropped, "  - {day}  {key}{known}: {}", finding.why);
                }
                (Some(Sighting { since: one, .. }), Some(Sighting { since: other, finding })) => {
                    if one != other {
                        let _ = writeln!(moved, "  = {one} instead of {other}  {key}{known}: {}", finding.why);
                    }
                }
                (None, None) => {}
            }
        }
        let counts = self.comparison.counts();
        let (more, less, same, looks) = (counts.added, counts.dropped, counts.common, self.looks);
        let folder = |typology: &Typology| typology.file.parent().unwrap_or(Path::new("")).display().to_string();
        format!(
            "{} ({}) against {} ({}), looked at on {looks} days\n{more} alerts more, {less} fewer, {same} by both\n{added}{dropped}{moved}",
            self.draft.slug,
            folder(self.draft),
            self.live.slug,
            folder(self.live)
        )
    }
}

impl CaseRun {
    /// A case that was run, as an object.
    pub fn json(&self) -> Value {
        json!({
            "case": self.name, "title": self.case.title, "negative": self.case.negative, "patterns": self.patterns,
            "expected": self.case.expected, "score": rounded(self.score),
            "flagged_on": self.flagged.map(|day| day.to_string()), "caught_on": self.case.caught.map(|day| day.to_string()),
            "months_before": self.months_before(), "miscalled": self.miscalled,
        })
    }
}

/// Runs of cases as a table for a person, and what they come to below it.
pub fn case_runs_text(runs: &[CaseRun]) -> String {
    let mut text = format!("{:<30} {:<10} {:<10} {:>6}  {:>5}  by\n", "case", "flagged", "caught", "months", "score");
    let day = |date: Option<Date>| date.map_or("-".to_owned(), |date| date.to_string());
    for run in runs {
        let early = run.months_before().map_or("-".to_owned(), |months| months.to_string());
        let by: Vec<&str> = run.patterns.iter().map(String::as_str).collect();
        let lacks: Vec<&str> = run.lacking().collect();
        let remark = match (lacks.is_empty(), run.miscalled) {
            (_, true) => "  uncontrolled goods called 3A090 or 4A090".to_owned(),
            (true, _) => String::new(),
            (false, _) => format!("  lacks {}", lacks.join(" ")),
        };
        let _ = writeln!(
            text,
            "{:<30} {:<10} {:<10} {early:>6}  {:>5.2}  {}{remark}",
            run.name,
            day(run.flagged),
            day(run.case.caught),
            run.score,
            if by.is_empty() { "nothing".to_owned() } else { by.join(" ") },
        );
    }
    let summary = CaseSummary::of(runs);
    let median = summary
        .median_months
        .map_or(String::new(), |months| format!(", {months} months before they were caught at the median"));
    let _ = writeln!(
        text,
        "{} of {} cases are flagged{median}; of {} negatives {} are flagged by what should not",
        summary.flagged, summary.evasions, summary.negatives, summary.wrongly_flagged
    );
    text
}
