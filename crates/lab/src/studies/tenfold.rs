//! "Ten times the training cost by 2027", "twice the efficiency every two years", "two to four times the power": the formula and what it takes.
//!
//! R = (1 - s) 2^(D / H) p m / u + s 2^(D / E) sqrt(p) e / u, with D the lag behind the frontier in years: what the same training run costs on the
//! chips that one has, over what it costs on those of the frontier. It has no policy in it: what policy does to D, m and u is another study's.

use std::collections::BTreeMap;

use super::LabError;
use super::figures::caption;
use crate::distribution::number;
use crate::figure::{Figure, OpenResults, Study, Table, Tornado, TornadoRow};
use crate::quantile_sketch::{Sketch, density};
use crate::random_draw::Stream;
use crate::run::Options;
use crate::scenario::{ParameterEntry, Scenario, TENFOLD};
use crate::sensitivity::{discover, one_at_a_time, widest_first};
use tollgate_model::count_of;

/// A value for each parameter, in the order of [`TENFOLD`].
type CostPoint = [f64; TENFOLD.len()];

fn ratio(point: &CostPoint) -> f64 {
    let [date, vintage, lag, price, energy, share, precision, premium, utilization, electricity, _, _] = *point;
    let behind = (date - vintage - lag).max(0.0);
    let hardware = (1.0 - share) * libm::exp2(behind / price) * precision * premium;
    let power = share * libm::exp2(behind / energy) * libm::sqrt(precision) * electricity;
    (hardware + power) / utilization
}

struct CostCase<'a> {
    name: &'a str,
    parameters: Vec<&'a ParameterEntry>,
}

fn case<'a>(
    scenario: &'a Scenario,
    name: &'a str,
    changes: &'a BTreeMap<&'static str, ParameterEntry>,
) -> Result<CostCase<'a>, LabError> {
    let parameters: Option<Vec<&'a ParameterEntry>> =
        TENFOLD.iter().map(|name| changes.get(name).or_else(|| scenario.named.get(name))).collect();
    let missing = || {
        LabError::Scenario(
            "a parameter of the formula is missing: tenfold.date and the others of scenarios/tenfold.toml".to_owned(),
        )
    };
    Ok(CostCase { name, parameters: parameters.ok_or_else(missing)? })
}

impl CostCase<'_> {
    fn at(&self, shares: &[f64]) -> CostPoint {
        let mut point = [0.0; TENFOLD.len()];
        let values = self.parameters.iter().zip(shares).map(|(entry, share)| entry.distribution.quantile(*share));
        point.iter_mut().zip(values).for_each(|(coordinate, value)| *coordinate = value);
        point
    }

    fn draw(&self, seed: u64, index: u64) -> Vec<f64> {
        let mut stream = Stream::new(seed, 3, index);
        self.parameters.iter().map(|_| stream.unit()).collect()
    }
}

pub(super) fn study(scenario: &Scenario, options: &Options<'_>) -> Result<Study, LabError> {
    let cases =
        scenario.cases.iter().map(|(name, changes)| case(scenario, name, changes)).collect::<Result<Vec<_>, _>>()?;
    let Some(last) = cases.last() else { return Err(LabError::Scenario("give at least one [[case]]".to_owned())) };
    let mut sketches = Vec::new();
    let all = scenario.draws * count_of(cases.len());
    for case in &cases {
        let mut sketch = Sketch::default();
        for index in 0..scenario.draws {
            if index % 65_536 == 0 {
                if options.stop.load(std::sync::atomic::Ordering::Relaxed) {
                    return Err(LabError::Stopped);
                }
                (options.progress)(index, all);
            }
            sketch.add(ratio(&case.at(&case.draw(scenario.seed, index))));
        }
        sketches.push(sketch);
    }
    let named: Vec<(String, &Sketch)> =
        cases.iter().zip(&sketches).map(|(case, sketch)| (case.name.to_owned(), sketch)).collect();
    let mut figures = vec![table(&named)];
    figures.extend(
        density(
            caption("ratio", "Training cost against the frontier: how likely each value is", "The claim is 10.", true),
            "times the frontier's cost",
            &named,
            &[(10.0, "10x")],
        )
        .map(Figure::Density),
    );
    figures.push(tornado(last));
    figures.push(lags(scenario));
    let (power, power_table) = power(scenario, last);
    figures.push(power_table);
    let mut answers = answers(&named);
    answers.push(doubling(scenario));
    answers.push(power);
    let caveats = vec![
        must_hold(last, scenario.seed)?,
        "The formula is a reconstruction: how Anthropic reckoned is not published. Other mixes of lag and friction reach ten too, so that reaching it does not show how they reckoned.".to_owned(),
        "The ratio is of the cost of one training run; whoever gets chips of the frontier by smuggling or rent pays far less for as much as can be had that way (last but one case).".to_owned(),
    ];
    Ok(Study {
        name: String::new(),
        question: String::new(),
        answers,
        caveats,
        figures,
        assumptions: scenario.assumptions(),
        data: Vec::new(),
        made_from: Vec::new(),
        open: OpenResults::default(),
    })
}

