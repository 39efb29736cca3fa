use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, Int64Builder, StringBuilder};
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use tollgate_law::Policy;
use tollgate_model::Diagnostics;
use tollgate_records::{MAX_ERRORS, OrderBatch};

use super::change::{Change, push_change};
use super::counting::Counter;
use super::numbered::{NumberedLine, Numberer};
use super::short::{ExceptionNames, Short};
use tollgate_decide::Decider;
use tollgate_decide::Tables;

/// Two policies over batches that come from anywhere: what turns on no count is settled at once, what does is counted afterwards.
pub struct Settling {
    numberer: Numberer,
    counters: [Counter; 2],
    names: ExceptionNames,
}

/// What is added to a line.
#[derive(Default)]
struct Added {
    before: Int32Builder,
    after: Int32Builder,
    change: StringBuilder,
    tpp: Int64Builder,
    price: Int64Builder,
    diff: StringBuilder,
}

const NAMES: [&str; 6] = ["tg_before", "tg_after", "tg_change", "tg_tpp", "tg_price", "tg_diff"];

impl Settling {
    /// Two policies over the same tables, with nothing counted yet.
    pub fn new(policies: [Arc<Policy>; 2], tables: Arc<Tables>) -> Settling {
        let names = ExceptionNames::of(policies.iter().map(Arc::as_ref));
        let base = Decider::new(Arc::clone(&policies[0]), tables);
        let numberer = Numberer::new(base.with_policy(Arc::clone(&policies[0])).into_builder());
        let counters = policies.map(|policy| {
            let decider = base.with_policy(Arc::clone(&policy));
            Counter::new(policy, decider, names.clone())
        });
        Settling { numberer, counters, names }
    }

    /// Adds what each line comes to under each policy, where that turns on no count.
    pub fn settle(&mut self, batch: &RecordBatch, file: &Path) -> Result<RecordBatch, String> {
        let (orders, lines) = self.take(batch, file)?;
        let mut added = Added::default();
        for line in &lines {
            let row = usize::try_from(line.row).unwrap_or(usize::MAX);
            let decided = self.counters.each_mut().map(|counter| counter.settle(line, || orders.line(row)));
            added.push(line, &orders, decided, &self.names)?;
        }
        added.finish(batch)
    }

    /// Fills in what is not settled; lines come in order of date.
    pub fn count(&mut self, batch: &RecordBatch, file: &Path) -> Result<RecordBatch, String> {
        let (orders, lines) = self.take(batch, file)?;
        let known = |name: &str| {
            let column = batch.column_by_name(name).and_then(|column| column.as_primitive_opt::<Int32Type>());
            column.ok_or_else(|| format!("there is no column {name} of whole numbers\n  mend: settle the lines first"))
        };
        let known = [known("tg_before")?, known("tg_after")?];
        let mut added = Added::default();
        for line in &lines {
            let row = usize::try_from(line.row).unwrap_or(usize::MAX);
            let mut decided = [None; 2];
            for ((decided, known), counter) in decided.iter_mut().zip(known).zip(&mut self.counters) {
                *decided = match known.is_valid(row) {
                    true => Short::from_code(known.value(row)),
                    false => counter.decide(line, || orders.line(row)),
                };
            }
            added.push(line, &orders, decided, &self.names)?;
        }
        let kept: Vec<usize> = (0..batch.num_columns())
            .filter(|at| !NAMES.contains(&batch.schema_ref().field(*at).name().as_str()))
            .collect();
        added.finish(&batch.project(&kept).map_err(|error| error.to_string())?)
    }

    fn take(&mut self, batch: &RecordBatch, file: &Path) -> Result<(OrderBatch, Vec<NumberedLine>), String> {
        let orders = OrderBatch::from_arrow(batch, 1, file).map_err(|error| error.to_string())?;
        let lines = self.numberer.number(&orders, 0, file);
        match self.numberer.take_unknown() {
            unknown if unknown.is_empty() && lines.len() == batch.num_rows() => Ok((orders, lines)),
            unknown => Err(Diagnostics::up_to(MAX_ERRORS, unknown).to_string()),
        }
    }
}

impl Added {
    fn push(
        &mut self,
        line: &NumberedLine,
        orders: &OrderBatch,
        [before, after]: [Option<Short>; 2],
        names: &ExceptionNames,
    ) -> Result<(), String> {
        self.before.append_option(before.map(Short::code));
        self.after.append_option(after.map(Short::code));
        self.tpp.append_option(line.tpp.map(|tpp| tpp.ceil()));
        self.price.append_value(line.price);
        let both = before.zip(after);
        let change = both.and_then(|(before, after)| Change::of(before, after));
        self.change.append_option(change.map(Change::as_str));
        let order = usize::try_from(line.row).ok().and_then(|row| orders.line(row));
        let diff = change.zip(both).zip(order).map(|((change, (before, after)), order)| {
            let mut text = String::new();
            push_change(&mut text, &order, line.tpp, change, [before, after].map(|verdict| verdict.text(names)))?;
            Ok::<String, serde_json::Error>(text)
        });
        self.diff.append_option(diff.transpose().map_err(|error| error.to_string())?);
        Ok(())
    }

    fn finish(mut self, batch: &RecordBatch) -> Result<RecordBatch, String> {
        let columns: [ArrayRef; 6] = [
            Arc::new(self.before.finish()),
            Arc::new(self.after.finish()),
            Arc::new(self.change.finish()),
            Arc::new(self.tpp.finish()),
            Arc::new(self.price.finish()),
            Arc::new(self.diff.finish()),
        ];
        let types =
            [DataType::Int32, DataType::Int32, DataType::Utf8, DataType::Int64, DataType::Int64, DataType::Utf8];
        let own = NAMES.iter().zip(types).map(|(name, own)| Arc::new(Field::new(*name, own, true)));
        let fields: Vec<_> = batch.schema_ref().fields().iter().cloned().chain(own).collect();
        let columns = batch.columns().iter().cloned().chain(columns).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|error| error.to_string())
    }
}
