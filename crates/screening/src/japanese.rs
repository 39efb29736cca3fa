//! Japanese names: words of organizations in English, names in kanji by their readings, kana by their sound.

use std::sync::LazyLock;

use tollgate_model::Lookup;

use crate::han::{is_han, number_at};
use crate::kanji::{chinese_readings, spoken, usual_form};
use crate::lexicon::{pairs, spelt_letters, synonyms};
use crate::word::{Readings, Word};

/// Words by how they are written, and the most characters that one has.
struct Table {
    words: Lookup<&'static str, &'static str>,
    longest: usize,
}

impl Table {
    fn of(text: &'static str) -> Table {
        let words: Vec<(&str, &str)> = pairs(text).collect();
        let longest = words.iter().map(|(word, _)| word.chars().count()).max().unwrap_or(1);
        Table { words: words.into_iter().collect(), longest }
    }

    /// The longest word that a run begins with, of at least so many characters.
    fn at(&self, run: &[char], least: usize) -> Option<(usize, &'static str)> {
        (least..=self.longest.min(run.len())).rev().find_map(|count| {
            let word: String = run.get(..count)?.iter().collect();
            self.words.get(word.as_str()).map(|entry| (count, *entry))
        })
    }
}

static LEXICON: LazyLock<Table> = LazyLock::new(|| Table::of(include_str!("../data/japanese.tsv")));
static NAMES: LazyLock<Table> = LazyLock::new(|| Table::of(include_str!("../data/japanese_names.tsv")));
static SYNONYMS: LazyLock<Lookup<&'static str, &'static str>> =
    LazyLock::new(|| synonyms(include_str!("../data/japanese.tsv")));

/// Hiragana, katakana and the marks that belong to them.
pub(crate) fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | 'ー' | '\u{31f0}'..='\u{31ff}')
}

/// A character of a Japanese word.
pub(crate) fn is_japanese(c: char) -> bool {
    is_han(c) || is_kana(c) || matches!(c, '々' | 'ヶ' | 'ヵ')
}

/// Forms of companies that only Japan writes so.
const FORMS: [&str; 8] =
    ["株式会社", "有限会社", "合同会社", "合資会社", "合名会社", "財団法人", "社団法人", "独立行政法人"];

/// Whether a text shows that it is Japanese: it has kana, or a form of companies that only Japan writes so.
pub(crate) fn is_plain(text: &str) -> bool {
    text.chars().any(|c| is_kana(c) && c != 'ー') || FORMS.iter().any(|form| text.contains(form))
}

fn is_katakana(c: char) -> bool {
    matches!(c, '\u{30a1}'..='\u{30fa}' | 'ー' | '\u{31f0}'..='\u{31ff}')
}

/// A run of Japanese characters as words. `others` begins with the second reading of each name that has one.
pub(crate) fn write(run: &[char], others: bool) -> Vec<Word> {
    // `(株)` and `(有)` are short for forms of companies.
    if let ['株' | '有'] = run {
        return vec![Word::new("company".to_owned())];
    }
    let mut words = Vec::new();
    let mut name = Readings::default();
    let mut at = 0;
    // A form that no table has is an old one or a variant.
    let is_known = |c: &char| !is_han(*c) || NAMES.at(&[*c], 1).is_some();
    let run: Vec<char> = match run.iter().all(is_known) {
        true => run.to_vec(),
        false => run.iter().map(|c| usual_form(*c)).collect(),
    };
    while let Some(rest) = run.get(at..).filter(|rest| !rest.is_empty()) {
        at += step(rest, others, &mut name, &mut words);
    }
    words.extend(name.take());
    words
}

