//! Claimed licenses held against the table of licenses, with what has gone under each (15 CFR 750.7 and 750.11).

use std::collections::BTreeMap;

use tollgate_law::catalog::{Catalog, Resolution};
use tollgate_law::facts::{CLAIMS, ear_country};
use tollgate_model::{Activity, Country, Decimal, ItemKind, License, OrderLine, Outcome, Party, group_digits};

use super::facts::is_decided_by;
use super::item_facts::ItemFacts;
use super::tables::Tables;

/// What the table of licenses says of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseFinding {
    /// Whether the license covers the line; none where the table does not settle it.
    pub holds: Option<bool>,
    /// Why, in a sentence; what would cure it where it does not hold.
    pub why: String,
}

/// What a line is held by, beside the line itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LicensedLine<'a> {
    /// What is known of its item.
    pub(crate) item: &'a ItemFacts,
    /// The tables beside the orders.
    pub(crate) tables: &'a Tables,
    /// Items by name.
    pub(crate) catalog: &'a Catalog,
    /// The price of a unit on the invoice, in US dollars.
    pub(crate) unit_price: Option<Decimal>,
}

/// What has gone under each license, by [`canonical_number`].
#[derive(Debug, Default)]
pub(crate) struct LicenseUse(BTreeMap<String, Used>);

/// A license's number, however it is written: without spaces around it, in capitals.
fn canonical_number(number: &str) -> String {
    number.trim().to_ascii_uppercase()
}

/// What has gone under a license.
#[derive(Clone, Copy, Debug)]
struct Used {
    units: i64,
    /// Millionths of a US dollar; `None` where the price of some line was not known.
    value: Option<i128>,
}

const NOTHING: Used = Used { units: 0, value: Some(0) };

/// By so many percent the value that goes under a license may be over its own (750.11(b)).
const TOLERANCE_PERCENT: i128 = 10;

impl LicenseUse {
    /// So many units had gone under the license that a line claims, and none under any other. Their value is not known.
    pub(crate) fn after(order: &OrderLine<'_>, units: i64) -> LicenseUse {
        let used = Used { units, value: (units == 0).then_some(0) };
        LicenseUse(order.authorization.map(|claim| (canonical_number(claim), used)).into_iter().collect())
    }

    /// Units that have gone under what a line claims.
    pub(crate) fn units(&self, order: &OrderLine<'_>) -> i64 {
        // Of most files no line goes under a license.
        let claim = order.authorization.filter(|_| !self.0.is_empty());
        claim.and_then(|claim| self.0.get(&canonical_number(claim))).map_or(0, |used| used.units)
    }

    /// Holds a line against the license that it claims, and counts it where the license covers it. None where no table of licenses was given,
    /// where the line needs no license, or where it claims none by number.
    pub(crate) fn hold(
        &mut self,
        order: &OrderLine<'_>,
        line: LicensedLine<'_>,
        outcome: Outcome,
    ) -> Option<LicenseFinding> {
        let licenses = &line.tables.licenses;
        let held = outcome == Outcome::LicenseRequired && !licenses.is_empty();
        let claim = order.authorization.filter(|claim| held && !CLAIMS.contains(claim))?;
        let number = canonical_number(claim);
        let is_claimed = |license: &&License| license.number.trim().eq_ignore_ascii_case(&number);
        let found = licenses.get(claim).or_else(|| licenses.values().find(is_claimed));
        let Some(license) = found else {
            let why = format!("License {claim} is not in the table of licenses: add its row, or correct the number.");
            return Some(LicenseFinding { holds: None, why });
        };
        let open = |what: &str| {
            Some(LicenseFinding { holds: None, why: format!("Whether license {claim} covers it is open: {what}.") })
        };
        if let Some(cell) = order.unread.iter().find(|cell| is_decided_by(&cell.column)) {
            return open(&format!("its `{}` is not understood", cell.column));
        }
        let used = self.0.get(&number).copied().unwrap_or(NOTHING);
        let after = Used {
            units: used.units.saturating_add(order.quantity),
            value: used.value.zip(value_of(order, line.unit_price)).map(|(used, value)| used.saturating_add(value)),
        };
        if let Some(why) = refusal(license, order, line).or_else(|| over(license, used, after)) {
            let why = format!("License {claim} does not cover it: {why}.");
            return Some(LicenseFinding { holds: Some(false), why });
        }
        if let Some(what) = unstated(license, line.item) {
            return open(&format!("the table does not state {what}"));
        }
        if let Some(what) = unsettled(license, order, after, line.tables) {
            return open(&what);
        }
        self.0.insert(number, after);
        Some(LicenseFinding { holds: Some(true), why: covering(license, claim, after) })
    }
}

