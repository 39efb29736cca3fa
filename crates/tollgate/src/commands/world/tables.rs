//! The tables of a world that are small: who, whose, where.

use std::collections::BTreeMap;

use tollgate_world::{World, party_id, site_id};

use crate::commands::csv_text;

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
    let rows = world.parties.iter().enumerate().map(|(place, own)| {
        vec![
            party_id(u32::try_from(place).unwrap_or(u32::MAX)),
            own.name.clone(),
            own.country.to_string(),
            own.hq.to_string(),
            own.parent.map(party_id).unwrap_or_default(),
            own.address.clone(),
            own.city.clone(),
            own.phone.clone(),
            own.email.clone(),
            own.website.clone().unwrap_or_default(),
            own.registry.clone(),
            own.directors.join(";"),
            own.incorporated.to_string(),
            own.business.to_owned(),
            own.megawatts.map(|power| format!("{power:.2}")).unwrap_or_default(),
        ]
    });
    // In order of id, so that the order of rows tells nothing either.
    let mut rows: Vec<Vec<String>> = rows.collect();
    rows.sort();
    csv_text(std::iter::once(header.map(str::to_owned).to_vec()).chain(rows))
}

pub(super) fn ownership(world: &World) -> String {
    let header = ["owner_id", "owned_id", "percent"].map(str::to_owned).to_vec();
    // Said once, whoever set it up twice.
    let stakes: BTreeMap<(u32, u32), f64> =
        world.stakes.iter().map(|own| ((own.owner, own.owned), own.percent)).collect();
    let rows =
        stakes.into_iter().map(|((owner, owned), percent)| vec![party_id(owner), party_id(owned), percent.to_string()]);
    csv_text(std::iter::once(header).chain(rows))
}

pub(super) fn sites(world: &World) -> String {
    let header = ["site_id", "owner", "operator", "country", "address", "mw", "commissioned_on", "tenant_hq"];
    let rows = world.sites().into_iter().map(|own| {
        let party = party_id(own.party);
        vec![
            own.site_id,
            party.clone(),
            party,
            own.country.to_string(),
            own.address,
            format!("{:.2}", own.mw),
            own.commissioned.map(|day| day.to_string()).unwrap_or_default(),
            own.tenant_hq.map(|country| country.to_string()).unwrap_or_default(),
        ]
    });
    let mut rows: Vec<Vec<String>> = rows.collect();
    rows.sort();
    csv_text(std::iter::once(header.map(str::to_owned).to_vec()).chain(rows))
}

pub(super) fn inspections(world: &World, seed: u64) -> String {
    let header = ["site_id", "party", "date", "notice_days", "units_seen", "result"].map(str::to_owned).to_vec();
    let sited: std::collections::BTreeSet<String> = world.sites().into_iter().map(|site| site.site_id).collect();
    let rows = world.inspections().into_iter().map(|own| {
        let site = site_id(seed, own.party);
        vec![
            if sited.contains(&site) { site } else { String::new() },
            party_id(own.party),
            own.date.to_string(),
            own.notice.to_string(),
            own.seen.map(|units| units.to_string()).unwrap_or_default(),
            own.result.to_owned(),
        ]
    });
    csv_text(std::iter::once(header).chain(rows))
}
