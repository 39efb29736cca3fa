//! The log behind a `--database` address.

use std::path::Path;

use crate::{Log, LogError, PostgresLog, SqliteLog};

/// A log of either kind.
pub type AnyLog = Box<dyn Log + Send>;

/// Opens the log at an address; a SQLite file must be there already unless it may be made.
pub fn open_log(address: &str, make: bool) -> Result<AnyLog, String> {
    if address.starts_with("postgres:") || address.starts_with("postgresql:") {
        let mend = "check that the server runs, the address and the password, and that the database exists";
        return PostgresLog::open(address).map(|log| Box::new(log) as AnyLog).map_err(|error| with_mend(&error, mend));
    }
    let Some(path) = address.strip_prefix("sqlite:") else {
        return Err(format!(
            "`{}` is no database address\n  mend: write sqlite:FILE or postgres://user@host/database",
            address.split_once(':').map_or(address, |(scheme, _)| scheme)
        ));
    };
    let path = Path::new(path.strip_prefix("//").unwrap_or(path));
    if !make && !path.exists() {
        return Err(format!("{}: there is no such file\n  mend: check the path of --database", path.display()));
    }
    let mend = "check the path, that the file is a ledger of Tollgate's, and that its folder is yours and has room";
    SqliteLog::open(path).map(|log| Box::new(log) as AnyLog).map_err(|error| with_mend(&error, mend))
}

/// Opens the log at an address to be read alone; what is there is not changed, so that media that cannot be written will do.
pub fn open_log_to_read(address: &str) -> Result<AnyLog, String> {
    let Some(path) = address.strip_prefix("sqlite:") else { return open_log(address, false) };
    let path = Path::new(path.strip_prefix("//").unwrap_or(path));
    if !path.exists() {
        return open_log(address, false);
    }
    let mend = "check the path, that the file is a ledger of Tollgate's, and that you may read it";
    SqliteLog::open_to_read(path).map(|log| Box::new(log) as AnyLog).map_err(|error| with_mend(&error, mend))
}

/// An error that has no mend of its own gets one.
fn with_mend(error: &LogError, mend: &str) -> String {
    let text = error.to_string();
    if text.contains("mend:") { text } else { format!("{text}\n  mend: {mend}") }
}
