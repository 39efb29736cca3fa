//! Queries in the process: DataFusion, within a bounded memory.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::disk_manager::DiskManagerBuilder;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{DataFrame, ParquetReadOptions, SessionConfig, SessionContext};
use futures_util::StreamExt as _;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::error::TryRecvError;
use tollgate_model::Date;

use super::store::StoredTable;
use super::{Engine, EngineError, FilledCounts, Finding, bounded_llr};
use crate::kernels::UseRolling;
use crate::typology::{COLUMNS, Typology};

/// What the engine may use.
#[derive(Clone, Debug)]
pub struct LocalOptions {
    /// Threads.
    pub threads: usize,
    /// Bytes that queries may hold before they spill to disk, and that their answers may have.
    pub memory: usize,
    /// The longest that a query may take in each form in which it is asked.
    pub time: Duration,
    /// Raised by Ctrl-C.
    pub stop: Arc<AtomicBool>,
}

/// How often a query that runs is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// How long a query may take: longer than any of the program's own takes over a hundred million lines.
pub const QUERY_TIME: Duration = Duration::from_secs(3_600);

/// The form in which a query is planned: the fastest first, and then those that need less memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// One side of each join is held in memory.
    HashJoins,
    /// Both sides of a join are sorted, which spills to disk.
    MergeJoins,
    /// The same, one partition at a time: operators that run side by side share the memory.
    OnePartition,
}

impl Form {
    const ALL: [Form; 3] = [Form::HashJoins, Form::MergeJoins, Form::OnePartition];
}

/// DataFusion over the tables that it was given. Each query has a session of its own: nothing that one does can be seen by another.
pub struct LocalEngine {
    runtime: Runtime,
    environment: Arc<RuntimeEnv>,
    tables: BTreeMap<String, Arc<dyn TableProvider>>,
    options: LocalOptions,
}

impl LocalEngine {
    /// An engine without tables.
    pub fn new(options: &LocalOptions) -> Result<LocalEngine, EngineError> {
        let options = LocalOptions { threads: options.threads.max(1), ..options.clone() };
        let (runtime, environment) = surroundings(&options)?;
        Ok(LocalEngine { runtime, environment, tables: BTreeMap::new(), options })
    }

    /// A new session with the tables, and nothing else.
    fn session(&self, form: Form) -> Result<SessionContext, EngineError> {
        let partitions = if form == Form::OnePartition { 1 } else { self.options.threads };
        let mut config = SessionConfig::new().with_target_partitions(partitions).with_batch_size(8_192);
        config.options_mut().sql_parser.collect_spans = true;
        config.options_mut().execution.sort_spill_reservation_bytes = 1 << 20;
        config.options_mut().optimizer.prefer_hash_join = form == Form::HashJoins;
        let context = SessionContext::new_with_config_rt(config, Arc::clone(&self.environment));
        context.add_analyzer_rule(Arc::new(UseRolling));
        for (name, table) in &self.tables {
            context.register_table(name, Arc::clone(table)).map_err(|error| engine(&error))?;
        }
        Ok(context)
    }

