//! The counts of one file, in memory: what each holder has had under each account, and what was refused.

use std::collections::BTreeMap;

use tollgate_engine::Scratch;
use tollgate_law::facts::{self, FactId};
use tollgate_law::program::{AccountRule, Counts, Holder, Label, MAX_ACCOUNTS, Program};
use tollgate_model::{AccountKey, Country, Date, Outcome, Period, PeriodLength, ReviewPolicy, Tpp, Truth, always};

use super::facts::LineFacts;
use super::names::{Name, Names};
use super::parties::PartyFacts;

/// An account: its name, its holder, and the year it counts (0 where it counts all).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    account: Name,
    holder: HolderKey,
    year: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum HolderKey {
    Party(Name),
    Country(Country),
    PartyIn(Name, Country),
}

/// Who holds an account of which an opening balance is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OpenHolder {
    /// A party, over all countries.
    Party(Name),
    /// A country.
    Country(Country),
    /// A party in a country.
    PartyIn(Name, Country),
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    used: Tpp,
    refused: Tpp,
    limit: Option<Tpp>,
    /// Whether the limit stops what is charged, and is not only compared with it by a condition of the law.
    binds: bool,
    lines: u64,
}

/// All accounts that some line has touched.
#[derive(Debug, Default)]
pub struct Accounts {
    #[expect(clippy::disallowed_types, reason = "looked up by key; shown in the order of names")]
    states: std::collections::HashMap<Key, State, ahash::RandomState>,
    /// What every holder has had of an account before its first line; nothing where an account is not named.
    initial_use: BTreeMap<String, Tpp>,
    accounts: Names,
    /// The accounts of the line that is being decided, in the order of the program's rules.
    keys: Vec<Key>,
}

/// An account as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllocationRow {
    /// The name of the account, as the law's files call it.
    pub account: String,
    /// Who is counted: a party, a country, or a party in a country.
    pub holder: String,
    /// The year that it counts, or `cumulative`.
    pub period: String,
    /// What has gone.
    pub used: Tpp,
    /// What was refused because it would have crossed the limit.
    pub refused: Tpp,
    /// The limit; `None` where there is none.
    pub limit: Option<Tpp>,
    /// How many lines touched it.
    pub lines: u64,
}

/// What lines of the same parties and destination are charged to.
#[derive(Clone, Copy, Debug)]
pub struct ChargeRule {
    /// Whether the operator is charged where an order names one, and not the consignee.
    pub operator: bool,
    /// Where the consignee, or its parent, has its headquarters.
    pub headquarters: Option<Country>,
    /// As the EAR counts it.
    pub destination: Country,
}

impl Accounts {
    /// Accounts of which every holder has had so much before the first line, by the account's name: for worked examples.
    pub fn with_initial_use(initial_use: BTreeMap<String, Tpp>) -> Accounts {
        Accounts { initial_use, ..Accounts::default() }
    }

    fn used(&self, key: &Key) -> Tpp {
        let initial = || initial_use_of(&self.initial_use, self.accounts.text(key.account));
        self.states.get(key).map_or_else(initial, |state| state.used)
    }

    /// Sets the facts that say how each account would stand after the line.
    pub fn set_facts(&mut self, program: &Program, line: &mut LineFacts, date: Date) {
        self.keys.clear();
        for rule in &program.accounts {
            let key = self.key(rule, program, line, date);
            self.keys.push(key);
        }
        set_account_facts(program, line, self.keys.iter().map(|key| self.used(key)));
    }

    /// Counts the line for which the facts were set last, where the accounts say so. `scratch` must have been finished.
    pub fn post(&mut self, program: &Program, line: &LineFacts, label: Label, scratch: &Scratch) {
        let Some(tpp) = line.tpp.filter(|tpp| *tpp > Tpp::default()) else { return };
        for (place, rule) in program.accounts.iter().enumerate() {
            let Some(key) = self.keys.get(place).copied() else { continue };
            if scratch.truth(rule.step.when) != Truth::True {
                continue;
            }
            let limit = limit_of(rule, scratch);
            let counted = counts(rule, program, label);
            let crosses = || limit.is_some_and(|limit| self.used(&key).plus(tpp) > limit);
            let refused = !counted && label.outcome == Outcome::LicenseRequired && crosses();
            if !counted && !refused {
                continue;
            }
            let (initial_use, accounts) = (&self.initial_use, &self.accounts);
            let initial =
                || State { used: initial_use_of(initial_use, accounts.text(key.account)), ..State::default() };
            let state = self.states.entry(key).or_insert_with(initial);
            state.limit = limit;
            state.binds = binds(rule, program);
            state.lines += 1;
            if counted {
                state.used = state.used.plus(tpp);
            } else {
                state.refused = state.refused.plus(tpp);
            }
        }
    }

