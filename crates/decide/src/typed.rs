//! Names in the place of party ids: screened as they come, since nobody has given them a row.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tollgate_model::{Clearance, Party};
use tollgate_screening::{Query, Scratch, Screener};

use super::screened::{Hit, MatchLimits, NOT_SCREENED, SHOWN, find};
use super::spelling::{plain, squashed};

/// Screens names that have no row.
#[derive(Debug, Default)]
pub struct TypedNames {
    screener: Option<Arc<Screener>>,
    threshold: u32,
    clearances: Vec<Clearance>,
    /// What was found of each name that was met.
    found: Mutex<BTreeMap<String, Arc<[Hit]>>>,
    /// What was found within each text that was met.
    within: Mutex<BTreeMap<String, Arc<[TextHit]>>>,
    /// The ids of rows by id and by name, without what makes no difference in spelling.
    rows: OnceLock<BTreeMap<String, Vec<String>>>,
}

/// A name within a text that matches a list entry.
#[derive(Clone, Debug)]
pub struct TextHit {
    /// The name, as it stands in the text.
    pub name: String,
    /// The entry that it matches.
    pub hit: Hit,
}

/// Whom a name means among the parties that have rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameMatch<'a> {
    /// The party of this id, and no other, has it as its id or is called so.
    Party(&'a str),
    /// It may be the party of this id: it is near to its id or its name, or several are called so.
    Maybe(&'a str),
    /// No party of the table.
    Nobody,
}

impl TypedNames {
    /// Screens names against lists; a match counts from `threshold` basis points on.
    pub fn new(screener: &Arc<Screener>, threshold: u32, clearances: &[Clearance]) -> TypedNames {
        let screener = (screener.name_count() > 0).then(|| Arc::clone(screener));
        TypedNames { screener, threshold, clearances: clearances.to_vec(), ..TypedNames::default() }
    }

    /// The same with other findings.
    pub fn with_findings(&self, clearances: &[Clearance]) -> TypedNames {
        let screener = self.screener.clone();
        TypedNames { screener, threshold: self.threshold, clearances: clearances.to_vec(), ..TypedNames::default() }
    }

    /// Whether there are lists.
    pub fn has_lists(&self) -> bool {
        self.screener.is_some()
    }

    /// The matches of a name, best first; none where there are no lists.
    pub fn hits(&self, name: &str) -> Arc<[Hit]> {
        let Some(screener) = &self.screener else { return Arc::from([]) };
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hits) = found.get(name) {
            return Arc::clone(hits);
        }
        let party = Party { party_id: name.to_owned(), name: Some(name.to_owned()), ..Party::default() };
        let names = party.names();
        let limits = MatchLimits { threshold_points: self.threshold, shown: SHOWN };
        let mut hits = find(screener, Query::from_party(&party, &names), limits, &mut Scratch::default());
        hits.iter_mut().for_each(|hit| hit.look_up(name, &self.clearances));
        let hits: Arc<[Hit]> = Arc::from(hits);
        found.insert(name.to_owned(), Arc::clone(&hits));
        hits
    }

    /// The names within a text that match list entries, with the matches, best first and each entry once; `None` where more texts were searched already
    /// than are.
    pub fn hits_within(&self, text: &str) -> Option<Arc<[TextHit]>> {
        /// So many texts are searched: each takes as long as some dozens of names.
        const MOST_TEXTS: usize = 10_000;
        let mut within = self.within.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = within.get(text) {
            return Some(Arc::clone(found));
        }
        let screener = self.screener.as_ref().filter(|_| within.len() < MOST_TEXTS)?;
        let limits = MatchLimits { threshold_points: self.threshold, shown: SHOWN };
        let (mut scratch, mut found) = (Scratch::default(), Vec::<TextHit>::new());
        for name in phrases(text) {
            let party = Party { party_id: name.clone(), name: Some(name), ..Party::default() };
            let names = party.names();
            let hits = find(screener, Query::from_party(&party, &names), limits, &mut scratch);
            for hit in hits.into_iter().filter(|hit| hit.list != NOT_SCREENED) {
                let of_entry = |known: &&mut TextHit| known.hit.list == hit.list && known.hit.entry == hit.entry;
                match found.iter_mut().find(of_entry) {
                    Some(known) if known.hit.points >= hit.points => {}
                    Some(known) => *known = TextHit { name: party.party_id.clone(), hit },
                    None => found.push(TextHit { name: party.party_id.clone(), hit }),
                }
            }
        }
        found.sort_by_key(|found| std::cmp::Reverse(found.hit.points));
        found.truncate(SHOWN);
        let found: Arc<[TextHit]> = Arc::from(found);
        within.insert(text.to_owned(), Arc::clone(&found));
        Some(found)
    }

    /// The row that a name without one is nearest to: by its id or its name. Rows of which `left_out` holds are not compared.
    pub fn nearest_row(
        &self,
        name: &str,
        parties: &BTreeMap<String, Party>,
        left_out: impl Fn(&str) -> bool,
    ) -> Option<&str> {
        match self.row_named(name, parties, left_out) {
            NameMatch::Party(id) | NameMatch::Maybe(id) => Some(id),
            NameMatch::Nobody => None,
        }
    }

    /// As [`TypedNames::nearest_row`], with whether the name is the row's own.
    pub fn row_named(
        &self,
        name: &str,
        parties: &BTreeMap<String, Party>,
        left_out: impl Fn(&str) -> bool,
    ) -> NameMatch<'_> {
        let rows = self.rows.get_or_init(|| {
            let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for (id, party) in parties.iter().filter(|(id, _)| !left_out(id)) {
                for text in std::iter::once(id.as_str()).chain(party.names()) {
                    let ids = rows.entry(squashed(text)).or_default();
                    if ids.last() != Some(id) {
                        ids.push(id.clone());
                    }
                }
            }
            rows.remove("");
            rows
        });
        let folded = squashed(name);
        match rows.get(&folded).map(Vec::as_slice) {
            Some([id]) => NameMatch::Party(id),
            Some(ids @ [first, ..]) => {
                // An id is nobody else's, whatever others are called.
                let by_id = || ids.iter().find(|id| squashed(id) == folded).unwrap_or(first);
                ids.iter().find(|id| *id == name).map_or_else(|| NameMatch::Maybe(by_id()), |id| NameMatch::Party(id))
            }
            Some([]) | None => nearest(&folded, rows).map_or(NameMatch::Nobody, NameMatch::Maybe),
        }
    }
}