    /// Adds a table.
    pub fn add(&mut self, name: &str, schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<(), EngineError> {
        // As many partitions as there are threads, in the order of the rows.
        let each = batches.len().div_ceil(self.options.threads).max(1);
        let mut partitions: Vec<Vec<RecordBatch>> = batches.chunks(each).map(<[RecordBatch]>::to_vec).collect();
        if partitions.is_empty() {
            partitions.push(Vec::new());
        }
        let table = MemTable::try_new(schema, partitions).map_err(|error| engine(&error))?;
        self.tables.insert(name.to_owned(), Arc::new(table));
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
        let context = self.session(Form::HashJoins)?;
        let table = self.runtime.block_on(async {
            context.register_parquet(name, &path, ParquetReadOptions::default()).await?;
            context.table_provider(name).await
        });
        let table = table.map_err(|error| EngineError::Engine(format!("{path}: {}", error.strip_backtrace())))?;
        self.tables.insert(name.to_owned(), table);
        Ok(())
    }

    /// The columns that a typology's query reads of the tables added so far, as pairs of table and column in order, by the engine's own plan.
    pub fn columns_read(&self, typology: &Typology) -> Result<Vec<(String, String)>, EngineError> {
        let context = self.session(Form::HashJoins)?;
        let plan = self.runtime.block_on(async { one_select(&context, &typology.sql).await?.into_optimized_plan() });
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

    /// Runs a query to its end, until it is stopped, or until its time is over; `take` hears of each batch of the answer.
    ///
    /// The query runs on the engine's threads and this one waits, so that an operator that never yields is left as well: its threads are given up, with all that they
    /// hold, and the next query has new ones.
    fn run(
        &mut self,
        sql: &str,
        form: Form,
        take: &mut dyn FnMut(&RecordBatch) -> Result<(), EngineError>,
    ) -> Result<(), RunFailure> {
        let context = self.session(form).map_err(RunFailure::Engine)?;
        let (sender, mut batches) = tokio::sync::mpsc::channel(2);
        let (sql, waiting) = (sql.to_owned(), std::thread::current());
        let query = self.runtime.spawn(async move {
            let answer = answer(&context, &sql, &sender, &waiting).await;
            drop(sender);
            waiting.unpark();
            answer
        });
        #[expect(clippy::disallowed_methods, reason = "how long a query takes decides nothing but whether it is ended")]
        let start = std::time::Instant::now();
        let ended = loop {
            match batches.try_recv() {
                Ok(batch) => {
                    if let Err(error) = take(&batch) {
                        break Err(RunFailure::Engine(error));
                    }
                }
                Err(TryRecvError::Disconnected) => break Ok(()),
                Err(TryRecvError::Empty) => std::thread::park_timeout(LOOK),
            }
            if self.options.stop.load(Ordering::Relaxed) {
                break Err(RunFailure::Stopped);
            }
            if start.elapsed() > self.options.time {
                break Err(RunFailure::Late);
            }
        };
        if let Err(failure) = ended {
            query.abort();
            self.renew().map_err(RunFailure::Engine)?;
            return Err(failure);
        }
        match self.runtime.block_on(query) {
            Ok(answer) => answer.map_err(|error| RunFailure::Query(Box::new(error))),
            Err(panicked) => Err(RunFailure::Panicked(panicked.to_string())),
        }
    }

    /// New threads and a new account of memory; what still runs on those before is left to itself.
    fn renew(&mut self) -> Result<(), EngineError> {
        let (runtime, environment) = surroundings(&self.options)?;
        self.environment = environment;
        std::mem::replace(&mut self.runtime, runtime).shutdown_background();
        Ok(())
    }

    /// The findings of a typology by a query in one form.
    fn ask(&mut self, typology: &Typology, form: Form) -> Result<Vec<Finding>, RunFailure> {
        let (mut findings, mut bytes, most_bytes) = (Vec::new(), 0, self.options.memory);
        self.run(&typology.sql, form, &mut |batch| {
            let before = findings.len();
            read(typology, batch, &mut findings)?;
            bytes += findings.iter().skip(before).map(size_bytes).sum::<usize>();
            if bytes > most_bytes {
                let mend = "look for less: an answer is a list for people to read";
                return Err(wrong_query(typology, format!("finds more than {bytes} bytes"), mend));
            }
            Ok(())
        })?;
        findings.sort_by(Finding::compare);
        Ok(findings)
    }
}

/// The threads of an engine, and the memory and the disk that its queries share.
fn surroundings(options: &LocalOptions) -> Result<(Runtime, Arc<RuntimeEnv>), EngineError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(options.threads).enable_all().build();
    let runtime = runtime.map_err(|error| EngineError::Engine(format!("no threads: {error}")))?;
    let environment = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(options.memory)))
        .with_disk_manager_builder(DiskManagerBuilder::default())
        .build_arc();
    Ok((runtime, environment.map_err(|error| engine(&error))?))
}

