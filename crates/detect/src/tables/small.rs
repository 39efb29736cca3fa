//! Tables that fit in memory.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use tollgate_model::{Country, Date, Party, Stake};

use super::cells::{Cell, Rows, real};
use super::listed::Listed;
use super::schema::Derived;
use crate::entity::Entities;

/// Limits and days of the policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// TPP a consignee and calendar year under License Exception LPP (15 CFR 740.29(a)).
    pub lpp_cap: i64,
    /// TPP of a shipment from which a notice is due (740.29(g)(3)).
    pub notice_floor: i64,
    /// When the rule could be known.
    pub announced: Date,
    /// When it took effect.
    pub effective: Date,
    /// When the controls of October 2022 took effect.
    pub control: Date,
    /// The last day of the data.
    pub last: Date,
}

/// The table `law`: one row.
pub fn law(limits: &Limits) -> Result<RecordBatch, ArrowError> {
    let mut rows = Rows::new(Derived::Law.schema());
    let day = |date: Date| Cell::Int(Some(date.epoch_days()));
    rows.push(&[
        Cell::Long(Some(limits.lpp_cap)),
        Cell::Long(Some(limits.notice_floor)),
        day(limits.announced),
        day(limits.effective),
        day(limits.control),
        day(limits.last),
    ]);
    rows.finish()
}

/// The table `parties`; `tiers` says in which tier a country is.
pub fn parties(
    parties: &BTreeMap<String, Party>,
    entities: &Entities,
    listed: &BTreeMap<String, Listed>,
    tiers: &dyn Fn(Country) -> i32,
) -> Result<RecordBatch, ArrowError> {
    let mut rows = Rows::new(Derived::Parties.schema());
    for (id, party) in parties {
        let own = listed.get(id).copied().unwrap_or_default();
        let details = party.details();
        let email = details.email.as_deref();
        let domain = email.and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain.to_lowercase());
        let (directors, flags) = (details.directors.join(";"), party.flags.join(";"));
        let word = match own.listed {
            Some(true) => "yes",
            Some(false) => "maybe",
            None => "no",
        };
        rows.push(&[
            Cell::Text(Some(id)),
            Cell::Text(party.name.as_deref()),
            Cell::Text(party.country.map(|country| country.code())),
            Cell::Text(party.hq_country.map(|country| country.code())),
            Cell::Text(party.parent_id.as_deref()),
            Cell::Text(Some(entities.root(id))),
            Cell::Text(Some(entities.cluster(id))),
            Cell::Int(details.incorporated_on.map(|day| day.epoch_days())),
            Cell::Text(details.business.as_deref()),
            Cell::Text(details.address.as_deref()),
            Cell::Text(details.city.as_deref()),
            Cell::Text(details.phone.as_deref()),
            Cell::Text(email),
            Cell::Text(domain.as_deref()),
            Cell::Text(details.website.as_deref()),
            Cell::Text(details.registry_id.as_deref()),
            Cell::Text(Some(directors.as_str()).filter(|text| !text.is_empty())),
            Cell::Real(details.data_center_mw.and_then(real)),
            Cell::Text(Some(flags.as_str()).filter(|text| !text.is_empty())),
            Cell::Int(party.country.map(tiers)),
            Cell::Text(Some(word)),
            Cell::Int(own.since.map(|day| day.epoch_days())),
            Cell::Int(own.near.and_then(|points| i32::try_from(points).ok())),
        ]);
    }
    rows.finish()
}

/// The table `links`.
pub fn links(entities: &Entities) -> Result<RecordBatch, ArrowError> {
    let mut rows = Rows::new(Derived::Links.schema());
    for link in &entities.links {
        rows.push(&[
            Cell::Text(Some(&link.a)),
            Cell::Text(Some(&link.b)),
            Cell::Text(Some(link.kind.as_str())),
            Cell::Text(Some(&link.value)),
            Cell::Long(i64::try_from(link.degree).ok()),
            Cell::Real(Some(link.weight)),
        ]);
    }
    rows.finish()
}

/// The table `stakes_all`.
pub fn stakes(entities: &Entities) -> Result<RecordBatch, ArrowError> {
    let mut rows = Rows::new(Derived::StakesAll.schema());
    for stake in &entities.stakes {
        let (owner, owned) = (Cell::Text(Some(&stake.owner)), Cell::Text(Some(&stake.owned)));
        rows.push(&[owner, owned, Cell::Real(Some(stake.percent)), Cell::Int(Some(stake.depth))]);
    }
    rows.finish()
}

/// The table `ownership`.
pub fn ownership(stakes: &[Stake]) -> Result<RecordBatch, ArrowError> {
    let mut rows = Rows::new(Derived::Ownership.schema());
    for stake in stakes {
        rows.push(&[
            Cell::Text(Some(&stake.owner_id)),
            Cell::Text(Some(&stake.owned_id)),
            Cell::Real(stake.percent.and_then(real)),
            Cell::Int(stake.from.map(|day| day.epoch_days())),
            Cell::Int(stake.until.map(|day| day.epoch_days())),
        ]);
    }
    rows.finish()
}

/// An item as queries see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemRow {
    /// Its name.
    pub item: String,
    /// Its kind's word.
    pub kind: &'static str,
    /// TPP of a unit.
    pub unit_tpp: Option<f64>,
    /// Accelerators of a unit.
    pub chips: i64,
    /// Whether it is 3A090 or 4A090, where that can be told.
    pub controlled: Option<bool>,
    /// US dollars.
    pub price: Option<f64>,
    /// Watts of an accelerator.
    pub tdp_w: Option<f64>,
}

/// Headings of the tariff under which accelerators go as they should: 8473.30 parts of computers, 8542.31 processors, 8471.50 and .80 computers and units.
fn headings(kind: &str) -> Option<&'static str> {
    match kind {
        "ic" => Some("847330;854231;847180"),
        "board" => Some("847330;847180;847150"),
        "server" | "rack" => Some("847150;847180"),
        _ => None,
    }
}

/// The table `items`, each name once.
pub fn items(all: &[ItemRow]) -> Result<RecordBatch, ArrowError> {
    let mut rows = Rows::new(Derived::Items.schema());
    let mut seen = BTreeSet::new();
    for own in all.iter().filter(|own| seen.insert(own.item.clone())) {
        rows.push(&[
            Cell::Text(Some(&own.item)),
            Cell::Text(Some(own.kind)),
            Cell::Real(own.unit_tpp),
            Cell::Long(Some(own.chips)),
            Cell::Flag(own.controlled),
            Cell::Real(own.price),
            Cell::Real(own.tdp_w),
            Cell::Real(None),
            // Other goods than accelerators have headings of their own.
            Cell::Text(headings(own.kind).filter(|_| own.unit_tpp.is_some_and(|tpp| tpp > 0.0))),
        ]);
    }
    rows.finish()
}
