//! Places that a declared end use names: countries, their peoples and towns, in several languages.
//!
//! `data/places.csv` is made from GeoNames (CC BY 4.0) and the Unicode CLDR; see `data/SOURCES.md`.

use std::sync::LazyLock;

use tollgate_model::{Country, Lookup};

const PLACES: &str = include_str!("../data/places.csv");
/// So many words, and so many letters of a script without spaces, the longest name has.
const MOST_WORDS: usize = 5;
const MOST_LETTERS: usize = 12;
/// So many letters may stand behind the stem of a Russian name.
const MOST_ENDING: usize = 4;

static COUNTRIES: LazyLock<Lookup<&'static str, Vec<Country>>> = LazyLock::new(|| {
    let mut countries: Lookup<&'static str, Vec<Country>> = Lookup::default();
    for (code, names) in PLACES.lines().skip(1).filter_map(|row| row.split_once(',')) {
        let Ok(country) = code.parse::<Country>() else { continue };
        for name in names.split(';') {
            countries.entry(name).or_default().push(country);
        }
    }
    countries
});

/// A text without the places that it names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NamedPlaces {
    /// What else it says.
    pub rest: String,
    /// The countries that each of the places may lie in.
    pub countries: Vec<Vec<Country>>,
}

/// The places that a text names, as [`plain`](crate::spelling::plain) makes it.
pub(crate) fn named_places(plain: &str) -> NamedPlaces {
    let mut found = NamedPlaces::default();
    let mut left = plain;
    let mut at_start = true;
    while let Some(letter) = left.chars().next() {
        let at_word = at_start || is_unspaced(letter);
        let place = at_word.then(|| place_at(left)).flatten();
        match place {
            Some((length, countries)) => {
                found.countries.push(countries.to_vec());
                found.rest.push(' ');
                left = left.get(length..).unwrap_or("");
                at_start = true;
            }
            None => {
                found.rest.push(letter);
                at_start = letter == ' ';
                left = left.get(letter.len_utf8()..).unwrap_or("");
            }
        }
    }
    let words: Vec<&str> = found.rest.split(' ').filter(|word| !word.is_empty()).collect();
    found.rest = words.join(" ");
    found
}

/// The longest place that stands at the beginning of a text: so many bytes, and its countries.
fn place_at(text: &str) -> Option<(usize, &'static [Country])> {
    let first = text.chars().next()?;
    let known = |length: &usize| COUNTRIES.get(text.get(..*length)?).map(|countries| (*length, countries.as_slice()));
    if is_unspaced(first) {
        let ends = text.char_indices().skip(1).take(MOST_LETTERS).map(|(at, _)| at).chain([text.len()]);
        let mut ends: Vec<usize> = ends.take(MOST_LETTERS).collect();
        ends.reverse();
        return ends.iter().find_map(known);
    }
    let words = text.match_indices(' ').map(|(at, _)| at).chain([text.len()]).take(MOST_WORDS);
    let mut ends: Vec<usize> = words.collect();
    ends.reverse();
    ends.iter().find_map(|end| known(end).or_else(|| by_stem(text, *end)))
}

/// A Russian or Ukrainian name, of which the ending follows from its case.
fn by_stem(text: &str, end: usize) -> Option<(usize, &'static [Country])> {
    let word = text.get(..end).filter(|word| word.chars().all(|letter| is_cyrillic(letter) || letter == ' '))?;
    let mut stem = word;
    for _ in 0..MOST_ENDING {
        let (last, _) = stem.char_indices().next_back()?;
        stem = stem.get(..last)?;
        if let Some(countries) = COUNTRIES.get(stem) {
            return Some((end, countries));
        }
    }
    None
}

fn is_cyrillic(letter: char) -> bool {
    ('\u{400}'..'\u{530}').contains(&letter)
}

/// Whether a letter is of a script that writes words without spaces, or joins what follows a name to it.
pub(crate) fn is_unspaced(letter: char) -> bool {
    letter >= '\u{1100}'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spelling::plain;

    fn countries(text: &str) -> Vec<Vec<&'static str>> {
        let named = named_places(&plain(text)).countries;
        named.iter().map(|of| of.iter().map(|country| country.code()).collect()).collect()
    }

    #[test]
    fn places_are_known_in_every_language() {
        for (text, code) in [
            ("supercomputer in Guangzhou", "CN"),
            ("Superrechner in Peking", "CN"),
            ("supercalculateur à Téhéran", "IR"),
            ("superordenador en La Habana", "CU"),
            ("суперкомпьютер в Гуанчжоу", "CN"),
            ("для России", "RU"),
            ("в Москве", "RU"),
            ("广州超级计算中心", "CN"),
            ("무한 슈퍼컴퓨터, 평양", "KP"),
            ("テヘランのスパコン", "IR"),
            ("the Chinese army", "CN"),
            ("North Korea", "KP"),
            ("Macau", "MO"),
            ("for the PLA", "CN"),
        ] {
            assert!(countries(text).contains(&vec![code]), "{text}: {:?}", countries(text));
        }
        for text in ["exascale supercomputer", "model training", "data center", "plan for training", "", "iranium"] {
            assert_eq!(countries(text), Vec::<Vec<&str>>::new(), "{text}");
        }
    }

    #[test]
    fn what_is_left_is_the_text_without_them() {
        assert_eq!(named_places("inference in shenzhen for all").rest, "inference in for all");
        assert_eq!(countries("Hyderabad"), [["IN", "PK"]]);
    }
}
