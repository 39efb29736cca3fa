//! A policy that was changed midway: the accounts get the limits that it gives them from a day on.

use std::collections::BTreeMap;

use tollgate_ledger::{AccountKey, Command, Ledger, Log, Period};
use tollgate_model::{AccountKind, Date, Tpp};

use super::decider_state::Desk;
use super::decision::{Decision, decision_in, limit_command, unavailable};
use super::error::DeskError;
use super::order::OrderRequest;

/// Records that are read together.
const PAGE: u32 = 10_000;

/// A limit that a policy sets otherwise than it stands.
#[derive(Clone, Debug)]
pub struct LimitChange {
    /// The command that sets it.
    pub command: Command,
    /// The limit that stands, in thousandths of a TPP; `None` where there is none.
    pub old_limit_milli_tpp: Option<i64>,
}

/// The limits that differ, each with the one that stands; what an account is limited to is read off the last order that was charged to it.
pub fn limit_changes(desk: &Desk, ledger: &mut Ledger<impl Log>, from: Date) -> Result<Vec<LimitChange>, DeskError> {
    let orders = last_orders(ledger)?;
    let mut changes = Vec::new();
    for (key, order) in orders {
        let Some(begin) = first_day(key.period, from) else { continue };
        let mut line = order.line().map_err(|(what, _)| unavailable(&what))?;
        // A limit that was set for a later day would come back on it.
        let later = ledger.state().limit_days(&key).filter(|day| *day > begin);
        let days: Vec<Date> = std::iter::once(begin).chain(later).collect();
        for day in days {
            line.date = day;
            let found = desk.decider(ledger)?.decider.limits_for(&line).map_err(|error| unavailable(&error.what))?;
            let account = found.into_iter().find(|(account, _)| *account == key);
            let limit = account.and_then(|(_, limit)| limit).map(Tpp::thousandths);
            let Some(view) = ledger.state().account(&key, day) else { continue };
            if view.limit_milli_tpp != limit {
                let command = limit_command(&key, day, limit, &desk.policy.name);
                changes.push(LimitChange { command, old_limit_milli_tpp: view.limit_milli_tpp });
            }
        }
    }
    Ok(changes)
}

/// The first day of a period that a new limit touches; nothing where the period is over.
fn first_day(period: Period, from: Date) -> Option<Date> {
    let year = match period {
        Period::All => return Some(from),
        Period::Year(year) | Period::Quarter(year, _) => year,
    };
    if period.contains(from) {
        return Some(from);
    }
    let quarter = if let Period::Quarter(_, quarter) = period { quarter } else { 1 };
    Date::from_ymd(year, quarter.saturating_sub(1) * 3 + 1, 1).filter(|begin| *begin > from)
}

fn last_orders(ledger: &mut Ledger<impl Log>) -> Result<BTreeMap<AccountKey, OrderRequest>, DeskError> {
    let mut last = BTreeMap::new();
    let (mut after, end) = (0, ledger.head().seq);
    while after < end {
        let mut unreadable: Option<String> = None;
        let page = ledger.page(after, PAGE, &mut |record| {
            after = record.seq;
            let decision = match decision_in::<Decision>(record) {
                Ok(Some(decision)) => decision,
                Ok(None) => return,
                Err(what) => {
                    unreadable.get_or_insert(what);
                    return;
                }
            };
            if let Some(Command::Reserve { accounts, .. } | Command::Amend { accounts, .. }) = decision.reserve {
                last.extend(accounts.into_iter().map(|key| (key, decision.order.clone())));
            }
        });
        page.map_err(|error| unavailable(&error.to_string()))?;
        if let Some(what) = unreadable {
            return Err(unavailable(&what));
        }
    }
    // What is counted without a ceiling on purpose has no limit to change.
    last.retain(|key, _| key.kind().is_none_or(AccountKind::is_of_law));
    Ok(last)
}
