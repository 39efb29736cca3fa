//! What an operator of data centers has been sent, against what its validated end-user authorization lets it hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_law::{Policy, Tier};
use tollgate_ledger::{AccountKey, AccountKind, AccountView};
use tollgate_model::{Country, Date};
use utoipa::IntoParams;

use super::Shared;
use super::access::{Caller, Right};
use super::problem::{Problem, Refusals};
use super::reads::bad_query;
use crate::today;
use tollgate_desk::tpp;

/// Where the ratios stand.
const CITE: &str = "15 CFR 748, supplement no. 10, paragraph 6";

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
    let base = InstalledBase::of(&universal);
    let mut installed: Vec<Value> = base
        .by_country
        .iter()
        .map(|(country, held)| json!({ "country": country.to_string(), "posted_tpp": sum_tpp(*held) }))
        .collect();
    // What stands in no country that is known is shown as it is recorded.
    installed.extend(
        base.unread.iter().map(
            |view| json!({ "country": view.key.country, "posted_tpp": tpp(view.posted_milli_tpp), "unread": true }),
        ),
    );
    let ratios = ratios(&app.desk.policy, day, &base, headquarters);
    Ok(Json(
        json!({ "party": party, "date": day.to_string(), "national": national, "universal": { "installed": installed, "ratios": ratios } }),
    ))
}

/// What a universal validated end-user holds, from its accounts.
struct InstalledBase<'a> {
    /// What it was sent to each country, in thousandths of a TPP.
    by_country: BTreeMap<Country, i128>,
    /// Accounts whose country is absent or not understood: what they hold may stand anywhere.
    unread: Vec<&'a AccountView>,
}

impl InstalledBase<'_> {
    fn of(accounts: &[AccountView]) -> InstalledBase<'_> {
        let mut base = InstalledBase { by_country: BTreeMap::new(), unread: Vec::new() };
        for view in accounts {
            match view.key.country.as_deref().map(str::parse::<Country>) {
                Some(Ok(country)) if country != Country::UNKNOWN => {
                    *base.by_country.entry(country).or_default() += i128::from(view.posted_milli_tpp);
                }
                _ => base.unread.push(view),
            }
        }
        base
    }

    /// What stands outside some countries.
    fn outside(&self, inside: impl Fn(Country) -> bool) -> i128 {
        self.by_country.iter().filter(|(country, _)| !inside(**country)).map(|(_, held)| *held).sum()
    }

    /// The country outside some others where most stands, and how much.
    fn largest(&self, inside: impl Fn(Country) -> bool) -> Option<(Country, i128)> {
        let outside = self.by_country.iter().filter(|(country, _)| !inside(**country));
        let largest = outside.max_by_key(|(country, held)| (**held, std::cmp::Reverse(**country)));
        largest.map(|(country, held)| (*country, *held))
    }

    /// Why no ratio of it can be told, a sentence for each account.
    fn unsettled(&self) -> Vec<String> {
        let sentence = |view: &&AccountView| {
            let key = &view.key;
            let country = match &key.country {
                Some(country) => format!("`{country}`, which is no country"),
                None => "absent".to_owned(),
            };
            format!(
                "The country of the account `{}` of `{}`, which holds {} TPP, is {country}: move what it holds to an account with an ISO 3166-1 alpha-2 code.",
                key.rule,
                key.holder,
                tpp(view.posted_milli_tpp)
            )
        };
        self.unread.iter().map(sentence).collect()
    }
}

/// A ratio of the rule before it is compared with what is allowed.
struct Ratio {
    /// The parameter that states the most.
    parameter: &'static str,
    rule: &'static str,
    /// What is compared with the whole, in thousandths of a TPP; `None` where the ratio does not bind.
    part: Option<i128>,
    country: Option<Country>,
    /// Why it cannot be told, a sentence each.
    unsettled: Vec<String>,
}

/// The three ratios that an installed base has: `Err` names a group of countries that the law lacks.
fn all_ratios(
    policy: &Policy,
    day: Date,
    base: &InstalledBase<'_>,
    headquarters: Option<Country>,
) -> Result<[Ratio; 3], &'static str> {
    let tiers = policy.tiers(policy.law_date(day))?;
    let is_home = |country: Country| country == Country::UNITED_STATES;
    // Supplement no. 5(a) names who may be exported to: the United States itself is not among them, nor outside.
    let is_inside = |country: Country| is_home(country) || tiers.tier(country) == Tier::First;
    let largest = base.largest(is_inside);
    let unsettled = base.unsettled();
    let mut unsettled_abroad = unsettled.clone();
    if headquarters.is_none() {
        unsettled_abroad.push(
            "Where it is headquartered is not known: state it in the column `hq_country` of the parties table."
                .to_owned(),
        );
    }
    Ok([
        Ratio {
            parameter: "uveu_outside",
            rule: "at most this share outside the countries of supplement no. 5(a) to part 740",
            part: Some(base.outside(is_inside)),
            country: None,
            unsettled: unsettled.clone(),
        },
        Ratio {
            parameter: "uveu_country",
            rule: "at most this share in any one country outside supplement no. 5(a)",
            part: Some(largest.map_or(0, |(_, held)| held)),
            country: largest.map(|(country, _)| country),
            unsettled,
        },
        Ratio {
            parameter: "uveu_abroad",
            rule: "for an entity headquartered in the United States, at most this share outside it",
            part: headquarters.is_none_or(is_home).then(|| base.outside(is_home)),
            country: None,
            unsettled: unsettled_abroad,
        },
    ])
}

