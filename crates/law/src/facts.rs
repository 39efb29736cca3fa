//! The facts that conditions may name: what each is called, its type, its unit and the column it comes from.

use std::sync::OnceLock;

use tollgate_model::{Country, Lookup, Ratio};

use crate::territories::sovereign;

/// Which fact; an index into [`FACTS`] and into the slots of [`Facts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(pub u8);

impl FactId {
    /// The slot as an index.
    pub fn slot(self) -> usize {
        usize::from(self.0)
    }

    /// What the fact is.
    pub fn def(self) -> &'static FactDef {
        FACTS.get(self.slot()).unwrap_or(&UNDEFINED)
    }

    /// The fact of a name.
    pub fn named(name: &str) -> Option<FactId> {
        static BY_NAME: OnceLock<Lookup<&'static str, FactId>> = OnceLock::new();
        let by_name = BY_NAME.get_or_init(|| {
            let named = FACTS.iter().zip(0..).filter(|(def, _)| def.kind != FactKind::Denominator);
            named.map(|(def, slot)| (def.name, FactId(slot))).collect()
        });
        by_name.get(name).copied()
    }

    /// The slot of a ratio's denominator: the next one.
    pub fn denominator(self) -> FactId {
        FactId(self.0.saturating_add(1))
    }
}

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    /// True or false.
    Bool,
    /// A whole number of the unit, or of a fixed part of it.
    Int(Unit),
    /// A fraction, in this slot and the next.
    Ratio(Unit),
    /// The denominator of the fraction before it.
    Denominator,
    /// A country, or `none`.
    Country,
    /// One of these words; the first is index 0.
    Word(&'static [&'static str]),
    /// A named reading of an ambiguous text.
    Reading,
}

/// What a number counts; a threshold must name the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// TOPS x bit length, kept in thousandths.
    Tpp,
    /// TPP per mm2, or GB/s per mm2 of a memory.
    Density,
    /// GB/s, kept in thousandths.
    GigabytesPerSecond,
    /// Training operations, kept in billions and rounded up.
    Operations,
    /// Percent, kept in thousandths.
    Percent,
    /// A share as a fraction of percent.
    Share,
    /// Billions of transistors, kept in thousandths.
    BillionTransistors,
    /// A number of things.
    Count,
}

impl Unit {
    /// The word used in law files.
    pub fn as_str(self) -> &'static str {
        match self {
            Unit::Tpp => "TPP",
            Unit::Density => "per_mm2",
            Unit::GigabytesPerSecond => "GB/s",
            Unit::Operations => "operations",
            Unit::Percent | Unit::Share => "percent",
            Unit::BillionTransistors => "billion_transistors",
            Unit::Count => "count",
        }
    }
}

/// A fact's name, type and origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactDef {
    /// As conditions write it.
    pub name: &'static str,
    /// Its type.
    pub kind: FactKind,
    /// The columns that would settle it where it is unknown.
    pub columns: &'static [&'static str],
}

const UNDEFINED: FactDef = FactDef { name: "?", kind: FactKind::Bool, columns: &[] };

/// The words of `item.kind`, as in the `items` table, in the order of `ItemKind::ALL`.
pub const KINDS: &[&str] =
    &["ic", "board", "server", "rack", "model_weights", "hbm", "other", "software", "technology"];
/// What the ECCN of software or technology says: `associated` are the entries that 742.6(a)(6) names beside the commodities, `chip_technology`
/// is 3E001 of them, `encryption` those of a `.z` paragraph of Category 5, each with its grade where the paragraph states it; `at_only` is controlled for anti-terrorism reasons only, or EAR99.
pub const TECHNOLOGIES: &[&str] = &[
    "none",
    "associated",
    "associated_a",
    "associated_b",
    "encryption",
    "encryption_a",
    "encryption_b",
    "at_only",
    "other",
    "chip_technology",
];
/// The host ECCNs of `.z` items.
pub const HOSTS: &[&str] = &["none", "3A001", "4A003", "4A004", "4A005", "5A002", "5A004", "5A992"];
/// The words of `activity`, in the order of `Activity::ALL`.
pub const ACTIVITIES: &[&str] = &["export", "reexport", "transfer", "deemed_export", "deemed_reexport"];
/// The end uses that a condition can name; any other text is `other`.
pub const END_USES: &[&str] = &[
    "other",
    "data_center",
    "training",
    "inference",
    "hpc",
    "gaming",
    "resale",
    "research",
    "manufacturing",
    "development",
    "storage",
    "model_storage",
    "supercomputer",
    "military",
];
/// What a shipper may claim; `license` is any license number.
pub const CLAIMS: &[&str] = &[
    "none", "NLR", "license", "AIA", "ACM", "LPP", "NAC", "ACA", "VEU", "TMP", "RPL", "GOV", "TSU", "HBM", "GFT",
    "BAG", "AVS", "ENC", "CIV", "STA", "LVS", "GBS", "TSR", "APR", "IEC", "RFF", "CCD", "SCP", "SPP", "TGL",
];

