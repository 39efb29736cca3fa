//! Parties: who they are, what the lists say of them and what was found about it, who owns them, what came to them.

use axum::Json;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tollgate_decide::{Hit, Tables, owned_by_listed};
use tollgate_desk::FindingKind;
use tollgate_law::Policy;
use tollgate_model::{Date, Party};
use tollgate_report::pages::parties_of;
use tollgate_report::pages::picture::{Shipment, shipments};

use super::super::access::Right;
use super::super::findings::{FindingRequest, FoundOut, find_out_as};
use super::super::orders::unavailable;
use super::super::problem::Problem;
use super::kept::SentForm;
use super::named::{self, rows, tables};
use super::orders::shown_rows;
use super::{Refused, View, encoded, form_key, plain_text, text_of};
use crate::ledger_lines::refresh;
use crate::today;

/// Rows on a page.
const PAGE: usize = 50;
/// Lines that are drawn.
const DRAWN: usize = 500;
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

/// A match as a card: the entry, each thing that was compared and what it was worth, and what was found about it.
pub(super) fn card(hit: &Hit, day: Date) -> Value {
    let mut card = Value::from(hit.json());
    if let Some(members) = card.as_object_mut() {
        let cleared = hit.cleared.as_ref().map(|cleared| {
            json!({ "by": cleared.by, "why": cleared.why, "until": cleared.until.map(|until| until.to_string()) })
        });
        members.insert(
            "compared".to_owned(),
            json!(hit.explanation.iter().map(|said| in_percent(said)).collect::<Vec<_>>()),
        );
        members.insert("programs".to_owned(), json!(hit.programs));
        members.insert("cleared".to_owned(), json!(cleared));
        members.insert("stands".to_owned(), json!(hit.stands(day)));
        members.insert("percent".to_owned(), json!(hit.points / 100));
    }
    card
}

/// A sentence of what a match is made of, its points of 10,000 as percent.
fn in_percent(said: &str) -> String {
    let points = |text: &str| {
        let points: u32 = text.parse().ok().filter(|points| *points <= 10_000)?;
        Some(format!("{}.{}", points / 100, points % 100 / 10).trim_end_matches(".0").to_owned())
    };
    if let Some(percent) = said.strip_prefix("names: ").and_then(points) {
        return format!("names alike in all: {percent} %");
    }
    let said = said.replace("what lacks to 10000", "what lacks to 100 %").replace('`', "");
    let parts = said.split_once(" of 10000").and_then(|(before, behind)| {
        let (before, number) = before.rsplit_once(' ')?;
        Some(format!("{before} {} %{behind}", points(number)?))
    });
    parts.unwrap_or(said)
}

/// Parties that belong together with one: by parent, by child, by the same parent.
fn family(tables: &Tables, id: &str) -> Vec<Value> {
    let parent = tables.parties.get(id).and_then(|party| party.parent_id.clone());
    let mut found: BTreeMap<&str, (&str, Option<&str>)> = BTreeMap::new();
    for (other, party) in tables.parties.iter().filter(|(other, _)| other.as_str() != id) {
        let tie = match party.parent_id.as_deref() {
            Some(above) if above == id => "child",
            Some(above) if Some(above) == parent.as_deref() => "sibling",
            _ if Some(other.as_str()) == parent.as_deref() => "parent",
            _ => continue,
        };
        found.insert(other, (tie, party.name.as_deref()));
    }
    found
        .into_iter()
        .take(PAGE)
        .map(|(other, (tie, name))| json!({ "other": other, "tie": tie, "name": name }))
        .collect()
}

/// The cases that a party stands in.
fn cases(view: &View, id: &str) -> Vec<Value> {
    let of_it = view.app().shown.cases.iter().filter(|case| case.subjects().contains(id));
    of_it.take(PAGE).map(|case| case.head()).collect()
}

/// What was done, as strings name it.
const DONE: [&str; 2] = ["recorded", "proposed"];

#[derive(Default, Deserialize)]
pub(super) struct PartyQuery {
    /// What was done before the page was shown: `recorded` or `proposed`.
    #[serde(default)]
    done: String,
}

pub(super) async fn party(
    view: View,
    Path(id): Path<String>,
    Query(done): Query<PartyQuery>,
) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    page(view, id, &done.done, None).await
}

async fn page(view: View, id: String, done: &str, wrong: Option<Problem>) -> Result<Response, Refused> {
    match context(&view, &id, done, wrong).await {
        Ok(Some(context)) => Ok(view.render("party.html", "party", context)),
        Ok(None) => match named::id_alike(&view, &id).await {
            Ok(Some(alike)) => Ok(Redirect::to(&format!("/parties/{}", encoded(&alike))).into_response()),
            Ok(None) => Err(view.nothing()),
            Err(problem) => Err(view.failed(&problem)),
        },
        Err(problem) => Err(view.failed(&problem)),
    }
}

