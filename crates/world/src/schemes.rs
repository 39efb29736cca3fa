//! Schemes: who is set up, what is ordered, and how it is hidden. What each chooses is learned from those that were caught before it.

use std::collections::BTreeMap;

use tollgate_model::{Country, Date};

use crate::buyers::{Trade, company, heaped, on_sale, order};
use crate::names;
use crate::rows::{ITEMS, WorldOrder, WorldParty, WorldStake};
use tollgate_lab::Stream;

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
        found.or(among.last()).copied().unwrap_or_default()
    }

    /// A scheme of these moves was stopped, or ran to its end.
    pub(crate) fn learn(&mut self, moves: &[&'static str], caught: bool) {
        for name in moves {
            let weight = self.weights.entry(name).or_default();
            *weight = (*weight + if caught { -0.35 } else { 0.2 }).clamp(-3.0, 3.0);
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
    pub(crate) trade: &'a Trade,
    pub(crate) seed: u64,
    /// H100e a year that go to a consignee without a license.
    pub(crate) limit: f64,
    /// The day from which the rule holds, and on which it could be known.
    pub(crate) rule: (Date, Date),
}

impl Ground<'_> {
    fn add(&mut self, party: WorldParty) -> u32 {
        let place = u32::try_from(self.parties.len()).unwrap_or(u32::MAX);
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
    made: Scheme,
}

/// Plans a scheme that begins on a day.
pub(crate) fn plan(
    ground: &mut Ground<'_>,
    learning: &Learning,
    (kind, number): (&'static str, u32),
    start: Date,
) -> Scheme {
    let mut stream = Stream::new(ground.seed, 30, u64::from(number));
    let (lots, hub, hiding) = (
        learning.choose(&LOTS, &mut stream),
        learning.choose(&HUBS, &mut stream),
        learning.choose(&HIDING, &mut stream),
    );
    let country = hub.parse().unwrap_or(Country::UNITED_STATES);
    let made = Scheme {
        typology: kind,
        moves: vec![lots, hub, hiding],
        parties: Vec::new(),
        orders: Vec::new(),
        payer: None,
        shells: 0,
    };
    let mut maker = Maker { ground, number, stream, start, country, careful: hiding == "careful", lots, made };
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
    maker.financed();
    maker.made
}

impl Maker<'_, '_> {
    /// Who is behind a scheme pays for it: mostly through the front's own account, but the careless pay the seller themselves, as in most published cases.
    fn financed(&mut self) {
        let openly = self.stream.chance(if self.careful { 0.15 } else { 0.55 });
        if openly && self.made.payer.is_none() && self.made.typology != "ownership_evasion" {
            let principal = self.principal();
            self.made.payer = Some((principal, self.country_of(principal)));
        }
    }

    /// A front: young, in a trade of its own or of none, with papers as good as the scheme is careful.
    fn front(&mut self, wrong_trade: bool, age: (i32, i32)) -> u32 {
        let place = u64::try_from(self.ground.parties.len()).unwrap_or(0);
        let mut party =
            company(self.country, self.country, "artificial intelligence", self.ground.seed, 2_000_000_000 + place);
        let days = age.0 + i32::try_from(self.stream.below(usize::try_from(age.1 - age.0).unwrap_or(1))).unwrap_or(0);
        party.incorporated = self.start.plus_days(-days);
        if wrong_trade {
            party.name = names::company(self.country, true, &mut self.stream);
            party.business = "general trading";
        }
        party.email = names::email(&party.name, !self.careful && self.stream.chance(0.7), &mut self.stream);
        // A page on the web costs little, and half of the careless have none all the same.
        let shown = self.stream.chance(if self.careful { 0.85 } else { 0.45 });
        party.website = party.website.filter(|_| shown);
        party.megawatts = None;
        party.scheme = Some(self.number);
        let place = self.ground.add(party);
        self.made.parties.push(place);
        place
    }

    /// An older company that lends its name.
    fn seasoned(&mut self) -> u32 {
        let place = u64::try_from(self.ground.parties.len()).unwrap_or(0);
        let mut party = company(self.country, self.country, "cloud services", self.ground.seed, 2_000_000_000 + place);
        party.scheme = Some(self.number);
        let place = self.ground.add(party);
        self.made.parties.push(place);
        place
    }

    /// Somebody in China or Hong Kong for whom it is all done.
    fn principal(&mut self) -> u32 {
        let country = if self.stream.chance(0.5) { Country::HONG_KONG } else { Country::CHINA };
        let place = u64::try_from(self.ground.parties.len()).unwrap_or(0);
        let mut party = company(country, Country::CHINA, "computer systems", self.ground.seed, 2_000_000_000 + place);
        party.scheme = Some(self.number);
        let place = self.ground.add(party);
        self.made.parties.push(place);
        place
    }

    /// A part of the license-free limit: at least `low`, up to `width` more.
    fn part(&mut self, low: f64, width: f64) -> f64 {
        self.ground.limit * (low + width * self.stream.unit())
    }

    fn exporter(&mut self) -> u32 {
        let sellers =
            if self.stream.chance(0.6) { &self.ground.trade.distributors } else { &self.ground.trade.exporters };
        sellers.get(self.stream.below(sellers.len())).copied().unwrap_or(0)
    }

    fn forwarder(&mut self) -> u32 {
        let all = &self.ground.trade.forwarders;
        all.get(self.stream.below(all.len())).copied().unwrap_or(0)
    }

    /// An item that is controlled and sold in the month of a day.
    fn item(&mut self, date: Date) -> usize {
        let month = date.year() * 12 + i32::try_from(date.month()).unwrap_or(1) - 1;
        let sold: Vec<usize> = on_sale(month).into_iter().filter(|place| (1..=3).contains(place)).collect();
        sold.get(self.stream.below(sold.len())).copied().unwrap_or(1)
    }

    fn country_of(&self, party: u32) -> Country {
        usize::try_from(party)
            .ok()
            .and_then(|place| self.ground.parties.get(place))
            .map_or(self.country, |party| party.country)
    }

    /// An order of so many H100e to a consignee after so many days.
    fn order(&mut self, (exporter, consignee): (u32, u32), after: i32, units: f64) -> usize {
        let date = self.start.plus_days(after);
        let item = self.item(date);
        let each = ITEMS.get(item).map_or(1.0, |item| item.units);
        // Never more than meant: who plans to a limit does not pass it by rounding.
        #[expect(clippy::cast_possible_truncation, reason = "far below 2^63")]
        let most = (units / each).floor().max(1.0) as i64;
        let quantity = if units < 64.0 || self.stream.chance(0.4) {
            heaped(units / each, &mut self.stream).min(most)
        } else {
            most
        };
        let forwarder = self.forwarder();
        let ends = (self.country_of(exporter), self.country_of(consignee));
        let name = format!("S{}-{}", self.number, self.made.orders.len() + 1);
        let id = crate::order_id(self.ground.seed, &name);
        let mut line =
            order((id, date), (exporter, consignee, forwarder), ends, (item, quantity.max(1)), &mut self.stream);
        line.scheme = Some(self.number);
        self.made.orders.push(line);
        self.made.orders.len() - 1
    }

    /// A year's worth of a consignee, cut as the scheme cuts; no seller is to see all of it.
    fn year(&mut self, consignee: u32, year: i32, units: f64) {
        let first =
            Date::from_ymd(self.start.year() + year, 1, 1).unwrap_or(self.start).epoch_days() - self.start.epoch_days();
        let within =
            |stream: &mut Stream, from: i32, days: usize| from.max(0) + i32::try_from(stream.below(days)).unwrap_or(0);
        match self.lots {
            "under_notice_floor" => {
                // Shipments of 3,200,000 TPP or more must be notified: 202 H100.
                let lots = (units / 195.0).ceil().clamp(1.0, 12.0);
                let mut left = lots;
                while left > 0.0 {
                    let lot = (units / lots).min(201.0) * (0.94 + 0.06 * self.stream.unit());
                    let (exporter, after) = (self.exporter(), within(&mut self.stream, first, 320));
                    self.order((exporter, consignee), after, lot);
                    left -= 1.0;
                }
            }
            "straddles_the_year" => {
                for (from, share) in [(first + 335, 0.97), (first + 366, 0.95)] {
                    let (exporter, after) = (self.exporter(), within(&mut self.stream, from, 28));
                    self.order((exporter, consignee), after, units * share);
                }
            }
            "near_limit" => {
                let (exporter, after) = (self.exporter(), within(&mut self.stream, first, 330));
                let lot = units * (0.9 + 0.0995 * self.stream.unit());
                self.order((exporter, consignee), after, lot);
            }
            _ => {
                let mut left = units * (0.8 + 0.19 * self.stream.unit());
                for _ in 0..5 {
                    let lot = left * (0.2 + 0.5 * self.stream.unit());
                    let (exporter, after) = (self.exporter(), within(&mut self.stream, first, 340));
                    self.order((exporter, consignee), after, lot);
                    left -= lot;
                }
            }
        }
    }

    /// The same buyer year after year close to the limit.
    fn structuring(&mut self) {
        let consignee = if self.careful { self.seasoned() } else { self.front(false, (100, 900)) };
        for year in 0..3 {
            self.year(consignee, year, self.ground.limit);
        }
    }

    /// Several fronts of one hand, together far over the limit.
    fn linked(&mut self) {
        let count = 3 + self.stream.below(6);
        let fronts: Vec<u32> = (0..count).map(|_| self.front(false, (30, 700))).collect();
        self.made.shells = u32::try_from(count).unwrap_or(0);
        let (director, phone, address) = (
            names::person(&mut self.stream),
            names::phone(self.country, &mut self.stream),
            names::address(&mut self.stream),
        );
        for front in &fronts {
            // The careful share one thing each, and not with all.
            let chance = if self.careful { 0.4 } else { 0.75 };
            let shares = [chance, chance, chance].map(|chance| self.stream.chance(chance));
            let Some(party) = usize::try_from(*front).ok().and_then(|place| self.ground.parties.get_mut(place)) else {
                continue;
            };
            let [by_director, by_phone, by_address] = shares;
            if by_director {
                party.directors = vec![director.clone()];
            }
            if by_phone {
                party.phone.clone_from(&phone);
            }
            if by_address || !(by_director || by_phone) {
                party.address.clone_from(&address);
            }
        }
        for front in fronts {
            for year in 0..2 {
                let units = self.part(0.6, 0.38);
                self.year(front, year, units);
            }
        }
    }

    /// A company of no past that buys much at once.
    fn shell(&mut self) {
        let wrong = self.stream.chance(0.6);
        let front = self.front(wrong, (10, 120));
        for _ in 0..3 {
            let (exporter, after) = (self.exporter(), 5 + i32::try_from(self.stream.below(150)).unwrap_or(0));
            let units = self.part(0.1, 0.2);
            self.order((exporter, front), after, units);
        }
    }

    /// In through a hub and out again, in like quantities, within weeks.
    fn transshipment(&mut self) {
        let hub = self.front(self.lots == "irregular", (60, 1_500));
        self.country = ["HK", "TR", "KZ", "VN"]
            .get(self.stream.below(4))
            .and_then(|code| code.parse().ok())
            .unwrap_or(self.country);
        let onward = self.front(false, (30, 800));
        for round in 0..5 {
            let (exporter, after) = (self.exporter(), round * 60 + i32::try_from(self.stream.below(20)).unwrap_or(0));
            let units = self.part(0.08, 0.1);
            let first = self.order((exporter, hub), after, units);
            let Some(sent) = self.made.orders.get(first).cloned() else { continue };
            let later = after + 6 + i32::try_from(self.stream.below(30)).unwrap_or(0);
            // A few stay behind.
            let second = self.order((hub, onward), later, units);
            if let Some(line) = self.made.orders.get_mut(second) {
                line.item = sent.item;
                line.quantity =
                    (sent.quantity - sent.quantity * i64::try_from(self.stream.below(8)).unwrap_or(0) / 100).max(1);
                line.description = "computer parts";
            }
        }
    }

    /// Years' worth bought between announcement and effect.
    fn stockpiling(&mut self) {
        let buyer = self.seasoned();
        let (announced, effective) = self.ground.rule;
        for quarter in 0..4 {
            let (exporter, after) = (self.exporter(), quarter * 80 + i32::try_from(self.stream.below(40)).unwrap_or(0));
            let units = self.part(0.02, 0.03);
            self.order((exporter, buyer), after - 400 - (self.start.epoch_days() - announced.epoch_days()), units);
        }
        let open = (effective.epoch_days() - announced.epoch_days()).max(30);
        for _ in 0..6 {
            let exporter = self.exporter();
            let after = announced.epoch_days() - self.start.epoch_days()
                + i32::try_from(self.stream.below(usize::try_from(open).unwrap_or(30))).unwrap_or(0);
            let units = self.part(0.25, 0.5);
            self.order((exporter, buyer), after, units);
        }
    }

    /// More chips than there is power for.
    fn capacity(&mut self) {
        let site = self.front(false, (200, 1_200));
        let shown = self.ground.limit * 1.45 * 1.3 / 1_000.0 * (0.1 + 0.25 * self.stream.unit());
        if let Some(party) = usize::try_from(site).ok().and_then(|place| self.ground.parties.get_mut(place)) {
            party.megawatts = Some(shown.max(0.05));
            party.business = "data center";
        }
        for year in 0..2 {
            self.year(site, year, self.ground.limit * 0.95);
        }
    }

    /// Racks that stand for a visit, and then go.
    fn staged(&mut self) {
        let site = self.front(false, (150, 900));
        let shown = self.ground.limit * 1.45 * 1.3 / 1_000.0 * (0.9 + 0.8 * self.stream.unit());
        if let Some(party) = usize::try_from(site).ok().and_then(|place| self.ground.parties.get_mut(place)) {
            party.megawatts = Some(shown.max(0.1));
            party.business = "data center";
        }
        for round in 0..4 {
            let (exporter, after) = (self.exporter(), round * 12 + i32::try_from(self.stream.below(8)).unwrap_or(0));
            let units = self.part(0.08, 0.1);
            self.order((exporter, site), after, units);
        }
    }

    /// Declared as something else.
    fn misdeclaration(&mut self) {
        // Who declares falsely is no honest seller: a firm of the scheme's own sends the goods.
        let (front, sender) = (self.front(true, (200, 1_500)), self.front(false, (300, 1_500)));
        let goods = [
            ("8504.40", "power adapter module"),
            ("8536.90", "contactor controller"),
            ("9503.00", "toys"),
            ("8517.62", "network switch"),
            ("0902.30", "tea"),
        ];
        let (hs, description) =
            goods.get(self.stream.below(goods.len())).copied().unwrap_or(("8504.40", "power adapter module"));
        for _ in 0..6 {
            let after = i32::try_from(self.stream.below(300)).unwrap_or(0);
            let units = 20.0 + 150.0 * self.stream.unit();
            let place = self.order((sender, front), after, units);
            let lighter = 0.4 + 0.4 * self.stream.unit();
            let priced = 0.05 + 0.2 * self.stream.unit();
            if let Some(line) = self.made.orders.get_mut(place) {
                (line.hs_code, line.description) = (hs, description);
                line.weight = (line.weight * lighter * 10.0).round() / 10.0;
                line.price = (line.price * priced).round();
            }
        }
    }

    /// Paid for from elsewhere.
    fn payment(&mut self) {
        let front = if self.careful { self.seasoned() } else { self.front(false, (100, 900)) };
        let principal = self.principal();
        self.made.payer = Some((principal, self.country_of(principal)));
        for _ in 0..4 {
            let (exporter, after) = (self.exporter(), i32::try_from(self.stream.below(340)).unwrap_or(0));
            let units = self.part(0.1, 0.14);
            self.order((exporter, front), after, units);
        }
    }

    /// Owned from tier 3, through a chain or by stakes just under a half.
    fn ownership(&mut self) {
        let principal = self.principal();
        let (front, between) = (self.front(false, (200, 1_500)), self.front(false, (400, 2_000)));
        let chain = if self.careful {
            let second = self.principal();
            vec![(principal, front, 49.0), (second, front, 45.0)]
        } else {
            vec![(principal, between, 80.0), (between, front, 70.0)]
        };
        self.ground.stakes.extend(chain.into_iter().map(|(owner, owned, percent)| WorldStake {
            owner,
            owned,
            percent,
        }));
        for _ in 0..4 {
            let (exporter, after) = (self.exporter(), i32::try_from(self.stream.below(340)).unwrap_or(0));
            let units = self.part(0.1, 0.14);
            self.order((exporter, front), after, units);
        }
    }

    /// An exception is claimed that does not hold.
    fn exception(&mut self) {
        let front = self.front(self.lots == "irregular", (100, 1_000));
        for _ in 0..4 {
            let (exporter, after) = (self.exporter(), i32::try_from(self.stream.below(340)).unwrap_or(0));
            let units = self.part(0.3, 0.3);
            let place = self.order((exporter, front), after, units);
            let claim = if self.stream.chance(0.5) { "AIA" } else { "VEU" };
            if let Some(line) = self.made.orders.get_mut(place) {
                line.authorization = Some(claim.to_owned());
            }
        }
    }
}
