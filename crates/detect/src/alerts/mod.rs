//! From findings to alerts and cases: evidence is weighed by what it was worth on worlds whose truth is known, put together, and ranked.
//!
//! Evidence adds up in log-likelihood ratios, capped by pattern, by family, and for all papers together, so that no single flag decides and many
//! paper flags do not outweigh a physical fact.

mod calibration;
mod cases;
mod fit;
mod sentence;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use tollgate_model::{Date, hex};

pub use calibration::Calibration;
pub use fit::{Example, Reliability, Tenth, fit};

use crate::engine::Finding;
use crate::entity::{Circumstances, Entities};
use crate::typology::Typology;

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

/// A family of typologies that speaks for an alert.
#[derive(Clone, Debug, PartialEq)]
pub struct FamilyScore {
    /// The family's word.
    pub family: String,
    /// The probability that something is wrong by its evidence alone, 0 to 1.
    pub score: f64,
}

/// An alert: findings that are about the same entities.
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
    /// The probability that something is wrong.
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
    /// What is known of its subjects besides the evidence.
    pub circumstances: Circumstances,
    /// What that counts, in nats.
    pub circumstances_nats: f64,
    /// Each family that speaks for it, the likeliest first.
    pub families: Vec<FamilyScore>,
    /// Hours of an officer that it takes to find out.
    pub hours: f64,
}

/// Alerts that overlap.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// That of its first alert, with another letter before it.
    pub case_id: String,
    /// Its alerts, the likeliest first.
    pub alerts: Vec<String>,
    /// Party ids, in order.
    pub subjects: Vec<String>,
    /// The probability that something is wrong with one of its alerts at the least.
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

/// The score below which nothing is reported: fewer than one in five of such alerts were true on simulated worlds.
pub const LEAST_SCORE: f64 = 0.25;

/// What is known of parties: which are taken for one, and how long, how much and how young they buy.
pub struct Backdrop<'a> {
    /// The smallest id of those that are taken for one with a party.
    pub cluster: &'a dyn Fn(&str) -> String,
    /// What is known of the parties that findings name.
    pub circumstances: &'a dyn Fn(&[&Finding]) -> Circumstances,
}

