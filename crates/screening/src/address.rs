//! Addresses: found by the words that tell most, compared as sets of words, numbers kept apart.

use std::collections::BTreeMap;

use crate::fold::fold;
use crate::index::bits;
use crate::similar::similarity;
use crate::sizes::{narrow, place_of};

/// What the shared words must tell for two addresses to be compared at all, in hundredths of a bit: a city and a country do not.
const LEAST_SHARED: u32 = 1_200;
/// Words that stand in more addresses than this are no way to find one.
const COMMON: usize = 400;
/// What a number tells at least: house, floor and room numbers are short and frequent and still decide.
const NUMBER: u32 = 500;
/// Likeness of addresses none of whose numbers agree.
const OTHER_HOUSE: u32 = 6_000;
/// Likeness of addresses less than half of whose numbers agree.
const OTHER_ROOM: u32 = 8_000;

/// The words of an address, each once, in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Address {
    words: Vec<String>,
}

impl Address {
    pub(crate) fn parse(text: &str) -> Address {
        let mut words: Vec<String> = fold(text).iter().flat_map(|word| parts(word)).collect();
        words.sort_unstable();
        words.dedup();
        Address { words }
    }

    /// The same for the same words, in whatever order; empty without any.
    pub(crate) fn key(&self) -> String {
        self.words.join(" ")
    }
}

/// A folded word as addresses use it: digits apart from letters, abbreviations written out; nothing where it tells nothing.
fn parts(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for c in word.chars() {
        match parts.last_mut() {
            Some(last) if last.chars().all(|letter| letter.is_ascii_digit()) == c.is_ascii_digit() => last.push(c),
            _ => parts.push(c.to_string()),
        }
    }
    let after_number = parts.len() > 1;
    let plain = parts.into_iter().filter_map(|part| {
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = part.trim_start_matches('0');
            return (!number.is_empty()).then(|| number.to_owned());
        }
        let ordinal = after_number && matches!(part.as_str(), "st" | "nd" | "rd" | "th");
        let written = if ordinal { "" } else { written_out(&part) };
        (!written.is_empty()).then(|| written.to_owned())
    });
    plain.collect()
}

fn written_out(word: &str) -> &str {
    match word {
        "st" | "str" => "street",
        "rd" | "lu" => "road",
        "ave" | "av" => "avenue",
        "blvd" => "boulevard",
        "bldg" | "bld" => "building",
        "fl" | "flr" | "f" => "floor",
        "rm" => "room",
        "ste" => "suite",
        "blk" => "block",
        "dist" | "qu" => "district",
        "prov" | "sheng" => "province",
        "ind" => "industrial",
        "pk" => "park",
        "ctr" | "centre" => "center",
        "hwy" => "highway",
        "ln" => "lane",
        "jie" => "street",
        "intl" => "international",
        "twr" => "tower",
        "pob" => "box",
        "no" | "nr" | "num" | "number" | "the" | "of" | "and" | "at" | "po" => "",
        word => word,
    }
}

/// Addresses that are searched.
#[derive(Debug, Default)]
pub(crate) struct Addresses {
    /// Each with the place of its entry.
    all: Vec<(usize, Address)>,
    by_word: BTreeMap<String, Vec<usize>>,
}

