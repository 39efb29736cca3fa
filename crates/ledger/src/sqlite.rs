//! A log in a SQLite file.

use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, params};

use crate::log::{Log, LogError, Sink};
use crate::record::{Hash, Record};

/// What makes each version of the schema out of the one before; `user_version` says which a file has.
const MIGRATIONS: [&str; 2] = [
    "CREATE TABLE record (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL, body BLOB NOT NULL) STRICT",
    "CREATE TABLE kept (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
];

/// So long another process is waited for that writes.
const PATIENCE: Duration = Duration::from_secs(2);
/// Who may read and write a ledger's file: its owner. It holds the hashes of passwords.
const MODE: u32 = 0o600;

/// A log in a SQLite file: write-ahead log, flushed to disk at each commit. Several processes may use it. A file that was moved, removed or put in
/// another's place while it is open is noticed before records are read or acknowledged.
#[derive(Debug)]
pub struct SqliteLog {
    connection: Connection,
    path: PathBuf,
    /// Device and inode of the file that was opened.
    file: (u64, u64),
}

fn error(error: rusqlite::Error) -> LogError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            LogError::Busy(format!("{error}: another process writes to the ledger's file"))
        }
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

/// An error of the file system's about a ledger's file.
fn unavailable(error: &std::io::Error) -> LogError {
    LogError::Unavailable(error.to_string())
}

/// Which file it is, by device and inode.
fn identity(path: &Path) -> std::io::Result<(u64, u64)> {
    let known = std::fs::metadata(path)?;
    Ok((known.dev(), known.ino()))
}

