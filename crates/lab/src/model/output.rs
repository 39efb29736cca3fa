//! What is measured in each year of a world.

macro_rules! outputs {
    ($($(#[$doc:meta])* $id:ident $name:literal in $unit:literal,)*) => {
        /// What is measured, in each year.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Output { $($(#[$doc])* $id,)* }

        impl Output {
            /// Every one, in order.
            pub(crate) const ALL: &[Output] = &[$(Output::$id),*];
            /// How many there are.
            pub(crate) const COUNT: usize = Output::ALL.len();

            /// Its name in tables.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Output::$id => $name),* }
            }

            /// Its unit.
            pub(crate) fn unit(self) -> &'static str {
                match self { $(Output::$id => $unit),* }
            }

            /// Where it is: in the United States, in tier 3, with honest buyers abroad, or in the world.
            pub(crate) fn place(self) -> &'static str {
                match self {
                    Output::HomeStock => "united_states",
                    Output::Smuggled
                    | Output::ByShells
                    | Output::Stockpiled
                    | Output::Lawful
                    | Output::Rented
                    | Output::Domestic
                    | Output::Tier3Stock
                    | Output::Premium
                    | Output::Leaked => "tier3",
                    Output::Unmet | Output::Served | Output::NearLimit | Output::Offshored => "abroad",
                    _ => "world",
                }
            }
        }
    };
}

outputs! {
    /// H100e that shells and fronts brought to tier 3.
    Smuggled "smuggled" in "H100e",
    /// Of these, through shells under the license-free limit.
    ByShells "by_shells" in "H100e",
    /// H100e that were caught.
    Intercepted "intercepted" in "H100e",
    /// H100e bought ahead of the rule that went to tier 3.
    Stockpiled "stockpiled" in "H100e",
    /// H100e that went there lawfully.
    Lawful "lawful" in "H100e",
    /// H100e that it rented abroad.
    Rented "rented" in "H100e",
    /// H100e of its own making.
    Domestic "domestic" in "H100e",
    /// H100e in use there at the end of the year.
    Tier3Stock "stock_tier3" in "H100e",
    /// H100e in use in the United States at the end of the year.
    HomeStock "stock_united_states" in "H100e",
    /// One by the other.
    StockRatio "stock_ratio" in "x",
    /// What the United States gained in the year by what tier 3 gained.
    FlowRatio "flow_ratio" in "x",
    /// H100e that honest buyers abroad wanted and did not get.
    Unmet "unmet" in "H100e",
    /// H100e that they got.
    Served "served" in "H100e",
    /// Licenses that they asked for.
    Cases "licenses" in "licenses",
    /// Hours of officers for these.
    Hours "license_hours" in "hours",
    /// Weeks that a license took.
    Weeks "license_weeks" in "weeks",
    /// Dollars that waiting cost them: interest on what they bought.
    WaitingCost "waiting_cost" in "USD",
    /// Honest buyers close under the limit.
    NearLimit "near_limit" in "buyers",
    /// Shells and fronts that were tried.
    Schemes "schemes" in "schemes",
    /// Of these, caught.
    Caught "schemes_caught" in "schemes",
    /// Whether nobody tried shells: their best answer was to stay away.
    Deterred "deterred" in "share of the year",
    /// All H100e that reached tier 3 from abroad, rented ones aside.
    Leaked "leaked" in "H100e",
    /// H100e that western designers made.
    Supply "supply" in "H100e",
    /// Of these, what was installed abroad for want of power in the United States.
    Offshored "offshored" in "H100e",
    /// Of these, what could be installed nowhere.
    Unbuilt "unbuilt" in "H100e",
    /// The share of new compute that stands in the United States.
    UsSite "us_share_by_site" in "share",
    /// The share that owners from there hold.
    UsOwner "us_share_by_owner" in "share",
    /// The share that users there use.
    UsUser "us_share_by_user" in "share",
    /// The share of all compute in use that stands there.
    UsStanding "us_share_of_stock" in "share",
    /// Gigawatts that chips in use take outside tier 3, at the end of the year.
    Power "power" in "GW",
    /// The price in tier 3 over the price elsewhere, once what arrives has arrived.
    Premium "premium" in "x",
    /// Dollars for chips that tell where they are.
    VerificationCost "verification_cost" in "USD",
}

/// No output can be larger, in whatever unit.
const MOST: f64 = 1e15;

/// Whether a number can be what an output comes to: finite, and no less than nothing but for the rounding of sums.
pub(crate) fn can_be(value: f64) -> bool {
    (-1e-6..=MOST).contains(&value)
}
