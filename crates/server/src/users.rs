//! Users and tokens: who may do what.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use tollgate_desk::{Proposal, ProposedEntry, scoped_id, scoped_or_earlier_id};
use tollgate_ledger::{Record, Status};
use tollgate_model::Date;
use utoipa::ToSchema;

use super::Shared;
use super::access::{Access, Caller, Right, Role, new_token, sha256};
use super::grants::{named, record};
use super::logins::{is_password, keep};
use super::orders::{WriteKey, bad_json, day, idempotency_key, refused, unavailable, unusable};
use super::problem::{Problem, Refusals};
use super::proposals::{Proposed, proposal_id, propose, proposed_note, standing};
use crate::today;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserRequest {
    /// Letters, digits, `-` and `_`.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$")]
    pub(super) name: String,
    pub(super) role: Role,
    /// Where the user logs in here: either this or `subject`.
    #[schema(min_length = 15, max_length = 200)]
    pub(super) password: Option<String>,
    /// Where the user logs in at the OpenID provider: the e-mail address that it vouches for, where it has an `@`; else the provider's own id of the
    /// person, which may have `sub:` before it.
    #[schema(min_length = 1, max_length = 255)]
    pub(super) subject: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenRequest {
    /// What it is called: all that is done with it is done by `YOU/NAME`.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$")]
    pub(super) name: String,
    pub(super) role: Role,
    /// The last day on which it is good; without an end where absent.
    #[schema(format = Date)]
    pub(super) until: Option<String>,
    /// The rights of the role that it is good for; all of them where absent.
    pub(super) scopes: Option<Vec<Right>>,
}

/// Somebody who may do something.
#[derive(Serialize, ToSchema)]
pub(super) struct Holder {
    name: String,
    /// The person whose it is.
    person: String,
    role: Role,
    /// `user` or `token`.
    kind: String,
    until: Option<String>,
    scopes: Option<Vec<Right>>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct NewToken {
    /// Shown this once.
    token: String,
}

/// Who may do what.
#[utoipa::path(
    get, path = "/v1/users", tag = "access",
    responses((status = 200, description = "users and tokens", body = Vec<Holder>), Refusals),
)]
pub(super) async fn users(State(app): State<Shared>, caller: Caller) -> Result<Json<Vec<Holder>>, Problem> {
    if !caller.has(Right::Log) {
        caller.may(Right::Manage)?;
    }
    let directory = app.gate.directory();
    let users = directory.users.iter().map(|(name, user)| Holder {
        name: name.clone(),
        person: name.clone(),
        role: user.role,
        kind: "user".to_owned(),
        until: None,
        scopes: None,
    });
    let tokens = directory.tokens.values().map(|token| Holder {
        name: token.name.clone(),
        person: token.person.clone(),
        role: token.role,
        kind: "token".to_owned(),
        until: token.until.clone(),
        scopes: token.scopes.clone(),
    });
    let mut all: Vec<Holder> = users.chain(tokens).collect();
    all.sort_by(|one, other| (&one.name, &one.kind).cmp(&(&other.name, &other.kind)));
    Ok(Json(all))
}

/// Whether a grant of these rights takes two people.
fn takes_two(role: Role, scopes: Option<&[Right]>) -> bool {
    let granted = |right: Right| role.has(right) && scopes.is_none_or(|scopes| scopes.contains(&right));
    granted(Right::Record) || granted(Right::Manage)
}

/// Makes a user, or gives one another role and password. That somebody may record or manage is done once another person confirms it.
#[utoipa::path(
    post, path = "/v1/users", tag = "access", request_body = UserRequest, params(WriteKey),
    responses(
        (status = 201, description = "the user can log in"),
        (status = 202, description = "done once another person confirms it", body = Proposed),
        Refusals,
    ),
)]
pub(super) async fn add_user(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    request: Result<Json<UserRequest>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    let key = idempotency_key(&headers)?;
    make_user(&app, &caller, request, key).await
}

