//! Scripts whose letters stand for sounds, as Latin letters: Greek, Hebrew and Thai; and which scripts are read at all.

use std::sync::LazyLock;

use tollgate_model::Lookup;

use crate::lexicon::pairs;
use crate::word::Word;

static LEXICON: LazyLock<(Lookup<&str, &str>, usize)> = LazyLock::new(|| {
    let words: Vec<(&str, &str)> = pairs(include_str!("../data/letters.tsv")).collect();
    let longest = words.iter().map(|(word, _)| word.chars().count()).max().unwrap_or(1);
    (words.into_iter().collect(), longest)
});

/// Letters of the scripts that are read, with their marks: first and last of each stretch.
const READ: [(char, char); 30] = [
    ('a', 'z'),
    ('A', 'Z'),
    ('\u{aa}', '\u{2c1}'),
    ('\u{370}', '\u{3ff}'),
    ('\u{400}', '\u{52f}'),
    ('\u{531}', '\u{588}'),
    ('\u{591}', '\u{5f4}'),
    ('\u{610}', '\u{6ff}'),
    ('\u{750}', '\u{77f}'),
    ('\u{8a0}', '\u{8ff}'),
    ('\u{900}', '\u{97f}'),
    ('\u{e01}', '\u{e5b}'),
    ('\u{10a0}', '\u{10ff}'),
    ('\u{1100}', '\u{11ff}'),
    ('\u{1c80}', '\u{1c8f}'),
    ('\u{1c90}', '\u{1cbf}'),
    ('\u{1d00}', '\u{1dff}'),
    ('\u{1e00}', '\u{1eff}'),
    ('\u{1f00}', '\u{1fff}'),
    ('\u{2c60}', '\u{2c7f}'),
    ('\u{2d00}', '\u{2d2f}'),
    ('\u{2de0}', '\u{2dff}'),
    ('\u{3005}', '\u{3007}'),
    ('\u{3031}', '\u{30ff}'),
    ('\u{31f0}', '\u{31ff}'),
    ('\u{3400}', '\u{4dbf}'),
    ('\u{4e00}', '\u{9fff}'),
    ('\u{a640}', '\u{a7ff}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{20000}', '\u{323af}'),
];

/// Whether a letter belongs to a script that is read. Digits of every script are.
pub(crate) fn is_read(c: char) -> bool {
    !c.is_alphabetic() || READ.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

pub(crate) fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}')
}

pub(crate) fn is_hebrew(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5f4}')
}

pub(crate) fn is_thai(c: char) -> bool {
    matches!(c, '\u{e01}'..='\u{e5b}')
}

/// Letters of scripts of India, which leave the vowel `a` out.
pub(crate) fn is_devanagari(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{97f}')
}

/// Marks that belong to the letter before them.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5c7}' | '\u{93c}' | '\u{94d}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}')
}

/// A Greek word, as passports and company registers write it (ELOT 743).
pub(crate) fn greek(word: &[char]) -> Vec<Word> {
    use unicode_normalization::UnicodeNormalization;
    let plain: Vec<char> = word.iter().copied().nfd().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')).collect();
    let plain: Vec<char> =
        plain.into_iter().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect();
    let text: String = plain.iter().collect();
    if let Some(entry) = LEXICON.0.get(text.as_str()) {
        return Word::of_lexicon(entry);
    }
    let mut out = String::new();
    let mut rest = plain.as_slice();
    while let [c, after @ ..] = rest {
        let pair = after.first().and_then(|next| greek_pair(*c, *next, out.is_empty()));
        match pair {
            Some(latin) => {
                out.push_str(latin);
                rest = after.get(1..).unwrap_or(&[]);
            }
            None => {
                out.push_str(greek_letter(*c));
                rest = after;
            }
        }
    }
    vec![Word::new(out)]
}

fn greek_pair(a: char, b: char, starts: bool) -> Option<&'static str> {
    Some(match (a, b) {
        ('ο', 'υ') => "ou",
        ('α', 'υ') => "av",
        ('ε', 'υ') => "ev",
        ('η', 'υ') => "iv",
        ('μ', 'π') if starts => "b",
        ('γ', 'γ') => "ng",
        ('γ', 'ξ') => "nx",
        ('γ', 'χ') => "nch",
        ('γ', 'κ') if starts => "g",
        ('γ', 'κ') => "gk",
        _ => return None,
    })
}

fn greek_letter(c: char) -> &'static str {
    match c {
        'α' => "a",
        'β' => "v",
        'γ' => "g",
        'δ' => "d",
        'ε' => "e",
        'ζ' => "z",
        'η' | 'ι' => "i",
        'θ' => "th",
        'κ' => "k",
        'λ' => "l",
        'μ' => "m",
        'ν' => "n",
        'ξ' => "x",
        'ο' | 'ω' => "o",
        'π' => "p",
        'ρ' => "r",
        'σ' => "s",
        'τ' => "t",
        'υ' => "y",
        'φ' => "f",
        'χ' => "ch",
        'ψ' => "ps",
        _ => "",
    }
}

