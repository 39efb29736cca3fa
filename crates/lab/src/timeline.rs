//! When things happen: quarters from 2025 to 2030, cut where a lever begins or ends, so that each holds from its day on.

use tollgate_model::{Date, never};

use crate::scenario::{Arm, Scope};

/// Quarters that are simulated, from the first of 2025.
pub(crate) const QUARTERS: usize = 24;
/// Years.
pub(crate) const YEARS: usize = 6;
/// The first and the last of them.
pub(crate) const FIRST_YEAR: i32 = 2025;
/// See [`FIRST_YEAR`].
pub(crate) const LAST_YEAR: i32 = 2030;

/// The first day of a quarter.
pub(crate) fn start_of(quarter: usize) -> Date {
    let (mut year, mut month) = (FIRST_YEAR, 1);
    for _ in 0..quarter {
        (year, month) = if month > 9 { (year + 1, 1) } else { (year, month + 3) };
    }
    Date::from_ymd(year, month, 1).unwrap_or_else(|| {
        never!("the first of a month of this century is a day: {year}-{month}");
        Date::MIN
    })
}

/// How a policy is carried out while nothing of it begins or ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Regime {
    /// Times the budget of 2025.
    pub(crate) budget: f64,
    pub(crate) scope: Scope,
    /// Whether chips tell where they are.
    pub(crate) verification: bool,
    /// Whether tenants from tier 3 need a license.
    pub(crate) tenants: bool,
}

/// A stretch of time within a quarter in which nothing begins or ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Step {
    from: Date,
    until: Date,
    /// The quarter's place, from 0.
    pub(crate) quarter: usize,
    /// Its share of the quarter.
    pub(crate) weight: f64,
    /// The place of how policy is carried out in [`Timeline::regimes`].
    pub(crate) regime: usize,
    /// Whether agreements hold.
    pub(crate) agreements: bool,
    /// Whether the rule is announced and not in force.
    pub(crate) pending: bool,
}

impl Step {
    /// Its first day.
    pub(crate) fn from(&self) -> Date {
        self.from
    }

    /// The day in its middle.
    pub(crate) fn middle(&self) -> Date {
        self.from.plus_days((self.until.epoch_days() - self.from.epoch_days()) / 2)
    }

    /// The share of it that lies before a day, which is given as a year with a fraction.
    pub(crate) fn share_before(&self, year: f64) -> f64 {
        let [from, until] = [self.from, self.until].map(year_of);
        ((year - from) / (until - from)).clamp(0.0, 1.0)
    }
}

/// A day as a year with a fraction.
fn year_of(day: Date) -> f64 {
    let start = Date::from_ymd(day.year(), 1, 1);
    let days = start.map_or(0, |start| day.epoch_days() - start.epoch_days());
    f64::from(day.year()) + f64::from(days) / 365.25
}

/// The steps of an arm in order, and the ways in which policy is carried out in them.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    pub(crate) steps: Vec<Step>,
    pub(crate) regimes: Vec<Regime>,
}

impl Timeline {
    /// The timeline of an arm; `compliance` is the day from which the rule bound by itself.
    pub(crate) fn of(arm: &Arm, compliance: Date) -> Timeline {
        let mut days: Vec<Date> = (0..=QUARTERS).map(start_of).collect();
        let (first, last) = (start_of(0), start_of(QUARTERS));
        let cuts = arm.days().into_iter().chain([compliance]);
        days.extend(cuts.filter(|day| first < *day && *day < last));
        days.sort();
        days.dedup();
        let mut timeline = Timeline { steps: Vec::new(), regimes: Vec::new() };
        let mut quarter = 0;
        for (from, until) in days.iter().zip(days.iter().skip(1)) {
            while quarter + 1 < QUARTERS && start_of(quarter + 1) <= *from {
                quarter += 1;
            }
            let length = |from: Date, until: Date| f64::from(until.epoch_days() - from.epoch_days());
            let regime = timeline.regime(arm, *from);
            timeline.steps.push(Step {
                from: *from,
                until: *until,
                quarter,
                weight: length(*from, *until) / length(start_of(quarter), start_of(quarter + 1)),
                regime,
                agreements: arm.agreement_dates.holds(*from),
                pending: arm.announced.is_some_and(|announced| announced <= *from) && arm.rule_is_ahead(*from),
            });
        }
        timeline
    }

    fn regime(&mut self, arm: &Arm, day: Date) -> usize {
        let regime = Regime {
            budget: if arm.budget_dates.holds(day) { arm.budget } else { 1.0 },
            scope: if arm.scope_dates.holds(day) { arm.scope } else { Scope::default() },
            verification: arm.verification && arm.verification_dates.holds(day),
            tenants: arm.tenant_rule && arm.tenant_dates.holds(day),
        };
        self.regimes.iter().position(|known| *known == regime).unwrap_or_else(|| {
            self.regimes.push(regime);
            self.regimes.len() - 1
        })
    }
}
