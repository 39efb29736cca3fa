//! Accounts in step with a log.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tollgate_model::never;

use crate::command::{Applied, Command, Status};
use crate::log::{Log, LogError};
use crate::record::{Body, Draft, Head, Record};
use crate::state::State;
use crate::verify::{BadRecord, follows};

/// Tries of a batch where the log is unavailable or another ledger was first.
const TRIES: u32 = 5;

/// Why a ledger cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The log. After `Unavailable` the same batch may be given again: what was done is not done twice.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A record is not as it was written.
    #[error(
        "record {seq} of the log: {what}\n  mend: run `tollgate audit verify`, and restore the log from a backup that verifies"
    )]
    Corrupt {
        /// Its number.
        seq: u64,
        /// What is wrong.
        what: String,
    },
    /// An entry cannot be written as JSON: nothing of its batch is on record.
    #[error("an entry cannot be written: {0}")]
    Unwritable(String),
    /// The thread that writes has ended, by a fault of the program. What it had not answered may be on record or not: after a new start the same
    /// batch may be given again.
    #[error("the ledger has stopped\n  mend: start Tollgate anew and ask again; what was done is not done twice")]
    Stopped,
}

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

/// What a record of kind `ledger` holds.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    #[serde(borrow)]
    command: &'a RawValue,
    #[serde(flatten)]
    applied: Applied,
}

/// What is kept at hand of the records beside the ledger's commands.
#[derive(Debug, Default)]
struct Notes {
    /// The number of each by its id.
    #[expect(clippy::disallowed_types, reason = "looked up by id, never iterated")]
    places: std::collections::HashMap<String, u64, ahash::RandomState>,
    /// The data of those of kind `access`, in order.
    access: Vec<String>,
    /// The data of those of kind `screening`, in order.
    screening: Vec<String>,
    /// The number of the last of kind `origin`.
    origin: u64,
}

impl Notes {
    fn take(&mut self, seq: u64, kind: &str, id: &str, data: &str) {
        self.places.insert(id.to_owned(), seq);
        match kind {
            "access" => self.access.push(data.to_owned()),
            "screening" => self.screening.push(data.to_owned()),
            "origin" => self.origin = seq,
            _ => {}
        }
    }
}

/// Accounts in step with a log.
#[derive(Debug)]
pub struct Ledger<L> {
    log: L,
    state: State,
    head: Head,
    notes: Notes,
    /// Whether the state may hold what the log does not: it is then built anew before anything else is done.
    uncertain: bool,
}

impl<L: Log> Ledger<L> {
    /// Reads a log and checks its chain.
    pub fn open(log: L) -> Result<Ledger<L>, LedgerError> {
        let mut ledger =
            Ledger { log, state: State::default(), head: Head::default(), notes: Notes::default(), uncertain: true };
        ledger.build()?;
        Ok(ledger)
    }

    /// The accounts.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The data of every record of kind `access`, in order.
    pub fn access(&self) -> &[String] {
        &self.notes.access
    }

    /// The data of every record of kind `screening`, in order.
    pub fn findings(&self) -> &[String] {
        &self.notes.screening
    }

    /// The record that a caller's id stands for, among those beside the ledger's commands.
    pub fn noted(&mut self, id: &str) -> Result<Option<Record>, LedgerError> {
        let Some(seq) = self.notes.places.get(id).copied() else { return Ok(None) };
        let mut found = None;
        let Some(before) = seq.checked_sub(1) else {
            never!("a note has the number 0");
            return Ok(None);
        };
        self.log.read(before, &mut |record| {
            found = Some(record);
            ControlFlow::Break(())
        })?;
        Ok(found)
    }

    /// Whether a caller's id stands for a record beside the ledger's commands.
    pub fn has_note(&self, id: &str) -> bool {
        self.notes.places.contains_key(id)
    }

    /// See [`Log::keep`].
    pub fn keep(&mut self, name: &str, value: &str) -> Result<(), LedgerError> {
        Ok(self.log.keep(name, value)?)
    }

    /// See [`Log::kept`].
    pub fn kept(&mut self, name: &str) -> Result<Option<String>, LedgerError> {
        Ok(self.log.kept(name)?)
    }