/// Makes a user, or proposes it where that takes two people; `key` is the word for this write.
pub(super) async fn make_user(
    app: &Shared,
    caller: &Caller,
    request: UserRequest,
    key: String,
) -> Result<Response, Problem> {
    caller.may(Right::Manage)?;
    named(&request.name)?;
    let (name, role) = (request.name.clone(), request.role);
    let (scoped, earlier) = (scoped_id("access", &caller.name, &["user", &name, &key]), format!("user:{name}:{key}"));
    let id = app.with_ledger(move |ledger| scoped_or_earlier_id(ledger, earlier, scoped)).await?;
    let proposal = proposal_id("user", caller, &[&name, &key]);
    if let Some(answer) = made_already(app, &id, &proposal, &request).await? {
        return Ok(answer);
    }
    let access = match (request.password.clone(), request.subject.clone()) {
        (Some(password), None) => Access::User { name: name.clone(), role, password: keep(app, password).await? },
        (None, Some(subject)) if (1..=255).contains(&subject.len()) => {
            Access::Federated { name: name.clone(), role, subject }
        }
        _ => return Err(unusable("a user has either a `password` or a `subject`", "give one of the two")),
    };
    // Hashing takes a while, in which the right may have been taken away.
    app.still_may(caller, Right::Manage)?;
    let made = if takes_two(role, None) {
        let what = format!("let {name} log in as {}", role.as_str());
        let entries = vec![proposed_note("access", id.clone(), &access)?];
        let proposed = Proposal { what, beneficiary: Some(name), entries };
        propose(app, caller, proposal.clone(), proposed).await.map(|answer| answer.into_response())
    } else {
        match record(app, &caller.name, &id, &access).await? {
            Status::Done => Ok(StatusCode::CREATED.into_response()),
            status => Err(refused(status)),
        }
    };
    match made {
        // The same request may have come in between, with another hash of the same password.
        Err(problem) if problem.status == StatusCode::CONFLICT => {
            made_already(app, &id, &proposal, &request).await?.ok_or(problem)
        }
        made => made,
    }
}

/// The answer where what is asked stands on record already, as done or as proposed; an error where something else does.
async fn made_already(
    app: &Shared,
    id: &str,
    proposal: &str,
    request: &UserRequest,
) -> Result<Option<Response>, Problem> {
    let (id, lookup) = (id.to_owned(), proposal.to_owned());
    let found = app.with_ledger(move |ledger| {
        let proposed = ledger.note_record(&lookup)?;
        Ok::<_, tollgate_ledger::LedgerError>((
            proposed.is_some(),
            proposed.map_or_else(|| ledger.note_record(&id), |record| Ok(Some(record)))?,
        ))
    });
    let (proposed, record) = found.await?.map_err(|error| unavailable(&error.to_string()))?;
    let Some(record) = record else { return Ok(None) };
    let same = match (access_in(&record)?, &request.password, &request.subject) {
        (Access::User { role, password, .. }, Some(said), None) => {
            role == request.role && is_password(app, &password, said.clone()).await?
        }
        (Access::Federated { role, subject, .. }, None, Some(said)) => role == request.role && subject == *said,
        _ => false,
    };
    match (same, proposed) {
        (false, _) => Err(refused(Status::IdTaken)),
        (true, true) => Ok(Some(standing(app, proposal.to_owned()).await?.into_response())),
        (true, false) => Ok(Some(StatusCode::CREATED.into_response())),
    }
}

/// What a record says of who may do what, or proposes.
fn access_in(record: &Record) -> Result<Access, Problem> {
    let body = record.parse().map_err(|what| unavailable(&what))?;
    let wrong = |error: serde_json::Error| unavailable(&error.to_string());
    if body.kind != "proposal" {
        return serde_json::from_str(body.data.get()).map_err(wrong);
    }
    let proposal: Proposal = serde_json::from_str(body.data.get()).map_err(wrong)?;
    match proposal.entries.first() {
        Some(ProposedEntry::Note { data, .. }) => serde_json::from_str(data.get()).map_err(wrong),
        _ => Err(refused(Status::IdTaken)),
    }
}

