//! Parties against lists: every name against every alias, with what else is known.

use std::collections::BTreeMap;

use tollgate_model::{Country, Date, Party};

use crate::address::{Address, Addresses};
use crate::distinctive::{CORE_POINTS, Cores, ListedName};
use crate::evidence::{Agreement, Evidence, compare, plain_id};
use crate::extent::{Extent, PIECE_ALIKE, tells_little};
use crate::fold::fold;
use crate::index::{Index, NameHit, Scratch};
use crate::list::{Effect, Entry, List};
use crate::name::Name;
use crate::ofac::ofac_score;
use crate::score::Score;
use crate::within::{goes_on_behind_brackets, is_behind_comma, name_parts, name_spans};

/// The score from which a match is shown: where one in a hundred real companies that are on no list has a match (`docs/screening.md`).
pub const THRESHOLD: u32 = 8_050;

/// How alike words must be to be the same word: one of its spellings, not an error in it.
const SAME: u32 = 9_800;

/// What a part is worth that is the whole of a listed name, however common its words.
const SAME_PART_POINTS: u32 = 8_500;

/// How alike addresses must be to be the same.
const SAME_ADDRESS: u32 = 8_500;
/// What a register number is worth where the names do not match.
pub(crate) const BY_ID: u32 = 9_000;

/// What is known of a party that is screened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<'a> {
    /// Its names, the first the main one.
    pub names: &'a [&'a str],
    /// Where it is.
    pub country: Option<Country>,
    /// Its city.
    pub city: Option<&'a str>,
    /// Its street address.
    pub address: Option<&'a str>,
    /// Its register number.
    pub id: Option<&'a str>,
    /// When it was incorporated or born.
    pub date: Option<Date>,
}

impl<'a> Query<'a> {
    /// What a party's row says of it, with the names to look for.
    pub fn from_party(party: &'a Party, names: &'a [&'a str]) -> Query<'a> {
        let details = party.details();
        Query {
            names,
            country: party.country,
            city: details.city.as_deref(),
            address: details.address.as_deref(),
            id: details.registry_id.as_deref(),
            date: details.incorporated_on,
        }
    }
}

/// What a match was found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// A name.
    Name,
    /// A register number, whatever the names.
    Id,
    /// A street address, whatever the names.
    Address,
    /// No entry at all: a name that is not, or not wholly, read, and so not screened.
    Unread,
}

impl Basis {
    /// Its word in outputs.
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Name => "name",
            Basis::Id => "id",
            Basis::Address => "address",
            Basis::Unread => "unread",
        }
    }
}

/// A match of a party with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The place of the entry among [`Screener::entries`].
    pub entry: usize,
    /// What it was found by.
    pub basis: Basis,
    /// The entry's name that matched, as published; its title where it was found otherwise.
    pub name: String,
    /// Basis points: the score of the names, moved by the evidence.
    pub points: u32,
    /// The score of the names and why; nothing where the match was found otherwise.
    pub score: Option<Score>,
    /// The words that the score speaks of.
    pub words: MatchWords,
    /// What else is known.
    pub evidence: Evidence,
    /// Whether the name is a weak alias.
    pub weak: bool,
    /// Whether only a part of the party's name is like it, such as what follows `c/o`: it may be the listed party, and is not taken for it.
    pub part: bool,
    /// Whether only the core of the listed name, which tells it apart, is in the party's, beside common words: a subsidiary has such a name.
    pub core: bool,
}

/// The words of the two names of a match, folded; none where it was not found by a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchWords {
    /// Of the query.
    pub query: Vec<String>,
    /// Of the entry.
    pub entry: Vec<String>,
}

/// What a register number or an address that an entry and a party share is worth.
#[derive(Clone, Copy, Debug)]
struct NamelessMatch {
    basis: Basis,
    /// Basis points.
    points: u32,
}

/// A name that is searched.
struct Search<'t> {
    /// As written.
    text: &'t str,
    /// As it is compared.
    name: Name,
    extent: Extent,
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
    /// How many rows the file has.
    pub rows: usize,
    /// How many rows could not be read and are kept out.
    pub bad: usize,
    /// How many rows were not in order and were read as they most likely were meant.
    pub guessed: usize,
}

