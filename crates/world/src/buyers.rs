//! Honest buyers: who they are, and what they order.

use tollgate_model::{Country, Date, count_of, never};

use crate::names;
use crate::rows::{ITEMS, WorldItem, WorldOrder, WorldParty, WorldStake};
use tollgate_lab::{BuyerSize, Demand, Stream, TradeConstants};

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

/// The first day of a year and so many days on.
fn day(year: i32, days: i32) -> Date {
    Date::from_ymd(year, 1, 1).unwrap_or(Date::MIN).plus_days(days)
}

/// The place of the party that comes next in a table of so many, as parties are numbered.
pub(crate) fn next_place(parties: usize) -> u32 {
    u32::try_from(parties).unwrap_or_else(|_| {
        never!("a world has at most 10,000,000 buyers and 10,000 schemes of a kind, not {parties} parties");
        u32::MAX
    })
}

/// What a company is.
#[derive(Clone, Copy)]
pub(crate) struct Firm {
    pub(crate) country: Country,
    pub(crate) hq: Country,
    pub(crate) business: &'static str,
}

/// An honest company, the same for each seed and index.
pub(crate) fn company(constants: &TradeConstants, firm: Firm, seed: u64, index: u64) -> WorldParty {
    let Firm { country, hq, business } = firm;
    let mut stream = Stream::new(seed, 20, index);
    let name = names::company(country, false, &mut stream);
    let agent = stream.chance(constants.agent_share).then(|| stream.whole_below(constants.agents));
    // An agent's address belongs to the country, not to who sits there.
    let address = match agent {
        Some(agent) => {
            let place = u64::from(country.index()) * 64 + u64::from(agent.unsigned_abs());
            names::address(constants, &mut Stream::new(seed, 21, place))
        }
        None => names::address(constants, &mut stream),
    };
    // Most are old; some are start-ups founded after the controls of October 2022.
    let incorporated = if stream.chance(constants.startup_share) {
        day(2022, constants.startup_days.draw(&mut stream))
    } else {
        day(1995, constants.older_days.draw(&mut stream))
    };
    let directors = (0..constants.directors.draw(&mut stream)).map(|_| names::person(constants, &mut stream)).collect();
    let free = stream.chance(constants.free_mail_share);
    let email = names::email(&name, free, &mut stream);
    let site = email.split_once('@').map(|(_, domain)| format!("https://www.{domain}"));
    WorldParty {
        website: site.filter(|_| !free && stream.chance(constants.website_share)),
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
pub(crate) fn trade(constants: &TradeConstants, parties: &mut Vec<WorldParty>, seed: u64) -> Trade {
    let mut trade = Trade::default();
    let mut add = |code: &str, business: &'static str, count: i32, into: &mut Vec<u32>| {
        let Ok(country) = code.parse::<Country>() else { return };
        for _ in 0..count {
            let place = next_place(parties.len());
            let firm = Firm { country, hq: country, business };
            parties.push(company(constants, firm, seed, 1_000_000_000 + u64::from(place)));
            into.push(place);
        }
    };
    add("US", "server manufacturer", constants.sellers_us, &mut trade.exporters);
    add("TW", "server manufacturer", constants.sellers_tw, &mut trade.exporters);
    for code in ["SG", "AE", "MY", "JP", "IN", "TH"] {
        add(code, "distribution of computers", constants.distributors, &mut trade.distributors);
    }
    for code in ["SG", "MY", "AE", "TW", "US", "DE", "HK", "TH"] {
        add(code, "freight forwarding", constants.forwarders, &mut trade.forwarders);
    }
    trade
}

/// Which honest buyers a world is to have.
pub(crate) struct BuyerPlan<'a> {
    /// What honest trade is like.
    pub(crate) constants: &'a TradeConstants,
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
    let BuyerPlan { constants, demand, count, seed, size } = *buyer_plan;
    let abroad: Vec<&Demand> = demand.iter().filter(|part| part.tier < 3).collect();
    // Of the many small buyers each country has a part that falls less fast than its demand.
    let weights: Vec<f64> = abroad.iter().map(|part| part.share.sqrt()).collect();
    let sum: f64 = weights.iter().sum();
    let mut buyers: Vec<Buyer> = Vec::with_capacity(count);
    for index in 0..count {
        let mut stream = Stream::new(seed, 22, count_of(index));
        let mut mark = stream.unit() * sum;
        let found = abroad.iter().zip(&weights).find(|(_, weight)| {
            mark -= **weight;
            mark <= 0.0
        });
        let Some(country) = found.map(|(part, _)| part.country).or(abroad.first().map(|part| part.country)) else {
            break;
        };
        let business = BUSINESS.get(stream.below(BUSINESS.len())).copied().unwrap_or("software");
        let place = next_place(parties.len());
        let mut party = company(constants, Firm { country, hq: country, business }, seed, u64::from(place));
        let yearly = libm::exp(libm::log(size.median_h100e) + size.log_spread * stream.normal())
            .max(constants.buyer_least_h100e)
            .min(constants.buyer_most_h100e);
        if yearly > constants.site_from_h100e && stream.chance(constants.site_share) {
            // Room for what is there and what is to come in some years. A few show less than they use.
            let years = if stream.chance(constants.understated_site_share) {
                constants.understated_site_years
            } else {
                constants.site_years_from + constants.site_years_width * stream.unit()
            };
            party.megawatts = Some((megawatts(constants, yearly) * years).max(constants.site_least_megawatts));
        }
        if let Some(group) = buyers.last().map(|last| last.party).filter(|_| stream.chance(constants.group_share)) {
            let percents = [
                constants.group_percent_1,
                constants.group_percent_2,
                constants.group_percent_3,
                constants.group_percent_4,
            ];
            let percent = percents.get(stream.below(percents.len())).copied().unwrap_or(constants.group_percent_4);
            party.parent = Some(group);
            stakes.push(WorldStake { owner: group, owned: place, percent });
        }
        parties.push(party);
        let sellers = if stream.chance(constants.distributor_share) { &trade.distributors } else { &trade.exporters };
        buyers.push(Buyer {
            party: place,
            yearly,
            growth: libm::exp(constants.growth_spread * stream.normal()) * constants.growth_factor,
            orders: constants.orders_from
                + constants.orders_width * stream.unit() * stream.unit()
                + libm::log1p(yearly) * constants.orders_by_size,
            to_limit: stream.chance(constants.to_limit_share),
            exporter: sellers.get(stream.below(sellers.len())).copied().unwrap_or(0),
            forwarder: trade.forwarders.get(stream.below(trade.forwarders.len())).copied().unwrap_or(0),
        });
    }
    buyers
}

