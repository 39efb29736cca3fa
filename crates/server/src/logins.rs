//! Logging in and out, passwords, and the first administrator.

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::AppendHeaders;
use serde::{Deserialize, Serialize};
use tollgate_desk::{scoped_id, scoped_or_earlier_id};
use tollgate_ledger::Status;
use utoipa::ToSchema;

use super::Shared;
use super::access::{
    Access, COOKIE, Caller, LONGEST, LONGEST_SESSION, Origin, Peer, Right, Role, SHORTEST, cookie_named, denied,
    new_secret, password_hash, password_matches, sha256,
};
use super::grants::{named, record};
use super::hashing::HashingPlace;
use super::orders::{WriteKey, bad_json, idempotency_key, refused, unavailable, unusable};
use super::problem::{Problem, Refusals};
use crate::now;

/// What a browser keeps of having logged in, so that strangers who fail with a name do not lock its owner out.
const BROWSER: &str = "tollgate_browser";

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginRequest {
    name: String,
    password: String,
}

/// Who a request comes from.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    name: String,
    role: Role,
    /// What a session must send as X-CSRF-Token with every write; nothing for a token.
    csrf: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetupRequest {
    /// What stands behind `#` in the link that the first start printed.
    secret: String,
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$")]
    name: String,
    #[schema(min_length = 15, max_length = 200)]
    password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordRequest {
    /// The password until now.
    old: String,
    #[schema(min_length = 15, max_length = 200)]
    new: String,
}

/// What slow hashing gives, away from the threads that answer; whoever asks has a place.
async fn aside<T: Send + 'static>(
    _place: HashingPlace<'_>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| unavailable(&error.to_string()))
}

/// Keeps a password's hash beside the log, and returns by what the log names it.
pub(super) async fn keep(app: &Shared, password: String) -> Result<String, Problem> {
    let hash = aside(app.hashing.place(None).await?, move || password_hash(&password)).await?;
    let mend = format!("choose a sentence of {SHORTEST} to {LONGEST} characters");
    let hash = hash.map_err(|what| unusable(&what, &mend))?;
    let digest = sha256(&hash);
    let slot = format!("password:{digest}");
    let kept = app.with_ledger(move |ledger| ledger.store_value(&slot, &hash)).await?;
    kept.map_err(|error| unavailable(&error.to_string())).map(|()| digest)
}

/// The hash of a password that the log names by its digest; nothing where what is kept is not what was meant: somebody changed it beside the log.
async fn kept_hash(app: &Shared, digest: &str) -> Result<Option<String>, Problem> {
    let slot = format!("password:{digest}");
    let kept = app.with_ledger(move |ledger| ledger.stored_value(&slot)).await?;
    let kept = kept.map_err(|error| unavailable(&error.to_string()))?;
    let meant = kept.filter(|hash| sha256(hash) == digest);
    if meant.is_none() {
        tracing::error!("the hash of a password is not the one that the log names: it was changed or removed");
    }
    Ok(meant)
}

/// Whether a password is the one that the log names by a digest.
pub(super) async fn is_password(app: &Shared, digest: &str, password: String) -> Result<bool, Problem> {
    let kept = kept_hash(app, digest).await?;
    aside(app.hashing.place(None).await?, move || password_matches(&password, kept.as_deref())).await
}

fn locked(wait_ms: i64) -> Problem {
    let seconds = (wait_ms / 1_000 + 1).unsigned_abs();
    Problem::too_many("too many attempts failed: the name is locked for a while", seconds)
}

/// What somebody tries a name with.
pub(super) struct Attempt<'a> {
    pub(super) name: &'a str,
    pub(super) password: String,
    /// From where.
    pub(super) from: IpAddr,
    pub(super) headers: &'a HeaderMap,
}

