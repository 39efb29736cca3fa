//! Users and tokens, and who waits for a second person.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::access::{Caller, Right, Role};
use super::super::orders::unusable;
use super::super::problem::Problem;
use super::super::users::{MadeToken, TokenRequest, UserRequest, make_token, make_user, take_away};
use super::kept::SentForm;
use super::{Refused, View, form_key};
use crate::today;

const ROLES: [Role; 5] = [Role::Viewer, Role::Analyst, Role::Officer, Role::Administrator, Role::Auditor];

/// What came of an act.
#[derive(Default)]
struct ActResult {
    /// A string's key.
    said: Option<&'static str>,
    /// A token, shown this once.
    token: Option<String>,
    wrong: Option<Problem>,
}

fn page(view: &View, caller: &Caller, done: ActResult) -> Response {
    let directory = view.app().gate.directory();
    let way = |name: &String| if directory.federated.contains_key(name) { "provider" } else { "password" };
    let users: Vec<Value> = directory
        .users
        .iter()
        .map(|(name, user)| json!({ "name": name, "role": user.role.as_str(), "way": way(name), "is_self": *name == caller.name }))
        .collect();
    // Whoever may confirm an officer: without one, the first is made at the machine, which needs no second person.
    let is_alone = !directory.has_confirmer(caller.person(), today());
    let mut known: Vec<_> = directory.tokens.values().collect();
    known.sort_by_key(|token| (&token.person, &token.name));
    let tokens: Vec<Value> = known
        .iter()
        .map(|token| json!({ "name": token.name, "person": token.person, "role": token.role.as_str(), "until": token.until, "scopes": token.scopes }))
        .collect();
    drop(known);
    drop(directory);
    let context = json!({
        "users": users, "tokens": tokens, "roles": ROLES.map(Role::as_str), "key": form_key(), "said": done.said, "token": done.token, "is_alone": is_alone,
        "wrong": done.wrong.map(|problem| json!({ "detail": problem.detail, "mend": problem.mend })),
    });
    view.render("users.html", "nav.users", context)
}

pub(super) async fn list(view: View) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Manage)?;
    Ok(page(&view, &caller, ActResult::default()))
}

#[derive(Deserialize)]
pub(super) struct PeopleForm {
    csrf: String,
    key: String,
    /// `add`, `remove` or `token`.
    act: String,
    #[serde(default)]
    name: String,
    role: Option<Role>,
    #[serde(default)]
    password: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    until: String,
}

pub(super) async fn act(view: View, sent: SentForm<PeopleForm>) -> Result<Response, Refused> {
    let (view, form) = view.keeping(sent, |_| "/users".to_owned());
    let (view, caller) = view.proved(Right::Manage, &form.csrf)?;
    let done = match acted(&view, &caller, form).await {
        Ok(done) => done,
        Err(problem) => ActResult { wrong: Some(problem), ..ActResult::default() },
    };
    Ok(page(&view, &caller, done))
}

async fn acted(view: &View, caller: &Caller, form: PeopleForm) -> Result<ActResult, Problem> {
    let key: String = form.key.chars().take(64).collect();
    if key.len() < 8 {
        return Err(unusable("the form carries no key", "load the page again"));
    }
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    let name = form.name.trim().to_owned();
    let role = || form.role.ok_or_else(|| unusable("no role is chosen", "choose one of the list"));
    match form.act.as_str() {
        "add" => {
            let request =
                UserRequest { name, role: role()?, password: filled(form.password), subject: filled(form.subject) };
            let answer = make_user(&view.app, caller, request, key).await?;
            let is_proposed = answer.status() == StatusCode::ACCEPTED;
            Ok(ActResult {
                said: Some(if is_proposed { "users.proposed" } else { "users.added" }),
                ..ActResult::default()
            })
        }
        "remove" if name == caller.name => {
            Err(unusable("you cannot remove yourself", "let another administrator do it"))
        }
        "remove" => {
            take_away(&view.app, caller, name, &key).await?;
            Ok(ActResult { said: Some("users.removed"), ..ActResult::default() })
        }
        "token" => {
            let request = TokenRequest { name, role: role()?, until: filled(form.until), scopes: None };
            Ok(match make_token(&view.app, caller, request, key).await? {
                MadeToken::Good(token) => {
                    ActResult { said: Some("users.token"), token: Some(token), ..ActResult::default() }
                }
                MadeToken::Proposed(_, token) => {
                    ActResult { said: Some("users.token.proposed"), token: Some(token), ..ActResult::default() }
                }
            })
        }
        _ => Err(unusable("there is no such act", "load the page again")),
    }
}
