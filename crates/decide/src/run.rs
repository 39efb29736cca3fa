//! A whole orders file: read, put in order of date, decided, handed on line by line.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tollgate_law::Policy;
use tollgate_model::{Date, Diagnostic, Diagnostics, OrderLine, Place, Stop, count_of};
use tollgate_records::{Declared, MAX_ERRORS, OrderBatch, OrderReader, RowAnswers};

use super::batches::for_each_batch_of;
use super::decider::{Decided, Decider};
use super::error::RunError;
use super::item_facts::UnknownItem;
use super::tables::Tables;

/// What a run starts from.
pub struct Run<'a> {
    /// The orders file.
    pub orders: &'a Path,
    /// The tables beside it.
    pub tables: Arc<Tables>,
    /// By what is decided.
    pub policy: Arc<Policy>,
}

/// Told of every batch that is done.
pub trait Progress {
    /// There are so many lines to do.
    fn start(&mut self, lines: u64);
    /// So many more lines are done.
    fn done(&mut self, lines: u64);
}

/// Shows nothing.
pub struct Silent;

impl Progress for Silent {
    fn start(&mut self, _lines: u64) {}
    fn done(&mut self, _lines: u64) {}
}

/// What is done with the lines of a file.
pub trait Lines {
    /// A line, before any is decided.
    fn seen(&mut self, _order: &OrderLine<'_>) {}

    /// Every line has been seen.
    fn all_seen(&mut self) -> Result<(), RunError> {
        Ok(())
    }

    /// A decided line, and what was declared of it.
    fn decided(&mut self, order: &OrderLine<'_>, decided: &Decided<'_>, declared: Declared<'_>)
    -> Result<(), RunError>;
}

/// What is done with each decided line, and nothing before.
pub struct Each<F>(F);

/// Does something with each decided line.
pub fn each<F>(each: F) -> Each<F>
where
    F: FnMut(&OrderLine<'_>, &Decided<'_>) -> Result<(), RunError>,
{
    Each(each)
}

impl<F> Lines for Each<F>
where
    F: FnMut(&OrderLine<'_>, &Decided<'_>) -> Result<(), RunError>,
{
    fn decided(&mut self, order: &OrderLine<'_>, decided: &Decided<'_>, _: Declared<'_>) -> Result<(), RunError> {
        (self.0)(order, decided)
    }
}

/// How many lines of a file that is not in order of date are held in memory at a time: the file is read once for each so many.
pub const HELD: u64 = 1_000_000;

/// What the first pass over a file finds.
struct Survey {
    lines: u64,
    sorted: bool,
    /// How many lines each day has, where the file is not in order of date.
    days: BTreeMap<Date, u64>,
    /// Orders of several lines are in it.
    several: bool,
}

/// Decides every line of a file: in order of date, and of the file within a date. `each` is told of each line before and with its decision.
pub fn run(run: &Run<'_>, stop: &Stop, progress: &mut dyn Progress, each: &mut dyn Lines) -> Result<Decider, RunError> {
    let survey = survey(run, stop, each)?;
    each.all_seen()?;
    progress.start(survey.lines);
    let mut decider = Decider::new(Arc::clone(&run.policy), Arc::clone(&run.tables));
    let mut unknown = Vec::new();
    if survey.several {
        for_each_batch(run, stop, &mut |batch| {
            for (index, line) in batch.lines().enumerate() {
                if let Err(error) = decider.add_to_shipment(&line) {
                    note_unknown(run.orders, batch.row(index), &line, error, &mut unknown);
                }
            }
            Ok(())
        })?;
        if !unknown.is_empty() {
            return Err(Diagnostics::up_to(MAX_ERRORS, unknown).into());
        }
    }
    // Every epoch up to one with accounts is compiled for this: it is only asked where it matters.
    let counted = || run.policy.epochs().iter().any(|epoch| !run.policy.program(*epoch).accounts.is_empty());
    let mut batch_done = |batch: &OrderBatch, indices: &mut dyn Iterator<Item = usize>, decider: &mut Decider| {
        for index in indices {
            let Some(line) = batch.line(index) else { continue };
            let line = FileLine { row: batch.row(index), order: &line, declared: batch.declared(index) };
            decide_line(run, line, decider, &mut unknown, each)?;
        }
        Ok::<(), RunError>(())
    };
    if survey.sorted || !counted() {
        for_each_batch(run, stop, &mut |batch| {
            batch_done(&batch, &mut (0..batch.len()), &mut decider)?;
            progress.done(count_of(batch.len()));
            Ok(())
        })?;
    } else {
        for (from, until) in spans(&survey.days, HELD) {
            let mut held = Vec::new();
            for_each_batch(run, stop, &mut |batch| {
                let within = |line: &OrderLine<'_>| (from..=until).contains(&line.date);
                let places = batch.lines().enumerate().filter(|(_, line)| within(line)).map(|(place, _)| place);
                held.push(batch.select(&places.collect::<Vec<_>>()));
                Ok(())
            })?;
            for (count, (batch, index)) in in_order(&held).into_iter().enumerate() {
                if count % 4096 == 0 && stop.load(Ordering::Relaxed) {
                    return Err(RunError::Stopped);
                }
                let Some(batch) = held.get(batch) else { continue };
                batch_done(batch, &mut std::iter::once(index), &mut decider)?;
                progress.done(1);
            }
        }
    }
    if unknown.is_empty() { Ok(decider) } else { Err(Diagnostics::up_to(MAX_ERRORS, unknown).into()) }
}

/// A line of a file, its row, and what was declared of it.
struct FileLine<'a> {
    row: u64,
    order: &'a OrderLine<'a>,
    declared: Declared<'a>,
}

/// Decides a line and hands it on, unless an item before it was not known; notes an item that is not known.
fn decide_line(
    run: &Run<'_>,
    line: FileLine<'_>,
    decider: &mut Decider,
    unknown: &mut Vec<Diagnostic>,
    each: &mut dyn Lines,
) -> Result<(), RunError> {
    match decider.decide_priced(line.order, line.declared.unit_price_usd) {
        Ok(decided) if unknown.is_empty() => each.decided(line.order, &decided, line.declared),
        Ok(_) => Ok(()),
        Err(error) => {
            note_unknown(run.orders, line.row, line.order, error, unknown);
            if unknown.len() >= MAX_ERRORS {
                return Err(Diagnostics::up_to(MAX_ERRORS, std::mem::take(unknown)).into());
            }
            Ok(())
        }
    }
}

fn note_unknown(file: &Path, row: u64, line: &OrderLine<'_>, error: UnknownItem, unknown: &mut Vec<Diagnostic>) {
    if unknown.len() < MAX_ERRORS {
        let place = Place::cell(file.display().to_string(), row, "item", line.item);
        unknown.push(Diagnostic::new("unknown-item", place, error.what, error.mend));
    }
}

/// Places of all lines, in order of date and then of the file.
fn in_order(batches: &[OrderBatch]) -> Vec<(usize, usize)> {
    let mut places: Vec<(Date, usize, usize)> = Vec::new();
    for (at, batch) in batches.iter().enumerate() {
        places.extend(batch.lines().enumerate().map(|(index, line)| (line.date, at, index)));
    }
    places.sort_unstable();
    places.into_iter().map(|(_, batch, index)| (batch, index)).collect()
}

/// As `for_each_batch_of`, of the file of a run with what answers set in it.
fn for_each_batch(
    run: &Run<'_>,
    stop: &Stop,
    each: &mut dyn FnMut(OrderBatch) -> Result<(), RunError>,
) -> Result<(), RunError> {
    let open = if run.tables.strict { OrderReader::open } else { OrderReader::open_by_line };
    let reader = open(run.orders)?.ignoring(&run.tables.ignored_columns);
    for_each_batch_of(reader.with_answers(&run.tables.answered.orders), stop, each)
}

/// Reads the whole file once: for its mistakes, for lines that stand twice, and for the order of its dates.
fn survey(run: &Run<'_>, stop: &Stop, each: &mut dyn Lines) -> Result<Survey, RunError> {
    let mut survey = Survey { lines: 0, sorted: true, days: BTreeMap::new(), several: false };
    let mut latest = Date::MIN;
    let mut day: Option<(Date, u64)> = None;
    let mut keys: Vec<u64> = Vec::new();
    for_each_batch(run, stop, &mut |batch| {
        for line in batch.lines() {
            survey.lines += 1;
            each.seen(&line);
            survey.sorted &= line.date >= latest;
            latest = latest.max(line.date);
            if day.is_some_and(|(date, _)| date != line.date) {
                count_day(&mut survey.days, day.take());
            }
            day = Some((line.date, day.map_or(1, |(_, lines)| lines + 1)));
            survey.several |= line.line > 1;
            keys.push(line_key(line.order_id, line.line));
        }
        Ok(())
    })?;
    count_day(&mut survey.days, day);
    refuse_duplicates_with(run.orders, &run.tables.answered.orders, keys, stop)?;
    Ok(survey)
}

/// Adds the lines of a day to those counted before.
pub fn count_day(days: &mut BTreeMap<Date, u64>, day: Option<(Date, u64)>) {
    if let Some((date, lines)) = day {
        *days.entry(date).or_default() += lines;
    }
}

/// Spans of whole days, in order, of at most so many lines where no single day has more.
pub fn spans(days: &BTreeMap<Date, u64>, most: u64) -> Vec<(Date, Date)> {
    let mut spans: Vec<(Date, Date)> = Vec::new();
    let mut held = 0;
    for (day, lines) in days {
        held += lines;
        match spans.last_mut() {
            Some((_, until)) if held <= most => *until = *day,
            _ => {
                spans.push((*day, *day));
                held = *lines;
            }
        }
    }
    spans
}

/// A number for an order and a line of it: the same for the same.
pub fn line_key(order_id: &str, line: i64) -> u64 {
    ahash::RandomState::with_seeds(1, 2, 3, 4).hash_one((order_id, line))
}

/// Finds lines that stand twice, by the numbers of all.
pub fn refuse_duplicates(path: &Path, keys: Vec<u64>, stop: &Stop) -> Result<(), RunError> {
    refuse_duplicates_with(path, &Arc::default(), keys, stop)
}

/// As [`refuse_duplicates`], of a file some cells of which answers set.
fn refuse_duplicates_with(
    path: &Path,
    answers: &Arc<RowAnswers>,
    mut keys: Vec<u64>,
    stop: &Stop,
) -> Result<(), RunError> {
    keys.sort_unstable();
    let twice: std::collections::BTreeSet<u64> =
        keys.windows(2).filter_map(|pair| if let [a, b] = pair { (a == b).then_some(*a) } else { None }).collect();
    if twice.is_empty() { Ok(()) } else { report_twice(path, answers, stop, &twice) }
}

fn report_twice(
    path: &Path,
    answers: &Arc<RowAnswers>,
    stop: &Stop,
    twice: &std::collections::BTreeSet<u64>,
) -> Result<(), RunError> {
    let mut first: BTreeMap<(String, i64), u64> = BTreeMap::new();
    let mut errors = Vec::new();
    for_each_batch_of(OrderReader::open_by_line(path)?.with_answers(answers), stop, &mut |batch| {
        for (index, line) in
            batch.lines().enumerate().filter(|(_, line)| twice.contains(&line_key(line.order_id, line.line)))
        {
            let row = batch.row(index);
            if let Some(earlier) = first.insert((line.order_id.to_owned(), line.line), row)
                && errors.len() < MAX_ERRORS
            {
                let what = format!("order and line stand in row {earlier} already");
                let value = format!("{} line {}", line.order_id, line.line);
                let place = Place::cell(path.display().to_string(), row, "order_id", value);
                let mend = "number the lines of an order 1, 2, 3 in the column `line`";
                errors.push(Diagnostic::new("repeated-line", place, what, mend));
            }
        }
        Ok(())
    })?;
    if errors.is_empty() { Ok(()) } else { Err(Diagnostics::up_to(MAX_ERRORS, errors).into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_hold_whole_days_and_no_more_lines_than_wanted() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let days = BTreeMap::from([
            (day("2025-01-01"), 3),
            (day("2025-01-02"), 7),
            (day("2025-01-05"), 1),
            (day("2025-01-06"), 30),
            (day("2025-01-07"), 2),
        ]);
        let expected = [
            ("2025-01-01", "2025-01-02"),
            ("2025-01-05", "2025-01-05"),
            ("2025-01-06", "2025-01-06"),
            ("2025-01-07", "2025-01-07"),
        ];
        assert_eq!(spans(&days, 10), expected.map(|(from, until)| (day(from), day(until))));
        assert_eq!(spans(&days, 1000), [(day("2025-01-01"), day("2025-01-07"))]);
        assert!(spans(&BTreeMap::new(), 10).is_empty());
    }
}
