//! Name fields as publishers fill them: several parties, former names and acronyms in one field, taken apart.

use super::ListName;
use crate::name::{Name, Token};
use crate::words::background;

/// Words that begin another party's or another name within a name field.
const SPLITS: [&str; 23] = [
    "affiliated entity:",
    "affiliated entities:",
    "subordinate institution:",
    "subordinate institutions:",
    "subordinate institution -",
    "subordinate institute:",
    "a.k.a.,",
    "a.k.a.",
    "f.k.a.,",
    "f.k.a.",
    "and any successor",
    "formerly known as ",
    "(formerly ",
    ", formerly ",
    " formerly ",
    "f/k/a",
    "a/k/a",
    "d/b/a",
    "doing business as ",
    "trading as ",
    "also known as ",
    " t/a ",
    "including the following",
];

/// The names in a published name field, the field itself first: several parties written into one field, former and other names,
/// and an acronym in parentheses, which is a weak name.
pub fn split_names(field: &str) -> Vec<ListName> {
    let field = field.trim();
    let mut names = vec![ListName { text: field.to_owned(), weak: false }];
    let lower = field.to_ascii_lowercase();
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    for split in SPLITS {
        cuts.extend(lower.match_indices(split).map(|(at, found)| (at, at + found.len())));
    }
    cuts.sort_unstable();
    // `(formerly known as` is one cut.
    cuts.dedup_by(|later, earlier| {
        let overlaps = later.0 < earlier.1;
        earlier.1 = if overlaps { earlier.1.max(later.1) } else { earlier.1 };
        overlaps
    });
    let mut from = 0;
    let mut parts = Vec::new();
    for (at, after) in &cuts {
        parts.extend(field.get(from..*at));
        from = *after;
    }
    // What follows "and any successor" names nobody.
    if let Some((at, _)) = cuts.last()
        && !lower.get(*at..).is_some_and(|text| text.starts_with("and any successor"))
    {
        parts.extend(field.get(from..));
    }
    for part in parts.iter().chain(parts.is_empty().then_some(&field)) {
        let (outside, inside) = parentheses(part);
        for (text, weak) in [(outside.as_str(), false), (inside.as_str(), true)] {
            let text =
                text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '.' | '-' | '(' | ')' | '"'));
            let known = names.iter().any(|name| name.text.eq_ignore_ascii_case(text));
            if text.chars().filter(|c| c.is_alphanumeric()).count() >= 3 && !known {
                names.push(ListName { text: text.to_owned(), weak });
            }
        }
    }
    for part in beside_slash(field) {
        if !names.iter().any(|name| name.text.eq_ignore_ascii_case(part)) {
            names.push(ListName { text: part.to_owned(), weak: true });
        }
    }
    names
}

/// The names on either side of a slash, where each has a word that is rare among companies: `Import/Export` is one name.
fn beside_slash(field: &str) -> Vec<&str> {
    let is_name = |part: &&str| {
        let telling = |token: &Token| !token.form && token.written.len() >= 4 && background(&token.word).0 <= 1;
        Name::parse(part).tokens.iter().any(telling)
    };
    let parts: Vec<&str> = field.split('/').map(str::trim).collect();
    if (2..=3).contains(&parts.len()) && parts.iter().all(is_name) { parts } else { Vec::new() }
}

/// A text without its first parenthesis, and what stands in that where it looks like another name of the same party.
fn parentheses(text: &str) -> (String, String) {
    let Some((before, rest)) = text.split_once('(') else { return (text.to_owned(), String::new()) };
    let Some((inside, after)) = rest.split_once(')') else { return (text.to_owned(), String::new()) };
    // `(HK)` and `(Private)` belong to the name; an acronym or a short form at its end does not.
    if !after.trim_matches(|c: char| !c.is_alphanumeric()).is_empty() || inside.len() < 3 {
        return (text.to_owned(), String::new());
    }
    (before.to_owned(), inside.to_owned())
}

/// The names in several name fields, each once, the first field's first.
pub(super) fn names_of<'t>(fields: impl Iterator<Item = &'t str>) -> Vec<ListName> {
    let mut names: Vec<ListName> = Vec::new();
    for field in fields.map(str::trim).filter(|field| !field.is_empty()) {
        for name in split_names(field) {
            if !names.iter().any(|known| known.text == name.text) {
                names.push(name);
            }
        }
    }
    names
}
