//! The service as its user meets it: started from the shell, asked over HTTP, killed, and started again.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on must stop, helpers included"
)]

mod access;
mod anchored;
mod attacks;
#[path = "../../../ledger/tests/stores/cluster.rs"]
#[expect(dead_code, reason = "the ledger's own tests use all of it")]
mod cluster;
mod counts;
mod findings;
mod harness;
mod jobs;
mod latecomers;
mod oidc;
mod operations;
mod orders;
mod papers;
mod persons;
mod question;
mod runbook;
mod stores;
mod trust;
mod unread;

// `cluster` asks the server by it, and stands in the folder of another crate.
use postgres as _;
