//! Texts without what makes no difference between two ways of writing the same.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The letters and digits of a text in lower case: without accents, spaces and punctuation, full-width forms made plain.
pub(crate) fn plain(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect();
    }
    let letters = text.nfkd().flat_map(char::to_lowercase).filter(|letter| !is_combining_mark(*letter));
    letters.nfkd().filter(|letter| letter.is_alphanumeric()).map(without_stroke).collect()
}

/// A letter whose stroke or missing dot is no accent by Unicode, and is one to its readers.
fn without_stroke(letter: char) -> char {
    match letter {
        'đ' => 'd',
        'ł' => 'l',
        'ø' => 'o',
        'ı' => 'i',
        other => other,
    }
}

/// A cell that was not understood, as it is written: no reader takes it for anything else.
pub(crate) fn unread(text: &str) -> String {
    match text {
        "" => "?".to_owned(),
        marked if marked.starts_with('?') => marked.to_owned(),
        text => format!("? {text}"),
    }
}

/// A text with full-width forms made plain, without space around it.
pub(crate) fn narrow(text: &str) -> String {
    text.nfkc().collect::<String>().trim().to_owned()
}

/// The words of a text: runs of letters and digits in lower case.
pub(crate) fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a text ends with a question mark: whoever wrote it was not certain.
pub(crate) fn is_doubted(text: &str) -> bool {
    text.trim_end().ends_with(['?', '\u{ff1f}', '\u{61f}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_difference_is_left_out() {
        assert_eq!(plain("Ship-to  Cóuntry"), "shiptocountry");
        assert_eq!(plain("Đơn vị tính"), "donvitinh");
        assert_eq!(plain("Ağırlık"), "agirlik");
        assert_eq!(plain("ＱＴＹ"), "qty");
        assert_eq!(plain("最終仕向国"), "最終仕向国");
        assert_eq!(plain("Straße"), plain("straße"));
    }
}