/// A sentence on a license that covers a line.
fn covering(license: &License, claim: &str, after: Used) -> String {
    let left = license
        .quantity
        .map_or(String::new(), |limit| format!("; {} of {limit} units have gone under it", after.units));
    let value = license
        .value_usd
        .zip(after.value)
        .map_or(String::new(), |(limit, value)| format!("; {} of {limit} US dollars", dollars(value)));
    let conditions = match license.conditions.as_slice() {
        [] => String::new(),
        conditions => format!(" Its conditions: {}.", conditions.join("; ")),
    };
    format!("License {claim} covers it{left}{value}.{conditions}")
}

/// Millionths of a US dollar that a line is worth.
fn value_of(order: &OrderLine<'_>, unit_price: Option<Decimal>) -> Option<i128> {
    let price = unit_price.filter(|_| !order.is_unread("unit_price_usd"))?;
    i128::from(price.scaled_exact(6)?).checked_mul(i128::from(order.quantity))
}

/// Why a license does not cover a line, its quantity and value aside: the condition that fails first.
fn refusal(license: &License, order: &OrderLine<'_>, line: LicensedLine<'_>) -> Option<String> {
    let tables = line.tables;
    if let Some(issued) = license.issued_on.filter(|issued| order.date < *issued) {
        return Some(format!("it was issued on {issued}, after the order's day; ship later"));
    }
    if let Some(expires) = license.expires_on.filter(|expires| order.date > *expires) {
        return Some(format!("it expired on {expires}; apply for another, or for an extension"));
    }
    // In an export the exporter must be the licensee (750.7(d)).
    if let (Some(licensee), Some(exporter)) = (&license.licensee, order.exporter)
        && order.activity == Activity::Export
        && !is_called(licensee, exporter, tables.parties.get(exporter))
    {
        return Some(format!("it was issued to {licensee}, and `{exporter}` exports; the licensee must export"));
    }
    if !license.destinations.is_empty() && !license.destinations.contains(&order.destination) {
        return Some(format!("it does not name the destination {}; apply for an amendment", order.destination));
    }
    let parties = [Some(order.ultimate_consignee), order.end_user];
    if let Some(party) =
        parties.into_iter().flatten().find(|id| !license.consignees.is_empty() && !names(license, id, tables))
    {
        return Some(format!("it does not name `{party}`; apply for an amendment"));
    }
    if let Some(party) =
        order.intermediate_consignee.filter(|id| !license.consignees.is_empty() && !names(license, id, tables))
        && let Some(country) = tables.parties.get(party).and_then(|row| row.country)
        && ear_country(country) != ear_country(order.destination)
    {
        return Some(format!(
            "it does not name the intermediate consignee `{party}`, which is not in the country of destination (750.7(c)(1)(v)); apply for a replacement"
        ));
    }
    if !license.items.is_empty() && !license.items.iter().any(|listed| is_item(listed, order, line)) {
        return Some(format!("it does not name the item `{}`; apply for an amendment", order.item));
    }
    None
}

