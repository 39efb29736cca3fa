//! Orders and parties, looked up.

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_law::Policy;
use tollgate_model::{Date, Outcome, Party};
use tollgate_report::pages::picture::{Shipment, shipments};

use super::super::access::Right;
use super::{Refused, View, decide, encoded};
use crate::{SORTS, Wanted, today};
use tollgate_decide::Tables;
use tollgate_decide::owned_by_listed;
use tollgate_desk::OrderRequest;

/// Lines on a page, and in a file at the most.
const PAGE: usize = 50;
const FILE: usize = 100_000;
/// Lines are counted and turned over up to here.
const COUNTED: usize = 10_000;
/// The provision of License Exception LPP, and its parameter: what a consignee may get in a year.
const LPP: (&str, &str) = ("740/740.29-lpp", "limit");

/// The limit of License Exception LPP a consignee and year on a day, in TPP, to be drawn; the law's where the policy has none, and `None` where the law
/// has none either.
#[expect(clippy::cast_precision_loss, reason = "only for drawing")]
fn lpp_limit_tpp(policy: &Policy, day: Date) -> Option<f64> {
    let day = policy.law_date(day);
    let (path, parameter) = LPP;
    let version = policy.version(path, day)?;
    let limit = version.parameters.get(parameter)?.on(day.max(version.from))?.ratio()?;
    (limit.den > 0).then(|| limit.num as f64 / limit.den as f64)
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct OrdersQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    destination: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    from: usize,
}

impl OrdersQuery {
    fn wanted(&self, most: usize) -> Wanted {
        Wanted {
            q: self.q.trim().to_owned(),
            destination: self.destination.trim().to_uppercase(),
            outcome: self.outcome.clone(),
            sort: self.sort.clone(),
            from: self.from.min(COUNTED),
            most,
        }
    }

