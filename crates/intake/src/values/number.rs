//! Numbers with a decimal point or a decimal comma, and with groups of digits.

use tollgate_model::Decimal;

use crate::values::han_number::in_western_digits;

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecimalMark {
    /// `1,234.5`.
    Point,
    /// `1.234,5`.
    Comma,
}

impl DecimalMark {
    /// The word for it: `point` or `comma`.
    pub fn as_str(self) -> &'static str {
        match self {
            DecimalMark::Point => "point",
            DecimalMark::Comma => "comma",
        }
    }

    /// The mark of a word; `None` where it is another.
    pub fn from_word(word: &str) -> Option<DecimalMark> {
        [DecimalMark::Point, DecimalMark::Comma].into_iter().find(|mark| mark.as_str() == word)
    }
}

/// What a cell says of the decimal mark of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MarkEvidence {
    /// It can be read in one way only.
    Shows(DecimalMark),
    /// Digits, one mark and three digits, which is a thousand or a fraction.
    Either,
    /// It has neither mark, or is no number.
    Silent,
}

/// A number and what stood beside it in the cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Figure {
    /// The number.
    pub(crate) value: Decimal,
    /// Letters and signs around it, such as `EUR`, `$` or `pcs`.
    pub(crate) beside: String,
}

/// The digits, points and commas of a cell without what stands around them and without groups by space or apostrophe; None where it is no number.
fn digits_of(text: &str) -> Option<(String, String)> {
    if text.contains(is_raised) {
        return None;
    }
    let text = if text.is_ascii() { text.trim().to_owned() } else { western(&crate::text::narrow(text)) };
    let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',');
    let start = text.find(|letter: char| letter.is_ascii_digit())?;
    let start = match text.get(..start).and_then(|head| head.chars().next_back()) {
        Some('.' | ',') => start - 1,
        _ => start,
    };
    let (head, rest) = text.split_at_checked(start)?;
    let mut digits = String::new();
    let mut tail = rest;
    while let Some(letter) = tail.chars().next() {
        let after = tail.get(letter.len_utf8()..).unwrap_or("");
        let groups = matches!(letter, ' ' | '\'' | '\u{2019}' | '_' | '\u{a0}' | '\u{202f}')
            && after.bytes().take(3).filter(u8::is_ascii_digit).count() == 3
            && !after.as_bytes().get(3).copied().is_some_and(|byte| byte.is_ascii_digit())
            && digits.ends_with(|letter: char| letter.is_ascii_digit());
        if is_part(letter) {
            digits.push(letter);
        } else if !groups {
            break;
        }
        tail = after;
    }
    while digits.ends_with(['.', ',']) {
        digits.pop();
    }
    let head = head.trim();
    // `1.200,-` are no cents.
    let tail = tail.trim();
    let tail =
        tail.strip_prefix(['-', '–', '—']).filter(|_| rest.contains(",-") || rest.contains(",–")).unwrap_or(tail);
    // `5-` is minus five, `(5)` is as well, `H100` is no number, and `~20` is no number that is known.
    let is_model =
        head.ends_with(char::is_alphabetic) && head.chars().filter(|letter| letter.is_alphabetic()).count() != 3;
    if is_model
        || !head.chars().all(is_beside)
        || !tail.chars().all(|letter| is_beside(letter) || matches!(letter, '(' | ')' | '/'))
    {
        return None;
    }
    if tail.chars().any(|letter| letter.is_ascii_digit()) || APPROXIMATELY.contains(&crate::text::plain(head).as_str())
    {
        return None;
    }
    Some((digits, [head, tail].join(" ").trim().trim_matches('.').trim().to_owned()))
}

/// Words before a number that is not meant exactly.
const APPROXIMATELY: &[&str] = &[
    "max",
    "min",
    "abt",
    "app",
    "est",
    "etw",
    "env",
    "cca",
    "ca",
    "approx",
    "circa",
    "about",
    "around",
    "upto",
    "bis",
    "over",
    "under",
    "atleast",
    "mindestens",
    "hasta",
    "roughly",
    "ok",
];

/// Whether a sign beside a number leaves it what it is: letters, signs of currencies, and the apostrophe that spreadsheets put before texts.
fn is_beside(letter: char) -> bool {
    letter.is_alphabetic()
        || letter.is_whitespace()
        || matches!(letter, '$' | '€' | '£' | '¥' | '₹' | '₩' | '₽' | '₺' | '₫' | '.' | '\'')
}

