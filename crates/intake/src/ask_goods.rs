//! The goods of a question in one line: so many of what. Every word must be one that is known, or the line stays open.

use crate::ask_words::{ADJECTIVES, BETWEEN, CHANGES, NUMBERS, PLAIN_WORDS, count, is_doubt};
use crate::goods::{Goods, GoodsFinder};
use crate::words::{is_piece, tokens};

/// A line of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionLine {
    /// What was written.
    pub text: String,
    /// How many.
    pub quantity: i64,
    /// The item of the catalog, or the name that was written.
    pub item: String,
    /// The accelerator that a unit holds and how many of it, where the item is no single one of the catalog.
    pub holds: Option<(String, i64)>,
    /// What must be said before the line can be decided.
    pub open: Option<String>,
}

/// Goods are divided by commas, `and`, `+`, `&` and `;`.
pub(crate) fn phrases(goods: &str) -> Vec<String> {
    let mut phrases = vec![String::new()];
    for word in goods.split(' ') {
        let bare = word.trim_end_matches([',', ';']);
        let is_divider = BETWEEN.contains(&bare.to_lowercase().as_str());
        if let Some(last) = phrases.last_mut().filter(|_| !is_divider) {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(bare);
        }
        if is_divider || bare.len() < word.len() {
            phrases.push(String::new());
        }
    }
    phrases.retain(|phrase| !phrase.trim().is_empty());
    phrases
}

/// `8xH200` as `8x` and `H200`, at the beginning of a phrase.
fn split_count(word: &str) -> Option<(&str, &str)> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (_, rest) = word.split_at_checked(digits)?;
    let name = rest.strip_prefix(['x', 'X', '\u{d7}'])?;
    let is_name = digits > 0 && name.starts_with(char::is_alphabetic);
    word.split_at_checked(word.len() - name.len()).filter(|_| is_name)
}

/// Counters of Chinese, Japanese and Korean, which stand behind their number without a space.
const COUNTERS: [char; 10] = ['台', '枚', '個', '个', '张', '張', '块', '片', '대', '개'];

/// A count behind the item, which is taken off: `x4`, `x 4`, `qty 4`, `4 pcs`, each also in parentheses.
fn count_behind(words: &mut Vec<&str>) -> Option<i64> {
    let bare = |word: &str| word.trim_matches(['(', ')', ':', '.', ',']).to_lowercase();
    let [.., before, last] = words.as_slice() else { return None };
    let (before, last) = (bare(before), bare(last));
    let digits = |text: &str| count(text).filter(|_| text.starts_with(|letter: char| letter.is_ascii_digit()));
    let is_times = |text: &str| matches!(text, "x" | "\u{d7}");
    let behind_sign = || digits(last.strip_prefix(['x', '\u{d7}']).or_else(|| last.strip_suffix(COUNTERS))?);
    let (found, taken) = if is_piece(&last) {
        (digits(&before), 2)
    } else if is_times(&before) || matches!(before.as_str(), "qty" | "quantity") {
        (digits(&last), 2)
    } else {
        (behind_sign(), 1)
    };
    // Something must be counted.
    let rest = words.len().checked_sub(taken).filter(|rest| *rest > 0)?;
    words.truncate(found.map_or(words.len(), |_| rest));
    found
}

