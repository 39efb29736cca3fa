//! Chinese names: words of organizations in the English that list names translate them with, the rest in pinyin.

use std::sync::LazyLock;

use tollgate_model::Lookup;

use crate::lexicon::pairs;
use crate::word::{Readings, Word};

static LEXICON: LazyLock<(Lookup<&str, &str>, usize)> = LazyLock::new(|| {
    let words: Vec<(&str, &str)> = pairs(include_str!("../data/han.tsv")).collect();
    let longest = words.iter().map(|(word, _)| word.chars().count()).max().unwrap_or(1);
    (words.into_iter().collect(), longest)
});

pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// Characters that are read in two ways in names, the usual one first.
const POLYPHONES: [(char, &[&str]); 22] = [
    ('长', &["chang", "zhang"]),
    ('長', &["chang", "zhang"]),
    ('重', &["zhong", "chong"]),
    ('行', &["hang", "xing"]),
    ('乐', &["le", "yue"]),
    ('厦', &["xia", "sha"]),
    ('曾', &["zeng", "ceng"]),
    ('单', &["shan", "dan"]),
    ('解', &["xie", "jie"]),
    ('仇', &["qiu", "chou"]),
    ('区', &["qu", "ou"]),
    ('朝', &["chao", "zhao"]),
    ('藏', &["zang", "cang"]),
    ('调', &["diao", "tiao"]),
    ('传', &["chuan", "zhuan"]),
    ('盛', &["sheng", "cheng"]),
    ('柏', &["bai", "bo"]),
    ('薄', &["bo", "bao"]),
    ('吕', &["lu", "lyu", "lv"]),
    ('吴', &["wu", "ng"]),
    ('车', &["che", "ju"]),
    ('尉', &["wei", "yu"]),
];

/// How characters are spelled in Hong Kong, the usual spelling first.
static CANTONESE: LazyLock<Lookup<&str, &str>> =
    LazyLock::new(|| pairs(include_str!("../data/cantonese.tsv")).collect());

/// How characters that no lexicon has are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sound {
    /// In pinyin, joined as names are.
    Mandarin,
    /// The same of a foreign name that is written by its sound.
    Foreign,
    /// As in Hong Kong, each by itself.
    Cantonese,
}

/// A run of Chinese characters as words: the longest known word from each place, and what lies between by its sound.
pub(crate) fn write(run: &[char], by: Sound) -> Vec<Word> {
    let (lexicon, longest) = &*LEXICON;
    let mut words = Vec::new();
    let mut name = Readings::default();
    let mut at = 0;
    let take = |name: &mut Readings| name.take().map(|word| Word { by_sound: by == Sound::Foreign, ..word });
    while let Some(rest) = run.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some((count, number)) = number_at(rest) {
            words.extend(take(&mut name));
            words.push(Word::number(number));
            at += count;
            continue;
        }
        // In a name as short as a person's a single character is a name: 马云 is no cloud.
        let least = if run.len() <= 4 { 2 } else { 1 };
        let known = (least..=*longest).rev().find_map(|count| {
            let word: String = rest.get(..count)?.iter().collect();
            lexicon.get(word.as_str()).map(|entry| (count, *entry))
        });
        match known {
            Some((count, entry)) => {
                words.extend(take(&mut name));
                words.extend(with_pinyin(entry, rest.get(..count).unwrap_or(rest)));
                at += count;
            }
            None => {
                if let Some(c) = rest.first() {
                    pinyin(*c, &mut name);
                    if by == Sound::Cantonese {
                        words.extend(take(&mut name).map(|word| cantonese(*c).unwrap_or(word)));
                    }
                }
                at += 1;
            }
        }
    }
    words.extend(take(&mut name));
    words
}

/// The words of an entry of the lexicon; a single one of two characters or more is also called by its sound (`keji` for `technology`).
fn with_pinyin(entry: &str, run: &[char]) -> Vec<Word> {
    let mut words = Word::of_lexicon(entry);
    let mut sound = Readings::default();
    run.iter().for_each(|c| pinyin(*c, &mut sound));
    if let ([word], true, Some(sound)) = (words.as_mut_slice(), run.len() > 1, sound.take()) {
        word.also.extend(std::iter::once(sound.text).chain(sound.also).filter(|also| *also != word.text));
    }
    // What lists leave as it is is no word that is left out.
    words.into_iter().map(|word| Word { translated: false, ..word }).collect()
}

