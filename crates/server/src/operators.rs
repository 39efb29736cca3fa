//! What an operator of data centers has been sent, against what its validated end-user authorization lets it hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_law::Policy;
use tollgate_ledger::{AccountKey, AccountKind};
use tollgate_model::{Country, Date};
use utoipa::IntoParams;

use super::Shared;
use super::access::{Caller, Right};
use super::problem::{Problem, Refusals};
use super::reads::bad_query;
use crate::today;
use tollgate_desk::tpp;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OnDay {
    /// The day; today where absent.
    #[param(format = Date)]
    date: Option<String>,
}

/// The installed base of an operator by country, and the geographic ratios of a universal validated end-user (15 CFR 748, supplement no. 10,
/// paragraph 6). What stood there before, or stands in the United States, is told by an adjustment of its `uveu` account for the country.
#[utoipa::path(
    get, path = "/v1/operators/{party}", tag = "allocations", params(("party" = String, Path, description = "the party's id"), OnDay),
    responses((status = 200, description = "`party`, `date`, `national`, `universal` with its `ratios`", body = Object), Refusals),
)]
pub(super) async fn operator(
    State(app): State<Shared>,
    caller: Caller,
    Path(party): Path<String>,
    query: Result<Query<OnDay>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Value>, Problem> {
    caller.may(Right::Read)?;
    let Query(OnDay { date }) = query.map_err(|error| bad_query(error.body_text()))?;
    let date: Option<Date> = date
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|_| bad_query("`date` is no day of the form YYYY-MM-DD"))?;
    let day = date.unwrap_or_else(today);
    let (holder, desk) = (party.clone(), Arc::clone(&app.desk));
    let (views, headquarters) = app
        .with_ledger(move |ledger| {
            let of_holder = |key: &AccountKey| {
                key.holder == holder && matches!(key.kind(), Some(AccountKind::Uveu | AccountKind::Nveu))
            };
            let views: Vec<_> = ledger.state().accounts(day, 0, &of_holder).map(|(_, view)| view).collect();
            let desk = desk.decider(ledger)?;
            Ok::<_, Problem>((views, desk.tables.parties.get(&holder).and_then(|party| party.hq_country)))
        })
        .await??;
    let (universal, national): (Vec<_>, Vec<_>) =
        views.into_iter().partition(|view| view.key.kind() == Some(AccountKind::Uveu));
    let national = national.iter().map(|view| {
        json!({ "country": view.key.country, "posted_tpp": tpp(view.posted_milli_tpp), "reserved_tpp": tpp(view.reserved_milli_tpp), "limit_tpp": view.limit_milli_tpp.map(tpp) })
    });
    let national: Vec<Value> = national.collect();
    let mut base: BTreeMap<Country, i128> = BTreeMap::new();
    for view in &universal {
        let country = view.key.country.as_deref().and_then(|code| code.parse().ok());
        *base.entry(country.unwrap_or(Country::UNITED_STATES)).or_default() += i128::from(view.posted_milli_tpp);
    }
    let installed: Vec<Value> = base
        .iter()
        .map(|(country, held)| json!({ "country": country.to_string(), "posted_tpp": sum_tpp(*held) }))
        .collect();
    let ratios = ratios(&app.desk.policy, day, &base, headquarters);
    Ok(Json(
        json!({ "party": party, "date": day.to_string(), "national": national, "universal": { "installed": installed, "ratios": ratios } }),
    ))
}

/// The three ratios in force on a day, each with what it comes to; none where the policy has none on that day or nothing is installed.
fn ratios(policy: &Policy, day: Date, base: &BTreeMap<Country, i128>, headquarters: Option<Country>) -> Vec<Value> {
    let total: i128 = base.values().sum();
    // Supplement no. 5(a) names who may be exported to: the United States itself is not among them, nor outside.
    let mut first_tier = policy.groups.countries("SUPP5A", day).unwrap_or_default();
    first_tier.insert(Country::UNITED_STATES);
    let abroad = |inside: &BTreeSet<Country>| -> i128 {
        base.iter().filter(|(country, _)| !inside.contains(country)).map(|(_, held)| *held).sum()
    };
    let outside = abroad(&first_tier);
    let single = base
        .iter()
        .filter(|(country, _)| !first_tier.contains(country))
        .max_by_key(|(country, held)| (**held, std::cmp::Reverse(**country)));
    let home = BTreeSet::from([Country::UNITED_STATES]);
    let all = [
        (
            "uveu_outside",
            "at most this share outside the countries of supplement no. 5(a) to part 740",
            Some(outside),
            None,
        ),
        (
            "uveu_country",
            "at most this share in any one country outside supplement no. 5(a)",
            Some(single.map_or(0, |(_, held)| *held)),
            single.map(|(country, _)| country.to_string()),
        ),
        (
            "uveu_abroad",
            "for an entity headquartered in the United States, at most this share outside it",
            (headquarters == Some(Country::UNITED_STATES)).then(|| abroad(&home)),
            None,
        ),
    ];
    let mut rows = Vec::new();
    for (name, rule, part, country) in all {
        let (Some(most), Some(part)) = (share(policy, day, name), part) else { continue };
        if total <= 0 {
            continue;
        }
        // Cross-multiplied, in thousandths of a percent: a ratio that is over by one unit is over.
        let kept = part * 100_000 <= total * i128::from(most);
        rows.push(json!({
            "rule": rule, "cite": "15 CFR 748, supplement no. 10, paragraph 6", "country": country, "most_percent": tpp(most),
            "percent": tpp(i64::try_from(part * 100_000 / total).unwrap_or(i64::MAX)), "kept": kept,
        }));
    }
    rows
}

/// A sum of several accounts, in thousandths of a TPP, as exact TPP.
fn sum_tpp(thousandths: i128) -> String {
    let (whole, rest) = (thousandths / 1_000, (thousandths % 1_000).unsigned_abs());
    let text = format!("{whole}.{rest:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A ratio of the provision in force on the day, in thousandths of a percent.
fn share(policy: &Policy, day: Date, name: &str) -> Option<i64> {
    let provision = policy.provisions.iter().find(|provision| provision.path == "748/748.15-veu")?;
    let law_day = policy.law_date(day);
    let version = provision.versions.iter().rev().find(|version| version.from <= law_day)?;
    version.parameters.get(name)?.on(law_day)?.thousandths()
}
