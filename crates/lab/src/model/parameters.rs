//! The uncertain quantities of the aggregate model, by name.

/// How many there are.
pub(crate) const COUNT: usize = Parameter::ALL.len();

macro_rules! parameters {
    ($($(#[$doc:meta])* $id:ident $name:literal $least:literal to $greatest:literal,)*) => {
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

            /// The least and the greatest number that it can be, in the unit of `scenarios/base.toml`.
            pub(crate) fn domain(self) -> [f64; 2] {
                match self { $(Parameter::$id => [$least, $greatest]),* }
            }
        }
    };
}

parameters! {
    /// H100e that western designers ship in the fourth quarter of 2025.
    SupplyFlow "supply.flow_2025q4" 10_000.0 to 1_000_000_000.0,
    /// Times a year by which that grows.
    SupplyGrowth "supply.growth" 0.2 to 10.0,
    /// The share of it that stays in the United States.
    UnitedStatesShare "share.united_states" 0.0 to 1.0,
    /// The share that honest tier-2 buyers want.
    Tier2Share "share.tier2" 0.0 to 1.0,
    /// Of that, the share of universal validated end-users.
    Hyperscale "tier2.hyperscale_share" 0.0 to 1.0,
    /// Times a year by which tier 2 grows beyond the supply.
    Tier2Growth "tier2.growth_beyond_supply" 0.2 to 5.0,
    /// H100e a year of the median honest tier-2 buyer.
    BuyerMedian "tier2.buyer_median" 0.01 to 1_000_000.0,
    /// Spread of the logarithm of that.
    BuyerSpread "tier2.buyer_spread" 0.05 to 5.0,
    /// Share of licensed demand that is granted under a presumption of approval.
    GrantApproval "license.grant_approval" 0.0 to 1.0,
    /// The same, case by case.
    GrantCase "license.grant_case_by_case" 0.0 to 1.0,
    /// Weeks that a license takes at the present workload.
    LicenseWeeks "license.weeks" 0.0 to 520.0,
    /// Hours of an officer for a license.
    LicenseHours "license.hours" 0.0 to 10_000.0,
    /// H100e that a license covers.
    LicenseSize "license.units" 1.0 to 10_000_000.0,
    /// Smuggling networks that buy through shells.
    Networks "smuggle.networks" 0.0 to 10_000.0,
    /// Shells of one network beyond which each makes the others easier to find.
    LinkScale "smuggle.link_scale" 0.1 to 10_000.0,
    /// What a shell costs to set up, in dollars a year.
    ShellCost "smuggle.shell_cost" 0.0 to 1_000_000_000.0,
    /// Most that one shell can place in a year without a limit, in H100e.
    ShellReach "smuggle.shell_reach" 1.0 to 1_000_000.0,
    /// Price in tier 3 over the price elsewhere, where nothing is smuggled yet.
    Premium "smuggle.premium" 1.0 to 20.0,
    /// H100e a year, in 2025, at which tier 3 pays no premium any more.
    Appetite "smuggle.appetite" 1_000.0 to 100_000_000.0,
    /// What is lost on capture, in values of the goods.
    Penalty "smuggle.penalty" 0.01 to 100.0,
    /// Chance a year that a shell on its own is caught, at the budget of 2025.
    ShellDetection "detect.shell" 0.000001 to 10.0,
    /// Big fronts: licensed or in tier 1.
    Fronts "front.count" 0.0 to 10_000.0,
    /// H100e a year that a front can divert.
    FrontReach "front.reach" 1.0 to 10_000_000.0,
    /// Chance a year that a front is caught, for each thousand H100e that it diverts.
    FrontDetection "detect.front_per_thousand" 0.0000001 to 10.0,
    /// Elasticity of those chances in the budget.
    Elasticity "detect.elasticity" 0.0 to 2.0,
    /// What location verification adds to the chance that a diverted lot is found.
    Verification "detect.verification" 0.0 to 1.0,
    /// Months from the first act to the end of a scheme that is found.
    Delay "detect.delay_months" 0.0 to 240.0,
    /// Share of what tier 3 wants and does not get that it rents abroad.
    Rent "tier3.rent_share" 0.0 to 1.0,
    /// H100e a quarter that tier 3 gets lawfully in 2025 where lesser chips may go.
    Legal3 "tier3.legal_flow" 0.0 to 100_000_000.0,
    /// H100e a quarter that it gets under licenses where they are decided case by case.
    Licensed3 "tier3.licensed_flow" 0.0 to 100_000_000.0,
    /// H100e a quarter of tier 3's own making, at the end of 2025.
    Domestic "tier3.domestic_flow_2025q4" 0.0 to 100_000_000.0,
    /// Times a year by which that grows.
    DomesticGrowth "tier3.domestic_growth" 0.1 to 10.0,
    /// H100e bought ahead for each quarter between announcement and effect.
    Stockpile "stockpile.per_quarter" 0.0 to 100_000_000.0,
    /// H100e installed in the United States at the end of 2024.
    StockUnitedStates "stock.united_states_2024" 1_000.0 to 1_000_000_000.0,
    /// H100e in tier 3 at the end of 2024.
    StockTier3 "stock.tier3_2024" 1_000.0 to 1_000_000_000.0,
    /// Years that a chip is used.
    Life "life.years" 0.5 to 50.0,
    /// Dollars for an H100e in 2025.
    Price "price.h100e_2025" 10.0 to 1_000_000.0,
    /// Years in which that halves.
    PriceHalving "price.halving_years" 0.2 to 50.0,
    /// Leakage of what goes under a government agreement, against any other.
    Trust "agreement.leakage" 0.0 to 10.0,
    /// Shells that can stand side by side where each is looked at alone, against the ultimate parent.
    ScopeConsignee "scope.consignee" 0.01 to 100.0,
    /// The same where linked parties count as one.
    ScopeCluster "scope.cluster" 0.01 to 100.0,
    /// How what the law leaves open is read: strictly below a half, mildly above.
    LawReading "law.reading" 0.0 to 1.0,
    /// By which power of what is wanted networks and fronts grow.
    ScaleExponent "smuggle.scale_exponent" 0.0 to 1.5,
    /// Of what honest buyers get in a country without a license, as much as shells can hide there.
    Cover "smuggle.cover" 0.0 to 1.0,
    /// Of what validated or licensed buyers get, as much as big fronts can divert.
    FrontCover "front.cover" 0.0 to 1.0,
    /// Times as likely that a shell is caught in a country with export control of its own.
    Tier1Hazard "detect.tier1_factor" 0.01 to 100.0,
    /// Schemes a year that the agency can bring to an end at the budget of 2025.
    Capacity "detect.capacity" 0.1 to 1_000_000.0,
    /// Of what a caught scheme sends in the year, the part that is seized.
    Seized "detect.seized_share" 0.0 to 1.0,
    /// Of exported chips, those that tell where they are.
    Coverage "verification.coverage" 0.0 to 1.0,
    /// Of these, those that are made to tell another place.
    Spoofing "verification.spoofing" 0.0 to 1.0,
    /// Dollars for each H100e that tells where it is.
    VerificationCost "verification.cost" 0.0 to 10_000.0,
    /// Of large buyers' demand, the share of national validated end-users.
    National "tier2.national_share" 0.0 to 1.0,
    /// National validated end-users in a country.
    Companies "veu.national_companies" 0.0 to 1_000.0,
    /// Of the supply, the share that universal validated end-users buy, everywhere.
    Fleet "veu.fleet_share" 0.0 to 1.0,
    /// By which power of the supply's growth each buyer grows; the rest are new buyers.
    BuyerGrowth "tier2.buyer_growth" 0.0 to 1.5,
    /// Applications that can be reviewed in a quarter.
    LicenseCapacity "license.capacity" 1.0 to 10_000_000.0,
    /// H100e a quarter of chips not made for data centers that go to tier 3 where these need no license.
    Notified3 "tier3.notified_flow" 0.0 to 100_000_000.0,
    /// Of large buyers' demand, what chips not made for data centers can serve.
    Consumer "abroad.consumer_share" 0.0 to 1.0,
    /// Of the supply, what is built into servers in tier-2 countries.
    Factory "supply.assembled_abroad" 0.0 to 1.0,
    /// For how many years of what is wanted stock is bought ahead at the most.
    StockpileYears "stockpile.most_years" 0.0 to 20.0,
    /// Gigawatts for AI in the world, tier 3 aside, at the beginning of 2025: used and free.
    PowerStart "power.world_2025" 0.1 to 100_000.0,
    /// Gigawatts for AI in the world, tier 3 aside, at the end of 2030.
    PowerWorld "power.world_2030" 1.0 to 100_000.0,
    /// The same in the United States.
    PowerHome "power.united_states_2030" 1.0 to 100_000.0,
    /// Years in which the power of an H100e halves.
    PowerHalving "power.halving_years" 0.2 to 50.0,
    /// Of what finds no power in the United States, the share that is wanted in tier 2.
    SiteTier2 "site.overflow_tier2" 0.0 to 1.0,
    /// Of compute in the United States, what users abroad use.
    UserAbroad "user.abroad_share" 0.0 to 1.0,
    /// Where tenants from tier 3 need a license, the part of what they rent that ends.
    TenantCompliance "remote.compliance" 0.0 to 1.0,
}

/// A value for each parameter.
pub(crate) type Point = [f64; COUNT];

/// The value of a parameter at a point.
#[expect(clippy::indexing_slicing, reason = "the enumeration is as long as the array")]
pub(crate) fn at(point: &Point, parameter: Parameter) -> f64 {
    point[parameter as usize]
}
