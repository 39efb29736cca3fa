//! The one scoring function. Its explanation is its return value.

use tollgate_model::Lookup;

use crate::name::{Name, Token};
use crate::similar::{similarity, sound_classes};
use crate::sizes::{narrow, place_of};
use crate::words::Form;

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

    fn contains(self, place: usize) -> bool {
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

/// How the legal forms of two names go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forms {
    /// One of them states none, or they agree.
    Compatible,
    /// They are forms of different kinds of company.
    Different,
}

/// How alike two names are, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// Basis points; 10,000 only for names that are the same word for word.
    pub points: u32,
    /// Which words met.
    pub links: Vec<Link>,
    /// What the unmatched words of the query tell, in hundredths of a bit.
    pub lost_query: u32,
    /// The same of the entry.
    pub lost_entry: u32,
    /// Whether what the entry lost counts in full, because words of the query were not met either.
    pub replaced: bool,
    /// How the forms go together.
    pub forms: Forms,
}

/// The figures that the score is made with, chosen on data (`docs/screening.md`).
#[derive(Clone, Copy, Debug)]
struct Figures {
    /// What an unmatched word of the query costs, in percent of its weight.
    lost_query: u32,
    /// The same of the entry, where every word of the query was met.
    lost_entry: u32,
    /// The same of the entry, where words of the query were not met either.
    replaced: u32,
    /// What an unmatched word of the query costs where both names look like persons': a name that is left out is no other name.
    person_lost_query: u32,
    /// What an unmatched word of the entry costs there where words of the query were not met either: one in another's place is.
    person_replaced: u32,
    /// Words of persons that are less alike than this, in basis points, are taken for less so,
    unlike_below: u32,
    /// by this share of what they lack of it, in percent.
    unlike_share: u32,
    /// What an initial of a person counts where the other name has another one, in hundredths of a bit.
    person_initial: u32,
    /// What it costs where father and child have changed places, in basis points.
    fathers: u32,
    /// What words must tell together to be trusted, in hundredths of a bit.
    trusted: u32,
    /// How much of the score hangs on that, in basis points.
    trust_share: u32,
    /// What different forms cost, in basis points.
    forms: u32,
    /// What words in another order cost, in basis points.
    order: u32,
    /// What words of three letters are less alike when they are not the same.
    short: u32,
    /// Similarity that joined words need.
    join: u32,
    /// Similarity below which words are not taken for each other.
    least: u32,
}

const FIGURES: Figures = Figures {
    lost_query: 100,
    lost_entry: 25,
    replaced: 100,
    person_lost_query: 25,
    person_replaced: 150,
    person_initial: 700,
    fathers: 2_500,
    unlike_below: 8_500,
    unlike_share: 50,
    trusted: 1800,
    trust_share: 2000,
    forms: 250,
    order: 200,
    least: 6_000,
    short: 800,
    join: 9_200,
};

/// How alike the words of one query are to words met before: a list says the same words again and again.
#[derive(Debug, Default)]
pub(crate) struct WordSimilarities {
    /// In basis points, by the place of the query's word and the number of the index's word.
    words: Lookup<(usize, u32), u32>,
}

impl WordSimilarities {
    pub(crate) fn clear(&mut self) {
        self.words.clear();
    }
}

/// How alike a query's name and an entry's name are. Both must be weighed (see [`crate::Index`]).
pub fn score(query: &Name, entry: &Name) -> Score {
    score_with(query, entry, &mut WordSimilarities::default())
}

