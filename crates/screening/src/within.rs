//! Names within names: who stands behind `c/o`, `formerly`, `d/b/a`, on the other side of a slash or in brackets.

/// Words after which, and before which, another name stands.
const MARKERS: [&str; 58] = [
    "formerly known as",
    "previously known as",
    "formerly called",
    "formerly",
    "previously",
    "now known as",
    "now called",
    "also known as",
    "known as",
    "aka",
    "a k a",
    "fka",
    "f k a",
    "nka",
    "n k a",
    "doing business as",
    "dba",
    "d b a",
    "trading as",
    "operating as",
    "t a",
    "t as",
    "o a",
    "care of",
    "c o",
    "attention of",
    "attention",
    "attn",
    "att",
    "for and on behalf of",
    "on behalf of",
    "in behalf of",
    "o b o",
    "obo",
    "for the account of",
    "for account of",
    "acting for",
    "as agent for",
    "as agent of",
    "agent for",
    "agent of",
    "nominee of",
    "branch office of",
    "branch of",
    "representative office of",
    "rep office of",
    "office of",
    "division of",
    "department of",
    "subsidiary of",
    "affiliate of",
    "a unit of",
    "unit of",
    "owned by",
    "controlled by",
    "represented by",
    "successor to",
    "successor of",
];

/// A stretch of a text, in bytes.
#[derive(Clone, Copy)]
struct Stretch {
    start: usize,
    end: usize,
}

impl Stretch {
    /// Its text; none where it does not lie on letters' borders.
    fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

/// The names within a name, where it is made of several; none where it is one.
pub(crate) fn name_parts(text: &str) -> Vec<&str> {
    let mut cuts = markers(text, &words(text));
    cuts.extend(marks(text));
    if cuts.is_empty() {
        return Vec::new();
    }
    cuts.sort_by_key(|cut| (cut.start, std::cmp::Reverse(cut.end)));
    let mut parts = Vec::new();
    let mut start = 0;
    for cut in cuts.into_iter().chain([Stretch { start: text.len(), end: text.len() }]) {
        if cut.start > start {
            parts.push(Stretch { start, end: cut.start }.of(text));
        }
        start = start.max(cut.end);
    }
    let is_name = |part: &&str| part.chars().filter(|c| c.is_alphanumeric()).count() >= 3 && *part != text.trim();
    let is_mark = |c: char| !c.is_alphanumeric();
    let is_end = |c: char| is_mark(c) && !matches!(c, '.' | '\'');
    let pieces = parts.iter().flat_map(|part| std::iter::once(*part).chain(comma_pieces(part)));
    let trimmed = pieces.map(|part| part.trim_start_matches(is_mark).trim_end_matches(is_end));
    trimmed.filter(is_name).collect()
}

/// What stands before and behind each comma of a part, where it has some: `Mr Tan, Blue Heron Ltd`.
fn comma_pieces(part: &str) -> impl Iterator<Item = &str> {
    part.split(',').filter(|piece| piece.len() < part.len())
}

/// The words of a text.
fn words(text: &str) -> Vec<Stretch> {
    let mut words: Vec<Stretch> = Vec::new();
    let mut is_open = false;
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() {
            let end = at + c.len_utf8();
            match words.last_mut() {
                Some(last) if is_open => last.end = end,
                _ => words.push(Stretch { start: at, end }),
            }
        }
        is_open = c.is_alphanumeric();
    }
    words
}

/// Where the longest markers stand: one of single letters (`C O`) only where marks stand between the letters, as in `c/o` and `d.b.a.`.
fn markers(text: &str, words: &[Stretch]) -> Vec<Stretch> {
    let mut cuts = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let runs = MARKERS.iter().filter_map(|marker| marker_at(text, words.get(at..)?, marker));
        match runs.max_by_key(|run| run.len()).and_then(|run| Some((run.len(), run.first()?, run.last()?))) {
            Some((count, first, last)) => {
                cuts.push(Stretch { start: first.start, end: last.end });
                at += count;
            }
            None => at += 1,
        }
    }
    cuts
}

/// The words of a marker where words begin with it.
fn marker_at<'w>(text: &str, words: &'w [Stretch], marker: &str) -> Option<&'w [Stretch]> {
    let run = words.get(..marker.split(' ').count())?;
    let is_same = run.iter().zip(marker.split(' ')).all(|(word, of)| word.of(text).eq_ignore_ascii_case(of));
    let is_joined = |pair: &[Stretch]| match pair {
        [a, b] => !Stretch { start: a.end, end: b.start }.of(text).contains(' '),
        _ => true,
    };
    let is_lettered = marker.split(' ').all(|word| word.len() <= 2);
    (is_same && (!is_lettered || run.windows(2).all(is_joined))).then_some(run)
}

/// Where slashes, bars, brackets, semicolons and dashes between spaces stand.
fn marks(text: &str) -> Vec<Stretch> {
    let splits = |at: usize, c: char| {
        let before = text.get(..at).unwrap_or("");
        let after = text.get(at + c.len_utf8()..).unwrap_or("");
        let spaces = [before.chars().next_back(), after.chars().next()].map(|c| c.is_none_or(char::is_whitespace));
        let long = [
            before.chars().rev().take_while(|c| c.is_alphanumeric()).take(3).count() == 3,
            after.chars().take_while(|c| c.is_alphanumeric()).take(3).count() == 3,
        ];
        match c {
            '|' | ';' | '[' | ']' | '(' | ')' | '{' | '}' | '\n' | '（' | '）' | '【' | '】' | '／' | '\\' => true,
            // `A/S` and `S/A` are forms of companies.
            '/' => spaces.contains(&true) || long == [true, true],
            '-' | '–' | '—' | ':' => spaces.contains(&true) && (c == ':' || spaces == [true, true]),
            _ => false,
        }
    };
    let cuts = text.char_indices().filter(|(at, c)| splits(*at, *c));
    cuts.map(|(start, c)| Stretch { start, end: start + c.len_utf8() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_split_where_another_begins() {
        for (text, expected) in [
            ("Lion Cloud Pte Ltd c/o Blue Heron Works", vec!["Lion Cloud Pte Ltd", "Blue Heron Works"]),
            ("Lion Cloud (formerly Blue Heron Works)", vec!["Lion Cloud", "Blue Heron Works"]),
            ("Lion Cloud D.B.A. Blue Heron Works", vec!["Lion Cloud", "Blue Heron Works"]),
            ("Blue Heron Works Attn: Mr Tan", vec!["Blue Heron Works", "Mr Tan"]),
            ("Blue Heron Works/Lion Cloud", vec!["Blue Heron Works", "Lion Cloud"]),
            ("Lion Cloud on behalf of Blue Heron Works", vec!["Lion Cloud", "Blue Heron Works"]),
            ("Shanghai Branch of Blue Heron Works", vec!["Shanghai", "Blue Heron Works"]),
            ("Blue Heron Works - Warehouse 4", vec!["Blue Heron Works", "Warehouse 4"]),
            ("Lion Cloud [Blue Heron]", vec!["Lion Cloud", "Blue Heron"]),
            ("Blue Heron Works", vec![]),
            ("Novo Lys A/S", vec![]),
            ("Heron C O Works", vec![]),
            ("Rolls-Heron", vec![]),
            ("c/o", vec![]),
            ("Attn: Mr Tan, Blue Heron Ltd", vec!["Mr Tan, Blue Heron Ltd", "Mr Tan", "Blue Heron Ltd"]),
        ] {
            assert_eq!(name_parts(text), expected, "{text}");
        }
    }
}