/// Calls `then` with what entities say of parties.
pub fn with_backdrop<R>(entities: &Entities, then: impl FnOnce(&Backdrop<'_>) -> R) -> R {
    let cluster = |party: &str| entities.cluster(party).to_owned();
    let circumstances = |found: &[&Finding]| {
        let subjects = found.iter().flat_map(|finding| finding.subjects.iter().map(String::as_str));
        entities.standings.circumstances(subjects)
    };
    then(&Backdrop { cluster: &cluster, circumstances: &circumstances })
}

/// Puts findings together, and leaves out what is less likely than `least`.
pub fn alerts(
    findings: &[Finding],
    typologies: &[Typology],
    calibration: &Calibration,
    least: f64,
    backdrop: &Backdrop<'_>,
) -> Alerts {
    let by_id: BTreeMap<&str, &Typology> = typologies.iter().map(|typology| (typology.id.as_str(), typology)).collect();
    let mut all = Alerts::default();
    // Alerts are about the same entities; cases also hold what a common payer, owner or seller ties.
    let tight = cases::groups(findings, backdrop.cluster, cases::ALERT);
    let loose = cases::groups(findings, backdrop.cluster, cases::CASE);
    for group in loose {
        let within = tight.iter().filter(|places| places.first().is_some_and(|place| group.contains(place)));
        let found = |places: &Vec<usize>| places.iter().filter_map(|place| findings.get(*place)).collect::<Vec<_>>();
        let weigh = |places: &Vec<usize>| {
            let found = found(places);
            alert(&found, &by_id, calibration, (backdrop.circumstances)(&found))
        };
        let mut alerts: Vec<Alert> = within.filter_map(weigh).collect();
        alerts.retain(|alert| alert.score >= least);
        all.cases.extend(case(alerts.iter_mut().collect()));
        all.alerts.append(&mut alerts);
    }
    all.alerts.sort_by(|one, other| {
        other.score.total_cmp(&one.score).then(other.tpp.cmp(&one.tpp)).then(one.alert_id.cmp(&other.alert_id))
    });
    all.cases
        .sort_by(|one, other| other.saved_an_hour.total_cmp(&one.saved_an_hour).then(one.case_id.cmp(&other.case_id)));
    all
}

/// Alerts as they are learned from; `guilty` says of an alert's findings whether something was wrong.
pub fn examples(findings: &[Finding], backdrop: &Backdrop<'_>, guilty: &dyn Fn(&[&Finding]) -> bool) -> Vec<Example> {
    let example = |group: Vec<usize>| {
        let found: Vec<&Finding> = group.iter().filter_map(|place| findings.get(*place)).collect();
        let mut patterns: BTreeMap<String, f64> = BTreeMap::new();
        for finding in &found {
            let most = patterns.entry(finding.pattern.clone()).or_insert(finding.llr);
            *most = most.max(finding.llr);
        }
        Example { patterns, circumstances: (backdrop.circumstances)(&found), guilty: guilty(&found) }
    };
    cases::groups(findings, backdrop.cluster, cases::ALERT).into_iter().map(example).collect()
}

/// Hours of an officer for an alert: an afternoon with the papers, and a visit where something can be seen.
const PAPERS: f64 = 6.0;
const VISIT: f64 = 40.0;

/// One alert of findings that are about the same entities: the family that weighs most gives it its name, and all the evidence its score.
fn alert(
    findings: &[&Finding],
    by_id: &BTreeMap<&str, &Typology>,
    calibration: &Calibration,
    circumstances: Circumstances,
) -> Option<Alert> {
    let circumstances_nats = calibration.circumstances_nats(&circumstances);
    let sums = calibration.families(findings.iter().copied(), by_id);
    let score = |sum: calibration::FamilySum<'_>| FamilyScore {
        family: sum.family.to_owned(),
        score: calibration.probability(&[sum], circumstances_nats),
    };
    let mut by_family: Vec<FamilyScore> = sums.iter().copied().map(score).collect();
    by_family.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.family.cmp(&other.family)));
    let typology = by_family.first()?.family.clone();
    let of = |finding: &Finding| by_id.get(finding.pattern.as_str()).is_some_and(|of| of.family == typology);
    let mut ordered: Vec<(f64, &Finding)> =
        findings.iter().map(|finding| (calibration.weight_nats(finding), *finding)).collect();
    ordered.sort_by(|(one, first), (other, second)| {
        let heavier = other.total_cmp(one);
        of(second).cmp(&of(first)).then(heavier).then((&first.pattern, &first.key).cmp(&(&second.pattern, &second.key)))
    });
    let main = ordered.first().map(|(_, finding)| *finding)?;
    let gather = |pick: &dyn Fn(&Finding) -> &[String]| {
        let mut texts: Vec<String> = findings.iter().flat_map(|finding| pick(finding)).cloned().collect();
        texts.sort();
        texts.dedup();
        texts
    };
    let evidence = ordered.iter().map(|(weight, finding)| Evidence {
        pattern: finding.pattern.clone(),
        key: finding.key.clone(),
        weight: *weight,
        why: sentence::group_figures(&finding.why),
        facts: finding.facts.clone(),
    });
    let physical = findings.iter().any(|finding| by_id.get(finding.pattern.as_str()).is_some_and(|of| of.physical));
    Some(Alert {
        alert_id: id(&ordered),
        pattern: main.pattern.clone(),
        subjects: gather(&|finding| &finding.subjects),
        orders: gather(&|finding| &finding.orders),
        score: calibration.probability(&sums, circumstances_nats),
        tpp: findings.iter().map(|finding| finding.tpp).max().unwrap_or(0),
        first: findings.iter().map(|finding| finding.first).min().unwrap_or(main.first),
        last: findings.iter().map(|finding| finding.last).max().unwrap_or(main.last),
        why: sentence::group_figures(&main.why),
        evidence: evidence.collect(),
        circumstances,
        circumstances_nats,
        families: by_family,
        hours: PAPERS + if physical { VISIT } else { 0.0 },
        case: String::new(),
        typology,
    })
}

/// A case of alerts that overlap, the first of them the likeliest.
fn case(mut alerts: Vec<&mut Alert>) -> Option<Case> {
    alerts.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.alert_id.cmp(&other.alert_id)));
    let case_id = alerts.first()?.alert_id.replacen('A', "C", 1);
    let mut subjects: Vec<String> = alerts.iter().flat_map(|alert| alert.subjects.iter().cloned()).collect();
    subjects.sort();
    subjects.dedup();
    let hours = alerts.iter().map(|alert| alert.hours).sum();
    let tpp = alerts.iter().map(|alert| alert.tpp).sum();
    #[expect(clippy::cast_precision_loss, reason = "a ranking, no legal decision")]
    let saved: f64 = alerts.iter().map(|alert| alert.score * alert.tpp as f64).sum();
    let score = 1.0 - alerts.iter().map(|alert| 1.0 - alert.score).product::<f64>();
    alerts.iter_mut().for_each(|alert| alert.case.clone_from(&case_id));
    let ids = alerts.iter().map(|alert| alert.alert_id.clone()).collect();
    Some(Case { case_id, alerts: ids, subjects, score, tpp, hours, saved_an_hour: saved / hours })
}

/// `A` and sixteen digits of the SHA-256 of what was found: pattern, key, subjects and orders of each finding, in order.
fn id(findings: &[(f64, &Finding)]) -> String {
    let mut parts: Vec<String> = findings
        .iter()
        .map(|(_, finding)| {
            [&finding.pattern, &finding.key, &finding.subjects.join(";"), &finding.orders.join(";")]
                .map(String::as_str)
                .join("\u{1f}")
        })
        .collect();
    parts.sort();
    let digest = hex(&Sha256::digest(parts.join("\u{1e}").as_bytes()));
    let digits: String = digest.chars().take(16).collect();
    format!("A{digits}")
}
