//! The log as sentences: looked through, opened record by record, verified, exported by days.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Form, Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_ledger::{Record, Verifier};
use tollgate_model::{Date, hex};

use super::super::access::Right;
use super::super::orders::{day, unavailable};
use super::super::problem::Problem;
use super::super::{App, Shared};
use super::sentences::{KINDS, sentence};
use super::{Refused, View, encoded, moment, plain_text};
use crate::ledger_lines::refresh;

/// Records on a page; in one look at the ledger; that one search goes through.
const PAGE: usize = 50;
const CHUNK: u32 = 2_000;
const SEARCHED: u64 = 100_000;
/// A day, in milliseconds.
const DAY_MS: i64 = 86_400_000;

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct AuditQuery {
    q: String,
    kind: String,
    actor: String,
    order: String,
    from: String,
    to: String,
    /// Records before this one.
    before: Option<u64>,
}

/// Which records are meant.
#[derive(Clone, Default)]
struct Meant {
    words: String,
    kind: String,
    actor: String,
    order: String,
    /// The records about the order that do not name it: corrections name a shipment.
    of_order: BTreeSet<u64>,
    from_ms: Option<i64>,
    until_ms: Option<i64>,
}

impl AuditQuery {
    fn meant(&self) -> Result<Meant, Problem> {
        let text = |text: &str| -> String { plain_text(text).chars().take(200).collect() };
        let begin = |member: &str, text: &str| -> Result<Option<Date>, Problem> {
            if text.is_empty() { Ok(None) } else { day(member, text).map(Some) }
        };
        let start = |day: Date| i64::from(day.epoch_days()) * DAY_MS;
        Ok(Meant {
            words: text(&self.q).to_lowercase(),
            kind: text(&self.kind),
            actor: text(&self.actor),
            order: text(&self.order),
            of_order: BTreeSet::new(),
            from_ms: begin("from", &self.from)?.map(start),
            until_ms: begin("to", &self.to)?.map(|day| start(day) + DAY_MS),
        })
    }

    fn address(&self, path: &str, before: Option<u64>) -> String {
        let fields = [
            ("q", &self.q),
            ("kind", &self.kind),
            ("actor", &self.actor),
            ("order", &self.order),
            ("from", &self.from),
            ("to", &self.to),
        ];
        let fields = fields.iter().filter(|(_, value)| !value.is_empty());
        let mut query: Vec<String> = fields.map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        query.extend(before.map(|before| format!("before={before}")));
        if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
    }
}

impl Meant {
    /// Whether a record is meant; one that cannot be read is.
    fn takes(&self, record: &Record) -> bool {
        if !self.words.is_empty() && !String::from_utf8_lossy(&record.body).to_lowercase().contains(&self.words) {
            return false;
        }
        let Ok(body) = record.parse() else { return true };
        let is_about = |order: &str| {
            let quoted = format!("\"{order}\"");
            let line = format!("{order}:");
            body.data.get().contains(&quoted)
                || body.id.contains(&line)
                || body.data.get().contains(&format!("\"{line}"))
        };
        (self.kind.is_empty() || body.kind == self.kind)
            && (self.actor.is_empty() || body.actor == self.actor)
            && (self.order.is_empty() || self.of_order.contains(&record.seq) || is_about(&self.order))
            && self.from_ms.is_none_or(|from| body.at_ms >= from)
            && self.until_ms.is_none_or(|until| body.at_ms < until)
    }
}

/// What a query means, with the records about its order.
async fn meant(view: &View, query: &AuditQuery) -> Result<Meant, Problem> {
    let mut meant = query.meant()?;
    if let Some(board) = view.app().shown.board.as_ref().filter(|_| !meant.order.is_empty()) {
        refresh(&view.app).await?;
        meant.of_order = board.records_of_order(&meant.order).map_err(|what| unavailable(&what))?.into_iter().collect();
    }
    Ok(meant)
}

fn shown(record: &Record) -> Result<Value, Problem> {
    let body = record.parse().map_err(|what| unavailable(&what))?;
    let said = sentence(&body.kind, &body.id, body.data);
    Ok(json!({ "seq": record.seq, "at": moment(body.at_ms), "kind": body.kind, "actor": body.actor, "said": said }))
}

