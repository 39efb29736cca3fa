//! One's own password and sessions.

use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::Shared;
use super::super::access::{Caller, Peer, Right, Sessions};
use super::super::logins::{Attempt, replace_password};
use super::super::orders::unusable;
use super::super::problem::Problem;
use super::{Refused, View, form_key, moment};
use crate::now;

fn shown(view: &View, caller: &Caller, headers: &HeaderMap, wrong: Option<Problem>) -> Response {
    let current = view.app().session_cookie(headers).map(Sessions::handle);
    let sessions = view.app().gate.sessions().of(&caller.name, now());
    let sessions = sessions.into_iter().map(|(handle, begun, used)| {
        json!({ "handle": handle, "begun": moment(begun), "used": moment(used), "is_this": current.as_ref() == Some(&handle) })
    });
    let is_here = !view.app().gate.directory().federated.contains_key(&caller.name);
    let context = json!({
        "sessions": sessions.collect::<Vec<Value>>(), "key": form_key(), "has_password": is_here,
        "wrong": wrong.map(|problem| json!({ "detail": problem.detail, "mend": problem.mend })),
    });
    view.render("account.html", "account.own", context)
}

pub(super) async fn page(view: View, headers: HeaderMap) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Read)?;
    Ok(shown(&view, &caller, &headers, None))
}

#[derive(Deserialize)]
pub(super) struct AccountForm {
    csrf: String,
    #[serde(default)]
    key: String,
    /// `password` or `end`.
    act: String,
    #[serde(default)]
    old: String,
    #[serde(default)]
    new: String,
    #[serde(default)]
    again: String,
    /// The session that is ended.
    #[serde(default)]
    handle: String,
}

/// Gives oneself another password, which ends all sessions; or ends one session.
pub(super) async fn act(
    State(app): State<Shared>,
    Peer(from): Peer,
    view: View,
    headers: HeaderMap,
    Form(form): Form<AccountForm>,
) -> Result<Response, Refused> {
    let (view, caller) = view.proved(Right::Read, &form.csrf)?;
    let done = match form.act.as_str() {
        "end" => {
            app.gate.sessions().end_of(&caller.name, &form.handle);
            Ok("/account")
        }
        "password" if form.new != form.again => {
            Err(unusable("the two new passwords differ", "write the new password twice, the same both times"))
        }
        "password" if form.key.len() < 8 => Err(unusable("the form carries no key", "load the page again")),
        "password" => {
            let attempt = Attempt { name: &caller.name, password: form.old, from, headers: &headers };
            replace_password(&app, &caller, attempt, form.new, &form.key).await.map(|()| "/login")
        }
        _ => Err(unusable("there is no such act", "load the page again")),
    };
    match done {
        Ok(next) => Ok(Redirect::to(next).into_response()),
        Err(problem) => Ok(shown(&view, &caller, &headers, Some(problem))),
    }
}
