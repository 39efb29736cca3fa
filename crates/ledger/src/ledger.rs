//! Accounts in step with a log.

use std::ops::ControlFlow;
use std::path::Path;

use serde_json::value::RawValue;
use tollgate_model::{hex, never};

use crate::command::{Applied, Command};
use crate::error::LedgerError;
use crate::known::{CLOCK, Known};
use crate::log::{Log, LogError};
use crate::notes::NotesMark;
use crate::record::{Draft, Hash, Head, Record};
use crate::snapshot::{self, SnapshotFolder, SnapshotMark};
use crate::state::State;
use crate::status::Status;

/// Tries of a batch where the log is unavailable or another ledger was first.
const TRIES: u32 = 5;

/// Something to be recorded.
#[derive(Clone, Debug)]
pub enum Entry {
    /// A command to the accounts.
    Command {
        /// Who gives it.
        actor: String,
        /// What.
        command: Command,
    },
    /// What else is to be on record: a decision, a screening disposition, a list import.
    Note {
        /// Its kind: lowercase letters and `_`; never `ledger`.
        kind: String,
        /// Who.
        actor: String,
        /// The caller's id.
        id: String,
        /// JSON.
        data: Box<RawValue>,
    },
}

/// Accounts in step with a log.
#[derive(Debug)]
pub struct Ledger<L> {
    log: L,
    known: Known,
    /// The last record that is known to be in the log.
    committed: Head,
    /// Whether what is known may hold what the log does not: nothing is read off it then before it is built anew.
    uncertain: bool,
    /// Why the log could not be followed or added to the last time, where it could not.
    trouble: Option<LedgerError>,
    /// Why nothing can be done any more.
    stopped: Option<LedgerError>,
}

/// How a ledger was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// The whole log was read.
    Whole {
        /// Why no snapshot was used, for each that was there.
        doubts: Vec<String>,
    },
    /// From a snapshot on.
    Snapshot {
        /// The number of the record up to which it goes.
        seq: u64,
        /// Why later snapshots were not used.
        doubts: Vec<String>,
    },
}

impl<L: Log> Ledger<L> {
    /// Reads a log and checks its chain.
    pub fn open(log: L) -> Result<Ledger<L>, LedgerError> {
        let mut ledger = Ledger::unread(log);
        ledger.build()?;
        Ok(ledger)
    }

    /// Reads a log from the latest snapshot on that is in step with it; the whole log where there is none. What is doubtful of a snapshot is no error,
    /// and is told.
    pub fn open_from(log: L, folder: &SnapshotFolder) -> Result<(Ledger<L>, Opening), LedgerError> {
        let mut ledger = Ledger::unread(log);
        let mut doubts = Vec::new();
        let files = folder.files().unwrap_or_else(|error| {
            doubts.push(format!("the folder of snapshots cannot be read: {error}"));
            Vec::new()
        });
        for file in files {
            match ledger.resume(&file) {
                Ok(seq) => return Ok((ledger, Opening::Snapshot { seq, doubts })),
                Err(doubt) => doubts.push(format!("{}: {doubt}", file.display())),
            }
        }
        ledger.build()?;
        Ok((ledger, Opening::Whole { doubts }))
    }

    /// Writes a snapshot of what is known. It is used once its mark is on record.
    pub fn write_snapshot(&self, folder: &SnapshotFolder) -> std::io::Result<SnapshotMark> {
        self.check().map_err(std::io::Error::other)?;
        folder.write(&self.known)
    }

    fn unread(log: L) -> Ledger<L> {
        Ledger {
            log,
            known: Known::default(),
            committed: Head::default(),
            uncertain: true,
            trouble: None,
            stopped: None,
        }
    }

    /// Goes on from a snapshot; the number of the record up to which it goes, or why it is not believed, with nothing known then.
    fn resume(&mut self, file: &Path) -> Result<u64, String> {
        let resumed = self.resume_unchecked(file);
        if resumed.is_err() {
            self.known = Known::default();
            self.committed = Head::default();
        } else {
            self.committed = self.known.head;
            self.uncertain = false;
        }
        resumed
    }

    fn resume_unchecked(&mut self, file: &Path) -> Result<u64, String> {
        let (known, mark) = snapshot::read(file).map_err(|error| error.to_string())?;
        let mut first = None;
        let log = self.log.page(0, 1, &mut |record| {
            first = Some(record.hash);
            ControlFlow::Break(())
        });
        log.map_err(|error| error.to_string())?;
        if first != Some(known.first) {
            return Err("is of another log".to_owned());
        }
        self.known = known;
        self.follow(false).map_err(|error| error.to_string())?;
        match self.known.notes.snapshots.contains(&mark.id()) {
            true => Ok(mark.seq),
            false => Err("no record of the log has its digest".to_owned()),
        }
    }

