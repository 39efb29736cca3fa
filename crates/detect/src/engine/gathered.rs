//! The tables of a run, from whoever gathered them to whatever engine asks them.

use std::collections::BTreeMap;
use std::path::Path;

use super::duckdb::{DuckDbEngine, DuckDbOptions};
use super::local::{LocalEngine, LocalOptions};
use super::since::Digests;
use super::store::StoredTable;
use super::{Engine, EngineError, FilledCounts, Finding};
use crate::entity::Entities;
use crate::typology::Typology;

/// Everything that was gathered: the tables of `docs/design/typologies.md`, and what ties parties.
pub struct GatheredTables {
    /// What ties parties.
    pub entities: Entities,
    tables: Vec<(&'static str, StoredTable)>,
    folder: tempfile::TempDir,
}

/// An engine over gathered tables. It holds the folder in which large tables lie, until it is dropped.
pub struct QuerySession {
    /// What ties parties.
    pub entities: Entities,
    engine: LocalEngine,
    _folder: tempfile::TempDir,
}

impl GatheredTables {
    /// Of tables by their names in queries; `folder` is where those lie that are files.
    pub fn new(
        tables: Vec<(&'static str, StoredTable)>,
        entities: Entities,
        folder: tempfile::TempDir,
    ) -> GatheredTables {
        GatheredTables { entities, tables, folder }
    }

    /// The tables in an engine in this process.
    pub fn open(self, options: &LocalOptions) -> Result<QuerySession, EngineError> {
        let mut engine = LocalEngine::new(options)?;
        for (name, table) in self.tables {
            engine.add_stored(name, table)?;
        }
        Ok(QuerySession { entities: self.entities, engine, _folder: self.folder })
    }

    /// The tables in DuckDB, and what ties parties; all of them lie in files from then on, and none in this process.
    pub fn open_in_duckdb(self, options: &DuckDbOptions) -> Result<(DuckDbEngine, Entities), EngineError> {
        let mut paths = BTreeMap::new();
        for (name, table) in self.tables {
            let path = match table {
                StoredTable::File(path, _) => path,
                StoredTable::Rows(..) => {
                    let path = self.folder.path().join(format!("{name}.parquet"));
                    table.write(&path).map_err(EngineError::Engine)?;
                    path
                }
            };
            paths.insert(name.to_owned(), path);
        }
        Ok((DuckDbEngine::open(options, paths, Some(self.folder))?, self.entities))
    }

    /// The digest of what each table holds.
    pub fn digests(&self) -> Result<Digests, EngineError> {
        Digests::of(self.tables.iter().map(|(name, table)| (*name, table)))
    }

    /// Writes each table as `NAME.parquet` into a folder, which is made where it is not there. Returns how many rows each table has.
    pub fn write(&self, folder: &Path) -> Result<BTreeMap<String, u64>, EngineError> {
        std::fs::create_dir_all(folder).map_err(|error| {
            let mend = "check that the folder exists, is yours and has room";
            EngineError::Engine(format!("{}: cannot be written: {error}\n  mend: {mend}", folder.display()))
        })?;
        let mut rows = BTreeMap::new();
        for (name, table) in &self.tables {
            table.write(&folder.join(format!("{name}.parquet"))).map_err(EngineError::Engine)?;
            let count = u64::try_from(table.rows());
            let count = count.map_err(|_| EngineError::Engine(format!("{name}: more rows than can be counted")))?;
            rows.insert((*name).to_owned(), count);
        }
        Ok(rows)
    }
}

impl Engine for QuerySession {
    fn findings(&mut self, typology: &Typology) -> Result<Vec<Finding>, EngineError> {
        self.engine.findings(typology)
    }

    fn count_filled(&mut self, table: &str, columns: &[&str]) -> Result<FilledCounts, EngineError> {
        self.engine.count_filled(table, columns)
    }
}

impl QuerySession {
    /// The columns that a typology's query reads, as [`LocalEngine::columns_read`].
    pub fn columns_read(&self, typology: &Typology) -> Result<Vec<(String, String)>, EngineError> {
        self.engine.columns_read(typology)
    }
}
