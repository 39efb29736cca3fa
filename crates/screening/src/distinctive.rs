//! The core of a listed name, which tells it apart, where it stands beside common words: `Huawei` of `Huawei Technologies Co., Ltd.` in `Huawei Norge AS`.
//!
//! How common a word is comes from three sources: how many of 56,808 real companies have it, tables of places, lines of business and namesakes, and how many
//! listed names have it beside another rare word, since a word that unrelated listed parties share is no one's.

use std::sync::LazyLock;

use tollgate_model::Lookup;

use crate::fold::fold;
use crate::index::Index;
use crate::lexicon::{lines, pairs};
use crate::name::{Name, Token};
use crate::sizes::{index_of, place_of};
use crate::words::{Words, background, canonical, form_at, is_beside, is_given_name, table};

/// What a core beside common words is worth: a possible match at the default threshold.
pub(crate) const CORE_POINTS: u32 = 8_200;

/// Of 56,808 real companies, how many have a word at least that tells nothing beside a listed one.
const COMMON_COMPANIES: u32 = 25;
/// Letters of an acronym at most.
const ACRONYM_LETTERS: usize = 5;
/// Letters of a word that is the acronym of many where it is not written as one.
const SHORT_LETTERS: usize = 3;
/// Listed names that such an acronym must tell apart, so that it is known by the list's own count.
const ACRONYM_NAMES: u32 = 3;
/// Words of a core at most.
const MOST_WORDS: usize = 4;
/// Letters that a core must have to be looked for in one word with a common one (`huaweinorge`), and that this one must have.
const GLUED_LETTERS: usize = 4;

static NAMESAKES: LazyLock<Words> = LazyLock::new(|| {
    let families = pairs(include_str!("../data/chinese_families.tsv")).flat_map(|(_, spellings)| spellings.split('\t'));
    let more = lines(include_str!("../data/namesakes.txt")).flat_map(|line| line.split(' '));
    table(more.chain(families))
});

static DICTIONARY: LazyLock<Words> =
    LazyLock::new(|| table(lines(include_str!("../data/dictionary.txt")).flat_map(|line| line.split(' '))));

/// Whether a word tells nothing beside a listed one: a place, a line of business, a kind of unit, a number.
fn is_common(token: &Token) -> bool {
    token.form || token.written.len() < 2 || token.is_number() || is_common_word(&token.word)
}

fn is_common_word(word: &str) -> bool {
    background(word).0 >= COMMON_COMPANIES || is_beside(word)
}

/// Whether a word is a name of people or a place, or one by which many companies are called.
fn is_shared(word: &str) -> bool {
    background(word).0 > 0 || is_beside(word) || NAMESAKES.get(word).is_some() || is_given_name(word)
}

/// Whether a word, or what it is the plural of, is one of a language, or shared. An acronym is no plural: `JKS`.
fn is_known(word: &str) -> bool {
    let singular = word.strip_suffix('s').filter(|singular| singular.len() > SHORT_LETTERS);
    [Some(word), singular].into_iter().flatten().any(|word| is_shared(word) || DICTIONARY.get(word).is_some())
}

/// Whether a word is rare enough to tell a company apart by itself.
fn is_rare(word: &str) -> bool {
    word.len() >= SHORT_LETTERS && !is_known(word)
}

/// Whether a word is rare among companies' and yet one of a language, so that it tells a company apart only beside another word of its name.
fn is_everyday(word: &str) -> bool {
    word.len() > SHORT_LETTERS && is_known(word) && !is_shared(word)
}

/// A name without capitals, where one of its words has a capital that begins another word in it: `TechLantern` is one word for a company, and two for [`fold`].
fn one_word(text: &str) -> Option<Name> {
    let is_inner = |(before, c): (char, char)| before.is_lowercase() && c.is_uppercase();
    text.chars().zip(text.chars().skip(1)).any(is_inner).then(|| Name::parse(&text.to_lowercase()))
}

/// The words of a name that are not common.
fn core(name: &Name) -> impl Iterator<Item = &Token> {
    name.tokens.iter().filter(|token| !is_common(token))
}

/// The words of a name beside one, without legal forms and small words.
fn others(name: &Name, word: &str) -> Vec<String> {
    name.tokens.iter().filter(|token| !token.form && token.word != word).map(|token| token.word.clone()).collect()
}

