//! Korean names: words of organizations in English, persons with the family name apart, the rest by its sound.

use std::sync::LazyLock;

use tollgate_model::Lookup;

use crate::lexicon::{pairs, spelt_letters, synonyms};
use crate::word::Word;

static LEXICON: LazyLock<(Lookup<&str, &str>, usize)> = LazyLock::new(|| {
    let words: Vec<(&str, &str)> = pairs(include_str!("../data/korean.tsv")).collect();
    let longest = words.iter().map(|(word, _)| word.chars().count()).max().unwrap_or(1);
    (words.into_iter().collect(), longest)
});

static SYNONYMS: LazyLock<Lookup<&'static str, &'static str>> =
    LazyLock::new(|| synonyms(include_str!("../data/korean.tsv")));

/// A syllable of the Korean script.
pub(crate) fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}')
}

/// Whether a text has Korean syllables.
pub(crate) fn is_korean(text: &str) -> bool {
    text.chars().any(is_hangul)
}

/// How families are written: the South's usual spelling, and that of the North and of older transliterations.
const FAMILIES: [(&str, &str, &str); 40] = [
    ("김", "kim", "kim"),
    ("이", "lee", "ri"),
    ("리", "lee", "ri"),
    ("박", "park", "pak"),
    ("최", "choi", "choe"),
    ("정", "jung", "jong"),
    ("강", "kang", "kang"),
    ("조", "cho", "jo"),
    ("윤", "yoon", "yun"),
    ("장", "jang", "chang"),
    ("임", "lim", "im"),
    ("림", "lim", "rim"),
    ("한", "han", "han"),
    ("오", "oh", "o"),
    ("서", "seo", "so"),
    ("신", "shin", "sin"),
    ("권", "kwon", "kwon"),
    ("황", "hwang", "hwang"),
    ("안", "ahn", "an"),
    ("송", "song", "song"),
    ("전", "jeon", "chon"),
    ("홍", "hong", "hong"),
    ("유", "yoo", "yu"),
    ("류", "ryu", "ryu"),
    ("고", "ko", "ko"),
    ("문", "moon", "mun"),
    ("양", "yang", "yang"),
    ("손", "son", "son"),
    ("배", "bae", "pae"),
    ("백", "baek", "paek"),
    ("허", "heo", "ho"),
    ("남", "nam", "nam"),
    ("심", "shim", "sim"),
    ("노", "noh", "ro"),
    ("로", "noh", "ro"),
    ("하", "ha", "ha"),
    ("곽", "kwak", "kwak"),
    ("성", "sung", "song"),
    ("차", "cha", "cha"),
    ("주", "joo", "chu"),
];

/// How their bearers spell families otherwise.
const OTHER_FAMILIES: [(&str, &str); 32] = [
    ("김", "gim"),
    ("이", "yi rhee rhie i"),
    ("리", "yi rhee"),
    ("박", "bak"),
    ("최", "choe chey"),
    ("정", "chung jeong jeung chong"),
    ("강", "gang"),
    ("조", "jo chough joe"),
    ("윤", "youn yune"),
    ("장", "jang chang"),
    ("임", "im yim rim"),
    ("림", "im yim lim"),
    ("오", "o"),
    ("서", "suh seoh"),
    ("신", "sin shinn"),
    ("권", "gwon kwun"),
    ("황", "whang"),
    ("안", "an"),
    ("전", "jun chun jeun"),
    ("유", "yu ryu you"),
    ("류", "yu yoo ryoo"),
    ("고", "go koh"),
    ("문", "mun"),
    ("양", "ryang"),
    ("손", "sohn"),
    ("배", "bai pae"),
    ("백", "paik baik"),
    ("허", "hur huh"),
    ("심", "sim"),
    ("노", "roh no ro"),
    ("성", "seong"),
    ("주", "ju chu"),
];

/// The names of Latin letters, longer ones first.
const LETTERS: [(&str, char); 27] = [
    ("더블유", 'w'),
    ("에이치", 'h'),
    ("에이", 'a'),
    ("에프", 'f'),
    ("에스", 's'),
    ("아이", 'i'),
    ("제이", 'j'),
    ("케이", 'k'),
    ("브이", 'v'),
    ("엑스", 'x'),
    ("와이", 'y'),
    ("제트", 'z'),
    ("비", 'b'),
    ("씨", 'c'),
    ("디", 'd'),
    ("이", 'e'),
    ("지", 'g'),
    ("엘", 'l'),
    ("엠", 'm'),
    ("엔", 'n'),
    ("오", 'o'),
    ("피", 'p'),
    ("큐", 'q'),
    ("알", 'r'),
    ("티", 't'),
    ("유", 'u'),
    ("앤", '&'),
];

