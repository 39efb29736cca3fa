//! The agency: officers with so many hours, checks that go to whom looks worst, tips, and cases that wait for somebody's time.

use std::collections::VecDeque;

use tollgate_lab::{Distribution, Scenario, Stream, TradeConstants, normal_quantile, normal_share};
use tollgate_model::{Date, count_of, never};

/// A scheme as the agency can come upon it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) number: usize,
    pub(crate) fronts: u32,
    pub(crate) careful: bool,
    /// The days of its first and last order.
    pub(crate) first_order: Date,
    pub(crate) last_order: Date,
}

/// What the agency did, in all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Enforcement {
    /// End-use checks.
    pub checks: u64,
    /// Of them, those of fronts.
    pub checks_of_fronts: u64,
    /// Tips.
    pub tips: u64,
    /// Cases that were opened.
    pub cases: u64,
    /// Cases that ended, and the months that they took, in sum.
    pub closed: u64,
    /// Months from the opening of a case to its end, in sum.
    pub months: u64,
    /// Hours that officers had, and spent.
    pub hours: f64,
    /// Hours spent.
    pub spent: f64,
}

#[derive(Clone, Copy, Debug)]
struct Case {
    scheme: usize,
    left: f64,
    opened: usize,
}

/// An agency that acts month by month.
#[derive(Debug)]
pub(crate) struct Agency {
    checks: f64,
    hours: f64,
    check_hours: f64,
    case_hours: Distribution,
    constants: TradeConstants,
    tips: f64,
    link_scale: f64,
    found: f64,
    honest: f64,
    seed: u64,
    month: usize,
    /// Checks made so far, parts of one included.
    checks_so_far: f64,
    queue: VecDeque<Case>,
    known: Vec<usize>,
    pub(crate) done: Enforcement,
}

impl Agency {
    /// Of a scenario with so many honest consignees; the first arm's budget scales checks, officers and the tips that they pick up.
    pub(crate) fn new(scenario: &Scenario, honest: usize) -> Agency {
        let distribution = |name: &str| {
            scenario.distribution(name).cloned().unwrap_or_else(|| {
                never!("scenarios/base.toml has every number of the agency: {name}");
                Distribution::Value(0.0)
            })
        };
        let median = |name: &str| {
            scenario.median(name).unwrap_or_else(|| {
                never!("scenarios/base.toml has every number of the agency: {name}");
                0.0
            })
        };
        let budget = scenario.arms.first().map_or(1.0, |arm| arm.budget);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let honest = honest.max(1) as f64;
        let thousands = honest / 1_000.0 * budget;
        Agency {
            checks: median("agency.checks") * thousands / 12.0,
            hours: median("agency.officers") * thousands * median("agency.officer_hours") / 12.0,
            check_hours: median("agency.check_hours"),
            case_hours: distribution("agency.case_hours"),
            constants: scenario.trade.clone(),
            tips: median("agency.tips") * libm::pow(budget, median("detect.elasticity")),
            link_scale: median("smuggle.link_scale").max(0.1),
            found: median("agency.found"),
            honest,
            seed: scenario.seed,
            month: 0,
            checks_so_far: 0.0,
            queue: VecDeque::new(),
            known: Vec::new(),
            done: Enforcement::default(),
        }
    }

    /// A month: tips come in, checks are made, cases are worked on in the order in which they were opened. Answers the schemes that end with it.
    pub(crate) fn act(&mut self, first: Date, targets: &[Target]) -> Vec<usize> {
        self.month += 1;
        let mut hours = self.hours;
        self.done.hours += hours;
        // A part of the time goes to checks at the most; the honest share of the worst-looking is checked too.
        let checks = self.checks.min(hours / self.constants.check_time_divisor / self.check_hours.max(1.0));
        let share = (checks / self.honest).clamp(1e-9, 0.999_999);
        let mark = normal_quantile(1.0 - share);
        hours -= checks * self.check_hours;
        self.done.spent += checks * self.check_hours;
        self.checks_so_far += checks;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small number that is not negative"
        )]
        let all = self.checks_so_far.round() as u64;
        let mut left = all.saturating_sub(self.done.checks);
        self.done.checks = all;
        for target in targets {
            let trail_end = target.last_order.plus_days(self.constants.trail_days);
            let running = target.first_order <= first && first <= trail_end;
            if running && !self.known.contains(&target.number) && self.comes_upon(target, mark, &mut left) {
                self.open(target.number);
            }
        }
        self.work(hours)
    }

    /// Whether a tip or a check leads to a scheme this month.
    fn comes_upon(&mut self, target: &Target, mark: f64, left: &mut u64) -> bool {
        let mut stream = Stream::new(self.seed, 33, count_of(target.number * 4_096 + self.month));
        let constants = &self.constants;
        let fronts = f64::from(target.fronts.max(1));
        let rarer = if target.careful { constants.careful_tip_factor } else { constants.careless_tip_factor };
        // Each further front makes the others easier to find, as in the aggregate model.
        let tip = stream.chance(1.0 - libm::exp(-self.tips * rarer * (1.0 + fronts / self.link_scale) / 12.0));
        self.done.tips += u64::from(tip);
        let divisor = if target.careful { constants.careful_divisor } else { 1.0 };
        let (signs, found) = (constants.careless_signs / divisor, self.found / divisor);
        let looked_at = 1.0 - normal_share(mark - signs);
        let wanted = (0..target.fronts.max(1)).filter(|_| stream.chance(looked_at)).count();
        let checked = count_of(wanted).min(*left);
        *left -= checked;
        self.done.checks_of_fronts += checked;
        let shown = (0..checked).any(|_| stream.chance(found));
        tip || shown
    }

    fn open(&mut self, scheme: usize) {
        let mut stream = Stream::new(self.seed, 34, count_of(scheme));
        let left = self.case_hours.quantile(stream.unit());
        self.queue.push_back(Case { scheme, left, opened: self.month });
        self.known.push(scheme);
        self.done.cases += 1;
    }

    /// No case gets more than an officer's time, so that the first does not hold up all others.
    fn work(&mut self, mut hours: f64) -> Vec<usize> {
        let most = self.constants.case_month_hours;
        let mut ended = Vec::new();
        for case in &mut self.queue {
            let spent = case.left.min(most).min(hours);
            case.left -= spent;
            hours -= spent;
            self.done.spent += spent;
            if case.left <= 0.0 {
                ended.push(case.scheme);
                self.done.closed += 1;
                self.done.months += count_of(self.month - case.opened + 1);
            }
        }
        self.queue.retain(|case| case.left > 0.0);
        ended
    }
}
