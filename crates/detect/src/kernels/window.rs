//! The rolling kernel as a window function of DataFusion, and the rule that puts it in the place of the engine's own.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::{Array as _, ArrayRef, Int64Array};
use arrow_schema::{DataType, Field, FieldRef};
use datafusion::common::tree_node::Transformed;
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::config::ConfigOptions;
use datafusion::logical_expr::expr::{WindowFunction, WindowFunctionParams};
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::{
    Expr, ExprSchemable as _, LogicalPlan, PartitionEvaluator, Signature, Volatility, Window, WindowFrameBound,
    WindowFrameUnits, WindowFunctionDefinition, WindowUDF, WindowUDFImpl,
};
use datafusion::optimizer::AnalyzerRule;

use super::rolling::{Frame, rolling};

/// What a window function computes of the values in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Aggregate {
    Sum,
    Count,
}

/// A sum or count over days before and after a row's own, as a function of the engine.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Rolling {
    aggregate: Aggregate,
    frame: Frame,
    signature: Signature,
}

impl WindowUDFImpl for Rolling {
    fn name(&self) -> &str {
        match self.aggregate {
            Aggregate::Sum => "tollgate_rolling_sum",
            Aggregate::Count => "tollgate_rolling_count",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn partition_evaluator(&self, _: PartitionEvaluatorArgs<'_>) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Evaluator { aggregate: self.aggregate, frame: self.frame }))
    }

    fn field(&self, arguments: WindowUDFFieldArgs<'_>) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(arguments.name(), DataType::Int64, self.aggregate == Aggregate::Sum)))
    }
}

#[derive(Debug)]
struct Evaluator {
    aggregate: Aggregate,
    frame: Frame,
}

impl PartitionEvaluator for Evaluator {
    fn evaluate_all(&mut self, values: &[ArrayRef], rows: usize) -> Result<ArrayRef> {
        let [values, days] = values else { return exec_err!("a rolling sum takes a value and a day") };
        // A count asks only whether there is a value, whatever its type.
        let values: Vec<Option<i64>> = match (self.aggregate, values.as_primitive_opt::<Int64Type>()) {
            (_, Some(values)) => values.iter().collect(),
            (Aggregate::Count, None) => (0..rows).map(|row| values.is_valid(row).then_some(0)).collect(),
            (Aggregate::Sum, None) => return exec_err!("a rolling sum of {} is none of ours", values.data_type()),
        };
        let days: Vec<Option<i64>> = match (days.as_primitive_opt::<Int32Type>(), days.as_primitive_opt::<Int64Type>())
        {
            (Some(days), _) => days.iter().map(|day| day.map(i64::from)).collect(),
            (_, Some(days)) => days.iter().collect(),
            _ => return exec_err!("a day of type {} is none", days.data_type()),
        };
        let found = rolling(&values, &days, self.frame).into_iter();
        Ok(match self.aggregate {
            Aggregate::Sum => Arc::new(found.map(|(count, sum)| (count > 0).then_some(sum)).collect::<Int64Array>()),
            Aggregate::Count => Arc::new(found.map(|(count, _)| Some(count)).collect::<Int64Array>()),
        })
    }
}

/// Puts [`Rolling`] in the place of sums and counts of whole numbers over a range of days: what a typology asks in the SQL of every engine is answered by our
/// kernel here, and by the engine's own on Spark.
#[derive(Debug)]
pub(crate) struct UseRolling;

impl AnalyzerRule for UseRolling {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        let replaced = plan.transform_up_with_subqueries(|plan| {
            let LogicalPlan::Window(window) = &plan else { return Ok(Transformed::no(plan)) };
            let mut any = false;
            let expressions = window.window_expr.iter().map(|expression| match as_rolling(expression, window) {
                Some(rolling) => {
                    any = true;
                    rolling
                }
                None => expression.clone(),
            });
            let expressions: Vec<Expr> = expressions.collect();
            match any {
                true => {
                    Ok(Transformed::yes(LogicalPlan::Window(Window::try_new(expressions, Arc::clone(&window.input))?)))
                }
                false => Ok(Transformed::no(plan)),
            }
        })?;
        Ok(replaced.data)
    }

    fn name(&self) -> &str {
        "tollgate_rolling"
    }
}

/// The expression by our kernel, under the same name; `None` where it is not for the kernel.
fn as_rolling(expression: &Expr, window: &Window) -> Option<Expr> {
    let Expr::WindowFunction(function) = expression else { return None };
    let WindowFunctionDefinition::AggregateUDF(aggregate) = &function.fun else { return None };
    let params = &function.params;
    let kind = match aggregate.name() {
        "sum" => Aggregate::Sum,
        "count" => Aggregate::Count,
        _ => return None,
    };
    let ([value], [order]) = (params.args.as_slice(), params.order_by.as_slice()) else { return None };
    let schema = window.input.schema();
    let day = order.expr.get_type(schema).ok()?;
    let plain = params.filter.is_none() && !params.distinct && params.null_treatment.is_none();
    let by_day = order.asc && !order.nulls_first && matches!(day, DataType::Int32 | DataType::Int64);
    let whole = kind == Aggregate::Count || value.get_type(schema).ok()? == DataType::Int64;
    if !(plain && by_day && whole && params.window_frame.units == WindowFrameUnits::Range) {
        return None;
    }
    let frame = Frame { from: bound(&params.window_frame.start_bound)?, until: bound(&params.window_frame.end_bound)? };
    let signature = Signature::any(2, Volatility::Immutable);
    let args = vec![value.clone(), order.expr.clone()];
    let params = WindowFunctionParams { args, ..params.clone() };
    let fun =
        WindowFunctionDefinition::WindowUDF(Arc::new(WindowUDF::from(Rolling { aggregate: kind, frame, signature })));
    let (relation, name) = expression.qualified_name();
    Some(Expr::WindowFunction(Box::new(WindowFunction { fun, params })).alias_qualified(relation, name))
}

/// How many days from the row's own a bound is, without end or so far; none where it is not in whole days.
fn bound(bound: &WindowFrameBound) -> Option<Option<i64>> {
    let days = |value: &ScalarValue| match value {
        ScalarValue::Int64(Some(days)) => Some(*days),
        ScalarValue::Int32(Some(days)) => Some(i64::from(*days)),
        ScalarValue::UInt64(Some(days)) => i64::try_from(*days).ok(),
        _ => None,
    };
    match bound {
        WindowFrameBound::CurrentRow => Some(Some(0)),
        other if other.is_unbounded() => Some(None),
        WindowFrameBound::Preceding(value) => Some(Some(days(value)?.checked_neg()?)),
        WindowFrameBound::Following(value) => Some(Some(days(value)?)),
    }
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::{SessionConfig, SessionContext};
    use proptest::prelude::*;

    use super::*;

    const FRAMES: [&str; 7] = [
        "5 PRECEDING AND CURRENT ROW",
        "5 PRECEDING AND 2 PRECEDING",
        "CURRENT ROW AND 3 FOLLOWING",
        "2 FOLLOWING AND 4 FOLLOWING",
        "UNBOUNDED PRECEDING AND CURRENT ROW",
        "UNBOUNDED PRECEDING AND 1 PRECEDING",
        "CURRENT ROW AND UNBOUNDED FOLLOWING",
    ];

    fn answer(with_kernel: bool, values: &str, frame: &str) -> (String, bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
        if with_kernel {
            context.add_analyzer_rule(Arc::new(UseRolling));
        }
        let over = format!("OVER (PARTITION BY holder ORDER BY day RANGE BETWEEN {frame})");
        let sql = format!(
            "SELECT holder, day, value, sum(value) {over} AS total, count(value) {over} AS known, count(*) {over} AS rows_in, sum(value) {over} + 1 AS more
             FROM (SELECT column1 AS holder, CAST(column2 AS INT) AS day, CAST(column3 AS BIGINT) AS value FROM (VALUES {values})) ORDER BY 1, 2, 3"
        );
        runtime.block_on(async {
            let frame = context.sql(&sql).await.unwrap();
            let plan = frame.clone().into_optimized_plan().unwrap().display_indent().to_string();
            let rows = frame.collect().await.unwrap();
            let text = datafusion::arrow::util::pretty::pretty_format_batches(&rows).unwrap().to_string();
            (text, plan.contains("tollgate_rolling"))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if std::env::var_os("TOLLGATE_LONG").is_some() { 1_000 } else { 24 }))]

        /// Against the engine's own windows.
        #[test]
        fn the_kernel_answers_as_the_engine_does(
            rows in prop::collection::vec((0..3, prop::option::weighted(0.9, 0..12), prop::option::weighted(0.8, -5..50_i64)), 1..40),
            frame in 0..FRAMES.len(),
        ) {
            let cell = |value: Option<i64>| value.map_or("NULL".to_owned(), |value| value.to_string());
            let rows: Vec<String> =
                rows.iter().map(|(holder, day, value)| format!("('{holder}', {}, {})", cell(day.map(i64::from)), cell(*value))).collect();
            let rows = rows.join(", ");
            let (kernel, by_kernel) = answer(true, &rows, FRAMES[frame]);
            let (engine, by_engine) = answer(false, &rows, FRAMES[frame]);
            prop_assert!(by_kernel && !by_engine);
            prop_assert_eq!(kernel, engine);
        }
    }
}
