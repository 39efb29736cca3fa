//! What a log must do, and the one in memory.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tollgate_model::index_of;

use crate::record::Record;

/// Why a log could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// It cannot be reached or has no room: the same may succeed later. Whether records that were being committed are in it is not known.
    #[error("{0}")]
    Unavailable(String),
    /// Another one holds it, or it does not answer in time: nothing of what was to be done is in it. It is asked again later, not at once.
    #[error("{0}")]
    Busy(String),
    /// It is not what this program can go on from.
    #[error("{0}")]
    Unusable(String),
}

/// Takes records as they are read, and says whether more are wanted.
pub type Sink<'a> = &'a mut dyn FnMut(Record) -> ControlFlow<()>;

/// An append-only log that several ledgers may stand on.
pub trait Log {
    /// Shuts all others out until [`Log::commit`] or [`Log::release`], and hands on the records after a number that they wrote meanwhile.
    fn lock(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError>;

    /// Adds records and lets others in again. When this returns without an error, the records are there for good.
    fn commit(&mut self, records: &[Record]) -> Result<(), LogError>;

    /// Lets others in again, with nothing added. Also after an error of the other two.
    fn release(&mut self);

    /// Hands on the records after a number, without shutting anybody out.
    fn read(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError>;

    /// Hands on so many of the records after a number at the most, and fetches no more than these.
    fn page(&mut self, after: u64, most: u32, sink: Sink<'_>) -> Result<(), LogError>;

    /// Keeps a value beside the records, for good, in the place of the one that its name had: what no reader of the log may see, such as the hash of
    /// a password. Not between [`Log::lock`] and the end of what it began.
    fn store_value(&mut self, name: &str, value: &str) -> Result<(), LogError>;

    /// The value that a name has.
    fn stored_value(&mut self, name: &str) -> Result<Option<String>, LogError>;
}

impl<L: Log + ?Sized> Log for Box<L> {
    fn lock(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        (**self).lock(after, sink)
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), LogError> {
        (**self).commit(records)
    }

    fn release(&mut self) {
        (**self).release();
    }

    fn read(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        (**self).read(after, sink)
    }

    fn page(&mut self, after: u64, most: u32, sink: Sink<'_>) -> Result<(), LogError> {
        (**self).page(after, most, sink)
    }

    fn store_value(&mut self, name: &str, value: &str) -> Result<(), LogError> {
        (**self).store_value(name, value)
    }

    fn stored_value(&mut self, name: &str) -> Result<Option<String>, LogError> {
        (**self).stored_value(name)
    }
}

/// A log in memory, shared by all its clones: for tests, and where nothing need last.
#[derive(Clone, Debug, Default)]
pub struct MemoryLog {
    records: Arc<Mutex<Vec<Record>>>,
    values: Arc<Mutex<BTreeMap<String, String>>>,
}

impl MemoryLog {
    /// All records.
    pub fn records(&self) -> MutexGuard<'_, Vec<Record>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log for MemoryLog {
    fn lock(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        self.read(after, sink)
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), LogError> {
        let mut all = self.records();
        let next = u64::try_from(all.len()).ok().and_then(|length| length.checked_add(1));
        let next = next.ok_or_else(|| LogError::Unusable("it has more records than can be numbered".to_owned()))?;
        match records.first() {
            // Nobody is shut out here: whoever comes second must look again.
            Some(first) if first.seq != next => Err(LogError::Unavailable("another ledger was first".to_owned())),
            _ => {
                all.extend_from_slice(records);
                Ok(())
            }
        }
    }

    fn release(&mut self) {}

    fn read(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        self.page(after, u32::MAX, sink)
    }

    fn page(&mut self, after: u64, most: u32, sink: Sink<'_>) -> Result<(), LogError> {
        // A number beyond what addresses reach is beyond every record.
        let Ok(skip) = usize::try_from(after) else { return Ok(()) };
        let most = index_of(most);
        let new: Vec<Record> = self.records().iter().skip(skip).take(most).cloned().collect();
        // Where the sink wants no more, all that was asked for was read.
        let (ControlFlow::Continue(()) | ControlFlow::Break(())) = new.into_iter().try_for_each(sink);
        Ok(())
    }

    fn store_value(&mut self, name: &str, value: &str) -> Result<(), LogError> {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        values.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    fn stored_value(&mut self, name: &str) -> Result<Option<String>, LogError> {
        Ok(self.values.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }
}
