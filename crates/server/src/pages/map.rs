//! Where compute may go: the map and the trend of the file of orders.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_law::{Policy, Tier};
use tollgate_model::{Country, Date};
use tollgate_report::pages::picture::{MonthTpp, Shipped, months, world};
use tollgate_report::pages::short;

use super::super::access::Right;
use super::super::orders::{day, unusable};
use super::super::problem::Problem;
use super::{Refused, View};
use crate::{Sums, today as this_day};

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

/// On which day the tiers are looked at.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    date: String,
}

pub(super) async fn map(view: View, Query(chosen): Query<Chosen>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    match context(&view, &chosen) {
        Ok(context) => Ok(view.render("map.html", "nav.map", context)),
        Err(problem) => Err(view.failed(&problem)),
    }
}

fn context(view: &View, chosen: &Chosen) -> Result<Value, Problem> {
    let policy = &view.app().desk.policy;
    let chosen_day = if chosen.date.is_empty() { this_day() } else { day("date", &chosen.date)? };
    let empty = Sums::default();
    let sums = view.app().shown.board.as_ref().map_or(&empty, |board| &board.sums);
    let mut context = pictures(view, policy, policy.law_date(chosen_day), sums)?;
    let has_file = view.app().shown.board.as_ref().is_some_and(crate::Board::has_file);
    let members =
        json!({ "policy": policy.name, "date": chosen_day.to_string(), "lines": sums.lines, "has_file": has_file });
    if let (Some(all), Value::Object(members)) = (context.as_object_mut(), members) {
        all.extend(members);
    }
    Ok(context)
}
