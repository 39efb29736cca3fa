//! The thread that owns a ledger and writes for all who ask.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use crate::command::{Applied, Command};
use crate::error::LedgerError;
use crate::ledger::{Entry, Ledger};
use crate::log::Log;

/// Entries committed together.
const MOST: usize = 8_192;

/// Why something could not be asked of the writer; nothing of it was or will be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Busy {
    /// The queue is full: come back later.
    #[error("too much is waiting to be recorded")]
    Full,
    /// The writer's thread has ended, by a fault of the program.
    #[error("the ledger has stopped")]
    Stopped,
}

/// Takes what became of a request's entries.
type Callback = Box<dyn FnOnce(Result<Vec<Applied>, LedgerError>) + Send>;

/// An answer that is owed: where it is dropped without being given, because the writer's thread panicked, it is [`LedgerError::Stopped`].
struct Answer(Option<Callback>);

impl Answer {
    fn give(mut self, result: Result<Vec<Applied>, LedgerError>) {
        if let Some(callback) = self.0.take() {
            callback(result);
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(callback) = self.0.take() {
            callback(Err(LedgerError::Stopped));
        }
    }
}

/// Looks at a ledger between two commits, or learns why nothing can be read off it now.
type Look<L> = Box<dyn FnOnce(Result<&mut Ledger<L>, LedgerError>) + Send>;

/// Tells the time in milliseconds since 1970-01-01 UTC, or why the clock is not believed.
type Clock = dyn Fn() -> Result<i64, String>;

enum Task<L> {
    Record(Vec<Entry>, Answer),
    Look(Look<L>),
    End,
}

impl<L> Task<L> {
    /// The reason, with no answer owed any more: the caller has the reason instead.
    fn refuse(self, reason: Busy) -> Busy {
        if let Task::Record(_, mut answer) = self {
            answer.0 = None;
        }
        reason
    }
}

/// A thread that owns a ledger and commits what waits for it together: one flush to disk serves all who asked meanwhile.
#[derive(Debug)]
pub struct Writer<L> {
    tasks: SyncSender<Task<L>>,
    thread: Option<JoinHandle<()>>,
}

impl<L: Log + Send + 'static> Writer<L> {
    /// Starts the thread. `clock` tells the time in milliseconds since 1970-01-01 UTC, or why it is not believed: nothing is recorded then. At most
    /// `waiting` requests may wait.
    pub fn start(
        ledger: Ledger<L>,
        waiting: usize,
        clock: impl Fn() -> Result<i64, String> + Send + 'static,
    ) -> Writer<L> {
        let (tasks, queue) = sync_channel(waiting);
        let thread = std::thread::spawn(move || serve(ledger, &queue, &clock));
        Writer { tasks, thread: Some(thread) }
    }

    /// Asks for entries to be recorded; `answer` is called on the writer's thread once they are there for good, or could not be recorded.
    /// It is called once where this returns `Ok`, also where the writer's thread panics ([`LedgerError::Stopped`]), and never else.
    pub fn record(
        &self,
        entries: Vec<Entry>,
        answer: impl FnOnce(Result<Vec<Applied>, LedgerError>) + Send + 'static,
    ) -> Result<(), Busy> {
        self.give(Task::Record(entries, Answer(Some(Box::new(answer)))))
    }

    /// Asks to look at the ledger between two commits, after what other ledgers recorded was taken up; where the log cannot be reached or cannot be
    /// gone on from, `look` is given the reason, and nothing else. It is dropped without a call where the writer's thread panics before it.
    pub fn look(&self, look: impl FnOnce(Result<&mut Ledger<L>, LedgerError>) + Send + 'static) -> Result<(), Busy> {
        self.give(Task::Look(Box::new(look)))
    }

    /// Whether the thread goes on. It ends with the writer, or by a panic: then nothing can be recorded or looked at any more.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    fn give(&self, task: Task<L>) -> Result<(), Busy> {
        match self.tasks.try_send(task) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(task)) => Err(task.refuse(Busy::Full)),
            Err(TrySendError::Disconnected(task)) => Err(task.refuse(Busy::Stopped)),
        }
    }
}

