//! Texts without what makes no difference between two ways of writing the same.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The letters and digits of a text in lower case: without accents, spaces and punctuation, full-width forms made plain.
pub fn plain_letters(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::plain_letters;

    #[test]
    fn what_makes_no_difference_is_left_out() {
        assert_eq!(plain_letters("Ship-to  Cóuntry"), "shiptocountry");
        assert_eq!(plain_letters("Đơn vị tính"), "donvitinh");
        assert_eq!(plain_letters("Ağırlık"), "agirlik");
        assert_eq!(plain_letters("ＱＴＹ"), "qty");
        assert_eq!(plain_letters("最終仕向国"), "最終仕向国");
    }
}
