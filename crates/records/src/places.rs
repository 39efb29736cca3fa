//! Places that addresses name, with the countries in which they may be.
//!
//! `data/places.csv` has towns of 15,000 people and more of the names that a town of 50,000 has (GeoNames, CC BY 4.0), names of larger ones in other
//! scripts, and states, provinces and ports of our own list. It is no list of all places: an address of which it knows nothing says nothing.

use std::borrow::Cow;
use std::sync::LazyLock;

use tollgate_model::{Country, Lookup};

use crate::plain_letters::plain_letters;

static PLACES: LazyLock<Lookup<&'static str, &'static str>> = LazyLock::new(|| {
    let rows = include_str!("../data/places.csv").lines().skip(1);
    rows.filter_map(|row| row.split_once(',')).collect()
});

/// Longer texts than so many bytes are not looked through for places.
const LONGEST: usize = 1_000;

/// The countries in which a place of a name may be, as codes with a space between; `None` where no such place is known.
fn codes_of(name: &str) -> Option<Cow<'static, str>> {
    let letters = plain_letters(name);
    if let Some(codes) = PLACES.get(letters.as_str()) {
        return Some(Cow::Borrowed(codes));
    }
    // Codes of two letters are states of the United States too, and such of three are other words.
    let is_name = letters.chars().count() >= 4;
    let country = Country::from_text(name.trim()).ok().filter(|_| is_name)?;
    Some(Cow::Borrowed(country.code()))
}

/// The one country of a place, of a town or a country, by its name; `None` where it is not known, or may be several.
pub fn country_of_place(name: &str) -> Option<Country> {
    codes_of(name)?.parse().ok()
}

/// Whether a country is among codes. Hong Kong is no other country than China, as which it counts.
fn are_of(codes: &str, country: Country) -> bool {
    let counted = |country: Country| if country == Country::HONG_KONG { Country::CHINA } else { country };
    codes.split(' ').filter_map(|code| code.parse().ok()).any(|code| counted(code) == counted(country))
}

/// Words of streets that stand before the name of a street, which may be that of a town.
const STREETS: &[&str] = &[
    "rue",
    "avenue",
    "av",
    "via",
    "viale",
    "calle",
    "avenida",
    "rua",
    "piazza",
    "plaza",
    "place",
    "boulevard",
    "blvd",
    "bd",
    "jalan",
    "jl",
    "ulica",
    "ul",
    "ulitsa",
    "duong",
    "pho",
    "hotel",
    "carrera",
    "travessa",
    "quai",
    "cours",
    "strada",
    "corso",
    "largo",
    "paseo",
];

/// The words of a part of an address without those that have digits.
fn words_of(part: &str) -> Vec<&str> {
    part.split_whitespace().filter(|word| !word.chars().any(char::is_numeric)).collect()
}

/// The countries of the place that a part of an address names: all of it, its last words, or its beginning in a script without spaces.
fn codes_of_part(part: &str, is_last: bool) -> Option<Cow<'static, str>> {
    let words = words_of(part);
    if let Some(codes) = codes_of(&words.join(" ")) {
        return Some(codes);
    }
    let is_street = |word: &&str| STREETS.contains(&plain_letters(word).as_str());
    let has_number = part.chars().any(char::is_numeric);
    if (is_last || has_number) && !words.iter().any(is_street) {
        let ends = (1..=words.len().min(3)).rev().filter(|count| *count < words.len());
        let found = ends.filter_map(|count| words.get(words.len() - count..)).find_map(|end| codes_of(&end.join(" ")));
        if found.is_some() {
            return found;
        }
    }
    let is_han =
        |letter: &char| matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    let letters: Vec<char> = part.chars().filter(|letter| !letter.is_whitespace()).take(8).collect();
    if !letters.iter().take(2).all(is_han) {
        return None;
    }
    (2..=letters.len()).rev().find_map(|count| codes_of(&letters.get(..count)?.iter().collect::<String>()))
}

