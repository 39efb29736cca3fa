//! The tables of a world that are small: who, whose, where.

use std::collections::BTreeMap;

use tollgate_records::csv_text;

use crate::{World, party_id, site_id};

/// `parties.csv`, in order of id.
pub(super) fn parties(world: &World) -> String {
    let header = [
        "party_id",
        "name",
        "country",
        "hq_country",
        "parent_id",
        "address",
        "city",
        "phone",
        "email",
        "website",
        "registry_id",
        "directors",
        "incorporated_on",
        "business",
        "data_center_mw",
    ];
    let rows = (0_u32..).zip(&world.parties).map(|(place, party)| {
        vec![
            party_id(place),
            party.name.clone(),
            party.country.to_string(),
            party.hq.to_string(),
            party.parent.map_or_else(String::new, party_id),
            party.address.clone(),
            party.city.clone(),
            party.phone.clone(),
            party.email.clone(),
            party.website.as_deref().unwrap_or("").to_owned(),
            party.registry.clone(),
            party.directors.join(";"),
            party.incorporated.to_string(),
            party.business.to_owned(),
            party.megawatts.map_or_else(String::new, |power| format!("{power:.2}")),
        ]
    });
    // In order of id, so that the order of rows tells nothing either.
    let mut rows: Vec<Vec<String>> = rows.collect();
    rows.sort();
    csv_text(std::iter::once(header.map(str::to_owned).to_vec()).chain(rows))
}

/// `ownership.csv`: each stake once.
pub(super) fn ownership(world: &World) -> String {
    let header = ["owner_id", "owned_id", "percent"].map(str::to_owned).to_vec();
    // Said once, whoever set it up twice.
    let stakes: BTreeMap<(u32, u32), f64> =
        world.stakes.iter().map(|stake| ((stake.owner, stake.owned), stake.percent)).collect();
    let rows =
        stakes.into_iter().map(|((owner, owned), percent)| vec![party_id(owner), party_id(owned), percent.to_string()]);
    csv_text(std::iter::once(header).chain(rows))
}

/// `sites.csv`, in order of id.
pub(super) fn sites(world: &World) -> String {
    let header = ["site_id", "owner", "operator", "country", "address", "mw", "commissioned_on", "tenant_hq"];
    let rows = world.sites().into_iter().map(|site| {
        let party = party_id(site.party);
        vec![
            site.site_id,
            party.clone(),
            party,
            site.country.to_string(),
            site.address,
            format!("{:.2}", site.mw),
            site.commissioned.map_or_else(String::new, |day| day.to_string()),
            site.tenant_hq.map_or_else(String::new, |country| country.to_string()),
        ]
    });
    let mut rows: Vec<Vec<String>> = rows.collect();
    rows.sort();
    csv_text(std::iter::once(header.map(str::to_owned).to_vec()).chain(rows))
}

/// `inspections.csv`; a visit to a place that is no listed site names the party alone.
pub(super) fn inspections(world: &World, seed: u64) -> String {
    let header = ["site_id", "party", "date", "notice_days", "units_seen", "result"].map(str::to_owned).to_vec();
    let listed_sites: std::collections::BTreeSet<String> = world.sites().into_iter().map(|site| site.site_id).collect();
    let rows = world.inspections().into_iter().map(|visit| {
        let site = site_id(seed, visit.party);
        vec![
            if listed_sites.contains(&site) { site } else { String::new() },
            party_id(visit.party),
            visit.date.to_string(),
            visit.notice.to_string(),
            visit.seen.map_or_else(String::new, |units| units.to_string()),
            visit.result.to_owned(),
        ]
    });
    csv_text(std::iter::once(header).chain(rows))
}
