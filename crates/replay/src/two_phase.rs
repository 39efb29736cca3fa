//! A replay in two phases over batches of Arrow: what turns on no count first, anywhere; the rest in order of date.

use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, Int64Builder, StringBuilder};
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;
use arrow_array::{Array as _, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use tollgate_law::Policy;
use tollgate_model::Diagnostics;
use tollgate_records::OrderBatch;

use super::cell_decider::CellDecider;
use super::change::{Change, push_change};
use super::encoder::{EncodedLine, Encoder};
use super::verdict::{ExceptionNames, Verdict};
use super::widths::index_of;
use tollgate_decide::Decider;
use tollgate_decide::Tables;

/// Two policies over batches that come from anywhere: [`TwoPhaseReplay::settle`] decides what turns on no count,
/// [`TwoPhaseReplay::count`] what is left.
pub struct TwoPhaseReplay {
    encoder: Encoder,
    deciders: [CellDecider; 2],
    names: ExceptionNames,
}

/// The columns that are added to lines, with a name in [`RESULT_COLUMNS`] each.
#[derive(Default)]
struct ResultColumns {
    before: Int32Builder,
    after: Int32Builder,
    change: StringBuilder,
    tpp: Int64Builder,
    price: Int64Builder,
    diff: StringBuilder,
}

const RESULT_COLUMNS: [&str; 6] = ["tg_before", "tg_after", "tg_change", "tg_tpp", "tg_price", "tg_diff"];

impl TwoPhaseReplay {
    /// Two policies over the same tables, with nothing counted yet.
    pub fn new(policies: [Arc<Policy>; 2], tables: Arc<Tables>) -> TwoPhaseReplay {
        let names = ExceptionNames::from_policies(policies.iter().map(Arc::as_ref));
        let base = Decider::new(Arc::clone(&policies[0]), tables);
        let encoder = Encoder::new(base.with_policy(Arc::clone(&policies[0])).into_builder());
        let deciders = policies.map(|policy| {
            let decider = base.with_policy(Arc::clone(&policy));
            CellDecider::new(policy, decider, names.clone())
        });
        TwoPhaseReplay { encoder, deciders, names }
    }

    /// The batch with six columns added: what each line comes to under each policy, left empty where that turns on a count.
    /// Batches may come in any order. `file` is what messages call the batch; an error says what is wrong and how to mend it.
    pub fn settle(&mut self, batch: &RecordBatch, file: &Path) -> Result<RecordBatch, String> {
        let (orders, lines) = self.encode(batch, file)?;
        let mut results = ResultColumns::default();
        for line in &lines {
            let row = index_of(line.row);
            let verdicts = self.deciders.each_mut().map(|decider| decider.decide_uncounted(line, || orders.line(row)));
            results.push(line, &orders, verdicts, &self.names)?;
        }
        results.append_to(batch)
    }

    /// A batch that [`TwoPhaseReplay::settle`] gave, with the six columns filled in. Batches and the lines in them come in order of date.
    pub fn count(&mut self, batch: &RecordBatch, file: &Path) -> Result<RecordBatch, String> {
        let (orders, lines) = self.encode(batch, file)?;
        let codes = |name: &str| {
            let column = batch.column_by_name(name).and_then(|column| column.as_primitive_opt::<Int32Type>());
            column.ok_or_else(|| format!("there is no column {name} of whole numbers\n  mend: settle the lines first"))
        };
        let codes = [codes("tg_before")?, codes("tg_after")?];
        let mut results = ResultColumns::default();
        for line in &lines {
            let row = index_of(line.row);
            let mut verdicts = [None; 2];
            for ((verdict, codes), decider) in verdicts.iter_mut().zip(codes).zip(&mut self.deciders) {
                *verdict = match codes.is_valid(row) {
                    true => Verdict::from_code(codes.value(row)),
                    false => decider.decide(line, || orders.line(row)),
                };
                if verdict.is_none() {
                    let mend = "settle the lines again";
                    return Err(format!("the line in row {row} of a batch cannot be decided\n  mend: {mend}"));
                }
            }
            results.push(line, &orders, verdicts, &self.names)?;
        }
        let inputs: Vec<usize> = (0..batch.num_columns())
            .filter(|at| !RESULT_COLUMNS.contains(&batch.schema_ref().field(*at).name().as_str()))
            .collect();
        results.append_to(&batch.project(&inputs).map_err(|error| error.to_string())?)
    }

    /// The lines of a batch as they were written and in numbers; an error where one of them cannot be decided.
    fn encode(&mut self, batch: &RecordBatch, file: &Path) -> Result<(OrderBatch, Vec<EncodedLine>), String> {
        let orders = OrderBatch::from_arrow(batch, 1, file).map_err(|error| error.to_string())?;
        let lines = self.encoder.encode(&orders, 0, file);
        match self.encoder.take_errors() {
            errors if errors.is_empty() && lines.len() == batch.num_rows() => Ok((orders, lines)),
            errors => Err(Diagnostics(errors).to_string()),
        }
    }
}

impl ResultColumns {
    /// Adds a row: what a line comes to under each policy, `None` where that is not settled.
    fn push(
        &mut self,
        line: &EncodedLine,
        orders: &OrderBatch,
        [before, after]: [Option<Verdict>; 2],
        names: &ExceptionNames,
    ) -> Result<(), String> {
        self.before.append_option(before.map(Verdict::code));
        self.after.append_option(after.map(Verdict::code));
        self.tpp.append_option(line.tpp.map(|tpp| tpp.ceil()));
        self.price.append_value(line.price_cents);
        let both = before.zip(after);
        let change = both.and_then(|(before, after)| Change::between(before, after));
        self.change.append_option(change.map(Change::as_str));
        let order = orders.line(index_of(line.row));
        let diff = change.zip(both).zip(order).map(|((change, (before, after)), order)| {
            let mut text = String::new();
            push_change(&mut text, &order, line.tpp, change, [before, after].map(|verdict| verdict.text(names)))?;
            Ok::<String, serde_json::Error>(text)
        });
        self.diff.append_option(diff.transpose().map_err(|error| error.to_string())?);
        Ok(())
    }

    /// The batch with these columns behind its others.
    fn append_to(mut self, batch: &RecordBatch) -> Result<RecordBatch, String> {
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
        let added = RESULT_COLUMNS.iter().zip(types).map(|(name, kind)| Arc::new(Field::new(*name, kind, true)));
        let fields: Vec<_> = batch.schema_ref().fields().iter().cloned().chain(added).collect();
        let columns = batch.columns().iter().cloned().chain(columns).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|error| error.to_string())
    }
}