/// A Hebrew word: of the lexicon, or by its consonants.
pub(crate) fn hebrew(word: &[char]) -> Vec<Word> {
    let letters: String = word.iter().filter(|c| !is_mark(**c)).collect();
    if let Some(entry) = LEXICON.0.get(letters.as_str()) {
        return Word::of_lexicon(entry);
    }
    let mut text = String::new();
    for (at, c) in letters.chars().enumerate() {
        text.push_str(match c {
            'א' | 'ע' => "a",
            'ב' => "b",
            'ג' => "g",
            'ד' => "d",
            'ה' => "h",
            'ו' if at == 0 => "w",
            'ו' => "o",
            'ז' => "z",
            'ח' => "h",
            'ט' | 'ת' => "t",
            'י' => "y",
            'כ' | 'ך' | 'ק' => "k",
            'ל' => "l",
            'מ' | 'ם' => "m",
            'נ' | 'ן' => "n",
            'ס' => "s",
            'פ' if at == 0 => "p",
            'פ' | 'ף' => "f",
            'צ' | 'ץ' => "z",
            'ר' => "r",
            'ש' => "sh",
            _ => "",
        });
    }
    vec![Word { consonants: true, ..Word::new(text) }]
}

/// A run of Thai letters, which has no spaces: words of the lexicon, and what lies between by its consonants.
pub(crate) fn thai(run: &[char]) -> Vec<Word> {
    let (lexicon, longest) = &*LEXICON;
    let mut words = Vec::new();
    let mut between: Vec<char> = Vec::new();
    let mut at = 0;
    while let Some(rest) = run.get(at..).filter(|rest| !rest.is_empty()) {
        let known = (2..=(*longest).min(rest.len())).rev().find_map(|count| {
            let word: String = rest.get(..count)?.iter().collect();
            lexicon.get(word.as_str()).map(|entry| (count, *entry))
        });
        match known {
            Some((count, entry)) => {
                words.extend(thai_word(&mut between));
                words.extend(Word::of_lexicon(entry));
                at += count;
            }
            None => {
                between.extend(rest.first());
                at += 1;
            }
        }
    }
    words.extend(thai_word(&mut between));
    words
}

fn thai_word(between: &mut Vec<char>) -> Option<Word> {
    let run = std::mem::take(between);
    let mut text = String::new();
    let mut ahead = "";
    for (at, c) in run.iter().enumerate() {
        // A letter under this mark is not spoken.
        let silent = run.get(at + 1..).is_some_and(|rest| rest.iter().find(|c| !matches!(**c, 'ิ' | 'ุ')) == Some(&'์'));
        if let Some(vowel) = thai_vowel_ahead(*c) {
            ahead = vowel;
            continue;
        }
        if matches!(c, '๐'..='๙') {
            text.push_str(any_ascii::any_ascii_char(*c));
            continue;
        }
        let letter = thai_letter(*c);
        if !silent {
            text.push_str(letter);
        }
        // A vowel that is written before its consonant is spoken behind it.
        if !letter.is_empty() || *c == 'อ' {
            text.push_str(std::mem::take(&mut ahead));
        }
    }
    (!text.is_empty()).then(|| Word { consonants: true, ..Word::new(text) })
}

fn thai_vowel_ahead(c: char) -> Option<&'static str> {
    Some(match c {
        'เ' => "e",
        'แ' => "ae",
        'โ' => "o",
        'ไ' | 'ใ' => "ai",
        _ => return None,
    })
}

fn thai_letter(c: char) -> &'static str {
    match c {
        'ก' => "k",
        'ข'..='ฆ' => "kh",
        'ง' => "ng",
        'จ' | 'ฉ' | 'ช' | 'ฌ' => "ch",
        'ซ' | 'ศ' | 'ษ' | 'ส' => "s",
        'ญ' | 'ย' => "y",
        'ฎ' | 'ด' => "d",
        'ฏ' | 'ต' => "t",
        'ฐ'..='ฒ' | 'ถ'..='ธ' => "th",
        'ณ' | 'น' => "n",
        'บ' => "b",
        'ป' => "p",
        'ผ' | 'พ' | 'ภ' => "ph",
        'ฝ' | 'ฟ' => "f",
        'ม' | '\u{e4d}' => "m",
        'ร' | 'ฤ' => "r",
        'ล' | 'ฬ' => "l",
        'ว' => "w",
        'ห' | 'ฮ' => "h",
        'ะ' | 'ั' | 'า' => "a",
        'ิ' | 'ี' => "i",
        'ึ' | 'ื' => "ue",
        'ุ' | 'ู' => "u",
        _ => "",
    }
}

/// A word of another script that is known, by its letters in lower case.
pub(crate) fn known(word: &[char]) -> Option<Vec<Word>> {
    let text: String = word.iter().flat_map(|c| c.to_lowercase()).collect();
    LEXICON.0.get(text.as_str()).map(|entry| Word::of_lexicon(entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: Vec<Word>) -> String {
        words.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn letters_are_written_as_registers_write_them() {
        let chars = |text: &str| text.chars().collect::<Vec<char>>();
        assert_eq!(text(greek(&chars("Παπαγεωργίου"))), "papageorgiou");
        assert_eq!(text(greek(&chars("ΑΥΓΟΥΣΤΟΣ"))), "avgoustos");
        assert_eq!(text(hebrew(&chars("בנק"))), "bank");
        assert_eq!(text(thai(&chars("ธนาคารกรุงเทพ"))), "bank bangkok");
        assert_eq!(text(thai(&chars("สมชาย"))), "smchay");
    }

    #[test]
    fn scripts_that_are_not_read_are_told() {
        assert!("Aé中かア한دאΩЖხաहไ9".chars().all(is_read));
        assert!(!"ቡខမລதሀᠮ".chars().any(is_read));
    }
}