/// The line of a phrase: `[N] [ADJECTIVES] ITEM`, or the number behind the item.
pub(crate) fn line(phrase: &str, finder: &mut GoodsFinder<'_>) -> QuestionLine {
    let mut words: Vec<&str> = phrase.split(' ').filter(|word| !word.is_empty()).collect();
    if let Some((number, name)) = words.first().and_then(|word| split_count(word)) {
        words.splice(..1, [number, name]);
    }
    drop_adjectives(&mut words);
    let quantity = words.first().and_then(|word| count(word));
    let behind = if quantity.is_none() { count_behind(&mut words) } else { None };
    if quantity.is_some() {
        words.remove(0);
        if words.first().is_some_and(|word| matches!(*word, "x" | "\u{d7}" | "X")) {
            words.remove(0);
        }
    }
    drop_adjectives(&mut words);
    let name = singular(&words, finder);
    let mut line = QuestionLine {
        text: phrase.to_owned(),
        quantity: quantity.or(behind).unwrap_or(1),
        item: name.clone(),
        holds: None,
        open: None,
    };
    let goods = finder.goods(&name, "", None);
    let unread = unread_word(&name, &goods, finder);
    match goods {
        Goods::Item(item) => line.item = item,
        Goods::Assembly { accelerator, count } => line.holds = Some((accelerator, count)),
        Goods::NoCompute(word) => {
            line.open = Some(format!("`{word}` is no item of compute, of which alone this can be asked"))
        }
        // The decision says whether it matters which of them it is.
        Goods::Open { .. } if finder.is_one_of_several(&name) && !finder.is_parted(&name) => {}
        Goods::Open { question, .. } => line.open = Some(question),
    }
    if quantity.or(behind).is_none() {
        line.open.get_or_insert_with(|| "how many?".to_owned());
    }
    if phrase.contains(is_doubt) {
        line.open.get_or_insert_with(|| format!("`{phrase}` is marked as in doubt: which item, and how many?"));
    }
    let second = words.first().map(|word| word.to_lowercase());
    let second = second.filter(|word| NUMBERS.iter().any(|(name, value)| name == word && *value > 1));
    let bare = |word: &&str| word.to_lowercase().trim_matches(|mark: char| !mark.is_alphanumeric()).to_owned();
    let change = words.iter().map(bare).find(|word| CHANGES.contains(&word.as_str())).or(second).or(unread);
    if let Some(word) = change {
        line.open.get_or_insert_with(|| {
            format!("what does `{word}` mean here? Write how many as one number, and the item by its name alone")
        });
    }
    line
}

fn drop_adjectives(words: &mut Vec<&str>) {
    let is_adjective = |word: &&str| ADJECTIVES.contains(&word.to_lowercase().trim_end_matches(['.', ':']));
    while words.first().is_some_and(is_adjective) {
        words.remove(0);
    }
}

/// The name of an item, where `B200s` alone is not known as `B200`.
fn singular(words: &[&str], finder: &mut GoodsFinder<'_>) -> String {
    let name = words.join(" ");
    let is_unknown = |name: &str, finder: &mut GoodsFinder<'_>| {
        matches!(finder.goods(name, "", None), Goods::Open { candidates, .. } if candidates.is_empty())
            && !finder.is_one_of_several(name)
    };
    if !is_unknown(&name, finder) {
        return name;
    }
    let without_s = |word: &&str| match word.strip_suffix('s') {
        Some(bare) if bare.chars().any(|letter| letter.is_ascii_digit()) => bare.to_owned(),
        _ => (*word).to_owned(),
    };
    let bare = words.iter().map(without_s).collect::<Vec<_>>().join(" ");
    if bare != name && !is_unknown(&bare, finder) { bare } else { name }
}

/// The first word that neither belongs to what was found nor is known to say no more: without it the same is found.
fn unread_word(name: &str, goods: &Goods, finder: &mut GoodsFinder<'_>) -> Option<String> {
    let item = match goods {
        Goods::Item(item) => item,
        Goods::Assembly { accelerator, .. } => accelerator,
        Goods::NoCompute(_) | Goods::Open { .. } => return None,
    };
    let of_item = tokens(item);
    let words: Vec<&str> = name.split(' ').collect();
    words.iter().enumerate().find_map(|(place, word)| {
        let is_size =
            |word: &str| word.strip_suffix("gb").is_some_and(|size| size.bytes().all(|byte| byte.is_ascii_digit()));
        let is_plain = |word: &String| PLAIN_WORDS.contains(&word.as_str()) || of_item.contains(word) || is_size(word);
        if tokens(word).iter().all(is_plain) {
            return None;
        }
        let others = words.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, word)| *word);
        let without = others.collect::<Vec<_>>().join(" ");
        (finder.goods(&without, "", None) == *goods).then(|| (*word).to_owned())
    })
}
