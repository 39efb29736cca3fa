//! Honest buyers: who they are, and what they order.

use tollgate_model::{Country, Date};

use crate::names;
use crate::rows::{ITEMS, WorldItem, WorldOrder, WorldParty, WorldStake};
use tollgate_lab::Stream;
use tollgate_lab::{BuyerSize, Demand};

/// What honest buyers do.
const BUSINESS: [&str; 8] = [
    "cloud services",
    "telecommunications",
    "university",
    "software",
    "research institute",
    "data center",
    "financial services",
    "manufacturing",
];
/// Registered agents of a country, at whose addresses many firms sit.
const AGENTS: usize = 6;

/// An honest buyer, and what it wants.
#[derive(Clone, Debug)]
pub(crate) struct Buyer {
    pub(crate) party: u32,
    /// H100e in the first year.
    pub(crate) yearly: f64,
    /// Times a year by which that grows.
    pub(crate) growth: f64,
    /// Orders a year.
    pub(crate) orders: f64,
    /// Whether it plans to the license-free limit.
    pub(crate) to_limit: bool,
    pub(crate) exporter: u32,
    pub(crate) forwarder: u32,
}

/// Who sells and who carries, and where registered agents sit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trade {
    pub(crate) exporters: Vec<u32>,
    pub(crate) distributors: Vec<u32>,
    pub(crate) forwarders: Vec<u32>,
}

pub(crate) fn day(year: i32, place: usize) -> Date {
    let start = Date::from_ymd(year, 1, 1).unwrap_or(Date::MIN);
    start.plus_days(i32::try_from(place).unwrap_or(0))
}

/// An honest company.
pub(crate) fn company(country: Country, hq: Country, business: &'static str, seed: u64, index: u64) -> WorldParty {
    let mut stream = Stream::new(seed, 20, index);
    let name = names::company(country, false, &mut stream);
    let agent = stream.chance(0.12).then(|| stream.below(AGENTS));
    // An agent's address belongs to the country, not to who sits there.
    let address = match agent {
        Some(agent) => names::address(&mut Stream::new(
            seed,
            21,
            u64::from(country.index()) * 64 + u64::try_from(agent).unwrap_or(0),
        )),
        None => names::address(&mut stream),
    };
    // Most are old; some are start-ups founded after the controls of October 2022.
    let incorporated =
        if stream.chance(0.15) { day(2022, 280 + stream.below(700)) } else { day(1995, stream.below(27 * 365)) };
    let directors = (0..=stream.below(3)).map(|_| names::person(&mut stream)).collect();
    let free = stream.chance(0.06);
    let email = names::email(&name, free, &mut stream);
    let site = email.split_once('@').map(|(_, domain)| format!("https://www.{domain}"));
    WorldParty {
        website: site.filter(|_| !free && stream.chance(0.88)),
        registry: format!("{:09}", stream.below(1_000_000_000)),
        email,
        phone: names::phone(country, &mut stream),
        name,
        country,
        hq,
        parent: None,
        city: format!("{} City", country.code()),
        address,
        directors,
        incorporated,
        business,
        megawatts: None,
        scheme: None,
    }
}

/// Sellers and carriers.
pub(crate) fn trade(parties: &mut Vec<WorldParty>, seed: u64) -> Trade {
    let mut trade = Trade::default();
    let mut add = |code: &str, business: &'static str, count: u64, into: &mut Vec<u32>| {
        let Ok(country) = code.parse::<Country>() else { return };
        for _ in 0..count {
            let place = u32::try_from(parties.len()).unwrap_or(u32::MAX);
            parties.push(company(country, country, business, seed, 1_000_000_000 + u64::from(place)));
            into.push(place);
        }
    };
    add("US", "server manufacturer", 12, &mut trade.exporters);
    add("TW", "server manufacturer", 6, &mut trade.exporters);
    for code in ["SG", "AE", "MY", "JP", "IN", "TH"] {
        add(code, "distribution of computers", 4, &mut trade.distributors);
    }
    for code in ["SG", "MY", "AE", "TW", "US", "DE", "HK", "TH"] {
        add(code, "freight forwarding", 5, &mut trade.forwarders);
    }
    trade
}

/// Which honest buyers a world is to have.
pub(crate) struct BuyerPlan<'a> {
    /// The demand of each country; tier 3 has no honest buyers.
    pub(crate) demand: &'a [Demand],
    /// How many buyers.
    pub(crate) count: usize,
    /// The seed of the world.
    pub(crate) seed: u64,
    /// How much each wants.
    pub(crate) size: BuyerSize,
}

