//! The one scoring function. Its explanation is its return value.

use crate::links::{Link, Span, WordSimilarities, link};
use crate::name::{Name, Token};
use crate::similar::{similarity, sound_classes};
use crate::sizes::{count_of, narrow};
use crate::words::Form;

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
    /// The same of the entry where both names look like persons': given names and fathers' are often left out.
    person_lost_entry: u32,
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
    /// What a name of a person tells at least, in hundredths of a bit, that is another's in its place: common names are names too.
    person_name: u32,
    /// What words must tell together to be trusted, in hundredths of a bit.
    trusted: u32,
    /// How much of the score hangs on that, in basis points.
    trust_share: u32,
    /// What different forms cost, in basis points.
    forms: u32,
    /// What words in another order cost, in basis points.
    order: u32,
}

const FIGURES: Figures = Figures {
    lost_query: 100,
    lost_entry: 25,
    person_lost_entry: 18,
    replaced: 100,
    person_lost_query: 25,
    person_replaced: 150,
    person_initial: 700,
    fathers: 2_500,
    person_name: 900,
    unlike_below: 8_500,
    unlike_share: 50,
    trusted: 1800,
    trust_share: 2000,
    forms: 250,
    order: 200,
};

/// How alike a query's name and an entry's name are. Both must be weighed (see [`crate::Index`]).
pub fn score(query: &Name, entry: &Name) -> Score {
    score_with(query, entry, &mut WordSimilarities::default())
}

/// As [`score()`], with the similarities of words that other entries had too.
pub(crate) fn score_with(query: &Name, entry: &Name, similarities: &mut WordSimilarities) -> Score {
    let figures = &FIGURES;
    let forms = compare_forms(&query.forms, &entry.forms);
    let persons = like_persons(query, entry);
    let links = link(query, entry, persons, similarities);
    let differ = surnames_differ(&links, query, entry);
    let query_lost = Lost::of(query, entry, Side { persons, differ, links: &links, span: |link| link.query });
    let entry_lost = Lost::of(entry, query, Side { persons, differ, links: &links, span: |link| link.entry });
    // What the entry has more may have been left out; what stands in its place is another name.
    let replaced = query_lost.counted > 0;
    let raised = |lost: Lost| if replaced && entry_lost.counted > 0 { lost.raised } else { 0 };
    let (lost_query, lost_entry) = (query_lost.weight() + raised(query_lost), entry_lost.weight() + raised(entry_lost));
    let lost_share = match (replaced, persons) {
        (true, true) => figures.person_replaced,
        (true, false) => figures.replaced,
        (false, true) => figures.person_lost_entry,
        (false, false) => figures.lost_entry,
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
    let listed_within = holds_entry(&links, query, entry, met / 10_000);
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
    points = points.max(cut_points(query, entry)).max(heard_points(query, entry));
    Score { points: narrow(points.min(9_990)), links, lost_query, lost_entry, replaced, forms }
}

/// Letters from which a name may be the beginning of a longer one that a field had no room for.
const CUT_LETTERS: usize = 15;
/// What a name that is cut off is worth where the rest tells nothing.
const CUT_POINTS: u64 = 9_500;

/// What a query is worth that is the beginning of the entry's name, letter by letter, as where a field had no room for more.
fn cut_points(query: &Name, entry: &Name) -> u64 {
    let letters: usize = query.tokens.iter().map(|token| token.written.len()).sum();
    if letters < CUT_LETTERS {
        return 0;
    }
    let begins = query.tokens.iter().flat_map(|token| token.written.bytes());
    let mut of_entry = entry.tokens.iter().flat_map(|token| token.written.bytes());
    if !begins.into_iter().all(|byte| of_entry.next() == Some(byte)) || of_entry.next().is_none() {
        return 0;
    }
    let (mut met, mut lost, mut place) = (0, 0, 0);
    for token in entry.tokens.iter() {
        let within = letters.saturating_sub(place).min(token.written.len());
        place += token.written.len();
        let weight = u64::from(token.weight);
        let share = weight * count_of(within) / count_of(token.written.len().max(1));
        met += share;
        lost += weight - share;
    }
    let trusted = u64::from(FIGURES.trusted);
    let trust = 10_000 - u64::from(FIGURES.trust_share) * (trusted - met.min(trusted)) / trusted.max(1);
    met * CUT_POINTS / (met + lost / 8).max(1) * trust / 10_000
}

/// What a name in kana or Korean is worth whose consonants are all of the other's, however either is divided into words.
fn heard_points(query: &Name, entry: &Name) -> u64 {
    if ![query, entry].iter().any(|name| name.tokens.iter().any(|token| token.by_sound)) {
        return 0;
    }
    let (a, b) = (sound_classes(&query.joined()), sound_classes(&entry.joined()));
    let classes = a.len().min(b.len());
    match similarity(&a, &b) {
        10_000 if classes >= 4 => 8_700,
        alike @ 8_900.. if classes >= 7 => u64::from(alike) * 9_100 / 10_000,
        _ => 0,
    }
}

/// What an entry's whole name within a longer one is worth: a likely match at the default threshold.
const WITHIN_POINTS: u64 = 8_200;
/// What such a name must tell, in hundredths of a bit: common words stand in many names.
const WITHIN_WEIGHT: u64 = 2_200;

/// What it must tell to count whatever stands beside it: so much is no coincidence.
const WITHIN_ANYTHING: u64 = 2_800;

/// Whether the entry's whole name, of two words or more that tell enough, stands word for word within the query's, in its order or with the last name first,
/// and what the query has more tells at most half as much, or the entry's words tell so much that it makes no difference.
///
/// `met` is what the words that met tell, in hundredths of a bit.
fn holds_entry(links: &[Link], query: &Name, entry: &Name, met: u64) -> bool {
    let count = |name: &Name| name.tokens.iter().filter(|token| !token.form).count();
    let words = count(entry);
    if words < 2 || count(query) <= words || met < WITHIN_WEIGHT {
        return false;
    }
    // A number behind a whole listed name may tell its plants apart.
    let is_lost = |(at, token): &(usize, &Token)| {
        !token.form && !token.is_number() && !links.iter().any(|link| link.query.contains(*at))
    };
    let lost_query: u64 =
        query.tokens.iter().enumerate().filter(is_lost).map(|(_, token)| u64::from(token.weight)).sum();
    if lost_query * 2 > met && met < WITHIN_ANYTHING {
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
            between.all(|token| token.form)
        }
        _ => true,
    };
    // `KOROLEV, Ivan Petrovich` is in the order of `Ivan Petrovich Korolev` but for one turn.
    let turns = word_links.windows(2).filter(|pair| matches!(pair, [a, b] if a.entry.first > b.entry.first)).count();
    word_links.len() == words
        && turns <= 1
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
    let most = |name: &Name| if name.tokens.iter().any(is_kinship) { 9 } else { 5 };
    [a, b].iter().all(|name| name.forms.is_empty() && (2..=most(name)).contains(&name.tokens.len()))
}

