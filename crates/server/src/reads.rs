//! What is read: allocations, policies, screening, the log, the service's own state.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_ledger::AccountKey;
use tollgate_model::{Country, Date};
use utoipa::{IntoParams, ToSchema};

use super::Shared;
use super::access::{Caller, Right};
use super::orders::unavailable;
use super::problem::{Problem, Refusals};
use crate::today;
use tollgate_decide::{MatchLimits, find};
use tollgate_desk::tpp;

/// Accounts or records in one answer, at the most.
const PAGE: usize = 1_000;
/// Records of the log in one answer, at the most.
const RECORDS: u32 = 1_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// The name that the law's file gives the account, such as `lpp`.
    rule: Option<String>,
    holder: Option<String>,
    country: Option<String>,
    #[param(format = Date)]
    /// The day whose limits are shown; today where absent.
    date: Option<String>,
    /// What an earlier answer gave as `next`.
    #[param(minimum = 0)]
    cursor: Option<i32>,
    /// Accounts in the answer, 1 to 1,000; 100 where absent.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i32>,
}

pub(super) fn bad_query(what: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_request", what, "see docs/service.md for the parameters")
}

/// Accounts, with what was posted, is reserved and is available. A breach says where the past stands over a limit.
#[utoipa::path(
    get, path = "/v1/allocations", tag = "allocations", params(Wanted),
    responses((status = 200, description = "a page of accounts: `date`, `accounts`, and `next` as the cursor of the next page", body = Object), Refusals),
)]
pub(super) async fn allocations(
    State(app): State<Shared>,
    caller: Caller,
    wanted: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Value>, Problem> {
    caller.may(Right::Read)?;
    let Query(wanted) = wanted.map_err(|error| bad_query(error.body_text()))?;
    let day = match &wanted.date {
        Some(text) => text.parse().map_err(|_| bad_query("`date` is no day of the form YYYY-MM-DD"))?,
        None => today(),
    };
    let limit = wanted.limit.unwrap_or(100);
    let page = usize::try_from(limit).ok().filter(|page| (1..=PAGE).contains(page));
    let page = page.ok_or_else(|| bad_query("`limit` is not 1 to 1000"))?;
    let cursor = wanted.cursor.unwrap_or(0);
    let from = usize::try_from(cursor).map_err(|_| bad_query("`cursor` is less than 0"))?;
    let (views, next) = app
        .with_ledger(move |ledger| {
            let matches = |key: &AccountKey| {
                let is = |value: &str, filter: &Option<String>| filter.as_deref().is_none_or(|filter| filter == value);
                is(&key.rule, &wanted.rule)
                    && is(&key.holder, &wanted.holder)
                    // An account of no country is found by an empty one.
                    && is(key.country.as_deref().unwrap_or(""), &wanted.country)
            };
            let mut views: Vec<_> = ledger.state().accounts(day, from, &matches).take(page + 1).collect();
            let next = (views.len() > page).then(|| views.pop().map(|(place, _)| place)).flatten();
            (views, next)
        })
        .await?;
    let accounts = views.into_iter().map(|(_, view)| {
        json!({
            "account": view.key, "posted_tpp": tpp(view.posted_milli_tpp), "reserved_tpp": tpp(view.reserved_milli_tpp), "limit_tpp": view.limit_milli_tpp.map(tpp),
            "available_tpp": view.available_milli_tpp.map(tpp), "provision": view.provision,
            "breach": view.breach.map(|breach| json!({ "day": breach.day.to_string(), "used_tpp": tpp(breach.used_milli_tpp), "limit_tpp": tpp(breach.limit_milli_tpp) })),
        })
    });
    Ok(Json(json!({ "date": day.to_string(), "accounts": accounts.collect::<Vec<_>>(), "next": next })))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScreenRequest)]
pub(super) struct Name {
    name: String,
    /// ISO 3166-1 alpha-2.
    country: Option<String>,
}