    fn address(&self, path: &str, from: usize) -> String {
        let fields =
            [("q", &self.q), ("destination", &self.destination), ("outcome", &self.outcome), ("sort", &self.sort)];
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

pub(super) async fn list(view: View, Query(query): Query<OrdersQuery>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    let wanted = query.wanted(PAGE);
    let found = view
        .app()
        .shown
        .board
        .as_ref()
        .map(|board| board.rows(&wanted).and_then(|rows| Ok((rows, board.count(&wanted, COUNTED + 1)?))));
    let (rows, of) = match found.transpose() {
        Ok(Some(found)) => found,
        // No file of orders is shown.
        Ok(None) => (Vec::new(), 0),
        Err(what) => return Err(view.wrong(&what)),
    };
    let (from, shown) = (wanted.from, rows.len());
    let outcomes =
        [Outcome::NoLicenseRequired, Outcome::LicenseException, Outcome::LicenseRequired, Outcome::NeedsInformation];
    let context = json!({
        "asked": { "q": query.q, "destination": query.destination, "outcome": query.outcome, "sort": query.sort },
        "outcomes": outcomes.map(|outcome| outcome.as_str()), "sorts": SORTS, "rows": rows, "empty": view.app().shown.board.is_none(),
        "from": from + 1, "to": from + shown, "of": of.min(COUNTED), "many": of > COUNTED,
        "earlier": (from > 0).then(|| query.address("/orders", from.saturating_sub(PAGE))),
        "further": (from + shown < of.min(COUNTED) && shown == PAGE).then(|| query.address("/orders", from + PAGE)),
        "csv": query.address("/orders.csv", 0),
    });
    Ok(view.render("orders.html", "nav.orders", context))
}

pub(super) async fn csv(view: View, Query(query): Query<OrdersQuery>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    let wanted = Wanted { from: 0, ..query.wanted(FILE) };
    let rows = match view.app().shown.board.as_ref().map_or(Ok(Vec::new()), |board| board.rows(&wanted)) {
        Ok(rows) => rows,
        Err(what) => return Err(view.wrong(&what)),
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in &rows {
        if let Err(error) = writer.serialize(row.without_formulas()) {
            return Err(view.wrong(&error.to_string()));
        }
    }
    let text = match writer.into_inner() {
        Ok(text) => text,
        Err(error) => return Err(view.wrong(&error.to_string())),
    };
    let name = "attachment; filename=\"orders.csv\"";
    Ok(([(header::CONTENT_TYPE, "text/csv"), (header::CONTENT_DISPOSITION, name)], text).into_response())
}

pub(super) async fn one(view: View, Path((order, line)): Path<(String, i64)>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    let found = match view.app().shown.board.as_ref().map(|board| board.line(&order, line)).transpose() {
        Ok(found) => found.flatten(),
        Err(what) => return Err(view.wrong(&what)),
    };
    let Some((row, request)) = found else { return Err(view.refuse(StatusCode::NOT_FOUND, "problem.missing")) };
    let request: OrderRequest = match serde_json::from_str(&request) {
        Ok(request) => request,
        Err(error) => return Err(view.wrong(&error.to_string())),
    };
    let (decision, problem) = match decide::decision(&view, request, "").await {
        Ok(decision) => (decision, Value::Null),
        Err(problem) => (Value::Null, json!({ "detail": problem.detail, "mend": problem.mend })),
    };
    let context = json!({ "row": row, "decision": decision, "problem": problem, "said": null, "others": [], "may_record": false, "order": null });
    Ok(view.render("order.html", "order", context))
}

/// What the table of parties says of one.
pub(super) fn facts(id: &str, party: Option<&Party>) -> Value {
    let Some(party) = party else { return json!({ "party_id": id }) };
    let details = party.details();
    json!({
        "party_id": id, "country": party.country.map(|country| country.code()), "headquarters": party.hq_country.map(|country| country.code()),
        "parent": party.parent_id, "aliases": party.aliases.join("; "), "address": details.address, "city": details.city, "phone": details.phone, "email": details.email,
        "website": details.website, "directors": details.directors.join("; "), "incorporated_on": details.incorporated_on.map(|day| day.to_string()),
        "registry_id": details.registry_id, "business": details.business, "data_center_mw": details.data_center_mw.map(|power| power.to_string()),
        "flags": party.flags.join("; "),
    })
}

/// The chain of owners of a party, the nearest first; each owner once.
pub(super) fn owners(tables: &Tables, id: &str) -> Vec<Value> {
    let (mut seen, mut open, mut found) = (vec![id.to_owned()], vec![id.to_owned()], Vec::new());
    while let Some(owned) = open.pop() {
        for stake in tables.stakes.iter().filter(|stake| stake.owned_id == owned) {
            let percent = stake.percent.map_or("?".to_owned(), |percent| percent.to_string());
            found.push(json!({ "owner": stake.owner_id, "owned": stake.owned_id, "percent": percent }));
            if !seen.contains(&stake.owner_id) && seen.len() < 100 {
                seen.push(stake.owner_id.clone());
                open.push(stake.owner_id.clone());
            }
        }
    }
    found
}

/// Lines as a picture of what came over time.
#[expect(clippy::cast_precision_loss, reason = "only for drawing")]
pub(super) fn drawn(rows: &[crate::BoardRow]) -> Vec<Shipment> {
    let one = |row: &crate::BoardRow| {
        let date: Date = row.date.parse().ok()?;
        let label = format!("{} {} {}", row.date, row.order_id, row.item);
        Some(Shipment { day: f64::from(date.epoch_days()), year: date.year(), label, tpp: row.tpp.unwrap_or(0) as f64 })
    };
    rows.iter().filter_map(one).collect()
}

pub(super) async fn party(view: View, Path(id): Path<String>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    let app = std::sync::Arc::clone(&view.app);
    let desk = std::sync::Arc::clone(&app.desk);
    let tables =
        app.with_ledger(move |ledger| Ok::<_, super::Problem>(std::sync::Arc::clone(&desk.decider(ledger)?.tables)));
    let tables = match tables.await.and_then(|tables| tables) {
        Ok(tables) => tables,
        Err(problem) => return Err(view.failed(&problem)),
    };
    let rows = match app.shown.board.as_ref().map_or(Ok(Vec::new()), |board| board.received(&id, 500)) {
        Ok(rows) => rows,
        Err(what) => return Err(view.wrong(&what)),
    };
    let party = tables.parties.get(&id);
    if party.is_none()
        && rows.is_empty()
        && tables.stakes.iter().all(|stake| stake.owner_id != id && stake.owned_id != id)
    {
        return Err(view.refuse(StatusCode::NOT_FOUND, "problem.missing"));
    }
    let matches: Vec<Value> = tables
        .screened
        .hits(&id)
        .iter()
        .map(|hit| {
            let mut json = hit.json();
            json.insert("explanation".to_owned(), json!(hit.explanation));
            Value::from(json)
        })
        .collect();
    let links: Vec<Value> = party
        .into_iter()
        .flat_map(|party| app.shown.links.with(party))
        .take(PAGE)
        .map(|(other, kind, value)| json!({ "other": other, "kind": kind, "value": value }))
        .collect();
    let label = super::words(view.language, "party.cap");
    let context = json!({
        "id": id, "party": { "name": party.and_then(|party| party.name.clone()) }, "facts": facts(&id, party), "owners": owners(&tables, &id),
        "matches": matches, "links": links, "standing": owned_by_listed(&id, today(), &tables), "shipments": shipments(label, &drawn(&rows), lpp_limit_tpp(&app.desk.policy, today())), "rows": rows.iter().rev().take(PAGE).collect::<Vec<_>>(),
    });
    Ok(view.render("party.html", "party", context))
}

/// Parties whose id or name begins with what was typed.
async fn beginning(view: &View, typed: &str, most: usize) -> Result<Vec<Value>, super::Problem> {
    let app = std::sync::Arc::clone(&view.app);
    let desk = std::sync::Arc::clone(&app.desk);
    let q = typed.to_lowercase();
    let found = app.with_ledger(move |ledger| {
        let tables = std::sync::Arc::clone(&desk.decider(ledger)?.tables);
        let hits = tables.parties.iter().filter(|(id, party)| {
            let is_named = party.name.as_ref().is_some_and(|name| name.to_lowercase().starts_with(&q));
            is_named || id.to_lowercase().starts_with(&q)
        });
        let row = |(id, party): (&String, &Party)| json!({ "id": id, "name": party.name, "country": party.country.map(|country| country.code()), "matches": tables.hits(id).len() });
        Ok(hits.take(most).map(row).collect())
    });
    found.await?
}

pub(super) async fn parties(view: View, Query(query): Query<OrdersQuery>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    match beginning(&view, query.q.trim(), PAGE).await {
        Ok(rows) => Ok(view.render("parties.html", "nav.parties", json!({ "q": query.q, "rows": rows }))),
        Err(problem) => Err(view.failed(&problem)),
    }
}

/// Names of parties for a form.
pub(super) async fn complete(view: View, Query(query): Query<OrdersQuery>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    match beginning(&view, &query.q, 20).await {
        Ok(found) => Ok(Json(found).into_response()),
        Err(problem) => Err(view.failed(&problem)),
    }
}

#[cfg(test)]
mod tests {
    use tollgate_law::Law;

    use super::*;

    #[test]
    fn the_limit_that_is_drawn_is_the_one_of_the_law() {
        let law = Law::embedded().unwrap();
        for (policy, day) in [("diffusion", "2025-06-02"), ("diffusion", "2024-01-01"), ("ear", "2026-01-01")] {
            let limit = lpp_limit_tpp(&law.policy(policy).unwrap(), day.parse().unwrap());
            assert_eq!(limit.map(|tpp| format!("{tpp:.0}")).as_deref(), Some("26900000"), "{policy} {day}");
        }
    }
}
