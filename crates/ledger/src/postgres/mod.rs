//! A log in PostgreSQL.

mod link;
mod tls;

use tokio_postgres::{Client, Config, Error, Row};

use crate::log::{Log, LogError, Sink};
use crate::record::{Hash, Record};
use link::{Link, configured, error};
use tls::Transport;

/// What makes each version of the schema out of the one before.
const MIGRATIONS: [&str; 2] = [
    "CREATE TABLE tollgate_record (seq bigint PRIMARY KEY, hash bytea NOT NULL, body bytea NOT NULL)",
    "CREATE TABLE tollgate_kept (name text PRIMARY KEY, value text NOT NULL)",
];
/// The lock that shuts other ledgers on the same database out.
const LOCK: i64 = 0x7011_6a7e;
/// Records read at a time, at the most.
const PAGE: u32 = 2_000;

/// A log in PostgreSQL, for several servers on one count. Commits wait for the disk, whatever the database's default is. After every error the
/// connection is closed, and with it the transaction, if there was one; the next request makes a new one.
pub struct PostgresLog {
    config: Config,
    transport: Transport,
    link: Option<Link>,
    in_transaction: bool,
}

impl std::fmt::Debug for PostgresLog {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresLog").finish_non_exhaustive()
    }
}

/// A record's number as PostgreSQL keeps it.
fn number(seq: u64) -> Result<i64, LogError> {
    i64::try_from(seq).map_err(|_| LogError::Unusable(format!("record {seq}: no such number can be kept")))
}

/// A row of number, hash and body as a record.
fn record(row: &Row) -> Result<Record, LogError> {
    let seq: i64 = row.try_get(0).map_err(error)?;
    let hash: &[u8] = row.try_get(1).map_err(error)?;
    let hash = Hash::try_from(hash)
        .map_err(|_| LogError::Unusable(format!("record {seq}: its hash has {} bytes, not 32", hash.len())))?;
    let seq = u64::try_from(seq).map_err(|_| LogError::Unusable(format!("has a record of the number {seq}")))?;
    Ok(Record { seq, hash, body: row.try_get(2).map_err(error)? })
}

/// The version that a schema says it has, as a number of migrations.
fn version_of(version: i32) -> Result<usize, LogError> {
    let version = usize::try_from(version).map_err(|_| {
        LogError::Unusable(format!("the database says that its schema is {version}, which no Tollgate wrote"))
    })?;
    if version > MIGRATIONS.len() {
        return Err(LogError::Unusable(format!(
            "the database was written by a newer Tollgate (schema {version}, this one knows {})\n  mend: use that version or a later one",
            MIGRATIONS.len()
        )));
    }
    Ok(version)
}

impl PostgresLog {
    /// Connects, and brings the schema up to date. `url` is what libpq takes: `postgres://user@host/database?sslmode=verify-full`. Where the schema is up to date nothing
    /// is created, so that a role that may only read and add is enough.
    pub fn open(url: &str) -> Result<PostgresLog, LogError> {
        let (config, transport) = configured(url)?;
        let mut log = PostgresLog { config, transport, link: None, in_transaction: false };
        log.migrate()?;
        Ok(log)
    }

