//! Sentences of the law, duties and reasons in the page's language: they are written in English, and looked up as whole sentences.
//!
//! `strings/ja.phrases.txt` has an English sentence on a line, what it is in Japanese on the next, and an empty line between pairs. What stands in
//! braces is a part that differs, and its letter says what it is: `{1}` to `{9}` any text, which is itself looked up, and taken as it is where it has
//! no phrase; `{a}` to `{z}` a number, shown in groups of three; `{A}` to `{M}` a party by its id, shown by its name; `{N}` to `{Z}` a country by its
//! code, shown by its name. Numbers, parties and countries are shown so in English sentences too.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tollgate_model::{always, group_digits, never};

use super::countries::country_name;
use super::strings::{Language, text};

/// The name of the party with an id; `None` where nobody knows one.
pub type NameOf<'n> = &'n dyn Fn(&str) -> Option<String>;

/// How deep parts of a sentence are looked up.
const DEEPEST: u8 = 6;

/// A sentence with parts that differ.
#[derive(Debug)]
struct Pattern {
    /// What stands before, between and after its parts, with the name of the part that follows; the last has none.
    pieces: Vec<(&'static str, Option<char>)>,
    other: &'static str,
}

/// All sentences of a language.
#[derive(Debug, Default)]
struct Phrases {
    whole: BTreeMap<&'static str, &'static str>,
    patterns: Vec<Pattern>,
}

/// Sentences of the law and of decisions; those of typologies; those of the lab and its figures.
const FILES: [&str; 3] = [
    include_str!("../../strings/ja.phrases.txt"),
    include_str!("../../strings/ja.typologies.txt"),
    include_str!("../../strings/ja.lab.txt"),
];

static JAPANESE: LazyLock<Phrases> = LazyLock::new(|| read(&FILES));

fn read(files: &[&'static str]) -> Phrases {
    let mut phrases = Phrases::default();
    let pairs = files.iter().flat_map(|text| text.split("\n\n"));
    for pair in pairs.map(str::trim).filter(|pair| !pair.is_empty()) {
        let Some((english, other)) = pair.split_once('\n') else {
            never!("a sentence has no translation: {pair}");
            continue;
        };
        let (english, other) = (english.trim(), other.trim());
        always!(!other.contains('\n'), "a translation has two lines: {english}");
        if english.contains('{') {
            phrases.patterns.push(Pattern { pieces: pieces(english), other });
        } else {
            phrases.whole.insert(english, other);
        }
    }
    // Of several that fit, the one that says more by itself.
    let said = |pattern: &Pattern| pattern.pieces.iter().map(|(text, _)| text.len()).sum::<usize>();
    phrases.patterns.sort_by_key(|pattern| std::cmp::Reverse(said(pattern)));
    phrases
}

fn pieces(english: &'static str) -> Vec<(&'static str, Option<char>)> {
    let mut found = Vec::new();
    let mut rest = english;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        found.push((before, name.chars().next()));
        rest = behind;
    }
    found.push((rest, None));
    found
}

/// The parts of a text by name, where the pattern fits it.
fn parts<'t>(pattern: &Pattern, text: &'t str) -> Option<Vec<(char, &'t str)>> {
    let mut found = Vec::new();
    let (mut rest, mut open) = (text, None::<char>);
    for (piece, name) in &pattern.pieces {
        match (open, name) {
            (None, _) => rest = rest.strip_prefix(*piece)?,
            (Some(before), None) => {
                found.push((before, rest.strip_suffix(*piece)?));
                rest = "";
            }
            (Some(before), Some(_)) => {
                let (part, behind) = rest.split_once(*piece)?;
                found.push((before, part));
                rest = behind;
            }
        }
        open = *name;
    }
    let fits = |(name, part): &(char, &str)| match name {
        'a'..='z' => is_number(part),
        'N'..='Z' => is_place(part),
        _ => !part.is_empty(),
    };
    found.iter().all(fits).then_some(found)
}

/// Whether a text is a number as sentences write it, its digits in groups or not.
fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '−', '+', '~']);
    digits.starts_with(|letter: char| letter.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b',' || byte == b'.')
}

/// Whether a text is a country's code, or says that the country is not known.
fn is_place(text: &str) -> bool {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())) || text == "an unknown country"
}

/// A number with its whole digits in groups of three.
fn in_groups(number: &str) -> String {
    let (whole, rest) = number.find('.').map_or((number, ""), |point| number.split_at(point));
    let is_plain = whole.bytes().all(|byte| byte.is_ascii_digit()) && !whole.starts_with('0');
    match whole.parse() {
        Ok(whole) if is_plain => format!("{}{rest}", group_digits(whole)),
        _ => number.to_owned(),
    }
}

