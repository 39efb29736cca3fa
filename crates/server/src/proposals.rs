//! Acts that one person alone may not do: proposed here, done once another person confirms them.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tollgate_desk::{
    Conclusion, Proposal, ProposalOnRecord, ProposalState, ProposedEntry, open_proposals, person_of, plan_conclusion,
    plan_proposal, proposal, raw, scoped_id,
};
use tollgate_ledger::{Applied, Status};
use utoipa::ToSchema;

use super::Shared;
use super::access::{Caller, Right};
use super::clock::day_of;
use super::orders::{WriteKey, bad_json, idempotency_key, refused, unavailable};
use super::problem::{Problem, Refusals};

/// Proposals in one answer, at the most.
const MOST: usize = 1_000;

/// What was asked is proposed, and is done once another person confirms it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Proposed {
    /// By which it is confirmed or rejected.
    proposal: String,
    state: ProposalState,
    /// What is proposed.
    what: String,
    /// What to do about it.
    mend: String,
    /// The token that is good once the proposal is confirmed, where one is proposed. Shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl Proposed {
    /// The same with the token that is good once it is confirmed.
    pub(super) fn with_token(self, token: String) -> Proposed {
        Proposed { token: Some(token), ..self }
    }
}

/// A proposal as it stands.
#[derive(Serialize, ToSchema)]
pub(super) struct ProposalRow {
    /// By which it is confirmed or rejected.
    pub(super) proposal: String,
    /// Who proposed it.
    pub(super) by: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub(super) at: i64,
    /// What is proposed.
    pub(super) what: String,
    state: ProposalState,
    /// What is recorded once it is confirmed.
    #[schema(value_type = Vec<Object>)]
    entries: Vec<ProposedEntry>,
}

impl From<ProposalOnRecord> for ProposalRow {
    fn from(found: ProposalOnRecord) -> ProposalRow {
        let ProposalOnRecord { id: proposal, by, at_ms: at, state, proposal: Proposal { what, entries, .. } } = found;
        ProposalRow { proposal, by, at, what, state, entries }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConcludeRequest {
    /// Why, for those who read the log.
    #[schema(min_length = 1, max_length = 256)]
    reason: String,
}

/// The id of a caller's proposal of a kind; `parts` are what it is about and the caller's word for it.
pub(super) fn proposal_id(kind: &str, caller: &Caller, parts: &[&str]) -> String {
    scoped_id("proposal", &caller.name, &[&[kind], parts].concat())
}

/// Another record, as a part of a proposal.
pub(super) fn proposed_note(kind: &str, id: String, data: &impl Serialize) -> Result<ProposedEntry, Problem> {
    let data: Box<RawValue> = raw(data)?;
    Ok(ProposedEntry::Note { kind: kind.to_owned(), id, data })
}

/// Puts a proposal on record, or finds it there; what is answered.
pub(super) async fn propose(
    app: &Shared,
    caller: &Caller,
    id: String,
    proposed: Proposal,
) -> Result<(StatusCode, Json<Proposed>), Problem> {
    let applied = app.record(vec![plan_proposal(&caller.name, &id, &proposed)?]).await?;
    match applied.first().map(|applied| applied.status) {
        Some(Status::Done) => standing(app, id).await,
        Some(status) => Err(refused(status)),
        None => Err(unavailable("the ledger gave no answer")),
    }
}

/// A proposal that is on record, as it is answered to who proposed it.
pub(super) async fn standing(app: &Shared, id: String) -> Result<(StatusCode, Json<Proposed>), Problem> {
    let lookup = id.clone();
    let found = app.with_ledger(move |ledger| proposal(ledger, &lookup)).await??;
    let found = found.ok_or_else(|| unavailable("the proposal is not on record"))?;
    let mend = match found.state {
        ProposalState::Proposed => {
            "ask another person to confirm it: POST /v1/proposals/{id}/confirm, or the page `Today`"
        }
        ProposalState::Confirmed => "nothing: it is done",
        ProposalState::Rejected => "ask who rejected it; propose it anew with a new Idempotency-Key",
    };
    let mend = mend.replace("{id}", &id);
    let answer = Proposed { proposal: id, state: found.state, what: found.proposal.what, mend, token: None };
    Ok((StatusCode::ACCEPTED, Json(answer)))
}

/// The proposals that wait for another person, the oldest first.
#[utoipa::path(
    get, path = "/v1/proposals", tag = "access",
    responses((status = 200, description = "those that wait", body = Vec<ProposalRow>), Refusals),
)]
pub(super) async fn list(State(app): State<Shared>, caller: Caller) -> Result<Json<Vec<ProposalRow>>, Problem> {
    caller.may(Right::Read)?;
    Ok(Json(waiting(&app, MOST).await?))
}