/// Why a line is too much for a license.
fn over(license: &License, used: Used, after: Used) -> Option<String> {
    if let Some(limit) = license.quantity.filter(|limit| after.units > *limit) {
        return Some(format!(
            "with this line {} units would have gone under it, and it is for {limit}; ship {} at most",
            after.units,
            (limit - used.units).max(0)
        ));
    }
    let (limit, value) = (license.value_usd?, after.value?);
    (is_within_value(limit, after) == Some(false)).then(|| {
        format!(
            "with this line {} US dollars would have gone under it, and it is for {limit}, by {TOLERANCE_PERCENT} percent more at most (750.11(b)); apply for a replacement",
            dollars(value)
        )
    })
}

/// Whether what has gone is worth at most what a license is for, with the tolerance; `None` where it cannot be told.
fn is_within_value(limit: Decimal, after: Used) -> Option<bool> {
    let most = i128::from(limit.scaled_exact(6)?).checked_mul(100 + TOLERANCE_PERCENT)?;
    Some(after.value?.checked_mul(100)? <= most)
}

/// Whole US dollars of so many millionths.
fn dollars(millionths: i128) -> String {
    let whole = millionths / 1_000_000;
    u64::try_from(whole).map_or_else(|_| whole.to_string(), group_digits)
}

/// What a license's row leaves open, without which it cannot be said to cover a line.
fn unstated(license: &License, item: &ItemFacts) -> Option<&'static str> {
    if license.expires_on.is_none() {
        return Some("when it expires");
    }
    if license.consignees.is_empty() {
        return Some("its consignees");
    }
    // Licenses of software and technology have no quantity (750.7(f)).
    let is_counted = !matches!(item.item.kind, Some(ItemKind::Software | ItemKind::Technology));
    if license.quantity.is_none() && is_counted {
        return Some("for how many units it is");
    }
    None
}

/// What an order leaves open, without which a license cannot be said to cover it.
fn unsettled(license: &License, order: &OrderLine<'_>, after: Used, tables: &Tables) -> Option<String> {
    if let Some(licensee) = &license.licensee
        && order.exporter.is_none()
        && order.activity == Activity::Export
    {
        return Some(format!("who exports is not stated, and it was issued to {licensee}"));
    }
    let country = |id: &str| tables.parties.get(id).and_then(|row: &Party| row.country);
    if let Some(party) = order.intermediate_consignee.filter(|id| !names(license, id, tables))
        && country(party).is_none_or(|country| country == Country::UNKNOWN)
    {
        return Some(format!("it does not name the intermediate consignee `{party}`, and where that is is not stated"));
    }
    if let Some(party) = order.purchaser.filter(|id| !names(license, id, tables)) {
        return Some(format!("its row does not name the purchaser `{party}`: add it if the license does (750.7(a))"));
    }
    if license.value_usd.is_some_and(|limit| is_within_value(limit, after).is_none()) {
        return Some("it has a value, and the price of this line, or of one before it under the license, is not stated in `unit_price_usd`".to_owned());
    }
    None
}

/// Whether a license names a party.
fn names(license: &License, id: &str, tables: &Tables) -> bool {
    license.consignees.iter().any(|name| is_called(name, id, tables.parties.get(id)))
}

fn is_called(name: &str, id: &str, party: Option<&Party>) -> bool {
    let named = |party: &Party| party.names().iter().any(|text| text.eq_ignore_ascii_case(name));
    name == id || party.is_some_and(named)
}

/// Whether a license's item is the line's, as the catalog knows both.
fn is_item(listed: &str, order: &OrderLine<'_>, line: LicensedLine<'_>) -> bool {
    if listed.eq_ignore_ascii_case(order.item) || listed.eq_ignore_ascii_case(&line.item.name) {
        return true;
    }
    // A row of the user's own stands for what the user says.
    let is_catalog = |name: &str| !line.tables.items.contains_key(name);
    match line.catalog.resolve(listed) {
        Resolution::Found(known) => is_catalog(listed) && is_catalog(order.item) && known.item == line.item.name,
        _ => false,
    }
}
