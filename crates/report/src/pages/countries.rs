//! Countries by name in each language, from Unicode CLDR (as of Babel 2.19, Unicode License v3).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Language;

struct Names {
    english: &'static str,
    japanese: &'static str,
}

/// By two-letter code.
static NAMES: LazyLock<BTreeMap<&'static str, Names>> = LazyLock::new(|| {
    let rows = include_str!("../../data/countries.csv").lines().skip(1);
    let row = |row: &'static str| {
        let (code, names) = row.split_once(',')?;
        let (english, japanese) = names.split_once(',')?;
        Some((code, Names { english, japanese }))
    };
    rows.filter_map(row).collect()
});

/// The name of the country with a two-letter code; `None` where no country has it.
pub fn country_name(language: Language, code: &str) -> Option<&'static str> {
    let names = NAMES.get(code)?;
    Some(match language {
        Language::English => names.english,
        Language::Japanese => names.japanese,
    })
}

/// The two-letter code of a country that is named as the pages name it, in whatever language, in any letter case.
pub fn country_code(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase();
    let is_called = |names: &Names| names.english.to_lowercase() == name || names.japanese == name;
    NAMES.iter().find(|(_, names)| is_called(names)).map(|(code, _)| *code)
}

/// Countries in whose English name all words of a text stand, each by its code and name; none for a text that is no word.
pub fn countries_alike(text: &str) -> Vec<(&'static str, &'static str)> {
    let words = |text: &str| -> Vec<String> {
        text.split(|letter: char| !letter.is_alphabetic())
            .filter(|word| word.len() > 2)
            .map(str::to_lowercase)
            .collect()
    };
    let wanted = words(text);
    let is_alike = |names: &Names| {
        let words = words(names.english);
        !wanted.is_empty() && wanted.iter().all(|word| words.contains(word))
    };
    NAMES.iter().filter(|(_, names)| is_alike(names)).map(|(code, names)| (*code, names.english)).collect()
}

/// Every country's code and name, in the order of names.
pub fn countries(language: Language) -> Vec<(&'static str, &'static str)> {
    let mut all: Vec<_> = NAMES.keys().filter_map(|code| Some((*code, country_name(language, code)?))).collect();
    all.sort_by_key(|(code, name)| (*name, *code));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_found_by_name() {
        for name in ["Malaysia", " MALAYSIA ", "マレーシア"] {
            assert_eq!(country_code(name), Some("MY"));
        }
        assert_eq!((country_code("Ma"), country_name(Language::Japanese, "SG")), (None, Some("シンガポール")));
        assert!(countries(Language::English).len() > 240);
        assert_eq!(countries_alike("korea"), [("KP", "North Korea"), ("KR", "South Korea")]);
        assert!(countries_alike("Atlantis").is_empty() && countries_alike(" - ").is_empty());
    }
}
