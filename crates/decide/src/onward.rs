//! Where goods go on from the ultimate consignee, and who is named at their end.

use tollgate_model::{OrderLine, Party};

/// What `PartyFacts` knows a reseller, distributor or forwarder by: a flag that no table writes.
pub(crate) const PASSES_ON: &str = "passes goods on";
/// What it knows a party in the occupied regions of Ukraine by.
pub(crate) const OCCUPIED: &str = "in an occupied region of Ukraine";

const ONWARD_USES: [&str; 8] =
    ["resale", "resell", "reselling", "distribution", "wholesale", "redistribution", "onward sale", "for resale"];
const ONWARD_ROLES: [&str; 10] = [
    "distribut",
    "resell",
    "re-sell",
    "wholesal",
    "forwarder",
    "forwarding",
    "freight",
    "general trading",
    "trading company",
    "import and export",
];
/// The regions of 15 CFR 746.6 and their larger towns, as addresses spell them.
const OCCUPIED_PLACES: [&str; 22] = [
    "crimea",
    "krym",
    "sevastopol",
    "sebastopol",
    "simferopol",
    "kerch",
    "yalta",
    "feodosia",
    "yevpatoria",
    "dzhankoi",
    "donetsk",
    "donets'k",
    "dnr",
    "dpr",
    "luhansk",
    "lugansk",
    "luhans'k",
    "lnr",
    "lpr",
    "horlivka",
    "makiivka",
    "mariupol",
];

/// Whether an order says that the goods go on from the ultimate consignee: by its end use, or because the forwarder is the consignee.
pub(crate) fn goes_on(order: &OrderLine<'_>) -> bool {
    let resold =
        order.end_use.is_some_and(|end_use| ONWARD_USES.contains(&end_use.trim().to_ascii_lowercase().as_str()));
    resold || order.freight_forwarder == Some(order.ultimate_consignee)
}

/// Whether nobody has named who uses the goods in the end, though they go on. A reseller or forwarder that is named as the end user too names nobody:
/// by 15 CFR 748.5(f) the end user is no intermediary.
pub(crate) fn end_user_is_unnamed(order: &OrderLine<'_>, consignee_passes_on: bool, resold: bool) -> bool {
    match order.end_user {
        None => resold || goes_on(order) || consignee_passes_on,
        Some(end_user) => end_user == order.ultimate_consignee && (resold || goes_on(order)),
    }
}

/// The flags that a party's row comes to beside those that it states.
pub(crate) fn shown_flags(party: &Party) -> Vec<String> {
    let details = party.details();
    let lower = |text: &Option<String>| text.as_deref().unwrap_or("").to_lowercase();
    let business = lower(&details.business);
    let stated = ["distributor", "reseller", "forwarder", "freight_forwarder"];
    let passes_on = ONWARD_ROLES.iter().any(|role| business.contains(role))
        || party.flags.iter().any(|flag| stated.contains(&flag.as_str()));
    let place = format!("{} {}", lower(&details.address), lower(&details.city));
    let words = || place.split(|letter: char| !letter.is_alphanumeric() && letter != '\'');
    let ukrainian = party.country.is_some_and(|country| country.code() == "UA");
    let occupied = ukrainian && words().any(|word| OCCUPIED_PLACES.contains(&word));
    let all = [(passes_on, PASSES_ON), (occupied, OCCUPIED)];
    all.into_iter().filter(|(holds, _)| *holds).map(|(_, flag)| flag.to_owned()).collect()
}
