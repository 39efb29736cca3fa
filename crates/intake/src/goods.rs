//! Which item a line is about, from the names and descriptions that it has.
//!
//! Names are resolved by the law's catalog alone. A text that names several items, or an assembly without the number
//! of its accelerators, is no answer: the line stays open with a question.

use std::collections::BTreeSet;

use tollgate_law::catalog::{Catalog, Resolution};
use tollgate_model::{Item, ItemKind};

use crate::accessory::{is_part, part_beside};
use crate::intangible::words_beside;
use crate::memo::Memo;
use crate::text::plain;
use crate::vocabulary::word_lists;
use crate::words::{MULTIPLES, is_assembly_word, is_count, is_model_word, is_piece, times, tokens};

/// How the question about a text begins that names more than was found in it.
pub(crate) const MORE_THAN_ONE: &str = "it names more than one thing";
/// How the question about a text begins that names several items of the catalog.
pub(crate) const SEVERAL_ITEMS: &str = "it names several items";

/// What a line is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Goods {
    /// An item of the catalog, by its name there.
    Item(String),
    /// A unit that holds so many of an accelerator of the catalog.
    Assembly { accelerator: String, count: i64 },
    /// Work, or goods that hold no accelerator; the word that says so.
    NoCompute(String),
    /// Not settled: a question for a person, and the items that it is between, if they are known.
    Open { question: String, candidates: Vec<String> },
}

impl Goods {
    /// A question without candidates.
    pub(crate) fn open(question: impl Into<String>) -> Goods {
        Goods::Open { question: question.into(), candidates: Vec::new() }
    }
}

/// A name of an item within a text.
#[derive(Clone, Debug)]
struct Mention {
    first: usize,
    end: usize,
    /// One where it is settled.
    names: Vec<String>,
}

/// Finds items in texts, and remembers what was found.
pub(crate) struct GoodsFinder<'a> {
    catalog: &'a Catalog,
    resolved: Memo<Vec<String>>,
    /// What was found of texts, by name, description and whether a unit is cheap.
    found: Memo<Goods>,
}

/// A name may have so many words before and behind the one with its number.
const REACH: usize = 3;

