//! The study of the threshold: what a consignee may have in a year without a license, and what that leaks.

use super::figures::{
    Axis, Shown, Y2027, breaking_region, by_country, by_year, caption, caveats, likely, numbers, of_arm, paths,
    sensitivity, study_report,
};
use super::{LabError, Ready};
use crate::distribution::number;
use crate::figure::{Figure, Study};
use crate::model::Output;
use crate::run::Results;

const WATCHED: [Output; 15] = [
    Output::Smuggled,
    Output::ByShells,
    Output::Intercepted,
    Output::Stockpiled,
    Output::Lawful,
    Output::Rented,
    Output::Domestic,
    Output::Leaked,
    Output::Unmet,
    Output::Cases,
    Output::Hours,
    Output::Weeks,
    Output::WaitingCost,
    Output::NearLimit,
    Output::Schemes,
];

pub(super) fn study(ready: &Ready<'_>) -> Result<Study, LabError> {
    let limits: Option<Vec<f64>> = ready.prepared.iter().map(|prepared| prepared.arm.threshold_h100).collect();
    let Some(limits) = limits.filter(|limits| limits.len() > 2) else {
        return Err(LabError::Scenario(
            "the arms of this study must differ in `threshold_h100`; use `sweep = [0, 100, …]`".to_owned(),
        ));
    };
    let results = ready.run(&WATCHED)?;
    let at = |wanted: f64| limits.iter().position(|limit| *limit == wanted);
    let rule_h100 = ready.policies.facts()?.license_free_h100();
    let lower_h100 = ready.scenario.constants.lower_limit_h100;
    let [rule, lower] = [rule_h100, lower_h100].map(number);
    let mut figures = along_limits(&results, &limits, rule_h100);
    figures.extend(over_years(ready, &results));
    figures.extend(likely(
        ready,
        &results,
        Output::Smuggled,
        Y2027,
        caption("likely", "Smuggled compute in 2027: how likely each value is", "", true),
        "H100e",
        &[],
    ));
    let mut answers = Vec::new();
    let mut caveats = caveats(ready.scenario);
    if let (Some(high), Some(low)) = (at(rule_h100), at(lower_h100)) {
        answers.push(compared(&results, &limits, high, low));
        if let (Some(of_rule), Some(of_lower)) = (ready.prepared.get(high), ready.prepared.get(low)) {
            let (before, after) = (of_arm(of_rule, Output::Leaked, Y2027), of_arm(of_lower, Output::Leaked, Y2027));
            let cut = |point: &_| {
                let level = before(point);
                if level > 0.0 { 100.0 * (1.0 - after(point) / level) } else { 0.0 }
            };
            let (sensitivity, driven) =
                sensitivity(ready, &format!("Percent less leaked in 2027 at {lower} than at {rule} H100"), &cut)?;
            figures.extend(sensitivity);
            caveats.push(format!(
                "The difference between {lower} and {rule} H100 comes above all from {}.",
                driven.join("; ")
            ));
            let conclusion = format!("{lower} H100 instead of {rule} leaks at least a tenth less");
            caveats.push(breaking_region(ready, &conclusion, &|point| cut(point) < 10.0)?);
        }
    } else {
        caveats.push(format!("The arms have not both {lower} and {rule} H100, so that these are not compared."));
    }
    answers.push(match knee(&results, &limits) {
        Some(knee) => format!("The curve of what is leaked against licenses asked for bends most at {} H100: below it each license bought denies less.", number(knee)),
        None => "The curve of what is leaked against licenses asked for has no knee.".to_owned(),
    });
    figures.extend(by_country(ready, at(rule_h100).unwrap_or(0)));
    Ok(study_report(ready, answers, caveats, figures))
}