    /// The accounts.
    pub fn state(&self) -> &State {
        &self.known.state
    }

    /// The data of every record of kind `access`, in order.
    pub fn access(&self) -> &[String] {
        &self.known.notes.access
    }

    /// The data of every record of kind `screening`, in order.
    pub fn findings(&self) -> &[String] {
        &self.known.notes.screening
    }

    /// The ids of the records of kind `proposal` that no record of kind `conclusion` has concluded, in order.
    pub fn open_proposals(&self) -> &[String] {
        &self.known.notes.proposals
    }

    /// The record that a caller's id stands for, among those beside the ledger's commands; an error where it is not as it was written.
    pub fn note_record(&mut self, id: &str) -> Result<Option<Record>, LedgerError> {
        self.check()?;
        // What cannot be read of a snapshot reads like what is not there.
        let Some(place) = self.known.notes.place(id) else { return self.check().map(|()| None) };
        // The hash of a record is that of the one before and of its body.
        let (after, most) = if place.seq > 1 { (place.seq - 2, 2) } else { (0, 1) };
        let (mut before, mut found): (Hash, Option<Record>) = ([0; 32], None);
        self.log.page(after, most, &mut |record| {
            match record.seq == place.seq {
                true => found = Some(record),
                false => before = record.hash,
            }
            ControlFlow::Continue(())
        })?;
        let found = found.filter(|record| place.holds(&before, record));
        let changed = || LedgerError::Corrupt { seq: place.seq, what: "is not as it was written".to_owned() };
        let result = found.ok_or_else(changed).map(Some);
        self.judge(&result);
        result
    }

    /// Whether a caller's id stands for a record beside the ledger's commands.
    pub fn has_note(&self, id: &str) -> bool {
        self.known.notes.place(id).is_some()
    }

    /// See [`Log::store_value`].
    pub fn store_value(&mut self, name: &str, value: &str) -> Result<(), LedgerError> {
        self.check()?;
        Ok(self.log.store_value(name, value)?)
    }

    /// See [`Log::stored_value`].
    pub fn stored_value(&mut self, name: &str) -> Result<Option<String>, LedgerError> {
        Ok(self.log.stored_value(name)?)
    }

    /// The end of the log as far as this ledger knows it.
    pub fn head(&self) -> Head {
        self.known.head
    }

    /// An error where nothing may be read off this ledger: what it knows may not be what the log has, or the log is not as it was written.
    pub fn check(&self) -> Result<(), LedgerError> {
        match self.stopped.as_ref().or(self.trouble.as_ref()) {
            Some(error) => Err(error.clone()),
            None if self.known.fault().is_some() => Err(faulty(&self.known)),
            None if self.uncertain => {
                Err(LogError::Unavailable("what the log holds is not known now".to_owned()).into())
            }
            None => Ok(()),
        }
    }

    /// Records entries and does what they ask, all durably or none. The answers are in the order of the entries; one that was recorded before, by
    /// this ledger or another, is not recorded again.
    ///
    /// `time_ms` is in milliseconds since 1970-01-01 UTC.
    pub fn record(&mut self, time_ms: i64, entries: &[Entry]) -> Result<Vec<Applied>, LedgerError> {
        let mut tried = 1;
        loop {
            match self.once(time_ms, entries) {
                Err(LedgerError::Log(LogError::Unavailable(_))) if tried < TRIES => tried += 1,
                result => return result,
            }
        }
    }

    /// Where a result says that the log cannot be gone on from, nothing is done any more.
    fn judge<T>(&mut self, result: &Result<T, LedgerError>) {
        let lasting = |error: &LedgerError| match error {
            LedgerError::Log(LogError::Unusable(_))
            | LedgerError::Corrupt { .. }
            | LedgerError::Diverged(_)
            | LedgerError::Newer { .. } => true,
            LedgerError::Log(LogError::Unavailable(_) | LogError::Busy(_))
            | LedgerError::Clock(_)
            | LedgerError::Unwritable(_)
            | LedgerError::Stopped => false,
        };
        self.trouble = result.as_ref().err().cloned();
        if let Some(error) = result.as_ref().err().filter(|error| lasting(error)) {
            self.stopped.get_or_insert_with(|| error.clone());
        }
    }

