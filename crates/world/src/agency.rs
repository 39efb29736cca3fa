//! The agency: officers with so many hours, checks that go to whom looks worst, tips, and cases that wait for somebody's time.

use std::collections::VecDeque;

use tollgate_model::Date;

use tollgate_lab::Scenario;
use tollgate_lab::Stream;
use tollgate_lab::{Distribution, normal_quantile, normal_share};

/// How much worse a careless front looks than an honest consignee, in standard deviations of what honest ones look like; a careful one looks half so bad.
const SIGNS: f64 = 0.8;
/// Times by which a tip about a careful scheme is rarer, and about a careless one more frequent.
const CAREFUL: f64 = 0.7;
const CARELESS: f64 = 1.3;

/// A scheme as the agency can come upon it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) number: usize,
    pub(crate) fronts: u32,
    pub(crate) careful: bool,
    /// Days of its first and last order.
    pub(crate) span: (Date, Date),
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
    case_hours: Option<Distribution>,
    tips: f64,
    link_scale: f64,
    found: f64,
    honest: f64,
    seed: u64,
    month: usize,
    /// Checks that were begun, parts of one included.
    begun: f64,
    queue: VecDeque<Case>,
    known: Vec<usize>,
    pub(crate) done: Enforcement,
}

impl Agency {
    /// Of a scenario with so many honest consignees; the first arm's budget scales checks, officers and the tips that they pick up.
    pub(crate) fn new(scenario: &Scenario, honest: usize) -> Agency {
        let of = |name: &str, otherwise: f64| scenario.distribution(name).map_or(otherwise, Distribution::median);
        let budget = scenario.arms.first().map_or(1.0, |arm| arm.budget);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let honest = honest.max(1) as f64;
        let thousands = honest / 1_000.0 * budget;
        Agency {
            checks: of("agency.checks", 3.0) * thousands / 12.0,
            hours: of("agency.officers", 2.4) * thousands * of("agency.officer_hours", 1_400.0) / 12.0,
            check_hours: of("agency.check_hours", 40.0),
            case_hours: scenario.distribution("agency.case_hours").cloned(),
            tips: of("agency.tips", 0.004) * libm::pow(budget, scenario.median("detect.elasticity").unwrap_or(0.5)),
            link_scale: scenario.median("smuggle.link_scale").unwrap_or(7.0).max(0.1),
            found: of("agency.found", 0.5),
            honest,
            seed: scenario.seed,
            month: 0,
            begun: 0.0,
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
        // A third of the time goes to checks at the most; the honest share of the worst-looking is checked too.
        let checks = self.checks.min(hours / 3.0 / self.check_hours.max(1.0));
        let share = (checks / self.honest).clamp(1e-9, 0.999_999);
        let mark = normal_quantile(1.0 - share);
        hours -= checks * self.check_hours;
        self.done.spent += checks * self.check_hours;
        self.begun += checks;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small number that is not negative"
        )]
        let all = self.begun.round() as u64;
        let mut left = all.saturating_sub(self.done.checks);
        self.done.checks = all;
        for target in targets {
            let running = target.span.0 <= first && first <= target.span.1.plus_days(365);
            if running && !self.known.contains(&target.number) && self.comes_upon(target, mark, &mut left) {
                self.open(target.number);
            }
        }
        self.work(hours)
    }

    /// Whether a tip or a check leads to a scheme this month.
    fn comes_upon(&mut self, target: &Target, mark: f64, left: &mut u64) -> bool {
        let place = u64::try_from(target.number * 4_096 + self.month).unwrap_or(0);
        let mut stream = Stream::new(self.seed, 33, place);
        let (fronts, rarer) = (f64::from(target.fronts.max(1)), if target.careful { CAREFUL } else { CARELESS });
        // Each further front makes the others easier to find, as in the aggregate model.
        let tip = stream.chance(1.0 - libm::exp(-self.tips * rarer * (1.0 + fronts / self.link_scale) / 12.0));
        self.done.tips += u64::from(tip);
        let (signs, found) = if target.careful { (SIGNS / 2.0, self.found / 2.0) } else { (SIGNS, self.found) };
        let looked_at = 1.0 - normal_share(mark - signs);
        let wanted = (0..target.fronts.max(1)).filter(|_| stream.chance(looked_at)).count();
        let checked = u64::try_from(wanted).unwrap_or(0).min(*left);
        *left -= checked;
        self.done.checks_of_fronts += checked;
        let shown = (0..checked).any(|_| stream.chance(found));
        tip || shown
    }

    fn open(&mut self, scheme: usize) {
        let mut stream = Stream::new(self.seed, 34, u64::try_from(scheme).unwrap_or(0));
        let left = self.case_hours.as_ref().map_or(800.0, |hours| hours.quantile(stream.unit()));
        self.queue.push_back(Case { scheme, left, opened: self.month });
        self.known.push(scheme);
        self.done.cases += 1;
    }

    /// No case gets more than an officer's time, so that the first does not hold up all others.
    fn work(&mut self, mut hours: f64) -> Vec<usize> {
        let most = 120.0;
        let mut ended = Vec::new();
        for case in &mut self.queue {
            let spent = case.left.min(most).min(hours);
            case.left -= spent;
            hours -= spent;
            self.done.spent += spent;
            if case.left <= 0.0 {
                ended.push(case.scheme);
                self.done.closed += 1;
                self.done.months += u64::try_from(self.month - case.opened + 1).unwrap_or(0);
            }
        }
        self.queue.retain(|case| case.left > 0.0);
        ended
    }
}
