use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use crate::command::{Applied, Command};
use crate::ledger::{Entry, Ledger, LedgerError};
use crate::log::Log;

/// Entries committed together.
const MOST: usize = 8_192;

/// The queue is full: come back later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too much is waiting to be recorded")]
pub struct Busy;

/// Takes what became of a request's entries.
type Answer = Box<dyn FnOnce(Result<Vec<Applied>, LedgerError>) + Send>;

/// Looks at a ledger between two commits.
type Look<L> = Box<dyn FnOnce(&mut Ledger<L>) + Send>;

enum Task<L> {
    Record(Vec<Entry>, Answer),
    Look(Look<L>),
    End,
}

/// A thread that owns a ledger and commits what waits for it together: one flush to disk serves all who asked meanwhile.
#[derive(Debug)]
pub struct Writer<L> {
    tasks: SyncSender<Task<L>>,
    thread: Option<JoinHandle<()>>,
}

impl<L: Log + Send + 'static> Writer<L> {
    /// Starts the thread. `clock` tells the time in milliseconds since 1970-01-01 UTC; at most `waiting` requests may wait.
    pub fn start(ledger: Ledger<L>, waiting: usize, clock: impl Fn() -> i64 + Send + 'static) -> Writer<L> {
        let (tasks, queue) = sync_channel(waiting);
        let thread = std::thread::spawn(move || serve(ledger, &queue, &clock));
        Writer { tasks, thread: Some(thread) }
    }

    /// Asks for entries to be recorded; `answer` is called on the writer's thread once they are there for good, or could not be recorded.
    pub fn record(
        &self,
        entries: Vec<Entry>,
        answer: impl FnOnce(Result<Vec<Applied>, LedgerError>) + Send + 'static,
    ) -> Result<(), Busy> {
        self.give(Task::Record(entries, Box::new(answer)))
    }

    /// Asks to look at the ledger between two commits, after what other ledgers recorded was taken up as far as the log can be reached.
    pub fn look(&self, look: impl FnOnce(&mut Ledger<L>) + Send + 'static) -> Result<(), Busy> {
        self.give(Task::Look(Box::new(look)))
    }

    fn give(&self, task: Task<L>) -> Result<(), Busy> {
        match self.tasks.try_send(task) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Busy),
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

fn serve<L: Log>(mut ledger: Ledger<L>, queue: &Receiver<Task<L>>, clock: &dyn Fn() -> i64) {
    let mut kept: Option<Task<L>> = None;
    while let Some(task) = kept.take().or_else(|| queue.recv().ok()) {
        let (entries, answer) = match task {
            Task::End => return,
            Task::Look(look) => {
                // Where the log cannot be reached, what is known is shown.
                let _known_is_shown = ledger.catch_up();
                look(&mut ledger);
                continue;
            }
            Task::Record(entries, answer) => (entries, answer),
        };
        let mut batch = entries;
        let mut answers = vec![(batch.len(), answer)];
        while batch.len() < MOST {
            match queue.try_recv() {
                Ok(Task::Record(entries, answer)) => {
                    answers.push((entries.len(), answer));
                    batch.extend(entries);
                }
                // A look shows what is recorded, and does not hold up what is to be.
                Ok(Task::Look(look)) => look(&mut ledger),
                Ok(Task::End) => {
                    kept = Some(Task::End);
                    break;
                }
                Err(_) => break,
            }
        }
        let time = clock();
        let lapsed = lapse(&ledger, time);
        let own = lapsed.iter().len();
        batch.splice(0..0, lapsed);
        let result = ledger.record(time, &batch);
        let mut given = result.as_ref().map(|applied| applied.iter().skip(own).cloned()).map_err(Clone::clone);
        for (count, answer) in answers {
            answer(match &mut given {
                Ok(applied) => Ok(applied.by_ref().take(count).collect()),
                Err(error) => Err(error.clone()),
            });
        }
    }
}

/// The command that lets reservations lapse, where some are past their time.
fn lapse<L: Log>(ledger: &Ledger<L>, time: i64) -> Option<Entry> {
    let id = format!("expire-{}-{time}", ledger.head().seq);
    let due = ledger.state().has_due(time);
    due.then(|| Entry::Command { actor: "clock".to_owned(), command: Command::Expire { id } })
}
