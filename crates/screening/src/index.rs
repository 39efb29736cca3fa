//! Names that are searched: candidates by several channels, then the one scoring function.

use tollgate_model::Lookup;

use crate::name::Name;
use crate::score::{Known, Score, score_knowing};
use crate::similar::skeleton;
use crate::words::background;

/// Candidates that are scored for a query.
const SCORED: usize = 180;

/// Postings of one channel in one array: the names that have a feature.
#[derive(Debug, Default)]
struct Postings {
    starts: Vec<u32>,
    names: Vec<u32>,
}

impl Postings {
    fn of(lists: Vec<Vec<u32>>) -> Postings {
        let mut postings = Postings::default();
        for list in lists {
            postings.starts.push(u32::try_from(postings.names.len()).unwrap_or(u32::MAX));
            postings.names.extend(list);
        }
        postings.starts.push(u32::try_from(postings.names.len()).unwrap_or(u32::MAX));
        postings
    }

    fn get(&self, feature: usize) -> &[u32] {
        let at = |place: usize| self.starts.get(place).and_then(|start| usize::try_from(*start).ok());
        match (at(feature), at(feature + 1)) {
            (Some(from), Some(until)) => self.names.get(from..until).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// An index of names.
#[derive(Debug, Default)]
pub struct Index {
    names: Vec<Name>,
    /// What each name's features tell, all together, by channel.
    totals: Vec<u32>,
    trigrams: Postings,
    counts: Lookup<String, u32>,
    all: u32,
}

/// Room for a search, reused from query to query.
#[derive(Debug, Default)]
pub struct Scratch {
    shared: Vec<u32>,
    touched: Vec<u32>,
    features: Vec<usize>,
    known: Known,
}

/// A name that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The place of the name among those that the index was built of.
    pub name: usize,
    /// How alike it is.
    pub score: Score,
}

/// Three letters or digits in a row, as a number; in words as they are, or without vowels.
const CHANNEL: usize = 37 * 37 * 37;

/// Words, and short words less one letter, by hash.
const WORDS: usize = 1 << 17;

/// How many features there are: two channels of trigrams, and the words.
const FEATURES: usize = 2 * CHANNEL + WORDS;

/// A word of more letters is found by its trigrams.
const SHORT: usize = 9;

impl Index {
    /// Builds an index. The place of a name in the input is what [`Found::name`] gives.
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
        index.all = background("").1 + u32::try_from(index.names.len()).unwrap_or(u32::MAX);
        let mut names = std::mem::take(&mut index.names);
        let mut ids: Lookup<String, u32> = Lookup::default();
        for name in &mut names {
            index.weigh(name);
            for token in &mut name.tokens {
                let next = u32::try_from(ids.len()).unwrap_or(u32::MAX);
                token.id = Some(*ids.entry(token.written.clone()).or_insert(next));
            }
        }
        index.names = names;
        let mut lists = vec![Vec::new(); FEATURES];
        let mut features = Vec::new();
        for (place, name) in index.names.iter().enumerate() {
            features_of(name, &mut features);
            for feature in &features {
                if let Some(list) = lists.get_mut(*feature) {
                    list.push(u32::try_from(place).unwrap_or(u32::MAX));
                }
            }
        }
        index.trigrams = Postings::of(lists);
        let mut totals = vec![0; index.names.len()];
        for feature in 0..FEATURES {
            let tells = index.tells(feature);
            for place in index.trigrams.get(feature) {
                if let Some(total) = usize::try_from(*place).ok().and_then(|place| totals.get_mut(place)) {
                    *total += tells;
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

    /// How rare each word is, among companies and in the list together.
    fn weigh(&self, name: &mut Name) {
        for token in &mut name.tokens {
            let count = background(&token.word).0 + self.counts.get(&token.word).copied().unwrap_or(0);
            token.weight = if token.form { 40 } else { bits(self.all, count + 1).max(60) };
            if token.written.len() == 1 {
                token.weight = token.weight.min(200);
            }
        }
    }

    fn tells(&self, feature: usize) -> u32 {
        let count = self.trigrams.get(feature).len();
        bits(u32::try_from(self.names.len()).unwrap_or(u32::MAX), u32::try_from(count).unwrap_or(u32::MAX).max(1)) / 10
            + 1
    }

    /// The names that share most with a query, best first: those that [`Index::search`] scores.
    pub fn candidates(&self, query: &Name, scratch: &mut Scratch) -> Vec<usize> {
        scratch.shared.resize(self.names.len(), 0);
        scratch.touched.clear();
        features_of(query, &mut scratch.features);
        let mut total = 0;
        for feature in &scratch.features {
            let tells = self.tells(*feature);
            total += tells;
            for name in self.trigrams.get(*feature) {
                let Some(shared) = usize::try_from(*name).ok().and_then(|at| scratch.shared.get_mut(at)) else {
                    continue;
                };
                if *shared == 0 {
                    scratch.touched.push(*name);
                }
                *shared += tells;
            }
        }
        let mut ranked: Vec<(u32, u32)> = Vec::with_capacity(scratch.touched.len());
        for name in &scratch.touched {
            let Some((at, shared)) = usize::try_from(*name).ok().and_then(|at| Some((at, scratch.shared.get_mut(at)?)))
            else {
                continue;
            };
            let own = self.totals.get(at).copied().unwrap_or(0);
            let likeness = u64::from(std::mem::take(shared)) * 20_000 / u64::from(total * 3 + own).max(1);
            ranked.push((u32::MAX - u32::try_from(likeness).unwrap_or(u32::MAX), *name));
        }
        if ranked.len() > SCORED {
            ranked.select_nth_unstable(SCORED);
            ranked.truncate(SCORED);
        }
        ranked.sort_unstable();
        ranked.into_iter().filter_map(|(_, name)| usize::try_from(name).ok()).collect()
    }

    /// The names at or above a score, best first, and in the order of the input where scores are equal.
    pub fn search(&self, query: &Name, least: u32, scratch: &mut Scratch) -> Vec<Found> {
        let candidates = self.candidates(query, scratch);
        scratch.known.clear();
        let mut found: Vec<Found> = Vec::new();
        for place in candidates {
            let Some(name) = self.names.get(place) else { continue };
            let score = score_knowing(query, name, &mut scratch.known);
            if score.points >= least {
                found.push(Found { name: place, score });
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
        whole * 100 + u32::try_from((rest * 100) >> 16).unwrap_or(0)
    };
    log(all).saturating_sub(log(some))
}

/// Trigrams of the joined words, and of what is left of them without vowels; each once.
fn features_of(name: &Name, features: &mut Vec<usize>) {
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
    for token in name.tokens.iter().filter(|token| !token.form) {
        let mut add = |bytes: &mut dyn Iterator<Item = u8>| {
            let hash = bytes
                .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
            features.push(2 * CHANNEL + usize::try_from((hash ^ hash >> 32) % WORDS as u64).unwrap_or(0));
        };
        add(&mut token.word.bytes());
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
