//! What waits for whoever looks: held lines, proposals, cases, reservations and licenses that lapse, lists and law that changed.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_decide::Hit;
use tollgate_law::Policy;
use tollgate_model::Date;

use super::super::access::{Caller, Right};
use super::super::orders::{held, release_line, unavailable};
use super::super::problem::Problem;
use super::super::proposals::{ProposalRow, conclude as concluded, waiting};
use super::allocations::near;
use super::basis::{Judged, basis};
use super::kept::SentForm;
use super::{Refused, View, cases, form_key, line_address, moment, named, text_of};
use crate::ledger_lines::{refresh, status_of};
use crate::{now, today as this_day};
use tollgate_desk::{Conclusion, HeldLine, Release, line_id, same_person};

/// So many days ahead it is said what lapses.
const AHEAD: i32 = 7;
/// A day, in milliseconds.
const DAY_MS: i64 = 86_400_000;

#[derive(Default, Deserialize)]
pub(super) struct TodayQuery {
    /// What was done before the page was shown: `release`, `confirm` or `reject`.
    #[serde(default)]
    done: String,
}

/// What was done, as strings name it.
const DONE: [&str; 3] = ["release", "confirm", "reject"];

pub(super) async fn today(view: View, Query(done): Query<TodayQuery>) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Read)?;
    page(view, &caller, &done.done, Value::Null).await
}

async fn page(view: View, caller: &Caller, done: &str, wrong: Value) -> Result<Response, Refused> {
    match context(&view, caller, done, wrong).await {
        Ok(context) => Ok(view.render("today.html", "nav.today", context)),
        Err(problem) => Err(view.failed(&problem)),
    }
}

#[derive(Deserialize)]
pub(super) struct ReleaseForm {
    csrf: String,
    key: String,
    order: String,
    line: i64,
    reason: String,
}

/// A second person lets a held line ship.
pub(super) async fn release(view: View, sent: SentForm<ReleaseForm>) -> Result<Response, Refused> {
    let (view, form) = view.keeping(sent, |_| "/".to_owned());
    let (view, caller) = view.proved(Right::Record, &form.csrf)?;
    let id = line_id(&form.order, form.line);
    let key: String = form.key.chars().take(64).collect();
    let release = Release { person: caller.name.clone(), key, reason: form.reason };
    match release_line(&view.app, &id, release).await {
        Ok(_) => Ok(Redirect::to("/?done=release").into_response()),
        Err(problem) => {
            let wrong = json!({ "detail": problem.detail, "mend": problem.mend });
            page(view, &caller, "", wrong).await
        }
    }
}

/// Held lines that are shown.
const SECOND: usize = 20;

/// Lines that wait for a second person, each with what it is about and what was decided.
async fn second(view: &View, caller: &Caller) -> Result<Vec<Value>, Problem> {
    let mut rows = Vec::new();
    for held in held(&view.app, SECOND).await? {
        let HeldLine { order, line, by, why, request, decision } = held;
        let decision: Value = serde_json::from_str(decision.get()).map_err(|error| unavailable(&error.to_string()))?;
        let may_release = caller.has(Right::Record) && !same_person(&by, &caller.name);
        let fields = serde_json::to_value(&request).map_err(|error| unavailable(&error.to_string()))?;
        let ids = ["exporter", "ultimate_consignee", "end_user", "purchaser"].iter();
        let ids: Vec<String> =
            ids.filter_map(|role| fields.get(*role).and_then(Value::as_str).map(str::to_owned)).collect();
        rows.push(json!({
            "order": order, "line": line, "by": by, "why": why, "asked": fields, "names": named::names(view, ids).await?, "may_release": may_release,
            "basis": basis(view, &Judged { decision: &decision, held: &why, claim: request.claim(), end_use: request.end_use() }), "decision": decision, "key": form_key(), "address": line_address(&order, line),
        }));
    }
    Ok(rows)
}

/// Proposals that are shown.
const PROPOSALS: usize = 50;

