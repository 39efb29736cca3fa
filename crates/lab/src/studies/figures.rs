//! Pictures that several studies share.

use super::ranks::rank_table;
use super::{LabError, Ready};
use crate::distribution::{number, range_text};
use crate::figure::{
    Band, Bars, Caption, Fan, Figure, IndexRow, Indices, Lorenz, OpenResults, Study, Table, Tile, Tiles, Tornado,
    TornadoRow,
};
use crate::model::parameters::{COUNT, Parameter, Point};
use crate::model::{Output, Prepared, served_by_country, simulate};
use crate::quantile_sketch::density;
use crate::run::Results;
use crate::scenario::{ParameterEntry, Scenario};
use crate::sensitivity::{discover, one_at_a_time, sobol_indices, widest_first};
use crate::timeline::YEARS;

/// The place of 2027 among the years.
pub(super) const Y2027: usize = 2;
/// The place of 2030.
pub(super) const LAST: usize = YEARS - 1;

pub(super) fn caption(id: &str, title: &str, note: &str, judgement: bool) -> Caption {
    Caption { id: id.to_owned(), title: title.to_owned(), note: note.to_owned(), judgement }
}

/// What must be said where years after the rule's last allocations are shown.
pub(super) const ALLOCATIONS_END: &str = "The Diffusion Rule states allocations up to 2027; later ones are taken as the last. They are used up by then, so that later years show what no allocation leaves, which is a rule that nobody wrote.";

fn years() -> Vec<f64> {
    (2025_u32..2031).map(f64::from).collect()
}

/// A band out of three values at each place.
pub(super) fn band(name: &str, values: &[[f64; 3]]) -> Band {
    let at = |place: usize| values.iter().filter_map(|value| value.get(place).copied()).collect();
    Band { name: name.to_owned(), p5: at(0), p50: at(1), p95: at(2) }
}

/// An output of every arm over the years.
pub(super) fn by_year(
    ready: &Ready<'_>,
    results: &Results,
    output: Output,
    caption: Caption,
    y_label: &str,
    log: bool,
) -> Figure {
    let series = ready.names().into_iter().enumerate().map(|(arm, name)| {
        let values: Vec<[f64; 3]> = (0..YEARS).map(|year| results.band(arm, output, year)).collect();
        band(&name, &values)
    });
    let series = series.collect();
    Figure::Fan(Fan {
        caption,
        x_label: "year".to_owned(),
        y_label: y_label.to_owned(),
        log,
        x: years(),
        series,
        marks: Vec::new(),
    })
}

/// What the arms of a study differ in, along which outputs of a year are shown.
pub(super) struct Axis<'a> {
    pub(super) label: &'a str,
    /// A place for each arm.
    pub(super) places: &'a [f64],
    pub(super) year: usize,
    /// Places to mark, each with a word.
    pub(super) marks: Vec<(f64, String)>,
}

/// An output as it is shown along an axis.
pub(super) struct Shown<'a> {
    pub(super) name: &'a str,
    pub(super) output: Output,
    /// By what it is multiplied, for the unit in which it is shown.
    pub(super) scale: f64,
}

impl Axis<'_> {
    /// Outputs along this axis.
    pub(super) fn fan(&self, results: &Results, caption: Caption, y_label: &str, outputs: &[Shown<'_>]) -> Figure {
        let series = outputs.iter().map(|shown| {
            let at = |arm: usize| results.band(arm, shown.output, self.year).map(|value| value * shown.scale);
            band(shown.name, &(0..self.places.len()).map(at).collect::<Vec<_>>())
        });
        Figure::Fan(Fan {
            caption,
            x_label: self.label.to_owned(),
            y_label: y_label.to_owned(),
            log: false,
            x: self.places.to_vec(),
            series: series.collect(),
            marks: self.marks.clone(),
        })
    }
}

/// What reached tier 3 in a year, by path, under each arm: medians, which need not add up to the median of the sum.
pub(super) fn paths(ready: &Ready<'_>, results: &Results, year: usize, id: &str) -> Figure {
    let parts = [
        ("smuggled", Output::Smuggled),
        ("stockpiled", Output::Stockpiled),
        ("lawful", Output::Lawful),
        ("rented abroad", Output::Rented),
        ("domestic", Output::Domestic),
    ];
    let bar = |(arm, name): (usize, String)| {
        (name, parts.iter().map(|(_, output)| results.band(arm, *output, year)[1]).collect::<Vec<f64>>())
    };
    let note = "Medians by path. Where one path is closed, smugglers, tenants and domestic makers take up part of what is wanted: that is in the model, not read off data.";
    Figure::Bars(Bars {
        caption: caption(id, &format!("Compute that tier 3 gains in {}, by path", 2025 + year), note, true),
        y_label: "H100e in the year".to_owned(),
        parts: parts.iter().map(|(name, _)| (*name).to_owned()).collect(),
        bars: ready.names().into_iter().enumerate().map(bar).collect(),
    })
}