/// Matches of a name in the lists, each with its explanation.
#[utoipa::path(
    post, path = "/v1/screen", tag = "screening", request_body = Name,
    responses((status = 200, description = "`name`, `matches`, and the `lists` that were searched", body = Object), Refusals),
)]
pub(super) async fn screen(
    State(app): State<Shared>,
    caller: Caller,
    name: Result<Json<Name>, axum::extract::rejection::JsonRejection>,
) -> Result<Json<Value>, Problem> {
    caller.may(Right::Try)?;
    let Json(request) = name.map_err(|error| bad_query(error.body_text()))?;
    let country: Option<Country> =
        request.country.as_deref().map(str::parse).transpose().map_err(|_| bad_query("`country` is no country"))?;
    let names = [request.name.as_str()];
    let query = tollgate_screening::Query { names: &names, country, ..Default::default() };
    let hits =
        find(&app.screener, query, MatchLimits { threshold_points: app.threshold, shown: 10 }, &mut Default::default());
    let matches = hits.into_iter().map(|hit| {
        let mut json = hit.json();
        json.insert("explanation".to_owned(), json!(hit.explanation));
        Value::from(json)
    });
    let lists = app.screener.versions.iter().map(|version| json!({ "name": version.file, "version": version.digest }));
    Ok(Json(
        json!({ "name": request.name, "matches": matches.collect::<Vec<_>>(), "lists": lists.collect::<Vec<_>>() }),
    ))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AsOf {
    /// The day; today where absent.
    #[param(format = Date)]
    as_of: Option<String>,
}

/// The policy, and the provisions in force on a day.
#[utoipa::path(
    get, path = "/v1/policy", tag = "policy", params(AsOf),
    responses((status = 200, description = "`policy`, `date`, `provisions`", body = Object), Refusals),
)]
pub(super) async fn policies(
    State(app): State<Shared>,
    caller: Caller,
    as_of: Result<Query<AsOf>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Value>, Problem> {
    caller.may(Right::Read)?;
    let Query(AsOf { as_of }) = as_of.map_err(|error| bad_query(error.body_text()))?;
    let day: Option<Date> = as_of
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|_| bad_query("`as_of` is no day of the form YYYY-MM-DD"))?;
    let day = day.unwrap_or_else(today);
    let versions = app.desk.policy.program(day).versions.iter();
    let versions: Vec<String> =
        versions.map(|version| format!("{} (from {})", version.citation, version.from)).collect();
    Ok(Json(json!({ "policy": app.desk.policy.name, "date": day.to_string(), "provisions": versions })))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// The number of the last record that the reader has.
    #[serde(default)]
    #[param(minimum = 0)]
    after: i64,
}

/// Records of the log, in the form of an export.
#[utoipa::path(
    get, path = "/v1/records", tag = "audit", params(After),
    responses((status = 200, description = "at most a thousand records, a line each", body = String, content_type = "application/jsonl"), Refusals),
)]
pub(super) async fn records(
    State(app): State<Shared>,
    caller: Caller,
    after: Result<Query<After>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    caller.may(Right::Log)?;
    let Query(After { after }) = after.map_err(|error| bad_query(error.body_text()))?;
    let after = u64::try_from(after).map_err(|_| bad_query("`after` is less than 0"))?;
    let lines = app
        .with_ledger(move |ledger| {
            let mut lines = Vec::new();
            let page = ledger.page(after, RECORDS, &mut |record| {
                let _into_memory = record.write_line(&mut lines);
            });
            page.map(|()| lines)
        })
        .await?;
    let lines = lines.map_err(|error| unavailable(&error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "application/jsonl")], lines).into_response())
}

/// Whether the process lives, and its ledger's thread with it.
pub(super) async fn health(State(app): State<Shared>) -> Result<&'static str, Problem> {
    match app.fatal() {
        Some(what) => Err(unavailable(&what)),
        None => Ok("ok\n"),
    }
}

/// Whether the ledger answers.
pub(super) async fn ready(State(app): State<Shared>) -> Result<&'static str, Problem> {
    app.time()?;
    app.with_ledger(|ledger| ledger.check().map_err(|error| unavailable(&error.to_string()))).await??;
    Ok("ready\n")
}

pub(super) async fn metrics(State(app): State<Shared>, caller: Caller) -> Result<String, Problem> {
    caller.may(Right::Read)?;
    let (records, accounts) = app.with_ledger(|ledger| (ledger.head().seq, ledger.state().len())).await?;
    app.telemetry.set_ledger(records, accounts);
    Ok(app.telemetry.text())
}
