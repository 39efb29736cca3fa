//! Words that may be Chinese syllables in Latin letters, in Pinyin, Wade-Giles or a clerk's mixture of them: what both would be heard as.

/// How a syllable may begin, longer ones first, and the class of those that transliterations write one for another.
const INITIALS: [(&str, char); 25] = [
    ("tsh", 'z'),
    ("zh", 'z'),
    ("ch", 'z'),
    ("sh", 's'),
    ("hs", 's'),
    ("ts", 'z'),
    ("tz", 'z'),
    ("sz", 's'),
    ("b", 'p'),
    ("p", 'p'),
    ("m", 'm'),
    ("f", 'f'),
    ("d", 't'),
    ("t", 't'),
    ("n", 'n'),
    ("l", 'l'),
    ("g", 'k'),
    ("k", 'k'),
    ("h", 'h'),
    ("j", 'z'),
    ("q", 'z'),
    ("x", 's'),
    ("z", 'z'),
    ("c", 'z'),
    ("s", 's'),
];

/// The same of syllables that begin with a vowel or what is nearly one.
const VOWEL_INITIALS: [(&str, char); 4] = [("r", 'r'), ("w", 'w'), ("y", 'y'), ("", '-')];

/// How a syllable may end, longer ones first, and how Pinyin writes it.
const FINALS: [(&str, &str); 41] = [
    ("iang", "iang"),
    ("iong", "iong"),
    ("iung", "iong"),
    ("uang", "uang"),
    ("ang", "ang"),
    ("eng", "eng"),
    ("ien", "ian"),
    ("ian", "ian"),
    ("iao", "iao"),
    ("ieh", "ie"),
    ("ing", "ing"),
    ("iou", "iu"),
    ("ong", "ong"),
    ("uai", "uai"),
    ("uan", "uan"),
    ("uei", "ui"),
    ("ueh", "ue"),
    ("ung", "ong"),
    ("ai", "ai"),
    ("an", "an"),
    ("ao", "ao"),
    ("ei", "ei"),
    ("en", "en"),
    ("eh", "o"),
    ("er", "er"),
    ("ia", "ia"),
    ("ie", "ie"),
    ("ih", "i"),
    ("in", "in"),
    ("iu", "iu"),
    ("ou", "ou"),
    ("ua", "ua"),
    ("ue", "ue"),
    ("ui", "ui"),
    ("un", "un"),
    ("uo", "o"),
    ("u", "u"),
    ("a", "a"),
    ("e", "o"),
    ("i", "i"),
    ("o", "o"),
];

/// Syllables of a word at most: a family has one or two, a given name as many.
const MOST_SYLLABLES: usize = 3;
/// Letters of a word at most.
const LONGEST: usize = 14;

/// What a word of Chinese syllables is heard as; nothing where it is not made of such. `word` is in lower case.
pub(crate) fn heard_as(word: &str) -> Option<String> {
    if word.len() < 2 || word.len() > LONGEST {
        return None;
    }
    let mut out = String::new();
    syllables(word, MOST_SYLLABLES, &mut out).then_some(out)
}

/// Adds the classes of a word's syllables; false, and nothing added, where it is not made of so many or fewer.
fn syllables(word: &str, most: usize, out: &mut String) -> bool {
    if word.is_empty() {
        return true;
    }
    if most == 0 {
        return false;
    }
    let length = out.len();
    for (initial, class) in INITIALS.iter().chain(&VOWEL_INITIALS) {
        let Some(rest) = word.strip_prefix(initial) else { continue };
        for (written, sound) in FINALS {
            let Some(after) = rest.strip_prefix(written) else { continue };
            out.push(*class);
            out.push_str(sound);
            if syllables(after, most - 1, out) {
                return true;
            }
            out.truncate(length);
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transliterations_of_one_name_are_heard_alike() {
        for (pinyin, other) in [
            ("xi", "hsi"),
            ("xi", "shi"),
            ("jinping", "chinping"),
            ("zedong", "tsetung"),
            ("jiang", "chiang"),
            ("he", "ho"),
        ] {
            assert_eq!(heard_as(pinyin), heard_as(other), "{pinyin} {other}");
            assert!(heard_as(pinyin).is_some(), "{pinyin}");
        }
        assert_ne!(heard_as("wang"), heard_as("wong"));
        assert_eq!((heard_as("smith"), heard_as("x")), (None, None));
    }
}
