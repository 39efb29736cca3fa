//! Users, sessions and tokens: who may do what.

use std::net::IpAddr;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use tollgate_ledger::{Record, Status};
use tollgate_model::Date;
use utoipa::ToSchema;

use super::access::{
    Access, COOKIE, Caller, LONGEST, Right, Role, SHORTEST, cookie, denied, new_token, password_hash, password_matches,
    sha256,
};
use super::orders::{WriteKey, bad_json, day, idempotency_key, refused, unavailable, unusable};
use super::problem::{Problem, Refusals};
use super::{Shared, note};
use crate::{now, today};
use tollgate_lists::is_set_name;

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
pub(super) struct UserRequest {
    /// Letters, digits, `-` and `_`.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$")]
    name: String,
    role: Role,
    /// Where the user logs in here: either this or `subject`.
    #[schema(min_length = 15, max_length = 200)]
    password: Option<String>,
    /// Where the user logs in at the OpenID provider: the e-mail address that it vouches for, or else its own id of the person.
    #[schema(min_length = 1, max_length = 255)]
    subject: Option<String>,
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

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenRequest {
    /// Whose it is: a user's name, or a program's.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$")]
    name: String,
    role: Role,
    /// The last day on which it is good; without an end where absent.
    #[schema(format = Date)]
    until: Option<String>,
    /// The rights of the role that it is good for; all of them where absent.
    scopes: Option<Vec<Right>>,
}

/// Somebody who may do something.
#[derive(Serialize, ToSchema)]
pub(super) struct Holder {
    name: String,
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

fn named(name: &str) -> Result<(), Problem> {
    if is_set_name(name) && name.len() <= 64 {
        return Ok(());
    }
    Err(unusable("`name` is not usable", "use 1 to 64 letters, digits, `-` and `_`"))
}

/// What slow hashing gives, away from the threads that answer.
async fn aside<T: Send + 'static>(app: &Shared, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    // Two at a time: each takes 19 MiB and some tens of milliseconds.
    let _place = app.hashing.acquire().await.map_err(|error| unavailable(&error.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| unavailable(&error.to_string()))
}

/// Keeps a password's hash beside the log, and returns by what the log names it.
async fn keep(app: &Shared, password: String) -> Result<String, Problem> {
    let hash = aside(app, move || password_hash(&password)).await?;
    let mend = format!("choose a sentence of {SHORTEST} to {LONGEST} characters");
    let hash = hash.map_err(|what| unusable(&what, &mend))?;
    let digest = sha256(&hash);
    let slot = format!("password:{digest}");
    let kept = app.with_ledger(move |ledger| ledger.keep(&slot, &hash)).await?;
    kept.map_err(|error| unavailable(&error.to_string())).map(|()| digest)
}

async fn record(app: &Shared, actor: &str, id: &str, access: &Access) -> Result<Status, Problem> {
    let applied = app.record(vec![note("access", actor, id, access)?]).await?;
    app.refresh_directory().await?;
    applied.first().map(|applied| applied.status).ok_or_else(|| unavailable("the ledger gave no answer"))
}

/// Whether somebody's password is this one. Who fails too often is locked out for a while.
async fn check_password(app: &Shared, name: &str, password: String) -> Result<String, Problem> {
    if let Some(left) = app.gate.sessions().locked(name, now()) {
        let seconds = u64::try_from(left / 1_000 + 1).unwrap_or(1);
        return Err(Problem::too_many("too many attempts failed: the name is locked for a while", seconds));
    }
    let which = app.gate.directory().users.get(name).map(|user| user.password.clone());
    let slot = which.as_ref().map(|which| format!("password:{which}"));
    let kept = match slot {
        Some(slot) => app.with_ledger(move |ledger| ledger.kept(&slot)).await?,
        None => Ok(None),
    };
    let kept = kept.map_err(|error| unavailable(&error.to_string()))?;
    let fits = aside(app, move || password_matches(&password, kept.as_deref())).await?;
    match which.filter(|_| fits) {
        Some(which) => Ok(which),
        None => {
            app.gate.sessions().fail(name, now());
            Err(denied("no user has this name and password"))
        }
    }
}

pub(super) type Cookie = [(HeaderName, HeaderValue); 1];

pub(super) fn set_cookie(app: &Shared, value: &str, age: i64) -> Result<Cookie, Problem> {
    let secure = if app.tls { "; Secure" } else { "" };
    let text = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}{secure}");
    let value = HeaderValue::from_str(&text).map_err(|error| unavailable(&error.to_string()))?;
    Ok([(header::SET_COOKIE, value)])
}

/// Begins a session: a cookie for a browser, and what it must send with every write.
#[utoipa::path(
    post, path = "/v1/session", tag = "access", request_body = LoginRequest, security(()),
    responses((status = 200, description = "logged in", body = Me), Refusals),
)]
pub(super) async fn log_in(
    State(app): State<Shared>,
    ConnectInfo(peer): ConnectInfo<std::net::SocketAddr>,
    asked: Result<Json<LoginRequest>, JsonRejection>,
) -> Result<(Cookie, Json<Me>), Problem> {
    let Json(asked) = asked.map_err(|error| bad_json(&error))?;
    let (cookie, role, csrf) = begin_session(&app, peer.ip(), &asked.name, asked.password).await?;
    Ok((cookie, Json(Me { name: asked.name, role, csrf: Some(csrf) })))
}

