//! The study of delay: what is lost where a rule holds later.

use super::figures::{
    Y2027, breaking_region, by_country, by_year, caption, caveats, numbers, of_arm, paths, sensitivity, study_report,
};
use super::{LabError, Ready};
use crate::distribution::number;
use crate::figure::{Figure, Study};
use crate::model::Output;
use crate::run::Results;
use crate::timeline::YEARS;

const WATCHED: [Output; 9] = [
    Output::Smuggled,
    Output::Stockpiled,
    Output::Lawful,
    Output::Rented,
    Output::Domestic,
    Output::Leaked,
    Output::Tier3Stock,
    Output::StockRatio,
    Output::FlowRatio,
];

pub(super) fn study(ready: &Ready<'_>) -> Result<Study, LabError> {
    if ready.prepared.len() < 2 {
        return Err(LabError::Scenario(
            "this study compares arms: give at least two, with `effective` and `announced`".to_owned(),
        ));
    }
    let results = ready.run(&WATCHED)?;
    let names = ready.names();
    let mut figures = figures(ready, &results);
    let mut answers = Vec::new();
    for (arm, name) in names.iter().enumerate().skip(1) {
        let [low, more, high] = results.difference(arm, Output::Tier3Stock, 1).map(number);
        // The control bites again when the lead is within a twentieth of what it would have been.
        let near = |year: &usize| {
            let median = |arm: usize| results.band(arm, Output::StockRatio, *year)[1];
            median(arm) >= 0.95 * median(0)
        };
        let back = (0..YEARS).rev().take_while(|year| near(year)).last();
        let back = back.map_or("not before 2031".to_owned(), |year| format!("by the end of {}", 2025 + year));
        answers.push(format!("{name}: at the end of 2026 tier 3 has {more} H100e more ({low} to {high}); the lead is within a twentieth of what it would have been {back}."));
    }
    let mut caveats = caveats(ready.scenario);
    if let (Some(first), Some(last)) = (ready.prepared.first(), ready.prepared.last()) {
        let (before, after) = (of_arm(first, Output::Tier3Stock, 1), of_arm(last, Output::Tier3Stock, 1));
        let more = |point: &_| after(point) - before(point);
        let (sensitivity, driven) =
            sensitivity(ready, "H100e more in tier 3 at the end of 2026 under the last arm", &more)?;
        figures.extend(sensitivity);
        caveats.push(format!("That difference comes above all from {}.", driven.join("; ")));
        let ratio = of_arm(last, Output::StockRatio, Y2027);
        let on_time = of_arm(first, Output::StockRatio, Y2027);
        caveats.push(breaking_region(
            ready,
            "a delay costs at least a tenth of the lead by the end of 2027",
            &|point| ratio(point) > 0.9 * on_time(point),
        )?);
    }
    figures.extend(by_country(ready, 0));
    Ok(study_report(ready, answers, caveats, figures))
}

fn figures(ready: &Ready<'_>, results: &Results) -> Vec<Figure> {
    vec![
        by_year(
            ready,
            results,
            Output::Stockpiled,
            caption(
                "stockpiled",
                "Compute bought ahead of the rule",
                "How much is bought ahead for each quarter of notice is a judgement, with one precedent (stockpile.per_quarter).",
                true,
            ),
            "H100e in the year",
            false,
        ),
        by_year(
            ready,
            results,
            Output::Tier3Stock,
            caption("stock", "Compute in tier 3", "", true),
            "H100e in use",
            true,
        ),
        by_year(
            ready,
            results,
            Output::StockRatio,
            caption("ratio", "Compute of the United States to that of tier 3", "", true),
            "ratio of stocks",
            true,
        ),
        paths(ready, results, 0, "paths-2025"),
        paths(ready, results, Y2027, "paths-2027"),
        numbers(
            ready,
            results,
            &[
                ("stock of tier 3, H100e", Output::Tier3Stock),
                ("ratio of stocks", Output::StockRatio),
                ("leaked in the year, H100e", Output::Leaked),
            ],
            1,
            "figures-2026",
        ),
    ]
}
