//! Where chips stand: sites, serial numbers that are seen, and visits.

use tollgate_model::{Country, Date};

use crate::rows::{WorldInspection, WorldOrder, WorldSerial, WorldSite};
use crate::{World, party_id};
use tollgate_lab::{Stream, blind};

/// Serial numbers that are followed of an order, at the most.
const FOLLOWED: i64 = 3;

/// The id of the site of a party.
pub fn site_id(seed: u64, party: u32) -> String {
    format!("L{:08X}", blind(seed, &format!("site-{party}")) & 0xFFFF_FFFF)
}

impl World {
    /// The sites of all who show one, in order of the parties.
    pub fn sites(&self) -> Vec<WorldSite> {
        let with = self.parties.iter().enumerate().filter_map(|(place, firm)| Some((place, firm, firm.megawatts?)));
        let one = |(place, firm, mw): (usize, &crate::WorldParty, f64)| {
            let party = u32::try_from(place).unwrap_or(u32::MAX);
            let mut stream = Stream::new(self.seed, 62, u64::from(party));
            let opened = firm.incorporated.plus_days(60 + i32::try_from(stream.below(700)).unwrap_or(0));
            WorldSite {
                site_id: site_id(self.seed, party),
                party,
                country: firm.country,
                address: firm.address.clone(),
                mw,
                commissioned: stream.chance(0.8).then_some(opened),
                tenant_hq: stream.chance(0.7).then_some(firm.hq),
            }
        };
        with.map(one).collect()
    }

    /// What is seen of an order's serial numbers: of every fourth order to a site, and of a staged site's all.
    pub fn serials(&self, order: &WorldOrder) -> Vec<WorldSerial> {
        let mut stream = Stream::named(self.seed, 63, &order.order_id);
        let sited = self.party(order.consignee).is_some_and(|party| party.megawatts.is_some());
        let staged = order
            .scheme
            .and_then(|number| self.schemes.get(usize::try_from(number).ok()?))
            .map(|planned| planned.scheme.typology);
        if !sited || (staged != Some("staged_site") && !stream.chance(0.25)) {
            return Vec::new();
        }
        let mut rows = Vec::new();
        for number in 0..order.quantity.min(FOLLOWED) {
            let serial =
                format!("N{:012X}", blind(self.seed, &format!("{}-{number}", order.order_id)) & 0xFFFF_FFFF_FFFF);
            let mut seen = |event: &'static str, country: Country, at_site: bool, after: usize| {
                let date = order.date.plus_days(i32::try_from(after).unwrap_or(0));
                let site_id = at_site.then(|| site_id(self.seed, order.consignee));
                let party = (!at_site).then_some(order.consignee);
                rows.push(WorldSerial {
                    serial: serial.clone(),
                    item: order.item,
                    event,
                    party,
                    site_id,
                    country,
                    date,
                });
            };
            seen("shipped", order.destination, false, 0);
            let arrived = 10 + stream.below(40);
            match staged {
                Some("staged_site") => {
                    seen("installed", order.destination, true, arrived);
                    let away = if stream.chance(0.5) { Country::HONG_KONG } else { Country::CHINA };
                    seen("seen", away, false, arrived + 60 + stream.below(150));
                }
                // Boxes that are never opened, since they go on.
                Some("capacity_mismatch") if stream.chance(0.8) => {}
                _ => {
                    seen("installed", order.destination, true, arrived);
                    if stream.chance(0.92) {
                        seen("powered_on", order.destination, true, arrived + 3 + stream.below(30));
                    }
                    if stream.chance(0.01) {
                        seen("rma", order.destination, true, arrived + 60 + stream.below(200));
                    }
                }
            }
        }
        rows
    }

    /// Visits: of honest consignees as often as the agency's checks come to, nearly all favorable; a staged site is visited when it is ready.
    pub fn inspections(&self) -> Vec<WorldInspection> {
        let mut rows = Vec::new();
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let chance = self.enforcement.checks as f64 / self.buyers.len().max(1) as f64;
        let first = Date::from_ymd(self.size.year, 1, 1).unwrap_or(Date::MIN);
        let days = self.size.months * 30;
        for buyer in &self.buyers {
            let mut stream = Stream::new(self.seed, 64, u64::from(buyer.party));
            if !stream.chance(chance.min(1.0)) {
                continue;
            }
            let date = first.plus_days(i32::try_from(stream.below(days.max(1))).unwrap_or(0));
            let result = match stream.below(100) {
                0 => "unfavorable",
                1..=4 => "incomplete",
                _ => "favorable",
            };
            let notice = i64::try_from(stream.below(15)).unwrap_or(0);
            rows.push(WorldInspection { party: buyer.party, date, notice, seen: None, result });
        }
        let staged = self.schemes.iter().filter(|planned| planned.scheme.typology == "staged_site");
        for planned in staged {
            let (Some(first), Some(party)) = (planned.scheme.orders.first(), planned.scheme.parties.first()) else {
                continue;
            };
            let mut stream = Stream::named(self.seed, 65, &first.order_id);
            let date = first.date.plus_days(55 + i32::try_from(stream.below(20)).unwrap_or(0));
            let notice = 10 + i64::try_from(stream.below(20)).unwrap_or(0);
            let seen = planned.scheme.orders.iter().filter(|order| order.date < date).map(|order| order.quantity).sum();
            rows.push(WorldInspection { party: *party, date, notice, seen: Some(seen), result: "favorable" });
        }
        rows.sort_by_key(|one| (one.date, party_id(one.party)));
        rows
    }
}
