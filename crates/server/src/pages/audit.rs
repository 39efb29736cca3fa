//! The log, looked through and verified.

use axum::extract::{Form, Query};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_ledger::Verifier;
use tollgate_model::hex;

use super::super::App;
use super::super::access::Right;
use super::super::orders::unavailable;
use super::super::problem::Problem;
use super::{Refused, View, encoded, moment};

/// Records on a page; in one look at the ledger; that one search goes through.
const PAGE: usize = 50;
const CHUNK: u32 = 2_000;
const SEARCHED: u64 = 100_000;

#[derive(Deserialize)]
pub(super) struct AuditQuery {
    #[serde(default)]
    q: String,
    /// Records before this one.
    before: Option<u64>,
}

/// Records of a search, the newest first, and before which one it goes on.
async fn found(app: &App, q: &str, before: Option<u64>) -> Result<(Vec<Value>, Option<u64>), Problem> {
    let head = app.with_ledger(|ledger| ledger.head().seq).await?;
    let mut end = before.unwrap_or(head + 1).min(head + 1);
    let last = end.saturating_sub(SEARCHED);
    let mut rows = Vec::new();
    while end > 1 && end > last && rows.len() < PAGE {
        let begin = end.saturating_sub(u64::from(CHUNK)).max(1);
        let wanted = q.to_lowercase();
        let chunk = app.with_ledger(move |ledger| {
            let mut chunk = Vec::new();
            let paged = ledger.page(begin - 1, CHUNK, &mut |record| {
                let text = String::from_utf8_lossy(&record.body);
                if record.seq < end && (wanted.is_empty() || text.to_lowercase().contains(&wanted)) {
                    chunk.push(record.clone());
                }
            });
            paged.map(|()| chunk)
        });
        let chunk = chunk.await?.map_err(|error| unavailable(&error.to_string()))?;
        for record in chunk.iter().rev() {
            if rows.len() == PAGE {
                return Ok((rows, Some(record.seq + 1)));
            }
            let body = record.parse().map_err(|what| unavailable(&what))?;
            let data: String = body.data.get().chars().take(400).collect();
            let kind = if body.kind == "ledger" { "ledger" } else { body.kind.as_ref() };
            rows.push(
                json!({ "seq": record.seq, "at": moment(body.at_ms), "kind": kind, "actor": body.actor, "data": data }),
            );
        }
        end = begin;
    }
    Ok((rows, (end > 1).then_some(end)))
}

pub(super) async fn list(view: View, Query(query): Query<AuditQuery>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Log)?;
    page(view, query, Value::Null, Value::Null).await
}

async fn page(view: View, query: AuditQuery, verified: Value, bad: Value) -> Result<Response, Refused> {
    let q: String = query.q.trim().chars().take(200).collect();
    let (rows, next) = match found(view.app(), &q, query.before).await {
        Ok(found) => found,
        Err(problem) => return Err(view.failed(&problem)),
    };
    let further = next.map(|before| format!("/audit?q={}&before={before}", encoded(&q)));
    let context = json!({ "rows": rows, "asked": { "q": q }, "further": further, "verified": verified, "bad": bad });
    Ok(view.render("audit.html", "nav.audit", context))
}

#[derive(Deserialize)]
pub(super) struct Verify {
    csrf: String,
}

pub(super) async fn verify(view: View, Form(form): Form<Verify>) -> Result<Response, Refused> {
    let (view, _) = view.proved(Right::Log, &form.csrf)?;
    let nothing = AuditQuery { q: String::new(), before: None };
    match follow(view.app()).await {
        Ok(Ok((records, hash))) => page(view, nothing, json!({ "records": records, "hash": hash }), Value::Null).await,
        Ok(Err(what)) => page(view, nothing, Value::Null, json!(what)).await,
        Err(problem) => Err(view.failed(&problem)),
    }
}

/// Follows the chain from the first record to the last, a chunk at a time so that others are answered meanwhile.
async fn follow(app: &App) -> Result<Result<(u64, String), String>, Problem> {
    let mut verifier = Verifier::default();
    loop {
        let from = verifier.verified().records;
        let mut checker = verifier.clone();
        let taken = app.with_ledger(move |ledger| {
            let mut wrong = None;
            let paged = ledger.page(from, CHUNK, &mut |record| {
                if wrong.is_none() {
                    wrong = checker.next(record).err();
                }
            });
            paged.map(|()| (checker, wrong))
        });
        let (checker, wrong) = taken.await?.map_err(|error| unavailable(&error.to_string()))?;
        if let Some(wrong) = wrong {
            return Ok(Err(wrong.to_string()));
        }
        verifier = checker;
        if verifier.verified().records == from {
            return Ok(Ok((from, hex(&verifier.verified().head))));
        }
    }
}
