//! The world of orders: honest trade with schemes in it, and the truth beside it.
//!
//! Everything is made from the seed and a place in the world, so that a day can be made at any time and on any machine. Orders come out day by day, and
//! memory does not grow with their number.

mod agency;
mod buyers;
mod law_oracle;
mod names;
mod places;
mod rows;
mod scenarios;
mod schemes;
#[cfg(test)]
mod tests;
mod writing;

use std::collections::BTreeMap;

use tollgate_model::{Country, Date, count_of};

pub use agency::Enforcement;
pub use law_oracle::LawDesks;
pub use places::site_id;
pub use rows::{
    ITEMS, Truth, WorldInspection, WorldItem, WorldOrder, WorldParty, WorldPayment, WorldSerial, WorldSite, WorldStake,
};

pub use scenarios::SCENARIOS;
pub use writing::{DrawFiles, WORLD_FILES, WorldError, write_world};

use agency::{Agency, Target};
use buyers::{Buyer, Shipment, Trade, heaped, next_place, on_sale, order};
use schemes::{Ground, KINDS, Learning, Scheme, plan};
use tollgate_lab::{Scenario, SchemeConstants, Stream, TradeConstants, blind};

/// How large a world is, and when it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorldSize {
    /// Honest buyers.
    pub buyers: usize,
    /// Schemes of each family.
    pub schemes: usize,
    /// The first year, and how many months.
    pub year: i32,
    /// Months.
    pub months: i32,
    /// Times the orders that a buyer places: to make much of little.
    pub busy: f64,
}

impl WorldSize {
    /// What a scenario's `study_values` say.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    pub fn of(scenario: &Scenario) -> WorldSize {
        let whole = |name: &str, most: f64| scenario.study_value(name).clamp(0.0, most) as usize;
        WorldSize {
            buyers: whole("buyers", 1e7),
            schemes: whole("schemes", 1e4),
            year: scenario.study_value("first_year").clamp(2000.0, 2100.0) as i32,
            months: scenario.study_value("months").clamp(0.0, 240.0) as i32,
            busy: scenario.study_value("busy").clamp(0.01, 1e5),
        }
    }
}

/// A world, planned; its orders are made day by day.
#[derive(Debug)]
pub struct World {
    /// Every party; [`party_id`] gives the id of each place.
    pub parties: Vec<WorldParty>,
    /// Who owns whom.
    pub stakes: Vec<WorldStake>,
    /// What the agency did against its schemes.
    pub enforcement: Enforcement,
    trade_constants: TradeConstants,
    scheme_constants: SchemeConstants,
    size: WorldSize,
    seed: u64,
    limit: f64,
    buyers: Vec<Buyer>,
    sellers: Vec<u32>,
    schemes: Vec<Planned>,
    /// The orders of schemes by day, as scheme and place.
    by_day: BTreeMap<Date, Vec<(usize, usize)>>,
}

#[derive(Debug)]
struct Planned {
    scheme: Scheme,
    /// The day on which it was stopped: nothing goes from then on.
    stopped: Option<Date>,
}

/// The id of a party. That of a front does not tell that it was set up after all others.
pub fn party_id(place: u32) -> String {
    // An odd factor gives each place another number.
    format!("P{:08X}", place.wrapping_mul(2_654_435_761))
}

/// The id of an order, from which nobody sees whether it is part of a scheme.
fn order_id(seed: u64, name: &str) -> String {
    format!("T{:016X}", blind(seed, name))
}

/// Months since the year 0.
fn month_of(date: Date) -> i32 {
    date.year() * 12 + date.month().cast_signed() - 1
}

impl World {
    /// Plans a world. `limit` is what the law lets a consignee have in a year without a license, in H100e; `rule` the days on which that was announced
    /// and took effect.
    pub fn new(scenario: &Scenario, size: WorldSize, limit: f64, rule: (Date, Date)) -> World {
        let mut world = World {
            parties: Vec::new(),
            stakes: Vec::new(),
            enforcement: Enforcement::default(),
            trade_constants: scenario.trade.clone(),
            scheme_constants: scenario.schemes.clone(),
            size,
            seed: scenario.seed,
            limit,
            buyers: Vec::new(),
            sellers: Vec::new(),
            schemes: Vec::new(),
            by_day: BTreeMap::new(),
        };
        let trade = buyers::trade(&world.trade_constants, &mut world.parties, scenario.seed);
        let buyer_plan = buyers::BuyerPlan {
            constants: &scenario.trade,
            demand: &scenario.demand,
            count: size.buyers,
            seed: scenario.seed,
            size: scenario.buyer_size(),
        };
        world.buyers = buyers::buyers(&mut world.parties, &mut world.stakes, &trade, &buyer_plan);
        world.sellers = trade.exporters.iter().chain(&trade.distributors).copied().collect();
        world.plan_schemes(&trade, rule, Agency::new(scenario, size.buyers));
        world
    }

