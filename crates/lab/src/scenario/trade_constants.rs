//! Constants of honest trade and of the agency in a world of orders; their values and sources stand in `scenarios/base.toml`.

use super::constants::{WholeRange, constants};

constants! {
    /// Constants of honest trade and of the agency in a world of orders.
    TradeConstants {
        /// Registered agents of a country, at whose addresses many firms sit.
        agents: i32 = "world.agents", 0.0 to 1000000.0;
        /// Firms at a registered agent's address.
        agent_share: f64 = "world.agent_share", 0.0 to 1.0;
        /// Firms founded after the controls of October 2022.
        startup_share: f64 = "world.startup_share", 0.0 to 1.0;
        /// When those were founded.
        startup_days: WholeRange = "world.startup_days", -100000.0 to 100000.0;
        /// When all others were founded.
        older_days: WholeRange = "world.older_days", -100000.0 to 100000.0;
        /// Directors of a firm.
        directors: WholeRange = "world.directors", -100000.0 to 100000.0;
        /// Firms with a mail address at a domain that everybody has.
        free_mail_share: f64 = "world.free_mail_share", 0.0 to 1.0;
        /// Of firms with a domain of their own, those with a site on the web.
        website_share: f64 = "world.website_share", 0.0 to 1.0;
        /// Server manufacturers in the United States.
        sellers_us: i32 = "world.sellers_us", 0.0 to 1000000.0;
        /// Server manufacturers in Taiwan.
        sellers_tw: i32 = "world.sellers_tw", 0.0 to 1000000.0;
        /// Distributors in each country that has them.
        distributors: i32 = "world.distributors", 0.0 to 1000000.0;
        /// Freight forwarders in each country that has them.
        forwarders: i32 = "world.forwarders", 0.0 to 1000000.0;
        /// The least that an honest buyer wants in a year.
        buyer_least_h100e: f64 = "world.buyer_least_h100e", 0.0 to 1000000000.0;
        /// The most that an honest buyer wants in a year.
        buyer_most_h100e: f64 = "world.buyer_most_h100e", 0.0 to 1000000000.0;
        /// Above what a buyer may show a site.
        site_from_h100e: f64 = "world.site_from_h100e", 0.0 to 1000000000.0;
        /// Of these, those that show one.
        site_share: f64 = "world.site_share", 0.0 to 1.0;
        /// Honest sites that show less power than they use.
        understated_site_share: f64 = "world.understated_site_share", 0.0 to 1.0;
        /// For how many years' purchases such a site has power.
        understated_site_years: f64 = "world.understated_site_years", 0.0 to 1000000000.0;
        /// For how many years' purchases any other has power, at least.
        site_years_from: f64 = "world.site_years_from", 0.0 to 1000000000.0;
        /// What comes on top of that at the most.
        site_years_width: f64 = "world.site_years_width", 0.0 to 1000000000.0;
        /// Power of a chip with its server.
        chip_kilowatts: f64 = "world.chip_kilowatts", 0.0 to 1000000000.0;
        /// Power of the building over that of its servers.
        building_factor: f64 = "world.building_factor", 0.0 to 1000000000.0;
        /// The least that an honest site shows.
        site_least_megawatts: f64 = "world.site_least_megawatts", 0.0 to 1000000000.0;
        /// Buyers that belong to the group of the buyer before.
        group_share: f64 = "world.group_share", 0.0 to 1.0;
        /// The first of four stakes that a parent may hold.
        group_percent_1: f64 = "world.group_percent_1", 0.0 to 100.0;
        /// The second of four stakes that a parent may hold.
        group_percent_2: f64 = "world.group_percent_2", 0.0 to 100.0;
        /// The third of four stakes that a parent may hold.
        group_percent_3: f64 = "world.group_percent_3", 0.0 to 100.0;
        /// The last of four stakes that a parent may hold.
        group_percent_4: f64 = "world.group_percent_4", 0.0 to 100.0;
        /// Buyers whose usual seller is a distributor.
        distributor_share: f64 = "world.distributor_share", 0.0 to 1.0;
        /// Spread of the logarithm of a buyer's growth.
        growth_spread: f64 = "world.growth_spread", 0.0 to 1000000000.0;
        /// The median buyer's growth.
        growth_factor: f64 = "world.growth_factor", 0.0 to 1000000000.0;
        /// The fewest orders of a buyer.
        orders_from: f64 = "world.orders_from", 0.0 to 1000000000.0;
        /// What comes on top by chance at the most.
        orders_width: f64 = "world.orders_width", 0.0 to 1000000000.0;
        /// What comes on top by size.
        orders_by_size: f64 = "world.orders_by_size", 0.0 to 1000000000.0;
        /// Honest buyers that plan to the license-free limit.
        to_limit_share: f64 = "world.to_limit_share", 0.0 to 1.0;
        /// Below that, single units are ordered.
        heap_few: f64 = "world.heap_few", 0.0 to 1000000000.0;
        /// Below that, servers.
        heap_some: f64 = "world.heap_some", 0.0 to 1000000000.0;
        /// Below that, a few servers at a time.
        heap_many: f64 = "world.heap_many", 0.0 to 1000000000.0;
        /// Units of a server.
        heap_server: i32 = "world.heap_server", 0.0 to 1000000.0;
        /// Units of a few servers.
        heap_servers: i32 = "world.heap_servers", 0.0 to 1000000.0;
        /// Units of many servers.
        heap_racks: i32 = "world.heap_racks", 0.0 to 1000000.0;
        /// Orders in round numbers.
        heap_share: f64 = "world.heap_share", 0.0 to 1.0;
        /// Spread of prices around an item's.
        price_spread: f64 = "world.price_spread", 0.0 to 1000000000.0;
        /// Spread of weights around an item's.
        weight_spread: f64 = "world.weight_spread", 0.0 to 1000000000.0;
        /// Units to a package.
        units_a_package: i32 = "world.units_a_package", 1.0 to 1000000.0;
        /// Days after its last order on which a scheme that was not stopped counts as come to its end.
        learned_after_days: i32 = "world.learned_after_days", 0.0 to 1000000.0;
        /// Days from its founding on which nobody buys.
        founding_days: i32 = "world.founding_days", 0.0 to 1000000.0;
        /// The least part of the limit that who plans to it buys.
        limit_part_from: f64 = "world.limit_part_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        limit_part_width: f64 = "world.limit_part_width", 0.0 to 1.0;
        /// Spread of the sizes of a buyer's orders.
        order_spread: f64 = "world.order_spread", 0.0 to 1000000000.0;
        /// Orders that go to another seller than the usual one.
        other_seller_share: f64 = "world.other_seller_share", 0.0 to 1.0;
        /// Orders of a group's member that its parent pays.
        parent_pays_share: f64 = "world.parent_pays_share", 0.0 to 1.0;
        /// When an order is paid.
        payment_days: WholeRange = "world.payment_days", -100000.0 to 100000.0;
        /// How much worse a careless front looks than an honest consignee; a careful one looks half so bad.
        careless_signs: f64 = "world.careless_signs", 0.0 to 1000000000.0;
        /// Times by which a tip about a careful scheme is as frequent.
        careful_tip_factor: f64 = "world.careful_tip_factor", 0.0 to 1000000000.0;
        /// The same of a careless one.
        careless_tip_factor: f64 = "world.careless_tip_factor", 0.0 to 1000000000.0;
        /// By what a careful front looks less bad and is found less often.
        careful_divisor: f64 = "world.careful_divisor", 1.0 to 1000000000.0;
        /// One part in so many of officers' time goes to checks at the most.
        check_time_divisor: f64 = "world.check_time_divisor", 1.0 to 1000000000.0;
        /// Days after its last order on which a scheme can still be come upon.
        trail_days: i32 = "world.trail_days", 0.0 to 1000000.0;
        /// The most time that a case gets in a month: an officer's.
        case_month_hours: f64 = "world.case_month_hours", 0.0 to 1000000000.0;
        /// Serial numbers that are followed of an order, at the most.
        serials_followed: i32 = "world.serials_followed", 0.0 to 1000000.0;
        /// When a site opened.
        site_opened_days: WholeRange = "world.site_opened_days", -100000.0 to 100000.0;
        /// Sites whose first day of work is on file.
        commissioned_share: f64 = "world.commissioned_share", 0.0 to 1.0;
        /// Sites of whose tenant the seat is on file.
        tenant_share: f64 = "world.tenant_share", 0.0 to 1.0;
        /// Orders to a site of which serial numbers are seen.
        serials_share: f64 = "world.serials_share", 0.0 to 1.0;
        /// When chips are installed.
        arrival_days: WholeRange = "world.arrival_days", -100000.0 to 100000.0;
        /// Chips of a staged site that are seen in Hong Kong, not in China.
        staged_hong_kong_share: f64 = "world.staged_hong_kong_share", 0.0 to 1.0;
        /// When they are seen there.
        staged_away_days: WholeRange = "world.staged_away_days", -100000.0 to 100000.0;
        /// Chips of a site without power whose boxes are never opened.
        unopened_share: f64 = "world.unopened_share", 0.0 to 1.0;
        /// Chips that are seen to be powered on.
        powered_share: f64 = "world.powered_share", 0.0 to 1.0;
        /// When they are.
        powered_days: WholeRange = "world.powered_days", -100000.0 to 100000.0;
        /// Chips that come back for repair.
        returned_share: f64 = "world.returned_share", 0.0 to 1.0;
        /// When they do.
        returned_days: WholeRange = "world.returned_days", -100000.0 to 100000.0;
        /// Visits to honest consignees with an unfavorable result.
        unfavorable_percent: i32 = "world.unfavorable_percent", 0.0 to 100.0;
        /// Visits to honest consignees without a complete one.
        incomplete_percent: i32 = "world.incomplete_percent", 0.0 to 100.0;
        /// Notice of a visit to an honest consignee.
        notice_days: WholeRange = "world.notice_days", -100000.0 to 100000.0;
        /// When a staged site is visited.
        staged_visit_days: WholeRange = "world.staged_visit_days", -100000.0 to 100000.0;
        /// Notice of that visit.
        staged_notice_days: WholeRange = "world.staged_notice_days", -100000.0 to 100000.0;
        /// People with a second given name.
        second_name_share: f64 = "world.second_name_share", 0.0 to 1.0;
        /// Addresses with a floor and a door.
        unit_share: f64 = "world.unit_share", 0.0 to 1.0;
    }
}
