//! What a name stands for: exactly one item, several that a person must choose from, or none.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_model::ItemKind;

use super::words::{NameParts, Without, WordClass, Words};
use super::{Catalog, Form, Resolution};

const WHOLE: Without = Without { memory_kinds: false, memory: false, forms: false, generations: false, series: false };

/// What is left out, in this order, until something answers.
const STEPS: [Without; 9] = [
    WHOLE,
    Without { memory: true, ..WHOLE },
    Without { memory_kinds: true, ..WHOLE },
    Without { memory_kinds: true, memory: true, ..WHOLE },
    Without { generations: true, memory_kinds: true, ..WHOLE },
    Without { forms: true, memory_kinds: true, ..WHOLE },
    Without { forms: true, memory_kinds: true, memory: true, ..WHOLE },
    Without { generations: true, memory_kinds: true, memory: true, ..WHOLE },
    Without { generations: true, forms: true, memory_kinds: true, memory: true, series: false },
];

/// The most candidates that a question offers.
const MOST: usize = 12;

/// Names by their keys; made when the first name is looked up.
#[derive(Debug, Default)]
pub(super) struct Index {
    keys: BTreeMap<String, BTreeSet<usize>>,
    letters: BTreeMap<String, BTreeSet<usize>>,
    exact: BTreeMap<String, usize>,
    names: Vec<(BTreeSet<String>, usize)>,
    memory_gb: Vec<BTreeSet<u32>>,
    /// Every word of an item's names, its generations included.
    words: Vec<BTreeSet<String>>,
    part_families: BTreeMap<String, BTreeSet<usize>>,
}

impl Index {
    pub(super) fn of(catalog: &Catalog) -> Index {
        let count = catalog.entries.len();
        let mut index =
            Index { memory_gb: vec![BTreeSet::new(); count], words: vec![BTreeSet::new(); count], ..Index::default() };
        for (at, entry) in catalog.entries.iter().enumerate() {
            index.exact.insert(entry.name.clone(), at);
            for name in entry.aliases.iter().chain([&entry.name]) {
                index.add(&catalog.words, name, at);
            }
        }
        index
    }

    fn add(&mut self, words: &Words, name: &str, at: usize) {
        let parts = words.parts(name);
        self.keys.entry(parts.key(WHOLE)).or_default().insert(at);
        if !parts.generations.is_empty() {
            let key = parts.key(Without { generations: true, ..WHOLE });
            self.keys.entry(key).or_default().insert(at);
        }
        self.letters.entry(parts.letters).or_default().insert(at);
        if let Some(all) = self.words.get_mut(at) {
            all.extend(parts.words.iter().chain(&parts.generations).cloned());
        }
        if let (Some(memory), Some(known)) = (parts.memory_gb, self.memory_gb.get_mut(at)) {
            known.insert(memory);
        }
        self.names.push((parts.words, at));
        if let Some(family) = part_family(name) {
            self.part_families.entry(family).or_default().insert(at);
        }
    }
}

/// The first two groups of a part number of NVIDIA, which name a board whatever its revision.
fn part_family(name: &str) -> Option<String> {
    let groups: Vec<&str> = name.trim().split('-').collect();
    let [first, second, ..] = groups.as_slice() else { return None };
    let known = ["900", "699", "935", "920"].contains(first);
    let board = second.len() == 5 && second.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // A board and the card that it is sold as differ in the first group only.
    let class = if *first == "699" { "900" } else { *first };
    (known && board).then(|| format!("{class}-{}", second.to_ascii_uppercase()))
}

