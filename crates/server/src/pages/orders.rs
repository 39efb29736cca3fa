//! Lines of the file and of the ledger, looked up.

use axum::extract::Query;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_model::Outcome;
use tollgate_report::pages::country_code;

use super::super::access::Right;
use super::super::problem::Problem;
use super::{Refused, View, encoded, named, plain_text};
use crate::board::BoardRow;
use crate::ledger_lines::{refresh, statuses};
use crate::{SORTS, Wanted};

/// Lines on a page, and in a file at the most.
const PAGE: usize = 50;
const FILE: usize = 100_000;
/// Lines are counted and turned over up to here.
const COUNTED: usize = 10_000;
/// Parties that a search means at the most.
const MEANT: usize = 20;

#[derive(Debug, Default, Deserialize)]
pub(super) struct OrdersQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    destination: String,
    #[serde(default)]
    outcome: String,
    /// `ledger`, `file`, or empty for both.
    #[serde(default)]
    source: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    from: usize,
}

impl OrdersQuery {
    fn wanted(&self, most: usize) -> Wanted {
        Wanted {
            q: plain_text(&self.q),
            parties: Vec::new(),
            destination: country_code(&plain_text(&self.destination))
                .map_or_else(|| plain_text(&self.destination).to_uppercase(), str::to_owned),
            outcome: self.outcome.clone(),
            source: self.source.clone(),
            sort: self.sort.clone(),
            from: self.from.min(COUNTED),
            most,
        }
    }

    fn address(&self, path: &str, from: usize) -> String {
        let fields = [
            ("q", &self.q),
            ("destination", &self.destination),
            ("outcome", &self.outcome),
            ("source", &self.source),
            ("sort", &self.sort),
        ];
        let mut query: Vec<String> = fields
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        if from > 0 {
            query.push(format!("from={from}"));
        }
        if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
    }
}

/// Rows with the status of each and the names of their parties, as a table shows them.
pub(super) async fn shown_rows(view: &View, rows: Vec<BoardRow>) -> Result<Vec<Value>, Problem> {
    let statuses = statuses(&view.app, &rows).await?;
    let ids = rows.iter().flat_map(|row| row.exporter.iter().chain([&row.consignee]).cloned()).collect();
    let names = named::names(view, ids).await?;
    let name = |id: &str| names.get(id).cloned().unwrap_or(Value::Null);
    let shown = rows.into_iter().zip(statuses).map(|(row, status)| {
        let (exporter_name, consignee_name) = (row.exporter.as_deref().map(name), name(&row.consignee));
        let mut shown = json!(row);
        if let Some(members) = shown.as_object_mut() {
            members.insert("status".to_owned(), json!(status));
            members.insert("exporter_name".to_owned(), json!(exporter_name));
            members.insert("consignee_name".to_owned(), consignee_name);
        }
        shown
    });
    Ok(shown.collect())
}

/// What is wanted, with the parties that the search means by name.
async fn wanted(view: &View, query: &OrdersQuery, most: usize) -> Result<Wanted, Problem> {
    let wanted = query.wanted(most);
    let parties = if wanted.q.chars().count() < 2 { Vec::new() } else { named::ids(view, &wanted.q, MEANT).await? };
    Ok(Wanted { parties, ..wanted })
}

pub(super) async fn list(view: View, Query(query): Query<OrdersQuery>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    match page(&view, &query).await {
        Ok(context) => Ok(view.render("orders.html", "nav.orders", context)),
        Err(problem) => Err(view.failed(&problem)),
    }
}

async fn page(view: &View, query: &OrdersQuery) -> Result<Value, Problem> {
    refresh(&view.app).await?;
    let wanted = wanted(view, query, PAGE).await?;
    let board = view.app().shown.board.as_ref();
    let found = board.map(|board| board.rows(&wanted).and_then(|rows| Ok((rows, board.count(&wanted, COUNTED + 1)?))));
    let (rows, of) =
        found.transpose().map_err(|what| super::super::orders::unavailable(&what))?.unwrap_or_else(|| (Vec::new(), 0));
    let (from, shown) = (wanted.from, rows.len());
    let outcomes =
        [Outcome::NoLicenseRequired, Outcome::LicenseException, Outcome::LicenseRequired, Outcome::NeedsInformation];
    let is_filtered = [&query.q, &query.destination, &query.outcome, &query.source].iter().any(|text| !text.is_empty());
    Ok(json!({
        "asked": { "q": query.q, "destination": query.destination, "outcome": query.outcome, "source": query.source, "sort": query.sort },
        "outcomes": outcomes.map(|outcome| outcome.as_str()), "sources": ["ledger", "file"], "sorts": SORTS,
        "rows": shown_rows(view, rows).await?, "empty": !is_filtered,
        "from": from + 1, "to": from + shown, "of": of.min(COUNTED), "many": of > COUNTED, "policy": view.app().desk.policy.name,
        "earlier": (from > 0).then(|| query.address("/orders", from.saturating_sub(PAGE))),
        "further": (from + shown < of.min(COUNTED) && shown == PAGE).then(|| query.address("/orders", from + PAGE)),
        "csv": query.address("/orders.csv", 0),
    }))
}

pub(super) async fn csv(view: View, Query(query): Query<OrdersQuery>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    let rows = async {
        refresh(&view.app).await?;
        let wanted = Wanted { from: 0, ..wanted(&view, &query, FILE).await? };
        // Where no file of orders is shown there are none.
        let rows = view.app().shown.board.as_ref().map_or_else(|| Ok(Vec::new()), |board| board.rows(&wanted));
        rows.map_err(|what| super::super::orders::unavailable(&what))
    };
    let rows = match rows.await {
        Ok(rows) => rows,
        Err(problem) => return Err(view.failed(&problem)),
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in &rows {
        if let Err(error) = writer.serialize(row.without_formulas()) {
            return Err(view.wrong(&error.to_string()));
        }
    }
    match writer.into_inner() {
        Ok(text) => Ok(as_csv("orders.csv", text)),
        Err(error) => Err(view.wrong(&error.to_string())),
    }
}

/// A file of the reader's own.
pub(super) fn as_csv(name: &str, text: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, "text/csv".to_owned()), (header::CONTENT_DISPOSITION, disposition)], text).into_response()
}
