//! Opening balances: what holders have had of accounts before the first line.

use std::path::Path;
use std::sync::Arc;

use tollgate_law::Policy;
use tollgate_law::facts::ear_country;
use tollgate_law::program::{AccountRule, Holder};
use tollgate_model::{Country, Date, Diagnostic, Diagnostics, PeriodLength, Place, Tpp};
use tollgate_records::OpeningBalance;

use super::accounts::{Accounts, OpenHolder, by_headquarters};
use super::facts::FactBuilder;
use super::tables::Tables;

/// Why a row of the opening balances is not understood, and how to mend it.
pub(crate) struct Refusal {
    row: u64,
    column: &'static str,
    value: String,
    what: String,
    mend: String,
}

/// Refuses opening balances that name no account of the policy, no holder, or a year where none is counted. Errors name each row.
pub fn check_opening(policy: &Arc<Policy>, tables: &Arc<Tables>, file: &Path) -> Result<(), Diagnostics> {
    if tables.opening.is_empty() {
        return Ok(());
    }
    let mut builder = FactBuilder::new(Arc::clone(tables), policy);
    let (_, refusals) = opened_accounts(policy, &mut builder);
    if refusals.is_empty() {
        return Ok(());
    }
    let diagnostic = |refusal: Refusal| {
        let place = Place::cell(file.display().to_string(), refusal.row, refusal.column, refusal.value);
        Diagnostic::new("bad-opening-balance", place, refusal.what, refusal.mend)
    };
    Err(Diagnostics::up_to(tollgate_records::MAX_ERRORS, refusals.into_iter().map(diagnostic).collect()))
}

/// Accounts with the opening balances of the builder's tables, and the rows that are not understood.
pub(crate) fn opened_accounts(policy: &Policy, builder: &mut FactBuilder) -> (Accounts, Vec<Refusal>) {
    let mut accounts = Accounts::default();
    let mut refusals = Vec::new();
    let rows: Vec<OpeningBalance> = builder.tables().opening.clone();
    for row in &rows {
        if let Err(refusal) = open_row(&mut accounts, row, policy, builder) {
            refusals.push(refusal);
        }
    }
    (accounts, refusals)
}

fn open_row(
    accounts: &mut Accounts,
    row: &OpeningBalance,
    policy: &Policy,
    builder: &mut FactBuilder,
) -> Result<(), Refusal> {
    let refuse = |column, value: &str, what: String, mend: &str| Refusal {
        row: row.row,
        column,
        value: value.to_owned(),
        what,
        mend: mend.to_owned(),
    };
    let Some((rule, by_seat)) = rule_of(policy, &row.account) else {
        let what = format!("the policy `{}` has no such account", policy.name);
        return Err(refuse("account", &row.account, what, &format!("write one of: {}", names_of(policy).join(", "))));
    };
    let year = match (rule.period, row.year) {
        (PeriodLength::CalendarYear, Some(year)) => {
            i32::try_from(year).ok().filter(|year| (2000..=2199).contains(year))
        }
        (PeriodLength::Cumulative, None) => Some(0),
        (PeriodLength::CalendarYear, None) | (PeriodLength::Cumulative, Some(_)) => None,
    };
    let shown = row.year.map_or(String::new(), |year| year.to_string());
    let Some(year) = year else {
        let what = format!("is no year of the account `{}`", row.account);
        let mend = "write the calendar year of an account that counts years, and nothing for one that counts all";
        return Err(refuse("year", &shown, what, mend));
    };
    let place = row.country.map(ear_country);
    let holder = match (rule.holder, place) {
        (Holder::UltimateParent, None) => {
            let day = Date::from_ymd(year.max(2000), 1, 1).unwrap_or(Date::MIN);
            OpenHolder::Party(builder.party_on(&row.holder, day).parent)
        }
        (Holder::Consignee, None) => OpenHolder::Party(builder.names.place(&row.holder)),
        (Holder::ConsigneeAndDestination, Some(country)) => {
            OpenHolder::PartyIn(builder.names.place(&row.holder), country)
        }
        (Holder::Destination, None) => match Country::from_text(&row.holder) {
            Ok(country) => OpenHolder::Country(ear_country(country)),
            Err(_) => {
                let by = if by_seat { " (of the headquarters)" } else { "" };
                let what = format!("the account `{}` is a country's{by}, and this is none", row.account);
                return Err(refuse("holder", &row.holder, what, "write its ISO 3166-1 alpha-2 code"));
            }
        },
        (Holder::ConsigneeAndDestination, None) => {
            let what = format!("the account `{}` is one of a party in a country, and none is stated", row.account);
            return Err(refuse("country", "", what, "write where the items stand"));
        }
        (_, Some(country)) => {
            let what = format!("the account `{}` counts all countries together", row.account);
            return Err(refuse("country", country.code(), what, "leave the country empty"));
        }
    };
    let Some(used) = row.tpp.scaled_up(3).map(Tpp::from_thousandths) else {
        return Err(refuse("tpp", &row.tpp.to_string(), "is too large".to_owned(), "write the TPP that has gone"));
    };
    if accounts.open(&row.account, holder, year, used) {
        Ok(())
    } else {
        let what = "the account of this holder stands in an earlier row already".to_owned();
        Err(refuse("holder", &row.holder, what, "add the rows up: subsidiaries count with their ultimate parent"))
    }
}

/// The rule of an account in whatever epoch has one, and whether countries are charged by headquarters there.
fn rule_of<'p>(policy: &'p Policy, account: &str) -> Option<(&'p AccountRule, bool)> {
    days_of(policy).into_iter().find_map(|day| {
        let program = policy.program(day);
        let rule = program.accounts.iter().find(|rule| rule.account == account)?;
        Some((rule, by_headquarters(program)))
    })
}

fn names_of(policy: &Policy) -> Vec<String> {
    let all = days_of(policy).into_iter().flat_map(|day| &policy.program(day).accounts);
    let names: std::collections::BTreeSet<String> = all.map(|rule| rule.account.clone()).collect();
    if names.is_empty() { vec!["(it has none: choose another policy)".to_owned()] } else { names.into_iter().collect() }
}

/// A day of each epoch, the latest first.
fn days_of(policy: &Policy) -> Vec<Date> {
    let mut days = policy.epochs();
    days.reverse();
    days
}
