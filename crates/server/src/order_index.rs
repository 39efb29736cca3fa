//! What the pages show of a file of orders: its lines as they were decided, in a file that the reader can sort and search.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, Row, params_from_iter};
use serde::Serialize;
use tollgate_model::{OrderLine, Tpp};
use tollgate_records::Declared;

use tollgate_decide::Decided;
use tollgate_decide::{Lines, RunError};

const TABLE: &str = "CREATE TABLE orders (order_id TEXT, line INTEGER, date TEXT, exporter TEXT, consignee TEXT, destination TEXT, item TEXT, \
     quantity INTEGER, tpp INTEGER, outcome TEXT, authorization TEXT, claimed TEXT, request TEXT)";
/// One for each way in which lines are looked for and put in order.
const INDICES: [&str; 11] = [
    "CREATE INDEX by_date ON orders (date)",
    "CREATE INDEX by_tpp ON orders (tpp)",
    "CREATE INDEX by_order ON orders (order_id, line)",
    "CREATE INDEX by_consignee ON orders (consignee, date)",
    "CREATE INDEX by_exporter ON orders (exporter, date)",
    "CREATE INDEX by_destination ON orders (destination, date)",
    "CREATE INDEX by_destination_tpp ON orders (destination, tpp)",
    "CREATE INDEX by_outcome ON orders (outcome, date)",
    "CREATE INDEX by_outcome_tpp ON orders (outcome, tpp)",
    "CREATE INDEX by_both ON orders (outcome, destination, date)",
    "CREATE INDEX by_both_tpp ON orders (outcome, destination, tpp)",
];
const COLUMNS: &str =
    "order_id, line, date, exporter, consignee, destination, item, quantity, tpp, outcome, authorization, claimed";
/// Lines between two commits.
const CHUNK: u64 = 50_000;

/// A decided line as a table shows it.
#[derive(Clone, Debug, Serialize)]
pub struct BoardRow {
    /// The order's id.
    pub order_id: String,
    /// The item line.
    pub line: i64,
    /// The order's day.
    pub date: String,
    /// Who sends.
    pub exporter: Option<String>,
    /// The ultimate consignee.
    pub consignee: String,
    /// The country of destination.
    pub destination: String,
    /// The item as the order names it.
    pub item: String,
    /// Units.
    pub quantity: i64,
    /// TPP of the line, rounded up; `None` where unknown.
    pub tpp: Option<i64>,
    /// The outcome.
    pub outcome: String,
    /// The exception's short name.
    pub authorization: Option<String>,
    /// The authorization that the shipper claims.
    pub claimed: Option<String>,
}

impl BoardRow {
    /// The same with an apostrophe before each text that a spreadsheet would take for a formula.
    pub(crate) fn without_formulas(&self) -> BoardRow {
        let safe = |text: &Option<String>| text.as_deref().map(without_formula);
        BoardRow {
            order_id: without_formula(&self.order_id),
            date: without_formula(&self.date),
            exporter: safe(&self.exporter),
            consignee: without_formula(&self.consignee),
            destination: without_formula(&self.destination),
            item: without_formula(&self.item),
            outcome: without_formula(&self.outcome),
            authorization: safe(&self.authorization),
            claimed: safe(&self.claimed),
            ..self.clone()
        }
    }
}

/// A text that a spreadsheet takes for a text.
fn without_formula(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text.to_owned() }
}

/// Which lines, in which order.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The id of an order, an exporter or a consignee.
    pub q: String,
    /// Only this destination, where not empty.
    pub destination: String,
    /// Only this outcome, where not empty.
    pub outcome: String,
    /// One of [`SORTS`].
    pub sort: String,
    /// How many rows to pass over.
    pub from: usize,
    /// The most rows to give.
    pub most: usize,
}

/// Orders of the table, the first where none is asked for.
pub const SORTS: [&str; 4] = ["newest", "oldest", "largest", "smallest"];

/// Lines and compute of a country or a month.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    pub lines: u64,
    pub tpp: i64,
}

/// Decided lines, kept beside the ledger and made anew at each start.
#[derive(Debug)]
pub struct Board {
    connection: Mutex<Connection>,
    /// What all lines come to.
    pub sums: Sums,
    /// What other policies are tried on.
    pub sample: Sample,
}

/// The lines of some consignees, whole so that what is counted for each of them is exact.
#[derive(Debug, Default)]
pub struct Sample {
    /// In order of the file: how each was decided, its TPP, and its request.
    pub lines: Vec<(String, i64, String)>,
    /// One consignee of so many is in it, as a power of two.
    level: u32,
    hashes: Vec<u64>,
}

