//! Pages for people: each is a request's path, a context, and a template of `tollgate-web`.

mod account;
mod allocations;
mod ask;
mod audit;
mod basis;
mod cases;
mod decide;
mod form;
mod kept;
mod lab;
mod law;
mod line;
mod map;
mod named;
mod orders;
mod papers;
mod parties;
mod people;
mod provision_history;
mod screen;
mod search;
mod sentences;
mod session;
mod today;
mod uploads;

use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tollgate_law::{Policy, split_days};
use tollgate_report::pages::{Language, STATIC};

pub use cases::Case;

use super::access::{Badge, Caller, Right, cookie_named, identify, new_secret, sha256};
use super::orders::unusable;
use super::problem::Problem;
use super::{App, Shared};
use tollgate_report::STUDY_CSS;
use unicode_normalization::UnicodeNormalization as _;

/// What a browser keeps of the chosen language.
const LANGUAGE: &str = "tollgate_language";
/// Pages in the menu, each with the right that it takes.
const MENU: [(&str, &str, Right); 13] = [
    ("today", "", Right::Read),
    ("decide", "decide", Right::Try),
    ("orders", "orders", Right::Read),
    ("uploads", "uploads", Right::Try),
    ("parties", "parties", Right::Read),
    ("screen", "screen", Right::Try),
    ("allocations", "allocations", Right::Read),
    ("cases", "cases", Right::Read),
    ("map", "map", Right::Read),
    ("law", "law", Right::Read),
    ("lab", "lab", Right::Try),
    ("audit", "audit", Right::Log),
    ("users", "users", Right::Manage),
];

/// All pages.
pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/", get(today::today).post(today::release))
        .route("/proposals", axum::routing::post(today::conclude))
        .route("/setup", get(session::set_up))
        .route("/login", get(session::form).post(session::log_in))
        .route("/logout", axum::routing::post(session::log_out))
        .route("/language", get(session::language))
        .route("/decide", get(decide::form).post(decide::reserve))
        .route("/decide/ask", get(ask::form).post(ask::ask))
        .route("/orders", get(orders::list))
        .route("/orders.csv", get(orders::csv))
        .route("/orders/{order}/{line}", get(line::one).post(line::act))
        .route("/orders/{order}/papers", get(papers::list))
        .route("/orders/{order}/papers/{file}", get(papers::one))
        .route("/uploads", get(uploads::list))
        .route("/uploads/{id}", get(uploads::one))
        .route("/uploads/{id}/{row}", get(uploads::line))
        .route("/screen", get(screen::form).post(screen::names))
        .route("/search", get(search::search))
        .route("/users", get(people::list).post(people::act))
        .route("/account", get(account::page).post(account::act))
        .route("/parties", get(parties::list))
        .route("/parties/{party}", get(parties::party).post(parties::find_out))
        .route("/parties.json", get(parties::complete))
        .route("/map", get(map::map))
        .route("/allocations", get(allocations::allocations))
        .route("/cases", get(cases::queue))
        .route("/cases/{case}", get(cases::one).post(cases::act))
        .route("/law", get(law::law))
        .route("/lab", get(lab::lab))
        .route("/lab/{file}", get(lab::file))
        .route("/audit", get(audit::list).post(audit::verify))
        .route("/audit.jsonl", get(audit::export))
        .route("/audit/{seq}", get(audit::one))
        .route("/static/{file}", get(file))
}

async fn file(Path(name): Path<String>) -> Response {
    let study = ("study.css", "text/css; charset=utf-8", STUDY_CSS);
    match STATIC.iter().chain([&study]).find(|(file, _, _)| *file == name) {
        Some((_, kind, text)) => {
            ([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "max-age=3600")], *text).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Who looks, in which language, at what.
pub(super) struct View {
    app: Shared,
    language: Language,
    /// The address with its query.
    here: String,
    caller: Option<Caller>,
    /// Whether only a part of the page is wanted.
    part: bool,
    /// Where the form that was sent is filled in with it again; `None` where no form was sent.
    again: Option<String>,
}

/// A page that cannot be shown.
pub(super) enum Refused {
    /// Nobody is logged in.
    LogIn(String),
    /// Said in a page.
    Said(Box<(View, StatusCode, Value)>),
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Refused::LogIn(here) => Redirect::to(&format!("/login?next={}", encoded(&here))).into_response(),
            Refused::Said(said) => {
                let (view, status, context) = *said;
                (status, view.render("problem.html", "problem", context)).into_response()
            }
        }
    }
}

