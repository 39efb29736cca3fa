//! What runs over batches of Arrow wherever they are: inside Apache Spark, by way of the wheel in `python/`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use serde::Deserialize;
use tollgate_law::Law;
use tollgate_model::{Diagnostics, Stop};
use tollgate_screening::Screener;

use crate::TwoPhaseReplay;
use tollgate_decide::load_policy;
use tollgate_decide::{Screening, Tables};

/// Two policies, and the tables beside the orders, as files that every worker can read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplaySpec {
    /// A policy of the program, or a file.
    pub policy: String,
    /// The one it is held against.
    pub against: String,
    /// The parties table.
    pub parties: Option<PathBuf>,
    /// The ownership table.
    pub ownership: Option<PathBuf>,
    /// The items table.
    pub items: Option<PathBuf>,
    /// Lists to screen parties against.
    #[serde(default)]
    pub lists: Vec<PathBuf>,
    /// The least score of a match, in basis points.
    pub threshold: u32,
    /// Findings about matches.
    pub clearances: Option<PathBuf>,
}

/// Decides order lines under two policies, in two steps that may run on different machines.
///
/// [`settle`](ReplayKernel::settle) decides what turns on no count, anywhere and in any order. What is left is counted by [`count`](ReplayKernel::count), in
/// one place and in order of date, and of the file within a date.
pub struct ReplayKernel(TwoPhaseReplay);

impl ReplayKernel {
    /// Reads law and tables. `spec` is a [`ReplaySpec`] as JSON; `load_screener` reads the list files that it names, of which this crate knows
    /// nothing (`tollgate_lists::load_screener` does). An error says what is wrong and how to mend it.
    pub fn new(
        spec: &str,
        load_screener: impl FnOnce(&[PathBuf]) -> Result<Screener, Diagnostics>,
    ) -> Result<ReplayKernel, String> {
        let spec: ReplaySpec = serde_json::from_str(spec).map_err(|error| format!("the specification: {error}"))?;
        let law = Law::embedded().map_err(|error| error.to_string())?;
        let policy = |name: &str| load_policy(&law, name).map(Arc::new).map_err(|error| error.to_string());
        let screener = Arc::new(load_screener(&spec.lists).map_err(|error| error.to_string())?);
        let screening =
            Screening { screener: &screener, threshold: spec.threshold, clearances: spec.clearances.as_deref() };
        let [parties, ownership, items] = [&spec.parties, &spec.ownership, &spec.items].map(|path| path.as_deref());
        let stop = Stop::default();
        let tables = Tables::read(parties, ownership, items, screening, &stop).map_err(|error| error.to_string())?;
        Ok(ReplayKernel(TwoPhaseReplay::new([policy(&spec.policy)?, policy(&spec.against)?], Arc::new(tables))))
    }

    /// Adds columns to lines: `tg_before`, `tg_after`, `tg_change`, `tg_tpp`, `tg_price`, `tg_diff`; the first two are empty where the decision turns on what was counted before.
    pub fn settle(&mut self, lines: &RecordBatch) -> Result<RecordBatch, String> {
        self.0.settle(lines, Path::new("orders"))
    }

    /// Fills in what [`settle`](Self::settle) left empty. Batches must come in order of date.
    pub fn count(&mut self, lines: &RecordBatch) -> Result<RecordBatch, String> {
        self.0.count(lines, Path::new("orders"))
    }
}