    /// The end of the log as far as this ledger knows it.
    pub fn head(&self) -> Head {
        self.head
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

    fn once(&mut self, time_ms: i64, entries: &[Entry]) -> Result<Vec<Applied>, LedgerError> {
        if self.uncertain {
            self.build()?;
        }
        let result = self.locked(time_ms, entries);
        if result.is_err() {
            self.log.release();
            // Neither what was applied nor whether it was committed is known: the log says.
            self.uncertain = true;
        }
        result
    }

    fn locked(&mut self, time_ms: i64, entries: &[Entry]) -> Result<Vec<Applied>, LedgerError> {
        self.follow(true)?;
        let mut records: Vec<Record> = Vec::with_capacity(entries.len());
        let mut answers = Vec::with_capacity(entries.len());
        let time_ms = time_ms.max(self.head.at_ms);
        for entry in entries {
            let (applied, record) = self.apply(time_ms, entry)?;
            if let Some(record) = record {
                self.head = Head { seq: record.seq, hash: record.hash, at_ms: time_ms };
                if let Entry::Note { kind, id, data, .. } = entry {
                    self.notes.take(record.seq, kind, id, data.get());
                }
                records.push(record);
            }
            answers.push(applied);
        }
        match records.is_empty() {
            true => self.log.release(),
            false => self.log.commit(&records)?,
        }
        Ok(answers)
    }

    /// What an entry comes to, and its record unless it is on record already.
    fn apply(&mut self, time_ms: i64, entry: &Entry) -> Result<(Applied, Option<Record>), LedgerError> {
        let (kind, actor, id) = match entry {
            Entry::Command { actor, command } => ("ledger", actor, command.id()),
            Entry::Note { kind, actor, id, .. } => (kind.as_str(), actor, id.as_str()),
        };
        let mut data = Vec::new();
        let applied = match entry {
            Entry::Command { command, .. } => {
                data.extend_from_slice(br#"{"command":"#);
                let json = serde_json::to_vec(command).map_err(unwritable)?;
                let applied = self.state.apply_known(time_ms, command, &json);
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
                self.state.note(id, &data)
            }
        };
        // A note under a used id would say something that its answer denies; refused commands are on record as such.
        let kept = match entry {
            Entry::Command { .. } => !applied.replayed,
            Entry::Note { .. } => applied.status == Status::Done && !applied.replayed,
        };
        let draft = Draft { at_ms: time_ms, kind, actor, origin: self.notes.origin, id, data: &data };
        let record = kept.then(|| Record::after(&self.head, &draft)).transpose().map_err(unwritable)?;
        Ok((applied, record))
    }

    /// Takes up what others recorded meanwhile.
    pub fn catch_up(&mut self) -> Result<(), LedgerError> {
        if self.uncertain {
            return self.build();
        }
        self.follow(false).inspect_err(|_| self.uncertain = true)
    }

    /// Builds the state anew from the whole log.
    fn build(&mut self) -> Result<(), LedgerError> {
        (self.state, self.head, self.notes) = (State::default(), Head::default(), Notes::default());
        self.follow(false)?;
        self.uncertain = false;
        Ok(())
    }

    fn follow(&mut self, lock: bool) -> Result<(), LedgerError> {
        let after = self.head.seq;
        let (state, notes, head) = (&mut self.state, &mut self.notes, &mut self.head);
        let mut corrupt = None;
        let mut take = |record: Record| match take_up(state, notes, head, &record) {
            Ok(()) => ControlFlow::Continue(()),
            Err(bad) => {
                corrupt = Some(LedgerError::Corrupt { seq: bad.seq, what: bad.what });
                ControlFlow::Break(())
            }
        };
        let result = match lock {
            true => self.log.lock(after, &mut take),
            false => self.log.read(after, &mut take),
        };
        match (corrupt, result) {
            (Some(corrupt), _) => Err(corrupt),
            (None, result) => Ok(result?),
        }
    }

    /// Hands on the records after a number, so many at the most.
    pub fn page(&mut self, after: u64, most: usize, sink: &mut dyn FnMut(&Record)) -> Result<(), LedgerError> {
        let mut count = 0;
        if most == 0 {
            return Ok(());
        }
        self.log.read(after, &mut |record| {
            sink(&record);
            count += 1;
            if count == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(())
    }
}

/// What is said of an entry whose JSON cannot be made, which no entry of this program's own types should come to.
fn unwritable(error: serde_json::Error) -> LedgerError {
    never!("an entry cannot be written as JSON: {error}");
    LedgerError::Unwritable(error.to_string())
}

/// Applies a record of the log: its chain must hold, and it must come to what it says.
fn take_up(state: &mut State, notes: &mut Notes, head: &mut Head, record: &Record) -> Result<(), BadRecord> {
    follows(head.seq, &head.hash, record)?;
    let bad = |what: String| BadRecord { seq: record.seq, what };
    let wrong = |error: serde_json::Error| bad(error.to_string());
    let body: Body<'_> = record.parse().map_err(bad)?;
    match body.kind.as_ref() {
        "ledger" => {
            let kept: Kept<'_> = serde_json::from_str(body.data.get()).map_err(wrong)?;
            let command: Command = serde_json::from_str(kept.command.get()).map_err(wrong)?;
            let applied = state.apply_known(body.at_ms, &command, kept.command.get().as_bytes());
            if applied != kept.applied {
                let (said, came) = (kept.applied.status.as_str(), applied.status.as_str());
                return Err(bad(format!("says `{said}`, and comes to `{came}`")));
            }
        }
        kind => {
            state.note(&body.id, body.data.get().as_bytes());
            notes.take(record.seq, kind, &body.id, body.data.get());
        }
    }
    *head = Head { seq: record.seq, hash: record.hash, at_ms: body.at_ms };
    Ok(())
}
