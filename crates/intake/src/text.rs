//! Texts without what makes no difference between two ways of writing the same.

use unicode_normalization::UnicodeNormalization as _;

pub(crate) use tollgate_records::plain_letters as plain;

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
