//! One search over orders, parties, cases, items, paragraphs and records.

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_law::Policy;

use super::super::access::Right;
use super::super::orders::unavailable;
use super::super::problem::Problem;
use super::orders::shown_rows;
use super::{Refused, View, named, plain_text, text_of};
use crate::Wanted;
use crate::ledger_lines::refresh;

/// Hits of each kind that are shown.
const MOST: usize = 10;
/// The longest text that is searched for, in characters.
const LONGEST: usize = 200;

#[derive(Deserialize)]
pub(super) struct SearchQuery {
    #[serde(default)]
    q: String,
}

pub(super) async fn search(view: View, Query(query): Query<SearchQuery>) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Read)?;
    let q: String = plain_text(&query.q).chars().take(LONGEST).collect();
    let found = if q.is_empty() { Ok(json!({ "total": null })) } else { found(&view, &q).await };
    match found {
        Ok(mut context) => {
            if let Some(members) = context.as_object_mut() {
                members.insert("q".to_owned(), json!(q));
                members.insert("may_read_log".to_owned(), json!(caller.has(Right::Log)));
            }
            Ok(view.render("search.html", "search.all", context))
        }
        Err(problem) => Err(view.failed(&problem)),
    }
}

/// Whether a text has all words of a search.
fn has(text: &str, words: &[String]) -> bool {
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

fn paragraphs(policy: &Policy, words: &[String]) -> Vec<Value> {
    let provisions = policy.provisions.iter();
    let meant = provisions.filter(|provision| has(&format!("{} {}", provision.citation, provision.title), words));
    meant.take(MOST).map(|provision| json!({ "citation": provision.citation, "title": provision.title })).collect()
}

async fn found(view: &View, q: &str) -> Result<Value, Problem> {
    refresh(&view.app).await?;
    let words: Vec<String> = q.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let parties = named::rows(view, q, MOST).await?;
    let id = |row: &Value| row.get("id").and_then(Value::as_str).map(str::to_owned);
    let ids = parties.iter().filter_map(id).collect();
    let wanted = Wanted { q: q.to_owned(), parties: ids, most: MOST, ..Wanted::default() };
    let lines = view.app().shown.board.as_ref().map_or_else(|| Ok(Vec::new()), |board| board.rows(&wanted));
    let lines = shown_rows(view, lines.map_err(|what| unavailable(&what))?).await?;
    let cases = view.app().shown.cases.iter().filter(|case| {
        case.subjects().iter().any(|id| id.eq_ignore_ascii_case(q)) || has(&case.head().to_string(), &words)
    });
    let cases: Vec<Value> = cases.take(MOST).map(|case| case.head()).collect();
    let names = super::cases::names_in(view, cases.iter().map(|case| text_of(case, "why"))).await?;
    let policy = &view.app().desk.policy;
    let catalog = policy.law.catalog.items();
    let items = catalog.iter().map(|item| item.item.as_str()).filter(|item| has(item, &words));
    let items: Vec<&str> = items.take(MOST).collect();
    let paragraphs = paragraphs(policy, &words);
    let total = lines.len() + parties.len() + cases.len() + items.len() + paragraphs.len();
    Ok(json!({
        "rows": lines, "parties": parties, "cases": cases, "names": names, "items": items, "paragraphs": paragraphs, "policy": policy.name, "total": total,
    }))
}