/// Sends each batch of a query's answer, and wakes the thread that waits for it.
async fn answer(
    context: &SessionContext,
    sql: &str,
    sender: &tokio::sync::mpsc::Sender<RecordBatch>,
    waiting: &std::thread::Thread,
) -> Result<(), DataFusionError> {
    let mut stream = one_select(context, sql).await?.execute_stream().await?;
    while let Some(batch) = stream.next().await {
        // Nobody takes it where the query was given up.
        if sender.send(batch?).await.is_err() {
            break;
        }
        waiting.unpark();
    }
    Ok(())
}

/// Plans a query that may only read.
async fn one_select(context: &SessionContext, sql: &str) -> Result<DataFrame, DataFusionError> {
    let options = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    context.sql_with_options(sql, options).await
}

/// About how many bytes a finding has.
fn size_bytes(finding: &Finding) -> usize {
    let texts = finding.subjects.iter().chain(&finding.orders).chain(&finding.facts);
    std::mem::size_of::<Finding>()
        + finding.key.len()
        + finding.why.len()
        + texts.map(|text| text.len() + 24).sum::<usize>()
}

/// Why a query in one form came to no end.
enum RunFailure {
    /// The query is wrong, or its memory was not enough.
    Query(Box<DataFusionError>),
    Engine(EngineError),
    /// A part of the engine panicked.
    Panicked(String),
    /// Its time was over.
    Late,
    Stopped,
}

impl RunFailure {
    fn lacks_memory(&self) -> bool {
        let exhausted = |error: &DataFusionError| matches!(error, DataFusionError::ResourcesExhausted(_));
        matches!(self, RunFailure::Query(error) if exhausted(error.find_root()) && !lacks_room(error.find_root()))
    }
}

fn engine(error: &DataFusionError) -> EngineError {
    EngineError::Engine(error.strip_backtrace())
}

fn wrong_query(typology: &Typology, what: String, mend: &str) -> EngineError {
    EngineError::Query { file: typology.file.clone(), line: 0, what, mend: mend.to_owned() }
}

impl Engine for LocalEngine {
    fn findings(&mut self, typology: &Typology) -> Result<Vec<Finding>, EngineError> {
        let mut last = RunFailure::Stopped;
        for form in Form::ALL {
            match self.ask(typology, form) {
                Ok(findings) => return Ok(findings),
                Err(failure) if failure.lacks_memory() => last = failure,
                Err(failure) => {
                    last = failure;
                    break;
                }
            }
        }
        Err(match last {
            RunFailure::Stopped => EngineError::Stopped,
            RunFailure::Engine(error) => error,
            RunFailure::Late => {
                let what = format!("took more than {} seconds", self.options.time.as_secs());
                wrong_query(
                    typology,
                    what,
                    "filter before joins and windows (docs/design/typologies.md); or use --cluster",
                )
            }
            RunFailure::Panicked(what) => wrong_query(
                typology,
                format!("took down a part of the engine: {what}"),
                "use --engine duckdb, and report it",
            ),
            RunFailure::Query(error) => of_query(typology, &error),
        })
    }

