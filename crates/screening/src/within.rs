//! Names within names: who stands behind `c/o`, `formerly`, `d/b/a`, on the other side of a slash or in brackets.

use crate::fold::fold;
use crate::words::{canonical, is_beside};

/// Words after which, and before which, another name stands.
const MARKERS: [&str; 93] = [
    "for the attention of",
    "for attention of",
    "fao",
    "trading under the name of",
    "trading under the name",
    "on behalf of and for the account of",
    "for the account of and on behalf of",
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
    "via",
    "through",
    "ex",
    "nee",
    "née",
    "successor in interest to",
    "by order of",
    "on account of",
    "part of",
    "a part of",
    "member of",
    "a member of",
    "p a",
    "z hd",
    "zhd",
    "ubo",
    "beneficial owner",
    "operated by",
    "managed by",
    "joint venture of",
    "joint venture with",
    "jv of",
    "jv with",
    "in care of",
    "ship to",
    "deliver to",
    "notify",
    "end user",
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

/// A name within a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part<'t> {
    pub(crate) text: &'t str,
    /// Whether words such as `c/o` set it off, and not a bracket, slash or dash alone, which stand in many names of one party.
    pub(crate) set_off: bool,
}

/// Where a name ends and another begins.
#[derive(Clone, Copy)]
struct Cut {
    at: Stretch,
    is_word: bool,
}

/// The names within a name, where it is made of several; none where it is one. What words set off is a part with its brackets and without.
pub(crate) fn name_parts(text: &str) -> Vec<Part<'_>> {
    let words = words(text);
    let mut cuts: Vec<Cut> = markers(text, &words).into_iter().map(|at| Cut { at, is_word: true }).collect();
    let marks = marks(text);
    let units = before_unit(text, &words).into_iter().map(|text| Part { text, set_off: false });
    let mut parts: Vec<Part<'_>> = units.collect();
    if !cuts.is_empty() || !marks.is_empty() {
        cut(text, cuts.clone(), &mut parts);
        let is_bracket = |mark: &Stretch| BRACKETS.contains(mark.of(text));
        for brackets in [false, true] {
            let more = marks.iter().filter(|mark| is_bracket(mark) == brackets);
            let before = cuts.len();
            cuts.extend(more.map(|at| Cut { at: *at, is_word: false }));
            if cuts.len() > before {
                cut(text, cuts.clone(), &mut parts);
            }
        }
    }
    let is_mark = |c: char| !c.is_alphanumeric();
    let is_end = |c: char| is_mark(c) && !matches!(c, '.' | '\'' | ')');
    let is_name = |part: &Part<'_>| {
        part.text.chars().filter(|c| c.is_alphanumeric()).take(3).count() == 3 && part.text != text.trim()
    };
    let mut names: Vec<Part<'_>> = Vec::with_capacity(parts.len());
    for part in parts.into_iter().filter(is_name) {
        let text = part.text.trim_start_matches(is_mark).trim_end_matches(is_end);
        let text = if text.contains(['(', '（']) { text } else { text.trim_end_matches(is_mark_but_stop) };
        let part = Part { text, ..part };
        if !names.iter().any(|known| known.text == part.text) {
            names.push(part);
        }
    }
    names
}

/// Stretches between marks that a span is made of at most: a listed name has some itself.
const MOST_STRETCHES: usize = 5;
/// Marks of a text between which spans are looked at.
const MOST_MARKS: usize = 12;

/// Every stretch, and every run of stretches, between marks, commas and words such as `c/o`: where a listed name has marks of its own (`PCC (UK)`), one of
/// them is all of it.
pub(crate) fn name_spans(text: &str) -> Vec<&str> {
    let words = words(text);
    let commas = text.match_indices([',', '，']).map(|(start, comma)| Stretch { start, end: start + comma.len() });
    let mut cuts: Vec<Stretch> = markers(text, &words).into_iter().chain(marks(text)).chain(commas).collect();
    cuts.sort_by_key(|cut| (cut.start, cut.end));
    cuts.truncate(MOST_MARKS);
    let starts: Vec<usize> = std::iter::once(0).chain(cuts.iter().map(|cut| cut.end)).collect();
    // A bracket that closes a span belongs to it: where it does not, the words are the same.
    let ends: Vec<usize> = cuts.iter().map(|cut| cut.start).chain([text.len()]).collect();
    let mut spans = Vec::new();
    for (place, start) in starts.iter().enumerate() {
        for end in ends.iter().skip(place).take(MOST_STRETCHES).filter(|end| **end > *start) {
            let span = text.get(*start..*end).unwrap_or("").trim();
            let is_name = span.chars().filter(|c| c.is_alphanumeric()).take(2).count() == 2;
            if is_name && span.len() < text.trim().len() && !spans.contains(&span) {
                spans.push(span);
            }
        }
    }
    spans
}

