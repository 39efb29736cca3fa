//! Cases: what the typologies found, and what people did about it.

mod dossier;
mod drawn;
mod file;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_ledger::Status;
use tollgate_report::pages::parties_of;
use tollgate_report::pages::picture::shipments;

use dossier::dossier_members;
pub use file::Case;
use steps::{Act, Disposition, Standing, Step, standing as standing_of, step_id};

use super::super::access::{Caller, Right};
use super::super::note;
use super::super::orders::{refused, unusable};
use super::super::problem::Problem;
use super::kept::SentForm;
use super::orders::shown_rows;
use super::parties::drawn;
use super::{Refused, View, encoded, plain_text, text_of};
use crate::BoardRow;
use tollgate_decide::Tables;
use tollgate_desk::same_person;

/// Cases on a page; orders of a case that are looked up; rows that are shown; pieces of evidence.
const PAGE: usize = 50;
const ORDERS: usize = 400;
const ROWS: usize = 100;
const PIECES: usize = 100;

/// Which cases are meant.
#[derive(Clone, Debug, Default)]
pub(super) struct CaseFilter {
    /// One of [`SHOWS`]; the open ones where it is none of them.
    show: String,
    /// The family of patterns; every one where empty.
    pattern: String,
    /// Whose cases `mine` means.
    person: String,
}

/// What one can ask to be shown, as strings name it: what is not closed, what is assigned to the reader, what waits for a second person, what is
/// closed, and everything.
const SHOWS: [&str; 5] = ["open", "mine", "waits", "closed", "all"];

impl CaseFilter {
    fn takes(&self, case: &Case, stands: &Standing) -> bool {
        let is_his = || stands.assigned.as_deref().is_some_and(|name| same_person(name, &self.person));
        let is_shown = match self.show.as_str() {
            "mine" => stands.closed.is_none() && is_his(),
            "waits" => stands.proposed.is_some(),
            "closed" => stands.closed.is_some(),
            "all" => true,
            _ => stands.closed.is_none(),
        };
        is_shown && (self.pattern.is_empty() || self.pattern == case.typology)
    }
}

/// The cases that are meant, the first in line first: a page of them, and how many there are.
pub(super) async fn standing(
    view: &View,
    (from, most): (usize, usize),
    filter: CaseFilter,
) -> Result<(Vec<Value>, usize), Problem> {
    let app = Arc::clone(&view.app);
    let found = view.app().with_ledger(move |ledger| {
        let tables = Arc::clone(&app.desk.decider(ledger)?.tables);
        let (mut rows, mut count) = (Vec::new(), 0);
        for case in &app.shown.cases {
            let stands = standing_of(ledger, &case.id)?;
            if !filter.takes(case, &stands) {
                continue;
            }
            if count >= from && rows.len() < most {
                rows.push(queue_row(case, &stands, &tables));
            }
            count += 1;
        }
        Ok((rows, count))
    });
    found.await?
}

/// A case as a row of the queue, with the name of the first of its parties.
fn queue_row(case: &Case, stands: &Standing, tables: &Tables) -> Value {
    let mut row = case.json();
    let subject = case.subjects.first();
    let name = subject.and_then(|id| tables.parties.get(id)?.name.clone());
    if let Some(members) = row.as_object_mut() {
        members.insert("state".to_owned(), json!(stands.state()));
        members.insert("assigned".to_owned(), json!(stands.assigned));
        members.insert("disposition".to_owned(), json!(stands.closed));
        members.insert("party".to_owned(), json!(name.as_ref().or(subject)));
    }
    row
}

