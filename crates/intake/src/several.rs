//! Texts that name more than what was found in them: `RTX 4060 / 4090`, `T4 + more`, `consulting plus hardware`.

use tollgate_model::is_in_doubt;

use crate::ask_words::PLAIN_WORDS;
use crate::goods::{Goods, GoodsFinder, MORE_THAN_ONE, SEVERAL_ITEMS};
use crate::text::plain;
use crate::vocabulary::word_lists;
use crate::words::{MULTIPLES, counted_pieces, is_assembly_word, is_count, is_model_word, tokens};

/// Whether a question is about a text that names more than one thing.
pub(crate) fn is_of_several(question: &str) -> bool {
    [MORE_THAN_ONE, SEVERAL_ITEMS].iter().any(|beginning| question.starts_with(beginning))
}

/// Between two things.
const DIVIDERS: &[&str] = &["/", "&", "+", ";", "and", "or", "plus", "und", "oder", "et", "ou", "y"];
/// Behind a divider they are goods of compute that nobody named.
const UNNAMED: &[&str] = &[
    "dgx",
    "hgx",
    "mgx",
    "gpu",
    "gpus",
    "card",
    "cards",
    "accelerator",
    "accelerators",
    "hardware",
    "equipment",
    "device",
    "devices",
    "machine",
    "machines",
];

impl GoodsFinder<'_> {
    /// What a text names beside the goods that were found in it; none where it names nothing more. `is_name` is whether it is the name of an item.
    pub(crate) fn more_than(&mut self, goods: &Goods, text: &str, is_name: bool) -> Option<String> {
        if matches!(goods, Goods::Open { .. }) || text.is_empty() || self.is_of_catalog(text) {
            return None;
        }
        // `? =...` is a formula without a value.
        if is_in_doubt(text) {
            return Some("?".to_owned());
        }
        if let Some(other) = self.sibling(goods, text) {
            return Some(other);
        }
        let parts = parts_between(text);
        let said = |part: &str, list: &[&str]| tokens(part).into_iter().find(|word| list.contains(&word.as_str()));
        for (place, part) in parts.iter().enumerate() {
            let is_other = |word: &String| word_lists().others.contains(&plain(word));
            let vague = tokens(part)
                .into_iter()
                .find(|word| matches!(word.as_str(), "others" | "etc") || place > 0 && is_other(word));
            if vague.is_some() {
                return vague;
            }
            if parts.len() < 2 {
                continue;
            }
            match self.goods_alone(part) {
                // `L4 or L40S`: so short a name is passed over among other words.
                other @ (Goods::Item(_) | Goods::Assembly { .. }) if self.is_further(goods, &other) => {
                    return Some(part.clone());
                }
                Goods::Open { candidates, .. } if candidates.is_empty() => {}
                _ => continue,
            }
            let unnamed = if place > 0 { UNNAMED } else { UNNAMED.get(..3).unwrap_or(UNNAMED) };
            let assembly = || tokens(part).into_iter().find(|word| place > 0 && is_assembly_word(word));
            let unknown = || (is_name && !is_plain(part, goods)).then(|| part.clone());
            if let Some(word) = said(part, unnamed).or_else(assembly).or_else(unknown) {
                return Some(word);
            }
        }
        None
    }

    /// Another item of the same family, named by its number alone: `4090` in `RTX 4060 / 4090`.
    fn sibling(&mut self, goods: &Goods, text: &str) -> Option<String> {
        let (Goods::Item(item) | Goods::Assembly { accelerator: item, .. }) = goods else { return None };
        let words = tokens(text);
        let is_number = |word: &str| (3..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
        for (place, number) in words.iter().enumerate().filter(|(_, word)| is_number(word)) {
            for (other, model) in words.iter().enumerate().filter(|(at, word)| *at != place && is_model_word(word)) {
                let letters = model.trim_end_matches(|letter: char| letter.is_ascii_digit());
                let changed = format!("{letters}{number}");
                let first = other.saturating_sub(2);
                for begin in first..=other {
                    let before = words.get(begin..other).unwrap_or(&[]);
                    let phrase = before.iter().chain([&changed]).map(String::as_str).collect::<Vec<_>>().join(" ");
                    let has_letters = phrase.chars().any(char::is_alphabetic);
                    let names = if has_letters { self.resolve(&phrase) } else { Vec::new() };
                    if !names.is_empty() && !names.contains(item) {
                        return Some(number.clone());
                    }
                }
            }
        }
        None
    }
}

