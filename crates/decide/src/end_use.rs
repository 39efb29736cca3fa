//! A declared end use as the law asks for it: one of its words, or one that is not settled.

use tollgate_law::facts::{END_USES, ear_country};
use tollgate_model::{Country, Truth};

use crate::end_use_beside::{LINKS, MILITARY_BESIDE, SUPERCOMPUTER_BESIDE};
use crate::end_use_harmless::HARMLESS_PHRASES;
use crate::end_use_words::{
    ARMED_FORCES, INTELLIGENCE, MILITARY, MILITARY_WORDS, NOT_INTELLIGENCE, PHRASES, SUPERCOMPUTER, WEAPON_WORDS,
    WEAPONS,
};
use crate::places::{is_unspaced, named_places};
use crate::rental::says_rental;
use crate::spelling::{nearest, plain};

/// What a declared end use says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndUse {
    /// The place of its word among [`END_USES`]; `None` where it is not settled which one it is.
    pub word: Option<usize>,
    /// Whether it is a supercomputer; `None` where it may be one.
    pub supercomputer: Option<bool>,
    /// Whether it is a military end use, or one of intelligence services (744.21, 744.22).
    pub military: bool,
    /// Whether it is one of military intelligence (744.22).
    pub intelligence: bool,
    /// Whether it says that computing time on the items is rented to others, or that models are trained for others (744.6, 744.22).
    pub rental: bool,
    /// The countries in which each place that it names may lie.
    pub places: Vec<Vec<Country>>,
    /// What somebody must settle before the line may go, in a sentence; `None` where the text is understood and asks for nothing.
    pub open: Option<EndUseQuestion>,
}

impl EndUse {
    /// Whether the goods are to be sold on.
    pub fn is_resale(&self) -> bool {
        self.word.and_then(|place| END_USES.get(place)) == Some(&"resale")
    }

    /// The country of a place that it names other than the destination: none where it names no other, unknown where that may lie in several countries,
    /// or several such places are named.
    pub fn place_beside(&self, destination: Country) -> Option<Option<Country>> {
        let counted = |of: &Vec<Country>| of.iter().map(|country| ear_country(*country)).collect::<Vec<Country>>();
        let mut others = self.places.iter().map(counted).filter(|of| !of.contains(&destination));
        match others.next().as_deref() {
            None => Some(None),
            Some([place]) if others.all(|other| other == [*place]) => Some(Some(*place)),
            Some(_) => None,
        }
    }

    /// Whether it is military: unknown where the text is not understood.
    pub fn military(&self) -> Truth {
        match &self.open {
            _ if self.military => Truth::True,
            Some(EndUseQuestion::Unread(_) | EndUseQuestion::Weapons) => Truth::Unknown,
            _ => Truth::False,
        }
    }

    /// Whether it is one of military intelligence: certain where the text names intelligence services of
    /// the military, unknown where it names either, or is not understood.
    pub fn intelligence(&self) -> Truth {
        match self.intelligence {
            true => Truth::True,
            false => self.military().and(Truth::Unknown),
        }
    }
}

/// What is to be settled of an end use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndUseQuestion {
    /// The text is not understood; with the nearest that would be.
    Unread(Option<&'static str>),
    /// A military end use, outside the places whose paragraph asks for it by itself.
    Military,
    /// A military end use, beside words that are not understood, which may name whose it is.
    MilitaryUnread,
    /// Intelligence services.
    Intelligence,
    /// Weapons, nuclear uses, missiles.
    Weapons,
}

impl EndUseQuestion {
    /// The question in a sentence.
    pub fn sentence(&self, text: &str) -> String {
        match self {
            EndUseQuestion::Unread(near) => {
                let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                format!("The end use `{text}` is not understood{near}: the line is not settled by it.")
            }
            EndUseQuestion::Military => format!(
                "The end use `{text}` is read as military: settle what 15 CFR 744.21 and 744.22 ask of end use and end user."
            ),
            EndUseQuestion::MilitaryUnread => format!(
                "The end use `{text}` is read as military, and has words beside it that are not understood: settle whose use it is, and what 15 CFR 744.21 and 744.22 ask of it."
            ),
            EndUseQuestion::Intelligence => format!(
                "The end use `{text}` is read as one of intelligence services: settle what 15 CFR 744.21 and 744.22 ask of it."
            ),
            EndUseQuestion::Weapons => format!(
                "The end use `{text}` is read as one for weapons, nuclear uses or missiles: settle what 15 CFR 744.2 to 744.4 ask of it."
            ),
        }
    }
}