/// By what the log names the password of a user, where this one is it, and what the browser may keep. Who fails too often is locked out for a while: an
/// attempt is counted before its password is looked at, so that many at once are as few as one after another.
async fn check_password(app: &Shared, attempt: Attempt<'_>) -> Result<(String, String), Problem> {
    let Attempt { name, password, from, headers } = attempt;
    let wrong = || denied("no user has this name and password");
    named(name).map_err(|_| wrong())?;
    let kept = cookie_named(headers, &app.cookie_name(BROWSER)).map(sha256);
    let origin: Origin = app.gate.attempts().origin(name, kept, from);
    app.gate.attempts().check(name, &origin, now()).map_err(locked)?;
    let place = app.hashing.place(Some(from)).await?;
    app.gate.attempts().begin(name, &origin, now()).map_err(locked)?;
    app.refresh_directory().await?;
    let which = app.gate.directory().users.get(name).map(|user| user.password.clone());
    let hash = match &which {
        Some(digest) => kept_hash(app, digest).await?,
        None => None,
    };
    let fits = aside(place, move || password_matches(&password, hash.as_deref())).await?;
    let which = which.filter(|_| fits).ok_or_else(wrong)?;
    let secret = new_secret().map_err(|what| unavailable(&what))?;
    app.gate.attempts().succeed(name, &origin, sha256(&secret), now());
    Ok((which, secret))
}

/// Cookies that an answer sets.
pub(super) type Cookies = AppendHeaders<Vec<(HeaderName, HeaderValue)>>;

fn cookie(app: &Shared, name: &str, value: &str, age: i64) -> Result<(HeaderName, HeaderValue), Problem> {
    let (name, secure) = (app.cookie_name(name), if app.secure { "; Secure" } else { "" });
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
    let value = HeaderValue::from_str(&text).map_err(|error| unavailable(&error.to_string()))?;
    Ok((header::SET_COOKIE, value))
}

/// The cookie of a session; without a value it ends one.
pub(super) fn session_cookie(app: &Shared, value: &str, age: i64) -> Result<Cookies, Problem> {
    Ok(AppendHeaders(vec![cookie(app, COOKIE, value, age)?]))
}

/// Begins a session: a cookie for a browser, and what it must send with every write.
#[utoipa::path(
    post, path = "/v1/session", tag = "access", request_body = LoginRequest, security(()),
    responses((status = 200, description = "logged in", body = Me), Refusals),
)]
pub(super) async fn log_in(
    State(app): State<Shared>,
    Peer(from): Peer,
    headers: HeaderMap,
    request: Result<Json<LoginRequest>, JsonRejection>,
) -> Result<(Cookies, Json<Me>), Problem> {
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    let attempt = Attempt { name: &request.name, password: request.password, from, headers: &headers };
    let (cookies, role, csrf) = begin_session(&app, attempt).await?;
    Ok((cookies, Json(Me { name: request.name, role, csrf: Some(csrf) })))
}

/// Begins a session of somebody whose password it is: its cookies, and what each write must carry.
pub(super) async fn begin_session(app: &Shared, attempt: Attempt<'_>) -> Result<(Cookies, Role, String), Problem> {
    // Before anything is looked up or hashed: this bounds the work that strangers can cause.
    app.gate.check_stranger(attempt.from)?;
    let name = attempt.name.to_owned();
    let (which, kept) = check_password(app, attempt).await?;
    let begun = app.gate.sessions().begin(&name, &which, now(), LONGEST_SESSION);
    let (value, csrf) = begun.map_err(|what| unavailable(&what))?;
    let role = app.gate.directory().users.get(&name).map(|user| user.role);
    let role = role.ok_or_else(|| denied("the user was removed"))?;
    let cookies =
        vec![cookie(app, COOKIE, &value, LONGEST_SESSION / 1_000)?, cookie(app, BROWSER, &kept, 365 * 86_400)?];
    Ok((AppendHeaders(cookies), role, csrf))
}

