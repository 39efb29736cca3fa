//! What is known of the world as it was: counts and estimates, each with its source, which draws are held to.

use tollgate_strict_toml::{Domain, Placed, Table, mend_of_unknown};

use super::StudyKind;
use super::checks::unit_fits;
use crate::distribution::{Z95, normal_share, range_text};
use crate::model::output::Output;
use crate::timeline::{FIRST_YEAR, LAST_YEAR};

/// The year before the first, of which the model makes a back-cast.
pub(crate) const BACK_CAST_YEAR: i32 = FIRST_YEAR - 1;

/// A count or an estimate of what an output came to in a year.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Evidence {
    /// What was counted.
    pub(crate) name: String,
    pub(crate) output: Output,
    pub(crate) year: i32,
    pub(crate) known: Known,
    pub(crate) source: String,
    /// Whether no draw is held to it: it stands beside what the draws come to.
    pub(crate) held_out: bool,
}

/// What is known of a number above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Known {
    /// Its 5th percentile, median and 95th percentile: lognormal on either side of the median.
    Range([f64; 3]),
    /// That it is no less than what was seen of it, but for an error in its logarithm.
    AtLeast {
        /// What was seen.
        seen: f64,
        /// Standard deviation of the error.
        log_error: f64,
    },
}

impl Known {
    /// How well a number fits, from 0 to 1: its likelihood against that of the number that fits best.
    pub(crate) fn fit(&self, value: f64) -> f64 {
        if value <= 0.0 {
            return 0.0;
        }
        match *self {
            Known::Range([low, median, high]) => {
                let side = if value < median { median / low } else { high / median };
                let distance = libm::log(value / median) / libm::log(side) * Z95;
                libm::exp(-0.5 * distance * distance)
            }
            Known::AtLeast { seen, log_error } => normal_share(libm::log(value / seen) / log_error),
        }
    }

    /// Its median, or what was seen of it.
    pub(crate) fn middle(&self) -> f64 {
        match self {
            Known::Range([_, median, _]) => *median,
            Known::AtLeast { seen, .. } => *seen,
        }
    }

    /// In words, with each number as `number` writes it.
    pub(crate) fn text_by(&self, number: &dyn Fn(f64) -> String) -> String {
        match self {
            Known::Range(range) => range_text(*range, number),
            Known::AtLeast { seen, .. } => format!("at least {}", number(*seen)),
        }
    }
}

const NUMBERS: Domain<f64> = Domain::new(1e-9, 1e15);
const ERRORS: Domain<f64> = Domain::new(0.01, 5.0);

/// Reads each `[[evidence]]` of a file; one of a name that is there already takes its place.
pub(super) fn read_evidence(table: &Table<'_, '_>, kind: Option<StudyKind>, all: &mut Vec<Evidence>) {
    let mut names: Vec<String> = Vec::new();
    for entry in table.tables("evidence") {
        let line = entry.line();
        if kind.is_some_and(|kind| !kind.has_draws()) {
            let mend = "take it out: this study has no draws of the aggregate model to hold to it";
            entry.report("unread-key", line, "this study does not read `[[evidence]]`", mend);
        }
        let read = read_one(&entry);
        entry.finish();
        let Some(read) = read else { continue };
        if names.contains(&read.name) {
            let what = format!("two pieces of evidence are named `{}`", read.name);
            table.report("name-twice", line, what, "give each a name of its own");
        }
        names.push(read.name.clone());
        all.retain(|other| other.name != read.name);
        all.push(read);
    }
}

/// Whether draws are held to the evidence: where a scenario is silent, they are.
pub(super) fn read_calibrate(table: &Table<'_, '_>, kind: StudyKind) -> bool {
    let wanted = table.boolean("calibrate");
    if wanted.is_some() && !kind.has_draws() {
        let line = table.line_of_key("calibrate");
        let what = "this study does not read `calibrate`";
        table.report("unread-key", line, what, "take it out: it has no draws of the aggregate model");
    }
    wanted.unwrap_or(true)
}

fn read_one(entry: &Table<'_, '_>) -> Option<Evidence> {
    let name = entry.required_text("name", "\"smuggled in 2024\"").value;
    let Placed { value: word, line } = entry.required_text("output", "\"smuggled\"");
    let output = Output::ALL.iter().find(|output| output.name() == word).copied();
    if output.is_none() {
        let names: Vec<&str> = Output::ALL.iter().map(|output| output.name()).collect();
        let what = format!("the model has no output `{word}`");
        entry.report("unknown-word", line, what, mend_of_unknown(&word, &names));
    }
    let years: Domain<i64> = Domain::new(BACK_CAST_YEAR.into(), LAST_YEAR.into());
    let year = entry.whole("year", &years);
    if !entry.has("year") {
        entry.report("missing-key", entry.line(), format!("`{name}` has no year"), "add `year = 2025`");
    }
    let known = read_known(entry, &name);
    let unit = entry.required_text("unit", "\"H100e\"");
    if let Some(output) = output.filter(|output| !unit_fits(&unit.value, output.unit())) {
        let what = format!("`{}` is in `{}`, not in `{}`", output.name(), output.unit(), unit.value);
        let mend = format!("write `unit = \"{}\"`, and the number in it", output.unit());
        entry.report("wrong-unit", unit.line, what, mend);
    }
    let source = entry.required_text("source", "\"…\"").value;
    let held_out = entry.boolean("held_out").unwrap_or(false);
    Some(Evidence { name, output: output?, year: i32::try_from(year?.value).ok()?, known: known?, source, held_out })
}

fn read_known(entry: &Table<'_, '_>, name: &str) -> Option<Known> {
    if entry.has("at_least") && !entry.has("range") {
        let seen = entry.floating_point("at_least", &NUMBERS)?.value;
        let log_error = entry.floating_point("log_error", &ERRORS);
        if !entry.has("log_error") {
            let what = format!("`{name}` does not say how far what was seen may be off");
            let mend = "add `log_error = 0.5`, the standard deviation of the error in its logarithm";
            entry.report("missing-key", entry.line_of_key("at_least"), what, mend);
        }
        return Some(Known::AtLeast { seen, log_error: log_error?.value });
    }
    let line = entry.line_of_key("range");
    let numbers = entry.floating_points("range", &NUMBERS);
    match numbers.as_slice() {
        [low, median, high] if low < median && median < high && !entry.has("at_least") => {
            Some(Known::Range([*low, *median, *high]))
        }
        _ => {
            let what = format!("`{name}` does not say what is known in one way");
            let mend = "write `range = [5th percentile, median, 95th percentile]`, in rising order, or `at_least = 4` and `log_error = 0.5`";
            entry.report("bad-distribution", line, what, mend);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_best_is_the_median_and_either_end_is_as_likely_as_the_other() {
        let known = Known::Range([10.0, 140.0, 600.0]);
        assert_eq!(known.fit(140.0), 1.0);
        assert!((known.fit(10.0) - known.fit(600.0)).abs() < 1e-12 && known.fit(10.0) < 0.3);
        assert_eq!(known.fit(0.0), 0.0);
        let seen = Known::AtLeast { seen: 4.0, log_error: 0.5 };
        assert!((seen.fit(4.0) - 0.5).abs() < 1e-12 && seen.fit(40.0) > 0.999 && seen.fit(1.0) < 0.01);
    }
}
