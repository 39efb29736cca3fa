//! Sentences of the law, duties and reasons in the page's language: they are written in English, and looked up as whole sentences.
//!
//! `strings/ja.phrases.txt` has an English sentence on a line, what it is in Japanese on the next, and an empty line between pairs. `{1}` to `{9}`
//! stand for a part that differs, which is itself looked up, and taken as it is where it has no phrase.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tollgate_model::{always, never};

use super::strings::{Language, text};

/// How deep parts of a sentence are looked up.
const DEEPEST: u8 = 4;

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

static JAPANESE: LazyLock<Phrases> = LazyLock::new(|| read(include_str!("../../strings/ja.phrases.txt")));

fn read(text: &'static str) -> Phrases {
    let mut phrases = Phrases::default();
    for pair in text.split("\n\n").map(str::trim).filter(|pair| !pair.is_empty()) {
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
    found.iter().all(|(_, part)| !part.is_empty()).then_some(found)
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

fn looked_up(phrases: &Phrases, text: &str, depth: u8) -> Option<String> {
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
    let (pattern, parts) = phrases.patterns.iter().find_map(|pattern| Some((pattern, parts(pattern, text)?)))?;
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
        match looked_up(phrases, part, depth + 1) {
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
    match language {
        Language::English => Some(text.to_owned()),
        Language::Japanese => looked_up(&JAPANESE, text, 0),
    }
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
        let phrases = read(
            "Hold it: {1}.\n保留: {1}。\n\nIt turns on {1} of {2}\n{2}の{1}による\n\na day\n日付。\n\nThe end.\n終わり。\n",
        );
        let found = |text: &str| looked_up(&phrases, text, 0);
        assert_eq!(found("The end.").as_deref(), Some("終わり。"));
        assert_eq!(found("Hold it: It turns on a day of A & B.").as_deref(), Some("保留: A & Bの日付による。"));
        assert_eq!(found("Hold it: hq_country, flags.").as_deref(), Some("保留: 本社所在国、標識。"));
        assert_eq!(found("Hold it: a day, and a day.").as_deref(), Some("保留: 日付、日付。"));
        assert_eq!(found("Nobody wrote this."), None);
        assert_eq!(found("Hold it: The end.").as_deref(), Some("保留: 終わり。"));
        assert_eq!(found("Hold it: ."), None);
    }
}