/// Lines of a sample, at the most.
const SAMPLED: usize = 8_000;

impl Sample {
    /// One consignee of how many is in it.
    pub fn one_of(&self) -> u64 {
        1 << self.level
    }

    fn takes(&self, hash: u64) -> bool {
        hash.is_multiple_of(self.one_of())
    }

    fn add(&mut self, consignee: &str, outcome: &str, tpp: i64, request: &str) {
        use std::hash::{DefaultHasher, Hash as _, Hasher as _};
        let mut hasher = DefaultHasher::new();
        consignee.hash(&mut hasher);
        let hash = hasher.finish();
        if !self.takes(hash) {
            return;
        }
        self.lines.push((outcome.to_owned(), tpp, request.to_owned()));
        self.hashes.push(hash);
        // One large consignee can be more than a sample holds: then it is all there is.
        while self.lines.len() > SAMPLED && self.level < 40 {
            self.level += 1;
            let kept: Vec<bool> = self.hashes.iter().map(|hash| self.takes(*hash)).collect();
            let mut marks = kept.iter();
            self.lines.retain(|_| marks.next() == Some(&true));
            let mut marks = kept.iter();
            self.hashes.retain(|_| marks.next() == Some(&true));
        }
    }
}

/// What is worked out once.
#[derive(Debug, Default)]
pub struct Sums {
    /// Lines in all.
    pub lines: u64,
    /// Lines by outcome.
    pub outcomes: BTreeMap<String, u64>,
    /// Lines and TPP by destination.
    pub countries: BTreeMap<String, Sum>,
    /// By month and destination.
    pub months: BTreeMap<(String, String), Sum>,
}

/// A board that is being filled.
pub struct Filling {
    connection: Connection,
    sums: Sums,
    sample: Sample,
}

fn failed(error: &rusqlite::Error) -> RunError {
    RunError::Output(std::path::PathBuf::from("orders.board"), std::io::Error::other(error.to_string()))
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
        connection
            .execute_batch(quick)
            .and_then(|()| connection.execute_batch(TABLE))
            .map_err(|error| failed(&error))?;
        connection.execute_batch("BEGIN").map_err(|error| failed(&error))?;
        Ok(Filling { connection, sums: Sums::default(), sample: Sample::default() })
    }

    /// The board, ready to be read.
    pub fn finish(self) -> Result<Board, RunError> {
        let end = || {
            self.connection.execute_batch("COMMIT")?;
            INDICES.iter().try_for_each(|index| self.connection.execute_batch(index))
        };
        end().map_err(|error| failed(&error))?;
        Ok(Board { connection: Mutex::new(self.connection), sums: self.sums, sample: self.sample })
    }

    /// Adds a decided line, and the request by which it can be decided again.
    pub fn add(&mut self, order: &OrderLine<'_>, decided: &Decided<'_>, request: &str) -> Result<(), RunError> {
        let label = decided.determination().label;
        let tpp = decided.line.tpp.map(Tpp::ceil);
        let date = order.date.to_string();
        let authorization = decided.exception().map(|exception| exception.name.as_str());
        let insert = || {
            let mut statement = self
                .connection
                .prepare_cached("INSERT INTO orders VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)")?;
            statement.execute(rusqlite::params![
                order.order_id,
                order.line,
                date,
                order.exporter,
                order.ultimate_consignee,
                order.destination.code(),
                order.item,
                order.quantity,
                tpp,
                label.outcome.as_str(),
                authorization,
                order.authorization,
                request
            ])
        };
        insert().map_err(|error| failed(&error))?;
        self.sample.add(order.ultimate_consignee, label.outcome.as_str(), tpp.unwrap_or(0), request);
        let sums = &mut self.sums;
        sums.lines += 1;
        *sums.outcomes.entry(label.outcome.as_str().to_owned()).or_default() += 1;
        let month: String = date.chars().take(7).collect();
        let country = order.destination.code().to_owned();
        for sum in
            [sums.countries.entry(country.clone()).or_default(), sums.months.entry((month, country)).or_default()]
        {
            sum.lines += 1;
            sum.tpp = sum.tpp.saturating_add(tpp.unwrap_or(0));
        }
        if sums.lines.is_multiple_of(CHUNK) {
            self.connection.execute_batch("COMMIT; BEGIN").map_err(|error| failed(&error))?;
        }
        Ok(())
    }
}

/// Fills a board while lines are decided.
pub struct Posting<F>(pub Filling, pub F);

