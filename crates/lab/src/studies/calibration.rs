//! What the years gone by say of the parameters: each piece of evidence beside what the draws come to before and after it is known.

use super::figures::caption;
use super::{LabError, Ready};
use crate::distribution::{number, range_text};
use crate::figure::{Figure, Study, Table};
use crate::history::{Draw, Draws, History, fault_of};
use crate::model::parameters::{Parameter, Point};
use crate::scenario::{Evidence, Scenario};

/// Draws with which priors and what is left of them are compared; where a study has fewer, as many as it has.
const COMPARED: u64 = 4_000;
/// A parameter has moved where the median of what is left lies so far, in shares of the prior, from the prior's; with few draws, no less
/// than what chance alone brings about in one of twenty.
const MOVED: f64 = 0.05;
/// So many parameters are shown in the report.
const SHOWN: usize = 15;

/// The share of a part in all; 0 of nothing.
#[expect(clippy::cast_precision_loss, reason = "some thousand draws")]
fn share(part: usize, all: usize) -> f64 {
    part as f64 / all.max(1) as f64
}

/// Numbers in rising order.
struct Sorted(Vec<f64>);

impl Sorted {
    fn of(numbers: impl Iterator<Item = f64>) -> Sorted {
        let mut sorted: Vec<f64> = numbers.collect();
        sorted.sort_by(f64::total_cmp);
        Sorted(sorted)
    }

    fn share_below(&self, value: f64) -> f64 {
        share(self.0.partition_point(|other| *other < value), self.0.len())
    }

    /// The 5th percentile, median and 95th percentile.
    fn band(&self) -> [f64; 3] {
        [5, 50, 95].map(|percent| {
            let place = self.0.len().saturating_sub(1) * percent / 100;
            self.0.get(place).copied().unwrap_or(f64::NAN)
        })
    }
}

/// A parameter before and after the evidence.
struct Shift {
    name: &'static str,
    before: [f64; 3],
    after: [f64; 3],
    /// By which share of the prior its median has moved.
    moved: f64,
}

/// Draws before and after the evidence, and what the model has for each piece of it.
struct Comparison<'a> {
    scenario: &'a Scenario,
    history: &'a History,
    before: Vec<Point>,
    after: Vec<Point>,
    values_before: Vec<Sorted>,
    values_after: Vec<Sorted>,
    /// The share of the priors' draws that fit.
    taken: f64,
}

