//! The study of the advantage in compute: the stocks of the United States and of tier 3 over the years.

use super::figures::{
    ALLOCATIONS_END, LAST, Y2027, breaking_region, by_country, by_year, caption, caveats, likely, numbers, of_arm,
    paths, sensitivity, study_report,
};
use super::{LabError, Ready};
use crate::distribution::{number, range_text};
use crate::figure::{Figure, Study};
use crate::model::Output;
use crate::run::Results;

const WATCHED: [Output; 18] = [
    Output::Smuggled,
    Output::Intercepted,
    Output::Stockpiled,
    Output::Lawful,
    Output::Rented,
    Output::Domestic,
    Output::Leaked,
    Output::Tier3Stock,
    Output::HomeStock,
    Output::StockRatio,
    Output::FlowRatio,
    Output::Supply,
    Output::Power,
    Output::Offshored,
    Output::UsSite,
    Output::UsOwner,
    Output::UsUser,
    Output::UsStanding,
];

pub(super) fn study(ready: &Ready<'_>) -> Result<Study, LabError> {
    let results = ready.run(&WATCHED)?;
    let mut figures = figures(ready, &results);
    figures.extend(where_it_stands(ready, &results));
    figures.extend(likely(
        ready,
        &results,
        Output::StockRatio,
        LAST,
        caption("likely", "The lead at the end of 2030: how likely each value is", "", true),
        "ratio of stocks",
        &[],
    ));
    let sentence = |(arm, name): (usize, &String)| {
        let at = |output: Output, year: usize| range_text(results.band(arm, output, year), &number);
        format!(
            "{name}: stocks {} in 2027 and {} in 2030; flows {} in 2027.",
            at(Output::StockRatio, Y2027),
            at(Output::StockRatio, LAST),
            at(Output::FlowRatio, Y2027)
        )
    };
    let mut answers: Vec<String> = ready.names().iter().enumerate().map(sentence).collect();
    answers.extend(ready.names().iter().enumerate().map(|named| shares(&results, named)));
    let mut caveats = caveats(ready.scenario);
    caveats.push(ALLOCATIONS_END.to_owned());
    if let Some(first) = ready.prepared.first() {
        let ratio = of_arm(first, Output::StockRatio, LAST);
        let (sensitivity, driven) =
            sensitivity(ready, "Ratio of stocks at the end of 2030 under the first policy", &ratio)?;
        figures.extend(sensitivity);
        caveats.push(format!("The ratio comes above all from {}.", driven.join("; ")));
        caveats.push(breaking_region(ready, "the lead in 2030 is at least tenfold", &|point| ratio(point) < 10.0)?);
    }
    figures.extend(by_country(ready, 0));
    Ok(study_report(ready, answers, caveats, figures))
}

/// Where new compute stands, who owns it and who uses it, under an arm.
fn shares(results: &Results, (arm, name): (usize, &String)) -> String {
    let at = |output: Output, year: usize| {
        let [low, middle, high] = results.band(arm, output, year).map(|share| format!("{:.0}", 100.0 * share));
        format!("{middle} % ({low} to {high})")
    };
    format!(
        "{name}: of the compute that is new in 2027 the United States have {} by site, {} by owner and {} by user; of all that stands in 2030 {} by site. Shares of fabrication (40 % in 1990, 12 % now) are history beside it, and nothing that the model gives.",
        at(Output::UsSite, Y2027),
        at(Output::UsOwner, Y2027),
        at(Output::UsUser, Y2027),
        at(Output::UsStanding, LAST)
    )
}

/// The share of the United States in new compute by site, by owner and by user.
fn where_it_stands(ready: &Ready<'_>, results: &Results) -> Vec<Figure> {
    let shown = [
        (
            Output::UsSite,
            "site",
            "The share of new compute that stands in the United States",
            "What finds no power there is wanted abroad, as far as the law and the ratios of validated end-users let it.",
        ),
        (Output::UsOwner, "owner", "The share of new compute that owners from the United States hold", ""),
        (Output::UsUser, "user", "The share of new compute that users in the United States use", ""),
    ];
    let figure = |(output, id, title, note): (Output, &str, &str, &str)| {
        by_year(ready, results, output, caption(id, title, note, true), "share of the compute made in the year", false)
    };
    shown.map(figure).into()
}

fn figures(ready: &Ready<'_>, results: &Results) -> Vec<Figure> {
    vec![
        by_year(
            ready,
            results,
            Output::StockRatio,
            caption(
                "stocks",
                "Compute in use: the United States to tier 3",
                "A ratio of stocks answers slowly to what is smuggled: look at flows too.",
                true,
            ),
            "ratio",
            true,
        ),
        by_year(
            ready,
            results,
            Output::FlowRatio,
            caption("flows", "Compute gained in the year: the United States to tier 3", "", true),
            "ratio",
            true,
        ),
        by_year(
            ready,
            results,
            Output::Tier3Stock,
            caption("tier3", "Compute in use in tier 3", "", true),
            "H100e",
            true,
        ),
        paths(ready, results, 1, "paths-2026"),
        paths(ready, results, LAST, "paths-2030"),
        numbers(
            ready,
            results,
            &[
                ("ratio of stocks", Output::StockRatio),
                ("ratio of flows", Output::FlowRatio),
                ("leaked, H100e", Output::Leaked),
                ("caught, H100e", Output::Intercepted),
            ],
            Y2027,
            "figures-2027",
        ),
        numbers(
            ready,
            results,
            &[
                ("ratio of stocks", Output::StockRatio),
                ("ratio of flows", Output::FlowRatio),
                ("stock of tier 3, H100e", Output::Tier3Stock),
            ],
            LAST,
            "figures-2030",
        ),
    ]
}