/// A table of outputs in a year: for each arm the median and the range, and below it the difference from the first arm.
pub(super) fn numbers(
    ready: &Ready<'_>,
    results: &Results,
    outputs: &[(&str, Output)],
    year: usize,
    id: &str,
) -> Figure {
    let row = |(arm, name): (usize, &String)| {
        let cells = outputs.iter().map(|(_, output)| {
            let level = range_text(results.band(arm, *output, year), &number);
            if arm == 0 {
                level
            } else {
                format!("{level}; against the first {}", range_text(results.difference(arm, *output, year), &number))
            }
        });
        std::iter::once(name.clone()).chain(cells).collect()
    };
    let names = ready.names();
    let heads = outputs.iter().map(|(name, _)| (*name).to_owned());
    Figure::Table(Table {
        caption: caption(
            id,
            &format!("Figures of {}", 2025 + year),
            "Median (5th to 95th percentile); differences are taken draw by draw.",
            true,
        ),
        columns: std::iter::once("policy".to_owned()).chain(heads).collect(),
        rows: names.iter().enumerate().map(row).collect(),
    })
}

/// How likely each value of an output in a year is, under each arm.
pub(super) fn likely(
    ready: &Ready<'_>,
    results: &Results,
    output: Output,
    year: usize,
    caption: Caption,
    x_label: &str,
    marks: &[(f64, &str)],
) -> Option<Figure> {
    let named: Vec<_> = ready
        .names()
        .into_iter()
        .enumerate()
        .filter_map(|(arm, name)| Some((name, results.tracked(arm, output)?.levels.get(year)?)))
        .collect();
    density(caption, x_label, &named, marks).map(Figure::Density)
}

/// The parameters that vary, as places among all.
fn varying(scenario: &Scenario) -> Vec<usize> {
    scenario
        .parameters
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.distribution.varies())
        .map(|(place, _)| place)
        .collect()
}

/// A point of the unit cube over the parameters that vary, as values of all.
fn spread(scenario: &Scenario, places: &[usize], shares: &[f64]) -> Point {
    let mut point = scenario.point(0.5);
    for (place, share) in places.iter().zip(shares) {
        if let (Some(value), Some(entry)) = (point.get_mut(*place), scenario.parameters.get(*place)) {
            *value = entry.distribution.quantile(*share);
        }
    }
    point
}

fn name_of(place: usize) -> String {
    Parameter::ALL.get(place).map_or(String::new(), |parameter| parameter.name().to_owned())
}

/// An index is resolved where its interval is no wider.
const RESOLVED: f64 = 0.3;

/// What an answer hangs on: Sobol's indices of it, and one parameter after the other from its 5th to its 95th percentile.
pub(super) fn sensitivity(
    ready: &Ready<'_>,
    what: &str,
    answer: &(dyn Fn(&Point) -> f64 + Sync),
) -> Result<(Vec<Figure>, Vec<String>), LabError> {
    let scenario = ready.scenario;
    let places = varying(scenario);
    let model = |shares: &[f64]| answer(&spread(scenario, &places, shares));
    let rows = 4_096;
    // Heavy tails leave indices to a handful of draws: what varies is told of the logarithm of the answer, with its sign.
    let middle = 1.0 + model(&vec![0.5; places.len()]).abs();
    let logarithm = |shares: &[f64]| {
        let value = model(shares);
        if value.is_finite() { value.signum() * libm::log1p(value.abs() / middle) } else { value }
    };
    let found = sobol_indices(&logarithm, places.len(), rows, scenario.seed, ready.options.threads)?;
    let judged = |place: &usize| scenario.parameters.get(*place).is_some_and(|entry| entry.judgement());
    let mut indices: Vec<IndexRow> = places
        .iter()
        .zip(&found)
        .map(|(place, index)| IndexRow {
            name: name_of(*place),
            first: index.first,
            first_interval: index.first_interval,
            total: index.total,
            total_interval: index.total_interval,
            judgement: judged(place),
        })
        .collect();
    indices.sort_by(|one, other| other.total.total_cmp(&one.total));
    indices.truncate(12);
    let driven = indices.iter().take(3).map(|row| {
        let word = if row.judgement { ", a judgement" } else { "" };
        let (low, high) = row.total_interval;
        if high - low > RESOLVED || row.total > 1.0 + RESOLVED {
            return format!("{} (its index is not resolved: {} to {}{word})", row.name, number(low), number(high));
        }
        format!("{} (total index {}{word})", row.name, number(row.total))
    });
    let driven = driven.collect();
    let halves = vec![0.5; places.len()];
    let ends = one_at_a_time(&model, &halves, &vec![0.05; places.len()], &vec![0.95; places.len()]);
    let rows = widest_first(&ends).into_iter().take(12).filter_map(|row| {
        let (place, result) = (places.get(row)?, ends.get(row)?);
        let entry = scenario.parameters.get(*place)?;
        let at = (entry.number(entry.distribution.quantile(0.05)), entry.number(entry.distribution.quantile(0.95)));
        Some(TornadoRow { name: name_of(*place), at, result: *result, judgement: entry.judgement() })
    });
    let tornado = Tornado {
        caption: caption(
            "tornado",
            &format!("{what}: one parameter at a time"),
            "Each from its 5th to its 95th percentile, the others at their medians.",
            true,
        ),
        x_label: what.to_owned(),
        base: model(&halves),
        rows: rows.collect(),
    };
    let note = "Sobol's indices with 95 percent intervals, of the logarithm of the answer with its sign: the share of the variance that a parameter explains alone, and with all that it does together with others.";
    let indices = Indices {
        caption: caption("sobol", &format!("{what}: what its spread comes from"), note, true),
        rows: indices,
    };
    let ranks = rank_table(ready, what, answer)?;
    Ok((vec![Figure::Tornado(tornado), Figure::Indices(indices), ranks], driven))
}

