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

/// Follows a log record by record, in memory that does not grow.
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    verified: Verified,
}

impl Verifier {
    /// Takes the next record.
    pub fn next(&mut self, record: &Record) -> Result<(), BadRecord> {
        let seq = self.verified.records + 1;
        if record.seq != seq {
            return Err(BadRecord { seq, what: format!("is missing: the next one has the number {}", record.seq) });
        }
        if chained(&self.verified.head, &record.body) != record.hash {
            let what = "its hash is not that of its bytes and of the record before: one of the two was changed";
            return Err(BadRecord { seq, what: what.to_owned() });
        }
        // A record that says another number than it stands under was moved, hash and all.
        let start = format!(r#"{{"seq":{seq},"#);
        if !record.body.starts_with(start.as_bytes()) {
            return Err(BadRecord { seq, what: "says another number than it stands under".to_owned() });
        }
        self.verified = Verified { records: seq, head: record.hash };
        Ok(())
    }

    /// How far it came.
    pub fn verified(&self) -> Verified {
        self.verified
    }
}
