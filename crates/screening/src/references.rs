//! Letters that stand in names and cells as they were written out for another form: `Soci&eacute;t&eacute;`, `Kestrel &amp; Sons`, `&#1050;`, and UTF-8 that
//! was read as Windows-1252.

use std::borrow::Cow;

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

/// A text with the characters that its references stand for; what is no reference is left. A reference may itself be written with one, as where text was
/// escaped twice: `&amp;eacute;`.
pub(crate) fn resolve(text: &str) -> Cow<'_, str> {
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
    if !text.contains('&') || !text.contains(';') {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut is_changed) = (text, false);
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.bytes().take(LONGEST + 1).position(|byte| byte == b';');
        let name = end.and_then(|end| after.get(..end));
        match name.and_then(|name| Some((name, reference(name)?))) {
            Some((name, plain)) => {
                out.push_str(&plain);
                rest = after.get(name.len() + 1..).unwrap_or("");
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
            ("Kite&#146;s &#150; Vole &#x8A;tork", "Kite\u{2019}s - Vole Štork"),
        ] {
            let (text, plain) = (fold(text).join(" "), fold(plain).join(" "));
            assert_eq!(text, plain);
        }
        assert_eq!(resolve("&#0;&bogus;&"), "&#0;&bogus;&");
    }
}
