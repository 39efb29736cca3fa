//! From findings to alerts, and how evidence is fitted.

use super::*;

fn typology(id: &str, family: &str, physical: bool) -> Typology {
    Typology {
        slug: id.to_lowercase(),
        id: id.into(),
        family: family.into(),
        title: id.into(),
        looks_for: String::new(),
        defeated_by: String::new(),
        false_positives: Vec::new(),
        sources: Vec::new(),
        cases: Vec::new(),
        kernel: None,
        needs: Vec::new(),
        columns: Vec::new(),
        cap: 3.0,
        physical,
        parameters: BTreeMap::new(),
        file: "query.sql".into(),
        sql: String::new(),
    }
}

fn finding(pattern: &str, subjects: &[&str], llr: f64) -> Finding {
    Finding {
        pattern: pattern.into(),
        key: subjects.concat(),
        subjects: subjects.iter().map(|party| (*party).to_owned()).collect(),
        orders: vec![format!("O-{}", subjects.concat())],
        tpp: 1_000,
        first: "2025-01-01".parse().unwrap(),
        last: "2025-02-01".parse().unwrap(),
        llr,
        why: format!("{pattern} of {}", subjects.concat()),
        facts: Vec::new(),
    }
}

fn plain() -> Calibration {
    Calibration {
        intercept: -3.0,
        family_cap: 2.5,
        paper_cap: 4.0,
        weights: BTreeMap::new(),
        otherwise: 1.0,
        offsets: BTreeMap::new(),
        circumstances: BTreeMap::new(),
    }
}

/// Parties of which nothing is known.
const STRANGERS: Backdrop<'_> = Backdrop {
    cluster: &|party| party.to_owned(),
    circumstances: &|_| Circumstances { past: 0.0, size: 0.0, age: 0.0, power: 0.0 },
};

fn all() -> Vec<Typology> {
    vec![
        typology("P1", "payment", false),
        typology("P2", "payment", false),
        typology("S1", "structuring", false),
        typology("X1", "staged_site", true),
    ]
}

#[test]
fn what_is_about_the_same_entities_is_one_alert() {
    let found = [finding("P1", &["a", "b"], 2.0), finding("S1", &["b"], 1.0), finding("P1", &["c"], 2.0)];
    let made = alerts(&found, &all(), &plain(), 0.0, &STRANGERS);
    assert_eq!((made.alerts.len(), made.cases.len()), (2, 2));
    let first = &made.alerts[0];
    assert!(first.typology == "payment" && first.pattern == "P1" && first.subjects == ["a", "b"]);
    assert_eq!(first.families.len(), 2);
    assert!((first.score - 0.5).abs() < 1e-12, "-3 + 2 + 1: {}", first.score);
    assert!(made.alerts.windows(2).all(|pair| pair[0].score >= pair[1].score));
    assert_eq!(made, alerts(&found, &all(), &plain(), 0.0, &STRANGERS), "the same ids again");
}

#[test]
fn many_paper_flags_do_not_outweigh_a_physical_fact() {
    let paper: Vec<Finding> = ["P1", "P2", "S1"].iter().map(|pattern| finding(pattern, &["a"], 3.0)).collect();
    let physical = [finding("X1", &["a"], 3.0)];
    let score = |found: &[Finding]| alerts(found, &all(), &plain(), 0.0, &STRANGERS).alerts[0].score;
    let odds = |score: f64| libm::log(score / (1.0 - score));
    assert!((odds(score(&paper)) - 1.0).abs() < 1e-9, "capped at four nats");
    let both: Vec<Finding> = paper.iter().chain(&physical).cloned().collect();
    assert!((odds(score(&both)) - 4.0).abs() < 1e-9, "the physical fact comes on top");
}

#[test]
fn a_seller_of_many_does_not_make_them_one_case() {
    let found: Vec<Finding> =
        (0..30).map(|number| finding("P1", &["seller", &format!("buyer{number}")], 2.0)).collect();
    let made = alerts(&found, &all(), &plain(), 0.0, &STRANGERS);
    assert_eq!(made.alerts.len(), 30);
    assert_eq!(made.cases.len(), 1, "but one case, of a seller of thirty");
}

#[test]
fn weights_are_learned_where_they_tell_and_probabilities_fit() {
    let example = |tell: bool, noise: bool, guilty: bool| {
        let patterns = [("T", tell), ("N", noise)].into_iter().filter(|(_, there)| *there);
        Example {
            patterns: patterns.map(|(name, _)| (name.to_owned(), 2.0)).collect(),
            circumstances: Circumstances::default(),
            guilty,
        }
    };
    // Of those that tell nine of ten are guilty; the noise is the same for both.
    let examples: Vec<Example> = (0..1_000)
        .map(|number| example(number % 2 == 0, number % 4 < 2, (number % 2 == 0) != (number % 10 == 0)))
        .collect();
    let fitted = fit(&[examples], &plain());
    let worth = |name: &str| 2.0 * fitted.weights[name] + fitted.offsets[name];
    assert!(worth("T") > 2.0 && worth("T") > 4.0 * worth("N").abs(), "{fitted:?}");
    let read = Calibration::read("calibration.toml", &fitted.text("fitted")).unwrap();
    assert!((read.intercept - fitted.intercept).abs() < 1e-3 && read.weights.len() == 2);
}

#[test]
fn the_same_evidence_counts_less_against_who_has_bought_for_years() {
    let found = [finding("P1", &["a"], 2.0)];
    let circumstances = Circumstances { past: -3.0, ..Circumstances::default() };
    let old = Backdrop { circumstances: &|_| circumstances, ..STRANGERS };
    let calibration = Calibration { circumstances: [("past".to_owned(), 0.5)].into(), ..plain() };
    let score = |backdrop: &Backdrop<'_>| alerts(&found, &all(), &calibration, 0.0, backdrop).alerts[0].score;
    let odds = |score: f64| libm::log(score / (1.0 - score));
    assert!((odds(score(&STRANGERS)) - odds(score(&old)) - 1.5).abs() < 1e-9);
    assert!(Calibration::read("calibration.toml", "[circumstances]\nheight = 1.0\n").is_err());
}
