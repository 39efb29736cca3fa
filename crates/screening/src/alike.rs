//! How alike two words of names are: spelled, misspelled, cut off, heard, by their consonants, or without their vowels.

use crate::name::Token;
use crate::similar::{is_devoweled, loose_skeleton, similarity, skeleton, sound_classes, spoken};
use crate::sizes::place_of;

/// What words of three letters, and those beside a word of two, are less alike when they are not the same; one of three and a longer one are half of that.
const SHORT: u32 = 800;
/// What a word tells, in hundredths of a bit, that is so common that an error in it matters little.
const COMMON: u32 = 600;
/// The letters a, e, i, o, u and y in [`Token::letters`].
const VOWELS: u32 = 1 | 1 << 4 | 1 << 8 | 1 << 14 | 1 << 20 | 1 << 24;

/// Where a word stands in the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Others follow.
    Within,
    /// None follows.
    Last,
    /// None follows, and the name is as long as a field that may have had no room for more.
    FieldEnd,
}

/// How alike a word of the query and one of the entry are, in basis points.
pub(crate) fn alike(a: &Token, b: &Token, place: Place) -> u32 {
    if a.written == b.written {
        return 10_000;
    }
    if a.word == b.word || a.is_also(&b.written) || b.is_also(&a.written) {
        return 9_800;
    }
    // A translation may stand in the plural.
    let is_plural = |a: &Token, b: &Token| b.written.strip_suffix('s') == Some(a.written.as_str());
    if (a.translated || b.translated) && (is_plural(a, b) || is_plural(b, a)) {
        return 9_700;
    }
    if a.is_number() || b.is_number() {
        let digits = |token: &Token| token.written.trim_start_matches('0').to_owned();
        let is_same_value = || a.number_value().is_some_and(|value| b.number_value() == Some(value));
        return match () {
            () if digits(a) == digits(b) => 10_000,
            () if is_same_value() => 9_800,
            () => 0,
        };
    }
    if a.consonants != b.consonants {
        return by_consonants(a, b);
    }
    if a.by_sound || b.by_sound {
        return similarity(&a.written, &b.written).max(heard(&a.written, &b.written)).max(spelled_by_ear(a, b));
    }
    if a.written.len() == 1 || b.written.len() == 1 {
        return if a.written.bytes().next() == b.written.bytes().next() { 9_000 } else { 0 };
    }
    let is_child = |child: &Token, father: &Token| {
        child.patronymic && !father.patronymic && child.written.starts_with(father.written.as_str())
    };
    // `Oleksandr` is not `Oleksandrovych`, who is his child.
    if place != Place::FieldEnd && (is_child(a, b) || is_child(b, a)) {
        return 0;
    }
    spelled(a, b).max(cut_off(a, b, place)).max(near_form(a, b, place))
}

/// How alike words are that are both written in letters of the same kind.
fn spelled(a: &Token, b: &Token) -> u32 {
    let apart = a.letters ^ b.letters;
    let (apart, consonants) = (apart.count_ones(), (apart & !VOWELS).count_ones());
    let (short, long) = by_length(&a.written, &b.written);
    let longest = place_of(long.len());
    // A digit among letters is a letter that a scanner mistook: `A1`, `5ervice`.
    let is_scanned = a.scanned == b.scanned && (longest >= 4 || has_digit(a) != has_digit(b));
    if !is_scanned && (apart > longest / 2 + 1 || consonants > longest / 3 + 1) {
        return 0;
    }
    let mut best = similarity(&a.written, &b.written);
    if a.word != a.written || b.word != b.written {
        best = best.max(similarity(&a.word, &b.word));
    }
    if is_scanned {
        best = best.max(9_400);
    }
    if short.len() <= 3 && a.weight.min(b.weight) > COMMON && !is_scanned {
        // Among letters that stand by themselves another is another name.
        let is_whole = longest <= 3 || short.len() <= 2 || a.is_spelled_out || b.is_spelled_out;
        best = best.saturating_sub(if is_whole { SHORT } else { SHORT / 2 });
    }
    // Letters that stand by themselves are no word without its vowels.
    if best < 8_800 && !a.is_spelled_out && !b.is_spelled_out && is_devoweled(short, long) {
        best = best.max(if short.len() == 3 { 8_300 } else { 8_800 });
    }
    best
}

fn has_digit(token: &Token) -> bool {
    token.written.bytes().any(|byte| byte.is_ascii_digit())
}

fn by_length<'w>(a: &'w str, b: &'w str) -> (&'w str, &'w str) {
    if a.len() < b.len() { (a, b) } else { (b, a) }
}

/// How alike words are of which one is known by its consonants only: short vowels are not written, so what is left must be the same.
fn by_consonants(a: &Token, b: &Token) -> u32 {
    let (known, whole) = if a.consonants { (a, b) } else { (b, a) };
    let is_other = |also: &String| skeleton(also) == whole.skeleton;
    let is_same = known.skeleton == whole.skeleton || known.also.iter().any(is_other);
    let by_skeleton = match (is_same, whole.skeleton.len()) {
        (true, 3..) => 9_300,
        (true, 2) => 8_800,
        (true, 1) => 7_000,
        _ => by_loose_skeleton(&known.written, &whole.written),
    };
    similarity(&a.written, &b.written).max(by_skeleton)
}