/// Whether a word says whose child somebody is, or begins many Arabic names, as it does in persons' names only.
fn is_kinship(token: &Token) -> bool {
    token.patronymic
        || FATHERS.contains(&token.written.as_str())
        || matches!(token.written.as_str(), "abd" | "abdul" | "abu")
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
    /// Patronymics where the other name has none, what brackets say of a unit where the other's say nothing, and abbreviations.
    excused: u32,
    /// What persons' names tell more where others stand in their places.
    raised: u32,
}

/// What decides how a name's unmatched words count.
#[derive(Clone, Copy)]
struct Side<'l> {
    /// Whether both names look like persons'.
    persons: bool,
    /// Whether their families are small words, and not the same.
    differ: bool,
    links: &'l [Link],
    /// The name's words of a link.
    span: fn(&Link) -> Span,
}

impl Lost {
    /// What the words of a name tell that no link has.
    fn of(name: &Name, other: &Name, side: Side<'_>) -> Lost {
        let figures = &FIGURES;
        let excused = !other.tokens.iter().any(|token| token.patronymic);
        let is_unit = shares_form(name, other) && !other.tokens.iter().any(|token| token.is_aside);
        let mut lost = Lost::default();
        for (at, token) in name.tokens.iter().enumerate().filter(|(_, token)| !token.form) {
            match side.links.iter().any(|link| (side.span)(link).contains(at)) {
                true => {}
                // `Fund I` and `Fund II` are two funds.
                false if token.is_number() => lost.counted += token.weight.max(1_500) * 2,
                false if token.is_surname() && !side.differ => {}
                false if token.patronymic && excused => lost.excused += token.weight,
                false if token.is_aside && is_unit => lost.excused += token.weight,
                false if token.abbreviation => lost.excused += token.weight,
                false if side.persons && token.written.len() == 1 => lost.counted += figures.person_initial,
                false => {
                    lost.counted += token.weight;
                    let is_name = side.persons && token.written.len() > 2 && !is_kinship(token);
                    lost.raised += if is_name { figures.person_name.saturating_sub(token.weight) } else { 0 };
                }
            }
        }
        lost
    }

    fn weight(self) -> u32 {
        self.counted + self.excused / 8
    }
}

/// Whether two names say that they are the same kind of company.
fn shares_form(a: &Name, b: &Name) -> bool {
    a.forms.iter().any(|form| !matches!(form, Form::Generic | Form::Group) && b.forms.contains(form))
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
