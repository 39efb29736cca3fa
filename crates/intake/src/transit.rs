//! Places through which a text says that goods go: `via Iran`, `transit Dubai`.

use tollgate_model::Country;
use tollgate_records::country_of_place;

use crate::values::country::country;

/// Words behind which a place on the way stands.
const BEFORE: &[&str] = &[
    "via",
    "transit",
    "transits",
    "transiting",
    "transshipment",
    "transhipment",
    "transshipped",
    "transhipped",
    "routed",
    "rerouted",
    "through",
    "stopover",
    "\u{fc}ber",
    "durchfuhr",
    "por",
    "transito",
    "\u{447}\u{435}\u{440}\u{435}\u{437}",
    "\u{442}\u{440}\u{430}\u{43d}\u{437}\u{438}\u{442}",
    "\u{43e}\u{442}\u{433}\u{440}\u{443}\u{437}\u{43a}\u{430}",
    "\u{7ecf}",
    "\u{7d93}",
    "\u{7ecf}\u{7531}",
    "\u{7d93}\u{7531}",
];
/// Small words between them and the place.
const BETWEEN: &[&str] = &["in", "at", "through", "via", "the", "port", "of", "to", "point", "hub", "thru"];

/// The country of a place, where it is one and no more.
pub(crate) fn place(text: &str) -> Option<Country> {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric()).count();
    let is_long = letters >= 4 || !text.is_ascii();
    country(text).filter(|_| is_long).or_else(|| country_of_place(text).filter(|_| is_long))
}

/// The words of a place on the way that a text names, and its country; `None` where it names none.
pub(crate) fn place_on_the_way(text: &str) -> Option<(String, Country)> {
    let is_mark = |letter: char| !letter.is_alphanumeric() && !matches!(letter, '-' | '\'' | '.');
    let words: Vec<&str> = text.split(is_mark).filter(|word| !word.is_empty()).collect();
    for (at, _) in words.iter().enumerate().filter(|(_, word)| BEFORE.contains(&word.to_lowercase().as_str())) {
        let rest = words.get(at + 1..)?;
        let small = rest.iter().take_while(|word| BETWEEN.contains(&word.to_lowercase().as_str())).count();
        let rest = rest.get(small..)?;
        let found = (1..=rest.len().min(4)).rev().find_map(|count| {
            let name = rest.get(..count)?.join(" ");
            place(&name).map(|country| (name, country))
        });
        if found.is_some() {
            return found;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_on_the_way_are_seen() {
        for (text, code) in [
            ("Norway via Iran", "IR"),
            ("RTX 4060 transit Dubai", "AE"),
            ("routed through the port of Bandar Abbas", "IR"),
            ("transshipment at Hong Kong", "HK"),
            ("\u{fc}ber T\u{fc}rkei", "TR"),
        ] {
            assert_eq!(place_on_the_way(text).map(|(_, country)| country.code()), Some(code), "{text}");
        }
        for text in ["RTX 4060 via DHL", "pass-through card", "Norway", "through-hole parts", ""] {
            assert_eq!(place_on_the_way(text), None, "{text}");
        }
    }
}
