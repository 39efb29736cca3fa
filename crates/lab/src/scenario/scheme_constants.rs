//! Constants of the schemes in a world of orders; their values and sources stand in `scenarios/base.toml`.

use super::constants::{WholeRange, constants};

constants! {
    /// Constants of the schemes in a world of orders.
    SchemeConstants {
        /// By what a move's weight changes where a scheme that chose it was stopped.
        caught_weight: f64 = "world.caught_weight", -10.0 to 10.0;
        /// The same where it ran to its end.
        success_weight: f64 = "world.success_weight", -10.0 to 10.0;
        /// The most by which a weight departs from none.
        most_weight: f64 = "world.most_weight", 0.0 to 10.0;
        /// Careful schemes whose principal pays the seller.
        careful_open_payment_share: f64 = "world.careful_open_payment_share", 0.0 to 1.0;
        /// Careless schemes whose principal does.
        careless_open_payment_share: f64 = "world.careless_open_payment_share", 0.0 to 1.0;
        /// Careless fronts with a mail address at a domain that everybody has.
        careless_free_mail_share: f64 = "world.careless_free_mail_share", 0.0 to 1.0;
        /// Careful fronts with a site on the web.
        careful_website_share: f64 = "world.careful_website_share", 0.0 to 1.0;
        /// Careless fronts with one.
        careless_website_share: f64 = "world.careless_website_share", 0.0 to 1.0;
        /// Principals in Hong Kong, not in mainland China.
        hong_kong_principal_share: f64 = "world.hong_kong_principal_share", 0.0 to 1.0;
        /// Orders of schemes that go to a distributor.
        scheme_distributor_share: f64 = "world.scheme_distributor_share", 0.0 to 1.0;
        /// Below that, schemes order round numbers as others do.
        scheme_heap_h100e: f64 = "world.scheme_heap_h100e", 0.0 to 1000000000.0;
        /// Larger orders of schemes in round numbers.
        scheme_heap_share: f64 = "world.scheme_heap_share", 0.0 to 1.0;
        /// The size that a lot under the notice floor is cut to.
        floor_lot_h100e: f64 = "world.floor_lot_h100e", 1.0 to 1000000000.0;
        /// The most such lots.
        floor_lots_most: f64 = "world.floor_lots_most", 0.0 to 1000000000.0;
        /// The largest such lot.
        floor_lot_most_h100e: f64 = "world.floor_lot_most_h100e", 0.0 to 1000000000.0;
        /// The least part of its size that a lot has.
        floor_lot_from: f64 = "world.floor_lot_from", 0.0 to 1000000000.0;
        /// What comes on top of that at the most.
        floor_lot_width: f64 = "world.floor_lot_width", 0.0 to 1000000000.0;
        /// Within which such lots are sent.
        floor_lot_days: i32 = "world.floor_lot_days", 0.0 to 1000000.0;
        /// From when the lot before the turn of the year is sent.
        straddle_old_day: i32 = "world.straddle_old_day", 0.0 to 1000000.0;
        /// From when the lot after it is sent.
        straddle_new_day: i32 = "world.straddle_new_day", 0.0 to 1000000.0;
        /// The part of a year's worth in the lot before.
        straddle_old_part: f64 = "world.straddle_old_part", 0.0 to 1.0;
        /// The part in the lot after.
        straddle_new_part: f64 = "world.straddle_new_part", 0.0 to 1.0;
        /// Within which each is sent.
        straddle_days: i32 = "world.straddle_days", 0.0 to 1000000.0;
        /// Within which a lot near the limit is sent.
        near_limit_days: i32 = "world.near_limit_days", 0.0 to 1000000.0;
        /// The least part of a year's worth in it.
        near_limit_from: f64 = "world.near_limit_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        near_limit_width: f64 = "world.near_limit_width", 0.0 to 1.0;
        /// The least part of a year's worth in irregular lots.
        irregular_from: f64 = "world.irregular_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        irregular_width: f64 = "world.irregular_width", 0.0 to 1.0;
        /// How many irregular lots.
        irregular_lots: i32 = "world.irregular_lots", 0.0 to 1000000.0;
        /// The least part of what is left in an irregular lot.
        irregular_lot_from: f64 = "world.irregular_lot_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        irregular_lot_width: f64 = "world.irregular_lot_width", 0.0 to 1.0;
        /// Within which irregular lots are sent.
        irregular_days: i32 = "world.irregular_days", 0.0 to 1000000.0;
        /// Age of a careless front that buys close to the limit.
        structuring_age_days: WholeRange = "world.structuring_age_days", -100000.0 to 100000.0;
        /// For how many years it does.
        structuring_years: i32 = "world.structuring_years", 0.0 to 1000000.0;
        /// Fronts of one hand.
        linked_fronts: WholeRange = "world.linked_fronts", -100000.0 to 100000.0;
        /// Their age.
        linked_age_days: WholeRange = "world.linked_age_days", -100000.0 to 100000.0;
        /// Careful fronts of one hand that share a director, a telephone or an address, each.
        careful_link_share: f64 = "world.careful_link_share", 0.0 to 1.0;
        /// Careless ones that do.
        careless_link_share: f64 = "world.careless_link_share", 0.0 to 1.0;
        /// For how many years they buy.
        linked_years: i32 = "world.linked_years", 0.0 to 1000000.0;
        /// The least part of the limit that each buys in a year.
        linked_part_from: f64 = "world.linked_part_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        linked_part_width: f64 = "world.linked_part_width", 0.0 to 1.0;
        /// Companies of no past whose trade has nothing to do with computers.
        shell_wrong_trade_share: f64 = "world.shell_wrong_trade_share", 0.0 to 1.0;
        /// Their age.
        shell_age_days: WholeRange = "world.shell_age_days", -100000.0 to 100000.0;
        /// What such a company orders.
        shell_orders: i32 = "world.shell_orders", 0.0 to 1000000.0;
        /// When it does.
        shell_order_days: WholeRange = "world.shell_order_days", -100000.0 to 100000.0;
        /// The least part of the limit in each order.
        shell_part_from: f64 = "world.shell_part_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        shell_part_width: f64 = "world.shell_part_width", 0.0 to 1.0;
        /// Age of a hub of transshipment.
        hub_age_days: WholeRange = "world.hub_age_days", -100000.0 to 100000.0;
        /// Age of who receives from it.
        onward_age_days: WholeRange = "world.onward_age_days", -100000.0 to 100000.0;
        /// How often goods go through.
        transshipment_rounds: i32 = "world.transshipment_rounds", 0.0 to 1000000.0;
        /// From one round to the next.
        transshipment_round_days: i32 = "world.transshipment_round_days", 0.0 to 1000000.0;
        /// Within which a round begins.
        transshipment_within_days: i32 = "world.transshipment_within_days", 0.0 to 1000000.0;
        /// The least part of the limit in a round.
        transshipment_part_from: f64 = "world.transshipment_part_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        transshipment_part_width: f64 = "world.transshipment_part_width", 0.0 to 1.0;
        /// When they go on.
        onward_days: WholeRange = "world.onward_days", -100000.0 to 100000.0;
        /// Below how many percent stay behind.
        left_behind_percent: i32 = "world.left_behind_percent", 0.0 to 100.0;
        /// Orders of a stockpiling buyer before the announcement.
        habit_quarters: i32 = "world.habit_quarters", 0.0 to 1000000.0;
        /// From one to the next.
        habit_quarter_days: i32 = "world.habit_quarter_days", 0.0 to 1000000.0;
        /// Within which each is sent.
        habit_within_days: i32 = "world.habit_within_days", 0.0 to 1000000.0;
        /// When the first of them is.
        habit_ahead_days: i32 = "world.habit_ahead_days", 0.0 to 1000000.0;
        /// The least part of the limit in each.
        habit_part_from: f64 = "world.habit_part_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        habit_part_width: f64 = "world.habit_part_width", 0.0 to 1.0;
        /// How long buying ahead lasts at the least.
        rush_least_days: i32 = "world.rush_least_days", 0.0 to 1000000.0;
        /// Orders between announcement and effect.
        rush_orders: i32 = "world.rush_orders", 0.0 to 1000000.0;
        /// The least part of the limit in each.
        rush_part_from: f64 = "world.rush_part_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        rush_part_width: f64 = "world.rush_part_width", 0.0 to 1.0;
        /// Age of a site without the power for what it buys.
        capacity_age_days: WholeRange = "world.capacity_age_days", -100000.0 to 100000.0;
        /// The least part of the power that it needs and has.
        capacity_power_from: f64 = "world.capacity_power_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        capacity_power_width: f64 = "world.capacity_power_width", 0.0 to 1.0;
        /// The least that it shows.
        capacity_least_megawatts: f64 = "world.capacity_least_megawatts", 0.0 to 1000000000.0;
        /// For how many years it buys.
        capacity_years: i32 = "world.capacity_years", 0.0 to 1000000.0;
        /// The part of the limit that it buys in a year.
        capacity_part: f64 = "world.capacity_part", 0.0 to 1.0;
        /// Age of a staged site.
        staged_age_days: WholeRange = "world.staged_age_days", -100000.0 to 100000.0;
        /// The least power that it shows, over what its chips need.
        staged_power_from: f64 = "world.staged_power_from", 0.0 to 1000000000.0;
        /// What comes on top of that at the most.
        staged_power_width: f64 = "world.staged_power_width", 0.0 to 1000000000.0;
        /// The least that it shows.
        staged_least_megawatts: f64 = "world.staged_least_megawatts", 0.0 to 1000000000.0;
        /// What it orders.
        staged_orders: i32 = "world.staged_orders", 0.0 to 1000000.0;
        /// From one order to the next.
        staged_order_days: i32 = "world.staged_order_days", 0.0 to 1000000.0;
        /// Within which each is sent.
        staged_within_days: i32 = "world.staged_within_days", 0.0 to 1000000.0;
        /// The least part of the limit in each.
        staged_part_from: f64 = "world.staged_part_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        staged_part_width: f64 = "world.staged_part_width", 0.0 to 1.0;
        /// Age of who receives goods under a false name.
        misdeclared_front_age_days: WholeRange = "world.misdeclared_front_age_days", -100000.0 to 100000.0;
        /// Age of who sends them.
        misdeclared_sender_age_days: WholeRange = "world.misdeclared_sender_age_days", -100000.0 to 100000.0;
        /// How many orders.
        misdeclared_orders: i32 = "world.misdeclared_orders", 0.0 to 1000000.0;
        /// Within which they are sent.
        misdeclared_days: i32 = "world.misdeclared_days", 0.0 to 1000000.0;
        /// The least in each.
        misdeclared_h100e_from: f64 = "world.misdeclared_h100e_from", 0.0 to 1000000000.0;
        /// What comes on top of that at the most.
        misdeclared_h100e_width: f64 = "world.misdeclared_h100e_width", 0.0 to 1000000000.0;
        /// The least part of its weight that is declared.
        misdeclared_weight_from: f64 = "world.misdeclared_weight_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        misdeclared_weight_width: f64 = "world.misdeclared_weight_width", 0.0 to 1.0;
        /// The least part of its price that is declared.
        misdeclared_price_from: f64 = "world.misdeclared_price_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        misdeclared_price_width: f64 = "world.misdeclared_price_width", 0.0 to 1.0;
        /// Age of a front that somebody else pays for.
        paid_front_age_days: WholeRange = "world.paid_front_age_days", -100000.0 to 100000.0;
        /// Orders of a front that is paid for, owned or excused from elsewhere.
        fronted_orders: i32 = "world.fronted_orders", 0.0 to 1000000.0;
        /// Within which they are sent.
        fronted_days: i32 = "world.fronted_days", 0.0 to 1000000.0;
        /// The least part of the limit in each.
        fronted_part_from: f64 = "world.fronted_part_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        fronted_part_width: f64 = "world.fronted_part_width", 0.0 to 1.0;
        /// Age of a front that is owned from tier 3.
        owned_front_age_days: WholeRange = "world.owned_front_age_days", -100000.0 to 100000.0;
        /// Age of who stands between.
        owned_between_age_days: WholeRange = "world.owned_between_age_days", -100000.0 to 100000.0;
        /// The larger of two stakes under a half.
        careful_first_percent: f64 = "world.careful_first_percent", 0.0 to 100.0;
        /// The smaller.
        careful_second_percent: f64 = "world.careful_second_percent", 0.0 to 100.0;
        /// The upper stake of a chain.
        chain_upper_percent: f64 = "world.chain_upper_percent", 0.0 to 100.0;
        /// The lower.
        chain_lower_percent: f64 = "world.chain_lower_percent", 0.0 to 100.0;
        /// Age of a front that claims an exception falsely.
        excused_age_days: WholeRange = "world.excused_age_days", -100000.0 to 100000.0;
        /// The least part of the limit in each order.
        excused_part_from: f64 = "world.excused_part_from", 0.0 to 1.0;
        /// What comes on top of that at the most.
        excused_part_width: f64 = "world.excused_part_width", 0.0 to 1.0;
        /// False claims of AIA; the others are of VEU.
        excused_aia_share: f64 = "world.excused_aia_share", 0.0 to 1.0;
    }
}
