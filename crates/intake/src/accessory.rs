//! Parts and accessories that are named by the item they are for: `heatsink for H100`, `RTX 5090 backplate`, `NVLink bridge for A100`.
//!
//! Such a text names an item and is about something else, or about both: the line stays open. `H100 with heatsink` is the item.

use crate::text::plain;
use crate::vocabulary::word_lists;

/// Words between a part and the item it is for.
const LINKS: &[&str] = &[
    "for",
    "to",
    "fit",
    "fits",
    "fitting",
    "suits",
    "compatible",
    "with",
    "of",
    "on",
    "the",
    "an",
    "a",
    "nvidia",
    "amd",
    "f\u{fc}r",
    "passend",
    "zu",
    "pour",
    "para",
    "per",
    "voor",
    "do",
    "dla",
    "\u{434}\u{43b}\u{44f}",
    "geforce",
];
/// Of these, one stands before an item for which a part is.
const FOR: &[&str] = &[
    "for",
    "fit",
    "fits",
    "fitting",
    "suits",
    "compatible",
    "f\u{fc}r",
    "passend",
    "pour",
    "para",
    "per",
    "voor",
    "do",
    "dla",
    "\u{434}\u{43b}\u{44f}",
];
/// Words behind an item with which the part beside it comes as well.
const WITH: &[&str] = &[
    "with",
    "w",
    "incl",
    "including",
    "includes",
    "plus",
    "and",
    "mit",
    "inkl",
    "avec",
    "con",
    "com",
    "und",
    "et",
    "y",
    "e",
];

/// Whether a word names a part or an accessory.
pub(crate) fn is_part(word: &str) -> bool {
    let word = plain(word);
    let lists = word_lists();
    lists.parts.contains(&word) || lists.accessories.contains(&word)
}

/// The word of a part that an item's name, from `first` to before `end` of a text's words, stands beside so that the part may be meant; `None` where
/// the item is meant.
pub(crate) fn part_beside(words: &[String], first: usize, end: usize) -> Option<String> {
    let word = |at: usize| words.get(at).map(String::as_str);
    // `heatsink for the H100`, back over the links.
    let mut at = first;
    let mut is_for = false;
    while let Some(link) = at.checked_sub(1).and_then(word).filter(|link| LINKS.contains(link)) {
        is_for |= FOR.contains(&link);
        at -= 1;
    }
    let before = (0..at).rev().take(4).filter_map(word);
    let mut nearest = before.take_while(|word| !WITH.contains(word));
    if is_for && let Some(part) = nearest.find(|word| is_part(word)) {
        return Some(part.to_owned());
    }
    // `RTX 5090 backplate`, `H200 server rail kit`: up to four words behind, none of which says that it comes with it.
    // A name may reach over the link behind it.
    let end = if end.checked_sub(1).and_then(word).is_some_and(|last| WITH.contains(&last)) { end - 1 } else { end };
    let mut behind = (end..).map_while(word).take(4).take_while(|word| !WITH.contains(word) && !FOR.contains(word));
    let part = behind.find(|word| word_lists().parts.contains(&plain(word)))?;
    Some(part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(text: &str, item: &str) -> Option<String> {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let at = words.iter().position(|word| word == item).unwrap_or(0);
        part_beside(&words, at, at + 1)
    }

    #[test]
    fn a_part_for_an_item_is_not_the_item() {
        for (text, part) in [
            ("heatsink for h100", "heatsink"),
            ("nvlink bridge for the nvidia a100", "bridge"),
            ("power cable for h200 server", "cable"),
            ("5090 backplate", "backplate"),
            ("h200 server rail kit", "rail"),
            ("k\u{fc}hlk\u{f6}rper f\u{fc}r h100", "k\u{fc}hlk\u{f6}rper"),
            ("waterblock compatible with h100", "waterblock"),
        ] {
            assert_eq!(beside(text, &item_of(text)).as_deref(), Some(part), "{text}");
        }
        for text in
            ["h100 with heatsink", "h100 server incl rail kit", "h100 and cable", "h100 80gb pcie", "server for h100"]
        {
            assert_eq!(beside(text, "h100"), None, "{text}");
        }
    }

    fn item_of(text: &str) -> String {
        let is_item = |word: &&str| word.chars().any(char::is_numeric);
        text.split(' ').find(is_item).unwrap_or("").to_owned()
    }
}
