//! ECCNs as papers write them.

use crate::text::plain;

/// What stands in the place of an ECCN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EccnText {
    /// Nothing is said.
    Nothing,
    /// One ECCN, or EAR99.
    One(String),
    /// Several that differ, or something that is no ECCN.
    Unread,
}

/// One ECCN of a text; `None` where it is none: `3A090.a`, `ECCN 4A090`, `EAR 99`.
fn one(text: &str) -> Option<String> {
    let bare = text.trim().trim_end_matches('.');
    let bare =
        ["ECCN:", "ECCN", "eccn:", "eccn"].iter().find_map(|word| bare.strip_prefix(word)).unwrap_or(bare).trim();
    if plain(bare) == "ear99" {
        return Some("EAR99".to_owned());
    }
    let head = bare.get(..5)?.to_ascii_uppercase();
    let is_number = match head.as_bytes() {
        [category, group, digits @ ..] => {
            category.is_ascii_digit() && matches!(group, b'A'..=b'E') && digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    };
    let rest = bare.get(5..)?.to_ascii_lowercase();
    let is_paragraph = rest.is_empty()
        || rest.starts_with('.') && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
    (is_number && is_paragraph).then(|| format!("{head}{rest}"))
}

/// What a cell says as the ECCN of its goods.
pub(crate) fn eccn_text(text: &str) -> EccnText {
    let words = ["", "na", "none", "nil", "null", "notapplicable", "ka", "entfallt", "sansobjet", "noaplica"];
    if words.contains(&plain(text).as_str()) && !text.contains(['?', '#']) {
        return EccnText::Nothing;
    }
    let spaced = [" or ", " and ", " oder ", " ou ", " o ", " und "]
        .iter()
        .fold(text.to_owned(), |text, word| text.replace(word, "/"));
    let parts: Vec<&str> =
        spaced.split(['/', ',', ';', '&', '|']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let read: Option<Vec<String>> = parts.iter().map(|part| one(part)).collect();
    match read.as_deref() {
        Some([first, rest @ ..]) if rest.iter().all(|other| other == first) => EccnText::One(first.clone()),
        _ => EccnText::Unread,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_eccn_is_understood_or_not() {
        for (text, known) in [
            ("3A090.a", "3A090.a"),
            ("4a090", "4A090"),
            ("ECCN: 5A992.c", "5A992.c"),
            ("EAR 99", "EAR99"),
            ("ear99", "EAR99"),
            ("4A994.l", "4A994.l"),
            ("3A090.a / 3A090.a", "3A090.a"),
            ("3A090.a.1", "3A090.a.1"),
        ] {
            assert_eq!(eccn_text(text), EccnText::One(known.to_owned()), "{text}");
        }
        for text in ["", "-", "N/A", "n.a.", "none", "--"] {
            assert_eq!(eccn_text(text), EccnText::Nothing, "{text}");
        }
        for text in ["EAR99/4A994", "3A090.a or 4A090", "NLR", "TBD", "?", "3A090?", "see invoice", "3A09", "C33"] {
            assert_eq!(eccn_text(text), EccnText::Unread, "{text}");
        }
    }
}