/// Who the request comes from.
#[utoipa::path(
    get, path = "/v1/session", tag = "access",
    responses((status = 200, description = "who you are", body = Me), Refusals),
)]
pub(super) async fn who_am_i(caller: Caller) -> Json<Me> {
    Json(Me { name: caller.name, role: caller.role, csrf: caller.csrf })
}

/// Ends the session.
#[utoipa::path(
    delete, path = "/v1/session", tag = "access",
    responses((status = 204, description = "logged out"), Refusals),
)]
pub(super) async fn log_out(
    State(app): State<Shared>,
    _caller: Caller,
    headers: HeaderMap,
) -> Result<(StatusCode, Cookies), Problem> {
    if let Some(value) = app.session_cookie(&headers) {
        app.gate.sessions().end(value);
    }
    Ok((StatusCode::NO_CONTENT, session_cookie(&app, "", 0)?))
}

/// Makes the first administrator, by the link that the first start printed. It works once.
#[utoipa::path(
    post, path = "/v1/setup", tag = "access", request_body = SetupRequest, security(()),
    responses((status = 201, description = "the administrator can log in"), Refusals),
)]
pub(super) async fn set_up(
    State(app): State<Shared>,
    Peer(from): Peer,
    request: Result<Json<SetupRequest>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    app.gate.check_stranger(from)?;
    named(&request.name)?;
    app.refresh_directory().await?;
    let given = sha256(&request.secret);
    if app.gate.directory().setup.as_ref() != Some(&given) {
        return Err(denied("the link is not the one of the first start, or was used"));
    }
    let password = keep(&app, request.password).await?;
    let access = Access::User { name: request.name.clone(), role: Role::Administrator, password };
    // One id for one link: of two who use it at once, one is first.
    match record(&app, &request.name, &format!("setup-used:{given}"), &access).await? {
        Status::Done => Ok(StatusCode::CREATED),
        _ => Err(denied("the link was used")),
    }
}

/// Gives yourself another password; all your sessions end.
#[utoipa::path(
    post, path = "/v1/session/password", tag = "access", request_body = PasswordRequest, params(WriteKey),
    responses((status = 204, description = "done: log in with it"), Refusals),
)]
pub(super) async fn change_password(
    State(app): State<Shared>,
    caller: Caller,
    Peer(from): Peer,
    headers: HeaderMap,
    request: Result<Json<PasswordRequest>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let Json(request) = request.map_err(|error| bad_json(&error))?;
    let key = idempotency_key(&headers)?;
    let attempt = Attempt { name: &caller.name, password: request.old, from, headers: &headers };
    replace_password(&app, &caller, attempt, request.new, &key).await.map(|()| StatusCode::NO_CONTENT)
}

/// Gives the caller another password, where `attempt` has the one until now; `key` is the word for this write.
pub(super) async fn replace_password(
    app: &Shared,
    caller: &Caller,
    attempt: Attempt<'_>,
    new: String,
    key: &str,
) -> Result<(), Problem> {
    caller.may(Right::Read)?;
    let scoped = scoped_id("password", &caller.name, &[key]);
    if caller.csrf.is_none() {
        return Err(unusable("a token has no password", "log in, and send this with the session"));
    }
    let (before, _) = check_password(app, attempt).await?;
    let password = keep(app, new).await?;
    let earlier = format!("password:{}:{key}", caller.name);
    let id = app.with_ledger(move |ledger| scoped_or_earlier_id(ledger, earlier, scoped)).await?;
    let access = Access::Password { name: caller.name.clone(), before, password: password.clone() };
    match record(app, &caller.name, &id, &access).await? {
        Status::Done => {}
        status => return Err(refused(status)),
    }
    // Who was removed, or got another password, while this one was hashed has none by it.
    let directory = app.gate.directory();
    let user = directory.users.get(&caller.name).filter(|user| user.password == password);
    user.map(|_| ()).ok_or_else(|| denied("the user was removed or changed meanwhile"))
}
