//! Words as people write them: without letter case, accents, width and punctuation; and the nearest of those that are known.

use unicode_normalization::UnicodeNormalization;

/// A text in lower case, its Latin letters without accents, with one space for all that is neither letter nor digit.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.nfkc().flat_map(char::to_lowercase) {
        // Other scripts keep their marks: there they make another letter.
        let bare = if letter < '\u{250}' { letter.to_string().nfd().next().unwrap_or(letter) } else { letter };
        match bare {
            'ß' => out.push_str("ss"),
            '\'' | '’' | '\u{307}' => {}
            bare if bare.is_alphanumeric() => out.push(bare),
            _ if out.is_empty() || out.ends_with(' ') => {}
            _ => out.push(' '),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The same without spaces.
pub(crate) fn squashed(text: &str) -> String {
    plain(text).replace(' ', "")
}

/// Whether a text has words of another, whole and one after the other; in scripts that write words without spaces, whether it has the letters.
pub(crate) fn has_words(text: &str, words: &str) -> bool {
    let (text, words) = (plain(text), plain(words));
    let has_spaces = words.chars().all(|letter| letter < '\u{1100}');
    !words.is_empty()
        && if has_spaces { format!(" {text} ").contains(&format!(" {words} ")) } else { text.contains(&words) }
}

/// The nearest of some words, where one is so near that it may be meant: a third of the letters may differ.
pub(crate) fn nearest<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let text = squashed(text);
    let letters = text.chars().count();
    let near = known.filter_map(|word| {
        let other = squashed(word);
        let longest = letters.max(other.chars().count());
        if letters.abs_diff(other.chars().count()) * 3 > longest {
            return None;
        }
        let edits = strsim::osa_distance(&text, &other);
        (edits * 3 <= letters).then_some((edits, word))
    });
    near.min_by_key(|(edits, _)| *edits).map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_difference_is_left_out() {
        for text in ["Entity List", "entity_list", "ENTITY-LIST", " entity  list. ", "Ｅｎｔｉｔｙ List"] {
            assert_eq!(plain(text), "entity list", "{text}");
        }
        assert_eq!(plain("Militärische Zwecke (Größe)"), "militarische zwecke grosse");
        assert_eq!(plain("Суперкомпьютер й"), "суперкомпьютер й");
        assert_eq!(plain("ガーデン"), "ガーデン");
        assert_eq!(plain("슈퍼컴퓨터"), "슈퍼컴퓨터");
    }

    #[test]
    fn words_are_whole() {
        assert!(has_words("12 Main St., Springfield", "main st"));
        assert!(has_words("广东省广州市", "广州"));
        for part in ["pring", "ain", "", "field"] {
            assert!(!has_words("12 Main St., Springfield", part), "{part}");
        }
    }

    #[test]
    fn the_nearest_is_near() {
        let known = ["data center", "training", "gaming"];
        assert_eq!(nearest("trainning", known.into_iter()), Some("training"));
        assert_eq!(nearest("date centre", known.into_iter()), Some("data center"));
        assert_eq!(nearest("seafood", known.into_iter()), None);
    }
}
