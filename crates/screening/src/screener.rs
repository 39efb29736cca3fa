//! Parties against lists: every name against every alias, with what else is known.

use std::collections::BTreeMap;

use tollgate_model::{Country, Date};

use crate::index::{Index, Scratch};
use crate::list::{Effect, Entry, List};
use crate::name::Name;
use crate::ofac::ofac_score;
use crate::score::{Forms, Score};

/// The score from which a match is shown: where one in a hundred real companies that are on no list has a match (`docs/screening.md`).
pub const THRESHOLD: u32 = 8_050;

/// How alike words must be to be the same word: one of its spellings, not an error in it.
const SAME: u32 = 9_800;

/// What is known of a party that is screened.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// Its names, the first the main one.
    pub names: &'a [&'a str],
    /// Where it is.
    pub country: Option<Country>,
}

/// What the countries say to a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    /// One of the entry's countries is the party's.
    Agree,
    /// None is.
    Differ,
    /// Either side states none: this costs nothing.
    Unknown,
}

/// A match of a party with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The place of the entry among [`Screener::entries`].
    pub entry: usize,
    /// The entry's name that matched, as published.
    pub name: String,
    /// The party's name that matched.
    pub query: String,
    /// Basis points: the score of the names, moved by what the countries say.
    pub points: u32,
    /// The score of the names and why.
    pub score: Score,
    /// The words that the score speaks of: of the query, and of the entry.
    pub words: (Vec<String>, Vec<String>),
    /// What the countries say.
    pub places: Places,
    /// Whether the name is a weak alias.
    pub weak: bool,
}

/// A version of a list, for the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The file.
    pub file: String,
    /// SHA-256 of its bytes.
    pub digest: String,
    /// Its day, where the caller knows one.
    pub date: Option<Date>,
    /// How many entries it has.
    pub entries: usize,
    /// How many rows could not be read.
    pub bad: usize,
}

/// Lists, ready to be searched.
#[derive(Debug, Default)]
pub struct Screener {
    /// All entries of all lists, in the order given.
    pub entries: Vec<Entry>,
    /// What was loaded.
    pub versions: Vec<Version>,
    names: Vec<(usize, usize)>,
    index: Index,
}

impl Screener {
    /// Indexes lists.
    pub fn new(lists: Vec<List>) -> Screener {
        let mut screener = Screener::default();
        for list in lists {
            let (entries, bad) = (list.entries.len(), list.bad.len());
            screener.versions.push(Version { file: list.file, digest: list.digest, date: None, entries, bad });
            screener.entries.extend(list.entries);
        }
        for (place, entry) in screener.entries.iter().enumerate() {
            screener.names.extend((0..entry.names.len()).map(|name| (place, name)));
        }
        let texts = screener
            .names
            .iter()
            .filter_map(|(entry, name)| Some(screener.entries.get(*entry)?.names.get(*name)?.text.as_str()));
        screener.index = Index::build(texts);
        screener
    }

    /// How many names can be found.
    pub fn names(&self) -> usize {
        self.names.len()
    }

    /// The matches of a party at or above a threshold, best first; each entry once, by its best name.
    pub fn screen(&self, query: Query<'_>, threshold: u32, limit: usize, scratch: &mut Scratch) -> Vec<Match> {
        let mut best: BTreeMap<usize, Match> = BTreeMap::new();
        for text in query.names {
            let name = self.index.query(text);
            for found in self.index.search(&name, threshold.saturating_sub(1_000), scratch) {
                let Some((place, alias)) = self.names.get(found.name).copied() else { continue };
                let Some(entry) = self.entries.get(place) else { continue };
                let Some(listed) = entry.names.get(alias) else { continue };
                let places = compare_places(query.country, &entry.countries);
                let points = with_evidence(found.score.points, places, listed.weak);
                if points < threshold || best.get(&place).is_some_and(|known| known.points >= points) {
                    continue;
                }
                let words = |name: &Name| name.tokens.iter().map(|token| token.written.clone()).collect();
                let entry_words = self.index.name(found.name).map(words).unwrap_or_default();
                let hit = Match {
                    entry: place,
                    name: listed.text.clone(),
                    query: (*text).to_owned(),
                    points,
                    score: found.score,
                    words: (words(&name), entry_words),
                    places,
                    weak: listed.weak,
                };
                best.insert(place, hit);
            }
        }
        let mut matches: Vec<Match> = best.into_values().collect();
        matches.sort_by(|a, b| b.points.cmp(&a.points).then(a.entry.cmp(&b.entry)));
        matches.truncate(limit);
        matches
    }

    /// The matches of a party as OFAC's own search would score them, over all names.
    pub fn screen_as_ofac(&self, query: Query<'_>, threshold: u32, limit: usize) -> Vec<(usize, &str, u32)> {
        let mut best: BTreeMap<usize, (&str, u32)> = BTreeMap::new();
        for (place, alias) in &self.names {
            let Some(name) = self.entries.get(*place).and_then(|entry| entry.names.get(*alias)) else { continue };
            let points = query.names.iter().map(|text| ofac_score(text, &name.text) * 100).max().unwrap_or(0);
            if points >= threshold.max(1) && best.get(place).is_none_or(|(_, known)| *known < points) {
                best.insert(*place, (&name.text, points));
            }
        }
        let mut matches: Vec<(usize, &str, u32)> =
            best.into_iter().map(|(place, (name, points))| (place, name, points)).collect();
        matches.sort_by_key(|(place, _, points)| (std::cmp::Reverse(*points), *place));
        matches.truncate(limit);
        matches
    }

