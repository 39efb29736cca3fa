//! The families of schemes: what each sets up and orders.

use super::Maker;
use crate::buyers::megawatts;
use crate::names;
use crate::rows::WorldStake;

impl Maker<'_, '_> {
    /// The same buyer year after year close to the limit.
    pub(super) fn structuring(&mut self) {
        let constants = self.ground.constants;
        let consignee = if self.careful { self.seasoned() } else { self.front(false, constants.structuring_age_days) };
        for year in 0..constants.structuring_years {
            self.year(consignee, year, self.ground.limit);
        }
    }

    /// Several fronts of one hand, together far over the limit.
    pub(super) fn linked(&mut self) {
        let constants = self.ground.constants;
        let count = constants.linked_fronts.draw(&mut self.stream);
        let fronts: Vec<u32> = (0..count).map(|_| self.front(false, constants.linked_age_days)).collect();
        self.scheme.shells = count.unsigned_abs();
        let (director, phone, address) = (
            names::person(self.ground.honest, &mut self.stream),
            names::phone(self.country, &mut self.stream),
            names::address(self.ground.honest, &mut self.stream),
        );
        for front in &fronts {
            // The careful share one thing each, and not with all.
            let chance = if self.careful { constants.careful_link_share } else { constants.careless_link_share };
            let shares = [chance, chance, chance].map(|chance| self.stream.chance(chance));
            let Some(party) = self.party_mut(*front) else { continue };
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
            for year in 0..constants.linked_years {
                let units = self.part(constants.linked_part_from, constants.linked_part_width);
                self.year(front, year, units);
            }
        }
    }

    /// A company of no past that buys much at once.
    pub(super) fn shell(&mut self) {
        let constants = self.ground.constants;
        let wrong = self.stream.chance(constants.shell_wrong_trade_share);
        let front = self.front(wrong, constants.shell_age_days);
        for _ in 0..constants.shell_orders {
            let (exporter, after) = (self.exporter(), constants.shell_order_days.draw(&mut self.stream));
            let units = self.part(constants.shell_part_from, constants.shell_part_width);
            self.order(exporter, front, after, units);
        }
    }

    /// In through a hub and out again, in like quantities, within weeks.
    pub(super) fn transshipment(&mut self) {
        let constants = self.ground.constants;
        let hub = self.front(self.lots == "irregular", constants.hub_age_days);
        self.country = ["HK", "TR", "KZ", "VN"]
            .get(self.stream.below(4))
            .and_then(|code| code.parse().ok())
            .unwrap_or(self.country);
        let onward = self.front(false, constants.onward_age_days);
        for round in 0..constants.transshipment_rounds {
            let exporter = self.exporter();
            let within = self.stream.whole_below(constants.transshipment_within_days);
            let after = round * constants.transshipment_round_days + within;
            let units = self.part(constants.transshipment_part_from, constants.transshipment_part_width);
            let first = self.order(exporter, hub, after, units);
            let Some(sent) = self.scheme.orders.get(first).cloned() else { continue };
            let later = after + constants.onward_days.draw(&mut self.stream);
            // A few stay behind.
            let second = self.order(hub, onward, later, units);
            if let Some(line) = self.scheme.orders.get_mut(second) {
                line.item = sent.item;
                let percent = i64::from(self.stream.whole_below(constants.left_behind_percent));
                line.quantity = (sent.quantity - sent.quantity * percent / 100).max(1);
                line.description = "computer parts";
            }
        }
    }

    /// Years' worth bought between announcement and effect.
    pub(super) fn stockpiling(&mut self) {
        let constants = self.ground.constants;
        let buyer = self.seasoned();
        let (announced, effective) = self.ground.rule;
        for quarter in 0..constants.habit_quarters {
            let exporter = self.exporter();
            let within = self.stream.whole_below(constants.habit_within_days);
            let after = quarter * constants.habit_quarter_days + within - constants.habit_ahead_days;
            let units = self.part(constants.habit_part_from, constants.habit_part_width);
            self.order(exporter, buyer, after - (self.start.epoch_days() - announced.epoch_days()), units);
        }
        let open = (effective.epoch_days() - announced.epoch_days()).max(constants.rush_least_days);
        for _ in 0..constants.rush_orders {
            let exporter = self.exporter();
            let after = announced.epoch_days() - self.start.epoch_days() + self.stream.whole_below(open);
            let units = self.part(constants.rush_part_from, constants.rush_part_width);
            self.order(exporter, buyer, after, units);
        }
    }

    /// More chips than there is power for.
    pub(super) fn capacity(&mut self) {
        let constants = self.ground.constants;
        let site = self.front(false, constants.capacity_age_days);
        let part = constants.capacity_power_from + constants.capacity_power_width * self.stream.unit();
        let shown = megawatts(self.ground.honest, self.ground.limit) * part;
        if let Some(party) = self.party_mut(site) {
            party.megawatts = Some(shown.max(constants.capacity_least_megawatts));
            party.business = "data center";
        }
        for year in 0..constants.capacity_years {
            self.year(site, year, self.ground.limit * constants.capacity_part);
        }
    }

