//! What is known about words: spellings of one word, legal forms, how common a word is among companies.

use std::sync::LazyLock;

use tollgate_model::{Lookup, never};

use crate::fold::fold;
use crate::lexicon::{lines, pairs};
use crate::similar::similarity;

/// A kind of company, as far as names tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// Private, with limited liability.
    Limited,
    /// By shares.
    Stock,
    /// A partnership.
    Partnership,
    /// A foundation, trust or association.
    Foundation,
    /// A cooperative.
    Cooperative,
    /// Owned by a state.
    State,
    /// A branch of another.
    Branch,
    /// One person's business.
    Sole,
    /// Says that it is a company and not which.
    Generic,
    /// A group or holding.
    Group,
}

impl Form {
    const WORDS: [(&'static str, Form); 10] = [
        ("limited", Form::Limited),
        ("stock", Form::Stock),
        ("partnership", Form::Partnership),
        ("foundation", Form::Foundation),
        ("cooperative", Form::Cooperative),
        ("state", Form::State),
        ("branch", Form::Branch),
        ("sole", Form::Sole),
        ("generic", Form::Generic),
        ("group", Form::Group),
    ];
}

static FORMS: LazyLock<(Lookup<String, Form>, usize)> = LazyLock::new(|| {
    let mut forms = Lookup::default();
    let mut longest = 1;
    for line in lines(include_str!("../data/forms.tsv")) {
        let mut cells = line.split('\t');
        let class = |class: &str| Form::WORDS.iter().find(|(word, _)| *word == class);
        let (Some(surface), Some((_, form))) = (cells.next(), cells.next().and_then(class)) else {
            never!("data/forms.tsv has the line {line}");
            continue;
        };
        let words = fold(surface);
        longest = longest.max(words.len());
        forms.insert(words.join(" "), *form);
    }
    (forms, longest)
});

static VARIANTS: LazyLock<Lookup<String, &'static str>> = LazyLock::new(|| {
    let mut variants = Lookup::default();
    for line in lines(include_str!("../data/variants.txt")) {
        let mut words = line.split(' ');
        let Some(first) = words.next() else {
            never!("data/variants.txt has an empty line");
            continue;
        };
        for word in words {
            variants.entry(word.to_owned()).or_insert(first);
        }
    }
    variants
});

static BACKGROUND: LazyLock<(Lookup<String, u32>, u32)> = LazyLock::new(|| {
    let text = include_str!("../data/background.tsv");
    let mut counts = Lookup::default();
    let names = text.lines().find_map(|line| line.strip_prefix("#names\t")?.parse().ok()).unwrap_or(1);
    for (word, count) in pairs(text) {
        match count.parse::<u32>() {
            Ok(count) => *counts.entry(canonical(word).to_owned()).or_insert(0) += count,
            Err(error) => never!("data/background.tsv has a count of {count}: {error}"),
        }
    }
    (counts, names)
});

/// The form that some words spell, with how many words it takes: the longest from the start of the slice.
pub(crate) fn form_at(words: &[String]) -> Option<(Form, usize)> {
    let (forms, longest) = &*FORMS;
    let mut joined = String::new();
    let mut found = None;
    for (count, word) in words.iter().take(*longest).enumerate() {
        if count > 0 {
            joined.push(' ');
        }
        joined.push_str(word);
        if let Some(form) = forms.get(&joined) {
            found = Some((*form, count + 1));
        }
    }
    found
}

/// Letters from which a legal form that is misspelled is still known: shorter ones are too near to other words.
const LONG_FORM: usize = 10;
/// How alike a misspelled form must be.
const NEAR: u32 = 9_000;

/// The long forms of one word.
static LONG_FORMS: LazyLock<Vec<(&'static str, Form)>> = LazyLock::new(|| {
    let surfaces = lines(include_str!("../data/forms.tsv")).filter_map(|line| line.split('\t').next());
    let long = surfaces.filter(|form| form.len() >= LONG_FORM && !form.contains(' '));
    long.filter_map(|form| Some((form, *FORMS.0.get(form)?))).collect()
});

/// The form that a misspelled long word is meant for.
pub(crate) fn near_form(words: &[String]) -> Option<(Form, usize)> {
    let word = words.first().filter(|word| word.len() >= LONG_FORM)?;
    let near = LONG_FORMS
        .iter()
        .find(|(form, _)| form.bytes().next() == word.bytes().next() && similarity(form, word) >= NEAR);
    near.map(|(_, form)| (*form, 1))
}

/// The spelling that a word is read as.
pub(crate) fn canonical(word: &str) -> &str {
    VARIANTS.get(word).copied().unwrap_or(word)
}

/// Given names by those of their nicknames.
static NICKNAMES: LazyLock<Lookup<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut names: Lookup<&'static str, Vec<&'static str>> = Lookup::default();
    for (name, nicknames) in pairs(include_str!("../data/nicknames.tsv")) {
        for nickname in nicknames.split(' ') {
            names.entry(nickname).or_default().push(name);
            names.entry(name).or_default().push(nickname);
        }
    }
    names
});

/// Whether one of two words is a nickname of those who are called the other.
pub(crate) fn are_nicknames(a: &str, b: &str) -> bool {
    NICKNAMES.get(a).is_some_and(|names| names.contains(&b))
}

/// Whether people are called by a word, as a given name or as a nickname.
pub(crate) fn is_given_name(word: &str) -> bool {
    NICKNAMES.get(word).is_some()
}

/// Words by themselves.
pub(crate) type Words = Lookup<&'static str, ()>;

/// A table of words, each in the spelling that it is read as.
pub(crate) fn table(words: impl Iterator<Item = &'static str>) -> Words {
    let mut table = Words::default();
    words.for_each(|word| {
        table.insert(canonical(word), ());
    });
    table
}

static BESIDE: LazyLock<Words> =
    LazyLock::new(|| table(lines(include_str!("../data/beside.txt")).flat_map(|line| line.split(' '))));

/// Whether a word stands beside the names of companies in those of their units: a place, a line of business, a kind of unit.
pub(crate) fn is_beside(word: &str) -> bool {
    BESIDE.get(word).is_some()
}

/// In how many of how many background names a word stands.
pub(crate) fn background(word: &str) -> (u32, u32) {
    let (counts, names) = &*BACKGROUND;
    (counts.get(word).copied().unwrap_or(0), *names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_form_is_taken() {
        let at = |text: &str| form_at(&fold(text));
        assert_eq!(at("Co., Ltd. of"), Some((Form::Limited, 2)));
        assert_eq!(at("S.A. de C.V."), Some((Form::Stock, 3)));
        assert_eq!(at("G.m.b.H."), Some((Form::Limited, 1)));
        assert_eq!(at("Huawei"), None);
        assert!(FORMS.0.len() > 300);
    }

    #[test]
    fn spellings_lead_to_one_word_in_one_step() {
        for line in lines(include_str!("../data/variants.txt")) {
            let first = line.split(' ').next().unwrap();
            assert_eq!(canonical(first), first, "{line}");
        }
        assert_eq!(canonical("mohammed"), "muhammad");
        assert!(are_nicknames("bob", "robert") && are_nicknames("robert", "bob") && !are_nicknames("bob", "peter"));
        assert_eq!(background("technology").1, background("x").1);
    }
}