/// Whether a part ends an address of the United States: the code of a state before a postal code.
fn is_state_with_code(part: &str) -> bool {
    let words: Vec<&str> = part.split_whitespace().collect();
    words.windows(2).any(|pair| match pair {
        [state, code] => {
            let is_state = state.len() == 2 && state.bytes().all(|byte| byte.is_ascii_uppercase());
            let digits = code.get(..5).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
            is_state && digits && (code.len() == 5 || code.len() == 10)
        }
        _ => false,
    })
}

/// The last place that an address names, where it lies in no part of a country; `None` where it lies there, or names none that is known.
/// Larger places stand behind smaller ones, so that the last one counts.
pub fn place_elsewhere(address: &str, country: Country) -> Option<&str> {
    if address.len() > LONGEST || country == Country::UNKNOWN {
        return None;
    }
    let parts: Vec<&str> = address
        .split([',', ';', '/', '|', '\n', '(', ')', '\u{ff0c}', '\u{3001}'])
        .flat_map(|part| part.split(" - "))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let mut elsewhere = None;
    for (at, part) in parts.iter().enumerate() {
        if is_state_with_code(part) {
            elsewhere = (country != Country::UNITED_STATES).then_some(*part);
        } else if let Some(codes) = codes_of_part(part, at + 1 == parts.len()) {
            elsewhere = (!are_of(&codes, country)).then_some(*part);
        }
    }
    elsewhere
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_of_countries_that_exist() {
        let rows: Vec<&str> = include_str!("../data/places.csv").lines().skip(1).collect();
        assert_eq!(PLACES.len(), rows.len());
        for (name, codes) in rows.iter().filter_map(|row| row.split_once(',')) {
            assert!(codes.split(' ').all(|code| code.parse::<Country>().is_ok()), "{name}: {codes}");
            assert_eq!(plain_letters(name), name);
        }
    }

    #[test]
    fn an_address_in_another_country_is_seen() {
        for (address, country) in [
            ("88 Keyuan Rd, Shenzhen, Guangdong", "SG"),
            ("88 Keyuan Rd Shenzhen 518057", "SG"),
            ("Valiasr St 4, 14155 Tehran", "NO"),
            ("Dock 3, Jebel Ali, UAE; United Arab Emirates", "NL"),
            ("深圳市南山区科苑路8号", "MY"),
            ("广东省深圳市", "SG"),
            ("Москва, Тверская 1", "KZ"),
            ("5 Main St, Austin, TX 78701", "AE"),
            ("1 Havn, Oslo, c/o Persia Trading, Tehran", "NO"),
        ] {
            assert!(place_elsewhere(address, country.parse().unwrap()).is_some(), "{address}");
        }
    }

    #[test]
    fn an_address_at_home_or_unknown_says_nothing() {
        for (address, country) in [
            ("88 Keyuan Rd, Shenzhen, Guangdong", "CN"),
            ("88 Nathan Road, Kowloon, Hong Kong", "HK"),
            ("88 Keyuan Rd, Shenzhen", "HK"),
            ("12 Shanghai Road, Singapore", "SG"),
            ("14 rue de Londres, 75009 Paris", "FR"),
            ("2 Peachtree St, Atlanta, Georgia", "US"),
            ("2 Rustaveli Ave, Tbilisi, Georgia", "GE"),
            ("Main St 5, Delhi, NY 13753", "US"),
            ("Paris, Texas", "US"),
            ("1 Collins St, Melbourne, Victoria 3000", "AU"),
            ("Ring 1, Linz", "AT"),
            ("Unit 7", "SG"),
            ("", "SG"),
        ] {
            assert_eq!(place_elsewhere(address, country.parse().unwrap()), None, "{address}");
        }
        assert_eq!(country_of_place("Bandar Abbas").map(Country::code), Some("IR"));
        assert_eq!(country_of_place("London"), None);
    }
}