/// What a declared end use says. An empty text says nothing, as a cell that is empty.
pub fn end_use_of(text: &str) -> EndUse {
    let places = named_places(&plain(text)).countries;
    let said = use_of(text);
    let said = match said.open {
        // Where the use is says nothing of what it is.
        Some(EndUseQuestion::Unread(_)) if !places.is_empty() => {
            let without: Vec<String> = parts(text).iter().map(|part| named_places(part).rest).collect();
            Some(use_of(&without.join(","))).filter(|use_alone| use_alone.word.is_some()).unwrap_or(said)
        }
        _ => said,
    };
    EndUse { rental: says_rental(text), places, ..said }
}

/// What it says but for whose the computing is, and where.
fn use_of(text: &str) -> EndUse {
    if let Some(place) = place_of(text) {
        return of_word(place);
    }
    let plain = plain(text);
    if let Some(place) = phrase(&plain) {
        return of_word(place);
    }
    if let Some(found) = sensitive(&plain) {
        return found;
    }
    let words: Option<Vec<Vec<usize>>> = parts(text).iter().map(|part| sequence(part)).collect();
    let words: Vec<usize> = words.map_or_else(Vec::new, |words| words.concat());
    let Some(first) = words.first() else {
        let known = PHRASES
            .iter()
            .chain(HARMLESS_PHRASES)
            .flat_map(|(word, phrases)| std::iter::once(word).chain(*phrases))
            .copied();
        return EndUse { open: Some(EndUseQuestion::Unread(nearest(text, known))), ..EndUse::default() };
    };
    if words.iter().all(|word| word == first) { of_word(*first) } else { several(&words) }
}

/// Several uses that are all understood: which of them counts is not settled, and a supercomputer is none of them unless one may be.
fn several(words: &[usize]) -> EndUse {
    let hpc = words.iter().any(|word| of_word(*word).supercomputer.is_none());
    EndUse { supercomputer: if hpc { None } else { Some(false) }, ..EndUse::default() }
}

/// The uses that a plain text is made of, one phrase after the other, with words that only join them between; `None` where another word stands among them.
fn sequence(part: &str) -> Option<Vec<usize>> {
    /// So many words the longest phrase has.
    const MOST: usize = 5;
    let words: Vec<&str> = part.split(' ').filter(|word| !word.is_empty()).collect();
    let (mut found, mut rest) = (Vec::new(), words.as_slice());
    while !rest.is_empty() {
        let longest = (1..=MOST.min(rest.len())).rev().find_map(|length| {
            let (head, tail) = rest.split_at_checked(length)?;
            phrase(&head.join(" ")).map(|word| (word, tail))
        });
        match (longest, rest.split_first()) {
            (Some((word, tail)), _) => {
                found.push(word);
                rest = tail;
            }
            (None, Some((word, tail))) if LINKS.contains(word) => rest = tail,
            _ => return None,
        }
    }
    Some(found)
}

fn place_of(word: &str) -> Option<usize> {
    END_USES.iter().position(|known| *known == word)
}

fn of_word(place: usize) -> EndUse {
    let word = END_USES.get(place).copied();
    EndUse {
        word: Some(place),
        supercomputer: if word == Some("hpc") { None } else { Some(word == Some("supercomputer")) },
        military: word == Some("military"),
        open: (word == Some("military")).then_some(EndUseQuestion::Military),
        ..EndUse::default()
    }
}

/// The parts of a text that lists several uses.
fn parts(text: &str) -> Vec<String> {
    let split = text.split([',', ';', '/', '+', '、', '，', '&']).map(plain).filter(|part| !part.is_empty());
    let split: Vec<String> = split.collect();
    let whole = plain(text);
    // `R&D` is one use.
    if phrase(&whole).is_some() { vec![whole] } else { split.iter().flat_map(|part| conjoined(part)).collect() }
}

fn conjoined(part: &str) -> Vec<String> {
    if phrase(part).is_some() {
        return vec![part.to_owned()];
    }
    part.split(" and ").map(|piece| piece.trim().to_owned()).filter(|piece| !piece.is_empty()).collect()
}

/// The place of the word that a plain phrase means.
fn phrase(plain: &str) -> Option<usize> {
    let squashed = plain.replace(' ', "");
    let means = |(word, phrases): &&(&str, &[&str])| {
        word.replace('_', "") == squashed || phrases.iter().any(|phrase| phrase.replace(' ', "") == squashed)
    };
    PHRASES.iter().chain(HARMLESS_PHRASES).find(means).and_then(|(word, _)| place_of(word))
}