/// Writes what a run begins with, and returns how many characters that was.
fn step(rest: &[char], others: bool, name: &mut Readings, words: &mut Vec<Word>) -> usize {
    let katakana = rest.iter().take_while(|c| is_katakana(**c)).count();
    if katakana > 0 {
        words.extend(name.take());
        words.extend(foreign(rest.get(..katakana).unwrap_or(rest), others));
        return katakana;
    }
    if let Some((count, number)) = number_at(rest) {
        words.extend(name.take());
        let mut word = Word::number(number);
        let ordinal = if rest.first() == Some(&'第') { "dai" } else { "" };
        word.also.extend(spoken(number).map(|spoken| [ordinal, spoken.as_str()].concat()));
        word.also.extend(chinese_readings(rest.get(..count).unwrap_or(rest)));
        words.push(word);
        return count;
    }
    let known = LEXICON.at(rest, 1);
    // A word may end where the name of a place or a family goes on: the longer one is meant.
    let named = NAMES.at(rest, 2).filter(|(count, _)| known.is_none_or(|(of_known, _)| *count > of_known));
    if let Some((count, readings)) = named {
        words.extend(name.take());
        let mut whole = Readings::default();
        whole.push(&in_order(readings, others));
        whole.push_chinese(&chinese_readings(rest.get(..count).unwrap_or(rest)));
        words.extend(whole.take());
        return count;
    }
    if let Some((count, entry)) = known {
        words.extend(name.take());
        words.extend(with_reading(Word::of_entry(entry, &SYNONYMS), rest.get(..count).unwrap_or(rest)));
        return count;
    }
    if let Some((count, readings)) = NAMES.at(rest, 1) {
        name.push(&in_order(readings, others));
        name.push_chinese(&chinese_readings(rest.get(..count).unwrap_or(rest)));
        return count;
    }
    let hiragana = rest.iter().take_while(|c| is_kana(**c)).count();
    match rest.first() {
        _ if hiragana > 0 => {
            name.push(&[&sound(rest.get(..hiragana).unwrap_or(rest))]);
            hiragana
        }
        Some(c) => {
            let readings = chinese_readings(&[*c]);
            let otherwise = any_ascii::any_ascii_char(*c).to_ascii_lowercase();
            let otherwise = otherwise.as_str();
            let all: Vec<&str> = readings.iter().map(String::as_str).collect();
            name.push(if all.is_empty() { std::slice::from_ref(&otherwise) } else { &all });
            name.push_chinese(&readings);
            1
        }
        None => 1,
    }
}

/// A translated word that the lexicon has without its Japanese sound, with that.
fn with_reading(mut words: Vec<Word>, run: &[char]) -> Vec<Word> {
    let readings = NAMES.at(run, 2).filter(|(count, _)| *count == run.len());
    if let ([word], Some((_, readings))) = (words.as_mut_slice(), readings)
        && word.also.is_empty()
        && !word.text.is_empty()
    {
        word.also = readings.split('\t').map(str::to_owned).collect();
    }
    words
}

