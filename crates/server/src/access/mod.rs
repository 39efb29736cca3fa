//! Who asks, and what they may do.

mod lockout;
mod passwords;
mod proxies;
mod records;
mod sessions;

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

pub use passwords::hash as password_hash;
pub(super) use passwords::{LONGEST, SHORTEST, matches as password_matches};
pub(super) use records::Directory;
pub(super) use records::admission;
pub use records::{Access, Right, Role, new_secret, new_token, sha256};
pub(super) use sessions::{LONGEST as LONGEST_SESSION, LONGEST_VOUCHED, Session, Sessions};

pub(super) use lockout::{Attempts, Origin};
pub use proxies::Proxies;
pub(super) use proxies::network;

use super::problem::Problem;
use super::{App, Shared};
use crate::clock::day_of;
use crate::orders::unavailable;
use tollgate_desk::person_of;
use tollgate_model::Date;

/// What a browser keeps of a session.
pub(super) const COOKIE: &str = "tollgate_session";

/// All that is needed to know who asks.
#[derive(Debug)]
pub(crate) struct Gate {
    directory: Mutex<Directory>,
    sessions: Mutex<Sessions>,
    callers: DefaultKeyedRateLimiter<String>,
    strangers: DefaultKeyedRateLimiter<IpAddr>,
    attempts: Mutex<Attempts>,
    /// How often strangers may cause a look at the ledger, all together.
    looks: DefaultDirectRateLimiter,
}

/// Looks at the ledger in a second that strangers may cause, all together.
const LOOKS: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);

impl Gate {
    /// `rate` is how many requests a second one caller may send, and how many failed attempts a minute from one address are answered. A token cannot
    /// be guessed, and a name is locked after few wrong passwords: this bounds the work that strangers can cause.
    pub(crate) fn new(rate: NonZeroU32) -> Gate {
        let callers = Quota::per_second(rate).allow_burst(rate.saturating_mul(NonZeroU32::MIN.saturating_add(1)));
        Gate {
            directory: Mutex::default(),
            sessions: Mutex::default(),
            callers: RateLimiter::keyed(callers),
            strangers: RateLimiter::keyed(Quota::per_minute(rate)),
            attempts: Mutex::default(),
            looks: RateLimiter::direct(Quota::per_second(LOOKS)),
        }
    }

    pub(super) fn directory(&self) -> MutexGuard<'_, Directory> {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a stranger may cause one more look at the ledger now.
    fn may_look(&self) -> bool {
        self.looks.check().is_ok()
    }

    /// Whether a caller may send one more request now.
    pub(super) fn check_caller(&self, name: &str) -> Result<(), Problem> {
        self.callers.check_key(&name.to_owned()).map_err(|wait| {
            let seconds = wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            Problem::too_many("you send more requests than one caller may", seconds)
        })
    }

    /// Forgets addresses and callers that have not come for a while: there may be any number of them.
    pub(super) fn forget_the_quiet(&self) {
        self.strangers.retain_recent();
        self.callers.retain_recent();
    }

    /// Whether an address may try once more to say who it is.
    pub(super) fn check_stranger(&self, address: IpAddr) -> Result<(), Problem> {
        self.strangers.check_key(&address).map_err(|wait| {
            let seconds = wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            Problem::too_many("too many failed attempts came from this address", seconds)
        })
    }
}

/// Who sent a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// As the records have it.
    pub(super) name: String,
    pub(super) role: Role,
    /// What a token is good for, where not for all.
    scopes: Option<Vec<Right>>,
    /// Where the caller has a session.
    pub(super) csrf: Option<String>,
    /// By what the caller proved who it is.
    pub(super) credential: Credential,
}

/// From where a request comes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(super) IpAddr);

impl FromRequestParts<Shared> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Peer, Self::Rejection> {
        Ok(Peer(app.address(parts)))
    }
}

/// By what somebody proves who it is, so that it can be asked later whether it still holds.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Credential {
    /// A token, by its SHA-256.
    Token(String),
    /// A user's name.
    User(String),
}

impl Directory {
    /// Whether what somebody proved who it is with is still good for a right on a day.
    pub(super) fn still_has(&self, credential: &Credential, right: Right, day: Date) -> bool {
        match credential {
            Credential::Token(hash) => self.token(hash, day).is_some_and(|token| token.has(right)),
            Credential::User(name) => self.users.get(name).is_some_and(|user| user.role.has(right)),
        }
    }
}

impl Caller {
    /// The person behind it.
    pub(super) fn person(&self) -> &str {
        person_of(&self.name)
    }

    pub(super) fn has(&self, right: Right) -> bool {
        self.role.has(right) && self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&right))
    }

    pub(super) fn may(&self, right: Right) -> Result<(), Problem> {
        if self.has(right) {
            return Ok(());
        }
        let mend = "ask as somebody whose role and token are good for it: see docs/service.md";
        Err(Problem::new(StatusCode::FORBIDDEN, "not_allowed", "your role or token may not do that", mend))
    }
}

pub(super) fn denied(detail: &str) -> Problem {
    let mend =
        "send `Authorization: Bearer TOKEN` with a token made by `tollgate token add`, or log in with POST /v1/session";
    Problem::new(StatusCode::UNAUTHORIZED, "not_authenticated", detail, mend)
}