    /// What a request gives. The connection is made anew where it ended, and closed where the request fails: whatever was begun on it is undone.
    fn ask<T>(&mut self, request: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> Result<T, LogError> {
        if self.link.as_ref().is_none_or(Link::is_closed) {
            self.in_transaction = false;
            self.link = Some(Link::open(&self.config, &self.transport)?);
        }
        let result = match &self.link {
            Some(link) => link.ask(request),
            None => Err(LogError::Unavailable("PostgreSQL: not connected".to_owned())),
        };
        if result.is_err() {
            self.close();
        }
        result
    }

    fn close(&mut self) {
        self.in_transaction = false;
        self.link = None;
    }

    fn migrate(&mut self) -> Result<(), LogError> {
        if version_of(self.version()?)? == MIGRATIONS.len() {
            return Ok(());
        }
        self.ask(async |client| {
            let begin = format!(
                "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({LOCK}); CREATE TABLE IF NOT EXISTS tollgate_schema (version integer NOT NULL)"
            );
            client.batch_execute(&begin).await
        })?;
        // Another one may have done it meanwhile.
        let version = self.version().and_then(version_of).inspect_err(|_| self.close())?;
        let steps: Vec<String> = (1_i32..)
            .zip(MIGRATIONS)
            .skip(version)
            .map(|(number, text)| format!("{text}; INSERT INTO tollgate_schema VALUES ({number})"))
            .collect();
        self.ask(async |client| {
            for step in &steps {
                client.batch_execute(step).await?;
            }
            client.batch_execute("COMMIT").await
        })
    }

    /// The version of the schema; 0 where there is none.
    fn version(&mut self) -> Result<i32, LogError> {
        self.ask(async |client| {
            let row = client.query_one("SELECT to_regclass('tollgate_schema') IS NOT NULL", &[]).await?;
            if !row.try_get::<_, bool>(0)? {
                return Ok(0);
            }
            client.query_one("SELECT coalesce(max(version), 0) FROM tollgate_schema", &[]).await?.try_get(0)
        })
    }

    fn read_after(&mut self, mut after: u64, mut most: u64, sink: Sink<'_>) -> Result<(), LogError> {
        while most > 0 {
            let (from, limit) = (number(after)?, most.min(u64::from(PAGE)));
            let rows = self.ask(async |client| {
                let text =
                    format!("SELECT seq, hash, body FROM tollgate_record WHERE seq > $1 ORDER BY seq LIMIT {limit}");
                let select = client.prepare(&text).await?;
                client.query(&select, &[&from]).await
            })?;
            for row in &rows {
                let record = record(row)?;
                after = record.seq;
                if sink(record).is_break() {
                    return Ok(());
                }
            }
            match u64::try_from(rows.len()) {
                Ok(count) if count == limit => most = most.saturating_sub(count),
                _ => return Ok(()),
            }
        }
        Ok(())
    }
}

impl Log for PostgresLog {
    fn lock(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        // The level is said, since another default would show the log as it was before the lock was had.
        self.ask(async |client| {
            let begin = format!("BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({LOCK})");
            client.batch_execute(&begin).await
        })?;
        self.in_transaction = true;
        self.read_after(after, u64::MAX, sink)
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), LogError> {
        let numbers = records.iter().map(|record| number(record.seq)).collect::<Result<Vec<i64>, LogError>>()?;
        let hashes: Vec<&[u8]> = records.iter().map(|record| record.hash.as_slice()).collect();
        let bodies: Vec<&[u8]> = records.iter().map(|record| record.body.as_slice()).collect();
        if !self.in_transaction || self.link.as_ref().is_none_or(Link::is_closed) {
            self.close();
            return Err(LogError::Unavailable("PostgreSQL: the connection broke".to_owned()));
        }
        let committed = self.ask(async |client| {
            let insert = client
                .prepare("INSERT INTO tollgate_record SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])")
                .await?;
            client.execute(&insert, &[&numbers, &hashes, &bodies]).await?;
            client.batch_execute("COMMIT").await
        });
        self.in_transaction = false;
        // Whether it was committed is not known, however it failed.
        committed.map_err(|cause| match cause {
            LogError::Busy(what) => LogError::Unavailable(what),
            other => other,
        })
    }

    fn release(&mut self) {
        if self.in_transaction {
            // What cannot be rolled back is gone with its connection.
            let _closed_then = self.ask(async |client| client.batch_execute("ROLLBACK").await);
            self.in_transaction = false;
        }
    }

    fn read(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        self.read_after(after, u64::MAX, sink)
    }

    fn page(&mut self, after: u64, most: u32, sink: Sink<'_>) -> Result<(), LogError> {
        self.read_after(after, u64::from(most), sink)
    }

    fn store_value(&mut self, name: &str, value: &str) -> Result<(), LogError> {
        // A role that may only add can keep what is new.
        let added = self.ask(async |client| {
            let text = "INSERT INTO tollgate_kept VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
            client.execute(text, &[&name, &value]).await
        })?;
        if added > 0 || self.stored_value(name)?.as_deref() == Some(value) {
            return Ok(());
        }
        let text = "UPDATE tollgate_kept SET value = $2 WHERE name = $1";
        self.ask(async |client| client.execute(text, &[&name, &value]).await).map(|_| ())
    }

    fn stored_value(&mut self, name: &str) -> Result<Option<String>, LogError> {
        let text = "SELECT value FROM tollgate_kept WHERE name = $1";
        self.ask(async |client| client.query_opt(text, &[&name]).await?.map(|row| row.try_get(0)).transpose())
    }
}
