//! A word of a name in Latin letters, and how sure its letters are.

use tollgate_model::Lookup;

/// A word of a name, folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Word {
    /// Lowercase ASCII letters and digits.
    pub(crate) text: String,
    /// Whether only its consonants are known, as in Arabic and Hebrew.
    pub(crate) consonants: bool,
    /// Whether it is written by its sound, as foreign words are in Japanese and Korean: its vowels and some consonants may be others.
    pub(crate) by_sound: bool,
    /// What else it is called: where it is not translated (`kogyo` of `industry`), by another translation, or by another reading.
    pub(crate) also: Vec<String>,
    /// Whether it is made of single letters: `D.E.S.` is no article.
    pub(crate) initials: bool,
    /// Whether it is translated or left as it is, and so also left out.
    pub(crate) translated: bool,
    /// Whether it stands in brackets.
    pub(crate) bracketed: bool,
}

impl Word {
    /// A word whose letters are sure.
    pub(crate) fn new(text: String) -> Word {
        Word { text, ..Word::default() }
    }

    /// A number, which names write as an ordinal too.
    pub(crate) fn number(number: u32) -> Word {
        const ORDINALS: [(&str, &str); 10] = [
            ("1st", "first"),
            ("2nd", "second"),
            ("3rd", "third"),
            ("4th", "fourth"),
            ("5th", "fifth"),
            ("6th", "sixth"),
            ("7th", "seventh"),
            ("8th", "eighth"),
            ("9th", "ninth"),
            ("10th", "tenth"),
        ];
        let ordinal = ORDINALS.iter().zip(1..).find(|(_, of)| *of == number);
        let also = ordinal.map_or_else(Vec::new, |((digits, word), _)| vec![(*digits).to_owned(), (*word).to_owned()]);
        Word { also, ..Word::new(number.to_string()) }
    }

    /// The same, where words of an entry of several are also called what `synonyms` says of them: companies keep one of two words untranslated.
    pub(crate) fn of_entry(entry: &str, synonyms: &Lookup<&str, &str>) -> Vec<Word> {
        let mut words = Word::of_lexicon(entry);
        if words.len() > 1 {
            for word in &mut words {
                if let Some(also) = synonyms.get(word.text.as_str()) {
                    word.also = also.split('\t').map(str::to_owned).collect();
                    word.translated = true;
                }
            }
        }
        words
    }

    /// The words of an entry of a lexicon: its English, and behind tabs, for a single word, what else it is called.
    pub(crate) fn of_lexicon(entry: &str) -> Vec<Word> {
        let mut cells = entry.split('\t');
        let mut words: Vec<Word> =
            cells.next().unwrap_or("").split(' ').map(|word| Word::new(word.to_owned())).collect();
        if let [word] = words.as_mut_slice() {
            word.also = cells.map(str::to_owned).collect();
            word.translated = !word.also.is_empty();
        }
        words
    }
}

/// Readings of characters that stand side by side, in every combination, the usual one first.
#[derive(Debug, Default)]
pub(crate) struct Readings {
    texts: Vec<String>,
    /// How kanji are read together that all have their readings from Chinese; empty where one has none.
    chinese: Vec<String>,
    /// How many parts were pushed,
    parts: usize,
    /// and how many of them with readings from Chinese.
    chinese_parts: usize,
}

/// Combinations of readings that are kept.
const MOST_READINGS: usize = 8;

impl Readings {
    /// Adds a character, or several, with its readings in lower case, the usual one first.
    pub(crate) fn push(&mut self, readings: &[&str]) {
        if self.texts.is_empty() {
            self.texts.push(String::new());
        }
        self.parts += 1;
        let with = |text: &String| readings.iter().map(|reading| [text.as_str(), reading].concat()).collect::<Vec<_>>();
        self.texts = self.texts.iter().flat_map(with).collect();
        self.texts.truncate(MOST_READINGS);
    }

    /// Adds, for what was pushed last, the readings that it has from Chinese: they stand together.
    pub(crate) fn push_chinese(&mut self, readings: &[String]) {
        if readings.is_empty() {
            return;
        }
        self.chinese_parts += 1;
        let all = if self.chinese.is_empty() { vec![String::new()] } else { std::mem::take(&mut self.chinese) };
        let with = |text: &String| readings.iter().map(|reading| [text.as_str(), reading].concat()).collect::<Vec<_>>();
        self.chinese = all.iter().flat_map(with).collect();
        self.chinese.truncate(MOST_READINGS);
    }

    /// The word that they make, with its other readings; none where nothing is read. What is pushed next begins another.
    pub(crate) fn take(&mut self) -> Option<Word> {
        let plain = |text: String| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
        let is_chinese = std::mem::take(&mut self.parts) == std::mem::take(&mut self.chinese_parts);
        let mut chinese = std::mem::take(&mut self.chinese);
        chinese.truncate(if is_chinese { MOST_READINGS } else { 0 });
        let mut texts = std::mem::take(&mut self.texts).into_iter().chain(chinese).map(plain);
        let text = texts.next().filter(|text| !text.is_empty())?;
        Some(Word { also: others(&text, texts), ..Word::new(text) })
    }
}

/// What a word is called otherwise, each once and in the order given.
pub(crate) fn others(word: &str, all: impl Iterator<Item = String>) -> Vec<String> {
    let mut also: Vec<String> = Vec::new();
    for other in all {
        if other != word && !also.contains(&other) {
            also.push(other);
        }
    }
    also
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_are_combined() {
        let mut readings = Readings::default();
        readings.push(&["dai", "o"]);
        readings.push(&["matsu"]);
        let word = readings.take().unwrap();
        assert_eq!((word.text.as_str(), word.also), ("daimatsu", vec!["omatsu".to_owned()]));
        assert_eq!(readings.take(), None);
    }
}
