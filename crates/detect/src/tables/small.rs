//! Tables that fit in memory.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::RecordBatch;
use arrow_schema::ArrowError;
use tollgate_model::{Country, Date, Party, Stake, never};

use super::cells::real;
use super::columns::{
    ItemRow, ItemTable, LawRow, LawTable, LinkRow, LinkTable, OwnershipRow, OwnershipTable, PartyRow, PartyTable,
    StakeRow, StakeTable,
};
use super::listings::Listing;
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
    let mut table = LawTable::default();
    table.push(LawRow {
        lpp_cap: limits.lpp_cap,
        notice_floor: limits.notice_floor,
        announced_day: limits.announced.epoch_days(),
        effective_day: limits.effective.epoch_days(),
        control_day: limits.control.epoch_days(),
        last_day: limits.last.epoch_days(),
    });
    table.finish()
}

/// The table `parties`. `tier_of` says in which tier a country is, 1 to 3; `listings` what lists say of each party, by its id.
pub fn parties(
    parties: &BTreeMap<String, Party>,
    entities: &Entities,
    listings: &BTreeMap<String, Listing>,
    tier_of: &dyn Fn(Country) -> i32,
) -> Result<RecordBatch, ArrowError> {
    let mut table = PartyTable::default();
    for (id, party) in parties {
        let listing = listings.get(id).copied().unwrap_or(Listing::NONE);
        let details = party.details();
        let email = details.email.as_deref();
        let domain = email.and_then(|email| email.rsplit_once('@')).map(|(_, domain)| domain.to_lowercase());
        let (directors, flags) = (details.directors.join(";"), party.flags.join(";"));
        table.push(PartyRow {
            party_id: id,
            name: party.name.as_deref(),
            country: party.country.map(|country| country.code()),
            hq_country: party.hq_country.map(|country| country.code()),
            parent_id: party.parent_id.as_deref(),
            root: entities.root(id),
            cluster: entities.cluster(id),
            incorporated_day: details.incorporated_on.map(Date::epoch_days),
            business: details.business.as_deref(),
            address: details.address.as_deref(),
            city: details.city.as_deref(),
            phone: details.phone.as_deref(),
            email,
            email_domain: domain.as_deref(),
            website: details.website.as_deref(),
            registry_id: details.registry_id.as_deref(),
            directors: Some(directors.as_str()).filter(|text| !text.is_empty()),
            data_center_mw: details.data_center_mw.and_then(real),
            flags: Some(flags.as_str()).filter(|text| !text.is_empty()),
            tier: party.country.map(tier_of),
            listed: match listing.listed {
                Some(true) => "yes",
                Some(false) => "maybe",
                None => "no",
            },
            listed_day: listing.since.map(Date::epoch_days),
            near_listed: listing.near.map(basis_points),
        });
    }
    table.finish()
}

/// Basis points of likeness as a cell.
fn basis_points(points: u32) -> i32 {
    const MOST: i32 = 10_000;
    i32::try_from(points).unwrap_or_else(|_| {
        never!("names are alike by {points} of {MOST} basis points");
        MOST
    })
}

/// The table `links`.
pub fn links(entities: &Entities) -> Result<RecordBatch, ArrowError> {
    let mut table = LinkTable::default();
    for link in &entities.links {
        table.push(LinkRow {
            a: &link.a,
            b: &link.b,
            kind: link.kind.as_str(),
            value: &link.value,
            degree: link.degree,
            weight: link.weight,
        });
    }
    table.finish()
}

/// The table `stakes_all`.
pub fn stakes(entities: &Entities) -> Result<RecordBatch, ArrowError> {
    let mut table = StakeTable::default();
    for stake in &entities.stakes {
        table.push(StakeRow {
            owner_id: &stake.owner,
            owned_id: &stake.owned,
            percent: stake.percent,
            depth: stake.depth,
        });
    }
    table.finish()
}

/// The table `ownership`.
pub fn ownership(stakes: &[Stake]) -> Result<RecordBatch, ArrowError> {
    let mut table = OwnershipTable::default();
    for stake in stakes {
        table.push(OwnershipRow {
            owner_id: &stake.owner_id,
            owned_id: &stake.owned_id,
            percent: stake.percent.and_then(real),
            from_day: stake.from.map(Date::epoch_days),
            until_day: stake.until.map(Date::epoch_days),
        });
    }
    table.finish()
}

/// An item of the catalog or of the user's own table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogItem {
    /// Its name.
    pub item: String,
    /// Its kind's word.
    pub kind: &'static str,
    /// TPP of a unit.
    pub unit_tpp: Option<f64>,
    /// Accelerators of a unit.
    pub chips: Option<i64>,
    /// Whether it is 3A090 or 4A090, where that can be told.
    pub controlled: Option<bool>,
    /// What a unit costs as listed, in US dollars.
    pub price_usd: Option<f64>,
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

/// The table `items`, each name once: of rows with the same name the first counts.
pub fn items(all: &[CatalogItem]) -> Result<RecordBatch, ArrowError> {
    let mut table = ItemTable::default();
    let mut names: BTreeSet<&str> = BTreeSet::new();
    for item in all.iter().filter(|item| names.insert(&item.item)) {
        table.push(ItemRow {
            item: &item.item,
            kind: item.kind,
            unit_tpp: item.unit_tpp,
            chips: item.chips,
            controlled: item.controlled,
            list_price_usd: item.price_usd,
            tdp_w: item.tdp_w,
            // Other goods than accelerators have headings of their own.
            hs_codes: headings(item.kind).filter(|_| item.unit_tpp.is_some_and(|tpp| tpp > 0.0)),
        });
    }
    table.finish()
}