/// Lists, ready to be searched.
#[derive(Debug, Default)]
pub struct Screener {
    /// All entries of all lists, in the order given.
    pub entries: Vec<Entry>,
    /// What was loaded.
    pub versions: Vec<Version>,
    /// Each name of the index: the place of its entry, and its place among the entry's names.
    names: Vec<(usize, usize)>,
    index: Index,
    cores: Cores,
    addresses: Addresses,
    /// Entries by register number.
    ids: BTreeMap<String, Vec<usize>>,
}

impl Screener {
    /// Indexes lists.
    pub fn new(lists: Vec<List>) -> Screener {
        let mut screener = Screener::default();
        for list in lists {
            let (rows, bad, guessed) = (list.rows, list.bad.len(), list.guessed.len());
            let (file, digest, entries) = (list.file, list.digest, list.entries.len());
            screener.versions.push(Version { file, digest, date: None, entries, rows, bad, guessed });
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
        let listed = screener.names.iter().filter_map(|(entry, name)| {
            let listed = screener.entries.get(*entry)?.names.get(*name)?;
            Some(ListedName { entry: *entry, text: &listed.text, is_weak: listed.weak })
        });
        screener.cores = Cores::build(&screener.index, listed);
        let entries = || screener.entries.iter().enumerate();
        let addresses = entries().flat_map(|(at, entry)| entry.addresses.iter().map(move |text| (at, text.as_str())));
        screener.addresses = Addresses::build(addresses);
        let ids = entries().flat_map(|(at, entry)| entry.ids.iter().filter_map(move |id| Some((plain_id(id)?, at))));
        let mut by_id: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        ids.for_each(|(id, at)| by_id.entry(id).or_default().push(at));
        screener.ids = by_id;
        screener
    }

    /// How many names can be found.
    pub fn name_count(&self) -> usize {
        self.names.len()
    }

    /// The matches of a party at or above a threshold, best first; each entry once, by what speaks most for it.
    pub fn screen(&self, query: Query<'_>, threshold: u32, limit: usize, scratch: &mut Scratch) -> Vec<Match> {
        let nameless = self.nameless_matches(query);
        let city = query.city.map_or_else(Vec::new, fold);
        let mut best: BTreeMap<usize, Match> = BTreeMap::new();
        // Evidence may raise a score by so much that it counts: half of what lacks to certainty and more.
        let least = threshold.saturating_sub(if nameless.is_empty() { 1_000 } else { 3_000 });
        for search in query.names.iter().flat_map(|text| self.searches(text)) {
            let name = &search.name;
            for (found, extent) in self.name_hits(&search, least, scratch) {
                let Some((place, alias)) = self.names.get(found.name).copied() else { continue };
                let Some(entry) = self.entries.get(place) else { continue };
                let Some(listed) = entry.names.get(alias) else { continue };
                let evidence = evidence(query, &city, entry, nameless.get(&place).map(|found| found.basis));
                let points = if listed.weak { found.score.points * 90 / 100 } else { found.score.points };
                // Where a company is says nothing of whose subsidiary it is.
                let least_points = if extent == Extent::Core { points } else { 0 };
                let points = evidence.weigh(points).max(least_points);
                let part = extent != Extent::Whole;
                // A part never takes the place of a whole name by which the party is taken for the listed one.
                let is_known_better = |known: &Match| known.points >= points || (part && self.is_same(known));
                if points < threshold || best.get(&place).is_some_and(is_known_better) {
                    continue;
                }
                let words = |name: &Name| name.tokens.iter().map(|token| token.written.clone()).collect();
                let entry_words = self.index.name(found.name).map_or_else(Vec::new, words);
                let hit = Match {
                    entry: place,
                    basis: Basis::Name,
                    name: listed.text.clone(),
                    points,
                    score: Some(found.score),
                    words: MatchWords { query: words(name), entry: entry_words },
                    evidence,
                    weak: listed.weak,
                    part,
                    core: extent == Extent::Core,
                };
                best.insert(place, hit);
            }
        }
        for (place, NamelessMatch { basis, points }) in &nameless {
            let known = best.contains_key(place);
            if let Some(entry) = self.entries.get(*place).filter(|_| !known && *points >= threshold) {
                let hit = Match {
                    entry: *place,
                    basis: *basis,
                    name: entry.title().to_owned(),
                    points: *points,
                    score: None,
                    words: MatchWords::default(),
                    evidence: evidence(query, &city, entry, Some(*basis)),
                    weak: false,
                    part: false,
                    core: false,
                };
                best.insert(*place, hit);
            }
        }
        let mut matches: Vec<Match> = best.into_values().collect();
        matches.sort_by(|a, b| b.points.cmp(&a.points).then(a.entry.cmp(&b.entry)));
        matches.truncate(limit);
        matches
    }

    /// What is searched for a name: the whole in each way in which it may be read, and the names within it.
    fn searches<'t>(&self, text: &'t str) -> Vec<Search<'t>> {
        let read = |text: &'t str| self.index.readings(text).into_iter();
        let wholes = read(text).map(|name| Search { text, name, extent: Extent::Whole });
        let parts = name_parts(text).into_iter().flat_map(|part| {
            let extent = move |name: &Name| Extent::of_part(name, part.set_off);
            read(part.text).map(move |name| Search { text: part.text, extent: extent(&name), name })
        });
        let spans = name_spans(text).into_iter();
        let spans = spans.flat_map(|text| read(text).map(move |name| Search { text, name, extent: Extent::Same }));
        // `S.L.` behind a comma is a form and nobody's name, and so is the rest of a name behind a place in brackets.
        let is_rest = |search: &Search<'_>| {
            search.name.is_form_alone && is_behind_comma(text, search.text)
                || search.extent != Extent::SetOff
                    && tells_little(&search.name)
                    && goes_on_behind_brackets(text, search.text)
        };
        let within = parts.chain(spans).filter(|search| !is_rest(search));
        wholes.chain(within).collect()
    }

    /// What a search finds, and then the listed names whose cores stand in the name beside common words.
    fn name_hits(&self, search: &Search<'_>, least: u32, scratch: &mut Scratch) -> Vec<(NameHit, Extent)> {
        let mut found: Vec<(NameHit, Extent)> = Vec::new();
        found.extend(self.search(search, least, scratch).into_iter().map(|found| (found, search.extent)));
        let places = self.cores.find(search.text, &search.name);
        if !places.is_empty() {
            let cores = self.index.search_at(places, &search.name, scratch).into_iter();
            found.extend(cores.map(|mut found| {
                found.score.points = found.score.points.max(CORE_POINTS);
                (found, Extent::Core)
            }));
        }
        found
    }

    /// The names at or above a score. A piece between marks, which stand in many names of one party, counts only where it is the whole of a listed
    /// name.
    fn search(&self, search: &Search<'_>, least: u32, scratch: &mut Scratch) -> Vec<NameHit> {
        let name = &search.name;
        let is_weak = |found: &NameHit| {
            let place = self.names.get(found.name);
            place.and_then(|(entry, name)| self.entries.get(*entry)?.names.get(*name)).is_some_and(|name| name.weak)
        };
        let mut found = match search.extent {
            Extent::Whole | Extent::SetOff => return self.index.search(name, least, scratch),
            Extent::Same | Extent::Core => Vec::new(),
            Extent::Piece => {
                let mut found = self.index.search_near(name, least, scratch);
                let is_spelled = |score: &Score| score.links.iter().all(|link| link.similarity >= PIECE_ALIKE);
                found.retain(|found| {
                    found.score.lost_entry + found.score.lost_query == 0 && is_spelled(&found.score) && !is_weak(found)
                });
                found
            }
            Extent::Word => {
                let mut found = self.index.search_near(name, SAME, scratch);
                found.retain(|found| found.score.lost_entry + found.score.lost_query == 0 && !is_weak(found));
                found
            }
        };
        let same = self.index.search_same(name, scratch).into_iter().filter(|found| !is_weak(found));
        found.extend(same.map(|mut found| {
            found.score.points = found.score.points.max(SAME_PART_POINTS);
            found
        }));
        found
    }

    /// Entries that have the party's register number or address, by their place, and what that alone is worth.
    fn nameless_matches(&self, query: Query<'_>) -> BTreeMap<usize, NamelessMatch> {
        let mut matches = BTreeMap::new();
        if let Some(address) = query.address.filter(|address| !address.is_empty()) {
            let whole = [address, query.city.unwrap_or("")].join(" ");
            let alike = self.addresses.search(&Address::parse(&whole), SAME_ADDRESS).into_iter();
            matches.extend(alike.map(|(place, points)| (place, NamelessMatch { basis: Basis::Address, points })));
        }
        if let Some(places) = query.id.and_then(plain_id).and_then(|id| self.ids.get(&id)) {
            let by_id = NamelessMatch { basis: Basis::Id, points: BY_ID };
            matches.extend(places.iter().map(|place| (*place, by_id)));
        }
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
        // Who shares an address with a listed party is not listed; who is at an address that is itself listed may be.
        let entry = self.entries.get(hit.entry).filter(|entry| hit.basis != Basis::Address || entry.is_address());
        entry.map_or(Effect::Other, |entry| entry.effect)
    }

    /// Whether a party is taken for the listed one until somebody clears it: it has the entry's register number, or the names are the same words,
    /// legal forms and order apart; and the countries do not differ.
    pub fn is_same(&self, hit: &Match) -> bool {
        let same_words = |score: &Score| {
            score.links.iter().all(|link| link.similarity >= SAME) && score.lost_query + score.lost_entry == 0
        };
        let named = hit.score.as_ref().is_some_and(same_words) && !hit.weak && !hit.part;
        (named || hit.evidence.id == Agreement::Agree) && hit.evidence.country != Agreement::Differ
    }
}

