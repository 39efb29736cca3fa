//! The counts of one file, in memory: what each holder has had under each account, and what was refused.

use std::collections::BTreeMap;

use tollgate_engine::Scratch;
use tollgate_law::facts;
use tollgate_law::program::{AccountRule, Counts, Holder, Label, Period, Program};
use tollgate_model::{Date, Outcome, ReviewPolicy, Tpp, Truth};

use super::facts::LineFacts;

/// An account: its name, its holder, and the year it counts (0 where it counts all).
type Key = (String, String, i32);

#[derive(Clone, Copy, Debug, Default)]
struct State {
    used: Tpp,
    refused: Tpp,
    limit: Option<Tpp>,
    lines: u64,
}

/// All accounts that some line has touched.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    states: BTreeMap<Key, State>,
    given: BTreeMap<String, Tpp>,
}

/// An account as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccountView {
    pub(crate) account: String,
    pub(crate) holder: String,
    pub(crate) period: String,
    pub(crate) used: Tpp,
    pub(crate) refused: Tpp,
    pub(crate) limit: Option<Tpp>,
    pub(crate) lines: u64,
}

impl Accounts {
    /// Accounts that every holder starts from, by name: for worked examples.
    pub(crate) fn starting_from(given: BTreeMap<String, Tpp>) -> Accounts {
        Accounts { states: BTreeMap::new(), given }
    }

    fn used(&self, key: &Key) -> Tpp {
        let given = || self.given.get(&key.0).copied().unwrap_or_default();
        self.states.get(key).map_or_else(given, |state| state.used)
    }

    /// Sets the facts that say how each account would stand after the line.
    pub(crate) fn set_facts(&self, program: &Program, line: &mut LineFacts, date: Date) {
        for fact in [
            facts::LPP_AFTER,
            facts::LPP_ALL_AFTER,
            facts::COUNTRY_AFTER,
            facts::COUNTRY_BEFORE,
            facts::NVEU_AFTER,
            facts::AIA_AFTER,
        ] {
            line.facts.set(fact, 0);
        }
        for rule in &program.accounts {
            let used = self.used(&key(rule, program, line, date));
            let after = line.tpp.map(|tpp| used.plus(tpp).thousandths());
            line.facts.set_if(rule.fact, after);
            if rule.fact == facts::COUNTRY_AFTER {
                line.facts.set(facts::COUNTRY_BEFORE, used.thousandths());
            }
        }
    }

    /// Counts a decided line where the accounts say so. `scratch` must have been run to the end.
    pub(crate) fn post(&mut self, program: &Program, line: &LineFacts, date: Date, label: Label, scratch: &Scratch) {
        let Some(tpp) = line.tpp.filter(|tpp| *tpp > Tpp::default()) else { return };
        for rule in &program.accounts {
            if scratch.truth(rule.step.when) != Truth::True {
                continue;
            }
            let key = key(rule, program, line, date);
            let limit =
                rule.limits.iter().find(|(when, _)| scratch.truth(*when) == Truth::True).map(|(_, limit)| *limit);
            let crosses = limit.is_some_and(|limit| self.used(&key).plus(tpp) > limit);
            let counted = counts(rule, program, label);
            let refused = !counted && crosses && label.outcome == Outcome::LicenseRequired;
            if !counted && !refused {
                continue;
            }
            let used = self.used(&key);
            let state = self.states.entry(key).or_insert(State { used, ..State::default() });
            state.limit = limit;
            state.lines += 1;
            if counted {
                state.used = state.used.plus(tpp);
            } else {
                state.refused = state.refused.plus(tpp);
            }
        }
    }

    /// Every account that a line has touched, by name, holder and period.
    pub(crate) fn views(&self) -> Vec<AccountView> {
        let view = |((account, holder, year), state): (&Key, &State)| AccountView {
            account: account.clone(),
            holder: holder.clone(),
            period: if *year == 0 { "cumulative".to_owned() } else { year.to_string() },
            used: state.used,
            refused: state.refused,
            limit: state.limit,
            lines: state.lines,
        };
        self.states.iter().map(view).collect()
    }
}

fn counts(rule: &AccountRule, program: &Program, label: Label) -> bool {
    let licensed =
        label.outcome == Outcome::LicenseRequired && label.review == Some(ReviewPolicy::PresumptionOfApproval);
    match rule.counts {
        Counts::License => licensed,
        Counts::Any => licensed || matches!(label.outcome, Outcome::NoLicenseRequired | Outcome::LicenseException),
        Counts::Exception => {
            let exception = label.exception.and_then(|at| program.exceptions.get(usize::from(at)));
            exception.is_some_and(|exception| exception.posts.as_deref() == Some(rule.account.as_str()))
        }
    }
}

fn key(rule: &AccountRule, program: &Program, line: &LineFacts, date: Date) -> Key {
    let charged_to_headquarters = program.readings.iter().any(|(fact, value)| *fact == facts::R_COUNTRY_HQ && *value);
    let holder = match rule.holder {
        Holder::UltimateParent => line.lpp_holder.ultimate_parent.clone(),
        Holder::Destination if charged_to_headquarters => headquarters(line).unwrap_or(line.destination).to_string(),
        Holder::Destination => line.destination.to_string(),
        Holder::ConsigneeAndDestination => format!("{} in {}", line.consignee_id, line.destination),
    };
    let year = match rule.period {
        Period::CalendarYear => date.year(),
        Period::Cumulative => 0,
    };
    (rule.account.clone(), holder, year)
}

fn headquarters(line: &LineFacts) -> Option<tollgate_model::Country> {
    line.consignee.parent_hq.flatten().or(line.consignee.hq.flatten())
}