/// The power that so many chips need with their servers and their building, in MW.
pub(crate) fn megawatts(constants: &TradeConstants, chips_h100e: f64) -> f64 {
    chips_h100e * constants.chip_kilowatts * constants.building_factor / 1_000.0
}

/// A number as buyers order: servers above a few, round numbers of servers above many.
pub(crate) fn heaped(constants: &TradeConstants, units: f64, stream: &mut Stream) -> i64 {
    let step = match units {
        units if units < constants.heap_few => 1,
        units if units < constants.heap_some => constants.heap_server,
        units if units < constants.heap_many => constants.heap_servers,
        _ => constants.heap_racks,
    };
    let step = if stream.chance(constants.heap_share) { step } else { 1 };
    #[expect(clippy::cast_possible_truncation, reason = "far below 2^63")]
    let whole = (units / f64::from(step)).round().max(1.0) as i64;
    (whole * i64::from(step)).max(1)
}

/// The places of the items that are sold in a month.
pub(crate) fn on_sale(month: i32) -> Vec<usize> {
    let sold = |(_, item): &(usize, &WorldItem)| item.from <= month && month <= item.until;
    ITEMS.iter().enumerate().filter(sold).map(|(place, _)| place).collect()
}

/// What is sent from where to where.
pub(crate) struct Shipment {
    pub(crate) order_id: String,
    pub(crate) date: Date,
    pub(crate) exporter: u32,
    pub(crate) consignee: u32,
    pub(crate) forwarder: u32,
    pub(crate) origin: Country,
    pub(crate) destination: Country,
    /// The place of its item in [`ITEMS`].
    pub(crate) item: usize,
    pub(crate) quantity: i64,
}

/// An order of an item as honest shippers declare it.
pub(crate) fn order(constants: &TradeConstants, shipment: Shipment, stream: &mut Stream) -> WorldOrder {
    let Shipment { order_id, date, exporter, consignee, forwarder, origin, destination, item, quantity } = shipment;
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
        item: u8::try_from(item).unwrap_or_else(|_| {
            never!("{item} is no place among the items of trade");
            0
        }),
        quantity,
        price: (goods.price * libm::exp(constants.price_spread * stream.normal())).round(),
        hs_code: goods.hs_code,
        description: goods.description,
        weight: (units * goods.weight * (1.0 + constants.weight_spread * stream.normal()) * 10.0).round() / 10.0,
        packages: (quantity / i64::from(constants.units_a_package.max(1))).max(1),
        end_use: uses.get(stream.below(uses.len())).copied().unwrap_or("data_center"),
        authorization: None,
        reexport: origin != Country::UNITED_STATES,
        scheme: None,
    }
}
