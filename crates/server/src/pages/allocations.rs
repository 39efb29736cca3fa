//! How allocations stand.

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_ledger::{AccountKey, AccountView};

use super::super::access::Right;
use super::super::problem::Problem;
use super::{Refused, View, named};
use crate::today as this_day;

/// Accounts on a page.
const PAGE: usize = 100;

fn account(view: &AccountView) -> Value {
    let percent = view
        .limit_milli_tpp
        .filter(|limit| *limit > 0)
        .map(|limit| {
            (i128::from(view.posted_milli_tpp) + i128::from(view.reserved_milli_tpp)) * 100 / i128::from(limit)
        })
        .map(|percent| percent.clamp(0, 1_000_000));
    json!({
        "rule": view.key.rule, "holder": view.key.holder, "country": view.key.country, "period": view.key.period.to_string(), "posted": view.posted_milli_tpp / 1_000, "reserved": view.reserved_milli_tpp / 1_000,
        "limit": view.limit_milli_tpp.map(|limit| limit / 1_000), "percent": percent,
    })
}

/// Accounts of which four fifths or more are used.
pub(super) async fn near(view: &View) -> Result<Vec<Value>, Problem> {
    let day = this_day();
    let taken = |view: &AccountView| {
        view.limit_milli_tpp.is_some_and(|limit| {
            let used = i128::from(view.posted_milli_tpp) + i128::from(view.reserved_milli_tpp);
            limit > 0 && used * 5 >= i128::from(limit) * 4
        })
    };
    let views = view.app().with_ledger(move |ledger| {
        let all = ledger.state().accounts(day, 0, &|_| true);
        all.map(|(_, view)| view).filter(taken).take(8).collect::<Vec<_>>()
    });
    Ok(views.await?.iter().map(account).collect())
}

/// The accounts of a holder.
pub(super) async fn of_holder(view: &View, holder: &str) -> Result<Vec<Value>, Problem> {
    let (day, holder) = (this_day(), holder.to_owned());
    let found = view.app().with_ledger(move |ledger| {
        let is_his = |key: &AccountKey| key.holder == holder;
        ledger.state().accounts(day, 0, &is_his).map(|(_, view)| view).take(PAGE).collect::<Vec<_>>()
    });
    Ok(found.await?.iter().map(account).collect())
}

#[derive(Deserialize)]
pub(super) struct From {
    #[serde(default)]
    from: usize,
}

pub(super) async fn allocations(view: View, Query(query): Query<From>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    let day = this_day();
    let found = view.app().with_ledger(move |ledger| {
        ledger.state().accounts(day, query.from, &|_| true).take(PAGE + 1).collect::<Vec<_>>()
    });
    let mut found = match found.await {
        Ok(found) => found,
        Err(problem) => return Err(view.failed(&problem)),
    };
    let next = (found.len() > PAGE).then(|| found.pop().map(|(place, _)| place)).flatten();
    let rows: Vec<Value> = found.iter().map(|(_, view)| account(view)).collect();
    let further = next.map(|place| format!("/allocations?from={place}"));
    let holders = found.iter().map(|(_, account)| account.key.holder.clone()).collect();
    match named::names(&view, holders).await {
        Ok(names) => Ok(view.render(
            "allocations.html",
            "nav.allocations",
            json!({ "rows": rows, "further": further, "names": names }),
        )),
        Err(problem) => Err(view.failed(&problem)),
    }
}