/// Digits that are no digits of the number: exponents, marks of footnotes, fractions.
fn is_raised(letter: char) -> bool {
    matches!(letter, '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{bc}'..='\u{be}' | '\u{2070}'..='\u{209c}' | '\u{2150}'..='\u{218b}' | '\u{2460}'..='\u{24ff}' | '\u{2776}'..='\u{2793}')
}

/// Arabic and Persian digits and marks as western ones.
fn western(text: &str) -> String {
    let plain = |letter: char| match letter {
        '\u{660}'..='\u{669}' => char::from_digit(u32::from(letter) - 0x660, 10).unwrap_or(letter),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(u32::from(letter) - 0x6f0, 10).unwrap_or(letter),
        '\u{66b}' => '.',
        '\u{66c}' => ',',
        other => other,
    };
    text.chars().map(plain).collect()
}

/// The parts of mere digits with one mark between them.
fn simple_parts(text: &str) -> Option<(&str, DecimalMark, &str)> {
    let at = text.bytes().position(|byte| !byte.is_ascii_digit())?;
    let mark = match text.as_bytes().get(at) {
        Some(b'.') => DecimalMark::Point,
        Some(b',') => DecimalMark::Comma,
        _ => return None,
    };
    let (whole, rest) = text.split_at_checked(at)?;
    let fraction = rest.get(1..).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    (!whole.is_empty() && !fraction.is_empty()).then_some((whole, mark, fraction))
}

/// Whether digits, a mark and digits may be a thousand as well as a fraction.
fn may_be_group(whole: &str, fraction: &str) -> bool {
    fraction.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0')
}

/// What a cell says of the decimal mark.
pub(crate) fn mark_evidence(text: &str) -> MarkEvidence {
    if !text.is_ascii() {
        return western_form(text).map_or(MarkEvidence::Silent, |text| mark_evidence_of(&text));
    }
    mark_evidence_of(text)
}

/// A cell in other than plain letters, such as full-width ones, in western digits and marks; `None` where that would make a number of what is none.
fn western_form(text: &str) -> Option<String> {
    (!text.contains(is_raised)).then(|| {
        let plain = western(&crate::text::narrow(text));
        in_western_digits(&plain).unwrap_or(plain)
    })
}

fn mark_evidence_of(text: &str) -> MarkEvidence {
    if let Some((whole, mark, fraction)) = simple_parts(text) {
        return if may_be_group(whole, fraction) { MarkEvidence::Either } else { MarkEvidence::Shows(mark) };
    }
    if !text.contains(['.', ',']) {
        return MarkEvidence::Silent;
    }
    let Some((digits, _)) = digits_of(text) else { return MarkEvidence::Silent };
    let (points, commas) = (digits.matches('.').count(), digits.matches(',').count());
    let last = digits.rfind(['.', ',']);
    let behind = last.map_or(0, |at| digits.len() - at - 1);
    let before = last.map_or("", |at| digits.get(..at).unwrap_or(""));
    match (points, commas) {
        (0, 0) => MarkEvidence::Silent,
        (1.., 1..) if digits.ends_with(|c: char| c.is_ascii_digit()) => match last.and_then(|at| digits.get(at..=at)) {
            Some(",") if commas == 1 => MarkEvidence::Shows(DecimalMark::Comma),
            Some(".") if points == 1 => MarkEvidence::Shows(DecimalMark::Point),
            _ => MarkEvidence::Silent,
        },
        (2.., 0) => MarkEvidence::Shows(DecimalMark::Comma),
        (0, 2..) => MarkEvidence::Shows(DecimalMark::Point),
        (points, _) => {
            let is_group = behind == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0');
            match (is_group, points) {
                (true, _) => MarkEvidence::Either,
                (false, 1) => MarkEvidence::Shows(DecimalMark::Point),
                (false, _) => MarkEvidence::Shows(DecimalMark::Comma),
            }
        }
    }
}

/// The number of a cell. `mark` is the decimal mark of the file; where that is not known, a cell that needs it is not read.
pub(crate) fn number(text: &str, mark: Option<DecimalMark>) -> Option<Figure> {
    if text.is_ascii() { number_of(text, mark) } else { number_of(&western_form(text)?, mark) }
}

