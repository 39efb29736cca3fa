//! What an answer goes with among the draws of a study: Spearman's rank correlations.

use super::{LabError, Ready};
use crate::figure::{Caption, Figure, Table};
use crate::history::Draws;
use crate::model::parameters::{Parameter, Point};

/// Draws that are ranked.
const RANKED: u64 = 2_000;
/// Parameters that are shown.
const SHOWN: usize = 12;

/// The parameters with whose ranks that of an answer goes most, as a table.
pub(super) fn rank_table(
    ready: &Ready<'_>,
    what: &str,
    answer: &(dyn Fn(&Point) -> f64 + Sync),
) -> Result<Figure, LabError> {
    let draws = Draws::new(ready.scenario, ready.history.as_ref());
    let points = (0..RANKED).map(|index| draws.point(index)).collect::<Result<Vec<Point>, String>>();
    let points = points.map_err(LabError::Unphysical)?;
    let answers = ranks(&points.iter().map(answer).collect::<Vec<_>>());
    let mut rows = Vec::new();
    for (place, (parameter, entry)) in Parameter::ALL.iter().zip(&ready.scenario.parameters).enumerate() {
        if entry.distribution.varies() {
            let values: Vec<f64> = points.iter().filter_map(|point| point.get(place).copied()).collect();
            rows.push((parameter.name(), correlation(&ranks(&values), &answers), entry.judgement()));
        }
    }
    rows.sort_by(|(_, one, _), (_, other, _)| other.abs().total_cmp(&one.abs()));
    let row = |(name, coefficient, judgement): (&str, f64, bool)| {
        let word = if judgement { "judgement" } else { "" };
        vec![name.to_owned(), format!("{coefficient:+.2}"), word.to_owned()]
    };
    let (which, long) = match ready.history {
        Some(_) => ("the draws that fit", "draws that fit what is known of the years gone by"),
        None => ("the draws of the priors", "draws of the priors"),
    };
    let note = format!("Spearman's rank correlation over 2,000 {long}; one below 0.05 in size is not told from none.");
    Ok(Figure::Table(Table {
        caption: Caption {
            id: "ranks".to_owned(),
            title: format!("{what}: what it goes with among {which}"),
            note,
            judgement: true,
        },
        columns: ["parameter", "rank correlation", "rests on"].map(str::to_owned).to_vec(),
        rows: rows.into_iter().take(SHOWN).map(row).collect(),
    }))
}

/// The rank of each value; those that are alike have the mean of their ranks.
#[expect(clippy::cast_precision_loss, reason = "some thousand values")]
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = |value: &f64| {
        let below = sorted.partition_point(|other| other.total_cmp(value).is_lt());
        let up_to = sorted.partition_point(|other| other.total_cmp(value).is_le());
        (below + up_to) as f64 / 2.0
    };
    values.iter().map(rank).collect()
}

/// Pearson's correlation of two rows of numbers; 0 where one of them does not vary.
#[expect(clippy::cast_precision_loss, reason = "some thousand values")]
fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let mean = |row: &[f64]| row.iter().sum::<f64>() / row.len().max(1) as f64;
    let (middle, other_middle) = (mean(one), mean(other));
    let (mut both, mut square, mut other_square) = (0.0, 0.0, 0.0);
    for (value, other) in one.iter().zip(other) {
        let (from, other_from) = (value - middle, other - other_middle);
        both += from * other_from;
        square += from * from;
        other_square += other_from * other_from;
    }
    let spread = libm::sqrt(square * other_square);
    if spread > 0.0 { both / spread } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_go_with_what_rises_alike_and_ties_share_theirs() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.0, 0.5, 3.0, 1.5]);
        let values = [1.0, 5.0, 2.0, 9.0];
        let cubes = values.map(|value: f64| value * value * value);
        assert!((correlation(&ranks(&values), &ranks(&cubes)) - 1.0).abs() < 1e-12);
        let fallen = values.map(|value: f64| -value);
        assert!((correlation(&ranks(&values), &ranks(&fallen)) + 1.0).abs() < 1e-12);
        assert_eq!(correlation(&ranks(&values), &ranks(&[2.0; 4])), 0.0);
    }
}
