//! Constants of the aggregate model, which no study varies; their values and sources stand in `scenarios/base.toml`.

use super::constants::constants;

constants! {
    /// Constants of the aggregate model.
    ModelConstants {
        /// The least share of the supply that goes abroad to tier 1.
        tier1_least_share: f64 = "tier1.least_share", 0.0 to 1.0;
        /// Of what the United States and tier 2 leave, the share that tier 1 buys.
        tier1_bought_share: f64 = "tier1.bought_share", 0.0 to 1.0;
        /// By which part a license takes longer for each application in the quarter.
        queue_per_case: f64 = "license.queue_per_case", 0.0 to 1.0;
        /// Interest on what is paid for and waits, and on what is lost later.
        interest_a_year: f64 = "capital.interest", 0.0 to 10.0;
        /// From which share of the limit on a buyer is near it.
        near_limit_from_share: f64 = "tier2.near_limit_from", 0.0 to 1.0;
        /// The least by which networks and fronts shrink with what is wanted.
        least_scale: f64 = "smuggle.least_scale", 0.0 to 100.0;
        /// Which part of a change in what it comes upon an agency's workload follows within a quarter.
        flow_smoothing: f64 = "smuggle.flow_smoothing", 0.0 to 1.0;
        /// Which part of what was bought ahead is drawn on in a quarter.
        stockpile_drawn_share: f64 = "stockpile.drawn_a_quarter", 0.0 to 1.0;
        /// The most shells of a network.
        most_shells: f64 = "smuggle.most_shells", 0.0 to 1000000.0;
        /// No scheme is caught more surely.
        surest_capture: f64 = "detect.surest", 0.0 to 1.0;
        /// The chance of a check to find something, where it is hidden best.
        check_finds_from: f64 = "detect.check_finds_from", 0.0 to 1.0;
        /// What comes on top of that where it is hidden worst.
        check_finds_width: f64 = "detect.check_finds_width", 0.0 to 1.0;
        /// Until when makers sold lesser chips to tier 3 without asking: then letters told them to ask.
        lesser_until_year: f64 = "tier3.lesser_until", 2000.0 to 2100.0;
        /// Of the power for AI in the world at the beginning of 2025, the share of the United States.
        power_home_share: f64 = "power.united_states_share_2025", 0.01 to 1.0;
        /// Kilowatts that an H100e takes which is sold at the beginning of 2025, with its server and building.
        kilowatts_an_h100e: f64 = "power.kilowatts_2025", 0.001 to 100.0;
        /// The same of what is in use then.
        kilowatts_in_use: f64 = "power.kilowatts_in_use_2025", 0.001 to 100.0;
        /// Of compute in the United States, what others own.
        foreign_owned_share: f64 = "owner.foreign_in_united_states", 0.0 to 1.0;
        /// The lower license-free limit that a study of thresholds holds against the rule's.
        lower_limit_h100: f64 = "threshold.lower_limit", 0.0 to 1000000.0;
        /// What western designers shipped in 2024, for the back-cast.
        backcast_supply_h100e: f64 = "backcast.supply_2024", 1.0 to 1000000000000.0;
    }
}