fn table(named: &[(String, &Sketch)]) -> Figure {
    let row = |(name, sketch): &(String, &Sketch)| {
        let values = [0.05, 0.25, 0.5, 0.75, 0.95].map(|share| number(sketch.quantile(share)));
        std::iter::once(name.clone())
            .chain(values)
            .chain([format!("{:.0} %", 100.0 * sketch.share_above(10.0))])
            .collect()
    };
    let columns = ["case", "p5", "p25", "p50", "p75", "p95", "at least 10"].map(str::to_owned).to_vec();
    Figure::Table(Table {
        caption: caption("cases", "Training cost against the frontier's", "", true),
        columns,
        rows: named.iter().map(row).collect(),
    })
}

fn answers(named: &[(String, &Sketch)]) -> Vec<String> {
    let sentence = |(name, sketch): &(String, &Sketch)| {
        let [low, middle, high] = sketch.band().map(number);
        format!(
            "{name}: {middle} times ({low} to {high}); at least ten in {:.0} % of the draws.",
            100.0 * sketch.share_above(10.0)
        )
    };
    named.iter().map(sentence).collect()
}

fn tornado(case: &CostCase<'_>) -> Figure {
    let count = case.parameters.len();
    let model = |shares: &[f64]| ratio(&case.at(shares));
    let halves = vec![0.5; count];
    let ends = one_at_a_time(&model, &halves, &vec![0.05; count], &vec![0.95; count]);
    let rows = widest_first(&ends).into_iter().filter_map(|row| {
        let (entry, result) = (case.parameters.get(row)?, ends.get(row)?);
        let name = TENFOLD.get(row)?;
        let at = (entry.number(entry.distribution.quantile(0.05)), entry.number(entry.distribution.quantile(0.95)));
        (result.0 != result.1).then(|| TornadoRow {
            name: (*name).to_owned(),
            at,
            result: *result,
            judgement: entry.judgement(),
        })
    });
    Figure::Tornado(Tornado {
        caption: caption(
            "tornado",
            &format!("{}: one parameter at a time", case.name),
            "Each from its 5th to its 95th percentile, the others at their medians.",
            true,
        ),
        x_label: "times the frontier's cost".to_owned(),
        base: model(&halves),
        rows: rows.collect(),
    })
}

/// The lag at which ten is reached, by doubling time, with no friction.
fn lags(scenario: &Scenario) -> Figure {
    let mut times = vec![1.5, 2.0, 2.36, 2.5, 3.0];
    if let Some(entry) = scenario.named.get("tenfold.price_doubling") {
        times.push(entry.distribution.median());
    }
    times.sort_by(f64::total_cmp);
    let row = |time: &f64| {
        let at = |lag: f64| number(libm::exp2(lag / time));
        vec![number(*time), number(time * libm::log2(10.0)), at(4.0), at(5.0), at(7.0)]
    };
    let columns =
        ["doubling, years", "lag for ten, years", "ratio at 4 years", "at 5", "at 7"].map(str::to_owned).to_vec();
    let note = "2 to the power of lag over doubling time, and nothing else: under a pure two-year doubling, ten is what 6.64 years cost, the age of the A100's generation in 2027.";
    Figure::Table(Table {
        caption: caption("lags", "How far behind makes ten", note, false),
        columns,
        rows: times.iter().map(row).collect(),
    })
}