impl App {
    /// From where a request comes: behind a proxy that is trusted, from where that says. What one subscriber has of addresses is one.
    pub(super) fn address(&self, parts: &Parts) -> IpAddr {
        let known = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = known.map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(address)| address.ip());
        network(self.proxies.client(peer, &parts.headers))
    }

    /// An error where a caller's right was taken away since the request came, as far as this server knows.
    pub(super) fn still_may(&self, caller: &Caller, right: Right) -> Result<(), Problem> {
        let day = day_of(self.time()?);
        let directory = self.gate.directory();
        directory.check().map_err(|what| unavailable(&what))?;
        match directory.still_has(&caller.credential, right, day) {
            true => Ok(()),
            false => Err(denied("the right was taken away meanwhile")),
        }
    }

    /// A cookie's name: where all goes over TLS, one that no other host and no plain connection can set.
    pub(super) fn cookie_name(&self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// What a browser kept of its session.
    pub(super) fn session_cookie<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        cookie_named(headers, &self.cookie_name(COOKIE))
    }
}

pub(super) fn cookie_named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Caller, Problem> {
        let badge = Badge::of_request(app, parts);
        let caller = caller(app, &badge, &parts.method, app.address(parts)).await?;
        app.gate.check_caller(&caller.name)?;
        // The line of the request in the server's own log says who asked.
        tracing::Span::current().record("caller", &caller.name);
        Ok(caller)
    }
}

/// What a request shows of who sent it. A token and a session's cookie are hashed once, however often it is asked whose they are.
#[derive(Clone, Debug)]
pub(super) enum Badge {
    /// A token, by its SHA-256.
    Token(String),
    /// A session.
    Session {
        /// SHA-256 of its cookie.
        cookie: String,
        /// What the request carries to show that it comes from the session's own pages.
        csrf: Option<String>,
    },
    /// Nothing that could be anybody's; why not.
    Nothing(&'static str),
}

impl Badge {
    /// What a request shows.
    fn read(app: &App, headers: &HeaderMap) -> Badge {
        if let Some(value) = headers.get(header::AUTHORIZATION) {
            let Ok(value) = value.to_str() else { return Badge::Nothing("the Authorization header is no text") };
            return match value.strip_prefix("Bearer ") {
                Some(token) => Badge::Token(sha256(token.trim())),
                None => Badge::Nothing("the request carries no token"),
            };
        }
        match app.session_cookie(headers) {
            Some(cookie) => {
                let csrf = headers.get("x-csrf-token").and_then(|value| value.to_str().ok()).map(str::to_owned);
                Badge::Session { cookie: sha256(cookie), csrf }
            }
            None => Badge::Nothing("the request carries neither token nor session"),
        }
    }

    /// What a request shows, which goes with it for whoever asks next.
    pub(super) fn of_request(app: &App, parts: &mut Parts) -> Badge {
        if let Some(badge) = parts.extensions.get::<Badge>() {
            return badge.clone();
        }
        let badge = Badge::read(app, &parts.headers);
        parts.extensions.insert(badge.clone());
        badge
    }
}

/// Who sent a request. Who is known is asked for again once all that any server recorded is known too; strangers cause that so often and no more.
async fn caller(app: &App, badge: &Badge, method: &Method, from: IpAddr) -> Result<Caller, Problem> {
    match identify(app, badge, method) {
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED => {
            app.gate.check_stranger(from)?;
            // A token that another server gave out is not known here yet; who is known brings news of it too.
            if !matches!(badge, Badge::Token(_)) || !app.gate.may_look() {
                return Err(problem);
            }
        }
        _ => {}
    }
    app.refresh_directory().await?;
    identify(app, badge, method)
}

/// Whose a badge is, as far as this server knows.
pub(super) fn identify(app: &App, badge: &Badge, method: &Method) -> Result<Caller, Problem> {
    let now = app.time()?;
    let directory = app.gate.directory();
    directory.check().map_err(|what| unavailable(&what))?;
    let (cookie, sent) = match badge {
        Badge::Token(hash) => {
            let known = directory.token(hash, day_of(now));
            let token = known.ok_or_else(|| denied("the token is not known, was taken back, or is past its day"))?;
            let (name, role, scopes) = (token.actor(), token.role, token.scopes.clone());
            return Ok(Caller { name, role, scopes, csrf: None, credential: Credential::Token(hash.clone()) });
        }
        Badge::Session { cookie, csrf } => (cookie, csrf.as_deref()),
        Badge::Nothing(why) => return Err(denied(why)),
    };
    let session = app.gate.sessions().of_hash(cookie, now);
    // Whoever was removed, or has another password since, is out.
    let known = session.and_then(|session| {
        let user = directory.users.get(&session.name).filter(|user| user.password == session.password)?;
        Some((user.role, session))
    });
    let (role, session) = known.ok_or_else(|| denied("the session is over: log in again"))?;
    // Their hashes are compared, so that time tells nothing.
    if !method.is_safe() && sent.is_none_or(|sent| sha256(sent) != sha256(&session.csrf)) {
        let mend = "send the `csrf` that POST /v1/session gave as X-CSRF-Token with every write";
        let what = "a write of a session must carry its X-CSRF-Token";
        return Err(Problem::new(StatusCode::FORBIDDEN, "no_csrf_token", what, mend));
    }
    let Session { name, csrf, .. } = session;
    let credential = Credential::User(name.clone());
    Ok(Caller { name, role, scopes: None, csrf: Some(csrf), credential })
}