/// In which corner of the parameters a conclusion breaks, in a sentence.
pub(super) fn breaking_region(
    ready: &Ready<'_>,
    conclusion: &str,
    breaks: &dyn Fn(&Point) -> bool,
) -> Result<String, LabError> {
    let scenario = ready.scenario;
    let places = varying(scenario);
    let mut stream = |index: u64| {
        let mut stream = crate::random_draw::Stream::new(scenario.seed, 2, index);
        places.iter().map(|_| stream.unit()).collect::<Vec<f64>>()
    };
    let points: Vec<Vec<f64>> = (0..4_000).map(&mut stream).collect();
    let broken: Vec<bool> = points.iter().map(|shares| breaks(&spread(scenario, &places, shares))).collect();
    let found = discover(&points, &broken)?;
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    if found.chosen.restrictions.is_empty() {
        return Ok(format!(
            "«{conclusion}» breaks in {} of the draws, and no corner of the parameters stands out.",
            percent(found.mean)
        ));
    }
    let sides = found.chosen.restrictions.iter().filter_map(|(row, low, high)| {
        let place = places.get(*row)?;
        let entry = scenario.parameters.get(*place)?;
        let from =
            (*low > 0.0).then(|| format!("above {}", number(entry.distribution.quantile(low.clamp(1e-6, 1.0 - 1e-6)))));
        let to = (*high < 1.0)
            .then(|| format!("below {}", number(entry.distribution.quantile(high.clamp(1e-6, 1.0 - 1e-6)))));
        let ends: Vec<String> = from.into_iter().chain(to).collect();
        Some(format!("{} {}", name_of(*place), ends.join(" and ")))
    });
    let sides: Vec<String> = sides.collect();
    Ok(format!(
        "«{conclusion}» breaks in {} of the draws; where {}, it breaks in {}, and {} of all breaks lie there (PRIM).",
        percent(found.mean),
        sides.join(", "),
        percent(found.chosen.density),
        percent(found.chosen.coverage)
    ))
}

/// What each country gained from 2025 to 2030 with every parameter at its median under an arm.
struct Gained {
    /// Countries but the United States and tier 3, in the order of the demand.
    abroad: Vec<f64>,
    united_states: f64,
    tier3: f64,
}

impl Gained {
    fn of(prepared: &Prepared, point: &Point) -> Gained {
        let (abroad, outcome) = served_by_country(prepared, point);
        let years = |output: Output| outcome.get(output as usize).map_or([0.0; YEARS], |years| *years);
        let [made, unbuilt, domestic, share, leaked] =
            [Output::Supply, Output::Unbuilt, Output::Domestic, Output::UsSite, Output::Leaked].map(years);
        let new = made.iter().zip(&unbuilt).zip(&domestic).map(|((made, unbuilt), domestic)| made - unbuilt + domestic);
        Gained {
            abroad,
            united_states: new.zip(&share).map(|(new, share)| new * share).sum(),
            tier3: leaked.iter().chain(&domestic).sum(),
        }
    }
}

