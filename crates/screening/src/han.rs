//! Chinese names: words of organizations in the English that list names translate them with, the rest in pinyin.

use std::sync::LazyLock;

use tollgate_model::Lookup;

use crate::lexicon::pairs;

static LEXICON: LazyLock<(Lookup<&str, &str>, usize)> = LazyLock::new(|| {
    let words: Vec<(&str, &str)> = pairs(include_str!("../data/han.tsv")).collect();
    let longest = words.iter().map(|(word, _)| word.chars().count()).max().unwrap_or(1);
    (words.into_iter().collect(), longest)
});

pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// A run of Chinese characters as words: the longest known word from each place, and what lies between in pinyin, joined as names are.
pub(crate) fn write(run: &[char]) -> Vec<String> {
    let (lexicon, longest) = &*LEXICON;
    let mut words = Vec::new();
    let mut name = String::new();
    let mut at = 0;
    while let Some(rest) = run.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some((count, number)) = number_at(rest) {
            take(&mut name, &mut words);
            words.push(number.to_string());
            at += count;
            continue;
        }
        let known = (1..=*longest).rev().find_map(|count| {
            let word: String = rest.get(..count)?.iter().collect();
            lexicon.get(word.as_str()).map(|english| (count, *english))
        });
        match known {
            Some((count, english)) => {
                take(&mut name, &mut words);
                words.extend(english.split(' ').map(str::to_owned));
                at += count;
            }
            None => {
                if let Some(c) = rest.first() {
                    name.push_str(&any_ascii::any_ascii_char(*c).to_ascii_lowercase());
                }
                at += 1;
            }
        }
    }
    take(&mut name, &mut words);
    words
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

fn take(name: &mut String, words: &mut Vec<String>) {
    let name = std::mem::take(name);
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    if !plain.is_empty() {
        words.push(plain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_where_a_known_word_begins() {
        let words = |text: &str| write(&text.chars().collect::<Vec<_>>()).join(" ");
        assert_eq!(words("华为技术有限公司"), "huawei technology co ltd");
        assert_eq!(words("北京航空航天大学"), "beijing aeronautics and astronautics university");
        assert_eq!(words("中国电子科技集团公司"), "china electronics technology group company");
        assert_eq!(words("毛泽东"), "maozedong");
        assert_eq!(
            words("中国电子科技集团公司第五十四研究所"),
            "china electronics technology group company 54 institute"
        );
        assert_eq!(words("六一三研究所"), "613 institute");
        assert_eq!(words("第一百零一研究所"), "101 institute");
        assert_eq!(words("第二〇四研究所"), "204 institute");
        // Sany and Mitsubishi are names.
        assert!(!words("三一重工").contains("31"));
        assert!(!words("三菱").contains('3'));
    }
}