/// What a text shows that asks for a paragraph of part 744, wherever in it that stands.
fn sensitive(plain: &str) -> Option<EndUse> {
    let squashed = plain.replace(' ', "");
    let shows = |stems: &[&str], words: &[&str], text: &str| {
        stems.iter().any(|stem| begins(text, stem)) || text.split(' ').any(|word| words.contains(&word))
    };
    let mut without = plain.to_owned();
    for phrase in NOT_INTELLIGENCE {
        without = without.replace(phrase, "");
    }
    let supercomputer = SUPERCOMPUTER.iter().any(|stem| squashed.contains(stem));
    let weapons = shows(WEAPONS, WEAPON_WORDS, plain);
    let intelligence = shows(INTELLIGENCE, &[], &without);
    let military = shows(ARMED_FORCES, &[], plain) || shows(MILITARY, MILITARY_WORDS, plain);
    let open = match (weapons, intelligence, military) {
        (true, _, _) => Some(EndUseQuestion::Weapons),
        (_, true, _) => Some(EndUseQuestion::Intelligence),
        (_, _, true) if is_alone(plain, &[ARMED_FORCES, MILITARY, MILITARY_WORDS], MILITARY_BESIDE) => {
            Some(EndUseQuestion::Military)
        }
        (_, _, true) => Some(EndUseQuestion::MilitaryUnread),
        _ => None,
    };
    if open.is_none() && !supercomputer {
        return None;
    }
    let word = match (supercomputer, &open) {
        (true, None) => place_of("supercomputer"),
        (false, Some(EndUseQuestion::Military | EndUseQuestion::MilitaryUnread)) => place_of("military"),
        _ => None,
    };
    let open = open
        .or_else(|| (!is_alone(plain, &[SUPERCOMPUTER], SUPERCOMPUTER_BESIDE)).then_some(EndUseQuestion::Unread(None)));
    // What else it says may be a supercomputer too.
    let supercomputer = supercomputer.then_some(true);
    let (military, intelligence) = (military || intelligence, military && intelligence);
    Some(EndUse { word, supercomputer, military, intelligence, open, ..EndUse::default() })
}

/// Whether a text says nothing besides what some beginnings of words show but places, and uses that are understood; `beside` are words that say no more.
fn is_alone(plain: &str, shown_by: &[&[&str]], beside: &[&str]) -> bool {
    let rest = named_places(plain).rest;
    let words: Vec<&str> = rest.split(' ').filter(|word| !word.is_empty()).collect();
    let mut left: Vec<String> = Vec::new();
    let mut rest = words.as_slice();
    while let Some((word, tail)) = rest.split_first() {
        let shown = || shown_by.iter().copied().flatten().filter_map(|stem| words_shown(rest, stem)).max();
        if word.chars().next().is_some_and(is_unspaced) {
            // The longest first, so that a short one takes no letter of a longer.
            let mut parts: Vec<&str> = shown_by.iter().copied().flatten().chain(beside).copied().collect();
            parts.sort_by_key(|part| std::cmp::Reverse(part.chars().count()));
            left.push(parts.iter().fold((*word).to_owned(), |left, part| left.replace(part, "")));
            rest = tail;
        } else if let Some(count) = shown() {
            rest = rest.get(count..).unwrap_or(&[]);
        } else {
            left.extend((!beside.contains(word)).then(|| (*word).to_owned()));
            rest = tail;
        }
    }
    sequence(&left.join(" ")).is_some()
}

/// How many words at the beginning of some are one that begins with a stem, which may itself be several words.
fn words_shown(words: &[&str], stem: &str) -> Option<usize> {
    let count = stem.split(' ').count();
    words.get(..count)?.join(" ").starts_with(stem).then_some(count)
}

