//! Who waits for a password to be hashed: few at a time, and few who wait, so that nobody delays others for long.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::orders::unavailable;
use super::problem::Problem;

/// Hashes at a time: each takes 19 MiB and some tens of milliseconds.
const AT_A_TIME: usize = 2;
/// Who waits or is hashed for, in all and from one address.
const MOST: usize = 16;
const FROM_ONE: usize = 4;

/// The places of those for whom a password is hashed.
#[derive(Debug)]
pub(super) struct Hashing {
    running: Semaphore,
    waiting: Mutex<BTreeMap<Option<IpAddr>, usize>>,
}

/// A place among those who wait; given back where it is dropped.
struct Waiting<'a> {
    hashing: &'a Hashing,
    from: Option<IpAddr>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut waiting = self.hashing.waiting();
        if let Some(count) = waiting.get_mut(&self.from) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                waiting.remove(&self.from);
            }
        }
    }
}

/// The right to hash a password now.
pub(super) struct HashingPlace<'a> {
    _waiting: Waiting<'a>,
    _running: SemaphorePermit<'a>,
}

impl Hashing {
    /// Nobody waits.
    pub(super) fn new() -> Hashing {
        Hashing { running: Semaphore::new(AT_A_TIME), waiting: Mutex::default() }
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<Option<IpAddr>, usize>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self, from: Option<IpAddr>) -> Result<Waiting<'_>, Problem> {
        let mut waiting = self.waiting();
        let all: usize = waiting.values().sum();
        let from_here = waiting.entry(from).or_default();
        if all >= MOST || (from.is_some() && *from_here >= FROM_ONE) {
            let none = *from_here == 0;
            if none {
                waiting.remove(&from);
            }
            return Err(Problem::too_many("too many passwords wait to be looked at", 1));
        }
        *from_here += 1;
        Ok(Waiting { hashing: self, from })
    }

    /// Waits for a place; an error where too many wait already. `from` is the address of a stranger.
    pub(super) async fn place(&self, from: Option<IpAddr>) -> Result<HashingPlace<'_>, Problem> {
        let waiting = self.queue(from)?;
        let running = self.running.acquire().await.map_err(|error| unavailable(&error.to_string()))?;
        Ok(HashingPlace { _waiting: waiting, _running: running })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_wait_and_few_from_one_address() {
        let hashing = Hashing::new();
        let from = |last: u8| Some(IpAddr::from([203, 0, 113, last]));
        let held: Vec<_> = (0..100).filter_map(|_| hashing.queue(from(1)).ok()).collect();
        assert_eq!(held.len(), FROM_ONE);
        assert!(hashing.queue(from(2)).is_ok(), "another address is not held up");
        let more: Vec<_> = (2..100).filter_map(|last| hashing.queue(from(last)).ok()).collect();
        assert_eq!(held.len() + more.len(), MOST);
        assert!(hashing.queue(None).is_err());
        drop((held, more));
        let waiting = hashing.waiting().len();
        assert_eq!(waiting, 0);
        assert!(hashing.queue(None).is_ok());
    }
}