/// A part that is a number, a party or a country, as every language shows it; `None` for any other.
fn shown(language: Language, name: char, part: &str, name_of: NameOf<'_>) -> Option<String> {
    match name {
        'a'..='z' => Some(in_groups(part)),
        'A'..='M' => Some(name_of(part).map_or_else(|| part.to_owned(), |name| format!("{name} ({part})"))),
        'N'..='Z' => country_name(language, part).map(str::to_owned),
        _ => None,
    }
}

/// The pattern that a sentence fits, and the sentence's parts by name.
fn fitting<'p, 't>(phrases: &'p Phrases, text: &'t str) -> Option<(&'p Pattern, Vec<(char, &'t str)>)> {
    phrases.patterns.iter().find_map(|pattern| Some((pattern, parts(pattern, text)?)))
}

/// An English sentence with its numbers, parties and countries as people read them.
fn in_english(phrases: &Phrases, text: &str, depth: u8, name_of: NameOf<'_>) -> Option<String> {
    if depth >= DEEPEST {
        return None;
    }
    let (pattern, parts) = fitting(phrases, text)?;
    let mut out = String::with_capacity(text.len());
    let mut is_one = false;
    for (place, (piece, _)) in pattern.pieces.iter().enumerate() {
        out.push_str(&if is_one { in_singular(piece) } else { (*piece).to_owned() });
        let Some((name, part)) = parts.get(place) else { break };
        is_one = name.is_ascii_lowercase() && *part == "1";
        let shown = shown(Language::English, *name, part, name_of);
        let shown = shown.or_else(|| in_english(phrases, part, depth + 1, name_of));
        out.push_str(&shown.unwrap_or_else(|| (*part).to_owned()));
    }
    Some(out)
}

/// What stands behind the figure 1: its noun, which patterns have in the plural, in the singular.
fn in_singular(piece: &str) -> String {
    const BEFORE: [&str; 7] = ["controlled", "other", "separate", "unrelated", "new", "priced", "serials"];
    let mut words: Vec<String> = piece.split(' ').map(str::to_owned).collect();
    let noun = words.iter().position(|word| !word.is_empty() && !BEFORE.contains(&word.as_str()));
    if let Some(word) = noun.and_then(|place| words.get_mut(place)) {
        let end = word.find(|letter: char| !letter.is_ascii_lowercase()).unwrap_or(word.len());
        let (noun, behind) = word.split_at(end);
        let is_verb = ["is", "has", "was", "does", "ends", "others"].contains(&noun);
        let one = match (noun.strip_suffix("ies"), noun.strip_suffix('s')) {
            (Some(stem), _) => format!("{stem}y"),
            (None, Some(stem)) if !is_verb && stem.len() > 2 && !stem.ends_with('s') => stem.to_owned(),
            _ => noun.to_owned(),
        };
        *word = format!("{one}{behind}");
    }
    words.join(" ")
}

/// A list of columns, such as `hq_country, flags`, by what the pages call them; `None` where it is no such list.
fn columns(part: &str) -> Option<String> {
    let named = part.split(", ").map(|column| {
        text(Language::Japanese, &format!("field.{column}")).or_else(|| text(Language::Japanese, column))
    });
    let named: Vec<&str> = named.collect::<Option<_>>()?;
    Some(named.join("、"))
}

/// A list of facts, such as `who the end user is, and where a party is located`, each by its phrase; `None` where it is no such list.
fn facts(phrases: &Phrases, part: &str) -> Option<String> {
    let each = part.split(", and ").map(|fact| phrases.whole.get(fact.trim()).map(|fact| fact.trim_end_matches('。')));
    Some(each.collect::<Option<Vec<&str>>>()?.join("、"))
}

fn looked_up(phrases: &Phrases, text: &str, depth: u8, name_of: NameOf<'_>) -> Option<String> {
    let text = text.trim();
    if let Some(other) = phrases.whole.get(text) {
        return Some((*other).to_owned());
    }
    // Within another sentence its full stop is left out.
    if let Some(other) = phrases.whole.get(format!("{text}.").as_str()) {
        return Some((*other).to_owned());
    }
    if depth >= DEEPEST {
        return None;
    }
    let (pattern, parts) = fitting(phrases, text)?;
    let mut out = String::with_capacity(pattern.other.len());
    let mut letters = pattern.other.chars();
    while let Some(letter) = letters.next() {
        if letter != '{' {
            out.push(letter);
            continue;
        }
        let name = letters.next();
        letters.next();
        let part = parts.iter().find(|(of, _)| Some(*of) == name).map_or("", |(_, part)| *part);
        if let Some(shown) = name.and_then(|name| shown(Language::Japanese, name, part, name_of)) {
            out.push_str(&shown);
            continue;
        }
        match looked_up(phrases, part, depth + 1, name_of) {
            Some(other) => out.push_str(other.trim_end_matches('。')),
            None => {
                let list = columns(part).or_else(|| facts(phrases, part));
                out.push_str(&list.unwrap_or_else(|| part.to_owned()));
            }
        }
    }
    if depth == 0 && text.ends_with('.') && !out.ends_with(['。', '.']) {
        out.push('。');
    }
    Some(out)
}