/// So many of the proposals that wait, the oldest first.
pub(super) async fn waiting(app: &Shared, most: usize) -> Result<Vec<ProposalRow>, Problem> {
    let found = app.with_ledger(move |ledger| open_proposals(ledger, most)).await??;
    Ok(found.into_iter().map(ProposalRow::from).collect())
}

/// Confirms a proposal: what it proposes is done. Who proposed it, or gets something by it, cannot confirm it.
#[utoipa::path(
    post, path = "/v1/proposals/{proposal}/confirm", tag = "access", request_body = ConcludeRequest,
    params(("proposal" = String, Path, description = "its id"), WriteKey),
    responses((status = 200, description = "done", body = ProposalRow), Refusals),
)]
pub(super) async fn confirm(
    State(app): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Result<Json<ConcludeRequest>, JsonRejection>,
) -> Result<Json<ProposalRow>, Problem> {
    may_conclude(&caller)?;
    idempotency_key(&headers)?;
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    conclude(&app, &caller, id, Conclusion { confirmed: true, reason: request.reason }).await.map(Json)
}

/// Rejects a proposal, or withdraws one's own: it is not done.
#[utoipa::path(
    post, path = "/v1/proposals/{proposal}/reject", tag = "access", request_body = ConcludeRequest,
    params(("proposal" = String, Path, description = "its id"), WriteKey),
    responses((status = 200, description = "not done", body = ProposalRow), Refusals),
)]
pub(super) async fn reject(
    State(app): State<Shared>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Result<Json<ConcludeRequest>, JsonRejection>,
) -> Result<Json<ProposalRow>, Problem> {
    may_conclude(&caller)?;
    idempotency_key(&headers)?;
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    conclude(&app, &caller, id, Conclusion { confirmed: false, reason: request.reason }).await.map(Json)
}

/// Who records may conclude what is proposed of accounts, matches and access; who manages access may conclude what is proposed of that.
fn may_conclude(caller: &Caller) -> Result<(), Problem> {
    if caller.has(Right::Manage) { Ok(()) } else { caller.may(Right::Record) }
}

/// An error where who proposed something may not do it any more: it takes two people who may.
fn check_proposer(app: &Shared, found: &ProposalOnRecord) -> Result<(), Problem> {
    let right = if found.is_of_access() { Right::Manage } else { Right::Record };
    let (person, day) = (person_of(&found.by), day_of(app.time()?));
    let directory = app.gate.directory();
    directory.check().map_err(|what| unavailable(&what))?;
    if directory.has_person(person, right, day) {
        return Ok(());
    }
    let what = format!("{person}, who proposed it, may not do that any more");
    let mend =
        "reject it; where it is to be done all the same, propose it yourself and ask another person to confirm it";
    Err(Problem::new(StatusCode::CONFLICT, "proposer_gone", what, mend))
}

/// Concludes a proposal: first that it is concluded is put on record, and then what follows, which is the same when it is asked for again.
pub(super) async fn conclude(
    app: &Shared,
    caller: &Caller,
    id: String,
    conclusion: Conclusion,
) -> Result<ProposalRow, Problem> {
    let (actor, lookup, confirms) = (caller.name.clone(), id.clone(), conclusion.confirmed);
    let (plan, found) = app
        .with_ledger(move |ledger| {
            let found = proposal(ledger, &lookup)?;
            plan_conclusion(ledger, &actor, &lookup, &conclusion).map(|plan| (plan, found))
        })
        .await??;
    let of_access = found.as_ref().is_some_and(ProposalOnRecord::is_of_access);
    if !of_access {
        caller.may(Right::Record)?;
    }
    if let Some(found) = found.filter(|found| confirms && found.state == ProposalState::Proposed) {
        check_proposer(app, &found)?;
    }
    plan.check(&app.record(vec![plan.conclusion.clone()]).await?)?;
    if !plan.entries.is_empty() {
        let applied: Vec<Applied> = app.record(plan.entries.clone()).await?;
        if let Some(applied) = applied.iter().find(|applied| applied.status != Status::Done) {
            return Err(refused(applied.status));
        }
        app.refresh_directory().await?;
    }
    let found = app.with_ledger(move |ledger| proposal(ledger, &id)).await??;
    found.map(ProposalRow::from).ok_or_else(|| unavailable("the proposal is not on record"))
}
