//! From findings to alerts and cases: evidence is weighed by what it was worth on worlds whose truth is known, put together, and ranked.
//!
//! Evidence adds up in log-likelihood ratios, capped by pattern, by family, and for all papers together, so that no single flag decides and many
//! paper flags do not outweigh a physical fact.

mod calibration;
mod cases;
mod fit;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use tollgate_model::{Date, hex};

pub use calibration::{Calibration, CalibrationError};
pub use fit::{Example, Reliability, fit};

use crate::engine::Finding;
use crate::typology::Typology;
use cases::Group;

/// A finding as evidence in an alert.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The typology's id.
    pub pattern: String,
    /// What it is about.
    pub key: String,
    /// What it counts, in nats.
    pub weight: f64,
    /// One sentence.
    pub why: String,
    /// `name=value`.
    pub facts: Vec<String>,
}

/// An alert (`contract.md`).
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// The same for the same evidence.
    pub alert_id: String,
    /// The family.
    pub typology: String,
    /// The typology's id.
    pub pattern: String,
    /// Party ids, in order.
    pub subjects: Vec<String>,
    /// Order ids, in order.
    pub orders: Vec<String>,
    /// The probability that it is true.
    pub score: f64,
    /// TPP at stake.
    pub tpp: i64,
    /// The first day.
    pub first: Date,
    /// The last.
    pub last: Date,
    /// One sentence with its figures.
    pub why: String,
    /// What it rests on, the heaviest first.
    pub evidence: Vec<Evidence>,
    /// The case that it belongs to.
    pub case: String,
    /// Whether it is the case's first: its score is that of all the evidence together.
    pub lead: bool,
}

/// Alerts that overlap.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// That of its first alert, with another letter before it.
    pub case_id: String,
    /// Its alerts, the first one leading.
    pub alerts: Vec<String>,
    /// Party ids, in order.
    pub subjects: Vec<String>,
    /// The probability that something is wrong.
    pub score: f64,
    /// TPP at stake.
    pub tpp: i64,
    /// Hours of an officer that it takes to find out.
    pub hours: f64,
    /// TPP that an officer's hour saves on average.
    pub saved_an_hour: f64,
}

/// What was made of the findings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alerts {
    /// Best first.
    pub alerts: Vec<Alert>,
    /// By compute saved for an hour, most first.
    pub cases: Vec<Case>,
}

/// Puts findings together. `cluster` says which parties are taken for one.
pub fn alerts(
    findings: &[Finding],
    typologies: &[Typology],
    calibration: &Calibration,
    cluster: &dyn Fn(&str) -> String,
) -> Alerts {
    let families: BTreeMap<&str, &Typology> = typologies.iter().map(|own| (own.id.as_str(), own)).collect();
    let mut all = Alerts::default();
    for group in cases::groups(findings, cluster) {
        let (alerts, case) = of_group(&group, &families, calibration);
        all.alerts.extend(alerts);
        all.cases.extend(case);
    }
    all.alerts.sort_by(|one, other| {
        other.score.total_cmp(&one.score).then(other.tpp.cmp(&one.tpp)).then(one.alert_id.cmp(&other.alert_id))
    });
    all.cases
        .sort_by(|one, other| other.saved_an_hour.total_cmp(&one.saved_an_hour).then(one.case_id.cmp(&other.case_id)));
    all
}

/// Hours of an officer for a case: an afternoon with the papers, and a visit where something can be seen.
const PAPERS: f64 = 6.0;
const VISIT: f64 = 40.0;

