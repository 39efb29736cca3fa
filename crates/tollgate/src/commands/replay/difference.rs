//! What differs between two policies, summed up.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use tollgate_law::{Policy, Tier, Tiers};
use tollgate_model::{Country, Date};

use super::schemes::Schemes;
use crate::commands::{Failure, saturated};
use tollgate_decide::{Name, Names, Tables};
use tollgate_replay::{Change, EncodedLine, Verdict};
use tollgate_report::{ReplayData, ReplayRow};

/// Lines and what they come to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) lines: u64,
    pub(super) tpp: u128,
    /// Cents, of lines that state a price.
    pub(super) cents: u128,
}

impl Sum {
    fn add(&mut self, other: Sum) {
        self.lines += other.lines;
        self.tpp = self.tpp.saturating_add(other.tpp);
        self.cents = self.cents.saturating_add(other.cents);
    }

    fn json(self) -> Value {
        json!({ "lines": self.lines, "tpp": saturated(self.tpp), "usd": saturated(self.cents / 100) })
    }
}

type By<K> = BTreeMap<(Change, K), Sum>;

#[expect(clippy::disallowed_types, reason = "put in order before it is shown")]
type ByName = std::collections::HashMap<(Change, Name), Sum, ahash::RandomState>;

/// The difference of two policies over a file of orders.
pub(super) struct Difference {
    all: Sum,
    first: Option<Date>,
    last: Option<Date>,
    changes: BTreeMap<Change, Sum>,
    countries: By<Country>,
    tiers: By<Tier>,
    months: By<(i32, u32)>,
    named: ByName,
    consignees: By<String>,
    tiers_of_countries: Tiers,
}

impl Difference {
    /// Nothing yet; an error where the law lacks a country group that makes a tier.
    pub(super) fn new(policy: &Policy) -> Result<Difference, Failure> {
        // One tier for a country in all years.
        let tiers_of_countries = policy.tiers(Date::MAX).map_err(|group| {
            Failure::Unusable(format!(
                "the law has no country group {group}\n  mend: use the law that comes with the program"
            ))
        })?;
        Ok(Difference {
            all: Sum::default(),
            first: None,
            last: None,
            changes: BTreeMap::new(),
            countries: BTreeMap::new(),
            tiers: BTreeMap::new(),
            months: BTreeMap::new(),
            named: ByName::default(),
            consignees: BTreeMap::new(),
            tiers_of_countries,
        })
    }

    /// Adds a line; returns what changed, `None` where both policies decide it alike.
    pub(super) fn add(&mut self, line: &EncodedLine, before: Verdict, after: Verdict) -> Option<Change> {
        // No compute is negative; a price or quantity below zero counts nothing.
        let tpp = line.tpp.map_or(0, |tpp| u128::from(tpp.ceil().unsigned_abs()));
        let positive = |number: i64| u128::from(number.max(0).unsigned_abs());
        let cents = positive(line.price_cents).saturating_mul(positive(line.quantity));
        let sum = Sum { lines: 1, tpp, cents };
        self.all.add(sum);
        self.first = Some(self.first.map_or(line.date, |first| first.min(line.date)));
        self.last = Some(self.last.map_or(line.date, |last| last.max(line.date)));
        let change = Change::between(before, after)?;
        self.add_changed(change, line.destination, (line.date.year(), line.date.month()), sum);
        self.named.entry((change, line.consignee)).or_default().add(sum);
        Some(change)
    }

    fn add_changed(&mut self, change: Change, destination: Country, month: (i32, u32), sum: Sum) {
        let tier = self.tiers_of_countries.tier(destination);
        self.changes.entry(change).or_default().add(sum);
        self.countries.entry((change, destination)).or_default().add(sum);
        self.tiers.entry((change, tier)).or_default().add(sum);
        self.months.entry((change, month)).or_default().add(sum);
    }

    /// Adds the sum of lines that changed in one way and went to one consignee in one month.
    #[cfg(feature = "detect")]
    pub(super) fn add_sum(&mut self, change: Change, destination: Country, month: (i32, u32), party: &str, sum: Sum) {
        self.add_changed(change, destination, month, sum);
        self.consignees.entry((change, party.to_owned())).or_default().add(sum);
    }

    /// Sets the sum of all lines, changed or not, and their first and last day.
    #[cfg(feature = "detect")]
    pub(super) fn set_total(&mut self, sum: Sum, first: Option<Date>, last: Option<Date>) {
        (self.all, self.first, self.last) = (sum, first, last);
    }