/// Takes away a user's right to log in, and all tokens of the name.
#[utoipa::path(
    delete, path = "/v1/users/{name}", tag = "access", params(("name" = String, Path, description = "whose"), WriteKey),
    responses((status = 204, description = "the name may do nothing any more"), Refusals),
)]
pub(super) async fn remove_user(
    State(app): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let key = idempotency_key(&headers)?;
    take_away(&app, &caller, name, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes away a user's right to log in, and all tokens of the name; `key` is the word for this write.
pub(super) async fn take_away(app: &Shared, caller: &Caller, name: String, key: &str) -> Result<(), Problem> {
    caller.may(Right::Manage)?;
    named(&name)?;
    record(
        app,
        &caller.name,
        &scoped_id("access", &caller.name, &["revoked", &name, key]),
        &Access::Revoked { name: name.clone() },
    )
    .await?;
    record(
        app,
        &caller.name,
        &scoped_id("access", &caller.name, &["removed", &name, key]),
        &Access::UserRemoved { name: name.clone() },
    )
    .await?;
    // What was done by this word before is not done again: whoever was let in since is still there.
    match app.gate.directory().has_name(&name) {
        true => Err(refused(Status::IdTaken)),
        false => Ok(()),
    }
}

/// Makes a token, which is yours: all that is done with it is done by `YOU/NAME`. It is shown once and kept by its hash. One that may record or manage is
/// good once another person confirms it.
#[utoipa::path(
    post, path = "/v1/tokens", tag = "access", request_body = TokenRequest, params(WriteKey),
    responses(
        (status = 201, description = "the token", body = NewToken),
        (status = 202, description = "the token, which is good once another person confirms it", body = Proposed),
        Refusals,
    ),
)]
pub(super) async fn add_token(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    request: Result<Json<TokenRequest>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    let key = idempotency_key(&headers)?;
    Ok(match make_token(&app, &caller, request, key).await? {
        MadeToken::Good(token) => (StatusCode::CREATED, Json(NewToken { token })).into_response(),
        MadeToken::Proposed((status, Json(answer)), token) => (status, Json(answer.with_token(token))).into_response(),
    })
}

/// A token that was made; it is shown once.
pub(super) enum MadeToken {
    /// It is good.
    Good(String),
    /// It is good once another person confirms it.
    Proposed((StatusCode, Json<Proposed>), String),
}

/// Makes a token of the caller's; `key` is the word for this write.
pub(super) async fn make_token(
    app: &Shared,
    caller: &Caller,
    request: TokenRequest,
    key: String,
) -> Result<MadeToken, Problem> {
    caller.may(Right::Manage)?;
    named(&request.name)?;
    let until: Option<Date> = request.until.as_deref().map(|text| day("until", text)).transpose()?;
    if until.is_some_and(|until| until < today()) {
        return Err(unusable("`until` is past", "give a day to come"));
    }
    let person = caller.person().to_owned();
    let writes = takes_two(request.role, request.scopes.as_deref());
    if writes && request.name != person && app.gate.directory().is_person(&request.name) {
        let mend = "give the token a name that no other person has";
        let what = format!("`{}` is another person: nobody makes a token in another's name", request.name);
        return Err(Problem::new(StatusCode::FORBIDDEN, "anothers_name", what, mend));
    }
    let id = scoped_id("access", &caller.name, &["token", &request.name, &key]);
    let proposal = proposal_id("token", caller, &[&request.name, &key]);
    let (lookup, earlier) = (id.clone(), format!("token:{}:{key}", request.name));
    let proposed = proposal.clone();
    let known = app.with_ledger(move |ledger| [&lookup, &earlier, &proposed].iter().any(|id| ledger.has_note(id)));
    if known.await? {
        return Err(made_before());
    }
    let token = new_token().map_err(|what| unavailable(&what))?;
    let what = format!("give {person} the token `{}` of the role {}", request.name, request.role.as_str());
    let access = Access::Token {
        sha256: sha256(&token),
        name: request.name,
        person: Some(person),
        role: request.role,
        until: request.until,
        scopes: request.scopes,
    };
    if writes {
        let entries = vec![proposed_note("access", id, &access)?];
        let made = propose(app, caller, proposal, Proposal { what, beneficiary: None, entries }).await;
        return Ok(MadeToken::Proposed(made.map_err(once)?, token));
    }
    match record(app, &caller.name, &id, &access).await? {
        Status::Done => Ok(MadeToken::Good(token)),
        _ => Err(made_before()),
    }
}

/// A token that was made by the same request is not shown twice.
fn once(problem: Problem) -> Problem {
    if problem.status == StatusCode::CONFLICT { made_before() } else { problem }
}

fn made_before() -> Problem {
    let mend = "if you lost it, take the tokens of the name back and make another one with a new Idempotency-Key";
    let what = "this token was made already, and is not shown twice";
    Problem::new(StatusCode::CONFLICT, "already_made", what, mend)
}
