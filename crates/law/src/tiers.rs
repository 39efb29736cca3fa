//! The tiers of destinations, as tables and pictures call them; what decides a line is the provisions themselves.

use std::collections::BTreeSet;

use tollgate_model::{Country, Date};

use crate::Policy;
use crate::facts::ear_country;
use crate::groups::{MACAU_D5, TIER_ONE};
use crate::provision::Version;

/// The tier of a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Destinations of supplement no. 5 to part 740, paragraph (a).
    First,
    /// All others.
    Second,
    /// Macau and destinations of Country Group D:5.
    Third,
}

impl Tier {
    /// All of them, in the order of their numbers.
    pub const ALL: [Tier; 3] = [Tier::First, Tier::Second, Tier::Third];

    /// Its number: 1, 2 or 3.
    pub fn number(self) -> i32 {
        match self {
            Tier::First => 1,
            Tier::Second => 2,
            Tier::Third => 3,
        }
    }
}

/// The destinations of the first tier and of the third on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiers {
    first: BTreeSet<Country>,
    third: BTreeSet<Country>,
}

impl Tiers {
    /// The tier of a destination; the third where the law names it in both lists.
    pub fn tier(&self, country: Country) -> Tier {
        let country = ear_country(country);
        if self.third.contains(&country) {
            Tier::Third
        } else if self.first.contains(&country) {
            Tier::First
        } else {
            Tier::Second
        }
    }
}

impl Policy {
    /// The tiers on a day, as this policy has the country groups; `Err` with the name of a group that the law lacks.
    pub fn tiers(&self, day: Date) -> Result<Tiers, &'static str> {
        let group = |name: &'static str| self.groups.countries(name, day).ok_or(name);
        Ok(Tiers { first: group(TIER_ONE)?, third: group(MACAU_D5)? })
    }

    /// The version of a provision (its path under `law/ear/`) that binds on a day, or the first that ever does where none binds yet.
    ///
    /// Where the policy has left the provision out, the answer is the law's, for tables that name its limits under every policy; `None` where neither has it.
    pub fn version(&self, path: &str, day: Date) -> Option<&Version> {
        [&self.provisions, &self.law.provisions].into_iter().find_map(|provisions| {
            let provision = provisions.iter().find(|provision| provision.path == path)?;
            let binding = || provision.versions.iter().filter(|version| !version.removed);
            binding().rfind(|version| version.from <= day).or_else(|| binding().next())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Law;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_destination_is_in_one_tier_as_the_law_of_the_day_has_it() {
        let policy = Law::embedded().unwrap().policy("diffusion").unwrap();
        let tier = |country: &str, date: &str| policy.tiers(day(date)).unwrap().tier(country.parse().unwrap()).number();
        assert_eq!(["NL", "SG", "CN", "MO"].map(|country| tier(country, "2025-06-01")), [1, 2, 3, 3]);
        assert_eq!([tier("KH", "2025-11-06"), tier("KH", "2025-11-07")], [3, 2], "Cambodia left D:5");
    }

    #[test]
    fn a_version_is_that_of_the_day_or_the_first_and_the_laws_where_the_policy_has_none() {
        let law = Law::embedded().unwrap();
        let from = |policy: &str, date: &str| {
            law.policy(policy).unwrap().version("740/740.29-lpp", day(date)).map(|version| version.from)
        };
        assert_eq!(from("diffusion", "2020-01-01"), Some(day("2025-05-15")));
        assert_eq!(from("ear", "2026-01-01"), Some(day("2025-05-15")));
        let policy = law.policy("diffusion").unwrap();
        assert!(policy.version("740/740.0-nowhere", day("2025-06-01")).is_none());
        let of = |date: &str| policy.version("774/3A090", day(date)).map(|version| version.from);
        assert_eq!([of("2020-01-01"), of("2023-11-17")], [Some(day("2022-10-21")), Some(day("2023-11-17"))]);
    }
}