impl<'a> GoodsFinder<'a> {
    /// A finder on a catalog.
    pub(crate) fn new(catalog: &'a Catalog) -> GoodsFinder<'a> {
        GoodsFinder { catalog, resolved: Memo::new(), found: Memo::new() }
    }

    /// Whether a whole name may mean any of several items of the catalog, and is no chassis that may hold what is not in it.
    pub(crate) fn is_one_of_several(&self, name: &str) -> bool {
        matches!(self.catalog.resolve(name), Resolution::Ambiguous(_)) && self.catalog.chassis(name).is_none()
    }

    /// What a line is about, by the name of its item and the description of the goods, either of which may be empty.
    /// `is_cheap` is whether a unit costs so little that it can be an accessory; None where no price is known.
    pub(crate) fn goods(&mut self, name: &str, description: &str, is_cheap: Option<bool>) -> Goods {
        let key = format!("{name}\0{description}\0{is_cheap:?}");
        if let Some(known) = self.found.get(&key) {
            return known.clone();
        }
        let found = self.find(name, description, is_cheap);
        let more = self.more_than(&found, name, true).or_else(|| self.more_than(&found, description, false));
        let goods = match more {
            Some(more) => Goods::open(format!("{MORE_THAN_ONE}: what is `{more}`?")),
            None => found,
        };
        self.found.put(&key, goods.clone());
        goods
    }

    /// Whether neither text names an item or has a word that speaks for an accelerator or for what holds one.
    pub(crate) fn is_without_compute(&mut self, name: &str, description: &str) -> bool {
        let text = [name, description].join(" ");
        let words: Vec<String> = tokens(&text).iter().map(|word| plain(word)).collect();
        !words.is_empty()
            && !speaks_of_compute(&words)
            && self.text_goods(name).is_none()
            && self.text_goods(description).is_none()
    }

    /// What a part of a text says by itself.
    pub(crate) fn goods_alone(&mut self, text: &str) -> Goods {
        self.find(text, "", None)
    }

    /// Whether settled goods hold another accelerator than those that were found.
    pub(crate) fn is_further(&self, found: &Goods, other: &Goods) -> bool {
        let Some((accelerator, _)) = self.accelerators(other) else { return false };
        let is_processor = self.catalog.item(&accelerator).is_some_and(|item| item.kind == Some(ItemKind::Other));
        !is_processor && self.accelerators(found).is_none_or(|(known, _)| known != accelerator)
    }

    /// Whether a text is the name of an item of the catalog as it stands.
    pub(crate) fn is_of_catalog(&self, text: &str) -> bool {
        self.catalog.item(text).is_some()
    }

    /// Whether the words of a name are written apart so that it may be another item's.
    pub(crate) fn is_parted(&self, name: &str) -> bool {
        self.catalog.written_apart(name).is_some()
    }

    /// The question about a name whose words are written apart so that it may be another item's: `L4 0S`.
    fn parted(&self, text: &str) -> Option<Goods> {
        let [part, whole] = self.catalog.written_apart(text)?;
        let question = format!("`{text}` may be {part}, {whole}: is there a space too many?");
        Some(Goods::Open { question, candidates: vec![part.to_owned(), whole.to_owned()] })
    }

    fn find(&mut self, name: &str, description: &str, is_cheap: Option<bool>) -> Goods {
        if let Some(parted) = self.parted(name) {
            return parted;
        }
        let by_name = self.text_goods(name);
        let by_description = if description == name { None } else { self.text_goods(description) };
        match (by_name, by_description) {
            (Some(first), Some(second)) => self.combine(first, second),
            (Some(found), None) | (None, Some(found)) => found,
            (None, None) => no_compute(&[name, description].join(" "), is_cheap),
        }
    }

    /// One answer of two texts, the more exact one where they agree.
    fn combine(&self, first: Goods, second: Goods) -> Goods {
        let (Some(of_first), Some(of_second)) = (self.accelerators(&first), self.accelerators(&second)) else {
            return match (first, second) {
                // A question of one text may be answered by the other, if the answer is among its candidates.
                (Goods::Open { question, candidates }, found @ (Goods::Item(_) | Goods::Assembly { .. }))
                | (found @ (Goods::Item(_) | Goods::Assembly { .. }), Goods::Open { question, candidates }) => {
                    match self.is_among(&found, &candidates) {
                        true => found,
                        false => Goods::Open { question, candidates },
                    }
                }
                (found, _) => found,
            };
        };
        let is_other = |goods: &Goods| matches!(goods, Goods::Item(name) if self.catalog.item(name).is_some_and(|item| item.kind == Some(ItemKind::Other)));
        if of_first == of_second || (is_other(&first) && is_other(&second)) {
            return first;
        }
        if of_first.0 == of_second.0 {
            // `H200` as the name, `8x H200` as the description: the one that counts.
            return match (of_first.1, of_second.1) {
                (1, _) => second,
                (_, 1) => first,
                _ => Goods::open(format!(
                    "its name and its description differ: {} or {} accelerators",
                    of_first.1, of_second.1
                )),
            };
        }
        Goods::open(format!("its name says {}, its description {}", of_first.0, of_second.0))
    }

    /// Whether settled goods are one of some items, or hold one of them.
    fn is_among(&self, goods: &Goods, candidates: &[String]) -> bool {
        let accelerator = self.accelerators(goods).map(|(accelerator, _)| accelerator);
        candidates.iter().any(|name| {
            let of_system = self.catalog.item(name).and_then(|item| item.accelerator.clone());
            accelerator.as_ref() == Some(name)
                || (of_system.is_some() && of_system == accelerator)
                || matches!(goods, Goods::Item(item) if item == name)
        })
    }

    /// The accelerator of settled goods, and how many a unit has.
    fn accelerators(&self, goods: &Goods) -> Option<(String, i64)> {
        match goods {
            Goods::Item(name) => {
                let item = self.catalog.item(name)?;
                Some((item.accelerator.clone().unwrap_or_else(|| name.clone()), item.accelerators.unwrap_or(1)))
            }
            Goods::Assembly { accelerator, count } => Some((accelerator.clone(), *count)),
            Goods::NoCompute(_) | Goods::Open { .. } => None,
        }
    }

    /// What one text says; None where it names no item.
    fn text_goods(&mut self, text: &str) -> Option<Goods> {
        if text.is_empty() {
            return None;
        }
        if let Some(item) = self.catalog.item(text) {
            return Some(Goods::Item(item.item.clone()));
        }
        let words = tokens(text);
        // Researchers' unit of compute.
        if words.iter().any(|word| word == "h100e") && !words.iter().any(|word| is_count(word)) {
            return self.catalog.item("H100 SXM5 80GB").map(|item| Goods::Item(item.item.clone()));
        }
        let mentions = self.mentions(&words);
        if mentions.is_empty() {
            return None;
        }
        if let Some(said) = mentions.iter().find_map(|mention| words_beside(&words, mention.first, mention.end)) {
            return Some(Goods::open(format!(
                "`{said}`: is software, technology or a service meant, or the goods? Software and technology have a row of items with `kind`, `eccn` and `accelerator`"
            )));
        }
        if let Some(part) = self.part_of(text) {
            return Some(Goods::open(format!(
                "`{part}`: is it a part for the item that is named, or the item? Say it under [items] of the mapping"
            )));
        }
        let overall = overall_count(&words, &mentions);
        let mut settled: Vec<Mention> =
            mentions.iter().map(|mention| self.narrow_names(mention, overall, &words)).collect();
        self.drop_answered(&mut settled);
        self.settle_by_each_other(&mut settled);
        if let Some(open) = settled.iter().find(|mention| mention.names.len() != 1) {
            let phrase = words.get(open.first..open.end).unwrap_or(&[]).join(" ");
            let question = format!("`{phrase}` may be {}", open.names.join(", "));
            return Some(Goods::Open { question, candidates: open.names.clone() });
        }
        Some(self.unit_of(&settled, overall, &words))
    }

    /// The part of a machine that a text may be about, which names the machine; marks divide goods as words do.
    fn part_of(&mut self, text: &str) -> Option<String> {
        let words = tokens(&text.replace(['&', '+', ';', ',', '('], " and "));
        if !words.iter().any(|word| is_part(word)) {
            return None;
        }
        let mentions = self.mentions(&words);
        mentions.iter().find_map(|mention| part_beside(&words, mention.first, mention.end))
    }

    /// Drops what another name of the text answers: a chassis beside the board in it, and processors beside an accelerator.
    fn drop_answered(&self, mentions: &mut Vec<Mention>) {
        let is_other = |mention: &Mention| {
            mention
                .names
                .iter()
                .all(|name| self.catalog.item(name).is_some_and(|item| item.kind == Some(ItemKind::Other)))
        };
        if mentions.iter().any(|mention| !is_other(mention)) {
            mentions.retain(|mention| !is_other(mention));
        }
        let sure: Vec<Goods> = mentions
            .iter()
            .filter(|mention| mention.names.len() == 1)
            .filter_map(|mention| mention.names.first().cloned().map(Goods::Item))
            .collect();
        mentions.retain(|mention| {
            mention.names.len() == 1 || !sure.iter().any(|goods| self.is_among(goods, &mention.names))
        });
    }

    /// Settles a system of several that a name may be by the accelerator beside it, neither of which is settled alone: `XE9680 with H100`.
    fn settle_by_each_other(&self, mentions: &mut Vec<Mention>) {
        let held = |name: &String| self.catalog.item(name).and_then(|item| item.accelerator.as_ref());
        let is_held = |names: &[String], accelerator: &String| {
            names.iter().any(|name| name == accelerator || held(name) == Some(accelerator))
        };
        let mut answered = None;
        for (place, system) in mentions.iter().enumerate().filter(|(_, mention)| mention.names.len() > 1) {
            for (other, chip) in
                mentions.iter().enumerate().filter(|(other, chip)| *other != place && chip.names.len() > 1)
            {
                let fitting: Vec<&String> = system
                    .names
                    .iter()
                    .filter(|name| held(name).is_some_and(|held| is_held(&chip.names, held)))
                    .collect();
                if let [name] = fitting.as_slice() {
                    answered = Some((place, other, (*name).clone()));
                }
            }
        }
        if let Some((place, other, name)) = answered {
            if let Some(system) = mentions.get_mut(place) {
                system.names = vec![name];
            }
            mentions.remove(other);
        }
    }

    /// A mention without the candidates whose number of accelerators, or whose form, is another than the text's.
    fn narrow_names(&self, mention: &Mention, overall: Option<i64>, words: &[String]) -> Mention {
        let mut narrowed = mention.clone();
        if let Some(count) = overall.filter(|_| mention.names.len() > 1) {
            narrowed.names.retain(|name| self.catalog.item(name).is_some_and(|item| item.accelerators == Some(count)));
        }
        if narrowed.names.len() != 1 {
            // The form stands elsewhere in the text: `H100 ... PCIe`.
            let spoken: BTreeSet<&str> = words.iter().map(String::as_str).collect();
            let forms = ["sxm", "sxm4", "sxm5", "pcie", "nvl", "oam", "40gb", "80gb", "94gb"];
            let forms_in_text: Vec<&str> = forms.into_iter().filter(|form| spoken.contains(form)).collect();
            let mut fitting = mention.names.clone();
            fitting.retain(|name| {
                let words = tokens(name);
                !forms_in_text.is_empty()
                    && forms_in_text.iter().all(|form| {
                        words.iter().any(|word| word == form || word.starts_with(form) && form.starts_with("sxm"))
                    })
            });
            if fitting.len() == 1 {
                narrowed.names = fitting;
            } else {
                narrowed.names = mention.names.clone();
            }
        }
        narrowed
    }

    /// What a unit is, by the items that a text names: one of them, or so many of one.
    fn unit_of(&self, mentions: &[Mention], overall: Option<i64>, words: &[String]) -> Goods {
        let mut items: Vec<(&Mention, &Item)> = Vec::new();
        for mention in mentions {
            let Some(item) = mention.names.first().and_then(|name| self.catalog.item(name)) else {
                return Goods::open("its name is not in the catalog by itself".to_owned());
            };
            if !items.iter().any(|(_, other)| other.item == item.item) {
                items.push((mention, item));
            }
        }
        // `HGX H200 8-GPU with H200`: the system says it all.
        let held: BTreeSet<String> = items.iter().filter_map(|(_, item)| item.accelerator.clone()).collect();
        items.retain(|(_, item)| !held.contains(&item.item));
        let [(mention, item)] = items.as_slice() else {
            let names: Vec<&str> = items.iter().map(|(_, item)| item.item.as_str()).collect();
            return Goods::open(format!("{SEVERAL_ITEMS}: {}", names.join(", ")));
        };
        let counted = count_beside(words, mention);
        if let (Some(accelerator), Some(held)) = (&item.accelerator, item.accelerators) {
            return match counted {
                Some(count) if count != held && count > 1 => {
                    Goods::Assembly { accelerator: accelerator.clone(), count: count.saturating_mul(held) }
                }
                _ => Goods::Item(item.item.clone()),
            };
        }
        // `Workstation Edition` and `Server Edition` are names of cards.
        let next = words.iter().skip(1).map(String::as_str).chain([""]);
        let is_assembly = words.iter().zip(next).any(|(word, next)| next != "edition" && is_assembly_word(word));
        match counted.or(overall) {
            Some(1) if !is_assembly => Goods::Item(item.item.clone()),
            Some(count) => Goods::Assembly { accelerator: item.item.clone(), count },
            None if is_assembly => Goods::open(format!("how many {} does a unit hold?", item.item)),
            None => match (bare_count(words, mention), words.iter().find(|word| MULTIPLES.contains(&word.as_str()))) {
                (Some(count), _) => {
                    Goods::open(format!("does a unit hold {count} {}, or is {count} the quantity?", item.item))
                }
                (None, Some(word)) => Goods::open(format!("`{word}`: how many {} does a unit hold?", item.item)),
                (None, None) => Goods::Item(item.item.clone()),
            },
        }
    }

    /// The names of items in a text: the longest ones, none over another.
    fn mentions(&mut self, words: &[String]) -> Vec<Mention> {
        let mut found: Vec<Mention> = Vec::new();
        for (place, _) in words.iter().enumerate().filter(|(_, word)| is_model_word(word)) {
            for first in place.saturating_sub(REACH)..=place {
                for end in place + 1..=(place + 1 + REACH).min(words.len()) {
                    let phrase = words.get(first..end).unwrap_or(&[]);
                    let has_letters = phrase.iter().any(|word| word.chars().any(char::is_alphabetic));
                    if !has_letters || phrase.iter().any(|word| is_count(word)) {
                        continue;
                    }
                    let names = self.resolve(&phrase.join(" "));
                    if !names.is_empty() {
                        found.push(Mention { first, end, names });
                    }
                }
            }
        }
        // A phrase that may be several items is settled by the name within it that is one of them.
        let sure: Vec<Mention> = found.iter().filter(|mention| mention.names.len() == 1).cloned().collect();
        found.retain(|mention| {
            let is_over = |other: &&Mention| mention.first < other.end && other.first < mention.end;
            let mut inner = sure.iter().filter(is_over).filter_map(|other| other.names.first());
            mention.names.len() == 1 || !inner.any(|name| mention.names.contains(name))
        });
        // Longer ones first; of equal length those that are settled, then the earlier.
        found.sort_by_key(|mention| (usize::MAX - (mention.end - mention.first), mention.names.len(), mention.first));
        let mut taken: Vec<Mention> = Vec::new();
        for mention in found {
            if taken.iter().all(|other| mention.end <= other.first || other.end <= mention.first) {
                taken.push(mention);
            }
        }
        taken.sort_by_key(|mention| mention.first);
        let has_context = words.iter().any(|word| word_lists().context.contains(word));
        taken.retain(|mention| {
            let letters: usize = words.get(mention.first..mention.end).unwrap_or(&[]).iter().map(String::len).sum();
            letters > 3 || has_context || words.len() <= 2
        });
        taken
    }

    /// The items that a phrase may name.
    pub(crate) fn resolve(&mut self, phrase: &str) -> Vec<String> {
        self.resolved.of(phrase, |phrase| match self.catalog.resolve(phrase) {
            Resolution::Found(item) => vec![item.item.clone()],
            Resolution::Ambiguous(names) => names.into_iter().map(str::to_owned).collect(),
            _ => Vec::new(),
        })
    }
}

/// Whether a word is of a list; Chinese and Japanese write without spaces between words.
fn says(word: &str, list: &BTreeSet<String>) -> bool {
    list.contains(word)
        || (!word.is_ascii() && list.iter().any(|part| !part.is_ascii() && word.contains(part.as_str())))
}

/// Whether a word speaks for an accelerator, or for what holds one.
fn speaks_of_compute(words: &[String]) -> bool {
    words.iter().any(|word| says(word, &word_lists().compute) || is_assembly_word(word))
}

/// Work and accessories, where no word of the text speaks for an accelerator; else a question.
fn no_compute(text: &str, is_cheap: Option<bool>) -> Goods {
    let lists = word_lists();
    let words: Vec<String> = tokens(text).iter().map(|word| plain(word)).collect();
    let spoken = |list: &BTreeSet<String>| words.iter().find(|word| says(word, list)).cloned();
    if !speaks_of_compute(&words) {
        if let Some(word) = spoken(&lists.services) {
            return Goods::NoCompute(word);
        }
        // German, Dutch and Nordic languages write the whole as one word: `Stromkabel`.
        let is_compound =
            |word: &str| lists.accessories.iter().any(|end| end.chars().count() >= 5 && word.ends_with(end.as_str()));
        let accessory = spoken(&lists.accessories).or_else(|| words.iter().find(|word| is_compound(word)).cloned());
        if let Some(word) = accessory.filter(|_| is_cheap != Some(false)) {
            return Goods::NoCompute(word);
        }
    }
    Goods::open("no item of the catalog is named".to_owned())
}

/// The count that stands at a name: `8x H100`, `H100 x8`.
fn count_beside(words: &[String], mention: &Mention) -> Option<i64> {
    let before = mention.first.checked_sub(1).and_then(|place| words.get(place)).and_then(|word| times(word));
    let is_slot = mention.end.checked_sub(1).and_then(|place| words.get(place)).is_some_and(|word| word == "pcie");
    // The width of a slot is no count, and `2x` behind a name counts what comes next.
    let is_behind = |word: &&String| word.starts_with('x') && !(is_slot && *word == "x16");
    before.or_else(|| words.get(mention.end).filter(is_behind).and_then(|word| times(word)))
}

/// A number before or behind a name, which may be a count of either kind.
fn bare_count(words: &[String], mention: &Mention) -> Option<i64> {
    let number = |word: &String| word.parse::<i64>().ok().filter(|count| (2..=1000).contains(count));
    let before = mention.first.checked_sub(1).and_then(|place| words.get(place)).and_then(number);
    // `PCIe 5.0` and `PCIe Gen 4` count nothing.
    let is_slot = mention.end.checked_sub(1).and_then(|place| words.get(place)).is_some_and(|word| word == "pcie");
    // `L40S (10 NOS)` counts what is sent, against which the quantity is held.
    let are_pieces = words.get(mention.end + 1).is_some_and(|word| word.is_ascii() && is_piece(word));
    before.or_else(|| words.get(mention.end).filter(|_| !is_slot && !are_pieces).and_then(number))
}

/// The count of accelerators that a text with one name states somewhere: `8-GPU`, `8 GPUs`, `8-way`.
fn overall_count(words: &[String], mentions: &[Mention]) -> Option<i64> {
    let is_gpu = |word: &String| {
        matches!(word.as_str(), "gpu" | "gpus" | "way" | "accelerators" | "xpu" | "cards" | "卡" | "路" | "基")
    };
    let pairs = words.iter().zip(words.iter().skip(1)).filter(|(_, next)| is_gpu(next));
    let counts = pairs.filter_map(|(word, _)| word.parse::<i64>().ok()).filter(|count| (1..=1024).contains(count));
    let joined = words
        .iter()
        .filter_map(|word| word.strip_suffix("gpu").or_else(|| word.strip_suffix("gpus"))?.parse::<i64>().ok());
    let found: BTreeSet<i64> = counts.chain(joined).collect();
    if found.len() == 1 && !mentions.is_empty() { found.first().copied() } else { None }
}

#[cfg(test)]
mod tests;
