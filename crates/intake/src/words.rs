//! The words of texts about goods: counts, sizes, numbers of models, and what holds accelerators.

use crate::text::plain;
use crate::vocabulary::word_lists;

/// Words that say how many, or that there are several.
pub(crate) const MULTIPLES: &[&str] = &[
    "dual", "twin", "double", "pair", "two", "quad", "four", "six", "octa", "octo", "eight", "ten", "sixteen",
    "doppel", "zweifach", "vierfach", "achtfach", "zwei", "vier", "acht", "deux", "quatre", "huit", "several", "双",
    "四", "八", "両", "二",
];

/// Whether a word names what holds accelerators, also within a word that is made of several.
pub(crate) fn is_assembly_word(word: &str) -> bool {
    let word = plain(word);
    let assemblies = &word_lists().assemblies;
    let is_within = |part: &String| (part.chars().count() >= 6 || !part.is_ascii()) && word.contains(part.as_str());
    assemblies.contains(&word) || assemblies.iter().any(is_within)
}

/// The words of a text, with `8xH200` as `8x` and `H200`, and `80 GB` as `80gb`.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let text = if text.is_ascii() { text.to_owned() } else { crate::text::narrow(text) };
    let text = text.replace(['×', '✕', '✖', '*'], "x ");
    let mut words: Vec<String> = Vec::new();
    for word in crate::text::words(&text).iter().flat_map(|word| by_script(word)) {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let (count, rest) = word.split_at_checked(digits).unwrap_or(("", &word));
        match rest.strip_prefix('x') {
            Some(name)
                if digits > 0 && digits < 4 && !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                words.push(format!("{count}x"));
                words.push(name.to_owned());
            }
            _ => match words.last_mut() {
                Some(last)
                    if matches!(word.as_str(), "gb" | "g" | "x" | "go" | "гб" | "го")
                        && last.bytes().all(|byte| byte.is_ascii_digit()) =>
                {
                    // French and Russian gigabytes are the same.
                    last.push_str(if matches!(word.as_str(), "go" | "гб" | "го") { "gb" } else { &word })
                }
                // `H100 x 8`.
                Some(last) if last.as_str() == "x" && digits == word.len() => last.push_str(&word),
                _ => words.push(word),
            },
        }
    }
    words
}

/// Whether a word counts pieces, as in `24 PCS`.
pub(crate) fn is_piece(word: &str) -> bool {
    const PIECES: &[&str] = &[
        "pcs", "pc", "pce", "pces", "pieces", "piece", "units", "unit", "ea", "nos", "uds", "unidades", "piezas",
        "stuck", "stk", "szt", "шт", "adet", "개", "枚", "台", "個", "个", "张", "張", "块", "片", "장", "대", "매",
        "pezzi", "stuks", "unites",
    ];
    PIECES.contains(&plain(word).as_str())
}

/// How many pieces a description counts, where it counts them once: `24 PCS`, `24 units`.
pub(crate) fn counted_pieces(text: &str) -> Option<i64> {
    let words = tokens(text);
    let apart =
        words.iter().zip(words.iter().skip(1)).filter(|(_, next)| is_piece(next)).map(|(count, _)| count.as_str());
    let joined = words.iter().filter_map(|word| {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = word.split_at_checked(digits)?;
        is_piece(unit).then_some(count)
    });
    let counts: std::collections::BTreeSet<i64> =
        apart.chain(joined).filter_map(|count| count.parse().ok()).filter(|count| *count > 0).collect();
    if counts.len() == 1 { counts.first().copied() } else { None }
}

/// The parts of a word in Latin letters and digits, and those in another script: `8卡`, `H100搭載`.
fn by_script(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut is_ascii = None;
    for letter in word.chars() {
        match parts.last_mut() {
            // Letters with accents stay in their words.
            Some(part) if is_ascii == Some(letter < '\u{370}') => part.push(letter),
            _ => parts.push(letter.to_string()),
        }
        is_ascii = Some(letter < '\u{370}');
    }
    parts
}

/// Whether a word may be the number of a model: it has a digit, and is no count and no size.
pub(crate) fn is_model_word(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit()) && !is_count(word) && !is_size(word)
}

/// `8x`, `x8`.
pub(crate) fn is_count(word: &str) -> bool {
    times(word).is_some()
}

/// How many `8x` or `x8` are.
pub(crate) fn times(word: &str) -> Option<i64> {
    let (digits, most) = match word.strip_suffix('x') {
        Some(digits) => (digits, 4),
        None => (word.strip_prefix('x')?, 2),
    };
    let short = digits.len() <= most && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|count| short && *count > 0)
}

/// `80gb`, `2tb`, `400g`, `3200mhz`, `1m`.
fn is_size(word: &str) -> bool {
    let unit = word.trim_start_matches(|letter: char| letter.is_ascii_digit());
    word.len() > unit.len()
        && matches!(unit, "gb" | "g" | "tb" | "t" | "mb" | "mhz" | "ghz" | "w" | "kw" | "m" | "u" | "mm" | "gbe" | "v")
}
