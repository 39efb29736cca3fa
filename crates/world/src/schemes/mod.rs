//! Schemes: who is set up, what is ordered, and how it is hidden. What each chooses is learned from those that were caught before it.

mod families;

use std::collections::BTreeMap;

use tollgate_model::{Country, Date, count_of, index_of};

use crate::buyers::{Firm, Shipment, Trade, company, heaped, next_place, on_sale, order};
use crate::month_of;
use crate::names;
use crate::rows::{ITEMS, WorldOrder, WorldParty, WorldStake};
use tollgate_lab::{SchemeConstants, Stream, TradeConstants, WholeRange};

/// The families, by what gives a scheme away.
pub(crate) const KINDS: [&str; 11] = [
    "structuring",
    "linked_consignees",
    "shell_company",
    "transshipment",
    "stockpiling",
    "capacity_mismatch",
    "misdeclaration",
    "payment",
    "ownership_evasion",
    "exception_abuse",
    "staged_site",
];

/// How lots are cut.
const LOTS: [&str; 4] = ["near_limit", "under_notice_floor", "straddles_the_year", "irregular"];
/// Where fronts are set up.
const HUBS: [&str; 6] = ["SG", "MY", "AE", "IN", "TH", "TR"];
/// How well links are hidden.
const HIDING: [&str; 2] = ["careless", "careful"];

/// What the moves of earlier schemes were worth: multiplicative weights.
#[derive(Clone, Debug, Default)]
pub(crate) struct Learning {
    weights: BTreeMap<&'static str, f64>,
}

impl Learning {
    fn choose(&self, among: &[&'static str], stream: &mut Stream) -> &'static str {
        let weight = |name: &&'static str| self.weights.get(name).copied().unwrap_or(0.0).exp();
        let mut mark = stream.unit() * among.iter().map(weight).sum::<f64>();
        let found = among.iter().find(|name| {
            mark -= weight(name);
            mark <= 0.0
        });
        found.or(among.last()).copied().unwrap_or("")
    }

    /// A scheme of these moves was stopped, or ran to its end.
    pub(crate) fn learn(&mut self, constants: &SchemeConstants, moves: &[&'static str], caught: bool) {
        let (change, most) =
            (if caught { constants.caught_weight } else { constants.success_weight }, constants.most_weight);
        for name in moves {
            let weight = self.weights.entry(name).or_default();
            *weight = (*weight + change).max(-most).min(most);
        }
    }
}

/// A scheme as it is planned.
#[derive(Clone, Debug)]
pub(crate) struct Scheme {
    pub(crate) typology: &'static str,
    pub(crate) moves: Vec<&'static str>,
    pub(crate) parties: Vec<u32>,
    pub(crate) orders: Vec<WorldOrder>,
    /// Who really pays, and from where, where that is not the consignee.
    pub(crate) payer: Option<(u32, Country)>,
    /// Shells beyond the first: each makes the others easier to find.
    pub(crate) shells: u32,
}

/// Where a scheme is set up: the world as it stands.
pub(crate) struct Ground<'a> {
    pub(crate) parties: &'a mut Vec<WorldParty>,
    pub(crate) stakes: &'a mut Vec<WorldStake>,
    pub(crate) honest: &'a TradeConstants,
    pub(crate) constants: &'a SchemeConstants,
    pub(crate) trade: &'a Trade,
    pub(crate) seed: u64,
    /// H100e a year that go to a consignee without a license.
    pub(crate) limit: f64,
    /// The day from which the rule holds, and on which it could be known.
    pub(crate) rule: (Date, Date),
}

impl Ground<'_> {
    fn add(&mut self, party: WorldParty) -> u32 {
        let place = next_place(self.parties.len());
        self.parties.push(party);
        place
    }
}

struct Maker<'a, 'b> {
    ground: &'a mut Ground<'b>,
    number: u32,
    stream: Stream,
    start: Date,
    country: Country,
    careful: bool,
    lots: &'static str,
    scheme: Scheme,
}

/// Plans a scheme that begins on a day.
pub(crate) fn plan(
    ground: &mut Ground<'_>,
    learning: &Learning,
    kind: &'static str,
    number: u32,
    start: Date,
) -> Scheme {
    let mut stream = Stream::new(ground.seed, 30, u64::from(number));
    let (lots, hub, hiding) = (
        learning.choose(&LOTS, &mut stream),
        learning.choose(&HUBS, &mut stream),
        learning.choose(&HIDING, &mut stream),
    );
    let country = hub.parse().unwrap_or(Country::UNITED_STATES);
    let scheme = Scheme {
        typology: kind,
        moves: vec![lots, hub, hiding],
        parties: Vec::new(),
        orders: Vec::new(),
        payer: None,
        shells: 0,
    };
    let mut maker = Maker { ground, number, stream, start, country, careful: hiding == "careful", lots, scheme };
    match kind {
        "structuring" => maker.structuring(),
        "linked_consignees" => maker.linked(),
        "transshipment" => maker.transshipment(),
        "stockpiling" => maker.stockpiling(),
        "capacity_mismatch" => maker.capacity(),
        "misdeclaration" => maker.misdeclaration(),
        "payment" => maker.payment(),
        "ownership_evasion" => maker.ownership(),
        "exception_abuse" => maker.exception(),
        "staged_site" => maker.staged(),
        _ => maker.shell(),
    }
    maker.pay();
    maker.scheme
}

impl Maker<'_, '_> {
    /// Who is behind a scheme pays for it: mostly through the front's own account, but the careless pay the seller themselves, as in most published cases.
    fn pay(&mut self) {
        let constants = self.ground.constants;
        let openly = self.stream.chance(if self.careful {
            constants.careful_open_payment_share
        } else {
            constants.careless_open_payment_share
        });
        if openly && self.scheme.payer.is_none() && self.scheme.typology != "ownership_evasion" {
            let principal = self.principal();
            self.scheme.payer = Some((principal, self.country_of(principal)));
        }
    }

