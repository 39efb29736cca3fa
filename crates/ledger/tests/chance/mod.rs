//! What happens by chance in a simulation, from a seed: dice, and a log that fails.

use std::cell::RefCell;
use std::rc::Rc;

use tollgate_ledger::{Log, LogError, MemoryLog, Record, Sink};

/// Numbers by chance; the same seed, the same numbers.
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice of a seed.
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    pub(crate) fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }
}

/// One in how many tries fails.
#[derive(Clone, Copy)]
pub(crate) struct FailureRates {
    /// Where the log is locked or read.
    pub(crate) read: usize,
    /// Where a page of it is read.
    pub(crate) page: usize,
    /// Before it commits.
    pub(crate) commit: usize,
    /// After it has committed, when nobody hears of it.
    pub(crate) unheard: usize,
}

/// A log that fails: before it is read, before it commits, and after it has committed, when nobody hears of it.
#[derive(Clone)]
pub(crate) struct FailingLog {
    pub(crate) log: MemoryLog,
    pub(crate) dice: Rc<RefCell<Dice>>,
    pub(crate) rates: FailureRates,
    /// How often it failed: where it was read, before it committed, after it had committed.
    pub(crate) failures: Rc<RefCell<[u32; 3]>>,
}

impl FailingLog {
    fn fail(&self, place: usize, one_in: usize) -> Result<(), LogError> {
        if self.dice.borrow_mut().throw(one_in) > 0 {
            return Ok(());
        }
        self.failures.borrow_mut()[place] += 1;
        Err(LogError::Unavailable("injected".to_owned()))
    }
}

impl Log for FailingLog {
    fn lock(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        self.fail(0, self.rates.read)?;
        self.log.lock(after, sink)
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), LogError> {
        self.fail(1, self.rates.commit)?;
        self.log.commit(records)?;
        self.fail(2, self.rates.unheard)
    }

    fn release(&mut self) {}

    fn read(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        self.fail(0, self.rates.read)?;
        self.log.read(after, sink)
    }

    fn page(&mut self, after: u64, most: u32, sink: Sink<'_>) -> Result<(), LogError> {
        self.fail(0, self.rates.page)?;
        self.log.page(after, most, sink)
    }

    fn store_value(&mut self, name: &str, value: &str) -> Result<(), LogError> {
        self.log.store_value(name, value)
    }

    fn stored_value(&mut self, name: &str) -> Result<Option<String>, LogError> {
        self.log.stored_value(name)
    }
}
