//! The lines of 3A090 on the plane of TPP and performance density.

use tollgate_model::Ratio;

use super::data::ControlLine;
use super::svg::real_ratio;

/// The lines of 3A090. `parameter` gives the value of a parameter of provision 774/3A090 by name, `None` where the law of the day has none such;
/// without parameters there are no lines.
pub fn control_lines(parameter: impl Fn(&str) -> Option<Ratio>) -> Vec<ControlLine> {
    let value = |name: &str| parameter(name).map(|ratio| real_ratio(ratio.num, ratio.den));
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