/// The ratios in force on a day, each with what it comes to; none where the policy has none on that day or nothing is installed. One that cannot be told
/// has neither `percent` nor `kept`, and says in `unsettled` why.
fn ratios(policy: &Policy, day: Date, base: &InstalledBase<'_>, headquarters: Option<Country>) -> Vec<Value> {
    let total: i128 = base.by_country.values().sum();
    if total <= 0 && base.unread.is_empty() {
        return Vec::new();
    }
    let all = match all_ratios(policy, day, base, headquarters) {
        Ok(all) => all,
        Err(group) => {
            let reason = format!("The law has no country group `{group}`: add it, or choose another policy.");
            return vec![json!({ "cite": CITE, "percent": null, "kept": null, "unsettled": [reason] })];
        }
    };
    let mut rows = Vec::new();
    for ratio in all {
        let (Some(most), Some(part)) = (share(policy, day, ratio.parameter), ratio.part) else { continue };
        let country = ratio.country.map(|country| country.to_string());
        if !ratio.unsettled.is_empty() {
            rows.push(json!({
                "rule": ratio.rule, "cite": CITE, "country": null, "most_percent": tpp(most),
                "percent": null, "kept": null, "unsettled": ratio.unsettled,
            }));
            continue;
        }
        // Cross-multiplied, in thousandths of a percent: a ratio that is over by one unit is over.
        let is_within = part * 100_000 <= total * i128::from(most);
        // A ratio that is too large to be written is shown as none; whether it is kept is exact all the same.
        let percent = i64::try_from(part * 100_000 / total).ok().map(tpp);
        rows.push(json!({
            "rule": ratio.rule, "cite": CITE, "country": country, "most_percent": tpp(most),
            "percent": percent, "kept": is_within,
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

#[cfg(test)]
mod tests {
    use tollgate_law::Law;
    use tollgate_model::Period;

    use super::*;

    fn account(country: Option<&str>, posted_milli_tpp: i64) -> AccountView {
        let key = AccountKey {
            rule: "uveu".to_owned(),
            holder: "cloud".to_owned(),
            country: country.map(str::to_owned),
            period: Period::All,
        };
        AccountView {
            key,
            posted_milli_tpp,
            reserved_milli_tpp: 0,
            limit_milli_tpp: None,
            provision: String::new(),
            available_milli_tpp: None,
            breach: None,
        }
    }

    fn ratios_of(accounts: &[AccountView], headquarters: Option<Country>) -> Vec<Value> {
        let policy = Law::embedded().unwrap().policy("diffusion").unwrap();
        ratios(&policy, "2025-06-30".parse().unwrap(), &InstalledBase::of(accounts), headquarters)
    }

    #[test]
    fn an_account_without_a_country_leaves_the_ratios_unsettled_and_is_named() {
        let home = Some(Country::UNITED_STATES);
        let settled = ratios_of(&[account(Some("US"), 9_000_000), account(Some("IN"), 100_000)], home);
        assert_eq!(settled.iter().map(|ratio| ratio["kept"].clone()).collect::<Vec<_>>(), [true; 3].map(Value::from));
        for (country, named) in [(None, "absent"), (Some("Freedonia"), "`Freedonia`")] {
            let unread = account(country, 100_000);
            for accounts in [vec![unread.clone()], vec![account(Some("US"), 9_000_000), unread]] {
                let found = ratios_of(&accounts, home);
                assert_eq!(found.len(), 3);
                for ratio in found {
                    assert!(ratio["kept"].is_null() && ratio["percent"].is_null(), "{ratio}");
                    let reason = ratio["unsettled"][0].as_str().unwrap();
                    assert!(reason.contains("`cloud`") && reason.contains(named), "{reason}");
                }
            }
        }
    }

    #[test]
    fn unknown_headquarters_leave_only_the_ratio_of_americans_unsettled() {
        let accounts = [account(Some("US"), 9_000_000), account(Some("DE"), 9_100_000)];
        let kept = |headquarters| {
            ratios_of(&accounts, headquarters).iter().map(|ratio| ratio["kept"].as_bool()).collect::<Vec<_>>()
        };
        assert_eq!(kept(Some(Country::UNITED_STATES)), [Some(true), Some(true), Some(false)]);
        assert_eq!(kept(None), [Some(true), Some(true), None]);
        assert_eq!(kept(Some("DE".parse().unwrap())), [Some(true), Some(true)]);
    }
}
