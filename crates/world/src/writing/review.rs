//! License applications: a queue before so many reviewers.

use std::collections::BTreeMap;

use tollgate_lab::{Scenario, Stream};
use tollgate_model::Date;

use crate::WorldOrder;

/// Applications that wait for their answer.
#[derive(Debug)]
pub(super) struct Review {
    /// Applications that are begun on a day.
    cases_a_day: f64,
    /// The median of the weeks that the agencies take once a case is begun.
    weeks: f64,
    /// An officer's hours for a case.
    hours: f64,
    /// When the next reviewer is free, in days since 1970-01-01.
    free_at_days: f64,
    seed: u64,
    /// Applications by the day of their answer.
    waiting: BTreeMap<Date, Vec<WorldOrder>>,
    totals: ReviewTotals,
}

/// What the reviewers did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ReviewTotals {
    pub(super) cases: u64,
    /// Days from application to answer, summed over the cases.
    pub(super) days: f64,
    /// The most days that a case took.
    pub(super) longest_days: f64,
    /// Officers' hours.
    pub(super) hours: f64,
}

impl Review {
    pub(super) fn new(scenario: &Scenario, consignees: usize) -> Review {
        let median = |name: &str, otherwise: f64| scenario.median(name).unwrap_or(otherwise);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let thousands = consignees.max(1) as f64 / 1_000.0;
        // Five days of seven.
        let cases_a_day = (median("agency.reviewers", 3.0) * thousands * 5.0 / 7.0).max(1e-3);
        Review {
            cases_a_day,
            weeks: median("license.weeks", 8.0),
            hours: median("license.hours", 10.0),
            free_at_days: f64::NEG_INFINITY,
            seed: scenario.seed,
            waiting: BTreeMap::new(),
            totals: ReviewTotals::default(),
        }
    }

    /// An application comes in on the order's day; it is answered when its turn has come and the agencies have looked at it.
    pub(super) fn apply(&mut self, order: WorldOrder) {
        let today = f64::from(order.date.epoch_days());
        let start = today.max(self.free_at_days);
        self.free_at_days = start + 1.0 / self.cases_a_day;
        let mut stream = Stream::named(self.seed, 66, &order.order_id);
        let answer = start + self.weeks * 7.0 * (0.5 + stream.unit());
        let days = answer - today;
        self.totals.cases += 1;
        self.totals.days += days;
        self.totals.longest_days = self.totals.longest_days.max(days);
        self.totals.hours += self.hours;
        #[expect(clippy::cast_possible_truncation, reason = "days of some years")]
        let after = days.min(36_500.0) as i32;
        self.waiting.entry(order.date.plus_days(after)).or_default().push(order);
    }

    /// The applications that are answered on a day, with that day as the day of their order.
    pub(super) fn take_answered(&mut self, day: Date) -> Vec<WorldOrder> {
        let Some(mut orders) = self.waiting.remove(&day) else { return Vec::new() };
        orders.iter_mut().for_each(|order| order.date = day);
        orders
    }

    /// What the reviewers have done up to now.
    pub(super) fn totals(&self) -> ReviewTotals {
        self.totals
    }
}