/// Begins a session of somebody whose password it is: its cookie, and what each write must carry.
pub(super) async fn begin_session(
    app: &Shared,
    from: IpAddr,
    name: &str,
    password: String,
) -> Result<(Cookie, Role, String), Problem> {
    app.refresh_directory().await?;
    let checked = check_password(app, name, password).await;
    let which = checked.map_err(|problem| app.gate.check_stranger(from).err().unwrap_or(problem))?;
    let begun = app.gate.sessions().begin(name, &which, now());
    let (value, csrf) = begun.map_err(|what| unavailable(&what))?;
    let role = app.gate.directory().users.get(name).map(|user| user.role);
    let role = role.ok_or_else(|| denied("the user was removed"))?;
    Ok((set_cookie(app, &value, 12 * 3_600)?, role, csrf))
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
) -> Result<(StatusCode, Cookie), Problem> {
    if let Some(value) = cookie(&headers) {
        app.gate.sessions().end(value);
    }
    Ok((StatusCode::NO_CONTENT, set_cookie(&app, "", 0)?))
}

/// Makes the first administrator, by the link that the first start printed. It works once.
#[utoipa::path(
    post, path = "/v1/setup", tag = "access", request_body = SetupRequest, security(()),
    responses((status = 201, description = "the administrator can log in"), Refusals),
)]
pub(super) async fn set_up(
    State(app): State<Shared>,
    ConnectInfo(peer): ConnectInfo<std::net::SocketAddr>,
    asked: Result<Json<SetupRequest>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let Json(asked) = asked.map_err(|error| bad_json(&error))?;
    named(&asked.name)?;
    app.refresh_directory().await?;
    let given = sha256(&asked.secret);
    if app.gate.directory().setup.as_ref() != Some(&given) {
        app.gate.check_stranger(peer.ip())?;
        return Err(denied("the link is not the one of the first start, or was used"));
    }
    let password = keep(&app, asked.password).await?;
    let access = Access::User { name: asked.name.clone(), role: Role::Administrator, password };
    // One id for one link: of two who use it at once, one is first.
    match record(&app, &asked.name, &format!("setup-used:{given}"), &access).await? {
        Status::Done => Ok(StatusCode::CREATED),
        _ => Err(denied("the link was used")),
    }
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
        role: user.role,
        kind: "user".to_owned(),
        until: None,
        scopes: None,
    });
    let tokens = directory.tokens.values().map(|token| Holder {
        name: token.name.clone(),
        role: token.role,
        kind: "token".to_owned(),
        until: token.until.clone(),
        scopes: token.scopes.clone(),
    });
    let mut all: Vec<Holder> = users.chain(tokens).collect();
    all.sort_by(|one, other| (&one.name, &one.kind).cmp(&(&other.name, &other.kind)));
    Ok(Json(all))
}

/// Makes a user, or gives one another role and password.
#[utoipa::path(
    post, path = "/v1/users", tag = "access", request_body = UserRequest, params(WriteKey),
    responses((status = 201, description = "the user can log in"), Refusals),
)]
pub(super) async fn add_user(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    asked: Result<Json<UserRequest>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    caller.may(Right::Manage)?;
    let Json(asked) = asked.map_err(|error| bad_json(&error))?;
    named(&asked.name)?;
    let id = format!("user:{}:{}", asked.name, idempotency_key(&headers)?);
    let lookup = id.clone();
    let known = app.with_ledger(move |ledger| ledger.noted(&lookup)).await?;
    if let Some(record) = known.map_err(|error| unavailable(&error.to_string()))? {
        return made_already(&app, &record, asked).await;
    }
    let access = match (asked.password, asked.subject) {
        (Some(password), None) => {
            Access::User { name: asked.name, role: asked.role, password: keep(&app, password).await? }
        }
        (None, Some(subject)) if (1..=255).contains(&subject.len()) => {
            Access::Federated { name: asked.name, role: asked.role, subject }
        }
        _ => return Err(unusable("a user has either a `password` or a `subject`", "give one of the two")),
    };
    match record(&app, &caller.name, &id, &access).await? {
        Status::Done => Ok(StatusCode::CREATED),
        status => Err(refused(status)),
    }
}

