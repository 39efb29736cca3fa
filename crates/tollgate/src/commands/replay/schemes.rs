//! Known schemes, and what of them would no longer have fitted.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use tollgate_model::{Outcome, Tpp};

use crate::commands::Failure;
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

impl Schemes {
    /// The truth of a simulated world, or cases of one's own in its form.
    pub(super) fn read(path: &Path) -> Result<Schemes, Failure> {
        let wrong = |what: String| {
            let mend =
                "give the truth.jsonl of `tollgate simulate world`: an object a line with `typology` and `orders`";
            Failure::Unusable(format!("{}: {what}\n  mend: {mend}", path.display()))
        };
        let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let mut own = Schemes { orders: BTreeMap::new(), all: Vec::new() };
        for (row, line) in text.lines().enumerate() {
            let value: Value =
                serde_json::from_str(line).map_err(|error| wrong(format!("line {}: {error}", row + 1)))?;
            let typology = value.get("typology").and_then(Value::as_str).unwrap_or("unnamed").to_owned();
            let orders = value.get("orders").and_then(Value::as_array);
            for order in orders.into_iter().flatten().filter_map(Value::as_str) {
                own.orders.insert(order.to_owned(), own.all.len());
            }
            own.all.push(Scheme { typology, ..Scheme::default() });
        }
        Ok(own)
    }

    pub(super) fn add(&mut self, order_id: &str, tpp: Option<Tpp>, before: Verdict, after: Verdict) {
        let own = self.orders.get(order_id).and_then(|place| self.all.get_mut(*place));
        let (Some(own), Some(tpp)) = (own, tpp) else { return };
        let tpp = u128::try_from(tpp.ceil()).unwrap_or(0);
        own.tpp += tpp;
        let free = |own: Verdict| matches!(own.outcome, Outcome::NoLicenseRequired | Outcome::LicenseException);
        if free(before) && !free(after) {
            own.stopped += tpp;
        }
    }

    /// By typology: schemes that shipped anything, those that would have lost half of it, and the compute.
    fn by_typology(&self) -> BTreeMap<&str, (u64, u64, u128, u128)> {
        let mut sums: BTreeMap<&str, (u64, u64, u128, u128)> = BTreeMap::new();
        for own in self.all.iter().filter(|own| own.tpp > 0) {
            let sum = sums.entry(&own.typology).or_default();
            sum.0 += 1;
            sum.1 += u64::from(own.stopped * 2 >= own.tpp);
            sum.2 += own.tpp;
            sum.3 += own.stopped;
        }
        sums
    }

    pub(super) fn json(&self) -> Value {
        let whole = |sum: u128| u64::try_from(sum).unwrap_or(u64::MAX);
        let rows = self.by_typology().into_iter().map(|(typology, (all, unfit, tpp, stopped))| {
            json!({ "typology": typology, "schemes": all, "no_longer_fit": unfit, "tpp": whole(tpp), "tpp_stopped": whole(stopped) })
        });
        rows.collect()
    }

    pub(super) fn rows(&self) -> Vec<[String; 5]> {
        let rows = self.by_typology().into_iter().map(|(typology, (all, unfit, tpp, stopped))| {
            [typology.replace('_', " "), all.to_string(), unfit.to_string(), tpp.to_string(), stopped.to_string()]
        });
        rows.collect()
    }

    pub(super) fn text(&self) -> String {
        let mut text =
            String::from("schemes that would have lost half of their compute or more to a license requirement:\n");
        for (typology, (all, unfit, ..)) in self.by_typology() {
            let _ = writeln!(text, "  {unfit:>4} of {all:>4}  {}", typology.replace('_', " "));
        }
        text
    }
}
