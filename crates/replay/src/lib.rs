//! History decided under several policies at once, in columns: lines become numbers, and what was decided once is not asked again.
//!
//! All that a decision reads of a line is its pattern (item, what the law asks of each party, destination, end use, claim), the day's law, and a few quantities
//! that are only compared with thresholds: so lines of one pattern on one side of each threshold are decided alike. `Counter` asks the engine once for each
//! such cell and keeps the counts in arrays. It decides what [`Decider`] decides line by line, which a test holds it to.

mod change;
mod counting;
mod held;
pub mod kernels;
mod numbered;
mod settling;
mod short;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tollgate_law::Policy;
use tollgate_model::{Date, Diagnostic, Diagnostics, OrderLine, Place};
use tollgate_records::{DayBatch, DayReader, MAX_ERRORS, OrderBatch, OrderReader};

pub use change::{Change, push_change};
use counting::Counter;
pub use numbered::NumberedLine;
use numbered::Numberer;
pub use settling::Settling;
pub use short::{ExceptionNames, Short};
use tollgate_decide::Decider;
use tollgate_decide::Names;
use tollgate_decide::Tables;
use tollgate_decide::{HELD, Progress, RunError, count_day, for_each_batch_of, refuse_duplicates, spans};
use tollgate_model::Stop;

/// Lines that go from thread to thread together.
const CHUNK: usize = 32_768;
/// Chunks that wait between two threads.
const WAITING: usize = 4;

/// Some lines in order of decision, and the batches that they stand in.
pub struct Chunk {
    batches: Arc<Vec<OrderBatch>>,
    /// The lines, as numbers.
    pub lines: Vec<NumberedLine>,
}

impl Chunk {
    /// A line as it was written.
    pub fn order(&self, line: &NumberedLine) -> Option<OrderLine<'_>> {
        self.batches.get(usize::try_from(line.batch).ok()?)?.line(usize::try_from(line.row).ok()?)
    }
}

/// History, and the policies under which it is decided.
pub struct History<'a> {
    /// The orders file.
    pub orders: &'a Path,
    /// The tables beside it.
    pub tables: Arc<Tables>,
    /// The two policies.
    pub policies: [Arc<Policy>; 2],
}

/// Told of decided lines, in the order of decision: of the lines, and of what they come to under each policy.
pub trait Replayed {
    /// Takes a chunk and what each of its lines comes to under both policies.
    fn decided(&mut self, chunk: &Chunk, decided: [&[Short]; 2]) -> Result<(), RunError>;
}

/// In which order lines stand, and how many.
struct Survey {
    lines: u64,
    sorted: bool,
    days: BTreeMap<Date, u64>,
    several: bool,
}

/// What a file's dates and line numbers say. Cells that cannot be read are told of when the lines are read.
fn survey(path: &Path, stop: &Stop) -> Result<Survey, RunError> {
    let mut own = Survey { lines: 0, sorted: true, days: BTreeMap::new(), several: false };
    let mut reader = DayReader::open(path)?;
    let mut latest = Date::MIN;
    let mut day: Option<(Date, u64)> = None;
    while let Some(batch) = reader.next_batch() {
        if stop.load(Ordering::Relaxed) {
            return Err(RunError::Stopped);
        }
        let DayBatch { dates, lines } = batch?;
        own.several |= lines.iter().flatten().any(|line| *line > 1);
        own.lines += u64::try_from(dates.len()).unwrap_or(0);
        for date in dates.into_iter().flatten() {
            own.sorted &= date >= latest;
            latest = latest.max(date);
            match &mut day {
                Some((same, lines)) if *same == date => *lines += 1,
                _ => count_day(&mut own.days, day.replace((date, 1))),
            }
        }
    }
    count_day(&mut own.days, day);
    Ok(own)
}

/// Decides every line under both policies, each with its own counts, in order of date, and of the file within a date. Gives back the texts of names.
pub fn replay_history(
    history: &History<'_>,
    stop: &Stop,
    progress: &mut dyn Progress,
    told: &mut dyn Replayed,
) -> Result<Names, RunError> {
    let survey = survey(history.orders, stop)?;
    progress.start(survey.lines);
    let names = ExceptionNames::of(history.policies.iter().map(Arc::as_ref));
    let [first, second] = &history.policies;
    let base = Decider::new(Arc::clone(first), Arc::clone(&history.tables));
    let counter =
        |policy: &Arc<Policy>| Counter::new(Arc::clone(policy), base.with_policy(Arc::clone(policy)), names.clone());
    let counters = [counter(first), counter(second)];
    let numberer = Numberer::new(base.with_policy(Arc::clone(first)).into_builder());
    std::thread::scope(|scope| {
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..3).map(|_| sync_channel::<Arc<Chunk>>(WAITING)).unzip();
        let mut receivers = receivers.into_iter();
        let chunks = receivers.next();
        let numbering = scope.spawn(|| number(history, &survey, numberer, senders, stop));
        let decided: Vec<Receiver<Vec<Short>>> = receivers
            .zip(counters)
            .map(|(chunks, counter)| {
                let (sender, decided) = sync_channel(WAITING);
                scope.spawn(move || count(counter, &chunks, &sender));
                decided
            })
            .collect();
        let done = tell(history, chunks.as_ref(), &decided, progress, told);
        // Whoever still waits to be heard learns that nobody listens.
        drop((chunks, decided));
        let numbered = numbering.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        match (numbered, done) {
            (Ok(names), Ok(())) => Ok(names),
            // The file's own mistakes are the better word than that lines did not come.
            (Err(RunError::Stopped), Err(error)) | (Err(error), _) | (Ok(_), Err(error)) => Err(error),
        }
    })
}