/// As [`score()`], with the similarities of words that other entries had too.
pub(crate) fn score_with(query: &Name, entry: &Name, similarities: &mut WordSimilarities) -> Score {
    let figures = &FIGURES;
    let forms = compare_forms(&query.forms, &entry.forms);
    let persons = like_persons(query, entry);
    let links = choose(candidates(query, entry, similarities), query.tokens.len(), entry.tokens.len());
    let differ = surnames_differ(&links, query, entry);
    let unmatched = |tokens: &[Token], span: fn(&Link) -> Span, other: &[Token]| -> Lost {
        let excused = !other.iter().any(|token| token.patronymic);
        let mut lost = Lost::default();
        for (at, token) in tokens.iter().enumerate().filter(|(_, token)| !token.form) {
            match links.iter().any(|link| span(link).contains(at)) {
                true => {}
                // `Fund I` and `Fund II` are two funds.
                false if token.is_number() => lost.counted += token.weight.max(1_500) * 2,
                false if token.is_surname() && !differ => {}
                false if token.patronymic && excused => lost.excused += token.weight,
                false if persons && token.written.len() == 1 => lost.counted += figures.person_initial,
                false => lost.counted += token.weight,
            }
        }
        lost
    };
    let query_lost = unmatched(&query.tokens, |link| link.query, &entry.tokens);
    let entry_lost = unmatched(&entry.tokens, |link| link.entry, &query.tokens);
    let (lost_query, lost_entry) = (query_lost.weight(), entry_lost.weight());
    // What the entry has more may have been left out; what stands in its place is another name.
    let replaced = query_lost.counted > 0;
    let lost_share = match (replaced, persons) {
        (true, true) => figures.person_replaced,
        (true, false) => figures.replaced,
        (false, _) => figures.lost_entry,
    };
    let extra_share = if persons && entry_lost.counted == 0 { figures.person_lost_query } else { figures.lost_query };
    let met: u64 =
        links.iter().map(|link| u64::from(link.weight) * u64::from(credited(link.similarity, persons))).sum();
    let whole = links.iter().map(|link| u64::from(link.weight)).sum::<u64>() * 100
        + u64::from(lost_query) * u64::from(extra_share)
        + u64::from(lost_entry) * u64::from(lost_share);
    let mut points = met * 100 / whole.max(1);
    if query.same_as(entry) && !query.tokens.is_empty() {
        return Score { points: 10_000, links, lost_query, lost_entry, replaced, forms };
    }
    let listed_within =
        holds_entry(&links, query, entry, NameWeights { met: met / 10_000, lost_query: u64::from(lost_query) });
    // Names that share only common words may well be others'.
    let trusted = u64::from(figures.trusted);
    let lacking = trusted - (met / 10_000).min(trusted);
    points = points * (10_000 - u64::from(figures.trust_share) * lacking / trusted.max(1)) / 10_000;
    if forms == Forms::Different {
        points = points * u64::from(10_000 - figures.forms) / 10_000;
    }
    if links.windows(2).any(|pair| matches!(pair, [a, b] if a.entry.first > b.entry.first)) {
        points = points * u64::from(10_000 - figures.order) / 10_000;
    }
    if persons && fathers_swapped(query, entry) {
        points = points * u64::from(10_000 - figures.fathers) / 10_000;
    }
    if listed_within {
        points = points.max(WITHIN_POINTS);
    }
    Score { points: narrow(points.min(9_990)), links, lost_query, lost_entry, replaced, forms }
}

/// What an entry's whole name within a longer one is worth: a likely match at the default threshold.
const WITHIN_POINTS: u64 = 8_200;
/// What such a name must tell, in hundredths of a bit: common words stand in many names.
const WITHIN_WEIGHT: u64 = 2_200;

/// What the words of two names tell, in hundredths of a bit.
#[derive(Clone, Copy)]
struct NameWeights {
    /// Those that met.
    met: u64,
    /// Those of the query that were not met.
    lost_query: u64,
}

/// Whether the entry's whole name, of two words or more that tell enough, stands word for word within the query's, and what the query has more tells
/// at most half as much.
fn holds_entry(links: &[Link], query: &Name, entry: &Name, weights: NameWeights) -> bool {
    let count = |name: &Name| name.tokens.iter().filter(|token| !token.form).count();
    let words = count(entry);
    if words < 2 || count(query) <= words || weights.met < WITHIN_WEIGHT || weights.lost_query * 2 > weights.met {
        return false;
    }
    let is_word = |link: &&Link| entry.tokens.get(link.entry.first).is_some_and(|token| !token.form);
    let mut word_links: Vec<&Link> = links.iter().filter(is_word).collect();
    word_links.sort_by_key(|link| link.query.first);
    // Between its words the query may have words of legal forms only.
    let follows = |pair: &[&Link]| match pair {
        [a, b] => {
            let after = a.query.first + a.query.count;
            let mut between = query.tokens.iter().skip(after).take(b.query.first.saturating_sub(after));
            a.entry.first < b.entry.first && between.all(|token| token.form)
        }
        _ => true,
    };
    word_links.len() == words
        && word_links.iter().all(|link| link.similarity >= 9_800)
        && word_links.windows(2).all(follows)
}