/// What axum refuses in a plain text, such as a number in an address that is none, is told in a page like all else.
pub(super) async fn tell_refusals(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut head = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_plain = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !response.status().is_client_error() || !is_plain {
        return response;
    }
    let key = if response.status() == StatusCode::PAYLOAD_TOO_LARGE { "problem.long" } else { "problem.address" };
    match View::from_request_parts(&mut head, &app).await {
        Ok(view) => view.refuse(response.status(), key).into_response(),
        Err(_) => response,
    }
}

/// A text as a part of an address.
fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A text as it is looked for: full-width letters and digits made plain, every dash a hyphen, without space around it.
pub(super) fn plain_text(text: &str) -> String {
    let is_dash = |letter: char| matches!(letter, '\u{2010}'..='\u{2015}' | '\u{2212}');
    let plain: String = text.nfkc().map(|letter| if is_dash(letter) { '-' } else { letter }).collect();
    plain.trim().to_owned()
}

/// The word for a write that a form carries; empty, so that the form is refused, where there is no chance to be had.
fn form_key() -> String {
    new_secret().unwrap_or_else(|what| {
        tracing::error!("{what}");
        String::new()
    })
}

/// A text of a JSON object; empty where it has none of the name.
fn text_of<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or("")
}

/// The texts of a list in a JSON object, where `list` is one.
fn texts_of(list: Option<&Value>) -> Vec<String> {
    let all = list.and_then(Value::as_array);
    all.map_or_else(Vec::new, |all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// The address of a line's page.
fn line_address(order: &str, line: i64) -> String {
    format!("/orders/{}/{line}", encoded(order))
}

/// A moment, in milliseconds since 1970-01-01 UTC, as people read it.
fn moment(at: i64) -> String {
    let day = i32::try_from(at.div_euclid(86_400_000)).ok().and_then(tollgate_model::Date::from_epoch_days);
    let minutes = at.rem_euclid(86_400_000) / 60_000;
    format!("{} {:02}:{:02} UTC", day.map_or_else(String::new, |day| day.to_string()), minutes / 60, minutes % 60)
}

/// A string of the pages; its key where there is none, so that somebody sees it.
fn words(language: Language, key: &'static str) -> &'static str {
    match tollgate_report::pages::text(language, key) {
        Some(text) => text,
        None => {
            tollgate_model::never!("no string has the key `{key}`");
            key
        }
    }
}

fn language(headers: &HeaderMap) -> Language {
    match cookie_named(headers, LANGUAGE) {
        Some(code) => Language::from_code(code),
        None => {
            let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
            accepted.map_or(Language::English, Language::accepted)
        }
    }
}

impl FromRequestParts<Shared> for View {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<View, Problem> {
        // A form proves itself by what it holds, not by a header: see `View::proved`. Strangers cause no look at the ledger.
        let known = |found: Result<Caller, Problem>| match found {
            Err(problem) if problem.status == StatusCode::SERVICE_UNAVAILABLE => Err(problem),
            found => Ok(found.ok().filter(|caller| caller.csrf.is_some())),
        };
        let badge = Badge::of_request(app, parts);
        let mut caller = known(identify(app, &badge, &Method::GET))?;
        if caller.is_some() {
            app.refresh_directory().await?;
            caller = known(identify(app, &badge, &Method::GET))?;
        }
        if let Some(caller) = &caller {
            app.gate.check_caller(&caller.name)?;
            tracing::Span::current().record("caller", &caller.name);
        }
        let here = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let part = parts.headers.contains_key("x-part");
        Ok(View { app: app.clone(), language: language(&parts.headers), here, caller, part, again: None })
    }
}

impl View {
    /// The person, who must have a right.
    fn person(self, right: Right) -> Result<(View, Caller), Refused> {
        match self.caller.clone() {
            None => Err(Refused::LogIn(self.here)),
            Some(caller) if caller.has(right) => Ok((self, caller)),
            Some(_) => Err(self.refuse(StatusCode::FORBIDDEN, "problem.role")),
        }
    }

    /// The view of somebody whose session ended, who goes on at an address after logging in; of anybody else as it is.
    fn back_at(mut self, address: impl FnOnce() -> String) -> View {
        if self.caller.is_none() {
            self.here = address();
        }
        self
    }

    /// Whether a form was sent from a page of this session.
    fn proved(self, right: Right, csrf: &str) -> Result<(View, Caller), Refused> {
        let (view, caller) = self.person(right)?;
        if caller.csrf.as_ref().is_none_or(|token| token.is_empty() || sha256(token) != sha256(csrf)) {
            return Err(view.refuse(StatusCode::FORBIDDEN, "problem.csrf"));
        }
        Ok((view, caller))
    }

    /// There is no such page.
    pub(super) fn nothing(self) -> Refused {
        self.refuse(StatusCode::NOT_FOUND, "problem.missing")
    }

    fn refuse(self, status: StatusCode, key: &str) -> Refused {
        let again = self.again.clone().filter(|_| key == "problem.csrf");
        Refused::Said(Box::new((self, status, json!({ "key": key, "detail": "", "mend": "", "again": again }))))
    }

    fn failed(self, problem: &Problem) -> Refused {
        let context = json!({ "key": null, "detail": problem.detail, "mend": problem.mend });
        Refused::Said(Box::new((self, problem.status, context)))
    }

    /// Something that should have been is not; the page is given up.
    fn broken(&self, what: &str) -> Refused {
        let view = View {
            app: self.app.clone(),
            language: self.language,
            here: self.here.clone(),
            caller: self.caller.clone(),
            part: self.part,
            again: self.again.clone(),
        };
        view.wrong(what)
    }

    fn wrong(self, what: &str) -> Refused {
        self.failed(&super::orders::unavailable(what))
    }

    /// The policies that a page offers.
    fn policies(&self) -> Vec<&str> {
        let mut names = self.app.desk.policy.law.policy_names();
        if !names.contains(&self.app.desk.policy.name.as_str()) {
            names.push(&self.app.desk.policy.name);
        }
        names
    }

    /// One of [`View::policies`], the service's own where none is named: a page never opens a file that its reader names.
    fn policy_named(&self, name: &str) -> Result<Arc<Policy>, Problem> {
        if name.is_empty() || name == self.app.desk.policy.name {
            return Ok(Arc::clone(&self.app.desk.policy));
        }
        let (base, _) = split_days(name).map_err(|error| unusable(&error.to_string(), "choose another policy"))?;
        if !self.app.desk.policy.law.policy_names().contains(&base) {
            return Err(unusable("no policy has this name", "choose one of the list"));
        }
        let mut known = self.app.policies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(policy) = known.get(name) {
            return Ok(Arc::clone(policy));
        }
        let policy = self
            .app
            .desk
            .policy
            .law
            .policy(name)
            .map_err(|error| unusable(&error.to_string(), "choose another policy"))?;
        // Names with a day behind them are many: only so many are kept.
        if known.len() >= 16 {
            known.clear();
        }
        let policy = Arc::new(policy);
        known.insert(name.to_owned(), Arc::clone(&policy));
        Ok(policy)
    }

    fn app(&self) -> &App {
        &self.app
    }

    /// A page: what every page shows, and its own.
    fn render(&self, page: &str, title: &str, members: Value) -> Response {
        let path = self.here.split(['?']).next().unwrap_or("/").trim_start_matches('/');
        let first = path.split_once('/').map_or(path, |(first, _)| first);
        let menu = MENU.iter().filter(|(_, _, right)| self.caller.as_ref().is_some_and(|caller| caller.has(*right)));
        let pages: Vec<Value> =
            menu.map(|(name, path, _)| json!({ "name": name, "path": path, "here": *path == first })).collect();
        let other = Language::ALL.into_iter().find(|other| *other != self.language).unwrap_or(self.language);
        let caller = self.caller.as_ref();
        let mut context = json!({
            "lang": self.language.code(), "other_lang": other.code(), "here": self.here, "pages": pages,
            "title": tollgate_report::pages::text(self.language, title).unwrap_or(title),
            "user": caller.map(|caller| json!({ "name": caller.name, "role": caller.role })),
            "csrf": caller.and_then(|caller| caller.csrf.clone()), "kept": caller.map_or(Value::Null, |_| self.kept()),
        });
        if let (Some(all), Value::Object(members)) = (context.as_object_mut(), members) {
            all.extend(members);
        }
        match self.app.pages.render(page, context) {
            Ok(html) => Html(html).into_response(),
            Err(error) => {
                tracing::error!("{error}");
                (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
            }
        }
    }
}