    /// Racks that stand for a visit, and then go.
    pub(super) fn staged(&mut self) {
        let constants = self.ground.constants;
        let site = self.front(false, constants.staged_age_days);
        let part = constants.staged_power_from + constants.staged_power_width * self.stream.unit();
        let shown = megawatts(self.ground.honest, self.ground.limit) * part;
        if let Some(party) = self.party_mut(site) {
            party.megawatts = Some(shown.max(constants.staged_least_megawatts));
            party.business = "data center";
        }
        for round in 0..constants.staged_orders {
            let exporter = self.exporter();
            let after = round * constants.staged_order_days + self.stream.whole_below(constants.staged_within_days);
            let units = self.part(constants.staged_part_from, constants.staged_part_width);
            self.order(exporter, site, after, units);
        }
    }

    /// Declared as something else.
    pub(super) fn misdeclaration(&mut self) {
        let constants = self.ground.constants;
        // Who declares falsely is no honest seller: a firm of the scheme's own sends the goods.
        let (front, sender) = (
            self.front(true, constants.misdeclared_front_age_days),
            self.front(false, constants.misdeclared_sender_age_days),
        );
        let goods = [
            ("8504.40", "power adapter module"),
            ("8536.90", "contactor controller"),
            ("9503.00", "toys"),
            ("8517.62", "network switch"),
            ("0902.30", "tea"),
        ];
        let (hs, description) =
            goods.get(self.stream.below(goods.len())).copied().unwrap_or(("8504.40", "power adapter module"));
        for _ in 0..constants.misdeclared_orders {
            let after = self.stream.whole_below(constants.misdeclared_days);
            let units = constants.misdeclared_h100e_from + constants.misdeclared_h100e_width * self.stream.unit();
            let place = self.order(sender, front, after, units);
            let lighter = constants.misdeclared_weight_from + constants.misdeclared_weight_width * self.stream.unit();
            let priced = constants.misdeclared_price_from + constants.misdeclared_price_width * self.stream.unit();
            if let Some(line) = self.scheme.orders.get_mut(place) {
                (line.hs_code, line.description) = (hs, description);
                line.weight = (line.weight * lighter * 10.0).round() / 10.0;
                line.price = (line.price * priced).round();
            }
        }
    }

    /// Paid for from elsewhere.
    pub(super) fn payment(&mut self) {
        let constants = self.ground.constants;
        let front = if self.careful { self.seasoned() } else { self.front(false, constants.paid_front_age_days) };
        let principal = self.principal();
        self.scheme.payer = Some((principal, self.country_of(principal)));
        for _ in 0..constants.fronted_orders {
            let (exporter, after) = (self.exporter(), self.stream.whole_below(constants.fronted_days));
            let units = self.part(constants.fronted_part_from, constants.fronted_part_width);
            self.order(exporter, front, after, units);
        }
    }

    /// Owned from tier 3, through a chain or by stakes just under a half.
    pub(super) fn ownership(&mut self) {
        let constants = self.ground.constants;
        let principal = self.principal();
        let (front, between) =
            (self.front(false, constants.owned_front_age_days), self.front(false, constants.owned_between_age_days));
        let chain = if self.careful {
            let second = self.principal();
            vec![(principal, front, constants.careful_first_percent), (second, front, constants.careful_second_percent)]
        } else {
            vec![(principal, between, constants.chain_upper_percent), (between, front, constants.chain_lower_percent)]
        };
        self.ground.stakes.extend(chain.into_iter().map(|(owner, owned, percent)| WorldStake {
            owner,
            owned,
            percent,
        }));
        for _ in 0..constants.fronted_orders {
            let (exporter, after) = (self.exporter(), self.stream.whole_below(constants.fronted_days));
            let units = self.part(constants.fronted_part_from, constants.fronted_part_width);
            self.order(exporter, front, after, units);
        }
    }

    /// An exception is claimed that does not hold.
    pub(super) fn exception(&mut self) {
        let constants = self.ground.constants;
        let front = self.front(self.lots == "irregular", constants.excused_age_days);
        for _ in 0..constants.fronted_orders {
            let (exporter, after) = (self.exporter(), self.stream.whole_below(constants.fronted_days));
            let units = self.part(constants.excused_part_from, constants.excused_part_width);
            let place = self.order(exporter, front, after, units);
            let claim = if self.stream.chance(constants.excused_aia_share) { "AIA" } else { "VEU" };
            if let Some(line) = self.scheme.orders.get_mut(place) {
                line.authorization = Some(claim.to_owned());
            }
        }
    }
}