/// Whether a word of the text begins so; in scripts without spaces, whether it stands anywhere.
pub(crate) fn begins(text: &str, stem: &str) -> bool {
    let spaced = stem.chars().next().is_some_and(|letter| letter < '\u{530}');
    if spaced { text.starts_with(stem) || text.contains(&format!(" {stem}")) } else { text.contains(stem) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Option<&'static str> {
        end_use_of(text).word.and_then(|place| END_USES.get(place).copied())
    }

    #[test]
    fn the_words_of_the_law_are_themselves() {
        for end_use in END_USES {
            let said = end_use_of(end_use);
            assert_eq!(said.word.and_then(|place| END_USES.get(place).copied()), Some(*end_use));
            assert_eq!(end_use_of(&end_use.to_uppercase().replace('_', " ")), said, "{end_use}");
        }
        assert_eq!(end_use_of("hpc").supercomputer, None);
        assert_eq!(end_use_of("HPC"), end_use_of("hpc"));
    }

    #[test]
    fn uses_are_understood_in_other_words() {
        for (text, expected) in [
            ("Data-Centre", "data_center"),
            ("Rechenzentrum", "data_center"),
            ("R&D", "research"),
            ("Машинное обучение", "training"),
            ("数据中心", "data_center"),
            ("レンダリング, rendering", "other"),
            ("謎の用途, rendering", ""),
            ("AI training", "training"),
            ("Wiederverkauf", "resale"),
            ("데이터 센터", "data_center"),
            ("artificial intelligence and machine learning", ""),
        ] {
            assert_eq!(word(text).unwrap_or(""), expected, "{text}");
        }
        for (text, expected) in [
            ("IaaS GPU rental", "data_center"),
            ("AI training, model training", "training"),
            ("cloud services for GPU rental", "data_center"),
        ] {
            assert_eq!(word(text), Some(expected), "{text}");
        }
        let both = end_use_of("training and inference");
        assert_eq!((both.word, both.supercomputer, both.open), (None, Some(false), None));
        assert_eq!(end_use_of("training / HPC").supercomputer, None);
    }

    #[test]
    fn supercomputers_are_seen_in_every_language() {
        for text in [
            "Supercomputer",
            "super-computer",
            "exascale supercomputer",
            "SUPER COMPUTING CENTER",
            "Höchstleistungsrechner",
            "supercalculateur",
            "superordenador",
            "国家超级计算中心",
            "スーパーコンピュータ",
            "суперкомпьютер",
            "슈퍼컴퓨터",
        ] {
            assert_eq!(end_use_of(text).supercomputer, Some(true), "{text}");
        }
    }

    #[test]
    fn what_asks_for_a_paragraph_is_seen_in_every_language() {
        for text in [
            "Military",
            "model training for PLA",
            "militärische Nutzung",
            "usage militaire",
            "uso militar",
            "军事用途",
            "軍事利用",
            "防衛",
            "военное применение",
            "군사용",
            "defence research",
            "Army data center",
        ] {
            let said = end_use_of(text);
            assert!(said.military && said.open == Some(EndUseQuestion::Military), "{text}: {said:?}");
        }
        for text in [
            "rendering in a military simulator",
            "school and the navy",
            "gaming (the real user is the army)",
            "military use by Qwrtz",
            "軍事用途、謎の場所",
        ] {
            let said = end_use_of(text);
            assert!(said.military && said.open == Some(EndUseQuestion::MilitaryUnread), "{text}: {said:?}");
        }
        for text in
            ["intelligence agency", "Geheimdienst", "renseignement", "情报分析", "разведка", "첩보", "surveillance"]
        {
            assert_eq!(end_use_of(text).open, Some(EndUseQuestion::Intelligence), "{text}");
        }
        for text in [
            "weapons",
            "Waffensysteme",
            "missile design",
            "armes",
            "misiles",
            "导弹",
            "ミサイル",
            "ядерное оружие",
            "미사일",
            "nuclear simulation",
        ] {
            assert_eq!(end_use_of(text).open, Some(EndUseQuestion::Weapons), "{text}");
        }
    }

    #[test]
    fn what_stands_in_no_list_is_unread_with_the_nearest() {
        assert_eq!(end_use_of("???").open, Some(EndUseQuestion::Unread(None)));
        assert_eq!(end_use_of("seafood trade").open, Some(EndUseQuestion::Unread(None)));
        assert_eq!(end_use_of("trainning").open, Some(EndUseQuestion::Unread(Some("training"))));
        assert!(end_use_of("artificial intelligence").open.is_some_and(|open| open == EndUseQuestion::Unread(None)));
    }

    #[test]
    fn places_are_told_apart_from_uses() {
        let country = |code: &str| code.parse::<Country>().unwrap();
        let said = end_use_of("supercomputer in Guangzhou");
        assert_eq!((said.supercomputer, said.open.clone()), (Some(true), None));
        assert_eq!(said.place_beside(country("SG")), Some(Some(country("CN"))));
        assert_eq!(said.place_beside(country("CN")), Some(None));
        let said = end_use_of("inference in Johor, Malaysia");
        assert_eq!((said.place_beside(country("MY")), said.open.clone()), (Some(None), None));
        assert_eq!(said.word, place_of("inference"));
        assert_eq!(end_use_of("data center in Hyderabad").place_beside(country("SG")), None, "India or Pakistan");
        assert_eq!(end_use_of("data center in Hyderabad").place_beside(country("IN")), Some(None));
        assert_eq!(end_use_of("training in Moscow and Teheran").place_beside(country("SG")), None);
        assert_eq!(end_use_of("training").place_beside(country("SG")), Some(None));
        for text in ["supercomputer of the Qwrtz institute", "スパコン、謎の場所"] {
            assert_eq!(end_use_of(text).open, Some(EndUseQuestion::Unread(None)), "{text}");
        }
        for text in [
            "exascale supercomputer",
            "国家超级计算中心",
            "スーパーコンピュータ",
            "national supercomputing centre in Tokyo",
        ] {
            assert_eq!(end_use_of(text).open, None, "{text}");
        }
    }
}
