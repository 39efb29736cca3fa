//! The numbers of a study for other programs: quantiles by arm, output and year, and single draws.

use sha2::{Digest as _, Sha256};

use super::Ready;
use crate::figure::{KeptDraws, OutcomeRow, OutputName, ScenarioRecord};
use crate::history::Draws;
use crate::model::{Output, simulate};
use crate::run::Results;
use crate::scenario::Scenario;
use crate::timeline::{FIRST_YEAR, LAST_YEAR};

/// SHA-256 of a text, in hexadecimal digits.
fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The scenario as it was run.
pub(super) fn record(scenario: &Scenario) -> ScenarioRecord {
    ScenarioRecord {
        name: scenario.file.clone(),
        text: scenario.text.clone(),
        sha256: digest(&scenario.text),
        base_sha256: digest(Scenario::base_text()),
        draws: scenario.draws,
        seed: scenario.seed,
    }
}

/// Each output that was watched, by arm and year.
pub(super) fn outcomes(arms: &[String], results: &Results) -> Vec<OutcomeRow> {
    let mut rows = Vec::new();
    for (arm, name) in arms.iter().enumerate() {
        for output in &results.watched {
            for (place, year) in (FIRST_YEAR..=LAST_YEAR).enumerate() {
                rows.push(OutcomeRow {
                    arm: name.clone(),
                    output: output.name(),
                    unit: output.unit(),
                    year,
                    quantiles: results.band(arm, *output, place),
                    difference: if arm == 0 { [0.0; 3] } else { results.difference(arm, *output, place) },
                });
            }
        }
    }
    rows
}

/// The same as rows of a table, one number a column.
pub(super) fn outcome_table(rows: &[OutcomeRow]) -> Vec<Vec<String>> {
    let header =
        ["arm", "output", "unit", "year", "p5", "p50", "p95", "difference_p5", "difference_p50", "difference_p95"];
    let mut table = vec![header.map(str::to_owned).to_vec()];
    for row in rows {
        let start = [row.arm.clone(), row.output.to_owned(), row.unit.to_owned(), row.year.to_string()];
        let numbers = row.quantiles.iter().chain(&row.difference).map(f64::to_string);
        table.push(start.into_iter().chain(numbers).collect());
    }
    table
}

fn name_of(output: &Output) -> OutputName {
    OutputName { name: output.name(), unit: output.unit(), place: output.place() }
}

/// The first draws of a study, as many as its scenario wants kept.
pub(super) fn kept_draws(ready: &Ready<'_>) -> Option<KeptDraws> {
    let scenario = ready.scenario;
    let count = scenario.keep_draws.min(scenario.draws);
    if count == 0 {
        return None;
    }
    let draws = Draws::new(scenario, ready.history.as_ref());
    let mut kept = KeptDraws {
        parameters: scenario.parameter_units(),
        arms: ready.names(),
        outputs: Output::ALL.iter().map(name_of).collect(),
        years: (FIRST_YEAR..=LAST_YEAR).collect(),
        ..KeptDraws::default()
    };
    for index in 0..count {
        // The study has ended well, so that each draw was found.
        let Ok(point) = draws.point(index) else { break };
        for prepared in &ready.prepared {
            kept.values.extend(simulate(prepared, &point).as_flattened());
        }
        kept.points.push(point.to_vec());
    }
    Some(kept)
}