/// A run of syllables by its sound alone: a known word may stand within another by chance.
pub(crate) fn write_joined(run: &[char]) -> Vec<Word> {
    vec![Word { by_sound: true, ..Word::new(spoken_together(run)) }]
}

/// How a run is spoken where its consonants meet: `silla` of 신라, `jongno` of 종로, `gungmin` of 국민.
fn spoken_together(run: &[char]) -> String {
    let mut out = String::new();
    for (at, c) in run.iter().enumerate() {
        let next = sound(run.get(..=at).unwrap_or(run), false);
        let before = sound(run.get(..at).unwrap_or(&[]), false);
        let alone = sound(std::slice::from_ref(c), false);
        let (nasal, liquid) =
            (alone.starts_with('n') || alone.starts_with('m'), u32::from(*c).wrapping_sub(0xac00) / 588 == 5);
        let (last, first) = match before.chars().next_back() {
            Some('n') if liquid => ("l", "l"),
            Some('l') if alone.starts_with('n') => ("l", "l"),
            Some('k') if nasal || liquid => ("ng", if liquid { "n" } else { alone.get(..1).unwrap_or("") }),
            Some('p') if nasal || liquid => ("m", if liquid { "n" } else { alone.get(..1).unwrap_or("") }),
            Some('t') if nasal => ("n", alone.get(..1).unwrap_or("")),
            Some('m') if liquid => ("m", "n"),
            Some('g') if liquid && before.ends_with("ng") => ("g", "n"),
            // What stands before may have changed with this syllable, as where its consonant goes over to a vowel.
            _ => {
                let kept = next.len().saturating_sub(before.len().min(next.len()));
                let changed = next.len() >= before.len() && !next.starts_with(before.as_str());
                if changed && !out.is_empty() {
                    out.pop();
                    out.push_str(next.get(before.len() - 1..).unwrap_or(""));
                } else {
                    out.push_str(next.get(next.len() - kept..).unwrap_or(""));
                }
                continue;
            }
        };
        out.pop();
        out.push_str(last);
        out.push_str(first);
        out.push_str(alone.get(1..).unwrap_or(""));
    }
    out
}

/// A run of syllables as words; `north` spells them as the North and older transliterations do. `alone` says that the run is all of the name.
pub(crate) fn write(run: &[char], north: bool, alone: bool) -> Vec<Word> {
    let mut words = Vec::new();
    let mut between: Vec<char> = Vec::new();
    let mut at = 0;
    while let Some(rest) = run.get(at..).filter(|rest| !rest.is_empty()) {
        match known(rest) {
            Some((count, entry)) => {
                words.extend(rest_of(&mut between, north, false));
                words.extend(Word::of_entry(entry, &SYNONYMS));
                at += count;
            }
            None => {
                between.extend(rest.first());
                at += 1;
            }
        }
    }
    let whole = alone && words.is_empty();
    words.extend(rest_of(&mut between, north, whole));
    words
}

fn known(run: &[char]) -> Option<(usize, &'static str)> {
    let (lexicon, longest) = &*LEXICON;
    (2..=(*longest).min(run.len())).rev().find_map(|count| {
        let word: String = run.get(..count)?.iter().collect();
        lexicon.get(word.as_str()).map(|entry| (count, *entry))
    })
}

/// What lies between known words: letters by their names, a person, or a word by its sound.
fn rest_of(between: &mut Vec<char>, north: bool, whole: bool) -> Vec<Word> {
    let run = std::mem::take(between);
    if run.is_empty() {
        return Vec::new();
    }
    if let Some(letters) = spelt_letters(&run, &LETTERS) {
        return vec![with_ampersands(&run, letters)];
    }
    if let Some(words) = letters_beside(&run, north) {
        return words;
    }
    let family = FAMILIES.iter().find(|(family, _, _)| run.first().is_some_and(|c| family.starts_with(*c)));
    if let (true, Some((family, south, of_north)), Some(personal)) =
        (whole && (2..=4).contains(&run.len()), family, run.get(1..))
    {
        let written = if north { of_north } else { south };
        let others = OTHER_FAMILIES.iter().filter(|(others, _)| *others == *family);
        let also = others.flat_map(|(_, others)| others.split(' ')).map(str::to_owned).collect();
        let family = Word { also, ..Word::new((*written).to_owned()) };
        return vec![family, Word { by_sound: true, ..Word::new(sound(personal, north)) }];
    }
    vec![Word { by_sound: true, ..Word::new(sound(&run, north)) }]
}

