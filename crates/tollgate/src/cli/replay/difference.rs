use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use tollgate_law::Policy;
use tollgate_model::{Country, Date, OrderLine, Outcome, ReviewPolicy};
use tollgate_records::Declared;

use super::Short;
use super::schemes::Schemes;
use crate::report::{ReplayData, ReplayRow};
use crate::service::{Decided, Tables};

/// What became of a line under the other policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// It went without a license and needs one that may be granted.
    NewlyReviewed,
    /// It went, or might have been granted, and is refused.
    NewlyRefused,
    /// It needed a license and goes without.
    NewlyFree,
    /// It was refused, and a license may be granted.
    NewlyGrantable,
    /// It goes either way, under another authorization.
    OtherAuthorization,
    /// Facts are lacking under one of the two only.
    NewlyUnsettled,
    /// They were lacking, and the answer no longer turns on them.
    NewlySettled,
}

impl Change {
    /// Every one.
    pub(super) const ALL: [Change; 7] = [
        Change::NewlyReviewed,
        Change::NewlyRefused,
        Change::NewlyFree,
        Change::NewlyGrantable,
        Change::OtherAuthorization,
        Change::NewlyUnsettled,
        Change::NewlySettled,
    ];

    /// Its word in outputs.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Change::NewlyReviewed => "newly_reviewed",
            Change::NewlyRefused => "newly_refused",
            Change::NewlyFree => "newly_free",
            Change::NewlyGrantable => "newly_grantable",
            Change::OtherAuthorization => "other_authorization",
            Change::NewlyUnsettled => "newly_unsettled",
            Change::NewlySettled => "newly_settled",
        }
    }

    /// What changed, if anything.
    pub(super) fn of(before: Short, after: Short) -> Option<Change> {
        #[derive(PartialEq, Eq, PartialOrd, Ord)]
        enum Rank {
            Free,
            Reviewed,
            Refused,
        }
        let rank = |own: Short| match (own.outcome, own.review) {
            (Outcome::NoLicenseRequired | Outcome::LicenseException, _) => Some(Rank::Free),
            (Outcome::LicenseRequired, Some(ReviewPolicy::PresumptionOfDenial | ReviewPolicy::PolicyOfDenial)) => {
                Some(Rank::Refused)
            }
            (Outcome::LicenseRequired, _) => Some(Rank::Reviewed),
            (Outcome::NeedsInformation, _) => None,
        };
        match (rank(before), rank(after)) {
            (None, None) => None,
            (Some(_), None) => Some(Change::NewlyUnsettled),
            (None, Some(_)) => Some(Change::NewlySettled),
            (Some(one), Some(other)) if one == other => {
                let free = one == Rank::Free;
                let other = before.outcome != after.outcome || before.exception != after.exception;
                (free && other).then_some(Change::OtherAuthorization)
            }
            (Some(_), Some(Rank::Refused)) => Some(Change::NewlyRefused),
            (Some(_), Some(Rank::Free)) => Some(Change::NewlyFree),
            (Some(Rank::Free), Some(Rank::Reviewed)) => Some(Change::NewlyReviewed),
            (Some(_), Some(Rank::Reviewed)) => Some(Change::NewlyGrantable),
        }
    }
}

/// Lines and what they come to.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    lines: u64,
    tpp: u128,
    /// Cents, of lines that state a price.
    cents: u128,
}

impl Sum {
    fn json(self) -> Value {
        json!({ "lines": self.lines, "tpp": whole(self.tpp), "usd": whole(self.cents / 100) })
    }
}

fn whole(sum: u128) -> u64 {
    u64::try_from(sum).unwrap_or(u64::MAX)
}

type By<K> = BTreeMap<(Change, K), Sum>;

/// The difference of two policies over a file of orders.
pub(super) struct Difference {
    lines: u64,
    all: Sum,
    first: Option<Date>,
    last: Option<Date>,
    changes: BTreeMap<Change, Sum>,
    countries: By<Country>,
    tiers: By<u8>,
    months: By<(i32, u32)>,
    consignees: By<String>,
    first_tier: BTreeSet<Country>,
    third_tier: BTreeSet<Country>,
}

impl Difference {
    pub(super) fn new(policy: &Policy) -> Difference {
        let group = |name: &str| policy.groups.countries(name, Date::MAX).unwrap_or_default();
        Difference {
            lines: 0,
            all: Sum::default(),
            first: None,
            last: None,
            changes: BTreeMap::new(),
            countries: BTreeMap::new(),
            tiers: BTreeMap::new(),
            months: BTreeMap::new(),
            consignees: BTreeMap::new(),
            first_tier: group("SUPP5A"),
            third_tier: group("MACAU_D5"),
        }
    }

    fn tier(&self, country: Country) -> u8 {
        if self.third_tier.contains(&country) {
            3
        } else if self.first_tier.contains(&country) {
            1
        } else {
            2
        }
    }

    /// Adds a line; says what changed.
    pub(super) fn add(
        &mut self,
        order: &OrderLine<'_>,
        decided: &Decided<'_>,
        declared: Declared<'_>,
        (before, after): (Short, Short),
    ) -> Option<Change> {
        let tpp = decided.line.tpp.and_then(|tpp| u128::try_from(tpp.ceil()).ok()).unwrap_or(0);
        let cents =
            declared.unit_price_usd.and_then(|price| price.scaled_up(2)).and_then(|cents| u128::try_from(cents).ok());
        let cents = cents.unwrap_or(0).saturating_mul(u128::try_from(order.quantity).unwrap_or(0));
        let count = |sum: &mut Sum| {
            sum.lines += 1;
            sum.tpp = sum.tpp.saturating_add(tpp);
            sum.cents = sum.cents.saturating_add(cents);
        };
        self.lines += 1;
        count(&mut self.all);
        self.first = Some(self.first.map_or(order.date, |first| first.min(order.date)));
        self.last = Some(self.last.map_or(order.date, |last| last.max(order.date)));
        let change = Change::of(before, after)?;
        let tier = self.tier(order.destination);
        count(self.changes.entry(change).or_default());
        count(self.countries.entry((change, order.destination)).or_default());
        count(self.tiers.entry((change, tier)).or_default());
        count(self.months.entry((change, (order.date.year(), order.date.month()))).or_default());
        count(self.consignees.entry((change, order.ultimate_consignee.to_owned())).or_default());
        Some(change)
    }