/// The open cases assigned to somebody, the first in line of the others, and how many are open.
pub(super) async fn waiting(
    view: &View,
    caller: &Caller,
    most: usize,
) -> Result<(Vec<Value>, Vec<Value>, usize), Problem> {
    let (rows, open) = standing(view, (0, usize::MAX), CaseFilter::default()).await?;
    let is_his =
        |row: &Value| row.get("assigned").and_then(Value::as_str).is_some_and(|name| same_person(name, &caller.name));
    let (mine, others): (Vec<Value>, Vec<Value>) = rows.into_iter().partition(is_his);
    Ok((mine, others.into_iter().take(most).collect(), open))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct QueueQuery {
    from: usize,
    show: String,
    pattern: String,
}

pub(super) async fn queue(view: View, Query(query): Query<QueueQuery>) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Read)?;
    let from = query.from.min(view.app().shown.cases.len());
    let show = SHOWS.into_iter().find(|known| *known == query.show).unwrap_or("open");
    let filter = CaseFilter { show: show.to_owned(), pattern: query.pattern.clone(), person: caller.name.clone() };
    let (rows, of) = match standing(&view, (from, PAGE), filter).await {
        Ok(found) => found,
        Err(problem) => return Err(view.failed(&problem)),
    };
    let names = match names_in(&view, rows.iter().map(|row| text_of(row, "why"))).await {
        Ok(names) => names,
        Err(problem) => return Err(view.failed(&problem)),
    };
    let to = from + rows.len();
    let address = |from: usize| format!("/cases?show={show}&pattern={}&from={from}", encoded(&query.pattern));
    let patterns: BTreeSet<&str> = view.app().shown.cases.iter().map(|case| case.typology.as_str()).collect();
    let context = json!({
        "rows": rows, "names": names, "from": from + 1, "to": to, "of": of, "further": (to < of).then(|| address(to)),
        "earlier": (from > 0).then(|| address(from.saturating_sub(PAGE))), "shows": SHOWS, "patterns": patterns,
        "asked": { "show": show, "pattern": query.pattern }, "has_alerts": !view.app().shown.cases.is_empty(),
    });
    Ok(view.render("cases.html", "nav.cases", context))
}

/// The names of the parties that sentences about cases tell of, by id.
pub(super) async fn names_in(view: &View, sentences: impl Iterator<Item = &str>) -> Result<Value, Problem> {
    let ids: BTreeSet<String> = sentences.flat_map(parties_of).map(str::to_owned).collect();
    super::named::names(view, ids.into_iter().collect()).await
}

/// A case with all that is known of it.
struct Whole {
    case: Case,
    stands: Standing,
    tables: Arc<Tables>,
    rows: Vec<BoardRow>,
}

async fn whole(view: &View, id: &str) -> Result<Option<Whole>, Problem> {
    let app = Arc::clone(&view.app);
    let id = plain_text(id);
    let is_meant = |case: &&Case| case.id.eq_ignore_ascii_case(&id);
    let Some(case) = app.shown.cases.iter().find(is_meant).cloned() else { return Ok(None) };
    let (desk, lookup) = (Arc::clone(&app.desk), case.id.clone());
    let found = app.with_ledger(move |ledger| {
        Ok::<_, Problem>((standing_of(ledger, &lookup)?, Arc::clone(&desk.decider(ledger)?.tables)))
    });
    let (stands, tables) = found.await??;
    let orders: Vec<String> = case.orders.iter().cloned().collect();
    let rows = match &app.shown.board {
        Some(board) => board.of_orders(&orders, ORDERS).map_err(|what| super::super::orders::unavailable(&what))?,
        // No file of orders is shown.
        None => Vec::new(),
    };
    Ok(Some(Whole { case, stands, tables, rows }))
}

fn evidence(case: &Case) -> Vec<Value> {
    let mut all: Vec<_> = case.evidence.iter().collect();
    all.sort_by(|one, other| other.weight.total_cmp(&one.weight).then_with(|| one.key.cmp(&other.key)));
    let known = known_patterns();
    let shown = all.into_iter().take(PIECES).map(|piece| {
        let pattern = known.get(&piece.pattern);
        json!({ "pattern": piece.pattern, "why": piece.why, "facts": piece.facts, "weight": format!("{:+.1}", piece.weight),
            "title": pattern.map(|pattern| &pattern.title), "sources": pattern.map(|pattern| &pattern.sources) })
    });
    shown.collect()
}