fn compared(results: &Results, limits: &[f64], high: usize, low: usize) -> String {
    let median = |arm: usize, output: Output| results.band(arm, output, Y2027)[1];
    let range = |arm: usize| {
        let [low, _, high] = results.band(arm, Output::Smuggled, Y2027);
        format!("{} to {}", number(low), number(high))
    };
    format!(
        "At {} H100 the median smuggled in 2027 is {} H100e ({}), at {} it is {} ({}); licenses asked for rise from {} to {}, and what is rented abroad from {} to {} H100e.",
        number(limits.get(high).copied().unwrap_or(0.0)),
        number(median(high, Output::Smuggled)),
        range(high),
        number(limits.get(low).copied().unwrap_or(0.0)),
        number(median(low, Output::Smuggled)),
        range(low),
        number(median(high, Output::Cases)),
        number(median(low, Output::Cases)),
        number(median(high, Output::Rented)),
        number(median(low, Output::Rented)),
    )
}

/// Where the curve of smuggled compute against licenses, both from 0 to 1, lies furthest below its chord.
fn knee(results: &Results, limits: &[f64]) -> Option<f64> {
    let medians =
        |output: Output| -> Vec<f64> { (0..limits.len()).map(|arm| results.band(arm, output, Y2027)[1]).collect() };
    let scaled = |values: Vec<f64>| {
        let (low, high) = values
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)));
        (high > low).then(|| values.into_iter().map(|value| (value - low) / (high - low)).collect::<Vec<f64>>())
    };
    let (leaked, burden) = (scaled(medians(Output::Smuggled))?, scaled(medians(Output::Cases))?);
    let below = leaked.iter().zip(&burden).map(|(leaked, burden)| 1.0 - leaked - burden);
    let best = below.enumerate().max_by(|(_, one), (_, other)| one.total_cmp(other))?;
    (best.1 > 0.02).then(|| limits.get(best.0).copied())?
}

/// What leaks and what is borne for it in 2027, along the limits; the rule's own is marked.
fn along_limits(results: &Results, limits: &[f64], rule_h100: f64) -> Vec<Figure> {
    let axis = Axis {
        label: "license-free limit, H100 a consignee and year",
        places: limits,
        year: Y2027,
        marks: vec![(rule_h100, format!("{}: the rule", number(rule_h100)))],
    };
    let plain = |name, output| Shown { name, output, scale: 1.0 };
    vec![
        axis.fan(
            results,
            caption(
                "leaked",
                "Compute that reaches tier 3 in 2027",
                "Smugglers answer with the number of shells that pays best; what shells cannot bring, fronts and tenants bring in part, since the premium rises.",
                true,
            ),
            "H100e in the year",
            &[
                plain("smuggled", Output::Smuggled),
                plain("of it by shells", Output::ByShells),
                plain("rented abroad", Output::Rented),
            ],
        ),
        axis.fan(
            results,
            caption(
                "burden",
                "What honest buyers and officers bear in 2027",
                "Buyers between eight tenths of the limit and the limit are those whom a rule on near-limit years would look at.",
                true,
            ),
            "licenses or buyers a year",
            &[plain("licenses asked for", Output::Cases), plain("honest buyers near the limit", Output::NearLimit)],
        ),
        axis.fan(
            results,
            caption(
                "waiting",
                "What waiting for licenses costs honest buyers in 2027",
                "At ten percent a year on what they bought.",
                true,
            ),
            "million USD",
            &[Shown { name: "cost of waiting", output: Output::WaitingCost, scale: 1e-6 }],
        ),
    ]
}

/// What each limit comes to by path and by year.
fn over_years(ready: &Ready<'_>, results: &Results) -> Vec<Figure> {
    vec![
        paths(ready, results, Y2027, "paths"),
        by_year(
            ready,
            results,
            Output::Smuggled,
            caption("years", "Smuggled compute by year", "One line for each limit.", true),
            "H100e in the year",
            true,
        ),
        numbers(
            ready,
            results,
            &[
                ("smuggled, H100e", Output::Smuggled),
                ("licenses", Output::Cases),
                ("officer hours", Output::Hours),
                ("rented abroad, H100e", Output::Rented),
            ],
            Y2027,
            "figures",
        ),
    ]
}
