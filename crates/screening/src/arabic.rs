//! Words in Arabic script: known names and words by a lexicon, others by their consonants, since short vowels are not written.

use std::sync::LazyLock;

use tollgate_model::Lookup;

use crate::lexicon::pairs;

static LEXICON: LazyLock<Lookup<&str, &str>> = LazyLock::new(|| pairs(include_str!("../data/arabic.tsv")).collect());

pub(crate) fn is_arabic(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{64a}' | '\u{66e}'..='\u{6d3}' | '\u{6d5}' | '\u{6ee}' | '\u{6ef}' | '\u{6fa}'..='\u{6ff}' | '\u{750}'..='\u{77f}')
}

/// A word in Latin letters, and whether it is given by its consonants alone.
pub(crate) fn write(word: &str) -> Vec<(String, bool)> {
    if let Some(known) = LEXICON.get(word) {
        return vec![((*known).to_owned(), false)];
    }
    // `servant of …` is often written together with the name that follows.
    if let Some(rest) = word.strip_prefix("عبدال").filter(|rest| rest.chars().count() >= 3) {
        let mut words = vec![("abdul".to_owned(), false)];
        words.extend(write(rest));
        return words;
    }
    for article in ["ال", "وال", "لل", "بال"] {
        if let Some(rest) = word.strip_prefix(article).filter(|rest| rest.chars().count() >= 3) {
            return write(rest);
        }
    }
    vec![(word.chars().map(letter).collect(), true)]
}

fn letter(c: char) -> &'static str {
    match c {
        'ا' | 'أ' | 'آ' | 'ى' | 'ع' | 'ة' => "a",
        'إ' => "i",
        'ب' => "b",
        'پ' => "p",
        'ت' | 'ط' => "t",
        'ث' => "th",
        'ج' => "j",
        'چ' => "ch",
        'ح' | 'ه' | 'ۀ' | 'ھ' | 'ہ' => "h",
        'خ' => "kh",
        'د' | 'ض' => "d",
        'ذ' => "dh",
        'ر' => "r",
        'ز' | 'ظ' => "z",
        'ژ' => "zh",
        'س' | 'ص' => "s",
        'ش' => "sh",
        'غ' => "gh",
        'ف' => "f",
        'ق' => "q",
        'ك' | 'ک' => "k",
        'گ' => "g",
        'ل' => "l",
        'م' => "m",
        'ن' => "n",
        'و' | 'ؤ' => "w",
        'ي' | 'ی' | 'ئ' | 'ې' => "y",
        _ => "",
    }
}