fn of_group(
    group: &Group<'_>,
    families: &BTreeMap<&str, &Typology>,
    calibration: &Calibration,
) -> (Vec<Alert>, Option<Case>) {
    let mut by_family: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &group.findings {
        if let Some(own) = families.get(finding.pattern.as_str()) {
            by_family.entry(&own.family).or_default().push(finding);
        }
    }
    let sums = calibration.families(group.findings.iter().copied(), families);
    let whole = calibration.probability(&sums);
    let mut alerts: Vec<Alert> = by_family
        .into_iter()
        .filter_map(|(family, findings)| {
            let own = sums.iter().filter(|sum| sum.family == family).copied().collect::<Vec<_>>();
            one(family, &findings, calibration, calibration.probability(&own))
        })
        .collect();
    // The family that weighs most leads, and speaks for all.
    alerts.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.alert_id.cmp(&other.alert_id)));
    let Some(lead) = alerts.first_mut() else { return (Vec::new(), None) };
    (lead.lead, lead.score) = (true, whole.max(lead.score));
    let case_id = lead.alert_id.replacen('A', "C", 1);
    let score = lead.score;
    alerts.iter_mut().for_each(|alert| alert.case.clone_from(&case_id));
    let physical = group.findings.iter().any(|own| families.get(own.pattern.as_str()).is_some_and(|own| own.physical));
    let hours = PAPERS + if physical { VISIT } else { 0.0 };
    let tpp = alerts.iter().map(|alert| alert.tpp).max().unwrap_or(0);
    let mut subjects: Vec<String> = alerts.iter().flat_map(|alert| alert.subjects.iter().cloned()).collect();
    subjects.sort();
    subjects.dedup();
    #[expect(clippy::cast_precision_loss, reason = "a ranking, no legal decision")]
    let saved_an_hour = score * tpp as f64 / hours;
    let ids = alerts.iter().map(|alert| alert.alert_id.clone()).collect();
    let case = Case { case_id, alerts: ids, subjects, score, tpp, hours, saved_an_hour };
    (alerts, Some(case))
}

fn one(family: &str, findings: &[&Finding], calibration: &Calibration, score: f64) -> Option<Alert> {
    let mut ordered: Vec<(f64, &Finding)> = findings.iter().map(|own| (calibration.weighed(own), *own)).collect();
    ordered.sort_by(|(one, first), (other, second)| {
        other.total_cmp(one).then((&first.pattern, &first.key).cmp(&(&second.pattern, &second.key)))
    });
    let main = ordered.first().map(|(_, own)| *own)?;
    let gather = |pick: &dyn Fn(&Finding) -> &[String]| {
        let mut texts: Vec<String> = findings.iter().flat_map(|own| pick(own)).cloned().collect();
        texts.sort();
        texts.dedup();
        texts
    };
    let (subjects, orders) = (gather(&|own| &own.subjects), gather(&|own| &own.orders));
    let evidence = ordered.iter().map(|(weight, own)| Evidence {
        pattern: own.pattern.clone(),
        key: own.key.clone(),
        weight: *weight,
        why: own.why.clone(),
        facts: own.facts.clone(),
    });
    Some(Alert {
        alert_id: id(&ordered),
        typology: family.to_owned(),
        pattern: main.pattern.clone(),
        subjects,
        orders,
        score,
        tpp: findings.iter().map(|own| own.tpp).max().unwrap_or(0),
        first: findings.iter().map(|own| own.first).min().unwrap_or(main.first),
        last: findings.iter().map(|own| own.last).max().unwrap_or(main.last),
        why: main.why.clone(),
        evidence: evidence.collect(),
        case: String::new(),
        lead: false,
    })
}

/// `A` and sixteen digits of the SHA-256 of what was found: pattern, key, subjects and orders of each finding, in order.
fn id(findings: &[(f64, &Finding)]) -> String {
    let mut parts: Vec<String> = findings
        .iter()
        .map(|(_, own)| {
            [&own.pattern, &own.key, &own.subjects.join(";"), &own.orders.join(";")].map(String::as_str).join("\u{1f}")
        })
        .collect();
    parts.sort();
    let digest = hex(&Sha256::digest(parts.join("\u{1e}").as_bytes()));
    format!("A{}", digest.get(..16).unwrap_or_default())
}