/// What of a text may be a name: so many words one after the other within a clause, each set of which begins and ends with a word that a name may begin with.
fn phrases(text: &str) -> Vec<String> {
    /// So many words such a name has.
    const MOST_WORDS: usize = 5;
    /// So many words of a text are looked at.
    const LOOKED_AT: usize = 100;
    let is_mark = |letter: char| ",;:()[]{}\"!?/|\n。、，；：（）".contains(letter);
    let is_name_word = |word: &&str| {
        let first = word.chars().next();
        let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
        first.is_some_and(|first| first.is_uppercase() || first >= '\u{370}') && letters >= 2 || letters >= 4
    };
    let mut found: Vec<String> = Vec::new();
    for clause in text.split(is_mark) {
        let words: Vec<&str> = clause
            .split_whitespace()
            .map(|word| word.trim_matches(['.', '\'', '-']))
            .filter(|word| !word.is_empty())
            .take(LOOKED_AT)
            .collect();
        for (place, _) in words.iter().enumerate().filter(|(_, word)| is_name_word(word)) {
            for end in place + 1..=(place + MOST_WORDS).min(words.len()) {
                let phrase = words.get(place..end).unwrap_or(&[]);
                if phrase.last().is_some_and(is_name_word) && found.len() < LOOKED_AT * MOST_WORDS {
                    found.push(phrase.join(" "));
                }
            }
        }
    }
    found.dedup();
    found
}

/// Whether a text is a name that lists can be searched for, and no mere id: words of letters only, one of them of three letters or more,
/// or of another script.
pub(crate) fn is_name(text: &str) -> bool {
    let words = plain(text);
    let other_script = words.chars().any(|letter| letter.is_alphabetic() && letter >= '\u{370}');
    let long = words.split(' ').any(|word| word.chars().filter(|letter| letter.is_alphabetic()).count() >= 3);
    let several = text.trim().contains(char::is_whitespace);
    let joined = text.contains(['_', '-', '#', ':']) || text.chars().any(|letter| letter.is_ascii_digit());
    other_script || (long && (several || !joined))
}