/// Whether each name has small surnames that the other lacks, as `Le Thi Hanh` and `Do Thi Hanh` have. Where only one has such a word, or both
/// begin with the same letter, as the articles of a language do, it tells nothing.
fn surnames_differ(links: &[Link], query: &Name, entry: &Name) -> bool {
    let initials = |name: &Name, span: fn(&Link) -> Span| -> Vec<Option<char>> {
        let lost = |at: usize| !links.iter().any(|link| span(link).contains(at));
        let surnames = name.tokens.iter().enumerate().filter(|(at, token)| token.is_surname() && lost(*at));
        surnames.map(|(_, token)| token.written.chars().next()).collect()
    };
    let of_query = initials(query, |link| link.query);
    let of_entry = initials(entry, |link| link.entry);
    !of_query.is_empty() && !of_entry.is_empty() && !of_query.iter().any(|initial| of_entry.contains(initial))
}

/// Whether two names look like persons': a few words each, without a legal form.
fn like_persons(a: &Name, b: &Name) -> bool {
    [a, b].iter().all(|name| name.forms.is_empty() && (2..=5).contains(&name.tokens.len()))
}

/// Words for `son of` and `daughter of`.
const FATHERS: [&str; 7] = ["bin", "ben", "ibn", "bint", "bent", "ould", "oglu"];

/// Whether both names say whose child somebody is, and child and father have changed places: `Salman bin Hasan` and `Hasan bin Salman`.
fn fathers_swapped(query: &Name, entry: &Name) -> bool {
    let around = |name: &Name| {
        let place = name.tokens.iter().position(|token| FATHERS.contains(&token.written.as_str()))?;
        let word = |at: usize| name.tokens.get(at).map(|token| token.word.clone());
        Some((word(place.checked_sub(1)?)?, word(place + 1)?))
    };
    let (Some((child, father)), Some((of_child, of_father))) = (around(query), around(entry)) else { return false };
    child == of_father && father == of_child && child != father
}

/// What a word's likeness counts: `Lukashevich` and `Lukashenko` share most letters and are two families.
fn credited(similarity: u32, persons: bool) -> u32 {
    let lacking = FIGURES.unlike_below.saturating_sub(similarity);
    if persons { similarity.saturating_sub(lacking * FIGURES.unlike_share / 100) } else { similarity }
}

/// What unmatched words tell, in hundredths of a bit.
#[derive(Clone, Copy, Debug, Default)]
struct Lost {
    counted: u32,
    /// Patronymics where the other name has none.
    excused: u32,
}

impl Lost {
    fn weight(self) -> u32 {
        self.counted + self.excused / 8
    }
}

fn compare_forms(a: &[Form], b: &[Form]) -> Forms {
    let telling = |forms: &[Form]| {
        forms.iter().copied().filter(|form| !matches!(form, Form::Generic | Form::Group)).collect::<Vec<_>>()
    };
    let (a, b) = (telling(a), telling(b));
    if a.is_empty() || b.is_empty() || a.iter().any(|form| b.contains(form)) {
        Forms::Compatible
    } else {
        Forms::Different
    }
}

/// Every pair of words, and of words with several joined, that may be one.
fn candidates(query: &Name, entry: &Name, similarities: &mut WordSimilarities) -> Vec<Link> {
    let mut links = Vec::new();
    for (i, a) in query.tokens.iter().enumerate() {
        for (j, b) in entry.tokens.iter().enumerate() {
            let last = i + 1 == query.tokens.len();
            let similarity = match b.id {
                Some(id) => *similarities.words.entry((i, id)).or_insert_with(|| alike(a, b, last)),
                None => alike(a, b, last),
            };
            if similarity >= FIGURES.least {
                let least = if a.written.len() == 1 || b.written.len() == 1 { 200 } else { u32::MAX };
                let weight = a.weight.min(b.weight).min(least);
                links.push(Link { query: Span::one(i), entry: Span::one(j), similarity, weight });
            }
        }
    }
    for (i, a) in query.tokens.iter().enumerate() {
        joined(a, &entry.tokens, &mut |entry, similarity, weight| {
            links.push(Link { query: Span::one(i), entry, similarity, weight });
        });
    }
    for (j, b) in entry.tokens.iter().enumerate() {
        joined(b, &query.tokens, &mut |query, similarity, weight| {
            links.push(Link { query, entry: Span::one(j), similarity, weight });
        });
    }
    links
}

/// The letters a, e, i, o, u and y in [`Token::letters`].
const VOWELS: u32 = 1 | 1 << 4 | 1 << 8 | 1 << 14 | 1 << 20 | 1 << 24;