    /// Takes the use of each account of the line for which the facts were set last from `used`, in place of what was counted here.
    /// An account is named by its place among the program's and by its key.
    pub fn set_use(&mut self, program: &Program, names: &Names, used: &dyn Fn(usize, &AccountKey) -> Tpp) {
        for (place, (rule, key)) in program.accounts.iter().zip(self.keys.clone()).enumerate() {
            let used = used(place, &ledger_key(&rule.account, &key, names));
            self.states.insert(key, State { used, ..State::default() });
        }
    }

    /// The accounts in which the line that was decided last was counted, with their limits.
    pub fn charges(&self, names: &Names) -> Vec<(AccountKey, Option<Tpp>)> {
        let states = self.keys.iter().filter_map(|key| Some((key, self.states.get(key)?)));
        let counted = states.filter(|(_, state)| state.lines > 0 && state.refused == Tpp::default());
        counted
            .map(|(key, state)| {
                (ledger_key(self.accounts.text(key.account), key, names), state.limit.filter(|_| state.binds))
            })
            .collect()
    }

    /// The accounts that the law has for the line that was decided last, counted there or not, each with its limit.
    pub fn limits(&self, program: &Program, scratch: &Scratch, names: &Names) -> Vec<(AccountKey, Option<Tpp>)> {
        let rules = program.accounts.iter().zip(&self.keys);
        let applying = rules.filter(|(rule, _)| scratch.truth(rule.step.when) == Truth::True);
        applying
            .map(|(rule, key)| {
                (ledger_key(&rule.account, key, names), limit_of(rule, scratch).filter(|_| binds(rule, program)))
            })
            .collect()
    }

    /// Sets what a holder has had of an account before the first line, which no line has touched yet. `false` where that was set before.
    pub(crate) fn open(&mut self, account: &str, holder: OpenHolder, year: i32, used: Tpp) -> bool {
        let holder = match holder {
            OpenHolder::Party(party) => HolderKey::Party(party),
            OpenHolder::Country(country) => HolderKey::Country(country),
            OpenHolder::PartyIn(party, country) => HolderKey::PartyIn(party, country),
        };
        let key = Key { account: self.accounts.place(account), holder, year };
        self.states.insert(key, State { used, ..State::default() }).is_none()
    }

    /// Every account that a line has touched, by name, holder and period.
    pub fn views(&self, names: &Names) -> Vec<AllocationRow> {
        let view = |(key, state): (&Key, &State)| AllocationRow {
            account: self.accounts.text(key.account).to_owned(),
            holder: match key.holder {
                HolderKey::Party(party) => names.text(party).to_owned(),
                HolderKey::Country(country) => country.to_string(),
                HolderKey::PartyIn(party, country) => format!("{} in {country}", names.text(party)),
            },
            period: if key.year == 0 { "cumulative".to_owned() } else { key.year.to_string() },
            used: state.used,
            refused: state.refused,
            limit: state.limit,
            lines: state.lines,
        };
        let mut views: Vec<AllocationRow> = self.states.iter().map(view).collect();
        views.sort_by(|a, b| (&a.account, &a.holder, &a.period).cmp(&(&b.account, &b.holder, &b.period)));
        views
    }