/// Makes a file that only its owner may read, or takes the others' rights to one that is there.
fn own_alone(path: &Path) -> std::io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(MODE).open(path) {
        Ok(made) => made.set_permissions(Permissions::from_mode(MODE)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            for ending in ["", "-wal", "-shm"] {
                let beside = PathBuf::from(format!("{}{ending}", path.display()));
                let open_to_others = |known: &std::fs::Metadata| known.is_file() && known.mode() & 0o077 != 0;
                if std::fs::metadata(&beside).is_ok_and(|known| open_to_others(&known)) {
                    // Whose file it is not may use it all the same where its rights let it.
                    let _not_ours = std::fs::set_permissions(&beside, Permissions::from_mode(MODE));
                }
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

impl SqliteLog {
    /// Opens a file, made where there is none, and brings its schema up to date. Nobody but its owner may read it then.
    pub fn open(path: &Path) -> Result<SqliteLog, LogError> {
        SqliteLog::open_unnamed(path).map_err(|error| named(path, error))
    }

    fn open_unnamed(path: &Path) -> Result<SqliteLog, LogError> {
        own_alone(path).map_err(|error| unavailable(&error))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(error)?;
        connection.busy_timeout(PATIENCE).map_err(error)?;
        connection.pragma_update(None, "journal_mode", "WAL").map_err(error)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(error)?;
        migrate(&mut connection)?;
        let file = identity(path).map_err(|error| unavailable(&error))?;
        Ok(SqliteLog { connection, path: path.to_owned(), file })
    }

    /// Opens a file that is there, to be read alone: nothing is made or changed beside it, so that media that cannot be written will do.
    pub fn open_to_read(path: &Path) -> Result<SqliteLog, LogError> {
        SqliteLog::open_to_read_unnamed(path).map_err(|error| named(path, error))
    }

    fn open_to_read_unnamed(path: &Path) -> Result<SqliteLog, LogError> {
        let file = identity(path).map_err(|error| unavailable(&error))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let look = |connection: &Connection| connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
        let plain = Connection::open_with_flags(path, flags).and_then(|connection| {
            connection.busy_timeout(PATIENCE)?;
            look(&connection).map(|()| connection)
        });
        let connection = match plain {
            Ok(connection) => connection,
            Err(first) => {
                // A file that was written ahead needs a place for its index; where there is none, the file alone must be the whole of it.
                let ahead = std::fs::metadata(format!("{}-wal", path.display())).map_or(0, |known| known.len());
                if ahead > 0 {
                    return Err(error(first));
                }
                let address = format!("file:{}?immutable=1", encoded(path));
                let connection = Connection::open_with_flags(address, flags | OpenFlags::SQLITE_OPEN_URI);
                let connection = connection.map_err(error)?;
                look(&connection).map_err(error)?;
                connection
            }
        };
        let version = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(error)?;
        known_version(version)?;
        Ok(SqliteLog { connection, path: path.to_owned(), file })
    }

    /// An error where the name does not lead to the file that was opened any more: what is written then is lost with it.
    fn check_place(&self) -> Result<(), LogError> {
        let what = match identity(&self.path) {
            Ok(there) if there == self.file => return Ok(()),
            Ok(_) => "another file stands in the place of the ledger's",
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => "the ledger's file was moved or removed",
            Err(error) => return Err(named(&self.path, unavailable(&error))),
        };
        let mend = "stop Tollgate, put the file back where it was (or restore a backup), and start it anew";
        Err(named(&self.path, LogError::Unusable(format!("{what} while it was open\n  mend: {mend}"))))
    }

    /// Copies the log to another file while others go on writing. Nobody but its owner may read the copy.
    pub fn back_up(&self, path: &Path) -> Result<(), LogError> {
        own_alone(path).map_err(|error| unavailable(&error))?;
        let mut copy = Connection::open(path).map_err(error)?;
        let backup = rusqlite::backup::Backup::new(&self.connection, &mut copy).map_err(error)?;
        backup.run_to_completion(1_000, Duration::ZERO, None).map_err(error)
    }
}

/// An error with the name of the file.
fn named(path: &Path, what: LogError) -> LogError {
    let file = path.display();
    match what {
        LogError::Unavailable(what) => LogError::Unavailable(format!("{file}: {what}")),
        LogError::Busy(what) => LogError::Busy(format!("{file}: {what}")),
        LogError::Unusable(what) => LogError::Unusable(format!("{file}: {what}")),
    }
}

/// A path as a part of a file's address.
fn encoded(path: &Path) -> String {
    path.display().to_string().replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}

/// A schema's version as a number of migrations.
fn known_version(version: i64) -> Result<usize, LogError> {
    let version = usize::try_from(version)
        .map_err(|_| LogError::Unusable(format!("says that its schema is {version}, which no Tollgate wrote")))?;
    if version > MIGRATIONS.len() {
        return Err(LogError::Unusable(format!(
            "was written by a newer Tollgate (schema {version}, this one knows {})\n  mend: use that version or a later one",
            MIGRATIONS.len()
        )));
    }
    Ok(version)
}

fn migrate(connection: &mut Connection) -> Result<(), LogError> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(error)?;
    let version = known_version(transaction.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(error)?)?;
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
        // Whether a commit that fails was done is not known.
        self.connection.execute_batch("COMMIT").map_err(|cause| match error(cause) {
            LogError::Busy(what) => LogError::Unavailable(what),
            other => other,
        })?;
        self.check_place()
    }

    fn release(&mut self) {
        if !self.connection.is_autocommit() {
            // What cannot be rolled back was rolled back when the error occurred.
            let _done_already = self.connection.execute_batch("ROLLBACK");
        }
    }

    fn read(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        self.page(after, u32::MAX, sink)
    }

    fn page(&mut self, after: u64, most: u32, sink: Sink<'_>) -> Result<(), LogError> {
        self.check_place()?;
        let text = "SELECT seq, hash, body FROM record WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        // All of them where there are more than a page can name.
        let most = if most == u32::MAX { -1 } else { i64::from(most) };
        let mut select = self.connection.prepare_cached(text).map_err(error)?;
        let mut rows = select.query(params![number(after)?, most]).map_err(error)?;
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

    fn store_value(&mut self, name: &str, value: &str) -> Result<(), LogError> {
        let text =
            "INSERT INTO kept (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.connection.execute(text, params![name, value]).map(|_| ()).map_err(error)
    }

    fn stored_value(&mut self, name: &str) -> Result<Option<String>, LogError> {
        let found = self.connection.query_row("SELECT value FROM kept WHERE name = ?1", [name], |row| row.get(0));
        found.optional().map_err(error)
    }
}
