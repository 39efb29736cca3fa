//! The study that compares policies, arm by arm.

use super::figures::{Y2027, by_year, caption, caveats, likely, numbers, of_arm, paths, sensitivity, study_report};
use super::{LabError, Ready};
use crate::distribution::{number, range_text};
use crate::figure::{Figure, Study};
use crate::model::Output;
use crate::run::Results;

const WATCHED: [Output; 24] = [
    Output::Smuggled,
    Output::Stockpiled,
    Output::Lawful,
    Output::Rented,
    Output::Domestic,
    Output::Leaked,
    Output::Intercepted,
    Output::Served,
    Output::Unmet,
    Output::Cases,
    Output::Weeks,
    Output::WaitingCost,
    Output::StockRatio,
    Output::ByShells,
    Output::NearLimit,
    Output::Schemes,
    Output::Deterred,
    Output::Offshored,
    Output::UsSite,
    Output::UsOwner,
    Output::UsUser,
    Output::VerificationCost,
    Output::Power,
    Output::UsStanding,
];
/// Draws from which it is also told what the difference hangs on: with fewer, somebody waits for a first look.
const THOROUGH: u64 = 10_000;

pub(super) fn study(ready: &Ready<'_>) -> Result<Study, LabError> {
    if ready.prepared.len() < 2 {
        return Err(LabError::Scenario("this study compares arms: give at least two".to_owned()));
    }
    let results = ready.run(&WATCHED)?;
    let mut figures = figures(ready, &results);
    let names = ready.names();
    let first = names.first().ok_or_else(|| LabError::Scenario("give an arm with a policy".to_owned()))?;
    let mut answers = Vec::new();
    let mut caveats = caveats(ready.scenario);
    for (arm, name) in names.iter().enumerate().skip(1) {
        let more = |output: Output| range_text(results.difference(arm, output, Y2027), &number);
        answers.push(format!(
            "{name} against {first}, in 2027: {} H100e more leak to tier 3; honest buyers abroad get {} H100e more, ask for {} licenses more, and waiting costs them {} USD more.",
            more(Output::Leaked),
            more(Output::Served),
            more(Output::Cases),
            more(Output::WaitingCost)
        ));
    }
    if let (true, Some(before), Some(after)) =
        (ready.scenario.draws >= THOROUGH, ready.prepared.first(), ready.prepared.get(1))
    {
        let (before, after) = (of_arm(before, Output::Leaked, Y2027), of_arm(after, Output::Leaked, Y2027));
        let more = |point: &_| after(point) - before(point);
        let (sensitivity, driven) = sensitivity(ready, "H100e more leaked in 2027 under the second policy", &more)?;
        figures.extend(sensitivity);
        if !driven.is_empty() {
            caveats.push(format!("The difference in leakage comes above all from {}.", driven.join("; ")));
        }
    }
    Ok(study_report(ready, answers, caveats, figures))
}

fn figures(ready: &Ready<'_>, results: &Results) -> Vec<Figure> {
    let year = |output: Output, id: &str, title: &str, judgement: bool, unit: &str| {
        by_year(ready, results, output, caption(id, title, "", judgement), unit, false)
    };
    let mut all = vec![
        year(Output::Leaked, "leaked", "Compute that reaches tier 3 from abroad", true, "H100e in the year"),
        year(Output::Served, "served", "Compute that honest buyers abroad get", false, "H100e in the year"),
    ];
    let title = "Smuggled compute in 2027: how likely each value is";
    all.extend(likely(ready, results, Output::Smuggled, Y2027, caption("likely", title, "", true), "H100e", &[]));
    all.push(paths(ready, results, Y2027, "paths-2027"));
    all.push(numbers(
        ready,
        results,
        &[
            ("leaked, H100e", Output::Leaked),
            ("caught, H100e", Output::Intercepted),
            ("honest buyers go without, H100e", Output::Unmet),
            ("licenses asked for", Output::Cases),
            ("weeks a license takes", Output::Weeks),
            ("cost of waiting, USD", Output::WaitingCost),
            ("compute of the US to that of tier 3", Output::StockRatio),
        ],
        Y2027,
        "figures-2027",
    ));
    all.push(year(
        Output::StockRatio,
        "ratio",
        "Compute of the United States to that of tier 3",
        true,
        "ratio of stocks",
    ));
    all
}
