//! Names of countries in many languages, with their codes of two and three letters, old and short names.
//!
//! `data/countries.csv` is made from the Unicode CLDR 47 (Unicode-3.0) and ISO 3166-1, with short and old names beside.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use tollgate_model::Country;

use crate::text::plain;
use crate::vocabulary::word_lists;

const NAMES: &str = include_str!("../../data/countries.csv");

fn names() -> &'static BTreeMap<&'static str, Country> {
    static TABLE: OnceLock<BTreeMap<&'static str, Country>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = BTreeMap::new();
        for line in NAMES.lines().skip(1) {
            let Some((code, names)) = line.split_once(',') else { continue };
            let Ok(country) = code.parse::<Country>() else { continue };
            for name in names.split(';').filter(|name| !name.is_empty()) {
                table.insert(name, country);
            }
        }
        table
    })
}

/// The country that a cell names: by its code, or by its name in one of the languages; None where it names none or more than one.
pub(crate) fn country(text: &str) -> Option<Country> {
    let text = text.trim();
    if text.contains(['?', '\u{ff1f}']) {
        return None;
    }
    if let Some(found) = whole(text) {
        return Some(found);
    }
    // `Malaysia (MY)`, `MY - Malaysia`, `DE: Germany`.
    let parts: Vec<&str> =
        text.split(['(', ')', '-', ':', '/', ',', '[', ']']).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() != 2 {
        return None;
    }
    let found: Vec<Option<Country>> = parts.iter().map(|part| whole(part)).collect();
    match found.as_slice() {
        [Some(first), Some(second)] if first == second => Some(*first),
        [None, Some(country)] => behind_city(text, *country),
        [Some(first), Some(second)] => within_china(text, *first, *second),
        _ => None,
    }
}

/// The country of `Oslo, Norway`: a name of four letters or more behind a comma, before which stands no name of a country, also not within it.
fn behind_city(text: &str, country: Country) -> Option<Country> {
    let (city, name) = text.split_once(',')?;
    let is_name = name.chars().filter(|letter| letter.is_alphabetic()).count() >= 4;
    let is_plain = |part: &str| !part.contains(['(', ')', '-', ':', '/', '[', ']']);
    let words = city.split_whitespace();
    let names_country = words.clone().any(|word| word.chars().count() > 2 && whole(word).is_some());
    let is_divided = word_lists().divided.contains(&plain(country.code()));
    (is_name && is_plain(text) && !names_country && !is_divided && words.count() > 0).then_some(country)
}

/// The city in a cell whose country is understood, as in `Oslo, Norway`; empty where there is none.
pub(crate) fn city_beside(text: &str) -> &str {
    match text.split_once(',') {
        Some((city, name)) if whole(text).is_none() && whole(city).is_none() && whole(name.trim()).is_some() => {
            city.trim()
        }
        _ => "",
    }
}

/// Hong Kong and Macau with China beside them, as in `China, Hong Kong`: they are meant.
fn within_china(text: &str, first: Country, second: Country) -> Option<Country> {
    let part = |country: Country| matches!(country.code(), "HK" | "MO");
    let is_listed = text.contains(['/', '-']);
    match (first.code(), second.code()) {
        ("CN", _) if part(second) && !is_listed => Some(second),
        (_, "CN") if part(first) && !is_listed => Some(first),
        _ => None,
    }
}

fn whole(text: &str) -> Option<Country> {
    if text.len() == 2 && text.is_ascii() {
        let code = text.to_ascii_uppercase();
        return match code.as_str() {
            "UK" => "GB".parse().ok(),
            "EL" => "GR".parse().ok(),
            code => code.parse().ok(),
        };
    }
    names().get(plain(text).as_str()).copied()
}

/// The country of a name within running text; shorter names than four letters count only in capitals.
pub(crate) fn country_in_text(text: &str) -> Option<Country> {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric()).count();
    let is_capital = text.chars().all(|letter| !letter.is_lowercase());
    if text.is_ascii() && letters < 4 && !is_capital {
        return None;
    }
    whole(text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_many_languages_are_known() {
        for (text, code) in [
            ("MALAYSIA", "MY"),
            ("Norwegen", "NO"),
            ("Ver.Arab.Emir.", "AE"),
            ("Viet Nam", "VN"),
            ("Vietnam", "VN"),
            ("UK", "GB"),
            ("my", "MY"),
            ("USA", "US"),
            ("Korea, Rep.", "KR"),
            ("Taiwan Province of China", "TW"),
            ("日本", "JP"),
            ("阿联酋", "AE"),
            ("Allemagne", "DE"),
            ("DEU", "DE"),
            ("Türkiye", "TR"),
            ("Malaysia (MY)", "MY"),
            ("MY - Malaysia", "MY"),
            ("シンガポール", "SG"),
            ("Côte d'Ivoire", "CI"),
            ("Holland", "NL"),
            ("Serbien", "RS"),
            ("Norwegia", "NO"),
            ("Białoruś", "BY"),
            ("Azerbaycan", "AZ"),
            ("Birleşik Arap Emirlikleri", "AE"),
            ("Україна", "UA"),
            ("عُمان", "OM"),
            ("노르웨이", "NO"),
            ("Oslo, Norway", "NO"),
            ("Ho Chi Minh City, Viet Nam", "VN"),
            ("Hong Kong, China", "HK"),
            ("China, Hong Kong", "HK"),
            ("Chine, RAS de Hong Kong", "HK"),
            ("Rep. of Korea", "KR"),
            ("Burma", "MM"),
        ] {
            assert_eq!(country(text).map(|country| country.code()), Some(code), "{text}");
        }
    }

    #[test]
    fn what_may_be_two_countries_is_none() {
        for text in [
            "Korea",
            "Rest of world",
            "Asia",
            "",
            "EU",
            "Congo",
            "MY - Morocco",
            "Atlanta, Georgia",
            "Wilmington, DE",
            "Portland OR",
            "Los Angeles, CA",
            "Oslo / Norway",
            "China, Norway",
            "China Lake, Norway",
            "China / Hong Kong",
            "CNSHA",
            "XYZ",
            "5700",
            "Dubai - Iran",
            "Odesa, Ukraine",
            "Crimea, Ukraine",
            "Norway?",
        ] {
            assert_eq!(country(text), None, "{text}");
        }
    }
}
