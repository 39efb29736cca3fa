//! The file of alerts, read and gathered into cases.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

/// Officer's hours that a case takes by its papers, and where somebody must go and look.
const PAPERS: f64 = 6.0;
const VISIT: f64 = 40.0;
/// Families of which the proof is a place.
const PLACES: [&str; 2] = ["staged_site", "capacity_mismatch"];

/// A line of `alerts.jsonl`.
#[derive(Deserialize)]
struct Alert {
    typology: String,
    subjects: Vec<String>,
    orders: Vec<String>,
    score: f64,
    tpp: i64,
    first: String,
    last: String,
    why: String,
    #[serde(default)]
    evidence: Vec<Evidence>,
    case: String,
}

/// A fact that speaks for evasion or against it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(crate) struct Evidence {
    pub(super) pattern: String,
    pub(super) key: String,
    /// Nats; less than 0 speaks against.
    pub(super) weight: f64,
    pub(super) why: String,
    #[serde(default)]
    pub(super) facts: Vec<String>,
}

/// Alerts that belong together.
#[derive(Clone, Debug)]
pub struct Case {
    pub(super) id: String,
    pub(super) typology: String,
    /// The largest probability of its alerts.
    pub(super) percent: u8,
    pub(super) tpp: i64,
    /// TPP that an hour of work is expected to save.
    pub(super) saved: f64,
    pub(super) why: String,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) subjects: BTreeSet<String>,
    pub(super) orders: BTreeSet<String>,
    pub(super) evidence: Vec<Evidence>,
}

impl Case {
    /// Reads a file of `tollgate detect`: the cases, the first in line first.
    pub fn read(path: &Path) -> Result<Vec<Case>, String> {
        let wrong = |row: usize, what: &dyn std::fmt::Display| {
            format!("{}: line {row}: {what}\n  mend: give --alerts a file that `tollgate detect` wrote", path.display())
        };
        let file = std::fs::File::open(path).map_err(|error| wrong(0, &error))?;
        let mut cases: BTreeMap<String, Case> = BTreeMap::new();
        for (row, line) in BufReader::new(file).lines().enumerate() {
            let line = line.map_err(|error| wrong(row + 1, &error))?;
            let alert: Alert = serde_json::from_str(&line).map_err(|error| wrong(row + 1, &error))?;
            match cases.get_mut(&alert.case) {
                Some(case) => case.add(alert),
                None => drop(cases.insert(alert.case.clone(), Case::of(alert))),
            }
        }
        let mut cases: Vec<Case> = cases.into_values().collect();
        cases.sort_by(|one, other| other.saved.total_cmp(&one.saved).then_with(|| one.id.cmp(&other.id)));
        Ok(cases)
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank and a whole percentage"
    )]
    fn of(alert: Alert) -> Case {
        let hours = if PLACES.contains(&alert.typology.as_str()) { VISIT } else { PAPERS };
        Case {
            id: alert.case,
            percent: (alert.score.clamp(0.0, 1.0) * 100.0).round() as u8,
            saved: alert.score * alert.tpp as f64 / hours,
            tpp: alert.tpp,
            typology: alert.typology,
            why: alert.why,
            first: alert.first,
            last: alert.last,
            subjects: alert.subjects.into_iter().collect(),
            orders: alert.orders.into_iter().collect(),
            evidence: alert.evidence,
        }
    }

    /// A case is what its alert with the most to save says; the others add what they know.
    fn add(&mut self, alert: Alert) {
        let mut other = Case::of(alert);
        if other.saved > self.saved {
            std::mem::swap(self, &mut other);
        }
        self.percent = self.percent.max(other.percent);
        self.first = std::mem::take(&mut self.first).min(other.first);
        self.last = std::mem::take(&mut self.last).max(other.last);
        self.subjects.extend(other.subjects);
        self.orders.extend(other.orders);
        for piece in other.evidence {
            if !self.evidence.contains(&piece) {
                self.evidence.push(piece);
            }
        }
    }

    /// The parties that it is about.
    pub(crate) fn subjects(&self) -> &BTreeSet<String> {
        &self.subjects
    }

    /// Its id, what it looks like and why it stands.
    pub(crate) fn head(&self) -> Value {
        json!({ "id": self.id, "typology": self.typology, "percent": self.percent, "why": self.why })
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "id": self.id, "typology": self.typology, "percent": self.percent, "tpp": self.tpp, "saved": self.saved, "why": self.why,
            "first": self.first, "last": self.last, "parties": self.subjects.len(), "lines": self.orders.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_of_a_case_are_one_row_ranked_by_what_an_hour_saves() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("alerts.jsonl");
        let line = |case: &str, typology: &str, score: f64, tpp: i64, subject: &str| {
            json!({ "case": case, "typology": typology, "score": score, "tpp": tpp, "subjects": [subject], "orders": ["1"],
                "first": "2025-02-01", "last": "2025-03-01", "why": typology })
            .to_string()
        };
        let lines = [
            line("A", "structuring", 0.5, 600, "one"),
            line("A", "shell_company", 0.9, 6_000, "two"),
            // More compute, but somebody must go there.
            line("B", "staged_site", 1.0, 12_000, "three"),
        ];
        std::fs::write(&path, lines.join("\n")).unwrap();
        let cases = Case::read(&path).unwrap();
        let shown: Vec<(&str, &str, u8, usize)> = cases
            .iter()
            .map(|case| (case.id.as_str(), case.typology.as_str(), case.percent, case.subjects.len()))
            .collect();
        assert_eq!(shown, [("A", "shell_company", 90, 2), ("B", "staged_site", 100, 1)]);
        std::fs::write(&path, "{}\n").unwrap();
        assert!(Case::read(&path).unwrap_err().contains("line 1: missing field"));
    }
}
