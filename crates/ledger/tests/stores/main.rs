//! Every store under the same tests: what it must do, and what must be there after a crash.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must stop, helpers included")]

mod backup;
mod cluster;
mod conformance;
mod crashes;
mod faults;
mod tls;
