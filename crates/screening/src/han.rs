//! Chinese names: words of organizations in the English that list names translate them with, the rest in pinyin.

use std::sync::LazyLock;

use crate::lexicon::{ByWord, pairs};

static LEXICON: LazyLock<(ByWord<&str, &str>, usize)> = LazyLock::new(|| {
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
    while at < run.len() {
        let known = (1..=*longest).rev().find_map(|count| {
            let word: String = run.get(at..at + count)?.iter().collect();
            lexicon.get(word.as_str()).map(|english| (count, *english))
        });
        match known {
            Some((count, english)) => {
                take(&mut name, &mut words);
                words.extend(english.split(' ').map(str::to_owned));
                at += count;
            }
            None => {
                if let Some(c) = run.get(at) {
                    name.push_str(&any_ascii::any_ascii_char(*c).to_ascii_lowercase());
                }
                at += 1;
            }
        }
    }
    take(&mut name, &mut words);
    words
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
    }
}