/// What is known beside the names. `city` is the party's in words, and `basis` what else than its name the party and the entry share.
fn evidence(query: Query<'_>, city: &[String], entry: &Entry, basis: Option<Basis>) -> Evidence {
    let agree = |holds: bool| if holds { Agreement::Agree } else { Agreement::Unknown };
    let shares = |kind: Basis| agree(basis == Some(kind));
    let in_city = |address: &String| fold(address).windows(city.len().max(1)).any(|words| words == city);
    Evidence {
        country: compare(query.country, &entry.countries),
        city: agree(!city.is_empty() && entry.addresses.iter().any(in_city)),
        address: shares(Basis::Address),
        id: shares(Basis::Id),
        date: compare(query.date, &entry.dates),
    }
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
        screener().screen(Query { names, country, ..Query::default() }, THRESHOLD, 10, &mut Scratch::default())
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

    #[test]
    fn a_listed_name_within_a_name_is_a_likely_match_and_never_the_party() {
        for text in [
            "Branch of Alpha Precision Systems",
            "Lion Cloud Pte Ltd c/o Alpha Precision Systems Co Ltd",
            "formerly Alpha Precision Systems",
            "Lion Cloud (formerly Alpha Precision Systems)",
            "Alpha Precision Systems dba Lion Cloud",
            "Attn: Alpha Precision Systems, Lion Cloud Ltd",
            "Lion Cloud / Alpha Precision Systems",
            "Lion Cloud [Alpha Precision Systems]",
        ] {
            let matches = screen(&[text], None);
            assert!(matches.first().is_some_and(|hit| hit.entry == 0), "{text}: {matches:?}");
        }
        let behind = &screen(&["Lion Cloud c/o Alpha Precision Systems"], None)[0];
        assert!(!screener().is_same(behind));
        let whole = &screen(&["Systems Alpha Precision / Alpha Precision Systems"], None)[0];
        assert_eq!(whole.entry, 0);
        for text in ["Omega Bakery", "Precision Bakery Systems", "Trading House Nord Pte Ltd"] {
            assert!(screen(&[text], None).is_empty(), "{text}");
        }
    }

    #[test]
    fn another_family_name_is_another_person() {
        let text = "name,id,list\nDo Thi Hanh,1,Entity List (own)\nPerla Kometa Co Ltd,2,Entity List (own)\n";
        let screener = Screener::new(read_lists(&[("own.csv".into(), text.as_bytes().to_vec())]).unwrap());
        let screen = |names: &[&str]| {
            screener.screen(Query { names, ..Query::default() }, THRESHOLD, 10, &mut Scratch::default())
        };
        assert!(!screen(&["Le Thi Hanh"]).iter().any(|hit| screener.is_same(hit)));
        // An article that only one name has tells nothing.
        assert!(screen(&["La Perla Kometa"]).iter().any(|hit| hit.entry == 1));
        assert!(screen(&["Do Thi Hanh"]).iter().any(|hit| screener.is_same(hit)));
    }
}
