//! A word of a name in Latin letters, and how sure its letters are.

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
}

/// Combinations of readings that are kept.
const MOST_READINGS: usize = 8;

impl Readings {
    /// Adds a character, or several, with its readings in lower case, the usual one first.
    pub(crate) fn push(&mut self, readings: &[&str]) {
        if self.texts.is_empty() {
            self.texts.push(String::new());
        }
        let with = |text: &String| readings.iter().map(|reading| [text.as_str(), reading].concat()).collect::<Vec<_>>();
        self.texts = self.texts.iter().flat_map(with).collect();
        self.texts.truncate(MOST_READINGS);
    }

    /// The word that they make, with its other readings; none where nothing is read. What is pushed next begins another.
    pub(crate) fn take(&mut self) -> Option<Word> {
        let plain = |text: String| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
        let mut texts = std::mem::take(&mut self.texts).into_iter().map(plain);
        let text = texts.next().filter(|text| !text.is_empty())?;
        let mut also: Vec<String> = Vec::new();
        for other in texts {
            if other != text && !also.contains(&other) {
                also.push(other);
            }
        }
        Some(Word { also, ..Word::new(text) })
    }
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