impl Catalog {
    /// What a name as people write it stands for.
    ///
    /// It resolves to the item one of whose names has the same words in any order, where makers, words that
    /// say nothing, and memory, form and board maker's series that agree with the item are left out. Where several
    /// items answer none is taken: they are the question. A name that only shares words with an item is
    /// never taken for it.
    pub fn resolve(&self, name: &str) -> Resolution<'_> {
        let index = self.index.get_or_init(|| Index::of(self));
        if let Some(at) = index.exact.get(name) {
            return self.answer(&BTreeSet::from([*at]));
        }
        let parts = self.words.parts(name);
        if let Some(found) = index.letters.get(&parts.letters).filter(|found| found.len() == 1) {
            return match self.written_apart(name) {
                Some(names) => Resolution::Ambiguous(names.to_vec()),
                None => self.answer(found),
            };
        }
        // A name of common words alone means no item, unless it is written exactly as that item's.
        if !parts.words.iter().any(|word| self.tells(word)) && parts.memory_kinds.is_empty() {
            return match index.letters.get(&parts.letters) {
                Some(found) => self.answer(found),
                None => Resolution::Unknown(Vec::new()),
            };
        }
        let mut disagreeing = BTreeSet::new();
        let series = if parts.partner && !parts.series.is_empty() { 2 } else { 1 };
        for step in STEPS {
            for round in 0..series {
                let without = Without { series: round == 1, ..step };
                let Some(found) = index.keys.get(&parts.key(without)) else { continue };
                let agreeing: BTreeSet<usize> =
                    found.iter().copied().filter(|at| self.agrees(index, &parts, without, *at)).collect();
                if !agreeing.is_empty() {
                    return self.answer(&self.of_named_maker(&parts, agreeing));
                }
                disagreeing.extend(found);
            }
        }
        if let Some(found) = index.letters.get(&parts.letters).filter(|_| parts.letters.len() > 3) {
            return self.answer(found);
        }
        if let Some(family) = part_family(name) {
            let none = BTreeSet::new();
            return self.question(index.part_families.get(&family).unwrap_or(&none));
        }
        // What the name says and these items are not stays a question, though the law may make no difference between them.
        if !disagreeing.is_empty() {
            return Resolution::Unknown(self.names_of(&disagreeing));
        }
        self.candidates(index, &parts)
    }

    /// The items between which a name is open whose words are written apart: `L4 0S` is an L4 and more, or an L40S with a space too many. `None` where no
    /// space parts a word of the item's name, or what stands before it is no item by itself.
    pub fn written_apart(&self, name: &str) -> Option<[&str; 2]> {
        let index = self.index.get_or_init(|| Index::of(self));
        let found = index.letters.get(&self.words.parts(name).letters).filter(|found| found.len() == 1)?;
        let Resolution::Found(whole) = self.answer(found) else { return None };
        let names = found.first().and_then(|at| self.entries.get(*at)).map(|entry| entry.name.to_lowercase())?;
        let words: Vec<&str> = name.split_whitespace().collect();
        (1..words.len()).find_map(|place| {
            let (head, tail) = words.split_at_checked(place)?;
            let joined = [*head.last()?, *tail.first()?].concat().to_lowercase();
            let is_parted = names.split_whitespace().any(|word| word.contains(&joined));
            let is_named =
                names.split_whitespace().any(|word| head.last().is_some_and(|last| word.eq_ignore_ascii_case(last)));
            if !is_parted || is_named {
                return None;
            }
            let head = head.join(" ");
            // What stands before the space must be another item as it is written.
            let at = index.letters.get(&self.words.parts(&head).letters).filter(|at| at.len() == 1)?;
            match self.answer(at) {
                Resolution::Found(part) if part.item != whole.item => Some([part.item.as_str(), whole.item.as_str()]),
                _ => None,
            }
        })
    }

    /// Whether what was left out of a name fits an item.
    fn agrees(&self, index: &Index, parts: &NameParts, without: Without, at: usize) -> bool {
        let Some(entry) = self.entries.get(at) else { return false };
        let known = index.memory_gb.get(at);
        let other_memory = |memory| known.is_some_and(|known| !known.is_empty() && !known.contains(&memory));
        if without.memory && parts.memory_gb.is_some_and(other_memory) {
            return false;
        }
        let fits = |class: WordClass| match class {
            WordClass::CardForm => entry.form == Form::Card,
            _ => entry.form == Form::Module,
        };
        if without.forms && !parts.forms.iter().all(|(class, _)| fits(*class)) {
            return false;
        }
        if without.series && entry.form != Form::Card {
            return false;
        }
        let of = |generation: &String| {
            index.words.get(at).is_some_and(|words| self.words.is_of_generation(generation, words))
        };
        if without.generations && !parts.generations.iter().all(of) {
            return false;
        }
        let maker = entry.vendor.to_lowercase();
        let rival = |designer: &String| !maker.contains(designer.as_str());
        !entry.is_chip || !self.words.names_designer(&maker) || !parts.designers.iter().any(rival)
    }

    /// Of memories that differ in their maker only, those of the maker whom the name says, where it says the maker of some. Of other items the maker
    /// says nothing: NVIDIA and Dell sell the same board.
    fn of_named_maker(&self, parts: &NameParts, found: BTreeSet<usize>) -> BTreeSet<usize> {
        let is_named = |at: &usize| {
            let entry = self.entries.get(*at);
            let item = entry.and_then(|entry| entry.item).and_then(|at| self.items.get(at));
            let is_memory = item.is_some_and(|item| item.kind == Some(ItemKind::Memory));
            let maker = entry.map(|entry| entry.vendor.to_lowercase()).filter(|_| is_memory);
            maker.is_some_and(|maker| maker.split(' ').any(|word| parts.makers.contains(word)))
        };
        let named: BTreeSet<usize> = found.iter().copied().filter(is_named).collect();
        if named.is_empty() { found } else { named }
    }

    /// Whether a word tells items apart: it is no common word, and more than a letter or a short number.
    fn tells(&self, word: &str) -> bool {
        let is_number = word.bytes().all(|byte| byte.is_ascii_digit());
        !self.words.is_common(word) && word.len() > if is_number { 3 } else { 1 }
    }

    fn is_accelerator(&self, at: usize) -> bool {
        let item = self.entries.get(at).and_then(|entry| entry.item).and_then(|at| self.items.get(at));
        item.is_none_or(|item| item.kind != Some(ItemKind::Other))
    }

    /// Whether an item may be meant by a name as far as its memory and generation go, and the name means no part of one.
    fn fits(&self, index: &Index, parts: &NameParts, at: usize) -> bool {
        let known = index.memory_gb.get(at);
        let other = |memory| known.is_some_and(|known| !known.is_empty() && !known.contains(&memory));
        let of = |generation: &String| {
            index.words.get(at).is_some_and(|words| self.words.is_of_generation(generation, words))
        };
        !parts.is_part && !parts.memory_gb.is_some_and(other) && parts.generations.iter().all(of)
    }

    /// Items that a name which is no item's may mean: those whose words include all that it says,
    /// else those all of whose words stand in it. A name without a word that tells items apart means none.
    fn candidates(&self, index: &Index, parts: &NameParts) -> Resolution<'_> {
        // A size or a kind of memory alone stands in no item's name, and says of none that it may be meant.
        if !parts.words.iter().any(|word| self.tells(word)) {
            return Resolution::Unknown(Vec::new());
        }
        let wider = index.names.iter().filter(|(words, _)| parts.words.is_subset(words));
        let wider: BTreeSet<usize> = wider.map(|(_, at)| *at).collect();
        let fitting: BTreeSet<usize> = wider.iter().copied().filter(|at| self.fits(index, parts, *at)).collect();
        if fitting.is_empty() && !wider.is_empty() {
            return Resolution::Unknown(self.names_of(&wider));
        }
        let wider = fitting;
        let goods: BTreeSet<usize> = wider.iter().copied().filter(|at| self.is_accelerator(*at)).collect();
        let wider = if goods.is_empty() { wider } else { goods };
        if !wider.is_empty() {
            return self.question(&wider);
        }
        let narrower = index
            .names
            .iter()
            .filter(|(words, _)| words.is_subset(&parts.words) && words.iter().any(|word| self.tells(word)));
        let longest = narrower.clone().map(|(words, _)| words.len()).max().unwrap_or(0);
        let nearest = narrower.filter(|(words, _)| words.len() == longest).map(|(_, at)| *at).collect();
        Resolution::Unknown(self.names_of(&nearest))
    }

    fn answer(&self, found: &BTreeSet<usize>) -> Resolution<'_> {
        let only = found.first().filter(|_| found.len() == 1).and_then(|at| self.entries.get(*at));
        match only {
            Some(entry) => match entry.item.and_then(|at| self.items.get(at)) {
                Some(item) => Resolution::Found(item),
                None => Resolution::Ambiguous(self.chassis_names(entry)),
            },
            None => self.question(found),
        }
    }

    /// Where the chassis stands that a name leads to and nothing else does.
    pub(super) fn chassis_at(&self, name: &str) -> Option<usize> {
        let index = self.index.get_or_init(|| Index::of(self));
        let parts = self.words.parts(name);
        let found = index.keys.get(&parts.key(WHOLE)).or_else(|| index.letters.get(&parts.letters))?;
        let only = found.first().filter(|_| found.len() == 1)?;
        self.entries.get(*only)?.chassis
    }

    fn question(&self, found: &BTreeSet<usize>) -> Resolution<'_> {
        let names = self.names_of(found);
        if names.len() > 1 { Resolution::Ambiguous(names) } else { Resolution::Unknown(names) }
    }

    fn names_of(&self, found: &BTreeSet<usize>) -> Vec<&str> {
        found.iter().filter_map(|at| self.entries.get(*at)).map(|entry| entry.name.as_str()).take(MOST).collect()
    }
}
