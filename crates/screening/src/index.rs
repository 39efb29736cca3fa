//! Names that are searched: candidates by several channels, then the one scoring function.

use tollgate_model::Lookup;

use crate::fold::{Reading, readings};
use crate::links::WordSimilarities;
use crate::name::Name;
use crate::score::{Score, score_with};
use crate::similar::{skeleton, sound_classes};
use crate::sizes::{count_of, index_of, narrow, place_of};
use crate::words::background;

/// What a word tells at most, in hundredths of a bit, that is translated or left as it is, and so also left out.
const TRANSLATED: u32 = 150;

/// Candidates that are scored for a query.
const SCORED: usize = 180;

/// The same where words of the query are known by their sound or in several spellings.
const SCORED_UNSURE: usize = 500;

/// A name that shares less than one in so many of what a query's features tell is no candidate.
const LEAST_SHARED: u32 = 40;

/// Candidates that are scored where only a name that is written out counts.
const SCORED_NEAR: usize = 40;

/// The places of the names that have a feature, those of all features in one array.
#[derive(Debug, Default)]
struct Postings {
    /// Where each feature's places begin, and where the last one's end.
    starts: Vec<u32>,
    names: Vec<u32>,
}

impl Postings {
    /// Postings of lists of places, one for each feature.
    fn new(lists: Vec<Vec<u32>>) -> Postings {
        let mut postings = Postings::default();
        for list in lists {
            postings.starts.push(place_of(postings.names.len()));
            postings.names.extend(list);
        }
        postings.starts.push(place_of(postings.names.len()));
        postings
    }

    /// The places of the names that have a feature; none for one past the last.
    fn get(&self, feature: usize) -> &[u32] {
        let start = |feature: usize| self.starts.get(feature).map(|start| index_of(*start));
        let bounds = start(feature).zip(start(feature + 1));
        bounds.and_then(|(start, end)| self.names.get(start..end)).unwrap_or(&[])
    }
}

/// An index of names.
#[derive(Debug, Default)]
pub struct Index {
    names: Vec<Name>,
    /// What each name's features tell together, in tenths of a bit.
    totals: Vec<u32>,
    trigrams: Postings,
    /// In how many of the names each word stands.
    counts: Lookup<String, u32>,
    /// How many names there are, with those that show how rare words are.
    all: u32,
    /// The places of the names by their words and forms in order of the alphabet.
    same: Lookup<String, Vec<u32>>,
}

/// Room for a search, reused from query to query.
#[derive(Debug, Default)]
pub struct Scratch {
    shared: Vec<u32>,
    touched: Vec<u32>,
    features: Vec<usize>,
    similarities: WordSimilarities,
}

/// A name that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameHit {
    /// The place of the name among those that the index was built of.
    pub name: usize,
    /// How alike it is.
    pub score: Score,
}

/// Three letters or digits in a row, as a number; in words as they are, without vowels, or by classes of consonants that sound alike.
const CHANNEL: usize = 37 * 37 * 37;

/// The trigrams of consonants that sound alike, which only names look for that are written by their sound.
const HEARD: std::ops::Range<usize> = 2 * CHANNEL..3 * CHANNEL;

/// Words, and short words less one letter, by hash.
const WORDS: usize = 1 << 17;

/// How many features there are: three channels of trigrams, and the words.
const FEATURES: usize = 3 * CHANNEL + WORDS;

/// A word of more letters is found by its trigrams.
const SHORT: usize = 9;

