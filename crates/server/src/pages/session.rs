//! Logging in and out, and the language.

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use tollgate_report::pages::Language;

use super::super::Shared;
use super::super::access::{Peer, Right};
use super::super::logins::{Attempt, begin_session, session_cookie};
use super::super::problem::Problem;
use super::{LANGUAGE, Refused, View};

#[derive(Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

/// Where to go on: an address of this service and of no other.
fn own_address(address: &str) -> &str {
    // Readers of addresses drop tabs and line ends, and take `\` for `/`.
    let is_local = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains('\\')
        && !address.chars().any(char::is_control);
    if is_local { address } else { "/" }
}

pub(super) async fn form(view: View, Query(next): Query<Next>) -> Response {
    view.render("login.html", "login", json!({ "next": own_address(&next.next), "wrong": false }))
}

/// Where the first administrator is made, by the link that the first start printed.
pub(super) async fn set_up(view: View) -> Response {
    view.render("setup.html", "setup", json!({}))
}

#[derive(Deserialize)]
pub(super) struct LogIn {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn log_in(
    State(app): State<Shared>,
    Peer(from): Peer,
    headers: HeaderMap,
    view: View,
    Form(login): Form<LogIn>,
) -> Result<Response, Problem> {
    let attempt = Attempt { name: &login.name, password: login.password, from, headers: &headers };
    match begin_session(&app, attempt).await {
        Ok((cookie, ..)) => Ok((cookie, Redirect::to(own_address(&login.next))).into_response()),
        Err(problem) if problem.status == StatusCode::SERVICE_UNAVAILABLE => Err(problem),
        Err(problem) => {
            let page = view.render("login.html", "login", json!({ "next": own_address(&login.next), "wrong": true }));
            Ok((problem.status, page).into_response())
        }
    }
}

#[derive(Deserialize)]
pub(super) struct LogOut {
    csrf: String,
}

pub(super) async fn log_out(
    State(app): State<Shared>,
    view: View,
    headers: HeaderMap,
    Form(form): Form<LogOut>,
) -> Result<Response, Refused> {
    let (view, _) = view.proved(Right::Read, &form.csrf)?;
    if let Some(value) = app.session_cookie(&headers) {
        app.gate.sessions().end(value);
    }
    let cookie = session_cookie(&app, "", 0).map_err(|problem| view.failed(&problem))?;
    Ok((cookie, Redirect::to("/login")).into_response())
}

#[derive(Deserialize)]
pub(super) struct Choice {
    to: String,
    #[serde(default)]
    back: String,
}

pub(super) async fn language(Query(choice): Query<Choice>) -> Response {
    let code = Language::from_code(&choice.to).code();
    let text = format!("{LANGUAGE}={code}; Path=/; SameSite=Strict; Max-Age=31536000");
    let back = Redirect::to(own_address(&choice.back));
    match HeaderValue::from_str(&text) {
        Ok(value) => ([(header::SET_COOKIE, value)], back).into_response(),
        Err(_) => back.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_elsewhere() {
        for here in ["/", "/orders?q=1", "/a//b"] {
            assert_eq!(own_address(here), here);
        }
        for other in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\t/evil.example",
            "/\\evil.example",
            "/\r\n/evil",
            "\t//x",
            "/\u{85}/x",
        ] {
            assert_eq!(own_address(other), "/", "{other:?}");
        }
    }
}