/// Hands on what was decided, chunk by chunk.
fn tell(
    history: &History<'_>,
    chunks: Option<&Receiver<Arc<Chunk>>>,
    decided: &[Receiver<Vec<Short>>],
    progress: &mut dyn Progress,
    told: &mut dyn Replayed,
) -> Result<(), RunError> {
    let [first, second] = decided else { return Ok(()) };
    for chunk in chunks.into_iter().flatten() {
        let (Ok(one), Ok(other)) = (first.recv(), second.recv()) else {
            let (place, mend) = (Place::path(history.orders), "run it again on a file at rest");
            return Err(
                Diagnostics::from(Diagnostic::new("changed-file", place, "changed while it was read", mend)).into()
            );
        };
        told.decided(&chunk, [&one, &other])?;
        progress.done(u64::try_from(chunk.lines.len()).unwrap_or(0));
    }
    Ok(())
}

/// Decides chunk by chunk; ends early where a line cannot be read again.
fn count(mut counter: Counter, chunks: &Receiver<Arc<Chunk>>, sender: &SyncSender<Vec<Short>>) {
    for chunk in chunks {
        let shorts = chunk.lines.iter().map(|line| counter.decide(line, || chunk.order(line)));
        let Some(shorts) = shorts.collect::<Option<Vec<Short>>>() else { return };
        if sender.send(shorts).is_err() {
            return;
        }
    }
}

/// Reads the file, turns it into numbers in the order of decision, and finds its mistakes.
fn number(
    history: &History<'_>,
    survey: &Survey,
    mut numberer: Numberer,
    senders: Vec<SyncSender<Arc<Chunk>>>,
    stop: &Stop,
) -> Result<Names, RunError> {
    if survey.several {
        for_each_batch_of(OrderReader::open_deciding(history.orders)?, stop, &mut |batch| {
            batch.lines().for_each(|line| numberer.add_to_shipment(&line));
            Ok(())
        })?;
    }
    let counted =
        |policy: &Arc<Policy>| policy.epochs().iter().any(|epoch| !policy.program(*epoch).accounts.is_empty());
    let send = |numberer: &Numberer, chunk: Chunk| {
        let chunk = Arc::new(chunk);
        // Once something is wrong the rest is read for further mistakes only.
        let sent =
            numberer.unknown.is_empty().then(|| senders.iter().try_for_each(|sender| sender.send(Arc::clone(&chunk))));
        if matches!(sent, Some(Err(_))) { Err(RunError::Stopped) } else { Ok(()) }
    };
    let full = |numberer: &mut Numberer| match numberer.unknown.len() >= MAX_ERRORS {
        true => Err(RunError::from(Diagnostics::up_to(MAX_ERRORS, std::mem::take(&mut numberer.unknown)))),
        false => Ok(()),
    };
    if survey.sorted || !history.policies.iter().any(counted) {
        for_each_batch_of(OrderReader::open_deciding(history.orders)?, stop, &mut |batch| {
            let lines = numberer.number(&batch, 0, history.orders);
            full(&mut numberer)?;
            send(&numberer, Chunk { batches: Arc::new(vec![batch]), lines })
        })?;
    } else {
        for span in spans(&survey.days, HELD) {
            let (batches, mut lines) = (Arc::new(read_span(history.orders, span, stop)?), Vec::new());
            for (place, batch) in batches.iter().enumerate() {
                lines.append(&mut numberer.number(batch, u32::try_from(place).unwrap_or(u32::MAX), history.orders));
                full(&mut numberer)?;
            }
            lines.sort_by_key(|line| (line.date, line.batch, line.row));
            for lines in lines.chunks(CHUNK) {
                send(&numberer, Chunk { batches: Arc::clone(&batches), lines: lines.to_vec() })?;
            }
        }
    }
    if !numberer.unknown.is_empty() {
        return Err(Diagnostics::up_to(MAX_ERRORS, numberer.unknown).into());
    }
    let (names, keys) = numberer.finish();
    refuse_duplicates(history.orders, keys, stop)?;
    Ok(names)
}

/// The lines of some days, batch by batch.
fn read_span(orders: &Path, (from, until): (Date, Date), stop: &Stop) -> Result<Vec<OrderBatch>, RunError> {
    let mut held = Vec::new();
    for_each_batch_of(OrderReader::open_deciding(orders)?, stop, &mut |batch| {
        let within = |line: &OrderLine<'_>| (from..=until).contains(&line.date);
        let places = batch.lines().enumerate().filter(|(_, line)| within(line)).map(|(place, _)| place);
        held.push(batch.select(&places.collect::<Vec<_>>()));
        Ok(())
    })?;
    Ok(held)
}
