//! Text to words of plain letters and digits: the same for what is searched and for what is searched in.

use unicode_normalization::UnicodeNormalization;

use crate::arabic::{self, is_arabic};
use crate::han::{self, is_han};

/// Characters of a name that are read; what is longer is cut there.
const LONGEST: usize = 512;

/// Words of lowercase ASCII letters and digits. Look-alike and invisible characters are resolved first, then every script is
/// written in Latin letters; single letters that stand together become one word, as in `P. G. R.`.
pub fn fold(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.text).collect()
}

/// A word of a name, folded.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) text: String,
    /// Whether only its consonants are known.
    pub(crate) consonants: bool,
}

impl Word {
    fn new(text: String) -> Word {
        Word { text, consonants: false }
    }
}

/// The words of [`fold()`], with what is known of each.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let plain: Vec<char> = text.nfkc().filter(|c| !invisible(*c)).take(LONGEST).collect();
    // Letters that only another script has show that the name is written in it, and not disguised.
    let plainly_other = |c: &char| c.is_alphabetic() && !c.is_ascii() && look_alike(*c).is_none() && !is_latin(*c);
    let latin_somewhere = plain.iter().any(char::is_ascii_alphabetic) && !plain.iter().any(plainly_other);
    let mut words = Vec::new();
    let mut word = Vec::new();
    for c in plain.into_iter().chain([' ']) {
        if c.is_alphanumeric() || combining(c) {
            word.push(c);
        } else if !apostrophe(c) {
            write_word(&word, latin_somewhere, &mut words);
            word.clear();
        }
    }
    join_single_letters(words)
}

/// Zero-width, directional, variation and other characters that show nothing.
fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

fn apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '\u{b4}' | '\u{2b9}'..='\u{2c8}' | '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{55a}' | '\u{5f3}' | '\u{640}')
}

/// Letters of the Latin script beyond ASCII.
fn is_latin(c: char) -> bool {
    matches!(c, '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}' | '\u{250}'..='\u{2af}' | '\u{1d00}'..='\u{1d7f}' | '\u{1e00}'..='\u{1eff}')
}

/// A Latin letter that a Cyrillic, Greek or other letter cannot be told from.
fn look_alike(c: char) -> Option<char> {
    let from = "аАВсСԁеЕһНіІјЈкКӏМпоОрРԛѕЅтТցԝхХуУүѵԜαΑΒϲεΕΗιΙκΚΜνΝοΟρΡτΤυΥΧχΖωօհցոսӀЅ";
    let to = "aabccdeehhiijjkklmnooppqssttgwxxyyyvwaabceehiikkmvnoopptyyyxxzwohgnsls";
    let at = from.chars().position(|letter| letter == c)?;
    to.chars().nth(at)
}

fn write_word(word: &[char], latin_somewhere: bool, words: &mut Vec<Word>) {
    if word.is_empty() {
        return;
    }
    if word.iter().any(|c| is_arabic(*c)) {
        let letters: String = word.iter().filter(|c| !combining(**c)).collect();
        words.extend(arabic::write(&letters).into_iter().map(|(text, consonants)| Word { text, consonants }));
        return;
    }
    let alike = |c: &char| c.is_ascii_alphanumeric() || look_alike(*c).is_some();
    let disguised = latin_somewhere && !word.iter().all(char::is_ascii) && word.iter().all(alike);
    let mut written = String::new();
    let mut rest = word;
    while let [c, after @ ..] = rest {
        let run = rest.iter().take_while(|c| is_han(**c)).count();
        if let (1.., Some((han, left))) = (run, rest.split_at_checked(run)) {
            push_split(&mut written, words);
            words.extend(han::write(han).into_iter().map(Word::new));
            rest = left;
            continue;
        }
        match if disguised { look_alike(*c) } else { None } {
            Some(plain) => written.push(plain),
            None if combining(*c) => {}
            None => written.push_str(any_ascii::any_ascii_char(*c)),
        }
        rest = after;
    }
    push_split(&mut written, words);
}

/// Takes a word written in ASCII apart where a capital begins a second word in it (`JasonShine`), and adds it in lower case.
fn push_split(written: &mut String, words: &mut Vec<Word>) {
    let text = std::mem::take(written);
    let mut parts: Vec<String> = vec![String::new()];
    let mut lower_before = 0;
    for c in text.chars().filter(char::is_ascii_alphanumeric) {
        if c.is_ascii_uppercase() && lower_before >= 2 {
            parts.push(String::new());
        }
        lower_before = if c.is_ascii_lowercase() { lower_before + 1 } else { 0 };
        if let Some(part) = parts.last_mut() {
            part.push(c.to_ascii_lowercase());
        }
    }
    if parts.iter().skip(1).all(|part| part.len() >= 3) {
        words.extend(parts.into_iter().filter(|part| !part.is_empty()).map(Word::new));
    } else {
        words.push(Word::new(parts.concat()));
    }
}

fn join_single_letters(words: Vec<Word>) -> Vec<Word> {
    let single = |word: &str| word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let mut joined: Vec<Word> = Vec::with_capacity(words.len());
    let mut open = false;
    for word in words.into_iter().filter(|word| !word.text.is_empty()) {
        let is_single = single(&word.text);
        match joined.last_mut() {
            Some(last) if open && is_single => last.text.push_str(&word.text),
            _ => joined.push(word),
        }
        open = is_single;
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn disguises_and_scripts_come_out_alike() {
        for (text, expected) in [
            ("J\u{430}\u{455}\u{43e}n Sh\u{456}n\u{435}", "jason shine"),
            ("W\u{2060}arren Sum\u{200b}aylo", "warren sumaylo"),
            ("P. G. R. GOLD", "pgr gold"),
            ("JasonShine", "jason shine"),
            ("Co.,Ltd.", "co ltd"),
            ("Société Générale", "societe generale"),
            ("Kyo'ng-t'aek", "kyong taek"),
            ("ГАЗПРОМ", "gazprom"),
            ("Анатоль Аляксандравiч СIВАК", "anatol alyaksandravich sivak"),
            ("Ｈｕａｗｅｉ", "huawei"),
            ("GmbH", "gmbh"),
        ] {
            assert_eq!(fold(text).join(" "), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_never_fails_and_twice_is_once(text in "\\PC{0,80}") {
            let once = fold(&text).join(" ");
            prop_assert!(once.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b' '));
            prop_assert_eq!(fold(&once).join(" "), once);
        }
    }
}
