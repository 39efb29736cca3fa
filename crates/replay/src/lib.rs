//! History decided under several policies at once, in columns: lines become numbers, and what was decided once is not asked again.
//!
//! All that a decision reads of a line is its pattern (item, what the law asks of each party, destination, end use, claim), the day's law, and a few quantities
//! that are only compared with thresholds: so lines of one pattern on one side of each threshold are decided alike. `CellDecider` asks the engine once for each
//! such cell and keeps the counts in arrays.
//!
//! Always true here: the verdicts are those of [`Decider`], line by line, which a test holds it to; no line is left out without an error.
//! Deliberately not here: the argument of a decision (`decide`), where lists come from (`lists`), Python (`python/`).

mod cell_decider;
mod change;
mod encoder;
pub mod kernels;
#[cfg(test)]
mod tests;
mod two_phase;
mod usage;
mod verdict;
mod widths;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tollgate_law::Policy;
use tollgate_model::{Date, Diagnostic, Diagnostics, OrderLine, Place};
use tollgate_records::{DayBatch, DayReader, MAX_ERRORS, OrderBatch, OrderReader};

use cell_decider::CellDecider;
pub use change::{Change, push_change};
pub use encoder::EncodedLine;
use encoder::Encoder;
use tollgate_decide::Decider;
use tollgate_decide::Names;
use tollgate_decide::Tables;
use tollgate_decide::{HELD, Progress, RunError, count_day, for_each_batch_of, refuse_duplicates, spans};
use tollgate_model::Stop;
pub use two_phase::TwoPhaseReplay;
pub use verdict::{ExceptionNames, Verdict};
use widths::{count_of, index_of};

/// Lines that go from thread to thread together.
const CHUNK: usize = 32_768;
/// Chunks that wait between two threads.
const WAITING: usize = 4;

/// Some lines in order of decision, and the batches that they stand in.
pub struct Chunk {
    batches: Arc<Vec<OrderBatch>>,
    /// The lines, as numbers.
    pub lines: Vec<EncodedLine>,
}

