//! For each fact that may be missing: what to ask, and whom.

use tollgate_law::facts::{self, FactId};
use tollgate_model::OrderLine;

use crate::claim::claim_of;

/// What to ask for a fact of an order, and whom.
pub(crate) fn question(fact: FactId, order: &OrderLine<'_>) -> (String, &'static str) {
    match fact {
        facts::END_USER_UNNAMED => (
            "Ask who the end user is, where it and its ultimate parent are headquartered, and put it into `end_user`.".to_owned(),
            "the purchaser or the ultimate consignee, in an end-user statement",
        ),
        facts::RENTED_COMPUTE | facts::RENTERS_KNOWN => (OF_RENTERS.to_owned(), "the provider, from its list of renters"),
        facts::CONSIGNEE_PLACE | facts::INTERMEDIATE_PLACE => (
            format!(
                "Ask which way the items take and who receives them where, and correct `{}`, `destination` or the country of the party.",
                if fact == facts::CONSIGNEE_PLACE { "ultimate_consignee" } else { "via`, `intermediate_consignee" }
            ),
            "the shipper or the freight forwarder",
        ),
        facts::END_USE_PLACE => (
            "Ask where the items will be used, and correct `destination`, or state the country in `end_use`.".to_owned(),
            "the end user",
        ),
        facts::END_USE | facts::SUPERCOMPUTER => {
            ("Ask what the items will be used for, and put it into `end_use`.".to_owned(), "the end user")
        }
        facts::ITEM_TECHNOLOGY => (
            format!(
                "State the ECCN of `{}`, software or technology (3D001, 3E001, 4D090, 4E001, 5D002.z and so on), with its paragraph, and in `accelerator` \
                 the item that it is for; ask who gets access, and of what nationality.",
                order.item
            ),
            "whoever classified it: the maker, or the owner of the technology",
        ),
        facts::CONSIGNEE_UVEU_RATIOS => (
            "Give all that the validated end-user and its affiliates own, with where it stands, in the table of `--fleet` (25 and 7 percent of 15 CFR 748, \
             supplement no. 10, paragraph 6)."
                .to_owned(),
            "the validated end-user",
        ),
        facts::CLAIM => (
            format!("{} Else claim another exception, or apply for a license.", proof_of(claim_of(order.authorization).name())),
            "whoever claims the exception, with the exporter's export-control officer",
        ),
        facts::ORIGIN if order.origin.is_some() => (OF_EMBARGOED_ORIGIN.to_owned(), "the exporter's export-control officer"),
        facts::ACTIVITY | facts::ORIGIN | facts::DESTINATION => {
            (format!("State `{}`.", column(fact)), "the shipper or the freight forwarder")
        }
        facts::MILITARY | facts::MILITARY_INTELLIGENCE => (OF_FORCES.to_owned(), "whoever knows the party, and clears list matches"),
        facts::ENTITY_LIST
        | facts::DENIED
        | facts::UNVERIFIED
        | facts::SDN_RUSSIA
        | facts::SDN_FTO
        | facts::SDN_SDGT
        | facts::SDN_SDT
        | facts::SDN_NPWMD
        | facts::SDN_NARCOTICS
        | facts::SDN_IRAQ => (
            "Find out whether the party is the listed one, and under which program: confirm the match with a flag of the party, or clear it."
                .to_owned(),
            "whoever clears list matches, with the party's register number and address",
        ),
        facts::AFFILIATE => (
            "Ask who owns the party, and how much each owner holds, and put it into the ownership table.".to_owned(),
            "the party, or the company register",
        ),
        _ => of_party_or_item(fact, order),
    }
}

/// What is to be asked of a party that may be a military end user.
const OF_FORCES: &str = "Find out whether the party is of the armed forces, the national police or an intelligence service, supports military end uses \
    (15 CFR 744.21, 744.22), or is the listed one: put `military`, `military_intelligence` or, where it is none of these, `civilian` into its flags; clear a \
    match that is another.";

/// What is to be asked of a provider of computing time.
const OF_RENTERS: &str = "Ask who rents computing time on the items, or for whom models are trained, and where their ultimate parents are headquartered; \
    where none is headquartered in Macau or Country Group D:5, put `renters_known` into the provider's flags (15 CFR 744.6, 744.22).";