fn doubling(scenario: &Scenario) -> String {
    let text = |name: &str| scenario.named.get(name).map_or(String::new(), |entry| entry.distribution.text());
    format!(
        "«Twice the efficiency every two years»: compute for a dollar doubles in {} years, compute for a watt in {} years; two years lie inside both ranges.",
        text("tenfold.price_doubling"),
        text("tenfold.energy_doubling")
    )
}

/// "Two to four times the power": a gap of training method and of data, in compute.
fn power(scenario: &Scenario, case: &CostCase<'_>) -> (String, Figure) {
    let mut sketch = Sketch::default();
    let draws = scenario.draws.min(1_000_000);
    for index in 0..draws {
        let [.., training, data] = case.at(&case.draw(scenario.seed, index));
        sketch.add(training * data);
    }
    let [low, middle, high] = sketch.band().map(number);
    let within = sketch.share_above(2.0) - sketch.share_above(4.0);
    let answer = format!(
        "«Two to four times the power» is a gap of training method times a gap of data, counted in compute and not in watts, as its author put it in 2024: {middle} ({low} to {high}), between two and four in {:.0} % of the draws.",
        100.0 * within
    );
    let rows = vec![vec!["training method x data".to_owned(), low, middle, high]];
    let columns = ["factor", "p5", "p50", "p95"].map(str::to_owned).to_vec();
    (answer, Figure::Table(Table { caption: caption("power", "Compute for the same result", "", true), columns, rows }))
}

/// What must hold for ten, in a sentence.
fn must_hold(case: &CostCase<'_>, seed: u64) -> Result<String, LabError> {
    let varying: Vec<usize> = case
        .parameters
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.distribution.varies())
        .map(|(place, _)| place)
        .collect();
    let shares: Vec<Vec<f64>> = (0..4_000).map(|index| case.draw(seed ^ 0x5eed, index)).collect();
    let points: Vec<Vec<f64>> =
        shares.iter().map(|draw| varying.iter().filter_map(|place| draw.get(*place).copied()).collect()).collect();
    let holds: Vec<bool> = shares.iter().map(|draw| ratio(&case.at(draw)) >= 10.0).collect();
    let found = discover(&points, &holds)?;
    let side = |(row, low, high): &(usize, f64, f64)| {
        let place = varying.get(*row)?;
        let entry = case.parameters.get(*place)?;
        let end = |share: f64| entry.number(entry.distribution.quantile(share.clamp(1e-6, 1.0 - 1e-6)));
        let text = match (*low > 0.0, *high < 1.0) {
            (true, true) => format!("between {} and {}", end(*low), end(*high)),
            (true, false) => format!("above {}", end(*low)),
            _ => format!("below {}", end(*high)),
        };
        Some(format!("{} {text}", TENFOLD.get(*place)?))
    };
    let sides: Vec<String> = found.chosen.restrictions.iter().filter_map(side).collect();
    if sides.is_empty() {
        return Ok(format!(
            "{}: ten is reached in {:.0} % of the draws, in no corner of the parameters above others.",
            case.name,
            100.0 * found.mean
        ));
    }
    Ok(format!(
        "{}: for ten it takes, most of all, {}; there it holds in {:.0} % of the draws, over all in {:.0} % (PRIM).",
        case.name,
        sides.join(" and "),
        100.0 * found.chosen.density,
        100.0 * found.mean
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_gives_what_is_reckoned_by_hand() {
        // Pure two-year doubling: 6.64 years make ten.
        let pure = [2027.5, 2027.5 - 6.643_856, 0.0, 2.0, 2.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
        assert!((ratio(&pure) - 10.0).abs() < 1e-4);
        let ahead = [2027.5, 2030.0, 0.0, 2.0, 2.0, 0.1, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
        assert_eq!(ratio(&ahead), 1.0);
        // Half the run on energy: 0.5 * 4 * 2 * 1.5 / 0.5 + 0.5 * 2 * sqrt(2) * 0.9 / 0.5.
        let mixed = [2027.0, 2022.5, 0.5, 2.0, 4.0, 0.5, 2.0, 1.5, 0.5, 0.9, 1.0, 1.0];
        assert!((ratio(&mixed) - (12.0 + 1.8 * libm::sqrt(2.0))).abs() < 1e-12);
    }
}
