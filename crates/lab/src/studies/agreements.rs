//! The study of government agreements: what changes where countries have one.

use super::figures::{
    ALLOCATIONS_END, LAST, Y2027, breaking_region, by_country, by_year, caption, caveats, numbers, of_arm, paths,
    sensitivity, study_report,
};
use super::{LabError, Ready};
use crate::distribution::number;
use crate::figure::{Figure, Study};
use crate::model::Output;
use crate::run::Results;

const WATCHED: [Output; 10] = [
    Output::Smuggled,
    Output::Stockpiled,
    Output::Lawful,
    Output::Rented,
    Output::Domestic,
    Output::Leaked,
    Output::Unmet,
    Output::Served,
    Output::Cases,
    Output::StockRatio,
];

pub(super) fn study(ready: &Ready<'_>) -> Result<Study, LabError> {
    if ready.prepared.len() < 2 {
        return Err(LabError::Scenario("this study compares arms: give at least two".to_owned()));
    }
    let results = ready.run(&WATCHED)?;
    let mut figures = figures(ready, &results);
    let mut answers = Vec::new();
    let mut caveats = caveats(ready.scenario);
    caveats.push(ALLOCATIONS_END.to_owned());
    let names = ready.names();
    let first = names.first().ok_or_else(|| LabError::Scenario("give an arm with a policy".to_owned()))?;
    for (arm, name) in names.iter().enumerate().skip(1) {
        let difference = |output: Output, year: usize| results.difference(arm, output, year).map(number);
        let ([low, served, high], [less, leaked, more]) =
            (difference(Output::Served, Y2027), difference(Output::Leaked, Y2027));
        answers.push(format!("{name}: in 2027 honest buyers abroad get {served} H100e more than under {first} ({low} to {high}), and {leaked} H100e more leak ({less} to {more})."));
    }
    if let (Some(first), Some(second)) = (ready.prepared.first(), ready.prepared.get(1)) {
        let (before, after) = (of_arm(first, Output::Leaked, Y2027), of_arm(second, Output::Leaked, Y2027));
        let more = |point: &_| after(point) - before(point);
        let (sensitivity, driven) = sensitivity(ready, "H100e more leaked in 2027 under the second policy", &more)?;
        figures.extend(sensitivity);
        caveats.push(format!("The difference in leakage comes above all from {}.", driven.join("; ")));
        caveats.push(breaking_region(ready, "agreements do not leak more", &|point| more(point) > 0.0)?);
    }
    figures.extend(by_country(ready, 0));
    Ok(study_report(ready, answers, caveats, figures))
}

fn figures(ready: &Ready<'_>, results: &Results) -> Vec<Figure> {
    vec![
        by_year(
            ready,
            results,
            Output::Served,
            caption("served", "Compute that honest buyers abroad get", "", false),
            "H100e in the year",
            true,
        ),
        by_year(
            ready,
            results,
            Output::Unmet,
            caption(
                "unmet",
                "Compute that they want and do not get",
                "Allocations bind when demand has outgrown them.",
                true,
            ),
            "H100e in the year",
            false,
        ),
        by_year(
            ready,
            results,
            Output::Leaked,
            caption(
                "leaked",
                "Compute that reaches tier 3 from abroad",
                "Leakage under an agreement against any other is a judgement (agreement.leakage).",
                true,
            ),
            "H100e in the year",
            true,
        ),
        paths(ready, results, Y2027, "paths"),
        numbers(
            ready,
            results,
            &[
                ("served abroad, H100e", Output::Served),
                ("unmet, H100e", Output::Unmet),
                ("leaked, H100e", Output::Leaked),
                ("stock of the United States to tier 3", Output::StockRatio),
            ],
            LAST,
            "figures",
        ),
    ]
}
