//! The uncertain quantities of the aggregate model, by name.

/// How many there are.
pub(crate) const COUNT: usize = Parameter::ALL.len();

macro_rules! parameters {
    ($($(#[$doc:meta])* $id:ident $name:literal,)*) => {
        /// An uncertain quantity.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Parameter { $($(#[$doc])* $id,)* }

        impl Parameter {
            /// Every one, in order.
            pub(crate) const ALL: &[Parameter] = &[$(Parameter::$id),*];

            /// Its name in scenario files.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Parameter::$id => $name),* }
            }
        }
    };
}

parameters! {
    /// H100e that western designers ship in the fourth quarter of 2025.
    SupplyFlow "supply.flow_2025q4",
    /// Times a year by which that grows.
    SupplyGrowth "supply.growth",
    /// The share of it that stays in the United States.
    UnitedStatesShare "share.united_states",
    /// The share that honest tier-2 buyers want.
    Tier2Share "share.tier2",
    /// Of that, the share of universal validated end-users.
    Hyperscale "tier2.hyperscale_share",
    /// Times a year by which tier 2 grows beyond the supply.
    Tier2Growth "tier2.growth_beyond_supply",
    /// H100e a year of the median honest tier-2 buyer.
    BuyerMedian "tier2.buyer_median",
    /// Spread of the logarithm of that.
    BuyerSpread "tier2.buyer_spread",
    /// Share of licensed demand that is granted under a presumption of approval.
    GrantApproval "license.grant_approval",
    /// The same, case by case.
    GrantCase "license.grant_case_by_case",
    /// Weeks that a license takes at the present workload.
    LicenseWeeks "license.weeks",
    /// Hours of an officer for a license.
    LicenseHours "license.hours",
    /// H100e that a license covers.
    LicenseSize "license.units",
    /// Smuggling networks that buy through shells.
    Networks "smuggle.networks",
    /// Shells of one network beyond which each makes the others easier to find.
    LinkScale "smuggle.link_scale",
    /// What a shell costs to set up, in dollars a year.
    ShellCost "smuggle.shell_cost",
    /// Most that one shell can place in a year without a limit, in H100e.
    ShellReach "smuggle.shell_reach",
    /// Price in tier 3 over the price elsewhere, where nothing is smuggled yet.
    Premium "smuggle.premium",
    /// H100e a year, in 2025, at which tier 3 pays no premium any more.
    Appetite "smuggle.appetite",
    /// What is lost on capture, in values of the goods.
    Penalty "smuggle.penalty",
    /// Chance a year that a shell on its own is caught, at the budget of 2025.
    ShellDetection "detect.shell",
    /// Big fronts: licensed or in tier 1.
    Fronts "front.count",
    /// H100e a year that a front can divert.
    FrontReach "front.reach",
    /// Chance a year that a front is caught, for each thousand H100e that it diverts.
    FrontDetection "detect.front_per_thousand",
    /// Elasticity of those chances in the budget.
    Elasticity "detect.elasticity",
    /// What location verification adds to the chance that a diverted lot is found.
    Verification "detect.verification",
    /// Months from the first act to the end of a scheme that is found.
    Delay "detect.delay_months",
    /// Share of what tier 3 wants and does not get that it rents abroad.
    Rent "tier3.rent_share",
    /// H100e a quarter that tier 3 gets lawfully in 2025 where lesser chips may go.
    Legal3 "tier3.legal_flow",
    /// H100e a quarter that it gets under licenses where they are decided case by case.
    Licensed3 "tier3.licensed_flow",
    /// H100e a quarter of tier 3's own making, at the end of 2025.
    Domestic "tier3.domestic_flow_2025q4",
    /// Times a year by which that grows.
    DomesticGrowth "tier3.domestic_growth",
    /// H100e bought ahead for each quarter between announcement and effect.
    Stockpile "stockpile.per_quarter",
    /// H100e installed in the United States at the end of 2024.
    StockUnitedStates "stock.united_states_2024",
    /// H100e in tier 3 at the end of 2024.
    StockTier3 "stock.tier3_2024",
    /// Years that a chip is used.
    Life "life.years",
    /// Dollars for an H100e in 2025.
    Price "price.h100e_2025",
    /// Years in which that halves.
    PriceHalving "price.halving_years",
    /// Leakage of what goes under a government agreement, against any other.
    Trust "agreement.leakage",
    /// Shells that can stand side by side where each is looked at alone, against the ultimate parent.
    ScopeConsignee "scope.consignee",
    /// The same where linked parties count as one.
    ScopeCluster "scope.cluster",
}

/// A value for each parameter.
pub(crate) type Point = [f64; COUNT];

/// The value of a parameter at a point.
#[expect(clippy::indexing_slicing, reason = "the enumeration is as long as the array")]
pub(crate) fn at(point: &Point, parameter: Parameter) -> f64 {
    point[parameter as usize]
}