    fn count_filled(&mut self, table: &str, columns: &[&str]) -> Result<FilledCounts, EngineError> {
        if !self.tables.contains_key(table) {
            return Ok(FilledCounts { rows: 0, columns: vec![0; columns.len()] });
        }
        let names: Vec<String> = columns.iter().map(|column| format!(", count({column})")).collect();
        let sql = format!("SELECT count(*){} FROM {table}", names.concat());
        let mut counts: Vec<u64> = Vec::new();
        let answer = self.run(&sql, Form::HashJoins, &mut |batch| {
            counts.extend(batch.columns().iter().filter_map(|column| {
                let counts = column.as_primitive_opt::<Int64Type>().filter(|counts| !counts.is_empty())?;
                u64::try_from(counts.value(0)).ok()
            }));
            Ok(())
        });
        match answer {
            Ok(()) => {}
            Err(RunFailure::Stopped) => return Err(EngineError::Stopped),
            Err(RunFailure::Engine(error)) => return Err(error),
            Err(RunFailure::Panicked(what)) => return Err(EngineError::Engine(format!("{table}: {what}"))),
            Err(RunFailure::Late) => return Err(EngineError::Engine(format!("{table}: could not be counted in time"))),
            Err(RunFailure::Query(error)) => return Err(engine(&error)),
        }
        let mut counts = counts.into_iter();
        match (counts.next(), counts.collect::<Vec<u64>>()) {
            (Some(rows), counts) if counts.len() == columns.len() => Ok(FilledCounts { rows, columns: counts }),
            _ => Err(EngineError::Engine(format!("{table}: its rows could not be counted"))),
        }
    }
}

/// Whether what a query spills has no room on the disk.
fn lacks_room(error: &DataFusionError) -> bool {
    match error {
        DataFusionError::IoError(error) => error.kind() == std::io::ErrorKind::StorageFull,
        DataFusionError::ResourcesExhausted(what) => what.contains("disk space"),
        other => other.to_string().contains("No space left on device"),
    }
}

/// What the engine says of a query, with the line where it says one.
fn of_query(typology: &Typology, error: &DataFusionError) -> EngineError {
    let span = error.diagnostic().and_then(|found| found.span);
    let line_of_span = span.and_then(|span| usize::try_from(span.start.line).ok());
    let what = error.strip_backtrace();
    let in_message = || what.split_once("Line: ").and_then(|(_, rest)| rest.split([',', ' ']).next()?.parse().ok());
    // An error of no line is one of the whole file.
    let line = line_of_span.or_else(in_message).unwrap_or(0);
    let mend = match error.find_root() {
        root if lacks_room(root) => "make room on the disk, or name another folder in the variable TMPDIR",
        DataFusionError::ResourcesExhausted(_) => {
            "filter before joins and windows, and name the small side of a join first (docs/design/typologies.md); or use --engine duckdb or --cluster"
        }
        _ => "see docs/design/typologies.md for the tables, their columns, and what every engine runs",
    };
    EngineError::Query { file: typology.file.clone(), line, what, mend: mend.to_owned() }
}

fn read(typology: &Typology, batch: &RecordBatch, findings: &mut Vec<Finding>) -> Result<(), EngineError> {
    let wrong =
        |what: String| wrong_query(typology, what, &format!("return exactly the columns {}", COLUMNS.join(", ")));
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
        // SQL joins texts to NULL on some engines and to text on others: NULL is the empty text on all.
        let text = |place: usize| Ok::<String, EngineError>(text_at(&column(place)?, row).unwrap_or("").to_owned());
        let day = |place: usize| {
            let array = column(place)?;
            let days = array.as_primitive_opt::<Int32Type>();
            let days = days.ok_or_else(|| wrong(format!("column {} is no INT", place + 1)))?;
            // NULL is day 0, as on the cluster.
            let number = if days.is_null(row) { 0 } else { days.value(row) };
            Date::from_epoch_days(number)
                .ok_or_else(|| wrong(format!("column {}: there is no day {number}", place + 1)))
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
            llr: bounded_llr(llr, typology.cap),
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
fn text_at(array: &ArrayRef, row: usize) -> Option<&str> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string_opt::<i32>().map(|texts| texts.value(row)),
        DataType::LargeUtf8 => array.as_string_opt::<i64>().map(|texts| texts.value(row)),
        DataType::Utf8View => array.as_string_view_opt().map(|texts| texts.value(row)),
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
    let mut texts: Vec<String> = (0..list.len()).filter_map(|place| text_at(&list, place)).map(str::to_owned).collect();
    texts.sort();
    texts.dedup();
    texts
}
