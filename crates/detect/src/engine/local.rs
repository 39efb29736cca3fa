//! Queries in the process: DataFusion, within a bounded memory.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use tokio::runtime::Runtime;
use tollgate_model::Date;

use super::store::StoredTable;
use super::{Engine, EngineError, Finding};
use crate::kernels::UseRolling;
use crate::typology::{COLUMNS, Typology};

/// What the engine may use.
#[derive(Clone, Debug)]
pub struct LocalOptions {
    /// Threads.
    pub threads: usize,
    /// Bytes that queries may hold before they spill to disk.
    pub memory: usize,
    /// Raised by Ctrl-C.
    pub stop: Arc<AtomicBool>,
}

/// DataFusion over the tables that it was given.
pub struct LocalEngine {
    runtime: Runtime,
    context: SessionContext,
    stop: Arc<AtomicBool>,
}

impl LocalEngine {
    /// An engine without tables.
    pub fn new(options: &LocalOptions) -> Result<LocalEngine, EngineError> {
        let threads = options.threads.max(1);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
        let runtime = runtime.map_err(|error| EngineError::Engine(format!("no threads: {error}")))?;
        let mut config = SessionConfig::new().with_target_partitions(threads).with_batch_size(8_192);
        config.options_mut().sql_parser.collect_spans = true;
        config.options_mut().execution.sort_spill_reservation_bytes = 1 << 20;
        let environment =
            RuntimeEnvBuilder::new().with_memory_pool(Arc::new(FairSpillPool::new(options.memory))).build_arc();
        let environment = environment.map_err(|error| engine(&error))?;
        let context = SessionContext::new_with_config_rt(config, environment);
        context.add_analyzer_rule(Arc::new(UseRolling));
        Ok(LocalEngine { runtime, context, stop: Arc::clone(&options.stop) })
    }

