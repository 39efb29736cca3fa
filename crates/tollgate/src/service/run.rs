//! A whole orders file: read, put in order of date, decided, handed on line by line.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;

use tollgate_law::Policy;
use tollgate_model::{Date, OrderLine};
use tollgate_records::{InputError, InputErrors, MAX_ERRORS, OrderBatch, OrderReader};

use super::decider::{Decided, Decider};
use super::items::UnknownItem;
use super::tables::Tables;

/// What a run starts from.
pub(crate) struct Run<'a> {
    pub(crate) orders: &'a Path,
    pub(crate) tables: Arc<Tables>,
    pub(crate) policy: Arc<Policy>,
}

/// Told of every batch that is done.
pub(crate) trait Progress {
    fn start(&mut self, lines: u64);
    fn done(&mut self, lines: u64);
}

/// Shows nothing.
pub(crate) struct Silent;

impl Progress for Silent {
    fn start(&mut self, _lines: u64) {}
    fn done(&mut self, _lines: u64) {}
}

/// Raised by Ctrl-C.
pub(crate) type Stop = Arc<AtomicBool>;

/// Why a run ended without a result.
#[derive(Debug)]
pub(crate) enum RunError {
    Input(InputErrors),
    Output(PathBuf, std::io::Error),
    Stopped,
}

impl From<InputErrors> for RunError {
    fn from(errors: InputErrors) -> RunError {
        RunError::Input(errors)
    }
}

/// What the first pass over a file finds.
struct Survey {
    lines: u64,
    sorted: bool,
    /// Orders of several lines are in it.
    several: bool,
}

/// Decides every line of a file: in order of date, and of the file within a date. `each` gets the line, its decision and the decider.
pub(crate) fn run(
    run: &Run<'_>,
    stop: &Stop,
    progress: &mut dyn Progress,
    each: &mut dyn FnMut(&OrderLine<'_>, &Decided<'_>, &tollgate_engine::Scratch) -> Result<(), RunError>,
) -> Result<Decider, RunError> {
    let survey = survey(run.orders, stop)?;
    progress.start(survey.lines);
    let mut decider = Decider::new(Arc::clone(&run.policy), Arc::clone(&run.tables));
    let mut unknown = Vec::new();
    if survey.several {
        for_each_batch(run.orders, stop, &mut |batch| {
            for (index, line) in batch.lines().enumerate() {
                if let Err(error) = decider.add_to_shipment(&line) {
                    note_unknown(run.orders, batch.row(index), &line, error, &mut unknown);
                }
            }
            Ok(())
        })?;
        if !unknown.is_empty() {
            return Err(RunError::Input(InputErrors(unknown)));
        }
    }
    let counted = run.policy.epochs().iter().any(|epoch| !run.policy.program(*epoch).accounts.is_empty());
    let mut batch_done = |batch: &OrderBatch, indices: &mut dyn Iterator<Item = usize>, decider: &mut Decider| {
        for index in indices {
            let Some(line) = batch.line(index) else { continue };
            one(run, batch.row(index), &line, decider, &mut unknown, each)?;
        }
        Ok::<(), RunError>(())
    };
    if survey.sorted || !counted {
        for_each_batch(run.orders, stop, &mut |batch| {
            batch_done(batch, &mut (0..batch.len()), &mut decider)?;
            progress.done(u64::try_from(batch.len()).unwrap_or(0));
            Ok(())
        })?;
    } else {
        let mut batches = Vec::new();
        for_each_batch(run.orders, stop, &mut |batch| {
            batches.push(std::mem::replace(batch, OrderBatch::empty()));
            Ok(())
        })?;
        for (batch, index) in in_order(&batches) {
            let Some(batch) = batches.get(batch) else { continue };
            batch_done(batch, &mut std::iter::once(index), &mut decider)?;
            progress.done(1);
        }
    }
    if unknown.is_empty() { Ok(decider) } else { Err(RunError::Input(InputErrors(unknown))) }
}

