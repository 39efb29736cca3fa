//! The strings of the pages: one file a language, the same keys in each.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tollgate_model::never;

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

type Strings = BTreeMap<String, String>;

static ENGLISH: LazyLock<Strings> = LazyLock::new(|| read(include_str!("../../strings/en.json")));
static JAPANESE: LazyLock<Strings> = LazyLock::new(|| read(include_str!("../../strings/ja.json")));

fn read(text: &str) -> Strings {
    serde_json::from_str(text).unwrap_or_else(|error| {
        // Without strings no page can be drawn.
        never!("a file of strings cannot be read: {error}");
        Strings::new()
    })
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 2] = [Language::English, Language::Japanese];

    /// Its code (BCP 47).
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Japanese => "ja",
        }
    }

    /// The language of a code; English where there is no such one.
    pub fn from_code(code: &str) -> Language {
        Language::ALL.into_iter().find(|language| language.code() == code).unwrap_or(Language::English)
    }

    /// The first language of an `Accept-Language` header that the pages speak; English where they speak none of them.
    pub fn accepted(header: &str) -> Language {
        let mut codes = header.split(',').filter_map(|part| part.split([';', '-']).next()).map(str::trim);
        let spoken = |code: &str| Language::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(code));
        codes.find_map(spoken).unwrap_or(Language::English)
    }

    pub(crate) fn strings(self) -> &'static BTreeMap<String, String> {
        match self {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}

/// The string of a key, in English where the language lacks it.
pub fn text(language: Language, key: &str) -> Option<&'static str> {
    language.strings().get(key).or_else(|| ENGLISH.get(key)).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use tollgate_model::Activity;

    use super::*;

    #[test]
    fn every_activity_has_its_words() {
        for activity in Activity::ALL {
            let key = format!("activity.{}", activity.as_str());
            for language in [Language::English, Language::Japanese] {
                assert!(language.strings().contains_key(&key), "{} lacks {key}", language.code());
            }
        }
    }
}