/// Proposals that wait for another person.
async fn proposals(view: &View, caller: &Caller) -> Result<Vec<Value>, Problem> {
    let row = |waiting: ProposalRow| {
        let may = (caller.has(Right::Record) || caller.has(Right::Manage)) && !same_person(&waiting.by, &caller.name);
        json!({ "id": waiting.proposal, "by": waiting.by, "at": moment(waiting.at), "what": waiting.what, "may_confirm": may })
    };
    Ok(waiting(&view.app, PROPOSALS).await?.into_iter().map(row).collect())
}

#[derive(Deserialize)]
pub(super) struct ConcludeForm {
    csrf: String,
    proposal: String,
    reason: String,
    /// `confirm` or `reject`.
    act: String,
}

/// A second person confirms what one proposed, or rejects it.
pub(super) async fn conclude(view: View, sent: SentForm<ConcludeForm>) -> Result<Response, Refused> {
    let (view, form) = view.keeping(sent, |_| "/".to_owned());
    let (view, caller) = view.proved(Right::Read, &form.csrf)?;
    if !(caller.has(Right::Record) || caller.has(Right::Manage)) || !matches!(form.act.as_str(), "confirm" | "reject") {
        return Err(view.refuse(axum::http::StatusCode::FORBIDDEN, "problem.role"));
    }
    let confirmed = form.act == "confirm";
    let conclusion = Conclusion { confirmed, reason: form.reason };
    match concluded(&view.app, &caller, form.proposal, conclusion).await {
        Ok(_) => Ok(Redirect::to(&format!("/?done={}", if confirmed { "confirm" } else { "reject" })).into_response()),
        Err(problem) => {
            let wrong = json!({ "detail": problem.detail, "mend": problem.mend });
            page(view, &caller, "", wrong).await
        }
    }
}

/// Reservations that lapse soon.
async fn lapsing(view: &View) -> Result<Vec<Value>, Problem> {
    let (from, until) = (now(), now() + i64::from(AHEAD) * DAY_MS);
    let found = view.app().shown.board.as_ref().map_or_else(|| Ok(Vec::new()), |board| board.lapsing(from, until));
    let found = found.map_err(|what| unavailable(&what))?;
    let standing = view.app().with_ledger(move |ledger| {
        let one = |(id, at): (String, i64)| Ok::<_, Problem>((status_of(ledger, &id)?, id, at));
        found.into_iter().map(one).collect::<Result<Vec<_>, Problem>>()
    });
    let open =
        standing.await??.into_iter().filter(|(status, ..)| matches!(*status, "held" | "reserved" | "part_shipped"));
    let row = |(status, id, at): (&str, String, i64)| {
        let (order, line) = id.rsplit_once(':')?;
        let number: i64 = line.parse().ok()?;
        Some(
            json!({ "order": order, "line": number, "status": status, "at": moment(at), "address": line_address(order, number) }),
        )
    };
    Ok(open.filter_map(row).collect())
}

/// Licenses that expire soon, or did and are still in the table.
async fn expiring(view: &View) -> Result<Vec<Value>, Problem> {
    let tables = named::tables(view).await?;
    let until = this_day().plus_days(AHEAD);
    let ending = tables.licenses.iter().filter_map(|(number, license)| Some((license.expires_on?, number)));
    let mut ending: Vec<_> = ending.filter(|(day, _)| *day <= until).collect();
    ending.sort();
    Ok(ending
        .iter()
        .map(|(day, number)| json!({ "license": number, "day": day.to_string(), "over": *day < this_day() }))
        .collect())
}

/// Parties that are shown for a possible match.
const MATCHED: usize = 10;

/// Parties with a possible match that nobody cleared or confirmed, the likeliest first: some of them, and how many there are.
async fn open_matches(view: &View, day: Date) -> Result<(Vec<Value>, usize), Problem> {
    let tables = named::tables(view).await?;
    let mut open: BTreeMap<&str, &Hit> = BTreeMap::new();
    for (party, hit) in tables.screened.matches().filter(|(_, hit)| hit.stands(day) && !hit.same) {
        let likeliest = open.entry(party).or_insert(hit);
        if hit.points > likeliest.points {
            *likeliest = hit;
        }
    }
    let mut rows: Vec<(&str, &Hit)> = open.into_iter().collect();
    rows.sort_by(|(one, hit), (other, second)| second.points.cmp(&hit.points).then_with(|| one.cmp(other)));
    let row = |(party, hit): &(&str, &Hit)| {
        let name = tables.parties.get(*party).and_then(|party| party.name.clone());
        json!({ "id": party, "name": name, "entry": hit.name, "list": hit.list, "percent": hit.points / 100 })
    };
    Ok((rows.iter().take(MATCHED).map(row).collect(), rows.len()))
}

