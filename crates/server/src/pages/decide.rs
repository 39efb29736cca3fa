//! One order, decided as it is typed.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Value, json};
use tollgate_model::Country;

use super::super::access::{Caller, Right, new_secret};
use super::super::orders::{record_order, try_order, unavailable, unusable};
use super::super::problem::Problem;
use super::{Refused, View, encoded};
use crate::today;
use tollgate_decide::{Detail, decision_record};
use tollgate_desk::OrderRequest;

/// Columns that may be left out.
const OPTIONAL: [&str; 8] =
    ["end_use", "activity", "exporter", "purchaser", "end_user", "origin", "authorization", "order_id"];

type Fields = BTreeMap<String, String>;

/// The form's fields as a request.
fn request(fields: &Fields) -> Result<OrderRequest, Problem> {
    let mut members = serde_json::Map::new();
    for (name, value) in fields.iter().filter(|(name, value)| !value.trim().is_empty() && *name != "policy") {
        let value = value.trim();
        let number = matches!(name.as_str(), "quantity" | "line").then(|| value.parse::<i64>());
        let value = match number {
            Some(Ok(number)) => json!(number),
            Some(Err(_)) => {
                return Err(unusable(&format!("`{name}` is no whole number"), "give a whole number of 1 or more"));
            }
            None => json!(value),
        };
        members.insert(name.clone(), value);
    }
    members.entry("order_id").or_insert(json!("trial"));
    for needed in ["date", "ultimate_consignee", "destination", "item"] {
        members.entry(needed).or_insert(json!(""));
    }
    members.entry("quantity").or_insert(json!(0));
    serde_json::from_value(Value::Object(members)).map_err(|error| unusable(&error.to_string(), "check the form"))
}

/// The decision of an order as an object: under the service's policy on top of its counts, or under another one alone.
pub(super) async fn decision(view: &View, order: OrderRequest, policy: &str) -> Result<Value, Problem> {
    let app = Arc::clone(&view.app);
    let is_house_policy = policy.is_empty() || policy == app.desk.policy.name;
    let held = if is_house_policy { try_order(&app, order.clone()).await?.held } else { Vec::new() };
    let policy = if is_house_policy { Arc::clone(&app.desk.policy) } else { view.policy_named(policy)? };
    let considered = order.clone();
    let desk = Arc::clone(&app.desk);
    let explained = app.with_ledger(move |ledger| {
        let line = considered.line().map_err(|(what, mend)| unusable(&what, mend))?;
        let mut place = desk.decider(ledger)?;
        let tables = Arc::clone(&place.tables);
        let mut other = (!is_house_policy).then(|| place.decider.with_policy(Arc::clone(&policy)));
        let decider = other.as_mut().unwrap_or(&mut place.decider);
        let used = |key: &tollgate_ledger::AccountKey| {
            let held = ledger
                .state()
                .account(key, line.date)
                .map_or(0, |view| view.posted_milli_tpp + view.reserved_milli_tpp);
            tollgate_model::Tpp::from_thousandths(held)
        };
        decider.check_item(line.item).map_err(|error| unusable(&error.what, &error.mend))?;
        let decided = decider.decide_on(&line, &used).map_err(|error| unusable(&error.what, &error.mend))?;
        let record = decision_record(&line, &decided, &policy, &tables, Detail::Whole);
        serde_json::to_value(record).map_err(|error| unavailable(&error.to_string()))
    });
    let mut decision = explained.await??;
    if let Some(object) = decision.as_object_mut() {
        object.insert("held".to_owned(), json!(held));
    }
    Ok(decision)
}

