//! Letters that stand in names and cells as they were written out for another form: `Soci&eacute;t&eacute;`, `Kestrel &amp; Sons`, `&#1050;`, and UTF-8 that
//! was read as Windows-1252.

use std::borrow::Cow;

use crate::encoding::meant;
use crate::sizes::index_of;

/// Characters between `&` and `;` at most.
const LONGEST: usize = 10;

/// References that are not a letter with a mark, and what they stand for.
const NAMES: [(&str, char); 31] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("ndash", '-'),
    ("mdash", '-'),
    ("hyphen", '-'),
    ("shy", '\u{ad}'),
    ("lsquo", '\''),
    ("rsquo", '\''),
    ("sbquo", '\''),
    ("ldquo", '"'),
    ("rdquo", '"'),
    ("bdquo", '"'),
    ("laquo", '"'),
    ("raquo", '"'),
    ("middot", '\u{b7}'),
    ("szlig", 'ß'),
    ("aelig", 'æ'),
    ("AElig", 'Æ'),
    ("oelig", 'œ'),
    ("OElig", 'Œ'),
    ("eth", 'ð'),
    ("ETH", 'Ð'),
    ("thorn", 'þ'),
    ("THORN", 'Þ'),
];

/// Marks that a letter has, and the combining characters that they are.
const MARKS: [(&str, Option<char>); 12] = [
    ("acute", Some('\u{301}')),
    ("grave", Some('\u{300}')),
    ("circ", Some('\u{302}')),
    ("uml", Some('\u{308}')),
    ("tilde", Some('\u{303}')),
    ("cedil", Some('\u{327}')),
    ("caron", Some('\u{30c}')),
    ("breve", Some('\u{306}')),
    ("ogon", Some('\u{328}')),
    ("ring", Some('\u{30a}')),
    ("slash", None),
    ("strok", None),
];

/// Marks of [`MARKS`] that old texts have also without a semicolon: those of Latin-1's letters.
const OPEN_MARKS: usize = 6;

/// A text with the characters that its references stand for, and letters as they were meant that were read in another encoding.
pub(crate) fn resolve(text: &str) -> Cow<'_, str> {
    let text = without_references(text);
    match meant(&text) {
        Some(meant) => Cow::Owned(meant),
        None => text,
    }
}

/// A text with the characters that its references stand for; what is no reference is left. A reference may itself be written with one, as where text was
/// escaped twice: `&amp;eacute;`.
pub(crate) fn without_references(text: &str) -> Cow<'_, str> {
    let mut text = read_twice(text).map_or(Cow::Borrowed(text), Cow::Owned);
    // Twice escaped is met, three times is not.
    for _ in 0..2 {
        match resolve_once(&text) {
            Some(plain) => text = Cow::Owned(plain),
            None => break,
        }
    }
    text
}

/// Letters of Windows-1252 beyond Latin-1, from 0x80 on; a dot stands for none.
const BEYOND: &str = "€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ";

/// The character that a number from 128 to 159 stands for, which texts mean as Windows-1252 has it: `&#146;`.
pub(crate) fn of_windows(c: char) -> char {
    let place = u32::from(c).checked_sub(0x80).and_then(|place| BEYOND.chars().nth(index_of(place)));
    place.filter(|meant| *meant != '.').unwrap_or(c)
}

/// A text whose UTF-8 was once read as Windows-1252, as it was meant: `SociÃ©tÃ©`. Nothing where it is no such text.
fn read_twice(text: &str) -> Option<String> {
    if text.is_ascii() || !text.contains(['Ã', 'Â', 'Ä', 'Å', 'Ð', 'Ñ', 'Ø', 'Ù', 'â', 'ã', 'å', 'æ', 'ç', 'è', 'é'])
    {
        return None;
    }
    let byte = |c: char| match u32::from(c) {
        code @ 0..=0xff => u8::try_from(code).ok(),
        _ => BEYOND.chars().position(|of| of == c).and_then(|at| u8::try_from(0x80 + at).ok()),
    };
    let bytes: Vec<u8> = text.chars().map(byte).collect::<Option<_>>()?;
    String::from_utf8(bytes).ok()
}