impl Addresses {
    pub(crate) fn build<'a>(texts: impl Iterator<Item = (usize, &'a str)>) -> Addresses {
        let mut addresses = Addresses::default();
        for (entry, text) in texts {
            let address = Address::parse(text);
            for word in &address.words {
                addresses.by_word.entry(word.clone()).or_default().push(addresses.all.len());
            }
            addresses.all.push((entry, address));
        }
        addresses
    }

    /// What a word tells, in hundredths of a bit: the rarer it is among the addresses, the more.
    fn weight(&self, word: &str) -> u32 {
        let known = self.by_word.get(word).map_or(0, Vec::len);
        // A short list makes every word rare: real addresses have some ten thousand common ones.
        let weight = bits(place_of(self.all.len()).max(20_000), place_of(known) + 1).max(60);
        if word.bytes().all(|byte| byte.is_ascii_digit()) { weight.clamp(NUMBER, 2 * NUMBER) } else { weight }
    }

    /// The places of the entries at addresses like this one, each once and in order, with how alike they are in basis points, `least` or more.
    pub(crate) fn search(&self, address: &Address, least: u32) -> BTreeMap<usize, u32> {
        let mut places: Vec<usize> = Vec::new();
        let known = address.words.iter().filter_map(|word| self.by_word.get(word));
        known.filter(|known| known.len() <= COMMON).for_each(|known| places.extend(known));
        places.sort_unstable();
        places.dedup();
        let mut found = BTreeMap::new();
        for (entry, other) in places.into_iter().filter_map(|place| self.all.get(place)) {
            let points = self.similarity(address, other);
            if points >= least {
                let best = found.entry(*entry).or_insert(points);
                *best = points.max(*best);
            }
        }
        found
    }

    /// How alike two addresses are: what the shared words tell of the shorter one, and of both.
    fn similarity(&self, a: &Address, b: &Address) -> u32 {
        let (mut met, mut numbers_met) = (0, 0);
        let number = |word: &&String| word.bytes().all(|byte| byte.is_ascii_digit());
        for word in &a.words {
            if b.words.binary_search(word).is_ok() {
                met += self.weight(word);
                numbers_met += usize::from(number(&word));
            } else if word.len() >= 5 && b.words.iter().any(|other| is_slip_of(word, other)) {
                met += self.weight(word) * 9 / 10;
            }
        }
        if met < LEAST_SHARED {
            return 0;
        }
        let whole = |address: &Address| address.words.iter().map(|word| self.weight(word)).sum::<u32>();
        let (weight_a, weight_b) = (whole(a), whole(b));
        let share = |part: u32, of: u32| u64::from(part) * 10_000 / u64::from(of.max(1));
        let points = share(met, weight_a.min(weight_b)).min(10_000) * 6 / 10
            + share(met * 2, weight_a + weight_b).min(10_000) * 4 / 10;
        let fewest = [a, b].map(|address| address.words.iter().filter(number).count()).into_iter().min().unwrap_or(0);
        let most = match (fewest, numbers_met) {
            (0, _) => 10_000,
            (_, 0) => OTHER_HOUSE,
            (fewest, met) if met * 2 < fewest => OTHER_ROOM,
            _ => 10_000,
        };
        narrow(points).min(most)
    }
}

/// Whether two longer words are one with an error in it.
fn is_slip_of(a: &str, b: &str) -> bool {
    b.len() >= 5 && a.as_bytes().first() == b.as_bytes().first() && similarity(a, b) >= 8_800
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: [&str; 3] = [
        "Room 1905, 19/F, Nam Wo Hong Bldg., 148 Wing Lok Street, Sheung Wan, Hong Kong",
        "No. 5 Xueyuan Lu, Haidian Qu, Beijing, CN",
        "Flat 16, 20/F, Wah Fat Industrial Building, 10-14 Kung Yip Street, Kwai Chung, Hong Kong",
    ];

    fn like(text: &str) -> Vec<(usize, u32)> {
        let addresses = Addresses::build(LISTED.into_iter().enumerate());
        addresses.search(&Address::parse(text), 8_500).into_iter().collect()
    }

    #[test]
    fn an_address_is_found_as_clerks_write_it() {
        for text in [
            "148 WING LOK ST., NAM WO HONG BUILDING, 19TH FLOOR RM 1905, HONG KONG",
            "Rm. 1905 19/F Nam Wo Hong Building 148 Wing Lok Street",
            "Room 1905, Nam Wo Hong Buliding, 148 Wing Lok Street, Sheung Wan",
        ] {
            assert_eq!(like(text).iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0], "{text}");
        }
        assert_eq!(like("5 Xueyuan Road, Haidian District, Beijing 100083").len(), 1);
    }

    #[test]
    fn neighbors_and_cities_are_other_addresses() {
        for text in [
            "Room 807, 8/F, Nam Wo Hong Building, 150 Wing Lok Street, Sheung Wan, Hong Kong",
            "Hong Kong",
            "Haidian District, Beijing",
            "77 Xueyuan Road, Haidian District, Beijing",
            "Flat 3, 12/F, Wah Fat Industrial Building, 22 Other Street, Kwai Chung, Hong Kong",
            "",
        ] {
            assert_eq!(like(text), [], "{text}");
        }
    }
}