/// What each country gained by 2030 under an arm of the study with every parameter at its median, and how unequally under each.
pub(super) fn by_country(ready: &Ready<'_>, arm: usize) -> Vec<Figure> {
    let scenario = ready.scenario;
    let point = scenario.point(0.5);
    let abroad: Vec<_> = scenario.demand.iter().filter(|demand| demand.tier < 3).collect();
    let mut figures = Vec::new();
    if let Some(shown) = ready.prepared.get(arm) {
        let gained = Gained::of(shown, &point);
        let tile = |country: String, tier: u8, value: f64| Tile { country, tier, value, of: None };
        let served = abroad.iter().zip(&gained.abroad);
        let mut tiles: Vec<Tile> =
            served.map(|(demand, value)| tile(demand.country.to_string(), demand.tier, *value)).collect();
        tiles.push(tile("US".to_owned(), 1, gained.united_states));
        tiles.push(tile("CN".to_owned(), 3, gained.tier3));
        let note = "Every parameter at its median; what honest buyers in each country were sent from 2025 to 2030, what was installed in the United States, and what tier 3 gained by all ways. What finds no power in the United States and is installed abroad is in no country. How demand is shared out among countries is uncertain.";
        let title = format!("Compute gained by country from 2025 to 2030 under {}", shown.arm.name);
        figures.push(Figure::Tiles(Tiles {
            caption: caption("countries", &title, note, true),
            label: "H100e".to_owned(),
            tiles,
        }));
    }
    let series = ready.prepared.iter().take(6).map(|prepared| {
        let gained = Gained::of(prepared, &point);
        let mut values: Vec<f64> = gained.abroad.iter().copied().chain([gained.united_states, gained.tier3]).collect();
        values.sort_by(f64::total_cmp);
        let sum: f64 = values.iter().sum();
        let shares: Vec<f64> = values.iter().map(|value| if sum > 0.0 { value / sum } else { 0.0 }).collect();
        let gini = gini(&shares);
        (prepared.arm.name.clone(), shares, gini)
    });
    let note = "What each country gained from 2025 to 2030. The line of equal shares is the diagonal. Every parameter at its median.";
    figures.push(Figure::Lorenz(Lorenz {
        caption: caption("lorenz", "How unequally compute is shared out among countries", note, true),
        label: "compute".to_owned(),
        series: series.collect(),
    }));
    figures
}

/// Gini's coefficient of shares in rising order.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn gini(shares: &[f64]) -> f64 {
    let count = shares.len() as f64;
    let ranked: f64 = shares.iter().enumerate().map(|(place, share)| (place as f64 + 1.0) * share).sum();
    if count > 0.0 { 2.0 * ranked / count - (count + 1.0) / count } else { 0.0 }
}

/// An output of an arm in a year, as a function of the parameters.
pub(super) fn of_arm(prepared: &Prepared, output: Output, year: usize) -> impl Fn(&Point) -> f64 + Sync + '_ {
    move |point: &[f64; COUNT]| {
        let outcome = simulate(prepared, point);
        outcome.get(output as usize).and_then(|years| years.get(year)).copied().unwrap_or(0.0)
    }
}

/// A study of the aggregate model as it is reported.
pub(super) fn study_report(
    ready: &Ready<'_>,
    answers: Vec<String>,
    caveats: Vec<String>,
    figures: Vec<Figure>,
) -> Study {
    Study {
        name: String::new(),
        question: String::new(),
        answers,
        caveats,
        figures,
        assumptions: ready.scenario.assumptions(),
        data: Vec::new(),
        made_from: Vec::new(),
        open: OpenResults::default(),
    }
}

/// What must be said of every study of the aggregate model.
pub(super) fn caveats(scenario: &Scenario) -> Vec<String> {
    let judged = scenario.parameters.iter().filter(|entry| entry.judgement()).count();
    let constants: Vec<bool> = scenario.model_constants().map(ParameterEntry::judgement).collect();
    let (judged_constants, all) = (constants.iter().filter(|judged| **judged).count(), constants.len());
    vec![
        format!(
            "{judged} of {COUNT} parameters and {judged_constants} of {all} constants are judgements in part or whole, those of smuggling and its detection above all: levels of smuggled compute follow from them and are not findings. Differences between policies, taken draw by draw, are sharper."
        ),
        "The law is asked, not assumed: limits, allocations and reviews of each country in the model are what the engine decides for sample orders under each policy, step by step; what the law leaves open is read strictly in one half of the draws and mildly in the other (law.reading).".to_owned(),
        "One smuggler answers for all of a kind, and demand does not answer to price but through the premium; how schemes grow with what is wanted (smuggle.scale_exponent), how many an agency can end (detect.capacity) and how much power there is by 2030 move levels as much as policies do, and are drawn.".to_owned(),
    ]
}
