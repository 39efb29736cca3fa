//! What waits, where compute went, and how allocations stand.

use std::collections::BTreeMap;

use axum::extract::{Form, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_law::{Policy, Tier};
use tollgate_ledger::AccountView;
use tollgate_model::{Country, Date};
use tollgate_report::pages::picture::{MonthTpp, Shipped, months, world};
use tollgate_report::pages::short;

use super::super::access::{Caller, Right, new_secret};
use super::super::orders::{day, held, release_line, unusable};
use super::super::problem::Problem;
use super::super::proposals::{ProposalRow, conclude as concluded, waiting};
use super::{Refused, View, cases, moment};
use crate::{Sums, today as this_day};
use tollgate_desk::{Conclusion, HeldLine, Release, line_id, same_person};

/// Accounts on a page.
const PAGE: usize = 100;

#[expect(clippy::cast_precision_loss, reason = "only for drawing")]
fn drawn(number: i64) -> f64 {
    number as f64
}

/// The map and the trend, with the same as rows.
fn pictures(view: &View, policy: &Policy, day: Date, sums: &Sums) -> Result<Value, Problem> {
    let mend = "add the group to the law's country groups, or choose another policy";
    let tiers =
        policy.tiers(day).map_err(|group| unusable(&format!("the law has no country group `{group}`"), mend))?;
    let tier = |country| match tiers.tier(country) {
        Tier::First => 1,
        Tier::Second => 2,
        Tier::Third => 3,
    };
    let tiers: BTreeMap<&str, u8> = Country::all().map(|country| (country.code(), tier(country))).collect();
    let mut shipped: BTreeMap<String, Shipped> =
        tiers.iter().map(|(code, tier)| ((*code).to_owned(), Shipped { tier: *tier, tpp: 0.0 })).collect();
    for (code, sum) in &sums.countries {
        shipped.entry(code.clone()).or_default().tpp = drawn(sum.tpp);
    }
    let mut by_month: BTreeMap<&str, [i64; 3]> = BTreeMap::new();
    for ((month, code), sum) in &sums.months {
        let tier = usize::from(tiers.get(code.as_str()).copied().unwrap_or(2).saturating_sub(1));
        if let Some(total) = by_month.entry(month).or_default().get_mut(tier) {
            *total = total.saturating_add(sum.tpp);
        }
    }
    let drawn_months: Vec<MonthTpp> =
        by_month.iter().map(|(name, tpp)| MonthTpp { name: (*name).to_owned(), tpp: tpp.map(drawn) }).collect();
    let mut countries: Vec<_> = sums.countries.iter().collect();
    countries.sort_by_key(|(_, sum)| -sum.tpp);
    let title = |key| super::words(view.language, key);
    // The limit that holds where no other does stands last.
    let accounts = policy.program(day).accounts.iter();
    let allocation = accounts
        .filter(|account| account.account == "country")
        .find_map(|account| account.limits.last())
        .map(|limit| limit.1);
    let (key, full) = match allocation {
        Some(tpp) => ("today.full.allocation", drawn(tpp.ceil())),
        None => ("today.full.largest", drawn(sums.countries.values().map(|sum| sum.tpp).max().unwrap_or(0))),
    };
    Ok(json!({
        "map": world(title("today.map"), &shipped, full), "full": title(key).replace("{tpp}", &short(full)),
        "trend": months(title("today.trend"), &drawn_months),
        "countries": countries.iter().map(|(code, sum)| json!({ "country": code, "lines": sum.lines, "tpp": sum.tpp })).collect::<Vec<_>>(),
        "months": by_month.iter().map(|(month, tpp)| json!({ "month": month, "tpp": tpp })).collect::<Vec<_>>(),
    }))
}

/// Under which policy and on which day the map is drawn.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    policy: String,
    date: String,
}

pub(super) async fn today(view: View, Query(chosen): Query<Chosen>) -> Result<Response, Refused> {
    let (view, caller) = view.person(Right::Read)?;
    page(view, &caller, &chosen, Value::Null).await
}

async fn page(view: View, caller: &Caller, chosen: &Chosen, wrong: Value) -> Result<Response, Refused> {
    match context(&view, caller, chosen, wrong).await {
        Ok(context) => Ok(view.render("today.html", "nav.today", context)),
        Err(problem) => Err(view.failed(&problem)),
    }
}

#[derive(Deserialize)]
pub(super) struct ReleaseForm {
    csrf: String,
    key: String,
    order: String,
    line: i64,
    reason: String,
}

/// A second person lets a held line ship.
pub(super) async fn release(view: View, Form(form): Form<ReleaseForm>) -> Result<Response, Refused> {
    let (view, caller) = view.proved(Right::Record, &form.csrf)?;
    let id = line_id(&form.order, form.line);
    let key: String = form.key.chars().take(64).collect();
    let release = Release { person: caller.name.clone(), key, reason: form.reason };
    match release_line(&view.app, &id, release).await {
        Ok(_) => Ok(Redirect::to("/").into_response()),
        Err(problem) => {
            let wrong = json!(format!("{} {}", problem.detail, problem.mend));
            page(view, &caller, &Chosen::default(), wrong).await
        }
    }
}

/// Held lines that are shown.
const SECOND: usize = 20;