    /// A company of the scheme's own, as the honest ones are made.
    fn company(&self, country: Country, hq: Country, business: &'static str) -> WorldParty {
        let index = 2_000_000_000 + count_of(self.ground.parties.len());
        let mut party = company(self.ground.honest, Firm { country, hq, business }, self.ground.seed, index);
        party.scheme = Some(self.number);
        party
    }

    /// Sets a company up; its place among the parties.
    fn set_up(&mut self, party: WorldParty) -> u32 {
        let place = self.ground.add(party);
        self.scheme.parties.push(place);
        place
    }

    /// A front: young, in a trade of its own or of none, with papers as good as the scheme is careful.
    fn front(&mut self, wrong_trade: bool, age_days: WholeRange) -> u32 {
        let constants = self.ground.constants;
        let mut party = self.company(self.country, self.country, "artificial intelligence");
        party.incorporated = self.start.plus_days(-age_days.draw(&mut self.stream));
        if wrong_trade {
            party.name = names::company(self.country, true, &mut self.stream);
            party.business = "general trading";
        }
        let free = !self.careful && self.stream.chance(constants.careless_free_mail_share);
        party.email = names::email(&party.name, free, &mut self.stream);
        // A page on the web costs little, and many of the careless have none all the same.
        let shown = self.stream.chance(if self.careful {
            constants.careful_website_share
        } else {
            constants.careless_website_share
        });
        party.website = party.website.filter(|_| shown);
        party.megawatts = None;
        self.set_up(party)
    }

    /// An older company that lends its name.
    fn seasoned(&mut self) -> u32 {
        let party = self.company(self.country, self.country, "cloud services");
        self.set_up(party)
    }

    /// Somebody in China or Hong Kong for whom it is all done.
    fn principal(&mut self) -> u32 {
        let hong_kong = self.stream.chance(self.ground.constants.hong_kong_principal_share);
        let country = if hong_kong { Country::HONG_KONG } else { Country::CHINA };
        let party = self.company(country, Country::CHINA, "computer systems");
        self.set_up(party)
    }

    /// The party at a place, to be changed.
    fn party_mut(&mut self, place: u32) -> Option<&mut WorldParty> {
        self.ground.parties.get_mut(index_of(place))
    }

    /// A part of the license-free limit: at least `low`, up to `width` more.
    fn part(&mut self, low: f64, width: f64) -> f64 {
        self.ground.limit * (low + width * self.stream.unit())
    }

    fn exporter(&mut self) -> u32 {
        let distributor = self.stream.chance(self.ground.constants.scheme_distributor_share);
        let sellers = if distributor { &self.ground.trade.distributors } else { &self.ground.trade.exporters };
        sellers.get(self.stream.below(sellers.len())).copied().unwrap_or(0)
    }