    /// What the list of a match is for.
    pub fn effect(&self, hit: &Match) -> Effect {
        self.entries.get(hit.entry).map_or(Effect::Other, |entry| Effect::of(&entry.list))
    }

    /// Whether a party is taken for the listed one until somebody clears it: the names are the same words, legal forms and order apart, and the
    /// countries do not differ.
    pub fn is_same(&self, hit: &Match) -> bool {
        let words = hit.score.links.iter().all(|link| link.similarity >= SAME);
        words && hit.score.lost_query + hit.score.lost_entry == 0 && hit.places != Places::Differ && !hit.weak
    }
}

fn compare_places(party: Option<Country>, entry: &[Country]) -> Places {
    match party {
        Some(_) if entry.is_empty() => Places::Unknown,
        Some(country) if entry.contains(&country) => Places::Agree,
        Some(_) => Places::Differ,
        None => Places::Unknown,
    }
}

/// A name's score with the evidence beside it: agreement closes a part of the gap to certainty, disagreement costs a part.
fn with_evidence(points: u32, places: Places, weak: bool) -> u32 {
    let points = if weak { points * 90 / 100 } else { points };
    match places {
        Places::Agree => points + (10_000_u32.saturating_sub(points)) * 15 / 100,
        Places::Differ => points * 95 / 100,
        Places::Unknown => points,
    }
}

impl Match {
    /// What the score is made of, in a sentence each.
    pub fn explanation(&self) -> Vec<String> {
        let text = |words: &[String], (from, count): (usize, usize)| {
            words.iter().skip(from).take(count).cloned().collect::<Vec<_>>().join(" ")
        };
        let mut parts: Vec<String> = self
            .score
            .links
            .iter()
            .map(|link| {
                let (query, entry) = (text(&self.words.0, link.query), text(&self.words.1, link.entry));
                let bits = f_tenths(link.weight);
                format!("`{query}` for `{entry}`: alike {} of 10000, telling {bits} bits", link.similarity)
            })
            .collect();
        if self.score.lost_query > 0 {
            parts.push(format!("words of the party that the entry lacks: {} bits", f_tenths(self.score.lost_query)));
        }
        if self.score.lost_entry > 0 {
            let counted = match self.score.replaced {
                true => "which count in full, since other words stand in their place",
                false => "of which a quarter counts",
            };
            let bits = f_tenths(self.score.lost_entry);
            parts.push(format!("words of the entry that the party lacks: {bits} bits, {counted}"));
        }
        if self.score.forms == Forms::Different {
            parts.push("their legal forms differ".to_owned());
        }
        parts.push(format!("names: {}", self.score.points));
        if self.weak {
            parts.push("a weak alias: nine tenths of that".to_owned());
        }
        match self.places {
            Places::Agree => parts.push("the country agrees: 15 percent of what lacks to 10000 is added".to_owned()),
            Places::Differ => parts.push("the country differs: 5 percent off".to_owned()),
            Places::Unknown => {}
        }
        parts
    }
}

fn f_tenths(hundredths: u32) -> String {
    format!("{}.{}", hundredths / 100, hundredths % 100 / 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_lists;

    fn screener() -> Screener {
        let text = "name,id,list,aliases,country\nAlpha Precision Systems Co. Ltd.,1,Entity List (own),Alfa Presizhn,CN\nOmega Trading LLC,2,Unverified List (own),,AE\n";
        Screener::new(read_lists(&[("own.csv".into(), text.as_bytes().to_vec())]).unwrap())
    }

    fn screen(names: &[&str], country: Option<&str>) -> Vec<Match> {
        let country = country.map(|code| code.parse().unwrap());
        screener().screen(Query { names, country }, THRESHOLD, 10, &mut Scratch::default())
    }

    #[test]
    fn evidence_moves_a_score_and_lack_of_it_costs_nothing() {
        let score = |country| screen(&["Alpha Precison Systems"], country)[0].points;
        assert!(score(Some("CN")) > score(None), "{} {}", score(Some("CN")), score(None));
        assert!(score(None) > score(Some("FR")));
        let exact = &screen(&["ALPHA PRECISION SYSTEMS CO., LTD"], None)[0];
        assert_eq!((exact.points, exact.entry), (10_000, 0));
        assert!(screen(&["Wholly Other Bakery"], None).is_empty());
    }

    #[test]
    fn the_explanation_names_the_words_that_met() {
        let matches = screen(&["Omega Tradng FZE"], Some("AE"));
        let text = matches[0].explanation().join("; ");
        assert!(text.contains("`tradng` for `trading`") && text.contains("the country agrees"), "{text}");
    }
}
