//! License applications: a queue before so many reviewers.

use std::collections::BTreeMap;

use tollgate_lab::{Scenario, Stream};
use tollgate_model::Date;
use tollgate_world::WorldOrder;

/// Applications that wait for their answer.
#[derive(Debug)]
pub(super) struct Review {
    a_day: f64,
    weeks: f64,
    hours: f64,
    free: f64,
    seed: u64,
    waiting: BTreeMap<Date, Vec<WorldOrder>>,
    done: Reviewed,
}

/// What the reviewers did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reviewed {
    pub(super) cases: u64,
    /// Days from application to answer, in sum; and the longest.
    pub(super) days: f64,
    pub(super) longest: f64,
    pub(super) hours: f64,
}

impl Review {
    pub(super) fn new(scenario: &Scenario, consignees: usize) -> Review {
        let of = |name: &str, otherwise: f64| scenario.median(name).unwrap_or(otherwise);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let thousands = consignees.max(1) as f64 / 1_000.0;
        // Five days of seven.
        let a_day = (of("agency.reviewers", 3.0) * thousands * 5.0 / 7.0).max(1e-3);
        Review {
            a_day,
            weeks: of("license.weeks", 8.0),
            hours: of("license.hours", 10.0),
            free: f64::NEG_INFINITY,
            seed: scenario.seed,
            waiting: BTreeMap::new(),
            done: Reviewed::default(),
        }
    }

    /// An application comes in on the order's day; it is answered when its turn has come and the agencies have looked at it.
    pub(super) fn apply(&mut self, order: WorldOrder) {
        let today = f64::from(order.date.epoch_days());
        let begun = today.max(self.free);
        self.free = begun + 1.0 / self.a_day;
        let mut stream = Stream::named(self.seed, 66, &order.order_id);
        let answered = begun + self.weeks * 7.0 * (0.5 + stream.unit());
        let days = answered - today;
        self.done.cases += 1;
        self.done.days += days;
        self.done.longest = self.done.longest.max(days);
        self.done.hours += self.hours;
        #[expect(clippy::cast_possible_truncation, reason = "days of some years")]
        let after = days.min(36_500.0) as i32;
        self.waiting.entry(order.date.plus_days(after)).or_default().push(order);
    }

    /// Those that are answered on a day, dated so.
    pub(super) fn answered(&mut self, day: Date) -> Vec<WorldOrder> {
        let mut orders = self.waiting.remove(&day).unwrap_or_default();
        orders.iter_mut().for_each(|order| order.date = day);
        orders
    }

    pub(super) fn done(&self) -> Reviewed {
        self.done
    }
}
