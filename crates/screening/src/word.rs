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
    /// What it is called where it is not translated: `kogyo` of `industry`.
    pub(crate) also: Option<String>,
}

impl Word {
    /// A word whose letters are sure.
    pub(crate) fn new(text: String) -> Word {
        Word { text, ..Word::default() }
    }

    /// The words of an entry of a lexicon: its English, and behind a tab, for a single word, what it is called where it is not translated.
    pub(crate) fn of_lexicon(entry: &str) -> Vec<Word> {
        let (english, also) = entry.split_once('\t').map_or((entry, None), |(english, also)| (english, Some(also)));
        let mut words: Vec<Word> = english.split(' ').map(|word| Word::new(word.to_owned())).collect();
        if let [word] = words.as_mut_slice() {
            word.also = also.map(str::to_owned);
        }
        words
    }
}
