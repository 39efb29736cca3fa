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
const OCCUPIED_PLACES: [&str; 79] = [
    "crimea",
    "crimean",
    "krym",
    "krim",
    "krimea",
    "sevastopol",
    "sebastopol",
    "simferopol",
    "simferopol'",
    "kerch",
    "kertch",
    "yalta",
    "alushta",
    "feodosia",
    "feodosiya",
    "feodosija",
    "theodosia",
    "yevpatoria",
    "yevpatoriya",
    "evpatoria",
    "eupatoria",
    "dzhankoi",
    "dzhankoy",
    "dzhankoj",
    "donetsk",
    "donets'k",
    "donieck",
    "donezk",
    "dnr",
    "dpr",
    "luhansk",
    "lugansk",
    "luhans'k",
    "luhansk'",
    "lnr",
    "lpr",
    "horlivka",
    "gorlovka",
    "makiivka",
    "makeevka",
    "makeyevka",
    "mariupol",
    "mariupol'",
    "alchevsk",
    "yenakiieve",
    "yenakievo",
    "крим",
    "крым",
    "криму",
    "крыму",
    "кримський",
    "севастополь",
    "сімферополь",
    "симферополь",
    "керч",
    "керчь",
    "ялта",
    "алушта",
    "феодосія",
    "феодосия",
    "євпаторія",
    "евпатория",
    "джанкой",
    "донецьк",
    "донецк",
    "днр",
    "луганськ",
    "луганск",
    "лнр",
    "горлівка",
    "горловка",
    "макіївка",
    "макеевка",
    "маріуполь",
    "мариуполь",
    "алчевськ",
    "алчевск",
    "єнакієве",
    "енакиево",
];
/// The same in scripts that write words without spaces.
const OCCUPIED_PARTS: [&str; 18] = [
    "克里米亚",
    "塞瓦斯托波尔",
    "辛菲罗波尔",
    "顿涅茨克",
    "卢甘斯克",
    "马里乌波尔",
    "クリミア",
    "セヴァストポリ",
    "シンフェロポリ",
    "ドネツク",
    "ルハンスク",
    "マリウポリ",
    "크림",
    "세바스토폴",
    "심페로폴",
    "도네츠크",
    "루한스크",
    "마리우폴",
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
    let ukrainian = party.country.is_some_and(|country| country.code() == "UA");
    let occupied = ukrainian && is_occupied(&format!("{} {}", lower(&details.address), lower(&details.city)));
    let all = [(passes_on, PASSES_ON), (occupied, OCCUPIED)];
    all.into_iter().filter(|(holds, _)| *holds).map(|(_, flag)| flag.to_owned()).collect()
}

/// Whether a place, in lower case, names one of the occupied regions.
fn is_occupied(place: &str) -> bool {
    let place = place.replace(['\u{2019}', '\u{2bc}', '`'], "'");
    let mut words = place.split(|letter: char| !letter.is_alphanumeric() && letter != '\'');
    words.any(|word| OCCUPIED_PLACES.contains(&word)) || OCCUPIED_PARTS.iter().any(|part| place.contains(part))
}

#[cfg(test)]
mod tests {
    use super::is_occupied;

    #[test]
    fn occupied_regions_are_known_in_the_scripts_that_addresses_are_written_in() {
        let places = [
            "вул. артема 1, донецьк",
            "г. симферополь",
            "12 lenina st, sevastopol",
            "donets’k",
            "simferopol'",
            "克里米亚辛菲罗波尔",
            "autonomous republic of crimea",
        ];
        for place in places {
            assert!(is_occupied(place), "{place}");
        }
        for place in ["kyiv", "київ", "kharkiv", "одеса", "lviv, 5 krymska st", ""] {
            assert!(!is_occupied(place), "{place}");
        }
    }
}
