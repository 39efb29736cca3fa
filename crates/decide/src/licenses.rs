//! Claimed licenses held against the table of licenses, with what has gone under each.

use std::collections::BTreeMap;

use tollgate_law::facts::CLAIMS;
use tollgate_model::{License, OrderLine, Outcome, Party};

use super::tables::Tables;

/// What the table of licenses says of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseFinding {
    /// Whether the license covers the line; none where the table does not settle it.
    pub holds: Option<bool>,
    /// Why, in a sentence; what would cure it where it does not hold.
    pub why: String,
}

/// How many units have gone under each license, by number.
#[derive(Debug, Default)]
pub(crate) struct LicenseUse(BTreeMap<String, i64>);

impl LicenseUse {
    /// So many units had gone under the license that a line claims, and none under any other.
    pub(crate) fn after(order: &OrderLine<'_>, units: i64) -> LicenseUse {
        LicenseUse(order.authorization.map(|claim| (claim.to_owned(), units)).into_iter().collect())
    }

    /// Units that have gone under what a line claims.
    pub(crate) fn units(&self, order: &OrderLine<'_>) -> i64 {
        order.authorization.and_then(|claim| self.0.get(claim)).copied().unwrap_or(0)
    }

    /// Holds a line against the license that it claims, and counts it where the license covers it. None where no table of licenses was given,
    /// where the line needs no license, or where it claims none by number.
    pub(crate) fn hold(&mut self, order: &OrderLine<'_>, tables: &Tables, outcome: Outcome) -> Option<LicenseFinding> {
        let held = outcome == Outcome::LicenseRequired && !tables.licenses.is_empty();
        let claim = order.authorization.filter(|claim| held && !CLAIMS.contains(claim))?;
        let Some(license) = tables.licenses.get(claim) else {
            let why = format!("License {claim} is not in the table of licenses: add its row, or correct the number.");
            return Some(LicenseFinding { holds: None, why });
        };
        let gone = self.0.get(claim).copied().unwrap_or(0);
        if let Some(why) = refusal(license, order, tables, gone) {
            return Some(LicenseFinding {
                holds: Some(false),
                why: format!("License {claim} does not cover it: {why}."),
            });
        }
        if let Some(open) = unstated(license) {
            let why = format!("Whether license {claim} covers it is open: the table does not state {open}.");
            return Some(LicenseFinding { holds: None, why });
        }
        let after = gone.saturating_add(order.quantity);
        self.0.insert(claim.to_owned(), after);
        let left =
            license.quantity.map_or(String::new(), |limit| format!("; {after} of {limit} units have gone under it"));
        let conditions = if license.conditions.is_empty() {
            String::new()
        } else {
            format!(" Its conditions: {}.", license.conditions.join("; "))
        };
        let value = license.value_usd.map_or("", |_| " Its value in dollars is not held against the line here.");
        Some(LicenseFinding { holds: Some(true), why: format!("License {claim} covers it{left}.{conditions}{value}") })
    }
}

/// Why a license does not cover a line: the condition that fails first.
fn refusal(license: &License, order: &OrderLine<'_>, tables: &Tables, gone: i64) -> Option<String> {
    if let Some(issued) = license.issued_on.filter(|issued| order.date < *issued) {
        return Some(format!("it was issued on {issued}, after the order's day; ship later"));
    }
    if let Some(expires) = license.expires_on.filter(|expires| order.date > *expires) {
        return Some(format!("it expired on {expires}; apply for another, or for an extension"));
    }
    if !license.destinations.is_empty() && !license.destinations.contains(&order.destination) {
        return Some(format!("it does not name the destination {}; apply for an amendment", order.destination));
    }
    let parties = [Some(order.ultimate_consignee), order.end_user];
    let named = |id: &str| license.consignees.iter().any(|name| is_called(name, id, tables.parties.get(id)));
    if let Some(party) = parties.into_iter().flatten().find(|id| !license.consignees.is_empty() && !named(id)) {
        return Some(format!("it does not name `{party}`; apply for an amendment"));
    }
    let listed = |item: &String| item.eq_ignore_ascii_case(order.item);
    if !license.items.is_empty() && !license.items.iter().any(listed) {
        return Some(format!("it does not name the item `{}`; apply for an amendment", order.item));
    }
    let after = gone.saturating_add(order.quantity);
    let limit = license.quantity.filter(|limit| after > *limit)?;
    Some(format!(
        "with this line {after} units would have gone under it, and it is for {limit}; ship {} at most",
        (limit - gone).max(0)
    ))
}

/// What a license's row leaves open, without which it cannot be said to cover a line.
fn unstated(license: &License) -> Option<&'static str> {
    if license.expires_on.is_none() {
        return Some("when it expires");
    }
    if license.consignees.is_empty() {
        return Some("its consignees");
    }
    if license.quantity.is_none() {
        return Some("for how many units it is");
    }
    None
}

fn is_called(name: &str, id: &str, party: Option<&Party>) -> bool {
    let named = |party: &Party| party.names().iter().any(|text| text.eq_ignore_ascii_case(name));
    name == id || party.is_some_and(named)
}