fn one(
    run: &Run<'_>,
    row: u64,
    line: &OrderLine<'_>,
    decider: &mut Decider,
    unknown: &mut Vec<InputError>,
    each: &mut dyn FnMut(&OrderLine<'_>, &Decided<'_>, &tollgate_engine::Scratch) -> Result<(), RunError>,
) -> Result<(), RunError> {
    match decider.decide(line) {
        Ok((decided, scratch)) if unknown.is_empty() => each(line, &decided, scratch),
        Ok(_) => Ok(()),
        Err(error) => {
            note_unknown(run.orders, row, line, error, unknown);
            if unknown.len() >= MAX_ERRORS {
                return Err(RunError::Input(InputErrors(std::mem::take(unknown))));
            }
            Ok(())
        }
    }
}

fn note_unknown(file: &Path, row: u64, line: &OrderLine<'_>, error: UnknownItem, unknown: &mut Vec<InputError>) {
    if unknown.len() < MAX_ERRORS {
        let base = InputError::file(file, error.what, error.mend);
        unknown.push(InputError { row, column: "item".to_owned(), value: line.item.to_owned(), ..base });
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

/// Reads a file batch by batch on a thread of its own.
fn for_each_batch(
    path: &Path,
    stop: &Stop,
    each: &mut dyn FnMut(&mut OrderBatch) -> Result<(), RunError>,
) -> Result<(), RunError> {
    let mut reader = OrderReader::open(path)?;
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel(4);
        scope.spawn(move || {
            while let Some(batch) = reader.next_batch() {
                if sender.send(batch).is_err() {
                    return;
                }
            }
        });
        for batch in receiver {
            if stop.load(Ordering::Relaxed) {
                return Err(RunError::Stopped);
            }
            each(&mut batch?)?;
        }
        Ok(())
    })
}

/// Reads the whole file once: for its mistakes, for lines that stand twice, and for the order of its dates.
fn survey(path: &Path, stop: &Stop) -> Result<Survey, RunError> {
    let mut survey = Survey { lines: 0, sorted: true, several: false };
    let mut latest = Date::MIN;
    let mut keys: Vec<u64> = Vec::new();
    for_each_batch(path, stop, &mut |batch| {
        for line in batch.lines() {
            survey.lines += 1;
            survey.sorted &= line.date >= latest;
            latest = latest.max(line.date);
            survey.several |= line.line > 1;
            keys.push(key(&line));
        }
        Ok(())
    })?;
    keys.sort_unstable();
    let twice: std::collections::BTreeSet<u64> =
        keys.windows(2).filter_map(|pair| if let [a, b] = pair { (a == b).then_some(*a) } else { None }).collect();
    if !twice.is_empty() {
        report_twice(path, stop, &twice)?;
    }
    Ok(survey)
}

fn key(line: &OrderLine<'_>) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (line.order_id, line.line).hash(&mut hasher);
    hasher.finish()
}

fn report_twice(path: &Path, stop: &Stop, twice: &std::collections::BTreeSet<u64>) -> Result<(), RunError> {
    let mut first: std::collections::BTreeMap<(String, i64), u64> = std::collections::BTreeMap::new();
    let mut errors = Vec::new();
    for_each_batch(path, stop, &mut |batch| {
        for (index, line) in batch.lines().enumerate().filter(|(_, line)| twice.contains(&key(line))) {
            let row = batch.row(index);
            if let Some(earlier) = first.insert((line.order_id.to_owned(), line.line), row)
                && errors.len() < MAX_ERRORS
            {
                let what = format!("order and line stand in row {earlier} already");
                let base = InputError::file(path, what, "number the lines of an order 1, 2, 3 in the column `line`");
                let value = format!("{} line {}", line.order_id, line.line);
                errors.push(InputError { row, column: "order_id".to_owned(), value, ..base });
            }
        }
        Ok(())
    })?;
    if errors.is_empty() { Ok(()) } else { Err(RunError::Input(InputErrors(errors))) }
}
