use postgres::{Client, NoTls};

use crate::log::{Log, LogError, Sink};
use crate::record::Record;

/// What makes each version of the schema out of the one before.
const MIGRATIONS: [&str; 2] = [
    "CREATE TABLE tollgate_record (seq bigint PRIMARY KEY, hash bytea NOT NULL, body bytea NOT NULL)",
    "CREATE TABLE tollgate_kept (name text PRIMARY KEY, value text NOT NULL)",
];
/// The lock that shuts other ledgers on the same database out.
const LOCK: i64 = 0x7011_6a7e;
/// Records read at a time.
const PAGE: i64 = 20_000;

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
        Some(told) => format!("PostgreSQL: {} ({})", told.message(), told.code().code()),
        None => format!("PostgreSQL: {error}"),
    };
    LogError::Unavailable(what)
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
            let mut client = Client::connect(&self.url, NoTls).map_err(|told| error(&told))?;
            client
                .batch_execute("SET synchronous_commit = on; SET statement_timeout = '60s'")
                .map_err(|told| error(&told))?;
            self.client = Some(client);
        }
        self.client.as_mut().ok_or_else(|| LogError::Unavailable("not connected".to_owned()))
    }

    fn migrate(&mut self) -> Result<(), LogError> {
        let wrong = |told: postgres::Error| error(&told);
        let mut transaction = self.client()?.transaction().map_err(wrong)?;
        transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).map_err(wrong)?;
        transaction
            .batch_execute("CREATE TABLE IF NOT EXISTS tollgate_schema (version integer NOT NULL)")
            .map_err(wrong)?;
        let row = transaction.query_one("SELECT coalesce(max(version), 0) FROM tollgate_schema", &[]).map_err(wrong)?;
        let version = usize::try_from(row.get::<_, i32>(0)).unwrap_or(0);
        if version > MIGRATIONS.len() {
            return Err(LogError::Unusable(format!(
                "the database was written by a newer Tollgate (schema {version}, this one knows {})\n  mend: use that version or a later one",
                MIGRATIONS.len()
            )));
        }
        for (step, text) in MIGRATIONS.iter().enumerate().skip(version) {
            transaction.batch_execute(text).map_err(wrong)?;
            let version = i32::try_from(step + 1).unwrap_or(i32::MAX);
            transaction.execute("INSERT INTO tollgate_schema VALUES ($1)", &[&version]).map_err(wrong)?;
        }
        transaction.commit().map_err(wrong)
    }

    fn read_after(&mut self, mut after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        loop {
            let from = i64::try_from(after).unwrap_or(i64::MAX);
            let text = "SELECT seq, hash, body FROM tollgate_record WHERE seq > $1 ORDER BY seq LIMIT $2";
            let rows = self.client()?.query(text, &[&from, &PAGE]).map_err(|told| error(&told))?;
            for row in &rows {
                let seq = u64::try_from(row.get::<_, i64>(0)).unwrap_or(0);
                let hash = <[u8; 32]>::try_from(row.get::<_, &[u8]>(1)).unwrap_or_default();
                after = seq;
                sink(Record { seq, hash, body: row.get(2) })?;
            }
            if i64::try_from(rows.len()).unwrap_or(i64::MAX) < PAGE {
                return Ok(());
            }
        }
    }
}

impl Log for PostgresLog {
    fn lock(&mut self, after: u64, sink: Sink<'_>) -> Result<(), LogError> {
        let begin = format!("BEGIN; SELECT pg_advisory_xact_lock({LOCK})");
        self.client()?.batch_execute(&begin).map_err(|told| error(&told))?;
        self.in_transaction = true;
        self.read_after(after, sink)
    }

    fn commit(&mut self, records: &[Record]) -> Result<(), LogError> {
        let numbers: Vec<i64> = records.iter().map(|record| i64::try_from(record.seq).unwrap_or(i64::MAX)).collect();
        let hashes: Vec<&[u8]> = records.iter().map(|record| record.hash.as_slice()).collect();
        let bodies: Vec<&[u8]> = records.iter().map(|record| record.body.as_slice()).collect();
        let client = self.client.as_mut().filter(|client| !client.is_closed());
        let client = client.ok_or_else(|| LogError::Unavailable("PostgreSQL: the connection broke".to_owned()))?;
        let insert = client
            .prepare("INSERT INTO tollgate_record SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])")
            .map_err(|told| error(&told))?;
        client.execute(&insert, &[&numbers, &hashes, &bodies]).map_err(|told| error(&told))?;
        client.batch_execute("COMMIT").map_err(|told| error(&told))?;
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
        self.client()?.execute(text, &[&name, &value]).map(|_| ()).map_err(|told| error(&told))
    }

    fn kept(&mut self, name: &str) -> Result<Option<String>, LogError> {
        let text = "SELECT value FROM tollgate_kept WHERE name = $1";
        let row = self.client()?.query_opt(text, &[&name]).map_err(|told| error(&told))?;
        Ok(row.map(|row| row.get(0)))
    }
}
