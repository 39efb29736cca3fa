//! A log in PostgreSQL.

use postgres::{Client, NoTls, Row};

use crate::log::{Log, LogError, Sink};
use crate::record::{Hash, Record};

/// What makes each version of the schema out of the one before.
const MIGRATIONS: [&str; 2] = [
    "CREATE TABLE tollgate_record (seq bigint PRIMARY KEY, hash bytea NOT NULL, body bytea NOT NULL)",
    "CREATE TABLE tollgate_kept (name text PRIMARY KEY, value text NOT NULL)",
];
/// The lock that shuts other ledgers on the same database out.
const LOCK: i64 = 0x7011_6a7e;
/// Records read at a time.
const PAGE: u16 = 20_000;

/// A log in PostgreSQL, for several servers on one count. Commits wait for the disk, whatever the database's default is.
pub struct PostgresLog {
    url: String,
    client: Option<Client>,
    in_transaction: bool,
}

impl std::fmt::Debug for PostgresLog {
    /// Without the address, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresLog").finish_non_exhaustive()
    }
}

fn error(error: &postgres::Error) -> LogError {
    let what = match error.as_db_error() {
        Some(cause) => format!("PostgreSQL: {} ({})", cause.message(), cause.code().code()),
        None => format!("PostgreSQL: {error}"),
    };
    LogError::Unavailable(what)
}

/// A record's number as PostgreSQL keeps it.
fn number(seq: u64) -> Result<i64, LogError> {
    i64::try_from(seq).map_err(|_| LogError::Unusable(format!("record {seq}: no such number can be kept")))
}

/// A row of number, hash and body as a record.
fn record(row: &Row) -> Result<Record, LogError> {
    let wrong = |cause: postgres::Error| error(&cause);
    let seq: i64 = row.try_get(0).map_err(wrong)?;
    let hash: &[u8] = row.try_get(1).map_err(wrong)?;
    let hash = Hash::try_from(hash)
        .map_err(|_| LogError::Unusable(format!("record {seq}: its hash has {} bytes, not 32", hash.len())))?;
    let seq = u64::try_from(seq).map_err(|_| LogError::Unusable(format!("has a record of the number {seq}")))?;
    Ok(Record { seq, hash, body: row.try_get(2).map_err(wrong)? })
}

impl PostgresLog {
    /// Connects, and brings the schema up to date. `url` is what libpq takes: `postgres://user@host/database`.
    pub fn open(url: &str) -> Result<PostgresLog, LogError> {
        let mut log = PostgresLog { url: url.to_owned(), client: None, in_transaction: false };
        log.migrate()?;
        Ok(log)
    }

    /// The connection, made anew where it broke.
    fn client(&mut self) -> Result<&mut Client, LogError> {
        if self.client.as_ref().is_none_or(Client::is_closed) {
            self.in_transaction = false;
            let mut client = Client::connect(&self.url, NoTls).map_err(|cause| error(&cause))?;
            client
                .batch_execute("SET synchronous_commit = on; SET statement_timeout = '60s'")
                .map_err(|cause| error(&cause))?;
            self.client = Some(client);
        }
        self.client.as_mut().ok_or_else(|| LogError::Unavailable("not connected".to_owned()))
    }

    fn migrate(&mut self) -> Result<(), LogError> {
        let wrong = |cause: postgres::Error| error(&cause);
        let mut transaction = self.client()?.transaction().map_err(wrong)?;
        transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).map_err(wrong)?;
        transaction
            .batch_execute("CREATE TABLE IF NOT EXISTS tollgate_schema (version integer NOT NULL)")
            .map_err(wrong)?;
        let row = transaction.query_one("SELECT coalesce(max(version), 0) FROM tollgate_schema", &[]).map_err(wrong)?;
        let version: i32 = row.try_get(0).map_err(wrong)?;
        let version = usize::try_from(version).map_err(|_| {
            LogError::Unusable(format!("the database says that its schema is {version}, which no Tollgate wrote"))
        })?;
        if version > MIGRATIONS.len() {
            return Err(LogError::Unusable(format!(
                "the database was written by a newer Tollgate (schema {version}, this one knows {})\n  mend: use that version or a later one",
                MIGRATIONS.len()
            )));
        }
        for (number, text) in (1_i32..).zip(MIGRATIONS).skip(version) {
            transaction.batch_execute(text).map_err(wrong)?;
            transaction.execute("INSERT INTO tollgate_schema VALUES ($1)", &[&number]).map_err(wrong)?;
        }
        transaction.commit().map_err(wrong)
    }

    fn read_after(&mut self, mut after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        loop {
            let from = number(after)?;
            let text = "SELECT seq, hash, body FROM tollgate_record WHERE seq > $1 ORDER BY seq LIMIT $2";
            let rows = self.client()?.query(text, &[&from, &i64::from(PAGE)]).map_err(|cause| error(&cause))?;
            for row in &rows {
                let record = record(row)?;
                after = record.seq;
                if sink(record).is_break() {
                    return Ok(());
                }
            }
            if rows.len() < usize::from(PAGE) {
                return Ok(());
            }
        }
    }
}

impl Log for PostgresLog {
    fn lock(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        let begin = format!("BEGIN; SELECT pg_advisory_xact_lock({LOCK})");
        self.client()?.batch_execute(&begin).map_err(|cause| error(&cause))?;
        self.in_transaction = true;
        self.read_after(after, sink)
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), LogError> {
        let numbers = records.iter().map(|record| number(record.seq)).collect::<Result<Vec<i64>, LogError>>()?;
        let hashes: Vec<&[u8]> = records.iter().map(|record| record.hash.as_slice()).collect();
        let bodies: Vec<&[u8]> = records.iter().map(|record| record.body.as_slice()).collect();
        let client = self.client.as_mut().filter(|client| !client.is_closed());
        let client = client.ok_or_else(|| LogError::Unavailable("PostgreSQL: the connection broke".to_owned()))?;
        let insert = client
            .prepare("INSERT INTO tollgate_record SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])")
            .map_err(|cause| error(&cause))?;
        client.execute(&insert, &[&numbers, &hashes, &bodies]).map_err(|cause| error(&cause))?;
        client.batch_execute("COMMIT").map_err(|cause| error(&cause))?;
        self.in_transaction = false;
        Ok(())
    }

    fn release(&mut self) {
        if std::mem::take(&mut self.in_transaction)
            && let Some(client) = self.client.as_mut()
            && client.batch_execute("ROLLBACK").is_err()
        {
            // What cannot be rolled back is gone with its connection.
            self.client = None;
        }
    }

    fn read(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        self.read_after(after, sink)
    }

    fn keep(&mut self, name: &str, value: &str) -> Result<(), LogError> {
        let text = "INSERT INTO tollgate_kept VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.client()?.execute(text, &[&name, &value]).map(|_| ()).map_err(|cause| error(&cause))
    }

    fn kept(&mut self, name: &str) -> Result<Option<String>, LogError> {
        let text = "SELECT value FROM tollgate_kept WHERE name = $1";
        let row = self.client()?.query_opt(text, &[&name]).map_err(|cause| error(&cause))?;
        row.map(|row| row.try_get(0)).transpose().map_err(|cause| error(&cause))
    }
}