/// Records of a search, the newest first, and before which one it goes on.
async fn found(app: &App, meant: &Meant, before: Option<u64>) -> Result<(Vec<Value>, Option<u64>), Problem> {
    let head = app.with_ledger(|ledger| ledger.head().seq).await?;
    let mut end = before.unwrap_or(head + 1).min(head + 1);
    let last = end.saturating_sub(SEARCHED);
    let mut rows = Vec::new();
    while end > 1 && end > last && rows.len() < PAGE {
        let begin = end.saturating_sub(u64::from(CHUNK)).max(1);
        let wanted = meant.clone();
        let chunk = app.with_ledger(move |ledger| {
            let mut chunk = Vec::new();
            let paged = ledger.page(begin - 1, CHUNK, &mut |record| {
                if record.seq < end && wanted.takes(record) {
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
            rows.push(shown(record)?);
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
    let looked = async { found(view.app(), &meant(&view, &query).await?, query.before).await };
    let (rows, next) = match looked.await {
        Ok(found) => found,
        Err(problem) => return Err(view.failed(&problem)),
    };
    let context = json!({
        "rows": rows, "kinds": KINDS, "verified": verified, "bad": bad, "further": next.map(|before| query.address("/audit", Some(before))),
        "asked": { "q": query.q, "kind": query.kind, "actor": query.actor, "order": query.order, "from": query.from, "to": query.to },
        "export": query.address("/audit.jsonl", None),
    });
    Ok(view.render("audit.html", "nav.audit", context))
}

/// A record with all that it says.
fn whole(record: &Record) -> Result<Value, Problem> {
    let row = shown(record)?;
    let body = record.parse().map_err(|what| unavailable(&what))?;
    let data: Value = serde_json::from_str(body.data.get()).map_err(|error| unavailable(&error.to_string()))?;
    let data = serde_json::to_string_pretty(&data).map_err(|error| unavailable(&error.to_string()))?;
    Ok(json!({ "row": row, "id": body.id, "origin": body.origin, "hash": hex(&record.hash), "data": data }))
}

/// One record, whole.
pub(super) async fn one(view: View, Path(seq): Path<u64>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Log)?;
    let found = view.app().with_ledger(move |ledger| {
        let mut found = None;
        let paged = ledger.page(seq.saturating_sub(1), 1, &mut |record| found = Some(record.clone()));
        paged.map(|()| found.filter(|record| record.seq == seq))
    });
    let found = match found.await {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => return Err(view.wrong(&error.to_string())),
        Err(problem) => return Err(view.failed(&problem)),
    };
    let Some(record) = found else { return Err(view.nothing()) };
    let context = whole(&record);
    match context {
        Ok(mut context) => {
            if let Some(members) = context.as_object_mut() {
                members.insert("kinds".to_owned(), json!(KINDS));
            }
            Ok(view.render("record.html", "nav.audit", context))
        }
        Err(problem) => Err(view.failed(&problem)),
    }
}

/// Where an export is: the record after which it goes on, or that it is done.
struct Export {
    app: Shared,
    meant: Meant,
    after: Option<u64>,
}

impl Export {
    /// The next lines of the export, and where it goes on; `None` at its end.
    async fn next(self) -> Option<(Result<Vec<u8>, std::io::Error>, Export)> {
        let after = self.after?;
        let meant = self.meant.clone();
        let read = self.app.with_ledger(move |ledger| {
            let (mut lines, mut last) = (Vec::new(), None);
            let paged = ledger.page(after, CHUNK, &mut |record| {
                last = Some(record.seq);
                if meant.takes(record) {
                    let _into_memory = record.write_line(&mut lines);
                }
            });
            paged.map(|()| (lines, last))
        });
        // An export that breaks off breaks the connection, so that nobody takes a part for the whole.
        let broken = |what: String| std::io::Error::other(what);
        match read.await {
            Ok(Ok((lines, last))) => Some((Ok(lines), Export { after: last, ..self })),
            Ok(Err(error)) => Some((Err(broken(error.to_string())), Export { after: None, ..self })),
            Err(problem) => Some((Err(broken(problem.detail)), Export { after: None, ..self })),
        }
    }
}

/// All records that are meant, whole, in the form of an export.
pub(super) async fn export(view: View, Query(query): Query<AuditQuery>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Log)?;
    let meant = match meant(&view, &query).await {
        Ok(meant) => meant,
        Err(problem) => return Err(view.failed(&problem)),
    };
    let begin = Export { app: Arc::clone(&view.app), meant, after: Some(0) };
    let lines = stream::unfold(begin, Export::next);
    let name = "attachment; filename=\"audit.jsonl\"";
    let head = [(header::CONTENT_TYPE, "application/jsonl"), (header::CONTENT_DISPOSITION, name)];
    Ok((head, Body::from_stream(lines)).into_response())
}

#[derive(Deserialize)]
pub(super) struct Verify {
    csrf: String,
}

pub(super) async fn verify(view: View, Form(form): Form<Verify>) -> Result<Response, Refused> {
    let (view, _) = view.proved(Right::Log, &form.csrf)?;
    let nothing = AuditQuery::default();
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