macro_rules! facts {
    ($($(#[$doc:meta])* $id:ident $name:literal $kind:expr, [$($column:literal),*];)*) => {
        facts!(@ids 0u8; $($(#[$doc])* $id)*);
        /// Every fact, in the order of its slot.
        pub const FACTS: &[FactDef] = &[$(FactDef { name: $name, kind: $kind, columns: &[$($column),*] }),*];
    };
    (@ids $n:expr; $(#[$doc:meta])* $id:ident $($rest:tt)*) => {
        $(#[$doc])*
        #[doc = concat!("The fact `", stringify!($id), "`.")]
        pub const $id: FactId = FactId($n);
        facts!(@ids $n + 1; $($rest)*);
    };
    (@ids $n:expr;) => {};
}

use FactKind::{Bool, Country as Place, Denominator, Int, Reading, Word};

facts! {
    ITEM_KIND "item.kind" Word(KINDS), ["kind"];
    ITEM_HOST "item.host" Word(HOSTS), ["host_eccn"];
    IC_TPP "ic.tpp" Int(Unit::Tpp), ["tpp"];
    IC_DENSITY "ic.performance_density" FactKind::Ratio(Unit::Density), ["die_area_mm2"];
    IC_DENSITY_DEN "ic.performance_density/" Denominator, [];
    IC_DATA_CENTER "ic.data_center" Bool, ["data_center"];
    IC_IO "ic.io" Int(Unit::GigabytesPerSecond), ["interconnect_gb_s"];
    IC_DRAM "ic.dram_bandwidth" Int(Unit::GigabytesPerSecond), ["memory_bandwidth_gb_s"];
    IC_BANDWIDTHS "ic.bandwidth_sum" Int(Unit::GigabytesPerSecond), ["memory_bandwidth_gb_s"];
    IC_ADVANCED_NODE "ic.advanced_node" Bool, ["advanced_node"];
    IC_TRANSISTORS "ic.transistors" Int(Unit::BillionTransistors), ["transistors_bn"];
    DESIGNER_HQ "item.designer_hq" Place, ["designer_hq"];
    HBM_DENSITY "hbm.density" FactKind::Ratio(Unit::Density), ["performance_density"];
    HBM_DENSITY_DEN "hbm.density/" Denominator, [];
    MODEL_OPERATIONS "model.operations" Int(Unit::Operations), ["training_operations"];
    MODEL_OPERATIONS_SYNTHETIC "model.operations_with_synthetic" Int(Unit::Operations), ["synthetic_operations"];
    MODEL_SYNTHETIC "model.synthetic_share" Int(Unit::Percent), ["synthetic_percent"];
    MODEL_OPEN "model.open_weights" Bool, ["open_weights"];
    MODEL_DERIVED "model.derived_from_published" Bool, ["derived_from_published"];
    MODEL_ADDED "model.additional_operations" Int(Unit::Operations), ["additional_operations"];
    MODEL_ADDED_OF_BASE "model.additional_share_of_base" FactKind::Ratio(Unit::Share), ["base_operations"];
    MODEL_ADDED_OF_BASE_DEN "model.additional_share_of_base/" Denominator, [];
    MODEL_ADDED_OF_TOTAL "model.additional_share_of_total" FactKind::Ratio(Unit::Share), ["training_operations"];
    MODEL_ADDED_OF_TOTAL_DEN "model.additional_share_of_total/" Denominator, [];
    MODEL_BELOW_FRONTIER "model.below_published_frontier" Bool, ["below_published_frontier"];
    ITEM_TECHNOLOGY "item.technology" Word(TECHNOLOGIES), ["eccn", "accelerator"];
    ACTIVITY "activity" Word(ACTIVITIES), ["activity"];
    ORIGIN "origin" Place, ["origin"];
    DESTINATION "destination" Place, ["destination"];
    CONSIGNEE_COUNTRY "consignee.country" Place, ["country"];
    CONSIGNEE_PLACE "consignee.place" Place, ["country"];
    CONSIGNEE_HQ "consignee.hq" Place, ["hq_country"];
    CONSIGNEE_PARENT_HQ "consignee.parent_hq" Place, ["hq_country"];
    END_USER_COUNTRY "end_user.country" Place, ["country"];
    END_USER_HQ "end_user.hq" Place, ["hq_country"];
    END_USER_PARENT_HQ "end_user.parent_hq" Place, ["hq_country"];
    END_USER_UNNAMED "end_user.unnamed_restricted" Bool, ["end_user"];
    PURCHASER_COUNTRY "purchaser.country" Place, ["country"];
    PURCHASER_HQ "purchaser.hq" Place, ["hq_country"];
    PURCHASER_PARENT_HQ "purchaser.parent_hq" Place, ["hq_country"];
    INTERMEDIATE_PLACE "intermediate.place" Place, ["country", "via"];
    INTERMEDIATE_HQ "intermediate.hq" Place, ["hq_country"];
    INTERMEDIATE_PARENT_HQ "intermediate.parent_hq" Place, ["hq_country"];
    BUYER_IC_DESIGNER "buyer.ic_designer" Bool, ["flags"];
    BUYER_APPROVED_DESIGNER "buyer.approved_ic_designer" Bool, ["flags"];
    CONSIGNEE_GOVERNMENT "consignee.government" Bool, ["flags"];
    MILITARY "parties.military" Bool, ["flags"];
    MILITARY_INTELLIGENCE "parties.military_intelligence" Bool, ["flags"];
    ENTITY_LIST "parties.entity_list" Bool, ["flags"];
    ENTITY_LIST_CASE_BY_CASE "parties.entity_list_case_by_case" Bool, ["flags"];
    ENTITY_LIST_DENIAL "parties.entity_list_denial" Bool, ["flags"];
    AFFILIATE "parties.affiliate_50" Bool, ["flags"];
    DENIED "parties.denied_person" Bool, ["flags"];
    UNVERIFIED "parties.unverified_list" Bool, ["flags"];
    SDN_RUSSIA "parties.sdn_russia" Bool, ["flags"];
    SDN_FTO "parties.sdn_fto" Bool, ["flags"];
    SDN_SDGT "parties.sdn_sdgt" Bool, ["flags"];
    SDN_SDT "parties.sdn_sdt" Bool, ["flags"];
    SDN_NPWMD "parties.sdn_npwmd" Bool, ["flags"];
    SDN_NARCOTICS "parties.sdn_narcotics" Bool, ["flags"];
    SDN_IRAQ "parties.sdn_iraq" Bool, ["flags"];
    OCCUPIED_REGION "consignee.occupied_region" Bool, ["address"];
    CONSIGNEE_UVEU "consignee.uveu" Bool, ["flags"];
    CONSIGNEE_UVEU_RATIOS "consignee.uveu_ratios_kept" Bool, ["fleet"];
    CONSIGNEE_NVEU "consignee.nveu_here" Bool, ["flags"];
    CONSIGNEE_SECURE "consignee.secure_facility" Bool, ["flags"];
    CONSIGNEE_SUPP8 "consignee.supp8_uae" Bool, ["flags"];
    CONSIGNEE_AGREEMENT "consignee.agreement_data_center" Bool, ["flags"];
    EXPORTER_HQ "exporter.hq" Place, ["hq_country"];
    EXPORTER_PARENT_HQ "exporter.parent_hq" Place, ["hq_country"];
    EXPORTER_FOUNDRY "exporter.foundry" Bool, ["flags"];
    EXPORTER_OSAT "exporter.osat" Bool, ["flags"];
    EXPORTER_APPROVED_OSAT "exporter.approved_osat" Bool, ["flags"];
    EXPORTER_INFORMED "exporter.is_informed" Bool, ["flags"];
    EXPORTER_CHINA_VOLUME "exporter.china_volume_exceeded" Bool, ["flags"];
    EXPORTER_US_SUPPLY "exporter.us_supply_affected" Bool, ["flags"];
    NO_KYC "parties.no_kyc" Bool, ["flags"];
    END_USE "end_use" Word(END_USES), ["end_use"];
    SUPERCOMPUTER "end_use.supercomputer" Bool, ["end_use"];
    END_USE_PLACE "end_use.place" Place, ["end_use"];
    RENTED_COMPUTE "end_use.rented_compute" Bool, ["end_use"];
    RENTERS_KNOWN "renters_known" Bool, ["flags"];
    FORWARDER_IS_CONSIGNEE "forwarder_is_consignee" Bool, ["freight_forwarder"];
    CLAIM "claim" Word(CLAIMS), ["authorization"];
    SHIPMENT_TPP "shipment.tpp" Int(Unit::Tpp), ["tpp"];
    LPP_AFTER "account.lpp" Int(Unit::Tpp), ["tpp"];
    LPP_ALL_AFTER "account.lpp_all" Int(Unit::Tpp), ["tpp"];
    COUNTRY_AFTER "account.country" Int(Unit::Tpp), ["tpp"];
    COUNTRY_BEFORE "account.country_before" Int(Unit::Tpp), ["tpp"];
    NVEU_AFTER "account.nveu" Int(Unit::Tpp), ["tpp"];
    AIA_AFTER "account.aia" Int(Unit::Tpp), ["tpp"];
    R_LPP_RESTRICTED "reading.lpp_in_restricted_d" Reading, [];
    R_LPP_5A002 "reading.lpp_covers_5a002" Reading, [];
    R_LPP_ALL "reading.lpp_counts_all_receipts" Reading, [];
    R_AIA_WEIGHTS "reading.aia_weights_free_in_t1" Reading, [];
    R_COUNTRY_HQ "reading.country_charged_to_headquarters" Reading, [];
    R_CROSSING "reading.crossing_license_cut" Reading, [];
    R_T1_SPARES "reading.t1_headquarters_spare_the_cap" Reading, [];
    R_CYPRUS "reading.cyprus_in_d5" Reading, [];
    R_CASE_2024 "reading.case_by_case_2024" Reading, [];
    R_AFFILIATES "reading.affiliates_rule_returned" Reading, [];
    R_DERIVED_TOTAL "reading.derived_share_of_total" Reading, [];
    R_DENIAL_2022 "reading.denial_presumed_2022" Reading, [];
    R_HEADQUARTERS_2023 "reading.headquarters_case_by_case_2023" Reading, [];
    R_EXCEPTION_2023 "reading.no_exception_over_headquarters_2023" Reading, [];
    R_UNENFORCED "reading.unenforced_exceptions_live" Reading, [];
    R_LETTER_PRESS "reading.letter_at_press_figures" Reading, [];
}

/// How many slots [`Facts`] has.
pub const SLOTS: usize = FACTS.len();

/// The value that stands for "no such country" (no parent, no separate end user).
pub const NO_COUNTRY: i64 = 255;

/// The facts of one order line: a value for each slot, and which of them are known.
///
/// Words and countries are held by index, quantities in the fixed part of their unit that
/// [`Unit`] states, truth as 0 or 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The value of each slot; without meaning where the slot is not known.
    pub values: [i64; SLOTS],
    /// Bit `i` is set where slot `i` is known.
    pub known: u128,
}

impl Default for Facts {
    fn default() -> Facts {
        Facts { values: [0; SLOTS], known: 0 }
    }
}

impl Facts {
    /// Makes a slot known.
    pub fn set(&mut self, fact: FactId, value: i64) {
        if let Some(slot) = self.values.get_mut(fact.slot()) {
            *slot = value;
            self.known |= 1 << fact.slot();
        }
    }

    /// Makes a slot unknown.
    pub fn forget(&mut self, fact: FactId) {
        self.known &= !(1 << fact.slot());
    }

    /// Makes a slot known where there is a value.
    pub fn set_if(&mut self, fact: FactId, value: Option<i64>) {
        match value {
            Some(value) => self.set(fact, value),
            None => self.forget(fact),
        }
    }

    /// Sets a country, or `none`; unknown where the outer option is empty.
    pub fn set_country(&mut self, fact: FactId, country: Option<Option<Country>>) {
        self.set_if(fact, country.map(|country| country.map_or(NO_COUNTRY, |country| i64::from(country.index()))));
    }

    /// Sets a fraction.
    pub fn set_ratio(&mut self, fact: FactId, ratio: Option<Ratio>) {
        self.set_if(fact, ratio.map(|ratio| ratio.num));
        self.set_if(fact.denominator(), ratio.map(|ratio| ratio.den));
    }

    /// The value of a slot where it is known.
    pub fn get(&self, fact: FactId) -> Option<i64> {
        let known = self.known >> fact.slot() & 1 == 1;
        known.then(|| self.values.get(fact.slot()).copied()).flatten()
    }
}

/// The country of ultimate destination or of a party as the EAR counts it: Hong Kong is China since
/// 2020-12-23 (85 FR 83765), and a territory, possession, dependency or department is the country that it belongs to
/// (15 CFR 738.3(b) and part 772).
pub fn ear_country(country: Country) -> Country {
    static COUNTED: OnceLock<Vec<Country>> = OnceLock::new();
    let counted = COUNTED.get_or_init(|| Country::all().map(counted_as).collect());
    counted.get(usize::from(country.index())).copied().unwrap_or(country)
}

fn counted_as(country: Country) -> Country {
    if country == Country::HONG_KONG {
        return Country::CHINA;
    }
    sovereign(country.code()).and_then(|code| code.parse().ok()).unwrap_or(country)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn slots_fit_the_mask_and_names_are_unique() {
        const { assert!(SLOTS <= 128) };
        let names: BTreeSet<_> = FACTS.iter().map(|def| def.name).collect();
        assert_eq!(names.len(), FACTS.len());
        assert_eq!(FactId::named("claim"), Some(CLAIM));
        assert_eq!(R_DERIVED_TOTAL.def().name, "reading.derived_share_of_total");
    }
}