/// What other policies say of the same order on the same day.
async fn under_others(view: &View, order: &OrderRequest, policy: &str) -> Vec<Value> {
    let mut others = Vec::new();
    for name in view.policies().into_iter().filter(|name| *name != policy) {
        // What cannot be decided under another policy is no matter of this order.
        if let Ok(decision) = decision(view, order.clone(), name).await {
            let member = |key: &str| decision.get(key).cloned().unwrap_or(Value::Null);
            others.push(json!({ "policy": name, "outcome": member("outcome"), "authorization": member("authorization"), "review_policy": member("review_policy") }));
        }
    }
    others
}

pub(super) async fn form(view: View, Query(fields): Query<Fields>) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Try)?;
    page(&view, &caller, fields, None).await
}

async fn page(view: &View, caller: &Caller, mut fields: Fields, problem: Option<Problem>) -> Result<Response, Refused> {
    let policy = fields.remove("policy").unwrap_or_else(|| view.app().desk.policy.name.clone());
    let said = fields.remove("recorded").map(|order| json!({ "order": order, "line": 1 }));
    let mut others = Vec::new();
    let is_complete =
        ["item", "quantity", "destination", "ultimate_consignee"].iter().all(|name| fields.contains_key(*name));
    fields.entry("date".to_owned()).or_insert_with(|| today().to_string());
    let (mut decided, mut wrong) = (Value::Null, problem);
    if is_complete && wrong.is_none() {
        match request(&fields) {
            Ok(order) => match decision(view, order.clone(), &policy).await {
                Ok(decision) => {
                    decided = decision;
                    others = under_others(view, &order, &policy).await;
                }
                Err(problem) => wrong = Some(problem),
            },
            Err(problem) => wrong = Some(problem),
        }
    }
    for name in ["item", "quantity", "destination", "ultimate_consignee"].iter().chain(&OPTIONAL) {
        fields.entry((*name).to_owned()).or_default();
    }
    let app = view.app();
    // Without random numbers the form has no key, and what has no key is not recorded: `reserve` refuses it.
    let key = new_secret().ok();
    let is_house_policy = policy == app.desk.policy.name;
    let names: Vec<&str> = app.desk.policy.law.catalog.items().iter().map(|item| item.item.as_str()).collect();
    let context = json!({
        "order": fields, "policy": policy, "policies": view.policies(), "items": names, "optional": OPTIONAL.iter().take(7).collect::<Vec<_>>(),
        "countries": Country::all().map(Country::code).collect::<Vec<_>>(), "decision": decided, "others": others,
        "problem": wrong.map(|problem| json!({ "detail": problem.detail, "mend": problem.mend })), "said": said,
        "may_record": caller.has(Right::Record) && is_house_policy && !decided.is_null(), "may_upload": true, "key": key,
    });
    let template = if view.part { "decision.html" } else { "decide.html" };
    Ok(view.render(template, "nav.decide", context))
}

pub(super) async fn reserve(view: View, Form(mut fields): Form<Fields>) -> Result<Response, Refused> {
    let Some(csrf) = fields.remove("csrf") else {
        return Err(view.refuse(StatusCode::FORBIDDEN, "problem.csrf"));
    };
    let (view, caller) = view.proved(Right::Record, &csrf)?;
    let key: String = fields.get("key").into_iter().flat_map(|key| key.chars()).take(64).collect();
    fields.remove("key");
    let hold = fields.remove("hold").is_some();
    fields.remove("policy");
    let app = Arc::clone(&view.app);
    let recorded = match request(&fields) {
        Ok(order) if key.len() >= 8 => {
            let order = tollgate_desk::Order { key, order, hold };
            record_order(&app, &caller.name, order).await.map(|_| ())
        }
        Ok(_) => Err(unusable("the form carries no key", "load the page again")),
        Err(problem) => Err(problem),
    };
    match recorded {
        Ok(()) => {
            let mut query: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
            query.push(format!("recorded={}", encoded(fields.get("order_id").map_or("", String::as_str))));
            Ok(Redirect::to(&format!("/decide?{}", query.join("&"))).into_response())
        }
        Err(problem) => page(&view, &caller, fields, Some(problem)).await,
    }
}