impl<L> Drop for Writer<L> {
    /// Waits until what was asked for is recorded.
    fn drop(&mut self) {
        let _ended_already = self.tasks.send(Task::End);
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

fn serve<L: Log>(mut ledger: Ledger<L>, queue: &Receiver<Task<L>>, clock: &Clock) {
    let mut kept: Option<Task<L>> = None;
    while let Some(task) = kept.take().or_else(|| queue.recv().ok()) {
        match task {
            Task::End => return,
            Task::Look(look) => match ledger.catch_up() {
                Ok(()) => look(Ok(&mut ledger)),
                Err(error) => {
                    look(Err(error.clone()));
                    kept = refuse_waiting(queue, &error);
                }
            },
            Task::Record(entries, answer) => kept = record(&mut ledger, queue, clock, entries, answer),
        }
    }
}

/// Records a batch with all that waits behind it; returns what is to be done next, where it was met.
fn record<L: Log>(
    ledger: &mut Ledger<L>,
    queue: &Receiver<Task<L>>,
    clock: &Clock,
    mut batch: Vec<Entry>,
    answer: Answer,
) -> Option<Task<L>> {
    let mut next = None;
    let mut answers = vec![(batch.len(), answer)];
    while batch.len() < MOST {
        match queue.try_recv() {
            Ok(Task::Record(entries, answer)) => {
                answers.push((entries.len(), answer));
                batch.extend(entries);
            }
            // A look shows what is recorded, and does not hold up what is to be.
            Ok(Task::Look(look)) => look(ledger.check().map(|()| &mut *ledger)),
            Ok(Task::End) => {
                next = Some(Task::End);
                break;
            }
            Err(_) => break,
        }
    }
    let result = clock().map_err(LedgerError::Clock).and_then(|time_ms| {
        let lapsed = lapse(ledger, time_ms);
        let lapses = lapsed.iter().len();
        batch.splice(0..0, lapsed);
        ledger.record(time_ms, &batch).map(|applied| applied.into_iter().skip(lapses))
    });
    match result {
        Ok(mut applied) => {
            for (count, answer) in answers {
                answer.give(Ok(applied.by_ref().take(count).collect()));
            }
            next
        }
        Err(error) => {
            answers.into_iter().for_each(|(_, answer)| answer.give(Err(error.clone())));
            next.or_else(|| refuse_waiting(queue, &error))
        }
    }
}

/// Tells all who wait that the log cannot be used, so that nobody waits for it longer than it was tried once. Returns the end where it was met.
fn refuse_waiting<L>(queue: &Receiver<Task<L>>, error: &LedgerError) -> Option<Task<L>> {
    while let Ok(task) = queue.try_recv() {
        match task {
            Task::End => return Some(Task::End),
            Task::Look(look) => look(Err(error.clone())),
            Task::Record(_, answer) => answer.give(Err(error.clone())),
        }
    }
    None
}

/// The command that lets reservations lapse, where some are past their time.
fn lapse<L: Log>(ledger: &Ledger<L>, time_ms: i64) -> Option<Entry> {
    let id = format!("expire-{}-{time_ms}", ledger.head().seq);
    let due = ledger.state().has_due(time_ms);
    due.then(|| Entry::Command { actor: "clock".to_owned(), command: Command::Expire { id, at_ms: Some(time_ms) } })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;
    use crate::log::MemoryLog;

    #[test]
    fn who_asked_a_writer_that_panics_gets_an_error_and_so_does_who_asks_later() {
        let writer = Writer::start(Ledger::open(MemoryLog::default()).unwrap(), 8, || Ok(0));
        let (wait, gate) = channel::<()>();
        writer
            .look(move |_| {
                gate.recv().unwrap();
                panic!("a fault of the program");
            })
            .unwrap();
        // Both stand in the queue when the thread ends.
        let (answer, answers) = channel();
        for number in 0..2 {
            let answer = answer.clone();
            let command = Command::Expire { id: format!("e{number}"), at_ms: None };
            let entry = Entry::Command { actor: "tester".to_owned(), command };
            writer.record(vec![entry], move |result| answer.send(result).unwrap()).unwrap();
        }
        wait.send(()).unwrap();
        for _ in 0..2 {
            assert_eq!(answers.recv_timeout(Duration::from_secs(60)).unwrap(), Err(LedgerError::Stopped));
        }
        while !writer.thread.as_ref().unwrap().is_finished() {
            std::thread::yield_now();
        }
        let later = answer.clone();
        assert_eq!(writer.record(Vec::new(), move |result| later.send(result).unwrap()), Err(Busy::Stopped));
        assert_eq!(writer.look(|_| {}), Err(Busy::Stopped));
        drop((writer, answer));
        assert!(answers.recv().is_err(), "an answer was given beside the refusal");
    }

    #[test]
    fn a_panic_while_a_batch_is_recorded_answers_the_batch() {
        let writer = Writer::start(Ledger::open(MemoryLog::default()).unwrap(), 8, || panic!("no clock"));
        let (answer, answers) = channel();
        writer.record(Vec::new(), move |result| answer.send(result).unwrap()).unwrap();
        assert_eq!(answers.recv_timeout(Duration::from_secs(60)).unwrap(), Err(LedgerError::Stopped));
    }
}
