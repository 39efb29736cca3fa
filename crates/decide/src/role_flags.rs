//! The flags of the ultimate consignee and of the exporter, as facts.

use std::sync::Arc;

use tollgate_law::facts::{self, FactId, Facts};
use tollgate_model::{Country, Date, Truth};

use super::parties::PartyFacts;

/// Sets a fact that is true, false or unknown.
pub(crate) fn set_truth(facts: &mut Facts, fact: FactId, truth: Truth) {
    match truth {
        Truth::True => facts.set(fact, 1),
        Truth::False => facts.set(fact, 0),
        Truth::Unknown => facts.forget(fact),
    }
}

/// Sets what the flags of the ultimate consignee say.
pub(crate) fn consignee_flags(facts: &mut Facts, consignee: &PartyFacts, destination: Country) {
    for (fact, flag) in [
        (facts::CONSIGNEE_GOVERNMENT, "government"),
        (facts::CONSIGNEE_UVEU, "uveu"),
        (facts::CONSIGNEE_SECURE, "secure_facility"),
        (facts::CONSIGNEE_SUPP8, "supp8_uae"),
        (facts::CONSIGNEE_AGREEMENT, "agreement_data_center"),
    ] {
        set_truth(facts, fact, consignee.truth(flag));
    }
    // What a group has standing where is asked only of a line that goes to a universal validated end-user, and only where a table says it.
    facts.set(facts::CONSIGNEE_UVEU_RATIOS, 1);
    // A status that nobody gave is not had.
    facts.set(facts::CONSIGNEE_NVEU, i64::from(consignee.is_nveu_in(destination)));
}

/// Sets what the flags of the exporter and of the buyer say, and where the exporter is headquartered; unknown where none is named.
pub(crate) fn exporter_flags(facts: &mut Facts, exporter: Option<&Arc<PartyFacts>>, buyer: &PartyFacts) {
    for (fact, flag) in [
        (facts::EXPORTER_FOUNDRY, "foundry"),
        (facts::EXPORTER_OSAT, "osat"),
        (facts::EXPORTER_APPROVED_OSAT, "approved_osat"),
        (facts::EXPORTER_INFORMED, "is_informed"),
    ] {
        // An exporter without a row is as one that is not named: whoever is told by BIS, or makes chips, says so in a row.
        let with_row = exporter.filter(|party| party.has_row());
        set_truth(facts, fact, with_row.map_or(Truth::False, |party| party.truth(flag)));
    }
    facts.set_country(facts::EXPORTER_HQ, exporter.and_then(|party| party.hq));
    facts.set_country(facts::EXPORTER_PARENT_HQ, exporter.and_then(|party| party.parent_hq));
    let approved = buyer.truth("approved_ic_designer");
    set_truth(facts, facts::BUYER_APPROVED_DESIGNER, approved);
    set_truth(facts, facts::BUYER_IC_DESIGNER, buyer.truth("authorized_ic_designer").or(approved));
}

/// Sets which conditions of the review of January 2026 are said not to be met; what nobody says is not so, and a flag that is not understood may say it.
pub(crate) fn volume_flags(
    facts: &mut Facts,
    exporter: Option<&Arc<PartyFacts>>,
    parties: [Option<&Arc<PartyFacts>>; 5],
    date: Date,
) {
    let says = |party: Option<&Arc<PartyFacts>>, flag| party.map_or(Truth::False, |party| party.listing(flag, date));
    set_truth(facts, facts::EXPORTER_CHINA_VOLUME, says(exporter, "china_volume_exceeded"));
    set_truth(facts, facts::EXPORTER_US_SUPPLY, says(exporter, "us_supply_affected"));
    let no_kyc = parties.into_iter().map(|party| says(party, "no_kyc")).fold(Truth::False, Truth::or);
    set_truth(facts, facts::NO_KYC, no_kyc);
}

/// Sets whether the consignee, or the end user where another is named, says that it knows who rents computing time on the items.
pub(crate) fn renters_flag(facts: &mut Facts, consignee: &PartyFacts, end_user: Option<&Arc<PartyFacts>>) {
    let of_user = end_user.map_or(Truth::False, |party| party.truth("renters_known"));
    set_truth(facts, facts::RENTERS_KNOWN, consignee.truth("renters_known").or(of_user));
}

/// Sets where the purchaser is, and where it and the intermediate consignee and their ultimate parents are headquartered.
pub(crate) fn set_seats(
    facts: &mut Facts,
    purchaser: Option<&Arc<PartyFacts>>,
    intermediate: Option<&Arc<PartyFacts>>,
) {
    facts.set_country(facts::PURCHASER_COUNTRY, purchaser.map_or(Some(None), |party| party.country));
    for (party, hq, parent) in [
        (purchaser, facts::PURCHASER_HQ, facts::PURCHASER_PARENT_HQ),
        (intermediate, facts::INTERMEDIATE_HQ, facts::INTERMEDIATE_PARENT_HQ),
    ] {
        facts.set_country(hq, party.map_or(Some(None), |party| party.hq));
        facts.set_country(parent, party.map_or(Some(None), |party| party.parent_hq));
    }
}