fn joined<'t>(core: impl Iterator<Item = &'t Token>) -> String {
    core.map(|token| token.word.as_str()).collect()
}

/// How many listed names have a word.
#[derive(Clone, Copy, Debug, Default)]
struct Company {
    /// As their whole core.
    alone: u32,
    /// Beside other words of it.
    beside: u32,
}

impl Company {
    const NONE: Company = Company { alone: 0, beside: 0 };
}

/// A name as a list has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListedName<'t> {
    /// The place of its entry.
    pub(crate) entry: usize,
    /// As published.
    pub(crate) text: &'t str,
    /// Whether it is a weak alias.
    pub(crate) is_weak: bool,
}

/// Whether a name shows that it is an organization's, and no ship's or person's: it has a legal form, or a word that is common among companies.
fn is_organization(name: &Name) -> bool {
    let is_common = |token: &Token| background(&token.word).0 >= COMMON_COMPANIES;
    !name.forms.is_empty() || name.tokens.iter().any(|token| !token.form && is_common(token))
}

/// Whether a name is written as a person's is, the family ahead of a comma: `RAHIMOV, Ali`. Behind the comma of an organization's stand its form or its place.
fn is_family_first(name: &Name, text: &str) -> bool {
    let Some((_, given)) = text.split_once(',').filter(|_| name.forms.is_empty()) else { return false };
    fold(given).iter().any(|word| !is_common_word(canonical(word)))
}

/// A listed name whose core is a word of a language.
#[derive(Debug)]
struct Everyday {
    /// Its place.
    place: u32,
    /// Its other words, of which one must stand beside the core.
    others: Vec<String>,
}

/// The cores of listed names.
#[derive(Debug, Default)]
pub(crate) struct Cores {
    /// The places of the names that have a core, by its words without spaces.
    names: Lookup<String, Vec<u32>>,
    /// The same of one word that is an acronym of three letters, which counts only where it is written as one.
    acronyms: Lookup<String, Vec<u32>>,
    /// The names whose core is a word of a language, by that.
    everyday: Lookup<String, Vec<Everyday>>,
}