/// Buyers by the demand of their countries, some of them in groups.
pub(crate) fn buyers(
    parties: &mut Vec<WorldParty>,
    stakes: &mut Vec<WorldStake>,
    trade: &Trade,
    buyer_plan: &BuyerPlan<'_>,
) -> Vec<Buyer> {
    let BuyerPlan { demand, count, seed, size } = *buyer_plan;
    let abroad: Vec<&Demand> = demand.iter().filter(|part| part.tier < 3).collect();
    // Of the many small buyers each country has a part that falls less fast than its demand.
    let weights: Vec<f64> = abroad.iter().map(|part| part.share.sqrt()).collect();
    let sum: f64 = weights.iter().sum();
    let mut buyers: Vec<Buyer> = Vec::with_capacity(count);
    for index in 0..count {
        let mut stream = Stream::new(seed, 22, u64::try_from(index).unwrap_or(0));
        let mut mark = stream.unit() * sum;
        let found = abroad.iter().zip(&weights).find(|(_, weight)| {
            mark -= **weight;
            mark <= 0.0
        });
        let Some(country) = found.map(|(part, _)| part.country).or(abroad.first().map(|part| part.country)) else {
            break;
        };
        let business = BUSINESS.get(stream.below(BUSINESS.len())).copied().unwrap_or("software");
        let place = u32::try_from(parties.len()).unwrap_or(u32::MAX);
        let mut party = company(country, country, business, seed, u64::from(place));
        let yearly = libm::exp(libm::log(size.median_h100e) + size.log_spread * stream.normal()).clamp(1.0, 40_000.0);
        if yearly > 50.0 && stream.chance(0.8) {
            // Room for what is there and what is to come in some years: 1.45 kW a chip, 1.3 for the building. One in a hundred shows less than it uses.
            let years = if stream.chance(0.01) { 3.0 } else { 10.0 + 20.0 * stream.unit() };
            party.megawatts = Some((yearly * 1.45 * 1.3 / 1_000.0 * years).max(0.1));
        }
        if let Some(group) = buyers.last().map(|last| last.party).filter(|_| stream.chance(0.06)) {
            let percent = [51.0, 60.0, 75.0, 100.0].get(stream.below(4)).copied().unwrap_or(100.0);
            party.parent = Some(group);
            stakes.push(WorldStake { owner: group, owned: place, percent });
        }
        parties.push(party);
        let sellers = if stream.chance(0.3) { &trade.distributors } else { &trade.exporters };
        buyers.push(Buyer {
            party: place,
            yearly,
            growth: libm::exp(0.35 * stream.normal()) * 1.2,
            orders: 0.7 + 5.0 * stream.unit() * stream.unit() + libm::log1p(yearly) * 0.4,
            to_limit: stream.chance(0.015),
            exporter: sellers.get(stream.below(sellers.len())).copied().unwrap_or(0),
            forwarder: trade.forwarders.get(stream.below(trade.forwarders.len())).copied().unwrap_or(0),
        });
    }
    buyers
}

/// A number as buyers order: servers of eight above a few, round numbers of servers above many.
pub(crate) fn heaped(units: f64, stream: &mut Stream) -> i64 {
    let step = match units {
        units if units < 4.0 => 1.0,
        units if units < 256.0 => 8.0,
        units if units < 2_000.0 => 32.0,
        _ => 128.0,
    };
    let step = if stream.chance(0.6) { step } else { 1.0 };
    #[expect(clippy::cast_possible_truncation, reason = "far below 2^63")]
    let whole = (units / step).round().max(1.0) as i64;
    #[expect(clippy::cast_possible_truncation, reason = "a small number")]
    let step = step as i64;
    (whole * step).max(1)
}

/// The places of the items that are sold in a month.
pub(crate) fn on_sale(month: i32) -> Vec<usize> {
    let sold = |(_, item): &(usize, &WorldItem)| item.from <= month && month <= item.until;
    ITEMS.iter().enumerate().filter(sold).map(|(place, _)| place).collect()
}

/// An order of an item as honest shippers declare it.
pub(crate) fn order(
    (order_id, date): (String, Date),
    (exporter, consignee, forwarder): (u32, u32, u32),
    (origin, destination): (Country, Country),
    (item, quantity): (usize, i64),
    stream: &mut Stream,
) -> WorldOrder {
    let goods = ITEMS.get(item).unwrap_or(&ITEMS[1]);
    #[expect(clippy::cast_precision_loss, reason = "numbers of chips")]
    let units = quantity as f64;
    let uses = ["data_center", "training", "inference", "hpc", "research"];
    WorldOrder {
        date,
        order_id,
        exporter,
        consignee,
        intermediate: None,
        end_user: None,
        forwarder,
        origin,
        destination,
        item: u8::try_from(item).unwrap_or(0),
        quantity,
        price: (goods.price * libm::exp(0.06 * stream.normal())).round(),
        hs_code: goods.hs_code,
        description: goods.description,
        weight: (units * goods.weight * (1.0 + 0.02 * stream.normal()) * 10.0).round() / 10.0,
        packages: (quantity / 8).max(1),
        end_use: uses.get(stream.below(uses.len())).copied().unwrap_or("data_center"),
        authorization: None,
        reexport: origin != Country::UNITED_STATES,
        scheme: None,
    }
}
