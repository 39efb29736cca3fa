//! Which words of two names are taken for one another: word by word, several joined, or by their initials.

use tollgate_model::Lookup;

use crate::alike::{Place, alike, heard};
use crate::kanji::short_vowels;
use crate::name::{Name, Token};
use crate::similar::{similarity, skeleton, sound_classes, spoken};
use crate::words::are_nicknames;

/// Similarity below which words are not taken for each other.
const LEAST: u32 = 6_000;
/// Similarity that joined words need.
const JOIN: u32 = 9_200;
/// Letters and spaces from which a name may have been cut off where a field ended.
const FIELD: usize = 18;

/// Words that stand side by side in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The place of the first, from 0.
    pub first: usize,
    /// How many they are.
    pub count: usize,
}

impl Span {
    /// One word.
    fn one(first: usize) -> Span {
        Span { first, count: 1 }
    }

    /// Whether the word at a place is among them.
    pub(crate) fn contains(self, place: usize) -> bool {
        (self.first..self.first + self.count).contains(&place)
    }
}

/// Words of the query that were taken for words of the entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Those of the query.
    pub query: Span,
    /// Those of the entry.
    pub entry: Span,
    /// How alike they are, in basis points.
    pub similarity: u32,
    /// What they tell, in hundredths of a bit.
    pub weight: u32,
}

/// How alike two words are, in basis points.
#[derive(Clone, Copy, Debug, Default)]
struct Likeness {
    /// As words of any names.
    word: u32,
    /// As names of persons, where that is more.
    person: u32,
}

/// How alike the words of one query are to words met before: a list says the same words again and again.
#[derive(Debug, Default)]
pub(crate) struct WordSimilarities {
    /// Where the row of a word of the index begins, by its number.
    starts: Lookup<u32, usize>,
    /// For each such word, its likeness to each of the query's, in their order.
    rows: Vec<Likeness>,
}

impl WordSimilarities {
    pub(crate) fn clear(&mut self) {
        self.starts.clear();
        self.rows.clear();
    }

    /// How alike each word of the query is to a word of an entry.
    fn row(&mut self, query: &Name, word: &Token) -> &[Likeness] {
        let next = self.rows.len();
        let start = match word.id {
            Some(id) => *self.starts.entry(id).or_insert(next),
            None => next,
        };
        if start == next {
            self.rows.extend(likenesses(query, word));
        }
        self.rows.get(start..start + query.tokens.len()).unwrap_or(&[])
    }
}

/// The likeness of each word of a query to a word.
fn likenesses<'q>(query: &'q Name, word: &'q Token) -> impl Iterator<Item = Likeness> + 'q {
    let letters: usize = query.tokens.iter().map(|token| token.written.len() + 1).sum();
    let words = query.tokens.iter().filter(|token| !token.form).count();
    query.tokens.iter().enumerate().map(move |(at, token)| {
        let place = match at + 1 == query.tokens.len() {
            true if letters > FIELD && words > 1 => Place::FieldEnd,
            true => Place::Last,
            false => Place::Within,
        };
        let alike = alike(token, word, place);
        let person = if alike < PERSON_ALIKE { alike.max(person_alike(token, word)) } else { alike };
        Likeness { word: alike, person }
    })
}

/// Which words of a query were taken for which of an entry, none twice, in the order of the query. `persons` says that both look like persons' names.
pub(crate) fn link(query: &Name, entry: &Name, persons: bool, similarities: &mut WordSimilarities) -> Vec<Link> {
    choose(candidates(query, entry, persons, similarities), query.tokens.len(), entry.tokens.len())
}