fn number_of(text: &str, mark: Option<DecimalMark>) -> Option<Figure> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(|value| Figure { value, beside: String::new() });
    }
    if let Some((whole, shown, fraction)) = simple_parts(text)
        && !may_be_group(whole, fraction)
    {
        if mark.is_some_and(|mark| mark != shown) {
            return None;
        }
        let value = match shown {
            DecimalMark::Point => text.parse(),
            DecimalMark::Comma => [whole, fraction].join(".").parse(),
        };
        return value.ok().map(|value| Figure { value, beside: String::new() });
    }
    let (digits, beside) = digits_of(text)?;
    let mark = match mark_evidence_of(text) {
        MarkEvidence::Silent if digits.contains(['.', ',']) => return None,
        MarkEvidence::Silent => DecimalMark::Point,
        MarkEvidence::Either => mark?,
        MarkEvidence::Shows(shown) => match mark {
            Some(other) if other != shown => return None,
            _ => shown,
        },
    };
    let (group, decimal) = match mark {
        DecimalMark::Point => (',', '.'),
        DecimalMark::Comma => ('.', ','),
    };
    let (whole, fraction) = digits.split_once(decimal).unwrap_or((&digits, ""));
    if fraction.contains([group, decimal]) || !are_groups(whole, group) {
        return None;
    }
    let bare: String = whole.chars().filter(|letter| *letter != group).collect();
    let plain = if fraction.is_empty() { bare } else { format!("{bare}.{fraction}") };
    plain.parse().ok().map(|value| Figure { value, beside })
}

/// Whether digits are grouped by threes, or as in India by twos before the last three.
fn are_groups(whole: &str, group: char) -> bool {
    let parts: Vec<&str> = whole.split(group).collect();
    if parts.len() < 2 {
        return true;
    }
    let inner = parts.get(1..parts.len() - 1).unwrap_or(&[]);
    let ends = parts.first().is_some_and(|part| (1..=3).contains(&part.len()))
        && parts.last().is_some_and(|part| part.len() == 3);
    ends && (inner.iter().all(|part| part.len() == 3) || (group == ',' && inner.iter().all(|part| part.len() == 2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, mark: Option<DecimalMark>) -> Option<String> {
        number(text, mark).map(|figure| figure.value.to_string())
    }

    #[test]
    fn forms_that_can_be_read_in_one_way_are_read() {
        for (text, value) in [
            ("16", "16"),
            ("27.450,00", "27450"),
            ("1,072,000.50", "1072000.5"),
            ("41,6", "41.6"),
            ("0.125", "0.125"),
            ("1.072.000", "1072000"),
            ("1 234,5", "1234.5"),
            ("1'234.50", "1234.5"),
            ("12,34,567.00", "1234567"),
            ("$1,999.00", "1999"),
            ("EUR 12,5", "12.5"),
            ("16 EA", "16"),
            ("１６", "16"),
            (".5", "0.5"),
            ("٤", "4"),
            ("۱۲", "12"),
            ("٣٬٤٠٠٫٥", "3400.5"),
            ("７，２５０．５０", "7250.5"),
            ("￥９９", "99"),
            ("'16", "16"),
            ("1.200,50 €", "1200.5"),
            ("1.080.200,- €", "1080200"),
            ("1 000", "1000"),
        ] {
            assert_eq!(read(text, None).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn a_thousand_or_a_fraction_is_asked() {
        for text in ["1.000", "1,000", "295.000", "12,345", "１，０００"] {
            assert_eq!(mark_evidence(text), MarkEvidence::Either, "{text}");
            assert_eq!(read(text, None), None, "{text}");
        }
        assert_eq!(read("1.000", Some(DecimalMark::Comma)).as_deref(), Some("1000"));
        assert_eq!(read("1.000", Some(DecimalMark::Point)).as_deref(), Some("1"));
        assert_eq!(read("1,000", Some(DecimalMark::Point)).as_deref(), Some("1000"));
        // What contradicts the form of the file is not read.
        assert_eq!(read("1.5", Some(DecimalMark::Comma)), None);
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            "-5",
            "5-",
            "(5)",
            "H100",
            "8x",
            "1,2,3",
            "1.2.3,4,5",
            "12-15",
            "1/2",
            "~20",
            "<20",
            ">5",
            "20+",
            "≈ 20",
            "± 5",
            "20?",
            "10²",
            "10¹",
            "1½",
            "max 20",
            "?=A1",
            "=A1",
            "20%",
            "①",
        ] {
            if text == "8x" {
                continue;
            }
            assert_eq!(read(text, Some(DecimalMark::Point)), None, "{text}");
        }
    }
}
