//! What follows from the records of a log up to a head.

use std::fs::File;
use std::io::{Read, Result as Passed, Write};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::base::{FileBase, Tabled, Tables};
use crate::bytes::{In, Out, malformed};
use crate::command::{Applied, Command};
use crate::error::LedgerError;
use crate::notes::Notes;
use crate::pages::PageFile;
use crate::place::Place;
use crate::record::{Body, Hash, Head, Record};
use crate::state::{AccountLists, OPERATION_BYTES, POSTING_BYTES, RESERVATION_BYTES, State};
use crate::verify::{BadRecord, follows};

/// The version of the rules by which commands come to what they come to. Where a rule changes, this is one more, the new rule holds from a record of kind
/// `machine` on, and the old one for all before it: a log comes to the same for ever.
pub(crate) const MACHINE: u64 = 1;
/// The kind of the records that say by which version of the rules the log goes on.
const RULES: &str = "machine";
/// The kind of the records by which somebody says that the clock was wrong: time goes on from theirs, even where it is an earlier one.
pub(crate) const CLOCK: &str = "clock";
/// What a snapshot begins with.
const MAGIC: &[u8; 24] = b"tollgate ledger state 3\n";

/// What a record of kind `ledger` holds.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    #[serde(borrow)]
    command: &'a RawValue,
    #[serde(flatten)]
    applied: Applied,
}

/// What a record of kind `machine` holds.
#[derive(Deserialize)]
struct Rules {
    version: u64,
}

/// What follows from the records up to a head.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) state: State,
    pub(crate) head: Head,
    pub(crate) notes: Notes,
    /// The hash of the first record, which no other log has.
    pub(crate) first: Hash,
}

pub(crate) fn corrupt(bad: BadRecord) -> LedgerError {
    LedgerError::Corrupt { seq: bad.seq, what: bad.what }
}

impl Known {
    /// Applies a record of the log: its chain must hold, and it must come to what it says.
    pub(crate) fn take_up(&mut self, record: &Record) -> Result<(), LedgerError> {
        follows(self.head.seq, &self.head.hash, record).map_err(corrupt)?;
        let bad = |what: String| corrupt(BadRecord { seq: record.seq, what });
        let wrong = |error: serde_json::Error| bad(error.to_string());
        let body: Body<'_> = record.parse().map_err(bad)?;
        match body.kind.as_ref() {
            "ledger" => {
                let kept: Kept<'_> = serde_json::from_str(body.data.get()).map_err(wrong)?;
                let command: Command = serde_json::from_str(kept.command.get()).map_err(wrong)?;
                let applied = self.state.apply_known(body.at_ms, &command, kept.command.get().as_bytes());
                if applied != kept.applied {
                    let (said, came) = (kept.applied.status.as_str(), applied.status.as_str());
                    return Err(bad(format!("says `{said}`, and comes to `{came}`")));
                }
            }
            kind => {
                if kind == RULES {
                    let Rules { version } = serde_json::from_str(body.data.get()).map_err(wrong)?;
                    if !(1..=MACHINE).contains(&version) {
                        return Err(LedgerError::Newer { seq: record.seq, version, known: MACHINE });
                    }
                }
                self.state.note(&body.id, body.data.get().as_bytes());
                self.notes.take(record, kind, &body.id, body.data.get());
                if kind == CLOCK {
                    self.state.set_time(body.at_ms);
                }
            }
        }
        self.advance(record, body.at_ms);
        Ok(())
    }

    /// A record is the last one now.
    pub(crate) fn advance(&mut self, record: &Record, at_ms: i64) {
        if record.seq == 1 {
            self.first = record.hash;
        }
        self.head = Head { seq: record.seq, hash: record.hash, at_ms };
    }

    /// Why something that was read or done since may not count: what is not in memory could not be read.
    pub(crate) fn fault(&self) -> Option<&str> {
        self.state.fault()
    }

    /// Writes what does not stand in tables, and where those stand, for a program of the same rules.
    pub(crate) fn write<W: Write>(&self, tables: &Tables, hashes: &[Hash], out: &mut Out<W>) -> Passed<()> {
        out.bytes(MAGIC)?;
        out.u64(MACHINE)?;
        out.bytes(&self.first)?;
        out.u64(self.head.seq)?;
        out.bytes(&self.head.hash)?;
        out.i64(self.head.at_ms)?;
        self.state.write(out)?;
        self.notes.write(out)?;
        tables.write_places(out)?;
        out.count(hashes.len())?;
        hashes.iter().try_for_each(|hash| out.bytes(hash))
    }

    /// Reads what was written by a program of the same rules; the tables stay in the file.
    pub(crate) fn read<R: Read>(source: &mut In<R>, file: File) -> Passed<Known> {
        if source.array::<24>()? != *MAGIC {
            return Err(malformed("is no snapshot of this version of Tollgate"));
        }
        if source.u64()? != MACHINE {
            return Err(malformed("was written by other rules of the count"));
        }
        let first = source.array()?;
        let head = Head { seq: source.u64()?, hash: source.array()?, at_ms: source.i64()? };
        let (mut state, mut notes) = (State::read(source)?, Notes::read(source)?);
        let tables = Tables::read_places(source)?;
        let hashes: Vec<Hash> = (0..source.count(32)?).map(|_| source.array()).collect::<Passed<_>>()?;
        let base = Arc::new(FileBase::open(PageFile::new(file, hashes), tables, state.len())?);
        notes.stand_on(Arc::clone(&base));
        state.stand_on(base)?;
        Ok(Known { first, head, state, notes })
    }
}

impl Tabled for Known {
    fn operation_count(&self) -> u64 {
        self.state.operation_count()
    }

    fn operations(&self, sink: &mut dyn FnMut(&[u8; OPERATION_BYTES]) -> Passed<()>) -> Passed<()> {
        self.state.operation_slots(sink)
    }

    fn places(&self, sink: &mut dyn FnMut(u128, Place) -> Passed<()>) -> Passed<()> {
        self.notes.places_in_order(sink)
    }

    fn reservations(
        &self,
        lists: &mut AccountLists,
        sink: &mut dyn FnMut(&[u8; RESERVATION_BYTES]) -> Passed<()>,
    ) -> Passed<()> {
        self.state.reservation_slots(lists, sink)
    }

    fn postings(
        &self,
        lists: &mut AccountLists,
        sink: &mut dyn FnMut(&[u8; POSTING_BYTES]) -> Passed<()>,
    ) -> Passed<()> {
        self.state.posting_slots(lists, sink)
    }
}
