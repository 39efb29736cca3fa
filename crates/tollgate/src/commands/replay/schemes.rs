//! Known schemes, and what of them would no longer have fitted.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use tollgate_model::{Outcome, Tpp};

use crate::commands::{Failure, saturated};
use tollgate_replay::Verdict;

/// Schemes that are known, and what of them would no longer have fitted.
pub(super) struct Schemes {
    /// By order: the scheme.
    orders: BTreeMap<String, usize>,
    all: Vec<Scheme>,
}

#[derive(Default)]
struct Scheme {
    typology: String,
    tpp: u128,
    /// Of what went before without a license, what would need one.
    stopped: u128,
}

/// The schemes of one typology that shipped anything.
#[derive(Default)]
struct TypologySum {
    schemes: u64,
    /// Those of which at least half of the compute would have needed a license.
    no_longer_fit: u64,
    tpp: u128,
    /// The TPP that would have needed a license.
    stopped: u128,
}

impl Schemes {
    /// The truth of a simulated world, or cases of one's own in its form.
    pub(super) fn read(path: &Path) -> Result<Schemes, Failure> {
        let wrong = |what: String| {
            let mend =
                "give the truth.jsonl of `tollgate simulate world`: an object a line with `typology` and `orders`";
            Failure::Unusable(format!("{}: {what}\n  mend: {mend}", path.display()))
        };
        let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let mut schemes = Schemes { orders: BTreeMap::new(), all: Vec::new() };
        for (row, line) in text.lines().enumerate() {
            let value: Value =
                serde_json::from_str(line).map_err(|error| wrong(format!("line {}: {error}", row + 1)))?;
            let typology = value.get("typology").and_then(Value::as_str).unwrap_or("unnamed").to_owned();
            let orders = value.get("orders").and_then(Value::as_array);
            for order in orders.into_iter().flatten().filter_map(Value::as_str) {
                schemes.orders.insert(order.to_owned(), schemes.all.len());
            }
            schemes.all.push(Scheme { typology, ..Scheme::default() });
        }
        Ok(schemes)
    }

    pub(super) fn add(&mut self, order_id: &str, tpp: Option<Tpp>, before: Verdict, after: Verdict) {
        let scheme = self.orders.get(order_id).and_then(|place| self.all.get_mut(*place));
        let (Some(scheme), Some(tpp)) = (scheme, tpp) else { return };
        // No compute is negative.
        let tpp = u128::from(tpp.ceil().unsigned_abs());
        scheme.tpp += tpp;
        let free = |verdict: Verdict| matches!(verdict.outcome, Outcome::NoLicenseRequired | Outcome::LicenseException);
        if free(before) && !free(after) {
            scheme.stopped += tpp;
        }
    }

    /// The schemes that shipped anything, summed up by typology.
    fn by_typology(&self) -> BTreeMap<&str, TypologySum> {
        let mut sums: BTreeMap<&str, TypologySum> = BTreeMap::new();
        for scheme in self.all.iter().filter(|scheme| scheme.tpp > 0) {
            let sum = sums.entry(&scheme.typology).or_default();
            sum.schemes += 1;
            sum.no_longer_fit += u64::from(scheme.stopped * 2 >= scheme.tpp);
            sum.tpp += scheme.tpp;
            sum.stopped += scheme.stopped;
        }
        sums
    }

    pub(super) fn json(&self) -> Value {
        let rows = self.by_typology().into_iter().map(|(typology, sum)| {
            json!({
                "typology": typology, "schemes": sum.schemes, "no_longer_fit": sum.no_longer_fit, "tpp": saturated(sum.tpp),
                "tpp_stopped": saturated(sum.stopped),
            })
        });
        rows.collect()
    }

    pub(super) fn rows(&self) -> Vec<[String; 5]> {
        let rows = self.by_typology().into_iter().map(|(typology, sum)| {
            let TypologySum { schemes, no_longer_fit, tpp, stopped } = sum;
            let [schemes, no_longer_fit] = [schemes, no_longer_fit].map(|count| count.to_string());
            [typology.replace('_', " "), schemes, no_longer_fit, tpp.to_string(), stopped.to_string()]
        });
        rows.collect()
    }

    pub(super) fn text(&self) -> String {
        let mut text =
            String::from("schemes that would have lost half of their compute or more to a license requirement:\n");
        for (typology, sum) in self.by_typology() {
            let TypologySum { schemes, no_longer_fit, .. } = sum;
            let _ = writeln!(text, "  {no_longer_fit:>4} of {schemes:>4}  {}", typology.replace('_', " "));
        }
        text
    }
}