/// What stands before a part of a text, wherever it stands in it.
fn before<'t>(text: &'t str, part: &'t str) -> impl Iterator<Item = &'t str> {
    text.match_indices(part).filter_map(|(at, _)| text.get(..at)).map(str::trim_end)
}

/// Whether a part stands behind a comma, where legal forms do.
pub(crate) fn is_behind_comma(text: &str, part: &str) -> bool {
    before(text, part).any(|before| before.ends_with([',', '，']))
}

/// Whether a part goes on behind brackets that say where or what a unit is, or its number: `Technology` in `Vole (Shenzhen) Technology` is no name.
pub(crate) fn goes_on_behind_brackets(text: &str, part: &str) -> bool {
    before(text, part).any(|before| {
        let inside = before.strip_suffix([')', ']', '）']).and_then(|before| before.rsplit_once(['(', '[', '（']));
        inside.is_some_and(|(ahead, inside)| {
            let tells_nothing =
                |word: &String| is_beside(canonical(word)) || word.bytes().all(|byte| byte.is_ascii_digit());
            ahead.contains(char::is_alphanumeric) && fold(inside).iter().all(tells_nothing)
        })
    })
}

fn is_mark_but_stop(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '.' | '\'')
}

/// Adds what stands between cuts, and what stands between the commas of that.
fn cut<'t>(text: &'t str, mut cuts: Vec<Cut>, parts: &mut Vec<Part<'t>>) {
    if cuts.is_empty() {
        return;
    }
    cuts.sort_by_key(|cut| (cut.at.start, std::cmp::Reverse(cut.at.end)));
    let (mut start, mut behind_word) = (0, false);
    let end = Cut { at: Stretch { start: text.len(), end: text.len() }, is_word: false };
    for cut in cuts.into_iter().chain([end]) {
        if cut.at.start > start {
            let whole = Stretch { start, end: cut.at.start }.of(text);
            let set_off = behind_word || cut.is_word;
            parts.extend(std::iter::once(whole).chain(comma_pieces(whole)).map(|text| Part { text, set_off }));
            // A mark beside a word belongs to it: `Attn:`, `(formerly`.
            behind_word = whole.chars().all(|c| !c.is_alphanumeric()) && behind_word;
        }
        start = start.max(cut.at.end);
        behind_word |= cut.is_word;
    }
}

/// Words for a part of a company, which stand behind its name: `Blue Heron Works, Singapore Branch`.
const UNITS: [&str; 21] = [
    "branch",
    "br",
    "zweigniederlassung",
    "branches",
    "dept",
    "department",
    "division",
    "office",
    "unit",
    "warehouse",
    "plant",
    "factory",
    "workshop",
    "laboratory",
    "headquarters",
    "hq",
    "subsidiary",
    "affiliate",
    "rep",
    "section",
    "filiale",
];

/// What stands before a word for a part of a company and before the one or two words that name the part; before a comma where one divides them.
fn before_unit<'t>(text: &'t str, words: &[Stretch]) -> Vec<&'t str> {
    let is_unit = |word: &Stretch| UNITS.iter().any(|unit| word.of(text).eq_ignore_ascii_case(unit));
    let Some(place) = words.iter().rposition(is_unit).filter(|place| *place > 0 && place + 3 >= words.len()) else {
        return Vec::new();
    };
    let ends = (1..=3).filter_map(|back| words.get(place.checked_sub(back)?)).map(|word| word.end);
    let before = text.get(..words.get(place).map_or(0, |word| word.start)).unwrap_or("");
    ends.chain(before.rfind(',')).filter_map(|end| text.get(..end)).collect()
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
    let first = |text: &str| text.bytes().next().map(|byte| byte.to_ascii_lowercase());
    if first(words.first()?.of(text)) != first(marker) {
        return None;
    }
    let run = words.get(..marker.split(' ').count())?;
    let is_same = run.iter().zip(marker.split(' ')).all(|(word, of)| word.of(text).eq_ignore_ascii_case(of));
    let is_joined = |pair: &[Stretch]| match pair {
        [a, b] => !Stretch { start: a.end, end: b.start }.of(text).contains(' '),
        _ => true,
    };
    let is_lettered = marker.split(' ').all(|word| word.len() <= 2);
    (is_same && (!is_lettered || run.windows(2).all(is_joined))).then_some(run)
}