/// What is known of a pattern.
#[derive(Debug)]
struct KnownPattern {
    /// A few words.
    title: String,
    /// Where it is from.
    sources: Vec<String>,
}

/// The patterns of the program, by id.
#[cfg(feature = "detect")]
fn known_patterns() -> &'static BTreeMap<String, KnownPattern> {
    static PATTERNS: std::sync::LazyLock<BTreeMap<String, KnownPattern>> = std::sync::LazyLock::new(|| {
        let all = match tollgate_detect::typology::Typology::embedded() {
            Ok(all) => all,
            Err(errors) => {
                tollgate_model::never!("the typologies of the program cannot be read: {errors}");
                Vec::new()
            }
        };
        all.into_iter().map(|one| (one.id, KnownPattern { title: one.title, sources: one.sources })).collect()
    });
    &PATTERNS
}

#[cfg(not(feature = "detect"))]
fn known_patterns() -> &'static BTreeMap<String, KnownPattern> {
    static NONE: BTreeMap<String, KnownPattern> = BTreeMap::new();
    &NONE
}

pub(super) async fn one(view: View, Path(id): Path<String>) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Read)?;
    match (id.strip_suffix(".json"), id.strip_suffix(".html")) {
        (Some(id), _) => data(view, id).await,
        (_, Some(id)) => page(view, &caller, id, Shown::Dossier).await,
        _ => page(view, &caller, &id, Shown::Page(None)).await,
    }
}

