//! The lines of 3A090 as the law has them on a day.

use tollgate_law::Policy;
use tollgate_model::{Date, Ratio};

use super::data::ControlLine;

/// A fraction as a number to draw.
#[expect(clippy::cast_precision_loss, reason = "only for drawing")]
pub fn fraction(num: i64, den: i64) -> f64 {
    num as f64 / den as f64
}

/// The lines of 3A090 on the plane of TPP and performance density, from the parameters in force.
pub fn control_lines(policy: &Policy, date: Date) -> Vec<ControlLine> {
    let date = policy.law_date(date);
    let provision = policy.provisions.iter().find(|provision| provision.path == "774/3A090");
    let version = provision.and_then(|provision| provision.versions.iter().rev().find(|version| version.from <= date));
    let Some(version) = version else { return Vec::new() };
    let value = |name: &str| {
        let ratio: Option<Ratio> = version.parameters.get(name).and_then(|parameter| parameter.on(date)?.ratio());
        ratio.map(|ratio| fraction(ratio.num, ratio.den))
    };
    let (low, high) = (0.1, 1000.0);
    let Some(a1) = value("a1_tpp") else {
        return value("tpp_min")
            .map(|tpp| ControlLine { label: "3A090.a (2022)".to_owned(), points: vec![(tpp, low), (tpp, high)] })
            .into_iter()
            .collect();
    };
    let mut lines = Vec::new();
    if let (Some(a2), Some(density)) = (value("a2_tpp"), value("a2_density")) {
        lines.push(ControlLine {
            label: "3A090.a".to_owned(),
            points: vec![(a2, high), (a2, density), (a1, density), (a1, low)],
        });
    }
    if let (Some(b1), Some(b1_density), Some(b2), Some(b2_density)) =
        (value("b1_tpp"), value("b1_density"), value("b2_tpp"), value("b2_density"))
    {
        let points = vec![
            (b2, value("a2_density").unwrap_or(high)),
            (b2, b2_density),
            (b1, b2_density),
            (b1, b1_density),
            (a1, b1_density),
        ];
        lines.push(ControlLine { label: "3A090.b".to_owned(), points });
    }
    lines
}
