//! What an earlier run found, so that only what changed is asked again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tollgate_model::{Date, hex};

use super::store::StoredTable;
use super::{Engine, EngineError, FilledCounts, Finding};
use crate::tables::DerivedTable;
use crate::typology::Typology;

/// SHA-256 of what each table holds; of `law` also without the last day of the data, which most queries do not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digests(BTreeMap<String, String>);

const LAW_ALONE: &str = "law, whatever the last day";

impl Digests {
    /// Of all tables.
    pub fn of<'a>(tables: impl IntoIterator<Item = (&'a str, &'a StoredTable)>) -> Result<Digests, EngineError> {
        let mut all = BTreeMap::new();
        for (name, table) in tables {
            let whole = table.digest(&[]).map_err(EngineError::Engine)?;
            all.insert(name.to_owned(), whole);
            if name == DerivedTable::Law.as_str() {
                let alone = table.digest(&["last_day"]).map_err(EngineError::Engine)?;
                all.insert(LAW_ALONE.to_owned(), alone);
            }
        }
        Ok(Digests(all))
    }

    /// Of all that a typology's answer hangs on: its query, its cap, the tables that it names, and the program that asks.
    fn question_digest(&self, typology: &Typology) -> String {
        let named: BTreeSet<&str> = words(&typology.sql).collect();
        let law = if reads_last_day(&typology.sql) { DerivedTable::Law.as_str() } else { LAW_ALONE };
        let mut hash = Sha256::new();
        for part in [env!("CARGO_PKG_VERSION"), &typology.id, &typology.sql, &typology.cap.to_string()] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        for (name, digest) in &self.0 {
            let read = match name.as_str() {
                "law" | LAW_ALONE => name == law && named.contains("law"),
                other => named.contains(other),
            };
            if read {
                hash.update(digest.as_bytes());
            }
        }
        hex(&hash.finalize())
    }
}

/// The names and words of a query.
fn words(sql: &str) -> impl Iterator<Item = &str> {
    sql.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

/// Whether a query reads a `last_day`, and not only calls a column of its answer so.
fn reads_last_day(sql: &str) -> bool {
    let mut before = "";
    for word in words(sql) {
        if word == "last_day" && !before.eq_ignore_ascii_case("as") {
            return true;
        }
        before = word;
    }
    false
}

/// What a run found, typology by typology.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PriorRun(BTreeMap<String, Answer>);

/// The answer of a typology.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Answer {
    /// What the answer depends on, as [`Digests::question_digest`] gives it.
    #[serde(rename = "asked")]
    question: String,
    found: Vec<FindingRow>,
}

/// A finding in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct FindingRow {
    key: String,
    subjects: Vec<String>,
    orders: Vec<String>,
    tpp: i64,
    days: [i32; 2],
    /// The bits of the number: decimals would not all come back as they were.
    llr: u64,
    why: String,
    facts: Vec<String>,
}

impl FindingRow {
    fn of(finding: &Finding) -> FindingRow {
        FindingRow {
            key: finding.key.clone(),
            subjects: finding.subjects.clone(),
            orders: finding.orders.clone(),
            tpp: finding.tpp,
            days: [finding.first.epoch_days(), finding.last.epoch_days()],
            llr: finding.llr.to_bits(),
            why: finding.why.clone(),
            facts: finding.facts.clone(),
        }
    }

    fn finding(&self, pattern: &str) -> Finding {
        let [first, last] = self.days.map(|day| Date::from_epoch_days(day).unwrap_or(Date::MIN));
        Finding {
            pattern: pattern.to_owned(),
            key: self.key.clone(),
            subjects: self.subjects.clone(),
            orders: self.orders.clone(),
            tpp: self.tpp,
            first,
            last,
            llr: f64::from_bits(self.llr),
            why: self.why.clone(),
            facts: self.facts.clone(),
        }
    }
}

/// An engine that asks only what it does not know from an earlier run.
pub struct IncrementalEngine<'a> {
    engine: &'a mut dyn Engine,
    digests: &'a Digests,
    before: PriorRun,
    now: PriorRun,
    known: usize,
}

impl<'a> IncrementalEngine<'a> {
    /// On top of an engine, with what an earlier run left.
    pub fn new(engine: &'a mut dyn Engine, digests: &'a Digests, before: PriorRun) -> IncrementalEngine<'a> {
        IncrementalEngine { engine, digests, before, now: PriorRun::default(), known: 0 }
    }

    /// What to leave for the next run, and how many typologies did not have to be asked.
    pub fn finish(self) -> (PriorRun, usize) {
        (self.now, self.known)
    }
}

impl Engine for IncrementalEngine<'_> {
    fn findings(&mut self, typology: &Typology) -> Result<Vec<Finding>, EngineError> {
        let question = self.digests.question_digest(typology);
        let answer = match self.before.0.remove(&typology.id).filter(|answer| answer.question == question) {
            Some(answer) => {
                self.known += 1;
                answer
            }
            None => {
                let found = self.engine.findings(typology)?;
                Answer { question, found: found.iter().map(FindingRow::of).collect() }
            }
        };
        let found = answer.found.iter().map(|row| row.finding(&typology.id)).collect();
        self.now.0.insert(typology.id.clone(), answer);
        Ok(found)
    }

    fn count_filled(&mut self, table: &str, columns: &[&str]) -> Result<FilledCounts, EngineError> {
        self.engine.count_filled(table, columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_day_is_read_unless_it_is_only_a_name() {
        assert!(reads_last_day("SELECT w.last_day FROM law w"));
        assert!(reads_last_day("SELECT max(day) AS last_day FROM lines WHERE day + 90 < last_day"));
        assert!(!reads_last_day("SELECT max(l.day) AS last_day, lpp_cap FROM lines l CROSS JOIN law"));
    }
}