/// A character as it is spelled in Hong Kong, where that is known.
fn cantonese(c: char) -> Option<Word> {
    let mut readings = CANTONESE.get(c.to_string().as_str())?.split('\t').map(str::to_owned);
    Some(Word { text: readings.next()?, also: readings.collect(), ..Word::default() })
}

/// Adds a character's sound.
fn pinyin(c: char, name: &mut Readings) {
    match POLYPHONES.iter().find(|(of, _)| *of == c) {
        Some((_, readings)) => name.push(readings),
        None => name.push(&[&any_ascii::any_ascii_char(c).to_ascii_lowercase()]),
    }
}

fn digit(c: char) -> Option<u32> {
    let mut digits = (0..).zip("〇一二三四五六七八九".chars());
    digits.find(|(_, digit)| *digit == c || c == '零' && *digit == '〇').map(|(number, _)| number)
}

/// A number at the start of a run: how many characters, and what it says. Single digits are names as often as numbers (`三一`), so one counts only
/// behind 第 or before what is numbered: an institute, a plant, a bureau.
pub(crate) fn number_at(run: &[char]) -> Option<(usize, u32)> {
    let ordinal = usize::from(run.first() == Some(&'第'));
    let is_part = |c: &&char| digit(**c).is_some() || matches!(**c, '十' | '百' | '千');
    let parts: Vec<char> = run.iter().skip(ordinal).take_while(is_part).take(8).copied().collect();
    let after = run.get(ordinal + parts.len());
    let numbered = matches!(after, Some('所' | '研' | '厂' | '院' | '局' | '师' | '号' | '部' | '旅' | '团' | '基'));
    let units = parts.iter().any(|c| matches!(c, '十' | '百' | '千'));
    if parts.is_empty() || ordinal == 0 && !numbered && !(units && parts.len() > 1) {
        return None;
    }
    let value = match units {
        // 一四一 is read digit by digit.
        false => parts.iter().try_fold(0_u32, |value, c| value.checked_mul(10)?.checked_add(digit(*c)?))?,
        true => {
            let (value, last) = parts.iter().fold((0_u32, 0_u32), |(value, last), c| match c {
                '十' => (value + last.max(1) * 10, 0),
                '百' => (value + last.max(1) * 100, 0),
                '千' => (value + last.max(1) * 1_000, 0),
                c => (value, digit(*c).unwrap_or(0)),
            });
            value + last
        }
    };
    Some((ordinal + parts.len(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_where_a_known_word_begins() {
        let words = |text: &str| {
            let words = write(&text.chars().collect::<Vec<_>>(), Sound::Mandarin);
            words.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words("华为技术有限公司"), "huawei technology co ltd");
        assert_eq!(words("北京航空航天大学"), "beijing university of aeronautics and astronautics");
        assert_eq!(words("中国电子科技集团公司"), "china electronics technology group company");
        assert_eq!(words("毛泽东"), "maozedong");
        assert_eq!(
            words("中国电子科技集团公司第五十四研究所"),
            "china electronics technology group company 54 institute"
        );
        assert_eq!(words("六一三研究所"), "613 institute");
        assert_eq!(words("第一百零一研究所"), "101 institute");
        assert_eq!(words("第二〇四研究所"), "204 institute");
        let hong_kong: Vec<Word> = write(&"陳大文".chars().collect::<Vec<_>>(), Sound::Cantonese);
        let is_read = |word: &Word, sound: &str| word.text == sound || word.also.iter().any(|also| also == sound);
        assert!(
            hong_kong.iter().zip(["chan", "tai", "man"]).all(|(word, sound)| is_read(word, sound)),
            "{hong_kong:?}"
        );
        // Sany and Mitsubishi are names.
        assert!(!words("三一重工").contains("31"));
        assert!(!words("三菱").contains('3'));
    }
}