impl Chunk {
    /// A line of this chunk as it was written; `None` for one of another chunk.
    pub fn order(&self, line: &EncodedLine) -> Option<OrderLine<'_>> {
        self.batches.get(index_of(line.batch))?.line(index_of(line.row))
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

/// Receives verdicts, in the order of decision.
pub trait VerdictSink {
    /// Takes a chunk of lines and the verdict of each of them under the first and under the second policy.
    fn take_chunk(&mut self, chunk: &Chunk, verdicts: [&[Verdict]; 2]) -> Result<(), RunError>;
}

/// In which order lines stand, and how many.
struct Survey {
    lines: u64,
    sorted: bool,
    days: BTreeMap<Date, u64>,
    several: bool,
}

/// What a file's dates and line numbers say. Cells that cannot be read are reported when the lines are read.
fn survey(path: &Path, stop: &Stop) -> Result<Survey, RunError> {
    let mut survey = Survey { lines: 0, sorted: true, days: BTreeMap::new(), several: false };
    let mut reader = DayReader::open(path)?;
    let mut latest = Date::MIN;
    let mut day: Option<(Date, u64)> = None;
    while let Some(batch) = reader.next_batch() {
        if stop.load(Ordering::Relaxed) {
            return Err(RunError::Stopped);
        }
        let DayBatch { dates, lines } = batch?;
        survey.several |= lines.iter().flatten().any(|line| *line > 1);
        survey.lines += count_of(dates.len());
        for date in dates.into_iter().flatten() {
            survey.sorted &= date >= latest;
            latest = latest.max(date);
            match &mut day {
                Some((same, lines)) if *same == date => *lines += 1,
                _ => count_day(&mut survey.days, day.replace((date, 1))),
            }
        }
    }
    count_day(&mut survey.days, day);
    Ok(survey)
}

/// Decides every line under both policies, each with its own counts, in order of date, and of the file within a date. Returns the texts of names.
pub fn replay_history(
    history: &History<'_>,
    stop: &Stop,
    progress: &mut dyn Progress,
    sink: &mut dyn VerdictSink,
) -> Result<Names, RunError> {
    let survey = survey(history.orders, stop)?;
    progress.start(survey.lines);
    let names = ExceptionNames::from_policies(history.policies.iter().map(Arc::as_ref));
    let [first, second] = &history.policies;
    let base = Decider::new(Arc::clone(first), Arc::clone(&history.tables));
    let decider = |policy: &Arc<Policy>| {
        CellDecider::new(Arc::clone(policy), base.with_policy(Arc::clone(policy)), names.clone())
    };
    let deciders = [decider(first), decider(second)];
    let encoder = Encoder::new(base.with_policy(Arc::clone(first)).into_builder());
    std::thread::scope(|scope| {
        let (senders, receivers): (Vec<_>, Vec<_>) = (0..3).map(|_| sync_channel::<Arc<Chunk>>(WAITING)).unzip();
        let mut receivers = receivers.into_iter();
        let chunks = receivers.next();
        let encoding = scope.spawn(|| encode_file(history, &survey, encoder, senders, stop));
        let verdicts: Vec<Receiver<Vec<Verdict>>> = receivers
            .zip(deciders)
            .map(|(chunks, decider)| {
                let (sender, verdicts) = sync_channel(WAITING);
                scope.spawn(move || decide_chunks(decider, &chunks, &sender));
                verdicts
            })
            .collect();
        let delivered = deliver(history, chunks.as_ref(), &verdicts, progress, sink);
        // Whoever still waits to be heard learns that nobody listens.
        drop((chunks, verdicts));
        let encoded = encoding.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        match (encoded, delivered) {
            (Ok(names), Ok(())) => Ok(names),
            // The file's own mistakes are the better word than that lines did not come.
            (Err(RunError::Stopped), Err(error)) | (Err(error), _) | (Ok(_), Err(error)) => Err(error),
        }
    })
}

/// Hands chunk by chunk to the sink what both policies came to.
fn deliver(
    history: &History<'_>,
    chunks: Option<&Receiver<Arc<Chunk>>>,
    verdicts: &[Receiver<Vec<Verdict>>],
    progress: &mut dyn Progress,
    sink: &mut dyn VerdictSink,
) -> Result<(), RunError> {
    let [first, second] = verdicts else { return Ok(()) };
    for chunk in chunks.into_iter().flatten() {
        let (Ok(before), Ok(after)) = (first.recv(), second.recv()) else {
            let (place, mend) = (Place::path(history.orders), "run it again on a file at rest");
            return Err(
                Diagnostics::from(Diagnostic::new("changed-file", place, "changed while it was read", mend)).into()
            );
        };
        sink.take_chunk(&chunk, [&before, &after])?;
        progress.done(count_of(chunk.lines.len()));
    }
    Ok(())
}

/// Decides chunk by chunk; ends early where a line cannot be read again or counted.
fn decide_chunks(mut decider: CellDecider, chunks: &Receiver<Arc<Chunk>>, sender: &SyncSender<Vec<Verdict>>) {
    for chunk in chunks {
        let verdicts = chunk.lines.iter().map(|line| decider.decide(line, || chunk.order(line)));
        let Some(verdicts) = verdicts.collect::<Option<Vec<Verdict>>>() else { return };
        if sender.send(verdicts).is_err() {
            return;
        }
    }
}

/// Opens the orders of a history, without the columns that a person leaves out.
fn open_history(history: &History<'_>) -> Result<OrderReader, Diagnostics> {
    Ok(OrderReader::open_deciding(history.orders)?.ignoring(&history.tables.ignored_columns))
}

/// Reads the file, turns it into numbers in the order of decision, and finds its mistakes. Returns the texts of names.
fn encode_file(
    history: &History<'_>,
    survey: &Survey,
    mut encoder: Encoder,
    senders: Vec<SyncSender<Arc<Chunk>>>,
    stop: &Stop,
) -> Result<Names, RunError> {
    if survey.several {
        for_each_batch_of(open_history(history)?, stop, &mut |batch| {
            batch.lines().for_each(|line| encoder.add_to_shipment(&line));
            Ok(())
        })?;
    }
    let counts = |policy: &Arc<Policy>| policy.epochs().iter().any(|epoch| !policy.program(*epoch).accounts.is_empty());
    let send = |encoder: &Encoder, chunk: Chunk| {
        let chunk = Arc::new(chunk);
        // Once something is wrong the rest is read for further mistakes only.
        let sent =
            encoder.errors.is_empty().then(|| senders.iter().try_for_each(|sender| sender.send(Arc::clone(&chunk))));
        if matches!(sent, Some(Err(_))) { Err(RunError::Stopped) } else { Ok(()) }
    };
    let full = |encoder: &mut Encoder| match encoder.errors.len() >= MAX_ERRORS {
        true => Err(RunError::from(Diagnostics::up_to(MAX_ERRORS, std::mem::take(&mut encoder.errors)))),
        false => Ok(()),
    };
    if survey.sorted || !history.policies.iter().any(counts) {
        for_each_batch_of(open_history(history)?, stop, &mut |batch| {
            let lines = encoder.encode(&batch, 0, history.orders);
            full(&mut encoder)?;
            send(&encoder, Chunk { batches: Arc::new(vec![batch]), lines })
        })?;
    } else {
        for span in spans(&survey.days, HELD) {
            let (batches, mut lines) = (Arc::new(read_span(history, span, stop)?), Vec::new());
            for (batch_number, batch) in (0..).zip(batches.iter()) {
                lines.append(&mut encoder.encode(batch, batch_number, history.orders));
                full(&mut encoder)?;
            }
            lines.sort_by_key(|line| (line.date, line.batch, line.row));
            for lines in lines.chunks(CHUNK) {
                send(&encoder, Chunk { batches: Arc::clone(&batches), lines: lines.to_vec() })?;
            }
        }
    }
    if !encoder.errors.is_empty() {
        return Err(Diagnostics::up_to(MAX_ERRORS, encoder.errors).into());
    }
    let (names, keys) = encoder.finish();
    refuse_duplicates(history.orders, keys, stop)?;
    Ok(names)
}

/// The lines of some days, batch by batch.
fn read_span(history: &History<'_>, (from, until): (Date, Date), stop: &Stop) -> Result<Vec<OrderBatch>, RunError> {
    let mut batches = Vec::new();
    for_each_batch_of(open_history(history)?, stop, &mut |batch| {
        let within = |line: &OrderLine<'_>| (from..=until).contains(&line.date);
        let places = batch.lines().enumerate().filter(|(_, line)| within(line)).map(|(place, _)| place);
        batches.push(batch.select(&places.collect::<Vec<_>>()));
        Ok(())
    })?;
    Ok(batches)
}