fn nearest<'a>(folded: &str, rows: &'a BTreeMap<String, Vec<String>>) -> Option<&'a str> {
    /// So many rows are compared letter by letter.
    const COMPARED: usize = 100_000;
    let letters = folded.chars().count();
    // Of short ids each is near to each.
    if rows.len() > COMPARED || letters < 5 {
        return None;
    }
    let most = if letters < 8 { 1 } else { 2 };
    // `buyer-1` and `buyer-2` are two parties, and no slip of the pen.
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let near = rows.iter().filter_map(|(row, ids)| {
        let close = row.chars().count().abs_diff(letters) <= most && digits(row) == digits(folded);
        let edits = if close { strsim::osa_distance(row, folded) } else { usize::MAX };
        (edits <= most).then_some((edits, ids.first()?))
    });
    near.min_by_key(|(edits, _)| *edits).map(|(_, id)| id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_no_names() {
        for name in ["Huawei Technologies Co., Ltd.", "HUAWEI", "华为技术有限公司", "Dell", "3M Company", "DHL"]
        {
            assert!(is_name(name), "{name}");
        }
        for id in ["P-1001", "c1", "sg-buyer", "4711", "cn", "party_7", "#12"] {
            assert!(!is_name(id), "{id}");
        }
    }

    #[test]
    fn names_within_a_text_are_its_words_together() {
        let found = phrases("goods go on to Orion Chips (Minsk), urgent");
        for name in ["Orion", "Orion Chips", "Minsk"] {
            assert!(found.iter().any(|phrase| phrase == name), "{name}: {found:?}");
        }
        assert!(!found.iter().any(|phrase| phrase.contains("Chips Minsk") || phrase.ends_with(" to")), "{found:?}");
        assert!(phrases("4 x 7").is_empty());
    }

    #[test]
    fn a_slip_of_the_pen_finds_the_row() {
        let row = |id: &str, name: &str| {
            (id.to_owned(), Party { party_id: id.to_owned(), name: Some(name.to_owned()), ..Party::default() })
        };
        let parties =
            BTreeMap::from([row("listed", "Listed Works Ltd"), row("buyer-1", "Lion Cloud Pte. Ltd."), row("b2", "B")]);
        let names = TypedNames::default();
        let near = |name: &str| names.nearest_row(name, &parties, |_| false);
        assert_eq!(near("LISTED"), Some("listed"));
        assert_eq!(near("lisetd"), Some("listed"));
        assert_eq!(near("Lion Cloud Pte Ltd"), Some("buyer-1"));
        assert_eq!(near("Buyer_1"), Some("buyer-1"));
        assert_eq!(near("buyer-2"), None);
        assert_eq!(near("Straits Forwarding"), None);
    }

    #[test]
    fn a_name_is_that_of_one_party_of_several_or_of_none() {
        let row = |id: &str, name: &str| {
            (id.to_owned(), Party { party_id: id.to_owned(), name: Some(name.to_owned()), ..Party::default() })
        };
        let parties = BTreeMap::from([
            row("a1", "Lion Cloud Pte. Ltd."),
            row("a2", "Two Rivers Ltd"),
            row("a3", "Two Rivers Ltd."),
            row("Two Rivers Ltd", "Another Works"),
        ]);
        let names = TypedNames::default();
        let named = |name: &str| names.row_named(name, &parties, |_| false);
        assert_eq!(named("lion cloud pte ltd"), NameMatch::Party("a1"));
        assert_eq!(named("Lion Clowd Pte Ltd"), NameMatch::Maybe("a1"));
        assert!(matches!(named("TWO RIVERS LTD"), NameMatch::Maybe(_)), "several are called so");
        assert_eq!(named("Two Rivers Ltd"), NameMatch::Party("Two Rivers Ltd"));
        assert_eq!(named("Straits Forwarding"), NameMatch::Nobody);
    }
}
