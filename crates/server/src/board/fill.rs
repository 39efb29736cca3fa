//! A board filled while a file is decided.

use std::path::Path;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use tollgate_decide::{Decided, Decider, Lines, RunError, Tables};
use tollgate_model::{OrderLine, Outcome, Tpp, never};
use tollgate_records::Declared;

use super::row::{FILE, StoredCounts, StoredLine};
use super::sample::Sample;
use super::{Board, Sums};

/// Lines that stand now; those that another took the place of; what was done with lines of the ledger.
const TABLES: [&str; 3] = [
    "CREATE TABLE orders (order_id TEXT, line INTEGER, date TEXT, exporter TEXT, consignee TEXT, destination TEXT, item TEXT, \
     quantity INTEGER, tpp INTEGER, outcome TEXT, authorization TEXT, claimed TEXT, review TEXT, source TEXT, not_understood TEXT, request TEXT, \
     counts TEXT)",
    "CREATE TABLE earlier AS SELECT * FROM orders",
    "CREATE TABLE events (line_id TEXT, seq INTEGER, at INTEGER, actor TEXT, act TEXT, id TEXT, tpp INTEGER, day TEXT, text TEXT, refused TEXT, \
     expires INTEGER)",
];
/// One for each way in which lines are looked for and put in order.
const INDICES: [&str; 19] = [
    "CREATE INDEX by_date ON orders (date)",
    "CREATE INDEX by_tpp ON orders (tpp)",
    "CREATE INDEX by_order ON orders (order_id, line)",
    "CREATE INDEX by_order_alike ON orders (order_id COLLATE NOCASE)",
    "CREATE INDEX by_consignee_alike ON orders (consignee COLLATE NOCASE)",
    "CREATE INDEX by_exporter_alike ON orders (exporter COLLATE NOCASE)",
    "CREATE INDEX by_consignee ON orders (consignee, date)",
    "CREATE INDEX by_exporter ON orders (exporter, date)",
    "CREATE INDEX by_destination ON orders (destination, date)",
    "CREATE INDEX by_destination_tpp ON orders (destination, tpp)",
    "CREATE INDEX by_outcome ON orders (outcome, date)",
    "CREATE INDEX by_outcome_tpp ON orders (outcome, tpp)",
    "CREATE INDEX by_both ON orders (outcome, destination, date)",
    "CREATE INDEX by_both_tpp ON orders (outcome, destination, tpp)",
    "CREATE INDEX by_source ON orders (source, date)",
    "CREATE INDEX earlier_by_order ON earlier (order_id, line)",
    "CREATE INDEX events_by_line ON events (line_id, seq)",
    "CREATE INDEX events_by_id ON events (id)",
    "CREATE INDEX events_by_expiry ON events (expires)",
];
/// Lines between two commits.
const CHUNK: u64 = 50_000;
/// In place of the month where the day is not understood.
const NO_MONTH: &str = "?";

/// A board that is being filled.
pub struct Filling {
    connection: Connection,
    sums: Sums,
    sample: Sample,
}

fn failed(error: &rusqlite::Error) -> RunError {
    RunError::Output(std::path::PathBuf::from("orders.board"), std::io::Error::other(error.to_string()))
}

/// A value as JSON.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| {
        never!("an order line cannot be written as JSON: {error}");
        String::new()
    })
}

impl Filling {
    /// Begins a board in a file that is thrown away with it.
    pub fn new(folder: &Path) -> Result<Filling, RunError> {
        let path = folder.join("orders.board");
        let wrong = |error| RunError::Output(path.clone(), error);
        std::fs::create_dir_all(folder).map_err(wrong)?;
        if path.exists() {
            std::fs::remove_file(&path).map_err(wrong)?;
        }
        let connection = Connection::open(&path).map_err(|error| failed(&error))?;
        // It is made anew at each start: nothing is lost with it.
        let quick = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;";
        let begin = || {
            connection.execute_batch(quick)?;
            TABLES.iter().try_for_each(|table| connection.execute_batch(table))?;
            connection.execute_batch("BEGIN")
        };
        begin().map_err(|error| failed(&error))?;
        Ok(Filling { connection, sums: Sums::default(), sample: Sample::default() })
    }

    /// The board, ready to be read; `decided_by` is what decided its file, with the tables, where there was one.
    pub fn finish(self, decided_by: Option<(Decider, Arc<Tables>)>) -> Result<Board, RunError> {
        let end = || {
            self.connection.execute_batch("COMMIT")?;
            INDICES.iter().try_for_each(|index| self.connection.execute_batch(index))
        };
        end().map_err(|error| failed(&error))?;
        Ok(Board {
            connection: Mutex::new(self.connection),
            sums: self.sums,
            sample: self.sample,
            decided_by: decided_by.map(|(decider, tables)| (Mutex::new(decider), tables)),
            heard: Mutex::new(0),
        })
    }

    /// Adds a decided line, with all by which it can be decided again.
    fn add(&mut self, order: &OrderLine<'_>, decided: &Decided<'_>) -> Result<(), RunError> {
        let label = decided.determination().label;
        let tpp = decided.line.tpp.map(Tpp::ceil);
        let date = StoredLine::day_as_written(order);
        let authorization = decided.exception().map(|exception| exception.name.as_str());
        let request = json(&StoredLine::of(order));
        let unread: Vec<&str> = order.unread.iter().map(|cell| cell.column.as_str()).collect();
        let destination = order.unread.iter().find(|cell| cell.column == "destination");
        let insert = || {
            let mut statement = self.connection.prepare_cached(
                "INSERT INTO orders VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            )?;
            statement.execute(rusqlite::params![
                order.order_id,
                order.line,
                date,
                order.exporter,
                order.ultimate_consignee,
                destination.map_or(order.destination.code(), |cell| cell.value.as_str()),
                order.item,
                order.quantity,
                tpp,
                label.outcome.as_str(),
                authorization,
                order.authorization,
                label.review.map(|review| review.as_str()),
                FILE,
                unread.join(", "),
                request,
                json(&StoredCounts::of(decided.file_counts())),
            ])
        };
        insert().map_err(|error| failed(&error))?;
        self.sample.add(order.ultimate_consignee, label.outcome.as_str(), tpp.unwrap_or(0), &request);
        self.sum(order, label.outcome, tpp);
        if self.sums.lines.is_multiple_of(CHUNK) {
            self.connection.execute_batch("COMMIT; BEGIN").map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    /// Counts a line; the map and the trend have only what may go.
    fn sum(&mut self, order: &OrderLine<'_>, outcome: Outcome, tpp: Option<i64>) {
        let sums = &mut self.sums;
        sums.lines += 1;
        *sums.outcomes.entry(outcome.as_str().to_owned()).or_default() += 1;
        if !matches!(outcome, Outcome::NoLicenseRequired | Outcome::LicenseException) {
            return;
        }
        let month = if order.is_unread("date") {
            NO_MONTH.to_owned()
        } else {
            order.date.to_string().chars().take(7).collect()
        };
        let country = order.destination.code().to_owned();
        for sum in
            [sums.countries.entry(country.clone()).or_default(), sums.months.entry((month, country)).or_default()]
        {
            sum.lines += 1;
            sum.tpp = sum.tpp.saturating_add(tpp.unwrap_or(0));
        }
    }
}

/// Fills a board while lines are decided.
pub struct Posting(pub Filling);

impl Lines for Posting {
    fn decided(&mut self, order: &OrderLine<'_>, decided: &Decided<'_>, _: Declared<'_>) -> Result<(), RunError> {
        self.0.add(order, decided)
    }
}
