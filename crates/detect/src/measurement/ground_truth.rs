//! The schemes of a world whose truth is known, and which alerts are about them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::alerts::Alert;
use crate::engine::Finding;

/// A scheme that was planted in a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// Its kind: the word by which recall is counted.
    pub kind: String,
    /// Party ids of those in it.
    pub parties: BTreeSet<String>,
    /// Order ids of its orders, at least one.
    pub orders: BTreeSet<String>,
}

/// The schemes of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroundTruth {
    /// In the order of the file.
    pub schemes: Vec<Scheme>,
}

/// A line of a `truth.jsonl` that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct GroundTruthError {
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl Scheme {
    /// Whether something with such subjects (party ids) and orders (order ids) is about this scheme: it names a party of it, and of its subjects or of its
    /// orders at least half are the scheme's.
    pub fn matches(&self, subjects: &BTreeSet<&str>, orders: &BTreeSet<&str>) -> bool {
        let common = |members: &BTreeSet<String>, named: &BTreeSet<&str>| {
            named.iter().filter(|id| members.contains(**id)).count()
        };
        let (parties, lines) = (common(&self.parties, subjects), common(&self.orders, orders));
        parties > 0 && (parties * 2 >= subjects.len() || (lines > 0 && lines * 2 >= orders.len()))
    }
}

impl GroundTruth {
    /// Reads `truth.jsonl`: of `simulate world` (`typology`, `parties`, `orders`), or of others (`kind`, `guilty_parties` or `subjects`, `guilty_orders`).
    ///
    /// A line without a `scheme` is an honest twin, and a scheme without orders leaves nothing to find: both are left out.
    pub fn parse(text: &str) -> Result<GroundTruth, GroundTruthError> {
        let mut schemes = Vec::new();
        for (place, line) in text.lines().enumerate() {
            let wrong = |what: String| GroundTruthError { line: place + 1, what };
            let value: Value = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
            let ids = |keys: [&str; 3]| -> BTreeSet<String> {
                let list = keys.iter().find_map(|key| value.get(key)?.as_array());
                list.into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)).collect()
            };
            let orders = ids(["orders", "guilty_orders", "order_ids"]);
            if value.get("scheme").is_none_or(Value::is_null) || orders.is_empty() {
                continue;
            }
            let kind = ["typology", "kind"].iter().find_map(|key| value.get(key)?.as_str());
            let kind = kind.ok_or_else(|| wrong("a scheme has neither `typology` nor `kind`".to_owned()))?;
            schemes.push(Scheme {
                kind: kind.to_owned(),
                parties: ids(["parties", "guilty_parties", "subjects"]),
                orders,
            });
        }
        Ok(GroundTruth { schemes })
    }

    /// The places in [`GroundTruth::schemes`] of those that an alert is about; empty for a false alert.
    pub fn schemes_of(&self, alert: &Alert) -> Vec<usize> {
        let subjects: BTreeSet<&str> = alert.subjects.iter().map(String::as_str).collect();
        let orders: BTreeSet<&str> = alert.orders.iter().map(String::as_str).collect();
        let matching = self.schemes.iter().enumerate().filter(|(_, scheme)| scheme.matches(&subjects, &orders));
        matching.map(|(place, _)| place).collect()
    }

    /// Whether findings taken together are about any scheme.
    pub fn is_guilty(&self, findings: &[&Finding]) -> bool {
        let subjects = findings.iter().flat_map(|finding| finding.subjects.iter().map(String::as_str)).collect();
        let orders = findings.iter().flat_map(|finding| finding.orders.iter().map(String::as_str)).collect();
        self.schemes.iter().any(|scheme| scheme.matches(&subjects, &orders))
    }
}
