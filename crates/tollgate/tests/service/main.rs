//! The service as its user meets it: started from the shell, asked over HTTP, killed, and started again.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on must stop, helpers included"
)]

mod access;
mod harness;
mod jobs;
mod operations;
mod orders;
