//! The words of a question in one line, and those that change what is asked.

/// How a question may begin.
pub(crate) const OPENINGS: &[&str] = &[
    "can i ship",
    "can we ship",
    "may i ship",
    "may we ship",
    "can i export",
    "may i export",
    "can i send",
    "can we export",
    "can i sell",
    "ship",
    "export",
    "send",
    "sell",
    "is it allowed to ship",
];
/// Words before an item that change nothing.
pub(crate) const ADJECTIVES: &[&str] = &[
    "used",
    "new",
    "refurbished",
    "second-hand",
    "secondhand",
    "unused",
    "of",
    "the",
    "units",
    "unit",
    "pieces",
    "pcs",
];
/// Numbers as words.
pub(crate) const NUMBERS: &[(&str, i64)] = &[
    ("a", 1),
    ("an", 1),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("twelve", 12),
    ("sixteen", 16),
];

/// Words beside an item that change what is asked, and that the grammar does not know: more or fewer than the number before them says, none at all, or
/// again and again.
pub(crate) const CHANGES: &[&str] = &[
    "not",
    "no",
    "never",
    "none",
    "without",
    "except",
    "but",
    "or",
    "dozen",
    "dozens",
    "hundred",
    "hundreds",
    "thousand",
    "thousands",
    "million",
    "millions",
    "billion",
    "k",
    "score",
    "pair",
    "pairs",
    "couple",
    "half",
    "quarter",
    "double",
    "per",
    "each",
    "every",
    "weekly",
    "monthly",
    "yearly",
    "annually",
    "between",
    "about",
    "around",
    "approximately",
    "roughly",
    "almost",
    "several",
    "few",
    "some",
    "many",
    "least",
    "most",
    "than",
    "minus",
    "less",
    "fewer",
    "times",
    "maybe",
    "if",
    "unless",
];
/// Words behind a name that name a further party or place, of which the grammar knows one each.
pub(crate) const FURTHER: &[&str] = &["or", "via", "through", "not", "except", "instead", "without", "care", "c/o"];
/// Phrases of an end use that name a further party.
pub(crate) const FOR_OTHERS: &[&str] = &[
    "on behalf of",
    "paid by",
    "paid for by",
    "via ",
    "through ",
    "owned by",
    "controlled by",
    "in the name of",
    "by order of",
];

/// A number in digits or as a word; `4x` is four.
pub(crate) fn count(word: &str) -> Option<i64> {
    let lower = word.to_lowercase();
    let digits = lower.trim_end_matches(['x', '×']);
    let by_word = NUMBERS.iter().find(|(name, _)| *name == lower).map(|(_, value)| *value);
    // A comma divides thousands; `2,5` is no whole number.
    let mut groups = digits.split(',');
    let is_grouped =
        groups.next().is_some_and(|first| (1..=3).contains(&first.len())) && groups.all(|group| group.len() == 3);
    let plain = if is_grouped { digits.replace(',', "") } else { digits.to_owned() };
    let plain = plain.bytes().all(|byte| byte.is_ascii_digit()).then_some(plain);
    by_word.or_else(|| plain.and_then(|plain| plain.parse().ok())).filter(|count| (1..=1_000_000_000).contains(count))
}
