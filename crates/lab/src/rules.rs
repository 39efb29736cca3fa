//! What the law comes to for the model: asked of the engine, order by order, so that a changed paragraph changes the result.

use std::collections::BTreeMap;

use tollgate_model::{Country, Date, ReviewPolicy, never};

use crate::scenario::{Arm, Demand};

/// Quarters that are simulated, from the first of 2025.
pub(crate) const QUARTERS: usize = 24;
/// Years.
pub(crate) const YEARS: usize = 6;
/// The first and the last of them.
pub(crate) const FIRST_YEAR: i32 = 2025;
pub(crate) const LAST_YEAR: i32 = 2030;

/// An order that is decided to learn what the law is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probe {
    /// The day.
    pub date: Date,
    /// Where the consignee is, and is headquartered.
    pub destination: Country,
    /// The item, by its name in the catalog.
    pub item: &'static str,
    /// How many.
    pub units: i64,
    /// H100 that the country's allocation has been charged with already.
    pub charged: i64,
    /// Words of the consignee's `flags`.
    pub flags: Vec<String>,
}

/// What the law says to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It may go without a license.
    Free,
    /// It needs one, reviewed so.
    License(Option<ReviewPolicy>),
    /// It cannot be told.
    Unknown,
}

/// What the lab reckons with and the law or its catalog says: whoever knows the law gives it, see [`Policies::facts`](crate::Policies::facts).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawFacts {
    /// TPP of one H100.
    pub h100_tpp: i64,
    /// TPP that may go to a consignee in a year without a license, by the rule as it was published.
    pub license_free_tpp: i64,
    /// The day on which the Diffusion Rule was published, from which it could be known.
    pub published: Date,
    /// The day from which it bound.
    pub compliance: Date,
    /// The law's name for the group of countries that are in tier 1.
    pub tier1_group: String,
    /// The same of tier 3.
    pub tier3_group: String,
}

impl LawFacts {
    /// The license-free limit of the rule in whole H100: about 1,700.
    #[expect(clippy::cast_precision_loss, reason = "TPP of a limit are far below 2^53")]
    pub(crate) fn license_free_h100(&self) -> f64 {
        (self.license_free_tpp as f64 / self.h100_tpp as f64).round()
    }
}

/// Who decides: the program, with the engine and the law behind it.
pub trait LawOracle {
    /// Decides an order under the arm's policy.
    fn probe(&mut self, probe: &Probe) -> Permission;
}

/// How a license is reviewed, as the model takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grant {
    Approval,
    Case,
    Denial,
}

impl Grant {
    /// Its word in files.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Grant::Approval => "approval",
            Grant::Case => "case_by_case",
            Grant::Denial => "denial",
        }
    }
}

/// What the law comes to for one country in one quarter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CountryRule {
    /// H100 a consignee and year that go without a license; infinite where there is no limit.
    pub(crate) free: f64,
    /// H100 in all that licenses may grant before they are denied; infinite where there is no limit.
    pub(crate) cap: f64,
    pub(crate) grant: Grant,
    /// Whether universal validated end-users get what they want.
    pub(crate) validated: bool,
    /// Whether lesser chips (H20) go without a license.
    pub(crate) lesser: bool,
}

/// The law of an arm, by country and quarter.
#[derive(Clone, Debug)]
pub(crate) struct RuleTable {
    /// As many as there are quarters for each country, in the order of the demand.
    pub(crate) by_country: Vec<Vec<CountryRule>>,
}

/// No order is larger, in H100.
const MOST: i64 = 2_000_000;
const H100: &str = "NVIDIA H100 SXM";
const LESSER: &str = "NVIDIA H20";

/// A day in the middle of a quarter.
pub(crate) fn middle(quarter: usize) -> Date {
    let (mut year, mut month) = (FIRST_YEAR, 2);
    for _ in 0..quarter {
        (year, month) = if month > 9 { (year + 1, 2) } else { (year, month + 3) };
    }
    Date::from_ymd(year, month, 16).unwrap_or_else(|| {
        never!("the sixteenth of a month of this century is a day: {year}-{month}");
        Date::MIN
    })
}

/// The day of whose law a quarter is decided under an arm: before the day from which the arm has the rule hold, it holds as little as before its own.
fn law_day(arm: &Arm, quarter: usize, compliance: Date) -> Date {
    let day = middle(quarter);
    match arm.effective {
        Some(effective) if day < effective => day.min(compliance.before()),
        _ => day,
    }
}

impl RuleTable {
    /// Asks the oracle about every country and quarter; what is the same is asked once. `compliance` is the day from which the rule bound.
    pub(crate) fn ask(oracle: &mut dyn LawOracle, arm: &Arm, demand: &[Demand], compliance: Date) -> RuleTable {
        let mut known: BTreeMap<(Country, Date), CountryRule> = BTreeMap::new();
        let by_country = demand.iter().map(|demand| {
            let quarters = (0..QUARTERS).map(|quarter| {
                let key = (demand.country, law_day(arm, quarter, compliance));
                if let Some(rule) = known.get(&key) {
                    return *rule;
                }
                let rule = country_rule(oracle, arm, demand.country, key.1);
                known.insert(key, rule);
                rule
            });
            quarters.collect()
        });
        RuleTable { by_country: by_country.collect() }
    }
}

/// What the law comes to for a country on a day.
fn country_rule(oracle: &mut dyn LawOracle, arm: &Arm, destination: Country, date: Date) -> CountryRule {
    let mut flags = Vec::new();
    if arm.agreements.contains(&destination) {
        flags.push("agreement_data_center".to_owned());
    }
    let probe = Probe { date, destination, item: H100, units: 1, charged: 0, flags };
    let free = largest(|units| oracle.probe(&Probe { units, ..probe.clone() }) == Permission::Free);
    let over = free.map_or(MOST, |free| free + 1);
    let first = oracle.probe(&Probe { units: over, ..probe.clone() });
    let grant = match first {
        Permission::Free => Grant::Approval,
        Permission::License(Some(ReviewPolicy::PresumptionOfApproval)) => Grant::Approval,
        Permission::License(Some(ReviewPolicy::CaseByCase)) => Grant::Case,
        _ => Grant::Denial,
    };
    let capped = grant == Grant::Approval && free.is_some();
    let cap = if capped {
        largest(|charged| {
            oracle.probe(&Probe { units: over, charged: (charged - over).max(0), ..probe.clone() }) == first
        })
    } else {
        None
    };
    let validated = ["uveu".to_owned()].into_iter().chain(probe.flags.iter().cloned()).collect();
    CountryRule {
        free: free.map_or(f64::INFINITY, real),
        cap: cap.map_or(f64::INFINITY, real),
        grant,
        validated: oracle.probe(&Probe { units: MOST, flags: validated, ..probe.clone() }) == Permission::Free,
        lesser: oracle.probe(&Probe { item: LESSER, units: 10_000, ..probe }) == Permission::Free,
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of chips are far below 2^53")]
fn real(units: i64) -> f64 {
    units as f64
}

/// The largest number of which this holds, as it does of all smaller ones; nothing where it holds of the largest order.
fn largest(mut holds: impl FnMut(i64) -> bool) -> Option<i64> {
    if holds(MOST) {
        return None;
    }
    let (mut yes, mut no) = (0, MOST);
    while no - yes > 1 {
        let middle = yes + (no - yes) / 2;
        if holds(middle) { yes = middle } else { no = middle }
    }
    Some(yes)
}