    fn once(&mut self, time_ms: i64, entries: &[Entry]) -> Result<Vec<Applied>, LedgerError> {
        if let Some(error) = &self.stopped {
            return Err(error.clone());
        }
        if self.uncertain || self.known.fault().is_some() {
            self.build()?;
        }
        let result = self.locked(time_ms, entries);
        if result.is_err() {
            self.log.release();
        }
        self.judge(&result);
        result
    }

    fn locked(&mut self, time_ms: i64, entries: &[Entry]) -> Result<Vec<Applied>, LedgerError> {
        self.follow(true)?;
        let mark = self.known.notes.mark();
        self.known.state.begin();
        let mut batch = Batch { records: Vec::with_capacity(entries.len()), mark };
        let result = self.apply_all(time_ms, entries, &mut batch).and_then(|answers| {
            if self.known.fault().is_some() {
                return Err(faulty(&self.known));
            }
            match batch.records.is_empty() {
                true => self.log.release(),
                false => self.log.commit(&batch.records)?,
            }
            Ok(answers)
        });
        match &result {
            Ok(_) => {
                self.known.state.keep();
                self.committed = self.known.head;
            }
            // Neither what was applied nor whether it was committed is known: the log says when it is followed on from what was there before.
            Err(_) => {
                self.known.head = self.committed;
                self.known.notes.undo(batch.mark);
                self.uncertain = !self.known.state.undo();
            }
        }
        result
    }

    fn apply_all(&mut self, time_ms: i64, entries: &[Entry], batch: &mut Batch) -> Result<Vec<Applied>, LedgerError> {
        let mut answers = Vec::with_capacity(entries.len());
        for entry in entries {
            let (applied, record) = self.apply(time_ms, entry)?;
            if let Some(record) = record {
                let at_ms = self.time_of(time_ms, entry);
                self.known.advance(&record, at_ms);
                if let Entry::Note { kind, id, data, .. } = entry {
                    self.known.notes.take(&record, kind, id, data.get());
                    batch.mark.add(id);
                }
                batch.records.push(record);
            }
            answers.push(applied);
        }
        Ok(answers)
    }

    /// The time of an entry's record: never before that of the record before it, except where somebody says that the clock was wrong.
    fn time_of(&self, time_ms: i64, entry: &Entry) -> i64 {
        match entry {
            Entry::Note { kind, .. } if kind == CLOCK => time_ms,
            _ => time_ms.max(self.known.head.at_ms),
        }
    }

