//! What the pages show of orders: the lines of a file and of the ledger as they were decided, in a file that the reader can sort and search.

mod events;
mod fill;
mod row;
mod sample;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Row, params_from_iter};
use tollgate_decide::{Decider, Detail, FileCounts, Tables, decision_record};
use tollgate_model::{Tpp, never};
use tollgate_records::DecisionRecord;

pub(crate) use events::{LineEvent, heard};
pub use fill::{Filling, Posting};
pub use row::BoardRow;
pub(crate) use row::{FILE, LEDGER, StoredLine, without_formula};
pub(crate) use sample::Sample;

const COLUMNS: &str = "order_id, line, date, exporter, consignee, destination, item, quantity, tpp, outcome, authorization, claimed, review, \
     source, not_understood";

/// Which lines, in which order.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The id of an order, an exporter or a consignee, in any letter case.
    pub q: String,
    /// Other ids of parties that are meant by it.
    pub parties: Vec<String>,
    /// Only lines from there, `ledger` or `file`, where not empty.
    pub source: String,
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
pub struct Board {
    connection: Mutex<Connection>,
    /// What all lines of the file come to.
    pub sums: Sums,
    /// What other policies are tried on.
    pub(crate) sample: Sample,
    /// What decided the file, and the tables of then; `None` where there is no file.
    decided_by: Option<(Mutex<Decider>, Arc<Tables>)>,
    /// The number of the ledger's last record that was taken up.
    heard: Mutex<u64>,
}

/// A line of the file with all that it was decided by.
#[derive(Clone, Debug)]
pub(crate) struct FileLine {
    pub(crate) row: BoardRow,
    pub(crate) line: StoredLine,
    pub(crate) counts: FileCounts,
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
        review: row.get(12)?,
        source: row.get(13)?,
        not_understood: row.get(14)?,
    })
}

impl Board {
    pub(super) fn with<T>(&self, look: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, String> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        look(&connection).map_err(|error| error.to_string())
    }

    fn condition(wanted: &Wanted) -> (String, Vec<String>) {
        let (mut texts, mut values) = (Vec::new(), Vec::new());
        if !wanted.q.is_empty() {
            // Each can be looked up in an index.
            let ids: Vec<&String> = std::iter::once(&wanted.q).chain(&wanted.parties).collect();
            let places = vec!["?"; ids.len()].join(", ");
            texts.push(format!(
                "rowid IN (SELECT rowid FROM orders WHERE order_id COLLATE NOCASE >= ? AND order_id COLLATE NOCASE < ? \
                 UNION SELECT rowid FROM orders WHERE consignee COLLATE NOCASE IN ({places}) \
                 UNION SELECT rowid FROM orders WHERE exporter COLLATE NOCASE IN ({places}))"
            ));
            values.extend([wanted.q.clone(), format!("{}\u{10ffff}", wanted.q)]);
            values.extend(ids.iter().chain(&ids).map(|id| (*id).clone()));
        }
        let exact = [
            ("destination = ?", &wanted.destination),
            ("outcome = ?", &wanted.outcome),
            ("source = ?", &wanted.source),
        ];
        for (text, value) in exact {
            if !value.is_empty() {
                texts.push(text.to_owned());
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
        .and_then(|count| usize::try_from(count).map_err(|_| format!("{count} is no number of lines")))
    }

    /// Whether there is a file of orders.
    pub fn has_file(&self) -> bool {
        self.decided_by.is_some()
    }

    /// A line of the file, whether or not the ledger has one of the same id.
    pub(crate) fn file_line(&self, order: &str, line: i64) -> Result<Option<FileLine>, String> {
        let from = |table: &str| {
            format!(
                "SELECT {COLUMNS}, request, counts FROM {table} WHERE order_id = ?1 AND line = ?2 AND source = '{FILE}'"
            )
        };
        let sql = format!("{} UNION ALL {}", from("orders"), from("earlier"));
        let found = self.with(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query(rusqlite::params![order, line])?;
            rows.next()?
                .map(|found| Ok((row(found)?, found.get::<_, String>(15)?, found.get::<_, String>(16)?)))
                .transpose()
        })?;
        let Some((row, request, counts)) = found else { return Ok(None) };
        let line: StoredLine = serde_json::from_str(&request).map_err(|error| error.to_string())?;
        let counts: row::StoredCounts = serde_json::from_str(&counts).map_err(|error| error.to_string())?;
        Ok(Some(FileLine { row, line, counts: counts.counts() }))
    }

    /// The decision of a line of the file as it was made at the start, on what the file had counted before it.
    pub(crate) fn recorded(&self, file_line: &FileLine) -> Result<DecisionRecord, String> {
        let (Some((decider, tables)), Some(line)) = (&self.decided_by, file_line.line.line()) else {
            never!("a line of a file without what decided it");
            return Err("the line was kept in a form that cannot be read".to_owned());
        };
        let mut decider = decider.lock().unwrap_or_else(PoisonError::into_inner);
        let policy = Arc::clone(&decider.policy);
        let decided =
            decider.decide_within(&line, &file_line.counts, &|_| Tpp::default()).map_err(|error| error.what)?;
        let record = decision_record(&line, &decided, &policy, tables, Detail::Whole);
        if record.outcome.as_str() != file_line.row.outcome || record.authorization != file_line.row.authorization {
            never!("order {} line {} is decided otherwise than at the start", record.order_id, record.line);
            return Err("the decision cannot be made again as it was made".to_owned());
        }
        Ok(record)
    }

    /// The id of the one order that an id means which none has: in another letter case. `None` where there is none, or are several.
    pub(crate) fn order_alike(&self, order: &str) -> Result<Option<String>, String> {
        let sql = "SELECT DISTINCT order_id FROM orders WHERE order_id COLLATE NOCASE = ?1 LIMIT 2";
        let alike: Vec<String> =
            self.with(|connection| connection.prepare_cached(sql)?.query_map([order], |row| row.get(0))?.collect())?;
        match <[String; 1]>::try_from(alike) {
            Ok([only]) => Ok(Some(only)),
            Err(_) => Ok(None),
        }
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

    /// The lines that a party sends or receives, the latest first.
    pub fn of_party(&self, id: &str, most: usize) -> Result<Vec<BoardRow>, String> {
        let sql = format!(
            "SELECT {COLUMNS} FROM orders WHERE rowid IN (SELECT rowid FROM orders WHERE consignee = ?1 UNION SELECT rowid FROM orders WHERE exporter = ?1) ORDER BY date DESC, rowid DESC LIMIT {most}"
        );
        self.with(|connection| connection.prepare_cached(&sql)?.query_map([id], row)?.collect())
    }

    /// What came to a consignee, in order of date.
    pub fn received(&self, consignee: &str, most: usize) -> Result<Vec<BoardRow>, String> {
        let sql = format!("SELECT {COLUMNS} FROM orders WHERE consignee = ?1 ORDER BY date LIMIT {most}");
        self.with(|connection| connection.prepare_cached(&sql)?.query_map([consignee], row)?.collect())
    }
}