impl<F: Fn(&OrderLine<'_>) -> String> Lines for Posting<F> {
    fn decided(&mut self, order: &OrderLine<'_>, decided: &Decided<'_>, _: Declared<'_>) -> Result<(), RunError> {
        let request = (self.1)(order);
        self.0.add(order, decided, &request)
    }
}

fn row(row: &Row<'_>) -> rusqlite::Result<BoardRow> {
    Ok(BoardRow {
        order_id: row.get(0)?,
        line: row.get(1)?,
        date: row.get(2)?,
        exporter: row.get(3)?,
        consignee: row.get(4)?,
        destination: row.get(5)?,
        item: row.get(6)?,
        quantity: row.get(7)?,
        tpp: row.get(8)?,
        outcome: row.get(9)?,
        authorization: row.get(10)?,
        claimed: row.get(11)?,
    })
}

impl Board {
    fn with<T>(&self, look: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, String> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        look(&connection).map_err(|error| error.to_string())
    }

    fn condition(wanted: &Wanted) -> (String, Vec<String>) {
        let (mut texts, mut values) = (Vec::new(), Vec::new());
        if !wanted.q.is_empty() {
            // Each can be looked up in an index.
            texts.push("rowid IN (SELECT rowid FROM orders WHERE order_id = ? UNION SELECT rowid FROM orders WHERE consignee = ? \
                        UNION SELECT rowid FROM orders WHERE exporter = ?)");
            values.extend([wanted.q.clone(), wanted.q.clone(), wanted.q.clone()]);
        }
        for (text, value) in [("destination = ?", &wanted.destination), ("outcome = ?", &wanted.outcome)] {
            if !value.is_empty() {
                texts.push(text);
                values.push(value.clone());
            }
        }
        let texts = if texts.is_empty() { String::new() } else { format!(" WHERE {}", texts.join(" AND ")) };
        (texts, values)
    }

    /// A page of lines.
    pub fn rows(&self, wanted: &Wanted) -> Result<Vec<BoardRow>, String> {
        let (condition, values) = Self::condition(wanted);
        let order = match wanted.sort.as_str() {
            "oldest" => "date, rowid",
            "largest" => "tpp DESC, rowid DESC",
            "smallest" => "tpp, rowid",
            _ => "date DESC, rowid DESC",
        };
        // What is skipped is skipped in an index: whole lines are read only where they are shown.
        let sql = format!(
            "SELECT {COLUMNS} FROM orders WHERE rowid IN (SELECT rowid FROM orders{condition} ORDER BY {order} LIMIT {} OFFSET {}) ORDER BY {order}",
            wanted.most, wanted.from
        );
        self.with(|connection| connection.prepare_cached(&sql)?.query_map(params_from_iter(values), row)?.collect())
    }

    /// How many lines there are, counted up to `most`.
    pub fn count(&self, wanted: &Wanted, most: usize) -> Result<usize, String> {
        let (condition, values) = Self::condition(wanted);
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM orders{condition} LIMIT {most})");
        self.with(|connection| {
            connection.prepare_cached(&sql)?.query_row(params_from_iter(values), |row| row.get::<_, i64>(0))
        })
        .and_then(|count| usize::try_from(count).map_err(|_| format!("the order index counts {count} lines")))
    }

    /// A line, and the request by which it is decided again.
    pub fn line(&self, order: &str, line: i64) -> Result<Option<(BoardRow, String)>, String> {
        let sql = format!("SELECT {COLUMNS}, request FROM orders WHERE order_id = ?1 AND line = ?2");
        self.with(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query(rusqlite::params![order, line])?;
            rows.next()?.map(|found| Ok((row(found)?, found.get(12)?))).transpose()
        })
    }

    /// The lines of some orders.
    pub fn of_orders(&self, orders: &[String], most: usize) -> Result<Vec<BoardRow>, String> {
        let sql = format!("SELECT {COLUMNS} FROM orders WHERE order_id = ?1 ORDER BY date, line");
        let mut all = Vec::new();
        for order in orders.iter().take(most) {
            let rows: Vec<BoardRow> =
                self.with(|connection| connection.prepare_cached(&sql)?.query_map([order], row)?.collect())?;
            all.extend(rows);
        }
        all.sort_by(|one, other| one.date.cmp(&other.date));
        Ok(all)
    }

    /// What came to a consignee, in order of date.
    pub fn received(&self, consignee: &str, most: usize) -> Result<Vec<BoardRow>, String> {
        let sql = format!("SELECT {COLUMNS} FROM orders WHERE consignee = ?1 ORDER BY date LIMIT {most}");
        self.with(|connection| connection.prepare_cached(&sql)?.query_map([consignee], row)?.collect())
    }
}
