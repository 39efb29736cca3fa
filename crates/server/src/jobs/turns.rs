//! Whose job is worked on: two at a time, each of another person, so that nobody's long file keeps others waiting.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Jobs that are worked on at a time.
const AT_A_TIME: usize = 2;

/// A job that waits.
#[derive(Debug)]
struct WaitingJob {
    person: String,
    give: oneshot::Sender<Turn>,
}

#[derive(Debug, Default)]
struct JobQueue {
    /// Those that wait, in the order in which they came.
    waiting: VecDeque<WaitingJob>,
    /// Persons whose job is worked on.
    working: Vec<String>,
    /// The number of the last turn of each person who has a job here.
    last_turns: BTreeMap<String, u64>,
    /// Turns that were given.
    turns: u64,
}

impl JobQueue {
    /// The job whose turn it is, if there is room: of the person whose last turn is longest ago, the first.
    fn next(&mut self) -> Option<WaitingJob> {
        if self.working.len() >= AT_A_TIME {
            return None;
        }
        let last = |person: &str| self.last_turns.get(person).copied().unwrap_or(0);
        let free = self.waiting.iter().enumerate().filter(|(_, job)| !self.working.contains(&job.person));
        let (place, _) = free.min_by_key(|(place, job)| (last(&job.person), *place))?;
        let job = self.waiting.remove(place)?;
        self.turns += 1;
        self.working.push(job.person.clone());
        self.last_turns.insert(job.person.clone(), self.turns);
        Some(job)
    }

    /// Ends the turn of a person.
    fn end(&mut self, person: &str) {
        self.working.retain(|working| working != person);
        let (waiting, working) = (&self.waiting, &self.working);
        self.last_turns.retain(|person, _| working.contains(person) || waiting.iter().any(|job| job.person == *person));
    }
}

/// Who waits for a turn, and whose it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<Mutex<JobQueue>>);

/// A person's turn, until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Turns,
    person: String,
}

impl Turns {
    fn queue(&self) -> MutexGuard<'_, JobQueue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is a person's turn. `None` where no turn will come.
    pub(super) fn wait(&self, person: &str) -> impl Future<Output = Option<Turn>> + Send + use<> {
        let (give, take) = oneshot::channel();
        self.queue().waiting.push_back(WaitingJob { person: person.to_owned(), give });
        self.hand_out();
        async move { take.await.ok() }
    }

    fn hand_out(&self) {
        loop {
            let Some(WaitingJob { person, give }) = self.queue().next() else { return };
            // Whose job waits no more gives the turn back at once.
            drop(give.send(Turn { turns: self.clone(), person }));
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.queue().end(&self.person);
        self.turns.hand_out();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn two_persons_are_worked_for_at_a_time_and_take_turns() {
        let turns = Turns::default();
        let mut ana: Vec<_> = (0..3).map(|_| Box::pin(turns.wait("ana"))).collect();
        let mut turn = |place: usize| ana[place].as_mut().now_or_never().flatten();
        let first = turn(0);
        assert!(first.is_some() && turn(1).is_none(), "one person has one turn, though there is room");
        let mut bob = Box::pin(turns.wait("bob"));
        let of_bob = bob.as_mut().now_or_never().flatten();
        assert!(of_bob.is_some(), "another person does not wait for it");
        let mut kim = Box::pin(turns.wait("kim"));
        assert!(kim.as_mut().now_or_never().flatten().is_none(), "a third one does");
        drop(first);
        // Who had no turn yet comes before the further files of who had one.
        let of_kim = kim.as_mut().now_or_never().flatten();
        assert!(of_kim.is_some() && turn(1).is_none());
        // Whose job waits no more keeps nobody.
        drop(turns.wait("eva"));
        drop(of_kim);
        let second = turn(1);
        assert!(second.is_some());
        drop((of_bob, second));
        assert!(turn(2).is_some());
        assert!(turns.queue().working.is_empty() && turns.queue().last_turns.is_empty());
    }
}