    /// Adds a table.
    pub fn add(&mut self, name: &str, schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<(), EngineError> {
        // As many partitions as there are threads, in the order of the rows.
        let threads = self.context.copied_config().target_partitions().max(1);
        let each = batches.len().div_ceil(threads).max(1);
        let mut partitions: Vec<Vec<RecordBatch>> = batches.chunks(each).map(<[RecordBatch]>::to_vec).collect();
        if partitions.is_empty() {
            partitions.push(Vec::new());
        }
        let table = MemTable::try_new(schema, partitions).map_err(|error| engine(&error))?;
        self.context.register_table(name, Arc::new(table)).map_err(|error| engine(&error))?;
        Ok(())
    }

    /// Adds a table, wherever its rows are.
    pub fn add_stored(&mut self, name: &str, table: StoredTable) -> Result<(), EngineError> {
        match table {
            StoredTable::Rows(schema, batches) => self.add(name, schema, batches),
            StoredTable::File(path, _) => self.add_parquet(name, &path),
        }
    }

    /// Adds a Parquet file, or a folder of them.
    pub fn add_parquet(&mut self, name: &str, path: &Path) -> Result<(), EngineError> {
        let path = path.display().to_string();
        let added = self.runtime.block_on(self.context.register_parquet(name, &path, ParquetReadOptions::default()));
        added.map_err(|error| EngineError::Engine(format!("{path}: {}", error.strip_backtrace())))
    }

    /// The columns that a typology's query reads of the tables added so far, as pairs of table and column in order, by the engine's own plan.
    pub fn columns_read(&self, typology: &Typology) -> Result<Vec<(String, String)>, EngineError> {
        let context = &self.context;
        let plan = self.runtime.block_on(async { context.sql(&typology.sql).await?.into_optimized_plan() });
        let plan = plan.map_err(|error| of_query(typology, &error))?;
        let mut columns = std::collections::BTreeSet::new();
        plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                let fields = scan.projected_schema.fields();
                columns.extend(fields.iter().map(|field| (scan.table_name.table().to_owned(), field.name().clone())));
            }
            Ok(TreeNodeRecursion::Continue)
        })
        .map_err(|error| engine(&error))?;
        Ok(columns.into_iter().collect())
    }

    /// Runs a query to its end, or until it is stopped.
    fn collect(&self, sql: &str) -> Result<Vec<RecordBatch>, Failed> {
        let context = &self.context;
        let stop = &self.stop;
        self.runtime.block_on(async move {
            let asked = async { context.sql(sql).await?.collect().await };
            let stopped = async {
                while !stop.load(Ordering::Relaxed) {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            tokio::select! {
                answer = asked => answer.map_err(|error| Failed::Query(Box::new(error))),
                () = stopped => Err(Failed::Stopped),
            }
        })
    }
}

enum Failed {
    Query(Box<DataFusionError>),
    Stopped,
}

fn engine(error: &DataFusionError) -> EngineError {
    EngineError::Engine(error.strip_backtrace())
}

impl Engine for LocalEngine {
    fn findings(&mut self, typology: &Typology) -> Result<Vec<Finding>, EngineError> {
        let failed = |failed: Failed| match failed {
            Failed::Stopped => EngineError::Stopped,
            Failed::Query(error) => of_query(typology, &error),
        };
        let batches = match self.collect(&typology.sql) {
            // Operators that run side by side share the memory: one partition at a time has all of it.
            Err(Failed::Query(error)) if matches!(error.find_root(), DataFusionError::ResourcesExhausted(_)) => {
                let threads = self.context.copied_config().target_partitions();
                self.collect("SET datafusion.execution.target_partitions = 1").map_err(failed)?;
                let alone = self.collect(&typology.sql).map_err(failed);
                self.collect(&format!("SET datafusion.execution.target_partitions = {threads}")).map_err(failed)?;
                alone?
            }
            other => other.map_err(failed)?,
        };
        let mut findings = Vec::new();
        for batch in &batches {
            read(typology, batch, &mut findings)?;
        }
        findings.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(findings)
    }

    fn filled(&mut self, table: &str, columns: &[&str]) -> Result<(u64, Vec<u64>), EngineError> {
        let counts: Vec<String> = columns.iter().map(|column| format!(", count({column})")).collect();
        let sql = format!("SELECT count(*){} FROM {table}", counts.concat());
        let batches = match self.collect(&sql) {
            Ok(batches) => batches,
            Err(Failed::Stopped) => return Err(EngineError::Stopped),
            // A table that nobody gave has no rows.
            Err(Failed::Query(_)) => return Ok((0, vec![0; columns.len()])),
        };
        let Some(batch) = batches.first() else { return Ok((0, vec![0; columns.len()])) };
        let one = |column: &ArrayRef| {
            let counts = column.as_primitive_opt::<Int64Type>().filter(|counts| !counts.is_empty());
            counts.map_or(0, |counts| u64::try_from(counts.value(0)).unwrap_or(0))
        };
        let mut counts = batch.columns().iter().map(one);
        Ok((counts.next().unwrap_or(0), counts.collect()))
    }
}

/// What the engine says of a query, with the line where it says one.
fn of_query(typology: &Typology, error: &DataFusionError) -> EngineError {
    let span = error.diagnostic().and_then(|found| found.span).map(|span| span.start.line);
    let what = error.strip_backtrace();
    let told = what.split_once("Line: ").and_then(|(_, rest)| rest.split([',', ' ']).next()?.parse::<u64>().ok());
    let line = usize::try_from(span.or(told).unwrap_or(0)).unwrap_or(0);
    let mend = match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => {
            "filter before joins and windows, and name the small side of a join first (docs/design/typologies.md); or use --cluster"
        }
        _ => "see docs/design/typologies.md for the tables, their columns, and what every engine runs",
    };
    EngineError::Query { file: typology.file.clone(), line, what, mend: mend.to_owned() }
}