/// The parts of a text between dividers.
fn parts_between(text: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    let mut last = ' ';
    while let Some(letter) = letters.next() {
        // `C13/C14`, `SFP+` and `AT&T` name one thing each.
        let is_alone = last.is_whitespace() || letters.peek().is_none_or(|next| next.is_whitespace()) && letter != '+';
        let is_between = matches!(letter, '&' | ';') || matches!(letter, '/' | '+') && is_alone;
        match is_between {
            true => spaced.extend([' ', letter, ' ']),
            false => spaced.push(letter),
        }
        last = letter;
    }
    let mut parts = vec![String::new()];
    for word in spaced.split_whitespace() {
        if DIVIDERS.contains(&word.to_lowercase().as_str()) {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.extend((!part.is_empty()).then_some(' '));
            part.push_str(word);
        }
    }
    parts.retain(|part| part.chars().any(char::is_alphanumeric));
    parts
}

/// Whether a part has only words of the goods that were found, counts, sizes, and words that say no more.
fn is_plain(part: &str, goods: &Goods) -> bool {
    let of_item = match goods {
        Goods::Item(item) | Goods::Assembly { accelerator: item, .. } => tokens(item),
        Goods::NoCompute(_) | Goods::Open { .. } => Vec::new(),
    };
    tokens(part).iter().all(|word| {
        let is_size = word.starts_with(|letter: char| letter.is_ascii_digit());
        is_size || is_count(word) || of_item.contains(word) || PLAIN_WORDS.contains(&word.as_str())
    })
}

/// What a text says of packages that hold several pieces: `carton of 10`, `2 per box`, `contains 4 cards each`.
pub(crate) fn packed(text: &str) -> Option<String> {
    let words = tokens(text);
    let lists = word_lists();
    let is_number = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit()) && word != "1";
    for (place, word) in words.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|at| words.get(at));
        let next = words.get(place + 1);
        let is_container = lists.containers_counted.contains(&plain(word));
        let holds =
            matches!(word.as_str(), "contains" | "containing" | "holds" | "per") && counted_pieces(text).is_none();
        // `10pk`, `4pack`, and `twin pack`, `dual pack`.
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = word.split_at_checked(digits).unwrap_or(("", word));
        let is_joined = digits > 0 && count != "1" && lists.containers_counted.contains(&plain(unit));
        let is_multiple = is_container && before.is_some_and(|word| MULTIPLES.contains(&word.as_str()));
        let is_packed = lists.containers.contains(&plain(word))
            || is_joined
            || is_multiple
            || is_container && (next.is_some_and(|next| next == "of") || before.is_some_and(is_number))
            || word == "per" && before.is_some_and(is_number)
            || holds && next.is_some_and(is_number);
        if is_packed {
            return Some(word.clone());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use tollgate_law::Law;

    #[test]
    fn a_text_that_names_more_is_not_cut() {
        let law = Law::embedded().unwrap();
        let mut finder = GoodsFinder::new(&law.catalog);
        for text in [
            "RTX 4060 / 4090",
            "RTX 4060/4090",
            "RTX 4060 or 4090",
            "RTX 4060 (4090)",
            "RTX 4060 and others",
            "T4 + more",
            "RTX 4060 & DGX",
            "SSD/GPU",
            "HDMI cable and GPU",
            "consulting plus hardware",
            "SSD and accelerator",
            "RTX 4060?",
            "L4 or L40S",
            "? =VLOOKUP(A2,\"RTX 4060\",2)",
        ] {
            let goods = finder.goods(text, "", None);
            assert!(matches!(goods, Goods::Open { .. }), "{text}: {goods:?}");
        }
        for text in ["RTX 4060", "RTX 4060 & HDMI cable", "L40S 48GB / PCIe", "Fan & heatsink", "Cable C13/C14"] {
            let goods = finder.goods(text, "", None);
            assert!(!matches!(goods, Goods::Open { .. }), "{text}: {goods:?}");
        }
    }

    #[test]
    fn packages_in_texts_are_seen() {
        for text in [
            "carton of 10",
            "2 per box",
            "set of 8",
            "contains 4 cards each",
            "crate of L4",
            "bundle L4",
            "10-pack",
            "L4 10pk",
            "L40S twin pack",
        ] {
            assert!(packed(text).is_some(), "{text}");
        }
        for text in ["RTX 4060 8GB retail box", "L40S 48GB", "node of 8", "1 per box"] {
            assert!(packed(text).is_none(), "{text}");
        }
    }
}