/// Whether a record is what is asked once more.
async fn made_already(app: &Shared, record: &Record, asked: UserRequest) -> Result<StatusCode, Problem> {
    let body = record.parse().map_err(|what| unavailable(&what))?;
    let (role, password) = match (serde_json::from_str(body.data.get()), asked.password) {
        (Ok(Access::User { role, password, .. }), Some(asked)) => (role, (password, asked)),
        (Ok(Access::Federated { role, subject, .. }), None)
            if asked.subject.as_ref() == Some(&subject) && role == asked.role =>
        {
            return Ok(StatusCode::CREATED);
        }
        _ => return Err(refused(Status::IdTaken)),
    };
    let (password, said) = password;
    let slot = format!("password:{password}");
    let kept = app.with_ledger(move |ledger| ledger.kept(&slot)).await?;
    let kept = kept.map_err(|error| unavailable(&error.to_string()))?;
    let fits = aside(app, move || password_matches(&said, kept.as_deref())).await?;
    if fits && role == asked.role { Ok(StatusCode::CREATED) } else { Err(refused(Status::IdTaken)) }
}

/// Gives yourself another password; all your sessions end.
#[utoipa::path(
    post, path = "/v1/session/password", tag = "access", request_body = PasswordRequest, params(WriteKey),
    responses((status = 204, description = "done: log in with it"), Refusals),
)]
pub(super) async fn change_password(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    asked: Result<Json<PasswordRequest>, JsonRejection>,
) -> Result<StatusCode, Problem> {
    let Json(asked) = asked.map_err(|error| bad_json(&error))?;
    let id = format!("password:{}:{}", caller.name, idempotency_key(&headers)?);
    if caller.csrf.is_none() {
        return Err(unusable("a token has no password", "log in, and send this with the session"));
    }
    check_password(&app, &caller.name, asked.old).await?;
    let password = keep(&app, asked.new).await?;
    let access = Access::User { name: caller.name.clone(), role: caller.role, password };
    match record(&app, &caller.name, &id, &access).await? {
        Status::Done => Ok(StatusCode::NO_CONTENT),
        status => Err(refused(status)),
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
    caller.may(Right::Manage)?;
    named(&name)?;
    let key = idempotency_key(&headers)?;
    record(&app, &caller.name, &format!("revoked:{name}:{key}"), &Access::Revoked { name: name.clone() }).await?;
    record(&app, &caller.name, &format!("removed:{name}:{key}"), &Access::UserRemoved { name }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a token. It is shown once and kept by its hash.
#[utoipa::path(
    post, path = "/v1/tokens", tag = "access", request_body = TokenRequest, params(WriteKey),
    responses((status = 201, description = "the token", body = NewToken), Refusals),
)]
pub(super) async fn add_token(
    State(app): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
    asked: Result<Json<TokenRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<NewToken>), Problem> {
    caller.may(Right::Manage)?;
    let Json(asked) = asked.map_err(|error| bad_json(&error))?;
    named(&asked.name)?;
    let until: Option<Date> = asked.until.as_deref().map(|text| day("until", text)).transpose()?;
    if until.is_some_and(|until| until < today()) {
        return Err(unusable("`until` is past", "give a day to come"));
    }
    let id = format!("token:{}:{}", asked.name, idempotency_key(&headers)?);
    let token = new_token().map_err(|what| unavailable(&what))?;
    let access = Access::Token {
        sha256: sha256(&token),
        name: asked.name,
        role: asked.role,
        until: asked.until,
        scopes: asked.scopes,
    };
    match record(&app, &caller.name, &id, &access).await? {
        Status::Done => Ok((StatusCode::CREATED, Json(NewToken { token }))),
        _ => {
            let mend =
                "if you lost it, take the tokens of the name back and make another one with a new Idempotency-Key";
            let what = "this token was made already, and is not shown twice";
            Err(Problem::new(StatusCode::CONFLICT, "already_made", what, mend))
        }
    }
}
