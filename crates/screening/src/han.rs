//! Chinese names: words of organizations in the English that list names translate them with, the rest in pinyin.

use std::sync::LazyLock;

use tollgate_model::Lookup;

use crate::lexicon::pairs;
use crate::wade_giles::wade_giles;
use crate::word::{Readings, Word, others};

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
    /// As in Taiwan, each by itself.
    Taiwan,
}

/// Simplified characters by the traditional ones that they are written for.
static SIMPLIFIED: LazyLock<Lookup<char, char>> = LazyLock::new(|| {
    let first = |text: &str| text.chars().next();
    pairs(include_str!("../data/simplified.tsv"))
        .filter_map(|(traditional, simplified)| Some((first(traditional)?, first(simplified)?)))
        .collect()
});

/// Families in characters: in pinyin, and behind tabs as their bearers spell them otherwise.
static FAMILIES: LazyLock<Lookup<&str, &str>> =
    LazyLock::new(|| pairs(include_str!("../data/chinese_families.tsv")).collect());

/// Characters that a person's name has at most.
const LONGEST_PERSON: usize = 4;

/// A name that is all of a person's, the family apart from what the person is called; nothing where it does not begin with a family.
fn person(run: &[char], by: Sound) -> Option<Vec<Word>> {
    if !(2..=LONGEST_PERSON).contains(&run.len()) {
        return None;
    }
    let (family, personal, spellings) = (1..=2).rev().find_map(|count| {
        let (family, personal) = run.split_at_checked(count).filter(|(_, personal)| !personal.is_empty())?;
        let text: String = family.iter().collect();
        Some((family, personal, *FAMILIES.get(text.as_str())?))
    })?;
    let mut all: Vec<String> = spellings.split('\t').map(str::to_owned).collect();
    let mut words = written(family, by);
    let of_family = words.first_mut().filter(|_| by != Sound::Mandarin && family.len() == 1);
    let family = match of_family {
        Some(word) => {
            all.extend(std::mem::take(&mut word.also));
            std::mem::take(&mut word.text)
        }
        None => all.remove(0),
    };
    let mut name = vec![Word { also: others(&family, all.into_iter()), ..Word::new(family) }];
    name.extend(written(personal, by));
    Some(name)
}

/// Characters by their sound: in pinyin as one word, elsewhere each by itself.
fn written(run: &[char], by: Sound) -> Vec<Word> {
    let mut name = Readings::default();
    let mut words = Vec::new();
    for c in run {
        words.extend(add_sound(*c, by, &mut name));
    }
    words.extend(name.take());
    words
}

/// Adds a character's sound to a word, or returns the word that it makes by itself.
fn add_sound(c: char, by: Sound, name: &mut Readings) -> Option<Word> {
    match by {
        Sound::Mandarin | Sound::Foreign => {
            pinyin(c, name);
            None
        }
        Sound::Cantonese => cantonese(c).or_else(|| alone(c)),
        Sound::Taiwan => alone(c).map(|word| {
            let text = wade_giles(&word.text);
            // Pinyin is written there too, and so are mixtures of both.
            let all = word.also.iter().map(|text| wade_giles(text)).chain([word.text]);
            Word { also: others(&text, all), text, ..Word::default() }
        }),
    }
}

/// A character in pinyin as a word by itself.
fn alone(c: char) -> Option<Word> {
    let mut sound = Readings::default();
    pinyin(c, &mut sound);
    sound.take()
}

/// A run of Chinese characters as words: the longest known word from each place, and what lies between by its sound. `is_whole` says that the run is all
/// of the name, which may be a person's.
pub(crate) fn write(run: &[char], by: Sound, is_whole: bool) -> Vec<Word> {
    let (lexicon, longest) = &*LEXICON;
    let plain: Vec<char> = run.iter().map(|c| SIMPLIFIED.get(c).copied().unwrap_or(*c)).collect();
    let known_at = |at: usize, count: usize| {
        let word = |run: &[char]| lexicon.get(run.get(at..at + count)?.iter().collect::<String>().as_str()).copied();
        word(run).or_else(|| Some(&plain).filter(|plain| plain.as_slice() != run).and_then(|plain| word(plain)))
    };
    // The longest known word from a place, with how many characters it has.
    let longest_at = |at: usize, least: usize| {
        let most = (*longest).min(run.len().saturating_sub(at));
        (least..=most).rev().find_map(|count| known_at(at, count).map(|entry| (count, entry)))
    };
    let has_word = || (0..run.len()).any(|at| longest_at(at, 2).is_some());
    if is_whole
        && run.len() <= LONGEST_PERSON
        && number_at(run).is_none()
        && !has_word()
        && let Some(person) = person(run, by)
    {
        return person;
    }
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
        // In a name as short as a person's a single character is a name: 马云 is no cloud. Behind digits a plant is one: 239厂.
        let is_unit = matches!(rest, ['厂' | '廠' | '所' | '院' | '局' | '部']) && run.len() == 1 && !is_whole;
        let least = if run.len() <= 4 && !is_unit { 2 } else { 1 };
        match longest_at(at, least) {
            Some((count, entry)) => {
                words.extend(take(&mut name));
                words.extend(with_pinyin(entry, rest.get(..count).unwrap_or(rest)));
                at += count;
            }
            None => {
                words.extend(rest.first().and_then(|c| add_sound(*c, by, &mut name)));
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
            let words = write(&text.chars().collect::<Vec<_>>(), Sound::Mandarin, true);
            words.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words("华为技术有限公司"), "huawei technology co ltd");
        assert_eq!(words("北京航空航天大学"), "beijing university of aeronautics and astronautics");
        assert_eq!(words("中国电子科技集团公司"), "china electronics technology group company");
        assert_eq!(words("毛泽东"), "mao zedong");
        assert_eq!(words("欧阳志远"), "ouyang zhiyuan");
        assert_eq!(words("國立臺灣師範大學"), "national taiwan normal university");
        assert_eq!(
            words("中国电子科技集团公司第五十四研究所"),
            "china electronics technology group company 54 institute"
        );
        assert_eq!(words("六一三研究所"), "613 institute");
        assert_eq!(words("第一百零一研究所"), "101 institute");
        assert_eq!(words("第二〇四研究所"), "204 institute");
        let hong_kong: Vec<Word> = write(&"陳大文".chars().collect::<Vec<_>>(), Sound::Cantonese, true);
        let taiwan: Vec<Word> = write(&"蔡成功".chars().collect::<Vec<_>>(), Sound::Taiwan, true);
        let is_read = |word: &Word, sound: &str| word.text == sound || word.also.iter().any(|also| also == sound);
        assert!(
            hong_kong.iter().zip(["chan", "tai", "man"]).all(|(word, sound)| is_read(word, sound)),
            "{hong_kong:?}"
        );
        assert!(taiwan.iter().zip(["tsai", "cheng", "kung"]).all(|(word, sound)| is_read(word, sound)), "{taiwan:?}");
        // Sany and Mitsubishi are names.
        assert!(!words("三一重工").contains("31"));
        assert!(!words("三菱").contains('3'));
    }
}
