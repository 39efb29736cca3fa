//! Where chips stand: sites, serial numbers that are seen, and visits.

use tollgate_model::{Country, Date};

use crate::buyers::next_place;
use crate::rows::{WorldInspection, WorldOrder, WorldSerial, WorldSite};
use crate::{World, party_id};
use tollgate_lab::{Stream, blind};

/// The id of the site of a party.
pub fn site_id(seed: u64, party: u32) -> String {
    format!("L{:08X}", blind(seed, &format!("site-{party}")) & 0xFFFF_FFFF)
}

impl World {
    /// The sites of all who show one, in order of the parties.
    pub fn sites(&self) -> Vec<WorldSite> {
        let constants = &self.trade_constants;
        let with = self.parties.iter().enumerate().filter_map(|(place, firm)| Some((place, firm, firm.megawatts?)));
        let one = |(place, firm, mw): (usize, &crate::WorldParty, f64)| {
            let party = next_place(place);
            let mut stream = Stream::new(self.seed, 62, u64::from(party));
            let opened = firm.incorporated.plus_days(constants.site_opened_days.draw(&mut stream));
            WorldSite {
                site_id: site_id(self.seed, party),
                party,
                country: firm.country,
                address: firm.address.clone(),
                mw,
                commissioned: stream.chance(constants.commissioned_share).then_some(opened),
                tenant_hq: stream.chance(constants.tenant_share).then_some(firm.hq),
            }
        };
        with.map(one).collect()
    }

    /// What is seen of an order's serial numbers: of every fourth order to a site, and of a staged site's all.
    pub fn serials(&self, order: &WorldOrder) -> Vec<WorldSerial> {
        let constants = &self.trade_constants;
        let mut stream = Stream::named(self.seed, 63, &order.order_id);
        let sited = self.party(order.consignee).is_some_and(|party| party.megawatts.is_some());
        let staged = order
            .scheme
            .and_then(|number| self.schemes.get(usize::try_from(number).ok()?))
            .map(|planned| planned.scheme.typology);
        if !sited || (staged != Some("staged_site") && !stream.chance(constants.serials_share)) {
            return Vec::new();
        }
        let mut rows = Vec::new();
        for number in 0..order.quantity.min(i64::from(constants.serials_followed)) {
            let serial =
                format!("N{:012X}", blind(self.seed, &format!("{}-{number}", order.order_id)) & 0xFFFF_FFFF_FFFF);
            let mut seen = |event: &'static str, country: Country, at_site: bool, after: i32| {
                let date = order.date.plus_days(after);
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
            let arrived = constants.arrival_days.draw(&mut stream);
            match staged {
                Some("staged_site") => {
                    seen("installed", order.destination, true, arrived);
                    let away = if stream.chance(constants.staged_hong_kong_share) {
                        Country::HONG_KONG
                    } else {
                        Country::CHINA
                    };
                    seen("seen", away, false, arrived + constants.staged_away_days.draw(&mut stream));
                }
                // Boxes that are never opened, since they go on.
                Some("capacity_mismatch") if stream.chance(constants.unopened_share) => {}
                _ => {
                    seen("installed", order.destination, true, arrived);
                    if stream.chance(constants.powered_share) {
                        seen("powered_on", order.destination, true, arrived + constants.powered_days.draw(&mut stream));
                    }
                    if stream.chance(constants.returned_share) {
                        seen("rma", order.destination, true, arrived + constants.returned_days.draw(&mut stream));
                    }
                }
            }
        }
        rows
    }

    /// Visits: of honest consignees as often as the agency's checks come to, nearly all favorable; a staged site is visited when it is ready.
    pub fn inspections(&self) -> Vec<WorldInspection> {
        let constants = &self.trade_constants;
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
            let date = first.plus_days(stream.whole_below(days.max(1)));
            let percent = stream.whole_below(100);
            let result = match percent - constants.unfavorable_percent {
                ..0 => "unfavorable",
                above if above < constants.incomplete_percent => "incomplete",
                _ => "favorable",
            };
            let notice = i64::from(constants.notice_days.draw(&mut stream));
            rows.push(WorldInspection { party: buyer.party, date, notice, seen: None, result });
        }
        let staged = self.schemes.iter().filter(|planned| planned.scheme.typology == "staged_site");
        for planned in staged {
            let (Some(first), Some(party)) = (planned.scheme.orders.first(), planned.scheme.parties.first()) else {
                continue;
            };
            let mut stream = Stream::named(self.seed, 65, &first.order_id);
            let date = first.date.plus_days(constants.staged_visit_days.draw(&mut stream));
            let notice = i64::from(constants.staged_notice_days.draw(&mut stream));
            let seen = planned.scheme.orders.iter().filter(|order| order.date < date).map(|order| order.quantity).sum();
            rows.push(WorldInspection { party: *party, date, notice, seen: Some(seen), result: "favorable" });
        }
        rows.sort_by_key(|one| (one.date, party_id(one.party)));
        rows
    }
}
