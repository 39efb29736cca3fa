//! A folder of the contract's tables, looked through by typologies as they were known on any day.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate_decide::{Run, Screening, Silent, Tables, each, load_policy, run};
use tollgate_detect::engine::{Finding, LocalOptions, QUERY_TIME, QuerySession, run_all};
use tollgate_detect::entity::Entities;
use tollgate_detect::typology::Typology;
use tollgate_detect::{ContextTables, Watch};
use tollgate_law::{Law, Policy};
use tollgate_lists::load_screener;
use tollgate_model::{Date, Stop};

use super::Failure;
use super::decide::name_unread_rows;
use super::detect::{Gathering, failed_queries_text, name_unread_lines};

/// Bytes that queries over a folder may hold before they spill to disk.
const MEMORY: usize = 1 << 31;

/// What was found in a folder.
pub(super) struct FolderFindings {
    pub(super) found: Vec<Finding>,
    /// Why some were not run.
    pub(super) skipped: Vec<String>,
    pub(super) entities: Entities,
}

/// What typologies find in a folder of the contract's tables.
pub(super) fn search_folder(
    folder: &Path,
    typologies: &[Typology],
    policy: &str,
    stop: &Stop,
) -> Result<FolderFindings, Failure> {
    let law = Law::embedded()?;
    let policy = Arc::new(load_policy(&law, policy)?);
    TableFolder::read(folder, policy, stop)?.find(typologies, None, stop)
}

/// The contract's tables in a folder, ready to be looked through as they were known on any day.
pub(super) struct TableFolder {
    orders: PathBuf,
    policy: Arc<Policy>,
    tables: Arc<Tables>,
    context: ContextTables,
}

impl TableFolder {
    /// Finds the contract's tables in a folder by their names (`orders.csv`, `parties.parquet` and so on) and reads the small ones; fails without orders.
    pub(super) fn read(folder: &Path, policy: Arc<Policy>, stop: &Stop) -> Result<TableFolder, Failure> {
        let file = |name: &str| {
            let endings = ["csv", "parquet", "jsonl"];
            endings.iter().map(|ending| folder.join(format!("{name}.{ending}"))).find(|path| path.exists())
        };
        let Some(orders) = file("orders") else {
            let what = format!("{}: holds no orders.csv", folder.display());
            return Err(Failure::Unusable(format!("{what}\n  mend: write the tables of the contract into it")));
        };
        let [parties, ownership, items] = ["parties", "ownership", "items"].map(file);
        let lists: Vec<PathBuf> = file("list").into_iter().collect();
        let screener = Arc::new(load_screener(&lists)?);
        let screening = Screening { screener: &screener, threshold: tollgate_screening::THRESHOLD, clearances: None };
        let read = Tables::read(parties.as_deref(), ownership.as_deref(), items.as_deref(), screening, stop);
        let tables = Arc::new(read?);
        name_unread_rows(&tables)?;
        let [payments, sites, serials, inspections] = ["payments", "sites", "serials", "inspections"].map(file);
        let context = ContextTables { payments, sites, serials, inspections, as_of: None };
        Ok(TableFolder { orders, policy, tables, context })
    }

    /// As [`TableFolder::read`], from tables that have been read already.
    pub(super) fn from_tables(
        orders: &Path,
        policy: Arc<Policy>,
        tables: Arc<Tables>,
        context: ContextTables,
    ) -> TableFolder {
        TableFolder { orders: orders.to_owned(), policy, tables, context }
    }

    /// Whether any line is called an item of advanced computing.
    pub(super) fn calls_any_controlled(&self, stop: &Stop) -> Result<bool, Failure> {
        let mut any = false;
        let job = Run { orders: &self.orders, tables: Arc::clone(&self.tables), policy: Arc::clone(&self.policy) };
        run(
            &job,
            stop,
            &mut Silent,
            &mut each(|_, decided| {
                any |= decided.eccn().is_some_and(|eccn| tollgate_detect::tables::is_controlled(&eccn));
                Ok(())
            }),
        )?;
        Ok(any)
    }

    /// The tables in an engine, with what was known on a day where one is given.
    fn open(&self, as_of: Option<Date>, stop: &Stop) -> Result<QuerySession, Failure> {
        let context = ContextTables { as_of, ..self.context.clone() };
        let (policy, tables) = (Arc::clone(&self.policy), Arc::clone(&self.tables));
        let mut gathering = Gathering(Watch::new(Arc::clone(&policy), Arc::clone(&tables), context)?);
        run(&Run { orders: &self.orders, tables, policy }, stop, &mut Silent, &mut gathering)?;
        name_unread_lines(&gathering.0);
        let options = LocalOptions { threads: threads(), memory: MEMORY, time: QUERY_TIME, stop: Arc::clone(stop) };
        Ok(gathering.0.finish()?.open(&options)?)
    }

    /// What typologies find, with what was known on a day where one is given.
    pub(super) fn find(
        &self,
        typologies: &[Typology],
        as_of: Option<Date>,
        stop: &Stop,
    ) -> Result<FolderFindings, Failure> {
        let mut session = self.open(as_of, stop)?;
        let findings = run_all(&mut session, typologies, &mut |_| {})?;
        // Neither a test nor a measurement stands on a part.
        if let Some(what) = failed_queries_text(&findings.failed) {
            return Err(Failure::Unusable(what));
        }
        let entities = std::mem::take(&mut session.entities);
        let skipped = findings.skipped.iter();
        let skipped = skipped.map(|query| format!("{} lacks {}", query.id, query.lacks.join(", "))).collect();
        Ok(FolderFindings { found: findings.found, skipped, entities })
    }

    /// The days of its orders, each once, in order.
    pub(super) fn days(&self, stop: &Stop) -> Result<Vec<Date>, Failure> {
        let mut days = BTreeSet::new();
        let job = Run { orders: &self.orders, tables: Arc::clone(&self.tables), policy: Arc::clone(&self.policy) };
        run(
            &job,
            stop,
            &mut Silent,
            &mut each(|order, _| {
                // A day that is not understood is none.
                if !order.is_unread("date") {
                    days.insert(order.date);
                }
                Ok(())
            }),
        )?;
        Ok(days.into_iter().collect())
    }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

#[cfg(test)]
mod tests {
    use tollgate_detect::engine::Engine as _;

    use super::*;

    #[test]
    fn every_column_that_a_query_reads_holds_something_in_the_world_on_which_it_fires() {
        let stop = Stop::default();
        let policy = Arc::new(load_policy(&Law::embedded().unwrap(), "diffusion").unwrap());
        let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../typologies");
        let mut empty: Vec<String> = Vec::new();
        for typology in &Typology::embedded().unwrap() {
            let world = folders.join(&typology.slug).join("fires");
            let mut session = TableFolder::read(&world, Arc::clone(&policy), &stop).unwrap().open(None, &stop).unwrap();
            for (table, column) in session.columns_read(typology).unwrap() {
                let counts = session.count_filled(&table, &[&column]).unwrap().columns;
                if counts == [0] {
                    empty.push(format!("{}: {table}.{column}", typology.slug));
                }
            }
        }
        assert!(
            empty.is_empty(),
            "a part of a query that reads these can never speak, or its fires/ does not show that it does: {empty:#?}"
        );
    }
}
