//! What the law comes to for the model: asked of the engine, order by order, so that a changed paragraph changes the result.

use std::collections::BTreeMap;

use tollgate_model::{Country, Date, ReviewPolicy};

use crate::scenario::{Arm, Demand};
use crate::timeline::Timeline;

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
    /// H100 that the country's allocation, or that of a national validated end-user, has been charged with already.
    pub charged: i64,
    /// Words of the consignee's `flags`.
    pub flags: Vec<String>,
    /// What the consignee does with it: a word of `end_use`.
    pub end_use: &'static str,
}

/// What the law says to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// It may go without a license.
    Free,
    /// It needs one, reviewed so.
    License(Option<ReviewPolicy>),
    /// It turns on what nobody has said: it may go without a license as the law is read most mildly, or even most strictly; else it needs one,
    /// reviewed so.
    Open {
        /// Whether the mildest reading lets it go without a license.
        mild_free: bool,
        /// Whether the strictest does.
        strict_free: bool,
        /// How a license is reviewed.
        review: Option<ReviewPolicy>,
    },
    /// It cannot be told at all.
    Unknown,
}

/// How what the law leaves open is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    Strict,
    Mild,
}

impl Permission {
    /// What it comes to under a reading: free, or a license with its review.
    fn under(self, reading: Reading) -> Permission {
        let mild = reading == Reading::Mild;
        match self {
            Permission::Open { mild_free, strict_free, review } => {
                let free = if mild { mild_free } else { strict_free };
                if free { Permission::Free } else { Permission::License(review) }
            }
            Permission::Unknown if mild => Permission::Free,
            Permission::Unknown => Permission::License(Some(ReviewPolicy::PolicyOfDenial)),
            settled => settled,
        }
    }
}

/// The ratios that bind a universal validated end-user, as shares of its compute; 1 where none does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratios {
    /// In all countries outside the first tier together.
    pub outside: f64,
    /// In each of them.
    pub country: f64,
    /// Outside the United States, for those headquartered there.
    pub abroad: f64,
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

    /// The ratios that bind universal validated end-users on a day; none where the law has none.
    fn ratios(&mut self, _date: Date) -> Option<Ratios> {
        None
    }
}

/// How a license is reviewed, as the model takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(crate) enum Grant {
    Denial,
    Case,
    Approval,
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

    /// That of a review. One that nobody can tell is denial as it is read strictly, approval as it is read mildly.
    fn of(permission: Permission, reading: Reading) -> Grant {
        match permission {
            Permission::Free | Permission::License(Some(ReviewPolicy::PresumptionOfApproval)) => Grant::Approval,
            Permission::License(Some(ReviewPolicy::CaseByCase)) => Grant::Case,
            Permission::License(None) if reading == Reading::Mild => Grant::Approval,
            _ => Grant::Denial,
        }
    }
}

/// What the law comes to for one country in one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CountryRule {
    /// H100 a consignee and year that go without a license; infinite where there is no limit.
    pub(crate) free: f64,
    /// H100 in all that licenses may grant before they are denied; infinite where there is no limit.
    pub(crate) cap: f64,
    pub(crate) grant: Grant,
    /// Whether universal validated end-users get what they want.
    pub(crate) validated: bool,
    /// H100 that one national validated end-user may have in all; 0 where there is none.
    pub(crate) national: f64,
    /// Whether lesser chips (H20) go without a license.
    pub(crate) lesser: bool,
    /// Whether chips that are not made for data centers (RTX 4090) go without a license.
    pub(crate) consumer: bool,
    /// Whether factories get chips to build in without a license.
    pub(crate) factory: bool,
}

/// The law of an arm, by country and step, as it is read strictly and mildly.
#[derive(Clone, Debug)]
pub(crate) struct RuleTable {
    /// As many as there are steps for each country, in the order of the demand.
    pub(crate) by_country: Vec<Vec<CountryRule>>,
    /// The ratios of universal validated end-users, by step.
    pub(crate) ratios: Vec<Ratios>,
}

/// No order is larger, in H100.
const MOST: i64 = 2_000_000;
const H100: &str = "NVIDIA H100 SXM";
const LESSER: &str = "NVIDIA H20";
const CONSUMER: &str = "GeForce RTX 4090";
/// Chips of a large order that is not the largest.
const MANY: i64 = 10_000;

/// Who decides under an arm: before its rule holds, and while it does.
pub(crate) struct Oracles<'a> {
    pub(crate) before: Box<dyn LawOracle + 'a>,
    pub(crate) rule: Box<dyn LawOracle + 'a>,
}

