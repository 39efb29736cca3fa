//! What waits, where compute went, and how allocations stand.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_ledger::AccountView;
use tollgate_model::{Country, Date};
use tollgate_web::picture::{Month, Shipped, months, world};

use super::super::App;
use super::super::access::Right;
use super::{Refused, View, cases};
use crate::service::today as this_day;

/// Accounts on a page.
const PAGE: usize = 100;

/// The tier of a country on a day: 3 for Macau and Country Group D:5, 1 for supplement no. 5(a) to part 740, else 2.
fn tier(app: &App, country: Country, day: Date) -> u8 {
    let within =
        |group: &str| app.policy.groups.countries(group, day).is_some_and(|members| members.contains(&country));
    if within("MACAU_D5") {
        3
    } else if within("SUPP5A") {
        1
    } else {
        2
    }
}

#[expect(clippy::cast_precision_loss, reason = "only for drawing")]
fn drawn(number: i64) -> f64 {
    number as f64
}

pub(super) async fn today(view: View) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    let app = view.app();
    let day = app.policy.law_date(this_day());
    let tiers: BTreeMap<&str, u8> = Country::all().map(|country| (country.code(), tier(app, country, day))).collect();
    let empty = crate::service::Sums::default();
    let sums = app.shown.board.as_ref().map_or(&empty, |board| &board.sums);
    let mut shipped: BTreeMap<String, Shipped> =
        tiers.iter().map(|(code, tier)| ((*code).to_owned(), Shipped { tier: *tier, tpp: 0.0 })).collect();
    for (code, sum) in &sums.countries {
        shipped.entry(code.clone()).or_default().tpp = drawn(sum.tpp);
    }
    let mut by_month: BTreeMap<&str, [i64; 3]> = BTreeMap::new();
    for ((month, code), sum) in &sums.months {
        let tier = usize::from(tiers.get(code.as_str()).copied().unwrap_or(2).saturating_sub(1));
        if let Some(own) = by_month.entry(month).or_default().get_mut(tier) {
            *own = own.saturating_add(sum.tpp);
        }
    }
    let drawn_months: Vec<Month> =
        by_month.iter().map(|(name, tpp)| Month { name: (*name).to_owned(), tpp: tpp.map(drawn) }).collect();
    let mut countries: Vec<_> = sums.countries.iter().collect();
    countries.sort_by_key(|(_, sum)| -sum.tpp);
    let outcome = |name: &str| sums.outcomes.get(name).copied().unwrap_or(0);
    let title = |key: &str| tollgate_web::text(view.language, key).unwrap_or_default();
    let (queue, open) = match cases::standing(&view, (0, 8), false).await {
        Ok(found) => found,
        Err(problem) => return Err(view.failed(&problem)),
    };
    let near = match near(&view).await {
        Ok(near) => near,
        Err(problem) => return Err(view.failed(&problem)),
    };
    let context = json!({
        "policy": app.policy.name, "date": day.to_string(), "lines": sums.lines, "held": outcome("license_required"),
        "unsettled": outcome("needs_information"), "open": open, "cases": queue, "near": near,
        "map": world(title("today.map"), &shipped), "trend": months(title("today.trend"), &drawn_months),
        "countries": countries.iter().map(|(code, sum)| json!({ "country": code, "lines": sum.lines, "tpp": sum.tpp })).collect::<Vec<_>>(),
        "months": by_month.iter().map(|(month, tpp)| json!({ "month": month, "tpp": tpp })).collect::<Vec<_>>(),
    });
    Ok(view.render("today.html", "nav.today", context))
}

fn account(view: &AccountView) -> Value {
    let percent = view.limit.filter(|limit| *limit > 0).map(|limit| (view.posted + view.reserved) * 100 / limit);
    json!({
        "rule": view.key.rule, "holder": view.key.holder, "posted": view.posted / 1_000, "reserved": view.reserved / 1_000,
        "limit": view.limit.map(|limit| limit / 1_000), "percent": percent,
    })
}

/// Accounts of which four fifths or more are used.
async fn near(view: &View) -> Result<Vec<Value>, super::Problem> {
    let day = this_day();
    let taken = |view: &AccountView| {
        view.limit.is_some_and(|limit| limit > 0 && (view.posted + view.reserved).saturating_mul(5) >= limit * 4)
    };
    let views = view.app().with_ledger(move |ledger| {
        let all = ledger.state().accounts(day, 0, &|_| true);
        all.map(|(_, view)| view).filter(taken).take(8).collect::<Vec<_>>()
    });
    Ok(views.await?.iter().map(account).collect())
}

#[derive(Deserialize)]
pub(super) struct From {
    #[serde(default)]
    from: usize,
}

pub(super) async fn allocations(view: View, Query(asked): Query<From>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    let day = this_day();
    let found = view.app().with_ledger(move |ledger| {
        ledger.state().accounts(day, asked.from, &|_| true).take(PAGE + 1).collect::<Vec<_>>()
    });
    let mut found = match found.await {
        Ok(found) => found,
        Err(problem) => return Err(view.failed(&problem)),
    };
    let next = (found.len() > PAGE).then(|| found.pop().map(|(place, _)| place)).flatten();
    let rows: Vec<Value> = found.iter().map(|(_, view)| account(view)).collect();
    let further = next.map(|place| format!("/allocations?from={place}"));
    Ok(view.render("allocations.html", "nav.allocations", json!({ "rows": rows, "further": further })))
}
