//! Whether a chain of records holds.

use crate::record::{Hash, Record, chained};

/// The first record of a log that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("record {seq}: {what}")]
pub struct BadRecord {
    /// Its number, or the number that it should have.
    pub seq: u64,
    /// What is wrong.
    pub what: String,
}

/// A log whose chain holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many records there are.
    pub records: u64,
    /// The hash of the last one: who has noted it elsewhere can tell whether records were cut off the end.
    pub head: Hash,
}

/// Whether a record goes on from the one of a number and a hash.
pub(crate) fn follows(before: u64, hash: &Hash, record: &Record) -> Result<(), BadRecord> {
    let seq = before + 1;
    let bad = |what: &str| Err(BadRecord { seq, what: what.to_owned() });
    if record.seq != seq {
        return bad(&format!("is missing: the next one has the number {}", record.seq));
    }
    if chained(hash, &record.body) != record.hash {
        return bad("its hash is not that of its bytes and of the record before: one of the two was changed");
    }
    // A record that says another number than it stands under was moved, hash and all.
    match record.body.starts_with(format!(r#"{{"seq":{seq},"#).as_bytes()) {
        true => Ok(()),
        false => bad("says another number than it stands under"),
    }
}

/// Follows a log record by record, in memory that does not grow.
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    verified: Verified,
}

impl Verifier {
    /// Takes the next record.
    pub fn next(&mut self, record: &Record) -> Result<(), BadRecord> {
        follows(self.verified.records, &self.verified.head, record)?;
        self.verified = Verified { records: record.seq, head: record.hash };
        Ok(())
    }

    /// How far it came.
    pub fn verified(&self) -> Verified {
        self.verified
    }
}
