//! The records of the log, byte by byte as `docs/audit-log.md` describes them.

use std::borrow::Cow;
use std::io::Write;

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use tollgate_model::hex;

/// A SHA-256.
pub type Hash = [u8; 32];

/// What a digest comes to.
pub(crate) fn hash_of(digest: Sha256) -> Hash {
    digest.finalize().into()
}

/// The SHA-256 of pieces one after another.
pub(crate) fn sha256(pieces: &[&[u8]]) -> Hash {
    let mut digest = Sha256::new();
    pieces.iter().for_each(|piece| digest.update(piece));
    hash_of(digest)
}

/// The end of a log: what the next record goes on from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The number of the last record; 0 where there is none.
    pub seq: u64,
    /// Its hash; all zero where there is none.
    pub hash: Hash,
    /// Its time, in milliseconds since 1970-01-01 UTC; 0 where there is none.
    pub at_ms: i64,
}

/// A record as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number, from 1 without a gap.
    pub seq: u64,
    /// SHA-256 of the hash before it and its body.
    pub hash: Hash,
    /// A JSON object, without line breaks.
    pub body: Vec<u8>,
}

/// What a record says.
#[derive(Debug, Deserialize)]
pub struct Body<'a> {
    /// Its number.
    pub seq: u64,
    /// When it was made, in milliseconds since 1970-01-01 UTC; never earlier than the record before.
    #[serde(rename = "at")]
    pub at_ms: i64,
    /// `ledger`, or what else it records: `decision`, `screening`, `list`, `policy`, `origin`.
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
    /// Who.
    #[serde(borrow)]
    pub actor: Cow<'a, str>,
    /// The number of the record that names the digests of law, lists and program that this one was made with; 0 before the first.
    pub origin: u64,
    /// The caller's id.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// What was recorded.
    #[serde(borrow)]
    pub data: &'a RawValue,
}

/// The hash of a record.
pub(crate) fn chained(before: &Hash, body: &[u8]) -> Hash {
    sha256(&[before, body])
}

/// What a new record is made of.
pub(crate) struct Draft<'a> {
    pub(crate) at_ms: i64,
    pub(crate) kind: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) origin: u64,
    pub(crate) id: &'a str,
    /// JSON.
    pub(crate) data: &'a [u8],
}

impl Record {
    /// The record after another; an error where a text of the draft cannot be written as JSON.
    pub(crate) fn after(head: &Head, draft: &Draft<'_>) -> Result<Record, serde_json::Error> {
        let seq = head.seq + 1;
        let mut body = Vec::with_capacity(draft.data.len() + 128);
        let at = draft.at_ms;
        let text = |text: &str| serde_json::to_string(text);
        let (kind, actor, id) = (text(draft.kind)?, text(draft.actor)?, text(draft.id)?);
        write!(
            body,
            r#"{{"seq":{seq},"at":{at},"kind":{kind},"actor":{actor},"origin":{},"id":{id},"data":"#,
            draft.origin
        )
        .map_err(serde_json::Error::io)?;
        body.extend_from_slice(draft.data);
        body.push(b'}');
        Ok(Record { seq, hash: chained(&head.hash, &body), body })
    }

    /// Writes it as a line of an export: `{"hash":"…","record":BODY}`, the bytes of the body as they were hashed.
    pub fn write_line(&self, out: &mut impl Write) -> std::io::Result<()> {
        write!(out, r#"{{"hash":"{}","record":"#, hex(&self.hash))?;
        out.write_all(&self.body)?;
        out.write_all(b"}\n")
    }

    /// What it says, if it is JSON of this form.
    pub fn parse(&self) -> Result<Body<'_>, String> {
        serde_json::from_slice(&self.body).map_err(|error| error.to_string())
    }
}
