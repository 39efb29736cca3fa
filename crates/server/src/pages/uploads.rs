//! Uploads as stored pages: what came out by outcome and review, what is missing, and each line with its argument.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::access::{Caller, Right};
use super::basis::{Judged, basis, duties};
use super::orders::as_csv;
use super::{Refused, View, encoded, texts_of};
use crate::board::without_formula;
use crate::jobs::{Upload, UploadRow};

/// Rows on a page.
const PAGE: usize = 100;

pub(super) async fn list(view: View) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Try)?;
    let rows = view.app().jobs.uploads(&caller);
    Ok(view.render("uploads.html", "nav.uploads", json!({ "rows": rows })))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Facets {
    outcome: String,
    review: String,
    /// A column that lines lack.
    missing: String,
    from: usize,
}

impl Facets {
    fn takes(&self, row: &UploadRow) -> bool {
        let is = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
        is(&self.outcome, &row.outcome)
            && is(&self.review, row.review.as_deref().unwrap_or(""))
            && (self.missing.is_empty() || row.missing.contains(&self.missing))
    }

    fn address(&self, id: &str, from: usize) -> String {
        let fields = [("outcome", &self.outcome), ("review", &self.review), ("missing", &self.missing)];
        let fields = fields.iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = fields.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        format!("/uploads/{}?{}&from={from}", encoded(id), query.join("&"))
    }
}

/// How many lines have each outcome and review, and how many lack each column.
fn counted(rows: &[UploadRow]) -> (Vec<Value>, Vec<Value>) {
    let mut outcomes: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut missing: BTreeMap<&str, u64> = BTreeMap::new();
    for row in rows {
        *outcomes.entry((&row.outcome, row.review.as_deref().unwrap_or(""))).or_default() += 1;
        for column in &row.missing {
            *missing.entry(column).or_default() += 1;
        }
    }
    let outcomes = outcomes
        .iter()
        .map(|((outcome, review), count)| json!({ "outcome": outcome, "review": review, "count": count }));
    let mut missing: Vec<_> = missing.into_iter().collect();
    missing.sort_by(|one, other| (other.1, one.0).cmp(&(one.1, other.0)));
    (outcomes.collect(), missing.iter().map(|(column, count)| json!({ "column": column, "count": count })).collect())
}

fn upload(view: &View, caller: &Caller, id: &str) -> Option<Upload> {
    view.app().jobs.uploads(caller).into_iter().find(|upload| upload.id() == id)
}

pub(super) async fn one(view: View, Path(id): Path<String>, Query(facets): Query<Facets>) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Try)?;
    let (id, is_csv) = id.strip_suffix(".csv").map_or((id.as_str(), false), |id| (id, true));
    let Some(upload) = upload(&view, &caller, id) else { return Err(view.nothing()) };
    let summary = match summary(&view, id).await {
        Ok(rows) => rows,
        Err(what) => return Err(view.wrong(&what)),
    };
    if is_csv {
        return csv(&view, &summary, &facets);
    }
    let (outcomes, missing) = counted(&summary);
    let found: Vec<&UploadRow> = summary.iter().filter(|row| facets.takes(row)).collect();
    let of = found.len();
    let from = facets.from.min(of);
    let rows: Vec<&UploadRow> = found.into_iter().skip(from).take(PAGE).collect();
    let to = from + rows.len();
    let is_filtered = [&facets.outcome, &facets.review, &facets.missing].iter().any(|text| !text.is_empty());
    let context = json!({
        "upload": upload, "id": id, "outcomes": outcomes, "missing": missing, "rows": rows, "lines": summary.len(),
        "asked": { "outcome": facets.outcome, "review": facets.review, "missing": facets.missing },
        "is_filtered": is_filtered,
        "from": from + 1, "to": to, "of": of, "earlier": (from > 0).then(|| facets.address(id, from.saturating_sub(PAGE))),
        "further": (to < of).then(|| facets.address(id, to)), "csv": facets.address(&format!("{id}.csv"), 0),
    });
    Ok(view.render("upload.html", "nav.uploads", context))
}

/// The results of a job in short, read away from the threads that answer.
async fn summary(view: &View, id: &str) -> Result<Vec<UploadRow>, String> {
    let (app, id) = (std::sync::Arc::clone(&view.app), id.to_owned());
    let read = tokio::task::spawn_blocking(move || {
        let summary = app.jobs.summary(&id);
        let held = summary.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        held.rows.clone()
    });
    read.await.map_err(|error| error.to_string())
}

/// A row as a file has it.
#[derive(Serialize)]
struct CsvRow {
    row: u64,
    order_id: String,
    line: i64,
    outcome: String,
    authorization: String,
    review_policy: String,
    tpp: Option<i64>,
    reason: String,
    paragraph: String,
    missing: String,
    claim_fails: bool,
    held: bool,
}

fn csv(view: &View, rows: &[UploadRow], facets: &Facets) -> Result<Response, Refused> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let safe = |text: Option<&str>| without_formula(text.unwrap_or(""));
    for row in rows.iter().filter(|row| facets.takes(row)) {
        let written = writer.serialize(CsvRow {
            row: row.row,
            order_id: safe(Some(&row.order_id)),
            line: row.line,
            outcome: row.outcome.clone(),
            authorization: safe(row.authorization.as_deref()),
            review_policy: safe(row.review.as_deref()),
            tpp: row.tpp,
            reason: safe(Some(&row.reason)),
            paragraph: safe(Some(&row.cite)),
            missing: safe(Some(&row.missing.join(", "))),
            claim_fails: row.claim_fails,
            held: row.held,
        });
        if let Err(error) = written {
            return Err(view.broken(&error.to_string()));
        }
    }
    writer.into_inner().map(|text| as_csv("results.csv", text)).map_err(|error| view.broken(&error.to_string()))
}

/// One line of an upload with its argument, as it was decided then.
pub(super) async fn line(view: View, Path((id, row)): Path<(String, u64)>) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Try)?;
    let Some(upload) = upload(&view, &caller, &id) else { return Err(view.nothing()) };
    let rows = match summary(&view, &id).await {
        Ok(rows) => rows,
        Err(what) => return Err(view.wrong(&what)),
    };
    let Some(found) = rows.iter().find(|found| found.row == row) else { return Err(view.nothing()) };
    let (app, place, job) = (std::sync::Arc::clone(&view.app), found.place, id.clone());
    let result = tokio::task::spawn_blocking(move || app.jobs.result_at(&job, place)).await;
    let Ok(Some(result)) = result else {
        return Err(view.refuse(StatusCode::NOT_FOUND, "problem.missing"));
    };
    let decision = result.pointer("/answer/decision").cloned().unwrap_or(Value::Null);
    let held = texts_of(result.pointer("/answer/held"));
    let stated = |column: &str| result.get(column).and_then(Value::as_str);
    let (claim, end_use) = (stated("claim"), stated("end_use"));
    let context = json!({
        "upload": upload, "id": id, "row": found, "rows": null, "basis": basis(&view, &Judged { decision: &decision, held: &held, claim, end_use }), "duties": duties(&decision),
        "decision": decision, "problem": result.get("problem"), "remarks": result.get("remarks"), "others": [],
        "next_row": rows.iter().any(|other| other.row == row + 1).then_some(row + 1),
    });
    Ok(view.render("upload_line.html", "nav.uploads", context))
}