impl<'a> Comparison<'a> {
    /// An error where a draw comes to what cannot be.
    fn new(scenario: &'a Scenario, history: &'a History) -> Result<Comparison<'a>, String> {
        let compared = COMPARED.min(scenario.draws);
        let of = |draws: Draws<'_>| (0..compared).map(|index| draws.draw(index)).collect::<Result<Vec<Draw>, String>>();
        let (before, after) = (of(Draws::new(scenario, None))?, of(Draws::new(scenario, Some(history)))?);
        let values = |draws: &[Draw]| {
            let at = |(index, draw): (u64, &Draw)| {
                history.values(&draw.point).map_err(|what| fault_of(scenario, index, &what, &draw.point))
            };
            let rows = (0..).zip(draws).map(at).collect::<Result<Vec<Vec<f64>>, String>>()?;
            let of_one = |place: usize| Sorted::of(rows.iter().filter_map(|row| row.get(place).copied()));
            Ok::<Vec<Sorted>, String>((0..history.evidence.len()).map(of_one).collect())
        };
        let (values_before, values_after) = (values(&before)?, values(&after)?);
        let taken = share(after.iter().filter(|draw| draw.tries == 1).count(), after.len());
        let points = |draws: Vec<Draw>| draws.into_iter().map(|draw| draw.point).collect();
        let (before, after) = (points(before), points(after));
        Ok(Comparison { scenario, history, before, after, values_before, values_after, taken })
    }

    fn pieces(&self) -> impl Iterator<Item = (&Evidence, &Sorted, &Sorted)> {
        let values = self.values_before.iter().zip(&self.values_after);
        self.history.evidence.iter().zip(values).map(|(evidence, (before, after))| (evidence, before, after))
    }

    /// A sentence for each piece that no draw was held to.
    fn held_out(&self) -> Vec<String> {
        let held_out = self.pieces().filter(|(evidence, ..)| evidence.held_out);
        let sentence = |(evidence, before, after): (&Evidence, &Sorted, &Sorted)| {
            let middle = evidence.known.middle();
            format!(
                "Held out: {} is {} {} ({}); by the priors the model has {}, with the evidence of earlier years {}: what is known lies at percentile {:.0} of these.",
                evidence.name,
                evidence.known.text_by(&number),
                evidence.output.unit(),
                evidence.source,
                range_text(before.band(), &number),
                range_text(after.band(), &number),
                100.0 * after.share_below(middle)
            )
        };
        held_out.map(sentence).collect()
    }

    fn evidence_table(&self) -> Figure {
        let row = |(evidence, before, after): (&Evidence, &Sorted, &Sorted)| {
            vec![
                evidence.name.clone(),
                format!("{} {}", evidence.known.text_by(&number), evidence.output.unit()),
                if evidence.held_out { "held out" } else { "fitted" }.to_owned(),
                range_text(before.band(), &number),
                range_text(after.band(), &number),
                format!("{:.0}", 100.0 * after.share_below(evidence.known.middle())),
                evidence.source.clone(),
            ]
        };
        let heads = ["evidence", "known", "use", "by the priors", "with the evidence", "percentile", "source"];
        let note = format!(
            "Median (5th to 95th percentile) of {} draws under the law as it was applied. Draws are taken with the chance of their fit to all that is fitted; what is held out is compared alone. The percentile is that of what is known among the draws with the evidence.",
            self.after.len()
        );
        Figure::Table(Table {
            caption: caption("evidence", "What is known of the years gone by, and what the model has", &note, true),
            columns: heads.map(str::to_owned).to_vec(),
            rows: self.pieces().map(row).collect(),
        })
    }

    /// Each parameter that varies, the one that has moved most first.
    fn shifts(&self) -> Vec<Shift> {
        let mut all = Vec::new();
        for (place, (parameter, entry)) in Parameter::ALL.iter().zip(&self.scenario.parameters).enumerate() {
            if !entry.distribution.varies() {
                continue;
            }
            let of = |points: &[Point]| Sorted::of(points.iter().filter_map(|point| point.get(place).copied()));
            let (before, after) = (of(&self.before), of(&self.after));
            let [_, median, _] = after.band();
            let moved = before.share_below(median) - 0.5;
            all.push(Shift { name: parameter.name(), before: before.band(), after: after.band(), moved });
        }
        all.sort_by(|one, other| other.moved.abs().total_cmp(&one.moved.abs()));
        all
    }

    /// The parameters that the evidence has moved; `None` where it has moved none.
    fn posterior_table(&self) -> Option<Figure> {
        let shifts = self.shifts().into_iter().filter(|shift| shift.moved.abs() >= self.least_shift()).take(SHOWN);
        let row = |shift: Shift| {
            let Shift { name, before, after, moved } = shift;
            vec![name.to_owned(), range_text(before, &number), range_text(after, &number), format!("{moved:+.2}")]
        };
        let note = "Median (5th to 95th percentile) before and after the evidence; the last column is by which share of the prior the median has moved. Parameters that are not listed have hardly moved: the evidence says little of them. parameters-posterior.csv has all.";
        let rows: Vec<Vec<String>> = shifts.map(row).collect();
        (!rows.is_empty()).then(|| {
            Figure::Table(Table {
                caption: caption("posterior", "What the evidence says of the parameters", note, true),
                columns: ["parameter", "prior", "with the evidence", "moved by"].map(str::to_owned).to_vec(),
                rows,
            })
        })
    }

    fn posterior_rows(&self) -> Vec<Vec<String>> {
        let heads = ["parameter", "prior_p5", "prior_p50", "prior_p95", "p5", "p50", "p95", "moved"];
        let mut rows = vec![heads.map(str::to_owned).to_vec()];
        for Shift { name, before, after, moved } in self.shifts() {
            let numbers = before.iter().chain(&after).chain([&moved]).map(f64::to_string);
            rows.push(std::iter::once(name.to_owned()).chain(numbers).collect());
        }
        rows
    }

    /// By which share of its prior a parameter's median must have moved to be shown.
    fn least_shift(&self) -> f64 {
        // Twice the standard error of the share below a median.
        MOVED.max(libm::sqrt(share(1, self.after.len())))
    }
}

/// Adds to a study what its draws are held to and what that comes to.
pub(super) fn add(ready: &Ready<'_>, study: &mut Study) -> Result<(), LabError> {
    let Some(history) = &ready.history else {
        study.caveats.push(
            "Draws are from the priors: nothing that was counted of the years gone by is held against them (calibrate = false).".to_owned(),
        );
        return Ok(());
    };
    let fitted = history.evidence.iter().filter(|evidence| !evidence.held_out).count();
    let comparison = Comparison::new(ready.scenario, history).map_err(LabError::Unphysical)?;
    study.caveats.push(format!(
        "Draws are those that fit {fitted} counts and estimates of the years gone by under the law as it was applied; what a result hangs on (Sobol's indices, one parameter at a time, the box in which it breaks) is told over the priors, each parameter by itself. {:.1} % of the draws of the priors fit.",
        100.0 * comparison.taken
    ));
    study.answers.extend(comparison.held_out());
    study.figures.push(comparison.evidence_table());
    study.figures.extend(comparison.posterior_table());
    study.data.push(("parameters-posterior".to_owned(), comparison.posterior_rows()));
    Ok(())
}