    /// Schemes month by month: each that begins learns from those that ended before, and the agency goes after those that run.
    fn plan_schemes(&mut self, trade: &Trade, rule: (Date, Date), mut agency: Agency) {
        let starts = self.starts();
        let mut starts = starts.into_iter().peekable();
        let mut learning = Learning::default();
        let mut targets: Vec<Target> = Vec::new();
        let mut unlearned: Vec<usize> = Vec::new();
        let first = Date::from_ymd(self.size.year, 1, 1).unwrap_or(Date::MIN);
        // The agency goes on after the world's last day, so that the truth says when what still ran would have ended.
        for month in 0..self.size.months + 600 {
            let day = month_start(first, month);
            let next = month_start(first, month + 1);
            self.learn(&mut learning, &mut unlearned, day);
            while let Some((start, kind)) = starts.next_if(|(start, _)| *start < next) {
                let number = self.schemes.len();
                let mut ground = Ground {
                    parties: &mut self.parties,
                    stakes: &mut self.stakes,
                    honest: &self.trade_constants,
                    constants: &self.scheme_constants,
                    trade,
                    seed: self.seed,
                    limit: self.limit,
                    rule,
                };
                let mut scheme = plan(&mut ground, &learning, kind, next_place(number), start);
                scheme.orders.sort_by(|one, other| (one.date, &one.order_id).cmp(&(other.date, &other.order_id)));
                targets.push(Target {
                    number,
                    fronts: scheme.shells.max(1),
                    careful: scheme.moves.contains(&"careful"),
                    first_order: scheme.orders.first().map_or(start, |order| order.date),
                    last_order: scheme.orders.last().map_or(start, |order| order.date),
                });
                unlearned.push(number);
                self.schemes.push(Planned { scheme, stopped: None });
            }
            for number in agency.act(day, &targets) {
                if let Some(planned) = self.schemes.get_mut(number) {
                    planned.stopped = Some(next);
                }
            }
            if month + 1 == self.size.months {
                self.enforcement = agency.done;
            }
        }
        self.place_orders();
    }