impl Index {
    /// Builds an index. The place of a name in the input is what [`NameHit::name`] gives.
    pub fn build<'a>(texts: impl Iterator<Item = &'a str>) -> Index {
        let mut index = Index { names: texts.map(Name::parse).collect(), ..Index::default() };
        for name in &index.names {
            let mut words: Vec<&str> = name.tokens.iter().map(|token| token.word.as_str()).collect();
            words.sort_unstable();
            words.dedup();
            for word in words {
                *index.counts.entry(word.to_owned()).or_insert(0) += 1;
            }
        }
        index.all = background("").1 + place_of(index.names.len());
        let mut names = std::mem::take(&mut index.names);
        let mut ids: Lookup<String, u32> = Lookup::default();
        for name in &mut names {
            index.weigh(name);
            for token in &mut name.tokens {
                let next = place_of(ids.len());
                token.id = Some(*ids.entry(token.written.clone()).or_insert(next));
            }
        }
        index.names = names;
        for (place, name) in index.names.iter().enumerate() {
            index.same.entry(name.key()).or_default().push(place_of(place));
        }
        let mut lists = vec![Vec::new(); FEATURES];
        let mut features = Vec::new();
        for (place, name) in index.names.iter().enumerate() {
            features_of(name, true, &mut features);
            for feature in &features {
                if let Some(list) = lists.get_mut(*feature) {
                    list.push(place_of(place));
                }
            }
        }
        index.trigrams = Postings::new(lists);
        let mut totals = vec![0; index.names.len()];
        for feature in (0..FEATURES).filter(|feature| !HEARD.contains(feature)) {
            let weight = index.feature_weight(feature);
            for place in index.trigrams.get(feature) {
                if let Some(total) = totals.get_mut(index_of(*place)) {
                    *total += weight;
                }
            }
        }
        index.totals = totals;
        index
    }

    /// How many names it holds.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// A name as it is compared.
    pub fn name(&self, place: usize) -> Option<&Name> {
        self.names.get(place)
    }

    /// A query as it is compared.
    pub fn query(&self, text: &str) -> Name {
        let mut name = Name::parse(text);
        self.weigh(&mut name);
        name
    }

    /// A query in each way in which it may be read, the usual one first: Chinese characters are also those of Japan, and Korean is spelled in two ways.
    pub fn readings(&self, text: &str) -> Vec<Name> {
        let parse = |reading: &Reading| {
            let mut name = Name::parse_as(text, *reading);
            self.weigh(&mut name);
            name
        };
        let mut names: Vec<Name> = readings(text).iter().map(parse).collect();
        names.dedup();
        names
    }

    /// How rare each word is, among companies and in the list together.
    fn weigh(&self, name: &mut Name) {
        for token in &mut name.tokens {
            let count = background(&token.word).0 + self.counts.get(&token.word).copied().unwrap_or(0);
            token.weight = if token.form { 40 } else { bits(self.all, count + 1).max(60) };
            if token.written.len() == 1 {
                token.weight = token.weight.min(200);
            }
            // Words that are translated or left as they are, are also left out.
            if token.translated {
                token.weight = token.weight.min(TRANSLATED);
            }
        }
    }

    /// What a feature tells, in tenths of a bit: the fewer names have it, the more.
    fn feature_weight(&self, feature: usize) -> u32 {
        let count = self.trigrams.get(feature).len();
        bits(place_of(self.names.len()), place_of(count).max(1)) / 10 + 1
    }

    /// The names that share most with a query, best first: those that [`Index::search`] scores.
    pub fn candidates(&self, query: &Name, scratch: &mut Scratch) -> Vec<usize> {
        let is_unsure = query.tokens.iter().any(|token| token.by_sound || !token.also.is_empty());
        self.nearest(query, if is_unsure { SCORED_UNSURE } else { SCORED }, scratch)
    }

    /// So many names that share most with a query, best first.
    fn nearest(&self, query: &Name, most: usize, scratch: &mut Scratch) -> Vec<usize> {
        scratch.shared.resize(self.names.len(), 0);
        scratch.touched.clear();
        features_of(query, query.tokens.iter().any(|token| token.by_sound), &mut scratch.features);
        let mut total = 0;
        for feature in &scratch.features {
            let weight = self.feature_weight(*feature);
            total += weight;
            for name in self.trigrams.get(*feature) {
                let Some(shared) = scratch.shared.get_mut(index_of(*name)) else { continue };
                if *shared == 0 {
                    scratch.touched.push(*name);
                }
                *shared += weight;
            }
        }
        let mut ranked: Vec<(u32, u32)> = Vec::with_capacity(scratch.touched.len());
        for name in &scratch.touched {
            let place = index_of(*name);
            let Some(shared) = scratch.shared.get_mut(place) else { continue };
            let shared = std::mem::take(shared);
            // What shares so little with the query is no spelling of it.
            if shared * LEAST_SHARED < total {
                continue;
            }
            let total_of_name = self.totals.get(place).copied().unwrap_or(0);
            let likeness = shared.saturating_mul(20_000) / (total * 3 + total_of_name).max(1);
            ranked.push((u32::MAX - likeness, *name));
        }
        if ranked.len() > most {
            ranked.select_nth_unstable(most);
            ranked.truncate(most);
        }
        ranked.sort_unstable();
        ranked.into_iter().map(|(_, name)| index_of(name)).collect()
    }

    /// The names at or above a score, best first, and in the order of the input where scores are equal.
    pub fn search(&self, query: &Name, least: u32, scratch: &mut Scratch) -> Vec<NameHit> {
        let candidates = self.candidates(query, scratch);
        self.score_all(candidates, query, least, scratch)
    }

    /// The same among fewer names, those that share most: enough to find a name that is written out.
    pub(crate) fn search_near(&self, query: &Name, least: u32, scratch: &mut Scratch) -> Vec<NameHit> {
        let candidates = self.nearest(query, SCORED_NEAR, scratch);
        self.score_all(candidates, query, least, scratch)
    }

    /// The names that have the same words and legal forms in any order.
    pub(crate) fn search_same(&self, query: &Name, scratch: &mut Scratch) -> Vec<NameHit> {
        let places = self.same.get(&query.key()).map_or(&[][..], Vec::as_slice);
        self.score_all(places.iter().map(|place| index_of(*place)).collect(), query, 0, scratch)
    }

    /// The names at places, scored.
    pub(crate) fn search_at(&self, places: Vec<usize>, query: &Name, scratch: &mut Scratch) -> Vec<NameHit> {
        self.score_all(places, query, 0, scratch)
    }

    fn score_all(&self, candidates: Vec<usize>, query: &Name, least: u32, scratch: &mut Scratch) -> Vec<NameHit> {
        scratch.similarities.clear();
        let mut found: Vec<NameHit> = Vec::new();
        for place in candidates {
            let Some(name) = self.names.get(place) else { continue };
            let score = score_with(query, name, &mut scratch.similarities);
            if score.points >= least {
                found.push(NameHit { name: place, score });
            }
        }
        found.sort_by(|a, b| b.score.points.cmp(&a.score.points).then(a.name.cmp(&b.name)));
        found
    }
}