/// How alike two words are.
fn alike(a: &Token, b: &Token, last: bool) -> u32 {
    if a.written == b.written {
        return 10_000;
    }
    let is_also = |a: &Token, b: &Token| a.also.as_ref().is_some_and(|also| *also == b.written);
    if a.word == b.word || is_also(a, b) || is_also(b, a) {
        return 9_800;
    }
    if a.is_number() || b.is_number() {
        return if a.written.trim_start_matches('0') == b.written.trim_start_matches('0') { 10_000 } else { 0 };
    }
    if a.consonants != b.consonants {
        // Short vowels are not written in Arabic: what is left must be the same.
        let by_skeleton = match (a.skeleton == b.skeleton, a.skeleton.len()) {
            (true, 3..) => 9_300,
            (true, 2) => 8_800,
            (true, 1) => 7_000,
            _ => 0,
        };
        return similarity(&a.written, &b.written).max(by_skeleton);
    }
    if a.by_sound || b.by_sound {
        return as_heard(a, b);
    }
    if a.written.len() == 1 || b.written.len() == 1 {
        return if a.written.bytes().next() == b.written.bytes().next() { 9_000 } else { 0 };
    }
    let mut best = 0;
    let apart = a.letters ^ b.letters;
    let (apart, consonants) = (apart.count_ones(), (apart & !VOWELS).count_ones());
    let longest = place_of(a.written.len().max(b.written.len()));
    if apart <= longest / 2 + 1 && consonants <= longest / 3 + 1 {
        best = similarity(&a.written, &b.written);
        if a.word != a.written || b.word != b.written {
            best = best.max(similarity(&a.word, &b.word));
        }
        if best < 9_400 && longest >= 4 && a.scanned == b.scanned {
            best = 9_400;
        }
        if longest <= 3 {
            best = best.saturating_sub(FIGURES.short);
        }
    }
    best.max(cut_off(a, b, last))
}

/// How alike words are of which one is written by its sound: many of its vowels are none of the other's.
fn as_heard(a: &Token, b: &Token) -> u32 {
    let spelled = similarity(&a.written, &b.written);
    let (of_a, of_b) = (sound_classes(&a.written), sound_classes(&b.written));
    let sounding = match (of_a == of_b, of_a.len().min(of_b.len())) {
        (true, 3..) => 9_200,
        (true, 2) => 8_600,
        (false, 4..) => similarity(&of_a, &of_b) * 93 / 100,
        _ => 0,
    };
    spelled.max(sounding)
}

/// A word that the other begins with, as where a form had no more room or an abbreviation was used.
fn cut_off(a: &Token, b: &Token, last: bool) -> u32 {
    let (short, long) =
        if a.written.len() < b.written.len() { (&a.written, &b.written) } else { (&b.written, &a.written) };
    if short.len() < 3 || !long.starts_with(short.as_str()) {
        return 0;
    }
    let share = place_of(short.len() * 10_000 / long.len());
    if last { 6_500 + share * 30 / 100 } else { 5_000 + share * 35 / 100 }
}

/// Hands on the runs of the other name's words that joined, or by their first letters, make this word, each with how alike
/// they are in basis points and what they tell in hundredths of a bit.
fn joined(word: &Token, others: &[Token], found: &mut dyn FnMut(Span, u32, u32)) {
    if others.len() < 2 || word.written.len() < 2 {
        return;
    }
    for start in 0..others.len() - 1 {
        let first = |token: &Token| token.written.bytes().next();
        if others.get(start).and_then(first) != first(word) {
            continue;
        }
        let mut text = String::new();
        let mut weight = 0;
        let mut initials = String::new();
        let mut initial = false;
        for (count, other) in others.iter().skip(start).take(8).enumerate() {
            text.push_str(&other.written);
            weight += if other.form { 0 } else { other.weight };
            initials.extend(other.written.chars().next());
            // An initial beside a name is no part of it, however like a doubled letter it looks.
            initial |= other.written.len() == 1;
            if count == 0 {
                continue;
            }
            let span = Span { first: start, count: count + 1 };
            if text.len() > word.written.len() + 4 && initials.len() > word.written.len() {
                break;
            }
            let alike = if text.len().abs_diff(word.written.len()) <= 3 { similarity(&word.written, &text) } else { 0 };
            if alike >= if initial { 10_000 } else { FIGURES.join } {
                found(span, alike.saturating_sub(50), weight);
            } else if (2..=5).contains(&word.written.len()) && initials == word.written {
                found(span, 8_000, weight.min(word.weight).min(700));
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