    /// Replaces the numbers of consignees by their ids, once all lines are added.
    pub(super) fn name_consignees(&mut self, names: &Names) {
        let named = std::mem::take(&mut self.named).into_iter();
        self.consignees = named.map(|((change, name), sum)| ((change, names.text(name).to_owned()), sum)).collect();
    }

    /// The consignees whom most changes, by change and compute.
    fn largest_consignees(&self) -> Vec<Value> {
        let mut rows: Vec<(&(Change, String), &Sum)> = self.consignees.iter().collect();
        rows.sort_by(|(one, first), (other, second)| second.tpp.cmp(&first.tpp).then(one.cmp(other)));
        let row = |((change, party), sum): (&(Change, String), &Sum)| {
            json!({
                "change": change.as_str(), "key": party, "lines": sum.lines, "tpp": saturated(sum.tpp),
                "usd": saturated(sum.cents / 100),
            })
        };
        rows.into_iter().take(100).map(row).collect()
    }
}

/// A difference with what it is of.
pub(super) struct Results<'a> {
    pub(super) policy: &'a Policy,
    pub(super) against: &'a Policy,
    pub(super) difference: &'a Difference,
    pub(super) schemes: Option<&'a Schemes>,
}

impl Results<'_> {
    /// `summary.json`.
    pub(super) fn json(&self) -> Value {
        let Results { policy, against, difference, schemes } = self;
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
            difference.changes.iter().map(|(change, sum)| (change.as_str(), sum.json())).collect();
        json!({
            "policy": policy.name, "policy_digest": policy.digest, "against": against.name, "against_digest": against.digest,
            "lines": difference.all.lines, "tpp": saturated(difference.all.tpp), "usd": saturated(difference.all.cents / 100),
            "first": difference.first.map(|date| date.to_string()), "last": difference.last.map(|date| date.to_string()),
            "changes": changes, "by_country": by(&difference.countries, |country| country.code().to_owned()),
            "by_tier": by(&difference.tiers, |tier| tier.number().to_string()), "by_month": by(&difference.months, |(year, month)| format!("{year:04}-{month:02}")),
            "by_consignee": difference.largest_consignees(), "schemes": schemes.map(Schemes::json), "program": env!("CARGO_PKG_VERSION"),
        })
    }

    /// The summary for a person; `out` is the folder of the results.
    pub(super) fn text(&self, out: &Path) -> String {
        let Results { policy, against, difference, schemes } = self;
        let mut text =
            format!("{} lines decided under {} and under {}\n", difference.all.lines, policy.name, against.name);
        for change in Change::ALL {
            let sum = difference.changes.get(&change).map_or(Sum::default(), |sum| *sum);
            let name = change.as_str().replace('_', " ");
            let _ = writeln!(text, "  {:>9}  {name}: {} TPP, {} USD", sum.lines, sum.tpp, sum.cents / 100);
        }
        if let Some(schemes) = schemes {
            text.push_str(&schemes.text());
        }
        let _ = writeln!(text, "written: {}: diff.jsonl summary.json report.html", out.display());
        text
    }

    /// What `report.html` shows.
    pub(super) fn report(&self, tables: &Tables) -> ReplayData {
        let Results { policy, against, difference, schemes } = self;
        let row = |change: Change, name: String, sum: &Sum| ReplayRow {
            change: change.as_str().replace('_', " "),
            name,
            lines: sum.lines,
            tpp: saturated(sum.tpp),
            usd: saturated(sum.cents / 100),
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
            span: [difference.first, difference.last].map(|date| date.map_or(String::new(), |date| date.to_string())),
            lines: difference.all.lines,
            tpp: saturated(difference.all.tpp),
            changes: difference.changes.iter().map(|(change, sum)| row(*change, String::new(), sum)).collect(),
            tiers: difference
                .tiers
                .iter()
                .map(|((change, tier), sum)| row(*change, format!("tier {}", tier.number()), sum))
                .collect(),
            countries: largest(&difference.countries, 60, |change, country, sum| {
                row(change, country.code().to_owned(), sum)
            }),
            months: difference
                .months
                .iter()
                .map(|((change, (year, month)), sum)| row(*change, format!("{year:04}-{month:02}"), sum))
                .collect(),
            consignees: largest(&difference.consignees, 60, |change, party: String, sum| {
                row(change, named(&party), sum)
            }),
            schemes: schemes.map_or_else(Vec::new, Schemes::rows),
        }
    }
}
