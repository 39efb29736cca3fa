//! What is known of buyers besides any scheme: for how long they have bought, how much in a year, how young they were, and whether they show power.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_model::{Date, Party, Tpp};

/// What a buyer took: the TPP of each quarter, and its first day.
#[derive(Clone, Debug)]
struct Purchases {
    /// Quarters as 4 x year + quarter - 1, in order.
    quarters: Vec<(i32, Tpp)>,
    first: Date,
}

impl Purchases {
    fn add(&mut self, date: Date, tpp: Tpp) {
        self.first = self.first.min(date);
        let quarter = quarter_no(date);
        match self.quarters.binary_search_by_key(&quarter, |(known, _)| *known) {
            Ok(place) => {
                if let Some((_, sum)) = self.quarters.get_mut(place) {
                    *sum = sum.plus(tpp);
                }
            }
            Err(place) => self.quarters.insert(place, (quarter, tpp)),
        }
    }

    /// The most of a calendar year.
    fn largest_year(&self) -> Tpp {
        let mut years: BTreeMap<i32, Tpp> = BTreeMap::new();
        for (quarter, tpp) in &self.quarters {
            let sum = years.entry(quarter.div_euclid(4)).or_default();
            *sum = sum.plus(*tpp);
        }
        years.into_values().max().unwrap_or(Tpp::whole(0))
    }
}

/// A quarter's number, 4 x year + quarter - 1: those that follow each other differ by one.
pub(crate) fn quarter_no(date: Date) -> i32 {
    let quarter = match date.quarter() {
        ..=1 => 0,
        2 => 1,
        3 => 2,
        _ => 3,
    };
    4 * date.year() + quarter
}

/// Purchases by party id.
#[expect(clippy::disallowed_types, reason = "looked up once a line, never iterated")]
type ByParty = std::collections::HashMap<String, Purchases, ahash::RandomState>;

/// What is known of buyers, by party.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    purchases: ByParty,
    founded: BTreeMap<String, Date>,
    powered: BTreeSet<String>,
}

/// What is known of those whom an alert names. Each figure is 0 for whoever is new, of no known age, without power and of middling size, and so built
/// that a larger one speaks against them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Circumstances {
    /// From -10/3 to 0: less a third for each quarter after the second in which the one that bought longest took controlled goods, up to the twelfth.
    pub past: f64,
    /// From -2.5 to 2.5: the natural logarithm of what all took in their largest calendar years, over 5,000,000 TPP.
    pub size: f64,
    /// From -3 to 0: less the natural logarithm of the years that the youngest buyer had at its first controlled goods; of unknown age, three years.
    pub age: f64,
    /// -1 where one of them shows power: a data center of its own or one that it runs; -0.3 where nobody in the data does.
    pub power: f64,
}

impl Circumstances {
    /// Their names in a calibration, in the order of [`Circumstances::values`].
    pub const NAMES: [&'static str; 4] = ["past", "size", "age", "power"];

    /// The figures.
    pub fn values(&self) -> [f64; 4] {
        [self.past, self.size, self.age, self.power]
    }
}

/// TPP of a year at which size says nothing.
const MIDDLING_TPP: f64 = 5e6;
/// Years of a buyer whose age is not known.
const UNKNOWN_AGE_YEARS: f64 = 3.0;
/// Power of those in whose data nobody shows any: what cases of worlds with such data have on average.
const UNKNOWN_POWER: f64 = -0.3;

impl Standings {
    /// Adds a line of controlled goods.
    pub fn add(&mut self, consignee: &str, date: Date, tpp: Tpp) {
        match self.purchases.get_mut(consignee) {
            Some(purchases) => purchases.add(date, tpp),
            None => {
                let purchases = Purchases { quarters: vec![(quarter_no(date), tpp)], first: date };
                self.purchases.insert(consignee.to_owned(), purchases);
            }
        }
    }

    /// Adds what is known of the parties themselves; `runs_hall` names those who own or run a data center.
    pub fn complete(&mut self, parties: &BTreeMap<String, Party>, runs_hall: BTreeSet<String>) {
        self.powered = runs_hall;
        for (id, party) in parties {
            let details = party.details();
            if details.data_center_mw.is_some_and(|power| power.scaled_exact(3).is_none_or(|kilowatts| kilowatts > 0)) {
                self.powered.insert(id.clone());
            }
            if let Some(founded) = details.incorporated_on.filter(|_| self.purchases.contains_key(id)) {
                self.founded.insert(id.clone(), founded);
            }
        }
    }

    /// What is known of some parties together.
    #[expect(clippy::cast_precision_loss, reason = "evidence, no legal decision")]
    pub fn circumstances<'a>(&self, parties: impl Iterator<Item = &'a str>) -> Circumstances {
        let parties: BTreeSet<&str> = parties.collect();
        let bought: Vec<&Purchases> = parties.iter().filter_map(|party| self.purchases.get(*party)).collect();
        let quarters = bought.iter().map(|purchases| purchases.quarters.len()).max().unwrap_or(0);
        let largest = bought.iter().fold(Tpp::whole(0), |sum, purchases| sum.plus(purchases.largest_year()));
        let age_years = |party: &&str| {
            let (purchases, founded) = (self.purchases.get(*party)?, self.founded.get(*party)?);
            Some(f64::from(purchases.first.epoch_days() - founded.epoch_days()) / 365.0)
        };
        let youngest = parties.iter().filter_map(age_years).reduce(f64::min).unwrap_or(UNKNOWN_AGE_YEARS);
        let power = match parties.iter().any(|party| self.powered.contains(*party)) {
            true => -1.0,
            false if self.powered.is_empty() => UNKNOWN_POWER,
            false => 0.0,
        };
        Circumstances {
            past: (2.0 - quarters.clamp(2, 12) as f64) / 3.0,
            size: libm::log((largest.ceil().max(1) as f64) / MIDDLING_TPP).clamp(-2.5, 2.5),
            age: 0.0 - libm::log(youngest.max(0.2)).clamp(0.0, 3.0),
            power,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_long_past_and_power_speak_for_a_buyer_and_much_in_a_year_against_it() {
        let mut standings = Standings::default();
        for month in ["01", "04", "07", "10"] {
            standings.add("old", day(&format!("2024-{month}-01")), Tpp::whole(10_000));
            standings.add("old", day(&format!("2025-{month}-09")), Tpp::whole(20_000));
        }
        standings.add("new", day("2025-03-01"), Tpp::whole(50_000_000));
        standings.complete(&BTreeMap::new(), BTreeSet::from(["old".to_owned()]));
        let (old, new) = (standings.circumstances(["old"].into_iter()), standings.circumstances(["new"].into_iter()));
        assert_eq!((old.past, old.power), (-2.0, -1.0));
        assert_eq!((new.past, new.power), (0.0, 0.0));
        assert!(old.size < -2.0 && new.size > 2.0, "{old:?} {new:?}");
        let both = standings.circumstances(["old", "new"].into_iter());
        assert_eq!((both.past, both.power), (-2.0, -1.0));
        assert_eq!(standings.circumstances(["nobody"].into_iter()).past, 0.0);
        assert_eq!(Standings::default().circumstances(["nobody"].into_iter()).power, UNKNOWN_POWER);
    }
}
