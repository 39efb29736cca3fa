//! Counts allocations of compute so that they are never overdrawn, counted twice or quietly rewritten.
//!
//! [`State`] is a pure machine: what a command does depends on the commands before it alone. [`Ledger`] keeps it in step with a [`Log`], an append-only
//! chain of hashed records that is at once the store and the audit trail: the state is what follows from the records. Stores are in memory
//! ([`MemoryLog`]), in SQLite ([`SqliteLog`]) and in PostgreSQL ([`PostgresLog`]); any number of ledgers can stand on one log.
//!
//! Amounts (`…_milli_tpp`) are thousandths of a TPP. Times (`…_ms`) are milliseconds since 1970-01-01 UTC and come from the caller.

mod account;
mod anchor;
mod base;
mod bytes;
mod command;
mod database;
mod error;
mod known;
mod ledger;
mod log;
mod notes;
mod pages;
mod place;
mod postgres;
mod record;
mod snapshot;
mod sqlite;
mod state;
mod status;
mod verify;
mod writer;

pub use account::{AccountView, Breach};
pub use anchor::{
    Agreement, AnchorError, Checkpoint, CheckpointFolder, Comparison, ConsistencyProof, Evidence, Frontier, Gap,
    GapProof, GapProver, InclusionProof, KeyKind, Leaves, Note, NoteSignature, NoteSigner, PublicKey, Publication,
    Publisher, RangeHashes, RecordProof, SecretKey, Witness, consistency_ranges, inclusion_ranges, leaf_hash,
    node_hash,
};
pub use command::{Applied, BreachChange, Command};
pub use database::{AnyLog, open_log, open_log_to_read};
pub use error::LedgerError;
pub use ledger::{Entry, Ledger, Opening};
pub use log::{Log, LogError, MemoryLog, Sink};
pub use postgres::PostgresLog;
pub use record::{Body, Hash, Head, Record};
pub use snapshot::{SnapshotFolder, SnapshotMark};
pub use sqlite::SqliteLog;
pub use state::{MAX_AMOUNT_MILLI_TPP, PostingView, ReservationView, State};
pub use status::Status;
pub use tollgate_model::{AccountKey, AccountKind, Period};
pub use verify::{BadRecord, Verified, Verifier};
pub use writer::{Busy, Writer};