/// Lines that wait for a second person.
async fn second(view: &View, caller: &Caller) -> Result<Vec<Value>, Problem> {
    let row = |held: HeldLine| -> Result<Value, Problem> {
        let may_release = caller.has(Right::Record) && !same_person(&held.by, &caller.name);
        let key = new_secret().map_err(|what| super::super::orders::unavailable(&what))?;
        Ok(
            json!({ "order": held.order, "line": held.line, "by": held.by, "why": held.why, "may_release": may_release, "key": key }),
        )
    };
    held(&view.app, SECOND).await?.into_iter().map(row).collect()
}

/// Proposals that are shown.
const PROPOSALS: usize = 50;

/// Proposals that wait for another person.
async fn proposals(view: &View, caller: &Caller) -> Result<Vec<Value>, Problem> {
    let row = |waiting: ProposalRow| {
        let may = (caller.has(Right::Record) || caller.has(Right::Manage)) && !same_person(&waiting.by, &caller.name);
        json!({ "id": waiting.proposal, "by": waiting.by, "at": moment(waiting.at), "what": waiting.what, "may_confirm": may })
    };
    Ok(waiting(&view.app, PROPOSALS).await?.into_iter().map(row).collect())
}

#[derive(Deserialize)]
pub(super) struct ConcludeForm {
    csrf: String,
    proposal: String,
    reason: String,
    /// `confirm` or `reject`.
    act: String,
}

/// A second person confirms what one proposed, or rejects it.
pub(super) async fn conclude(view: View, Form(form): Form<ConcludeForm>) -> Result<Response, Refused> {
    let (view, caller) = view.proved(Right::Read, &form.csrf)?;
    if !(caller.has(Right::Record) || caller.has(Right::Manage)) || !matches!(form.act.as_str(), "confirm" | "reject") {
        return Err(view.refuse(axum::http::StatusCode::FORBIDDEN, "problem.role"));
    }
    let conclusion = Conclusion { confirmed: form.act == "confirm", reason: form.reason };
    match concluded(&view.app, &caller, form.proposal, conclusion).await {
        Ok(_) => Ok(Redirect::to("/").into_response()),
        Err(problem) => {
            let wrong = json!(format!("{} {}", problem.detail, problem.mend));
            page(view, &caller, &Chosen::default(), wrong).await
        }
    }
}

async fn context(view: &View, caller: &Caller, chosen: &Chosen, wrong: Value) -> Result<Value, Problem> {
    let policy = view.policy_named(&chosen.policy)?;
    let chosen_day = if chosen.date.is_empty() { this_day() } else { day("date", &chosen.date)? };
    let day = policy.law_date(chosen_day);
    let empty = Sums::default();
    let sums = view.app().shown.board.as_ref().map_or(&empty, |board| &board.sums);
    let outcome = |name: &str| sums.outcomes.get(name).copied().unwrap_or(0);
    let (queue, open) = cases::standing(view, (0, 8), false).await?;
    let near = near(view).await?;
    let second = second(view, caller).await?;
    let proposals = proposals(view, caller).await?;
    let mut context = pictures(view, &policy, day, sums)?;
    let (law, lists) = news(view, &policy, day);
    let members = json!({
        "policy": policy.name, "policies": view.policies(), "date": day.to_string(), "lines": sums.lines,
        "held": outcome("license_required"), "unsettled": outcome("needs_information"), "open": open, "cases": queue, "law": law, "lists": lists, "second": second, "proposals": proposals, "wrong": wrong, "near": near,
    });
    if let (Some(all), Value::Object(members)) = (context.as_object_mut(), members) {
        all.extend(members);
    }
    Ok(context)
}

/// Days on either side of today of which changes of the law are told.
const IN_SIGHT: i32 = 180;

/// What of the law began or begins to bind about now, the latest first, and the lists that are in use.
fn news(view: &View, policy: &Policy, day: Date) -> (Vec<Value>, Vec<Value>) {
    let (from, until) = (day.plus_days(-IN_SIGHT), day.plus_days(IN_SIGHT));
    let mut found: Vec<(Date, &str, &str)> = Vec::new();
    for provision in &policy.provisions {
        let near = provision.versions.iter().filter(|version| (from..=until).contains(&version.from));
        found.extend(near.map(|version| (version.from, provision.citation.as_str(), provision.title.as_str())));
    }
    found.sort_by(|one, other| other.cmp(one));
    let law = found
        .iter()
        .map(|(from, citation, title)| json!({ "from": from.to_string(), "citation": citation, "title": title }));
    let lists = view.app().screener.versions.iter().map(|list| {
        json!({ "file": list.file, "date": list.date.map(|date| date.to_string()), "entries": list.entries, "sha256": list.digest.chars().take(12).collect::<String>() })
    });
    (law.collect(), lists.collect())
}

fn account(view: &AccountView) -> Value {
    let percent = view
        .limit_milli_tpp
        .filter(|limit| *limit > 0)
        .map(|limit| {
            (i128::from(view.posted_milli_tpp) + i128::from(view.reserved_milli_tpp)) * 100 / i128::from(limit)
        })
        .map(|percent| percent.clamp(0, 1_000_000));
    json!({
        "rule": view.key.rule, "holder": view.key.holder, "posted": view.posted_milli_tpp / 1_000, "reserved": view.reserved_milli_tpp / 1_000,
        "limit": view.limit_milli_tpp.map(|limit| limit / 1_000), "percent": percent,
    })
}

/// Accounts of which four fifths or more are used.
async fn near(view: &View) -> Result<Vec<Value>, Problem> {
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
    Ok(view.render("allocations.html", "nav.allocations", json!({ "rows": rows, "further": further })))
}
