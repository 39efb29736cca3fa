//! Words in Arabic script: known names and words by a lexicon, others by their consonants, since short vowels are not written.

use std::sync::LazyLock;

use tollgate_model::Lookup;

use crate::lexicon::pairs;
use crate::word::Word;

static LEXICON: LazyLock<Lookup<String, &str>> = LazyLock::new(|| {
    let words = pairs(include_str!("../data/arabic.tsv"));
    words.map(|(word, entry)| (plain(word), entry)).collect()
});

/// A word with the letters that Arabic and Persian, and careful and hasty writers, write in several ways in one of them.
fn plain(word: &str) -> String {
    let letter = |c: char| match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' | 'ی' | 'ئ' | 'ې' => Some('ي'),
        'ک' => Some('ك'),
        'ة' | 'ۀ' | 'ھ' | 'ہ' => Some('ه'),
        'ؤ' => Some('و'),
        '\u{200c}' | '\u{640}' | 'ء' => None,
        c => Some(c),
    };
    word.chars().filter_map(letter).collect()
}

pub(crate) fn is_arabic(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{64a}' | '\u{66e}'..='\u{6d3}' | '\u{6d5}' | '\u{6ee}' | '\u{6ef}' | '\u{6fa}'..='\u{6ff}' | '\u{750}'..='\u{77f}')
}

/// A word in Latin letters, by the lexicon or by its consonants.
pub(crate) fn write(word: &str) -> Vec<Word> {
    if let Some(known) = LEXICON.get(&plain(word)) {
        // Spellings of one name are no translations of it.
        return Word::of_lexicon(known).into_iter().map(|word| Word { translated: false, ..word }).collect();
    }
    // `servant of …` is often written together with the name that follows.
    if let Some(rest) = word.strip_prefix("عبدال").filter(|rest| rest.chars().count() >= 3) {
        let mut words = vec![Word::new("abdul".to_owned())];
        words.extend(write(rest));
        return words;
    }
    for article in ["ال", "وال", "لل", "بال"] {
        if let Some(rest) = word.strip_prefix(article).filter(|rest| rest.chars().count() >= 3) {
            return write(rest);
        }
    }
    // ض is `d` in Arabic and `z` in Persian.
    let persian: Option<String> =
        word.contains('ض').then(|| word.chars().map(|c| if c == 'ض' { "z" } else { letter(c) }).collect());
    let text = word.chars().map(letter).collect();
    vec![Word { consonants: true, also: persian.into_iter().collect(), ..Word::new(text) }]
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
