//! What the lists say of the parties, and what somebody found about it.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_ledger::Status;
use utoipa::ToSchema;

use super::access::{Caller, Right};
use super::orders::{WriteKey, bad_json, day, idempotency_key, refused, unusable};
use super::problem::{Problem, Refusals};
use super::proposals::{Proposed, proposal_id, propose, proposed_note};
use super::{Shared, note};
use tollgate_desk::{Finding, FindingKind, Proposal, scoped_id};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindingRequest {
    /// The list, as the match names it.
    pub(super) list: String,
    /// The list's entry, as the match names it.
    pub(super) entry: String,
    pub(super) finding: FindingKind,
    /// The last day on which it holds; without an end where absent.
    #[schema(format = Date)]
    pub(super) until: Option<String>,
    /// Why, for those who read the log.
    #[schema(min_length = 1, max_length = 2000)]
    pub(super) reason: String,
}

fn unknown_match() -> Problem {
    let mend = "read GET /v1/parties/{party}/matches for what the lists say of it";
    Problem::new(StatusCode::NOT_FOUND, "unknown_match", "the party has no such match", mend)
}

/// The matches of a party with list entries, each with what was found about it.
#[utoipa::path(
    get, path = "/v1/parties/{party}/matches", tag = "screening", params(("party" = String, Path, description = "the party's id")),
    responses((status = 200, description = "`party`, `matches`", body = Object), Refusals),
)]
pub(super) async fn matches(
    State(app): State<Shared>,
    caller: Caller,
    Path(party): Path<String>,
) -> Result<Json<Value>, Problem> {
    caller.may(Right::Read)?;
    let desk = std::sync::Arc::clone(&app.desk);
    let tables =
        app.with_ledger(move |ledger| desk.decider(ledger).map(|state| std::sync::Arc::clone(&state.tables))).await??;
    let hits = tables.hits(&party);
    let matches = hits.iter().map(|hit| {
        let mut json = hit.json();
        json.insert("explanation".to_owned(), json!(hit.explanation));
        let cleared = hit.cleared.as_ref().map(|cleared| {
            json!({ "by": cleared.by, "why": cleared.why, "until": cleared.until.map(|until| until.to_string()) })
        });
        json.insert("cleared".to_owned(), json!(cleared));
        Value::from(json)
    });
    Ok(Json(json!({ "party": party, "matches": matches.collect::<Vec<_>>() })))
}

/// Says what a match turned out to be: the listed party, or another one, which another person must confirm. Later decisions go by it, on every server; the log has it for good.
#[utoipa::path(
    post, path = "/v1/parties/{party}/findings", tag = "screening", request_body = FindingRequest,
    params(("party" = String, Path, description = "the party's id"), WriteKey),
    responses(
        (status = 204, description = "recorded"),
        (status = 202, description = "it clears a match: in force once another person confirms it", body = Proposed),
        Refusals,
    ),
)]
pub(super) async fn find_out(
    State(app): State<Shared>,
    caller: Caller,
    Path(party): Path<String>,
    headers: HeaderMap,
    request: Result<Json<FindingRequest>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    let key = idempotency_key(&headers)?;
    Ok(match find_out_as(&app, &caller, party, request, key).await? {
        FoundOut::Recorded => StatusCode::NO_CONTENT.into_response(),
        FoundOut::Proposed(proposed) => proposed.into_response(),
    })
}

/// What came of a finding.
pub(super) enum FoundOut {
    /// It holds.
    Recorded,
    /// It clears a match: in force once another person confirms it.
    Proposed((StatusCode, Json<Proposed>)),
}

/// Says what a match turned out to be; `key` is the word for this write.
pub(super) async fn find_out_as(
    app: &Shared,
    caller: &Caller,
    party: String,
    request: FindingRequest,
    key: String,
) -> Result<FoundOut, Problem> {
    caller.may(Right::Record)?;
    request.until.as_deref().map(|until| day("until", until)).transpose()?;
    if request.reason.trim().is_empty() || request.reason.len() > 2_000 {
        return Err(unusable("`reason` is empty or longer than 2,000 bytes", "say why in a sentence"));
    }
    let id = scoped_id("finding", &caller.name, &[&party, &key]);
    let proposal = proposal_id("finding", caller, &[&party, &key]);
    let desk = std::sync::Arc::clone(&app.desk);
    let (list, entry, of) = (request.list.clone(), request.entry.clone(), party.clone());
    let fingerprint = app.with_ledger(move |ledger| {
        let state = desk.decider(ledger)?;
        let hits = state.tables.hits(&of);
        let hit = hits.iter().find(|hit| hit.list == list && hit.entry == entry).ok_or_else(unknown_match)?;
        Ok::<_, Problem>(hit.fingerprint.clone())
    });
    let finding = Finding {
        party,
        list: request.list,
        entry: request.entry,
        finding: request.finding,
        reason: request.reason,
        by: caller.name.clone(),
        until: request.until,
        fingerprint: fingerprint.await??,
    };
    if finding.finding == FindingKind::Cleared {
        let what =
            format!("clear {} of the entry {} of {}: {}", finding.party, finding.entry, finding.list, finding.reason);
        let entries = vec![proposed_note("screening", id, &finding)?];
        let proposed = Proposal { what, beneficiary: None, entries };
        return Ok(FoundOut::Proposed(propose(app, caller, proposal, proposed).await?));
    }
    let applied = app.record(vec![note("screening", &caller.name, &id, &finding)?]).await?;
    match applied.first().map(|applied| applied.status) {
        Some(Status::Done) => Ok(FoundOut::Recorded),
        Some(status) => Err(refused(status)),
        None => Err(super::orders::unavailable("the ledger gave no answer")),
    }
}