/// Hundredths of a bit: a hundred times the logarithm of `all / some` to base two.
pub(crate) fn bits(all: u32, some: u32) -> u32 {
    let log = |value: u32| {
        let value = value.max(1);
        let whole = value.ilog2();
        let rest = (u64::from(value) << 16 >> whole) - (1 << 16);
        whole * 100 + narrow((rest * 100) >> 16)
    };
    log(all).saturating_sub(log(some))
}

/// Trigrams of the joined words, and of what is left of them without vowels; each once. `heard` says that those of consonants that sound alike are among
/// them.
fn features_of(name: &Name, heard: bool, features: &mut Vec<usize>) {
    features.clear();
    let joined = name.joined();
    let code = |byte: u8| match byte {
        b'a'..=b'z' => usize::from(byte - b'a') + 1,
        b'0'..=b'9' => usize::from(byte - b'0') + 27,
        _ => 0,
    };
    let mut push = |codes: &[usize], channel: usize| {
        let mut add = |a: &usize, b: &usize, c: &usize| features.push(channel * CHANNEL + (a * 37 + b) * 37 + c);
        match codes {
            [a, b] => add(&0, a, b),
            [a] => add(&0, &0, a),
            _ => {
                for three in codes.windows(3) {
                    if let [a, b, c] = three {
                        add(a, b, c);
                    }
                }
            }
        }
    };
    let letters: Vec<usize> = joined.bytes().map(code).collect();
    push(&letters, 0);
    let skeleton: Vec<usize> = skeleton(&joined).bytes().map(code).collect();
    push(&skeleton, 1);
    if heard {
        let classes: Vec<usize> = sound_classes(&joined).bytes().map(code).collect();
        push(&classes, 2);
    }
    for token in name.tokens.iter().filter(|token| !token.form) {
        let mut add = |bytes: &mut dyn Iterator<Item = u8>| {
            let hash = bytes
                .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
            features.push(3 * CHANNEL + index_of(narrow((hash ^ hash >> 32) % count_of(WORDS))));
        };
        add(&mut token.word.bytes());
        for also in &token.also {
            add(&mut also.bytes());
        }
        if token.written.len() >= 4 {
            add(&mut token.scanned.bytes().chain([b'!']));
        }
        if token.written.len() <= SHORT {
            for left_out in 0..token.written.len() {
                add(&mut token.written.bytes().enumerate().filter(|(at, _)| *at != left_out).map(|(_, byte)| byte));
            }
        }
    }
    features.sort_unstable();
    features.dedup();
}
