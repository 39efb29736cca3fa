//! Proofs as files: C2SP `tlog-proof` for inclusion, and the body of a request of C2SP `tlog-witness` for consistency.

use super::checkpoint::Checkpoint;
use super::error::AnchorError;
use super::note::{PublicKey, decoded, decoded_hash, encoded};
use super::proof::{ConsistencyProof, InclusionProof};
use crate::record::{Hash, chained};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const HEADER: &str = "c2sp.org/tlog-proof@v1";
const FORM: &str = "give the file as `tollgate audit prove` wrote it";

/// A record with the proof that it stands in a signed log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordProof {
    /// The hash of the record before; 32 zero bytes before the first.
    pub before: Hash,
    /// The record's body.
    pub body: Vec<u8>,
    /// Where it stands.
    pub inclusion: InclusionProof,
    /// The signed state of the log.
    pub checkpoint: Checkpoint,
}

fn wrong(what: &str) -> AnchorError {
    AnchorError::form(format!("is no proof: {what}"), FORM)
}

fn hash_lines(hashes: &[Hash]) -> String {
    hashes.iter().map(|hash| format!("{}\n", encoded(hash))).collect()
}

impl RecordProof {
    /// The text of a file: what was hashed to the record's hash stands in it as extra data.
    pub fn text(&self) -> String {
        let extra = STANDARD.encode([self.before.as_slice(), &self.body].concat());
        let hashes = hash_lines(&self.inclusion.hashes);
        format!("{HEADER}\nextra {extra}\nindex {}\n{hashes}\n{}", self.inclusion.index, self.checkpoint.note)
    }

    /// Reads a file and checks it: the record stands in the log that the key signed.
    pub fn open(text: &str, key: &PublicKey) -> Result<RecordProof, AnchorError> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(|| wrong("it has no checkpoint"))?;
        let checkpoint = Checkpoint::open(checkpoint, key)?;
        let mut lines = head.split('\n');
        if lines.next() != Some(HEADER) {
            return Err(wrong("its first line is another"));
        }
        let extra = lines.next().and_then(|line| decoded(line.strip_prefix("extra ")?));
        let extra = extra.ok_or_else(|| wrong("it does not hold the record"))?;
        let (before, body) = extra.split_first_chunk::<32>().ok_or_else(|| wrong("it does not hold the record"))?;
        let index = lines.next().and_then(|line| line.strip_prefix("index ")?.parse().ok());
        let index: u64 = index.ok_or_else(|| wrong("it does not say where the record stands"))?;
        let hashes: Option<Vec<Hash>> = lines.map(decoded_hash).collect();
        let hashes = hashes.ok_or_else(|| wrong("a line of it is no hash"))?;
        let inclusion = InclusionProof { index, size: checkpoint.size, hashes };
        let root = inclusion.root(&chained(before, body));
        if root != Some(checkpoint.root) {
            let (seq, origin) = (index.saturating_add(1), &checkpoint.origin);
            return Err(AnchorError::Inconsistent(format!(
                "the record is not record {seq} of the log that {origin} signed"
            )));
        }
        Ok(RecordProof { before: *before, body: body.to_vec(), inclusion, checkpoint })
    }
}

impl ConsistencyProof {
    /// The text of a file, with the later checkpoint.
    pub fn text(&self, checkpoint: &Checkpoint) -> String {
        format!("old {}\n{}\n{}", self.old_size, hash_lines(&self.hashes), checkpoint.note)
    }

    /// Reads a file: the proof, and the later checkpoint, which the key signed. Whether it holds is looked at with the earlier one.
    pub fn open(text: &str, key: &PublicKey) -> Result<(ConsistencyProof, Checkpoint), AnchorError> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(|| wrong("it has no checkpoint"))?;
        let checkpoint = Checkpoint::open(checkpoint, key)?;
        let mut lines = head.split('\n');
        let old_size = lines.next().and_then(|line| line.strip_prefix("old ")?.parse().ok());
        let old_size: u64 = old_size.ok_or_else(|| wrong("it does not say from how many records it goes on"))?;
        let hashes: Option<Vec<Hash>> = lines.map(decoded_hash).collect();
        let hashes = hashes.ok_or_else(|| wrong("a line of it is no hash"))?;
        Ok((ConsistencyProof { old_size, new_size: checkpoint.size, hashes }, checkpoint))
    }
}
