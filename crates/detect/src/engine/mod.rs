//! What runs a typology's query. Engines differ in where the rows are, not in what a query finds: none is let in without the equality tests.

mod cluster;
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
pub use gathered::{GatheredTables, QuerySession};
pub use local::{LocalEngine, LocalOptions, QUERY_TIME};
pub use since::{Digests, IncrementalEngine, PriorRun};
pub use store::{Spool, StoredTable};

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

    /// How many rows a table has, and how many of them hold something in each of some columns.
    fn filled(&mut self, table: &str, columns: &[&str]) -> Result<(u64, Vec<u64>), EngineError>;
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

/// A table and a column as queries call them, of what `typology.toml` calls by the names of files.
fn query_names(table: &str, column: &str) -> (&'static str, String) {
    let table = match table {
        "orders" => "lines",
        "parties" => "parties",
        "ownership" => "ownership",
        "payments" => "payments",
        "sites" => "sites",
        "serials" => "serials",
        // Reading a typology refuses any other name than those here and this.
        _ => "inspections",
    };
    let column = match column {
        "date" => "day",
        "commissioned_on" => "commissioned_day",
        "incorporated_on" => "incorporated_day",
        "from" => "from_day",
        "until" => "until_day",
        other => other,
    };
    (table, column.to_owned())
}

/// Runs every typology that has its data; `progress` hears of each before it runs. Findings are in order of pattern and key.
///
/// A query that fails is named, and the others are run; fails where the engine itself does, or is stopped.
pub fn run_all(
    engine: &mut dyn Engine,
    typologies: &[Typology],
    progress: &mut dyn FnMut(&Typology),
) -> Result<Findings, EngineError> {
    let known = fill(engine, typologies)?;
    let mut all = Findings::default();
    for typology in typologies {
        let lacks = lacking(typology, &known);
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
    all.found.sort_by(|one, other| (&one.pattern, &one.key).cmp(&(&other.pattern, &other.key)));
    Ok(all)
}

type Filled = BTreeMap<&'static str, (u64, BTreeMap<String, u64>)>;

fn fill(engine: &mut dyn Engine, typologies: &[Typology]) -> Result<Filled, EngineError> {
    let mut wanted: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for typology in typologies {
        for table in &typology.needs {
            wanted.entry(query_names(table, "").0).or_default();
        }
        for (table, column) in typology.columns.iter().filter_map(|name| name.split_once('.')) {
            let (table, column) = query_names(table, column);
            wanted.entry(table).or_default().insert(column);
        }
    }
    let mut known = Filled::new();
    for (table, columns) in wanted {
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let (rows, counts) = engine.filled(table, &names)?;
        known.insert(table, (rows, columns.into_iter().zip(counts).collect()));
    }
    Ok(known)
}

fn lacking(typology: &Typology, known: &Filled) -> Vec<String> {
    let rows = |table: &str| known.get(query_names(table, "").0).map_or(0, |(rows, _)| *rows);
    let mut lacks: Vec<String> = typology.needs.iter().filter(|table| rows(table) == 0).cloned().collect();
    for name in &typology.columns {
        let Some((table, column)) = name.split_once('.') else { continue };
        let (query_table, query_column) = query_names(table, column);
        let filled = known.get(query_table).and_then(|(_, columns)| columns.get(&query_column)).copied().unwrap_or(0);
        if filled == 0 && !lacks.contains(&table.to_owned()) {
            lacks.push(name.clone());
        }
    }
    lacks
}