/// How a case is shown.
enum Shown {
    /// With what went wrong, by a string's key.
    Page(Option<&'static str>),
    /// As a file of its own.
    Dossier,
}

async fn page(view: View, caller: &Caller, id: &str, shown: Shown) -> Result<Response, Refused> {
    let found = match whole(&view, id).await {
        Ok(Some(found)) => found,
        Ok(None) => return Err(view.refuse(StatusCode::NOT_FOUND, "problem.missing")),
        Err(problem) => return Err(view.failed(&problem)),
    };
    let title = |key| super::words(view.language, key);
    let case = queue_row(&found.case, &found.stands, &found.tables);
    let subjects = found
        .case
        .subjects
        .iter()
        .map(|id| json!({ "id": id, "name": found.tables.parties.get(id).and_then(|party| party.name.clone()) }));
    let subjects: Vec<Value> = subjects.collect();
    let may_confirm = caller.has(Right::Record)
        && found.stands.proposed.as_ref().is_some_and(|(by, _)| !same_person(by, &caller.name));
    let wrong = if let Shown::Page(wrong) = shown { wrong } else { None };
    let rows = match shown_rows(&view, found.rows.iter().take(ROWS).cloned().collect()).await {
        Ok(rows) => rows,
        Err(problem) => return Err(view.failed(&problem)),
    };
    let evidence = evidence(&found.case);
    let sentences = evidence.iter().map(|piece| text_of(piece, "why")).chain([found.case.why.as_str()]);
    let names = match names_in(&view, sentences).await {
        Ok(names) => names,
        Err(problem) => return Err(view.failed(&problem)),
    };
    let network = drawn::picture(title("case.network"), &found.case, &found.rows, &found.tables);
    let mut context = json!({
        "case": case, "subjects": subjects, "evidence": evidence, "names": names, "log": found.stands.log, "next": found.stands.steps + 1,
        "network": network,
        "timeline": shipments(title("case.timeline"), &drawn(&found.rows), None),
        "rows": rows, "may_act": caller.has(Right::Try), "may_confirm": may_confirm, "wrong": wrong,
    });
    if matches!(shown, Shown::Page(_)) {
        return Ok(view.render("case.html", "case", context));
    }
    let printed = match dossier_members(&view, caller, &found.case, &found.tables, &found.rows, &network).await {
        Ok(printed) => printed,
        Err(problem) => return Err(view.failed(&problem)),
    };
    if let (Some(members), Value::Object(printed)) = (context.as_object_mut(), printed) {
        members.extend(printed);
    }
    let answer = view.render("dossier.html", "case", context);
    Ok(([(header::CONTENT_DISPOSITION, named(id, "html"))], answer).into_response())
}

/// The name of a case's file.
fn named(id: &str, kind: &str) -> String {
    let name: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("attachment; filename=\"case-{name}.{kind}\"")
}

/// All that is known of a case, for whoever takes it over.
async fn data(view: View, id: &str) -> Result<Response, Refused> {
    let found = match whole(&view, id).await {
        Ok(Some(found)) => found,
        Ok(None) => return Err(view.refuse(StatusCode::NOT_FOUND, "problem.missing")),
        Err(problem) => return Err(view.failed(&problem)),
    };
    let parties: Vec<Value> =
        found.case.subjects.iter().map(|id| super::parties::facts(id, found.tables.parties.get(id))).collect();
    let owners: BTreeMap<&String, Vec<Value>> =
        found.case.subjects.iter().map(|id| (id, super::parties::owners(&found.tables, id))).collect();
    let whole = json!({
        "case": found.case.json(), "state": found.stands.state(), "assigned": found.stands.assigned, "steps": found.stands.log,
        "parties": parties, "owners": owners, "orders": found.case.orders, "lines": found.rows, "evidence": evidence(&found.case),
        "notice": tollgate_report::pages::text(view.language, "notice"),
    });
    Ok(([(header::CONTENT_DISPOSITION, named(id, "json"))], Json(whole)).into_response())
}

#[derive(Deserialize)]
pub(super) struct StepForm {
    csrf: String,
    act: Act,
    /// The number that the step will have: the page's, so that what somebody else did meanwhile is seen first.
    next: usize,
    #[serde(default)]
    text: String,
    disposition: Option<Disposition>,
}

pub(super) async fn act(view: View, Path(id): Path<String>, sent: SentForm<StepForm>) -> Result<Response, Refused> {
    let (view, form) = view.keeping(sent, |_| format!("/cases/{}", encoded(&id)));
    let needed = if matches!(form.act, Act::Confirm | Act::Reopen) { Right::Record } else { Right::Try };
    let (view, caller) = view.proved(needed, &form.csrf)?;
    match step(&view, &caller, &id, form).await {
        Ok(None) => Ok(Redirect::to(&format!("/cases/{}", encoded(&id))).into_response()),
        Ok(Some(wrong)) => page(view, &caller, &id, Shown::Page(Some(wrong))).await,
        Err(problem) => Err(view.failed(&problem)),
    }
}

/// Records a step, or says by a string's key why it cannot be.
async fn step(view: &View, caller: &Caller, id: &str, form: StepForm) -> Result<Option<&'static str>, Problem> {
    let app = Arc::clone(&view.app);
    if !app.shown.cases.iter().any(|case| case.id == id) {
        return Err(unusable("there is no such case", "go back to the list of cases"));
    }
    let lookup = id.to_owned();
    let stands = app.with_ledger(move |ledger| standing_of(ledger, &lookup)).await??;
    let text: String = form.text.trim().chars().take(2_000).collect();
    let wrong = match form.act {
        _ if form.next != stands.steps + 1 => Some("case.changed"),
        Act::Confirm | Act::Reopen => match &stands.proposed {
            None => Some("case.changed"),
            Some((by, _)) if same_person(by, &caller.name) => Some("case.same"),
            Some(_) => None,
        },
        _ if text.is_empty() => Some("case.reasonless"),
        Act::Dispose if form.disposition.is_none() => Some("case.reasonless"),
        _ => None,
    };
    if wrong.is_some() {
        return Ok(wrong);
    }
    let disposition = form.disposition.filter(|_| form.act == Act::Dispose);
    let step = Step { case: id.to_owned(), act: form.act, text, disposition };
    let applied = app.record(vec![note("case", &caller.name, &step_id(id, form.next), &step)?]).await?;
    match applied.first().map(|applied| applied.status) {
        Some(Status::Done) => Ok(None),
        Some(Status::IdTaken) => Ok(Some("case.changed")),
        Some(status) => Err(refused(status)),
        None => Err(super::super::orders::unavailable("the ledger gave no answer")),
    }
}