/// The same where transliterations differ in consonants too: `Belgacem` and `Belkacem`, `Hamcho` and `Hamsho`.
fn by_loose_skeleton(known: &str, whole: &str) -> u32 {
    let (a, b) = (loose_skeleton(known), loose_skeleton(whole));
    match (a == b, a.len()) {
        (true, 3..) => 9_000,
        (true, 2) => 8_300,
        _ => 0,
    }
}

/// How alike words are of which one is written by its sound: many of its vowels are none of the other's.
pub(crate) fn heard(a: &str, b: &str) -> u32 {
    let (a, b) = (sound_classes(a), sound_classes(b));
    match (a == b, a.len().min(b.len())) {
        (true, 3..) => 9_200,
        (true, 2) => 8_600,
        (false, 4..) => similarity(&a, &b) * 93 / 100,
        _ => 0,
    }
}

/// How alike words are that are spelled by ear: the same sounds in their order, the vowels among them.
fn spelled_by_ear(a: &Token, b: &Token) -> u32 {
    let (a, b) = (spoken(&a.written), spoken(&b.written));
    match a.len().min(b.len()) {
        3.. if a == b => 9_300,
        5.. => similarity(&a, &b) * 95 / 100,
        _ => 0,
    }
}

/// A word that the other begins with, as where a form had no more room or an abbreviation was used.
fn cut_off(a: &Token, b: &Token, place: Place) -> u32 {
    let (short, long) = if a.written.len() < b.written.len() { (a, b) } else { (b, a) };
    let is_field_end = place == Place::FieldEnd && a.written.len() < b.written.len();
    if !is_field_end && short.written.len() < 3 || !long.written.starts_with(short.written.as_str()) {
        return 0;
    }
    let share = place_of(short.written.len() * 10_000 / long.written.len());
    match place {
        _ if is_field_end => 8_500 + share * 10 / 100,
        Place::Within => 5_000 + share * 35 / 100,
        _ => 6_500 + share * 30 / 100,
    }
}

/// A word that is the other name's legal form, misspelled (`Lgd`, `S.A.O`) or cut off (`Ltd Liab`): it tells nothing, and so its loss does neither.
fn near_form(a: &Token, b: &Token, place: Place) -> u32 {
    let (word, form) = match (a.form, b.form) {
        (false, true) => (a, b),
        (true, false) => (b, a),
        _ => return 0,
    };
    let (word_len, form_len) = (word.written.len(), form.written.len());
    if form.is_legal && place != Place::Within && form.written.starts_with(word.written.as_str()) {
        return 8_000;
    }
    let least = if form.is_legal { 2 } else { 3 };
    let is_short = (least..=4).contains(&word_len) && (least..=4).contains(&form_len);
    if is_short && is_one_edit(word.written.as_bytes(), form.written.as_bytes()) { 7_000 } else { 0 }
}

/// Whether words differ in one letter, that is another, missing or too many, or in two that have changed places.
fn is_one_edit(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let before = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let behind = short.iter().rev().zip(long.iter().rev()).take_while(|(a, b)| a == b).count();
    let swapped = || {
        before + behind + 2 == short.len()
            && short.get(before) == long.get(before + 1)
            && short.get(before + 1) == long.get(before)
    };
    match long.len() - short.len() {
        0 => before + behind + 1 >= short.len() || swapped(),
        1 => short.len() >= 2 && before + behind >= short.len(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Name;

    fn words(a: &str, b: &str, place: Place) -> u32 {
        let word = |text: &str| {
            let mut name = Name::parse(text);
            name.tokens.iter_mut().for_each(|token| token.weight = 1_500);
            name.tokens.pop().unwrap()
        };
        alike(&word(a), &word(b), place)
    }

    #[test]
    fn one_error_leaves_a_word_what_it_is() {
        for (a, b) in [("ltd", "lgd"), ("ooo", "oop"), ("and", "adn"), ("co", "cl"), ("ltd", "lt")] {
            assert!(is_one_edit(a.as_bytes(), b.as_bytes()), "{a} {b}");
        }
        for (a, b) in [("ltd", "ost"), ("sa", "kg"), ("ooo", "o")] {
            assert!(!is_one_edit(a.as_bytes(), b.as_bytes()), "{a} {b}");
        }
    }

    #[test]
    fn words_lose_their_vowels_and_their_ends() {
        assert!(words("hgra", "higuera", Place::Within) >= 8_800);
        assert!(words("tkhtkhnv", "tokhtakhounov", Place::Within) >= 8_800);
        assert!(words("pa", "parfyonov", Place::FieldEnd) >= 8_500);
        assert_eq!(words("pa", "parfyonov", Place::Last), 0);
        assert_eq!(words("oleksandr", "oleksandrovych", Place::Within), 0);
        assert!(words("a1", "al", Place::Within) >= 9_000);
    }
}