/// What is to be asked of items that come from an embargoed place.
const OF_EMBARGOED_ORIGIN: &str = "Ask how the items came to the place that they come from, and whether that was allowed (15 CFR 736.2(b)(10), part 746), \
    and have a lawyer say whether they may be dealt in; or correct `origin`.";

/// What must be shown for a license exception that is not modeled.
fn proof_of(claim: Option<&str>) -> &'static str {
    match claim {
        Some("RPL") => {
            "Show for License Exception RPL (15 CFR 740.10) either that the part replaces, one for one, a part of equipment that was lawfully \
             exported, and does not improve it (paragraph (a)); or that the item comes back from service unimproved, or replaces a defective one \
             free of charge within the warranty (paragraph (b)): name the first authorization, the serial numbers of both items, and what becomes \
             of the old one (destroyed or returned)."
        }
        Some("TMP") => {
            "Show for License Exception TMP (15 CFR 740.9) on which subparagraph it rests ((a)(6), inspection, test or repair abroad, is the only one for \
             restricted destinations), that the item stays under the exporter's control, and when it returns (within a year)."
        }
        Some("GOV") => {
            "Show for License Exception GOV (15 CFR 740.11) which agency receives the item for official use, or on which agency's behalf, with its \
             written request."
        }
        Some("TGL") => {
            "Show on which temporary general license of supplement no. 1 to 15 CFR part 736 the shipment rests, that it was valid on the day, and who \
             does what with the items, and for whom."
        }
        Some("HBM") => {
            "Show for License Exception HBM (15 CFR 740.25) where the exporter and its ultimate parent are headquartered, that the buyer designs the \
             co-packaged commodity, and that the memory goes straight to the packaging site."
        }
        Some("STA") => {
            "Show for License Exception STA (15 CFR 740.20) that every reason for control of the ECCN is one that it overcomes, that the destination is \
             eligible, and that the consignee gave its prior statement."
        }
        Some("ENC") => {
            "Show for License Exception ENC (15 CFR 740.17) the classification request or self-classification report, and that the item is not \
             controlled for advanced computing besides."
        }
        Some("TSU") => {
            "Show for License Exception TSU (15 CFR 740.13) that it is operation technology, sales technology or an update for lawfully exported items."
        }
        Some("TSR") => {
            "Show for License Exception TSR (15 CFR 740.6) that the ECCN is eligible for it by its own entry, that it is controlled for national security \
             reasons only, that the destination is in Country Group B, and that the consignee gave its written assurance before."
        }
        _ => {
            "Show on which paragraph of the claimed license exception the shipment rests, and that each of its conditions is met."
        }
    }
}

fn of_party_or_item(fact: FactId, order: &OrderLine<'_>) -> (String, &'static str) {
    let name = fact.def().name;
    let roles = [
        ("consignee.", "ultimate consignee", Some(order.ultimate_consignee)),
        ("end_user.", "end user", order.end_user),
        ("purchaser.", "purchaser", order.purchaser),
        ("intermediate.", "intermediate consignee", order.intermediate_consignee),
        ("exporter.", "exporter", order.exporter),
    ];
    if let Some((_, role, id)) = roles.into_iter().find(|(start, ..)| name.starts_with(start)) {
        let wanted =
            if name.ends_with("parent_hq") { "where its ultimate parent is headquartered" } else { wanted_of(name) };
        let id = id.map_or(String::new(), |id| format!(" `{id}`"));
        return (
            format!("Ask {wanted}: the {role}{id}; put it into its row of parties."),
            "the party, or the company register",
        );
    }
    if name.starts_with("account.") || name.starts_with("shipment.") {
        return (format!("State the TPP of `{}`, which the count needs.", order.item), "the maker, by its data sheet");
    }
    (
        format!("State `{}` of the item `{}`.", column(fact), order.item),
        "the maker, by its data sheet or classification",
    )
}

fn wanted_of(name: &str) -> &'static str {
    if name.ends_with(".hq") {
        "where it is headquartered"
    } else if name.ends_with(".country") {
        "where it is located"
    } else {
        "what its flags must say"
    }
}

fn column(fact: FactId) -> &'static str {
    fact.def().columns.first().copied().unwrap_or(fact.def().name)
}