/// The same once; nothing where there is no reference.
fn resolve_once(text: &str) -> Option<String> {
    if !text.contains('&') {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut is_changed) = (text, false);
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.bytes().take(LONGEST + 1).position(|byte| byte == b';');
        let whole = end.and_then(|end| Some((after.get(end + 1..)?, reference(after.get(..end)?)?)));
        match whole.or_else(|| open_reference(after)) {
            Some((behind, plain)) => {
                out.push_str(&plain);
                rest = behind;
                is_changed = true;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    is_changed.then_some(out)
}

/// What a reference without its semicolon stands for, and what is behind it: `&#233`, `&eacute`, and before a space or a mark also `&amp`.
fn open_reference(after: &str) -> Option<(&str, String)> {
    let number = |digits: &str, is_digit: fn(char) -> bool| {
        let digits = digits.find(|c| !is_digit(c)).map_or(digits, |end| digits.get(..end).unwrap_or(digits));
        (!digits.is_empty()).then_some(digits.len())
    };
    let length = match (after.strip_prefix("#x").or_else(|| after.strip_prefix("#X")), after.strip_prefix('#')) {
        (Some(digits), _) => 2 + number(digits, |c| c.is_ascii_hexdigit())?,
        (None, Some(digits)) => 1 + number(digits, |c| c.is_ascii_digit())?,
        (None, None) => name_length(after)?,
    };
    let (name, behind) = after.split_at_checked(length).filter(|(name, _)| name.len() <= LONGEST)?;
    Some((behind, reference(name)?))
}

/// How long the name is that a reference without a semicolon has: that of a letter with a mark, or a whole word.
fn name_length(after: &str) -> Option<usize> {
    let letter = after.chars().next().filter(char::is_ascii_alphabetic)?;
    let marked = MARKS.iter().take(OPEN_MARKS).map(|(mark, _)| [letter.to_string().as_str(), mark].concat());
    let length = marked.into_iter().find(|name| after.starts_with(name.as_str())).map(|name| name.len());
    let word = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
    length.or_else(|| after.get(..word).filter(|word| NAMES.iter().any(|(name, _)| name == word)).map(str::len))
}

/// What a reference of this name stands for.
fn reference(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).map(of_windows).filter(|c| !c.is_control()).map(String::from);
    }
    if let Some((_, plain)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(plain.to_string());
    }
    let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let mark = name.strip_prefix(letter)?;
    let (_, combining) = MARKS.iter().find(|(known, _)| *known == mark)?;
    Some(std::iter::once(letter).chain(*combining).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold;

    #[test]
    fn references_are_the_letters_that_they_stand_for() {
        for (text, plain) in [
            ("Soci&eacute;t&eacute; Kestrel", "societe kestrel"),
            ("Soci&#233;t&#xE9; Kestrel", "societe kestrel"),
            ("Soci&amp;eacute;t&amp;eacute; Kestrel", "societe kestrel"),
            ("Kestrel &amp; Falco", "kestrel falco"),
            ("&#1050;&#1077;&#1089;&#1090;&#1088;&#1077;&#1083;", "kestrel"),
            ("SociÃ©tÃ© Kestrel", "societe kestrel"),
            ("ÐšÐµÑ\u{81}Ñ‚Ñ€ÐµÐ»", "kestrel"),
            ("São Kestrel Ângela", "sao kestrel angela"),
            ("Br&oslash;d &quot;Falke&quot;", "brod falke"),
            ("Kestrel & Falco; Heron", "kestrel falco heron"),
            ("A&B; C", "a b c"),
            ("Soci&#233t&#xE9 Kestrel", "societe kestrel"),
            ("Soci&eacutet&eacute Kestrel", "societe kestrel"),
            ("Kestrel &amp Falco", "kestrel falco"),
            ("&#1050&#1077&#1089&#1090&#1088&#1077&#1083", "kestrel"),
            ("R&Development", "r development"),
            ("Kestrel &ampere", "kestrel ampere"),
            ("Kite&#146;s &#150; Vole &#x8A;tork", "Kite\u{2019}s - Vole Štork"),
        ] {
            let (text, plain) = (fold(text).join(" "), fold(plain).join(" "));
            assert_eq!(text, plain);
        }
        for text in ["&#0;&bogus;&", "R&D", "&#", "&#x", "A&", "&lte"] {
            assert_eq!(resolve(text), text);
        }
    }
}