    /// What an entry comes to, and its record unless it is on record already.
    fn apply(&mut self, time_ms: i64, entry: &Entry) -> Result<(Applied, Option<Record>), LedgerError> {
        let time_ms = self.time_of(time_ms, entry);
        let (kind, actor, id) = match entry {
            Entry::Command { actor, command } => ("ledger", actor, command.id()),
            Entry::Note { kind, actor, id, .. } => (kind.as_str(), actor, id.as_str()),
        };
        let mut data = Vec::new();
        let applied = match entry {
            Entry::Command { command, .. } => {
                data.extend_from_slice(br#"{"command":"#);
                let json = serde_json::to_vec(command).map_err(unwritable)?;
                let applied = self.known.state.apply_known(time_ms, command, &json);
                data.extend_from_slice(&json);
                data.extend_from_slice(br#","status":""#);
                data.extend_from_slice(applied.status.as_str().as_bytes());
                data.push(b'"');
                if !applied.breaches.is_empty() {
                    data.extend_from_slice(br#","breaches":"#);
                    serde_json::to_writer(&mut data, &applied.breaches).map_err(unwritable)?;
                }
                data.push(b'}');
                applied
            }
            Entry::Note { id, data: content, .. } => {
                data.extend_from_slice(content.get().as_bytes());
                self.known.state.note(id, &data)
            }
        };
        // A note under a used id would say something that its answer denies; refused commands are on record as such.
        let kept = match entry {
            Entry::Command { .. } => !applied.replayed,
            Entry::Note { .. } => applied.status == Status::Done && !applied.replayed,
        };
        if kept && kind == CLOCK {
            self.known.state.set_time(time_ms);
        }
        let draft = Draft { at_ms: time_ms, kind, actor, origin: self.known.notes.origin, id, data: &data };
        let record = kept.then(|| Record::after(&self.known.head, &draft)).transpose().map_err(unwritable)?;
        Ok((applied, record))
    }

    /// Takes up what others recorded meanwhile. After an error nothing may be read off this ledger until it succeeds.
    pub fn catch_up(&mut self) -> Result<(), LedgerError> {
        if let Some(error) = &self.stopped {
            return Err(error.clone());
        }
        let is_doubtful = self.uncertain || self.known.fault().is_some();
        let result = if is_doubtful { self.build() } else { self.follow(false) };
        self.judge(&result);
        result
    }

    /// Builds what is known anew from the whole log, beside what was known until now, which is given up where that succeeds.
    fn build(&mut self) -> Result<(), LedgerError> {
        let mut fresh = Known::default();
        let committed = self.committed;
        let mut bad = None;
        let result = self.log.read(0, &mut |record| {
            let taken = if record.seq == committed.seq && record.hash != committed.hash {
                Err(diverged(&committed, "has another hash"))
            } else {
                fresh.take_up(&record)
            };
            bad = taken.err();
            if bad.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        let shorter = fresh.head.seq < committed.seq;
        let result = match bad {
            Some(bad) => Err(bad),
            None => result.map_err(LedgerError::from),
        };
        let result = result.and_then(|()| if shorter { Err(diverged(&committed, "is gone")) } else { Ok(()) });
        self.judge(&result);
        result?;
        self.committed = fresh.head;
        self.known = fresh;
        self.uncertain = false;
        Ok(())
    }

    /// Takes up what stands in the log after the last known record, which must still stand there as it is known.
    fn follow(&mut self, lock: bool) -> Result<(), LedgerError> {
        let last = self.known.head;
        let known = &mut self.known;
        let mut seen = last.seq == 0;
        let mut bad = None;
        let mut take = |record: Record| {
            let taken = match std::mem::replace(&mut seen, true) {
                true => known.take_up(&record),
                false if record.seq == last.seq && record.hash == last.hash => Ok(()),
                false => Err(diverged(&last, "is gone or has another hash")),
            };
            bad = taken.err();
            if bad.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let after = last.seq.saturating_sub(1);
        let result = match lock {
            true => self.log.lock(after, &mut take),
            false => self.log.read(after, &mut take),
        };
        self.committed = self.known.head;
        if self.known.fault().is_some() {
            return Err(faulty(&self.known));
        }
        match bad {
            Some(bad) => return Err(bad),
            None => result?,
        }
        if seen { Ok(()) } else { Err(diverged(&last, "is gone")) }
    }

    /// Goes on from what another ledger of the same log read from a snapshot, so that less is in memory. Returns whether it could: not where either
    /// knows of records that the other does not.
    pub fn adopt(&mut self, other: Ledger<L>) -> Result<bool, LedgerError> {
        self.check()?;
        other.check()?;
        let is_older = other.known.head.seq <= self.known.head.seq && other.known.first == self.known.first;
        if !is_older {
            return Ok(false);
        }
        let before = std::mem::replace(&mut self.known, other.known);
        let followed = self.follow(false);
        let is_same = followed.is_ok() && self.known.head == before.head;
        if !is_same {
            self.committed = before.head;
            self.known = before;
        }
        followed.map(|()| is_same)
    }

    /// Hands on the records after a number, so many at the most.
    pub fn page(&mut self, after: u64, most: u32, sink: &mut dyn FnMut(&Record)) -> Result<(), LedgerError> {
        self.check()?;
        self.log.page(after, most, &mut |record| {
            sink(&record);
            ControlFlow::Continue(())
        })?;
        Ok(())
    }
}

/// Records that are to be committed together, and how the notes stood before.
struct Batch {
    records: Vec<Record>,
    mark: NotesMark,
}

/// What is not in memory could not be read: what was read or done since does not count, and all is read from the log again.
fn faulty(known: &Known) -> LedgerError {
    LogError::Unavailable(known.fault().unwrap_or("a snapshot cannot be read").to_owned()).into()
}

/// The log is not the one that was followed up to a head.
fn diverged(head: &Head, what: &str) -> LedgerError {
    let hash: String = hex(&head.hash).chars().take(12).collect();
    LedgerError::Diverged(format!(
        "record {} (hash {hash}…), up to which this ledger followed the log, {what}: the log went back, was forked, or is another one",
        head.seq
    ))
}

/// What is said of an entry whose JSON cannot be made, which no entry of this program's own types should come to.
fn unwritable(error: serde_json::Error) -> LedgerError {
    never!("an entry cannot be written as JSON: {error}");
    LedgerError::Unwritable(error.to_string())
}
