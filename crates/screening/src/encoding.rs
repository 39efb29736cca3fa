//! Letters that were written in one encoding and read in another: Windows-1251 and KOI8-R as Windows-1252 or as one another, Latin-2 as Latin-1. A text does
//! not say which it was, so that what it is read as is a guess, and the name a doubt.

use crate::sizes::index_of;

/// Letters from 0xC0 to 0xFF in Windows-1251.
const WINDOWS: &str = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя";
/// The same in KOI8-R.
const KOI: &str = "юабцдефгхийклмнопярстужвьызшэщчъЮАБЦДЕФГХИЙКЛМНОПЯРСТУЖВЬЫЗШЭЩЧЪ";
/// Letters from 0xA1 to 0xFF in Latin-2, two in which Windows-1250 differs as it has them; a space where none is.
const CENTRAL: &str = "Ą Ł ĄŚ  ŠŞŤŹ ŽŻ ą ł ľś  ąşťź žżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö řůúűüýţ ";
/// Letters of Russian that most of its text is made of.
const FREQUENT: &str = "оеаинтсрвлОЕАИНТСРВЛ";
/// Letters that stand side by side without one of ASCII in no language that is written with them.
const RUN: usize = 4;

/// A character in whose place a letter was lost or is not sure, where a text shows that it was read in another encoding than it was written in.
pub(crate) fn lost_letter(text: &str) -> Option<char> {
    if text.is_ascii() && !text.contains('?') {
        return None;
    }
    let chars: Vec<char> = text.chars().collect();
    let lost = chars.iter().enumerate().find(|(at, c)| {
        let [before, after] = beside(&chars, *at).map(|c| c.is_some_and(char::is_alphabetic));
        **c == '\u{fffd}' || **c == '?' && before && after || is_central(&chars, *at)
    });
    let lost = lost.map(|(_, c)| *c);
    lost.or_else(|| western_run(text).and_then(|run| run.chars().next())).or_else(|| inverted(text))
}

/// A text whose letters were read in another encoding, as it was most likely meant; nothing where it shows no sign of that.
pub(crate) fn meant(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let is_letter = |c: char| matches!(c, '\u{c0}'..='\u{ff}');
    if western_run(text).is_some_and(|run| run.chars().all(is_letter)) {
        return likelier([WINDOWS, KOI].map(|table| replaced(text, |c| nth(table, u32::from(c).checked_sub(0xc0)?))));
    }
    if inverted(text).is_some() {
        let between = |from: &'static str, to: &'static str| {
            replaced(text, move |c| to.chars().nth(from.chars().position(|of| of == c)?))
        };
        return likelier([between(WINDOWS, KOI), between(KOI, WINDOWS)]);
    }
    let chars: Vec<char> = text.chars().collect();
    let is_central = (0..chars.len()).any(|at| is_central(&chars, at));
    is_central.then(|| replaced(text, |c| nth(CENTRAL, u32::from(c).checked_sub(0xa1)?)))
}

/// The letter of a table at a place; none where it has none there.
fn nth(table: &str, place: u32) -> Option<char> {
    table.chars().nth(index_of(place)).filter(|c| *c != ' ')
}

/// A text with other characters for those that have one.
fn replaced(text: &str, other: impl Fn(char) -> Option<char>) -> String {
    text.chars().map(|c| other(c).unwrap_or(c)).collect()
}

/// Of two readings the one that has more of Russian's frequent letters and of words that begin with a capital.
fn likelier([a, b]: [String; 2]) -> Option<String> {
    let points = |text: &str| {
        let frequent = text.chars().filter(|c| FREQUENT.contains(*c)).count();
        let is_usual =
            |word: &&str| word.starts_with(char::is_uppercase) && word.chars().skip(1).all(char::is_lowercase);
        let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() >= 2);
        frequent + 3 * words.filter(is_usual).count()
    };
    Some(if points(&b) > points(&a) { b } else { a })
}

/// What stands before and behind a place.
fn beside(chars: &[char], at: usize) -> [Option<char>; 2] {
    [at.checked_sub(1), Some(at + 1)].map(|at| at.and_then(|at| chars.get(at)).copied())
}

