//! The tiers of destinations that tables and reports group by, from the groups of countries that the law keeps.

use std::collections::BTreeSet;

use tollgate_model::{Country, Date};

use crate::policy::Policy;

/// The tiers of destinations on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiers {
    /// Supplement no. 5(a) to part 740.
    first: BTreeSet<Country>,
    /// Macau and Country Group D:5.
    third: BTreeSet<Country>,
}

impl Tiers {
    /// The tier of a country: 3 for Macau and Country Group D:5, 1 for supplement no. 5(a) to part 740, else 2.
    pub fn tier(&self, country: Country) -> u8 {
        if self.third.contains(&country) {
            3
        } else if self.first.contains(&country) {
            1
        } else {
            2
        }
    }
}

impl Policy {
    /// The tiers of destinations as the groups of countries stand on a day of the law, readings aside. A group that the law does not have holds no country.
    pub fn tiers(&self, law_date: Date) -> Tiers {
        let group = |name: &str| self.groups.countries(name, law_date).into_iter().flatten().collect();
        Tiers { first: group("SUPP5A"), third: group("MACAU_D5") }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::{Country, Date};

    use crate::Law;

    #[test]
    fn tiers_are_those_of_the_diffusion_rule() {
        let policy = Law::embedded().unwrap().policy("diffusion").unwrap();
        let tiers = policy.tiers(Date::MAX);
        let tier = |code: &str| tiers.tier(code.parse::<Country>().unwrap());
        assert_eq!(["JP", "IN", "CN", "MO", "NL"].map(tier), [1, 2, 3, 3, 1]);
    }
}