/// Brackets, those of East Asian scripts too.
const BRACKETS: &str = "()[]{}<>（）［］｛｝＜＞【】〔〕〈〉《》「」『』";

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
        let is_care_of = || {
            before.ends_with([' ', 'c', 'C'])
                && before.trim_end_matches(['c', 'C']).ends_with(' ')
                && after.starts_with('-')
        };
        match c {
            '/' if is_care_of() => true,
            '|' | ';' | '\n' | '\t' | '／' | '｜' | '；' | '\\' => true,
            c if BRACKETS.contains(c) => true,
            // `A/S` and `S/A` are forms of companies.
            '/' => spaces.contains(&true) || long.contains(&true),
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
            ("Lion Cloud via Blue Heron Works", vec!["Lion Cloud", "Blue Heron Works"]),
            ("Lion Cloud c/- Blue Heron Works", vec!["Blue Heron Works"]),
            ("Lion Cloud (ex-Blue Heron Works)", vec!["Blue Heron Works"]),
            ("Lion Cloud née Blue Heron Works", vec!["Blue Heron Works"]),
            ("Blue Heron Works", vec![]),
            ("Novo Lys A/S", vec![]),
            ("Heron C O Works", vec![]),
            ("Rolls-Heron", vec![]),
            ("c/o", vec![]),
            ("Blue Heron Works Ltd./Lion Cloud", vec!["Blue Heron Works Ltd.", "Lion Cloud"]),
            ("Blue Heron Works Singapore Branch", vec!["Blue Heron Works Singapore", "Blue Heron Works", "Blue Heron"]),
            (
                "Blue Heron Works, Purchasing Dept.",
                vec!["Blue Heron Works, Purchasing", "Blue Heron Works", "Blue Heron"],
            ),
            ("Branch", vec![]),
            ("Lion Cloud <Blue Heron Works>", vec!["Lion Cloud", "Blue Heron Works"]),
            ("Lion Cloud「Blue Heron Works」", vec!["Lion Cloud", "Blue Heron Works"]),
            ("Blue Heron Works, Shanghai Br.", vec!["Blue Heron Works"]),
            ("FAO Blue Heron Works", vec!["Blue Heron Works"]),
            ("For the attention of: Blue Heron Works", vec!["Blue Heron Works"]),
            (
                "Lion Cloud c/o Blue Heron (Hong Kong) Co., Limited",
                vec!["Lion Cloud", "Blue Heron (Hong Kong) Co., Limited"],
            ),
            ("Attn: Mr Tan, Blue Heron Ltd", vec!["Mr Tan, Blue Heron Ltd", "Mr Tan", "Blue Heron Ltd"]),
        ] {
            let parts: Vec<&str> = name_parts(text).into_iter().map(|part| part.text).collect();
            assert!(
                expected.iter().all(|name| parts.contains(name)) && expected.is_empty() == parts.is_empty(),
                "{text}: {parts:?}"
            );
        }
        assert!(name_spans("Lion Cloud [Blue (UK)]").contains(&"Blue (UK"));
        assert!(name_spans("Attn: Mr Tan, ALI, Ahmad").contains(&"ALI, Ahmad"));
        assert!(name_spans("Lion Cloud, Orion").contains(&"Orion"));
        assert!(name_spans("Blue Heron Inc.").is_empty());
        let set_off = |text: &str| name_parts(text).iter().all(|part| part.set_off);
        assert!(set_off("Lion Cloud (formerly Blue Heron)") && set_off("Attn: Blue Heron"));
        assert!(!set_off("Lion Cloud (Blue Heron)") && !set_off("Lion Cloud / Blue Heron"));
    }
}