impl Cores {
    /// The cores of the names of an index; `listed` are the same names as published, in the same order.
    pub(crate) fn build<'t>(index: &Index, listed: impl Iterator<Item = ListedName<'t>>) -> Cores {
        let names = || (0..index.len()).filter_map(|place| Some((place, index.name(place)?)));
        let mut companies: Lookup<&str, Company> = Lookup::default();
        for (_, name) in names() {
            let is_alone = core(name).take(2).count() == 1;
            for token in core(name) {
                let company = companies.entry(token.word.as_str()).or_default();
                *(if is_alone { &mut company.alone } else { &mut company.beside }) += 1;
            }
        }
        let listed: Vec<ListedName<'_>> = listed.collect();
        // A person may have an alias that looks like a company's: `MAN, Nu`.
        let (mut organizations, mut persons): (Lookup<usize, ()>, Lookup<usize, ()>) = Default::default();
        let mut entry_before = None;
        for ((_, name), listed) in names().zip(&listed) {
            let is_main = entry_before.replace(listed.entry) != Some(listed.entry);
            if is_main && is_family_first(name, listed.text) {
                persons.insert(listed.entry, ());
            } else if is_organization(name) {
                organizations.insert(listed.entry, ());
            }
        }
        let mut cores = Cores::default();
        for ((place, name), listed) in names().zip(&listed) {
            let is_party = organizations.contains_key(&listed.entry) && !persons.contains_key(&listed.entry);
            if name.is_form_alone || listed.is_weak || !is_party {
                continue;
            }
            cores.add(place, name, listed.text, &companies);
            if let Some(name) = one_word(listed.text) {
                cores.add(place, &name, listed.text, &companies);
            }
        }
        cores
    }

    /// Adds the core of a listed name, where it has one.
    fn add(&mut self, place: usize, name: &Name, text: &str, companies: &Lookup<&str, Company>) {
        let words: Vec<&str> = core(name).map(|token| token.word.as_str()).take(MOST_WORDS + 1).collect();
        let company = words.first().and_then(|word| companies.get(word)).copied().unwrap_or(Company::NONE);
        let is_ones = company.beside <= company.alone.max(2);
        let (is_kept, is_acronym) = match words.as_slice() {
            [] => (false, false),
            [word] if word.len() <= SHORT_LETTERS => {
                let is_family = company.alone >= ACRONYM_NAMES && is_ones;
                (is_rare(word) && is_family && is_written_as_acronym(text, word), true)
            }
            [word] if is_everyday(word) && is_ones => {
                let everyday = Everyday { place: place_of(place), others: others(name, word) };
                self.everyday.entry((*word).to_owned()).or_default().push(everyday);
                (false, false)
            }
            [word] => (is_rare(word) && is_ones, false),
            words => (words.len() <= MOST_WORDS && words.iter().any(|word| is_rare(word) || is_everyday(word)), false),
        };
        if is_kept {
            let table = if is_acronym { &mut self.acronyms } else { &mut self.names };
            table.entry(words.concat()).or_default().push(place_of(place));
        }
    }

    /// The places of the listed names whose core stands whole in a name beside common words alone, or is one of those who hold a joint venture.
    pub(crate) fn find(&self, text: &str, name: &Name) -> Vec<usize> {
        let known = |words: &str| self.names.get(words).map_or(&[][..], Vec::as_slice);
        let words: Vec<&Token> = core(name).collect();
        let mut places = known(&joined(words.iter().copied())).to_vec();
        if is_joint(name) {
            places.extend(words.iter().flat_map(|token| known(&token.word)));
        }
        if let Some(name) = one_word(text) {
            places.extend(known(&joined(core(&name))));
        }
        if let [token] = words.as_slice() {
            if !is_joint(name) && is_bound(text, &token.written) {
                return Vec::new();
            }
            if let Some(more) = self.acronyms.get(&token.word).filter(|_| is_written_as_acronym(text, &token.written)) {
                places.extend(more);
            }
            let beside = others(name, &token.word);
            let everyday = self.everyday.get(&token.word).into_iter().flatten();
            let meant = everyday.filter(|listed| listed.others.iter().any(|word| beside.contains(word)));
            places.extend(meant.map(|listed| listed.place));
            let splits = GLUED_LETTERS..(token.word.len() + 1).saturating_sub(GLUED_LETTERS);
            let parts = splits.filter_map(|at| token.word.split_at_checked(at));
            let glued = parts.filter(|(_, common)| is_common_word(canonical(common)));
            places.extend(glued.flat_map(|(start, _)| known(start)));
            if is_letter_spaced(text) {
                let parts = (GLUED_LETTERS..token.word.len()).filter_map(|at| token.word.split_at_checked(at));
                let before_form = parts.filter(|(_, form)| form_at(&[(*form).to_owned()]).is_some());
                places.extend(before_form.flat_map(|(start, _)| known(start)));
            }
        }
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(index_of).collect()
    }
}

/// Whether most of a text is written letter by letter, so that its words cannot be told apart: `H u a w e i  A S`.
fn is_letter_spaced(text: &str) -> bool {
    let words = || text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words().filter(|word| word.chars().count() == 1).count() * 2 > words().count()
}

/// Whether a hyphen binds a word to another that is no place, line of business or unit, so that both are one word: `Gold-Quvexa`, `X-Quvexa`.
fn is_bound(text: &str, word: &str) -> bool {
    let is_hyphen = |c: char| matches!(c, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}');
    let stretches = text.split(|c: char| c.is_whitespace() || matches!(c, '/' | ',' | '(' | ')'));
    let mut compounds = stretches.filter(|stretch| stretch.contains(is_hyphen)).map(fold);
    compounds.any(|words| {
        let others = || words.iter().filter(|other| *other != word);
        others().count() < words.len()
            && others().any(|other| !is_beside(canonical(other)) && form_at(std::slice::from_ref(other)).is_none())
    })
}

/// Whether a name says that several hold a company together.
fn is_joint(name: &Name) -> bool {
    let is_word = |word: &str| name.tokens.iter().any(|token| token.written == word);
    is_word("jv") || is_word("consortium") || is_word("joint") && is_word("venture")
}

/// Whether a word of a few letters stands in capitals in a text that has other words too, or is all of it.
fn is_written_as_acronym(text: &str, word: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    word.len() <= ACRONYM_LETTERS
        && words
            .any(|written| written.eq_ignore_ascii_case(word) && !written.bytes().any(|byte| byte.is_ascii_lowercase()))
}