async fn context(view: &View, id: &str, done: &str, wrong: Option<Problem>) -> Result<Option<Value>, Problem> {
    refresh(&view.app).await?;
    let (app, tables) = (view.app(), tables(view).await?);
    let found = app.shown.board.as_ref().map(|board| Ok((board.received(id, DRAWN)?, board.of_party(id, PAGE)?)));
    let found: Result<_, String> = found.transpose();
    let (received, lines) = found.map_err(|what| unavailable(&what))?.unwrap_or_else(|| (Vec::new(), Vec::new()));
    let party = tables.parties.get(id);
    let is_owner = |stake: &tollgate_model::Stake| stake.owner_id == id || stake.owned_id == id;
    if party.is_none() && lines.is_empty() && !tables.stakes.iter().any(is_owner) {
        return Ok(None);
    }
    let links = party.map_or_else(Vec::new, |party| app.shown.links.with(party));
    let links: Vec<Value> = links
        .into_iter()
        .take(PAGE)
        .map(|(other, kind, value)| json!({ "other": other, "kind": kind, "value": value }))
        .collect();
    let label = super::words(view.language, "party.cap");
    let cases = cases(view, id);
    let owners = owners(&tables, id);
    let mut ids: Vec<String> =
        ["owner", "owned"].iter().flat_map(|role| owners.iter().map(|stake| text_of(stake, role).to_owned())).collect();
    ids.extend(links.iter().map(|link| text_of(link, "other").to_owned()));
    ids.extend(party.and_then(|party| party.parent_id.clone()));
    ids.extend(cases.iter().flat_map(|case| parties_of(text_of(case, "why"))).map(str::to_owned));
    let names = named::names(view, ids).await?;
    let accounts = super::allocations::of_holder(view, id).await?;
    Ok(Some(json!({
        "id": id, "party": { "name": party.and_then(|party| party.name.clone()) }, "facts": facts(id, party), "owners": owners, "names": names, "has_received": !received.is_empty(),
        "matches": tables.hits(id).iter().map(|hit| card(hit, today())).collect::<Vec<_>>(), "has_lists": !app.screener.versions.is_empty(),
        "links": links, "family": family(&tables, id), "cases": cases, "accounts": accounts, "standing": owned_by_listed(id, today(), &tables),
        "shipments": shipments(label, &drawn(&received), lpp_limit_tpp(&app.desk.policy, today())), "rows": shown_rows(view, lines).await?,
        "may_find": view.caller.as_ref().is_some_and(|caller| caller.has(Right::Record)), "key": form_key(), "today": today().to_string(),
        "done": DONE.iter().find(|known| **known == done),
        "wrong": wrong.map(|problem| json!({ "detail": problem.detail, "mend": problem.mend })),
    })))
}

#[derive(Deserialize)]
pub(super) struct FindingForm {
    csrf: String,
    key: String,
    list: String,
    entry: String,
    /// `cleared` or `confirmed`.
    finding: FindingKind,
    #[serde(default)]
    until: String,
    #[serde(default)]
    reason: String,
}

/// Says what a match turned out to be; that it is another party takes a second person.
pub(super) async fn find_out(
    view: View,
    Path(id): Path<String>,
    sent: SentForm<FindingForm>,
) -> Result<Response, Refused> {
    let (view, form) = view.keeping(sent, |_| format!("/parties/{}", encoded(&id)));
    let (view, caller) = view.proved(Right::Record, &form.csrf)?;
    let key: String = form.key.chars().take(64).collect();
    let until = Some(form.until).filter(|until| !until.is_empty());
    let request =
        FindingRequest { list: form.list, entry: form.entry, finding: form.finding, until, reason: form.reason };
    match find_out_as(&view.app, &caller, id.clone(), request, key).await {
        Ok(found) => {
            let done = match found {
                FoundOut::Recorded => "recorded",
                FoundOut::Proposed(_) => "proposed",
            };
            Ok(Redirect::to(&format!("/parties/{}?done={done}", encoded(&id))).into_response())
        }
        Err(problem) => page(view, id, "", Some(problem)).await,
    }
}

#[derive(Default, Deserialize)]
pub(super) struct PartiesQuery {
    #[serde(default)]
    q: String,
}

pub(super) async fn list(view: View, Query(query): Query<PartiesQuery>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    match rows(&view, &plain_text(&query.q), PAGE).await {
        Ok(rows) => Ok(view.render(
            "parties.html",
            "nav.parties",
            json!({ "q": query.q, "rows": rows, "has_lists": !view.app().screener.versions.is_empty() }),
        )),
        Err(problem) => Err(view.failed(&problem)),
    }
}

/// Names of parties for a form.
pub(super) async fn complete(view: View, Query(query): Query<PartiesQuery>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    match rows(&view, &plain_text(&query.q), 20).await {
        Ok(found) => Ok(Json(found).into_response()),
        Err(problem) => Err(view.failed(&problem)),
    }
}

#[cfg(test)]
mod tests {
    use tollgate_law::Law;

    use super::*;

    #[test]
    fn points_are_percent() {
        let shown = [
            (
                "`inspur` for `inspur`: alike 9567 of 10000, telling 13.7 bits",
                "inspur for inspur: alike 95.6 %, telling 13.7 bits",
            ),
            ("names: 10000", "names alike in all: 100 %"),
            (
                "the country agrees: 15 percent of what lacks to 10000 is added",
                "the country agrees: 15 percent of what lacks to 100 % is added",
            ),
            ("their legal forms differ", "their legal forms differ"),
        ];
        for (said, percent) in shown {
            assert_eq!(in_percent(said), percent);
        }
    }

    #[test]
    fn the_limit_that_is_drawn_is_the_one_of_the_law() {
        let law = Law::embedded().unwrap();
        for (policy, day) in [("diffusion", "2025-06-02"), ("diffusion", "2024-01-01"), ("ear", "2026-01-01")] {
            let limit = lpp_limit_tpp(&law.policy(policy).unwrap(), day.parse().unwrap());
            assert_eq!(limit.map(|tpp| format!("{tpp:.0}")).as_deref(), Some("26900000"), "{policy} {day}");
        }
    }
}
