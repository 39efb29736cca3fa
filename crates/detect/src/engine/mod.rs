//! What runs a typology's query. Engines differ in where the rows are, not in what a query finds: none is let in without the equality tests.

mod cluster;
mod duckdb;
mod exchange;
mod gathered;
mod local;
mod since;
mod store;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use tollgate_model::Date;

pub use cluster::{ClusterEngine, ClusterOptions, replay_on_cluster};
pub use duckdb::{DuckDbEngine, DuckDbOptions, check_duckdb};
pub use gathered::{GatheredTables, QuerySession};
pub use local::{LocalEngine, LocalOptions, QUERY_TIME};
pub use since::{Digests, IncrementalEngine, PriorRun};
pub use store::{Spool, StoredTable};

use crate::tables::{QueryColumn, query_column, query_table};
use crate::typology::Typology;

/// What a query found: a row of its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The typology's id.
    pub pattern: String,
    /// What it is about: the same for the same facts.
    pub key: String,
    /// Party ids, in order.
    pub subjects: Vec<String>,
    /// Order ids, in order.
    pub orders: Vec<String>,
    /// TPP at stake.
    pub tpp: i64,
    /// The first day that it is about.
    pub first: Date,
    /// The last.
    pub last: Date,
    /// Log-likelihood ratio in nats, as the query says, at most its typology's cap.
    pub llr: f64,
    /// One sentence with its figures.
    pub why: String,
    /// `name=value`.
    pub facts: Vec<String>,
}

impl Finding {
    /// The order in which engines return findings, whichever rows came first: by pattern and key, and then by all that they say.
    fn compare(&self, other: &Finding) -> std::cmp::Ordering {
        let figures = |finding: &Finding| (finding.first, finding.last, finding.tpp);
        (&self.pattern, &self.key, &self.subjects, &self.orders)
            .cmp(&(&other.pattern, &other.key, &other.subjects, &other.orders))
            .then_with(|| figures(self).cmp(&figures(other)))
            .then_with(|| (&self.why, &self.facts).cmp(&(&other.why, &other.facts)))
            .then_with(|| self.llr.total_cmp(&other.llr))
    }
}

/// What a query says in nats, at most as much as its typology may say; what is no finite number counts nothing. To nine decimals: in what comes after them engines
/// differ, by the order in which they add and by their logarithms.
fn bounded_llr(llr: f64, cap: f64) -> f64 {
    if llr.is_finite() { ((llr * 1e9).round() / 1e9).min(cap) } else { 0.0 }
}

/// Why a query did not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The query is wrong.
    #[error("{}{}: {what}\n  mend: {mend}", file.display(), if *line == 0 { String::new() } else { format!(":{line}") })]
    Query {
        /// Its file.
        file: PathBuf,
        /// The line, where the engine names one.
        line: usize,
        /// What is wrong.
        what: String,
        /// How to mend it.
        mend: String,
    },
    /// The engine failed, or its data.
    #[error("{0}")]
    Engine(String),
    /// It was stopped.
    #[error("stopped")]
    Stopped,
}

/// Something that answers queries over the tables of `docs/design/typologies.md`.
pub trait Engine {
    /// What a typology finds, in order of key.
    fn findings(&mut self, typology: &Typology) -> Result<Vec<Finding>, EngineError>;

    /// Counts a table's rows, and for each of `columns` the rows that hold something in it. A table that is not there has no rows.
    fn count_filled(&mut self, table: &str, columns: &[&str]) -> Result<FilledCounts, EngineError>;
}

/// What [`Engine::count_filled`] counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilledCounts {
    /// Rows of the table.
    pub rows: u64,
    /// Rows that hold something in each column, in the order in which the columns were named.
    pub columns: Vec<u64>,
}

/// A typology that was not run, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What is not there.
    pub lacks: Vec<String>,
}

/// A typology whose query failed; what the others found stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedQuery {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What is wrong, where, and how to mend it.
    pub error: EngineError,
}

/// What all typologies found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// In order of pattern and key.
    pub found: Vec<Finding>,
    /// Those that lack their data.
    pub skipped: Vec<Skipped>,
    /// Those whose query failed, in order of id.
    pub failed: Vec<FailedQuery>,
    /// How many were run to their end.
    pub run: usize,
}

/// Runs every typology that has its data; `progress` hears of each before it runs. Findings are in order of pattern and key.
///
/// A query that fails is named, and the others are run; fails where the engine itself does, or is stopped.
pub fn run_all(
    engine: &mut dyn Engine,
    typologies: &[Typology],
    progress: &mut dyn FnMut(&Typology),
) -> Result<Findings, EngineError> {
    let counts = count_needs(engine, typologies)?;
    let mut all = Findings::default();
    for typology in typologies {
        let lacks = lacking(typology, &counts);
        if !lacks.is_empty() {
            all.skipped.push(Skipped { id: typology.id.clone(), title: typology.title.clone(), lacks });
            continue;
        }
        progress(typology);
        match engine.findings(typology) {
            Ok(mut found) => {
                all.found.append(&mut found);
                all.run += 1;
            }
            Err(error @ EngineError::Query { .. }) => {
                all.failed.push(FailedQuery { id: typology.id.clone(), title: typology.title.clone(), error });
            }
            Err(error) => return Err(error),
        }
    }
    all.found.sort_by(Finding::compare);
    Ok(all)
}

/// How many rows a table has, and how many of them hold something in a column.
#[derive(Clone, Debug, Default)]
struct TableCounts {
    rows: u64,
    columns: BTreeMap<String, u64>,
}

/// Counts what the typologies need, by the names of queries.
fn count_needs(
    engine: &mut dyn Engine,
    typologies: &[Typology],
) -> Result<BTreeMap<&'static str, TableCounts>, EngineError> {
    let mut needs: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for typology in typologies {
        for table in typology.needs.iter().filter_map(|table| query_table(table)) {
            needs.entry(table).or_default();
        }
        for QueryColumn { table, column } in typology.columns.iter().filter_map(|name| query_column_of(name)) {
            needs.entry(table).or_default().insert(column);
        }
    }
    let mut counts = BTreeMap::new();
    for (table, columns) in needs {
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let found = engine.count_filled(table, &names)?;
        let columns = columns.into_iter().zip(found.columns).collect();
        counts.insert(table, TableCounts { rows: found.rows, columns });
    }
    Ok(counts)
}

/// The column that `typology.toml` calls `table.column`.
fn query_column_of(name: &str) -> Option<QueryColumn> {
    name.split_once('.').and_then(|(table, column)| query_column(table, column))
}

/// What a typology needs and is not there, by the names of files. What no query sees is not there either.
fn lacking(typology: &Typology, counts: &BTreeMap<&'static str, TableCounts>) -> Vec<String> {
    let has_rows =
        |table: &str| query_table(table).and_then(|table| counts.get(table)).is_some_and(|counts| counts.rows > 0);
    let is_filled = |name: &str| {
        query_column_of(name).is_some_and(|QueryColumn { table, column }| {
            counts.get(table).and_then(|counts| counts.columns.get(&column)).is_some_and(|filled| *filled > 0)
        })
    };
    let mut lacks: Vec<String> = typology.needs.iter().filter(|table| !has_rows(table)).cloned().collect();
    for name in typology.columns.iter().filter(|name| !is_filled(name)) {
        let table = name.split_once('.').map_or(name.as_str(), |(table, _)| table);
        if !lacks.iter().any(|lack| lack == table) {
            lacks.push(name.clone());
        }
    }
    lacks
}