impl RuleTable {
    /// Asks about every country and step; what is the same is asked once. `compliance` is the day from which the rule bound: an arm that has it hold
    /// earlier has it as it was on that day.
    pub(crate) fn ask(
        oracles: &mut Oracles<'_>,
        arm: &Arm,
        demand: &[Demand],
        timeline: &Timeline,
        compliance: Date,
        reading: Reading,
    ) -> RuleTable {
        let mut known: BTreeMap<(Country, Date, bool, bool), CountryRule> = BTreeMap::new();
        let mut table = RuleTable { by_country: vec![Vec::new(); demand.len()], ratios: Vec::new() };
        for step in &timeline.steps {
            let day = step.middle();
            let holds = arm.rule_holds(day);
            let day = if holds && arm.effective.is_some() { day.max(compliance) } else { day };
            let oracle = if holds { &mut oracles.rule } else { &mut oracles.before };
            table.ratios.push(oracle.ratios(day).unwrap_or(Ratios { outside: 1.0, country: 1.0, abroad: 1.0 }));
            for (part, rules) in demand.iter().zip(&mut table.by_country) {
                let agreement = step.agreements && arm.agreements.contains(&part.country);
                let key = (part.country, day, holds, agreement);
                let guess = rules.last().copied();
                let rule = *known.entry(key).or_insert_with(|| {
                    let sample =
                        SampleOrder { oracle: oracle.as_mut(), reading, agreement, date: day, country: part.country };
                    sample.rule(guess)
                });
                rules.push(rule);
            }
        }
        table
    }
}

/// SampleOrder orders to one country on one day.
struct SampleOrder<'a> {
    oracle: &'a mut dyn LawOracle,
    reading: Reading,
    agreement: bool,
    date: Date,
    country: Country,
}

impl SampleOrder<'_> {
    fn ask(
        &mut self,
        item: &'static str,
        units: i64,
        charged: i64,
        flag: Option<String>,
        end_use: &'static str,
    ) -> Permission {
        let agreement = self.agreement.then(|| "agreement_data_center".to_owned());
        let flags = flag.into_iter().chain(agreement).collect();
        let probe = Probe { date: self.date, destination: self.country, item, units, charged, flags, end_use };
        self.oracle.probe(&probe).under(self.reading)
    }

    fn plain(&mut self, units: i64, charged: i64) -> Permission {
        self.ask(H100, units, charged, None, "data_center")
    }

    /// What the law comes to; `guess` is what it came to the step before.
    fn rule(mut self, guess: Option<CountryRule>) -> CountryRule {
        let free = largest(guess.map(|rule| rule.free), |units| self.plain(units, 0) == Permission::Free);
        let over = free.map_or(MOST, |free| free + 1);
        let first = self.plain(over, 0);
        let grant = Grant::of(first, self.reading);
        let cap = if free.is_some() && grant == Grant::Approval {
            largest(guess.map(|rule| rule.cap), |charged| self.plain(over, (charged - over).max(0)) == first)
        } else {
            None
        };
        let validated = self.ask(H100, MOST, 0, Some("uveu".to_owned()), "data_center") == Permission::Free;
        let national = if free.is_none() { Some(0) } else { self.national(over, guess) };
        let consumer = self.ask(CONSUMER, MANY, 0, None, "data_center") == Permission::Free;
        let factory = self.ask(H100, MOST, 0, None, "manufacturing") == Permission::Free;
        CountryRule {
            free: free.map_or(f64::INFINITY, real),
            cap: cap.map_or(f64::INFINITY, real),
            grant,
            validated,
            national: national.map_or(f64::INFINITY, real),
            lesser: self.ask(LESSER, MANY, 0, None, "data_center") == Permission::Free,
            consumer,
            factory,
        }
    }

    /// H100 that one national validated end-user may have in all; none where there is no limit.
    fn national(&mut self, over: i64, guess: Option<CountryRule>) -> Option<i64> {
        let flag = format!("nveu:{}", self.country);
        let mut free = |charged: i64| {
            self.ask(H100, over, (charged - over).max(0), Some(flag.clone()), "data_center") == Permission::Free
        };
        if free(0) { largest(guess.map(|rule| rule.national), free) } else { Some(0) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of chips are far below 2^53")]
fn real(units: i64) -> f64 {
    units as f64
}

/// The largest number of which this holds, as it does of all smaller ones; nothing where it holds of the largest order. The guess is tried first.
fn largest(guess: Option<f64>, mut holds: impl FnMut(i64) -> bool) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "no larger than the largest order")]
    let guess = guess.filter(|guess| *guess >= 0.0 && *guess < real(MOST)).map(|guess| guess as i64);
    if let Some(guess) = guess
        && (guess == 0 || holds(guess))
        && !holds(guess + 1)
    {
        return Some(guess);
    }
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