/// Letters with what else they may stand for: 앤 and 엔 are `and` and the letter `n`.
fn with_ampersands(run: &[char], letters: String) -> Word {
    let text: String = run.iter().collect();
    let others = [text.replace('앤', "엔"), text.replace('엔', "앤")];
    let mut also: Vec<String> = Vec::new();
    for other in others {
        let spelt = spelt_letters(&other.chars().collect::<Vec<_>>(), &LETTERS);
        also.extend(spelt.filter(|spelt| *spelt != letters));
    }
    Word { also, ..Word::new(letters) }
}

/// Letters at the start or the end of a run, of three syllables or more, and the word beside them.
fn letters_beside(run: &[char], north: bool) -> Option<Vec<Word>> {
    let word = |run: &[char]| Word { by_sound: true, ..Word::new(sound(run, north)) };
    let least = 3;
    // As many letters as there may be; in the second reading as few, since a word may end like a letter's name.
    let in_order = |places: std::ops::Range<usize>, longest_last: bool| -> Vec<usize> {
        if longest_last == north { places.collect() } else { places.rev().collect() }
    };
    for place in in_order(least..run.len(), true) {
        let (start, rest) = run.split_at_checked(place)?;
        if let Some(letters) = spelt_letters(start, &LETTERS) {
            return Some(vec![with_ampersands(start, letters), word(rest)]);
        }
    }
    for place in in_order(1..run.len().saturating_sub(least - 1), false) {
        let (start, rest) = run.split_at_checked(place)?;
        if let Some(letters) = spelt_letters(rest, &LETTERS) {
            return Some(vec![word(start), with_ampersands(rest, letters)]);
        }
    }
    None
}

const INITIALS: [&str; 19] =
    ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"];
const VOWELS: [&str; 21] = [
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu",
    "ui", "i",
];
const FINALS: [&str; 28] = [
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p", "t", "t", "ng", "t",
    "t", "k", "t", "p", "h",
];

/// Syllables in Latin letters: the South's Revised Romanization, or as the North writes names (`Kyong`, `Chol`).
fn sound(run: &[char], north: bool) -> String {
    let mut out = String::new();
    for c in run {
        let code = u32::from(*c).wrapping_sub(0xac00);
        let part = |table: &[&'static str], place: u32| table.get(crate::sizes::index_of(place)).copied().unwrap_or("");
        let (initial, vowel) = (part(&INITIALS, code / 588), part(&VOWELS, code % 588 / 28));
        let last = part(&FINALS, code % 28);
        let initial = match (north, initial, out.is_empty()) {
            (true, "g", true) => "k",
            (true, "d", true) => "t",
            (true, "b", true) => "p",
            (false, "r", true) => "l",
            (false, "r", false) if out.ends_with('l') => "l",
            (_, initial, _) => initial,
        };
        let vowel = match (north, vowel) {
            (true, "eo") => "o",
            (true, "yeo") => "yo",
            (true, "eu") => "u",
            (_, vowel) => vowel,
        };
        // Between vowels the last consonant is written as it is spoken.
        if initial.is_empty() && !out.is_empty() {
            soften(&mut out);
        }
        out.push_str(initial);
        out.push_str(vowel);
        out.push_str(last);
    }
    out
}

/// A last consonant before a vowel: `k`, `t`, `p` and `l` as `g`, `s`, `b` and `r`.
fn soften(out: &mut String) {
    let soft = match out.chars().next_back() {
        Some('k') => 'g',
        Some('t') => 's',
        Some('p') => 'b',
        Some('l') => 'r',
        _ => return,
    };
    out.pop();
    out.push(soft);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str, north: bool) -> String {
        let words = write(&text.chars().collect::<Vec<_>>(), north, true);
        words.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn companies_and_persons_are_told_apart() {
        for (name, south, north) in [
            ("삼성전자", "samsung electronics", "samsung electronics"),
            ("김정은", "kim jeongeun", "kim jongun"),
            ("박철수", "park cheolsu", "pak cholsu"),
            ("엘지씨엔에스", "lg cns", "lg cns"),
            ("평양", "pyongyang", "pyongyang"),
        ] {
            assert_eq!((words(name, false).as_str(), words(name, true).as_str()), (south, north), "{name}");
        }
        for (name, spoken) in [("신라", "silla"), ("종로", "jongno"), ("국민", "gungmin"), ("오로라", "orora")]
        {
            assert_eq!(spoken_together(&name.chars().collect::<Vec<_>>()), spoken, "{name}");
        }
    }
}