    /// When a scheme of each kind begins, in order.
    fn starts(&self) -> Vec<(Date, &'static str)> {
        let count = self.size.schemes * KINDS.len();
        // Schemes begin in the first two thirds of the world, so that they can run.
        let open = self.size.months * 30 * 2 / 3;
        let begin = Date::from_ymd(self.size.year, 1, 5).unwrap_or(Date::MIN);
        let one = |index: usize| {
            let mut stream = Stream::new(self.seed, 31, count_of(index));
            let after = stream.whole_below(open.max(1));
            let kind = KINDS.get(index % KINDS.len()).copied().unwrap_or("shell_company");
            (begin.plus_days(after), kind)
        };
        let mut starts: Vec<(Date, &'static str)> = (0..count).map(one).collect();
        starts.sort();
        starts
    }

    /// What became of earlier schemes is known by now: stopped, or a year gone by since the last order.
    fn learn(&self, learning: &mut Learning, unlearned: &mut Vec<usize>, today: Date) {
        unlearned.retain(|number| {
            let Some(planned) = self.schemes.get(*number) else { return false };
            let last = planned.scheme.orders.last().map_or(today, |order| order.date);
            let caught = planned.stopped.is_some_and(|day| day <= today);
            let over = caught || last.plus_days(self.trade_constants.learned_after_days) <= today;
            if over {
                learning.learn(&self.scheme_constants, &planned.scheme.moves, caught);
            }
            !over
        });
    }

    fn place_orders(&mut self) {
        for (number, planned) in self.schemes.iter().enumerate() {
            for (place, order) in planned.scheme.orders.iter().enumerate() {
                if planned.stopped.is_none_or(|day| order.date < day) {
                    self.by_day.entry(order.date).or_default().push((number, place));
                }
            }
        }
    }

    /// The days that the world lasts.
    pub fn days(&self) -> impl ExactSizeIterator<Item = Date> + use<> {
        let first = Date::from_ymd(self.size.year, 1, 1).unwrap_or(Date::MIN);
        let end = month_start(first, self.size.months);
        (0..end.epoch_days() - first.epoch_days()).map(move |day| first.plus_days(day))
    }

    /// The orders of a day as they are wanted; what the law lets go is for the caller to decide.
    pub fn orders_on(&self, date: Date) -> Vec<WorldOrder> {
        let sold = on_sale(month_of(date));
        let mut orders = Vec::new();
        for (index, buyer) in self.buyers.iter().enumerate() {
            self.place_honest_orders(date, &sold, index, buyer, &mut orders);
        }
        let planned = self.by_day.get(&date).into_iter().flatten();
        let of_schemes =
            planned.filter_map(|(scheme, place)| self.schemes.get(*scheme)?.scheme.orders.get(*place).cloned());
        orders.extend(of_schemes);
        orders.sort_by(|one, other| one.order_id.cmp(&other.order_id));
        orders
    }

    /// The orders of an honest buyer on a day; `index` is its place among the buyers.
    fn place_honest_orders(
        &self,
        date: Date,
        sold: &[usize],
        index: usize,
        buyer: &Buyer,
        orders: &mut Vec<WorldOrder>,
    ) {
        let constants = &self.trade_constants;
        let lane = 100_000 + u64::from(date.epoch_days().unsigned_abs());
        let mut stream = Stream::new(self.seed, lane, count_of(index));
        let rate = buyer.orders * self.size.busy / 365.0;
        // So many orders in a day: Poisson, by waiting times.
        let mut waited = -libm::log(stream.unit()) / rate;
        if waited >= 1.0 {
            return;
        }
        // Nobody buys before it is founded.
        if self.party(buyer.party).is_some_and(|party| date < party.incorporated.plus_days(constants.founding_days)) {
            return;
        }
        let first = Date::from_ymd(self.size.year, 1, 1).unwrap_or(date);
        let years = f64::from(date.epoch_days() - first.epoch_days()) / 365.0;
        let yearly = buyer.yearly * libm::pow(buyer.growth, years);
        let Some(destination) = self.country(buyer.party) else { return };
        let mut number = 0;
        while waited < 1.0 {
            number += 1;
            let item = sold.get(stream.below(sold.len())).copied().unwrap_or(1);
            let each = ITEMS.get(item).map_or(1.0, |item| item.units);
            let units = if buyer.to_limit && self.limit.is_finite() {
                self.limit * (constants.limit_part_from + constants.limit_part_width * stream.unit())
                    / (buyer.orders * self.size.busy).max(1.0)
            } else {
                yearly / (buyer.orders * self.size.busy) * libm::exp(constants.order_spread * stream.normal())
            };
            let order_id = order_id(self.seed, &format!("O{}-{index}-{number}", date.epoch_days()));
            // Some orders go to another seller than the usual one.
            let other = (!self.sellers.is_empty() && stream.chance(constants.other_seller_share))
                .then(|| stream.below(self.sellers.len()));
            let exporter = other.and_then(|place| self.sellers.get(place)).copied().unwrap_or(buyer.exporter);
            let Some(origin) = self.country(exporter) else { break };
            let quantity = heaped(constants, units / each, &mut stream);
            let shipment = Shipment {
                order_id,
                date,
                exporter,
                consignee: buyer.party,
                forwarder: buyer.forwarder,
                origin,
                destination,
                item,
                quantity,
            };
            orders.push(order(constants, shipment, &mut stream));
            waited -= libm::log(stream.unit()) / rate;
        }
    }

    /// The payment for an order: by the consignee, some by its parent abroad, and in schemes by whoever is behind them.
    pub fn payment(&self, order: &WorldOrder) -> WorldPayment {
        let mut stream = Stream::named(self.seed, 60, &order.order_id);
        let behind = order.scheme.and_then(|number| self.schemes.get(usize::try_from(number).ok()?)?.scheme.payer);
        let party = self.party(order.consignee);
        let parent =
            party.and_then(|party| party.parent).filter(|_| stream.chance(self.trade_constants.parent_pays_share));
        let account_holder = parent.unwrap_or(order.consignee);
        let home = self.country(account_holder).unwrap_or(order.destination);
        let (payer, payer_country) = behind.unwrap_or((account_holder, home));
        #[expect(clippy::cast_precision_loss, reason = "numbers of chips")]
        let amount = order.price * order.quantity as f64;
        let date = order.date.plus_days(self.trade_constants.payment_days.draw(&mut stream));
        WorldPayment { order_id: order.order_id.clone(), payer, payer_country, payee: order.exporter, amount, date }
    }

    /// What each scheme really was; `went` says of which of its orders came to go, by id.
    pub fn truth(&self, went: &dyn Fn(&str) -> bool) -> Vec<Truth> {
        let one = |(number, planned): (usize, &Planned)| {
            let scheme = &planned.scheme;
            let gone: Vec<&WorldOrder> = scheme.orders.iter().filter(|order| went(&order.order_id)).collect();
            let units = gone.iter().map(|order| order.quantity).sum();
            Truth {
                scheme: next_place(number),
                typology: scheme.typology,
                moves: scheme.moves.clone(),
                parties: scheme.parties.iter().map(|place| party_id(*place)).collect(),
                orders: gone.iter().map(|order| order.order_id.clone()).collect(),
                units,
                first: scheme.orders.first().map_or(String::new(), |order| order.date.to_string()),
                stopped: planned.stopped.map(|day| day.to_string()),
            }
        };
        self.schemes.iter().enumerate().map(one).collect()
    }

    /// Where an order's consignee, exporter and all others are, for whoever decides.
    pub fn country(&self, place: u32) -> Option<Country> {
        self.party(place).map(|party| party.country)
    }

    fn party(&self, place: u32) -> Option<&WorldParty> {
        self.parties.get(usize::try_from(place).ok()?)
    }
}

/// The first day of a month so many months on.
fn month_start(first: Date, months: i32) -> Date {
    let month = month_of(first) + months;
    Date::from_ymd(month.div_euclid(12), (month.rem_euclid(12) + 1).unsigned_abs(), 1).unwrap_or(first)
}