async fn context(view: &View, caller: &Caller, done: &str, wrong: Value) -> Result<Value, Problem> {
    refresh(&view.app).await?;
    let (policy, day) = (&view.app().desk.policy, this_day());
    let board = view.app().shown.board.as_ref();
    let outcome = |name: &str| board.and_then(|board| board.sums.outcomes.get(name)).copied().unwrap_or(0);
    let (mine, queue, open) = cases::waiting(view, caller, 8).await?;
    let news = news(view, policy, day);
    let near = near(view).await?;
    let proposals = proposals(view, caller).await?;
    let sentences = mine.iter().chain(&queue).map(|row| text_of(row, "why"));
    let whats: Vec<String> = proposals.iter().map(|row| capitalized(text_of(row, "what"))).collect();
    let sentences = sentences.chain(whats.iter().map(String::as_str));
    let mut names = cases::names_in(view, sentences).await?;
    let holders = near.iter().map(|row| text_of(row, "holder").to_owned()).collect();
    if let (Some(all), Value::Object(more)) = (names.as_object_mut(), named::names(view, holders).await?) {
        all.extend(more);
    }
    let (matches, match_count) = open_matches(view, day).await?;
    Ok(json!({
        "matches": matches, "match_count": match_count,
        "policy": policy.name, "policy_title": policy.title, "date": day.to_string(), "lines": board.map_or(0, |board| board.sums.lines),
        "required": outcome("license_required"), "unsettled": outcome("needs_information"), "open": open, "mine": mine, "cases": queue,
        "has_file": board.is_some_and(crate::Board::has_file), "has_alerts": !view.app().shown.cases.is_empty(),
        "coming": news.coming, "begun": news.begun, "lists": news.lists, "second": second(view, caller).await?, "proposals": proposals, "names": names, "wrong": wrong,
        "near": near, "lapsing": lapsing(view).await?, "licenses": expiring(view).await?, "done": DONE.iter().find(|known| **known == done),
    }))
}

/// What is proposed as the page shows it: a sentence.
fn capitalized(what: &str) -> String {
    let mut letters = what.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

/// Days on either side of today of which changes of the law are told.
const IN_SIGHT: i32 = 180;

/// What of the law began or begins to bind about now and what lists are in use.
struct News {
    /// What begins to bind, the next first.
    coming: Vec<Value>,
    /// What began to bind, the latest first.
    begun: Vec<Value>,
    lists: Vec<Value>,
}

fn news(view: &View, policy: &Policy, day: Date) -> News {
    let (from, until) = (day.plus_days(-IN_SIGHT), day.plus_days(IN_SIGHT));
    let mut found: Vec<(Date, &str, &str)> = Vec::new();
    for provision in &policy.provisions {
        let near = provision.versions.iter().filter(|version| (from..=until).contains(&version.from));
        found.extend(near.map(|version| (version.from, provision.citation.as_str(), provision.title.as_str())));
    }
    found.sort_unstable();
    let row = |(from, citation, title): &(Date, &str, &str)| json!({ "from": from.to_string(), "citation": citation, "title": title });
    let (begun, coming): (Vec<_>, Vec<_>) = found.iter().partition(|(from, ..)| *from <= day);
    let lists = view.app().screener.versions.iter().map(|list| {
        json!({ "file": list.file, "date": list.date.map(|date| date.to_string()), "entries": list.entries, "sha256": list.digest.chars().take(12).collect::<String>() })
    });
    News {
        coming: coming.into_iter().map(row).collect(),
        begun: begun.into_iter().rev().map(row).collect(),
        lists: lists.collect(),
    }
}