    fn forwarder(&mut self) -> u32 {
        let all = &self.ground.trade.forwarders;
        all.get(self.stream.below(all.len())).copied().unwrap_or(0)
    }

    /// An item that is controlled and sold in the month of a day.
    fn item(&mut self, date: Date) -> usize {
        let sold: Vec<usize> = on_sale(month_of(date)).into_iter().filter(|place| (1..=3).contains(place)).collect();
        sold.get(self.stream.below(sold.len())).copied().unwrap_or(1)
    }

    fn country_of(&self, party: u32) -> Country {
        self.ground.parties.get(index_of(party)).map_or(self.country, |party| party.country)
    }

    /// An order of so many H100e to a consignee after so many days.
    fn order(&mut self, exporter: u32, consignee: u32, after: i32, units: f64) -> usize {
        let (honest, constants) = (self.ground.honest, self.ground.constants);
        let date = self.start.plus_days(after);
        let item = self.item(date);
        let each = ITEMS.get(item).map_or(1.0, |item| item.units);
        // Never more than meant: who plans to a limit does not pass it by rounding.
        #[expect(clippy::cast_possible_truncation, reason = "far below 2^63")]
        let most = (units / each).floor().max(1.0) as i64;
        let quantity = if units < constants.scheme_heap_h100e || self.stream.chance(constants.scheme_heap_share) {
            heaped(honest, units / each, &mut self.stream).min(most)
        } else {
            most
        };
        let forwarder = self.forwarder();
        let name = format!("S{}-{}", self.number, self.scheme.orders.len() + 1);
        let shipment = Shipment {
            order_id: crate::order_id(self.ground.seed, &name),
            date,
            exporter,
            consignee,
            forwarder,
            origin: self.country_of(exporter),
            destination: self.country_of(consignee),
            item,
            quantity: quantity.max(1),
        };
        let mut line = order(honest, shipment, &mut self.stream);
        line.scheme = Some(self.number);
        self.scheme.orders.push(line);
        self.scheme.orders.len() - 1
    }

    /// A year's worth of a consignee, cut as the scheme cuts; no seller is to see all of it.
    fn year(&mut self, consignee: u32, year: i32, units: f64) {
        let constants = self.ground.constants;
        let first =
            Date::from_ymd(self.start.year() + year, 1, 1).unwrap_or(self.start).epoch_days() - self.start.epoch_days();
        let within = |stream: &mut Stream, from: i32, days: i32| from.max(0) + stream.whole_below(days);
        match self.lots {
            "under_notice_floor" => {
                // Larger shipments must be notified.
                let lots = (units / constants.floor_lot_h100e).ceil().min(constants.floor_lots_most).max(1.0);
                let mut left = lots;
                while left > 0.0 {
                    let part = constants.floor_lot_from + constants.floor_lot_width * self.stream.unit();
                    let lot = (units / lots).min(constants.floor_lot_most_h100e) * part;
                    let (exporter, after) =
                        (self.exporter(), within(&mut self.stream, first, constants.floor_lot_days));
                    self.order(exporter, consignee, after, lot);
                    left -= 1.0;
                }
            }
            "straddles_the_year" => {
                let old = (first + constants.straddle_old_day, constants.straddle_old_part);
                let new = (first + constants.straddle_new_day, constants.straddle_new_part);
                for (from, share) in [old, new] {
                    let (exporter, after) = (self.exporter(), within(&mut self.stream, from, constants.straddle_days));
                    self.order(exporter, consignee, after, units * share);
                }
            }
            "near_limit" => {
                let (exporter, after) = (self.exporter(), within(&mut self.stream, first, constants.near_limit_days));
                let lot = units * (constants.near_limit_from + constants.near_limit_width * self.stream.unit());
                self.order(exporter, consignee, after, lot);
            }
            _ => {
                let mut left = units * (constants.irregular_from + constants.irregular_width * self.stream.unit());
                for _ in 0..constants.irregular_lots {
                    let part = constants.irregular_lot_from + constants.irregular_lot_width * self.stream.unit();
                    let lot = left * part;
                    let (exporter, after) =
                        (self.exporter(), within(&mut self.stream, first, constants.irregular_days));
                    self.order(exporter, consignee, after, lot);
                    left -= lot;
                }
            }
        }
    }
}