/// The readings of an entry; with `others` the second one first.
fn in_order(readings: &'static str, others: bool) -> Vec<&'static str> {
    let mut all: Vec<&str> = readings.split('\t').collect();
    if others && all.len() > 1 {
        all.swap(0, 1);
    }
    all
}

/// The names of Latin letters, longer ones before those that they begin with.
const LETTERS: [(&str, char); 49] = [
    ("ダブリュー", 'w'),
    ("ダブリュ", 'w'),
    ("エックス", 'x'),
    ("エイチ", 'h'),
    ("エッチ", 'h'),
    ("エヌ", 'n'),
    ("エル", 'l'),
    ("エム", 'm'),
    ("エス", 's'),
    ("エフ", 'f'),
    ("エー", 'a'),
    ("エイ", 'a'),
    ("ジェイ", 'j'),
    ("ジェー", 'j'),
    ("キュー", 'q'),
    ("アール", 'r'),
    ("アイ", 'i'),
    ("ディー", 'd'),
    ("ティー", 't'),
    ("テイー", 't'),
    ("テイ", 't'),
    ("ティ", 't'),
    ("デイー", 'd'),
    ("デイ", 'd'),
    ("ビー", 'b'),
    ("ヴィ", 'v'),
    ("ブイ", 'v'),
    ("シー", 'c'),
    ("シイ", 'c'),
    ("ディ", 'd'),
    ("ビイ", 'b'),
    ("ピイ", 'p'),
    ("ジイ", 'g'),
    ("テー", 't'),
    ("ヴイ", 'v'),
    ("スィー", 'c'),
    ("イー", 'e'),
    ("ジー", 'g'),
    ("ケー", 'k'),
    ("ケイ", 'k'),
    ("オー", 'o'),
    ("ピー", 'p'),
    ("ユー", 'u'),
    ("ワイ", 'y'),
    ("ゼット", 'z'),
    ("アンド", '&'),
    ("ツー", '2'),
    ("スリー", '3'),
    ("ワン", '1'),
];

/// A text without the dots between letters that are spelt by their names: アイ・ピー・エス.
pub(crate) fn without_dots(plain: Vec<char>) -> Vec<char> {
    if !plain.contains(&'・') {
        return plain;
    }
    let parts: Vec<&[char]> = plain.split(|c| *c == '・').collect();
    // A legal form may stand before the first letter or behind the last.
    let is_letter = |part: &[char]| {
        let text: String = part.iter().collect();
        let text = FORMS.iter().find_map(|form| text.strip_prefix(form)).unwrap_or(&text).trim();
        let text = FORMS.iter().find_map(|form| text.strip_suffix(form)).unwrap_or(text).trim();
        LETTERS.iter().any(|(name, _)| *name == text)
    };
    let mut out: Vec<char> = Vec::with_capacity(plain.len());
    for (place, part) in parts.iter().enumerate() {
        out.extend(*part);
        if let Some(next) = parts.get(place + 1)
            && !(is_letter(part) && (is_letter(next) || begins_with_letter(next)))
        {
            out.push('・');
        }
    }
    out
}

/// Whether what follows a dot is a letter and a word behind it: the last of the letters in アイ・アールジャパン.
fn begins_with_letter(part: &[char]) -> bool {
    let text: String = part.iter().collect();
    LETTERS.iter().any(|(name, _)| text.strip_prefix(name).is_some_and(|rest| rest.chars().count() >= 3))
}

/// A run of katakana: words of the lexicon, and what lies between by its sound. With `others` only the words at its end: a known word may stand within
/// another by chance.
fn foreign(run: &[char], others: bool) -> Vec<Word> {
    if let Some(letters) = spelt_letters(run, &LETTERS) {
        return vec![Word::new(letters)];
    }
    let by_sound = |run: &[char]| {
        let text = sound(run);
        match spelt_letters(run, &LETTERS) {
            Some(letters) => Some(Word::new(letters)),
            None => (!text.is_empty()).then(|| Word { by_sound: true, ..Word::new(text) }),
        }
    };
    if others {
        let (head, ends) = known_ends(run);
        return by_sound(head).into_iter().chain(ends).collect();
    }
    let mut words = Vec::new();
    let mut between: Vec<char> = Vec::new();
    let mut at = 0;
    while let Some(rest) = run.get(at..).filter(|rest| !rest.is_empty()) {
        // Two kana are a word only by themselves: they stand within many others.
        let known = LEXICON.at(rest, if at == 0 && rest.len() == 2 { 2 } else { 3 });
        match known.filter(|(count, _)| !is_broken(rest.get(*count..).unwrap_or(&[]))) {
            Some((count, entry)) => {
                words.extend(by_sound(&between));
                between.clear();
                words.extend(Word::of_lexicon(entry));
                at += count;
            }
            None => {
                between.extend(rest.first());
                at += 1;
            }
        }
    }
    words.extend(by_sound(&between));
    words
}

/// What stands before the known words at the end of a run of katakana, and those.
fn known_ends(run: &[char]) -> (&[char], Vec<Word>) {
    let mut head = run;
    let mut ends: Vec<Word> = Vec::new();
    while head.len() > 3 {
        let word_at = |start: &usize| {
            let word = head.get(*start..)?;
            LEXICON.at(word, 3).filter(|(count, _)| *count == word.len()).map(|(_, entry)| (*start, entry))
        };
        let Some((start, entry)) = (1..head.len() - 2).find_map(|start| word_at(&start)) else { break };
        let mut words = Word::of_lexicon(entry);
        words.append(&mut ends);
        ends = words;
        head = head.get(..start).unwrap_or(&[]);
    }
    (head, ends)
}

/// Whether a word cannot end here: what follows is a single kana, a small one or a long vowel.
fn is_broken(after: &[char]) -> bool {
    after.len() == 1 || after.first().is_some_and(|c| "ーァィゥェォャュョッン".contains(*c))
}

/// Kana in Latin letters, long vowels written short.
pub(crate) fn sound(run: &[char]) -> String {
    let mut out = String::new();
    let mut doubled = false;
    for c in run {
        // Hiragana stand 0x60 before their katakana.
        let c = match u32::from(*c) {
            code @ 0x3041..=0x3096 => char::from_u32(code + 0x60).unwrap_or(*c),
            _ => *c,
        };
        match c {
            'ッ' => doubled = true,
            'ャ' | 'ュ' | 'ョ' => {
                let vowel = if c == 'ャ' {
                    'a'
                } else if c == 'ュ' {
                    'u'
                } else {
                    'o'
                };
                let hushed = ["shi", "chi", "ji"].iter().any(|end| out.ends_with(end));
                out.pop();
                out.extend((!hushed).then_some('y'));
                out.push(vowel);
            }
            'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' => {
                if out.ends_with('u') && out.len() == 1 {
                    out = "w".to_owned();
                } else {
                    out.pop();
                }
                out.push(match c {
                    'ァ' => 'a',
                    'ィ' => 'i',
                    'ゥ' => 'u',
                    'ェ' => 'e',
                    _ => 'o',
                });
            }
            c => {
                let syllable = syllable(c);
                if doubled {
                    out.extend(syllable.chars().next());
                    doubled = false;
                }
                out.push_str(syllable);
            }
        }
    }
    out.replace("ou", "o").replace("uu", "u").replace("oo", "o")
}

/// The katakana of each consonant, in the order of the vowels a, i, u, e, o.
const ROWS: [(&str, [&str; 5]); 15] = [
    ("アイウエオ", ["a", "i", "u", "e", "o"]),
    ("カキクケコ", ["ka", "ki", "ku", "ke", "ko"]),
    ("サシスセソ", ["sa", "shi", "su", "se", "so"]),
    ("タチツテト", ["ta", "chi", "tsu", "te", "to"]),
    ("ナニヌネノ", ["na", "ni", "nu", "ne", "no"]),
    ("ハヒフヘホ", ["ha", "hi", "fu", "he", "ho"]),
    ("マミムメモ", ["ma", "mi", "mu", "me", "mo"]),
    ("ヤユヨヮヲ", ["ya", "yu", "yo", "wa", "o"]),
    ("ラリルレロ", ["ra", "ri", "ru", "re", "ro"]),
    ("ワヰヴヱン", ["wa", "i", "vu", "e", "n"]),
    ("ガギグゲゴ", ["ga", "gi", "gu", "ge", "go"]),
    ("ザジズゼゾ", ["za", "ji", "zu", "ze", "zo"]),
    ("ダヂヅデド", ["da", "ji", "zu", "de", "do"]),
    ("バビブベボ", ["ba", "bi", "bu", "be", "bo"]),
    ("パピプペポ", ["pa", "pi", "pu", "pe", "po"]),
];

fn syllable(c: char) -> &'static str {
    let find = |(kana, latin): &(&'static str, [&'static str; 5])| {
        kana.chars().zip(latin.iter()).find(|(of_row, _)| *of_row == c).map(|(_, latin)| *latin)
    };
    match c {
        'ヶ' | 'ヵ' => "ga",
        _ => ROWS.iter().find_map(find).unwrap_or(""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        let words = write(&text.chars().collect::<Vec<_>>(), false);
        words.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn kana_are_written_by_their_sound() {
        for (kana, latin) in [
            ("きょうと", "kyoto"),
            ("シャープ", "shapu"),
            ("ヴァルト", "varuto"),
            ("ティッシュ", "tisshu"),
            ("ウィン", "win"),
            ("サッポロ", "sapporo"),
        ] {
            assert_eq!(sound(&kana.chars().collect::<Vec<_>>()), latin, "{kana}");
        }
    }

    #[test]
    fn letters_with_dots_and_words_within_words_are_read() {
        let plain = |text: &str| without_dots(text.chars().collect()).into_iter().collect::<String>();
        assert_eq!(plain("アイ・ピー・エス"), "アイピーエス");
        assert_eq!(plain("アイ・アールジャパン"), "アイアールジャパン");
        assert_eq!(plain("エア・ウォーター"), "エア・ウォーター");
        assert_eq!(plain("株式会社ユー・エス・エヌ"), "株式会社ユーエスエヌ");
        let other = |text: &str| {
            let words = write(&text.chars().collect::<Vec<_>>(), true);
            words.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(other("オプテックスグループ"), "oputekkusu group");
        assert_eq!(words("エヌエフホールディングス"), "nf holdings");
    }

    #[test]
    fn names_in_kanji_have_their_japanese_readings() {
        for (name, expected) in [
            ("東京精密", "tokyo precision"),
            ("日立製作所", "hitachi manufacturing"),
            ("三菱重工業", "mitsubishi heavy industry"),
            ("山田太郎", "yamada taro"),
            ("神戸製鋼所", "kobe steel works"),
            ("キオクシアホールディングス", "kioxia holdings"),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
        let readings = |text: &str| write(&text.chars().collect::<Vec<_>>(), false).remove(0);
        for (name, reading) in [("三京", "sankyo"), ("広栄", "koei"), ("百六", "hyakuroku"), ("髙島", "takashima")]
        {
            let word = readings(name);
            assert!(word.text == reading || word.also.iter().any(|also| also == reading), "{name} {word:?}");
        }
        assert!(is_plain("株式会社東京") && is_plain("ひかり") && !is_plain("华为技术有限公司"));
    }

    #[test]
    fn every_line_of_the_tables_is_read() {
        for table in [include_str!("../data/japanese.tsv"), include_str!("../data/japanese_names.tsv")] {
            for (word, entry) in pairs(table) {
                assert!(
                    !word.is_empty() && entry.bytes().all(|byte| byte.is_ascii_lowercase() || b" \t".contains(&byte)),
                    "{word} {entry}"
                );
            }
        }
    }
}
