//! What is read: allocations, policies, screening, the log, the service's own state.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_ledger::AccountKey;
use tollgate_model::{Country, Date};

use super::Shared;
use super::access::Right;
use super::orders::{tpp, unavailable};
use super::problem::Problem;
use crate::service::{find, today};

/// Accounts or records in one answer, at the most.
const PAGE: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    rule: Option<String>,
    holder: Option<String>,
    country: Option<String>,
    /// The day whose limits are shown; today where absent.
    date: Option<String>,
    /// What an earlier answer gave as `next`.
    cursor: Option<usize>,
    limit: Option<usize>,
}

fn bad_query(what: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_request", what, "see docs/service.md for the parameters")
}

pub(super) async fn allocations(
    State(app): State<Shared>,
    headers: HeaderMap,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Value>, Problem> {
    app.admit(&headers, Right::Read).await?;
    let Query(wanted) = wanted.map_err(|error| bad_query(error.body_text()))?;
    let day = match &wanted.date {
        Some(text) => text.parse().map_err(|_| bad_query("`date` is no day of the form YYYY-MM-DD"))?,
        None => today(),
    };
    let page = wanted.limit.unwrap_or(100).clamp(1, PAGE);
    let (views, next) = app
        .with_ledger(move |ledger| {
            let matches = |key: &AccountKey| {
                let is = |own: &str, asked: &Option<String>| asked.as_deref().is_none_or(|asked| asked == own);
                is(&key.rule, &wanted.rule)
                    && is(&key.holder, &wanted.holder)
                    && is(key.country.as_deref().unwrap_or_default(), &wanted.country)
            };
            let mut views: Vec<_> =
                ledger.state().accounts(day, wanted.cursor.unwrap_or(0), &matches).take(page + 1).collect();
            let next = (views.len() > page).then(|| views.pop().map(|(place, _)| place)).flatten();
            (views, next)
        })
        .await?;
    let accounts = views.into_iter().map(|(_, view)| {
        json!({
            "account": view.key, "posted_tpp": tpp(view.posted), "reserved_tpp": tpp(view.reserved), "limit_tpp": view.limit.map(tpp),
            "available_tpp": view.available.map(tpp), "provision": view.provision,
            "breach": view.breach.map(|breach| json!({ "day": breach.day.to_string(), "used_tpp": tpp(breach.used), "limit_tpp": tpp(breach.limit) })),
        })
    });
    Ok(Json(json!({ "date": day.to_string(), "accounts": accounts.collect::<Vec<_>>(), "next": next })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Name {
    name: String,
    country: Option<String>,
}

pub(super) async fn screen(
    State(app): State<Shared>,
    headers: HeaderMap,
    name: Result<Json<Name>, axum::extract::rejection::JsonRejection>,
) -> Result<Json<Value>, Problem> {
    app.admit(&headers, Right::Try).await?;
    let Json(asked) = name.map_err(|error| bad_query(error.body_text()))?;
    let country: Option<Country> =
        asked.country.as_deref().map(str::parse).transpose().map_err(|_| bad_query("`country` is no country"))?;
    let names = [asked.name.as_str()];
    let query = tollgate_screening::Query { names: &names, country, ..Default::default() };
    let hits = find(&app.screener, query, (app.threshold, 10), &mut Default::default());
    let matches = hits.into_iter().map(|hit| {
        let mut json = hit.json();
        json.insert("explanation".to_owned(), json!(hit.explanation));
        Value::from(json)
    });
    let lists = app.screener.versions.iter().map(|version| json!({ "name": version.file, "version": version.digest }));
    Ok(Json(json!({ "name": asked.name, "matches": matches.collect::<Vec<_>>(), "lists": lists.collect::<Vec<_>>() })))
}

pub(super) async fn policies(State(app): State<Shared>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    app.admit(&headers, Right::Read).await?;
    let day: Date = today();
    let versions = app.policy.program(day).versions.iter();
    let versions: Vec<String> =
        versions.map(|version| format!("{} (from {})", version.citation, version.from)).collect();
    Ok(Json(json!({ "policy": app.policy.name, "date": day.to_string(), "provisions": versions })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct After {
    /// The number of the last record that the reader has.
    #[serde(default)]
    after: u64,
}

/// Records of the log, in the form of an export.
pub(super) async fn records(
    State(app): State<Shared>,
    headers: HeaderMap,
    after: Result<Query<After>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    app.admit(&headers, Right::Log).await?;
    let Query(After { after }) = after.map_err(|error| bad_query(error.body_text()))?;
    let lines = app
        .with_ledger(move |ledger| {
            let mut lines = Vec::new();
            let page = ledger.page(after, PAGE, &mut |record| {
                let _into_memory = record.write_line(&mut lines);
            });
            page.map(|()| lines)
        })
        .await?;
    let lines = lines.map_err(|error| unavailable(&error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/jsonl")], lines).into_response())
}

/// Whether the process lives.
pub(super) async fn health() -> &'static str {
    "ok\n"
}

/// Whether the ledger answers.
pub(super) async fn ready(State(app): State<Shared>) -> Result<&'static str, Problem> {
    app.with_ledger(|ledger| ledger.catch_up().map_err(|error| unavailable(&error.to_string()))).await??;
    Ok("ready\n")
}

pub(super) async fn metrics(State(app): State<Shared>, headers: HeaderMap) -> Result<String, Problem> {
    app.admit(&headers, Right::Read).await?;
    let (records, accounts) = app.with_ledger(|ledger| (ledger.head().seq, ledger.state().len())).await?;
    let mut out = String::new();
    let counters = [
        ("tollgate_requests_total", "Requests that were answered.", app.counts.requests.load(Ordering::Relaxed)),
        ("tollgate_refusals_total", "Requests that were refused.", app.counts.refusals.load(Ordering::Relaxed)),
        ("tollgate_log_records_total", "Records of the audit log.", records),
    ];
    for (name, help, value) in counters {
        let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}\n");
    }
    let _ = write!(
        out,
        "# HELP tollgate_accounts Allocation accounts.\n# TYPE tollgate_accounts gauge\ntollgate_accounts {accounts}\n"
    );
    Ok(out)
}