/// Whether a mark stands within a word where Latin-2 and Windows-1250 have a letter: `S³awomir`, `£ód¼`.
fn is_central(chars: &[char], at: usize) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    let [before, after] = beside(chars, at);
    match chars.get(at) {
        // A footnote ends with the first, and a question in Spanish begins with the second.
        Some('\u{b9}') => is_letter(before) && is_letter(after),
        Some('\u{bf}' | '\u{a1}') => is_letter(before),
        Some('\u{b3}' | '\u{b1}' | '\u{b6}' | '\u{bc}' | '\u{a3}' | '\u{a5}' | '\u{a6}' | '\u{ac}' | '\u{af}') => {
            is_letter(before) || is_letter(after)
        }
        _ => false,
    }
}

/// The first run of characters from 0xA1 to 0xFF, two of them letters, that is too long for a language of the West.
fn western_run(text: &str) -> Option<&str> {
    let is_western = |c: char| matches!(c, '\u{a1}'..='\u{ff}');
    let letters = |run: &str| run.chars().filter(|c| matches!(c, '\u{c0}'..='\u{ff}')).count();
    // Finnish and Estonian have runs of vowels: `hääöö`.
    let is_vowels = |run: &str| run.chars().all(|c| "äöüõÄÖÜÕ".contains(c));
    text.split(|c| !is_western(c)).find(|run| run.chars().count() >= RUN && letters(run) >= 2 && !is_vowels(run))
}

/// The first letter of a Cyrillic word that is small where all behind it are capitals, as of KOI8-R that was read as Windows-1251.
fn inverted(text: &str) -> Option<char> {
    let is_cyrillic = |c: char| matches!(c, '\u{410}'..='\u{44f}');
    let words = text.split(|c| !is_cyrillic(c)).filter(|word| word.chars().count() >= RUN);
    let is_inverted =
        |word: &&str| word.starts_with(char::is_lowercase) && word.chars().skip(1).all(char::is_uppercase);
    words.into_iter().find(is_inverted).and_then(|word| word.chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold;

    /// A text in an encoding, its bytes read as Latin-1.
    fn read_as_latin(text: &str, table: &str) -> String {
        let byte = |c: char| {
            table.chars().position(|of| of == c).and_then(|at| char::from_u32(0xc0 + u32::try_from(at).unwrap()))
        };
        text.chars().map(|c| byte(c).unwrap_or(c)).collect()
    }

    #[test]
    fn letters_of_another_encoding_are_a_doubt_and_read_as_they_were_meant() {
        let name = "Завод Пустельга";
        for table in [WINDOWS, KOI] {
            for text in [name.to_owned(), name.to_uppercase(), name.to_lowercase()] {
                let garbled = read_as_latin(&text, table);
                assert_eq!(fold(&garbled), fold(&text), "{garbled}");
                assert!(lost_letter(&garbled).is_some(), "{garbled}");
            }
        }
        let koi_as_windows = replaced(name, |c| WINDOWS.chars().nth(KOI.chars().position(|of| of == c)?));
        assert_eq!(fold(&koi_as_windows), fold(name), "{koi_as_windows}");
        for (garbled, plain) in [("S³awomir Pustu³ka", "Sławomir Pustułka"), ("£ód¼ Pustu³ka", "Łódź Pustułka")]
        {
            assert_eq!(fold(garbled), fold(plain), "{garbled}");
            assert!(lost_letter(garbled).is_some());
        }
        for text in ["Soci\u{fffd}t\u{fffd} Vole", "Soci?t? Vole", "\u{bb}\u{aa}\u{ce}\u{aa}\u{bc}\u{bc} Vole"] {
            assert!(lost_letter(text).is_some(), "{text}");
        }
    }

    #[test]
    fn letters_of_languages_are_none() {
        for text in [
            "Société Générale",
            "Þórður Æðarfugl ehf",
            "Übergröße GmbH",
            "Vole¹",
            "¿Qué Vole? SA",
            "«Élan»",
            "ООО Пустельга",
            "ПУСТЕЛЬГА",
            "Sławomir",
            "Hääöö OÜ",
            "JÄÄÄÄR AS",
            "Vole Ltd?",
            "iPhone",
        ] {
            assert_eq!((lost_letter(text), meant(text)), (None, None), "{text}");
        }
    }
}
