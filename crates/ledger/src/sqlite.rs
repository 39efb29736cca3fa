//! A log in a SQLite file.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, params};

use crate::log::{Log, LogError, Sink};
use crate::record::{Hash, Record};

/// What makes each version of the schema out of the one before; `user_version` says which a file has.
const MIGRATIONS: [&str; 2] = [
    "CREATE TABLE record (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL, body BLOB NOT NULL) STRICT",
    "CREATE TABLE kept (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
];

/// A log in a SQLite file: write-ahead log, flushed to disk at each commit. Several processes may use it.
#[derive(Debug)]
pub struct SqliteLog {
    connection: Connection,
}

fn error(error: rusqlite::Error) -> LogError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::SchemaChanged) => {
            LogError::Unusable(error.to_string())
        }
        _ => LogError::Unavailable(error.to_string()),
    }
}

/// A record's number as SQLite keeps it.
fn number(seq: u64) -> Result<i64, LogError> {
    i64::try_from(seq).map_err(|_| LogError::Unusable(format!("record {seq}: no such number can be kept")))
}

impl SqliteLog {
    /// Opens a file, made where there is none, and brings its schema up to date.
    pub fn open(path: &Path) -> Result<SqliteLog, LogError> {
        let named = |what: LogError| match what {
            LogError::Unavailable(what) => LogError::Unavailable(format!("{}: {what}", path.display())),
            LogError::Unusable(what) => LogError::Unusable(format!("{}: {what}", path.display())),
        };
        SqliteLog::open_unnamed(path).map_err(named)
    }

    fn open_unnamed(path: &Path) -> Result<SqliteLog, LogError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(error)?;
        connection.busy_timeout(Duration::from_secs(10)).map_err(error)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(error)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(error)?;
        migrate(&mut connection)?;
        Ok(SqliteLog { connection })
    }

    /// Copies the log to another file while others go on writing.
    pub fn back_up(&self, path: &Path) -> Result<(), LogError> {
        let mut copy = Connection::open(path).map_err(error)?;
        let backup = rusqlite::backup::Backup::new(&self.connection, &mut copy).map_err(error)?;
        backup.run_to_completion(1_000, Duration::ZERO, None).map_err(error)
    }
}

fn migrate(connection: &mut Connection) -> Result<(), LogError> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(error)?;
    let version: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(error)?;
    let version = usize::try_from(version)
        .map_err(|_| LogError::Unusable(format!("says that its schema is {version}, which no Tollgate wrote")))?;
    if version > MIGRATIONS.len() {
        return Err(LogError::Unusable(format!(
            "was written by a newer Tollgate (schema {version}, this one knows {})\n  mend: use that version or a later one",
            MIGRATIONS.len()
        )));
    }
    for (number, step) in (1_i64..).zip(MIGRATIONS).skip(version) {
        transaction.execute_batch(step).map_err(error)?;
        transaction.pragma_update(None, "user_version", number).map_err(error)?;
    }
    transaction.commit().map_err(error)
}

impl Log for SqliteLog {
    fn lock(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        self.connection.execute_batch("BEGIN IMMEDIATE").map_err(error)?;
        self.read(after, sink)
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), LogError> {
        let mut insert = self
            .connection
            .prepare_cached("INSERT INTO record (seq, hash, body) VALUES (?1, ?2, ?3)")
            .map_err(error)?;
        for record in records {
            insert.execute(params![number(record.seq)?, record.hash, record.body]).map_err(error)?;
        }
        drop(insert);
        self.connection.execute_batch("COMMIT").map_err(error)
    }

    fn release(&mut self) {
        if !self.connection.is_autocommit() {
            // What cannot be rolled back was rolled back when the error occurred.
            let _done_already = self.connection.execute_batch("ROLLBACK");
        }
    }

    fn read(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        let text = "SELECT seq, hash, body FROM record WHERE seq > ?1 ORDER BY seq";
        let mut select = self.connection.prepare_cached(text).map_err(error)?;
        let mut rows = select.query(params![number(after)?]).map_err(error)?;
        while let Some(row) = rows.next().map_err(error)? {
            let hash: Hash = row.get(1).map_err(error)?;
            let seq: i64 = row.get(0).map_err(error)?;
            let seq =
                u64::try_from(seq).map_err(|_| LogError::Unusable(format!("has a record of the number {seq}")))?;
            if sink(Record { seq, hash, body: row.get(2).map_err(error)? }).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn keep(&mut self, name: &str, value: &str) -> Result<(), LogError> {
        let text =
            "INSERT INTO kept (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.connection.execute(text, params![name, value]).map(|_| ()).map_err(error)
    }

    fn kept(&mut self, name: &str) -> Result<Option<String>, LogError> {
        let found = self.connection.query_row("SELECT value FROM kept WHERE name = ?1", [name], |row| row.get(0));
        found.optional().map_err(error)
    }
}
