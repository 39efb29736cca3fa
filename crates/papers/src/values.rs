//! Values in papers: what stands in a paper for what is not known, and how a value is kept from being read as markup.

/// What stands for a value that is not known.
pub const BLANK: &str = "________";

/// Stands for a bar of a value until the paper is written.
const BAR: char = '\u{E000}';
/// Stands before each value, so that a value at the beginning of a line is no markup.
const MARK: char = '\u{E001}';
/// Stands for a colon of a value.
const COLON: char = '\u{E002}';

/// A value as it goes into a template's text: one line without control characters, none of whose letters is markup; a blank where it is empty.
pub(crate) fn guarded(value: &str) -> String {
    let flat = flat(value);
    if flat.is_empty() {
        return BLANK.to_owned();
    }
    let letters = flat.chars().map(|letter| match letter {
        '|' => BAR,
        ':' => COLON,
        other => other,
    });
    std::iter::once(MARK).chain(letters).collect()
}

/// The text of a paper without the marks of [`guarded`].
pub(crate) fn unguarded(text: &str) -> String {
    let letters = text.chars().filter(|letter| *letter != MARK).map(|letter| match letter {
        BAR => '|',
        COLON => ':',
        other => other,
    });
    letters.collect()
}

/// A text on one line: runs of white space and control characters are a space, letters that turn the direction of writing or cannot be seen are shown as �.
pub(crate) fn flat(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for letter in value.chars() {
        let unseen = matches!(letter, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | BAR..=COLON);
        if unseen {
            out.push('\u{FFFD}');
        } else if letter.is_whitespace() || letter.is_control() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(letter);
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_line_and_no_markup() {
        assert_eq!(guarded(""), BLANK);
        assert_eq!(guarded(" \r\n\t "), BLANK);
        let name = "## A | B :: C\n- D\u{202E}\u{0007}";
        assert!(!guarded(name).contains(['|', ':', '\n']) && !guarded(name).starts_with('#'));
        assert_eq!(unguarded(&guarded(name)), "## A | B :: C - D\u{FFFD}");
        assert_eq!(unguarded(&guarded("\u{E001}\u{E000}")), "\u{FFFD}\u{FFFD}");
    }
}