    pub(super) fn json(&self, (policy, against): (&Policy, &Policy), schemes: Option<&Schemes>) -> Value {
        fn by<K>(sums: &By<K>, name: impl Fn(&K) -> String) -> Value {
            let rows = sums.iter().map(|((change, key), sum)| {
                let mut row = sum.json();
                if let Value::Object(row) = &mut row {
                    row.insert("change".to_owned(), change.as_str().into());
                    row.insert("key".to_owned(), name(key).into());
                }
                row
            });
            rows.collect()
        }
        let changes: BTreeMap<&str, Value> =
            self.changes.iter().map(|(change, sum)| (change.as_str(), sum.json())).collect();
        json!({
            "policy": policy.name, "policy_digest": policy.digest, "against": against.name, "against_digest": against.digest,
            "lines": self.lines, "tpp": whole(self.all.tpp), "usd": whole(self.all.cents / 100),
            "first": self.first.map(|date| date.to_string()), "last": self.last.map(|date| date.to_string()),
            "changes": changes, "by_country": by(&self.countries, |country| country.code().to_owned()),
            "by_tier": by(&self.tiers, u8::to_string), "by_month": by(&self.months, |(year, month)| format!("{year:04}-{month:02}")),
            "by_consignee": self.largest(), "schemes": schemes.map(Schemes::json), "program": env!("CARGO_PKG_VERSION"),
        })
    }

    /// The consignees whom most changes, by change and compute.
    fn largest(&self) -> Vec<Value> {
        let mut rows: Vec<(&(Change, String), &Sum)> = self.consignees.iter().collect();
        rows.sort_by(|(one, first), (other, second)| second.tpp.cmp(&first.tpp).then(one.cmp(other)));
        let row = |((change, party), sum): (&(Change, String), &Sum)| json!({ "change": change.as_str(), "key": party, "lines": sum.lines, "tpp": whole(sum.tpp), "usd": whole(sum.cents / 100) });
        rows.into_iter().take(100).map(row).collect()
    }

    pub(super) fn text(&self, (policy, against): (&Policy, &Policy), schemes: Option<&Schemes>, out: &Path) -> String {
        let mut text = format!("{} lines decided under {} and under {}\n", self.lines, policy.name, against.name);
        for change in Change::ALL {
            let sum = self.changes.get(&change).copied().unwrap_or_default();
            let name = change.as_str().replace('_', " ");
            let _ = writeln!(text, "  {:>9}  {name}: {} TPP, {} USD", sum.lines, sum.tpp, sum.cents / 100);
        }
        if let Some(schemes) = schemes {
            text.push_str(&schemes.text());
        }
        let _ = writeln!(text, "written: {}: diff.jsonl summary.json report.html", out.display());
        text
    }

    pub(super) fn report(
        &self,
        (policy, against): (&Policy, &Policy),
        tables: &Tables,
        schemes: Option<&Schemes>,
    ) -> ReplayData {
        let row = |change: Change, name: String, sum: &Sum| ReplayRow {
            change: change.as_str().replace('_', " "),
            name,
            lines: sum.lines,
            tpp: whole(sum.tpp),
            usd: whole(sum.cents / 100),
        };
        let named = |id: &str| {
            let name = tables.parties.get(id).and_then(|party| party.name.clone());
            name.map_or(id.to_owned(), |name| format!("{name} ({id})"))
        };
        fn largest<K: Clone + Ord>(
            sums: &By<K>,
            most: usize,
            row: impl Fn(Change, K, &Sum) -> ReplayRow,
        ) -> Vec<ReplayRow> {
            let mut rows: Vec<(&(Change, K), &Sum)> = sums.iter().collect();
            rows.sort_by(|(one, first), (other, second)| second.tpp.cmp(&first.tpp).then(one.cmp(other)));
            rows.into_iter().take(most).map(|((change, key), sum)| row(*change, key.clone(), sum)).collect()
        }
        ReplayData {
            policy: policy.name.clone(),
            against: against.name.clone(),
            digests: [policy.digest.clone(), against.digest.clone()],
            span: [self.first, self.last].map(|date| date.map_or(String::new(), |date| date.to_string())),
            lines: self.lines,
            tpp: whole(self.all.tpp),
            changes: self.changes.iter().map(|(change, sum)| row(*change, String::new(), sum)).collect(),
            tiers: self.tiers.iter().map(|((change, tier), sum)| row(*change, format!("tier {tier}"), sum)).collect(),
            countries: largest(&self.countries, 60, |change, country, sum| row(change, country.code().to_owned(), sum)),
            months: self
                .months
                .iter()
                .map(|((change, (year, month)), sum)| row(*change, format!("{year:04}-{month:02}"), sum))
                .collect(),
            consignees: largest(&self.consignees, 60, |change, party: String, sum| row(change, named(&party), sum)),
            schemes: schemes.map(Schemes::rows).unwrap_or_default(),
        }
    }
}