/// A sentence in a language; `None` where it is only in English.
pub fn phrase(language: Language, text: &str) -> Option<String> {
    phrase_naming(language, text, &|_| None)
}

/// A sentence in a language, the parties in it by their names; `None` where it is only in English.
pub fn phrase_naming(language: Language, text: &str, name_of: NameOf<'_>) -> Option<String> {
    if text.trim().is_empty() {
        return None;
    }
    match language {
        Language::English => Some(in_english(&JAPANESE, text, 0, name_of).unwrap_or_else(|| text.to_owned())),
        Language::Japanese => looked_up(&JAPANESE, text, 0, name_of),
    }
}

/// The ids of the parties that a sentence is about, as far as a pattern says which of its parts they are.
pub fn parties_of(text: &str) -> Vec<&str> {
    let parts = fitting(&JAPANESE, text.trim()).map_or_else(Vec::new, |(_, parts)| parts);
    parts.into_iter().filter(|(name, _)| ('A'..='M').contains(name)).map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_has_one_translation_with_the_same_parts() {
        let phrases = &*JAPANESE;
        assert!(phrases.whole.len() > 200, "{}", phrases.whole.len());
        for pattern in &phrases.patterns {
            for name in pattern.pieces.iter().filter_map(|(_, name)| *name) {
                assert!(pattern.other.contains(&format!("{{{name}}}")), "{{{name}}} is lost in {}", pattern.other);
            }
            assert_eq!(pattern.other.matches('{').count() + 1, pattern.pieces.len(), "{}", pattern.other);
        }
    }

    #[test]
    fn a_sentence_is_found_whole_or_by_its_pattern() {
        let phrases = read(&[
            "Hold it: {1}.\n保留: {1}。\n\nIt turns on {1} of {2}\n{2}の{1}による\n\na day\n日付。\n\nThe end.\n終わり。\n",
        ]);
        let found = |text: &str| looked_up(&phrases, text, 0, &|id| (id == "p-1").then(|| "A Firm".to_owned()));
        assert_eq!(found("The end.").as_deref(), Some("終わり。"));
        assert_eq!(found("Hold it: It turns on a day of A & B.").as_deref(), Some("保留: A & Bの日付による。"));
        assert_eq!(found("Hold it: hq_country, flags.").as_deref(), Some("保留: 本社所在国、標識。"));
        assert_eq!(found("Hold it: a day, and a day.").as_deref(), Some("保留: 日付、日付。"));
        assert_eq!(found("Nobody wrote this."), None);
        assert_eq!(found("Hold it: The end.").as_deref(), Some("保留: 終わり。"));
        assert_eq!(found("Hold it: ."), None);
    }

    #[test]
    fn numbers_parties_and_countries_are_shown_as_people_read_them() {
        let phrases = read(&[
            "{A} took {a} chips in {1} from {B} in {N}, {b} orders of {c} other countries.\n{1} 年に {A} が {N} の {B} から {a} 個、{b} 件、{c} か国\n",
        ]);
        let name_of = |id: &str| (id == "p-1").then(|| "A Firm".to_owned());
        let text = "p-1 took 46528 chips in 2025 from p 2 in TW, 1 orders of 1 other countries.";
        assert_eq!(
            in_english(&phrases, text, 0, &name_of).as_deref(),
            Some("A Firm (p-1) took 46,528 chips in 2025 from p 2 in Taiwan, 1 order of 1 other country.")
        );
        assert_eq!(
            looked_up(&phrases, text, 0, &name_of).as_deref(),
            Some("2025 年に A Firm (p-1) が 台湾 の p 2 から 46,528 個、1 件、1 か国。")
        );
        // What is no number is no such sentence.
        assert_eq!(
            in_english(
                &phrases,
                "p-1 took many chips in 2025 from p 2 in TW, 1 orders of 1 other countries.",
                0,
                &name_of
            ),
            None
        );
        assert_eq!(
            ["0012", "-5", "1234.50", "9999999999999999999999"].map(in_groups),
            ["0012", "-5", "1,234.50", "9999999999999999999999"]
        );
    }
}