/// Every pair of words, and of words with several joined, that may be one.
fn candidates(query: &Name, entry: &Name, persons: bool, similarities: &mut WordSimilarities) -> Vec<Link> {
    let mut links = Vec::new();
    for (j, b) in entry.tokens.iter().enumerate() {
        let row = similarities.row(query, b);
        for ((i, a), likeness) in query.tokens.iter().enumerate().zip(row) {
            let is_initial = [a, b].iter().any(|token| token.written.len() == 1);
            let is_digit = is_initial && (a.is_number() || b.is_number());
            let similarity = match persons {
                true => likeness.person,
                // Persons are called by their initials, companies are not; a letter may be what is left of a legal form.
                false if is_initial && !is_digit && likeness.word < 10_000 && !(a.is_legal || b.is_legal) => 0,
                false => likeness.word,
            };
            if similarity >= LEAST {
                let least = if is_initial { 200 } else { u32::MAX };
                let weight = a.weight.min(b.weight).min(least);
                links.push(Link { query: Span::one(i), entry: Span::one(j), similarity, weight });
            }
        }
    }
    // A Chinese name in characters is one word, and may be a person's.
    let lone = query.tokens.len() == 1 && query.forms.is_empty() && entry.forms.is_empty();
    for (i, a) in query.tokens.iter().enumerate() {
        joined(a, &entry.tokens, persons || lone, &mut |entry, similarity, weight| {
            links.push(Link { query: Span::one(i), entry, similarity, weight });
        });
    }
    for (j, b) in entry.tokens.iter().enumerate() {
        joined(b, &query.tokens, persons, &mut |query, similarity, weight| {
            links.push(Link { query, entry: Span::one(j), similarity, weight });
        });
    }
    links
}

/// How alike the two names of a person are that differ by transliteration or as a nickname does.
const PERSON_ALIKE: u32 = 8_800;

/// How alike words of persons' names are that nothing in their letters shows.
fn person_alike(a: &Token, b: &Token) -> u32 {
    if a.chinese.is_some() && a.chinese == b.chinese {
        return 8_600;
    }
    if are_nicknames(&a.written, &b.written) { PERSON_ALIKE } else { 0 }
}

/// How alike words that joined make another are by what each is called otherwise.
const CALLED: u32 = 9_500;

/// Words that stand side by side, as one.
#[derive(Default)]
struct Joined {
    text: String,
    initials: String,
    /// In hundredths of a bit.
    weight: u32,
    /// Whether one of them is a single letter.
    has_initial: bool,
    by_sound: bool,
    consonants: bool,
    /// What they are heard as where all may be Chinese.
    chinese: Option<String>,
    /// The same words by what else each is called, in a few combinations; none where no word is called otherwise.
    others: Vec<String>,
}

/// Combinations of what words are called that are kept.
const MOST_OTHERS: usize = 24;

impl Joined {
    fn push(&mut self, token: &Token) {
        if !token.also.is_empty() || !self.others.is_empty() {
            let before =
                if self.others.is_empty() { vec![self.text.clone()] } else { std::mem::take(&mut self.others) };
            let called = || std::iter::once(&token.written).chain(&token.also);
            self.others = before
                .iter()
                .flat_map(|text| called().map(move |word| [text.as_str(), word.as_str()].concat()))
                .collect();
            self.others.truncate(MOST_OTHERS);
        }
        self.text.push_str(&token.written);
        self.weight += if token.form { 0 } else { token.weight };
        self.initials.extend(token.written.chars().next());
        self.has_initial |= token.written.len() == 1;
        self.by_sound |= token.by_sound;
        self.consonants |= token.consonants;
        self.chinese = match (self.chinese.take(), &token.chinese) {
            (None, Some(sound)) if self.text.len() == token.written.len() => Some(sound.clone()),
            (Some(before), Some(sound)) => Some(before + sound),
            _ => None,
        };
    }

