//! Countries as the bits of 256: sets that are put together and taken apart at once.

use std::collections::BTreeSet;

use tollgate_model::Country;

/// A set of countries; bit `i` is set where the country with index `i` is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CountrySet(pub(crate) [u64; 4]);

impl CountrySet {
    pub(crate) fn of(countries: &BTreeSet<Country>) -> CountrySet {
        let mut set = CountrySet::default();
        for country in countries {
            if let Some(word) = set.0.get_mut(usize::from(country.index() >> 6)) {
                *word |= 1 << (country.index() & 63);
            }
        }
        set
    }

    /// What is in one of two sets.
    pub(crate) fn or(self, other: CountrySet) -> CountrySet {
        self.by_word(other, |one, other| one | other)
    }

    /// What is in this set and not in another.
    pub(crate) fn without(self, other: CountrySet) -> CountrySet {
        self.by_word(other, |one, other| one & !other)
    }

    fn by_word(mut self, other: CountrySet, both: fn(u64, u64) -> u64) -> CountrySet {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word = both(*word, other);
        }
        self
    }

    /// Its countries, in order of code.
    pub(crate) fn countries(self) -> impl Iterator<Item = Country> {
        let holds =
            move |index: u8| self.0.get(usize::from(index >> 6)).is_some_and(|word| word >> (index & 63) & 1 == 1);
        Country::all().filter(move |country| holds(country.index()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_bits_are_sets_of_countries() {
        let set = |codes: &[&str]| codes.iter().map(|code| code.parse().unwrap()).collect::<BTreeSet<Country>>();
        let (one, other) = (set(&["AD", "CN", "US", "ZW"]), set(&["CN", "FR"]));
        let (bits, other_bits) = (CountrySet::of(&one), CountrySet::of(&other));
        assert!(bits.countries().eq(one.iter().copied()));
        assert!(bits.or(other_bits).countries().eq(one.union(&other).copied()));
        assert!(bits.without(other_bits).countries().eq(one.difference(&other).copied()));
        assert_eq!(CountrySet::of(&Country::all().collect()).countries().count(), Country::COUNT);
    }
}
