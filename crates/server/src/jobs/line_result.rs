//! One line of an upload: tried or recorded.

use std::path::Path as FilePath;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tollgate_decide::FileCounts;
use tollgate_desk::{Answer, Before, Order, OrderRequest, check, propose_within};

use super::TRIES;
use super::counting::{self, counts_within};
use super::task::Task;
use crate::Shared;
use crate::orders::{record_order, try_order};
use crate::problem::Problem;

/// What the lines of a trial count among themselves; nothing where they are recorded, since the ledger counts them then.
pub(super) fn trial_counts(
    app: &Shared,
    task: &Task,
    orders: &FilePath,
    lines: u64,
) -> Result<Vec<FileCounts>, String> {
    if task.reserve {
        return Ok(Vec::new());
    }
    if lines > counting::MOST {
        return Err(format!(
            "the file has {lines} lines, more than {} can be counted at a time\n  mend: split it by years, or use `tollgate decide`",
            counting::MOST
        ));
    }
    let decider = app.desk.latest().decider.with_policy(Arc::clone(&app.desk.policy));
    counts_within(orders, decider)
}

/// Decides a line for trial, on what its file had counted before it.
async fn try_within(app: &Shared, order: OrderRequest, counts: Option<&FileCounts>) -> Result<Answer, Problem> {
    let Some(counts) = counts.cloned() else { return try_order(app, order).await };
    check(&order)?;
    let desk = Arc::clone(&app.desk);
    let time = app.time()?;
    let trial = Order { key: String::new(), order, hold: false };
    let decided = app.with_ledger(move |ledger| {
        let before = Before { file: Some(&counts), ..Before::default() };
        propose_within(&desk, ledger, &trial, before, time)
    });
    let decision = decided.await??;
    Ok(Answer { decision: decision.decision, reservation: None, held: decision.held })
}

/// A line's result; nothing where the ledger stays away. A line is known by its job, the task and its row.
pub(super) async fn one(
    app: &Shared,
    (id, task, row): (&str, &Task, u64),
    order: OrderRequest,
    counts: Option<&FileCounts>,
    remarks: Vec<String>,
) -> Option<Value> {
    let (order_id, line) = (order.order_id.clone(), order.line.unwrap_or(1));
    // What the page of the line needs of the order beside its decision.
    let stated = [("claim", order.claim()), ("end_use", order.end_use())];
    let stated = stated.map(|(name, text)| (name, text.map(str::to_owned)));
    for _ in 0..TRIES {
        let made = match task.reserve {
            false => try_within(app, order.clone(), counts).await.map(|answer| (StatusCode::OK, answer)),
            true => {
                let order = Order { key: format!("{id}.{row}"), order: order.clone(), hold: false };
                record_order(app, &task.actor, order).await.map(|(answer, _)| (StatusCode::CREATED, answer))
            }
        };
        let head =
            |status: StatusCode| json!({ "row": row, "order_id": order_id, "line": line, "status": status.as_u16() });
        let (mut result, member, value) = match made {
            Ok((status, answer)) => (head(status), "answer", json!(answer)),
            Err(problem) if matches!(problem.status.as_u16(), 429 | 503) => {
                if app.ending.load(Ordering::Relaxed) {
                    return None;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
            Err(problem) => {
                let refusal = json!({ "code": problem.code, "detail": problem.detail, "mend": problem.mend });
                (head(problem.status), "problem", refusal)
            }
        };
        if let Some(result) = result.as_object_mut() {
            result.insert(member.to_owned(), value);
            for (name, text) in &stated {
                if let Some(text) = text {
                    result.insert((*name).to_owned(), json!(text));
                }
            }
            if !remarks.is_empty() {
                result.insert("remarks".to_owned(), json!(remarks));
            }
        }
        return Some(result);
    }
    None
}