    /// How alike they are to a word, in basis points.
    fn alike(&self, word: &Token) -> u32 {
        let near = self.text.len().abs_diff(word.written.len()) <= 3;
        let mut spelled = if near { similarity(&word.written, &self.text) } else { 0 };
        if spelled < CALLED && (!self.others.is_empty() || word.is_also(&self.text)) {
            let short = short_vowels(&word.written);
            let is_called = |other: &String| *other == word.written || *other == short;
            let is_same = word.is_also(&self.text) || self.others.iter().any(is_called);
            spelled = if is_same { CALLED } else { spelled };
        }
        if self.by_sound || word.by_sound {
            let classes = sound_classes(&word.written).len();
            let heard = if classes >= 3 { heard(&word.written, &self.text) } else { 0 };
            if word.written.len() >= 4 && spoken(&word.written) == spoken(&self.text) {
                return spelled.max(JOIN + 100);
            }
            return spelled.max(if heard >= 8_300 && classes >= 5 { heard.max(JOIN) } else { heard });
        }
        if self.chinese.is_some() && self.chinese == word.chinese {
            return spelled.max(9_300);
        }
        if self.consonants != word.consonants && word.skeleton.len() >= 3 && skeleton(&self.text) == word.skeleton {
            return spelled.max(9_300);
        }
        spelled
    }
}

/// Hands on the runs of the other name's words that joined, or by their first letters, make this word, each with how alike
/// they are in basis points and what they tell in hundredths of a bit.
fn joined(word: &Token, others: &[Token], persons: bool, found: &mut dyn FnMut(Span, u32, u32)) {
    if others.len() < 2 || word.written.len() < 2 {
        return;
    }
    let first = |token: &Token| token.written.bytes().next();
    for start in 0..others.len() - 1 {
        let Some(other) = others.get(start) else { return };
        // What is written by its sound or its consonants may begin with another letter.
        let may_be_chinese = persons && word.chinese.is_some() && other.chinese.is_some();
        let is_called_otherwise = !(word.also.is_empty() && other.also.is_empty());
        let is_guessed = word.by_sound || other.by_sound || word.consonants || other.consonants;
        let is_sure = !(is_guessed || may_be_chinese || is_called_otherwise);
        if is_sure && first(other) != first(word) {
            continue;
        }
        let mut run = Joined::default();
        for (count, other) in others.iter().skip(start).take(8).enumerate() {
            run.push(other);
            if count == 0 {
                continue;
            }
            let span = Span { first: start, count: count + 1 };
            if run.text.len() > word.written.len() + 4 && run.initials.len() > word.written.len() {
                break;
            }
            let alike = run.alike(word);
            // An initial beside a name is no part of it, however like a doubled letter it looks.
            if alike >= if run.has_initial { 10_000 } else { JOIN } {
                found(span, alike.saturating_sub(50), run.weight);
            } else if (if persons { 2 } else { 3 }..=5).contains(&word.written.len()) && run.initials == word.written {
                found(span, 8_000, run.weight.min(word.weight).min(700));
            }
        }
    }
}

/// The best links that do not share a word, in the order of the query: those that tell most first.
fn choose(mut links: Vec<Link>, query: usize, entry: usize) -> Vec<Link> {
    let worth = |link: &Link| u64::from(link.similarity) * u64::from(link.weight.max(1)) * u64::from(link.similarity);
    links.sort_by(|a, b| worth(b).cmp(&worth(a)).then(a.query.cmp(&b.query)).then(a.entry.cmp(&b.entry)));
    let (mut query_taken, mut entry_taken) = (vec![false; query], vec![false; entry]);
    let mut chosen: Vec<Link> = Vec::new();
    for link in links {
        let free = |taken: &[bool], span: Span| taken.iter().skip(span.first).take(span.count).all(|taken| !taken);
        if free(&query_taken, link.query) && free(&entry_taken, link.entry) {
            let take = |taken: &mut [bool], span: Span| {
                taken.iter_mut().skip(span.first).take(span.count).for_each(|taken| *taken = true)
            };
            take(&mut query_taken, link.query);
            take(&mut entry_taken, link.entry);
            chosen.push(link);
        }
    }
    chosen.sort_by_key(|link| link.query);
    chosen
}