fn read(typology: &Typology, batch: &RecordBatch, findings: &mut Vec<Finding>) -> Result<(), EngineError> {
    let wrong = |what: String| EngineError::Query {
        file: typology.file.clone(),
        line: 0,
        what,
        mend: format!("return exactly the columns {}", COLUMNS.join(", ")),
    };
    let names: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
    if names != COLUMNS {
        return Err(wrong(format!("returns the columns {}", names.join(", "))));
    }
    for (name, column) in COLUMNS.iter().zip(batch.columns()) {
        let (fits, expected) = match *name {
            "pattern" | "key" | "why" => (is_text(column.data_type()), "text"),
            "subjects" | "orders" | "facts" => (is_list_of_text(column.data_type()), "array of text"),
            _ => continue,
        };
        if !fits {
            return Err(wrong(format!("column `{name}` is of type {} and no {expected}", column.data_type())));
        }
    }
    let column = |place: usize| batch.columns().get(place).cloned().ok_or_else(|| wrong("too few columns".to_owned()));
    for row in 0..batch.num_rows() {
        let text = |place: usize| Ok::<String, EngineError>(text_at(&column(place)?, row).unwrap_or_default());
        let day = |place: usize| {
            let array = column(place)?;
            let days = array.as_primitive_opt::<Int32Type>();
            let days = days.ok_or_else(|| wrong(format!("column {} is no INT", place + 1)))?;
            Ok::<Date, EngineError>(Date::from_epoch_days(days.value(row)).unwrap_or(Date::MIN))
        };
        let tpp = column(4)?;
        let tpp =
            tpp.as_primitive_opt::<Int64Type>().ok_or_else(|| wrong("column 5 is no BIGINT".to_owned()))?.value(row);
        let llr = column(7)?;
        let llr = llr.as_primitive_opt::<Float64Type>().ok_or_else(|| wrong("column 8 is no DOUBLE".to_owned()))?;
        let llr = if llr.is_null(row) { 0.0 } else { llr.value(row) };
        findings.push(Finding {
            pattern: typology.id.clone(),
            key: text(1)?,
            subjects: texts_at(&column(2)?, row),
            orders: texts_at(&column(3)?, row),
            tpp: tpp.max(0),
            first: day(5)?,
            last: day(6)?,
            llr: if llr.is_finite() { llr.min(typology.cap) } else { 0.0 },
            why: text(8)?,
            facts: texts_at(&column(9)?, row),
        });
    }
    Ok(())
}

fn is_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// Whether it is a list of texts, or null in every row.
fn is_list_of_text(kind: &DataType) -> bool {
    match kind {
        DataType::List(field) | DataType::LargeList(field) => {
            is_text(field.data_type()) || *field.data_type() == DataType::Null
        }
        other => *other == DataType::Null,
    }
}

/// The text in a row; `None` where it is null.
fn text_at(array: &ArrayRef, row: usize) -> Option<String> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string_opt::<i32>().map(|texts| texts.value(row).to_owned()),
        DataType::LargeUtf8 => array.as_string_opt::<i64>().map(|texts| texts.value(row).to_owned()),
        DataType::Utf8View => array.as_string_view_opt().map(|texts| texts.value(row).to_owned()),
        _ => None,
    }
}

/// A list of texts, in order and each once: engines gather them in any order.
fn texts_at(array: &ArrayRef, row: usize) -> Vec<String> {
    if array.is_null(row) {
        return Vec::new();
    }
    let list = match array.data_type() {
        DataType::List(_) => array.as_list_opt::<i32>().map(|lists| lists.value(row)),
        DataType::LargeList(_) => array.as_list_opt::<i64>().map(|lists| lists.value(row)),
        _ => None,
    };
    let Some(list) = list else { return Vec::new() };
    let mut texts: Vec<String> = (0..list.len()).filter_map(|place| text_at(&list, place)).collect();
    texts.sort();
    texts.dedup();
    texts
}