    fn key(&mut self, rule: &AccountRule, program: &Program, line: &LineFacts, date: Date) -> Key {
        let holder = match rule.holder {
            Holder::UltimateParent => HolderKey::Party(line.lpp_holder.parent),
            Holder::Destination if by_headquarters(program) => {
                HolderKey::Country(headquarters(&line.consignee).unwrap_or(line.destination))
            }
            Holder::Destination => HolderKey::Country(line.destination),
            Holder::Consignee => HolderKey::Party(line.consignee.name),
            Holder::ConsigneeAndDestination => HolderKey::PartyIn(line.consignee.name, line.destination),
        };
        let year = match rule.period {
            PeriodLength::CalendarYear => date.year(),
            PeriodLength::Cumulative => 0,
        };
        Key { account: self.accounts.place(&rule.account), holder, year }
    }
}

/// What every holder has had of an account before its first line.
fn initial_use_of(initial_use: &BTreeMap<String, Tpp>, account: &str) -> Tpp {
    initial_use.get(account).map_or_else(Tpp::default, |used| *used)
}

/// An account as the ledger calls it.
fn ledger_key(rule: &str, key: &Key, names: &Names) -> AccountKey {
    let (holder, country) = match key.holder {
        HolderKey::Party(party) => (names.text(party).to_owned(), None),
        HolderKey::Country(country) => (country.to_string(), None),
        HolderKey::PartyIn(party, country) => (names.text(party).to_owned(), Some(country.to_string())),
    };
    let period = if key.year == 0 { Period::All } else { Period::Year(key.year) };
    AccountKey { rule: rule.to_owned(), holder, country, period }
}

fn limit_of(rule: &AccountRule, scratch: &Scratch) -> Option<Tpp> {
    rule.limits.iter().find(|(when, _)| scratch.truth(*when) == Truth::True).map(|(_, limit)| *limit)
}

/// What counts all that goes stops nothing by itself: conditions compare it. Under the reading that makes it the limit of an exception it does.
fn binds(rule: &AccountRule, program: &Program) -> bool {
    let read = |reading| program.readings.iter().any(|(fact, value)| *fact == reading && *value);
    rule.counts != Counts::Any || read(facts::R_LPP_ALL)
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

/// Bit i is set if account i of the program counts a line with this label: where it is at least as true as `least` that the account is about the
/// line, so with [`Truth::Unknown`] also if it only might be. At most 64 accounts.
pub(crate) fn account_bits(program: &Program, label: Label, scratch: &Scratch, least: Truth) -> u64 {
    if !always!(program.accounts.len() <= MAX_ACCOUNTS, "a program has {} accounts", program.accounts.len()) {
        // Counted in every account, a line widens nothing.
        return u64::MAX;
    }
    let rules = program.accounts.iter().enumerate();
    let counted = rules.filter(|(_, rule)| scratch.truth(rule.step.when) >= least && counts(rule, program, label));
    counted.fold(0, |bits, (place, _)| bits | 1 << place)
}

/// Makes unknown how the program's accounts stand; says by which facts they do.
pub(crate) fn forget_account_facts(program: &Program, line: &mut LineFacts) -> Vec<FactId> {
    set_account_facts(program, line, std::iter::empty());
    let mut all: Vec<FactId> = program.accounts.iter().map(|rule| rule.fact).collect();
    if all.contains(&facts::COUNTRY_AFTER) {
        all.push(facts::COUNTRY_BEFORE);
    }
    all.iter().for_each(|fact| line.facts.forget(*fact));
    all
}

/// Whether a country's account is charged by headquarters and not by destination.
pub fn by_headquarters(program: &Program) -> bool {
    program.readings.iter().any(|(fact, value)| *fact == facts::R_COUNTRY_HQ && *value)
}

pub(crate) fn headquarters(consignee: &PartyFacts) -> Option<Country> {
    consignee.parent_hq.flatten().or(consignee.hq.flatten())
}

/// Sets the facts that say how each account stands before and after a line, of what is used of each of the program's.
pub(crate) fn set_account_facts(program: &Program, line: &mut LineFacts, used: impl Iterator<Item = Tpp>) {
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
    for (rule, used) in program.accounts.iter().zip(used) {
        line.facts.set_if(rule.fact, line.tpp.map(|tpp| used.plus(tpp).thousandths()));
        if rule.fact == facts::COUNTRY_AFTER {
            line.facts.set(facts::COUNTRY_BEFORE, used.thousandths());
        }
    }
}
